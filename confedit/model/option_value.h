/* SPDX-License-Identifier: Apache-2.0 */
/* The values of options; between options.c and option_value.c. */
#ifndef CE_OPTION_VALUE_H
#define CE_OPTION_VALUE_H

#include "options.h"

/*
 * Read a value into its member of the options.
 *
 * Returns NULL, or what the value should have been, for a sentence.
 */
const char *ce_option_take(ce_options *options, ce_option id,
                           const char *value);

#endif
