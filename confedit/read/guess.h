/* SPDX-License-Identifier: Apache-2.0 */
/* What a file looks like, when nobody says what it is. */
#ifndef CE_GUESS_H
#define CE_GUESS_H

#include "include.h"

/*
 * Which server's syntax a file is in, by its first lines that are no comments
 * and no values of a statement that nginx reads over several lines. Returns
 * false when that is not clear, also when nothing begins with a name that the
 * server knows.
 */
bool ce_guess_kind(const ce_source *source, ce_kind *kind);

/* How far files are looked at: they say what they are before. */
#define CE_GUESS_FAR ((size_t)1 << 20)

/* Why that is not clear, and what to do, for people. */
const char *ce_guess_why_not(const ce_source *source);

/*
 * Whether a file is a piece of a configuration, not a main file: nginx without
 * a name that is known outside of http, stream and mail alone (events, http,
 * worker_processes …); Apache without LoadModule, ServerRoot, and Include
 * outside of virtual hosts.
 */
bool ce_guess_fragment(const ce_source *source, ce_kind kind);

/* Whether a name stands in nginx's main file alone, outside of all blocks. */
bool ce_guess_is_nginx_main(tlsf_str name);

/*
 * Variables that Debian's start script gives to Apache: the exports of the
 * file `envvars` beside the main file. Those it computes are left out.
 */
void ce_guess_environment(ce_config *config, const char *folder);

#endif
