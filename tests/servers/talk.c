/* SPDX-License-Identifier: Apache-2.0 */
/* A connection that is kept; see client.c for the client itself. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "servers/client_parts.h"
#include "servers/talk.h"
#include "servers/tool.h"

ts_talk
ts_talk_begin(const ts_server *s, const ts_client *client)
{
    ts_talk talk = {ts_answer_none(), NULL, -1};
    ts_visit_state *state = malloc(sizeof(*state));

    /* The SSL keeps a pointer to it; an alert later is nobody's business. */
    ts_require(state != NULL, "out of memory");
    *state = (ts_visit_state){client, malloc(sizeof(ts_answer))};
    ts_require(state->answer != NULL, "out of memory");
    *state->answer = talk.begin;
    talk.ssl = ts_client_connect(s, state, &talk.fd);
    if (talk.ssl != NULL && SSL_connect(talk.ssl) != 1) {
        close(talk.fd);
        talk.ssl = NULL;
    }
    if (talk.ssl != NULL) {
        ts_client_note(state->answer, talk.ssl);
    }
    talk.begin = *state->answer;
    return talk;
}

bool
ts_talk_say(ts_talk *talk, const char *bytes, size_t n)
{
    size_t sent = 0;

    return talk->ssl != NULL && SSL_write_ex(talk->ssl, bytes, n, &sent) == 1 &&
           sent == n;
}

/* Whether these bytes are a whole answer. */
static bool
is_whole(const ts_answer *answer, bool is_head)
{
    const char *length = ts_header(answer, "Content-Length");
    const char *coding = ts_header(answer, "Transfer-Encoding");
    size_t n = answer->raw_n - (size_t)(answer->body - answer->raw);

    if (answer->status == 0) {
        return false;
    }
    if (is_head || answer->status / 100 == 1) {
        return true;
    }
    if (coding != NULL && strcasecmp(coding, "chunked") == 0) {
        return strstr(answer->raw, "\r\n0\r\n\r\n") != NULL;
    }
    return length != NULL && n >= strtoul(length, NULL, 10);
}

ts_answer
ts_talk_hear(ts_talk *talk, bool is_head)
{
    ts_answer answer = talk->begin;
    ts_text raw = {NULL, 0};
    char piece[16384];
    int n = 0;

    while (talk->ssl != NULL && !is_whole(&answer, is_head) &&
           (n = SSL_read(talk->ssl, piece, sizeof(piece))) > 0) {
        ts_append(&raw, piece, (size_t)n);
        ts_answer_read(&answer, raw.data, raw.n);
    }
    return answer;
}

ts_answer
ts_talk_ask(ts_talk *talk, const char *host)
{
    const char *request = ts_format("GET / HTTP/1.1\r\nHost: %s\r\n\r\n", host);

    ts_talk_say(talk, request, strlen(request));
    return ts_talk_hear(talk, false);
}

bool
ts_talk_is_closed(ts_talk *talk)
{
    char byte = 0;

    return talk->ssl == NULL || SSL_read(talk->ssl, &byte, 1) <= 0;
}

void
ts_talk_end(ts_talk *talk)
{
    if (talk->ssl != NULL) {
        SSL_shutdown(talk->ssl);
        close(talk->fd);
    }
    talk->ssl = NULL;
}
