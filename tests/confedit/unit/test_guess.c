/* SPDX-License-Identifier: Apache-2.0 */
/* What a file is taken for. */
#include "unit/check_main.h"

#include "guess.h"
#include "windows.h"

static const struct {
    const char *text;
    int kind; /* -1: not clear */
    bool is_fragment;
} texts[] = {
    {"ServerRoot /etc\nInclude a\n", CE_APACHE, false},
    {"<VirtualHost *:443>\nSSLEngine on\n</VirtualHost>\n", CE_APACHE, true},
    {"<VirtualHost *:443>\nInclude tls.conf\nSSLEngine on\n</VirtualHost>\n",
     CE_APACHE, true},
    {"<VirtualHost *:443>\nSSLEngine on\n</VirtualHost>\nInclude more\n",
     CE_APACHE, false},
    {"IncludeOptional mods-enabled/*.load\n", CE_APACHE, false},
    {"  loadmodule ssl_module x.so\r\n", CE_APACHE, false},
    {"Listen 8445\r\nSSLProtocol all\r\n", CE_APACHE, true},
    {"SSLProtocol \\\n all\n", CE_APACHE, true},
    {"events {}\nhttp {\n}\n", CE_NGINX, false},
    {"events{worker_connections 10;}\nhttp{}\n", CE_NGINX, false},
    {"server {\n    listen 443 ssl;\n    http2 on;\n}\n", CE_NGINX, true},
    {"server { # <VirtualHost>\n listen 443 ssl; # ServerRoot\n}\n", CE_NGINX,
     true},
    {"ssl_protocols TLSv1.2;\n", CE_NGINX, true},
    {"worker_processes 2; events {} http { server { listen 443 ssl; } }\n",
     CE_NGINX, false},
    {"worker_processes 2; include conf.d/*;\n", CE_NGINX, false},
    {"stream {\n    server {\n        listen 5;\n    }\n}\n", CE_NGINX, false},
    {"mail { server { listen 993 ssl; } }\n", CE_NGINX, false},
    {"  http\n{ include x; }\n", CE_NGINX, false},
    {"server { set $x http; location /http { } }\n", CE_NGINX, true},
    {"server {\n ssl_protocols\n  TLSv1\n  TLSv1.1\n  TLSv1.2\n  TLSv1.3\n"
     "  ;\n}\n",
     CE_NGINX, true},
    {"ssl_protocols\nTLSv1\nTLSv1.1\nTLSv1.2\nTLSv1.3;\n", CE_NGINX, true},
    {"log_format main\n  '$a'\n  Host\n  Port\n  Agent;\n", -1, false},
    {"RewriteCond %{HTTPS} off\nRewriteRule ^ "
     "https://%{HTTP_HOST}%{REQUEST_URI} "
     "[R]\nServerName a\nSSLEngine on\nSSLProtocol all\n",
     CE_APACHE, true},
    {"listen 443\ninclude a\nsslengine on\n", CE_APACHE, false},
    {"# nothing\n", -1, false},
    {"", -1, false},
    {"This is a letter.\nIt is long.\n", -1, false},
    {"<html>\n<body>\n", -1, false},
    {"int\nmain(void)\n{\n    puts(\"x\");\n}\n", -1, false},
    {"[Unit]\nDescription=nginx\n", -1, false},
    {"key: value\n", -1, false},
};

static ce_source *
source_of(ce_arena *arena, const char *text)
{
    return ce_source_of(arena, "x", tlsf_str_of(text));
}

START_TEST(kinds_and_fragments)
{
    ce_arena *arena = ce_arena_new();
    ce_source *source = source_of(arena, texts[_i].text);
    ce_kind kind;
    int got = ce_guess_kind(source, &kind) ? (int)kind : -1;

    ck_assert_msg(got == texts[_i].kind, "%s: %d", texts[_i].text, got);
    if (got >= 0) {
        ck_assert_msg(ce_guess_fragment(source, kind) == texts[_i].is_fragment,
                      "%s", texts[_i].text);
    } else {
        ck_assert_str_ne(ce_guess_why_not(source), "");
    }
    ce_arena_free(arena);
}
END_TEST

/* Comments before, more lines than are looked at behind. */
START_TEST(long_files)
{
    ce_arena *arena = ce_arena_new();
    ce_text text = {NULL, 0, 0};
    ce_kind kind;

    for (int i = 0; i < 5000; i++) {
        ce_text_add(arena, &text, TLSF_LIT("# a comment\n"));
    }
    ce_text_add(arena, &text, TLSF_LIT("events {}\nhttp {\n"));
    for (int i = 0; i < 5000; i++) {
        ce_text_add(arena, &text, TLSF_LIT("<VirtualHost>\n"));
    }
    ce_source *source = ce_source_of(arena, "x", (tlsf_str){text.data, text.n});

    ck_assert(ce_guess_kind(source, &kind));
    ck_assert_int_eq(kind, CE_APACHE);
    ck_assert(!ce_guess_fragment(source, CE_NGINX));
    ce_arena_free(arena);
}
END_TEST

static const struct {
    const char *text;
    bool is_windows;
} trees[] = {
    {"ServerRoot \"C:/Apache24\"\n", true},
    {"ServerRoot c:\\Apache24\r\n", true},
    {"  Define SRVROOT \"d:/Program Files/x\"\n", true},
    {"ServerRoot /etc/apache2\n", false},
    {"# ServerRoot C:/Apache24\n", false},
    {"Define HOST a.test:443\n", false},
    {"Include http://C:/x\n", false},
    {"SSLCipherSuite C:/x\n", false},
    {"ServerRoot C:", false},
    {"ServerRoot", false},
};

START_TEST(windows_trees)
{
    ce_arena *arena = ce_arena_new();

    ck_assert_msg(ce_windows_is_tree(source_of(arena, trees[_i].text)) ==
                      trees[_i].is_windows,
                  "%s", trees[_i].text);
    ce_arena_free(arena);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("confedit guess");
    TCase *t = tcase_create("guess");

    tcase_add_loop_test(t, kinds_and_fragments, 0, TLSF_COUNTOF(texts));
    tcase_add_test(t, long_files);
    tcase_add_loop_test(t, windows_trees, 0, TLSF_COUNTOF(trees));
    suite_add_tcase(suite, t);
    return suite;
}
