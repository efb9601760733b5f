/* SPDX-License-Identifier: Apache-2.0 */
/* The release, in one place: the Makefile reads it from here too. */
#ifndef TLSF_RELEASE_H
#define TLSF_RELEASE_H

#define TLSF_RELEASE "0.1.0"

#endif
