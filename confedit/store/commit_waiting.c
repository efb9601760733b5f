/* SPDX-License-Identifier: Apache-2.0 */
/* A run that waits to be recovered; called by commit.c and the commands. */
#include <unistd.h>

#include "commit_parts.h"
#include "journal.h"

const char *
ce_commit_waiting(const ce_options *options)
{
    ce_options trusting = *options;
    ce_store store;
    const char *sentence = NULL;

    /* Only looked at, so nobody needs to be warned of anything. */
    trusting.has[CE_OPTION_TRUST_PATHS] = true;
    if (!ce_store_has_place(options) ||
        ce_store_open(&store, &trusting) != CE_DONE) {
        return NULL;
    }
    const char *root = store.base.path;
    ce_files files = {.arena = options->arena,
                      .root = root[0] == '\0' ? NULL : root};
    const char *journal =
        ce_files_path(&files, ce_journal_name(&store) + strlen(root));

    if (journal != NULL && access(journal, F_OK) == 0) {
        sentence = ce_arena_format(
            options->arena,
            "%s: a run is at work, or one broke off and the files are as it "
            "left them; the next run that writes puts that right",
            journal);
    }
    ce_store_close(&store);
    return sentence;
}
