/* SPDX-License-Identifier: Apache-2.0 */
/* How a simulated device is let in: its code is told on stdout, whoever drives the fleet approves it. */
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "fleet/fleet.h"

enum { POLL_S = 50 };

/* A connection from before the CA and the certificate were known knows neither. */
static void trust(struct fleet_device *device)
{
	link_close(&device->link);
	device->link.ca = device->fleet->ca;
	device->link.certificate = device->trust.certificate;
	device->link.key = device->trust.key;
}

static void give_up(const struct fleet_device *device, const struct err *err)
{
	device->fleet->errors++;
	log_error("device %u is not let in: %s", device->number, err->text);
}

/* The first answer fixes the code; only then may it be told. */
static void tell_code(struct fleet_device *device)
{
	device_enter(device, FLEET_WAITING);
	fleet_say("{\"event\":\"code\",\"device\":%u,\"code\":\"%s\"}", device->number,
			device->enrolment->code);
}

static void on_decision(void *data, const struct link_answer *answer)
{
	struct fleet_device *device = data;
	OWNED(memory) struct messages_decision *decision = own_alloc(sizeof(*decision));
	struct err err = {"refused"};

	if (device_has_failed(device, answer))
		return;
	if (messages_read_decision(answer->body, answer->size, decision, &err) < 0 ||
			decision->state == MESSAGES_REFUSED) {
		give_up(device, &err);
		return;
	}
	if (decision->state == MESSAGES_WAITING && device->state != FLEET_WAITING)
		tell_code(device);
	if (decision->state == MESSAGES_APPROVED) {
		(void)text_copy(device->trust.id, sizeof(device->trust.id), decision->device);
		if (certificate_from_pem(decision->certificate, &device->trust.certificate, &err) <
				0) {
			give_up(device, &err);
			return;
		}
		free(own_take(device->enrolment));
		trust(device);
		device_enter(device, FLEET_ENROLLED);
	}
	device_begin(device, 0);
}

static void poll_decision(struct fleet_device *device, unsigned wait_s)
{
	OWNED(memory) char *body = messages_poll(device->enrolment->nonce, wait_s);
	char path[MESSAGES_ID_MAX + 8];

	(void)text_format(path, sizeof(path), "enrol/%s", device->enrolment->id);
	device_request(device, "POST", path, body, wait_s, on_decision);
}

static int make_code(struct fleet_device *device, const struct messages_enrolment *said,
		struct err *err)
{
	struct code_parts parts;
	int r = trust_ca(device->fleet, said->ca, err);

	if (r == 0)
		r = certificate_hash(device->fleet->ca, parts.ca_hash, err);
	if (r == 0)
		r = key_hash(device->trust.key, parts.key_hash, err);
	if (r < 0)
		return r;
	memcpy(parts.device_nonce, device->enrolment->nonce, sizeof(parts.device_nonce));
	memcpy(parts.server_nonce, said->nonce, sizeof(parts.server_nonce));
	memcpy(parts.config_key, said->config_key, sizeof(parts.config_key));
	memcpy(device->trust.config_key, said->config_key, sizeof(said->config_key));
	code_make(&parts, device->enrolment->code);
	return 0;
}

static void on_enrolled(void *data, const struct link_answer *answer)
{
	struct fleet_device *device = data;
	OWNED(memory) struct messages_enrolment *said = own_alloc(sizeof(*said));
	struct err err;

	if (device_has_failed(device, answer))
		return;
	int r = messages_read_enrolment(answer->body, answer->size, said, &err);
	if (r == 0)
		r = text_copy(device->enrolment->id, sizeof(device->enrolment->id), said->id);
	if (r == 0)
		r = make_code(device, said, &err);
	if (r < 0)
		give_up(device, &err);
	else
		poll_decision(device, 0);
}

static void enrol(struct fleet_device *device)
{
	struct messages_hardware hardware = {.arch = "x86_64"};
	uint8_t commitment[MESSAGES_HASH_SIZE];
	OWNED(memory) char *csr = NULL;
	struct err err;

	device_enter(device, FLEET_ENROLLING);
	if ((!device->trust.key && key_create(&device->trust.key, &err) < 0) ||
			key_request(device->trust.key, &csr, &err) < 0) {
		give_up(device, &err);
		return;
	}
	if (!device->enrolment)
		device->enrolment = own_alloc(sizeof(*device->enrolment));
	(void)RAND_bytes(device->enrolment->nonce, sizeof(device->enrolment->nonce));
	SHA256(device->enrolment->nonce, sizeof(device->enrolment->nonce), commitment);
	say_hardware(device, &hardware);
	const struct messages_claim claim = {.token = device->fleet->options.token};
	OWNED(memory) char *body = messages_enrol(csr, commitment, &hardware, &claim);
	device_request(device, "POST", "enrol", body, 0, on_enrolled);
}

void enrol_step(struct fleet_device *device)
{
	const struct fleet *fleet = device->fleet;
	unsigned enrolling = fleet->counts[FLEET_ENROLLING] + fleet->counts[FLEET_WAITING];

	if (device->state == FLEET_WAITING)
		poll_decision(device, POLL_S);
	else if (device->state != FLEET_ENROLLING && enrolling >= fleet->options.enrolling)
		device_begin(device, 100 + device_random() % 200);
	else
		enrol(device);
}
