/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of the ClientHello reader, one made-up message for each. */
#include "unit/check_main.h"
#include "unit/hello_message.h"

#define RANDOM                                                                 \
    "0000000000000000000000000000000000000000000000000000000000000000"

/* A hello with these extensions (hex, without the block's length), or without
 * a block of them where NULL. */
static message
build(unsigned legacy, const char *suites, const char *extensions)
{
    message m = {.n = 0};
    message s = {.n = 0};
    message e = {.n = 0};

    append_hex(&s, suites);
    append_hex(&m, "01 000000");
    append_number(&m, legacy, 2);
    append_hex(&m, RANDOM "04 73657373");
    append_number(&m, s.n, 2);
    append_hex(&m, suites);
    append_hex(&m, "01 00");
    if (extensions != NULL) {
        append_hex(&e, extensions);
        append_number(&m, e.n, 2);
        append_hex(&m, extensions);
    }
    set_length(&m, m.n);
    return m;
}

/* Asserts that the message is read; the caller frees the copy. */
static tlsf_hello
must_read(const char *name, const message *m, uint8_t **copy)
{
    tlsf_hello h;
    tlsf_diag diag = {"", 0};
    int result = read_exact(tlsf_hello_read, m, m->n, &h, &diag, copy);

    ck_assert_msg(result == TLSF_OK, "%s: %d, %s at %zu", name, result,
                  diag.what, diag.at);
    return h;
}

static const struct {
    const char *name;
    unsigned legacy;
    tlsf_version offered;
} legacy_versions[] = {
    {"SSL 2.0 in the new format", 0x0002, TLSF_SSLV2},
    {"SSL 3.0", 0x0300, TLSF_SSLV3},
    {"TLS 1.0", 0x0301, TLSF_TLSV1},
    {"TLS 1.1", 0x0302, TLSF_TLSV11},
    {"TLS 1.2", 0x0303, TLSF_TLSV12},
    {"0x0304 is capped", 0x0304, TLSF_TLSV12},
    {"0x0400 is capped", 0x0400, TLSF_TLSV12},
    {"a draft is capped", 0x7f1c, TLSF_TLSV12},
    {"0xffff is capped", 0xffff, TLSF_TLSV12},
    {"0x0000 is none", 0x0000, TLSF_VERSION_OTHER},
    {"0x0003 is none", 0x0003, TLSF_VERSION_OTHER},
    {"0x0200 is none", 0x0200, TLSF_VERSION_OTHER},
    {"0x02ff is none", 0x02ff, TLSF_VERSION_OTHER},
};

START_TEST(legacy_version_offers)
{
    static const char *const extensions[] = {NULL, "", "0017 0000"};

    for (size_t i = 0; i < TLSF_COUNTOF(extensions); i++) {
        const char *name = legacy_versions[_i].name;
        message m = build(legacy_versions[_i].legacy, "000a", extensions[i]);
        uint8_t *copy;
        tlsf_hello h = must_read(name, &m, &copy);

        ck_assert_msg(h.offered == legacy_versions[_i].offered, "%s", name);
        ck_assert_uint_eq(h.legacy_version, legacy_versions[_i].legacy);
        ck_assert(h.sni.data == NULL && h.alpn.data == NULL &&
                  h.groups.data == NULL && h.shares.data == NULL);
        ck_assert(!h.is_sslv2);
        free(copy);
    }
}
END_TEST

static const struct {
    const char *name;
    const char *list; /* versions in hex */
    tlsf_version offered;
} version_lists[] = {
    {"TLS 1.3", "0304", TLSF_TLSV13},
    {"the list beats legacy_version", "0301", TLSF_TLSV1},
    {"SSL 3.0 in the list", "0300", TLSF_SSLV3},
    {"the highest, not the first", "030103030302", TLSF_TLSV12},
    {"GREASE first", "9a9a03040303", TLSF_TLSV13},
    {"GREASE last", "0302fafa", TLSF_TLSV11},
    {"a draft and TLS 1.2", "7f1c0303", TLSF_TLSV12},
    {"a future version and TLS 1.1", "03050302", TLSF_TLSV11},
    {"GREASE alone", "0a0a", TLSF_VERSION_OTHER},
    {"drafts alone", "7f177f1c", TLSF_VERSION_OTHER},
    {"a future version alone", "0305", TLSF_VERSION_OTHER},
    {"no version", "", TLSF_VERSION_OTHER},
};

START_TEST(supported_versions_offer)
{
    const char *name = version_lists[_i].name;
    size_t n = strlen(version_lists[_i].list) / 2;
    char extension[64];
    uint8_t *copy;

    snprintf(extension, sizeof extension, "002b%04zx%02zx%s", n + 1, n,
             version_lists[_i].list);
    message m = build(0x0303, "1301", extension);
    tlsf_hello h = must_read(name, &m, &copy);
    ck_assert_msg(h.offered == version_lists[_i].offered, "%s", name);
    free(copy);
}
END_TEST

#define SNI_AB "0000 0008 0006 00 0003 612e62"
#define GROUPS "000a 0006 0004 001d 0017"
#define ALPN   "0010 0005 0003 02 6832"
#define SHARE  "0033 0007 0005 001d 0001 aa"

/* clang-format off */
static const struct {
    const char *name;
    const char *extensions;
    const char *sni; /* NULL: absent */
} names[] = {
    {"a name", SNI_AB, "a.b"},
    {"a name after other extensions", GROUPS ALPN SHARE SNI_AB, "a.b"},
    {"an empty name", "0000 0005 0003 00 0000", NULL},
    {"another type", "0000 0006 0004 07 0001 61", NULL},
    {"another type first", "0000 000a 0008 07 0001 61 00 0001 62", "b"},
};
/* clang-format on */

START_TEST(server_names)
{
    message m = build(0x0303, "1301", names[_i].extensions);
    uint8_t *copy;
    tlsf_hello h = must_read(names[_i].name, &m, &copy);

    ck_assert_msg(tlsf_str_eq(h.sni, tlsf_str_of(names[_i].sni)), "%s",
                  names[_i].name);
    ck_assert_int_eq(h.sni.data == NULL, names[_i].sni == NULL);
    free(copy);
}
END_TEST

/* clang-format off */
static const struct {
    const char *name;
    const char *extensions;
    bool has_post_quantum;
} key_exchanges[] = {
    {"classic", GROUPS SHARE, false},
    {"a hybrid group", "000a 0006 0004 11ec 001d", true},
    {"a hybrid draft", "000a 0004 0002 6399", true},
    {"a hybrid share", "0033 0008 0006 11ec 0002 aabb", true},
    {"its number in a key", "0033 0008 0006 001d 0002 11ec", false},
    {"its number in two groups", "000a 0006 0004 0011 ec00", false},
    {"no shares", "0033 0002 0000", false},
    /* OpenSSL does not read these below TLS 1.3: absent, not refused. */
    {"a share too long", "0033 0006 0004 11ec 0001", false},
    {"an empty extension", "0033 0000", false},
};
/* clang-format on */

START_TEST(post_quantum)
{
    message m = build(0x0301, "1301", key_exchanges[_i].extensions);
    uint8_t *copy;
    tlsf_hello h = must_read(key_exchanges[_i].name, &m, &copy);

    ck_assert_msg(h.has_post_quantum == key_exchanges[_i].has_post_quantum,
                  "%s", key_exchanges[_i].name);
    free(copy);
}
END_TEST

/* clang-format off */
static const struct {
    const char *name;
    const char *extensions;
} refused[] = {
    {"versions: odd", "002b 0004 03 030403"},
    {"versions: too long", "002b 0003 04 0304"},
    {"versions: too short", "002b 0005 02 0304 0303"},
    {"versions: empty extension", "002b 0000"},
    {"versions: twice", "002b 0003 02 0304 002b 0003 02 0303"},
    {"name: two", "0000 000a 0008 00 0001 61 00 0001 62"},
    {"name: an empty one and another", "0000 0009 0007 00 0000 00 0001 62"},
    {"name: empty list", "0000 0002 0000"},
    {"name: empty extension", "0000 0000"},
    {"name: list too long", "0000 0006 0005 00 0001 61"},
    {"name: list too short", "0000 0006 0003 00 0001 61"},
    {"name: too long", "0000 0006 0004 00 0002 61"},
    {"name: too short", "0000 0007 0005 00 0001 6161"},
    {"name: extension twice", SNI_AB SNI_AB},
    {"groups: none", "000a 0002 0000"},
    {"groups: odd", "000a 0005 0003 001d 00"},
    {"groups: too long", "000a 0004 0004 001d"},
    {"groups: twice", GROUPS GROUPS},
    {"shares: twice", SHARE SHARE},
    {"protocols: none", "0010 0002 0000"},
    {"protocols: an empty one", "0010 0006 0004 00 02 6832"},
    {"protocols: one too long", "0010 0005 0003 03 6832"},
    {"protocols: twice", ALPN ALPN},
    {"an extension too long", "1234 0002 00"},
    {"half a type", "12"},
    {"half a length", "1234 00"},
};
/* clang-format on */

START_TEST(contradictions_are_refused)
{
    message m = build(0x0303, "1301", refused[_i].extensions);
    tlsf_hello h = {.legacy_version = 0xbeef};
    tlsf_diag diag = {NULL, SIZE_MAX};
    uint8_t *copy;
    int result = read_exact(tlsf_hello_read, &m, m.n, &h, &diag, &copy);

    ck_assert_msg(result == TLSF_EPROTO, "%s", refused[_i].name);
    ck_assert_ptr_nonnull(diag.what);
    ck_assert_uint_le(diag.at, m.n);
    ck_assert_uint_eq(h.legacy_version, 0xbeef);
    free(copy);
}
END_TEST

START_TEST(lookups)
{
    message m = build(0x0303, "1301 c02f 0035 0056 002f",
                      GROUPS SHARE ALPN "0a0a 0000 1234 0000 1234 0000");
    uint8_t *copy;
    tlsf_hello h = must_read("lookups", &m, &copy);

    ck_assert(tlsf_hello_offers_suite(&h, 0x1301));
    ck_assert(tlsf_hello_offers_suite(&h, 0xc02f));
    ck_assert(tlsf_hello_offers_suite(&h, 0x002f));
    ck_assert(!tlsf_hello_offers_suite(&h, 0x01c0));
    ck_assert(!tlsf_hello_offers_suite(&h, 0x11301));
    ck_assert(!h.has_fallback_scsv); /* 5600 stands across two suites */
    ck_assert(tlsf_hello_offers_group(&h, 0x001d));
    ck_assert(tlsf_hello_offers_group(&h, 0x0017));
    ck_assert(!tlsf_hello_offers_group(&h, 0x1d00));
    ck_assert_uint_eq(h.shares.len, 5);
    ck_assert(tlsf_str_eq(h.alpn, TLSF_LIT("\x02h2")));
    free(copy);
}
END_TEST

START_TEST(fallback_scsv)
{
    message m = build(0x0302, "002f 5600", NULL);
    uint8_t *copy;
    tlsf_hello h = must_read("fallback", &m, &copy);

    ck_assert(h.has_fallback_scsv);
    ck_assert(!tlsf_hello_offers_group(&h, 0));
    free(copy);
}
END_TEST

/* Whole messages: the frame, and the body's own vectors. */
/* clang-format off */
static const struct {
    const char *name;
    int result;
    const char *hex;
} frames[] = {
    {"server hello", TLSF_EPROTO, "02 000000"},
    {"plain HTTP", TLSF_EPROTO, "474554202f"},
    {"another type alone", TLSF_EPROTO, "16"},
    {"empty", TLSF_EPROTO, "01 000000"},
    {"version alone", TLSF_EPROTO, "01 000002 0303"},
    {"longest length", TLSF_ETRUNC, "01 ffffff 0303"},
    {"least", TLSF_OK, "01 00002b 0301" RANDOM "00 0002 000a 01 00 0000"},
    {"byte after", TLSF_EPROTO,
     "01 00002c 0301" RANDOM "00 0002 000a 01 00 0000 00"},
    {"half a block length", TLSF_EPROTO,
     "01 00002a 0301" RANDOM "00 0002 000a 01 00 00"},
    {"block too long", TLSF_EPROTO,
     "01 00002b 0301" RANDOM "00 0002 000a 01 00 0001"},
    {"no compression", TLSF_OK, "01 000028 0301" RANDOM "00 0002 000a 00"},
    {"compression too long", TLSF_EPROTO,
     "01 000029 0301" RANDOM "00 0002 000a 02 00"},
    {"no suites", TLSF_EPROTO, "01 000027 0301" RANDOM "00 0000 01 00"},
    {"odd suites", TLSF_EPROTO, "01 000028 0301" RANDOM "00 0001 0a 01 00"},
    {"suites too long", TLSF_EPROTO,
     "01 000029 0301" RANDOM "00 0006 000a 01 00"},
    {"session id of 33", TLSF_EPROTO,
     "01 00004a 0301" RANDOM "21" RANDOM "00 0002 000a 01 00"},
    {"session id of 32", TLSF_OK,
     "01 000049 0301" RANDOM "20" RANDOM "0002 000a 01 00"},
};
/* clang-format on */

START_TEST(message_frames)
{
    message m = {.n = 0};
    tlsf_hello h;
    tlsf_diag diag = {"", 0};
    uint8_t *copy;
    int result;

    append_hex(&m, frames[_i].hex);
    result = read_exact(tlsf_hello_read, &m, m.n, &h, &diag, &copy);
    ck_assert_msg(result == frames[_i].result, "%s: %d, %s at %zu",
                  frames[_i].name, result, diag.what, diag.at);
    free(copy);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("hello");
    TCase *t = tcase_create("hello");

    tcase_add_loop_test(t, legacy_version_offers, 0,
                        TLSF_COUNTOF(legacy_versions));
    tcase_add_loop_test(t, supported_versions_offer, 0,
                        TLSF_COUNTOF(version_lists));
    tcase_add_loop_test(t, server_names, 0, TLSF_COUNTOF(names));
    tcase_add_loop_test(t, post_quantum, 0, TLSF_COUNTOF(key_exchanges));
    tcase_add_loop_test(t, contradictions_are_refused, 0,
                        TLSF_COUNTOF(refused));
    tcase_add_test(t, lookups);
    tcase_add_test(t, fallback_scsv);
    tcase_add_loop_test(t, message_frames, 0, TLSF_COUNTOF(frames));
    suite_add_tcase(suite, t);
    return suite;
}
