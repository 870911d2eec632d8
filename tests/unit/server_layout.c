// SPDX-License-Identifier: Apache-2.0
/*
 * A database of every earlier layout, with content that was written in the first one, comes to the
 * newest with all of it. The steps themselves are what an earlier server wrote: a released one is
 * never changed.
 */
#include "server/layout.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"
#include "unit/test.h"

#define CONTENT(zero, one, two) \
	"INSERT INTO token (id, person, hash, created_s) VALUES ('t1', 'admin', " \
	"" zero ", 5);" \
	"INSERT INTO tenant (name) VALUES ('Midtby');" \
	"INSERT INTO site (name, tenant) VALUES ('Skovby', 'Midtby'), ('Havn', NULL);" \
	"INSERT INTO team (name) VALUES ('kiosks');" \
	"INSERT INTO device (id, name, site, certificate, hardware, approved_s, " \
	"approved_by," \
	" revision) VALUES ('d1', 'PC-1', 'Skovby', " one ", '{\"serial\":\"S1\"}', 7, " \
	"'admin', 3)," \
	" ('d2', 'PC-2', NULL, " two ", '{}', 8, 'admin', 2);" \
	"INSERT INTO member (team, device) VALUES ('kiosks', 'd1');" \
	"INSERT INTO revision (revision, time_s, person, reason, kind, scope, patch, after," \
	" device_count) VALUES (1, 1, 'admin', 'why', 'layer', 'organisation', '{}', '{}', " \
	"0)," \
	" (2, 2, 'admin', '', 'layer', 'site/Skovby', '{\"helpdesk\":{\"phone\":\"1\"}}'," \
	" '{\"helpdesk\":{\"phone\":\"1\"}}', 1)," \
	" (3, 3, 'admin', '', 'layer', 'device/d1', '{}', '{}', 1);" \
	"INSERT INTO layer (scope, revision, config, origins) VALUES" \
	" ('site/Skovby', 2, '{\"helpdesk\":{\"phone\":\"1\"}}', " \
	"'{\"/helpdesk/phone\":2}');"

static const char content[] = CONTENT("zeroblob(32)", "x'01'", "x'02'");
static const char content_pg[] = CONTENT("decode(repeat('00', 32), 'hex')", "'\\x01'", "'\\x02'");

static unsigned count_steps(void)
{
	unsigned count = 0;

	while (layout[count])
		count++;
	return count;
}

static bool run(sqlite3 *database, const char *sql)
{
	char *message = NULL;
	bool is_done = sqlite3_exec(database, sql, NULL, NULL, &message) == SQLITE_OK;

	if (!is_done)
		printf("%s\n", message ? message : "no memory");
	sqlite3_free(message);
	return is_done;
}

static bool run_pg(const char *sql)
{
	PGconn *connection = PQconnectdb(getenv("TYND_TEST_DATABASE"));
	PGresult *result = PQexec(connection, sql);
	ExecStatusType status = PQresultStatus(result);

	if (status == PGRES_FATAL_ERROR)
		printf("%s\n", PQerrorMessage(connection));
	PQclear(result);
	PQfinish(connection);
	return status != PGRES_FATAL_ERROR;
}

static bool write_old_pg(unsigned steps)
{
	bool is_done = run_pg(
			"SET client_min_messages = warning; DROP SCHEMA public CASCADE;"
			"CREATE SCHEMA public;"
			"CREATE TABLE layout (id bigint PRIMARY KEY, version bigint NOT NULL)");
	char version[96];

	for (unsigned i = 0; i < steps && is_done; i++)
		is_done = run_pg(layout[i]->pg) && (i > 0 || run_pg(content_pg));
	(void)text_format(version, sizeof(version),
			"INSERT INTO layout (id, version) VALUES (1, %u)", steps);
	return is_done && run_pg(version);
}

/* As a server of that layout left it. */
static bool write_old(const char *path, unsigned steps)
{
	sqlite3 *database = NULL;
	bool is_done = sqlite3_open(path, &database) == SQLITE_OK &&
	               run(database, "PRAGMA foreign_keys = ON");
	char version[48];

	for (unsigned i = 0; i < steps && is_done; i++) {
		is_done = run(database, "BEGIN") && run(database, layout[i]->sqlite) &&
		          run(database, "COMMIT");
		if (i == 0 && is_done)
			is_done = run(database, content);
	}
	(void)text_format(version, sizeof(version), "PRAGMA user_version = %u", steps);
	is_done = is_done && run(database, version);
	sqlite3_close(database);
	return is_done;
}

static int keep_scope(void *data, const struct db_revision *revision)
{
	(void)text_copy(data, DB_SCOPE_MAX, revision->scope);
	return 0;
}

static void check_content(struct db *db)
{
	struct db_device device;
	struct db_place place;
	struct db_token token;
	OWNED(layer) struct db_layer layer = {0};
	char scope[DB_SCOPE_MAX] = "";
	int64_t newest = 0;

	CHECK(db_token_get(db, "t1", &token, NULL) == 0);
	CHECK_TEXT(token.person, "admin");
	CHECK(db_device_get(db, "d1", &device, NULL) == 0);
	CHECK_TEXT(device.name, "PC-1");
	CHECK_TEXT(device.site, "Midtby/Skovby");
	CHECK_TEXT(device.tenant, "Midtby");
	CHECK_TEXT(device.groups, "kiosks\n");
	CHECK_TEXT(device.hardware, "{\"serial\":\"S1\"}");
	CHECK(device.approved_s == 7);
	CHECK(db_device_get(db, "d2", &device, NULL) == 0);
	CHECK_TEXT(device.site, "");
	CHECK(db_place_get(db, DB_SITE, "Midtby/Skovby", &place, NULL) == 0 && place.devices == 1);
	CHECK(db_place_get(db, DB_SITE, "Havn", &place, NULL) == 0);
	CHECK(db_layer_get(db, "site/Midtby/Skovby", &layer, NULL) == 0);
	CHECK_TEXT(layer.config ? layer.config : "", "{\"helpdesk\":{\"phone\":\"1\"}}");
	CHECK(layer.revision == 2);
	CHECK(db_revision_newest(db, &newest, NULL) == 0 && newest == 3);
	CHECK(db_revision_get(db, 2, keep_scope, scope, NULL) == 0);
	CHECK_TEXT(scope, "site/Midtby/Skovby");
}

int main(void)
{
	const char *pg = getenv("TYND_TEST_DATABASE");
	char folder[] = "/tmp/tynd-layout-XXXXXX", path[64], name[64];

	if (!mkdtemp(folder))
		return 1;
	for (unsigned steps = 1; steps <= count_steps(); steps++) {
		(void)text_format(name, sizeof(name), "from layout %u", steps);
		(void)text_format(path, sizeof(path), "%s/%u.db", folder, steps);
		TEST(name) {
			struct err err = {""};
			struct db *db = NULL;
			int64_t version = 0;

			CHECK(pg ? write_old_pg(steps) : write_old(path, steps));
			CHECK(db_open(pg ? pg : path, &db, &err) == 0);
			CHECK_TEXT(err.text, "");
			CHECK(db && db_version(db, &version, NULL) == 0 &&
					version == (int64_t)count_steps());
			if (db)
				check_content(db);
			db_close(db);
		}
		(void)unlink(path);
	}
	(void)rmdir(folder);
	TEST_END();
}
