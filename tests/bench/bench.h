/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the bench programs share: a configuration of any number of virtual
 * hosts, clients that do one thing many times, and a report that goes to the
 * terminal and to build/bench/<program>.txt.
 */
#ifndef TB_BENCH_H
#define TB_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "servers/client.h"
#include "servers/conf.h"
#include "servers/server.h"
#include "servers/tool.h"

/* The numbers of virtual hosts for which everything is measured. */
#define TB_N_SIZES 3
extern const size_t tb_sizes[TB_N_SIZES];

/*
 * `n` virtual hosts on one port, each with an ECDSA P-256 certificate (the
 * cheapest handshake, so the one to which ours adds most), floor TLSv1.2,
 * stage block.
 */
enum {
    TB_STOCK = 1,  /* without the module */
    TB_SINGLE = 2, /* one process */
    TB_PREFORK = 4 /* httpd's prefork MPM: one thread, too */
};
const ts_conf *tb_conf(size_t n, unsigned how);

/* The name of one of these hosts. */
const char *tb_site(size_t i);

/* A connection on which requests follow one another. */
typedef struct tb_line tb_line;
tb_line *tb_line_open(const ts_server *s, const char *site);
void tb_line_request(tb_line *line, size_t times);
void tb_line_close(tb_line *line);

/* Full TLS 1.3 handshakes, each on a connection of its own without request. */
void tb_handshakes(const ts_server *s, const char *site, size_t times);

/* Begin: the harness, the report's file. */
void tb_begin(const char *program);

/* A line (or part of one) of the report. */
void tb_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same, and whether the target is met; a miss makes tb_end return 1. */
void tb_judge(double value, double most);
int tb_end(void);

#endif
