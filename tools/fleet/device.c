/* SPDX-License-Identifier: Apache-2.0 */
/* The life of one simulated device: enrol, wait for a person, wait for configs, report. */
#include <errno.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/text.h"
#include "conf/code.h"
#include "conf/signed.h"
#include "fleet/fleet.h"

enum { POLL_S = 50, TIMEOUT_S = 90, CONFIG_MAX = 1 << 20, ANSWER_MAX = 256 * 1024 };

static void enrol(struct fleet_device *device);
static void wait(struct fleet_device *device);

static uint32_t random_bits(void)
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

static void request(struct fleet_device *device, const char *path, const char *body,
		unsigned wait_s, http_done_fn done)
{
	char url[256];
	struct http_options options = {
			.url = url,
			.body = body,
			.size_max = CONFIG_MAX,
			.timeout_s = wait_s + TIMEOUT_S,
			.is_long_poll = true,
	};

	(void)text_format(url, sizeof(url), "https://%s/device/v1/%s",
			device->fleet->options.server, path);
	device->request = http_start(device->http, &options, done, device);
	if (!device->request)
		log_error("device %u: no request can be made", device->number);
}

/* As an agent does: full jitter, longer with each failure, and what the server asks for. */
static bool has_failed(struct fleet_device *device, const struct http_answer *answer)
{
	struct err why = {""};

	device->request = NULL; /* every callback begins here */
	if (outcome_judge(&answer->outcome, OUTCOME_OF_REQUEST, CLOCK_PLAUSIBLE, &why) ==
			REASON_NONE) {
		device->failures = 0;
		return false;
	}
	device->fleet->errors++;
	log_debug("device %u: %s", device->number, why.text);
	device_begin(device, outcome_back_off_ms(++device->failures, answer->outcome.retry_after_s,
					     random_bits()));
	return true;
}

static int64_t now_s(void *data)
{
	(void)data;
	return time(NULL);
}

static void trust(struct fleet_device *device)
{
	struct http_trust said = {
			.kind = device->trust.ca ? HTTP_TRUST_CA : HTTP_TRUST_UNKNOWN,
			.ca = device->trust.ca,
			.certificate = device->trust.certificate,
			.key = device->trust.certificate ? device->trust.key : NULL,
			.now_s = now_s,
	};

	http_set_trust(device->http, &said);
}

/* --- enrolment */

/* The first answer fixes the code; only then may it be told. */
static void tell_code(struct fleet_device *device)
{
	device_enter(device, FLEET_WAITING);
	fleet_say("{\"event\":\"code\",\"device\":%u,\"code\":\"%s\"}", device->number,
			device->code);
}

static void on_decision(void *data, const struct http_answer *answer)
{
	struct fleet_device *device = data;
	OWNED(memory) struct messages_decision *decision = own_alloc(sizeof(*decision));
	struct err err;

	if (has_failed(device, answer))
		return;
	if (messages_read_decision(answer->body, answer->size, decision, &err) < 0 ||
			decision->state == MESSAGES_REFUSED) {
		log_error("device %u is not let in: %s", device->number, err.text);
		return;
	}
	if (decision->state == MESSAGES_WAITING && device->state != FLEET_WAITING)
		tell_code(device);
	if (decision->state == MESSAGES_APPROVED) {
		(void)text_copy(device->trust.id, sizeof(device->trust.id), decision->device);
		if (certificate_from_pem(decision->certificate, &device->trust.certificate, &err) <
				0)
			log_error("device %u: %s", device->number, err.text);
		trust(device);
		device_enter(device, FLEET_ENROLLED);
	}
	device_begin(device, 0);
}

static void poll_decision(struct fleet_device *device, unsigned wait_s)
{
	OWNED(memory) char *body = messages_poll(device->nonce, wait_s);
	char path[MESSAGES_ID_MAX + 8];

	(void)text_format(path, sizeof(path), "enrol/%s", device->enrolment);
	request(device, path, body, wait_s, on_decision);
}

static int make_code(struct fleet_device *device, const struct messages_enrolment *said,
		struct err *err)
{
	struct code_parts parts;
	int r = certificate_from_pem(said->ca, &device->trust.ca, err);

	if (r == 0)
		r = certificate_hash(device->trust.ca, parts.ca_hash, err);
	if (r == 0)
		r = key_hash(device->trust.key, parts.key_hash, err);
	if (r < 0)
		return r;
	memcpy(parts.device_nonce, device->nonce, sizeof(parts.device_nonce));
	memcpy(parts.server_nonce, said->nonce, sizeof(parts.server_nonce));
	memcpy(parts.config_key, said->config_key, sizeof(parts.config_key));
	memcpy(device->trust.config_key, said->config_key, sizeof(said->config_key));
	code_make(&parts, device->code);
	return 0;
}

static void on_enrolled(void *data, const struct http_answer *answer)
{
	struct fleet_device *device = data;
	OWNED(memory) struct messages_enrolment *said = own_alloc(sizeof(*said));
	struct err err;

	if (has_failed(device, answer))
		return;
	int r = messages_read_enrolment(answer->body, answer->size, said, &err);
	if (r == 0) {
		(void)text_copy(device->enrolment, sizeof(device->enrolment), said->id);
		r = make_code(device, said, &err);
	}
	if (r < 0) {
		log_error("device %u: %s", device->number, err.text);
		return;
	}
	poll_decision(device, 0);
}

static void enrol(struct fleet_device *device)
{
	static const char *const models[] = {"HP t640", "Dell Wyse 5070", "Fujitsu Futro S740",
			"Lenovo M90n", "HP EliteDesk 800 G2"};
	struct messages_hardware hardware = {.arch = "x86_64", .version = "0.1.0"};
	uint8_t commitment[MESSAGES_HASH_SIZE];
	OWNED(memory) char *csr = NULL;
	struct err err;

	device_enter(device, FLEET_ENROLLING);
	if ((!device->trust.key && key_create(&device->trust.key, &err) < 0) ||
			key_request(device->trust.key, &csr, &err) < 0) {
		log_error("device %u: %s", device->number, err.text);
		return;
	}
	(void)RAND_bytes(device->nonce, sizeof(device->nonce));
	SHA256(device->nonce, sizeof(device->nonce), commitment);
	(void)text_copy(hardware.model, sizeof(hardware.model), models[device->number % 5]);
	(void)text_format(hardware.serial, sizeof(hardware.serial), "SIM-%06u", device->number);
	(void)text_format(hardware.mac, sizeof(hardware.mac), "02:00:00:%02x:%02x:%02x",
			device->number >> 16 & 255, device->number >> 8 & 255,
			device->number & 255);
	const struct messages_claim claim = {.token = device->fleet->options.token};
	OWNED(memory) char *body = messages_enrol(csr, commitment, &hardware, &claim);
	request(device, "enrol", body, 0, on_enrolled);
}

/* --- configs */

static void on_reported(void *data, const struct http_answer *answer)
{
	struct fleet_device *device = data;

	if (has_failed(device, answer))
		return;
	device->fleet->reports++;
	wait(device);
}

static void report(struct fleet_device *device)
{
	struct messages_report said = {
			.revision = device->is_faulty ? device->revision - 1 : device->revision,
			.state = device->is_faulty ? "returned" : "good",
			.reason = device->is_faulty ? REASON_CONFIG_RETURNED : REASON_NONE,
			.screen = "sign-in",
	};

	said.is_session_running = device->number % 100 < device->fleet->options.session_percent;
	if (said.is_session_running) {
		(void)text_copy(said.desktop, sizeof(said.desktop), "work");
		said.screen = "session";
	}
	(void)text_format(said.address, sizeof(said.address), "10.%u.%u.%u",
			device->number >> 16 & 255, device->number >> 8 & 255,
			device->number & 255);
	OWNED(memory) char *body = messages_report(&said);
	request(device, "report", body, 0, on_reported);
}

static void on_config(void *data, const struct http_answer *answer)
{
	struct fleet_device *device = data;
	OWNED(memory) struct conf_signed *config = own_alloc(sizeof(*config));
	struct conf_expected expected = {.device = device->trust.id, .revision = device->revision};
	struct err err;

	if (answer->outcome.curl == 0 && answer->outcome.status == 404) {
		device->request = NULL;
		wait(device); /* there is a newer one by now */
		return;
	}
	if (has_failed(device, answer))
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
	report(device);
}

static void on_offer(void *data, const struct http_answer *answer)
{
	struct fleet_device *device = data;
	struct messages_offer offer;
	char path[32];
	struct err err;

	device_enter(device, FLEET_ENROLLED);
	if (has_failed(device, answer))
		return;
	if (answer->outcome.status == 204) {
		wait(device);
		return;
	}
	if (messages_read_offer(answer->body, answer->size, &offer, &err) < 0) {
		log_error("device %u: %s", device->number, err.text);
		return;
	}
	fleet_told(device, offer.revision);
	if (offer.revision <= device->revision) {
		device_begin(device, 1000); /* only orders: nobody takes them here */
		return;
	}
	(void)text_format(path, sizeof(path), "config/%llu", (unsigned long long)offer.revision);
	request(device, path, NULL, 0, on_config);
}

static void wait(struct fleet_device *device)
{
	unsigned wait_s = device->fleet->options.wait_s;
	char path[96];

	(void)text_format(path, sizeof(path), "wait?revision=%llu&wait=%u",
			(unsigned long long)device->revision, wait_s);
	device_enter(device, FLEET_PARKED);
	request(device, path, NULL, wait_s, on_offer);
}

/* --- begin and end */

static void on_timer(void *data)
{
	struct fleet_device *device = data;
	unsigned enrolling = device->fleet->counts[FLEET_ENROLLING] +
	                     device->fleet->counts[FLEET_WAITING];

	if (!device->http) {
		device->http = http_create(device->fleet->loop);
		trust(device);
	}
	if (device->trust.certificate)
		wait(device);
	else if (device->state == FLEET_WAITING)
		poll_decision(device, POLL_S);
	else if (device->state != FLEET_ENROLLING && enrolling >= device->fleet->options.enrolling)
		device_begin(device, 100 + random_bits() % 200);
	else
		enrol(device);
}

void device_begin(struct fleet_device *device, int64_t delay_ms)
{
	if (!device->timer)
		device->timer = loop_add_timer(device->fleet->loop, on_timer, device);
	loop_timer_set(device->timer, delay_ms);
}

void device_reconnect(struct fleet_device *device, unsigned spread_ms)
{
	http_cancel(own_take(device->request));
	http_destroy(own_take(device->http));
	device_enter(device, device->trust.certificate ? FLEET_ENROLLED : FLEET_IDLE);
	device_begin(device, spread_ms ? random_bits() % spread_ms : 0);
}

void device_finish(struct fleet_device *device)
{
	http_cancel(device->request);
	http_destroy(device->http);
	loop_timer_remove(device->timer);
	EVP_PKEY_free(device->trust.key);
	X509_free(device->trust.certificate);
	X509_free(device->trust.ca);
}
