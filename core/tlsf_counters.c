/* SPDX-License-Identifier: Apache-2.0 */
/* The shared table of counters. Rows are made by both adapters' shm.c, bumped
 * by the handshake and the gate, read by the reports. */
#include "tlsf_counters.h"

enum { LONGEST_NAME = 255 };

static const uint32_t magic = 0x544c5346; /* "TLSF" */

static const tlsf_str overflow_key = TLSF_LIT_INIT("_overflow");

static const tlsf_str reason_labels[] = {
#define TLSF_REASON(id, label, counted)                                        \
    [TLSF_REASON_##id] = TLSF_LIT_INIT(label),
#include "data/reasons.def"
};

static const tlsf_str part_labels[] = {
    [TLSF_PART_HANDSHAKE] = TLSF_LIT_INIT("handshake"),
    [TLSF_PART_GATE] = TLSF_LIT_INIT("gate"),
    [TLSF_PART_PAGE] = TLSF_LIT_INIT("page"),
    [TLSF_PART_STATUS] = TLSF_LIT_INIT("status"),
};

_Static_assert(TLSF_COUNTOF(part_labels) == TLSF_N_PARTS, "a label for each");

/* At most `max` bytes of s, never ending inside a UTF-8 character. */
static tlsf_str
cut(tlsf_str s, size_t max)
{
    size_t len = s.len;

    if (len > max) {
        len = max;
        while (len > 0 && ((unsigned char)s.data[len] & 0xc0) == 0x80) {
            len--;
        }
    }
    return tlsf_str_sub(s, 0, len);
}

/* The bytes of a key as a row can hold them. */
static tlsf_str
key_that_fits(tlsf_str key)
{
    const char *nul = key.len == 0 ? NULL : memchr(key.data, 0, key.len);

    if (nul != NULL) {
        key.len = (size_t)(nul - key.data);
    }
    return cut(key, TLSF_KEY_SIZE - 1);
}

static void
set_key(tlsf_row *row, tlsf_str key)
{
    if (key.len > 0) {
        memcpy(row->key, key.data, key.len);
    }
    row->key[key.len] = '\0';
}

static bool
has_count(const tlsf_counter *counters, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (tlsf_count(&counters[i]) > 0) {
            return true;
        }
    }
    return false;
}

size_t
tlsf_table_size(size_t hosts)
{
    return sizeof(tlsf_table) + (hosts + 1) * sizeof(tlsf_row);
}

void
tlsf_table_init(tlsf_table *table, size_t hosts)
{
    table->capacity = hosts + 1;
    table->layout = TLSF_LAYOUT;
    set_key(tlsf_table_overflow(table), overflow_key);
    table->magic = magic;
}

bool
tlsf_table_is_ours(const tlsf_table *table)
{
    return table->magic == magic && table->layout == TLSF_LAYOUT &&
           table->capacity > 0;
}

tlsf_row *
tlsf_table_row(tlsf_table *table, tlsf_str key)
{
    size_t n = tlsf_table_used(table);

    key = key_that_fits(key);
    for (size_t i = 0; i < n; i++) {
        if (tlsf_str_eq(tlsf_str_of(table->rows[i].key), key)) {
            return &table->rows[i];
        }
    }
    if (n == tlsf_table_hosts(table) || tlsf_str_eq(key, overflow_key)) {
        return tlsf_table_overflow(table);
    }
    set_key(&table->rows[n], key);
    /* Readers that see the new number must see the key as well. */
    atomic_store_explicit(&table->n_rows, n + 1, memory_order_release);
    return &table->rows[n];
}

size_t
tlsf_table_used(const tlsf_table *table)
{
    return (size_t)atomic_load_explicit(&table->n_rows, memory_order_acquire);
}

tlsf_row *
tlsf_table_overflow(tlsf_table *table)
{
    return &table->rows[table->capacity - 1];
}

void
tlsf_key_write(tlsf_out *out, tlsf_str name, unsigned port)
{
    name = cut(name, LONGEST_NAME);
    if (name.len > 0 && name.data[0] == '~') {
        tlsf_out_str(out, name);
    } else {
        tlsf_out_lower(out, name.len == 0 ? TLSF_LIT("_") : name);
    }
    tlsf_out_z(out, ":");
    tlsf_out_uint(out, port);
}

void
tlsf_row_seen_below(tlsf_row *row, int64_t now)
{
    uint_fast64_t seen = tlsf_count(&row->last_below_floor);

    while (now > 0 && (uint64_t)now > seen &&
           !atomic_compare_exchange_weak_explicit(
               &row->last_below_floor, &seen, (uint64_t)now,
               memory_order_relaxed, memory_order_relaxed)) {
    }
}

void
tlsf_row_request(tlsf_row *row, tlsf_version version, tlsf_action action)
{
    tlsf_bump(&row->requests[version][action]);
}

void
tlsf_row_request_below(tlsf_row *row, tlsf_family family, int64_t now)
{
    tlsf_bump(&row->below_floor[family]);
    tlsf_row_seen_below(row, now);
}

bool
tlsf_row_has_traffic(const tlsf_row *row)
{
    return has_count(row->hellos, TLSF_N_VERSIONS) ||
           has_count(row->handshakes[0],
                     sizeof(row->handshakes) / sizeof(tlsf_counter)) ||
           has_count(row->requests[0],
                     sizeof(row->requests) / sizeof(tlsf_counter)) ||
           has_count(row->failures, TLSF_N_REASONS);
}

bool
tlsf_say_once(atomic_uint_fast32_t *said, unsigned bit)
{
    const uint_fast32_t mask = (uint_fast32_t)1 << bit;

    /* The plain load keeps a busy line of memory from being written. */
    return (atomic_load_explicit(said, memory_order_relaxed) & mask) == 0 &&
           (atomic_fetch_or_explicit(said, mask, memory_order_relaxed) &
            mask) == 0;
}

tlsf_str
tlsf_reason_label(tlsf_reason reason)
{
    return reason_labels[reason];
}

tlsf_str
tlsf_part_label(tlsf_part part)
{
    return part_labels[part];
}
