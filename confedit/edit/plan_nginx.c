/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of nginx: words taken out or put in; called by plan.c. */
#include "plan_parts.h"

static const ce_word *
word_at(const ce_node *node, size_t i)
{
    return &node->words[i];
}

static size_t
end_of(const ce_word *word)
{
    return word->at + word->len;
}

static unsigned
set_of(const ce_node *node)
{
    unsigned set = 0;

    for (size_t i = 0; i < node->n_words; i++) {
        set |= ce_nginx_protocol(word_at(node, i)->value);
    }
    return set;
}

static void
put(ce_plan *plan, const ce_node *node, size_t at, size_t len, const char *text)
{
    ce_edit edit = {.at = at, .len = len, .text = tlsf_str_of(text)};

    ce_plan_replace(plan, CE_NGINX, node->source, node->at,
                    node->at + node->len, edit);
}

/* Whether nothing but white space stands between two offsets. */
static bool
is_blank(const ce_node *node, size_t from, size_t to)
{
    tlsf_str gap = tlsf_str_sub(node->source->bytes, from, to - from);

    for (size_t i = 0; i < gap.len; i++) {
        if (!ce_is_space(gap.data[i])) {
            return false;
        }
    }
    return true;
}

/* A word and, when there is no comment in it, the gap towards a kept word. */
static void
remove_word(ce_plan *plan, const ce_node *node, size_t i, bool is_behind_kept)
{
    const ce_word *word = word_at(node, i);
    size_t from = word->at;
    size_t to = end_of(word);

    if (is_behind_kept && is_blank(node, end_of(word_at(node, i - 1)), from)) {
        from = end_of(word_at(node, i - 1));
    } else if (!is_behind_kept && i + 1 < node->n_words &&
               is_blank(node, to, word_at(node, i + 1)->at)) {
        to = word_at(node, i + 1)->at;
    }
    put(plan, node, from, to - from, "");
}

static void
edit_words(ce_plan *plan, const ce_node *node, unsigned set, unsigned want)
{
    ce_arena *arena = plan->arena;
    bool is_behind_kept = false;

    if (want & ~set &&
        ce_goal_lowest(want & ~set) < ce_goal_lowest(want & set)) {
        put(plan, node, word_at(node, 0)->at, 0,
            ce_arena_format(arena, "%s ", ce_set_text(arena, want & ~set)));
    } else if (want & ~set) {
        put(plan, node, end_of(word_at(node, node->n_words - 1)), 0,
            ce_arena_format(arena, " %s", ce_set_text(arena, want & ~set)));
    }
    for (size_t i = 0; i < node->n_words; i++) {
        if ((ce_nginx_protocol(word_at(node, i)->value) & want) == 0) {
            remove_word(plan, node, i, is_behind_kept);
        } else {
            is_behind_kept = true;
        }
    }
}

static unsigned
want_of(const ce_plan *plan, const ce_site *site, unsigned set)
{
    unsigned floor = ce_goal_range(plan->goal->floor, TLSF_VERSION_OTHER);
    unsigned more = site->is_first ? site->missing : 0;
    unsigned kept = set;

    switch (plan->goal->verb) {
    case CE_VERB_RAISE:
        kept = set & floor;
        break;
    case CE_VERB_LOWER:
        kept = set | more;
        break;
    case CE_VERB_SET:
        kept = (set & plan->goal->protocols) | more;
        break;
    }
    /* An empty line is illegal; what all lines give together is not wrong. */
    return kept != 0 ? kept : site->goal;
}

const char *
ce_plan_nginx(ce_plan *plan, const ce_site *site)
{
    const ce_node *node = site->node;
    unsigned set = set_of(node);

    if (node->n_words == 0) {
        return "nginx refuses this line";
    }
    unsigned want = want_of(plan, site, set);

    if (want == set) {
        return NULL;
    }
    if ((want & set) != 0 && !plan->goal->is_explicit) {
        edit_words(plan, node, set, want);
    } else {
        size_t from = word_at(node, 0)->at;

        put(plan, node, from, end_of(word_at(node, node->n_words - 1)) - from,
            ce_set_text(plan->arena, want));
    }
    return NULL;
}
