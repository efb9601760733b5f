/* SPDX-License-Identifier: Apache-2.0 */
/* Annotations taken back; called by the undo. */
#include "annotate.h"

#include "annotate_parts.h"
#include "lex_apache.h"
#include "lex_nginx.h"

tlsf_str
ce_annotation_line(tlsf_str bytes, size_t at, size_t *next)
{
    const char *from = bytes.data + at;
    const char *lf =
        at == bytes.len ? NULL : memchr(from, '\n', bytes.len - at);
    tlsf_str line = {from, lf == NULL ? bytes.len - at : (size_t)(lf - from)};

    *next = at + line.len + (lf != NULL);
    if (lf != NULL && line.len > 0 && from[line.len - 1] == '\r') {
        line.len--;
    }
    return line;
}

/* The bytes of a line end at an offset; 0: there is none. */
static size_t
line_end_at(tlsf_str bytes, size_t at)
{
    tlsf_str rest = tlsf_str_sub(bytes, at, bytes.len - at);

    return tlsf_str_starts(rest, TLSF_LIT("\r\n")) ? 2
           : tlsf_str_starts(rest, TLSF_LIT("\n")) ? 1
                                                   : 0;
}

/* The bytes of a line end before an offset, as long as `most`. */
static size_t
line_end_before(tlsf_str bytes, size_t at, size_t most)
{
    if (at == 0 || bytes.data[at - 1] != '\n') {
        return 0;
    }
    return most == 2 && at > 1 && bytes.data[at - 2] == '\r' ? 2 : 1;
}

const char *
ce_annotation_read(ce_arena *arena, ce_source *source, size_t at,
                   ce_annotation *a)
{
    tlsf_str bytes = source->bytes;
    tlsf_str old;
    size_t next;
    tlsf_str line = ce_annotation_line(bytes, at, &next);
    size_t end_len = line_end_at(bytes, at + line.len);
    const ce_form *form = &a->head.form;
    ce_head later;

    if (!form->is_kept) {
        return "its old text is kept in the backup alone";
    }
    if (!ce_old_decode(arena, bytes, &next, form->n_lines, &old)) {
        return "its old text has changed";
    }
    a->new_at = next;
    if (form->len > bytes.len - next ||
        ce_form_sum(old, tlsf_str_sub(bytes, next, form->len)) != form->sum) {
        size_t behind;

        return ce_head_parse(ce_annotation_line(bytes, next, &behind), &later)
                   ? "a later set edited the same line"
                   : "its text or the line below has changed";
    }
    size_t from = at;
    size_t to = next + form->len;

    if (form->has_break) {
        size_t n = line_end_before(bytes, at, end_len);

        if (n == 0) {
            return "the line before it has changed";
        }
        from -= n;
    }
    if (form->has_end) {
        size_t n = line_end_at(bytes, to);

        if (n == 0) {
            return "the line below has changed";
        }
        to += n;
    }
    a->edit = (ce_edit){source, from, to - from, old};
    return NULL;
}

/* The head lines of a file, one after the other. */
typedef struct scan {
    ce_arena *arena;
    ce_kind kind;
    tlsf_str bytes;
    size_t at;
    ce_nginx_lexer lexer;
} scan;

/* The next comment that begins a line; false at the end. */
static bool
next_comment(scan *s, size_t *at)
{
    ce_token token;
    ce_line line;

    if (s->kind == CE_APACHE) {
        while (ce_lex_apache(s->arena, s->bytes, &s->at, &line)) {
            if (line.token.kind == CE_TOKEN_COMMENT &&
                s->bytes.data[line.token.at] == '#') {
                *at = line.token.at;
                return true;
            }
        }
        return false;
    }
    while (ce_lex_nginx(&s->lexer, &token)) {
        if (token.kind == CE_TOKEN_COMMENT &&
            (token.at == 0 || s->bytes.data[token.at - 1] == '\n')) {
            *at = token.at;
            return true;
        }
    }
    return false;
}

size_t
ce_annotate_undo(ce_arena *arena, ce_diag *diag, ce_kind kind,
                 ce_source *source, const char *set, ce_change *change,
                 size_t *n_other)
{
    scan s = {.arena = arena,
              .kind = kind,
              .bytes = source->bytes,
              .lexer = {.bytes = source->bytes}};
    ce_edit *edits = NULL;
    size_t n = 0;
    size_t room = 0;
    size_t done = 0;
    size_t at;

    *n_other = 0;
    while (next_comment(&s, &at)) {
        size_t next;
        ce_annotation f;

        if (at < done ||
            !ce_head_parse(ce_annotation_line(s.bytes, at, &next), &f.head) ||
            !tlsf_str_eq(f.head.set, tlsf_str_of(set))) {
            continue;
        }
        const char *reason = ce_annotation_read(arena, source, at, &f);

        if (reason == NULL && f.edit.at < done) {
            reason = "it stands within another";
        }
        if (reason != NULL) {
            ++*n_other;
            ce_diag_say(diag, CE_WARNING, ce_source_place(arena, source, at),
                        "this annotation is not taken back: %s", reason);
            continue;
        }
        edits = ce_arena_grow(arena, edits, n, &room, sizeof(ce_edit));
        edits[n++] = f.edit;
        done = f.edit.at + f.edit.len;
    }
    ce_changes changes;

    ce_changes_of(arena, edits, n, &changes);
    *change = n > 0 ? changes.list[0] : (ce_change){source, source->bytes};
    return n;
}
