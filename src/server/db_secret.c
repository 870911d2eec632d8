/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db_secret.h"

#include <errno.h>
#include <string.h>

#include "server/sql.h"

static struct db_secret read_secret(struct sql_row *row)
{
	struct db_secret secret = {0};
	struct sql_value sealed = sql_bytes(row, 5);

	sql_text(row, 0, secret.scope, sizeof(secret.scope));
	sql_text(row, 1, secret.name, sizeof(secret.name));
	secret.revision = sql_whole(row, 2);
	secret.time_s = sql_whole(row, 3);
	sql_text(row, 4, secret.person, sizeof(secret.person));
	secret.size = sealed.size < sizeof(secret.sealed) ? sealed.size : sizeof(secret.sealed);
	memcpy(secret.sealed, sealed.bytes, secret.size);
	return secret;
}

#define SECRET \
	"SELECT secret.scope, name, secret.revision, time_s, person, sealed FROM secret" \
	" JOIN revision ON revision.revision = secret.revision "

int db_secret_put(struct db *db, const struct db_secret *secret, struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO secret (scope, name, revision, sealed) VALUES (?1, ?2, ?3, ?4)"
			" ON CONFLICT (scope, name) DO UPDATE SET revision = ?3, sealed = ?4",
			"ttib", secret->scope, secret->name, secret->revision, secret->sealed,
			secret->size);

	return r < 0 ? r : 0;
}

int db_secret_get(struct db *db, const char *scope, const char *name, struct db_secret *ret,
		struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, SECRET "WHERE secret.scope = ? AND name = ?", &row, err, "tt", scope,
			name);

	if (r == 0)
		r = sql_step(db, row, err);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, ENOENT, "%s has no secret \"%s\"", scope, name);
	*ret = read_secret(row);
	return 0;
}

int db_secret_remove(struct db *db, const char *scope, const char *name, struct err *err)
{
	int r = sql_run(db, err, "DELETE FROM secret WHERE scope = ? AND name = ?", "tt", scope,
			name);

	if (r == 0)
		return err_set(err, ENOENT, "%s has no secret \"%s\"", scope, name);
	return r < 0 ? r : 0;
}

int db_secret_clear(struct db *db, const char *scope, struct err *err)
{
	int r = sql_run(db, err, "DELETE FROM secret WHERE scope = ?", "t", scope);

	return r < 0 ? r : 0;
}

int db_secret_count(struct db *db, const char *scope, int64_t *ret, struct err *err)
{
	return sql_number(db, ret, err, "SELECT count(*) FROM secret WHERE scope = ?", "t", scope);
}

int db_secret_list(struct db *db, const char *scope, const char *after_scope,
		const char *after_name, int64_t limit, db_secret_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			SECRET "WHERE (?1 = '' OR secret.scope = ?1)"
			       " AND (secret.scope > ?2 OR (secret.scope = ?2 AND name > ?3))"
			       " ORDER BY secret.scope, name LIMIT ?4",
			&row, err, "ttti", scope, after_scope, after_name, limit);

	if (r < 0)
		return r;
	while ((r = sql_step(db, row, err)) > 0) {
		struct db_secret secret = read_secret(row);

		r = fn(data, &secret);
		if (r != 0)
			return r;
	}
	return r;
}

int db_sealed_check_get(struct db *db, uint8_t *sealed, size_t max, size_t *size, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, "SELECT sealed FROM sealed_check WHERE name = 'key'", &row, err, "");

	if (r == 0)
		r = sql_step(db, row, err);
	if (r <= 0)
		return r < 0 ? r : err_set(err, ENOENT, "nothing is sealed yet");
	struct sql_value value = sql_bytes(row, 0);
	if (value.size > max)
		return err_set(err, EIO, "sealed_check: too large");
	memcpy(sealed, value.bytes, value.size);
	*size = value.size;
	return 0;
}

int db_sealed_check_put(struct db *db, const uint8_t *sealed, size_t size, struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO sealed_check (name, sealed) VALUES ('key', ?1)"
			" ON CONFLICT (name) DO UPDATE SET sealed = ?1",
			"b", sealed, size);

	return r < 0 ? r : 0;
}
