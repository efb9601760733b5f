/* SPDX-License-Identifier: Apache-2.0 */
/* Annotations of this tool and of others; called by lint.c. */
#include "lint_parts.h"

#define HEAD "#:Overridden_by_"

/* The line behind an offset, without its end; empty at the end of the file. */
static tlsf_str
line_behind(const ce_source *source, size_t at)
{
    const char *end = source->bytes.data + source->bytes.len;
    const char *from = source->bytes.data + at;
    const char *lf = memchr(from, '\n', (size_t)(end - from));

    if (lf == NULL || ++lf == end) {
        return (tlsf_str){NULL, 0};
    }
    from = lf;
    lf = memchr(from, '\n', (size_t)(end - from));
    tlsf_str line = {from, (size_t)((lf == NULL ? end : lf) - from)};

    while (line.len > 0 && line.data[line.len - 1] == '\r') {
        line.len--;
    }
    return tlsf_str_trim(line);
}

/* The old line as it was: what stands commented under an annotation. */
static const char *
old_line(ce_arena *arena, const ce_mark *mark)
{
    tlsf_str line = line_behind(mark->source, mark->at);

    if (line.len < 2 || line.data[0] != '#' || line.data[1] == ':') {
        return "";
    }
    line = tlsf_str_trim(tlsf_str_sub(line, 1, line.len - 1));
    return ce_arena_format(arena, "; the line was “%.*s”", (int)line.len,
                           line.data);
}

void
ce_lint_marks(ce_model *model)
{
    const ce_config *config = model->config;

    for (size_t i = 0; i < config->n_marks; i++) {
        const ce_mark *mark = &config->marks[i];
        size_t head = sizeof(HEAD) - 1;
        tlsf_str text = tlsf_str_sub(mark->text, head, mark->text.len - head);

        while (text.len > 0 && (text.data[text.len - 1] == '#' ||
                                text.data[text.len - 1] == '\r')) {
            text.len--;
        }
        size_t tool = tlsf_str_find(text, TLSF_LIT(" "));
        tlsf_str when =
            tlsf_str_trim(tlsf_str_sub(text, tool, text.len - tool));
        bool is_ours = tlsf_str_starts(text, TLSF_LIT("confedit_"));

        if (is_ours) {
            /* Behind the time: the set, and what undo needs. */
            size_t n = tlsf_str_find(when, TLSF_LIT(" "));
            tlsf_str rest = tlsf_str_sub(when, n, when.len - n);

            rest = tlsf_str_trim(rest);
            rest.len = tlsf_str_find(rest, TLSF_LIT(" "));
            ce_diag_say(
                config->diag, CE_NOTE,
                ce_source_place(config->arena, mark->source, mark->at),
                "changed by confedit on %.*s%s; confedit undo %.*s takes it "
                "back",
                (int)n, when.data, old_line(config->arena, mark), (int)rest.len,
                rest.data);
            continue;
        }
        ce_diag_say(config->diag, CE_NOTE,
                    ce_source_place(config->arena, mark->source, mark->at),
                    "overridden by %.*s%s%.*s%s", (int)tool, text.data,
                    when.len > 0 ? " on " : "", (int)when.len, when.data,
                    old_line(config->arena, mark));
    }
}
