/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection's handshake: the hello is read, counted and decided on, the
 * end is counted. Called by OpenSSL (message callback) and by both adapters.
 */
#include "tlsf_handshake.h"

#include <openssl/err.h>
#include <openssl/objects.h>

static int record_index = -1;

/* Things about a virtual host that the log says once; bits of row->said. */
enum said { SAID_TOO_OLD, SAID_NO_SUITE };

int
tlsf_handshake_init(int *kept)
{
    if (*kept < 0) {
        *kept = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
    }
    record_index = *kept;
    return record_index < 0 ? TLSF_ESINK : TLSF_OK;
}

tlsf_handshake *
tlsf_handshake_of(const SSL *ssl)
{
    return SSL_get_ex_data(ssl, record_index);
}

static void
log_once(const tlsf_handshake *h, unsigned bit, const char *why)
{
    char line[512];
    tlsf_buf buf = {line, sizeof(line) - 1, 0};
    tlsf_out out = tlsf_out_to_buf(&buf);
    tlsf_row *row = h->host->host.row;

    if (row == NULL || !tlsf_say_once(&row->said, bit)) {
        return;
    }
    tlsf_out_z(&out, "tlsfloor: a client of \"");
    tlsf_out_text(&out, tlsf_str_of(row->key));
    tlsf_out_z(&out, "\" cannot be rescued: ");
    tlsf_out_z(&out, why);
    tlsf_out_z(&out, "; such clients are counted in "
                     "tlsfloor_handshake_failures_total, this is said once");
    line[buf.used] = '\0';
    h->server->log(h->connection, line);
}

/* A session of a rescued connection must not be resumed by anyone. */
static int
is_not_resumable(SSL *ssl, int is_forward_secret)
{
    (void)ssl;
    (void)is_forward_secret;
    return 1;
}

static void
rescue(tlsf_handshake *h, SSL *ssl, const tlsf_lack *lack)
{
    int wire = (int)tlsf_version_wire(h->offered);

    if (lack->version) {
        SSL_set_min_proto_version(ssl, wire);
        SSL_clear_options(ssl, SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 |
                                   SSL_OP_NO_TLSv1_2);
    }
    if (lack->suites && !SSL_set_cipher_list(ssl, lack->ciphers)) {
        ERR_clear_error(); /* the server's own list stays: no shared cipher */
        return;
    }
    SSL_set_not_resumable_session_callback(ssl, is_not_resumable);
    h->rescue_at = h->offered;
    h->is_level_lowered = lack->level;
    h->is_rescued = true;
}

/* Whether the server's own bounds admit a version on this connection. */
typedef enum { ADMITTED, IN_DOUBT, NOT_ADMITTED } admission;

static admission
admission_of(const tlsf_handshake *h, tlsf_version v)
{
    tlsf_tls mixed = *h->first;
    bool is_first = tlsf_tls_admits(h->first, v);
    bool is_named = tlsf_tls_admits(h->named, v);

    switch (h->server->bounds_of()) {
    case TLSF_BOUNDS_DEFAULT:
        break;
    case TLSF_BOUNDS_NAMED:
        mixed.options = h->named->options;
        return tlsf_tls_admits(&mixed, v) ? ADMITTED : NOT_ADMITTED;
    case TLSF_BOUNDS_EITHER:
        return is_first == is_named ? (is_first ? ADMITTED : NOT_ADMITTED)
                                    : IN_DOUBT;
    }
    return is_first ? ADMITTED : NOT_ADMITTED;
}

static void
consider_rescue(tlsf_handshake *h, SSL *ssl, const tlsf_hello *hello)
{
    const tlsf_settings *settings = h->host->host.settings;
    const tlsf_tls *tls =
        h->host->tls == NULL ? tlsf_tls_of(ssl) : h->host->tls;

    if (settings->rescue == TLSF_RESCUE_OFF || h->host->needs_client_cert ||
        hello->has_fallback_scsv || tls == NULL || h->first == NULL) {
        return;
    }
    if (hello->offered < TLSF_TLSV1) {
        log_once(h, SAID_TOO_OLD,
                 "it offers nothing newer than SSL 3.0, which the TLS library "
                 "does not have");
        return;
    }
    tlsf_lack lack = tlsf_tls_lacks(tls, hello, settings->rescue);

    /* In doubt yes: at worst a host's own TLS 1.0 counts as rescued. */
    lack.version = admission_of(h, hello->offered) != ADMITTED;
    if (lack.suites && lack.ciphers == NULL) {
        log_once(h, SAID_NO_SUITE,
                 "it offers no cipher suite with AES and a key exchange that "
                 "tlsfloor_rescue allows for this certificate (3DES, RC4 or "
                 "export suites only)");
        return;
    }
    if (lack.version || lack.level || lack.suites) {
        rescue(h, ssl, &lack);
    }
}

static void
decide(tlsf_handshake *h, SSL *ssl, const tlsf_hello *hello)
{
    const tlsf_settings *settings = h->host->host.settings;

    if (!tlsf_settings_is_on(settings) || hello->offered >= settings->floor) {
        return;
    }
    switch (tlsf_policy_stage(settings, h->server->now())) {
    case TLSF_STAGE_BLOCK:
        consider_rescue(h, ssl, hello);
        break;
    case TLSF_STAGE_REFUSE:
        h->refuse_below = settings->floor;
        break;
    case TLSF_STAGE_OBSERVE:
    case TLSF_STAGE_WARN:
    case TLSF_N_STAGES:
        break;
    }
}

static void
count_hello(const tlsf_handshake *h, const tlsf_hello *hello)
{
    tlsf_row *row = h->host->host.row;

    if (row == NULL) {
        return;
    }
    tlsf_bump(&row->hellos[hello->offered]);
    if (hello->has_post_quantum) {
        tlsf_bump(&row->post_quantum);
    }
    if (hello->has_fallback_scsv) {
        tlsf_bump(&row->fallback_scsv);
    }
}

/* OpenSSL's message callback, on until the first hello. */
static void
message(int write_p, int version, int type, const void *bytes, size_t n,
        SSL *ssl, void *arg)
{
    tlsf_handshake *h = tlsf_handshake_of(ssl);
    bool is_sslv2 = version == SSL2_VERSION && type == 0;
    const uint8_t *msg = bytes;
    tlsf_hello hello;

    (void)arg;
    if (write_p || h == NULL || n == 0 || msg[0] != SSL3_MT_CLIENT_HELLO ||
        (!is_sslv2 && type != SSL3_RT_HANDSHAKE)) {
        return;
    }
    /* Only here: OpenSSL calls it twice in a row while it writes. */
    SSL_set_msg_callback(ssl, NULL);

    if ((is_sslv2 ? tlsf_hello_read_sslv2(msg, n, &hello, NULL)
                  : tlsf_hello_read(msg, n, &hello, NULL)) != TLSF_OK) {
        h->has_bad_hello = true;
        return;
    }
    h->host = h->server->find(h->connection, hello.sni);
    if (h->host->tls != NULL) {
        h->named = h->host->tls;
    }
    h->offered = hello.offered;
    h->has_hello = true;
    count_hello(h, &hello);
    decide(h, ssl, &hello);
}

void
tlsf_handshake_begin(tlsf_handshake *h, SSL *ssl,
                     const tlsf_handshake_server *server, void *connection,
                     const tlsf_tls_host *host, bool watch_hello)
{
    h->server = server;
    h->connection = connection;
    h->host = host;
    h->first = tlsf_tls_of(ssl);
    h->named = h->first;
    h->offered = TLSF_VERSION_OTHER;
    h->negotiated = TLSF_VERSION_OTHER;
    SSL_set_ex_data(ssl, record_index, h);
    if (h->first != NULL) {
        SSL_set_min_proto_version(ssl, h->first->min);
        SSL_set_options(ssl, h->first->options);
    }
    h->is_watched = watch_hello;
    if (watch_hello) {
        SSL_set_msg_callback(ssl, message);
    }
}

/*
 * The NID of the group that keys were exchanged with, or NID_undef. Before
 * OpenSSL 3 a server can only be asked for the groups it shares with the
 * client; the first of them is the one it takes for itself.
 */
static long
group_nid(SSL *ssl)
{
#if defined(SSL_CTRL_GET_NEGOTIATED_GROUP)
    return SSL_ctrl(ssl, SSL_CTRL_GET_NEGOTIATED_GROUP, 0, NULL);
#else
    int kx = SSL_CIPHER_get_kx_nid(SSL_get_current_cipher(ssl));

    return kx == NID_kx_rsa ? NID_undef
                            : SSL_ctrl(ssl, SSL_CTRL_GET_SHARED_GROUP, 0, NULL);
#endif
}

static tlsf_group
group_of(const SSL *ssl)
{
    /* OpenSSL wants a non-const SSL for a question. */
    long nid = group_nid((SSL *)(uintptr_t)ssl);

    if (nid == NID_undef || nid < 0) {
        return TLSF_GROUP_NONE;
    }
    if (nid & TLSEXT_nid_unknown) {
        return tlsf_group_of_iana((unsigned)nid & 0xffff);
    }
    return tlsf_group_of_name(tlsf_str_of(OBJ_nid2sn((int)nid)));
}

static void
done(tlsf_handshake *h, const SSL *ssl)
{
    h->is_done = true;
    h->negotiated = tlsf_version_of_wire((unsigned)SSL_version(ssl));
    h->is_confined =
        h->is_rescued ||
        (h->first != NULL && admission_of(h, h->negotiated) == NOT_ADMITTED);
    if (!h->has_hello) {
        /* QUIC, or a hello that OpenSSL could read and we could not. */
        const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
        tlsf_hello hello = {.offered = h->negotiated};

        h->host = h->server->find(h->connection, tlsf_str_of(name));
        h->offered = h->negotiated;
        h->has_hello = true;
        count_hello(h, &hello);
    }
    const tlsf_host *host = &h->host->host;

    if (host->row == NULL) {
        return;
    }
    bool is_resumed = SSL_session_reused(ssl) == 1;
    /* Before TLS 1.3 a resumed session exchanges no key. */
    bool has_group = !is_resumed || h->negotiated == TLSF_TLSV13;

    tlsf_bump(&host->row->handshakes[h->negotiated][is_resumed]);
    tlsf_bump(&host->row->groups[has_group ? group_of(ssl) : TLSF_GROUP_NONE]);
    if (h->is_rescued) {
        tlsf_bump(&host->row->rescued[h->negotiated]);
    }
    if (tlsf_policy_is_below(host->settings->floor, h->negotiated,
                             h->offered)) {
        tlsf_row_seen_below(host->row, h->server->now());
    }
}

static void
failed(tlsf_handshake *h, tlsf_reason reason)
{
    tlsf_row *row = h->host->host.row;

    h->is_failed = true;
    if (row == NULL || !h->is_watched) {
        return;
    }
    tlsf_bump(&row->failures[reason]);
    if (reason == TLSF_REASON_UNSUPPORTED_PROTOCOL) {
        tlsf_bump(&row->refused[h->offered]);
    }
}

void
tlsf_handshake_info(tlsf_handshake *h, const SSL *ssl, int where, int ret)
{
    int description = ret & 0xff;

    if (h->is_done || h->is_failed) {
        return;
    }
    if (where & SSL_CB_ALERT) {
        if (description == SSL_AD_CLOSE_NOTIFY ||
            description == SSL_AD_USER_CANCELLED) {
            return; /* leaving, not complaining */
        }
        *(where & SSL_CB_READ ? &h->alert_in : &h->alert_out) = description + 1;
    } else if (where & SSL_CB_HANDSHAKE_DONE) {
        done(h, ssl);
    } else if (where == SSL_CB_ACCEPT_EXIT && ret <= 0) {
        h->error = ERR_peek_error();
        if (h->error != 0) {
            failed(h, tlsf_handshake_classify(h));
        }
    }
}

void
tlsf_handshake_end(tlsf_handshake *h, tlsf_ending ending)
{
    if (h->is_done || h->is_failed) {
        return;
    }
    if (ending == TLSF_ENDING_SILENT && !h->has_hello) {
        h->is_failed = true;
        if (h->host->host.row != NULL) {
            tlsf_bump(&h->host->host.row->without_hello);
        }
    } else if (!h->has_hello) {
        failed(h, TLSF_REASON_MALFORMED_HELLO);
    } else if (h->alert_in != 0) {
        failed(h, tlsf_handshake_classify(h));
    } else {
        failed(h, ending == TLSF_ENDING_TIMEOUT ? TLSF_REASON_TIMEOUT
                                                : TLSF_REASON_EOF);
    }
}

tlsf_facts
tlsf_handshake_facts(const tlsf_handshake *h, const SSL *ssl)
{
    if (h == NULL || !h->is_done) {
        tlsf_version v = tlsf_version_of_wire((unsigned)SSL_version(ssl));
        const tlsf_tls *tls = tlsf_tls_of(ssl);
        tlsf_facts unknown = {v, v, tls != NULL && !tlsf_tls_admits(tls, v)};

        return unknown;
    }
    tlsf_facts facts = {h->negotiated, h->offered, h->is_confined};

    return facts;
}

tlsf_version
tlsf_handshake_required(const tlsf_handshake *h, const tlsf_settings *settings)
{
    tlsf_version v = settings->floor;

    if (v == TLSF_FLOOR_OFF && h != NULL && h->first != NULL) {
        for (v = TLSF_TLSV1; v < TLSF_TLSV13; v++) {
            if (admission_of(h, v) != NOT_ADMITTED) {
                break;
            }
        }
    }
    return v;
}
