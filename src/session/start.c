/* SPDX-License-Identifier: Apache-2.0 */
#include "session/start.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "session/monitors.h"

/* A field of fixed size that must hold text; `is_needed`: at least one byte of it. */
static int check_text(const char *name, const char *text, size_t size, bool is_needed,
		struct err *err)
{
	size_t length = strnlen(text, size);

	if (length == size)
		return err_set(err, EINVAL, "%s: text without an end", name);
	if (is_needed && length == 0)
		return err_set(err, EINVAL, "%s: missing", name);
	if (!text_is_utf8(text, length) || text_has_control(text, NULL))
		return err_set(err, EINVAL, "%s: UTF-8 without control characters was expected",
				name);
	return 0;
}

/* FreeRDP gives paths ("/..."), numbers ("|...") and sockets as host names a meaning. */
static int check_host(const char *host, size_t size, struct err *err)
{
	int r = check_text("host", host, size, true, err);

	if (r == 0 && strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789.-_:") != strlen(host))
		return err_set(err, EINVAL, "host: a name or an address was expected");
	return r;
}

static int check_texts(const struct wire_session_start *start, struct err *err)
{
	const struct {
		const char *name;
		const char *text;
		size_t size;
	} texts[] = {
			{"user", start->user, sizeof(start->user)},
			{"domain", start->domain, sizeof(start->domain)},
			{"password", start->password, sizeof(start->password)},
			{"client_name", start->client_name, sizeof(start->client_name)},
			{"timezone", start->timezone, sizeof(start->timezone)},
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		int r = check_text(texts[i].name, texts[i].text, texts[i].size, false, err);
		if (r < 0)
			return r;
	}
	if (start->timezone[0] == '/' || strstr(start->timezone, ".."))
		return err_set(err, EINVAL,
				"timezone: a name such as Europe/Copenhagen was expected");
	return 0;
}

static int check_size(uint32_t width, uint32_t height, uint32_t scale_percent, struct err *err)
{
	if (width < MONITORS_SIDE_MIN || width > WIRE_SIDE_MAX || height < MONITORS_SIDE_MIN ||
			height > WIRE_SIDE_MAX)
		return err_set(err, EINVAL, "size: %u x %u, sides of %d..%d were expected", width,
				height, MONITORS_SIDE_MIN, WIRE_SIDE_MAX);
	if (scale_percent < 100 || scale_percent > 500)
		return err_set(err, EINVAL, "scale_percent: %u, 100..500 was expected",
				scale_percent);
	return 0;
}

int start_check_resize(const struct wire_session_resize *resize, struct err *err)
{
	int r = check_size(resize->width, resize->height, resize->scale_percent, err);

	return r < 0 ? r
	             : monitors_check(resize->monitors, resize->monitor_count, resize->width,
				       resize->height, err);
}

int start_check(const struct wire_session_start *start, struct err *err)
{
	int r = check_host(start->host, sizeof(start->host), err);

	if (r == 0)
		r = check_texts(start, err);
	if (r == 0)
		r = check_size(start->width, start->height, start->scale_percent, err);
	if (r == 0)
		r = monitors_check(start->monitors, start->monitor_count, start->width,
				start->height, err);
	if (r < 0)
		return r;
	if (start->port == 0)
		return err_set(err, EINVAL, "port: 0, 1..65535 was expected");
	if (start->security > WIRE_SECURITY_TLS)
		return err_set(err, EINVAL, "security: %u is not known", start->security);
	if (start->decoder > WIRE_DECODER_OFF)
		return err_set(err, EINVAL, "decoder: %u is not known", start->decoder);
	if (start->pin_count > WIRE_PINS_MAX)
		return err_set(err, EINVAL, "pin_count: %u, at most %d was expected",
				start->pin_count, WIRE_PINS_MAX);
	if (start->ca_size > WIRE_CA_MAX)
		return err_set(err, EINVAL, "ca_size: %u, at most %d was expected", start->ca_size,
				WIRE_CA_MAX);
	return 0;
}

void start_wipe(struct wire_session_start *start)
{
	text_wipe(start->password, sizeof(start->password));
	text_wipe(start->user, sizeof(start->user));
	text_wipe(start->domain, sizeof(start->domain));
}
