/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP/1.1 as far as tests need it: status, headers, body; plain GET. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "servers/client_parts.h"
#include "servers/tool.h"

const char *
ts_header(const ts_answer *answer, const char *name)
{
    size_t n = strlen(name);
    const char *line = answer->head;

    while (line != NULL && (line = strstr(line, "\r\n")) != NULL) {
        line += 2;
        if (strncasecmp(line, name, n) == 0 && line[n] == ':') {
            const char *value = line + n + 1 + strspn(line + n + 1, " ");

            return ts_format("%.*s", (int)strcspn(value, "\r\n"), value);
        }
    }
    return NULL;
}

static const char *
unchunk(const char *body, size_t n)
{
    ts_text whole = {NULL, 0};
    const char *end = body + n;

    ts_append(&whole, "", 0);
    while (body < end) {
        char *after = NULL;
        size_t size = strtoul(body, &after, 16);
        const char *data = strstr(after, "\r\n");

        if (data == NULL || size == 0 || size > (size_t)(end - data - 2)) {
            break;
        }
        ts_append(&whole, data + 2, size);
        body = data + 2 + size + 2;
    }
    return whole.data;
}

void
ts_answer_read(ts_answer *answer, const char *raw, size_t n)
{
    const char *end = strstr(raw, "\r\n\r\n");

    answer->raw = raw;
    answer->raw_n = n;
    if (strncmp(raw, "HTTP/1.", 7) != 0 || end == NULL) {
        answer->body = raw;
        return;
    }
    answer->status = (int)strtol(raw + 9, NULL, 10);
    answer->head = ts_format("%.*s", (int)(end - raw + 2), raw);
    answer->body = end + 4;

    const char *coding = ts_header(answer, "Transfer-Encoding");
    if (coding != NULL && strcasecmp(coding, "chunked") == 0) {
        answer->body = unchunk(answer->body, n - (size_t)(end + 4 - raw));
    }
}

ts_answer
ts_answer_none(void)
{
    return (ts_answer){.alert = -1,
                       .version = "",
                       .cipher = "",
                       .alpn = "",
                       .group = "",
                       .raw = "",
                       .head = "",
                       .body = "",
                       .error = ""};
}

ts_answer
ts_fetch(unsigned port, const char *path, const char *headers)
{
    ts_answer answer = ts_answer_none();
    char *request = ts_format("GET %s HTTP/1.1\r\nHost: localhost\r\n"
                              "Connection: close\r\n%s\r\n",
                              path, headers != NULL ? headers : "");
    ts_text raw = {NULL, 0};
    char piece[65536];
    ssize_t n = 0;
    int fd = ts_connect(port);

    if (fd < 0) {
        return answer;
    }
    answer.is_connected = true;
    if (send(fd, request, strlen(request), MSG_NOSIGNAL) > 0) {
        while ((n = recv(fd, piece, sizeof(piece), 0)) > 0) {
            ts_append(&raw, piece, (size_t)n);
        }
    }
    close(fd);
    if (raw.n > 0) {
        ts_answer_read(&answer, raw.data, raw.n);
    }
    return answer;
}
