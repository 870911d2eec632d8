/* SPDX-License-Identifier: Apache-2.0 */
#include "server/bell.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "server/fleet.h"
#include "server/order.h"

enum { BELL_TEXT_MAX = PARK_KEY_MAX + 8 };

struct bell {
	struct server *server;
	struct db_listener *listener;
};

static void catch_up(struct bell *bell)
{
	struct err err;

	if (fleet_catch_up(bell->server->fleet, &err) < 0)
		log_warn("what another server published is not told yet: %s", err.text);
}

static void on_ring(void *data, const char *text)
{
	struct bell *bell = data;

	if (!text) {
		catch_up(bell);
		order_ring(bell->server, NULL);
	} else if (strncmp(text, "event/", 6) == 0) {
		events_heard(bell->server, text + 6);
	} else if (strncmp(text, "order/", 6) == 0) {
		order_ring(bell->server, text + 6);
	} else if (strncmp(text, "revision/", 9) == 0) {
		catch_up(bell);
	} else {
		park_wake(bell->server->park, text);
	}
}

struct bell *bell_create(struct server *server)
{
	struct bell *bell = own_alloc(sizeof(*bell));

	bell->server = server;
	bell->listener = db_listen(server->db, server->loop, on_ring, bell);
	return bell;
}

void bell_destroy(struct bell *bell)
{
	if (!bell)
		return;
	db_listener_destroy(bell->listener);
	free(bell);
}

void bell_wake(struct server *server, const char *key)
{
	struct err err;

	park_wake(server->park, key);
	if (db_ring(server->db, key, &err) < 0)
		log_warn("other servers are not told of %s: %s", log_quote(key), err.text);
}

int bell_revision(struct server *server, int64_t revision, struct err *err)
{
	char text[BELL_TEXT_MAX];

	(void)text_format(text, sizeof(text), "revision/%lld", (long long)revision);
	return db_ring(server->db, text, err);
}
