/* SPDX-License-Identifier: Apache-2.0 */
/* Backup sets: ids, manifests as text and back, what a set keeps. */
#include "unit/check_main.h"

#include "set.h"
#include "set_text.h"

static ce_arena *arena;

static void
begin(void)
{
    arena = ce_arena_new();
}

static void
end(void)
{
    ce_arena_free(arena);
}

static const struct {
    const char *text;
    bool is_id;
} ids[] = {
    {"20261122T090000Z-3f9a", true},
    {"20261122T090000Z-3f9A", false},
    {"20261122T090000Z-3f9", false},
    {"20261122T090000Z-3f9aa", false},
    {"20261122T090000Z-3f9a/", false},
    {"20261122T090000Z-3f9a.part", false},
    {"../../../../etc/passwd", false},
    {"", false},
    {"nginx.conf", false},
    {"20261122t090000Z-3f9a", false},
};

START_TEST(ids_have_one_form)
{
    ck_assert_msg(ce_set_is_id(ids[_i].text) == ids[_i].is_id, "%s",
                  ids[_i].text);
}
END_TEST

static const struct {
    const char *text;
    const char *spelled;
} names[] = {
    {"/etc/nginx/nginx.conf", "/etc/nginx/nginx.conf"},
    {"/etc/a b", "/etc/a b"},
    {"100%", "100%25"},
    {"%41", "%2541"},
    {"caf\xc3\xa9", "caf\xc3\xa9"},
    {"caf\xe9", "caf%E9"},
    {"\xf0\x9f\x90\xb8", "\xf0\x9f\x90\xb8"},
    {"\xed\xa0\x80", "%ED%A0%80"},
    {"\xc0\xaf", "%C0%AF"},
    {"\xf4\x90\x80\x80", "%F4%90%80%80"},
    {"\xe2\x82", "%E2%82"},
    {"a\nb\x7f\x01", "a%0Ab%7F%01"},
    {"", ""},
};

START_TEST(names_are_spelled)
{
    const char *spelled = ce_text_spell(arena, names[_i].text);

    ck_assert_str_eq(spelled, names[_i].spelled);
    ck_assert_str_eq(ce_text_read(arena, spelled), names[_i].text);
}
END_TEST

static ce_set_file
file_of(const char *name)
{
    ce_set_file f = {.name = name,
                     .folder = "/etc/nginx",
                     .leaf = "a.conf",
                     .stage = "/",
                     .is_link = true,
                     .mode = 04640,
                     .uid = 65534,
                     .gid = 33,
                     .modified_at = {1577934245, 678901234},
                     .size = 117,
                     .start = 3,
                     .end = 4,
                     .middle = 5};

    ce_digest_of(TLSF_LIT("before"), &f.before);
    ce_digest_of(TLSF_LIT("after"), &f.after);
    return f;
}

START_TEST(manifests_come_back)
{
    ce_set_file files[] = {file_of("/etc/nginx/a.conf"),
                           file_of("/etc/caf\xe9/%")};
    ce_set_config configs[] = {{CE_NGINX, "/etc/nginx/nginx.conf"},
                               {CE_APACHE, "/etc/apache2/apache2.conf"}};
    const char *defines[] = {"A", "B=c d"};
    ce_set set = {.id = "20261122T090000Z-3f9a",
                  .at = {1795338947, 513719075},
                  .command = "raise --floor TLSv1.2",
                  .release = "0.1.0",
                  .host = "h",
                  .undoes = "20261122T080000Z-0000",
                  .server_version = "1.22.1",
                  .configs = configs,
                  .n_configs = 2,
                  .defines = {defines, 2, 2},
                  .files = files,
                  .n = 2};
    ce_set read;

    ck_assert_ptr_null(
        ce_manifest_read(arena, ce_manifest_write(arena, &set, "/img"), &read));
    ck_assert_str_eq(read.id, set.id);
    ck_assert_int_eq(read.at.tv_sec, set.at.tv_sec);
    ck_assert_int_eq(read.at.tv_nsec, set.at.tv_nsec);
    ck_assert_str_eq(read.command, set.command);
    ck_assert_str_eq(read.undoes, set.undoes);
    ck_assert_str_eq(read.server_version, set.server_version);
    ck_assert_uint_eq(read.n_configs, 2);
    ck_assert_int_eq(read.configs[1].kind, CE_APACHE);
    ck_assert_str_eq(read.configs[1].name, configs[1].name);
    ck_assert_uint_eq(read.defines.n, 2);
    ck_assert_str_eq(read.defines.list[1], "B=c d");
    ck_assert_uint_eq(read.n, 2);
    for (size_t i = 0; i < 2; i++) {
        const ce_set_file *f = &read.files[i];

        ck_assert_str_eq(f->name, files[i].name);
        ck_assert_str_eq(f->folder, files[i].folder);
        ck_assert_str_eq(f->leaf, files[i].leaf);
        ck_assert_str_eq(f->stage, files[i].stage);
        ck_assert(f->is_link);
        ck_assert_uint_eq(f->mode, 04640);
        ck_assert_uint_eq(f->uid, 65534);
        ck_assert_uint_eq(f->gid, 33);
        ck_assert_int_eq(f->modified_at.tv_sec, 1577934245);
        ck_assert_int_eq(f->modified_at.tv_nsec, 678901234);
        ck_assert_uint_eq(f->size, 117);
        ck_assert_uint_eq(f->start, 3);
        ck_assert_uint_eq(f->end, 4);
        ck_assert_uint_eq(f->middle, 5);
        ck_assert_str_eq(f->before.hex, files[i].before.hex);
        ck_assert_str_eq(f->after.hex, files[i].after.hex);
    }
}
END_TEST

/* What is changed in a good manifest, and what is said then. */
static const struct {
    const char *what;
    const char *instead;
    const char *why;
} damages[] = {
    {"{", "", "damaged"},
    {"\"schema\": 1", "\"schema\": 2", "newer"},
    {"\"schema\": 1", "\"schema\": 0", "damaged"},
    {"\"schema\"", "\"x\"", "damaged"},
    {"\"nanoseconds\": 0", "\"nanoseconds\": 1000000000", "damaged"},
    {"678901234", "1678901234", "damaged"},
    {"678901234", "-1", "damaged"},
    {"1577934245", "\"x\"", "damaged"},
    {"\"uid\": 0", "\"uid\": 4294967296", "damaged"},
    {"\"mode\": ", "\"mode\": 9", "damaged"},
    {"\"time\": 1", "\"time\": \"x\", \"y\": 1", "damaged"},
    {"\"/etc/nginx\"", "\"/etc/../x\"", "outside"},
    {"\"/etc/nginx\"", "\"etc/nginx\"", "outside"},
    {"\"/etc/nginx\"", "null", "outside"},
    {"\"a.conf\"", "\"../a.conf\"", "outside"},
    {"\"a.conf\"", "\"..\"", "outside"},
    {"\"a.conf\"", "\"\"", "outside"},
    {"\"stage\": \"/\"", "\"stage\": \"/./x\"", "outside"},
    {"\"uid\": 0", "\"uid\": -1", "damaged"},
    {"\"mtime\"", "\"m\"", "damaged"},
    {"\"before\": \"", "\"before\": \"z", "damaged"},
    {"\"after\": \"", "\"after\": \"0", "damaged"},
    {"\"command\"", "\"c\"", "damaged"},
};

START_TEST(damaged_manifests_are_refused)
{
    ce_set_file files[] = {file_of("/etc/nginx/a.conf")};
    ce_set set = {.id = "20261122T090000Z-3f9a",
                  .command = "raise",
                  .at = {1, 0},
                  .files = files,
                  .n = 1};
    ce_set read;

    files[0].uid = 0;
    const char *text =
        ce_arena_text(arena, ce_manifest_write(arena, &set, NULL));
    const char *at = strstr(text, damages[_i].what);

    ck_assert_ptr_nonnull(at);
    const char *bad =
        ce_arena_format(arena, "%.*s%s%s", (int)(at - text), text,
                        damages[_i].instead, at + strlen(damages[_i].what));
    const char *why = ce_manifest_read(arena, tlsf_str_of(bad), &read);

    ck_assert_msg(why != NULL && strstr(why, damages[_i].why) != NULL, "%s: %s",
                  damages[_i].instead, why == NULL ? "taken" : why);
}
END_TEST

static const struct {
    const char *before;
    const char *after;
    size_t start;
    size_t middle;
    size_t end;
} kept[] = {
    {"abcdef", "abXdef", 2, 1, 3}, {"abcdef", "abdef", 2, 0, 3},
    {"aaaa", "aaaaaa", 4, 2, 0},   {"aaaaaa", "aaaa", 4, 0, 0},
    {"", "new", 0, 3, 0},          {"old", "", 0, 0, 0},
    {"abc", "xyz", 0, 3, 0},       {"abab", "ab", 2, 0, 0},
    {"x\n", "x\ny\n", 2, 2, 0},    {"ab", "aXb", 1, 1, 1},
};

START_TEST(sets_keep_what_came_in)
{
    ce_set_file f = {.name = "x"};
    ce_text middles = {NULL, 0, 0};
    const char *before = kept[_i].before;
    const char *after = kept[_i].after;

    ce_set_keep(arena, &f, tlsf_str_of(before), tlsf_str_of(after), &middles);
    ck_assert_uint_eq(f.start, kept[_i].start);
    ck_assert_uint_eq(f.middle, kept[_i].middle);
    ck_assert_uint_eq(f.end, kept[_i].end);
    ck_assert_uint_eq(middles.n, f.middle);
    /* The three parts are the new text again. */
    ck_assert_str_eq(ce_arena_format(arena, "%.*s%.*s%s", (int)f.start, before,
                                     (int)middles.n,
                                     middles.n == 0 ? "" : middles.data,
                                     before + strlen(before) - f.end),
                     after);
}
END_TEST

START_TEST(digests_are_sha256)
{
    ce_digest digest;

    ce_digest_of((tlsf_str){NULL, 0}, &digest);
    ck_assert_str_eq(digest.hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b9"
                                 "34ca495991b7852b855");
    ce_digest_of(TLSF_LIT("abc"), &digest);
    ck_assert_str_eq(digest.hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177"
                                 "a9cb410ff61f20015ad");
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("confedit set");
    TCase *tcase = tcase_create("set");

    tcase_add_checked_fixture(tcase, begin, end);
    tcase_add_loop_test(tcase, ids_have_one_form, 0, TLSF_COUNTOF(ids));
    tcase_add_loop_test(tcase, names_are_spelled, 0, TLSF_COUNTOF(names));
    tcase_add_test(tcase, manifests_come_back);
    tcase_add_loop_test(tcase, damaged_manifests_are_refused, 0,
                        TLSF_COUNTOF(damages));
    tcase_add_loop_test(tcase, sets_keep_what_came_in, 0, TLSF_COUNTOF(kept));
    tcase_add_test(tcase, digests_are_sha256);
    suite_add_tcase(suite, tcase);
    return suite;
}
