/* SPDX-License-Identifier: Apache-2.0 */
/* Devices by id. */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "server/fleet_state.h"

enum { SLOTS_MIN = 1024 };

/* FNV-1a: ids are random texts that we gave out ourselves. */
static size_t hash_of(const char *id)
{
	uint64_t hash = 14695981039346656037u;

	for (; *id; id++)
		hash = (hash ^ (uint8_t)*id) * 1099511628211u;
	return (size_t)(hash ^ hash >> 32);
}

static struct fleet_device **slot_of(const struct fleet *fleet, const char *id)
{
	size_t at = hash_of(id) & (fleet->slot_count - 1);

	while (fleet->slots[at] && strcmp(fleet->slots[at]->id, id) != 0)
		at = (at + 1) & (fleet->slot_count - 1);
	return &fleet->slots[at];
}

struct fleet_device *fleet_find(const struct fleet *fleet, const char *id)
{
	struct fleet_device *device = *slot_of(fleet, id);

	return device && device->class ? device : NULL;
}

static void grow(struct fleet *fleet)
{
	struct fleet_device **old = fleet->slots;
	size_t old_count = fleet->slot_count;

	fleet->slot_count = old_count ? 2 * old_count : SLOTS_MIN;
	fleet->slots = own_alloc_array(fleet->slot_count, sizeof(struct fleet_device *));
	for (size_t i = 0; i < old_count; i++)
		if (old[i])
			*slot_of(fleet, old[i]->id) = old[i];
	free(old);
}

struct fleet *fleet_new(struct server *server)
{
	struct fleet *fleet = own_alloc(sizeof(*fleet));

	fleet->server = server;
	fleet->layers = layer_cache_create();
	fleet->known = -1;
	grow(fleet);
	return fleet;
}

struct fleet_device *fleet_reserve(struct fleet *fleet, const char *id)
{
	if (2 * (fleet->count + 1) > fleet->slot_count)
		grow(fleet);
	struct fleet_device **slot = slot_of(fleet, id), *device = *slot;

	if (!device) {
		*slot = device = own_alloc(sizeof(*device));
		(void)text_copy(device->id, sizeof(device->id), id);
		fleet->count++;
	}
	return device;
}

static void destroy(struct fleet_device *device)
{
	free(device->name);
	free(device->effective);
	free(device);
}

/* Those behind it in its row move up. */
void fleet_forget(struct fleet *fleet, struct fleet_device *device)
{
	struct fleet_device **slot = slot_of(fleet, device->id);
	size_t at = (size_t)(slot - fleet->slots);

	assert(*slot == device);
	fleet_join(device, NULL, device->is_alone);
	destroy(own_take(*slot));
	fleet->count--;
	while (fleet->slots[at = (at + 1) & (fleet->slot_count - 1)]) {
		struct fleet_device *moved = own_take(fleet->slots[at]);

		*slot_of(fleet, moved->id) = moved;
	}
}

void fleet_close(struct fleet *fleet)
{
	if (!fleet)
		return;
	for (size_t i = 0; i < fleet->slot_count; i++) {
		if (!fleet->slots[i])
			continue;
		fleet_join(fleet->slots[i], NULL, fleet->slots[i]->is_alone);
		destroy(fleet->slots[i]);
	}
	fleet_classes_sweep(fleet);
	layer_cache_destroy(fleet->layers);
	free(fleet->slots);
	free(fleet);
}

int64_t fleet_revision(const struct fleet_device *device)
{
	const struct fleet_class *class = device->class;

	return !device->is_alone && class && class->revision > device->joined ? class->revision
	                                                                      : device->own;
}

void fleet_wake(struct server *server, const struct fleet_device *device)
{
	char key[PARK_KEY_MAX];

	if (text_format(key, sizeof(key), "device/%s", device->id) == 0)
		park_wake(server->park, key);
}

void fleet_wake_class(struct fleet *fleet, const struct fleet_class *class)
{
	for (const struct fleet_device *device = class->devices; device; device = device->next)
		if (!device->is_alone)
			fleet_wake(fleet->server, device);
}

struct server *fleet_server(struct fleet *fleet)
{
	return fleet->server;
}

struct layer_cache *fleet_layers(struct fleet *fleet)
{
	return fleet->layers;
}

int64_t fleet_known(const struct fleet *fleet)
{
	return fleet->known;
}

void fleet_set_known(struct fleet *fleet, int64_t revision)
{
	fleet->known = revision;
}

void fleet_set_name(struct fleet_device *device, const char *name)
{
	if (device->name && strcmp(device->name, name) == 0)
		return;
	free(device->name);
	device->name = own_copy_text(name);
}

void fleet_set_effective(struct fleet_device *device, const uint8_t *hash)
{
	if (!hash) {
		free(own_take(device->effective));
		return;
	}
	if (!device->effective)
		device->effective = own_alloc(DB_HASH);
	memcpy(device->effective, hash, DB_HASH);
}

static int keep_time(void *data, const struct db_revision *revision)
{
	*(int64_t *)data = revision->time_s;
	return 0;
}

int fleet_time_of(struct fleet *fleet, int64_t revision, int64_t *ret, struct err *err)
{
	int r = 0;

	if (fleet->timed != revision)
		r = db_revision_get(fleet->server->db, revision, keep_time, &fleet->time_s, err);
	fleet->timed = r == 0 ? revision : 0;
	*ret = fleet->time_s;
	return r;
}

void fleet_facts(const struct fleet_class *class, const char *id, const char *name,
		struct db_device *ret)
{
	*ret = (struct db_device){0};
	(void)text_copy(ret->id, sizeof(ret->id), id);
	(void)text_copy(ret->name, sizeof(ret->name), name);
	(void)text_copy(ret->tenant, sizeof(ret->tenant), class->tenant);
	(void)text_copy(ret->site, sizeof(ret->site), class->site);
	(void)text_copy(ret->groups, sizeof(ret->groups), class->groups);
}
