/* SPDX-License-Identifier: Apache-2.0 */
/* A neutral configuration in Apache's syntax. */
#include <string.h>
#include <unistd.h>

#include "servers/conf_parts.h"
#include "servers/tool.h"

/* What suites may use in extra text; those that a build lacks are left out. */
static const char *const modules[] = {
    "alias",      "allowmethods", "auth_basic", "authn_core", "authn_file",
    "authz_core", "authz_host",   "authz_user", "cache",      "cache_disk",
    "deflate",    "dir",          "env",        "filter",     "headers",
    "http2",      "include",      "mime",       "proxy",      "proxy_http",
    "remoteip",   "reqtimeout",   "rewrite",    "setenvif",   "socache_shmcb",
    "ssl",        "status",       "unique_id",
};

static void
write_modules(FILE *to, const ts_conf *conf)
{
    const char *folder = ts_env("HTTPD_MODULES", "/usr/lib/apache2/modules");
    const char *mpm = conf->is_prefork ? "prefork" : "event";

    fprintf(to, "LoadModule mpm_%s_module %s/mod_mpm_%s.so\n", mpm, folder,
            mpm);
    for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++) {
        char *path = ts_format("%s/mod_%s.so", folder, modules[i]);

        if (access(path, R_OK) == 0) {
            fprintf(to, "LoadModule %s_module %s\n", modules[i], path);
        }
    }
    if (!conf->is_stock) {
        fprintf(to, "LoadModule tlsfloor_module %s/mod_tlsfloor.so\n",
                ts_absolute(ts_env("MODULE_DIR", "build")));
    }
}

static void
write_head(FILE *to, const ts_conf *conf, const ts_place *place)
{
    write_modules(to, conf);
    if (geteuid() == 0) {
        fputs("User www-data\nGroup www-data\n", to);
    }
    fprintf(to,
            "ServerRoot %s\n"
            "DefaultRuntimeDir %s\n"
            "PidFile run.pid\n"
            "ErrorLog error.log\n"
            "LogLevel info\n"
            "LogFormat \"%%{SSL_PROTOCOL}x %%{SSL_CIPHER}x %%{Host}i"
            " \\\"%%r\\\" %%>s\" ts\n"
            "CustomLog access.log ts\n"
            "ServerName localhost\n"
            "StartServers 2\n"
            "ServerLimit 8\n"
            "%s"
            "TypesConfig /dev/null\n"
            "AddType text/plain .txt\n"
            "AddType text/html .html\n"
            "DirectoryIndex index.txt\n",
            place->prefix, place->prefix,
            conf->is_prefork ? "MaxRequestWorkers 8\n"
                             : "ThreadsPerChild 16\n"
                               "MinSpareThreads 24\n"
                               "MaxSpareThreads 64\n"
                               "MaxRequestWorkers 128\n");
    fprintf(to, "<Directory %s/www>\n    Require all granted\n</Directory>\n",
            place->prefix);
    if (conf->handshake_s > 0) {
        fprintf(to, "RequestReadTimeout handshake=%u\n", conf->handshake_s);
    }
    for (size_t i = 0; i < ts_conf_listeners(conf); i++) {
        fprintf(to, "Listen 127.0.0.1:%u https\n", place->ports[i]);
    }
    fprintf(to, "Listen 127.0.0.1:%u http\n", place->status_port);
    ts_write_directives(to, conf->directives, true);
    ts_write_text(to, conf->apache, place);
}

/* "TLSv1.2 TLSv1.3" -> "-all +TLSv1.2 +TLSv1.3" */
static void
write_protocols(FILE *to, const char *protocols)
{
    fputs("    SSLProtocol -all", to);
    while (*protocols != '\0') {
        size_t n = strcspn(protocols, " ");

        fprintf(to, " +%.*s", (int)n, protocols);
        protocols += n + (protocols[n] == ' ');
    }
    fputc('\n', to);
}

static void
write_site(FILE *to, const ts_conf *conf, const ts_site *site,
           const ts_place *place)
{
    const ts_listener *listener = &conf->listeners[site->listener];
    const char *ciphers = ts_site_ciphers(conf, site);
    char *certs = ts_absolute("build/certs");

    fprintf(to, "<VirtualHost 127.0.0.1:%u>\n", place->ports[site->listener]);
    if (site->name[0] != '\0') {
        fprintf(to, "    ServerName %s\n", site->name);
    }
    if (site->aliases != NULL) {
        fprintf(to, "    ServerAlias %s\n", site->aliases);
    }
    fputs("    SSLEngine on\n", to);
    if ((ts_site_certs(site) & TS_RSA) != 0) {
        fprintf(to, "    SSLCertificateFile %s/rsa.pem\n", certs);
    }
    if ((ts_site_certs(site) & TS_ECDSA) != 0) {
        fprintf(to, "    SSLCertificateFile %s/ecdsa.pem\n", certs);
    }
    if (!site->has_no_protocols) {
        write_protocols(to, ts_site_protocols(conf, site));
    }
    if (ciphers != NULL) {
        fprintf(to, "    SSLCipherSuite %s\n", ciphers);
    }
    fprintf(to, "    Protocols %shttp/1.1\n", listener->has_http2 ? "h2 " : "");
    fprintf(to, "    DocumentRoot %s/www/%s\n", place->prefix, site->name);
    ts_write_directives(to, site->directives, true);
    ts_write_text(to, site->apache, place);
    fputs("</VirtualHost>\n", to);
}

void
ts_conf_write_apache(FILE *to, const ts_conf *conf, const ts_place *place)
{
    write_head(to, conf, place);
    for (const ts_site *site = conf->sites; site->name != NULL; site++) {
        write_site(to, conf, site, place);
    }
    fprintf(to,
            "<VirtualHost 127.0.0.1:%u>\n"
            "    SSLEngine off\n"
            "    DocumentRoot %s/www\n"
            "    Header always set TS-Generation %u\n",
            place->status_port, place->prefix, place->generation);
    if (!conf->is_stock) {
        fputs("    <Location /tlsfloor/>\n"
              "    SetHandler tlsfloor-status\n",
              to);
        if (conf->status != NULL) {
            fprintf(to, "    TLSFloorStatus %s\n", conf->status);
        }
        fputs("    </Location>\n", to);
    }
    fputs("</VirtualHost>\n", to);
}
