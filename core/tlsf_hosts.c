/* SPDX-License-Identifier: Apache-2.0 */
/* Binds virtual hosts to rows. Called by the adapters' shm.c at start. */
#include "tlsf_hosts.h"

static tlsf_row *
row_of(tlsf_table *table, const tlsf_host *host)
{
    char key[TLSF_KEY_SIZE];
    tlsf_buf buf = {key, sizeof(key), 0};
    tlsf_out out = tlsf_out_to_buf(&buf);

    tlsf_key_write(&out, host->name, host->port);
    return tlsf_table_row(table, tlsf_buf_str(&buf));
}

static bool
is_taken(tlsf_host *const *hosts, size_t n, const tlsf_row *row)
{
    for (size_t i = 0; i < n; i++) {
        if (hosts[i]->row == row) {
            return true;
        }
    }
    return false;
}

static void
say_shared(const tlsf_host *host, size_t n, tlsf_say_fn say, void *to)
{
    char line[512];
    tlsf_buf buf = {line, sizeof(line) - 1, 0};
    tlsf_out out = tlsf_out_to_buf(&buf);

    tlsf_out_uint(&out, n);
    tlsf_out_z(&out, n == 1 ? " virtual host has" : " virtual hosts have");
    tlsf_out_z(&out, " the name and port of an earlier one and shares its "
                     "counters (the first is \"");
    tlsf_out_text(&out, tlsf_str_of(host->row->key));
    tlsf_out_z(&out, "\")");
    line[buf.used] = '\0';
    say(to, line);
}

static void
say_overflow(tlsf_table *table, size_t n, bool is_apache, tlsf_say_fn say,
             void *to)
{
    char line[512];
    tlsf_buf buf = {line, sizeof(line) - 1, 0};
    tlsf_out out = tlsf_out_to_buf(&buf);

    if (!tlsf_say_once(&table->said_full, 0)) {
        return;
    }
    tlsf_out_z(&out, "the table has room for ");
    tlsf_out_uint(&out, tlsf_table_hosts(table));
    tlsf_out_z(&out, " virtual hosts; ");
    tlsf_out_uint(&out, n);
    tlsf_out_z(&out, " more are counted together as _overflow; write ");
    tlsf_out_z(&out, is_apache ? "TLSFloorZone" : "tlsfloor_zone");
    tlsf_out_z(&out, " with a larger number, then stop and start the server");
    line[buf.used] = '\0';
    say(to, line);
}

void
tlsf_hosts_bind(tlsf_table *table, tlsf_host *const *hosts, size_t n,
                bool is_apache, tlsf_say_fn say, void *to)
{
    const tlsf_row *overflow = tlsf_table_overflow(table);
    const tlsf_host *first = NULL;
    size_t n_shared = 0;
    size_t n_over = 0;

    for (size_t i = 0; i < n; i++) {
        hosts[i]->row = row_of(table, hosts[i]);
        if (hosts[i]->row == overflow) {
            n_over++;
        } else if (is_taken(hosts, i, hosts[i]->row)) {
            first = first == NULL ? hosts[i] : first;
            n_shared++;
        }
    }
    if (n_shared > 0) {
        say_shared(first, n_shared, say, to);
    }
    if (n_over > 0) {
        say_overflow(table, n_over, is_apache, say, to);
    }
}

/* The host that counts in row i; NULL: none now. */
static const tlsf_host *
host_of(tlsf_host *const *hosts, size_t n, const tlsf_table *table, size_t i)
{
    const tlsf_row *row = &table->rows[i];

    /* Rows are in the order of the hosts that were there at the start. */
    if (i < n && hosts[i]->row == row) {
        return hosts[i];
    }
    for (size_t k = 0; k < n; k++) {
        if (hosts[k]->row == row) {
            return hosts[k];
        }
    }
    return NULL;
}

void
tlsf_hosts_watch(tlsf_table *table, tlsf_host *const *hosts, size_t n,
                 int64_t now)
{
    const size_t used = tlsf_table_used(table);

    for (size_t i = 0; i < used; i++) {
        const tlsf_host *host = host_of(hosts, n, table, i);
        tlsf_row *row = &table->rows[i];
        uint64_t since = tlsf_count(&row->watching_since);

        if (host == NULL || !tlsf_settings_is_on(host->settings)) {
            since = 0;
        } else {
            uint64_t floor = (uint64_t)host->settings->floor;

            if (since == 0 || floor > tlsf_count(&row->watched_floor)) {
                since = now > 0 ? (uint64_t)now : 0;
            }
            atomic_store_explicit(&row->watched_floor, floor,
                                  memory_order_relaxed);
        }
        atomic_store_explicit(&row->watching_since, since,
                              memory_order_relaxed);
    }
}

void
tlsf_hosts_complain_floor(const tlsf_host *host, tlsf_version highest,
                          bool is_apache, tlsf_out *out)
{
    const char *protocols = is_apache ? "SSLProtocol" : "ssl_protocols";

    tlsf_out_str(out, tlsf_directive_name(TLSF_DIRECTIVE_FLOOR, is_apache));
    tlsf_out_z(out, ": the floor ");
    tlsf_out_str(out, tlsf_version_name(host->settings->floor));
    tlsf_out_z(out, " of \"");
    tlsf_out_text(out, host->name);
    tlsf_out_z(out, "\" is above ");
    if (highest == TLSF_SSLV2) {
        tlsf_out_z(out, "everything");
    } else {
        tlsf_out_str(out, tlsf_version_name(highest));
        tlsf_out_z(out, ", the highest version");
    }
    tlsf_out_z(out, " that ");
    tlsf_out_z(out, protocols);
    tlsf_out_z(out, " lets it negotiate; lower the floor or widen ");
    tlsf_out_z(out, protocols);
}
