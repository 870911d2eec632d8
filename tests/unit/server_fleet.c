/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fleet beside a model that knows no classes: after each of some thousand random steps every
 * device's config is merged from all its layers, one by one, and its revision must have become the
 * step's exactly when that text became another one. A second fleet on the same database follows by
 * catching up, as another server's would.
 */
#include "server/fleet.h"

#include <errno.h>
#include <libpq-fe.h>

#include "base/text.h"
#include "conf/json.h"
#include "server/effective.h"
#include "server/layers.h"
#include "server/secret.h"
#include "server/variant.h"
#include "server/vault.h"
#include "unit/test.h"

enum { DEVICES = 14, STEPS = 2500, STEPS_PG = 250 };

struct known {
	bool is_there;
	int64_t revision;
	char *text; /* the effective config */
};

struct world {
	struct server server, other; /* one database, two fleets */
	uint64_t random;
	unsigned names;  /* given out */
	unsigned opened; /* variants so far: no id is used again */
	bool has_variant[3];
	char variants[3][DB_ID_MAX];
	bool is_on; /* the contingency set */
	struct known known[DEVICES];
	int64_t revision; /* of the step; 0: it made none */
	unsigned count;   /* that it said to have changed */
	char changed[DEVICES][DB_ID_MAX];
};

static unsigned below(struct world *world, unsigned limit)
{
	world->random ^= world->random << 13;
	world->random ^= world->random >> 7;
	world->random ^= world->random << 17;
	return (unsigned)(world->random >> 33) % limit;
}

static const char *const sites[] = {"", "Harbour", "School", "T/Hall"};
static const char *const scopes[] = {"organisation", "organisation", "tenant/T", "site/Harbour",
		"site/School", "site/T/Hall", "group/G1", "group/G2", "group/T/G3"};

/* Documents that a layer becomes; %u is another number each time. */
static const char *const documents[] = {
		"{}",
		"{\"helpdesk\":{\"phone\":\"%u\"}}",
		"{\"helpdesk\":{\"text\":\"t%u\"}}",
		"{\"helpdesk\":{\"phone\":\"1\",\"text\":null}}",
		"{\"helpdesk\":{\"phone\":\"2\"},\"locks\":{\"helpdesk\":true}}",
		"{\"helpdesk\":{\"text\":\"at ${site.name}\"}}",
		"{\"helpdesk\":{\"text\":\"on ${device.name}\"}}",
		"{\"helpdesk\":{\"text\":\"${v}\"},\"variables\":{\"v\":\"x\"}}",
		"{\"variables\":{\"v\":\"x%u\"}}",
		"{\"helpdesk\":{\"text\":\"${secret.k}\"}}",
		"{\"identity\":{\"device\":\"fixed\"}}",
		"{\"identity\":{\"site\":null,\"organisation\":\"O\"}}",
		"{\"display\":{\"scale_percent\":125},\"keyboard\":{\"layout\":\"dk\"}}",
		"{\"keyboard\":{\"layout\":\"no\"},\"locks\":{\"keyboard.layout\":true}}",
		"{\"display\":{\"scale_percent\":7}}", /* valid for nobody */
		"{\"helpdesk\":{\"text\":\"${nobody.set.this}\"}}",
};

static const char *id_of(unsigned device)
{
	static char id[DB_ID_MAX];

	(void)text_format(id, sizeof(id), "d%02u", device);
	return id;
}

static const char *scope_of(struct world *world)
{
	static char scope[DB_SCOPE_MAX];
	unsigned at = below(world, 14);

	if (at < sizeof(scopes) / sizeof(scopes[0]))
		return scopes[at];
	(void)text_format(scope, sizeof(scope), "device/%s", id_of(below(world, DEVICES)));
	return scope;
}

static cJSON *document_of(struct world *world)
{
	const char *from = documents[below(world, sizeof(documents) / sizeof(documents[0]))];
	char text[256];
	cJSON *tree = NULL;
	size_t length = strcspn(from, "%");

	(void)text_format(text, sizeof(text), "%s", from);
	if (from[length])
		(void)text_format(text, sizeof(text), "%.*s%u%s", (int)length, from,
				below(world, 5), from + length + 2);
	CHECK_INT(json_parse(text, strlen(text), &tree, NULL), 0);
	return tree;
}

/* --- the model */

static int compare_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* NULL when there is no such device. */
static char *naive(struct world *world, const char *id)
{
	OWNED(stack) struct stack stack = {0};
	struct db_device device;
	struct err err = {""};

	if (db_device_get(world->server.db, id, &device, &err) < 0)
		return NULL;
	CHECK_INT(stack_load(world->server.db, &device, &stack, &err), 0);
	OWNED(json) cJSON *merged = stack_merge(&stack);
	CHECK_INT(template_expand(&world->server, &device, TEMPLATE_MARKED, merged, &err), 0);
	return json_print(merged);
}

static void check_fleet(struct server *server, const char *id, const struct known *known)
{
	const struct fleet_device *device = fleet_find(server->fleet, id);
	OWNED(json) cJSON *document = NULL;
	struct err err = {""};

	CHECK((device != NULL) == known->is_there);
	if (!device || !known->is_there)
		return;
	CHECK_INT(fleet_revision(device), known->revision);
	CHECK_INT(effective_of(server->fleet, device, TEMPLATE_MARKED, &document, &err), 0);
	OWNED(memory) char *text = json_print(document);
	CHECK_TEXT(text, known->text);
}

static void check_device(struct world *world, unsigned i, unsigned *changed)
{
	struct known *known = &world->known[i];
	const char *id = id_of(i);
	char *text = naive(world, id);
	bool is_changed = text && (!known->is_there || strcmp(text, known->text) != 0);
	struct db_device row;

	if (is_changed) {
		CHECK(world->revision > known->revision);
		CHECK(bsearch(id, world->changed, world->count, DB_ID_MAX, compare_text) != NULL);
		known->revision = world->revision;
		++*changed;
	}
	known->is_there = text != NULL;
	free(known->text);
	known->text = text;
	check_fleet(&world->server, id, known);
	check_fleet(&world->other, id, known);
	if (text && db_device_get(world->server.db, id, &row, NULL) == 0)
		CHECK_INT(row.revision, known->revision);
}

static void check_world(struct world *world)
{
	struct err err = {""};
	unsigned changed = 0;

	CHECK_INT(fleet_catch_up(world->other.fleet, &err), 0);
	for (unsigned i = 0; i < DEVICES; i++)
		check_device(world, i, &changed);
	CHECK_INT(changed, world->count);
}

/* --- steps */

static int begin(struct world *world, struct publish *publish, const char *kind)
{
	struct db_revision about = {.person = "admin"};
	struct err err = {""};

	(void)text_copy(about.kind, sizeof(about.kind), kind);
	int r = publish_begin(publish, &world->server, &about, &err);
	CHECK_INT(r, 0);
	return r;
}

/* A step that is refused changes nothing at all. */
static void end(struct world *world, struct publish *publish, int r)
{
	struct err err = {""};

	if (r == 0)
		r = publish_end(publish, false, &err);
	CHECK(r == 0 || r == -EBADMSG);
	if (r < 0)
		return;
	world->revision = publish->about.revision;
	world->count = publish_count(publish);
	CHECK(world->count <= DEVICES);
	for (unsigned i = 0; i < publish_shown(publish); i++)
		memcpy(world->changed[i], publish_changed(publish, i), DB_ID_MAX);
}

static void put_place(struct world *world, struct db_device *device)
{
	const char *site = sites[below(world, 4)];

	(void)text_format(device->name, sizeof(device->name), "PC-%u",
			below(world, 3) ? ++world->names : world->names);
	if (world->names && below(world, 2) && device->name[0])
		(void)text_format(device->name, sizeof(device->name), "PC-%u", ++world->names);
	(void)text_copy(device->site, sizeof(device->site), site);
	(void)text_copy(device->tenant, sizeof(device->tenant), site[0] == 'T' ? "T" : "");
	(void)text_format(device->groups, sizeof(device->groups), "%s%s%s",
			below(world, 2) ? "G1\n" : "", below(world, 2) ? "G2\n" : "",
			site[0] == 'T' && below(world, 2) ? "T/G3\n" : "");
}

static void step_device(struct world *world)
{
	OWNED(publish) struct publish publish = {0};
	unsigned number = below(world, DEVICES);
	struct db_device device = {.hardware = "{}", .approved_by = "admin"};
	struct db *db = world->server.db;
	struct err err = {""};

	(void)text_copy(device.id, sizeof(device.id), id_of(number));
	bool is_there = db_device_get(db, id_of(number), &device, NULL) == 0;
	device.name[0] = '\0';
	if (begin(world, &publish, "device") < 0)
		return;
	int r = 0;
	if (is_there && below(world, 4) == 0) {
		r = db_device_remove(db, device.id, &err);
	} else {
		put_place(world, &device);
		(void)text_format(device.name, sizeof(device.name), "PC-%u", ++world->names);
		r = is_there ? db_device_place(db, &device, &err)
		             : db_device_add(db, &device, &err);
	}
	CHECK_INT(r, 0);
	end(world, &publish, publish_device(&publish, device.id, &err));
}

/* First as a dry run, which must foretell and change nothing. */
static void step_layer(struct world *world)
{
	const char *scope = scope_of(world);
	OWNED(json) cJSON *after = document_of(world);
	OWNED(layer_tree) struct layer layer = {0};
	struct err err = {""};
	unsigned foretold = 0;

	layer_prune(after);
	CHECK_INT(layer_load(world->server.db, scope, &layer, &err), 0);
	for (int turn = 0; turn < 2; turn++) {
		OWNED(publish) struct publish publish = {0};

		if (begin(world, &publish, "layer") < 0)
			return;
		publish.wants_values = true;
		int r = layer_store(&publish, &layer, after, &err);
		if (turn == 1) {
			end(world, &publish, r);
			continue;
		}
		if (r == 0)
			r = publish_end(&publish, true, &err);
		foretold = r == 0 ? publish_count(&publish) : 0;
	}
	CHECK_INT(foretold, world->count);
}

static void step_variant(struct world *world)
{
	static const char *const patches[] = {"{\"helpdesk\":{\"phone\":\"v\"}}",
			"{\"helpdesk\":{\"text\":null}}", "{\"keyboard\":{\"layout\":\"se\"}}"};
	OWNED(publish) struct publish publish = {0};
	OWNED(json) cJSON *patch = NULL;
	unsigned at = below(world, 3);
	char device[DB_ID_MAX] = "";
	struct err err = {""};

	if (begin(world, &publish, "rollout") < 0)
		return;
	(void)text_copy(device, sizeof(device), id_of(below(world, DEVICES)));
	int r = 0;
	if (!world->has_variant[at]) {
		CHECK_INT(json_parse(patches[at], strlen(patches[at]), &patch, &err), 0);
		(void)text_format(world->variants[at], DB_ID_MAX, "v%u", ++world->opened);
		r = variant_open(&publish, world->variants[at], scopes[2 + below(world, 7)], patch,
				&err);
		world->has_variant[at] = r == 0;
		end(world, &publish, r == -EBUSY ? -EBADMSG : r);
		return;
	}
	unsigned what = below(world, 8);
	if (what == 0) {
		r = variant_close(&publish, world->variants[at],
				below(world, 2) ? VARIANT_INTO_LAYER : VARIANT_AWAY, &err);
		world->has_variant[at] = r < 0;
	} else if (db_device_get(world->server.db, device, &(struct db_device){0}, NULL) == 0) {
		r = variant_give(&publish, world->variants[at], device, 1, &err);
	}
	end(world, &publish, r);
	/* Refused at its end: it is open still. */
	if (what == 0 && !world->revision)
		world->has_variant[at] = true;
}

static void step_contingency(struct world *world)
{
	OWNED(publish) struct publish publish = {0};
	struct db *db = world->server.db;
	struct db_contingency set;
	struct err err = {""};

	CHECK_INT(db_contingency_get(db, "set", &set, &err), 0);
	if (begin(world, &publish, "contingency") < 0)
		return;
	set.revision = world->is_on ? 0 : publish.about.revision;
	CHECK_INT(db_contingency_put(db, &set, &err), 0);
	end(world, &publish, publish_below(&publish, "organisation", &err));
	if (world->revision)
		world->is_on = !world->is_on;
}

/* Nearest wins: one of a device makes it stand alone. */
static void step_secret(struct world *world)
{
	OWNED(publish) struct publish publish = {0};
	struct err err = {""};
	char value[16];
	int64_t count = 0;

	if (begin(world, &publish, "secret") < 0)
		return;
	(void)text_copy(publish.about.scope, DB_SCOPE_MAX,
			below(world, 3) ? scope_of(world) : "organisation");
	CHECK_INT(db_secret_count(world->server.db, publish.about.scope, &count, &err), 0);
	(void)text_format(value, sizeof(value), "s%u", below(world, 1000));
	int r = count && below(world, 2) ? secret_remove(&publish, "k", &err)
	                                 : secret_set(&publish, "k", value, &err);
	end(world, &publish, r == -EBUSY ? -EBADMSG : r);
}

static void reopen(struct server *server)
{
	struct err err = {""};

	fleet_close(server->fleet);
	server->fleet = NULL;
	CHECK_INT(fleet_open(server, &server->fleet, &err), 0);
}

static void step(struct world *world)
{
	world->revision = 0;
	world->count = 0;
	switch (below(world, 18)) {
	case 0:
	case 1:
	case 2:
	case 3:
		step_device(world);
		break;
	case 4:
	case 5:
	case 6:
	case 7:
		step_variant(world);
		break;
	case 8:
		step_contingency(world);
		break;
	case 10:
	case 11:
		step_secret(world);
		break;
	case 9:
		reopen(below(world, 2) ? &world->server : &world->other);
		break;
	default:
		step_layer(world);
	}
}

/* --- */

static void start_server(struct server *server)
{
	server->loop = loop_create();
	server->wheel = wheel_create(server->loop);
	server->park = park_create(server->wheel);
}

static void end_server(struct server *server)
{
	fleet_close(server->fleet);
	park_destroy(server->park);
	wheel_destroy(server->wheel);
	loop_destroy(server->loop);
}

static bool fill(struct db *db, struct err *err)
{
	struct db_contingency set = {.id = "set", .name = "Attack", .changed_by = "admin"};

	return db_place_put(db, DB_TENANT, "T", "", err) == 0 &&
	       db_place_put(db, DB_SITE, "Harbour", "", err) == 0 &&
	       db_place_put(db, DB_SITE, "School", "", err) == 0 &&
	       db_place_put(db, DB_SITE, "T/Hall", "T", err) == 0 &&
	       db_place_put(db, DB_GROUP, "G1", "", err) == 0 &&
	       db_place_put(db, DB_GROUP, "G2", "", err) == 0 &&
	       db_place_put(db, DB_GROUP, "T/G3", "T", err) == 0 &&
	       db_contingency_add(db, &set, err) == 0 &&
	       db_contingency_layer_put(db, "set", "organisation",
			       "{\"helpdesk\":{\"phone\":\"112\"}}", err) == 0 &&
	       db_contingency_layer_put(db, "set", "site/T/Hall",
			       "{\"helpdesk\":{\"text\":\"hall\"}}", err) == 0;
}

static void random_steps(struct world *world, unsigned steps)
{
	const char *seed = getenv("TYND_TEST_SEED");

	world->random = seed ? strtoull(seed, NULL, 10) : 88172645463325252u;
	for (unsigned i = 0; i < steps && test_ok; i++) {
		step(world);
		check_world(world);
		if (!test_ok)
			printf("step %u, revision %lld\n", i, (long long)world->revision);
	}
}

static const char *database(void)
{
	const char *address = getenv("TYND_TEST_DATABASE");

	if (!address)
		return ":memory:";
	PGconn *connection = PQconnectdb(address);
	PQclear(PQexec(connection, "DROP SCHEMA public CASCADE; CREATE SCHEMA public"));
	PQfinish(connection);
	return address;
}

static char key_folder[] = "/tmp/tynd-fleet-XXXXXX";

static const char *key_path(void)
{
	static char path[64];

	CHECK(mkdtemp(key_folder) != NULL);
	(void)text_format(path, sizeof(path), "%s/secrets.key", key_folder);
	return path;
}

static void remove_key(void)
{
	char path[64];

	(void)text_format(path, sizeof(path), "%s/secrets.key", key_folder);
	(void)unlink(path);
	(void)rmdir(key_folder);
}

int main(void)
{
	static struct world world;
	struct err err = {""};

	setenv("TYND_LOG", "error", 0);
	start_server(&world.server);
	start_server(&world.other);
	if (db_open(database(), &world.server.db, &err) < 0 || !fill(world.server.db, &err)) {
		printf("%s\n0 passed, 1 failed\n", err.text);
		return 1;
	}
	world.other.db = world.server.db;
	CHECK_INT(secret_open(key_path(), world.server.db, &world.server.vault, &err), 0);
	world.other.vault = world.server.vault;
	CHECK_INT(fleet_open(&world.server, &world.server.fleet, &err), 0);
	CHECK_INT(fleet_open(&world.other, &world.other.fleet, &err), 0);
	TEST("a device's revision becomes a change's exactly when its own config does") {
		random_steps(&world, getenv("TYND_TEST_DATABASE") ? STEPS_PG : STEPS);
	}
	for (unsigned i = 0; i < DEVICES; i++)
		free(world.known[i].text);
	end_server(&world.server);
	end_server(&world.other);
	vault_close(world.server.vault);
	remove_key();
	db_close(world.server.db);
	TEST_END();
}
