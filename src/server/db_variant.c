/* SPDX-License-Identifier: Apache-2.0 */
/* Variants of layers and the devices that have them. */
#include <errno.h>

#include "server/sql.h"

int db_variant_add(struct db *db, const struct db_variant *variant, struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO variant (id, scope, patch, revision) VALUES (?, ?, ?, ?)",
			"ttti", variant->id, variant->scope, variant->patch, variant->revision);

	return r < 0 ? r : 0;
}

int db_variant_remove(struct db *db, const char *id, struct err *err)
{
	int r = sql_run(db, err, "DELETE FROM variant WHERE id = ?", "t", id);

	if (r == 0)
		return err_set(err, ENOENT, "there is no variant %s", id);
	return r < 0 ? r : 0;
}

#define COLUMNS "SELECT variant.id, variant.scope, variant.revision, variant.patch FROM variant "

/* `patch` points into the row. */
static struct db_variant read_variant(struct sql_row *row)
{
	struct db_variant variant = {.revision = sql_whole(row, 2), .patch = sql_borrow(row, 3)};

	sql_text(row, 0, variant.id, sizeof(variant.id));
	sql_text(row, 1, variant.scope, sizeof(variant.scope));
	return variant;
}

static int each(struct db *db, struct sql_row *row, db_variant_fn fn, void *data, struct err *err)
{
	int r;

	while ((r = sql_step(db, row, err)) > 0) {
		struct db_variant variant = read_variant(row);

		r = fn(data, &variant);
		if (r != 0)
			return r;
	}
	return r;
}

int db_variant_list(struct db *db, const char *scope, db_variant_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			COLUMNS "WHERE ?1 = '' OR variant.scope = ?1"
				" ORDER BY variant.revision, variant.id",
			&row, err, "t", scope);

	return r < 0 ? r : each(db, row, fn, data, err);
}

int db_variant_get(struct db *db, const char *id, db_variant_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, COLUMNS "WHERE variant.id = ?", &row, err, "t", id);

	if (r == 0)
		r = sql_step(db, row, err);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, ENOENT, "there is no variant %s", id);
	struct db_variant variant = read_variant(row);
	return fn(data, &variant);
}

int db_variant_of(struct db *db, const char *device, db_variant_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			COLUMNS "JOIN variant_device ON variant_device.variant = variant.id"
				" WHERE variant_device.device = ?"
				" ORDER BY variant.revision, variant.id",
			&row, err, "t", device);

	return r < 0 ? r : each(db, row, fn, data, err);
}

int db_variant_give(struct db *db, const char *id, const char *device, struct err *err)
{
	return sql_run(db, err,
			"INSERT INTO variant_device (device, variant) VALUES (?, ?)"
			" ON CONFLICT DO NOTHING",
			"tt", device, id);
}

int db_variant_devices(struct db *db, const char *id, db_id_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, "SELECT device FROM variant_device WHERE variant = ? ORDER BY device",
			&row, err, "t", id);

	while (r == 0 && (r = sql_step(db, row, err)) > 0)
		r = fn(data, sql_borrow(row, 0));
	return r;
}
