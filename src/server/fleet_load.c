/* SPDX-License-Identifier: Apache-2.0 */
/* What is in memory follows the database: at the start, and when other servers committed. */
#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "base/log.h"
#include "base/text.h"
#include "conf/json.h"
#include "server/effective.h"
#include "server/fleet_state.h"

enum { LACKING_MAX = 1 << 26 };

struct loading {
	struct fleet *fleet;
	struct array lacking; /* devices that an earlier layout left without class or hash */
	bool is_first;
	struct err *err;
};

static bool is_zero(const uint8_t hash[DB_HASH])
{
	static const uint8_t zero[DB_HASH];

	return memcmp(hash, zero, DB_HASH) == 0;
}

static bool is_lacking(const struct fleet_device *device, const struct db_fleet_device *row)
{
	return device->is_alone ? row->class_id != 0 || is_zero(row->effective)
	                        : row->class_id != device->class->id;
}

static int load_device(void *data, const struct db_fleet_device *row)
{
	struct loading *loading = data;
	struct fleet *fleet = loading->fleet;
	struct fleet_class *class;
	int r = fleet_class_of(fleet, row, &class, loading->err);

	if (r < 0)
		return r;
	struct fleet_device *device = fleet_reserve(fleet, row->id);
	memcpy(device->certificate, row->certificate, DB_HASH);
	fleet_set_name(device, row->name);
	device->own = row->own;
	device->joined = row->joined;
	device->layer = fleet_own_layer(fleet, class, row->id);
	fleet_join(device, class, fleet_is_alone(class, device->layer, false));
	fleet_set_effective(device, device->is_alone ? row->effective : NULL);
	if (!loading->is_first)
		fleet_wake(fleet->server, device);
	else if (is_lacking(device, row))
		r = array_append(&loading->lacking, &device, sizeof(device));
	return r;
}

static int load_class(void *data, const struct db_class *row)
{
	struct loading *loading = data;
	struct fleet_class *class = fleet_class_find(loading->fleet, row->id);

	if (!class)
		return 0;
	class->revision = row->revision;
	memcpy(class->effective, row->effective, DB_HASH);
	if (!loading->is_first)
		fleet_wake_class(loading->fleet, class);
	return 0;
}

static int drop_device(void *data, const char *id)
{
	struct loading *loading = data;
	struct fleet_device *device = fleet_find(loading->fleet, id);

	if (!device)
		return 0;
	fleet_wake(loading->fleet->server, device);
	fleet_forget(loading->fleet, device);
	return 0;
}

/* The newest is asked for first: what is committed meanwhile is read again the next time. */
static int load(struct loading *loading)
{
	struct fleet *fleet = loading->fleet;
	struct db *db = fleet->server->db;
	int64_t newest, known = fleet->known;
	int r = db_revision_newest(db, &newest, loading->err);

	if (r < 0 || newest == known)
		return r;
	r = layer_cache_load(fleet->layers, db, known, loading->err);
	if (r == 0 && !loading->is_first)
		r = db_fleet_gone(db, known, drop_device, loading, loading->err);
	if (r == 0)
		r = db_fleet_list(db, known, load_device, loading, loading->err);
	if (r == 0)
		r = db_class_list(db, known, load_class, loading, loading->err);
	if (r == 0) {
		fleet->known = newest;
		fleet_classes_sweep(fleet);
	}
	return r;
}

int fleet_catch_up(struct fleet *fleet, struct err *err)
{
	struct loading loading = {.fleet = fleet, .err = err};

	return load(&loading);
}

/* --- what an earlier layout left out */

static void hash_of(const struct fleet *fleet, const struct fleet_class *class,
		const struct fleet_device *device, uint8_t hash[DB_HASH])
{
	const struct cached_layer *own = device ? device->layer : NULL;
	OWNED(json) cJSON *document = fleet_document(fleet, class, own, false);
	struct db_device facts;

	fleet_facts(class, device ? device->id : "", "", &facts);
	effective_hash(fleet->server, &facts, document, hash);
}

static int repair_device(struct fleet *fleet, struct fleet_device *device, struct err *err)
{
	struct db_fleet_device row = {.own = device->own, .joined = fleet->known};
	uint8_t hash[DB_HASH];

	(void)text_copy(row.id, sizeof(row.id), device->id);
	device->joined = row.joined;
	if (device->is_alone) {
		hash_of(fleet, device->class, device, hash);
		memcpy(row.effective, hash, DB_HASH);
		fleet_set_effective(device, hash);
	} else {
		row.class_id = device->class->id;
	}
	return db_fleet_put(fleet->server->db, &row, fleet->known, err);
}

static int repair_class(struct fleet *fleet, struct fleet_class *class, struct err *err)
{
	struct db_class row = {.id = class->id, .revision = fleet->known};

	hash_of(fleet, class, NULL, row.effective);
	memcpy(class->effective, row.effective, DB_HASH);
	class->revision = row.revision;
	return db_class_put(fleet->server->db, &row, err);
}

static int repair(struct fleet *fleet, const struct array *lacking, struct err *err)
{
	struct fleet_device *const *devices = (struct fleet_device *const *)(void *)lacking->data;
	size_t count = lacking->size / sizeof(struct fleet_device *);
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++)
		r = repair_device(fleet, devices[i], err);
	for (struct fleet_class *class = fleet_class_next(fleet, NULL); class && r == 0;
			class = fleet_class_next(fleet, class))
		if (class->shared && is_zero(class->effective))
			r = repair_class(fleet, class, err);
	return r;
}

static bool needs_repair(const struct fleet *fleet, const struct array *lacking)
{
	if (lacking->size)
		return true;
	for (const struct fleet_class *class = fleet_class_next(fleet, NULL); class;
			class = fleet_class_next(fleet, class))
		if (class->shared && is_zero(class->effective))
			return true;
	return false;
}

int fleet_open(struct server *server, struct fleet **ret, struct err *err)
{
	struct fleet *fleet = fleet_new(server);
	struct loading loading = {.fleet = fleet, .is_first = true, .err = err};

	loading.lacking.max = LACKING_MAX;
	int r = load(&loading);
	if (r == 0 && needs_repair(fleet, &loading.lacking)) {
		log_info("%zu devices get the class that an earlier layout did not have",
				loading.lacking.size / sizeof(struct fleet_device *));
		r = db_begin(server->db, err);
		if (r == 0)
			r = repair(fleet, &loading.lacking, err);
		if (r == 0)
			r = db_commit(server->db, err);
		if (r < 0)
			db_rollback(server->db);
	}
	array_finish(&loading.lacking);
	if (r < 0) {
		fleet_close(fleet);
		return r;
	}
	*ret = fleet;
	return 0;
}
