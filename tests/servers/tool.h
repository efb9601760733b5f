/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small things that the harness needs everywhere: text of any length, clocks,
 * files, folders and ports. Every failure fails the running test; text is
 * never freed, since a test's process ends soon.
 */
#ifndef TS_TOOL_H
#define TS_TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How long anything that should happen soon may take. */
#define TS_PATIENCE_MS 10000

/*
 * What the harness itself needs to be true: otherwise the running test fails
 * with this message or, while no test runs, the program ends.
 */
void ts_require(bool ok, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Set by the main program while Check runs tests. */
extern bool ts_is_in_test;

/* Text or bytes that grow; NUL-terminated after each append. */
typedef struct ts_text {
    char *data;
    size_t n;
} ts_text;

void ts_append(ts_text *text, const char *bytes, size_t n);
void ts_appendf(ts_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A new text in printf's manner. */
char *ts_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Milliseconds of a clock that never jumps. */
int64_t ts_clock(void);

/*
 * One step of waiting until `deadline` (of ts_clock): false once it has
 * passed. The loop around it asks again for what it waits for.
 */
bool ts_wait(int64_t deadline);

/* An environment variable, or what stands in for it. */
const char *ts_env(const char *name, const char *otherwise);

/* A path made absolute. */
char *ts_absolute(const char *path);

/* A whole file; empty when there is none. */
ts_text ts_read_file(const char *path);
void ts_write_file(const char *path, const char *content);

/* A folder and its parents; then a folder that did not exist before. */
void ts_make_folder(const char *path);
void ts_remove_folder(const char *path);

/*
 * A loopback port that is free and stays ours for the life of this program,
 * also among suites that run at the same time.
 */
unsigned ts_free_port(void);

/* A connected loopback socket; -1 when nobody listens. */
int ts_connect(unsigned port);

/* Whether a process is there and not a zombie. */
bool ts_is_running(int pid);

/* Signal one process that we started; never a group, never everything. */
void ts_kill(int pid, int sig);

#endif
