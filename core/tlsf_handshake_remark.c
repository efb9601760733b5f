/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a virtual host's stages can and cannot do with its own TLS settings.
 * Called at start by both adapters.
 */
#include "tlsf_handshake.h"

static bool
has_stage(const tlsf_settings *settings, tlsf_stage stage)
{
    for (size_t i = 0; i < settings->n_stages; i++) {
        if (settings->stages[i].stage == stage) {
            return true;
        }
    }
    return false;
}

bool
tlsf_tls_host_can_rescue(const tlsf_tls_host *host)
{
    return host->tls != NULL && tlsf_settings_is_on(host->host.settings) &&
           host->host.settings->rescue != TLSF_RESCUE_OFF &&
           !host->needs_client_cert &&
           has_stage(host->host.settings, TLSF_STAGE_BLOCK);
}

/* Whether any version below the floor gets in without a rescue. */
static bool
is_open_below(const tlsf_tls_host *host, tlsf_version floor)
{
    const tlsf_tls *bounds = host->bounds == NULL ? host->tls : host->bounds;

    for (tlsf_version v = TLSF_TLSV1; v < floor; v++) {
        if (tlsf_tls_admits(bounds, v) &&
            !tlsf_tls_level_forbids(host->tls, v)) {
            return true;
        }
    }
    return false;
}

/* Whether a stage that needs old clients to come in by themselves is asked
 * for; no stage at all is observe. */
static bool
only_looks(const tlsf_settings *settings)
{
    return settings->n_stages == 0 || has_stage(settings, TLSF_STAGE_OBSERVE) ||
           has_stage(settings, TLSF_STAGE_WARN);
}

static void
add(tlsf_remarks *remarks, tlsf_remark which, const tlsf_tls_host *host)
{
    if (remarks->n[which]++ == 0) {
        remarks->first[which] = host;
    }
}

void
tlsf_remarks_collect(tlsf_remarks *remarks, const tlsf_tls_host *host)
{
    const tlsf_settings *settings = host->host.settings;

    if (host->tls == NULL || !tlsf_settings_is_on(settings)) {
        return;
    }
    if (host->needs_client_cert && settings->rescue != TLSF_RESCUE_OFF &&
        has_stage(settings, TLSF_STAGE_BLOCK)) {
        add(remarks, TLSF_REMARK_CERTIFICATES, host);
    }
    if (only_looks(settings) && !is_open_below(host, settings->floor)) {
        add(remarks, TLSF_REMARK_POINTLESS, host);
    }
}

void
tlsf_remarks_write(const tlsf_remarks *remarks, tlsf_remark which,
                   bool is_apache, tlsf_out *out)
{
    size_t n = remarks->n[which];

    if (n == 0) {
        return;
    }
    tlsf_out_z(out, "tlsfloor: virtual host \"");
    tlsf_out_text(out, remarks->first[which]->host.name);
    tlsf_out_z(out, "\"");
    if (n > 1) {
        tlsf_out_z(out, " and ");
        tlsf_out_uint(out, n - 1);
        tlsf_out_z(out, n == 2 ? " other" : " others");
    }
    switch (which) {
    case TLSF_REMARK_CERTIFICATES:
        tlsf_out_z(out, ": client certificates are required, so nobody is "
                        "rescued there; old clients fail without a page");
        break;
    case TLSF_REMARK_POINTLESS:
        tlsf_out_z(out, ": the stage only looks on (observe or warn), while ");
        tlsf_out_z(out, is_apache ? "SSLProtocol" : "ssl_protocols");
        tlsf_out_z(out, " or the security level refuses every version below "
                        "the floor; such clients are counted and get no page "
                        "or warning until the stage is block");
        break;
    case TLSF_N_REMARKS:
        break;
    }
}
