/* SPDX-License-Identifier: Apache-2.0 */
/* Devices as the fleet has them, and their classes. */
#include "server/db_fleet.h"

#include <errno.h>
#include <string.h>

#include "server/sql.h"

#define DEVICES \
	"SELECT device.id, device.name, device.tenant, device.site, device.certificate," \
	" device.revision, device.joined, device.class, device.effective FROM device "
#define GROUPS "SELECT member.device, member.team FROM member "
#define VARIANTS \
	"SELECT variant_device.device, variant.id FROM variant_device" \
	" JOIN variant ON variant.id = variant_device.variant "

static struct db_fleet_device read_device(struct sql_row *row)
{
	struct db_fleet_device device = {
			.own = sql_whole(row, 5),
			.joined = sql_whole(row, 6),
			.class_id = sql_whole(row, 7),
	};

	sql_text(row, 0, device.id, sizeof(device.id));
	sql_text(row, 1, device.name, sizeof(device.name));
	sql_text(row, 2, device.tenant, sizeof(device.tenant));
	sql_text(row, 3, device.site, sizeof(device.site));
	sql_hash(row, 4, device.certificate);
	sql_hash(row, 8, device.effective);
	return device;
}

/* Rows (device, name) that run beside the devices, in the same order. */
struct beside {
	struct sql_row *row;
	bool has_row;
};

static int move_on(struct db *db, struct beside *beside, struct err *err)
{
	int r = sql_step(db, beside->row, err);

	beside->has_row = r > 0;
	return r < 0 ? r : 0;
}

static int append_name(const char *id, const char *name, char *text, size_t size, struct err *err)
{
	size_t used = strlen(text), length = strlen(name);

	if (used + length + 2 > size)
		return err_set(err, EIO, "database: device %s is in too many groups or roll-outs",
				id);
	memcpy(text + used, name, length);
	memcpy(text + used + length, "\n", 2);
	return 0;
}

/* All names of the device into `text`; rows of devices that are not there are passed over. */
static int gather(struct db *db, struct beside *beside, const char *id, char *text, size_t size,
		struct err *err)
{
	int r = 0;

	while (r == 0 && beside->has_row) {
		int order = strcmp(sql_borrow(beside->row, 0), id);

		if (order > 0)
			break;
		if (order == 0)
			r = append_name(id, sql_borrow(beside->row, 1), text, size, err);
		if (r == 0)
			r = move_on(db, beside, err);
	}
	return r;
}

static int walk(struct db *db, struct sql_row *devices, struct beside *groups,
		struct beside *variants, db_fleet_fn fn, void *data, struct err *err)
{
	int r = move_on(db, groups, err);

	if (r == 0)
		r = move_on(db, variants, err);
	while (r == 0 && (r = sql_step(db, devices, err)) > 0) {
		struct db_fleet_device device = read_device(devices);

		r = gather(db, groups, device.id, device.groups, sizeof(device.groups), err);
		if (r == 0)
			r = gather(db, variants, device.id, device.variants,
					sizeof(device.variants), err);
		if (r == 0)
			r = fn(data, &device);
	}
	return r;
}

int db_fleet_list(struct db *db, int64_t after, db_fleet_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *devices = NULL;
	OWNED(row) struct sql_row *groups = NULL;
	OWNED(row) struct sql_row *variants = NULL;
	int r = sql_bind(db, DEVICES "WHERE touched > ? ORDER BY device.id", &devices, err, "i",
			after);

	if (r == 0)
		r = sql_bind(db,
				GROUPS "JOIN device ON device.id = member.device"
				       " WHERE device.touched > ?"
				       " ORDER BY member.device, member.team",
				&groups, err, "i", after);
	if (r == 0)
		r = sql_bind(db,
				VARIANTS "JOIN device ON device.id = variant_device.device"
					 " WHERE device.touched > ? ORDER BY"
					 " variant_device.device, variant.revision, variant.id",
				&variants, err, "i", after);
	if (r < 0)
		return r;
	struct beside team = {.row = groups}, variant = {.row = variants};
	return walk(db, devices, &team, &variant, fn, data, err);
}

static int keep_one(void *data, const struct db_fleet_device *device)
{
	*(struct db_fleet_device *)data = *device;
	return 0;
}

int db_fleet_get(struct db *db, const char *id, struct db_fleet_device *ret, struct err *err)
{
	OWNED(row) struct sql_row *devices = NULL;
	OWNED(row) struct sql_row *groups = NULL;
	OWNED(row) struct sql_row *variants = NULL;
	int r = sql_bind(db, DEVICES "WHERE device.id = ?", &devices, err, "t", id);

	if (r == 0)
		r = sql_bind(db, GROUPS "WHERE member.device = ? ORDER BY member.team", &groups,
				err, "t", id);
	if (r == 0)
		r = sql_bind(db,
				VARIANTS "WHERE variant_device.device = ?"
					 " ORDER BY variant.revision, variant.id",
				&variants, err, "t", id);
	if (r < 0)
		return r;
	struct beside team = {.row = groups}, variant = {.row = variants};
	ret->id[0] = '\0';
	r = walk(db, devices, &team, &variant, keep_one, ret, err);
	return r == 0 && !ret->id[0] ? -ENOENT : r;
}

int db_fleet_put(struct db *db, const struct db_fleet_device *device, int64_t revision,
		struct err *err)
{
	int r = sql_run(db, err,
			"UPDATE device SET class = ?2, revision = ?3, joined = ?4, effective = ?5,"
			" touched = ?6 WHERE id = ?1",
			"tiiiHi", device->id, device->class_id, device->own, device->joined,
			device->effective, revision);

	return r < 0 ? r : 0;
}

static int each_id(struct db *db, struct sql_row *row, db_id_fn fn, void *data, struct err *err)
{
	int r;

	while ((r = sql_step(db, row, err)) > 0) {
		r = fn(data, sql_borrow(row, 0));
		if (r != 0)
			return r;
	}
	return r;
}

int db_fleet_gone(struct db *db, int64_t after, db_id_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, "SELECT device FROM device_gone WHERE revision > ?", &row, err, "i",
			after);

	return r < 0 ? r : each_id(db, row, fn, data, err);
}

int db_fleet_put_gone(struct db *db, const char *id, int64_t revision, struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO device_gone (revision, device) VALUES (?, ?)"
			" ON CONFLICT DO NOTHING",
			"it", revision, id);

	return r < 0 ? r : 0;
}

int db_class_list(struct db *db, int64_t after, db_class_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, "SELECT id, revision, effective FROM class WHERE revision > ?", &row,
			err, "i", after);

	while (r == 0 && (r = sql_step(db, row, err)) > 0) {
		struct db_class class = {.id = sql_whole(row, 0), .revision = sql_whole(row, 1)};

		sql_hash(row, 2, class.effective);
		r = fn(data, &class);
	}
	return r;
}

int db_class_put(struct db *db, const struct db_class *class, struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO class (id, revision, effective) VALUES (?1, ?2, ?3)"
			" ON CONFLICT (id) DO UPDATE SET revision = ?2, effective = ?3",
			"iih", class->id, class->revision, class->effective);

	return r < 0 ? r : 0;
}

int db_class_remove(struct db *db, int64_t id, struct err *err)
{
	int r = sql_run(db, err, "DELETE FROM class WHERE id = ?", "i", id);

	return r < 0 ? r : 0;
}

int db_layer_list(struct db *db, int64_t after, db_layer_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, "SELECT scope, config FROM layer WHERE revision > ?", &row, err, "i",
			after);

	while (r == 0 && (r = sql_step(db, row, err)) > 0)
		r = fn(data, sql_borrow(row, 0), sql_borrow(row, 1));
	return r;
}

int db_revision_put_device(struct db *db, int64_t revision, const char *id, struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO revision_device (revision, device) VALUES (?, ?)"
			" ON CONFLICT DO NOTHING",
			"it", revision, id);

	return r < 0 ? r : 0;
}

int db_revision_list_devices(struct db *db, int64_t revision, db_id_fn fn, void *data,
		struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			"SELECT device FROM revision_device WHERE revision = ?"
			" ORDER BY device LIMIT 100",
			&row, err, "i", revision);

	return r < 0 ? r : each_id(db, row, fn, data, err);
}
