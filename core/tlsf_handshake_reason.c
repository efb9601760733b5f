/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a handshake failed: first our own record of the hello, then the client's
 * alert, then OpenSSL's reason and its alert. Called once per failed handshake
 * by tlsf_handshake.c.
 *
 * Alert 70 alone proves nothing (a client may send it, and OpenSSL sends it
 * for other things), and the same refusal of an old client arrives as "no
 * suitable signature algorithm" with alert 80 when the security level did it.
 */
#include "tlsf_handshake.h"

#include <openssl/err.h>

/* Alerts that clients send, RFC 8446 6.2 and RFC 5246 7.2. */
static tlsf_reason
reason_of_client_alert(int description)
{
    switch (description) {
    case SSL_AD_BAD_CERTIFICATE:
        return TLSF_REASON_ALERT_BAD_CERT;
    case SSL_AD_CERTIFICATE_REVOKED:
    case SSL_AD_BAD_CERTIFICATE_STATUS_RESPONSE:
        return TLSF_REASON_ALERT_CERT_REVOKED;
    case SSL_AD_CERTIFICATE_EXPIRED:
        return TLSF_REASON_ALERT_CERT_EXPIRED;
    case SSL_AD_CERTIFICATE_UNKNOWN:
        return TLSF_REASON_ALERT_CERT_UNKNOWN;
    case SSL_AD_UNKNOWN_CA:
        return TLSF_REASON_ALERT_UNKNOWN_CA;
    default:
        return TLSF_REASON_ALERT_OTHER;
    }
}

/* Nothing that was a hello came: what did? */
static tlsf_reason
reason_without_hello(const tlsf_handshake *h)
{
    if (h->has_bad_hello) {
        return TLSF_REASON_MALFORMED_HELLO;
    }
    if (h->alert_in != 0) {
        return TLSF_REASON_NOT_TLS; /* an alert as the first record */
    }
    switch (ERR_GET_REASON(h->error)) {
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
        return TLSF_REASON_PLAIN_HTTP;
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_UNKNOWN_PROTOCOL:
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_UNEXPECTED_MESSAGE: /* an alert, for OpenSSL 3.6 */
        return TLSF_REASON_NOT_TLS;
    default:
        return TLSF_REASON_MALFORMED_HELLO;
    }
}

tlsf_reason
tlsf_handshake_reason_of_plain(tlsf_str first_bytes)
{
    static const tlsf_str methods[] = {
        TLSF_LIT_INIT("GET "), TLSF_LIT_INIT("POST "), TLSF_LIT_INIT("HEAD "),
        TLSF_LIT_INIT("PUT "), TLSF_LIT_INIT("CONNE")};

    for (size_t i = 0; i < TLSF_COUNTOF(methods); i++) {
        if (tlsf_str_starts(first_bytes, methods[i])) {
            return TLSF_REASON_PLAIN_HTTP;
        }
    }
    return TLSF_REASON_NOT_TLS;
}

static tlsf_reason
reason_of_error(const tlsf_handshake *h)
{
    switch (ERR_GET_REASON(h->error)) {
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_VERSION_TOO_HIGH:
    case SSL_R_WRONG_SSL_VERSION:
    case SSL_R_UNKNOWN_PROTOCOL:
        return TLSF_REASON_UNSUPPORTED_PROTOCOL;
    case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
        return h->offered < TLSF_TLSV12 ? TLSF_REASON_UNSUPPORTED_PROTOCOL
                                        : TLSF_REASON_OTHER;
    case SSL_R_NO_SHARED_CIPHER:
        return TLSF_REASON_NO_SHARED_CIPHER;
    case SSL_R_INAPPROPRIATE_FALLBACK:
        return TLSF_REASON_INAPPROPRIATE_FALLBACK;
    case SSL_R_NO_APPLICATION_PROTOCOL:
        return TLSF_REASON_NO_APPLICATION_PROTOCOL;
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
        return TLSF_REASON_CLIENT_CERT_MISSING;
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
        return TLSF_REASON_CLIENT_CERT_INVALID;
    case SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC:
        return TLSF_REASON_BAD_RECORD_MAC;
    default:
        return TLSF_REASON_OTHER;
    }
}

/* What our side's alert says where OpenSSL's reason did not. */
static tlsf_reason
reason_of_server_alert(int description)
{
    switch (description) {
    case SSL_AD_BAD_RECORD_MAC:
        return TLSF_REASON_BAD_RECORD_MAC;
    case SSL_AD_UNRECOGNIZED_NAME:
        return TLSF_REASON_REJECTED_NAME;
    case SSL_AD_NO_APPLICATION_PROTOCOL:
        return TLSF_REASON_NO_APPLICATION_PROTOCOL;
    case SSL_AD_INAPPROPRIATE_FALLBACK:
        return TLSF_REASON_INAPPROPRIATE_FALLBACK;
    case SSL_AD_CERTIFICATE_REQUIRED:
        return TLSF_REASON_CLIENT_CERT_MISSING;
    default:
        return TLSF_REASON_OTHER;
    }
}

tlsf_reason
tlsf_handshake_classify(const tlsf_handshake *h)
{
    if (!h->has_hello) {
        return reason_without_hello(h);
    }
    if (h->offered < h->refuse_below) {
        return TLSF_REASON_UNSUPPORTED_PROTOCOL;
    }
    if (h->alert_in != 0) {
        return reason_of_client_alert(h->alert_in - 1);
    }
    tlsf_reason reason = reason_of_error(h);

    if (reason == TLSF_REASON_OTHER && h->alert_out != 0) {
        reason = reason_of_server_alert(h->alert_out - 1);
    }
    return reason;
}
