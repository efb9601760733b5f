/* SPDX-License-Identifier: Apache-2.0 */
/* Handshakes with a running server; called by cmd_probe.c and verify.c. */
#include "probe.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>

#include "starttls.h"

/* How one visit ended. */
typedef enum outcome {
    SPOKEN,
    REFUSED,  /* by an alert, or by another version */
    CLOSED,   /* without a word: refused perhaps, perhaps an accident */
    NO_TLS,   /* something else answered */
    CANNOT,   /* our own library */
    NO_ANSWER /* no connection, no STARTTLS, no end in time */
} outcome;

typedef struct visit {
    ce_arena *arena;
    const ce_target *target;
    tlsf_version version;
    bool has_scsv;
    bool injects;
    int alert;           /* that the server sent; 0: none */
    const char *problem; /* of NO_ANSWER and NO_TLS */
    const char *address;
    bool is_answered; /* what was injected */
} visit;

static SSL_CTX *
client_of(const visit *v)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    int wire = (int)tlsf_version_wire(v->version);

    if (ctx == NULL) {
        return NULL;
    }
    SSL_CTX_set_security_level(ctx, 0);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_options(ctx, SSL_OP_LEGACY_SERVER_CONNECT);
    if (v->has_scsv) {
        SSL_CTX_set_mode(ctx, SSL_MODE_SEND_FALLBACK_SCSV);
    }
    if (SSL_CTX_set_cipher_list(ctx, "ALL:@SECLEVEL=0") != 1 ||
        SSL_CTX_set_min_proto_version(ctx, wire) != 1 ||
        SSL_CTX_set_max_proto_version(ctx, wire) != 1) {
        SSL_CTX_free(ctx);
        return NULL;
    }
    return ctx;
}

/* The server took the version when it sent its certificate; what fails later,
 * such as a client's certificate that we lack, is another matter. */
static bool
has_certificate(const SSL *ssl)
{
    X509 *certificate = SSL_get_peer_certificate(ssl);
    bool has = certificate != NULL;

    X509_free(certificate);
    return has;
}

/* What OpenSSL's queue says about a handshake that failed. */
static outcome
judge(visit *v, int error)
{
    unsigned long code = ERR_peek_error();
    int reason = ERR_GET_REASON(code);

    if (error != SSL_ERROR_SSL) {
        return CLOSED;
    }
    if (ERR_GET_LIB(code) != ERR_LIB_SSL) {
        return REFUSED;
    }
    if (reason > SSL_AD_REASON_OFFSET && reason <= SSL_AD_REASON_OFFSET + 255) {
        v->alert = reason - SSL_AD_REASON_OFFSET;
        return REFUSED;
    }
    switch (reason) {
    case SSL_R_NO_PROTOCOLS_AVAILABLE:
    case SSL_R_NO_CIPHERS_AVAILABLE:
        return CANNOT;
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_WRONG_SSL_VERSION:
        return REFUSED;
#ifdef SSL_R_UNEXPECTED_EOF_WHILE_READING
    case SSL_R_UNEXPECTED_EOF_WHILE_READING:
        return CLOSED;
#endif
    default:
        v->problem = "the answer is not TLS";
        return NO_TLS;
    }
}

static outcome
shake_hands(visit *v, ce_link *link)
{
    int done;

    ERR_clear_error();
    while ((done = SSL_connect(link->ssl)) != 1) {
        int error = SSL_get_error(link->ssl, done);

        if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
            if (ce_link_wait(link, error)) {
                continue;
            }
            v->problem = "no end of the handshake in time";
            return has_certificate(link->ssl) ? SPOKEN : NO_ANSWER;
        }
        return has_certificate(link->ssl) ? SPOKEN : judge(v, error);
    }
    return SPOKEN;
}

/* The macro of OpenSSL casts to a pointer to what could be written. */
static bool
ask_for(ce_arena *arena, SSL *ssl, const char *name)
{
    char *own = ce_arena_text(arena, tlsf_str_of(name));

    return SSL_set_tlsext_host_name(ssl, own) == 1;
}

static outcome
begin_tls(visit *v, ce_link *link, SSL_CTX *ctx)
{
    const ce_target *target = v->target;

    ce_link_step(link);
    if (target->is_proxied && !ce_link_introduce(link)) {
        v->problem = "the connection was closed";
        return NO_ANSWER;
    }
    v->problem =
        ce_starttls_begin(v->arena, link, target->starttls, v->injects);
    if (v->problem != NULL) {
        return NO_ANSWER;
    }
    ce_link_step(link);
    link->ssl = SSL_new(ctx);
    if (link->ssl == NULL || SSL_set_fd(link->ssl, link->fd) != 1 ||
        (target->name != NULL && !ask_for(v->arena, link->ssl, target->name))) {
        return CANNOT;
    }
    return shake_hands(v, link);
}

static outcome
visit_once(visit *v)
{
    ce_link link;
    SSL_CTX *ctx = client_of(v);
    outcome is = NO_ANSWER;

    if (ctx == NULL) {
        return CANNOT;
    }
    v->problem = ce_link_open(v->arena, &link, v->target->host, v->target->port,
                              &v->address);
    if (v->problem == NULL) {
        is = begin_tls(v, &link, ctx);
    }
    if (is == SPOKEN && v->injects) {
        v->is_answered = ce_starttls_answers(&link, v->target->starttls);
    }
    ce_link_close(&link);
    SSL_CTX_free(ctx);
    return is;
}

/* A connection that was closed without a word may have met an accident. */
static outcome
visit_twice(visit *v)
{
    outcome is = visit_once(v);

    return is == CLOSED ? visit_once(v) : is;
}

/* Whether a version that was spoken is the module's gift alone. */
static bool
is_rescued(const visit *spoken)
{
    visit again = *spoken;

    again.has_scsv = true;
    return visit_twice(&again) == REFUSED &&
           again.alert == SSL_AD_PROTOCOL_VERSION;
}

static void
try_version(ce_arena *arena, const ce_target *target, tlsf_version version,
            ce_probe *probe, bool *is_tls)
{
    visit v = {.arena = arena, .target = target, .version = version};
    outcome is = visit_twice(&v);

    if (v.address != NULL) {
        probe->address = v.address;
    }
    if (is == SPOKEN && version < TLSF_TLSV13 && is_rescued(&v)) {
        probe->rescued |= CE_BIT(version);
    } else if (is == SPOKEN) {
        probe->set |= CE_BIT(version);
    } else if (is == CANNOT) {
        probe->untried |= CE_BIT(version);
    } else if (is == CLOSED) {
        probe->unknown |= CE_BIT(version);
    } else if (is != REFUSED) {
        probe->problem = v.problem;
    }
    *is_tls = *is_tls || is == SPOKEN || v.alert != 0;
}

static ce_injected
try_injection(ce_arena *arena, const ce_target *target, unsigned set)
{
    visit v = {.arena = arena, .target = target, .injects = true};

    for (v.version = TLSF_TLSV13; v.version >= TLSF_TLSV1; v.version--) {
        if (set & CE_BIT(v.version)) {
            visit_once(&v);
            return v.is_answered ? CE_INJECTED_EXECUTED : CE_INJECTED_IGNORED;
        }
    }
    return CE_INJECTED_UNTRIED;
}

void
ce_probe_run(ce_arena *arena, const ce_target *target, ce_probe *probe)
{
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);
    ce_target one = *target;
    bool is_tls = false;

    *probe = (ce_probe){.set = 0};
    for (tlsf_version v = TLSF_TLSV1; v <= TLSF_TLSV13; v++) {
        try_version(arena, &one, v, probe, &is_tls);
        if (probe->address == NULL && probe->problem != NULL) {
            break; /* nobody is there for the others either */
        }
        if (probe->address != NULL) {
            one.host = probe->address; /* a name may lead to several servers */
        }
    }
    if (probe->problem == NULL && !is_tls && probe->untried != CE_PROBED) {
        probe->problem = "every connection is closed without an answer in TLS";
    }
    if (target->starttls != CE_STARTTLS_NONE) {
        probe->injected =
            try_injection(arena, &one, probe->set | probe->rescued);
    }
    signal(SIGPIPE, before);
}

const char *
ce_probe_doubt(ce_arena *arena, const ce_probe *probe)
{
    if (probe->problem != NULL || probe->unknown == 0) {
        return probe->problem;
    }
    return ce_arena_format(arena,
                           "whether it serves %s is not known: the connection "
                           "is closed without a word",
                           ce_set_text(arena, probe->unknown));
}
