/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LISTEN on a connection of its own: what other servers rang arrives in the loop, and the
 * connection of the statements never has to be looked at while it is idle.
 */
#include <libpq-fe.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/log.h"
#include "server/db_pg.h"

enum { RETRY_MS = 2000 };

struct db_listener {
	struct db *db;
	struct loop *loop;
	PGconn *connection;
	struct loop_watch *watch;
	struct loop_timer *retry;
	db_ring_fn fn;
	void *data;
};

static void connect_again(void *data);

static void lose(struct db_listener *listener)
{
	loop_watch_remove(own_take(listener->watch));
	PQfinish(own_take(listener->connection));
	loop_timer_set(listener->retry, RETRY_MS);
}

/* Our own rings come back as well: whoever rang has woken its requests already. */
static void on_readable(void *data, uint32_t events)
{
	struct db_listener *listener = data;
	PGnotify *notify;

	(void)events;
	if (!PQconsumeInput(listener->connection)) {
		log_warn("other servers are not heard: the database is away");
		lose(listener);
		return;
	}
	while ((notify = PQnotifies(listener->connection))) {
		if (notify->be_pid != pg_process(listener->db))
			listener->fn(listener->data, notify->extra);
		PQfreemem(notify);
	}
}

static void connect_again(void *data)
{
	struct db_listener *listener = data;

	listener->connection = pg_connect(pg_address(listener->db));
	PGresult *result = listener->connection && PQstatus(listener->connection) == CONNECTION_OK
	                                   ? PQexec(listener->connection, "LISTEN tynd")
	                                   : NULL;
	bool is_heard = PQresultStatus(result) == PGRES_COMMAND_OK;

	PQclear(result);
	if (!is_heard) {
		lose(listener);
		return;
	}
	listener->watch = loop_watch_fd(listener->loop, PQsocket(listener->connection), EPOLLIN,
			on_readable, listener);
	listener->fn(listener->data, NULL);
}

struct db_listener *pg_listen(struct db *db, struct loop *loop, db_ring_fn fn, void *data)
{
	struct db_listener *listener = own_alloc(sizeof(*listener));

	*listener = (struct db_listener){.db = db, .loop = loop, .fn = fn, .data = data};
	listener->retry = loop_add_timer(loop, connect_again, listener);
	connect_again(listener);
	return listener;
}

void db_listener_destroy(struct db_listener *listener)
{
	if (!listener)
		return;
	loop_watch_remove(listener->watch);
	loop_timer_remove(listener->retry);
	PQfinish(listener->connection);
	free(listener);
}
