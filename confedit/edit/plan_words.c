/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of SSLProtocol: as few as possible are changed; called by
 * plan_apache.c.
 */
#include "plan_parts.h"

#include "tlsf_err.h"

static void
add_snip(ce_arena *arena, ce_snips *snips, size_t at, size_t len,
         const char *text)
{
    snips->list = ce_arena_grow(arena, snips->list, snips->n, &snips->room,
                                sizeof(ce_snip));
    snips->list[snips->n++] = (ce_snip){at, len, text};
}

tlsf_str
ce_snips_apply(ce_arena *arena, tlsf_str text, const ce_snips *snips)
{
    ce_text result = {NULL, 0, 0};
    size_t done = 0;

    for (size_t i = 0; i < snips->n; i++) {
        const ce_snip *s = &snips->list[i];

        ce_text_add(arena, &result, tlsf_str_sub(text, done, s->at - done));
        ce_text_add(arena, &result, tlsf_str_of(s->text));
        done = s->at + s->len;
    }
    ce_text_add(arena, &result, tlsf_str_sub(text, done, text.len - done));
    return (tlsf_str){result.data == NULL ? "" : result.data, result.n};
}

/* " -TLSv1 -TLSv1.1" */
static const char *
signed_words(ce_arena *arena, unsigned set, char sign)
{
    const char *text = "";

    for (unsigned v = TLSF_SSLV3; v < TLSF_VERSION_OTHER; v++) {
        if (set & CE_BIT(v)) {
            tlsf_str name = tlsf_version_name((tlsf_version)v);

            text = ce_arena_format(arena, "%s %c%.*s", text, sign,
                                   (int)name.len, name.data);
        }
    }
    return text;
}

const char *
ce_words_value(ce_arena *arena, unsigned want, bool is_explicit, unsigned known)
{
    unsigned highest = known & ~(known >> 1);

    if (!is_explicit && (want & highest) != 0) {
        /* All but …: what comes after today's versions is not switched off. */
        return ce_arena_format(arena, "all%s",
                               signed_words(arena, known & ~want, '-'));
    }
    return ce_arena_format(arena, "-all%s", signed_words(arena, want, '+'));
}

static unsigned
set_of(ce_arena *arena, tlsf_str args)
{
    unsigned set;
    unsigned resets;
    tlsf_str bad;

    return ce_apache_protocols(arena, args, &set, &resets, &bad) == TLSF_OK
               ? set
               : 0;
}

/* The bit of a word "-TLSv1"; 0 for any other. */
static unsigned
minus_of(tlsf_str word)
{
    return word.len > 1 && word.data[0] == '-'
               ? ce_nginx_protocol(tlsf_str_sub(word, 1, word.len - 1))
               : 0;
}

/* Take away each "-X" of `missing`, with the blanks before it. */
static void
remove_minus(ce_arena *arena, tlsf_str args, unsigned missing, ce_snips *snips)
{
    size_t at = 0;
    size_t end = 0;
    ce_word word;

    while (ce_lex_apache_word(arena, args, &at, &word)) {
        if ((minus_of(word.value) & missing) != 0) {
            add_snip(arena, snips, end, word.at + word.len - end, "");
        }
        end = word.at + word.len;
    }
}

static bool
ends_with(tlsf_str s, tlsf_str tail)
{
    return s.len >= tail.len &&
           tlsf_str_eq(tlsf_str_sub(s, s.len - tail.len, tail.len), tail);
}

/* Words that were added at the end go, others are added there. */
static void
edit_words(ce_arena *arena, tlsf_str args, unsigned known, unsigned want,
           ce_snips *snips)
{
    unsigned set = set_of(arena, args) & known;
    const char *added = signed_words(arena, set & ~want, '+');
    tlsf_str tail = tlsf_str_of(added);

    if (*added != '\0' && (want & ~set) == 0 && args.len > tail.len &&
        ends_with(args, tail)) {
        add_snip(arena, snips, args.len - tail.len, tail.len, "");
        if ((set_of(arena, ce_snips_apply(arena, args, snips)) & known) ==
            want) {
            return;
        }
        snips->n = 0;
    }
    remove_minus(arena, args, want & ~set, snips);
    set = set_of(arena, ce_snips_apply(arena, args, snips)) & known;
    const char *more =
        ce_arena_format(arena, "%s%s", signed_words(arena, want & ~set, '+'),
                        signed_words(arena, set & ~want, '-'));
    if (*more != '\0') {
        add_snip(arena, snips, args.len, 0, more);
    }
}

static unsigned
want_of(const ce_goal *goal, unsigned set, unsigned known)
{
    unsigned served = set == 0 ? 0 : ce_limits_admit(ce_apache_limits(set));
    unsigned wider;

    switch (goal->verb) {
    case CE_VERB_RAISE:
        return ce_goal_of(goal, set, known);
    case CE_VERB_LOWER:
        wider = ce_goal_of(goal, served & known, known);
        /* Older words behind a hole come to life when it is filled. */
        return ce_limits_admit(ce_apache_limits(set | wider)) == wider
                   ? set | wider
                   : wider;
    case CE_VERB_SET:
        return goal->protocols;
    }
    return set;
}

bool
ce_words_apache(ce_arena *arena, tlsf_str args, const ce_goal *goal,
                unsigned known, ce_snips *snips)
{
    unsigned set;
    unsigned resets;
    tlsf_str bad;
    size_t at = 0;
    ce_word first = {{NULL, 0}, args.len, 0};

    if (ce_apache_protocols(arena, args, &set, &resets, &bad) != TLSF_OK) {
        return false;
    }
    unsigned want = want_of(goal, set & known, known);

    if (want == (set & known) && set != 0) {
        return true;
    }
    if (!goal->is_explicit && (set & want) != 0) {
        edit_words(arena, args, known, want, snips);
        tlsf_str after = ce_snips_apply(arena, args, snips);

        if ((set_of(arena, after) & known) == want) {
            return true;
        }
        snips->n = 0;
    }
    const char *value =
        ce_words_value(arena, want & known, goal->is_explicit, known);

    if (!ce_lex_apache_word(arena, args, &at, &first)) {
        value = ce_arena_format(arena, " %s", value);
    }
    add_snip(arena, snips, first.at, args.len - first.at, value);
    return true;
}
