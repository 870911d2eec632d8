/* SPDX-License-Identifier: Apache-2.0 */
/* Devices and what they fetch. */
#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "server/sql.h"

/* Its own, or its class's when that is newer than its joining: as fleet_revision has it. */
#define REVISION \
	"CASE WHEN class.revision > device.joined THEN class.revision ELSE device.revision END"

#define COLUMNS \
	"SELECT device.id, device.name, device.site, device.tenant, device.certificate," \
	" device.hardware, device.approved_s, device.approved_by, " REVISION "," \
	" device.seen_s, device.report, device.address" \
	" FROM device LEFT JOIN class ON class.id = device.class "

int db_device_groups(struct db *db, const char *id, char groups[DB_GROUPS_TEXT], struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	size_t used = 0;
	int r = sql_bind(db, "SELECT team FROM member WHERE device = ? ORDER BY team", &row, err,
			"t", id);

	groups[0] = '\0';
	if (r < 0)
		return r;
	while ((r = sql_step(db, row, err)) > 0) {
		char name[DB_PLACE_MAX];

		sql_text(row, 0, name, sizeof(name));
		size_t length = strlen(name);
		if (used + length + 2 > DB_GROUPS_TEXT)
			return err_set(err, EIO, "database: device %s is in more than %d groups",
					id, DB_GROUPS_MAX);
		memcpy(groups + used, name, length);
		groups[used + length] = '\n';
		used += length + 1;
		groups[used] = '\0';
	}
	return r;
}

static int read_device(struct db *db, struct sql_row *row, struct db_device *device,
		struct err *err)
{
	*device = (struct db_device){0};
	sql_text(row, 0, device->id, sizeof(device->id));
	sql_text(row, 1, device->name, sizeof(device->name));
	sql_text(row, 2, device->site, sizeof(device->site));
	sql_text(row, 3, device->tenant, sizeof(device->tenant));
	sql_hash(row, 4, device->certificate);
	sql_text(row, 5, device->hardware, sizeof(device->hardware));
	device->approved_s = sql_whole(row, 6);
	sql_text(row, 7, device->approved_by, sizeof(device->approved_by));
	device->revision = sql_whole(row, 8);
	device->seen_s = sql_whole(row, 9);
	sql_text(row, 10, device->report, sizeof(device->report));
	sql_text(row, 11, device->address, sizeof(device->address));
	return db_device_groups(db, device->id, device->groups, err);
}

static int put_groups(struct db *db, const struct db_device *device, struct err *err)
{
	int r = sql_run(db, err, "DELETE FROM member WHERE device = ?", "t", device->id);

	for (const char *at = device->groups; r >= 0 && *at;) {
		char name[DB_PLACE_MAX];
		size_t length = strcspn(at, "\n");

		if (length >= sizeof(name))
			return err_set(err, EINVAL, "groups: a name is longer than %d bytes",
					DB_PLACE_MAX - 1);
		memcpy(name, at, length);
		name[length] = '\0';
		r = sql_run(db, err,
				"INSERT INTO member (team, device) VALUES (?, ?)"
				" ON CONFLICT DO NOTHING",
				"tt", name, device->id);
		at += length + (at[length] == '\n');
	}
	return r < 0 ? r : 0;
}

int db_device_add(struct db *db, const struct db_device *device, struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO device (id, name, tenant, site, certificate, hardware,"
			" approved_s, approved_by, address) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			"ttnnhtitn", device->id, device->name, device->tenant, device->site,
			device->certificate, device->hardware, device->approved_s,
			device->approved_by, device->address);

	if (r == -EEXIST)
		return err_set(err, EEXIST, "name: there is a device \"%s\" already", device->name);
	return r < 0 ? r : put_groups(db, device, err);
}

/* The one row, of the device called `key`. */
static int read_found(struct db *db, struct sql_row *row, const char *key, struct db_device *ret,
		struct err *err)
{
	int r = sql_step(db, row, err);

	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, ENOENT, "there is no device \"%s\"", key);
	return read_device(db, row, ret, err);
}

int db_device_get(struct db *db, const char *id, struct db_device *ret, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, COLUMNS "WHERE device.id = ?", &row, err, "t", id);

	return r < 0 ? r : read_found(db, row, id, ret, err);
}

int db_device_by_name(struct db *db, const char *tenant, const char *name, struct db_device *ret,
		struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, COLUMNS "WHERE coalesce(device.tenant, '') = ? AND device.name = ?",
			&row, err, "tt", tenant, name);

	return r < 0 ? r : read_found(db, row, name, ret, err);
}

int db_device_place(struct db *db, const struct db_device *device, struct err *err)
{
	int r = sql_run(db, err,
			"UPDATE device SET name = ?2, tenant = ?3, site = ?4 WHERE id = ?1", "ttnn",
			device->id, device->name, device->tenant, device->site);

	if (r == -EEXIST)
		return err_set(err, EEXIST, "name: there is a device \"%s\" already", device->name);
	return r < 0 ? r : put_groups(db, device, err);
}

int db_device_remove(struct db *db, const char *id, struct err *err)
{
	int r = sql_run(db, err, "DELETE FROM device WHERE id = ?", "t", id);
	if (r == 0)
		return err_set(err, ENOENT, "there is no device \"%s\"", id);
	return r < 0 ? r : 0;
}

/* Text of people for LIKE: its own wildcards are taken as they are. */
static void like_pattern(const char *search, char *pattern, size_t size)
{
	size_t used = 0;

	pattern[used++] = '%';
	for (; *search && used + 4 < size; search++) {
		if (strchr("%_\\", *search))
			pattern[used++] = '\\';
		pattern[used++] = *search;
	}
	pattern[used++] = '%';
	pattern[used] = '\0';
}

static const char list_sql[] = COLUMNS
		"WHERE (device.name, device.id) > (?1, ?10)"
		" AND (?2 = '' OR device.site = ?2) AND (?3 = '' OR device.tenant = ?3)"
		" AND (?4 = '' OR EXISTS (SELECT 1 FROM member WHERE team = ?4 AND device = "
		"device.id))"
		" AND (?5 = '' OR coalesce(device.report ->> 'state', 'none') = ?5)"
		" AND (?6 = 0 OR (coalesce(device.seen_s, 0) >= ?7) = (?6 = 1))"
		" AND (?8 = '%%' OR lower(device.name) LIKE lower(?8) ESCAPE '\\'"
		"  OR device.id LIKE lower(?8) ESCAPE '\\'"
		"  OR device.address LIKE ?8 ESCAPE '\\'"
		"  OR lower(device.hardware ->> 'serial') LIKE lower(?8) ESCAPE '\\'"
		"  OR lower(device.hardware ->> 'model') LIKE lower(?8) ESCAPE '\\'"
		"  OR lower(device.hardware ->> 'mac') LIKE lower(?8) ESCAPE '\\')"
		" AND " SQL_DEVICE_IN_VIEW("?11") " ORDER BY device.name, device.id LIMIT ?9";

int db_device_list(struct db *db, const struct db_device_filter *filter, db_device_fn fn,
		void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	const char *after = filter->page.after;
	size_t length = strcspn(after, "\n");
	char pattern[512], name[DB_NAME_MAX];

	if (text_format(name, sizeof(name), "%.*s", (int)length, after) < 0)
		return err_set(err, EINVAL, "cursor: not one of this list");
	like_pattern(filter->search, pattern, sizeof(pattern));
	int r = sql_bind(db, list_sql, &row, err, "tttttiititt", name, filter->site, filter->tenant,
			filter->group, filter->state, (int64_t)filter->online,
			filter->online_since_s, pattern, filter->page.limit,
			after + length + (after[length] == '\n'), filter->view ? filter->view : "");
	if (r < 0)
		return r;
	while ((r = sql_step(db, row, err)) > 0) {
		struct db_device device;

		r = read_device(db, row, &device, err);
		if (r == 0)
			r = fn(data, &device);
		if (r != 0)
			return r;
	}
	return r;
}

int db_device_count(struct db *db, const char *view, int64_t online_since_s, int64_t *count,
		int64_t *online, struct err *err)
{
	int r = sql_number(db, count, err,
			"SELECT count(*) FROM device WHERE " SQL_DEVICE_IN_VIEW("?1"), "t", view);

	if (r < 0)
		return r;
	return sql_number(db, online, err,
			"SELECT count(*) FROM device WHERE seen_s >= ?2"
			" AND " SQL_DEVICE_IN_VIEW("?1"),
			"ti", view, online_since_s);
}

int db_device_states(struct db *db, int (*fn)(void *data, const char *state, int64_t count),
		void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			"SELECT coalesce(report ->> 'state', 'none') AS state, count(*) FROM device"
			" GROUP BY 1 ORDER BY 1",
			&row, err, "");

	while (r == 0 && (r = sql_step(db, row, err)) > 0) {
		char state[DB_KIND_MAX];

		sql_text(row, 0, state, sizeof(state));
		r = fn(data, state, sql_whole(row, 1));
	}
	return r;
}

int db_device_report(struct db *db, const char *id, const char *report, const char *address,
		int64_t seen_s, struct err *err)
{
	int r = sql_run(db, err,
			"UPDATE device SET report = ?2, address = ?3, seen_s = ?4 WHERE id = ?1",
			"ttni", id, report, address, seen_s);

	return r < 0 ? r : 0;
}

int db_device_seen(struct db *db, const char *id, int64_t seen_s, struct err *err)
{
	int r = sql_run(db, err, "UPDATE device SET seen_s = ?2 WHERE id = ?1", "ti", id, seen_s);

	return r < 0 ? r : 0;
}

static const char *below_sql(const char *scope, const char **name)
{
	static const struct {
		const char *prefix, *sql;
	} kinds[] = {
			{"tenant/", "SELECT id FROM device WHERE tenant = ? ORDER BY id"},
			{"site/", "SELECT id FROM device WHERE site = ? ORDER BY id"},
			{"group/", "SELECT device FROM member WHERE team = ? ORDER BY device"},
			{"device/", "SELECT id FROM device WHERE id = ?"},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t length = strlen(kinds[i].prefix);

		if (strncmp(scope, kinds[i].prefix, length) == 0) {
			*name = scope + length;
			return kinds[i].sql;
		}
	}
	*name = "";
	return "SELECT id FROM device WHERE ? = '' ORDER BY id";
}

int db_id_collect(void *data, const char *id)
{
	char slot[DB_ID_MAX] = "";
	int r = text_copy(slot, sizeof(slot), id);

	return r < 0 ? r : array_append(data, slot, sizeof(slot));
}

int db_device_below(struct db *db, const char *scope, db_id_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	const char *name, *sql = below_sql(scope, &name);
	int r = sql_bind(db, sql, &row, err, "t", name);

	if (r < 0)
		return r;
	while ((r = sql_step(db, row, err)) > 0) {
		r = fn(data, sql_borrow(row, 0));
		if (r != 0)
			return r;
	}
	return r;
}

static int count_one(void *data, const char *id)
{
	(void)id;
	++*(int64_t *)data;
	return 0;
}

int db_device_below_count(struct db *db, const char *scope, const char *view, int64_t *ret,
		struct err *err)
{
	int64_t count = 0;
	int r;

	if (view[0])
		return sql_number(db, ret, err,
				"SELECT count(*) FROM device WHERE " SQL_DEVICE_IN_VIEW(
						"?2") " AND (?1 = 'organisation' OR 'tenant/' || "
						      "tenant = ?1"
						      " OR 'site/' || site = ?1 OR 'device/' || id "
						      "= ?1"
						      " OR EXISTS (SELECT 1 FROM member WHERE "
						      "device = device.id"
						      "  AND 'group/' || team = ?1))",
				"tt", scope, view);
	r = db_device_below(db, scope, count_one, &count, err);
	if (r == 0)
		*ret = count;
	return r;
}
