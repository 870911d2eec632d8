/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db_inventory.h"

#include <errno.h>
#include <string.h>

#include "server/sql.h"

int db_inventory_get(struct db *db, const char *device, char **body, int64_t *taken_s,
		struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, "SELECT body, taken_s FROM inventory WHERE device = ?", &row, err, "t",
			device);

	if (r == 0)
		r = sql_step(db, row, err);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, ENOENT, "nothing is known yet of what this device is made of");
	*body = own_copy_text(sql_borrow(row, 0));
	*taken_s = sql_whole(row, 1);
	return 0;
}

int db_inventory_put(struct db *db, const char *device, const char *body, int64_t taken_s,
		struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO inventory (device, body, taken_s) VALUES (?1, ?2, ?3)"
			" ON CONFLICT (device) DO UPDATE SET body = excluded.body,"
			" taken_s = excluded.taken_s",
			"tti", device, body, taken_s);

	return r < 0 ? r : 0;
}

int db_inventory_change_add(struct db *db, const char *device,
		const struct db_inventory_change *change, struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO inventory_change (device, time_s, path, before, after)"
			" VALUES (?, ?, ?, ?, ?)",
			"titnn", device, change->time_s, change->path,
			change->before ? change->before : "", change->after ? change->after : "");

	return r < 0 ? r : 0;
}

int db_inventory_change_trim(struct db *db, const char *device, struct err *err)
{
	int r = sql_run(db, err,
			"DELETE FROM inventory_change WHERE device = ?1 AND id <= (SELECT id FROM"
			" inventory_change WHERE device = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
			"ti", device, (int64_t)DB_CHANGES_MAX);

	return r < 0 ? r : 0;
}

int db_inventory_change_list(struct db *db, const char *device, int64_t before, int64_t limit,
		db_inventory_change_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			"SELECT id, time_s, path, before, after FROM inventory_change"
			" WHERE device = ?1 AND (?2 = 0 OR id < ?2) ORDER BY id DESC LIMIT ?3",
			&row, err, "tii", device, before, limit);

	if (r < 0)
		return r;
	while ((r = sql_step(db, row, err)) > 0) {
		const struct db_inventory_change change = {.id = sql_whole(row, 0),
				.time_s = sql_whole(row, 1),
				.path = sql_borrow(row, 2),
				.before = sql_borrow(row, 3),
				.after = sql_borrow(row, 4)};

		r = fn(data, &change);
		if (r != 0)
			return r;
	}
	return r;
}

int db_note_get(struct db *db, const char *device, struct db_note *ret, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, "SELECT asset, notes FROM note WHERE device = ?", &row, err, "t",
			device);

	if (r == 0)
		r = sql_step(db, row, err);
	if (r < 0)
		return r;
	*ret = (struct db_note){0};
	if (r == 0)
		return 0;
	sql_text(row, 0, ret->asset, sizeof(ret->asset));
	sql_text(row, 1, ret->notes, sizeof(ret->notes));
	return 0;
}

int db_note_put(struct db *db, const char *device, const struct db_note *note, struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO note (device, asset, notes) VALUES (?1, ?2, ?3)"
			" ON CONFLICT (device) DO UPDATE SET asset = excluded.asset,"
			" notes = excluded.notes",
			"ttt", device, note->asset, note->notes);

	return r < 0 ? r : 0;
}

/* --- rules */

int db_rule_list(struct db *db, db_rule_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			"SELECT name, tenant, rule FROM team WHERE rule IS NOT NULL ORDER BY name",
			&row, err, "");

	if (r < 0)
		return r;
	while ((r = sql_step(db, row, err)) > 0) {
		const char *tenant = sql_borrow(row, 1);

		r = fn(data, sql_borrow(row, 0), tenant ? tenant : "", sql_borrow(row, 2));
		if (r != 0)
			return r;
	}
	return r;
}

int db_rule_get(struct db *db, const char *group, char **rule, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, "SELECT rule FROM team WHERE name = ?", &row, err, "t", group);

	if (r == 0)
		r = sql_step(db, row, err);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, ENOENT, "there is no group \"%s\"", group);
	const char *text = sql_borrow(row, 0);
	*rule = text ? own_copy_text(text) : NULL;
	return 0;
}

int db_rule_put(struct db *db, const char *group, const char *rule, struct err *err)
{
	int r = sql_run(db, err, "UPDATE team SET rule = ?2 WHERE name = ?1", "tn", group, rule);

	return r < 0 ? r : 0;
}

int db_rule_is_member(struct db *db, const char *group, const char *device, bool *ret,
		struct err *err)
{
	int64_t count = 0;
	int r = sql_number(db, &count, err,
			"SELECT count(*) FROM member WHERE team = ? AND device = ?", "tt", group,
			device);

	*ret = count > 0;
	return r;
}

static const char *text_of(struct sql_row *row, int column)
{
	const char *text = sql_borrow(row, column);

	return text ? text : "";
}

#define FACTS \
	"SELECT device.id, device.name, device.tenant, device.site, device.address," \
	" device.hardware, device.report, inventory.body, device.approved_by," \
	" device.approved_s, device.seen_s FROM device" \
	" LEFT JOIN inventory ON inventory.device = device.id "

static int read_facts(struct db *db, struct sql_row *row, db_facts_fn fn, void *data,
		struct err *err)
{
	int r;

	while ((r = sql_step(db, row, err)) > 0) {
		const struct db_facts facts = {.id = text_of(row, 0),
				.name = text_of(row, 1),
				.tenant = text_of(row, 2),
				.site = text_of(row, 3),
				.address = text_of(row, 4),
				.hardware = text_of(row, 5),
				.report = text_of(row, 6),
				.inventory = text_of(row, 7),
				.approved_by = text_of(row, 8),
				.approved_s = sql_whole(row, 9),
				.seen_s = sql_whole(row, 10)};

		r = fn(data, &facts);
		if (r != 0)
			return r;
	}
	return r;
}

int db_facts_list(struct db *db, const char *tenant, const char *id, const char *after,
		int64_t limit, db_facts_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			FACTS "WHERE device.id > ?3 AND (?1 = '' OR device.tenant = ?1)"
			      " AND (?2 = '' OR device.id = ?2) ORDER BY device.id LIMIT ?4",
			&row, err, "ttti", tenant, id, after, limit);

	return r < 0 ? r : read_facts(db, row, fn, data, err);
}

int db_facts_view(struct db *db, const char *view, const char *tenant, const char *after,
		int64_t limit, db_facts_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			FACTS "WHERE device.id > ?3 AND (?1 = '' OR device.tenant = ?1)"
			      " AND " SQL_DEVICE_IN_VIEW("?2") " ORDER BY device.id LIMIT ?4",
			&row, err, "ttti", tenant, view, after, limit);

	return r < 0 ? r : read_facts(db, row, fn, data, err);
}
