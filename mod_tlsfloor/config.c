/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The directives: core parses every argument and words every complaint, httpd
 * adds file and line. Called by httpd while it reads its configuration.
 */
#include "adapter.h"

#include <time.h>

#define TLSFLOOR_MAX_ARGS 32

static int64_t
tlsfloor_config_midnight(int year, int month, int day)
{
    struct tm tm = {.tm_year = year - 1900,
                    .tm_mon = month - 1,
                    .tm_mday = day,
                    .tm_isdst = -1};

    return mktime(&tm);
}

static const tlsf_reader tlsfloor_config_reader = {
    .is_apache = true, .midnight = tlsfloor_config_midnight};

/* The arguments of the directive, at most as many as any can use, and one.
 * Split here, since httpd's own lists leave out a last one that is empty. */
static size_t
tlsfloor_config_args(cmd_parms *cmd, const char *line, tlsf_str *args)
{
    size_t n = 0;

    while (*line != '\0' && n < TLSFLOOR_MAX_ARGS) {
        args[n++] = tlsf_str_of(ap_getword_conf(cmd->pool, &line));
    }
    return n;
}

static const char *
tlsfloor_config_result(cmd_parms *cmd, int rc, const tlsf_buf *words)
{
    return rc == TLSF_OK
               ? NULL
               : apr_pstrmemdup(cmd->temp_pool, words->data, words->used);
}

static const char *
tlsfloor_config_set(cmd_parms *cmd, void *conf, const char *line)
{
    tlsfloor_server_conf *sc = tlsfloor_server(cmd->server);
    tlsf_str args[TLSFLOOR_MAX_ARGS];
    size_t n = tlsfloor_config_args(cmd, line, args);
    char words[1024];
    tlsf_buf buf = {words, sizeof(words), 0};
    tlsf_out out = tlsf_out_to_buf(&buf);
    tlsf_directive id = (tlsf_directive)(intptr_t)cmd->info;

    (void)conf;
    return tlsfloor_config_result(
        cmd,
        tlsf_settings_apply(&sc->settings, id, args, n, &tlsfloor_config_reader,
                            &out),
        &buf);
}

static const char *
tlsfloor_config_set_zone(cmd_parms *cmd, void *conf, const char *line)
{
    tlsfloor_server_conf *sc = tlsfloor_server(cmd->server);
    const char *wrong = ap_check_cmd_context(cmd, GLOBAL_ONLY);
    tlsf_str args[TLSFLOOR_MAX_ARGS];
    size_t n = tlsfloor_config_args(cmd, line, args);
    char words[1024];
    tlsf_buf buf = {words, sizeof(words), 0};
    tlsf_out out = tlsf_out_to_buf(&buf);

    (void)conf;
    if (wrong != NULL) {
        return wrong;
    }
    return tlsfloor_config_result(
        cmd,
        tlsf_settings_parse_zone(args, n, &tlsfloor_config_reader,
                                 &sc->zone_rows, &out),
        &buf);
}

static const char *
tlsfloor_config_set_status(cmd_parms *cmd, void *conf, const char *line)
{
    tlsfloor_location_conf *lc = conf;
    tlsf_str args[TLSFLOOR_MAX_ARGS];
    size_t n = tlsfloor_config_args(cmd, line, args);
    bool is_local = true;
    char words[1024];
    tlsf_buf buf = {words, sizeof(words), 0};
    tlsf_out out = tlsf_out_to_buf(&buf);
    int rc = tlsf_settings_parse_status(args, n, &tlsfloor_config_reader,
                                        lc->is_local != -1, &is_local, &out);

    lc->is_local = is_local;
    return tlsfloor_config_result(cmd, rc, &buf);
}

/* clang-format off */
/* Any number of arguments here: core counts them and says what is missing. */
#define TLSFLOOR_HOST(name, id, help)                                          \
    AP_INIT_RAW_ARGS(name, tlsfloor_config_set,                                \
                     (void *)(intptr_t)TLSF_DIRECTIVE_##id, RSRC_CONF, help)

const command_rec tlsfloor_commands[] = {
    TLSFLOOR_HOST("TLSFloor", FLOOR,
                  "off, or the lowest version: TLSv1.1, TLSv1.2, TLSv1.3"),
    TLSFLOOR_HOST("TLSFloorStage", STAGE,
                  "observe, warn, block or refuse, with an optional date"),
    TLSFLOOR_HOST("TLSFloorRescue", RESCUE,
                  "on, ecdhe or off: may block finish old handshakes"),
    TLSFLOOR_HOST("TLSFloorPageCode", PAGE_CODE,
                  "the upgrade page's status, 400 to 599"),
    TLSFLOOR_HOST("TLSFloorContact", CONTACT,
                  "text, mail address or URL shown on the page"),
    TLSFLOOR_HOST("TLSFloorAlternative", ALTERNATIVE,
                  "text or URL of another way in"),
    TLSFLOOR_HOST("TLSFloorSite", SITE,
                  "the site's name for people"),
    TLSFLOOR_HOST("TLSFloorLanguages", LANGUAGES,
                  "languages of the page, the default first"),

    AP_INIT_RAW_ARGS("TLSFloorZone", tlsfloor_config_set_zone, NULL,
                     RSRC_CONF, "room for this many virtual hosts"),

    AP_INIT_RAW_ARGS("TLSFloorStatus", tlsfloor_config_set_status, NULL,
                     ACCESS_CONF, "local or any: who may read the reports"),

    {NULL}
};
/* clang-format on */

void *
tlsfloor_config_create_server(apr_pool_t *p, server_rec *s)
{
    (void)s;
    return apr_pcalloc(p, sizeof(tlsfloor_server_conf));
}

void *
tlsfloor_config_merge_server(apr_pool_t *p, void *outer, void *inner)
{
    const tlsfloor_server_conf *prev = outer;
    tlsfloor_server_conf *conf =
        apr_pmemdup(p, inner, sizeof(tlsfloor_server_conf));
    tlsf_settings from = prev->settings;

    tlsf_settings_merge(&from, NULL);
    tlsf_settings_merge(&conf->settings, &from);
    return conf;
}

void *
tlsfloor_config_create_location(apr_pool_t *p, char *path)
{
    tlsfloor_location_conf *conf =
        apr_pcalloc(p, sizeof(tlsfloor_location_conf));

    (void)path;
    conf->is_local = -1;
    return conf;
}

void *
tlsfloor_config_merge_location(apr_pool_t *p, void *outer, void *inner)
{
    const tlsfloor_location_conf *prev = outer, *conf = inner;
    tlsfloor_location_conf *merged =
        apr_pmemdup(p, conf, sizeof(tlsfloor_location_conf));

    if (merged->is_local == -1) {
        merged->is_local = prev->is_local;
    }
    return merged;
}

/* httpd lets a virtual host without a directive of ours share the main
 * server's record, but each has a context and a row of its own. */
tlsfloor_server_conf *
tlsfloor_config_own(apr_pool_t *p, server_rec *s)
{
    tlsfloor_server_conf *conf = tlsfloor_server(s);

    if (s->is_virtual && conf == tlsfloor_server(ap_server_conf)) {
        tlsfloor_server_conf *own =
            apr_pcalloc(p, sizeof(tlsfloor_server_conf));

        own->settings = conf->settings;
        tlsf_settings_merge(&own->settings, NULL);
        ap_set_module_config(s->module_config, &tlsfloor_module, own);
        conf = own;
    }
    return conf;
}

/* The lowest port that speaks TLS, for a virtual host of any port. */
static unsigned
tlsfloor_config_find_listen(void)
{
    unsigned lowest = 0;

    for (const ap_listen_rec *l = ap_listeners; l != NULL; l = l->next) {
        unsigned port = l->bind_addr->port;

        if (l->protocol != NULL && strcasecmp(l->protocol, "https") == 0 &&
            port != 0 && (lowest == 0 || port < lowest)) {
            lowest = port;
        }
    }
    return lowest;
}

/* The lowest port of the addresses that the virtual host is for. */
static unsigned
tlsfloor_config_find_port(const server_rec *s)
{
    unsigned lowest = 0;

    for (const server_addr_rec *a = s->addrs; a != NULL; a = a->next) {
        unsigned port = a->host_port;

        if (port == 0) {
            port = tlsfloor_config_find_listen();
        }
        if (port != 0 && (lowest == 0 || port < lowest)) {
            lowest = port;
        }
    }
    return lowest != 0 ? lowest : s->port != 0 ? s->port : 443;
}

/* What the server is by itself. */
static void
tlsfloor_config_record(server_rec *s, tlsfloor_server_conf *sc)
{
    if (!s->is_virtual) {
        tlsf_settings_merge(&sc->settings, NULL); /* the others are merged */
    }
    sc->host.host.settings = &sc->settings;
    if (sc->ctx == NULL) {
        return;
    }
    sc->host.host.name = tlsf_str_of(s->server_hostname);
    sc->host.host.port = tlsfloor_config_find_port(s);
    sc->host.needs_client_cert = (SSL_CTX_get_verify_mode(sc->ctx) &
                                  SSL_VERIFY_FAIL_IF_NO_PEER_CERT) != 0;
    if (tlsf_settings_is_on(&sc->settings)) {
        sc->host.tls = tlsf_tls_record(&sc->tls, sc->ctx);
    }
}

static int
tlsfloor_config_check_server(server_rec *s, tlsfloor_server_conf *sc)
{
    tlsf_version highest = tlsf_tls_highest(sc->host.tls);
    char words[1024];
    tlsf_buf buf = {words, sizeof(words) - 1, 0};
    tlsf_out out = tlsf_out_to_buf(&buf);

    if (highest < sc->settings.floor) {
        tlsf_hosts_complain_floor(&sc->host.host, highest, true, &out);
        words[buf.used] = '\0';
        ap_log_error(APLOG_MARK, APLOG_EMERG, 0, s, "%s in %s:%u", words,
                     s->defn_name == NULL ? "the main server" : s->defn_name,
                     s->defn_line_number);
        if (tlsfloor_retain->table == NULL) {
            return HTTP_INTERNAL_SERVER_ERROR;
        }
        /* A graceful restart would end a server that runs: without a floor
         * this host is what it would be without us. */
        sc->settings.floor = TLSF_FLOOR_OFF;
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, s,
                     "tlsfloor: off for \"%s\" until that is mended",
                     s->server_hostname);
    }
    return OK;
}

/*
 * After reading: which servers speak TLS, which of them have a floor, and
 * whether each floor can be met. httpd's list has the main server, then the
 * virtual hosts from the last to the first; ours is in the order of the files.
 */
int
tlsfloor_config_check(apr_pool_t *p, server_rec *s)
{
    tlsf_host **hosts;
    size_t n = 0;

    for (const server_rec *each = s; each != NULL; each = each->next) {
        n++;
    }
    hosts = apr_pcalloc(p, n * sizeof(tlsf_host *));
    hosts += n;
    for (server_rec *each = s; each != NULL; each = each->next) {
        tlsfloor_server_conf *sc = tlsfloor_config_own(p, each);

        tlsfloor_config_record(each, sc);
        if (sc->ctx == NULL || !tlsf_settings_is_on(&sc->settings)) {
            continue;
        }
        if (tlsfloor_config_check_server(each, sc) != OK) {
            return HTTP_INTERNAL_SERVER_ERROR;
        }
        if (tlsf_settings_is_on(&sc->settings)) {
            *--hosts = &sc->host.host;
            tlsfloor_configured.n_hosts++;
        }
    }
    tlsfloor_configured.hosts = hosts;
    tlsfloor_configured.zone_rows = tlsfloor_server(s)->zone_rows;
    return OK;
}
