/* SPDX-License-Identifier: Apache-2.0 */
/* Dialogues of three mail protocols; called by probe.c. */
#include "starttls.h"

/* What a protocol says. Tags are IMAP's. */
static const struct {
    const char *name;
    const char *port;
    const char *greeting; /* how the server's first reply begins */
    const char *hello;    /* what the client says first; NULL: nothing */
    const char *offer;    /* what the answer must name; NULL: anything */
    const char *begin;
    const char *inject; /* and one that does no harm */
    const char *granted;
    const char *end;     /* the session's last command, */
    const char *end_tag; /* what its answer begins with, */
    const char *own_tag; /* and what that to the injected one begins with;
                            NULL: with anything else */
} rows[] = {
    [CE_STARTTLS_NONE] = {.port = "443"},
    [CE_STARTTLS_SMTP] = {"smtp", "25", "220", "EHLO localhost\r\n", "STARTTLS",
                          "STARTTLS\r\n", "STARTTLS\r\nNOOP\r\n", "220",
                          "QUIT\r\n", "221", NULL},
    [CE_STARTTLS_IMAP] = {"imap", "143", "* OK", NULL, NULL, "a STARTTLS\r\n",
                          "a STARTTLS\r\nb NOOP\r\n", "a OK", "c LOGOUT\r\n",
                          "c ", "b "},
    [CE_STARTTLS_POP3] = {"pop3", "110", "+OK", NULL, NULL, "STLS\r\n",
                          "STLS\r\nXNOOP\r\n", "+OK", "QUIT\r\n", "+OK",
                          "-ERR"},
};

const char *
ce_starttls_name(ce_starttls how)
{
    return rows[how].name;
}

const char *
ce_starttls_port(ce_starttls how)
{
    return rows[how].port;
}

static bool
begins(const char *line, const char *with)
{
    return tlsf_str_starts_nocase(tlsf_str_of(line), tlsf_str_of(with));
}

/* Whether further lines of the same reply follow. */
static bool
goes_on(ce_starttls how, const char *line)
{
    if (how == CE_STARTTLS_SMTP) {
        return strlen(line) > 3 && line[3] == '-';
    }
    return how == CE_STARTTLS_IMAP && line[0] == '*';
}

/*
 * Read a whole reply.
 *
 *   offer   a word that one of its lines must have; NULL: none
 *
 * Returns whether the reply begins as wanted and has the word.
 */
static bool
read_reply(ce_link *link, ce_starttls how, const char *want, const char *offer,
           char *line, size_t room)
{
    bool has_offer = offer == NULL;

    for (;;) {
        if (!ce_link_line(link, line, room)) {
            line[0] = '\0';
            return false;
        }
        if (strlen(line) >= 4 && offer != NULL && begins(line + 4, offer)) {
            has_offer = true;
        }
        if (begins(line, want) && (want[0] == '*' || !goes_on(how, line))) {
            return has_offer;
        }
        if (want[0] == '*' || !goes_on(how, line)) {
            return false;
        }
    }
}

static const char *
complain(ce_arena *arena, const char *what, const char *line)
{
    return line[0] == '\0'
               ? ce_arena_format(arena, "%s got no answer", what)
               : ce_arena_format(arena, "%s got the answer “%s”", what, line);
}

const char *
ce_starttls_begin(ce_arena *arena, ce_link *link, ce_starttls how, bool inject)
{
    char line[512];

    ce_link_step(link);
    if (how == CE_STARTTLS_NONE) {
        return NULL;
    }
    if (!read_reply(link, how, rows[how].greeting, NULL, line, sizeof(line))) {
        return complain(arena, "connecting", line);
    }
    if (rows[how].hello != NULL) {
        line[0] = '\0';
        if (!ce_link_send(link, rows[how].hello) ||
            !read_reply(link, how, "250", rows[how].offer, line,
                        sizeof(line))) {
            return begins(line, "250") ? "the server does not offer STARTTLS"
                                       : complain(arena, "EHLO", line);
        }
    }
    ce_link_step(link);
    line[0] = '\0';
    if (!ce_link_send(link, inject ? rows[how].inject : rows[how].begin) ||
        !read_reply(link, how, rows[how].granted, NULL, line, sizeof(line))) {
        return complain(arena, "STARTTLS", line);
    }
    return NULL;
}

bool
ce_starttls_answers(ce_link *link, ce_starttls how)
{
    char line[512];

    ce_link_step(link);
    if (!ce_link_send(link, rows[how].end)) {
        return false;
    }
    /* A server that executes it answers it before the session's last one. */
    while (ce_link_line(link, line, sizeof(line))) {
        if (begins(line, rows[how].end_tag)) {
            return false;
        }
        if (rows[how].own_tag == NULL || begins(line, rows[how].own_tag)) {
            return true;
        }
    }
    return false;
}
