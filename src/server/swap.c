/* SPDX-License-Identifier: Apache-2.0 */
#include "server/swap.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "conf/json.h"
#include "server/admit.h"
#include "server/db_inventory.h"
#include "server/db_retired.h"
#include "server/enrol.h"
#include "server/layers.h"
#include "server/secret.h"

static void scope_of(const char *id, char scope[DB_SCOPE_MAX])
{
	(void)text_format(scope, DB_SCOPE_MAX, "device/%s", id);
}

static int empty_layer(struct publish *publish, const char *id, struct err *err)
{
	const struct db_layer empty = {.revision = publish->about.revision,
			.config = (char *)"{}",
			.origins = (char *)"{}"};
	char scope[DB_SCOPE_MAX];

	scope_of(id, scope);
	return db_layer_put(publish->server->db, scope, &empty, err);
}

int swap_retire(struct publish *publish, const struct db_device *device, const char *successor,
		const char *before, struct err *err)
{
	OWNED(memory) struct db_retired *retired = own_alloc(sizeof(*retired));
	struct db *db = publish->server->db;

	retired->device = *device;
	retired->retired_s = publish->about.time_s;
	(void)text_copy(retired->successor, sizeof(retired->successor), successor);
	retired->before = (char *)before;
	char scope[DB_SCOPE_MAX];

	scope_of(device->id, scope);
	int r = empty_layer(publish, device->id, err);
	if (r == 0)
		r = db_secret_clear(db, scope, err);
	if (r == 0)
		r = db_device_remove(db, device->id, err);
	if (r == 0)
		r = db_retired_put(db, retired, err);
	return r < 0 ? r : publish_device(publish, device->id, err);
}

/* --- what a unit was before it took the place of another one */

static char *print_before(const struct db_device *unit, const struct layer *layer)
{
	OWNED(json) cJSON *before = json_new_object();

	json_put_text(before, "name", unit->name);
	json_put_text(before, "tenant", unit->tenant);
	json_put_text(before, "site", unit->site);
	json_put_text(before, "groups", unit->groups);
	json_put(before, "config", json_copy(layer->config));
	json_put(before, "origins", json_copy(layer->origins));
	return json_print(before);
}

static int read_before(const char *text, struct db_device *unit, struct layer *layer,
		struct err *err)
{
	OWNED(json) cJSON *before = NULL;
	struct json in;
	const cJSON *config = NULL, *origins = NULL;

	int r = json_parse(text, strlen(text), &before, err);
	if (r < 0)
		return r;
	json_begin(&in, before, err);
	json_text(&in, "name", JSON_REQUIRED, unit->name, sizeof(unit->name));
	json_text(&in, "tenant", 0, unit->tenant, sizeof(unit->tenant));
	json_text(&in, "site", 0, unit->site, sizeof(unit->site));
	json_text(&in, "groups", JSON_LINES, unit->groups, sizeof(unit->groups));
	json_borrow(&in, "config", JSON_REQUIRED, &config);
	json_borrow(&in, "origins", JSON_REQUIRED, &origins);
	r = json_end(&in);
	if (r < 0)
		return r;
	layer->config = json_copy(config);
	layer->origins = json_copy(origins);
	return 0;
}

/* --- moving */

/* The secrets of the one's own layer. A spare unit's own are gone: it has others now. */
static int give_secrets(struct publish *publish, const char *from, const char *to, struct err *err)
{
	char scope[DB_SCOPE_MAX], other[DB_SCOPE_MAX];

	scope_of(from, scope);
	scope_of(to, other);
	int r = db_secret_clear(publish->server->db, other, err);
	return r < 0 ? r : secret_move(publish, scope, other, err);
}

/* What `from` says becomes the layer of `to`, each value with the revision that set it. */
static int give_layer(struct publish *publish, const struct layer *from, const char *to,
		struct err *err)
{
	struct layer given = *from;

	scope_of(to, given.scope);
	return layer_store(publish, &given, from->config, err);
}

static void take_place(struct db_device *unit, const struct db_device *of)
{
	memcpy(unit->name, of->name, sizeof(unit->name));
	memcpy(unit->tenant, of->tenant, sizeof(unit->tenant));
	memcpy(unit->site, of->site, sizeof(unit->site));
	memcpy(unit->groups, of->groups, sizeof(unit->groups));
}

static bool has_note(const struct db_note *note)
{
	return note->asset[0] || note->notes[0];
}

int swap_devices(struct publish *publish, const struct db_device *old, struct db_device *unit,
		struct db_enrolment *enrolment, struct err *err)
{
	struct db *db = publish->server->db;
	OWNED(layer_tree) struct layer of_old = {0}, of_unit = {0};
	OWNED(memory) char *before = NULL;
	OWNED(memory) struct db_note *note = own_alloc(sizeof(*note));
	char scope[DB_SCOPE_MAX];

	scope_of(old->id, scope);
	int r = layer_load(db, scope, &of_old, err);
	scope_of(unit->id, scope);
	if (r == 0)
		r = layer_load(db, scope, &of_unit, err);
	if (r < 0)
		return r;
	if (!enrolment)
		before = print_before(unit, &of_unit);
	r = db_note_get(db, old->id, note, err);
	if (r == 0)
		r = give_secrets(publish, old->id, unit->id, err);
	if (r == 0)
		r = swap_retire(publish, old, unit->id, before, err);
	take_place(unit, old);
	if (r == 0 && !enrolment)
		r = db_device_place(db, unit, err);
	if (r == 0)
		r = give_layer(publish, &of_old, unit->id, err);
	if (r == 0)
		r = enrolment ? enrol_approve(publish, enrolment, unit, err)
		              : publish_device(publish, unit->id, err);
	return r < 0 || !has_note(note) ? r : db_note_put(db, unit->id, note, err);
}

int swap_undo(struct publish *publish, struct db_device *unit, char old[DB_ID_MAX], struct err *err)
{
	struct db *db = publish->server->db;
	OWNED(memory) struct db_retired *retired = own_alloc(sizeof(*retired));
	OWNED(memory) struct db_note *note = own_alloc(sizeof(*note));
	OWNED(layer_tree) struct layer now = {0}, was = {0};
	char scope[DB_SCOPE_MAX];
	int r = db_retired_by_successor(db, unit->id, retired, err);

	if (r < 0)
		return r;
	OWNED(memory) char *before = retired->before;
	memcpy(old, retired->device.id, sizeof(retired->device.id));
	take_place(&retired->device, unit);
	scope_of(unit->id, scope);
	r = layer_load(db, scope, &now, err);
	if (r == 0 && before)
		r = read_before(before, unit, &was, err);
	if (r < 0)
		return r;
	if (!before) {
		/* It came in by this swap: it has a name of its own and no place now. */
		memcpy(unit->name, unit->id, sizeof(unit->id));
		unit->site[0] = unit->groups[0] = '\0';
		was.config = json_new_object();
		was.origins = json_new_object();
	}
	r = give_secrets(publish, unit->id, old, err);
	if (r == 0)
		r = db_note_get(db, unit->id, note, err);
	if (r == 0)
		r = db_device_place(db, unit, err);
	if (r == 0)
		r = give_layer(publish, &was, unit->id, err);
	if (r == 0)
		r = db_device_add(db, &retired->device, err);
	if (r == 0)
		r = db_retired_remove(db, old, err);
	if (r == 0 && has_note(note))
		r = db_note_put(db, old, note, err);
	if (r == 0 && has_note(note))
		r = db_note_put(db, unit->id, &(struct db_note){0}, err);
	if (r == 0)
		r = give_layer(publish, &now, old, err);
	if (r == 0)
		r = publish_device(publish, unit->id, err);
	return r < 0 ? r : publish_device(publish, old, err);
}

/* --- labels */

struct search {
	const char *label;
	char serial[DB_SERIAL_MAX], mac[DB_MAC_MAX];
	struct db_device *found;
	unsigned max, *count;
};

static bool is_meant(const struct search *search, const struct db_device *device)
{
	OWNED(json) cJSON *hardware = NULL;
	char serial[128] = "", mac[128] = "", clean[DB_SERIAL_MAX];
	struct json in;

	if (strcasecmp(device->id, search->label) == 0 ||
			strcasecmp(device->name, search->label) == 0)
		return true;
	if (json_parse(device->hardware, strlen(device->hardware), &hardware, NULL) < 0)
		return false;
	json_begin(&in, hardware, NULL);
	json_take_all(&in);
	json_text(&in, "serial", 0, serial, sizeof(serial));
	json_text(&in, "mac", 0, mac, sizeof(mac));
	if (json_end(&in) < 0)
		return false;
	admit_clean_serial(serial, clean);
	if (search->serial[0] && strcmp(clean, search->serial) == 0)
		return true;
	admit_clean_mac(mac, clean);
	return search->mac[0] && strcmp(clean, search->mac) == 0;
}

static int look(void *data, const struct db_device *device)
{
	struct search *search = data;

	if (!is_meant(search, device))
		return 0;
	search->found[(*search->count)++] = *device;
	return *search->count == search->max;
}

int swap_find(struct db *db, const char *label, struct db_device *found, unsigned max,
		unsigned *count, struct err *err)
{
	struct search search = {.label = label, .found = found, .max = max, .count = count};
	struct db_device_filter filter = {.site = "",
			.tenant = "",
			.group = "",
			.state = "",
			.search = label,
			.page = {.after = "", .limit = 1000}};
	char trimmed[128];

	*count = 0;
	(void)text_format(trimmed, sizeof(trimmed), "%s", label + strspn(label, " "));
	for (size_t end = strlen(trimmed); end && trimmed[end - 1] == ' ';)
		trimmed[--end] = '\0';
	search.label = filter.search = label = trimmed;
	admit_clean_serial(label, search.serial);
	admit_clean_mac(label, search.mac);
	/* A MAC address is stored with colons, however it was typed. */
	if (search.mac[0])
		filter.search = search.mac;
	int r = db_device_list(db, &filter, look, &search, err);
	if (r < 0 || *count || !search.mac[0])
		return r < 0 ? r : 0;
	filter.search = label;
	r = db_device_list(db, &filter, look, &search, err);
	return r < 0 ? r : 0;
}
