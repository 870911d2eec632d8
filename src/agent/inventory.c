/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/inventory.h"

#include <string.h>

#include "base/own.h"
#include "conf/json.h"

static void put_monitor(cJSON *list, const struct wire_agent_monitor *monitor)
{
	cJSON *one = json_new_object();

	json_put_text(one, "connector", monitor->connector);
	if (monitor->maker[0])
		json_put_text(one, "maker", monitor->maker);
	if (monitor->model[0])
		json_put_text(one, "model", monitor->model);
	if (monitor->serial[0])
		json_put_text(one, "serial", monitor->serial);
	if (monitor->width_mm && monitor->height_mm) {
		json_put_whole(one, "width_mm", monitor->width_mm);
		json_put_whole(one, "height_mm", monitor->height_mm);
	}
	json_put_whole(one, "width", monitor->width);
	json_put_whole(one, "height", monitor->height);
	json_put_whole(one, "refresh_mhz", monitor->refresh_mhz);
	json_put_whole(one, "scale_percent", monitor->scale_percent);
	json_put_whole(one, "rotation", monitor->rotation_degrees);
	json_put_bool(one, "is_primary", monitor->is_primary);
	cJSON_AddItemToArray(list, one);
}

static void put_monitors(cJSON *document, const struct wire_agent_monitors *monitors)
{
	cJSON *list;

	if (!monitors)
		return;
	list = json_put_list(document, "monitors");
	for (uint32_t i = 0; i < monitors->count && i < WIRE_AGENT_MONITORS_MAX; i++)
		put_monitor(list, &monitors->list[i]);
}

/* What a strange machine has too much of goes first: the rest is worth more. */
static void shrink(cJSON *document)
{
	static const char *const parts[] = {
			"usb", "disks", "network", "gpus", "secure_boot", "monitors", "machine"};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		OWNED(memory) char *text = json_print_canonical(document);

		if (strlen(text) <= INVENTORY_SIZE_MAX)
			return;
		cJSON_DeleteItemFromObjectCaseSensitive(document, parts[i]);
	}
}

char *inventory_read(const struct inventory_source *source)
{
	OWNED(json) cJSON *document = json_new_object();

	json_put_whole(document, "format", 1);
	inventory_put_machine(document, source);
	inventory_put_disks(document, source);
	inventory_put_network(document, source->root);
	inventory_put_graphics(document, source->root);
	put_monitors(document, source->monitors);
	inventory_put_usb(document, source->root);
	inventory_put_boot(document, source->root);
	shrink(document);
	return json_print_canonical(document);
}
