// SPDX-License-Identifier: Apache-2.0
#include "conf/doubts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

struct looking {
	const struct conf *before, *after;
	conf_doubt_fn fn;
	void *data;
};

enum severity { WARNING, SEVERE };

__attribute__((format(printf, 4, 5))) static void tell(const struct looking *looking,
		enum severity severity, const char *path, const char *format, ...)
{
	struct conf_doubt doubt = {.is_severe = severity == SEVERE};
	va_list list;

	(void)text_format(doubt.path, sizeof(doubt.path), "%s", path);
	va_start(list, format);
	vsnprintf(doubt.text, sizeof(doubt.text), format, list);
	va_end(list);
	looking->fn(looking->data, &doubt);
}

static const struct conf_desktop *find(const struct conf *conf, const char *id)
{
	for (unsigned i = 0; conf && i < conf->desktop_count; i++)
		if (strcmp(conf->desktops[i].id, id) == 0)
			return &conf->desktops[i];
	return NULL;
}

/* --- desktops */

/* Names of the device itself, and of no machine at all. */
static bool is_nowhere(const char *host)
{
	static const char *const names[] = {"localhost", "0.0.0.0", "::", "::1", NULL};

	for (const char *const *name = names; *name; name++)
		if (strcasecmp(host, *name) == 0)
			return true;
	return strncmp(host, "127.", 4) == 0;
}

static void look_at_hosts(const struct looking *looking)
{
	char path[96];

	for (unsigned i = 0; i < looking->after->desktop_count; i++) {
		const struct conf_desktop *now = &looking->after->desktops[i];
		const struct conf_desktop *was = find(looking->before, now->id);

		if (!is_nowhere(now->host) || (was && is_nowhere(was->host)))
			continue;
		(void)text_format(path, sizeof(path), "desktops.%s.host", now->id);
		tell(looking, WARNING, path, "%s is the device itself, where no desktop runs",
				now->host);
	}
}

static void look_at_desktops(const struct looking *looking)
{
	if (looking->after->desktop_count == 0 && looking->before &&
			looking->before->desktop_count > 0)
		tell(looking, SEVERE, "desktops", "no desktop is left: nobody could sign in");
	look_at_hosts(looking);
}

/* --- trust */

/* The next certificate of a PEM text without its white space; false behind the last. */
static bool next_certificate(const char **pem, char *buffer, size_t size)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----",
			  end[] = "-----END CERTIFICATE-----";
	const char *from = strstr(*pem, begin), *to = from ? strstr(from, end) : NULL;
	size_t at = 0;

	if (!to)
		return false;
	for (from += sizeof(begin) - 1; from < to && at + 1 < size; from++)
		if (!strchr(" \t\r\n", *from))
			buffer[at++] = *from;
	buffer[at] = '\0';
	*pem = to + sizeof(end) - 1;
	return true;
}

static bool has_certificate(const char *pem, const char *wanted)
{
	char one[CONF_CA_MAX];

	while (next_certificate(&pem, one, sizeof(one)))
		if (strcmp(one, wanted) == 0)
			return true;
	return false;
}

/* Whether some certificate that was accepted by a CA still is. Both empty: the public CAs. */
static bool shares_ca(const char *before, const char *after)
{
	char one[CONF_CA_MAX];

	if (!before[0] || !after[0])
		return !before[0] && !after[0];
	while (next_certificate(&before, one, sizeof(one)))
		if (has_certificate(after, one))
			return true;
	return false;
}

static bool shares_pin(const struct conf_desktop *before, const struct conf_desktop *after)
{
	for (unsigned i = 0; i < before->pin_count; i++)
		for (unsigned k = 0; k < after->pin_count; k++)
			if (memcmp(before->pins[i], after->pins[k], sizeof(after->pins[k])) == 0)
				return true;
	return false;
}

/* The same server would be refused. From pins to a CA or back nobody can tell from here. */
static bool loses_trust(const struct looking *looking, const struct conf_desktop *was,
		const struct conf_desktop *now)
{
	if (was->trust != now->trust || strcmp(was->host, now->host) != 0)
		return false;
	if (now->trust == CONF_TRUST_PINNED)
		return !shares_pin(was, now);
	return !shares_ca(looking->before->ca, looking->after->ca);
}

static void look_at_trust(const struct looking *looking)
{
	unsigned lost = 0, count = looking->after->desktop_count;
	char path[96];

	if (!looking->before || count == 0)
		return;
	for (unsigned i = 0; i < count; i++) {
		const struct conf_desktop *now = &looking->after->desktops[i];
		const struct conf_desktop *was = find(looking->before, now->id);

		lost += was && loses_trust(looking, was, now);
	}
	if (lost == count) {
		tell(looking, SEVERE, "trust",
				"no desktop's certificate that is accepted now would be accepted: "
				"add "
				"the new ones beside the old ones first");
		return;
	}
	for (unsigned i = 0; i < count; i++) {
		const struct conf_desktop *now = &looking->after->desktops[i];
		const struct conf_desktop *was = find(looking->before, now->id);

		if (!was || !loses_trust(looking, was, now))
			continue;
		(void)text_format(path, sizeof(path), "desktops.%s.trust", now->id);
		tell(looking, WARNING, path,
				"the certificate that is accepted now would not be accepted");
	}
}

/* --- screens */

static const struct conf_monitor *find_monitor(const struct conf *conf, const char *id)
{
	for (unsigned i = 0; conf && i < conf->display.monitor_count; i++)
		if (strcmp(conf->display.monitors[i].id, id) == 0)
			return &conf->display.monitors[i];
	return NULL;
}

static void look_at_monitors(const struct looking *looking)
{
	char path[96];

	for (unsigned i = 0; i < looking->after->display.monitor_count; i++) {
		const struct conf_monitor *now = &looking->after->display.monitors[i];
		const struct conf_monitor *was = find_monitor(looking->before, now->id);

		if (!now->is_off || (was && was->is_off))
			continue;
		(void)text_format(path, sizeof(path), "display.monitors.%s.off", now->id);
		tell(looking, WARNING, path,
				"a device that has this monitor alone would stay dark");
	}
}

/* Minutes that are so few that people would think the device is broken; 0 is never. */
static void look_at_minutes(const struct looking *looking, const char *path, unsigned was,
		unsigned now, const char *what)
{
	if (now != 1 || (looking->before && was == 1))
		return;
	tell(looking, WARNING, path, "%s after one minute without input", what);
}

static void look_at_screens(const struct looking *looking)
{
	const struct conf *now = looking->after, *was = looking->before ? looking->before : now;
	bool is_same = now->branding.accent == now->branding.background;

	look_at_monitors(looking);
	look_at_minutes(looking, "display.blank_after_min", was->display.blank_after_min,
			now->display.blank_after_min, "the screens go dark");
	look_at_minutes(looking, "power.night_off_after_min", was->power.night_off_after_min,
			now->power.night_off_after_min, "at night the screens go dark");
	look_at_minutes(looking, "sign_in.idle_min", was->sign_in.idle_min, now->sign_in.idle_min,
			"people are signed out");
	if (is_same && (!looking->before || was->branding.accent != was->branding.background))
		tell(looking, WARNING, "branding.accent",
				"is the colour of the background: what it marks can't be seen");
}

/* --- hands */

static bool holds_all(const struct conf *conf)
{
	return conf->devices.new_keyboards == CONF_NEW_KEYBOARDS_HOLD &&
	       !conf->devices.trusted_keyboards[0];
}

static void look_at_keys(const struct looking *looking)
{
	const struct conf *now = looking->after, *was = looking->before;

	if (was && holds_all(now) && !holds_all(was))
		tell(looking, WARNING, "devices.new_keyboards",
				"with no trusted keyboard every scanner and card reader that types "
				"is "
				"held until a person allows it");
	if (now->keyboard.slow_keys_ms >= 2000 && (!was || was->keyboard.slow_keys_ms < 2000))
		tell(looking, WARNING, "keyboard.slow_keys_ms",
				"a key counts only when it is held for %u ms",
				(unsigned)now->keyboard.slow_keys_ms);
	if (was && now->kiosk_keys.leave_session == CONF_LEAVE_OFF &&
			was->kiosk_keys.leave_session != CONF_LEAVE_OFF)
		tell(looking, WARNING, "kiosk_keys.leave_session",
				"nobody could leave a desktop that hangs by a key");
}

static void look_at_helpdesk(const struct looking *looking)
{
	const struct conf *now = looking->after, *was = looking->before;

	if (was && was->helpdesk.phone[0] && !now->helpdesk.phone[0])
		tell(looking, WARNING, "helpdesk.phone",
				"people would not see any more whom to call");
}

void conf_doubts(const struct conf *before, const struct conf *after, conf_doubt_fn fn, void *data)
{
	const struct looking looking = {before, after, fn, data};

	look_at_desktops(&looking);
	look_at_trust(&looking);
	look_at_screens(&looking);
	look_at_keys(&looking);
	look_at_helpdesk(&looking);
}
