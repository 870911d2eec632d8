/* SPDX-License-Identifier: Apache-2.0 */
#include "server/publish.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "conf/dsse.h"
#include "conf/json.h"
#include "conf/signed.h"
#include "server/bell.h"
#include "server/keys.h"
#include "server/stack.h"
#include "server/template.h"

enum { DEVICES_MAX = 1000000 };

void publish_finish(struct publish *publish)
{
	if (publish->is_open)
		db_rollback(publish->server->db);
	publish->is_open = false;
	array_finish(&publish->changed);
	array_finish(&publish->touched);
}

int publish_begin(struct publish *publish, struct server *server, const struct db_revision *about,
		struct err *err)
{
	*publish = (struct publish){.server = server, .about = *about};
	publish->changed.max = publish->touched.max = (size_t)DEVICES_MAX * DB_ID_MAX;
	publish->about.time_s = server_now_s();
	int r = db_begin(server->db, err);
	if (r < 0)
		return r;
	publish->is_open = true;
	return db_revision_add(server->db, &publish->about, err);
}

static int store(struct publish *publish, struct db_device *device, const cJSON *effective,
		struct err *err)
{
	OWNED(memory) char *payload = NULL;
	OWNED(memory) char *envelope = NULL;

	device->revision = publish->about.revision;
	device->issued_s = publish->about.time_s;
	payload = conf_signed_print(device->id, (uint64_t)device->revision, device->issued_s, 0,
			effective);
	int r = dsse_sign(DSSE_CONFIG, payload, strlen(payload), publish->server->config_key,
			&envelope, err);
	if (r < 0)
		return r;
	key_hash(envelope, strlen(envelope), device->envelope);
	r = db_config_put(publish->server->db, device, envelope, strlen(envelope), err);
	return r < 0 ? r : array_append(&publish->changed, device->id, DB_ID_MAX);
}

static int collect(void *data, const char *id)
{
	char slot[DB_ID_MAX] = "";
	int r = text_copy(slot, sizeof(slot), id);

	return r < 0 ? r : array_append(data, slot, sizeof(slot));
}

int publish_device(struct publish *publish, const char *id, struct err *err)
{
	OWNED(stack) struct stack stack = {0};
	struct db_device device;
	uint8_t hash[DB_HASH];
	int r = collect(&publish->touched, id);

	if (r == 0)
		r = db_device_get(publish->server->db, id, &device, err);
	if (r == -ENOENT)
		return 0;
	if (r == 0)
		r = stack_load(publish->server->db, &device, &stack, err);
	if (r < 0)
		return r;
	OWNED(json) cJSON *effective = stack_merge(&stack);
	r = template_check(publish->server, &device, effective, err);
	if (r == -EBADMSG)
		memcpy(publish->bad_device, device.id, sizeof(publish->bad_device));
	if (r < 0)
		return r;
	/* The merge keeps the order of members, so equal documents print equally. */
	OWNED(memory) char *canonical = json_print(effective);
	key_hash(canonical, strlen(canonical), hash);
	if (device.revision > 0 && memcmp(hash, device.effective, DB_HASH) == 0)
		return 0;
	memcpy(device.effective, hash, DB_HASH);
	return store(publish, &device, effective, err);
}

int publish_below(struct publish *publish, const char *scope, struct err *err)
{
	OWNED(array) struct array ids = {.max = (size_t)DEVICES_MAX * DB_ID_MAX};
	int r = db_device_below(publish->server->db, scope, collect, &ids, err);

	for (size_t at = 0; at < ids.size && r == 0; at += DB_ID_MAX)
		r = publish_device(publish, (const char *)ids.data + at, err);
	return r;
}

unsigned publish_count(const struct publish *publish)
{
	return (unsigned)(publish->changed.size / DB_ID_MAX);
}

const char *publish_changed(const struct publish *publish, unsigned index)
{
	assert(index < publish_count(publish));
	return (const char *)publish->changed.data + (size_t)index * DB_ID_MAX;
}

/* After the commit: what is known of the devices, then those who wait. */
static void tell(struct publish *publish)
{
	struct fleet *fleet = publish->server->fleet;
	struct err err;

	for (size_t at = 0; at < publish->touched.size; at += DB_ID_MAX)
		if (fleet_refresh(fleet, (const char *)publish->touched.data + at, &err) < 0)
			log_warn("%s", err.text);
	for (unsigned i = 0; i < publish_count(publish); i++) {
		const struct fleet_device *device = fleet_find(fleet, publish_changed(publish, i));

		if (device)
			fleet_wake(publish->server, device);
	}
}

static void emit(const struct publish *publish)
{
	const struct db_revision *about = &publish->about;
	cJSON *body = json_new_object();

	json_put_whole(body, "revision", about->revision);
	json_put_text(body, "kind", about->kind);
	json_put_text(body, "person", about->person);
	json_put_text(body, "reason", about->reason);
	json_put_whole(body, "device_count", publish_count(publish));
	events_emit_about(publish->server, "revision", about->scope, body);
}

int publish_end(struct publish *publish, bool is_dry, struct err *err)
{
	struct db *db = publish->server->db;

	if (is_dry) {
		db_rollback(db);
		publish->is_open = false;
		return 0;
	}
	int r = db_revision_devices(db, publish->about.revision, publish_count(publish), err);
	if (r == 0)
		r = bell_revision(publish->server, publish->about.revision, err);
	if (r == 0)
		r = db_commit(db, err);
	if (r < 0)
		return r;
	publish->is_open = false;
	log_info("revision %lld by %s: %s of %s, %u devices", (long long)publish->about.revision,
			log_quote(publish->about.person), publish->about.kind,
			log_quote(publish->about.scope), publish_count(publish));
	tell(publish);
	emit(publish);
	return 0;
}

int publish_envelope(struct server *server, const char *id, int64_t revision, char **envelope,
		struct err *err)
{
	OWNED(stack) struct stack stack = {0};
	OWNED(memory) char *payload = NULL;
	struct db_device device;
	int r = db_device_get(server->db, id, &device, err);

	if (r == 0 && device.revision != revision)
		return err_set(err, ENOENT, "revision %lld is not this device's newest",
				(long long)revision);
	if (r == 0)
		r = stack_load(server->db, &device, &stack, err);
	if (r < 0)
		return r;
	OWNED(json) cJSON *effective = stack_merge(&stack);
	r = template_expand(server, &device, TEMPLATE_SENT, effective, err);
	if (r < 0)
		return r;
	payload = conf_signed_print(device.id, (uint64_t)device.revision, device.issued_s, 0,
			effective);
	return dsse_sign(DSSE_CONFIG, payload, strlen(payload), server->config_key, envelope, err);
}
