/* SPDX-License-Identifier: Apache-2.0 */
/* Why a handshake failed: our own record first, then the client's alert, then
 * OpenSSL's reason and its alert. */
#include <openssl/err.h>

#include "unit/check_main.h"
#include "tlsf_handshake.h"

#define SSL_ERROR_OF(reason) ERR_PACK(ERR_LIB_SSL, 0, reason)
#define ALERT(description)   ((description) + 1)

static const struct {
    const char *name;
    tlsf_handshake h;
    tlsf_reason reason;
} cases[] = {
    {"old hello, version not admitted",
     {.has_hello = true,
      .offered = TLSF_TLSV1,
      .alert_out = ALERT(70),
      .error = SSL_ERROR_OF(SSL_R_UNSUPPORTED_PROTOCOL)},
     TLSF_REASON_UNSUPPORTED_PROTOCOL},
    {"old hello, security level",
     {.has_hello = true,
      .offered = TLSF_TLSV1,
      .alert_out = ALERT(80),
      .error = SSL_ERROR_OF(SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM)},
     TLSF_REASON_UNSUPPORTED_PROTOCOL},
    {"modern hello, no signature algorithm in common",
     {.has_hello = true,
      .offered = TLSF_TLSV13,
      .alert_out = ALERT(40),
      .error = SSL_ERROR_OF(SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM)},
     TLSF_REASON_OTHER},
    {"refused by stage, whatever the library says",
     {.has_hello = true,
      .offered = TLSF_TLSV11,
      .refuse_below = TLSF_TLSV12,
      .error = SSL_ERROR_OF(SSL_R_NO_SHARED_CIPHER)},
     TLSF_REASON_UNSUPPORTED_PROTOCOL},
    {"the client's alert 70 is the client's",
     {.has_hello = true,
      .offered = TLSF_TLSV13,
      .alert_in = ALERT(70),
      .error = SSL_ERROR_OF(SSL_AD_REASON_OFFSET + 70)},
     TLSF_REASON_ALERT_OTHER},
    {"our alert 70 with another reason proves nothing",
     {.has_hello = true,
      .offered = TLSF_TLSV13,
      .alert_out = ALERT(70),
      .error = SSL_ERROR_OF(SSL_R_BAD_SIGNATURE)},
     TLSF_REASON_OTHER},
    {"SSL 3.0",
     {.has_hello = true,
      .offered = TLSF_SSLV3,
      .alert_out = ALERT(40),
      .error = SSL_ERROR_OF(SSL_R_VERSION_TOO_LOW)},
     TLSF_REASON_UNSUPPORTED_PROTOCOL},
    {"no shared cipher",
     {.has_hello = true,
      .offered = TLSF_TLSV12,
      .alert_out = ALERT(40),
      .error = SSL_ERROR_OF(SSL_R_NO_SHARED_CIPHER)},
     TLSF_REASON_NO_SHARED_CIPHER},
    {"fallback",
     {.has_hello = true,
      .offered = TLSF_TLSV12,
      .alert_out = ALERT(86),
      .error = SSL_ERROR_OF(SSL_R_INAPPROPRIATE_FALLBACK)},
     TLSF_REASON_INAPPROPRIATE_FALLBACK},
    {"no application protocol, by alert alone",
     {.has_hello = true,
      .offered = TLSF_TLSV13,
      .alert_out = ALERT(120),
      .error = SSL_ERROR_OF(SSL_R_CALLBACK_FAILED)},
     TLSF_REASON_NO_APPLICATION_PROTOCOL},
    {"name rejected by the server",
     {.has_hello = true,
      .offered = TLSF_TLSV13,
      .alert_out = ALERT(112),
      .error = SSL_ERROR_OF(SSL_R_CALLBACK_FAILED)},
     TLSF_REASON_REJECTED_NAME},
    {"unknown authority",
     {.has_hello = true, .offered = TLSF_TLSV13, .alert_in = ALERT(48)},
     TLSF_REASON_ALERT_UNKNOWN_CA},
    {"expired",
     {.has_hello = true, .offered = TLSF_TLSV13, .alert_in = ALERT(45)},
     TLSF_REASON_ALERT_CERT_EXPIRED},
    {"revoked",
     {.has_hello = true, .offered = TLSF_TLSV13, .alert_in = ALERT(44)},
     TLSF_REASON_ALERT_CERT_REVOKED},
    {"bad status response counts as revoked",
     {.has_hello = true, .offered = TLSF_TLSV13, .alert_in = ALERT(113)},
     TLSF_REASON_ALERT_CERT_REVOKED},
    {"Java's one alert for all",
     {.has_hello = true, .offered = TLSF_TLSV13, .alert_in = ALERT(46)},
     TLSF_REASON_ALERT_CERT_UNKNOWN},
    {"bad certificate",
     {.has_hello = true, .offered = TLSF_TLSV13, .alert_in = ALERT(42)},
     TLSF_REASON_ALERT_BAD_CERT},
    {"any other alert of the client",
     {.has_hello = true, .offered = TLSF_TLSV13, .alert_in = ALERT(10)},
     TLSF_REASON_ALERT_OTHER},
    {"client certificate missing, TLS 1.2",
     {.has_hello = true,
      .offered = TLSF_TLSV12,
      .alert_out = ALERT(40),
      .error = SSL_ERROR_OF(SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE)},
     TLSF_REASON_CLIENT_CERT_MISSING},
    {"client certificate missing, TLS 1.3",
     {.has_hello = true,
      .offered = TLSF_TLSV13,
      .alert_out = ALERT(116),
      .error = SSL_ERROR_OF(SSL_R_CALLBACK_FAILED)},
     TLSF_REASON_CLIENT_CERT_MISSING},
    {"client certificate wrong",
     {.has_hello = true,
      .offered = TLSF_TLSV13,
      .alert_out = ALERT(48),
      .error = SSL_ERROR_OF(SSL_R_CERTIFICATE_VERIFY_FAILED)},
     TLSF_REASON_CLIENT_CERT_INVALID},
    {"bad MAC, TLS 1.3",
     {.has_hello = true,
      .offered = TLSF_TLSV13,
      .alert_out = ALERT(20),
      .error = SSL_ERROR_OF(SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC)},
     TLSF_REASON_BAD_RECORD_MAC},
    {"bad MAC, TLS 1.2: a provider's error stands first",
     {.has_hello = true,
      .offered = TLSF_TLSV12,
      .alert_out = ALERT(20),
      .error = ERR_PACK(57, 0, 102)},
     TLSF_REASON_BAD_RECORD_MAC},
    {"plain HTTP",
     {.error = SSL_ERROR_OF(SSL_R_HTTP_REQUEST)},
     TLSF_REASON_PLAIN_HTTP},
    {"CONNECT",
     {.error = SSL_ERROR_OF(SSL_R_HTTPS_PROXY_REQUEST)},
     TLSF_REASON_PLAIN_HTTP},
    {"another protocol",
     {.error = SSL_ERROR_OF(SSL_R_WRONG_VERSION_NUMBER)},
     TLSF_REASON_NOT_TLS},
    {"an alert as the first record",
     {.alert_in = ALERT(70), .error = SSL_ERROR_OF(SSL_AD_REASON_OFFSET + 70)},
     TLSF_REASON_NOT_TLS},
    {"an alert as the first record, OpenSSL 3.6",
     {.error = SSL_ERROR_OF(SSL_R_UNEXPECTED_MESSAGE)},
     TLSF_REASON_NOT_TLS},
    {"a hello that cannot be read",
     {.has_bad_hello = true, .error = SSL_ERROR_OF(SSL_R_BAD_EXTENSION)},
     TLSF_REASON_MALFORMED_HELLO},
    {"TLS bytes without a hello",
     {.error = SSL_ERROR_OF(SSL_R_EXCESSIVE_MESSAGE_SIZE)},
     TLSF_REASON_MALFORMED_HELLO},
};

START_TEST(test_reasons)
{
    ck_assert_msg(tlsf_handshake_classify(&cases[_i].h) == cases[_i].reason,
                  "%s: %s, not %s", cases[_i].name,
                  tlsf_reason_label(tlsf_handshake_classify(&cases[_i].h)).data,
                  tlsf_reason_label(cases[_i].reason).data);
}
END_TEST

static const struct {
    const char *bytes;
    tlsf_reason reason;
} plain[] = {
    {"GET / HTTP/1.0\r\n", TLSF_REASON_PLAIN_HTTP},
    {"POST /x HTTP/1.1\r\n", TLSF_REASON_PLAIN_HTTP},
    {"HEAD / HTTP/1.1\r\n", TLSF_REASON_PLAIN_HTTP},
    {"PUT / HTTP/1.1\r\n", TLSF_REASON_PLAIN_HTTP},
    {"CONNECT a:443 HTTP/1.1\r\n", TLSF_REASON_PLAIN_HTTP},
    {"SSH-2.0-OpenSSH_9.2\r\n", TLSF_REASON_NOT_TLS},
    {"\x15\x03\x01", TLSF_REASON_NOT_TLS},
    {"GET", TLSF_REASON_NOT_TLS},
    {"", TLSF_REASON_NOT_TLS},
};

START_TEST(test_plain_bytes)
{
    ck_assert_int_eq(
        tlsf_handshake_reason_of_plain(tlsf_str_of(plain[_i].bytes)),
        plain[_i].reason);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("reason");
    TCase *tcase = tcase_create("reason");

    tcase_add_loop_test(tcase, test_reasons, 0, (int)TLSF_COUNTOF(cases));
    tcase_add_loop_test(tcase, test_plain_bytes, 0, (int)TLSF_COUNTOF(plain));
    suite_add_tcase(suite, tcase);
    return suite;
}
