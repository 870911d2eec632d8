/* SPDX-License-Identifier: Apache-2.0 */
#include "server/variant.h"

#include <errno.h>

#include "base/text.h"
#include "conf/json.h"
#include "server/layers.h"
#include "server/stack.h"
#include "unit/test.h"

static void begin(struct publish *publish, struct server *server)
{
	struct db_revision about = {.kind = "rollout", .person = "admin"};
	struct err err = {""};

	CHECK_INT(publish_begin(publish, server, &about, &err), 0);
}

static void add_device(struct server *server, const char *id, const char *site)
{
	OWNED(publish) struct publish publish = {0};
	struct db_device device = {.hardware = "{}", .approved_by = "admin"};
	struct err err = {""};

	begin(&publish, server);
	(void)text_copy(device.id, sizeof(device.id), id);
	(void)text_copy(device.name, sizeof(device.name), id);
	(void)text_copy(device.site, sizeof(device.site), site);
	CHECK_INT(db_device_add(server->db, &device, &err), 0);
	CHECK_INT(publish_device(&publish, id, &err), 0);
	CHECK_INT(publish_end(&publish, false, &err), 0);
}

static void place(struct server *server, const struct db_device *device)
{
	OWNED(publish) struct publish publish = {0};
	struct err err = {""};

	begin(&publish, server);
	CHECK_INT(db_device_place(server->db, device, &err), 0);
	CHECK_INT(publish_device(&publish, device->id, &err), 0);
	CHECK_INT(publish_end(&publish, false, &err), 0);
}

/* Merge `patch` into the layer; how many devices changed. */
static int change(struct server *server, const char *scope, const char *config)
{
	OWNED(publish) struct publish publish = {0};
	OWNED(layer_tree) struct layer layer = {0};
	OWNED(json) cJSON *after = NULL;
	struct err err = {""};

	CHECK_INT(json_parse(config, strlen(config), &after, &err), 0);
	CHECK_INT(layer_load(server->db, scope, &layer, &err), 0);
	begin(&publish, server);
	CHECK_INT(layer_store(&publish, &layer, after, &err), 0);
	CHECK_INT(publish_end(&publish, false, &err), 0);
	return (int)publish_count(&publish);
}

/* A value of a device's effective config as JSON text, in `text`. */
static const char *value(struct server *server, const char *id, const char *pointer)
{
	static char text[256];
	OWNED(stack) struct stack stack = {0};
	struct db_device device;
	struct err err = {""};

	CHECK_INT(db_device_get(server->db, id, &device, &err), 0);
	CHECK_INT(stack_load(server->db, &device, &stack, &err), 0);
	OWNED(json) cJSON *effective = stack_merge(&stack);
	const cJSON *there = json_at(effective, pointer);
	OWNED(memory) char *printed = there ? json_print(there) : NULL;
	(void)text_copy(text, sizeof(text), printed ? printed : "-");
	return text;
}

static int open_variant(struct server *server, const char *id, const char *scope, const char *patch,
		struct err *err)
{
	OWNED(publish) struct publish publish = {0};
	OWNED(json) cJSON *tree = NULL;

	CHECK_INT(json_parse(patch, strlen(patch), &tree, err), 0);
	begin(&publish, server);
	int r = variant_open(&publish, id, scope, tree, err);
	return r < 0 ? r : publish_end(&publish, false, err);
}

static int give(struct server *server, const char *id, const char *device)
{
	OWNED(publish) struct publish publish = {0};
	struct err err = {""};
	char slot[DB_ID_MAX] = "";

	(void)text_copy(slot, sizeof(slot), device);
	begin(&publish, server);
	CHECK_INT(variant_give(&publish, id, slot, 1, &err), 0);
	CHECK_INT(publish_end(&publish, false, &err), 0);
	return (int)publish_count(&publish);
}

static int close_variant(struct server *server, const char *id, enum variant_end end)
{
	OWNED(publish) struct publish publish = {0};
	struct err err = {""};

	begin(&publish, server);
	CHECK_INT(variant_close(&publish, id, end, &err), 0);
	CHECK_INT(publish_end(&publish, false, &err), 0);
	return (int)publish_count(&publish);
}

static void members(struct server *server)
{
	struct err err = {""};

	CHECK_INT(change(server, "site/Harbour", "{\"helpdesk\":{\"phone\":\"1\"}}"), 2);
	CHECK_INT(open_variant(server, "v", "site/Harbour",
				  "{\"helpdesk\":{\"phone\":\"2\",\"text\":\"t\"}}", &err),
			0);
	CHECK_TEXT(value(server, "a", "/helpdesk/phone"), "\"1\"");
	CHECK_INT(give(server, "v", "a"), 1);
	CHECK_INT(give(server, "v", "a"), 0);
	CHECK_TEXT(value(server, "a", "/helpdesk/phone"), "\"2\"");
	CHECK_TEXT(value(server, "b", "/helpdesk/phone"), "\"1\"");
	CHECK_INT(give(server, "v", "c"), 0);
	CHECK_TEXT(value(server, "c", "/helpdesk/phone"), "-");
	CHECK_INT(change(server, "site/Harbour",
				  "{\"helpdesk\":{\"phone\":\"1\"},\"keyboard\":{\"layout\":"
				  "\"no\"}}"),
			2);
	CHECK_TEXT(value(server, "a", "/helpdesk/phone"), "\"2\"");
	CHECK_TEXT(value(server, "a", "/keyboard/layout"), "\"no\"");
}

/* A value that is taken out of the layer shows the one below it, not nothing. */
static void removal(struct server *server)
{
	struct err err = {""};

	CHECK_INT(change(server, "organisation", "{\"display\":{\"scale_percent\":100}}"), 3);
	CHECK_INT(change(server, "group/G", "{\"display\":{\"scale_percent\":150}}"), 1);
	CHECK_INT(open_variant(server, "w", "group/G", "{\"display\":{\"scale_percent\":null}}",
				  &err),
			0);
	CHECK_INT(give(server, "w", "b"), 1);
	CHECK_TEXT(value(server, "b", "/display/scale_percent"), "100");
	CHECK_INT(close_variant(server, "w", VARIANT_AWAY), 1);
	CHECK_TEXT(value(server, "b", "/display/scale_percent"), "150");
}

static void refusals(struct server *server)
{
	static const struct {
		const char *scope, *patch;
		int result;
	} table[] = {
			{"site/Harbour", "{\"helpdesk\":{\"phone\":\"3\"}}", -EBUSY},
			{"site/Harbour", "{\"helpdesk\":null}", -EBUSY},
			{"site/Harbour", "{\"helpdesk\":{\"show\":true}}", 0},
			{"organisation", "{\"helpdesk\":{\"phone\":\"3\"}}", 0},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		OWNED(json) cJSON *patch = NULL;
		struct err err = {""};

		CHECK_INT(json_parse(table[i].patch, strlen(table[i].patch), &patch, &err), 0);
		CHECK_INT(variant_check(server->db, table[i].scope, patch, &err), table[i].result);
		if (table[i].result < 0) {
			CHECK_HAS(err.text, "helpdesk");
			CHECK_INT(open_variant(server, "x", table[i].scope, table[i].patch, &err),
					-EBUSY);
		}
	}
}

static void ends(struct server *server)
{
	OWNED(layer_tree) struct layer layer = {0};
	OWNED(json) cJSON *after = NULL;
	struct err err = {""};

	CHECK_INT(variant_after(server->db, "v", &after, &err), 0);
	CHECK_INT(close_variant(server, "v", VARIANT_INTO_LAYER), 1); /* b; a had it already */
	CHECK_TEXT(value(server, "a", "/helpdesk/phone"), "\"2\"");
	CHECK_TEXT(value(server, "b", "/helpdesk/phone"), "\"2\"");
	CHECK_TEXT(value(server, "b", "/keyboard/layout"), "\"no\"");
	CHECK_INT(layer_load(server->db, "site/Harbour", &layer, &err), 0);
	CHECK(cJSON_Compare(layer.config, after, 1));
	CHECK_INT(variant_after(server->db, "v", &layer.config, &err), -ENOENT);
}

static void move(struct server *server, const char *id, const char *groups)
{
	struct db_device device;
	struct err err = {""};

	CHECK_INT(db_device_get(server->db, id, &device, &err), 0);
	device.site[0] = '\0';
	(void)text_copy(device.groups, sizeof(device.groups), groups);
	place(server, &device);
}

/* Two devices under the same layers that say anything, with the same variant: one has its layer. */
static void moved_device(struct server *server)
{
	struct err err = {""};

	move(server, "a", "H\n");
	move(server, "c", "H\n");
	CHECK_INT(open_variant(server, "z", "group/H", "{\"keyboard\":{\"layout\":\"dk\"}}", &err),
			0);
	CHECK_INT(give(server, "z", "a"), 1);
	CHECK_INT(give(server, "z", "c"), 1);
	move(server, "c", "");
	(void)change(server, "organisation", "{\"keyboard\":{\"layout\":\"fi\"}}");
	CHECK_INT(change(server, "organisation", "{\"keyboard\":{\"layout\":\"se\"}}"), 1);
	CHECK_TEXT(value(server, "a", "/keyboard/layout"), "\"dk\"");
	CHECK_TEXT(value(server, "c", "/keyboard/layout"), "\"se\"");
	CHECK_INT(close_variant(server, "z", VARIANT_AWAY), 1);
}

static void removed_device(struct server *server)
{
	struct err err = {""};

	CHECK_INT(open_variant(server, "y", "organisation", "{\"keyboard\":{\"layout\":\"dk\"}}",
				  &err),
			0);
	CHECK_INT(give(server, "y", "c"), 1);
	CHECK_INT(db_device_remove(server->db, "c", &err), 0);
	CHECK_INT(close_variant(server, "y", VARIANT_AWAY), 0);
}

int main(void)
{
	struct server server = {.loop = loop_create()};
	struct err err = {""};

	server.wheel = wheel_create(server.loop);
	server.park = park_create(server.wheel);
	server.config_key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	if (db_open(":memory:", &server.db, &err) < 0 ||
			db_place_put(server.db, DB_SITE, "Harbour", "", &err) < 0 ||
			db_place_put(server.db, DB_GROUP, "G", "", &err) < 0 ||
			db_place_put(server.db, DB_GROUP, "H", "", &err) < 0 ||
			fleet_open(&server, &server.fleet, &err) < 0) {
		printf("%s\n0 passed, 1 failed\n", err.text);
		return 1;
	}
	add_device(&server, "a", "Harbour");
	add_device(&server, "b", "Harbour");
	add_device(&server, "c", "");
	struct db_device b;
	CHECK_INT(db_device_get(server.db, "b", &b, &err), 0);
	(void)text_copy(b.groups, sizeof(b.groups), "G\n");
	place(&server, &b);

	TEST("a variant is what its devices have, and what else changes in the layer reaches "
	     "them") {
		members(&server);
	}
	TEST("a value that a variant takes out shows the layer below") {
		removal(&server);
	}
	TEST("two changes of the same value at a time are refused with its path") {
		refusals(&server);
	}
	TEST("a variant that becomes the layer's changes only those that did not have it") {
		ends(&server);
	}
	TEST("a device that was moved from a variant's layer gets what its layers say") {
		moved_device(&server);
	}
	TEST("a device that is removed leaves its variants") {
		removed_device(&server);
	}
	fleet_close(server.fleet);
	db_close(server.db);
	EVP_PKEY_free(server.config_key);
	park_destroy(server.park);
	wheel_destroy(server.wheel);
	loop_destroy(server.loop);
	TEST_END();
}
