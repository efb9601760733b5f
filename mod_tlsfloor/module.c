/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The module: what httpd calls, and in which order things are attached.
 * Called by httpd alone.
 */
#define TLSFLOOR_DECLARES_MODULE
#include "adapter.h"

tlsfloor_retained *tlsfloor_retain;
tlsfloor_hosts tlsfloor_configured;

static int
tlsfloor_module_prepare(apr_pool_t *p, apr_pool_t *log, apr_pool_t *temp)
{
    static const char key[] = "tlsfloor.1"; /* 1: layout of the struct */

    (void)p, (void)log, (void)temp;
    tlsfloor_retain = ap_retained_data_get(key);
    if (tlsfloor_retain == NULL) {
        tlsfloor_retain =
            ap_retained_data_create(key, sizeof(tlsfloor_retained));
        tlsfloor_retain->ssl_index = -1;
    }
    memset(&tlsfloor_configured, 0, sizeof(tlsfloor_configured));
    return OK;
}

/*
 * After every server was read and mod_ssl has made its contexts. With the
 * module off everywhere nothing is attached: no callback, no context touched.
 */
static int
tlsfloor_module_attach(apr_pool_t *p, apr_pool_t *log, apr_pool_t *temp,
                       server_rec *s)
{
    (void)log, (void)temp;
    if (tlsfloor_config_check(p, s) != OK) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    /* Nothing runs on the first of two passes, but what it refuses is told to
     * whoever starts httpd; by the second httpd is in the background. */
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG) {
        return OK;
    }
    if (tlsfloor_shm_create(p, s) != OK) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    tlsfloor_shm_watch();
    if (tlsfloor_configured.n_hosts == 0) {
        return OK;
    }
    return tlsfloor_handshake_attach(s);
}

static void
tlsfloor_module_register(apr_pool_t *p)
{
    static const char *const after_ssl[] = {"mod_ssl.c", NULL};

    (void)p;
    ap_hook_pre_config(tlsfloor_module_prepare, NULL, NULL, APR_HOOK_MIDDLE);
    /* mod_ssl makes its contexts in post_config; ours are on top of them. */
    ap_hook_post_config(tlsfloor_module_attach, after_ssl, NULL, APR_HOOK_LAST);
    tlsfloor_handshake_register();
    tlsfloor_gate_register();
    ap_hook_handler(tlsfloor_status_handler, NULL, NULL, APR_HOOK_MIDDLE);
}

AP_DECLARE_MODULE(tlsfloor) = {
    STANDARD20_MODULE_STUFF,
    tlsfloor_config_create_location, /* create per-dir configuration */
    tlsfloor_config_merge_location,  /* merge per-dir configuration */
    tlsfloor_config_create_server,   /* create per-server configuration */
    tlsfloor_config_merge_server,    /* merge per-server configuration */
    tlsfloor_commands,               /* directives */
    tlsfloor_module_register,        /* hooks */
    0                                /* no flags */
};
