/* SPDX-License-Identifier: Apache-2.0 */
/* People and what was granted to them. */
#include <errno.h>

#include "server/sql.h"

#define PERSON \
	"SELECT name, tenant, display, origin, subject, teams, teams_s, created_s, signed_in_s," \
	" CASE WHEN password IS NULL THEN 0 ELSE 1 END, CASE WHEN totp IS NULL THEN 0 ELSE 1 END" \
	" FROM person "

static struct db_person read_person(struct sql_row *row)
{
	struct db_person person = {0};

	sql_text(row, 0, person.name, sizeof(person.name));
	sql_text(row, 1, person.tenant, sizeof(person.tenant));
	sql_text(row, 2, person.display, sizeof(person.display));
	sql_text(row, 3, person.origin, sizeof(person.origin));
	sql_text(row, 4, person.subject, sizeof(person.subject));
	sql_text(row, 5, person.teams, sizeof(person.teams));
	person.teams_s = sql_whole(row, 6);
	person.created_s = sql_whole(row, 7);
	person.signed_in_s = sql_whole(row, 8);
	person.has_password = sql_whole(row, 9) != 0;
	person.has_totp = sql_whole(row, 10) != 0;
	return person;
}

int db_person_add(struct db *db, const struct db_person *person, struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO person (name, tenant, display, origin, subject, teams, "
			"teams_s,"
			" created_s, signed_in_s) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			"tnttntiiz", person->name, person->tenant, person->display, person->origin,
			person->subject, person->teams, person->teams_s, person->created_s,
			person->signed_in_s);

	if (r == -EEXIST)
		return err_set(err, EEXIST, "there is a person \"%s\" already", person->name);
	return r < 0 ? r : 0;
}

int db_person_put(struct db *db, const struct db_person *person, struct err *err)
{
	int r = sql_run(db, err,
			"UPDATE person SET display = ?2, teams = ?3, teams_s = ?4, signed_in_s = ?5"
			" WHERE name = ?1",
			"tttiz", person->name, person->display, person->teams, person->teams_s,
			person->signed_in_s);

	return r < 0 ? r : 0;
}

/* The one row; `key` for the sentence when there is none. */
static int find_person(struct db *db, struct sql_row *row, const char *key, struct db_person *ret,
		struct err *err)
{
	int r = sql_step(db, row, err);

	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, ENOENT, "there is no person \"%s\"", key);
	*ret = read_person(row);
	return 0;
}

int db_person_get(struct db *db, const char *name, struct db_person *ret, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, PERSON "WHERE name = ?", &row, err, "t", name);

	return r < 0 ? r : find_person(db, row, name, ret, err);
}

int db_person_by_subject(struct db *db, const char *origin, const char *subject,
		struct db_person *ret, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, PERSON "WHERE origin = ? AND subject = ?", &row, err, "tt", origin,
			subject);

	return r < 0 ? r : find_person(db, row, subject, ret, err);
}

int db_person_list(struct db *db, const char *view, const struct db_page *page, db_person_fn fn,
		void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			PERSON "WHERE name > ?1 AND (?3 = '' OR " SQL_IN_VIEW("?3",
					"'tenant/' || tenant") ") ORDER BY name LIMIT ?2",
			&row, err, "tit", page->after, page->limit, view);

	while (r == 0 && (r = sql_step(db, row, err)) > 0) {
		struct db_person person = read_person(row);

		r = fn(data, &person);
	}
	return r;
}

int db_person_count(struct db *db, int64_t *ret, struct err *err)
{
	return sql_number(db, ret, err, "SELECT count(*) FROM person", "");
}

int db_person_remove(struct db *db, const char *name, struct err *err)
{
	static const char *const sql[] = {
			"DELETE FROM token WHERE person = ?",
			"DELETE FROM role_grant WHERE person = ?",
			"DELETE FROM recovery WHERE person = ?",
			"DELETE FROM once WHERE person = ?",
			"DELETE FROM person WHERE name = ?",
	};
	int r = 0;

	for (unsigned i = 0; i < sizeof(sql) / sizeof(sql[0]) && r >= 0; i++)
		r = sql_run(db, err, sql[i], "t", name);
	if (r == 0)
		return err_set(err, ENOENT, "there is no person \"%s\"", name);
	return r < 0 ? r : 0;
}

/* --- grants */

#define GRANT \
	"SELECT id, person, team, role, scope, tenant, site, orders_all, created_s, created_by" \
	" FROM role_grant "

static struct db_grant read_grant(struct sql_row *row)
{
	struct db_grant grant = {0};

	sql_text(row, 0, grant.id, sizeof(grant.id));
	sql_text(row, 1, grant.person, sizeof(grant.person));
	sql_text(row, 2, grant.team, sizeof(grant.team));
	sql_text(row, 3, grant.role, sizeof(grant.role));
	sql_text(row, 4, grant.scope, sizeof(grant.scope));
	sql_text(row, 5, grant.tenant, sizeof(grant.tenant));
	sql_text(row, 6, grant.site, sizeof(grant.site));
	grant.orders_all = sql_whole(row, 7) != 0;
	grant.created_s = sql_whole(row, 8);
	sql_text(row, 9, grant.created_by, sizeof(grant.created_by));
	return grant;
}

int db_grant_add(struct db *db, const struct db_grant *grant, struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO role_grant (id, person, team, role, scope, tenant, site,"
			" orders_all, created_s, created_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			"tnnttnniit", grant->id, grant->person, grant->team, grant->role,
			grant->scope, grant->tenant, grant->site, (int64_t)grant->orders_all,
			grant->created_s, grant->created_by);

	return r < 0 ? r : 0;
}

int db_grant_get(struct db *db, const char *id, struct db_grant *ret, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, GRANT "WHERE id = ?", &row, err, "t", id);

	if (r == 0)
		r = sql_step(db, row, err);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, ENOENT, "there is no grant \"%s\"", id);
	*ret = read_grant(row);
	return 0;
}

static int each_grant(struct db *db, struct sql_row *row, db_grant_fn fn, void *data,
		struct err *err)
{
	int r;

	while ((r = sql_step(db, row, err)) > 0) {
		struct db_grant grant = read_grant(row);

		r = fn(data, &grant);
		if (r != 0)
			break;
	}
	return r;
}

int db_grant_list(struct db *db, const char *view, const char *person, const struct db_page *page,
		db_grant_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			GRANT
			"WHERE id > ?1 AND (?3 = '' OR person = ?3) AND (?4 = '' OR " SQL_IN_VIEW(
					"?4", "'tenant/' || tenant") " OR " SQL_IN_VIEW("?4",
					"'site/' || site") ") ORDER BY id LIMIT ?2",
			&row, err, "titt", page->after, page->limit, person, view);

	return r < 0 ? r : each_grant(db, row, fn, data, err);
}

int db_grant_of(struct db *db, const char *person, const char *teams, db_grant_fn fn, void *data,
		struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, GRANT "WHERE person = ?1 OR " SQL_IN_VIEW("?2", "team"), &row, err,
			"tt", person, teams);

	return r < 0 ? r : each_grant(db, row, fn, data, err);
}

int db_grant_remove(struct db *db, const char *id, struct err *err)
{
	int r = sql_run(db, err, "DELETE FROM role_grant WHERE id = ?", "t", id);

	if (r == 0)
		return err_set(err, ENOENT, "there is no grant \"%s\"", id);
	return r < 0 ? r : 0;
}

/* People that still have a way in count, and groups of a provider. */
int db_grant_administrators(struct db *db, int64_t *ret, struct err *err)
{
	return sql_number(db, ret, err,
			"SELECT count(*) FROM role_grant WHERE role = 'administrator'"
			" AND scope = 'organisation' AND (team IS NOT NULL OR EXISTS"
			" (SELECT 1 FROM token WHERE token.person = role_grant.person"
			"  AND token.kind = 'token' AND token.expires_s IS NULL"
			"  AND token.scope IS NULL)"
			" OR EXISTS (SELECT 1 FROM person WHERE person.name = role_grant.person"
			"  AND (password IS NOT NULL OR subject IS NOT NULL)))",
			"");
}

int db_grant_below(struct db *db, const char *scope, int64_t *ret, struct err *err)
{
	return sql_number(db, ret, err,
			"SELECT (SELECT count(*) FROM role_grant WHERE scope = ?1"
			" OR 'tenant/' || tenant = ?1)"
			" + (SELECT count(*) FROM person WHERE 'tenant/' || tenant = ?1)",
			"t", scope);
}
