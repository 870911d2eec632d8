/* SPDX-License-Identifier: Apache-2.0 */
/* Tenants, sites and groups. */
#include <errno.h>

#include "server/sql.h"

/*
 * Of each kind the same columns: name, tenant, sites, devices; what is counted and listed is what
 * rights_view lets see. A group is a team: GROUP is taken.
 */
#define SITE_IN_VIEW(view) \
	"(" view \
	" = '' OR " SQL_IN_VIEW(view, "'tenant/' || site.tenant") " OR " SQL_IN_VIEW(view, \
			"'site/' || site.name") ")"
#define TENANT(view) \
	"SELECT name, NULL, (SELECT count(*) FROM site WHERE tenant = tenant.name" \
	" AND " SITE_IN_VIEW(view) "), (SELECT count(*) FROM device WHERE tenant = tenant.name" \
				   " AND " SQL_DEVICE_IN_VIEW(view) ") FROM tenant WHERE "
#define SITE \
	"SELECT name, tenant, 0, (SELECT count(*) FROM device WHERE site = site.name)" \
	" FROM site WHERE "
#define GROUP(view) \
	"SELECT name, tenant, 0, (SELECT count(*) FROM member JOIN device ON device.id = device" \
	" WHERE team = team.name AND " SQL_DEVICE_IN_VIEW(view) ") FROM team WHERE "
#define OF_PAGE " AND name > ?1 ORDER BY name LIMIT ?2"

/* One row per kind; ?1 is a name. */
static const struct {
	const char *noun;
	const char *get;
	const char *put; /* ?2 the tenant */
	const char *remove;
	const char *list; /* ?1 after, ?2 limit, ?3 tenant, ?4 view */
} kinds[] = {
		[DB_TENANT] = {"tenant", TENANT("''") "name = ?1",
				"INSERT INTO tenant (name) SELECT ?1 WHERE CAST(?2 AS TEXT) IS NULL"
				" ON CONFLICT DO NOTHING",
				"DELETE FROM tenant WHERE name = ?1",
				TENANT("?4") "?3 = '' AND (?4 = '' OR " SQL_IN_VIEW("?4",
						"'tenant/' || name") " OR " SQL_IN_VIEW("?4",
						"'=tenant/' || name") ")" OF_PAGE},
		[DB_SITE] = {"site", SITE "name = ?1",
				"INSERT INTO site (name, tenant) VALUES (?1, ?2)"
				" ON CONFLICT DO NOTHING",
				"DELETE FROM site WHERE name = ?1",
				SITE "(?3 = '' OR tenant = ?3) AND " SITE_IN_VIEW("?4") OF_PAGE},
		[DB_GROUP] = {"group", GROUP("''") "name = ?1",
				"INSERT INTO team (name, tenant) VALUES (?1, ?2)"
				" ON CONFLICT DO NOTHING",
				"DELETE FROM team WHERE name = ?1",
				GROUP("?4") "(?3 = '' OR tenant = ?3) AND (?4 = '' OR " SQL_IN_VIEW(
						"?4",
						"'tenant/' || tenant") " OR " SQL_IN_VIEW("?4",
						"'=group/' || coalesce(tenant, '')") ")" OF_PAGE},
};

static struct db_place read_place(struct sql_row *row)
{
	struct db_place place = {0};

	sql_text(row, 0, place.name, sizeof(place.name));
	sql_text(row, 1, place.tenant, sizeof(place.tenant));
	place.sites = sql_whole(row, 2);
	place.devices = sql_whole(row, 3);
	return place;
}

int db_place_get(struct db *db, enum db_place_kind kind, const char *name, struct db_place *ret,
		struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, kinds[kind].get, &row, err, "t", name);

	if (r == 0)
		r = sql_step(db, row, err);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, ENOENT, "there is no %s \"%s\"", kinds[kind].noun, name);
	*ret = read_place(row);
	return 0;
}

int db_place_put(struct db *db, enum db_place_kind kind, const char *name, const char *tenant,
		struct err *err)
{
	int r = sql_run(db, err, kinds[kind].put, "tn", name, tenant);

	return r < 0 ? r : 0;
}

int db_place_remove(struct db *db, enum db_place_kind kind, const char *name, struct err *err)
{
	int r = sql_run(db, err, kinds[kind].remove, "t", name);

	if (r == 0)
		return err_set(err, ENOENT, "there is no %s \"%s\"", kinds[kind].noun, name);
	if (r == -EEXIST)
		return err_set(err, EBUSY, "the %s \"%s\" is still used", kinds[kind].noun, name);
	return r < 0 ? r : 0;
}

int db_place_list(struct db *db, enum db_place_kind kind, const char *tenant, const char *view,
		const struct db_page *page, db_place_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, kinds[kind].list, &row, err, "titt", page->after, page->limit, tenant,
			view);

	if (r < 0)
		return r;
	while ((r = sql_step(db, row, err)) > 0) {
		struct db_place place = read_place(row);

		r = fn(data, &place);
		if (r != 0)
			return r;
	}
	return r;
}
