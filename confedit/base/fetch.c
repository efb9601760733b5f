/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcurl's easy side; called by impact.c. The library and the dozen it brings
 * along take more memory and time than most runs: it is loaded when it is
 * needed.
 */
#include "fetch.h"

#include <dlfcn.h>

#include <curl/curl.h>

/* What is called of it. */
typedef struct library {
    CURL *(*init)(void);
    CURLcode (*set)(CURL *curl, CURLoption option, ...);
    CURLcode (*get)(CURL *curl, CURLINFO info, ...);
    CURLcode (*perform)(CURL *curl);
    void (*cleanup)(CURL *curl);
    const char *(*error)(CURLcode code);
    struct curl_slist *(*append)(struct curl_slist *list, const char *text);
    void (*free_list)(struct curl_slist *list);
} library;

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
prepare(const library *lib, CURL *curl, const char *url, document *d,
        struct curl_slist *headers)
{
    lib->set(curl, CURLOPT_URL, url);
#if LIBCURL_VERSION_NUM >= 0x075500
    lib->set(curl, CURLOPT_PROTOCOLS_STR, "http,https,file");
#else
    lib->set(curl, CURLOPT_PROTOCOLS,
             (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS | CURLPROTO_FILE));
#endif
    lib->set(curl, CURLOPT_NOSIGNAL, 1L);
    lib->set(curl, CURLOPT_CONNECTTIMEOUT, 10L);
    lib->set(curl, CURLOPT_TIMEOUT, (long)CE_FETCH_SECONDS);
    lib->set(curl, CURLOPT_HTTPHEADER, headers);
    lib->set(curl, CURLOPT_WRITEFUNCTION, take_piece);
    lib->set(curl, CURLOPT_WRITEDATA, d);
    if (is_this_machine(url)) {
        lib->set(curl, CURLOPT_PROXY, "");
    }
}

static const char *
judge(const library *lib, CURL *curl, CURLcode code, const document *d)
{
    long status = 0;

    if (d->is_too_long) {
        return ce_arena_format(d->arena, "it is longer than %zu MiB",
                               CE_FETCH_MOST >> 20);
    }
    if (code != CURLE_OK) {
        return ce_arena_format(d->arena, "%s", lib->error(code));
    }
    lib->get(curl, CURLINFO_RESPONSE_CODE, &status);
    return status == 200 || status == 0 /* a file */
               ? NULL
               : ce_arena_format(d->arena, "the answer is HTTP status %ld",
                                 status);
}

/* ISO C knows no way from an object pointer to a function's: by the bytes. */
static bool
find(void *handle, const char *name, void *function)
{
    void *found = dlsym(handle, name);

    memcpy(function, &found, sizeof(found));
    return found != NULL;
}

static bool
load(library *lib)
{
    void *handle = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);

    return handle != NULL && find(handle, "curl_easy_init", &lib->init) &&
           find(handle, "curl_easy_setopt", &lib->set) &&
           find(handle, "curl_easy_getinfo", &lib->get) &&
           find(handle, "curl_easy_perform", &lib->perform) &&
           find(handle, "curl_easy_cleanup", &lib->cleanup) &&
           find(handle, "curl_easy_strerror", &lib->error) &&
           find(handle, "curl_slist_append", &lib->append) &&
           find(handle, "curl_slist_free_all", &lib->free_list);
}

bool
ce_fetch_can(const char *url)
{
    static const char *const schemes[] = {"http://", "https://", "file://"};

    for (size_t i = 0; i < TLSF_COUNTOF(schemes); i++) {
        if (tlsf_str_starts_nocase(tlsf_str_of(url), tlsf_str_of(schemes[i]))) {
            return true;
        }
    }
    return false;
}

const char *
ce_fetch(ce_arena *arena, const char *url, tlsf_str *text)
{
    document d = {.arena = arena};
    library lib;

    *text = (tlsf_str){NULL, 0};
    if (!load(&lib)) {
        return "libcurl.so.4 cannot be loaded (Debian: libcurl4)";
    }
    CURL *curl = lib.init();
    struct curl_slist *headers =
        lib.append(NULL, "Accept: application/openmetrics-text; version=1.0.0");
    const char *problem = "libcurl cannot be used";

    if (curl != NULL && headers != NULL) {
        prepare(&lib, curl, url, &d, headers);
        problem = judge(&lib, curl, lib.perform(curl), &d);
    }
    lib.free_list(headers);
    lib.cleanup(curl);
    *text = (tlsf_str){d.text.data, d.text.n};
    return problem;
}
