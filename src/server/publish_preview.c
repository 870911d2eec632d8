/* SPDX-License-Identifier: Apache-2.0 */
/* What an open publish changes, value by value: the documents that it replaces, by those it makes. */
#include <string.h>

#include "conf/json.h"
#include "server/effective.h"
#include "server/publish_work.h"

static void add_pair(struct publish *publish, const struct fleet_class *class)
{
	struct fleet *fleet = publish->server->fleet;
	OWNED(json) cJSON *before = fleet_document(fleet, class, NULL, false);
	OWNED(json) cJSON *after = fleet_document(fleet, class, NULL, true);

	effective_show(before);
	effective_show(after);
	preview_pair(&publish->preview, class->effective, class->then, before, after);
}

static void preview_class(struct publish *publish, const struct fleet_class *class)
{
	size_t count = 0;

	for (const struct fleet_device *device = class->devices; device; device = device->next)
		count += !device->is_alone && !device->change;
	if (count && preview_count(&publish->preview, class->effective, class->then, count))
		add_pair(publish, class);
}

static bool is_moved(const struct fleet_change *change)
{
	const struct fleet_device *device = change->device;

	return strcmp(device->name, change->name) != 0 ||
	       strcmp(device->class->site, change->class->site) != 0 ||
	       strcmp(device->class->tenant, change->class->tenant) != 0;
}

/* Of one device; finished when it has a new name or place, so that this is seen. */
static void preview_change(struct publish *publish, const struct fleet_change *change)
{
	struct fleet *fleet = publish->server->fleet;
	const struct fleet_device *device = change->device;
	struct db_device facts;
	OWNED(json)
	cJSON *before = fleet_document(fleet, device->class,
			device->is_alone ? device->layer : NULL, false);
	OWNED(json)
	cJSON *after = fleet_document(fleet, change->class, change->is_alone ? change->layer : NULL,
			true);

	if (is_moved(change)) {
		cJSON_Delete(own_take(before));
		fleet_facts(change->class, device->id, change->name, &facts);
		if (effective_of(fleet, device, TEMPLATE_SHOWN, &before, NULL) < 0 ||
				effective_finish(publish->server, &facts, TEMPLATE_SHOWN, after,
						NULL) < 0)
			return;
	} else {
		effective_show(before);
		effective_show(after);
	}
	preview_one(&publish->preview, before, after);
}

void publish_preview(struct publish *publish)
{
	for (unsigned i = 0; i < publish_classes(publish); i++)
		if (publish_class_at(publish, i)->is_changed)
			preview_class(publish, publish_class_at(publish, i));
	for (unsigned i = 0; i < publish_changes(publish); i++)
		if (publish_change_at(publish, i)->is_changed &&
				publish_change_at(publish, i)->device->class)
			preview_change(publish, publish_change_at(publish, i));
}
