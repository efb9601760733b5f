/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The counters: one table in memory that all workers share. A header, then one
 * row per virtual host, keyed "firstname:port", append-only for the life of
 * the table; the last row is `_overflow` and takes whatever does not fit.
 *
 * Threads and processes: rows are appended by one process at a time (the
 * master, while it reads its configuration); all others only add with relaxed
 * atomics and read. A row's key never changes once `n_rows` covers it, so
 * readers need no lock. Nothing is ever reset.
 *
 * The layout is part of the memory that survives a reload: any change of these
 * structs or of the .def files behind them changes TLSF_LAYOUT, and a table of
 * another layout is not used.
 */
#ifndef TLSF_COUNTERS_H
#define TLSF_COUNTERS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tlsf_client.h"
#include "tlsf_group.h"
#include "tlsf_out.h"
#include "tlsf_policy.h"
#include "tlsf_str.h"
#include "tlsf_version.h"

typedef enum tlsf_reason {
#define TLSF_REASON(id, label, counted) TLSF_REASON_##id,
#include "data/reasons.def"
    TLSF_N_REASONS
} tlsf_reason;

/* Parts of ours that can fail; label values of tlsfloor_errors_total. */
typedef enum tlsf_part {
    TLSF_PART_HANDSHAKE,
    TLSF_PART_GATE,
    TLSF_PART_PAGE,
    TLSF_PART_STATUS,
    TLSF_N_PARTS
} tlsf_part;

#define TLSF_KEY_SIZE 264 /* name up to 255, colon, port, and the NUL */

typedef atomic_uint_fast64_t tlsf_counter;

typedef struct tlsf_row {
    char key[TLSF_KEY_SIZE];   /* NUL-terminated */
    atomic_uint_fast32_t said; /* bits of what was logged once */
    tlsf_counter hellos[TLSF_N_VERSIONS];
    tlsf_counter handshakes[TLSF_N_VERSIONS][2]; /* [resumed] */
    tlsf_counter failures[TLSF_N_REASONS];
    tlsf_counter refused[TLSF_N_VERSIONS]; /* by what was offered */
    tlsf_counter rescued[TLSF_N_VERSIONS];
    tlsf_counter requests[TLSF_N_VERSIONS][TLSF_N_ACTIONS];
    tlsf_counter below_floor[TLSF_N_FAMILIES];
    tlsf_counter groups[TLSF_N_GROUPS];
    tlsf_counter post_quantum;
    tlsf_counter fallback_scsv;
    tlsf_counter without_hello;
    tlsf_counter last_below_floor; /* seconds since 1970; 0: never */
    tlsf_counter watching_since;   /* the same; 0: no host is configured */
    tlsf_counter watched_floor;    /* the tlsf_version below which it looks */
} tlsf_row;

typedef struct tlsf_table {
    uint32_t magic;
    uint32_t layout;
    uint64_t capacity;           /* rows there is room for, overflow included */
    atomic_uint_fast64_t n_rows; /* rows in use, overflow not counted */
    atomic_uint_fast32_t said_error; /* bit per tlsf_part logged */
    atomic_uint_fast32_t said_full;  /* the overflow was logged */
    tlsf_counter errors[TLSF_N_PARTS];
    _Alignas(64) tlsf_row rows[]; /* rows[capacity - 1] is _overflow */
} tlsf_table;

/* The size of a row, and a number to be raised when rows of one size mean
 * something else (an order changed in a .def file). */
#define TLSF_LAYOUT ((uint32_t)sizeof(tlsf_row) << 8 | 1u)

_Static_assert(sizeof(tlsf_row) <= 4096, "a virtual host costs 4 KiB at most");
_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "shared counters need no lock");

/* Bytes that a table for `hosts` virtual hosts needs (one row is added). */
size_t tlsf_table_size(size_t hosts);

/*
 * Make a table of zeroed memory of tlsf_table_size(hosts) bytes that begins at
 * a multiple of 64.
 */
void tlsf_table_init(tlsf_table *table, size_t hosts);

/* Whether this memory holds a table of our layout. */
bool tlsf_table_is_ours(const tlsf_table *table);

/* The number of hosts it was made for. */
static inline size_t
tlsf_table_hosts(const tlsf_table *table)
{
    return (size_t)table->capacity - 1;
}

/*
 * The row of a key, appended when new; the overflow row when the table is
 * full. Only for the one process that configures.
 */
tlsf_row *tlsf_table_row(tlsf_table *table, tlsf_str key);

/* Rows in use; rows[i] for i below it, and the overflow row, may be read. */
size_t tlsf_table_used(const tlsf_table *table);
tlsf_row *tlsf_table_overflow(tlsf_table *table);

/*
 * The key of a virtual host: its first name in lower case ("_" when there is
 * none) and its port. nginx's regular expressions ("~^www\D$") are kept as
 * they are, since case means something there. A name too long is cut.
 */
void tlsf_key_write(tlsf_out *out, tlsf_str name, unsigned port);

static inline void
tlsf_bump(tlsf_counter *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

static inline uint64_t
tlsf_count(const tlsf_counter *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

/* Remember the latest instant at which a below-floor client was seen. */
void tlsf_row_seen_below(tlsf_row *row, int64_t now);

/* A request: version, action and, below the floor, family and last seen. */
void tlsf_row_request(tlsf_row *row, tlsf_version version, tlsf_action action);
void tlsf_row_request_below(tlsf_row *row, tlsf_family family, int64_t now);

/* Whether any hello, handshake, failure or request was counted. */
bool tlsf_row_has_traffic(const tlsf_row *row);

/* True for the first caller of all processes who asks to say this. */
bool tlsf_say_once(atomic_uint_fast32_t *said, unsigned bit);

/* "unsupported_protocol" … ; "handshake", "gate", "page", "status" */
tlsf_str tlsf_reason_label(tlsf_reason reason);
tlsf_str tlsf_part_label(tlsf_part part);

#endif
