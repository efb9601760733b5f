/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole configuration under the fuzzer: read with its includes, modelled,
 * judged and reported. The input is up to three files, apart by the byte 0x1e:
 *
 *     main  a.conf  d/b.conf
 *
 * They lie in a folder of their own that is the root, so that nothing outside
 * is ever read.
 */
#ifndef FUZZ_READ_TREE_H
#define FUZZ_READ_TREE_H

#include "run.h"

/* Aborts when a property does not hold. */
void fuzz_tree(ce_kind kind, const unsigned char *bytes, size_t n);

#endif
