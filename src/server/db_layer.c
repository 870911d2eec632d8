/* SPDX-License-Identifier: Apache-2.0 */
/* Layers and the append-only revisions. */
#include <errno.h>
#include <string.h>

#include "server/rights.h"
#include "server/sql.h"

void db_layer_finish(struct db_layer *layer)
{
	free(layer->config);
	free(layer->origins);
	*layer = (struct db_layer){0};
}

int db_layer_get(struct db *db, const char *scope, struct db_layer *ret, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, "SELECT revision, config, origins FROM layer WHERE scope = ?", &row,
			err, "t", scope);

	if (r == 0)
		r = sql_step(db, row, err);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, ENOENT, "the layer %s holds nothing", scope);
	ret->revision = sql_whole(row, 0);
	ret->config = own_copy_text(sql_borrow(row, 1));
	ret->origins = own_copy_text(sql_borrow(row, 2));
	return 0;
}

int db_layer_put(struct db *db, const char *scope, const struct db_layer *layer, struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO layer (scope, revision, config, origins) VALUES (?1, ?2, ?3, "
			"?4)"
			" ON CONFLICT (scope) DO UPDATE SET revision = ?2, config = ?3, origins = "
			"?4",
			"titt", scope, layer->revision, layer->config, layer->origins);

	return r < 0 ? r : 0;
}

#define COLUMNS \
	"SELECT revision, time_s, person, reason, kind, scope, patch, after, undoes," \
	" (SELECT max(u.revision) FROM revision u WHERE u.undoes = revision.revision)," \
	" device_count, tenant, site FROM revision "

/* Layers above are in the view with a '=', docs of rights_view. */
#define IN_VIEW(view) \
	"(" view " = '' OR " SQL_IN_VIEW(view, "'tenant/' || tenant") " OR " SQL_IN_VIEW(view, \
			"'site/' || site") " OR " SQL_IN_VIEW(view, \
			"'=' || scope") " OR (scope LIKE 'group/%' AND " SQL_IN_VIEW(view, \
			"'=group/' || coalesce(tenant, '')") "))"

/* `patch` and `after` point into the row. */
static struct db_revision read_revision(struct sql_row *row)
{
	struct db_revision revision = {
			.revision = sql_whole(row, 0),
			.time_s = sql_whole(row, 1),
			.patch = sql_borrow(row, 6),
			.after = sql_borrow(row, 7),
			.undoes = sql_whole(row, 8),
			.undone_by = sql_whole(row, 9),
			.device_count = sql_whole(row, 10),
	};

	sql_text(row, 2, revision.person, sizeof(revision.person));
	sql_text(row, 3, revision.reason, sizeof(revision.reason));
	sql_text(row, 4, revision.kind, sizeof(revision.kind));
	sql_text(row, 5, revision.scope, sizeof(revision.scope));
	sql_text(row, 11, revision.tenant, sizeof(revision.tenant));
	sql_text(row, 12, revision.site, sizeof(revision.site));
	return revision;
}

/* Whose it is: what the scope says, or where the device is that it is about. */
#define DEVICE_OF "FROM device WHERE 'device/' || device.id = "

int db_revision_add(struct db *db, struct db_revision *revision, struct err *err)
{
	char tenant[DB_NAME_MAX], site[DB_PLACE_MAX];

	rights_split(revision->scope, tenant, site);
	return sql_number(db, &revision->revision, err,
			"INSERT INTO revision (revision, time_s, person, reason, kind, scope, "
			"patch,"
			" after, undoes, device_count, tenant, site) VALUES"
			" ((SELECT coalesce(max(revision), 0) + 1 FROM revision),"
			" ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
			" coalesce(?10, (SELECT tenant " DEVICE_OF "?5)),"
			" coalesce(?11, (SELECT site " DEVICE_OF "?5))) RETURNING revision",
			"ittttttzinn", revision->time_s, revision->person, revision->reason,
			revision->kind, revision->scope, revision->patch, revision->after,
			revision->undoes, revision->device_count, tenant, site);
}

int db_revision_devices(struct db *db, int64_t revision, int64_t count, struct err *err)
{
	int r = sql_run(db, err,
			"UPDATE revision SET device_count = ?2,"
			" tenant = coalesce((SELECT tenant " DEVICE_OF "scope), tenant),"
			" site = coalesce((SELECT site " DEVICE_OF "scope), site)"
			" WHERE revision = ?1",
			"ii", revision, count);

	return r < 0 ? r : 0;
}

int db_revision_get(struct db *db, int64_t revision, db_revision_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, COLUMNS "WHERE revision = ?", &row, err, "i", revision);

	if (r == 0)
		r = sql_step(db, row, err);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, ENOENT, "there is no revision %lld", (long long)revision);
	struct db_revision one = read_revision(row);
	return fn(data, &one);
}

int db_revision_previous(struct db *db, const char *scope, int64_t before, db_revision_fn fn,
		void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			COLUMNS "WHERE scope = ? AND revision < ? AND after IS NOT NULL"
				" ORDER BY revision DESC LIMIT 1",
			&row, err, "ti", scope, before);

	if (r == 0)
		r = sql_step(db, row, err);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, ENOENT, "%s has no earlier revision", scope);
	struct db_revision one = read_revision(row);
	return fn(data, &one);
}

int db_revision_list(struct db *db, const struct db_revision_filter *filter, db_revision_fn fn,
		void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	/* Scopes hold no control characters, so line feeds keep them apart. */
	int r = sql_bind(db,
			COLUMNS "WHERE (?1 = '' OR replace('\n' || ?1, '\n' || scope || '\n',"
				" '') <> '\n' || ?1) AND (?2 = 0 OR revision < ?2) AND " IN_VIEW(
						"?4") " ORDER BY revision DESC LIMIT ?3",
			&row, err, "tiit", filter->scopes, filter->before, filter->limit,
			filter->view ? filter->view : "");

	if (r < 0)
		return r;
	while ((r = sql_step(db, row, err)) > 0) {
		struct db_revision one = read_revision(row);

		r = fn(data, &one);
		if (r != 0)
			return r;
	}
	return r;
}

int db_revision_newest(struct db *db, int64_t *ret, struct err *err)
{
	return sql_number(db, ret, err, "SELECT coalesce(max(revision), 0) FROM revision", "");
}

int db_revision_newest_seen(struct db *db, const char *view, int64_t *ret, struct err *err)
{
	return sql_number(db, ret, err,
			"SELECT coalesce(max(revision), 0) FROM revision WHERE " IN_VIEW("?1"), "t",
			view);
}
