/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hellos of real clients (tests/data/hellos), as they are, cut and changed.
 * Run from the top of the tree.
 */
#include "unit/check_main.h"
#include "unit/hello_message.h"

#define FOLDER "tests/data/hellos/"

/* A row of the facts file. */
typedef struct fact {
    char name[64];
    char format[8];
    char offered[16];
    unsigned legacy;
    char sni[64];
    char alpn[16];
    unsigned suites;
    unsigned groups;
    unsigned shares;
    char flags[4];
    int n_columns;
} fact;

/* The i-th row; false past the end. */
static bool
load_fact(int i, fact *f)
{
    char line[256];
    FILE *file = fopen(FOLDER "facts.txt", "r");
    bool is_found = false;

    while (file != NULL && !is_found &&
           fgets(line, sizeof line, file) != NULL) {
        if (line[0] == '#' || i-- > 0) {
            continue;
        }
        f->n_columns =
            sscanf(line, "%63s %7s %15s %x %63s %15s %u %u %u %3s", f->name,
                   f->format, f->offered, &f->legacy, f->sni, f->alpn,
                   &f->suites, &f->groups, &f->shares, f->flags);
        is_found = true;
    }
    if (file != NULL) {
        fclose(file);
    }
    return is_found;
}

static hello_reader
load_sample(int i, fact *f, message *m)
{
    char path[128];
    char line[128];
    FILE *file;

    ck_assert(load_fact(i, f));
    ck_assert_int_eq(f->n_columns, 10);
    snprintf(path, sizeof path, FOLDER "%s.hex", f->name);
    file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s", path);
    m->n = 0;
    while (fgets(line, sizeof line, file) != NULL &&
           m->n + sizeof line / 2 < sizeof m->bytes) {
        append_hex(m, line);
    }
    fclose(file);
    return strcmp(f->format, "sslv2") == 0 ? tlsf_hello_read_sslv2
                                           : tlsf_hello_read;
}

static size_t
count_shares(tlsf_str shares)
{
    size_t n = 0;

    for (size_t i = 0; i < shares.len; n++) {
        i += 4 + ((size_t)(uint8_t)shares.data[i + 2] << 8) +
             (uint8_t)shares.data[i + 3];
    }
    return n;
}

/* Whether s is `want`, or absent where the facts file says "-". */
static bool
is_text(tlsf_str s, const char *want)
{
    return strcmp(want, "-") == 0 ? s.data == NULL
                                  : tlsf_str_eq(s, tlsf_str_of(want));
}

START_TEST(real_clients)
{
    fact f;
    message m;
    hello_reader read = load_sample(_i, &f, &m);
    tlsf_hello h;
    tlsf_diag diag = {"", 0};
    uint8_t *copy;
    int result = read_exact(read, &m, m.n, &h, &diag, &copy);

    ck_assert_msg(result == TLSF_OK, "%s: %s at %zu", f.name, diag.what,
                  diag.at);
    ck_assert_msg(is_text(tlsf_version_name(h.offered), f.offered), "%s",
                  f.name);
    ck_assert_uint_eq(h.legacy_version, f.legacy);
    ck_assert_int_eq(h.is_sslv2, read == tlsf_hello_read_sslv2);
    ck_assert_msg(is_text(h.sni, f.sni), "%s", f.name);
    if (h.alpn.data != NULL) {
        h.alpn = tlsf_str_sub(h.alpn, 1, (size_t)h.alpn.data[0]);
    }
    ck_assert_msg(is_text(h.alpn, f.alpn), "%s", f.name);
    ck_assert_uint_eq(h.suites.len, (h.is_sslv2 ? 3 : 2) * f.suites);
    ck_assert_uint_eq(h.groups.len, 2 * f.groups);
    ck_assert_uint_eq(count_shares(h.shares), f.shares);
    ck_assert_int_eq(h.has_fallback_scsv, strchr(f.flags, 's') != NULL);
    ck_assert_int_eq(h.has_post_quantum, strchr(f.flags, 'p') != NULL);
    free(copy);
}
END_TEST

START_TEST(the_facts_are_there)
{
    fact f;

    ck_assert_msg(load_fact(0, &f), "no " FOLDER "facts.txt from here");
}
END_TEST

START_TEST(every_prefix_is_cut_off)
{
    fact f;
    message m;
    hello_reader read = load_sample(_i, &f, &m);
    tlsf_hello h = {.legacy_version = 0xbeef};

    for (size_t n = 0; n < m.n; n++) {
        tlsf_diag diag = {NULL, SIZE_MAX};
        uint8_t *copy;

        ck_assert_msg(read_exact(read, &m, n, &h, &diag, &copy) == TLSF_ETRUNC,
                      "%s: the first %zu bytes", f.name, n);
        ck_assert_ptr_nonnull(diag.what);
        ck_assert_uint_eq(diag.at, n);
        ck_assert_uint_eq(h.legacy_version, 0xbeef);
        free(copy);
    }
}
END_TEST

/*
 * The prefixes again, with a length that fits them: now a vector inside ends
 * too early, except where old clients' hellos end, before the extensions.
 */
START_TEST(every_shortened_message_contradicts_itself)
{
    fact f;
    message m;
    hello_reader read = load_sample(_i, &f, &m);
    size_t full = m.n;
    size_t n_read = 0;

    for (size_t n = 4; n < full && read == tlsf_hello_read; n++) {
        tlsf_hello h;
        tlsf_diag diag = {NULL, SIZE_MAX};
        uint8_t *copy;
        int result;

        set_length(&m, n);
        result = read_exact(read, &m, n, &h, &diag, &copy);
        free(copy);
        if (result == TLSF_OK) {
            n_read++;
            continue;
        }
        ck_assert_int_eq(result, TLSF_EPROTO);
        ck_assert_ptr_nonnull(diag.what);
        ck_assert_uint_le(diag.at, n);
    }
    ck_assert_uint_le(n_read, 1);
}
END_TEST

START_TEST(a_byte_more_is_refused)
{
    fact f;
    message m;
    hello_reader read = load_sample(_i, &f, &m);
    tlsf_hello h;
    uint8_t *copy;

    m.bytes[m.n] = 0;
    ck_assert_int_eq(read_exact(read, &m, m.n + 1, &h, NULL, &copy),
                     TLSF_EPROTO);
    free(copy);
}
END_TEST

/* Any answer will do, as long as nothing outside the message is read. */
START_TEST(changed_bytes_do_no_harm)
{
    static const uint8_t values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    fact f;
    message m;
    hello_reader read = load_sample(_i, &f, &m);

    for (size_t i = 0; i < m.n; i++) {
        uint8_t was = m.bytes[i];

        for (size_t k = 0; k < TLSF_COUNTOF(values); k++) {
            tlsf_hello h;
            uint8_t *copy;

            m.bytes[i] = values[k];
            if (read_exact(read, &m, m.n, &h, NULL, &copy) == TLSF_OK) {
                ck_assert(!tlsf_hello_offers_suite(&h, UINT32_MAX));
                ck_assert(!tlsf_hello_offers_group(&h, UINT32_MAX));
                ck_assert_uint_lt(h.offered, TLSF_N_VERSIONS);
            }
            free(copy);
        }
        m.bytes[i] = was;
    }
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("hello_samples");
    TCase *t = tcase_create("hello_samples");
    fact f;
    int n = 0;

    while (load_fact(n, &f)) {
        n++;
    }
    tcase_add_test(t, the_facts_are_there);
    tcase_add_loop_test(t, real_clients, 0, n);
    tcase_add_loop_test(t, every_prefix_is_cut_off, 0, n);
    tcase_add_loop_test(t, every_shortened_message_contradicts_itself, 0, n);
    tcase_add_loop_test(t, a_byte_more_is_refused, 0, n);
    tcase_add_loop_test(t, changed_bytes_do_no_harm, 0, n);
    suite_add_tcase(suite, t);
    return suite;
}
