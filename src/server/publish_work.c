/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A publish stages layers in the layer cache, marks classes, and keeps one change for each device
 * that is looked at by itself: those that are new, moved or gone, and those computed alone. A
 * marked class stands for all its other devices. Nothing in the fleet is changed before the commit.
 */
#include "server/publish_work.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "conf/expand.h"
#include "conf/json.h"
#include "server/effective.h"

struct document {
	bool is_known;
	unsigned uses; /* CONF_USES_...: when any, no two classes are sure to share it */
	uint8_t hash[DB_HASH];
};

static struct fleet *fleet_of(const struct publish *publish)
{
	return publish->server->fleet;
}

static int mark(struct publish *publish, struct fleet_class *class)
{
	if (class->is_marked)
		return 0;
	class->is_marked = true;
	return array_append(&publish->classes, &class, sizeof(struct fleet_class *));
}

/* The change of a device, made as nothing changed yet. */
static int change_of(struct publish *publish, struct fleet_device *device,
		struct fleet_change **ret)
{
	int r = 0;

	if (!device->change) {
		struct fleet_change *change = own_alloc(sizeof(*change));

		*change = (struct fleet_change){
				.device = device,
				.is_alone = device->is_alone,
				.class = device->class,
				.layer = device->layer,
		};
		if (device->class) {
			memcpy(change->certificate, device->certificate, DB_HASH);
			(void)text_copy(change->name, sizeof(change->name), device->name);
		}
		device->change = change;
		r = array_append(&publish->changes, &change, sizeof(struct fleet_change *));
	}
	*ret = device->change;
	return r;
}

/* A device that would get this document. */
static int check(struct publish *publish, const struct fleet_class *class, const char *id,
		const char *name, const cJSON *document, struct err *err)
{
	struct db_device facts;

	fleet_facts(class, id, name, &facts);
	int r = effective_check(publish->server, &facts, document, err);
	if (r == -EBADMSG)
		memcpy(publish->bad_device, id, DB_ID_MAX);
	return r;
}

/* Texts that are others on each device are checked on each. */
static int compute_document(struct publish *publish, const struct fleet_class *class,
		const char *id, const char *name, struct document *document, struct err *err)
{
	OWNED(json) cJSON *tree = fleet_document(fleet_of(publish), class, NULL, true);
	const struct fleet_device *device = class->devices;
	struct db_device facts;
	int r = check(publish, class, id, name, tree, err);

	document->uses = effective_uses(tree);
	for (; r == 0 && device && (document->uses & CONF_USES_DEVICE); device = device->next)
		if (!device->is_alone && !device->change)
			r = check(publish, class, device->id, device->name, tree, err);
	fleet_facts(class, "", "", &facts);
	effective_hash(publish->server, &facts, tree, document->hash);
	document->is_known = true;
	return r;
}

/* Compute and check a class's document, as long as it is not known already; for one of its devices. */
static int compute_class(struct publish *publish, struct fleet_class *class, const char *id,
		const char *name, struct err *err)
{
	struct fleet *fleet = fleet_of(publish);
	const void *inputs[FLEET_INPUTS_MAX];
	unsigned count = fleet_class_inputs(fleet, class, true, inputs);
	struct lookup_entry *entry =
			lookup_get(&publish->documents, inputs, count * sizeof(inputs[0]));
	struct document *document = entry->value;

	int r = 0;

	if (!document)
		entry->value = document = own_alloc(sizeof(*document));
	if (!document->is_known || document->uses)
		r = compute_document(publish, class, id, name, document, err);
	if (r < 0)
		return r;
	memcpy(class->then, document->hash, DB_HASH);
	class->uses = document->uses;
	class->is_computed = true;
	return 0;
}

/* One of the class's shared devices as it is now. */
static const struct fleet_device *one_of(const struct fleet_class *class)
{
	const struct fleet_device *device = class->devices;

	while (device && device->is_alone)
		device = device->next;
	return device;
}

static int compute_marked(struct publish *publish, struct fleet_class *class, struct err *err)
{
	const struct fleet_device *device = one_of(class);

	if (!device || class->is_computed)
		return 0;
	return compute_class(publish, class, device->id, device->name, err);
}

static int compute_alone(struct publish *publish, struct fleet_change *change, struct err *err)
{
	const char *id = change->device->id;
	OWNED(json)
	cJSON *tree = fleet_document(fleet_of(publish), change->class, change->layer, true);
	struct db_device facts;
	int r = check(publish, change->class, id, change->name, tree, err);

	change->uses = effective_uses(tree);
	fleet_facts(change->class, id, change->name, &facts);
	if (r == 0)
		effective_hash(publish->server, &facts, tree, change->effective);
	return r;
}

static int compute_shared(struct publish *publish, struct fleet_change *change, struct err *err)
{
	struct fleet_class *class = change->class;
	const char *id = change->device->id;
	bool is_new = !class->is_computed;
	int r = is_new ? compute_class(publish, class, id, change->name, err) : 0;

	if (r == 0 && !is_new && (class->uses & CONF_USES_DEVICE)) {
		OWNED(json) cJSON *tree = fleet_document(fleet_of(publish), class, NULL, true);

		r = check(publish, class, id, change->name, tree, err);
	}
	if (r == 0)
		r = mark(publish, class);
	change->uses = class->uses;
	memcpy(change->effective, class->then, DB_HASH);
	return r;
}

static int compute_change(struct publish *publish, struct fleet_change *change, struct err *err)
{
	struct fleet *fleet = fleet_of(publish);
	const char *id = change->device->id;
	int r = 0;

	if (change->is_gone || change->is_computed)
		return 0;
	change->layer = fleet_own_layer(fleet, change->class, id);
	change->is_alone = fleet_is_alone(change->class, change->layer, true);
	r = change->is_alone ? compute_alone(publish, change, err)
	                     : compute_shared(publish, change, err);
	change->is_computed = r == 0;
	return r;
}

static int stage(struct publish *publish, struct cached_layer *layer, struct err *err)
{
	struct layer_cache *cache = fleet_layers(fleet_of(publish));
	int r = layer_cache_stage(cache, publish->server->db, layer, err);

	/* What was computed before may be different now. */
	lookup_finish(&publish->documents);
	for (unsigned i = 0; i < publish_classes(publish); i++)
		publish_class_at(publish, i)->is_computed = false;
	for (unsigned i = 0; i < publish_changes(publish); i++)
		publish_change_at(publish, i)->is_computed = false;
	return r;
}

static struct cached_layer *own_layer(struct publish *publish, const char *id)
{
	char scope[DB_SCOPE_MAX];

	(void)text_format(scope, sizeof(scope), "device/%s", id);
	return layer_cache_get(fleet_layers(fleet_of(publish)), scope);
}

int publish_device(struct publish *publish, const char *id, struct err *err)
{
	struct fleet *fleet = fleet_of(publish);
	struct db_fleet_device row;
	struct fleet_change *change;
	int r = db_fleet_get(publish->server->db, id, &row, err);
	bool is_gone = r == -ENOENT;

	if (r < 0 && !is_gone)
		return r;
	if (is_gone && !fleet_find(fleet, id))
		return 0;
	r = change_of(publish, fleet_reserve(fleet, id), &change);
	if (r < 0)
		return r;
	change->is_computed = false;
	change->is_gone = is_gone;
	if (is_gone)
		return stage(publish, own_layer(publish, id), err);
	(void)text_copy(change->name, sizeof(change->name), row.name);
	memcpy(change->certificate, row.certificate, DB_HASH);
	return fleet_class_of(fleet, &row, &change->class, err);
}

static int below_device(struct publish *publish, const char *id, struct err *err)
{
	struct fleet_device *device = fleet_find(fleet_of(publish), id);
	struct fleet_change *change;

	if (!device)
		return 0;
	int r = change_of(publish, device, &change);
	change->is_computed = false;
	return r < 0 ? r : compute_change(publish, change, err);
}

static int below_class(struct publish *publish, struct fleet_class *class, struct err *err)
{
	struct fleet_change *change;
	int r = mark(publish, class);

	if (r == 0)
		r = compute_marked(publish, class, err);
	for (struct fleet_device *device = class->devices; device && r == 0;
			device = device->next) {
		if (!device->is_alone)
			continue;
		r = change_of(publish, device, &change);
		if (r == 0)
			r = compute_change(publish, change, err);
	}
	return r;
}

int publish_below(struct publish *publish, const char *scope, struct err *err)
{
	struct fleet *fleet = fleet_of(publish);
	struct cached_layer *layer = layer_cache_get(fleet_layers(fleet), scope);
	int r = stage(publish, layer, err);

	if (r == 0)
		r = layer_cache_stage_parts(fleet_layers(fleet), publish->server->db, err);
	if (r == 0 && strncmp(scope, "device/", 7) == 0)
		return below_device(publish, scope + 7, err);
	for (struct fleet_class *class = fleet_class_next(fleet, NULL); class && r == 0;
			class = fleet_class_next(fleet, class))
		if (class->count && fleet_class_has(class, layer))
			r = below_class(publish, class, err);
	return r;
}

static int stage_class(struct publish *publish, struct fleet_class *class)
{
	struct fleet_change *change;
	int r = mark(publish, class);

	for (struct fleet_device *device = class->devices; device && r == 0; device = device->next)
		if (device->is_alone)
			r = change_of(publish, device, &change);
	return r;
}

int publish_stage(struct publish *publish, const char *scope, struct err *err)
{
	struct fleet *fleet = fleet_of(publish);
	struct cached_layer *layer = layer_cache_get(fleet_layers(fleet), scope);
	bool is_device = strncmp(scope, "device/", 7) == 0;
	struct fleet_device *device = is_device ? fleet_find(fleet, scope + 7) : NULL;
	struct fleet_change *change;
	int r = stage(publish, layer, err);

	if (r == 0)
		r = layer_cache_stage_parts(fleet_layers(fleet), publish->server->db, err);
	if (r == 0 && device)
		r = change_of(publish, device, &change);
	if (r < 0 || is_device)
		return r;
	for (struct fleet_class *class = fleet_class_next(fleet, NULL); class && r == 0;
			class = fleet_class_next(fleet, class))
		if (class->count && fleet_class_has(class, layer))
			r = stage_class(publish, class);
	return r;
}

/* --- who changed */

/* Keeps the PUBLISH_SHOWN_MAX first ids in their order. */
static void show(struct publish *publish, const char *id)
{
	struct array *shown = &publish->shown;
	char(*ids)[DB_ID_MAX] = (char(*)[DB_ID_MAX])(void *)shown->data;
	unsigned count = publish_shown(publish), at = count;

	publish->count++;
	if (count == PUBLISH_SHOWN_MAX && strcmp(id, ids[count - 1]) > 0)
		return;
	if (count < PUBLISH_SHOWN_MAX) {
		char empty[DB_ID_MAX] = "";

		(void)array_append(shown, empty, sizeof(empty));
		ids = (char(*)[DB_ID_MAX])(void *)shown->data;
	} else {
		at--;
	}
	while (at > 0 && strcmp(id, ids[at - 1]) < 0) {
		memcpy(ids[at], ids[at - 1], DB_ID_MAX);
		at--;
	}
	memcpy(ids[at], id, DB_ID_MAX);
}

/* Hash of the document that the device has now. */
static const uint8_t *effective_now(const struct fleet_device *device)
{
	return device->is_alone ? device->effective : device->class->effective;
}

/* What is put into the document may have changed where the document itself has not. */
static int differs_finished(struct publish *publish, const struct fleet_change *change, bool *ret,
		struct err *err)
{
	struct fleet *fleet = fleet_of(publish);
	const struct fleet_device *device = change->device;
	struct db_device facts;
	OWNED(json) cJSON *before = NULL;
	OWNED(json)
	cJSON *after = fleet_document(fleet, change->class, change->is_alone ? change->layer : NULL,
			true);
	int r = effective_of(fleet, device, TEMPLATE_MARKED, &before, err);

	fleet_facts(change->class, device->id, change->name, &facts);
	if (r == 0)
		r = effective_finish(publish->server, &facts, TEMPLATE_MARKED, after, err);
	if (r < 0)
		return r;
	OWNED(memory) char *before_text = json_print(before);
	OWNED(memory) char *after_text = json_print(after);
	*ret = strcmp(before_text, after_text) != 0;
	return 0;
}

static int judge(struct publish *publish, struct fleet_change *change, struct err *err)
{
	const struct fleet_device *device = change->device;
	int r = 0;

	if (!device->class) {
		change->is_changed = true;
	} else if (memcmp(effective_now(device), change->effective, DB_HASH) != 0) {
		change->is_changed = true;
	} else if (strcmp(device->name, change->name) != 0 ||
			strcmp(device->class->site, change->class->site) != 0 ||
			strcmp(device->class->tenant, change->class->tenant) != 0) {
		r = differs_finished(publish, change, &change->is_changed, err);
	} else if (change->uses &
			CONF_USES_DEVICE) { /* another machine has another serial number */
		change->is_changed = memcmp(device->certificate, change->certificate, DB_HASH) != 0;
	}
	change->own = change->is_changed ? publish->about.revision : fleet_revision(device);
	change->joined = publish->about.revision;
	if (change->is_changed)
		show(publish, device->id);
	return r;
}

static void show_class(struct publish *publish, const struct fleet_class *class)
{
	for (const struct fleet_device *device = class->devices; device; device = device->next)
		if (!device->is_alone && !device->change)
			show(publish, device->id);
}

/* Shared devices of the class once this is committed. */
static size_t shared_then(const struct fleet_class *class)
{
	return (size_t)((int64_t)class->shared + class->joining);
}

/* What classes win and lose by the devices that move. */
static int count_moves(struct publish *publish)
{
	int r = 0;

	for (unsigned i = 0; i < publish_changes(publish) && r == 0; i++) {
		struct fleet_change *change = publish_change_at(publish, i);
		struct fleet_device *device = change->device;

		if (device->class && !device->is_alone) {
			device->class->joining--;
			r = mark(publish, device->class);
		}
		if (r == 0 && !change->is_gone && !change->is_alone) {
			change->class->joining++;
			r = mark(publish, change->class);
		}
	}
	return r;
}

int publish_settle(struct publish *publish, struct err *err)
{
	int r = 0;

	for (unsigned i = 0; i < publish_changes(publish) && r == 0; i++)
		r = compute_change(publish, publish_change_at(publish, i), err);
	for (unsigned i = 0; i < publish_classes(publish) && r == 0; i++)
		r = compute_marked(publish, publish_class_at(publish, i), err);
	if (r == 0)
		r = count_moves(publish);
	for (unsigned i = 0; i < publish_classes(publish) && r == 0; i++) {
		struct fleet_class *class = publish_class_at(publish, i);

		class->is_changed = class->is_computed && class->shared > 0 &&
		                    memcmp(class->then, class->effective, DB_HASH) != 0;
		if (class->is_changed)
			show_class(publish, class);
	}
	for (unsigned i = 0; i < publish_changes(publish) && r == 0; i++)
		if (!publish_change_at(publish, i)->is_gone)
			r = judge(publish, publish_change_at(publish, i), err);
	return r;
}

/* --- the end */

static int write_class(struct publish *publish, const struct fleet_class *class, struct err *err)
{
	struct db *db = publish->server->db;
	struct db_class row = {.id = class->id, .revision = publish->about.revision};

	if (shared_then(class) == 0)
		return class->shared ? db_class_remove(db, class->id, err) : 0;
	if (class->shared && !class->is_changed)
		return 0;
	memcpy(row.effective, class->then, DB_HASH);
	return db_class_put(db, &row, err);
}

static int write_change(struct publish *publish, const struct fleet_change *change, struct err *err)
{
	struct db *db = publish->server->db;
	struct db_fleet_device row = {.own = change->own, .joined = change->joined};

	if (change->is_gone)
		return db_fleet_put_gone(db, change->device->id, publish->about.revision, err);
	memcpy(row.id, change->device->id, sizeof(row.id));
	if (change->is_alone)
		memcpy(row.effective, change->effective, DB_HASH);
	else
		row.class_id = change->class->id;
	return db_fleet_put(db, &row, publish->about.revision, err);
}

int publish_write(struct publish *publish, struct err *err)
{
	struct db *db = publish->server->db;
	int64_t revision = publish->about.revision;
	int r = db_revision_devices(db, revision, publish_count(publish), err);

	for (unsigned i = 0; i < publish_classes(publish) && r == 0; i++)
		r = write_class(publish, publish_class_at(publish, i), err);
	for (unsigned i = 0; i < publish_changes(publish) && r == 0; i++)
		r = write_change(publish, publish_change_at(publish, i), err);
	for (unsigned i = 0; i < publish_shown(publish) && r == 0; i++)
		r = db_revision_put_device(db, revision, publish_changed(publish, i), err);
	return r;
}

static void apply_class(struct publish *publish, struct fleet_class *class)
{
	if (!class->is_changed && class->shared)
		return;
	class->revision = publish->about.revision;
	memcpy(class->effective, class->then, DB_HASH);
}

static void apply_change(struct publish *publish, struct fleet_change *change)
{
	struct fleet_device *device = change->device;

	device->change = NULL;
	if (change->is_gone) {
		fleet_wake(publish->server, device);
		fleet_forget(fleet_of(publish), device);
		return;
	}
	memcpy(device->certificate, change->certificate, DB_HASH);
	fleet_set_name(device, change->name);
	device->own = change->own;
	device->joined = change->joined;
	device->layer = change->layer;
	fleet_set_effective(device, change->is_alone ? change->effective : NULL);
	fleet_join(device, change->class, change->is_alone);
	if (change->is_changed)
		fleet_wake(publish->server, device);
}

/* The marks go away; what was kept for them, too. */
static void end(struct publish *publish)
{
	struct fleet *fleet = fleet_of(publish);

	for (unsigned i = 0; i < publish_classes(publish); i++) {
		struct fleet_class *class = publish_class_at(publish, i);

		class->is_marked = class->is_computed = class->is_changed = false;
		class->joining = 0;
	}
	for (unsigned i = 0; i < publish_changes(publish); i++)
		free(publish_change_at(publish, i));
	array_finish(&publish->changes);
	array_finish(&publish->classes);
	lookup_finish(&publish->documents);
	fleet_classes_sweep(fleet);
}

void publish_apply(struct publish *publish)
{
	struct fleet *fleet = fleet_of(publish);

	layer_cache_commit(fleet_layers(fleet));
	for (unsigned i = 0; i < publish_classes(publish); i++) {
		struct fleet_class *class = publish_class_at(publish, i);

		apply_class(publish, class);
		if (class->is_changed)
			fleet_wake_class(fleet, class);
	}
	for (unsigned i = 0; i < publish_changes(publish); i++)
		apply_change(publish, publish_change_at(publish, i));
	fleet_set_known(fleet, publish->about.revision);
	end(publish);
}

void publish_forget(struct publish *publish)
{
	struct fleet *fleet = fleet_of(publish);

	layer_cache_rollback(fleet_layers(fleet));
	for (unsigned i = 0; i < publish_changes(publish); i++) {
		struct fleet_device *device = publish_change_at(publish, i)->device;

		device->change = NULL;
		if (!device->class)
			fleet_forget(fleet, device);
	}
	end(publish);
}
