/* SPDX-License-Identifier: Apache-2.0 */
/* libFuzzer: edits in files of nginx come back byte for byte. */
#include "fuzz_edit.h"

int
LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
    fuzz_edit(bytes, n, CE_NGINX, CE_RELEASE(1, 22, 1));
    return 0;
}
