/* SPDX-License-Identifier: Apache-2.0 */
/* The line of a simulated device's steps once it has a certificate: wait, fetch, report, and again. */
#include <errno.h>
#include <openssl/rand.h>
#include <string.h>

#include "agent/outcome.h"
#include "base/log.h"
#include "base/text.h"
#include "conf/signed.h"
#include "fleet/fleet.h"

enum { TIMEOUT_S = 60, SLOW_MS = 5000, LIFE_MS = 1000 };

static void wait(struct fleet_device *device);

uint32_t device_random(void)
{
	uint32_t bits = 0;

	(void)RAND_bytes((unsigned char *)&bits, sizeof(bits));
	return bits;
}

void device_enter(struct fleet_device *device, enum fleet_state state)
{
	device->fleet->counts[device->state]--;
	device->fleet->counts[state]++;
	device->state = state;
}

void device_request(struct fleet_device *device, const char *method, const char *path,
		const char *body, unsigned wait_s, link_done_fn done)
{
	char url[160];
	struct link_request request = {
			.method = method,
			.path = url,
			.body = body,
			.size = body ? strlen(body) : 0,
			.type = "application/json",
			.timeout_s = wait_s + TIMEOUT_S,
	};

	(void)text_format(url, sizeof(url), "/device/v1/%s", path);
	link_start(&device->link, &request, done, device);
}

/* As an agent does: full jitter, longer with each failure, and what the server asks for. */
bool device_has_failed(struct fleet_device *device, const struct link_answer *answer)
{
	struct fleet *fleet = device->fleet;

	if (answer->status >= 200 && answer->status < 300) {
		device->failures = 0;
		return false;
	}
	if (!answer->status)
		fleet->unreachable++;
	else if (answer->status == 429 || answer->status == 503)
		fleet->busy++;
	else
		fleet->errors++;
	if (device->state == FLEET_PARKED)
		device_enter(device, FLEET_ENROLLED);
	device->is_reached = false;
	log_debug("device %u: %d %s", device->number, answer->status, answer->why.text);
	device_begin(device, outcome_back_off_ms(++device->failures, answer->retry_after_s,
					     device_random()));
	return true;
}

/* --- configs */

static void on_reported(void *data, const struct link_answer *answer)
{
	struct fleet_device *device = data;

	if (device_has_failed(device, answer))
		return;
	device->fleet->reports++;
	device_go_on(device);
}

static void on_config(void *data, const struct link_answer *answer)
{
	struct fleet_device *device = data;
	OWNED(memory) struct conf_signed *config = own_alloc(sizeof(*config));
	struct conf_expected expected = {.device = device->trust.id, .revision = device->revision};
	struct err err;

	if (answer->status == 404) {
		wait(device); /* there is a newer one by now */
		return;
	}
	if (device_has_failed(device, answer))
		return;
	memcpy(expected.key, device->trust.config_key, sizeof(expected.key));
	if (conf_signed_open(answer->body, answer->size, &expected, config, &err) < 0) {
		device->fleet->errors++;
		log_error("device %u: %s", device->number, err.text);
		device_begin(device, 1000);
		return;
	}
	device->revision = config->revision;
	device->fleet->fetched++;
	say_report(device, on_reported);
}

static void note_answer(struct fleet_device *device, const struct link_answer *answer)
{
	device->fleet->check_ins++;
	if (device->is_reached)
		return;
	device->is_reached = true;
	if (device->answer_us < 0) {
		device->answer_us = (int32_t)answer->took_us;
		device->fleet->back_us = loop_now_us();
	}
}

static void on_offer(void *data, const struct link_answer *answer)
{
	struct fleet_device *device = data;
	struct messages_offer offer;
	char path[32];
	struct err err;

	if (device_has_failed(device, answer))
		return;
	device_enter(device, FLEET_ENROLLED);
	note_answer(device, answer);
	if (answer->status == 204) {
		device_go_on(device);
		return;
	}
	if (messages_read_offer(answer->body, answer->size, &offer, &err) < 0) {
		device->fleet->errors++;
		log_error("device %u: %s", device->number, err.text);
		device_begin(device, 1000);
		return;
	}
	if (offer.revision > device->revision) {
		fleet_told(device, offer.revision);
		if (device->fleet->is_quiet)
			return;
		(void)text_format(path, sizeof(path), "config/%llu",
				(unsigned long long)offer.revision);
		device_request(device, "GET", path, NULL, 0, on_config);
	} else {
		order_take(device);
	}
}

static void wait(struct fleet_device *device)
{
	unsigned wait_s = device->is_reached ? device->fleet->options.wait_s : 0;
	char path[96];

	(void)text_format(path, sizeof(path), "wait?revision=%llu&wait=%u",
			(unsigned long long)device->revision, wait_s);
	device_enter(device, wait_s ? FLEET_PARKED : FLEET_ENROLLED);
	device_request(device, "GET", path, NULL, wait_s, on_offer);
}

/* --- what happens to it besides */

/* Sessions begin and end so that `session_percent` of the devices are in one. */
static void on_life(void *data)
{
	struct fleet_device *device = data;
	const struct fleet_options *options = &device->fleet->options;
	unsigned share = options->session_percent;
	uint64_t middle_ms = options->session_s * UINT64_C(1000);

	if (options->session_s && share && share < 100) {
		device->is_in_session = !device->is_in_session;
		/* The pauses are as long as the share asks. */
		uint64_t mean_ms = device->is_in_session ? middle_ms
		                                         : middle_ms * (100 - share) / share;
		alarm_set(device->fleet->alarms, &device->life,
				(int64_t)(mean_ms / 2 + device_random() % (mean_ms + 1)), on_life,
				device);
	} else if (options->report_s) {
		alarm_set(device->fleet->alarms, &device->life,
				outcome_spread_ms(options->report_s * INT64_C(1000),
						device_random()),
				on_life, device);
	}
	/* A parked wait is given up for it: a device has one line here. */
	if (device->state == FLEET_PARKED) {
		link_close(&device->link);
		device_enter(device, FLEET_ENROLLED);
		say_report(device, on_reported);
	}
}

static void begin_life(struct fleet_device *device)
{
	const struct fleet_options *options = &device->fleet->options;
	unsigned period_s = options->session_s ? options->session_s : options->report_s;

	device->is_in_session = device->number % 100 < options->session_percent;
	if (period_s)
		alarm_set(device->fleet->alarms, &device->life,
				device_random() % (period_s * LIFE_MS) + LIFE_MS, on_life, device);
}

/* --- the line */

static void on_inventory(void *data, const struct link_answer *answer)
{
	struct fleet_device *device = data;

	/* A server that does not know of it is none to complain about. */
	if (answer->status != 404 && device_has_failed(device, answer))
		return;
	device->has_told_inventory = true;
	device_go_on(device);
}

void device_go_on(struct fleet_device *device)
{
	if (device->is_slow)
		device_begin(device, SLOW_MS / 2 + device_random() % SLOW_MS);
	else if (device->fleet->options.inventory && !device->has_told_inventory)
		say_inventory(device, on_inventory);
	else
		wait(device);
}

static void on_next(void *data)
{
	struct fleet_device *device = data;

	if (!device->trust.certificate) {
		enrol_step(device);
		return;
	}
	if (device->state == FLEET_IDLE)
		device_enter(device, FLEET_ENROLLED);
	wait(device);
}

void device_begin(struct fleet_device *device, int64_t delay_ms)
{
	if (!device->link.links) {
		device->link.links = device->fleet->links;
		device->link.number = device->number;
		device->answer_us = -1;
		begin_life(device);
	}
	device->link.ca = device->fleet->ca;
	device->link.certificate = device->trust.certificate;
	device->link.key = device->trust.key;
	alarm_set(device->fleet->alarms, &device->next, delay_ms, on_next, device);
}

void device_leave(struct fleet_device *device)
{
	link_close(&device->link);
	alarm_clear(device->fleet->alarms, &device->next);
	device->is_reached = false;
	device->answer_us = -1;
	device_enter(device, FLEET_GONE);
}

void device_reconnect(struct fleet_device *device, unsigned spread_ms)
{
	device_leave(device);
	device_enter(device, device->trust.certificate ? FLEET_ENROLLED : FLEET_IDLE);
	device_begin(device, spread_ms ? device_random() % spread_ms : 0);
}

void device_finish(struct fleet_device *device)
{
	link_finish(&device->link);
	alarm_clear(device->fleet->alarms, &device->next);
	alarm_clear(device->fleet->alarms, &device->life);
	EVP_PKEY_free(device->trust.key);
	X509_free(device->trust.certificate);
	free(device->enrolment);
}
