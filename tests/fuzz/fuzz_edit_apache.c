/* SPDX-License-Identifier: Apache-2.0 */
/* libFuzzer: edits in files of Apache come back byte for byte. */
#include "fuzz_edit.h"

int
LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
    fuzz_edit(bytes, n, CE_APACHE, CE_RELEASE(2, 4, 62));
    return 0;
}
