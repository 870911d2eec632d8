/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db.h"

#include <errno.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "unit/test.h"

static char path[] = "/tmp/tynd-db-XXXXXX";

/* Statements behind the server's back, in the database that TYND_TEST_DATABASE names or in the file. */
static bool run_raw(const char *sql)
{
	const char *address = getenv("TYND_TEST_DATABASE");
	sqlite3 *file = NULL;
	bool is_done;

	if (address) {
		PGconn *connection = PQconnectdb(address);
		PGresult *result = PQexec(connection, sql);

		is_done = PQresultStatus(result) == PGRES_COMMAND_OK;
		PQclear(result);
		PQfinish(connection);
		return is_done;
	}
	is_done = sqlite3_open(path, &file) == SQLITE_OK &&
	          sqlite3_exec(file, sql, NULL, NULL, NULL) == SQLITE_OK;
	sqlite3_close(file);
	return is_done;
}

static const char *address_of(bool is_new)
{
	const char *address = getenv("TYND_TEST_DATABASE");

	if (address && is_new)
		CHECK(run_raw("DROP SCHEMA public CASCADE; CREATE SCHEMA public"));
	return address ? address : is_new ? ":memory:" : path;
}

static struct db *open_memory(void)
{
	struct db *db = NULL;
	struct err err = {""};

	if (db_open(address_of(true), &db, &err) < 0)
		printf("%s\n", err.text);
	return db;
}

static int count_device(void *data, const struct db_device *device)
{
	(void)device;
	++*(int *)data;
	return 0;
}

static int count_devices(struct db *db, struct db_device_filter filter)
{
	static const char none[] = "";
	const char **texts[] = {&filter.site, &filter.tenant, &filter.group, &filter.state,
			&filter.search, &filter.page.after};
	int count = 0;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (!*texts[i])
			*texts[i] = none;
	}
	filter.page.limit = filter.page.limit ? filter.page.limit : 100;
	CHECK_INT(db_device_list(db, &filter, count_device, &count, NULL), 0);
	return count;
}

static struct db_device device(const char *id, const char *name, const char *site)
{
	struct db_device made = {.approved_s = 1, .approved_by = "admin"};

	snprintf(made.id, sizeof(made.id), "%s", id);
	snprintf(made.name, sizeof(made.name), "%s", name);
	snprintf(made.site, sizeof(made.site), "%s", site);
	snprintf(made.hardware, sizeof(made.hardware), "{\"serial\":\"S-%s\",\"model\":\"HP\"}",
			id);
	return made;
}

static void devices(struct db *db)
{
	struct db_device one = device("a1", "Alpha", "Aarhus/Harbour"),
			 two = device("b2", "Beta", ""), got;
	struct err err;

	CHECK_INT(db_place_put(db, DB_TENANT, "Aarhus", "", &err), 0);
	CHECK_INT(db_place_put(db, DB_SITE, "Aarhus/Harbour", "Aarhus", &err), 0);
	CHECK_INT(db_place_put(db, DB_GROUP, "pilot", "", &err), 0);
	snprintf(one.groups, sizeof(one.groups), "pilot\n");
	snprintf(one.tenant, sizeof(one.tenant), "Aarhus");
	CHECK_INT(db_device_add(db, &one, &err), 0);
	CHECK_INT(db_device_add(db, &two, &err), 0);
	CHECK_INT(db_device_get(db, "a1", &got, &err), 0);
	CHECK_TEXT(got.tenant, "Aarhus");
	CHECK_TEXT(got.groups, "pilot\n");
	two.id[0] = 'c';
	CHECK_INT(db_device_add(db, &two, &err), -EEXIST);
	CHECK_HAS(err.text, "name: ");
	snprintf(two.tenant, sizeof(two.tenant), "Aarhus");
	CHECK_INT(db_device_add(db, &two, &err), 0); /* the name is free in another tenant */
	CHECK_INT(db_device_by_name(db, "Aarhus", "Beta", &got, &err), 0);
	CHECK_TEXT(got.id, two.id);
	CHECK_INT(count_devices(db, (struct db_device_filter){.page.after = "Beta\nb2"}), 1);
	CHECK_INT(db_device_remove(db, two.id, &err), 0);
	CHECK_INT(db_device_get(db, "nobody", &got, &err), -ENOENT);
	CHECK_INT(count_devices(db, (struct db_device_filter){0}), 2);
	CHECK_INT(count_devices(db, (struct db_device_filter){.tenant = "Aarhus"}), 1);
	CHECK_INT(count_devices(db, (struct db_device_filter){.group = "pilot"}), 1);
	CHECK_INT(count_devices(db, (struct db_device_filter){.search = "s-b"}), 1);
	CHECK_INT(count_devices(db, (struct db_device_filter){.search = "_"}), 0);
	CHECK_INT(count_devices(db, (struct db_device_filter){.state = "none"}), 2);
	CHECK_INT(count_devices(db, (struct db_device_filter){.page.after = "Alpha\na1"}), 1);
	CHECK_INT(db_device_report(db, "a1", "{\"state\":\"good\"}", "10.0.0.1", 500, &err), 0);
	CHECK_INT(count_devices(db, (struct db_device_filter){.state = "good"}), 1);
	CHECK_INT(count_devices(db, (struct db_device_filter){.online = DB_ONLINE_YES,
						    .online_since_s = 500}),
			1);
	CHECK_INT(count_devices(db, (struct db_device_filter){.online = DB_ONLINE_NO,
						    .online_since_s = 501}),
			2);
	CHECK_INT(db_place_remove(db, DB_SITE, "Aarhus/Harbour", &err), -EBUSY);
	CHECK_INT(db_device_remove(db, "a1", &err), 0);
	CHECK_INT(db_place_remove(db, DB_SITE, "Aarhus/Harbour", &err), 0);
	CHECK_INT(db_place_remove(db, DB_SITE, "Aarhus/Harbour", &err), -ENOENT);
}

static void revisions(struct db *db)
{
	struct db_revision revision = {.time_s = 1,
			.person = "admin",
			.kind = "layer",
			.scope = "organisation",
			.patch = "{}",
			.after = "{}"};
	struct err err;

	CHECK_INT(db_revision_add(db, &revision, &err), 0);
	CHECK_INT(revision.revision, 1);
	CHECK_INT(db_begin(db, &err), 0);
	CHECK_INT(db_revision_add(db, &revision, &err), 0);
	db_rollback(db);
	CHECK_INT(db_revision_add(db, &revision, &err), 0);
	CHECK_INT(revision.revision, 2);
}

/* Even someone with the file and our own connection settings: the triggers hold. */
static void append_only(void)
{
	struct db *db = NULL;
	struct err err;

	(void)address_of(true);
	CHECK_INT(db_open(address_of(false), &db, &err), 0);
	revisions(db);
	db_close(db);
	CHECK(!run_raw("DELETE FROM revision"));
	CHECK(!run_raw("UPDATE revision SET person = 'x'"));
	CHECK(run_raw("UPDATE revision SET device_count = 5"));
}

static void versions(void)
{
	struct db *db = NULL;
	int64_t version = 0;
	struct err err;

	CHECK_INT(db_open(address_of(false), &db, &err), 0);
	CHECK_INT(db_version(db, &version, &err), 0);
	CHECK(version >= 1);
	db_close(db);
	CHECK(run_raw(getenv("TYND_TEST_DATABASE") ? "UPDATE layout SET version = 1000"
						   : "PRAGMA user_version = 1000"));
	db = NULL;
	CHECK_INT(db_open(address_of(false), &db, &err), -EPROTO);
	CHECK_HAS(err.text, "newer");
}

static int count_enrolment(void *data, const struct db_enrolment *enrolment)
{
	(void)enrolment;
	++*(int *)data;
	return 0;
}

static void enrolments(struct db *db)
{
	struct db_enrolment *one = calloc(1, sizeof(*one)), *got = calloc(1, sizeof(*got));
	struct db_page page = {.after = "", .limit = 10};
	int64_t all, here;
	int listed = 0;
	struct err err;

	for (int i = 0; i < 5; i++) {
		snprintf(one->id, sizeof(one->id), "e%d", i);
		snprintf(one->address, sizeof(one->address), "10.0.0.%d", i % 2);
		one->created_s = one->seen_s = 100 + i;
		CHECK_INT(db_enrolment_add(db, one, &err), 0);
	}
	CHECK_INT(db_enrolment_count(db, "10.0.0.1", &all, &here, &err), 0);
	CHECK_INT(all, 5);
	CHECK_INT(here, 2);
	CHECK_INT(db_enrolment_list(db, &page, count_enrolment, &listed, &err), 0);
	CHECK_INT(listed, 0);
	one->state = DB_ENROLMENT_WAITING;
	snprintf(one->code, sizeof(one->code), "K7QF-2M9P");
	CHECK_INT(db_enrolment_put(db, one, &err), 0);
	CHECK_INT(db_enrolment_by_code(db, "K7QF-2M9P", got, &err), 0);
	CHECK_TEXT(got->id, "e4");
	CHECK_INT(db_enrolment_list(db, &page, count_enrolment, &listed, &err), 0);
	CHECK_INT(listed, 1);
	CHECK_INT(db_enrolment_evict(db, 100, &err), -ENOENT);
	CHECK_INT(db_enrolment_evict(db, 102, &err), 0);
	CHECK_INT(db_enrolment_get(db, "e0", got, &err), -ENOENT);
	CHECK_INT(db_enrolment_expire(db, 104, &err), 0);
	CHECK_INT(db_enrolment_count(db, "", &all, &here, &err), 0);
	CHECK_INT(all, 1);
	one->state = DB_ENROLMENT_APPROVED;
	CHECK_INT(db_enrolment_put(db, one, &err), 0);
	CHECK_INT(db_enrolment_by_code(db, "K7QF-2M9P", got, &err), -ENOENT);
	free(one);
	free(got);
}

int main(void)
{
	int fd = mkstemp(path);

	if (fd < 0)
		return 1;
	close(fd);
	TEST("devices are found by place, state, text and time") {
		OWNED(db) struct db *db = open_memory();
		devices(db);
	}
	TEST("a revision taken back by a rollback leaves no hole") {
		OWNED(db) struct db *db = open_memory();
		revisions(db);
	}
	TEST("revisions cannot be removed or changed") {
		append_only();
	}
	TEST("enrolments are counted, evicted, expired; a code works while waiting") {
		OWNED(db) struct db *db = open_memory();
		enrolments(db);
	}
	TEST("a database of a newer server is refused, not damaged") {
		versions();
	}
	unlink(path);
	TEST_END();
}
