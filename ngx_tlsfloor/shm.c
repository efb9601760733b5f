/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The counter table in a shared zone that survives reloads, and the binding of
 * each server to its row. Called by module.c and, once the memory is there, by
 * nginx.
 */
#include "adapter.h"

static ngx_str_t ngx_http_tlsfloor_shm_name = ngx_string("tlsfloor");

/* The table that runs now, when this is a reload; else NULL. */
static const tlsf_table *
ngx_http_tlsfloor_shm_running(ngx_conf_t *cf)
{
    ngx_list_part_t *part;
    ngx_shm_zone_t *zone;

    if (cf->cycle->old_cycle == NULL) {
        return NULL;
    }
    part = &cf->cycle->old_cycle->shared_memory.part;
    for (; part != NULL; part = part->next) {
        zone = part->elts;
        for (ngx_uint_t i = 0; i < part->nelts; i++) {
            if (zone[i].tag == &ngx_http_tlsfloor_module &&
                zone[i].data != NULL) {
                return ((ngx_http_tlsfloor_main_conf_t *)zone[i].data)->table;
            }
        }
    }
    return NULL;
}

static void
ngx_http_tlsfloor_shm_say(void *log, const char *line)
{
    ngx_log_error(NGX_LOG_WARN, (ngx_log_t *)log, 0, "tlsfloor: %s", line);
}

static ngx_int_t
ngx_http_tlsfloor_shm_init(ngx_shm_zone_t *zone, void *old)
{
    ngx_http_tlsfloor_main_conf_t *mcf = zone->data, *before = old;
    ngx_slab_pool_t *slab = (ngx_slab_pool_t *)zone->shm.addr;

    if (before != NULL) {
        mcf->table = before->table;
    } else if (zone->shm.exists) {
        mcf->table = slab->data;
    } else {
        mcf->table = ngx_slab_calloc(slab, tlsf_table_size(mcf->zone_rows));
        if (mcf->table == NULL) {
            return NGX_ERROR;
        }
        tlsf_table_init(mcf->table, mcf->zone_rows);
        slab->data = mcf->table;
        slab->log_nomem = 0;
    }
    if (!tlsf_table_is_ours(mcf->table)) {
        ngx_log_error(NGX_LOG_EMERG, zone->shm.log, 0,
                      "tlsfloor: the counters in memory have another layout "
                      "than this module; stop nginx and start it again");
        return NGX_ERROR;
    }
    /* In the master, before any worker starts. */
    tlsf_hosts_bind(mcf->table, mcf->hosts, mcf->n_hosts, false,
                    ngx_http_tlsfloor_shm_say, zone->shm.log);
    return NGX_OK;
}

/* The table and the allocator's own page list, which grows with it. */
static size_t
ngx_http_tlsfloor_shm_size(size_t rows)
{
    size_t bytes = tlsf_table_size(rows) + 8 * ngx_pagesize;

    return ngx_align(bytes + bytes / 64, ngx_pagesize);
}

ngx_int_t
ngx_http_tlsfloor_shm_create(ngx_conf_t *cf)
{
    ngx_http_tlsfloor_main_conf_t *mcf =
        ngx_http_conf_get_module_main_conf(cf, ngx_http_tlsfloor_module);
    const tlsf_table *running = ngx_http_tlsfloor_shm_running(cf);
    size_t rows = running == NULL ? 0 : tlsf_table_hosts(running);

    if (!mcf->is_used && running == NULL) {
        return NGX_OK;
    }
    if (rows != 0 && mcf->zone_rows != 0 && mcf->zone_rows != rows) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "tlsfloor_zone: the counters run with room for %uz "
                      "virtual hosts, which cannot change in a reload; write "
                      "tlsfloor_zone %uz, or stop nginx and start it again",
                      rows, rows);
        return NGX_ERROR;
    }
    if (mcf->zone_rows == 0) {
        mcf->zone_rows =
            rows != 0 ? rows : tlsf_settings_default_zone(mcf->n_hosts);
    }
    mcf->zone = ngx_shared_memory_add(
        cf, &ngx_http_tlsfloor_shm_name,
        ngx_http_tlsfloor_shm_size(mcf->zone_rows), &ngx_http_tlsfloor_module);
    if (mcf->zone == NULL) {
        return NGX_ERROR;
    }
    mcf->zone->init = ngx_http_tlsfloor_shm_init;
    mcf->zone->data = mcf;
    return NGX_OK;
}

/* Since when each host looks for clients below its floor. */
void
ngx_http_tlsfloor_shm_watch(ngx_cycle_t *cycle)
{
    ngx_http_tlsfloor_main_conf_t *mcf =
        ngx_http_cycle_get_module_main_conf(cycle, ngx_http_tlsfloor_module);

    if (mcf != NULL && mcf->table != NULL) {
        tlsf_hosts_watch(mcf->table, mcf->hosts, mcf->n_hosts,
                         (int64_t)ngx_time());
    }
}

/* A failure of ours: counted, and said once per life of the counters. */
void
ngx_http_tlsfloor_shm_error(ngx_http_request_t *r, tlsf_part part,
                            const char *what)
{
    ngx_http_tlsfloor_main_conf_t *mcf =
        ngx_http_get_module_main_conf(r, ngx_http_tlsfloor_module);

    if (mcf->table == NULL) {
        return;
    }
    tlsf_bump(&mcf->table->errors[part]);
    if (tlsf_say_once(&mcf->table->said_error, part)) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "tlsfloor: %s; counted in tlsfloor_errors_total, this "
                      "is said once",
                      what);
    }
}
