/* SPDX-License-Identifier: Apache-2.0 */
#include "server/contingency.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "conf/json.h"
#include "conf/meet.h"
#include "server/stack.h"

enum { PARTS_MAX = 4096 };

static unsigned count_of(const struct array *parts)
{
	return (unsigned)(parts->size / sizeof(struct contingency_part));
}

static struct contingency_part *part_at(const struct array *parts, unsigned index)
{
	return (struct contingency_part *)parts->data + index;
}

void contingency_finish(struct array *parts)
{
	for (unsigned i = 0; i < count_of(parts); i++)
		cJSON_Delete(part_at(parts, i)->patch);
	array_finish(parts);
}

struct reading {
	struct array *parts;
	struct err *err;
};

static int keep(void *data, const struct db_contingency *set, const char *scope, const char *patch)
{
	struct reading *reading = data;
	struct contingency_part part = {.revision = set->revision};

	(void)text_copy(part.set, sizeof(part.set), set->id);
	(void)text_copy(part.name, sizeof(part.name), set->name);
	(void)text_copy(part.tenant, sizeof(part.tenant), set->tenant);
	(void)text_copy(part.scope, sizeof(part.scope), scope);
	int r = json_parse(patch, strlen(patch), &part.patch, reading->err);
	if (r < 0)
		return err_prefix(reading->err, -EIO, "contingency set %s in the database",
				set->id);
	r = array_append(reading->parts, &part, sizeof(part));
	if (r < 0)
		cJSON_Delete(part.patch);
	return r;
}

int contingency_load(struct db *db, const char *id, struct array *ret, struct err *err)
{
	struct reading reading = {ret, err};

	*ret = (struct array){.max = PARTS_MAX * sizeof(struct contingency_part)};
	return db_contingency_layers(db, id, keep, &reading, err);
}

struct looking {
	const struct array *parts;
	unsigned from, end; /* of one set */
	contingency_fn fn;
	void *data;
};

static int look_at(void *data, const char *scope)
{
	struct looking *looking = data;
	int r = 0;

	for (unsigned i = looking->from; i < looking->end && r == 0; i++) {
		if (strcmp(part_at(looking->parts, i)->scope, scope) == 0)
			r = looking->fn(looking->data, part_at(looking->parts, i));
	}
	return r;
}

int contingency_each(const struct array *parts, const struct db_device *device, contingency_fn fn,
		void *data)
{
	struct looking looking = {.parts = parts, .fn = fn, .data = data};
	int r = 0;

	while (r == 0 && looking.from < count_of(parts)) {
		const char *id = part_at(parts, looking.from)->set;

		for (looking.end = looking.from; looking.end < count_of(parts); looking.end++) {
			if (strcmp(part_at(parts, looking.end)->set, id) != 0)
				break;
		}
		r = stack_scopes(device, look_at, &looking);
		looking.from = looking.end;
	}
	return r;
}

/* The tenant of what `scope` names, "" for none. */
static int tenant_of(struct db *db, const char *scope, char tenant[DB_NAME_MAX], struct err *err)
{
	struct db_device device;
	struct db_place place = {0};
	int r = 0;

	tenant[0] = '\0';
	if (strncmp(scope, "tenant/", 7) == 0)
		return text_copy(tenant, DB_NAME_MAX, scope + 7);
	if (strncmp(scope, "device/", 7) == 0) {
		r = db_device_get(db, scope + 7, &device, err);
		return r < 0 ? r : text_copy(tenant, DB_NAME_MAX, device.tenant);
	}
	if (strncmp(scope, "site/", 5) == 0)
		r = db_place_get(db, DB_SITE, scope + 5, &place, err);
	if (strncmp(scope, "group/", 6) == 0)
		r = db_place_get(db, DB_GROUP, scope + 6, &place, err);
	return r < 0 ? r : text_copy(tenant, DB_NAME_MAX, place.tenant);
}

int contingency_check(struct db *db, const char *scope, const cJSON *patch, struct err *err)
{
	OWNED(contingency) struct array on = {0};
	char tenant[DB_NAME_MAX], path[JSON_PATH_MAX];
	int r = contingency_load(db, "", &on, err);

	if (r < 0 || count_of(&on) == 0)
		return r;
	r = tenant_of(db, scope, tenant, err);
	for (unsigned i = 0; r == 0 && i < count_of(&on); i++) {
		const struct contingency_part *part = part_at(&on, i);

		if (part->tenant[0] && strcmp(part->tenant, tenant) != 0)
			continue;
		if (conf_patches_meet(patch, part->patch, path))
			return err_set(err, EBUSY,
					"%s: the contingency set \"%s\" holds this while it is on",
					path, part->name);
	}
	return r;
}
