/* SPDX-License-Identifier: Apache-2.0 */
/* What raise wrote, taken back by lower; called by plan.c and plan_other.c. */
#include "plan_parts.h"

#include "annotate_parts.h"
#include "lex_nginx.h"
#include "outbound.h"
#include "tlsf_err.h"

/* How many lines above a line its annotation may begin. */
#define MAX_ABOVE 400

/* The sets of all lines, as they are and with their annotations taken back. */
typedef struct sums {
    unsigned now;
    unsigned old;
    bool is_told; /* both are known */
} sums;

/* The newest annotation of ours right above a line. */
static bool
find(ce_plan *plan, ce_kind kind, const ce_node *line, ce_annotation *a)
{
    ce_source *source = line->source;
    tlsf_str bytes = source->bytes;
    size_t first = line->at;
    size_t last = line->at + line->len;

    ce_edit_lines(kind, bytes, &first, &last);
    size_t at = first;

    for (int i = 0; i < MAX_ABOVE && at > 0; i++) {
        size_t next;

        at = ce_edit_line_start(bytes, at - 1);
        tlsf_str text = ce_annotation_line(bytes, at, &next);

        if (text.len == 0 || text.data[0] != '#') {
            return false;
        }
        if (ce_head_parse(text, &a->head)) {
            return ce_annotation_read(plan->arena, source, at, a) == NULL &&
                   a->new_at == first &&
                   a->new_at + a->head.form.len >= line->at + line->len;
        }
    }
    return false;
}

/* The set of Apache's line in a text; false: it cannot be told. */
static bool
tell_apache(ce_arena *arena, tlsf_str text, unsigned *set)
{
    size_t at = 0;
    size_t behind = 0;
    ce_line line;
    ce_word name;
    unsigned words;
    unsigned resets;
    tlsf_str bad;

    if (!ce_lex_apache(arena, text, &at, &line) ||
        line.token.kind != CE_TOKEN_DIRECTIVE ||
        !ce_lex_apache_word(arena, line.text, &behind, &name) ||
        ce_apache_protocols(
            arena, tlsf_str_sub(line.text, behind, line.text.len - behind),
            &words, &resets, &bad) != TLSF_OK ||
        words == 0) {
        return false;
    }
    *set |= ce_limits_admit(ce_apache_limits(words));
    return true;
}

static bool
tell_nginx(ce_arena *arena, tlsf_str text, unsigned *set)
{
    ce_nginx_lexer lexer = {.bytes = text};
    ce_token token;
    bool has_any = false;

    while (ce_lex_nginx(&lexer, &token)) {
        if (token.kind == CE_TOKEN_WORD) {
            tlsf_str word = tlsf_str_sub(text, token.at, token.len);
            unsigned bit = ce_nginx_protocol(ce_lex_nginx_value(arena, word));

            *set |= bit;
            has_any = has_any || bit != 0;
        }
    }
    return has_any;
}

/* Add what a line and its annotation say; without one what the line says. */
static void
add(ce_plan *plan, ce_kind kind, const ce_node *line, const ce_annotation *a,
    sums *s)
{
    size_t from = a == NULL ? line->at : a->new_at;
    size_t len = a == NULL ? line->len : a->head.form.len;
    tlsf_str now = tlsf_str_sub(line->source->bytes, from, len);
    tlsf_str old = a == NULL ? now : a->edit.text;
    bool (*tell)(ce_arena *, tlsf_str, unsigned *) =
        kind == CE_APACHE ? tell_apache : tell_nginx;

    s->is_told = tell(plan->arena, now, &s->now) &&
                 tell(plan->arena, old, &s->old) && s->is_told;
}

/* Whether the old texts are what lower asks for. */
static bool
is_good(const ce_plan *plan, const sums *s, unsigned goal)
{
    return !s->is_told ||
           ((s->old & CE_BIT(plan->goal->floor)) && (s->now & ~s->old) == 0 &&
            (s->old & CE_ALL & ~(goal | CE_BIT(TLSF_SSLV3))) == 0);
}

static void
take(ce_plan *plan, ce_kind kind, const ce_node *line, const ce_annotation *a)
{
    ce_plan_draft(plan, (ce_draft){.kind = CE_DRAFT_BACK,
                                   .server = kind,
                                   .edit = a->edit,
                                   .from = line->at,
                                   .to = line->at + line->len});
    plan->has_backs = true;
}

bool
ce_plan_back(ce_plan *plan, ce_kind kind, const ce_node *const *lines, size_t n,
             unsigned goal)
{
    sums s = {.is_told = true};
    size_t n_found = 0;

    if (plan->goal->verb != CE_VERB_LOWER || plan->has_no_backs) {
        return false;
    }
    ce_annotation *found =
        ce_arena_alloc(plan->arena, n * sizeof(ce_annotation));
    const ce_node **at =
        ce_arena_alloc(plan->arena, n * sizeof(const ce_node *));

    for (size_t i = 0; i < n; i++) {
        ce_annotation *a = &found[n_found];

        if (!ce_plan_is_protocols(lines[i]) && !ce_outbound_is(lines[i])) {
            continue;
        }
        bool is_there = !lines[i]->is_macro && find(plan, kind, lines[i], a);

        add(plan, kind, lines[i], is_there ? a : NULL, &s);
        if (is_there) {
            at[n_found++] = lines[i];
        }
    }
    if (n_found == 0 || !is_good(plan, &s, goal)) {
        return false;
    }
    for (size_t i = 0; i < n_found; i++) {
        take(plan, kind, at[i], &found[i]);
    }
    if (s.is_told && (s.old & ~s.now & CE_BIT(TLSF_SSLV3))) {
        ce_plan_say(plan, CE_NOTE, at[0],
                    "the old text that is put back names SSLv3, too");
    }
    return true;
}
