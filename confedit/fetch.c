/* SPDX-License-Identifier: Apache-2.0 */
/* libcurl's easy side; called by impact.c. */
#include "fetch.h"

#include <curl/curl.h>

typedef struct document {
    ce_arena *arena;
    ce_text text;
    bool is_too_long;
} document;

/* The type of CURLOPT_WRITEFUNCTION. */
static size_t
take_piece(char *bytes, size_t size, size_t n, void *to)
{
    document *d = to;

    d->is_too_long = n * size > CE_FETCH_MOST - d->text.n;
    if (d->is_too_long) {
        return 0;
    }
    ce_text_add(d->arena, &d->text, (tlsf_str){bytes, n * size});
    return n * size;
}

static bool
is_this_machine(const char *url)
{
    static const char *const hosts[] = {
        "://127.", "://localhost:", "://localhost/", "://[::1]"};

    for (size_t i = 0; i < TLSF_COUNTOF(hosts); i++) {
        if (strstr(url, hosts[i]) != NULL) {
            return true;
        }
    }
    return false;
}

static void
prepare(CURL *curl, const char *url, document *d, struct curl_slist *headers)
{
    curl_easy_setopt(curl, CURLOPT_URL, url);
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https,file");
#else
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS,
                     (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS | CURLPROTO_FILE));
#endif
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 10L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)CE_FETCH_SECONDS);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_piece);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, d);
    if (is_this_machine(url)) {
        curl_easy_setopt(curl, CURLOPT_PROXY, "");
    }
}

static const char *
judge(CURL *curl, CURLcode code, const document *d)
{
    long status = 0;

    if (d->is_too_long) {
        return ce_arena_format(d->arena, "it is longer than %zu MiB",
                               CE_FETCH_MOST >> 20);
    }
    if (code != CURLE_OK) {
        return ce_arena_format(d->arena, "%s", curl_easy_strerror(code));
    }
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return status == 200 || status == 0 /* a file */
               ? NULL
               : ce_arena_format(d->arena, "the answer is HTTP status %ld",
                                 status);
}

const char *
ce_fetch(ce_arena *arena, const char *url, tlsf_str *text)
{
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(
        NULL, "Accept: application/openmetrics-text; version=1.0.0");
    document d = {.arena = arena};
    const char *problem = "libcurl cannot be used";

    if (curl != NULL && headers != NULL) {
        prepare(curl, url, &d, headers);
        problem = judge(curl, curl_easy_perform(curl), &d);
    }
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    *text = (tlsf_str){d.text.data, d.text.n};
    return problem;
}
