/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instructions that a server spends on one keep-alive request of a modern
 * client, and on one full TLS 1.3 handshake, with the module and without it.
 * Callgrind counts them in a server that is a single process.
 *
 * N and then 2 N are done and the difference is divided by N, so whatever
 * happens once (start, connection, first use) is in neither figure.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/bench.h"
#include "servers/peers.h"

enum { REQUESTS = 1000, HANDSHAKES = 50 };

static const double most_request = 1.01;
static const double most_handshake = 1.02;

/* What one server needs for one of each. */
typedef struct cost {
    double request;
    double handshake;
} cost;

/* A word to the valgrind that runs the server, from the same user. */
static void
tell(const ts_server *s, const char *command)
{
    const char *words =
        ts_format("%svgdb --vgdb-prefix=%s/tmp/vgdb --pid=%d %s",
                  s->kind == TS_APACHE && geteuid() == 0
                      ? "setpriv --reuid=www-data "
                        "--regid=www-data --clear-groups "
                      : "",
                  s->prefix, (int)s->pid, command);
    const char *argv[] = {"sh", "-c", words, NULL};
    ts_run run = ts_exec(argv, NULL);

    ts_require(run.code == 0, "%s: %s%s", words, run.out, run.err);
}

/* Instructions since the last call; the counters begin anew. */
static double
counted(const ts_server *s)
{
    static unsigned n_dumps;
    static const ts_server *of;

    n_dumps = s == of ? n_dumps + 1 : 1;
    of = s;
    tell(s, "dump");

    ts_text dump =
        ts_read_file(ts_format("%s/tmp/counts.%u", s->prefix, n_dumps));
    const char *total = strstr(dump.data, "\ntotals: ");
    ts_require(total != NULL, "callgrind's dump has no totals");
    return strtod(total + 9, NULL);
}

static double
request_cost(const ts_server *s, const char *site)
{
    tb_line *line = tb_line_open(s, site);

    tb_line_request(line, 10);
    counted(s);
    tb_line_request(line, REQUESTS);
    double once = counted(s);
    tb_line_request(line, 2 * REQUESTS);
    double twice = counted(s);
    tb_line_close(line);
    return (twice - once) / REQUESTS;
}

static double
handshake_cost(const ts_server *s, const char *site)
{
    tb_handshakes(s, site, 3);
    counted(s);
    tb_handshakes(s, site, HANDSHAKES);
    double once = counted(s);
    tb_handshakes(s, site, 2 * HANDSHAKES);
    return (counted(s) - once) / HANDSHAKES;
}

static cost
cost_of(ts_kind kind, size_t n, bool is_stock)
{
    ts_server *s = ts_server_start(
        kind, tb_conf(n, TB_SINGLE | TB_PREFORK | (is_stock ? TB_STOCK : 0)));
    const char *site = tb_site(n - 1);
    cost c;

    tell(s, "instrumentation on");
    c.request = request_cost(s, site);
    c.handshake = handshake_cost(s, site);
    ts_server_stop(s);
    return c;
}

static void
say_ratio(const char *kind, size_t n, const char *what, double with,
          double without, double most)
{
    tb_say("%-7s %5zu  %-10s %12.0f %12.0f %9.0f   %.4f (at most %.2f)", kind,
           n, what, without, with, with - without, with / without, most);
    tb_judge(with / without, most);
    tb_say("\n");
}

static void
use_callgrind(ts_kind kind)
{
    const char *variable = kind == TS_NGINX ? "NGINX" : "HTTPD";
    static const char *real[TS_N_SERVERS];

    if (real[kind] == NULL) {
        real[kind] = ts_env(variable, kind == TS_NGINX ? "/usr/sbin/nginx"
                                                       : "/usr/sbin/apache2");
    }
    setenv("BENCH_SERVER", real[kind], 1);
    setenv(variable, "tests/bench/callgrind.sh", 1);
}

int
main(void)
{
    tb_begin("cost");
    tb_say("Instructions per keep-alive request and per full handshake, TLS "
           "1.3\n%-7s %5s  %-10s %12s %12s %9s   %s\n",
           "server", "hosts", "of one", "without", "with", "more", "ratio");
    for (ts_kind kind = TS_NGINX; kind < TS_N_SERVERS; kind++) {
        use_callgrind(kind);
        for (size_t i = 0; i < TB_N_SIZES; i++) {
            cost without = cost_of(kind, tb_sizes[i], true);
            cost with = cost_of(kind, tb_sizes[i], false);

            say_ratio(ts_kind_name(kind), tb_sizes[i], "request", with.request,
                      without.request, most_request);
            say_ratio(ts_kind_name(kind), tb_sizes[i], "handshake",
                      with.handshake, without.handshake, most_handshake);
        }
    }
    return tb_end();
}
