/* SPDX-License-Identifier: Apache-2.0 */
/* What an open publish changes, value by value: the documents that it replaces, by those it makes. */
#include <string.h>

#include "conf/json.h"
#include "conf/parse.h"
#include "server/effective.h"
#include "server/publish_work.h"

/* Room for parsing, so that thousands of documents need it once. */
struct reading {
	struct publish *publish;
	struct conf had, gets;
};

/* The config as one device has it; NULL: not to be known without what is secret in it. */
static const struct conf *read_conf(struct publish *publish, const cJSON *document,
		struct db_device *facts, struct conf *room)
{
	OWNED(json) cJSON *finished = json_copy(document);

	if (effective_finish(publish->server, facts, TEMPLATE_SHOWN, finished, NULL) < 0 ||
			conf_parse(finished, room, NULL) < 0)
		return NULL;
	return room;
}

/* Documents before they are finished; facts of a device that goes from the one to the other. */
static struct preview_pair read_pair(struct reading *reading, cJSON *before, cJSON *after,
		struct db_device *facts_before, struct db_device *facts_after)
{
	struct preview_pair pair = {.before = before, .after = after};

	pair.had = read_conf(reading->publish, before, facts_before, &reading->had);
	pair.gets = read_conf(reading->publish, after, facts_after, &reading->gets);
	effective_show(before);
	effective_show(after);
	return pair;
}

static void add_pair(struct reading *reading, const struct fleet_class *class,
		const struct fleet_device *device)
{
	struct publish *publish = reading->publish;
	struct fleet *fleet = publish->server->fleet;
	OWNED(json) cJSON *before = fleet_document(fleet, class, NULL, false);
	OWNED(json) cJSON *after = fleet_document(fleet, class, NULL, true);
	struct db_device facts;

	fleet_facts(class, device->id, device->name, &facts);
	struct preview_pair pair = read_pair(reading, before, after, &facts, &facts);
	preview_pair(&publish->preview, class->effective, class->then, &pair);
}

static void preview_class(struct reading *reading, const struct fleet_class *class)
{
	const struct fleet_device *one = NULL;
	size_t count = 0;

	for (const struct fleet_device *device = class->devices; device; device = device->next) {
		if (device->is_alone || device->change)
			continue;
		one = device;
		count++;
	}
	if (one && preview_count(&reading->publish->preview, class->effective, class->then, count))
		add_pair(reading, class, one);
}

static bool is_moved(const struct fleet_change *change)
{
	const struct fleet_device *device = change->device;

	return strcmp(device->name, change->name) != 0 ||
	       strcmp(device->class->site, change->class->site) != 0 ||
	       strcmp(device->class->tenant, change->class->tenant) != 0;
}

/* Of one device; finished when it has a new name or place, so that this is seen. */
static void preview_change(struct reading *reading, const struct fleet_change *change)
{
	struct publish *publish = reading->publish;
	struct fleet *fleet = publish->server->fleet;
	const struct fleet_device *device = change->device;
	struct db_device was, is;
	OWNED(json)
	cJSON *before = fleet_document(fleet, device->class,
			device->is_alone ? device->layer : NULL, false);
	OWNED(json)
	cJSON *after = fleet_document(fleet, change->class, change->is_alone ? change->layer : NULL,
			true);

	fleet_facts(device->class, device->id, device->name, &was);
	fleet_facts(change->class, device->id, change->name, &is);
	if (is_moved(change) && (effective_finish(publish->server, &was, TEMPLATE_SHOWN, before,
						 NULL) < 0 ||
						effective_finish(publish->server, &is,
								TEMPLATE_SHOWN, after, NULL) < 0))
		return;
	struct preview_pair pair = read_pair(reading, before, after, &was, &is);
	preview_one(&publish->preview, &pair);
}

void publish_preview(struct publish *publish)
{
	OWNED(memory) struct reading *reading = own_alloc(sizeof(*reading));

	reading->publish = publish;
	for (unsigned i = 0; i < publish_classes(publish); i++)
		if (publish_class_at(publish, i)->is_changed)
			preview_class(reading, publish_class_at(publish, i));
	for (unsigned i = 0; i < publish_changes(publish); i++) {
		const struct fleet_change *change = publish_change_at(publish, i);

		if (change->is_changed && change->device->class)
			preview_change(reading, change);
	}
}
