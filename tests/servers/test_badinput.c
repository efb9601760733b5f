/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong in a configuration stops the start of either server, with file
 * and line, what is wrong and what would be right, in the same words. */
#include <string.h>

#include "servers/harness.h"
#include "servers/refusal.h"
#include "servers/tool.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* Where directives stand. */
typedef enum place { IN_SITE, OUTSIDE, IN_LOCATION } place;

typedef struct refusal {
    place place;
    const char *lines; /* in nginx's spelling; the last one is wrong */
    const char *words; /* the whole complaint, in nginx's spelling */
} refusal;

/* What complaints about a directive end in. */
#define FLOOR  ", for example: tlsfloor TLSv1.2"
#define STAGE  ", for example: tlsfloor_stage block 2027-03-01"
#define RESCUE ", for example: tlsfloor_rescue ecdhe"
#define CODE   ", for example: tlsfloor_page_code 403"
#define CONTACT                                                                \
    ", for example: tlsfloor_contact \"IT help desk, help@example.com\""
#define OTHER_WAY ", for example: tlsfloor_alternative \"Call +81 3 0000 0000\""
#define SITE      ", for example: tlsfloor_site \"Example Mail\""
#define LANGUAGES ", for example: tlsfloor_languages en ja"
#define ZONE      ", for example: tlsfloor_zone 1024"
#define STATUS    ", for example: tlsfloor_status local"

#define TAKES_1(n) " takes 1 argument, " #n " given"
#define QUOTE      "; put an argument with blanks in double quotes"
#define TWICE      " is given twice here; keep one of the two"
#define FLOORS     "; write off, TLSv1.1, TLSv1.2 or TLSv1.3" FLOOR
#define STAGES     "; write observe, warn, block or refuse" STAGE
#define EMPTY      "\"\" is empty; write a text or leave the line out"

#define WARN(year) "tlsfloor_stage warn " year "-01-01\n"
#define FOUR(decade)                                                           \
    WARN(decade "0") WARN(decade "1") WARN(decade "2") WARN(decade "3")

#define TIMES_4(line) line line line line

static const refusal refusals[] = {
    {IN_SITE, "tlsfloor 1.2", "tlsfloor: \"1.2\" is no floor" FLOORS},
    {IN_SITE, "tlsfloor TLSv1.4", "tlsfloor: \"TLSv1.4\" is no floor" FLOORS},
    {IN_SITE, "tlsfloor TLSv1",
     "tlsfloor: \"TLSv1\" cannot be a floor, there is "
     "nothing below it to gate" FLOORS},
    {IN_SITE, "tlsfloor tlsv1.3",
     "tlsfloor: \"tlsv1.3\" is no floor; small and capital "
     "letters differ, write TLSv1.3" FLOOR},
    {IN_SITE, "tlsfloor", "tlsfloor" TAKES_1(0) FLOOR},
    {IN_SITE, "tlsfloor TLSv1.2 TLSv1.3", "tlsfloor" TAKES_1(2) QUOTE FLOOR},
    {IN_SITE, "tlsfloor TLSv1.2\ntlsfloor TLSv1.2", "tlsfloor" TWICE FLOOR},
    {OUTSIDE, "tlsfloor TLSv1.2\ntlsfloor TLSv1.3", "tlsfloor" TWICE FLOOR},
    {IN_SITE, "tlsfloor_stage blok",
     "tlsfloor_stage: \"blok\" is no stage" STAGES},
    {IN_SITE, "tlsfloor_stage Block",
     "tlsfloor_stage: \"Block\" is no stage; small and capital letters differ, "
     "write block" STAGE},
    {IN_SITE, "tlsfloor_stage a\x1b[2Jb",
     "tlsfloor_stage: \"a [2Jb\" is no stage" STAGES},
    {IN_SITE, "tlsfloor_stage " TIMES_4(TIMES_4("sixteen-letters-")),
     "tlsfloor_stage: \"" TIMES_4("sixteen-letters-") "sixteen-letters-...\" "
                                                      "is no stage" STAGES},
    {IN_SITE, "tlsfloor_stage",
     "tlsfloor_stage takes 1 to 3 arguments, 0 given" STAGE},
    {IN_SITE, "tlsfloor_stage block 2027-02-30",
     "tlsfloor_stage: \"2027-02-30\" is no date (the month has no such "
     "day)" STAGE},
    {IN_SITE, "tlsfloor_stage block 03-01",
     "tlsfloor_stage: \"03-01\" is no date (a date needs its year, in four "
     "digits)" STAGE},
    {IN_SITE, "tlsfloor_stage block 2027-03-01T09:00:00",
     "tlsfloor_stage: \"2027-03-01T09:00:00\" is no date (a time needs a zone, "
     "Z or like +09:00)" STAGE},
    {IN_SITE, "tlsfloor_stage block tomorrow",
     "tlsfloor_stage: \"tomorrow\" is no date (not a date like "
     "2027-03-01)" STAGE},
    {IN_SITE, "tlsfloor_stage block 2027-03-01 09:00:00Z",
     "tlsfloor_stage: \"09:00:00Z\" is one argument too many; write a date "
     "with a time as one word, 2027-03-01T09:00:00+09:00" STAGE},
    {IN_SITE, "tlsfloor_stage warn\ntlsfloor_stage block",
     "tlsfloor_stage: \"block\" has no date; only the first stage of a list "
     "may go without" STAGE},
    {IN_SITE,
     "tlsfloor_stage warn 2027-03-01T00:00:00Z\n"
     "tlsfloor_stage block 2027-02-28T00:00:00Z",
     "tlsfloor_stage: \"2027-02-28T00:00:00Z\" is not later than the stage "
     "before (2027-03-01T00:00:00Z); write the stages in the order of their "
     "dates" STAGE},
    {IN_SITE,
     FOUR("203") FOUR("204") FOUR("205")
         FOUR("206") "tlsfloor_stage block 2070-01-01",
     "tlsfloor_stage: \"block\" is one stage too many; the limit is 16" STAGE},
    {IN_SITE, "tlsfloor_stage block 2027-03-01 share=10%",
     "tlsfloor_stage: \"share=10%\" cannot be used: share= is not available in "
     "this version; leave it out" STAGE},
    {IN_SITE, "tlsfloor_rescue yes",
     "tlsfloor_rescue: \"yes\" is no way to set the "
     "rescue; write off, ecdhe or on" RESCUE},
    {IN_SITE, "tlsfloor_rescue", "tlsfloor_rescue" TAKES_1(0) RESCUE},
    {IN_SITE, "tlsfloor_rescue on\ntlsfloor_rescue on",
     "tlsfloor_rescue" TWICE RESCUE},
    {IN_SITE, "tlsfloor_page_code 200",
     "tlsfloor_page_code: \"200\" is no status for the upgrade page; write a "
     "number from 400 to 599" CODE},
    {IN_SITE, "tlsfloor_page_code 600",
     "tlsfloor_page_code: \"600\" is no status for the upgrade page; write a "
     "number from 400 to 599" CODE},
    {IN_SITE, "tlsfloor_page_code", "tlsfloor_page_code" TAKES_1(0) CODE},
    {IN_SITE, "tlsfloor_page_code 403\ntlsfloor_page_code 426",
     "tlsfloor_page_code" TWICE CODE},
    {IN_SITE, "tlsfloor_contact \"\"", "tlsfloor_contact: " EMPTY CONTACT},
    {IN_SITE, "tlsfloor_contact help desk",
     "tlsfloor_contact" TAKES_1(2) QUOTE CONTACT},
    {IN_SITE, "tlsfloor_contact a\ntlsfloor_contact b",
     "tlsfloor_contact" TWICE CONTACT},
    {IN_SITE, "tlsfloor_alternative \"\"",
     "tlsfloor_alternative: " EMPTY OTHER_WAY},
    {IN_SITE, "tlsfloor_alternative",
     "tlsfloor_alternative" TAKES_1(0) OTHER_WAY},
    {IN_SITE, "tlsfloor_alternative a\ntlsfloor_alternative b",
     "tlsfloor_alternative" TWICE OTHER_WAY},
    {IN_SITE, "tlsfloor_site \"\"", "tlsfloor_site: " EMPTY SITE},
    {IN_SITE, "tlsfloor_site Example Mail",
     "tlsfloor_site" TAKES_1(2) QUOTE SITE},
    {IN_SITE, "tlsfloor_site a\ntlsfloor_site b", "tlsfloor_site" TWICE SITE},
    {IN_SITE, "tlsfloor_languages fr",
     "tlsfloor_languages: \"fr\" is no language of "
     "the page; write en or ja" LANGUAGES},
    {IN_SITE, "tlsfloor_languages en ja EN",
     "tlsfloor_languages: \"EN\" is named twice; keep one of the "
     "two" LANGUAGES},
    {IN_SITE, "tlsfloor_languages",
     "tlsfloor_languages takes at least 1 argument, 0 given" LANGUAGES},
    {IN_SITE, "tlsfloor_languages en\ntlsfloor_languages ja",
     "tlsfloor_languages" TWICE LANGUAGES},
    {OUTSIDE, "tlsfloor_zone 256k",
     "tlsfloor_zone: \"256k\" is no number of virtual "
     "hosts; write one from 1 to 65536" ZONE},
    {OUTSIDE, "tlsfloor_zone 65537",
     "tlsfloor_zone: \"65537\" is no number of virtual "
     "hosts; write one from 1 to 65536" ZONE},
    {OUTSIDE, "tlsfloor_zone 0",
     "tlsfloor_zone: \"0\" is no number of virtual "
     "hosts; write one from 1 to 65536" ZONE},
    {OUTSIDE, "tlsfloor_zone", "tlsfloor_zone" TAKES_1(0) ZONE},
    {OUTSIDE, "tlsfloor_zone 300\ntlsfloor_zone 300",
     "tlsfloor_zone" TWICE ZONE},
    {IN_LOCATION, "tlsfloor_status all",
     "tlsfloor_status: \"all\" does not say who may see "
     "the status; write local or any" STATUS},
    {IN_LOCATION, "tlsfloor_status local any",
     "tlsfloor_status takes at most 1 argument, 2 given" QUOTE STATUS},
    {IN_LOCATION, "tlsfloor_status any\ntlsfloor_status any",
     "tlsfloor_status" TWICE STATUS},
};

/* The line at which the last of these directives stands. */
static int
line_of(ts_kind kind, const ts_refusal *refused, const char *lines)
{
    const char *last = strrchr(lines, '\n');
    char *wanted = ts_rendered(kind, last == NULL ? lines : last + 1);
    const char *found = NULL;

    for (const char *at = strstr(refused->file, wanted); at != NULL;
         at = strstr(at + 1, wanted)) {
        found = at;
    }
    ck_assert_msg(found != NULL, "no %s in the file", wanted);
    return ts_line_of(refused->file, found);
}

/* Both the server's test and a real start say these words, at that line. */
static void
assert_refused(ts_kind kind, const ts_conf *conf, const char *lines,
               const char *words)
{
    ts_refusal refused = ts_refusal_of(kind, conf);
    int line = line_of(kind, &refused, lines);
    char *whole = kind == TS_NGINX
                      ? ts_format(": %s in %s:%d\n", words, refused.path, line)
                      : ts_format("Syntax error on line %d of %s:\n%s\n", line,
                                  refused.path, words);
    char *where = kind == TS_NGINX ? ts_format("server.conf:%d\n", line)
                                   : ts_format("line %d of ", line);
    char *complaint = NULL;

    ck_assert_msg(strstr(refused.said, whole) != NULL,
                  "%s does not say: %s\nbut: %s", ts_kind_name(kind), whole,
                  refused.said);
    ck_assert_msg(ts_server_try(kind, conf, &complaint) == NULL,
                  "%s starts with %s", ts_kind_name(kind), lines);
    ck_assert_msg(strstr(complaint, words) != NULL &&
                      strstr(complaint, where) != NULL,
                  "%s does not say at its start, about %s: %s\nbut: %s",
                  ts_kind_name(kind), where, words, complaint);
}

START_TEST(test_refused)
{
    const refusal *r = &refusals[(size_t)_i % COUNT(refusals)];
    ts_kind kind = (ts_kind)((size_t)_i / COUNT(refusals));
    char *lines = ts_rendered(kind, r->lines);
    ts_site sites[] = {{.name = "a.test"}, {0}};
    ts_conf conf = {.sites = sites};

    if (r->place == IN_SITE) {
        sites[0].directives = r->lines;
    } else if (r->place == OUTSIDE) {
        conf.directives = r->lines;
    } else {
        sites[0].nginx = ts_format("location /x/ {\n%s}", lines);
        sites[0].apache = ts_format("<Location /x/>\n%s</Location>", lines);
    }
    assert_refused(kind, &conf, r->lines, ts_spelt(kind, r->words));
}
END_TEST

/* A line that the server itself does not let in, and what it says. */
typedef struct stranger {
    const char *nginx; /* in a server block */
    const char *nginx_says;
    const char *apache; /* in a virtual host */
    const char *apache_says;
} stranger;

/* A directive in the wrong place; then those that are not built yet. */
static const stranger strangers[] = {
    {"location /x/ { tlsfloor TLSv1.2; }",
     "\"tlsfloor\" directive is not allowed here",
     "<Location /x/>\nTLSFloor TLSv1.2\n</Location>",
     "TLSFloor not allowed in <Location> context"},
    {"location /x/ { tlsfloor_stage warn; }",
     "\"tlsfloor_stage\" directive is not allowed here",
     "<Directory /x>\nTLSFloorStage warn\n</Directory>",
     "TLSFloorStage not allowed in <Directory> context"},
    {"tlsfloor_zone 300;", "\"tlsfloor_zone\" directive is not allowed here",
     "TLSFloorZone 300", "TLSFloorZone cannot occur within <VirtualHost>"},
    {"tlsfloor_status any;",
     "\"tlsfloor_status\" directive is not allowed here", "TLSFloorStatus any",
     "TLSFloorStatus not allowed in <VirtualHost> context"},
#define NOT_BUILT(nginx, apache, arguments)                                    \
    {                                                                          \
        nginx " " arguments ";", "unknown directive \"" nginx "\"",            \
            apache " " arguments, "Invalid command '" apache "'"               \
    }
    NOT_BUILT("tlsfloor_brownout", "TLSFloorBrownout", "2027-03-01 2027-03-02"),
    NOT_BUILT("tlsfloor_exempt", "TLSFloorExempt", "10.0.0.0/8"),
    NOT_BUILT("tlsfloor_switch", "TLSFloorSwitch", "/run/tlsfloor"),
    NOT_BUILT("tlsfloor_state", "TLSFloorState", "/run/tlsfloor.state"),
    NOT_BUILT("tlsfloor_page", "TLSFloorPage", "/srv/page.html"),
    NOT_BUILT("tlsfloor_client", "TLSFloorClient", "Agent agent advice"),
    NOT_BUILT("tlsfloor_check", "TLSFloorCheck", "/check"),
};

START_TEST(test_wrong_place_and_not_built)
{
    const stranger *one = &strangers[(size_t)_i % COUNT(strangers)];
    ts_kind kind = (ts_kind)((size_t)_i / COUNT(strangers));
    const ts_site sites[] = {
        {.name = "a.test", .nginx = one->nginx, .apache = one->apache}, {0}};
    const ts_conf conf = {.sites = sites};
    const char *words = kind == TS_NGINX ? one->nginx_says : one->apache_says;
    ts_refusal refused = ts_refusal_of(kind, &conf);
    char *complaint = NULL;

    ck_assert_msg(strstr(refused.said, words) != NULL, "%s: no %s in %s",
                  ts_kind_name(kind), words, refused.said);
    ck_assert_ptr_null(ts_server_try(kind, &conf, &complaint));
    ck_assert_msg(strstr(complaint, words) != NULL, "%s: no %s in %s",
                  ts_kind_name(kind), words, complaint);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("badinput");
    TCase *tcase = ts_tcase(suite, "refused", NULL);

    tcase_add_loop_test(tcase, test_refused, 0,
                        TS_N_SERVERS * (int)COUNT(refusals));
    tcase_add_loop_test(tcase, test_wrong_place_and_not_built, 0,
                        TS_N_SERVERS * (int)COUNT(strangers));
    return suite;
}
