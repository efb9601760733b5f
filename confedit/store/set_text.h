/* SPDX-License-Identifier: Apache-2.0 */
/* Names of files, which may hold any bytes, as text for JSON and back. */
#ifndef CE_SET_TEXT_H
#define CE_SET_TEXT_H

#include "arena.h"

/*
 * The text when it is UTF-8 without control characters and %; each byte that
 * is not becomes %XX.
 */
const char *ce_text_spell(ce_arena *arena, const char *text);

/* What was spelled so. */
const char *ce_text_read(ce_arena *arena, const char *spelled);

#endif
