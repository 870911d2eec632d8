/* SPDX-License-Identifier: Apache-2.0 */
/* Contingency sets and their documents. */
#include <errno.h>

#include "server/sql.h"

int db_contingency_add(struct db *db, const struct db_contingency *set, struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO contingency (id, tenant, name, description, changed_s,"
			" changed_by, asked) VALUES (?, ?, ?, ?, ?, ?, 0)",
			"tnttit", set->id, set->tenant, set->name, set->description, set->changed_s,
			set->changed_by);

	if (r == -EEXIST)
		return err_set(err, EEXIST, "name: there is a contingency set \"%s\" already",
				set->name);
	return r < 0 ? r : 0;
}

int db_contingency_put(struct db *db, const struct db_contingency *set, struct err *err)
{
	int r = sql_run(db, err,
			"UPDATE contingency SET name = ?2, description = ?3, changed_s = ?4,"
			" changed_by = ?5, asked = ?6, asked_s = ?7, asked_by = ?8, reason = ?9,"
			" revision = ?10, on_s = ?11, on_by = ?12, on_with = ?13 WHERE id = ?1",
			"tttitiznnzznn", set->id, set->name, set->description, set->changed_s,
			set->changed_by, (int64_t)set->asked, set->asked_s, set->asked_by,
			set->reason, set->revision, set->on_s, set->on_by, set->on_with);

	if (r == -EEXIST)
		return err_set(err, EEXIST, "name: there is a contingency set \"%s\" already",
				set->name);
	return r < 0 ? r : 0;
}

#define COLUMNS \
	"SELECT contingency.id, tenant, name, description, changed_s, changed_by, asked, asked_s," \
	" asked_by, reason, revision, on_s, on_by, on_with"

static void read_set(struct sql_row *row, struct db_contingency *set)
{
	*set = (struct db_contingency){
			.changed_s = sql_whole(row, 4),
			.asked = (enum db_contingency_asked)sql_whole(row, 6),
			.asked_s = sql_whole(row, 7),
			.revision = sql_whole(row, 10),
			.on_s = sql_whole(row, 11),
	};
	sql_text(row, 0, set->id, sizeof(set->id));
	sql_text(row, 1, set->tenant, sizeof(set->tenant));
	sql_text(row, 2, set->name, sizeof(set->name));
	sql_text(row, 3, set->description, sizeof(set->description));
	sql_text(row, 5, set->changed_by, sizeof(set->changed_by));
	sql_text(row, 8, set->asked_by, sizeof(set->asked_by));
	sql_text(row, 9, set->reason, sizeof(set->reason));
	sql_text(row, 12, set->on_by, sizeof(set->on_by));
	sql_text(row, 13, set->on_with, sizeof(set->on_with));
}

int db_contingency_get(struct db *db, const char *id, struct db_contingency *ret, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, COLUMNS " FROM contingency WHERE id = ?", &row, err, "t", id);

	if (r == 0)
		r = sql_step(db, row, err);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, ENOENT, "there is no contingency set \"%s\"", id);
	read_set(row, ret);
	return 0;
}

int db_contingency_remove(struct db *db, const char *id, struct err *err)
{
	int r = sql_run(db, err, "DELETE FROM contingency WHERE id = ?", "t", id);

	return r < 0 ? r : 0;
}

int db_contingency_list(struct db *db, const char *scopes, const struct db_page *page,
		db_contingency_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			COLUMNS " FROM contingency WHERE id > ?1 AND (?2 = ''"
				" OR replace('\n' || ?2, '\ntenant/' || tenant || '\n', '')"
				" <> '\n' || ?2) ORDER BY id LIMIT ?3",
			&row, err, "tti", page->after, scopes, page->limit);

	while (r == 0 && (r = sql_step(db, row, err)) > 0) {
		struct db_contingency set;

		read_set(row, &set);
		r = fn(data, &set);
	}
	return r;
}

int db_contingency_layer_put(struct db *db, const char *id, const char *scope, const char *patch,
		struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO contingency_layer (contingency, scope, patch) VALUES (?, ?, "
			"?)",
			"ttt", id, scope, patch);

	return r < 0 ? r : 0;
}

int db_contingency_layers_clear(struct db *db, const char *id, struct err *err)
{
	int r = sql_run(db, err, "DELETE FROM contingency_layer WHERE contingency = ?", "t", id);

	return r < 0 ? r : 0;
}

int db_contingency_layers(struct db *db, const char *id, db_contingency_layer_fn fn, void *data,
		struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			COLUMNS ", scope, patch FROM contingency JOIN contingency_layer"
				" ON contingency_layer.contingency = contingency.id"
				" WHERE (?1 = '' AND revision > 0) OR contingency.id = ?1"
				" ORDER BY revision, contingency.id, scope",
			&row, err, "t", id);

	while (r == 0 && (r = sql_step(db, row, err)) > 0) {
		struct db_contingency set;
		char scope[DB_SCOPE_MAX];

		read_set(row, &set);
		sql_text(row, 14, scope, sizeof(scope));
		r = fn(data, &set, scope, sql_borrow(row, 15));
	}
	return r;
}
