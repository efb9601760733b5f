/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The counter table in anonymous shared memory that survives graceful
 * restarts, and the binding of each host to its row. Called by module.c.
 *
 * The memory belongs to the process's own pool and its address is retained, so
 * that children of the old and the new generation write to the same rows.
 */
#include "adapter.h"

static void
tlsfloor_shm_say(void *server, const char *line)
{
    ap_log_error(APLOG_MARK, APLOG_WARNING, 0, (server_rec *)server,
                 "tlsfloor: %s", line);
}

static int
tlsfloor_shm_init(server_rec *s, size_t rows)
{
    apr_status_t rv = apr_shm_create(
        &tlsfloor_retain->shm, tlsf_table_size(rows), NULL, s->process->pool);

    if (rv != APR_SUCCESS) {
        ap_log_error(
            APLOG_MARK, APLOG_EMERG, rv, s,
            "tlsfloor: no shared memory for the counters of %" APR_SIZE_T_FMT
            " virtual hosts",
            rows);
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    tlsfloor_retain->table = apr_shm_baseaddr_get(tlsfloor_retain->shm);
    memset(tlsfloor_retain->table, 0, tlsf_table_size(rows));
    tlsf_table_init(tlsfloor_retain->table, rows);
    return OK;
}

int
tlsfloor_shm_create(apr_pool_t *p, server_rec *s)
{
    tlsfloor_hosts *configured = &tlsfloor_configured;
    const tlsf_table *running = tlsfloor_retain->table;
    size_t rows = running == NULL ? 0 : tlsf_table_hosts(running);

    (void)p;
    if (running == NULL) {
        rows = configured->zone_rows != 0
                   ? configured->zone_rows
                   : tlsf_settings_default_zone(configured->n_hosts);
        if (tlsfloor_shm_init(s, rows) != OK) {
            return HTTP_INTERNAL_SERVER_ERROR;
        }
    } else if (!tlsf_table_is_ours(running)) {
        ap_log_error(APLOG_MARK, APLOG_EMERG, 0, s,
                     "tlsfloor: the counters in memory have another layout "
                     "than this module; stop httpd and start it again");
        return HTTP_INTERNAL_SERVER_ERROR;
    } else if (configured->zone_rows != 0 && configured->zone_rows != rows) {
        /* httpd cannot refuse a graceful restart, it can only die of it. */
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, s,
                     "TLSFloorZone: the counters run with room for "
                     "%" APR_SIZE_T_FMT " virtual hosts, which cannot change "
                     "in a graceful restart and stays; write TLSFloorZone "
                     "%" APR_SIZE_T_FMT ", or stop httpd and start it again",
                     rows, rows);
    }
    /* In the parent, before any child starts. */
    tlsf_hosts_bind(tlsfloor_retain->table, configured->hosts,
                    configured->n_hosts, true, tlsfloor_shm_say, s);
    return OK;
}

/* A failure of ours: counted, and said once per life of the counters. */
void
tlsfloor_shm_error(request_rec *r, tlsf_part part, const char *what)
{
    tlsf_table *table = tlsfloor_retain->table;

    if (table == NULL) {
        return;
    }
    tlsf_bump(&table->errors[part]);
    if (tlsf_say_once(&table->said_error, part)) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r,
                      "tlsfloor: %s; counted in tlsfloor_errors_total, this "
                      "is said once",
                      what);
    }
}
