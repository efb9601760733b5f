/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The directives: core parses every argument and words every complaint, nginx
 * adds file and line. Called by nginx while it reads its configuration.
 */
#include "adapter.h"

#include <time.h>

#define NGX_HTTP_TLSFLOOR_MAX_ARGS 32

static int64_t
ngx_http_tlsfloor_config_midnight(int year, int month, int day)
{
    struct tm tm;

    ngx_memzero(&tm, sizeof(tm));
    tm.tm_year = year - 1900;
    tm.tm_mon = month - 1;
    tm.tm_mday = day;
    tm.tm_isdst = -1;
    return mktime(&tm);
}

static const tlsf_reader ngx_http_tlsfloor_config_reader = {
    .is_apache = false, .midnight = ngx_http_tlsfloor_config_midnight};

/* The arguments of the directive, at most as many as any can use, and one. */
static size_t
ngx_http_tlsfloor_config_args(ngx_conf_t *cf, tlsf_str *args)
{
    ngx_str_t *value = cf->args->elts;
    size_t n = 0;

    for (ngx_uint_t i = 1;
         i < cf->args->nelts && n < NGX_HTTP_TLSFLOOR_MAX_ARGS; i++) {
        args[n++] = ngx_http_tlsfloor_str(&value[i]);
    }
    return n;
}

static char *
ngx_http_tlsfloor_config_result(ngx_conf_t *cf, int rc, const tlsf_buf *words)
{
    if (rc == TLSF_OK) {
        return NGX_CONF_OK;
    }
    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "%*s", words->used, words->data);
    return NGX_CONF_ERROR;
}

static char *
ngx_http_tlsfloor_config_set(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_tlsfloor_srv_conf_t *scf = conf;
    tlsf_str args[NGX_HTTP_TLSFLOOR_MAX_ARGS];
    size_t n = ngx_http_tlsfloor_config_args(cf, args);
    char words[1024];
    tlsf_buf buf = {words, sizeof(words), 0};
    tlsf_out out = tlsf_out_to_buf(&buf);

    return ngx_http_tlsfloor_config_result(
        cf,
        tlsf_settings_apply(&scf->settings, (tlsf_directive)cmd->offset, args,
                            n, &ngx_http_tlsfloor_config_reader, &out),
        &buf);
}

static char *
ngx_http_tlsfloor_config_set_zone(ngx_conf_t *cf, ngx_command_t *cmd,
                                  void *conf)
{
    ngx_http_tlsfloor_main_conf_t *mcf = conf;
    tlsf_str args[NGX_HTTP_TLSFLOOR_MAX_ARGS];
    size_t n = ngx_http_tlsfloor_config_args(cf, args);
    char words[1024];
    tlsf_buf buf = {words, sizeof(words), 0};
    tlsf_out out = tlsf_out_to_buf(&buf);

    return ngx_http_tlsfloor_config_result(
        cf,
        tlsf_settings_parse_zone(args, n, &ngx_http_tlsfloor_config_reader,
                                 &mcf->zone_rows, &out),
        &buf);
}

static char *
ngx_http_tlsfloor_config_set_status(ngx_conf_t *cf, ngx_command_t *cmd,
                                    void *conf)
{
    ngx_http_tlsfloor_loc_conf_t *lcf = conf;
    ngx_http_core_loc_conf_t *clcf;
    ngx_http_tlsfloor_main_conf_t *mcf;
    tlsf_str args[NGX_HTTP_TLSFLOOR_MAX_ARGS];
    size_t n = ngx_http_tlsfloor_config_args(cf, args);
    bool is_local = true;
    char words[1024];
    tlsf_buf buf = {words, sizeof(words), 0};
    tlsf_out out = tlsf_out_to_buf(&buf);
    int rc = tlsf_settings_parse_status(
        args, n, &ngx_http_tlsfloor_config_reader,
        lcf->is_local != NGX_CONF_UNSET, &is_local, &out);

    lcf->is_local = is_local;
    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    clcf->handler = ngx_http_tlsfloor_status_handler;
    mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_tlsfloor_module);
    mcf->is_used = 1;
    return ngx_http_tlsfloor_config_result(cf, rc, &buf);
}

/* clang-format off */
/* Any number of arguments here: core counts them and says what is missing. */
#define NGX_HTTP_TLSFLOOR_HOST                                                 \
    (NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_CONF_ANY)

ngx_command_t ngx_http_tlsfloor_commands[] = {

    { ngx_string("tlsfloor"),
      NGX_HTTP_TLSFLOOR_HOST,
      ngx_http_tlsfloor_config_set,
      NGX_HTTP_SRV_CONF_OFFSET, TLSF_DIRECTIVE_FLOOR, NULL },

    { ngx_string("tlsfloor_stage"),
      NGX_HTTP_TLSFLOOR_HOST,
      ngx_http_tlsfloor_config_set,
      NGX_HTTP_SRV_CONF_OFFSET, TLSF_DIRECTIVE_STAGE, NULL },

    { ngx_string("tlsfloor_rescue"),
      NGX_HTTP_TLSFLOOR_HOST,
      ngx_http_tlsfloor_config_set,
      NGX_HTTP_SRV_CONF_OFFSET, TLSF_DIRECTIVE_RESCUE, NULL },

    { ngx_string("tlsfloor_page_code"),
      NGX_HTTP_TLSFLOOR_HOST,
      ngx_http_tlsfloor_config_set,
      NGX_HTTP_SRV_CONF_OFFSET, TLSF_DIRECTIVE_PAGE_CODE, NULL },

    { ngx_string("tlsfloor_contact"),
      NGX_HTTP_TLSFLOOR_HOST,
      ngx_http_tlsfloor_config_set,
      NGX_HTTP_SRV_CONF_OFFSET, TLSF_DIRECTIVE_CONTACT, NULL },

    { ngx_string("tlsfloor_alternative"),
      NGX_HTTP_TLSFLOOR_HOST,
      ngx_http_tlsfloor_config_set,
      NGX_HTTP_SRV_CONF_OFFSET, TLSF_DIRECTIVE_ALTERNATIVE, NULL },

    { ngx_string("tlsfloor_site"),
      NGX_HTTP_TLSFLOOR_HOST,
      ngx_http_tlsfloor_config_set,
      NGX_HTTP_SRV_CONF_OFFSET, TLSF_DIRECTIVE_SITE, NULL },

    { ngx_string("tlsfloor_languages"),
      NGX_HTTP_TLSFLOOR_HOST,
      ngx_http_tlsfloor_config_set,
      NGX_HTTP_SRV_CONF_OFFSET, TLSF_DIRECTIVE_LANGUAGES, NULL },

    { ngx_string("tlsfloor_zone"),
      NGX_HTTP_MAIN_CONF | NGX_CONF_ANY,
      ngx_http_tlsfloor_config_set_zone,
      NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL },

    { ngx_string("tlsfloor_status"),
      NGX_HTTP_LOC_CONF | NGX_CONF_ANY,
      ngx_http_tlsfloor_config_set_status,
      NGX_HTTP_LOC_CONF_OFFSET, 0, NULL },

      ngx_null_command
};
/* clang-format on */

void *
ngx_http_tlsfloor_config_create_main(ngx_conf_t *cf)
{
    return ngx_pcalloc(cf->pool, sizeof(ngx_http_tlsfloor_main_conf_t));
}

void *
ngx_http_tlsfloor_config_create_server(ngx_conf_t *cf)
{
    return ngx_pcalloc(cf->pool, sizeof(ngx_http_tlsfloor_srv_conf_t));
}

char *
ngx_http_tlsfloor_config_merge_server(ngx_conf_t *cf, void *outer, void *inner)
{
    ngx_http_tlsfloor_srv_conf_t *prev = outer, *conf = inner;

    tlsf_settings_merge(&prev->settings, NULL);
    tlsf_settings_merge(&conf->settings, &prev->settings);
    conf->host.host.settings = &conf->settings;
    return NGX_CONF_OK;
}

void *
ngx_http_tlsfloor_config_create_location(ngx_conf_t *cf)
{
    ngx_http_tlsfloor_loc_conf_t *conf =
        ngx_pcalloc(cf->pool, sizeof(ngx_http_tlsfloor_loc_conf_t));

    if (conf != NULL) {
        conf->is_local = NGX_CONF_UNSET;
    }
    return conf;
}

char *
ngx_http_tlsfloor_config_merge_location(ngx_conf_t *cf, void *outer,
                                        void *inner)
{
    ngx_http_tlsfloor_loc_conf_t *prev = outer, *conf = inner;

    ngx_conf_merge_value(conf->is_local, prev->is_local, 1);
    return NGX_CONF_OK;
}

/*
 * The highest version that an address lets its server negotiate: before
 * 1.29.2 nginx takes the default server's protocols for all of its names.
 */
static tlsf_version
ngx_http_tlsfloor_config_highest(ngx_http_tlsfloor_srv_conf_t *scf,
                                 const ngx_http_tlsfloor_srv_conf_t *first)
{
#if !(NGX_HTTP_TLSFLOOR_VERSION_BY_NAME)
    const tlsf_tls *bounds = first->host.tls;
#else
    const tlsf_tls *bounds = scf->host.tls;
#endif

    scf->host.bounds = bounds;
    return bounds == NULL ? TLSF_SSLV2 : tlsf_tls_highest(bounds);
}

/* Whether connections to the address begin with a handshake. */
static bool
ngx_http_tlsfloor_config_is_tls(const ngx_http_conf_addr_t *addr)
{
#if (nginx_version < 1025001) /* `ssl on` of the address's default server */
    ngx_http_ssl_srv_conf_t *sscf =
        addr->default_server->ctx->srv_conf[ngx_http_ssl_module.ctx_index];

    if (sscf->enable == 1) {
        return true;
    }
#endif
    return addr->opt.ssl;
}

/* Each server of an address learns what the address means for it. A unix
 * socket has no port; a server on such sockets alone keeps 0. */
static void
ngx_http_tlsfloor_config_find_port(ngx_http_conf_addr_t *addr, in_port_t port)
{
    ngx_http_core_srv_conf_t **cscfp = addr->servers.elts;
    ngx_http_tlsfloor_srv_conf_t *first =
        addr->default_server->ctx->srv_conf[ngx_http_tlsfloor_module.ctx_index];
    ngx_http_tlsfloor_srv_conf_t *scf;
    tlsf_version highest;

    for (ngx_uint_t s = 0; s < addr->servers.nelts; s++) {
        scf = cscfp[s]->ctx->srv_conf[ngx_http_tlsfloor_module.ctx_index];
        if (scf->host.tls == NULL) {
            /* Without a certificate of its own: nginx uses the default's. */
            scf->host.tls = first->host.tls;
        }
        highest = ngx_http_tlsfloor_config_highest(scf, first);
        scf->is_tls = 1;
        scf->highest = ngx_max(scf->highest, highest);
        if (port != 0 &&
            (scf->host.host.port == 0 || port < scf->host.host.port)) {
            scf->host.host.port = port;
        }
    }
}

static void
ngx_http_tlsfloor_config_find_ports(ngx_http_core_main_conf_t *cmcf)
{
    ngx_http_conf_port_t *port;
    ngx_http_conf_addr_t *addr;
    ngx_uint_t p, a;

    if (cmcf->ports == NULL) {
        return;
    }
    port = cmcf->ports->elts;
    for (p = 0; p < cmcf->ports->nelts; p++) {
        addr = port[p].addrs.elts;
        for (a = 0; a < port[p].addrs.nelts; a++) {
            if (ngx_http_tlsfloor_config_is_tls(&addr[a])) {
                ngx_http_tlsfloor_config_find_port(&addr[a], port[p].port);
            }
        }
    }
}

/* What each server is by itself, before it is known where it listens. */
static void
ngx_http_tlsfloor_config_record(ngx_http_core_main_conf_t *cmcf)
{
    ngx_http_core_srv_conf_t **cscfp = cmcf->servers.elts;
    ngx_http_tlsfloor_srv_conf_t *scf;
    ngx_http_ssl_srv_conf_t *sscf;
    bool is_on = false;
    ngx_uint_t i;

    for (i = 0; i < cmcf->servers.nelts; i++) {
        scf = cscfp[i]->ctx->srv_conf[ngx_http_tlsfloor_module.ctx_index];
        sscf = cscfp[i]->ctx->srv_conf[ngx_http_ssl_module.ctx_index];
        scf->tls.ctx = sscf->ssl.ctx;
        scf->host.host.name = ngx_http_tlsfloor_str(&cscfp[i]->server_name);
        scf->host.needs_client_cert = sscf->verify == 1;
        is_on |= tlsf_settings_is_on(&scf->settings);
    }
    for (i = 0; is_on && i < cmcf->servers.nelts; i++) {
        scf = cscfp[i]->ctx->srv_conf[ngx_http_tlsfloor_module.ctx_index];
        if (scf->tls.ctx != NULL) {
            scf->host.tls = tlsf_tls_record(&scf->tls, scf->tls.ctx);
        }
    }
}

static ngx_int_t
ngx_http_tlsfloor_config_check_server(ngx_conf_t *cf,
                                      ngx_http_core_srv_conf_t *cscf,
                                      ngx_http_tlsfloor_srv_conf_t *scf)
{
    char words[1024];
    tlsf_buf buf = {words, sizeof(words), 0};
    tlsf_out out = tlsf_out_to_buf(&buf);

    if (scf->highest < scf->settings.floor) {
        tlsf_hosts_complain_floor(&scf->host.host, scf->highest, false, &out);
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0, "%*s in %s:%ui", buf.used,
                      words, cscf->file_name, cscf->line);
        return NGX_ERROR;
    }
    return NGX_OK;
}

/*
 * After reading: which servers speak TLS, which of them have a floor, and
 * whether each floor can be met.
 */
ngx_int_t
ngx_http_tlsfloor_config_check(ngx_conf_t *cf)
{
    ngx_http_core_main_conf_t *cmcf =
        ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    ngx_http_tlsfloor_main_conf_t *mcf =
        ngx_http_conf_get_module_main_conf(cf, ngx_http_tlsfloor_module);
    ngx_http_core_srv_conf_t **cscfp = cmcf->servers.elts;
    ngx_http_tlsfloor_srv_conf_t *scf;

    ngx_http_tlsfloor_config_record(cmcf);
    ngx_http_tlsfloor_config_find_ports(cmcf);
    mcf->hosts =
        ngx_pcalloc(cf->pool, (cmcf->servers.nelts + 1) * sizeof(tlsf_host *));
    if (mcf->hosts == NULL) {
        return NGX_ERROR;
    }
    for (ngx_uint_t i = 0; i < cmcf->servers.nelts; i++) {
        scf = cscfp[i]->ctx->srv_conf[ngx_http_tlsfloor_module.ctx_index];
        if (scf->host.tls == NULL || !scf->is_tls ||
            !tlsf_settings_is_on(&scf->settings)) {
            continue;
        }
        if (ngx_http_tlsfloor_config_check_server(cf, cscfp[i], scf) !=
            NGX_OK) {
            return NGX_ERROR;
        }
        mcf->hosts[mcf->n_hosts++] = &scf->host.host;
    }
    mcf->is_used |= mcf->n_hosts > 0;
    return NGX_OK;
}
