/* SPDX-License-Identifier: Apache-2.0 */
#include "server/seen.h"

#include <string.h>

#include "base/log.h"
#include "base/own.h"
#include "base/text.h"

enum { BATCH = 4096, FLUSH_MS = 3000 };

struct mark {
	char device[DB_ID_MAX];
	int64_t seen_s;
};

struct seen {
	struct db *db;
	struct loop_timer *timer;
	unsigned count;
	struct mark marks[BATCH];
};

static void on_timer(void *data)
{
	seen_flush(data);
}

struct seen *seen_create(struct loop *loop, struct db *db)
{
	struct seen *seen = own_alloc(sizeof(*seen));

	seen->db = db;
	seen->timer = loop_add_timer(loop, on_timer, seen);
	return seen;
}

void seen_destroy(struct seen *seen)
{
	if (!seen)
		return;
	seen_flush(seen);
	loop_timer_remove(seen->timer);
	free(seen);
}

static int by_device(const void *a, const void *b)
{
	const struct mark *one = a, *other = b;
	int order = strcmp(one->device, other->device);

	return order ? order : (one->seen_s > other->seen_s) - (one->seen_s < other->seen_s);
}

/* Sorted, so that neighbours in the table are written together. */
void seen_flush(struct seen *seen)
{
	struct err err;

	if (!seen->count)
		return;
	qsort(seen->marks, seen->count, sizeof(seen->marks[0]), by_device);
	int r = db_begin(seen->db, &err);
	for (unsigned i = 0; i < seen->count && r >= 0; i++) {
		if (i + 1 < seen->count &&
				strcmp(seen->marks[i].device, seen->marks[i + 1].device) == 0)
			continue;
		r = db_device_seen(seen->db, seen->marks[i].device, seen->marks[i].seen_s, &err);
	}
	if (r >= 0)
		r = db_commit(seen->db, &err);
	if (r < 0) {
		db_rollback(seen->db);
		log_warn("%u heartbeats could not be stored: %s", seen->count, err.text);
	}
	seen->count = 0;
}

void seen_now(struct seen *seen, const char *device, int64_t now_s)
{
	if (seen->count == BATCH)
		seen_flush(seen);
	if (seen->count == 0)
		loop_timer_set(seen->timer, FLUSH_MS);
	struct mark *mark = &seen->marks[seen->count++];
	(void)text_copy(mark->device, sizeof(mark->device), device);
	mark->seen_s = now_s;
}
