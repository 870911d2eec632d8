// SPDX-License-Identifier: Apache-2.0
/*
 * server_seen FOLDER DEVICES: what the heartbeats of so many devices cost the database, each once, in any
 * order, through seen.c and SQLite as a server has them. Prints {"cpu_s", "wall_s"}.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/text.h"
#include "server/keys.h"
#include "server/seen.h"

enum { REPORT_SIZE = 600 };

static double clock_s(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int fill(struct db *db, char (*ids)[DB_ID_MAX], unsigned count, struct err *err)
{
	OWNED(memory) struct db_device *device = own_alloc(sizeof(*device));
	char report[REPORT_SIZE + 16] = "{\"detail\":\"";
	int r = db_begin(db, err);

	memset(report + strlen(report), 'x', REPORT_SIZE - strlen(report));
	(void)strcat(report, "\"}");
	for (unsigned i = 0; i < count && r == 0; i++) {
		key_random_text(ids[i], 12);
		(void)text_copy(device->id, sizeof(device->id), ids[i]);
		(void)text_format(device->name, sizeof(device->name), "SIM-%06u", i);
		(void)text_copy(device->hardware, sizeof(device->hardware),
				"{\"model\":\"HP t640\",\"serial\":\"SIM\"}");
		memcpy(device->certificate, &i, sizeof(i));
		r = db_device_add(db, device, err);
		if (r == 0)
			r = db_device_report(db, ids[i], report, "10.0.0.1", 1, err);
	}
	return r < 0 ? r : db_commit(db, err);
}

int main(int argc, char **argv)
{
	unsigned count = argc == 3 ? (unsigned)atoi(argv[2]) : 0;
	struct loop *loop = loop_create();
	char path[4096];
	struct db *db;
	struct err err;

	log_open("server_seen");
	if (!count || text_format(path, sizeof(path), "%s/tynd.db", argv[1]) < 0)
		return 2;
	char(*ids)[DB_ID_MAX] = own_alloc_array(count, DB_ID_MAX);
	if (db_open(path, &db, &err) < 0 || fill(db, ids, count, &err) < 0) {
		log_error("%s", err.text);
		return 1;
	}
	struct seen *seen = seen_create(loop, db);
	double cpu = clock_s(CLOCK_PROCESS_CPUTIME_ID), wall = clock_s(CLOCK_MONOTONIC);
	/* They were made in the order of their numbers, and random ids are in no order. */
	for (unsigned i = 0; i < count; i++)
		seen_now(seen, ids[i], 1000 + i / 3333);
	seen_flush(seen);
	printf("{\"cpu_s\": %.3f, \"wall_s\": %.3f}\n", clock_s(CLOCK_PROCESS_CPUTIME_ID) - cpu,
			clock_s(CLOCK_MONOTONIC) - wall);
	seen_destroy(seen);
	db_close(db);
	free(ids);
	loop_destroy(loop);
	return 0;
}
