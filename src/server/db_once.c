/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db_once.h"

#include <errno.h>
#include <string.h>

#include "server/sql.h"

void db_once_finish(struct db_once *once)
{
	free(once->sealed);
	once->sealed = NULL;
}

int db_once_begin(struct db *db, const struct db_once *once, int64_t old_s, bool *ret,
		struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO once (person, key, mac, begun_s) VALUES (?1, ?2, ?3, ?4)"
			" ON CONFLICT (person, key) DO UPDATE SET mac = ?3, begun_s = ?4,"
			" status = NULL, sealed = NULL WHERE once.begun_s < ?5",
			"tthii", once->person, once->key, once->mac, once->begun_s, old_s);

	*ret = r > 0;
	return r < 0 ? r : 0;
}

int db_once_get(struct db *db, const char *person, const char *key, struct db_once *ret,
		struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			"SELECT person, key, mac, begun_s, status, sealed FROM once"
			" WHERE person = ? AND key = ?",
			&row, err, "tt", person, key);

	if (r == 0)
		r = sql_step(db, row, err);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, ENOENT, "there was no request with this key");
	*ret = (struct db_once){.begun_s = sql_whole(row, 3), .status = sql_whole(row, 4)};
	sql_text(row, 0, ret->person, sizeof(ret->person));
	sql_text(row, 1, ret->key, sizeof(ret->key));
	sql_hash(row, 2, ret->mac);
	struct sql_value sealed = sql_bytes(row, 5);
	if (sealed.kind == SQL_BYTES && sealed.size) {
		ret->size = sealed.size;
		ret->sealed = own_alloc(sealed.size);
		memcpy(ret->sealed, sealed.bytes, sealed.size);
	}
	return 0;
}

int db_once_answer(struct db *db, const struct db_once *once, struct err *err)
{
	int r = sql_run(db, err,
			"UPDATE once SET status = ?3, sealed = ?4 WHERE person = ?1 AND key = ?2",
			"ttib", once->person, once->key, once->status, once->sealed, once->size);

	return r < 0 ? r : 0;
}

int db_once_remove(struct db *db, const char *person, const char *key, struct err *err)
{
	int r = sql_run(db, err, "DELETE FROM once WHERE person = ? AND key = ?", "tt", person,
			key);

	return r < 0 ? r : 0;
}

int db_once_expire(struct db *db, int64_t old_s, struct err *err)
{
	int r = sql_run(db, err, "DELETE FROM once WHERE begun_s < ?", "i", old_s);

	return r < 0 ? r : 0;
}
