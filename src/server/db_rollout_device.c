/* SPDX-License-Identifier: Apache-2.0 */
/* The devices of roll-outs: in pages, so that no look at 200,000 of them takes long. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "server/db_rollout.h"
#include "server/sql.h"

/*
 * What the device itself says, all as text: what is no number there must not be an error of the
 * query.
 */
#define FACTS \
	" device.id, device.name, device.site, device.tenant, device.seen_s, device.approved_s," \
	" device.report ->> 'state'," \
	" CAST(device.report ->> 'revision' AS TEXT)," \
	" CAST(device.report ->> 'version' AS TEXT)," \
	" CAST(device.report -> 'session' ->> 'running' AS TEXT)," \
	" CAST(device.report -> 'session' ->> 'reason' AS TEXT)," \
	" CAST(device.report -> 'crashes' ->> 'kiosk' AS TEXT)," \
	" CAST(device.report -> 'crashes' ->> 'session' AS TEXT)"

enum { OWN = 13 }; /* columns of FACTS */

#define GIVEN \
	", ring, given_s, rollout_device.revision, outcome, crashed, sign_in, trial," \
	" state_before, crashes_before, session_before, reason_before, said"

static int state_of(const char *text)
{
	if (strcmp(text, "good") == 0)
		return ROLLOUT_STATE_GOOD;
	if (strcmp(text, "trial") == 0)
		return ROLLOUT_STATE_TRIAL;
	return strcmp(text, "returned") == 0 ? ROLLOUT_STATE_RETURNED : ROLLOUT_NO_REPORT;
}

static int64_t number_at(struct sql_row *row, int column)
{
	char text[24];
	uint64_t number;

	sql_text(row, column, text, sizeof(text));
	return text_to_number(text, 0, JSON_WHOLE_MAX, &number) < 0 ? 0 : (int64_t)number;
}

/* The two databases print true as 1 and as true. */
static bool is_true(struct sql_row *row, int column)
{
	char text[8];

	sql_text(row, column, text, sizeof(text));
	return text[0] == '1' || text[0] == 't';
}

static void read_facts(struct sql_row *row, struct db_rollout_device *device)
{
	char text[16];

	*device = (struct db_rollout_device){
			.seen_s = sql_whole(row, 4),
			.approved_s = sql_whole(row, 5),
	};
	sql_text(row, 0, device->id, sizeof(device->id));
	sql_text(row, 1, device->name, sizeof(device->name));
	sql_text(row, 2, device->site, sizeof(device->site));
	sql_text(row, 3, device->tenant, sizeof(device->tenant));
	sql_text(row, 6, text, sizeof(text));
	device->now.state = state_of(text);
	device->now.revision = number_at(row, 7);
	sql_text(row, 8, device->now.version, sizeof(device->now.version));
	device->now.has_session = is_true(row, 9);
	sql_text(row, 10, text, sizeof(text));
	device->now.session_reason = text[0] == 'S' ? atoi(text + 1) : 0;
	device->now.crashes = number_at(row, 11) + number_at(row, 12);
}

static void read_given(struct sql_row *row, struct db_rollout_device *device)
{
	device->ring = sql_whole(row, OWN);
	device->given.given_s = sql_whole(row, OWN + 1);
	device->given.revision = sql_whole(row, OWN + 2);
	device->outcome = (enum rollout_outcome)sql_whole(row, OWN + 3);
	device->crashed = (enum db_rollout_crashed)sql_whole(row, OWN + 4);
	device->sign_in = (enum rollout_sign_in)sql_whole(row, OWN + 5);
	device->given.saw_trial = sql_whole(row, OWN + 6) != 0;
	device->given.before.state = (int)sql_whole(row, OWN + 7);
	device->given.before.crashes = sql_whole(row, OWN + 8);
	device->given.before.has_session = sql_whole(row, OWN + 9) != 0;
	device->given.before.session_reason = (int)sql_whole(row, OWN + 10);
	sql_text(row, OWN + 11, device->said, sizeof(device->said));
}

/* SQL that is true for devices below a scope: ?1 is its kind, ?2 its name. */
#define BELOW \
	" (CASE ?1 WHEN 'organisation' THEN 1 = 1 WHEN 'tenant' THEN device.tenant = ?2" \
	" WHEN 'site' THEN device.site = ?2 WHEN 'device' THEN device.id = ?2" \
	" ELSE EXISTS (SELECT 1 FROM member WHERE team = ?2 AND member.device = device.id) END)"

static const char *split(const char *scope, char kind[16])
{
	size_t length = strcspn(scope, "/");

	memcpy(kind, scope, length < 15 ? length : 15);
	kind[length < 15 ? length : 15] = '\0';
	return scope[length] ? scope + length + 1 : "";
}

int db_rollout_candidates(struct db *db, const struct db_rollout *rollout, const char *after,
		int64_t limit, db_rollout_device_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	struct db_rollout_device device;
	char kind[16];
	const char *name = split(rollout->scope, kind);
	int r = sql_bind(db,
			"SELECT" FACTS " FROM device WHERE device.id > ?3 AND" BELOW
			" AND NOT EXISTS (SELECT 1 FROM rollout_device WHERE rollout = ?4"
			" AND rollout_device.device = device.id) ORDER BY device.id LIMIT ?5",
			&row, err, "tttti", kind, name, after, rollout->id, limit);

	while (r == 0 && (r = sql_step(db, row, err)) > 0) {
		read_facts(row, &device);
		r = fn(data, &device);
	}
	return r;
}

int db_rollout_devices(struct db *db, const char *id, enum db_rollout_which which,
		const struct db_page *page, db_rollout_device_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	struct db_rollout_device device;
	int r = sql_bind(db,
			"SELECT" FACTS GIVEN " FROM rollout_device"
			" JOIN device ON device.id = rollout_device.device"
			" WHERE rollout = ?1 AND rollout_device.device > ?2"
			" AND (?3 = 0 OR (?3 = 1 AND outcome IN (0, 3, 4))"
			"  OR (?3 = 2 AND (outcome IN (2, 3, 4) OR crashed > 0 OR sign_in = 2)))"
			" ORDER BY rollout_device.device LIMIT ?4",
			&row, err, "ttii", id, page->after, (int64_t)which, page->limit);

	while (r == 0 && (r = sql_step(db, row, err)) > 0) {
		read_facts(row, &device);
		read_given(row, &device);
		r = fn(data, &device);
	}
	return r;
}

int db_rollout_device_add(struct db *db, const char *id, const struct db_rollout_device *device,
		struct err *err)
{
	const struct rollout_facts *before = &device->given.before;
	int r = sql_run(db, err,
			"INSERT INTO rollout_device (rollout, device, ring, given_s, revision,"
			" outcome, crashed, sign_in, trial, state_before, crashes_before,"
			" session_before, reason_before) VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0, ?, ?,"
			" ?, ?)",
			"ttiiiiiiii", id, device->id, device->ring, device->given.given_s,
			device->given.revision, (int64_t)device->outcome, (int64_t)before->state,
			before->crashes, (int64_t)before->has_session,
			(int64_t)before->session_reason);

	return r < 0 ? r : 0;
}

int db_rollout_device_put(struct db *db, const char *id, const struct db_rollout_device *device,
		struct err *err)
{
	int r = sql_run(db, err,
			"UPDATE rollout_device SET outcome = ?3, crashed = ?4, sign_in = ?5,"
			" trial = ?6, said = (SELECT CASE WHEN ?3 = 2 THEN"
			" coalesce(report ->> 'reason', '') || ' '"
			" || coalesce(report ->> 'detail', '') END FROM device WHERE id = ?2)"
			" WHERE rollout = ?1 AND device = ?2",
			"ttiiii", id, device->id, (int64_t)device->outcome,
			(int64_t)device->crashed, (int64_t)device->sign_in,
			(int64_t)device->given.saw_trial);

	return r < 0 ? r : 0;
}

/* The device tries or runs another revision from now on: all is judged anew. */
int db_rollout_devices_again(struct db *db, const char *id, int64_t revision, int64_t now_s,
		struct err *err)
{
	int r = sql_run(db, err,
			"UPDATE rollout_device SET outcome = 0, crashed = 0, sign_in = 0,"
			" trial = 0, revision = ?2, given_s = ?3, state_before = 0, said = NULL"
			" WHERE rollout = ?1",
			"tii", id, revision, now_s);

	return r < 0 ? r : 0;
}

int db_rollout_devices_excuse(struct db *db, const char *id, struct err *err)
{
	int r = sql_run(db, err,
			"UPDATE rollout_device SET outcome = CASE WHEN outcome IN (2, 3) THEN 4"
			" ELSE outcome END, crashed = CASE WHEN crashed > 0 THEN 2 ELSE 0 END,"
			" sign_in = CASE WHEN sign_in = 2 THEN 0 ELSE sign_in END"
			" WHERE rollout = ? AND (outcome IN (2, 3) OR crashed > 0 OR sign_in = 2)",
			"t", id);

	return r < 0 ? r : 0;
}

int db_rollout_tally(struct db *db, const char *id, struct rollout_tally ret[ROLLOUT_RINGS_MAX],
		struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			"SELECT ring, outcome, crashed, sign_in, count(*) FROM rollout_device"
			" WHERE rollout = ? GROUP BY ring, outcome, crashed, sign_in",
			&row, err, "t", id);

	while (r == 0 && (r = sql_step(db, row, err)) > 0) {
		int64_t ring = sql_whole(row, 0), outcome = sql_whole(row, 1);
		unsigned count = (unsigned)sql_whole(row, 4);

		r = 0;
		if (ring < 0 || ring >= ROLLOUT_RINGS_MAX || outcome < 0 ||
				outcome >= ROLLOUT_OUTCOMES)
			return err_set(err, EIO, "database: roll-out %s has no such ring", id);
		ret[ring].given += count;
		ret[ring].outcomes[outcome] += count;
		ret[ring].crashed += sql_whole(row, 2) == DB_ROLLOUT_CRASHED ? count : 0;
		ret[ring].signed_in += sql_whole(row, 3) == ROLLOUT_SIGN_IN_DONE ? count : 0;
		ret[ring].sign_in_failed += sql_whole(row, 3) == ROLLOUT_SIGN_IN_FAILED ? count : 0;
	}
	return r;
}

int db_rollout_recent(struct db *db, const char *id, int64_t since_s, int64_t *ret, struct err *err)
{
	return sql_number(db, ret, err,
			"SELECT count(*) FROM rollout_device WHERE rollout = ? AND given_s >= ?",
			"ti", id, since_s);
}

int db_rollout_sites(struct db *db, const struct db_rollout *rollout, const struct db_page *page,
		db_rollout_site_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	char kind[16];
	const char *name = split(rollout->scope, kind);
	int r = sql_bind(db,
			"SELECT coalesce(device.site, '') AS place, count(*),"
			" count(CASE WHEN outcome = 0 THEN 1 END),"
			" count(CASE WHEN outcome = 1 THEN 1 END),"
			" count(CASE WHEN outcome = 2 THEN 1 END),"
			" count(CASE WHEN outcome = 3 THEN 1 END),"
			" count(CASE WHEN outcome = 4 THEN 1 END),"
			" count(CASE WHEN crashed > 0 THEN 1 END)"
			" FROM device LEFT JOIN rollout_device ON rollout_device.rollout = ?3"
			" AND rollout_device.device = device.id WHERE" BELOW
			" AND (?4 = '' OR coalesce(device.site, '') > substr(?4, 2))"
			" GROUP BY 1 ORDER BY 1 LIMIT ?5",
			&row, err, "tttti", kind, name, rollout->id, page->after, page->limit);

	while (r == 0 && (r = sql_step(db, row, err)) > 0) {
		struct db_rollout_site site = {
				.devices = sql_whole(row, 1), .crashed = sql_whole(row, 7)};

		sql_text(row, 0, site.site, sizeof(site.site));
		for (int i = 0; i < ROLLOUT_OUTCOMES; i++)
			site.outcomes[i] = sql_whole(row, 2 + i);
		r = fn(data, &site);
	}
	return r;
}

int db_rollout_under_way(struct db *db, const char *id, db_rollout_site_fn fn, void *data,
		struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			"SELECT device.site, count(*) FROM rollout_device"
			" JOIN device ON device.id = rollout_device.device"
			" WHERE rollout = ? AND outcome = 0 AND device.site IS NOT NULL"
			" GROUP BY device.site",
			&row, err, "t", id);

	while (r == 0 && (r = sql_step(db, row, err)) > 0) {
		struct db_rollout_site site = {.outcomes = {sql_whole(row, 1)}};

		sql_text(row, 0, site.site, sizeof(site.site));
		r = fn(data, &site);
	}
	return r;
}
