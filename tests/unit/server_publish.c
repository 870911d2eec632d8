/* SPDX-License-Identifier: Apache-2.0 */
#include "server/publish.h"

#include <errno.h>

#include "base/text.h"
#include "conf/json.h"
#include "conf/signed.h"
#include "server/keys.h"
#include "server/layers.h"
#include "unit/test.h"

static void add_device(struct server *server, const char *id, const char *site)
{
	OWNED(publish) struct publish publish = {0};
	struct db_revision about = {.kind = "approve", .person = "admin"};
	struct db_device device = {.hardware = "{}", .approved_by = "admin"};
	struct err err = {""};

	(void)text_copy(device.id, sizeof(device.id), id);
	(void)text_copy(device.name, sizeof(device.name), id);
	(void)text_copy(device.site, sizeof(device.site), site);
	CHECK_INT(publish_begin(&publish, server, &about, &err), 0);
	CHECK_INT(db_device_add(server->db, &device, &err), 0);
	CHECK_INT(publish_device(&publish, id, &err), 0);
	CHECK_INT(publish_end(&publish, false, &err), 0);
	CHECK_INT(publish_count(&publish), 1);
}

/* Make `config` the layer's document; how many devices changed, or the error. */
static int store(struct server *server, const char *scope, const char *config, bool is_dry,
		struct err *err)
{
	OWNED(publish) struct publish publish = {0};
	OWNED(layer_tree) struct layer layer = {0};
	OWNED(json) cJSON *after = NULL;
	struct db_revision about = {.kind = "layer", .person = "admin"};
	int r = json_parse(config, strlen(config), &after, err);

	if (r == 0)
		r = layer_load(server->db, scope, &layer, err);
	if (r == 0)
		r = publish_begin(&publish, server, &about, err);
	if (r == 0)
		r = layer_store(&publish, &layer, after, err);
	if (r == 0)
		r = publish_end(&publish, is_dry, err);
	return r < 0 ? r : (int)publish_count(&publish);
}

static int64_t revision_of(struct server *server, const char *id)
{
	struct db_device device;

	CHECK_INT(db_device_get(server->db, id, &device, NULL), 0);
	return device.revision;
}

static void wake(void *data)
{
	++*(int *)data;
}

static void scopes(struct server *server)
{
	struct err err = {""};
	int64_t a = revision_of(server, "a"), c = revision_of(server, "c");

	CHECK_INT(store(server, "organisation", "{\"helpdesk\":{\"phone\":\"1\"}}", false, &err),
			3);
	CHECK_INT(store(server, "site/Harbour", "{\"helpdesk\":{\"phone\":\"2\"}}", false, &err),
			2);
	CHECK(revision_of(server, "a") > a);
	c = revision_of(server, "c");
	CHECK_INT(store(server, "site/Harbour", "{\"helpdesk\":{\"phone\":\"3\"}}", false, &err),
			2);
	CHECK_INT(revision_of(server, "c"), c);
	CHECK_INT(store(server, "device/a", "{\"helpdesk\":{\"phone\":\"3\"}}", false, &err), 0);
	CHECK_INT(store(server, "organisation", "{\"helpdesk\":{\"phone\":\"9\"}}", false, &err),
			1);
}

static void envelope(struct server *server)
{
	static struct conf_signed opened;
	struct conf_expected expected = {.device = "a", .revision = 0};
	struct db_device device;
	struct err err = {""};
	OWNED(memory) char *text = NULL;

	memcpy(expected.key, server->config_public, 32);
	CHECK_INT(db_device_get(server->db, "a", &device, &err), 0);
	CHECK_INT(publish_envelope(server, "a", device.revision - 1, &text, &err), -ENOENT);
	CHECK_INT(publish_envelope(server, "a", device.revision, &text, &err), 0);
	CHECK_INT(conf_signed_open(text, strlen(text), &expected, &opened, &err), 0);
	CHECK_INT(opened.revision, device.revision);
	CHECK_TEXT(opened.conf.identity.site, "Harbour");
	CHECK_TEXT(opened.conf.helpdesk.phone, "3");
}

static void invalid(struct server *server)
{
	struct err err = {""};
	int64_t before = revision_of(server, "c"), newest, after;
	OWNED(layer_tree) struct layer layer = {0};

	CHECK_INT(db_revision_newest(server->db, &newest, &err), 0);
	CHECK_INT(store(server, "organisation", "{\"display\":{\"scale_percent\":7}}", false, &err),
			-EBADMSG);
	CHECK_HAS(err.text, "display.scale_percent");
	CHECK_INT(revision_of(server, "c"), before);
	CHECK_INT(db_revision_newest(server->db, &after, &err), 0);
	CHECK_INT(after, newest);
	CHECK_INT(layer_load(server->db, "organisation", &layer, &err), 0);
	CHECK(json_at(layer.config, "/display") == NULL);
}

static void dry(struct server *server)
{
	struct err err = {""};
	struct park_entry entry = {0};
	int64_t before = revision_of(server, "a");
	int woken = 0;

	park_add(server->park, &entry, "device/a", 50, wake, &woken);
	CHECK_INT(store(server, "site/Harbour", "{\"helpdesk\":{\"text\":\"x\"}}", true, &err), 2);
	CHECK_INT(revision_of(server, "a"), before);
	CHECK_INT(woken, 0);
	CHECK_INT(store(server, "site/Harbour", "{\"helpdesk\":{\"text\":\"x\"}}", false, &err), 2);
	CHECK_INT(woken, 1);
}

/* What a dry run of `config` as the layer's document tells. */
static char *foretell(struct server *server, const char *scope, const char *config)
{
	OWNED(publish) struct publish publish = {0};
	OWNED(layer_tree) struct layer layer = {0};
	OWNED(json) cJSON *after = NULL;
	struct db_revision about = {.kind = "layer", .person = "admin"};
	struct err err = {""};

	CHECK_INT(json_parse(config, strlen(config), &after, &err), 0);
	CHECK_INT(layer_load(server->db, scope, &layer, &err), 0);
	CHECK_INT(publish_begin(&publish, server, &about, &err), 0);
	publish.wants_values = true;
	CHECK_INT(layer_store(&publish, &layer, after, &err), 0);
	CHECK_INT(publish_end(&publish, true, &err), 0);
	OWNED(json) cJSON *values = preview_values(&publish.preview);
	return json_print(values);
}

/* a and b are at Harbour, which says x; a has a layer of its own. */
static void values(struct server *server)
{
	struct err err = {""};

	CHECK_INT(store(server, "organisation", "{}", false, &err) >= 0, 1);
	CHECK_INT(store(server, "site/Harbour", "{\"helpdesk\":{\"text\":\"x\"}}", false, &err) >=
					0,
			1);
	CHECK_INT(store(server, "device/a", "{\"helpdesk\":{\"phone\":\"5\"}}", false, &err) >= 0,
			1);
	OWNED(memory)
	char *both = foretell(server, "organisation",
			"{\"helpdesk\":{\"phone\":\"1\",\"text\":\"all\"}}");
	CHECK_TEXT(both, "[{\"path\":\"/helpdesk/phone\",\"before\":null,\"after\":\"1\","
			 "\"device_count\":2},"
			 "{\"path\":\"/helpdesk/text\",\"before\":null,\"after\":\"all\","
			 "\"device_count\":1}]");
	OWNED(memory)
	char *own = foretell(server, "site/Harbour",
			"{\"helpdesk\":{\"text\":\"on ${device.name} at ${site.name}\"}}");
	CHECK_TEXT(own, "[{\"path\":\"/helpdesk/text\",\"before\":\"x\","
			"\"after\":\"on ${device.name} at ${site.name}\",\"device_count\":2}]");
	OWNED(memory)
	char *nothing = foretell(server, "site/Harbour", "{\"helpdesk\":{\"text\":\"x\"}}");
	CHECK_TEXT(nothing, "[]");
}

static void origins(void)
{
	static const struct {
		const char *before, *origins, *after, *expected;
	} table[] = {
			{"{}", "{}", "{}", "{}"},
			{"{}", "{}", "{\"a\":{\"b\":1,\"c\":[1]}}", "{\"/a/b\":7,\"/a/c\":7}"},
			{"{\"a\":{\"b\":1}}", "{\"/a/b\":3}", "{\"a\":{\"b\":1,\"c\":2}}",
					"{\"/a/b\":3,\"/a/c\":7}"},
			{"{\"a\":{\"b\":1}}", "{\"/a/b\":3}", "{\"a\":{\"b\":2}}", "{\"/a/b\":7}"},
			{"{\"a\":1,\"b\":2}", "{\"/a\":3,\"/b\":4}", "{\"b\":2}", "{\"/b\":4}"},
			{"{\"a/b\":1}", "{\"/a~1b\":3}", "{\"a/b\":1}", "{\"/a~1b\":3}"},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		OWNED(json) cJSON *before = NULL;
		OWNED(json) cJSON *old = NULL;
		OWNED(json) cJSON *after = NULL;

		CHECK_INT(json_parse(table[i].before, strlen(table[i].before), &before, NULL), 0);
		CHECK_INT(json_parse(table[i].origins, strlen(table[i].origins), &old, NULL), 0);
		CHECK_INT(json_parse(table[i].after, strlen(table[i].after), &after, NULL), 0);
		OWNED(json) cJSON *result = layer_origins(before, old, after, 7);
		OWNED(memory) char *text = json_print(result);
		CHECK_TEXT(text, table[i].expected);
	}
}

static void undo(void)
{
	static const struct {
		const char *before, *after, *now, *patch; /* NULL: refused */
	} table[] = {
			{"{}", "{\"a\":1}", "{\"a\":1}", "{\"a\":null}"},
			{"{\"a\":1}", "{\"a\":2}", "{\"a\":2,\"b\":3}", "{\"a\":1}"},
			{"{\"a\":1}", "{}", "{}", "{\"a\":1}"},
			{"{\"a\":1}", "{\"a\":2}", "{\"a\":1}", "{}"},
			{"{\"a\":1}", "{\"a\":2}", "{\"a\":3}", NULL},
			{"{\"a\":1}", "{\"a\":2}", "{}", NULL},
			{"{\"a\":{\"b\":1}}", "{\"a\":5}", "{\"a\":5}", "{\"a\":{\"b\":1}}"},
			{"{\"a\":5}", "{\"a\":{\"b\":1}}", "{\"a\":{\"b\":1}}", "{\"a\":5}"},
			{"{\"a\":{}}", "{\"a\":{\"b\":1}}", "{\"a\":{\"b\":1}}",
					"{\"a\":{\"b\":null}}"},
			{"{}", "{\"m\":{\"f\":{\"t\":1}}}", "{\"m\":{\"f\":{\"t\":1}}}",
					"{\"m\":{\"f\":{\"t\":null}}}"},
			{"{}", "{\"m\":{\"f\":{\"t\":1}}}",
					"{\"m\":{\"f\":{\"t\":1},\"g\":{\"t\":2}}}",
					"{\"m\":{\"f\":{\"t\":null}}}"},
			{"{\"a\":[1]}", "{\"a\":[1,2]}", "{\"a\":[1,2]}", "{\"a\":[1]}"},
			{"{}", "{\"x~/y\":{\"z\":1}}", "{\"x~/y\":{\"z\":1,\"k\":2}}",
					"{\"x~/y\":{\"z\":null}}"},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		OWNED(json) cJSON *before = NULL;
		OWNED(json) cJSON *after = NULL;
		OWNED(json) cJSON *patch = NULL;
		OWNED(layer_tree) struct layer now = {.origins = json_new_object()};
		struct err err;

		CHECK_INT(json_parse(table[i].before, strlen(table[i].before), &before, NULL), 0);
		CHECK_INT(json_parse(table[i].after, strlen(table[i].after), &after, NULL), 0);
		CHECK_INT(json_parse(table[i].now, strlen(table[i].now), &now.config, NULL), 0);
		int r = layer_undo(before, after, &now, &patch, &err);
		CHECK_INT(r, table[i].patch ? 0 : -ESTALE);
		if (r < 0)
			continue;
		OWNED(memory) char *text = json_print(patch);
		CHECK_TEXT(text, table[i].patch);
	}
}

static void prune(void)
{
	static const struct {
		const char *from, *to;
	} table[] = {
			{"{}", "{}"},
			{"{\"a\":{}}", "{}"},
			{"{\"a\":{\"b\":{\"c\":{}}},\"d\":1}", "{\"d\":1}"},
			{"{\"a\":{\"b\":{},\"c\":[{}]}}", "{\"a\":{\"c\":[{}]}}"},
			{"{\"a\":{},\"b\":{},\"c\":{\"x\":1},\"d\":{}}", "{\"c\":{\"x\":1}}"},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		OWNED(json) cJSON *tree = NULL;

		CHECK_INT(json_parse(table[i].from, strlen(table[i].from), &tree, NULL), 0);
		layer_prune(tree);
		OWNED(memory) char *text = json_print(tree);
		CHECK_TEXT(text, table[i].to);
	}
}

int main(void)
{
	struct server server = {.loop = loop_create()};
	struct err err = {""};

	server.wheel = wheel_create(server.loop);
	server.park = park_create(server.wheel);
	server.config_key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	if (db_open(":memory:", &server.db, &err) < 0 ||
			fleet_open(&server, &server.fleet, &err) < 0 ||
			key_public(server.config_key, server.config_public, &err) < 0 ||
			db_place_put(server.db, DB_SITE, "Harbour", "", &err) < 0) {
		printf("%s\n0 passed, 1 failed\n", err.text);
		return 1;
	}
	TEST("a new device has its first config with its approval") {
		add_device(&server, "a", "Harbour");
		add_device(&server, "b", "Harbour");
		add_device(&server, "c", "");
	}
	TEST("a layer changes the devices below it whose effective config differs, no others") {
		scopes(&server);
	}
	TEST("the envelope opens with the config key and holds the merged layers") {
		envelope(&server);
	}
	TEST("what makes one device invalid changes nothing at all") {
		invalid(&server);
	}
	TEST("a dry run counts, changes nothing and wakes nobody; the real one wakes") {
		dry(&server);
	}
	TEST("a dry run tells each difference once, with its number of devices") {
		values(&server);
	}
	TEST("a value keeps the revision that set it") {
		origins();
	}
	TEST("an undo puts back its own values, or says what is in the way") {
		undo();
	}
	TEST("a layer keeps no empty objects") {
		prune();
	}
	fleet_close(server.fleet);
	db_close(server.db);
	EVP_PKEY_free(server.config_key);
	park_destroy(server.park);
	wheel_destroy(server.wheel);
	loop_destroy(server.loop);
	TEST_END();
}
