/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what the fuzzer made up; called by fuzz_read_*.c. */
#include "fuzz/read_tree.h"

#include <stdlib.h>
#include <unistd.h>

#include "lint.h"
#include "report.h"

static char root[] = "/tmp/fuzz-tree-XXXXXX";
static FILE *nowhere;

static const char *const names[] = {"main", "a.conf", "d/b.conf"};

static void
remove_all(void)
{
    char path[sizeof(root) + 16];

    for (size_t i = 0; i < TLSF_COUNTOF(names); i++) {
        snprintf(path, sizeof(path), "%s/%s", root, names[i]);
        unlink(path);
    }
    snprintf(path, sizeof(path), "%s/d", root);
    rmdir(path);
    rmdir(root);
}

static void
prepare(void)
{
    char folder[sizeof(root) + 16];

    if (nowhere != NULL) {
        return;
    }
    nowhere = fopen("/dev/null", "w");
    if (nowhere == NULL || mkdtemp(root) == NULL) {
        abort();
    }
    snprintf(folder, sizeof(folder), "%s/d", root);
    if (mkdir(folder, 0700) != 0) {
        abort();
    }
    atexit(remove_all);
}

static void
write_file(const char *name, const unsigned char *bytes, size_t n)
{
    char path[sizeof(root) + 16];

    snprintf(path, sizeof(path), "%s/%s", root, name);
    FILE *to = fopen(path, "w");

    if (to == NULL || fwrite(bytes, 1, n, to) != n || fclose(to) != 0) {
        abort();
    }
}

static void
write_files(const unsigned char *bytes, size_t n)
{
    for (size_t i = 0; i < TLSF_COUNTOF(names); i++) {
        const unsigned char *end = n == 0 ? NULL : memchr(bytes, 0x1e, n);
        size_t len = end == NULL ? n : (size_t)(end - bytes);

        write_file(names[i], bytes, len);
        len += end != NULL;
        bytes += len;
        n -= len;
    }
}

/* Every node lies in its file, and its parent is its parent. */
static void
check_nodes(const ce_node *block)
{
    for (const ce_node *n = block->first; n != NULL; n = n->next) {
        if (n->parent != block || n->source == NULL ||
            n->at > n->source->bytes.len ||
            n->len > n->source->bytes.len - n->at || n->is_waiting) {
            abort();
        }
        check_nodes(n);
    }
}

static void
check_model(const ce_model *model)
{
    for (size_t i = 0; i < model->n; i++) {
        const ce_server *server = &model->servers[i];

        for (size_t k = 0; k < server->n_endpoints; k++) {
            const ce_endpoint *e = &server->endpoints[k];

            if ((e->set & ~(CE_ALL | CE_BIT(TLSF_SSLV2))) != 0 ||
                (e->why == CE_WHY_UNDECIDED && e->reason == NULL)) {
                abort();
            }
        }
    }
}

void
fuzz_tree(ce_kind kind, const unsigned char *bytes, size_t n)
{
    ce_arena *arena = ce_arena_new();
    ce_options options = {.arena = arena};
    ce_files files = {.arena = arena, .root = root};
    ce_diag diag = {.arena = arena};
    ce_model model;
    ce_config config = {
        .arena = arena,
        .files = &files,
        .diag = &diag,
        .kind = kind,
        .release =
            kind == CE_NGINX ? CE_RELEASE(1, 28, 0) : CE_RELEASE(2, 4, 62),
        .main = "/main",
        .folder = "/",
    };

    prepare();
    write_files(bytes, n);
    files.is_windows = n > 0 && bytes[n - 1] == '\r';
    int result = ce_config_read(&config);

    if ((result != 0) != (diag.count[CE_ERROR] > 0)) {
        abort(); /* it stopped without a word, or went on */
    }
    check_nodes(config.root);
    if (result == 0) {
        ce_run run = {.options = &options,
                      .files = files,
                      .configs = &config,
                      .models = &model,
                      .n = 1};

        ce_model_build(&model, &config);
        check_model(&model);
        ce_lint(&model);
        ce_report_table(&run, nowhere, TLSF_TLSV12, false);
        ce_report_json(&run, nowhere, "show", TLSF_VERSION_OTHER, CE_DONE);
    }
    ce_diag_print(&diag, nowhere, CE_NOTE);
    ce_arena_free(arena);
}
