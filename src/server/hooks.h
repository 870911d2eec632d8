/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Webhooks: events that somebody else's server wants to hear of. They are queued in the database
 * by the server where they happened and delivered by the one that holds the lease, each at least
 * once, with an id: docs/api.md.
 */
#ifndef SERVER_HOOKS_H
#define SERVER_HOOKS_H

#include "server/db_hook.h"
#include "server/server.h"

struct hooks;

struct hooks_options {
	const char *networks; /* private ones that may be reached, each ended by a line feed; kept by reference */
	unsigned back_off_s; /* pause after the first failure; later ones are four times longer each */
};

struct hooks *hooks_create(struct server *server, const struct hooks_options *options);
void hooks_destroy(struct hooks *hooks); /* takes NULL */

/* An event of this server: queued for the hooks that want it. Never fails, but in the log. */
void hooks_take(struct hooks *hooks, const struct event *event);

/* Somebody changed a hook: look at them anew. */
void hooks_changed(struct hooks *hooks);

/* A secret for a hook that has an id; `text` is what the receiver keeps. */
int hooks_make_secret(struct hooks *hooks, struct db_hook *hook, char text[DB_HOOK_SECRET + 1],
		struct err *err);
/* All secrets by the newest key of the vault, in an open transaction. */
int hooks_reseal(const struct vault *vault, struct db *db, struct err *err);
int hooks_check_url(const struct hooks *hooks, const char *url, struct err *err);

/* One delivery of kind "test", whatever the hook wants to hear of. */
int hooks_test(struct hooks *hooks, const struct db_hook *hook, struct err *err);

#endif
