/* SPDX-License-Identifier: Apache-2.0 */
#include "server/fleet.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "server/server.h"

enum { SLOTS_MIN = 1024 };

/* Open addressing with linear probing, at most half full; a power of two slots. */
struct fleet {
	struct server *server;
	struct fleet_device **slots;
	size_t slot_count, count;
};

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
	return *slot_of(fleet, id);
}

static void grow(struct fleet *fleet)
{
	struct fleet_device **old = fleet->slots;
	size_t old_count = fleet->slot_count;

	fleet->slot_count = old_count ? 2 * old_count : SLOTS_MIN;
	fleet->slots = own_alloc_array(fleet->slot_count, sizeof(*fleet->slots));
	for (size_t i = 0; i < old_count; i++)
		if (old[i])
			*slot_of(fleet, old[i]->id) = old[i];
	free(old);
}

static struct fleet_device *find_or_add(struct fleet *fleet, const char *id)
{
	if (2 * (fleet->count + 1) > fleet->slot_count)
		grow(fleet);
	struct fleet_device **slot = slot_of(fleet, id);

	if (*slot)
		return *slot;
	*slot = own_alloc(sizeof(**slot));
	(void)text_copy((*slot)->id, sizeof((*slot)->id), id);
	fleet->count++;
	return *slot;
}

/* Those behind it in its row move up. */
static void forget(struct fleet *fleet, const char *id)
{
	struct fleet_device **slot = slot_of(fleet, id);

	if (!*slot)
		return;
	free(own_take(*slot));
	fleet->count--;
	size_t at = (size_t)(slot - fleet->slots);
	while (fleet->slots[at = (at + 1) & (fleet->slot_count - 1)]) {
		struct fleet_device *moved = own_take(fleet->slots[at]);

		*slot_of(fleet, moved->id) = moved;
	}
}

static int keep(void *data, const struct db_device *row)
{
	struct fleet_device *device = find_or_add(data, row->id);

	memcpy(device->certificate, row->certificate, DB_HASH);
	device->own = row->revision;
	return 0;
}

int fleet_open(struct server *server, struct fleet **ret, struct err *err)
{
	struct fleet *fleet = own_alloc(sizeof(*fleet));
	struct db_device_filter all = {"", "", "", "", "", .page = {"", INT64_MAX}};

	fleet->server = server;
	grow(fleet);
	int r = db_device_list(server->db, &all, keep, fleet, err);
	if (r < 0) {
		fleet_close(fleet);
		return r;
	}
	*ret = fleet;
	return 0;
}

void fleet_close(struct fleet *fleet)
{
	if (!fleet)
		return;
	for (size_t i = 0; i < fleet->slot_count; i++)
		free(fleet->slots[i]);
	free(fleet->slots);
	free(fleet);
}

int64_t fleet_revision(const struct fleet_device *device)
{
	return device->own;
}

void fleet_wake(struct server *server, const struct fleet_device *device)
{
	char key[PARK_KEY_MAX];

	if (text_format(key, sizeof(key), "device/%s", device->id) == 0)
		park_wake(server->park, key);
}

size_t fleet_count(const struct fleet *fleet)
{
	return fleet->count;
}

int fleet_refresh(struct fleet *fleet, const char *id, struct err *err)
{
	struct db_device row;
	int r = db_device_get(fleet->server->db, id, &row, err);

	if (r == 0)
		return keep(fleet, &row);
	if (r != -ENOENT)
		return r;
	struct fleet_device *device = fleet_find(fleet, id);
	if (device)
		fleet_wake(fleet->server, device);
	forget(fleet, id);
	return 0;
}
