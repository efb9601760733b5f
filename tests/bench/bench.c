/* SPDX-License-Identifier: Apache-2.0 */
/* Configurations, clients and the report; for all bench programs. */
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/bench.h"
#include "servers/server_parts.h"

struct tb_line {
    SSL_CTX *ctx;
    SSL *ssl;
    int fd;
    char *request;
};

const size_t tb_sizes[TB_N_SIZES] = {10, 100, 1000};

static FILE *report;
static bool has_missed;

const char *
tb_site(size_t i)
{
    return ts_format("v%04zu.test", i);
}

const ts_conf *
tb_conf(size_t n, unsigned how)
{
    ts_site *sites = calloc(n + 1, sizeof(*sites));
    ts_conf *conf = calloc(1, sizeof(*conf));

    ts_require(sites != NULL && conf != NULL, "out of memory");
    for (size_t i = 0; i < n; i++) {
        sites[i].name = tb_site(i);
        sites[i].certs = TS_ECDSA;
    }
    conf->sites = sites;
    conf->is_stock = (how & TB_STOCK) != 0;
    conf->is_single = (how & TB_SINGLE) != 0;
    conf->is_prefork = (how & TB_PREFORK) != 0;
    conf->directives = conf->is_stock ? NULL
                                      : "tlsfloor TLSv1.2\n"
                                        "tlsfloor_stage block\n";
    conf->nginx = "keepalive_requests 1000000;\nkeepalive_timeout 1h;\n";
    conf->apache = "MaxKeepAliveRequests 0\nKeepAliveTimeout 3600\n";
    return conf;
}

tb_line *
tb_line_open(const ts_server *s, const char *site)
{
    tb_line *line = calloc(1, sizeof(*line));

    ts_require(line != NULL, "out of memory");
    line->ctx = SSL_CTX_new(TLS_client_method());
    line->ssl = SSL_new(line->ctx);
    line->fd = ts_connect(s->ports[0]);
    line->request = ts_format("GET / HTTP/1.1\r\nHost: %s\r\n\r\n", site);
    ts_require(line->fd >= 0 && SSL_set_fd(line->ssl, line->fd) == 1 &&
                   SSL_set_tlsext_host_name(line->ssl, site) == 1 &&
                   SSL_connect(line->ssl) == 1 &&
                   SSL_version(line->ssl) == TLS1_3_VERSION,
               "no TLS 1.3 with %s", site);
    return line;
}

/* A whole answer with Content-Length has come. */
static bool
is_complete(const ts_text *answer)
{
    const char *body = strstr(answer->data, "\r\n\r\n");
    const char *length = strcasestr(answer->data, "\r\nContent-Length: ");

    return body != NULL && length != NULL && length < body &&
           (size_t)(answer->data + answer->n - body - 4) >=
               strtoul(length + 18, NULL, 10);
}

void
tb_line_request(tb_line *line, size_t times)
{
    for (size_t i = 0; i < times; i++) {
        ts_text answer = {NULL, 0};
        char piece[4096];
        int n = 1;

        ts_append(&answer, "", 0);
        ts_require(
            SSL_write(line->ssl, line->request, (int)strlen(line->request)) > 0,
            "SSL_write failed");
        while (!is_complete(&answer)) {
            n = SSL_read(line->ssl, piece, sizeof(piece));
            ts_require(n > 0, "the server closed the connection");
            ts_append(&answer, piece, (size_t)n);
        }
        ts_require(strncmp(answer.data, "HTTP/1.1 200 ", 13) == 0, "%s",
                   answer.data);
        free(answer.data);
    }
}

void
tb_line_close(tb_line *line)
{
    SSL_shutdown(line->ssl);
    SSL_free(line->ssl);
    SSL_CTX_free(line->ctx);
    close(line->fd);
    free(line->request);
    free(line);
}

void
tb_handshakes(const ts_server *s, const char *site, size_t times)
{
    for (size_t i = 0; i < times; i++) {
        ts_answer a = ts_visit(
            s, &(ts_client){.sni = site, .min = TLS1_3_VERSION, .request = ""});

        ts_require(a.is_handshaken && !a.is_resumed, "no handshake: %s",
                   a.error);
    }
}

void
tb_begin(const char *program)
{
    char *path = ts_format("build/bench/%s.txt", program);

    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    ts_server_share();
    ts_make_folder("build/bench");
    report = fopen(path, "w");
    ts_require(report != NULL, "cannot write %s", path);
}

void
tb_say(const char *format, ...)
{
    va_list list;
    va_list again;

    va_start(list, format);
    va_copy(again, list);
    vprintf(format, list);
    vfprintf(report, format, again);
    va_end(again);
    va_end(list);
}

void
tb_judge(double value, double most)
{
    has_missed |= value > most;
    tb_say("  %s", value > most ? "MISSED" : "ok");
}

int
tb_end(void)
{
    fclose(report);
    return has_missed ? EXIT_FAILURE : EXIT_SUCCESS;
}
