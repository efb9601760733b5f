/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confedit's time and memory: configurations of up to 10,000 files, and one
 * file of 100 MB, beside what cat takes to read the same files. Each time is
 * the best of several, in turn with cat's.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench/bench.h"

enum { TIMES = 7, MOST_FILES = 10000, BIG_BYTES = 100000000, BIG_HOSTS = 2000 };

static const double most_many = 3;
static const double most_big = 10;
static const double most_big_json = 15; /* two million bytes of answer */
static const double most_growth = 2; /* per file, against the number before */

static const char *const nginx_host =
    "# site %zu: written by the provisioning system, do not edit by hand\n"
    "server {\n"
    "    listen 443 ssl;\n"
    "    listen [::]:443 ssl;\n"
    "    server_name site%05zu.example.org www.site%05zu.example.org;\n\n"
    "    ssl_certificate     /etc/ssl/sites/site%05zu/fullchain.pem;\n"
    "    ssl_certificate_key /etc/ssl/sites/site%05zu/privkey.pem;\n"
    "    ssl_protocols TLSv1 TLSv1.1 TLSv1.2;\n"
    "    ssl_ciphers HIGH:!aNULL:!MD5;\n\n"
    "    root /srv/www/site%05zu/htdocs;\n"
    "    index index.html index.htm index.php;\n"
    "    location / {\n"
    "        try_files $uri $uri/ /index.php?$args;\n"
    "        expires 1h;\n"
    "    }\n"
    "    location ~ \\.php$ {\n"
    "        fastcgi_pass unix:/run/php/site%05zu.sock;\n"
    "    }\n"
    "}\n";

static const char *const apache_host =
    "# site %zu: written by the provisioning system, do not edit by hand\n"
    "<VirtualHost *:443>\n"
    "    ServerName site%05zu.example.org\n"
    "    ServerAlias www.site%05zu.example.org\n"
    "    DocumentRoot /srv/www/site%05zu/htdocs\n"
    "    SSLEngine on\n"
    "    SSLCertificateFile /etc/ssl/sites/site%05zu/fullchain.pem\n"
    "    SSLCertificateKeyFile /etc/ssl/sites/site%05zu/privkey.pem\n"
    "    SSLProtocol all -SSLv3\n"
    "    SSLCipherSuite HIGH:!aNULL:!MD5\n"
    "    <Directory /srv/www/site%05zu/htdocs>\n"
    "        Options FollowSymLinks\n"
    "        AllowOverride None\n"
    "        Require all granted\n"
    "    </Directory>\n"
    "    LogLevel warn\n"
    "    ErrorLog /var/log/apache2/error.log\n"
    "    CustomLog /var/log/apache2/access.log combined\n"
    "</VirtualHost>\n";

/* One of the two servers. */
typedef struct kind {
    const char *name;
    const char *version;
    const char *head;
    const char *include;
    const char *tail;
    const char *filler;
} kind;

static const kind kinds[] = {
    {"nginx", "1.28.0", "events {}\nhttp {\n", "include conf.d/*.conf;\n",
     "}\n", "deny 10.1.2.3;\n"},
    {"apache", "2.4.62", "Listen 443\n", "Include conf.d/*.conf\n", "",
     "SetEnvIf Remote_Addr 10.1.2.3 denied\n"},
};

static const char *folder;
static const char *program;

static char *
host_text(const kind *k, size_t i)
{
    return strcmp(k->name, "nginx") == 0
               ? ts_format(nginx_host, i, i, i, i, i, i, i)
               : ts_format(apache_host, i, i, i, i, i, i, i);
}

/* A main file that includes n files with one host each; the sum of bytes. */
static size_t
make_many(const kind *k, size_t n)
{
    char *place = ts_format("%s/%s-%zu", folder, k->name, n);
    size_t bytes = 0;

    ts_make_folder(ts_format("%s/conf.d", place));
    ts_write_file(ts_format("%s/main.conf", place),
                  ts_format("%s%s%s", k->head, k->include, k->tail));
    for (size_t i = 0; i < n; i++) {
        char *text = host_text(k, i);
        char *path = ts_format("%s/conf.d/%05zu.conf", place, i);

        ts_write_file(path, text);
        bytes += strlen(text);
        free(text);
        free(path);
    }
    return bytes;
}

/* One file with all hosts; the rest is comments and lists. */
static void
make_big(const kind *k)
{
    static const char note[] =
        "# addresses that were denied by hand, kept for the record\n";
    FILE *to = fopen(ts_format("%s/%s-big.conf", folder, k->name), "w");
    size_t bytes = 0;

    ts_require(to != NULL, "cannot write the big file");
    fputs(k->head, to);
    for (size_t i = 0; i < BIG_HOSTS; i++) {
        char *text = host_text(k, i);

        bytes += strlen(text);
        fputs(text, to);
        free(text);
        while (bytes < (size_t)BIG_BYTES / BIG_HOSTS * (i + 1)) {
            fputs(note, to);
            fputs(k->filler, to);
            bytes += sizeof(note) - 1 + strlen(k->filler);
        }
    }
    fputs(k->tail, to);
    ts_require(fclose(to) == 0, "cannot write the big file");
}

typedef struct cost {
    double ms;  /* the best */
    double mib; /* resident at most */
} cost;

static double
now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Run a line of sh once; what it says is thrown away. */
static void
run_once(const char *line, cost *c)
{
    double begin = now_ms();
    struct rusage used;
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        int null = open("/dev/null", O_WRONLY);

        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        execl("/bin/sh", "sh", "-c", line, (char *)NULL);
        _exit(127);
    }
    ts_require(pid > 0 && wait4(pid, &status, 0, &used) == pid &&
                   WIFEXITED(status) && WEXITSTATUS(status) == 0,
               "failed: %s", line);
    double ms = now_ms() - begin;

    c->ms = c->ms == 0 || ms < c->ms ? ms : c->ms;
    c->mib = (double)used.ru_maxrss / 1024;
}

/* In turn, so that both have the same luck with their neighbours. */
static void
run_both(const char *cat, const char *ours, cost *c, cost *o)
{
    *c = (cost){0, 0};
    *o = (cost){0, 0};
    for (int i = 0; i < TIMES; i++) {
        run_once(cat, c);
        run_once(ours, o);
    }
}

static char *
ours_line(const kind *k, const char *command, const char *file)
{
    return ts_format("exec %s %s --server-version %s %s/%s", program, command,
                     k->version, folder, file);
}

/* Compare; a limit of 0: there is none. */
static void
compare(const kind *k, const char *what, const char *command, const char *file,
        const char *cat, double most, double most_mib)
{
    cost c;
    cost o;

    run_both(cat, ours_line(k, command, file), &c, &o);
    tb_say("%-7s %-13s %-32s %8.1f %8.1f %6.2f", k->name, what, command, c.ms,
           o.ms, o.ms / c.ms);
    if (most > 0) {
        tb_say(" %5.0f", most);
        tb_judge(o.ms / c.ms, most);
    } else {
        tb_say("     -    ");
    }
    tb_say(" %8.1f", o.mib);
    if (most_mib > 0) {
        tb_say(" %8.1f", most_mib);
        tb_judge(o.mib, most_mib);
    }
    tb_say("\n");
}

static const char *const commands[] = {"show", "show --json",
                                       "check --floor TLSv1",
                                       "raise --dry-run --floor TLSv1.2"};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

/* MiB for an input: three times as much, and 16. */
static double
limit_of(double bytes)
{
    return 3 * bytes / 1024 / 1024 + 16;
}

static void
measure_kind(const kind *k)
{
    size_t bytes = make_many(k, MOST_FILES);

    make_big(k);
    for (size_t i = 0; i < N_COMMANDS; i++) {
        compare(k, "10,000 files", commands[i],
                ts_format("%s-%d/main.conf", k->name, MOST_FILES),
                ts_format("cat %s/%s-%d/conf.d/*", folder, k->name, MOST_FILES),
                most_many, limit_of((double)bytes));
    }
    for (size_t i = 0; i < N_COMMANDS; i++) {
        /* It reads its own result once more, as a proof. */
        bool is_raise = i == N_COMMANDS - 1;
        bool is_json = strstr(commands[i], "--json") != NULL;

        compare(k, "one of 100 MB", commands[i],
                ts_format("%s-big.conf", k->name),
                ts_format("cat %s/%s-big.conf", folder, k->name),
                is_raise  ? 0
                : is_json ? most_big_json
                          : most_big,
                limit_of(BIG_BYTES));
    }
}

/* What ten times as many files take, each. */
static void
measure_growth(const kind *k)
{
    cost before = {0, 0};
    cost start = {0, 0};
    size_t n = 0;

    for (size_t i = 1; i <= MOST_FILES; i *= 10) {
        cost c = {0, 0};
        char *file = ts_format("%s-%zu/main.conf", k->name, i);

        if (i < MOST_FILES) {
            make_many(k, i);
        }
        for (int t = 0; t < TIMES; t++) {
            run_once(ours_line(k, "show", file), &c);
        }
        tb_say("%-7s %6zu files  show %10.2f ms", k->name, i, c.ms);
        /* Fewer take less than the chance in starting a program. */
        if (i == 1) {
            start = c;
        } else if (i > 1000) {
            /* Without what a program takes to begin at all. */
            double growth = (c.ms - start.ms) / (before.ms - start.ms) /
                            ((double)i / (double)n);

            tb_say("   a file, against %4zu files: %5.2f", n, growth);
            tb_judge(growth, most_growth);
        }
        tb_say("\n");
        before = c;
        n = i;
    }
}

int
main(void)
{
    size_t n = sizeof(kinds) / sizeof(kinds[0]);

    tb_begin("confedit");
    folder = ts_absolute(ts_format("build/bench/confedit-%d", (int)getpid()));
    program =
        ts_absolute(ts_format("%s/confedit", ts_env("MODULE_DIR", "build")));
    setenv("CONFEDIT_HTTPD", "/nonexistent", 1);
    setenv("CONFEDIT_NGINX", "/nonexistent", 1);
    ts_make_folder(folder);
    tb_say("%-7s %-13s %-32s %8s %8s %6s %5s    %8s %8s\n", "", "", "",
           "cat ms", "ms", "ratio", "most", "MiB", "most");
    for (size_t i = 0; i < n; i++) {
        measure_kind(&kinds[i]);
    }
    for (size_t i = 0; i < n; i++) {
        measure_growth(&kinds[i]);
    }
    ts_remove_folder(folder);
    return tb_end();
}
