/* SPDX-License-Identifier: Apache-2.0 */
#include "kiosk/start.h"

#include <stdio.h>
#include <string.h>

static void fill_user(const struct kiosk_state *state, struct wire_session_start *ret)
{
	const struct kiosk_credentials *credentials = &state->credentials;
	const char *separator = strchr(credentials->user, '\\');

	if (separator && separator != credentials->user && separator[1]) {
		snprintf(ret->domain, sizeof(ret->domain), "%.*s",
				(int)(separator - credentials->user), credentials->user);
		snprintf(ret->user, sizeof(ret->user), "%s", separator + 1);
	} else {
		snprintf(ret->domain, sizeof(ret->domain), "%s",
				credentials->domain[0] ? credentials->domain
						       : state->target.domain);
		snprintf(ret->user, sizeof(ret->user), "%s", credentials->user);
	}
	snprintf(ret->password, sizeof(ret->password), "%s", credentials->password);
}

static void fill_trust(const struct kiosk_state *state, struct wire_session_start *ret)
{
	const struct conf_desktop *target = &state->target;

	if (target->trust == CONF_TRUST_PINNED) {
		ret->pin_count = target->pin_count;
		memcpy(ret->pins, target->pins, sizeof(ret->pins));
		return;
	}
	ret->ca_size = (uint32_t)strnlen(state->conf.ca, sizeof(state->conf.ca));
	memcpy(ret->ca, state->conf.ca, ret->ca_size);
}

static enum wire_security security_of(enum conf_security security)
{
	switch (security) {
	case CONF_SECURITY_NLA:
		return WIRE_SECURITY_NLA;
	case CONF_SECURITY_TLS:
		return WIRE_SECURITY_TLS;
	case CONF_SECURITY_AUTO:
		break;
	}
	return WIRE_SECURITY_AUTO;
}

static enum wire_decoder decoder_of(enum conf_decoder decoder)
{
	switch (decoder) {
	case CONF_DECODER_SOFTWARE:
		return WIRE_DECODER_SOFTWARE;
	case CONF_DECODER_OFF:
		return WIRE_DECODER_OFF;
	case CONF_DECODER_AUTO:
		break;
	}
	return WIRE_DECODER_AUTO;
}

void start_fill(const struct kiosk_state *state, const struct desk_layout *layout,
		struct wire_session_start *ret)
{
	const struct conf *conf = &state->conf;

	memset(ret, 0, sizeof(*ret));
	snprintf(ret->host, sizeof(ret->host), "%s", state->target.host);
	ret->port = state->target.port;
	ret->scale_percent = (uint16_t)layout->scale_percent;
	ret->width = layout->width;
	ret->height = layout->height;
	ret->monitor_count = layout->count;
	memcpy(ret->monitors, layout->monitors, layout->count * sizeof(layout->monitors[0]));
	ret->security = security_of(state->target.security);
	ret->decoder = decoder_of(conf->video.decoder);
	ret->has_rdpevor = conf->video.has_rdpevor;
	fill_trust(state, ret);
	fill_user(state, ret);
	ret->keyboard = input_rdp_layout(conf->keyboard.layout, conf->keyboard.variant);
	snprintf(ret->client_name, sizeof(ret->client_name), "%.31s",
			conf->identity.device[0] ? conf->identity.device : "tynd");
	snprintf(ret->timezone, sizeof(ret->timezone), "%s", conf->locale.timezone);
}
