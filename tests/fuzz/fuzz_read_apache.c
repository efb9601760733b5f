/* SPDX-License-Identifier: Apache-2.0 */
/* libFuzzer: any tree of Apache's files is read, modelled and reported. */
#include "fuzz/read_tree.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
    fuzz_tree(CE_APACHE, bytes, n);
    return 0;
}
