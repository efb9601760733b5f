/* SPDX-License-Identifier: Apache-2.0 */
/* Every file of this folder defines one suite under this name. */
#ifndef CHECK_MAIN_H
#define CHECK_MAIN_H

#include <check.h>

Suite *test_suite(void);

#endif
