/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Version numbers and the ranges that the tables write ("8-10", "-6", "27-",
 * "5", "*"). Only for the readers of data/clients.def and data/names.def, and
 * for whoever reads a version out of a text.
 */
#ifndef TLSF_NUMBER_H
#define TLSF_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tlsf_client.h"
#include "tlsf_str.h"

#define TLSF_NUMBER_PARTS 4 /* as many as a text is read for */

/*
 * The numeric parts at the front of a text, separated by full stops or
 * underlines; huge ones are cut to UINT32_MAX, absent ones are 0. Returns how
 * many there are; 0 when the text does not begin with a digit.
 */
size_t tlsf_number_parts(tlsf_str text, uint32_t parts[TLSF_NUMBER_PARTS]);

/* A number of n parts (the first three count); unknown when there is none. */
tlsf_number tlsf_number_of(const uint32_t *parts, size_t n);
tlsf_number tlsf_number_parse(tlsf_str text);

/*
 * Whether a number lies in a range. Both ends are included and count only the
 * parts they name: 10.9 is in "8-10". An unknown number is only in "*".
 */
bool tlsf_number_in(const tlsf_number *number, tlsf_str range);

#endif
