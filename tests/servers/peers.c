/* SPDX-License-Identifier: Apache-2.0 */
/* Real clients, run as child processes with a deadline. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "servers/peers.h"
#include "servers/tool.h"

#define NODE012 "build/clients/node012/bin/node"

static const char node_script[] =
    "var a = process.argv;"
    "require('https').get({host: '127.0.0.1', port: +a[1], servername: a[2],"
    "    headers: {Host: a[2]}, secureProtocol: a[3], agent: false,"
    "    rejectUnauthorized: false}, function (r) {"
    "  console.log('HTTP/1.1 ' + r.statusCode + '\\r');"
    "  for (var h in r.headers) console.log(h + ': ' + r.headers[h] + '\\r');"
    "  console.log('\\r');"
    "  r.pipe(process.stdout);"
    "}).on('error', function (e) { console.error(e.message); process.exit(1);"
    "});";

/* Read both outputs until they end; false at the deadline. */
static bool
drain(int out, int err, ts_text *out_text, ts_text *err_text, int64_t deadline)
{
    struct pollfd ends[2] = {{out, POLLIN, 0}, {err, POLLIN, 0}};
    ts_text *texts[2] = {out_text, err_text};
    char piece[16384];

    while (ends[0].fd >= 0 || ends[1].fd >= 0) {
        int64_t left = deadline - ts_clock();

        if (left <= 0 || poll(ends, 2, (int)left) == 0) {
            return false;
        }
        for (int i = 0; i < 2; i++) {
            if (ends[i].fd >= 0 && ends[i].revents != 0) {
                ssize_t n = read(ends[i].fd, piece, sizeof(piece));

                if (n <= 0) {
                    ends[i].fd = -1;
                } else {
                    ts_append(texts[i], piece, (size_t)n);
                }
            }
        }
    }
    return true;
}

ts_run
ts_exec_for(const char *const *argv, const char *input, int64_t patience_ms)
{
    int in[2];
    int out[2];
    int err[2];
    int status = 0;
    ts_text out_text = {NULL, 0};
    ts_text err_text = {NULL, 0};
    ts_run run = {-1, false, "", ""};

    ts_require(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0 &&
                   pipe2(err, O_CLOEXEC) == 0,
               "pipe2: %s", strerror(errno));
    ts_append(&out_text, "", 0);
    ts_append(&err_text, "", 0);
    pid_t pid = fork();
    ts_require(pid >= 0, "fork: %s", strerror(errno));
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(in[0], 0);
        dup2(out[1], 1);
        dup2(err[1], 2);
        execvp(argv[0], (char *const *)(uintptr_t)argv);
        dprintf(2, "%s: %s\n", argv[0], strerror(errno));
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    close(err[1]);
    if (input != NULL) {
        (void)!write(in[1], input, strlen(input));
    }
    close(in[1]);
    run.is_late =
        !drain(out[0], err[0], &out_text, &err_text, ts_clock() + patience_ms);
    if (run.is_late) {
        ts_kill(pid, SIGKILL);
    }
    waitpid(pid, &status, 0);
    close(out[0]);
    close(err[0]);
    run.code = !run.is_late && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    run.out = out_text.data;
    run.err = err_text.data;
    return run;
}

ts_run
ts_exec(const char *const *argv, const char *input)
{
    return ts_exec_for(argv, input, TS_PATIENCE_MS);
}

const char *
ts_peer_name(ts_peer peer)
{
    static const char *const names[TS_N_PEERS] = {"curl", "openssl",
                                                  "gnutls-cli", "node 0.12"};

    return names[peer];
}

const char *
ts_peer_lacks(ts_peer peer)
{
    return peer == TS_NODE012 && access(NODE012, X_OK) != 0
               ? "Node 0.12 is not there (tools/deps.sh check)"
               : NULL;
}

static ts_run
run_curl(unsigned port, const char *site, const char *version)
{
    const char *const argv[] = {"curl",
                                "-qsSik",
                                "--max-time",
                                "8",
                                "--http1.1",
                                "--noproxy",
                                "*",
                                "--ciphers",
                                "DEFAULT@SECLEVEL=0",
                                "--curves",
                                "X25519:P-256",
                                ts_format("--tlsv%s", version),
                                "--tls-max",
                                version,
                                "--resolve",
                                ts_format("%s:%u:127.0.0.1", site, port),
                                ts_format("https://%s:%u/", site, port),
                                NULL};

    return ts_exec(argv, NULL);
}

static ts_run
run_openssl(unsigned port, const char *site, const char *version)
{
    const char *flag = strcmp(version, "1.0") == 0   ? "-tls1"
                       : strcmp(version, "1.1") == 0 ? "-tls1_1"
                       : strcmp(version, "1.2") == 0 ? "-tls1_2"
                                                     : "-tls1_3";
    const char *const argv[] = {
        "openssl", "s_client",     "-quiet",
        flag,      "-cipher",      "ALL:@SECLEVEL=0",
        "-groups", "X25519:P-256", "-servername",
        site,      "-connect",     ts_format("127.0.0.1:%u", port),
        NULL};

    return ts_exec(argv, ts_format("GET / HTTP/1.1\r\nHost: %s\r\n"
                                   "Connection: close\r\n\r\n",
                                   site));
}

static ts_run
run_gnutls(unsigned port, const char *site, const char *version)
{
    const char *const argv[] = {
        "gnutls-cli",
        "--insecure",
        "--logfile",
        "/dev/null",
        "--no-ca-verification",
        "--priority",
        ts_format("NORMAL:-VERS-ALL:+VERS-TLS%s", version),
        "--sni-hostname",
        site,
        "-p",
        ts_format("%u", port),
        "127.0.0.1",
        NULL};

    return ts_exec(argv, ts_format("GET / HTTP/1.1\r\nHost: %s\r\n"
                                   "Connection: close\r\n\r\n",
                                   site));
}

static ts_run
run_node(unsigned port, const char *site, const char *version)
{
    const char *method = strcmp(version, "1.0") == 0   ? "TLSv1_method"
                         : strcmp(version, "1.1") == 0 ? "TLSv1_1_method"
                                                       : "TLSv1_2_method";
    const char *const argv[] = {
        NODE012, "-e", node_script, ts_format("%u", port), site, method, NULL};

    return ts_exec(argv, NULL);
}

ts_answer
ts_peer_visit(ts_peer peer, const ts_server *s, const char *site,
              const char *version)
{
    static ts_run (*const runners[TS_N_PEERS])(
        unsigned, const char *, const char *) = {run_curl, run_openssl,
                                                 run_gnutls, run_node};
    ts_run run = runners[peer](ts_port_of(s, site), site, version);
    ts_answer answer = {.alert = -1,
                        .version = "",
                        .cipher = "",
                        .alpn = "",
                        .group = "",
                        .raw = "",
                        .head = "",
                        .body = "",
                        .error = run.err};
    const char *http = strstr(run.out, "HTTP/1.");

    ts_require(!run.is_late, "%s took too long: %s%s", ts_peer_name(peer),
               run.out, run.err);
    if (http != NULL) {
        ts_answer_read(&answer, http, strlen(http));
    }
    return answer;
}
