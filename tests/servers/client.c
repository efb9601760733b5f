/* SPDX-License-Identifier: Apache-2.0 */
/* The client inside the test, on OpenSSL; HTTP's part is in answer.c. */
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <openssl/err.h>

#include "servers/client_parts.h"
#include "servers/tool.h"

static int visit_index = -1;

static void
note_alert(const SSL *ssl, int where, int what)
{
    ts_visit_state *v = SSL_get_ex_data(ssl, visit_index);

    if (where == SSL_CB_READ_ALERT && what >> 8 == SSL3_AL_FATAL) {
        v->answer->alert = what & 0xff;
    }
}

static int
note_session(SSL *ssl, SSL_SESSION *session)
{
    ts_visit_state *v = SSL_get_ex_data(ssl, visit_index);

    v->answer->session = session;
    return 1;
}

static int
turn_down(int preverified, X509_STORE_CTX *store)
{
    SSL *ssl =
        X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    ts_visit_state *v = SSL_get_ex_data(ssl, visit_index);

    (void)preverified;
    X509_STORE_CTX_set_error(store, v->client->reject);
    return 0;
}

/* A BIO that spoils the last byte of the second flight: the Finished. */
static int
write_spoilt(BIO *bio, const char *bytes, int n)
{
    size_t flight = (size_t)BIO_get_data(bio) + 1;
    ts_text sent = {NULL, 0};

    BIO_set_data(bio, (void *)flight);
    ts_append(&sent, bytes, (size_t)n);
    if (flight == 2) {
        sent.data[n - 1] ^= 1;
    }
    return BIO_write(BIO_next(bio), sent.data, n);
}

static long
control_spoilt(BIO *bio, int what, long n, void *p)
{
    return BIO_ctrl(BIO_next(bio), what, n, p);
}

static BIO *
spoiling(int fd)
{
    BIO_METHOD *method = BIO_meth_new(BIO_TYPE_FILTER, "spoiling");

    BIO_meth_set_write(method, write_spoilt);
    BIO_meth_set_ctrl(method, control_spoilt);

    BIO *bio = BIO_new(method);
    ts_require(bio != NULL, "BIO_new failed");
    BIO_set_init(bio, 1);
    return BIO_push(bio, BIO_new_socket(fd, BIO_NOCLOSE));
}

static void
set_alpn(SSL_CTX *ctx, const char *names)
{
    unsigned char list[256];
    unsigned n = 0;

    while (*names != '\0') {
        size_t len = strcspn(names, ",");

        list[n++] = (unsigned char)len;
        memcpy(list + n, names, len);
        n += (unsigned)len;
        names += len + (names[len] == ',');
    }
    ts_require(SSL_CTX_set_alpn_protos(ctx, list, n) == 0,
               "SSL_CTX_set_alpn_protos failed");
}

static SSL_CTX *
context(const ts_client *client)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    int min = client->min != 0   ? client->min
              : client->max != 0 ? client->max
                                 : TLS1_VERSION;

    ts_require(ctx != NULL, "SSL_CTX_new failed");
    SSL_CTX_set_security_level(ctx, 0);
    ts_require(SSL_CTX_set_min_proto_version(ctx, min) == 1,
               "SSL_CTX_set_min_proto_version failed");
    ts_require(SSL_CTX_set_max_proto_version(ctx, client->max) == 1,
               "SSL_CTX_set_max_proto_version failed");
    ts_require(SSL_CTX_set_cipher_list(
                   ctx, ts_format("%s:@SECLEVEL=0", client->ciphers != NULL
                                                        ? client->ciphers
                                                        : "ALL")) == 1,
               "SSL_CTX_set_cipher_list failed");
    if (client->ciphersuites != NULL) {
        ts_require(SSL_CTX_set_ciphersuites(ctx, client->ciphersuites) == 1,
                   "SSL_CTX_set_ciphersuites failed");
    }
    /* Not the library's default: newer ones add a post-quantum group. */
    ts_require(SSL_CTX_set1_groups_list(ctx, client->groups != NULL
                                                 ? client->groups
                                                 : "X25519:P-256:P-384") == 1,
               "SSL_CTX_set1_groups_list failed");
    if (client->alpn != NULL) {
        set_alpn(ctx, client->alpn);
    }
    if (client->cert != NULL) {
        char *path = ts_format("build/certs/%s.pem", client->cert);

        ts_require(SSL_CTX_use_certificate_chain_file(ctx, path) == 1,
                   "SSL_CTX_use_certificate_chain_file failed");
        ts_require(SSL_CTX_use_PrivateKey_file(ctx, path, SSL_FILETYPE_PEM) ==
                       1,
                   "SSL_CTX_use_PrivateKey_file failed");
    }
    if (client->reject != 0) {
        SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, turn_down);
    }
    if (client->has_no_tickets) {
        SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
    }
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT);
    SSL_CTX_sess_set_new_cb(ctx, note_session);
    SSL_CTX_set_info_callback(ctx, note_alert);
    return ctx;
}

static SSL *
prepare(ts_visit_state *v, int fd)
{
    const ts_client *client = v->client;
    struct timeval patience = {TS_PATIENCE_MS / 1000, 0};

    if (visit_index < 0) {
        visit_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
    }

    SSL *ssl = SSL_new(context(client));
    ts_require(ssl != NULL, "SSL_new failed");
    ts_require(SSL_set_ex_data(ssl, visit_index, v) == 1,
               "SSL_set_ex_data failed");
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    ts_require(SSL_set_fd(ssl, fd) == 1, "SSL_set_fd failed");
    if (client->sni != NULL) {
        ts_require(SSL_set_tlsext_host_name(ssl, client->sni) == 1,
                   "SSL_set_tlsext_host_name failed");
    }
    if (client->has_fallback_scsv) {
        SSL_set_mode(ssl, SSL_MODE_SEND_FALLBACK_SCSV);
    }
    if (client->watch != NULL) {
        SSL_set_msg_callback(ssl, client->watch);
        SSL_set_msg_callback_arg(ssl, client->watch_arg);
    }
    if (client->is_spoiling) {
        SSL_set0_wbio(ssl, spoiling(fd));
    }
    if (client->session != NULL) {
        ts_require(SSL_set_session(ssl, client->session) == 1,
                   "SSL_set_session failed");
    }
    return ssl;
}

/* "" where OpenSSL cannot tell (before 3.0) or there was none. */
static const char *
group_of(SSL *ssl)
{
#ifdef SSL_CTRL_GET_NEGOTIATED_GROUP
    int nid = (int)SSL_get_negotiated_group(ssl);

    return nid == NID_undef ? "" : ts_format("%s", OBJ_nid2sn(nid));
#else
    (void)ssl;
    return "";
#endif
}

void
ts_client_note(ts_answer *answer, SSL *ssl)
{
    const unsigned char *alpn = NULL;
    unsigned alpn_n = 0;

    answer->is_handshaken = true;
    answer->version = SSL_get_version(ssl);
    answer->cipher = SSL_get_cipher_name(ssl);
    answer->is_resumed = SSL_session_reused(ssl) == 1;
    SSL_get0_alpn_selected(ssl, &alpn, &alpn_n);
    answer->alpn = ts_format("%.*s", (int)alpn_n, (const char *)alpn);
    answer->group = group_of(ssl);
}

static const char *
request_of(const ts_client *client)
{
    const char *host = client->host != NULL  ? client->host
                       : client->sni != NULL ? client->sni
                                             : "localhost";

    if (client->request != NULL) {
        return client->request;
    }
    return ts_format(
        "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%s\r\n", host,
        client->headers != NULL ? client->headers : "");
}

static void
exchange(ts_visit_state *v, SSL *ssl)
{
    const char *request = request_of(v->client);
    ts_text raw = {NULL, 0};
    char piece[16384];
    int n = 0;

    if (request[0] == '\0') {
        /* TLS 1.3: a refusal of our certificate comes after our last word. */
        if (v->client->cert != NULL || SSL_version(ssl) == TLS1_3_VERSION) {
            SSL_shutdown(ssl);
            n = SSL_read(ssl, piece, sizeof(piece));
        }
        return;
    }
    /* A server that turns us down may be gone already; what it said counts. */
    (void)!SSL_write(ssl, request, (int)strlen(request));
    while (!v->client->is_hasty &&
           (n = SSL_read(ssl, piece, sizeof(piece))) > 0) {
        ts_append(&raw, piece, (size_t)n);
    }
    if (raw.n > 0) {
        ts_answer_read(v->answer, raw.data, raw.n);
    }
}

SSL *
ts_client_connect(const ts_server *s, ts_visit_state *state, int *fd)
{
    const ts_client *client = state->client;

    *fd = ts_connect(client->to != NULL ? ts_port_of(s, client->to)
                                        : s->ports[0]);
    if (*fd < 0) {
        return NULL;
    }
    state->answer->is_connected = true;
    ERR_clear_error();
    return prepare(state, *fd);
}

ts_answer
ts_visit(const ts_server *s, const ts_client *client)
{
    ts_answer answer = ts_answer_none();
    ts_visit_state v = {client, &answer};
    int fd = -1;
    SSL *ssl = ts_client_connect(s, &v, &fd);

    if (ssl == NULL) {
        return answer;
    }
    if (SSL_connect(ssl) == 1) {
        ts_client_note(&answer, ssl);
        exchange(&v, ssl);
    }
    if (ERR_peek_error() != 0) {
        answer.error =
            ts_format("%s", ERR_reason_error_string(ERR_peek_error()));
    }
    if (!client->is_hasty && answer.is_handshaken) {
        SSL_shutdown(ssl);
    }
    close(fd);
    return answer;
}
