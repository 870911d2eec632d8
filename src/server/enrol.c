/* SPDX-License-Identifier: Apache-2.0 */
#include "server/enrol.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <string.h>

#include "base/text.h"
#include "conf/code.h"
#include "conf/json.h"
#include "server/bell.h"
#include "server/keys.h"
#include "server/place.h"

enum { ID_LENGTH = 20, DEVICE_ID_LENGTH = 12 };

/* Place for one more: old ones go, then the ones that nobody asks for any more. */
static int make_place(struct server *server, const char *address, int64_t now_s, struct err *err)
{
	int64_t all, here;
	int r = db_enrolment_expire(server->db, now_s - ENROL_LIFE_S, err);

	if (r == 0)
		r = db_enrolment_count(server->db, address, &all, &here, err);
	if (r < 0)
		return r;
	if (here >= ENROL_ADDRESS_MAX)
		return err_set(err, EDQUOT, "%d devices of this address wait for approval already",
				ENROL_ADDRESS_MAX);
	if (all < ENROL_WAITING_MAX)
		return 0;
	r = db_enrolment_evict(server->db, now_s - ENROL_IDLE_S, err);
	if (r == -ENOENT)
		return err_set(err, EAGAIN, "%d devices wait for approval already",
				ENROL_WAITING_MAX);
	return r;
}

int enrol_begin(struct server *server, struct db_enrolment *enrolment, struct err *err)
{
	enrolment->state = DB_ENROLMENT_NEW;
	enrolment->created_s = enrolment->seen_s = server_now_s();
	key_random_text(enrolment->id, ID_LENGTH);
	key_random(enrolment->server_nonce, sizeof(enrolment->server_nonce));
	int r = db_begin(server->db, err);
	if (r == 0)
		r = make_place(server, enrolment->address, enrolment->created_s, err);
	if (r == 0)
		r = db_enrolment_add(server->db, enrolment, err);
	if (r == 0)
		r = db_commit(server->db, err);
	if (r < 0)
		db_rollback(server->db);
	return r;
}

/* It waits for a person. The code is not told: only its screen knows it. */
static void emit(struct server *server, const struct db_enrolment *enrolment)
{
	cJSON *body = json_new_object();

	json_put_text(body, "id", enrolment->id);
	json_put_text(body, "address", enrolment->address);
	events_emit(server, "enrolment", "organisation", NULL, body);
}

static int fix_code(struct server *server, struct db_enrolment *enrolment, const uint8_t nonce[32],
		struct err *err)
{
	struct code_parts parts = {0};

	memcpy(parts.device_nonce, nonce, 32);
	memcpy(parts.server_nonce, enrolment->server_nonce, 32);
	memcpy(parts.key_hash, enrolment->key, 32);
	memcpy(parts.ca_hash, ca_fingerprint(server->ca), 32);
	memcpy(parts.config_key, server->config_public, 32);
	memcpy(enrolment->device_nonce, nonce, 32);
	code_make(&parts, enrolment->code);
	enrolment->state = DB_ENROLMENT_WAITING;
	int r = db_enrolment_put(server->db, enrolment, err);
	if (r == 0)
		emit(server, enrolment);
	return r;
}

int enrol_reveal(struct server *server, const char *id, const uint8_t nonce[32],
		struct db_enrolment *ret, struct err *err)
{
	uint8_t hash[32];
	int r = db_enrolment_get(server->db, id, ret, err);

	if (r < 0)
		return r;
	key_hash(nonce, 32, hash);
	if (CRYPTO_memcmp(hash, ret->commitment, 32) != 0)
		return err_set(err, EACCES, "nonce: not the one of the commitment");
	if (ret->state == DB_ENROLMENT_NEW) {
		r = fix_code(server, ret, nonce, err);
		if (r < 0)
			return r;
	}
	return db_enrolment_seen(server->db, id, server_now_s(), err);
}

/* Without a name: the serial number if it is free and fit, else the id. */
static int choose_name(struct server *server, const struct db_enrolment *enrolment,
		struct db_device *device, struct err *err)
{
	OWNED(json) cJSON *hardware = NULL;
	char serial[DB_NAME_MAX] = "";
	struct db_device other;
	struct json in;

	if (device->name[0])
		return 0;
	(void)text_copy(device->name, sizeof(device->name), device->id);
	if (json_parse(enrolment->hardware, strlen(enrolment->hardware), &hardware, NULL) < 0)
		return 0;
	json_begin(&in, hardware, NULL);
	json_take_all(&in);
	json_text(&in, "serial", JSON_FILLED, serial, sizeof(serial));
	if (json_end(&in) < 0 || place_name_check(serial, NULL) < 0)
		return 0;
	int r = db_device_by_name(server->db, device->tenant, serial, &other, err);
	if (r == -ENOENT)
		(void)text_copy(device->name, sizeof(device->name), serial);
	return r == -ENOENT ? 0 : r;
}

int enrol_approve(struct publish *publish, struct db_enrolment *enrolment, struct db_device *device,
		struct err *err)
{
	struct server *server = publish->server;
	int r = choose_name(server, enrolment, device, err);

	if (r < 0)
		return r;
	memcpy(device->hardware, enrolment->hardware, sizeof(device->hardware));
	memcpy(device->address, enrolment->address, sizeof(device->address));
	device->approved_s = publish->about.time_s;
	r = ca_issue_device(server->ca, enrolment->csr, device->id, enrolment->certificate,
			device->certificate, err);
	if (r == 0)
		r = db_device_add(server->db, device, err);
	if (r < 0)
		return r;
	enrolment->state = DB_ENROLMENT_APPROVED;
	memcpy(enrolment->device, device->id, sizeof(enrolment->device));
	r = db_enrolment_put(server->db, enrolment, err);
	return r < 0 ? r : publish_device(publish, device->id, err);
}

void enrol_new_id(char id[DB_ID_MAX])
{
	key_random_text(id, DEVICE_ID_LENGTH);
}

void enrol_wake(struct server *server, const struct db_enrolment *enrolment)
{
	char key[PARK_KEY_MAX];

	(void)text_format(key, sizeof(key), "enrolment/%s", enrolment->id);
	bell_wake(server, key);
}

int enrol_refuse(struct server *server, struct db_enrolment *enrolment, const char *reason,
		struct err *err)
{
	enrolment->state = DB_ENROLMENT_REFUSED;
	int r = text_copy(enrolment->reason, sizeof(enrolment->reason), reason);
	if (r == 0)
		r = db_enrolment_put(server->db, enrolment, err);
	if (r == 0)
		enrol_wake(server, enrolment);
	return r;
}
