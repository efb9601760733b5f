/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The counter table in anonymous shared memory that survives graceful
 * restarts, and the binding of each host to its row. Called by module.c.
 *
 * The memory belongs to the process's own pool and its address is retained, so
 * that children of the old and the new generation write to the same rows.
 */
#include "adapter.h"

/* The table that runs now, when this is a graceful restart; else NULL. */
static const tlsf_table *
tlsfloor_shm_running(server_rec *s)
{
    const tlsf_table *table = tlsfloor_retain->table;

    if (table != NULL && !tlsf_table_is_ours(table)) {
        /* An upgrade under a graceful restart. httpd cannot refuse one, it
         * can only die of it; old children keep the old memory. */
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, s,
                     "tlsfloor: the counters in memory are those of another "
                     "release; they start again at zero");
        return NULL;
    }
    return table;
}

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

/* Nor can it refuse another size: the old one stays. */
static void
tlsfloor_shm_check_size(server_rec *s, size_t rows)
{
    size_t wanted = tlsfloor_configured.zone_rows;

    if (wanted != 0 && wanted != rows) {
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, s,
                     "TLSFloorZone: the counters run with room for "
                     "%" APR_SIZE_T_FMT " virtual hosts, which cannot change "
                     "in a graceful restart and stays; write TLSFloorZone "
                     "%" APR_SIZE_T_FMT ", or stop httpd and start it again",
                     rows, rows);
    }
}

int
tlsfloor_shm_create(apr_pool_t *p, server_rec *s)
{
    const tlsfloor_hosts *configured = &tlsfloor_configured;
    const tlsf_table *running = tlsfloor_shm_running(s);

    (void)p;
    if (running != NULL) {
        tlsfloor_shm_check_size(s, tlsf_table_hosts(running));
    } else if (tlsfloor_shm_init(s, configured->zone_rows != 0
                                        ? configured->zone_rows
                                        : tlsf_settings_default_zone(
                                              configured->n_hosts)) != OK) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    /* In the parent, before any child starts. */
    tlsf_hosts_bind(tlsfloor_retain->table, configured->hosts,
                    configured->n_hosts, true, tlsfloor_shm_say, s);
    return OK;
}

/* Since when each host looks for clients below its floor. */
void
tlsfloor_shm_watch(void)
{
    tlsf_hosts_watch(tlsfloor_retain->table, tlsfloor_configured.hosts,
                     tlsfloor_configured.n_hosts,
                     (int64_t)apr_time_sec(apr_time_now()));
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
