/* SPDX-License-Identifier: Apache-2.0 */
/* Between conf.c and the two renderings; suites include conf.h. */
#ifndef TS_CONF_PARTS_H
#define TS_CONF_PARTS_H

#include "servers/conf.h"

/* What a site has, with the listener's and the default value filled in. */
const char *ts_site_ciphers(const ts_conf *conf, const ts_site *site);
const char *ts_site_protocols(const ts_conf *conf, const ts_site *site);
unsigned ts_site_certs(const ts_site *site);

/* Whether it is the first of its listener. */
bool ts_site_is_default(const ts_conf *conf, const ts_site *site);

/* Extra text with its @words@ replaced, and a line end; NULL: the line end. */
void ts_write_text(FILE *to, const char *text, const ts_place *place);

/* tlsfloor's directives, one per line of `lines`, in either spelling. */
void ts_write_directives(FILE *to, const char *lines, bool is_apache);

#endif
