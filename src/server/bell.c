/* SPDX-License-Identifier: Apache-2.0 */
#include "server/bell.h"

#include <string.h>

#include "base/array.h"
#include "base/log.h"
#include "base/text.h"
#include "server/order.h"

enum { BELL_TEXT_MAX = PARK_KEY_MAX + 8, DEVICES_MAX = 1000000 };

struct bell {
	struct server *server;
	struct db_listener *listener;
	int64_t revision; /* everything up to here was told */
};

static int wake_device(void *data, const char *id)
{
	struct server *server = data;
	struct err err;

	if (fleet_refresh(server->fleet, id, &err) < 0)
		log_warn("%s", err.text);
	const struct fleet_device *device = fleet_find(server->fleet, id);
	if (device)
		fleet_wake(server, device);
	return 0;
}

/* A device that was placed, approved or removed, whether its config changed or not. */
static int refresh_scope(void *data, const struct db_revision *revision)
{
	return strncmp(revision->scope, "device/", 7) == 0 ? wake_device(data, revision->scope + 7)
	                                                   : 0;
}

static void tell_revision(struct bell *bell, int64_t revision)
{
	struct err err;

	(void)db_revision_get(bell->server->db, revision, refresh_scope, bell->server, NULL);
	if (db_config_devices(bell->server->db, revision, DEVICES_MAX, wake_device, bell->server,
			    &err) < 0)
		log_warn("revision %lld of another server is not told: %s", (long long)revision,
				err.text);
	if (revision > bell->revision)
		bell->revision = revision;
}

static void catch_up(struct bell *bell)
{
	struct err err;
	int64_t newest;

	if (db_revision_newest(bell->server->db, &newest, &err) < 0) {
		log_warn("%s", err.text);
		return;
	}
	for (int64_t revision = bell->revision + 1; revision <= newest; revision++)
		tell_revision(bell, revision);
	order_ring(bell->server, NULL);
}

static void on_ring(void *data, const char *text)
{
	struct bell *bell = data;
	uint64_t revision;

	if (!text)
		catch_up(bell);
	else if (strncmp(text, "event/", 6) == 0)
		events_heard(bell->server, text + 6);
	else if (strncmp(text, "order/", 6) == 0)
		order_ring(bell->server, text + 6);
	else if (strncmp(text, "revision/", 9) != 0)
		park_wake(bell->server->park, text);
	else if (text_to_number(text + 9, 1, INT64_MAX, &revision) == 0)
		tell_revision(bell, (int64_t)revision);
}

struct bell *bell_create(struct server *server)
{
	struct bell *bell = own_alloc(sizeof(*bell));

	bell->server = server;
	(void)db_revision_newest(server->db, &bell->revision, NULL);
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
