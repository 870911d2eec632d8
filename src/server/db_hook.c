/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db_hook.h"

#include <errno.h>
#include <string.h>

#include "server/sql.h"

#define COLUMNS \
	"SELECT id, tenant, url, events, sealed, is_on, created_s, created_by, delivered_s," \
	" failed_s, complaint, dropped," \
	" (SELECT count(*) FROM delivery WHERE hook = hook.id AND is_dead = 0)," \
	" (SELECT count(*) FROM delivery WHERE hook = hook.id AND is_dead = 1) FROM hook "

static struct db_hook read_hook(struct sql_row *row)
{
	struct db_hook hook = {.is_on = sql_whole(row, 5) != 0,
			.created_s = sql_whole(row, 6),
			.delivered_s = sql_whole(row, 8),
			.failed_s = sql_whole(row, 9),
			.dropped = sql_whole(row, 11),
			.waiting = sql_whole(row, 12),
			.dead = sql_whole(row, 13)};
	struct sql_value sealed = sql_bytes(row, 4);

	sql_text(row, 0, hook.id, sizeof(hook.id));
	sql_text(row, 1, hook.tenant, sizeof(hook.tenant));
	sql_text(row, 2, hook.url, sizeof(hook.url));
	sql_text(row, 3, hook.events, sizeof(hook.events));
	if (sealed.size <= sizeof(hook.sealed) && sealed.size) {
		memcpy(hook.sealed, sealed.bytes, sealed.size);
		hook.sealed_size = sealed.size;
	}
	sql_text(row, 7, hook.created_by, sizeof(hook.created_by));
	sql_text(row, 10, hook.complaint, sizeof(hook.complaint));
	return hook;
}

int db_hook_add(struct db *db, const struct db_hook *h, struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO hook (id, tenant, url, events, sealed, is_on, created_s,"
			" created_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			"ttttbiit", h->id, h->tenant, h->url, h->events, h->sealed, h->sealed_size,
			(int64_t)h->is_on, h->created_s, h->created_by);

	return r < 0 ? r : 0;
}

int db_hook_put(struct db *db, const struct db_hook *h, struct err *err)
{
	int r = sql_run(db, err,
			"UPDATE hook SET url = ?2, events = ?3, is_on = ?4, sealed = ?5 WHERE id = "
			"?1",
			"ttnib", h->id, h->url, h->events, (int64_t)h->is_on, h->sealed,
			h->sealed_size);

	return r < 0 ? r : 0;
}

int db_hook_get(struct db *db, const char *id, struct db_hook *ret, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, COLUMNS "WHERE id = ?", &row, err, "t", id);

	if (r == 0)
		r = sql_step(db, row, err);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, ENOENT, "there is no webhook \"%s\"", id);
	*ret = read_hook(row);
	return 0;
}

int db_hook_remove(struct db *db, const char *id, struct err *err)
{
	int r = sql_run(db, err, "DELETE FROM hook WHERE id = ?", "t", id);

	return r < 0 ? r : 0;
}

int db_hook_list(struct db *db, const char *view, const struct db_page *page, db_hook_fn fn,
		void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			COLUMNS "WHERE id > ?1 AND (?2 = '' OR " SQL_IN_VIEW("?2",
					"'tenant/' || tenant") ") ORDER BY id LIMIT ?3",
			&row, err, "tti", page->after, view, page->limit);

	if (r < 0)
		return r;
	while ((r = sql_step(db, row, err)) > 0) {
		struct db_hook hook = read_hook(row);

		r = fn(data, &hook);
		if (r != 0)
			return r;
	}
	return r;
}

/* --- the queue */

#define DELIVERIES \
	"SELECT id, hook, kind, body, created_s, due_s, tries, is_dead, complaint FROM delivery "

static int read_deliveries(struct db *db, struct sql_row *row, db_delivery_fn fn, void *data,
		struct err *err)
{
	int r;

	while ((r = sql_step(db, row, err)) > 0) {
		struct db_delivery one = {.id = sql_whole(row, 0),
				.body = sql_borrow(row, 3),
				.created_s = sql_whole(row, 4),
				.due_s = sql_whole(row, 5),
				.tries = sql_whole(row, 6),
				.is_dead = sql_whole(row, 7) != 0};

		sql_text(row, 1, one.hook, sizeof(one.hook));
		sql_text(row, 2, one.kind, sizeof(one.kind));
		sql_text(row, 8, one.complaint, sizeof(one.complaint));
		r = fn(data, &one);
		if (r != 0)
			return r;
	}
	return r;
}

int db_delivery_add(struct db *db, const struct db_delivery *d, struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO delivery (hook, kind, body, created_s, due_s, tries, is_dead)"
			" SELECT id, CAST(?2 AS TEXT), CAST(?3 AS TEXT), CAST(?4 AS BIGINT),"
			" CAST(?4 AS BIGINT), 0, 0 FROM hook WHERE id = ?1 AND (SELECT count(*)"
			" FROM delivery WHERE hook = ?1 AND is_dead = 0) < ?5",
			"tttii", d->hook, d->kind, d->body, d->created_s, (int64_t)DB_QUEUE_MAX);

	if (r == 0)
		r = sql_run(db, err, "UPDATE hook SET dropped = dropped + 1 WHERE id = ?", "t",
				d->hook);
	return r < 0 ? r : 0;
}

int db_delivery_due(struct db *db, const char *hook, int64_t now_s, int64_t limit,
		db_delivery_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			DELIVERIES "WHERE hook = ? AND is_dead = 0 AND due_s <= ?"
				   " ORDER BY due_s, id LIMIT ?",
			&row, err, "tii", hook, now_s, limit);

	return r < 0 ? r : read_deliveries(db, row, fn, data, err);
}

int db_delivery_lease(struct db *db, int64_t id, int64_t due_s, struct err *err)
{
	int r = sql_run(db, err, "UPDATE delivery SET due_s = ?2 WHERE id = ?1", "ii", id, due_s);

	return r < 0 ? r : 0;
}

int db_delivery_done(struct db *db, int64_t id, const char *hook, int64_t now_s, struct err *err)
{
	int r = sql_run(db, err, "DELETE FROM delivery WHERE id = ?", "i", id);

	if (r >= 0)
		r = sql_run(db, err, "UPDATE hook SET delivered_s = ?2 WHERE id = ?1", "ti", hook,
				now_s);
	return r < 0 ? r : 0;
}

int db_delivery_failed(struct db *db, const struct db_delivery *d, int64_t now_s, struct err *err)
{
	int r = sql_run(db, err,
			"UPDATE delivery SET due_s = ?2, tries = ?3, is_dead = ?4, complaint = ?5"
			" WHERE id = ?1",
			"iiiit", d->id, d->due_s, d->tries, (int64_t)d->is_dead, d->complaint);

	if (r >= 0)
		r = sql_run(db, err, "UPDATE hook SET failed_s = ?2, complaint = ?3 WHERE id = ?1",
				"tit", d->hook, now_s, d->complaint);
	return r < 0 ? r : 0;
}

int db_delivery_list(struct db *db, const char *hook, bool is_dead, int64_t after, int64_t limit,
		db_delivery_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			DELIVERIES "WHERE hook = ?1 AND id > ?2 AND is_dead >= ?3"
				   " ORDER BY id LIMIT ?4",
			&row, err, "tiii", hook, after, (int64_t)is_dead, limit);

	return r < 0 ? r : read_deliveries(db, row, fn, data, err);
}

int db_delivery_retry(struct db *db, const char *hook, int64_t now_s, struct err *err)
{
	return sql_run(db, err,
			"UPDATE delivery SET is_dead = 0, tries = 0, due_s = ?2 WHERE hook = ?1 AND"
			" is_dead = 1",
			"ti", hook, now_s);
}

int db_delivery_expire(struct db *db, int64_t created_s, struct err *err)
{
	int r = sql_run(db, err, "DELETE FROM delivery WHERE is_dead = 1 AND created_s < ?", "i",
			created_s);

	return r < 0 ? r : 0;
}
