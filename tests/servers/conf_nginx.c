/* SPDX-License-Identifier: Apache-2.0 */
/* A neutral configuration in nginx's syntax. */
#include <unistd.h>

#include "servers/conf_parts.h"
#include "servers/tool.h"

static void
write_head(FILE *to, const ts_conf *conf, const ts_place *place)
{
    if (!conf->is_stock) {
        fprintf(to, "load_module %s/ngx_http_tlsfloor_module.so;\n",
                ts_absolute(ts_env("MODULE_DIR", "build")));
    }
    if (geteuid() == 0) {
        fputs("user root;\n", to);
    }
    fprintf(to,
            "daemon off;\n"
            "%s\n"
            "pid run.pid;\n"
            "error_log error.log info;\n",
            conf->is_single ? "master_process off;" : "worker_processes 2;");
    ts_write_text(to, conf->nginx_main, place);
    fputs("events {\n"
          "    worker_connections 2048;\n"
          "}\n"
          "http {\n",
          to);
    for (size_t i = 0; i < 5; i++) {
        static const char *const paths[] = {"client_body", "proxy", "fastcgi",
                                            "uwsgi", "scgi"};

        fprintf(to, "    %s_temp_path tmp/%s;\n", paths[i], paths[i]);
    }
    fputs("    types {\n"
          "        text/plain txt;\n"
          "        text/html html;\n"
          "    }\n"
          "    index index.txt;\n"
          "    server_names_hash_max_size 16384;\n"
          "    server_names_hash_bucket_size 128;\n"
          "    log_format ts '$ssl_protocol $ssl_cipher $ssl_server_name '\n"
          "        '$host \"$request\" $status';\n"
          "    access_log access.log ts;\n",
          to);
    if (conf->handshake_s > 0) {
        fprintf(to, "    client_header_timeout %us;\n", conf->handshake_s);
    }
    ts_write_directives(to, conf->directives, false);
    ts_write_text(to, conf->nginx, place);
}

static void
write_site(FILE *to, const ts_conf *conf, const ts_site *site,
           const ts_place *place)
{
    const ts_listener *listener = &conf->listeners[site->listener];
    const char *ciphers = ts_site_ciphers(conf, site);
    char *certs = ts_absolute("build/certs");

    fprintf(to, "    server {\n    listen 127.0.0.1:%u ssl%s%s;\n",
            place->ports[site->listener], listener->has_http2 ? " http2" : "",
            ts_site_is_default(conf, site) ? " default_server" : "");
    if (site->name[0] != '\0') {
        fprintf(to, "    server_name %s %s;\n", site->name,
                site->aliases != NULL ? site->aliases : "");
    }
    if ((ts_site_certs(site) & TS_RSA) != 0) {
        fprintf(to,
                "    ssl_certificate %s/rsa.pem;\n"
                "    ssl_certificate_key %s/rsa.pem;\n",
                certs, certs);
    }
    if ((ts_site_certs(site) & TS_ECDSA) != 0) {
        fprintf(to,
                "    ssl_certificate %s/ecdsa.pem;\n"
                "    ssl_certificate_key %s/ecdsa.pem;\n",
                certs, certs);
    }
    if (!site->has_no_protocols) {
        fprintf(to, "    ssl_protocols %s;\n", ts_site_protocols(conf, site));
    }
    if (ciphers != NULL) {
        fprintf(to, "    ssl_ciphers %s;\n", ciphers);
    }
    fprintf(to, "    root %s/www/%s;\n", place->prefix, site->name);
    ts_write_directives(to, site->directives, false);
    ts_write_text(to, site->nginx, place);
    fputs("    }\n", to);
}

void
ts_conf_write_nginx(FILE *to, const ts_conf *conf, const ts_place *place)
{
    write_head(to, conf, place);
    for (const ts_site *site = conf->sites; site->name != NULL; site++) {
        write_site(to, conf, site, place);
    }
    fprintf(to,
            "    server {\n"
            "    listen 127.0.0.1:%u;\n"
            "    root %s/www;\n"
            "    add_header TS-Generation %u always;\n",
            place->status_port, place->prefix, place->generation);
    if (!conf->is_stock) {
        fprintf(to,
                "    location /tlsfloor/ {\n    tlsfloor_status%s%s;\n    }\n",
                conf->status != NULL ? " " : "",
                conf->status != NULL ? conf->status : "");
    }
    fputs("    }\n}\n", to);
}
