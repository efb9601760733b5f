/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads Accept and Accept-Language. Called when a page is chosen, and by the
 * status handler for its reports.
 */
#include "tlsf_accept.h"

#define Q_ONE 1000 /* q values count in thousandths */

/* One element of a comma-separated header. */
typedef struct element {
    tlsf_str range; /* media type or language range, without parameters */
    unsigned q;     /* 0..Q_ONE */
    size_t at;      /* offset in the header, to tell which came first */
} element;

typedef struct list {
    tlsf_str text;
    size_t at;
} list;

/* How much some kind of media type is wanted. */
typedef struct wish {
    bool is_named;
    unsigned q; /* the highest, 0 when not named */
    size_t at;  /* of the first element with that q */
} wish;

/* The offset of the next `mark` outside quoted strings, or the end. */
static size_t
find_mark(tlsf_str s, size_t from, char mark)
{
    bool is_quoted = false;
    size_t i;

    for (i = from; i < s.len; i++) {
        if (s.data[i] == '"') {
            is_quoted = !is_quoted;
        } else if (is_quoted && s.data[i] == '\\') {
            i++;
        } else if (!is_quoted && s.data[i] == mark) {
            return i;
        }
    }
    return s.len;
}

/*
 * A weight (RFC 9110 12.4.2). Java's old ".2" is taken as 0.2, digits after
 * the third are dropped, and what is no number or more than 1 counts as 1, as
 * if no weight had been given.
 */
static unsigned
parse_q(tlsf_str s)
{
    unsigned unit = Q_ONE;
    unsigned q = 0;
    size_t i = 0;

    if (s.len > 0 && tlsf_is_digit(s.data[0])) {
        q = s.data[0] == '0' ? 0 : Q_ONE;
        i = 1;
    }
    if (i == s.len) {
        return s.len == 0 ? Q_ONE : q;
    }
    if (s.data[i] != '.' || s.len == 1) {
        return Q_ONE;
    }
    for (i++; i < s.len; i++) {
        if (!tlsf_is_digit(s.data[i])) {
            return Q_ONE;
        }
        unit /= 10;
        q += unit * (unsigned)(s.data[i] - '0');
    }
    return q > Q_ONE ? Q_ONE : q;
}

/* The first q among the parameters; the others do not matter to us. */
static unsigned
read_q(tlsf_str parameters)
{
    size_t at = 0;

    while (at < parameters.len) {
        size_t end = find_mark(parameters, at, ';');
        tlsf_str one = tlsf_str_trim(tlsf_str_sub(parameters, at, end - at));
        size_t equals = find_mark(one, 0, '=');
        tlsf_str name = tlsf_str_trim(tlsf_str_sub(one, 0, equals));

        if (equals < one.len && tlsf_str_eq_nocase(name, TLSF_LIT("q"))) {
            return parse_q(tlsf_str_trim(
                tlsf_str_sub(one, equals + 1, one.len - equals - 1)));
        }
        at = end + 1;
    }
    return Q_ONE;
}

/* Step to the next element that has a range; false at the end. */
static bool
next_element(list *all, element *e)
{
    while (all->at < all->text.len) {
        size_t end = find_mark(all->text, all->at, ',');
        tlsf_str one = tlsf_str_sub(all->text, all->at, end - all->at);
        size_t mark = find_mark(one, 0, ';');

        e->at = all->at;
        e->range = tlsf_str_trim(tlsf_str_sub(one, 0, mark));
        all->at = end + 1;
        if (e->range.len > 0) {
            e->q = read_q(tlsf_str_sub(one, mark, one.len - mark));
            return true;
        }
    }
    return false;
}

static bool
ends_nocase(tlsf_str s, tlsf_str with)
{
    return s.len >= with.len &&
           tlsf_str_eq_nocase(tlsf_str_sub(s, s.len - with.len, with.len),
                              with);
}

static bool
is_json(tlsf_str type)
{
    return tlsf_str_eq_nocase(type, TLSF_LIT("application/json")) ||
           ends_nocase(type, TLSF_LIT("+json"));
}

static bool
is_html(tlsf_str type)
{
    return tlsf_str_eq_nocase(type, TLSF_LIT("text/html")) ||
           tlsf_str_eq_nocase(type, TLSF_LIT("application/xhtml+xml"));
}

static bool
is_plain(tlsf_str type)
{
    return tlsf_str_eq_nocase(type, TLSF_LIT("text/plain"));
}

static bool
is_any_text(tlsf_str type)
{
    return tlsf_str_eq_nocase(type, TLSF_LIT("text/*"));
}

/* Old Java writes a lone star. */
static bool
is_any(tlsf_str type)
{
    return tlsf_str_eq(type, TLSF_LIT("*/*")) ||
           tlsf_str_eq(type, TLSF_LIT("*"));
}

static bool
is_openmetrics(tlsf_str type)
{
    return tlsf_str_eq_nocase(type, TLSF_LIT("application/openmetrics-text"));
}

/* Anything that looks like a media range. */
static bool
is_range(tlsf_str type)
{
    size_t slash = tlsf_str_find(type, TLSF_LIT("/"));

    return is_any(type) || (slash > 0 && slash + 1 < type.len);
}

static wish
find_wish(tlsf_str accept, bool (*is_meant)(tlsf_str type))
{
    list all = {accept, 0};
    element e;
    wish w = {false, 0, 0};

    while (next_element(&all, &e)) {
        if (is_meant(e.range) && (!w.is_named || e.q > w.q)) {
            w = (wish){true, e.q, e.at};
        }
    }
    return w;
}

/* Whether a is wanted more than b: by weight, then by which came first. */
static bool
is_preferred(wish a, wish b)
{
    return a.q > b.q || (a.q == b.q && a.at < b.at);
}

/*
 * JSON when a JSON type is named and not excluded, weighs more than HTML (or
 * the same and comes first, or HTML is not named), and neither text/plain nor
 * any type at all weighs more than it. At equal weights those two do not stand
 * against it: axios asks for "application/json, text/plain" and any type. A
 * range is no name: application/ and a star never means JSON.
 */
static bool
prefers_json(tlsf_str accept, wish html, wish any)
{
    wish json = find_wish(accept, is_json);
    wish plain = find_wish(accept, is_plain);

    return json.q > 0 && json.q >= plain.q && json.q >= any.q &&
           (!html.is_named || is_preferred(json, html));
}

tlsf_form
tlsf_accept_form(tlsf_str accept, tlsf_str user_agent)
{
    wish html = find_wish(accept, is_html);
    wish any = find_wish(accept, is_any);
    bool is_browser = tlsf_str_starts(user_agent, TLSF_LIT("Mozilla/")) ||
                      tlsf_str_starts(user_agent, TLSF_LIT("Opera/"));

    if (!find_wish(accept, is_range).is_named) {
        any = (wish){true, Q_ONE, 0};
    }
    if (prefers_json(accept, html, any)) {
        return TLSF_FORM_JSON;
    }
    /* text/html;q=0 is a name too: then no wildcard brings HTML back. */
    if (html.q > 0 || (!html.is_named && any.q > 0 && is_browser)) {
        return TLSF_FORM_HTML;
    }
    return TLSF_FORM_TEXT;
}

bool
tlsf_accept_openmetrics(tlsf_str accept)
{
    wish openmetrics = find_wish(accept, is_openmetrics);
    wish plain = find_wish(accept, is_plain);

    if (!plain.is_named) {
        plain = find_wish(accept, is_any_text);
    }
    if (!plain.is_named) {
        plain = find_wish(accept, is_any);
    }
    return openmetrics.q > 0 &&
           (!plain.is_named || is_preferred(openmetrics, plain));
}

/* Whether `tag` is `range` or begins with it and a hyphen. */
static bool
is_within(tlsf_str tag, tlsf_str range)
{
    return tlsf_str_starts_nocase(tag, range) &&
           (tag.len == range.len || tag.data[range.len] == '-');
}

/*
 * Lookup (RFC 4647 3.4) shortens the range until it is a tag on offer; that is
 * the longest tag on offer which the range lies within. Returns n for none.
 */
static size_t
look_up(tlsf_str range, const tlsf_language *languages, size_t n)
{
    size_t best = n;
    size_t best_len = 0;

    for (size_t i = 0; i < n; i++) {
        tlsf_str tag = tlsf_language_tag(languages[i]);

        if (is_within(range, tag) && tag.len > best_len) {
            best = i;
            best_len = tag.len;
        }
    }
    return best;
}

/* What a header says about the languages on offer. */
typedef struct wishes {
    wish of[TLSF_N_LANGUAGES];
    bool is_excluded[TLSF_N_LANGUAGES];
    wish any;
} wishes;

/*
 * q=0 excludes the tags within its range: "ja;q=0" excludes ja, "ja-JP;q=0"
 * does not.
 */
static void
read_wishes(wishes *w, tlsf_str header, const tlsf_language *languages,
            size_t n)
{
    list all = {header, 0};
    element e;

    while (next_element(&all, &e)) {
        wish one = {true, e.q, e.at};
        size_t i = look_up(e.range, languages, n);

        if (tlsf_str_eq(e.range, TLSF_LIT("*"))) {
            w->any = w->any.q < e.q ? one : w->any;
        } else if (e.q > 0) {
            if (i < n && w->of[i].q < e.q) {
                w->of[i] = one;
            }
        } else {
            for (i = 0; i < n; i++) {
                tlsf_str tag = tlsf_language_tag(languages[i]);

                w->is_excluded[i] |= is_within(tag, e.range);
            }
        }
    }
}

/*
 * "*" stands for the first language that no other range speaks of. When
 * nothing matches the answer is the first language that is not excluded, and
 * the first of all when every one is: some answer has to be given.
 */
tlsf_language
tlsf_accept_language(tlsf_str header, const tlsf_language *languages, size_t n)
{
    wishes w = {0};
    wish best = {false, 0, 0};
    size_t chosen = 0;

    n = n < TLSF_N_LANGUAGES ? n : TLSF_N_LANGUAGES;
    read_wishes(&w, header, languages, n);
    while (chosen + 1 < n && w.is_excluded[chosen]) {
        chosen++;
    }
    if (n == 0 || w.is_excluded[chosen]) {
        chosen = 0;
    }
    for (size_t i = 0; i < n; i++) {
        if (w.is_excluded[i]) {
            continue;
        }
        if (!w.of[i].is_named) {
            w.of[i] = w.any;
            w.any = (wish){false, 0, 0};
        }
        if (w.of[i].is_named &&
            (!best.is_named || is_preferred(w.of[i], best))) {
            best = w.of[i];
            chosen = i;
        }
    }
    return n > 0 ? languages[chosen] : (tlsf_language)0;
}
