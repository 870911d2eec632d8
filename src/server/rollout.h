/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Roll-outs under way: a variant of a layer (variant.h) that grows wave by wave as the planner
 * (rollout_plan.h) says. Every second one of the servers looks at them; all they
 * know is in the database, each step is one transaction, so it does not matter which server
 * takes the next one, or whether one ended in between.
 */
#ifndef SERVER_ROLLOUT_H
#define SERVER_ROLLOUT_H

#include "server/db_rollout.h"
#include "server/publish.h"

struct rollouts;

/* Adds the job. */
struct rollouts *rollouts_create(struct server *server);
void rollouts_destroy(struct rollouts *rollouts); /* takes NULL */

/* --- what people do; `person` "" is the server by itself */

/*
 * Whether the layer may be changed like this at all: forms, locks, other roll-outs, contingency
 * sets; and, as a dry run whose counts, preview and bad device are then in `publish` (all zero
 * before), whether every device below would get a valid config.
 */
int rollout_check(struct server *server, const struct db_rollout *rollout, struct publish *publish,
		struct err *err);
int rollout_start(struct server *server, struct db_rollout *rollout, const char *person,
		struct err *err);
int rollout_stop(struct server *server, struct db_rollout *rollout, const char *person,
		const char *why, struct err *err);
/* Goes on after a stop, or consents to the ring that waits for it. */
int rollout_continue(struct server *server, struct db_rollout *rollout, const char *person,
		const char *reason, struct err *err);
int rollout_undo(struct server *server, struct db_rollout *rollout, const char *person,
		const char *reason, struct err *err);

/* --- for rollout*.c */

const char *rollout_state_word(enum db_rollout_state state);
bool rollout_is_active(const struct db_rollout *rollout);

/* The plan and the bounds of a row. */
int rollout_read(const struct db_rollout *rollout, struct rollout_plan *plan,
		struct rollout_bounds *bounds, struct err *err);

/* Everybody has it: it becomes part of the layer. */
int rollout_finish(struct server *server, struct db_rollout *rollout, struct err *err);

/* What happened, for the roll-out's history; inside the transaction. */
int rollout_log(struct server *server, const struct db_rollout *rollout, const char *person,
		const char *action, const char *detail, struct err *err);
/* After the commit. */
void rollout_emit(struct server *server, const struct db_rollout *rollout);

/*
 * A change of the row alone, without a revision, and its line of history (`action` NULL: none);
 * going on after a stop excuses what failed. -ESTALE when it is not as `before` any more.
 */
int rollout_write(struct server *server, const struct db_rollout *before,
		const struct db_rollout *after, const char *person, const char *action,
		const char *detail, struct err *err);
/* The same, and everybody hears of it. */
int rollout_save(struct server *server, const struct db_rollout *before,
		const struct db_rollout *after, const char *person, const char *action,
		const char *detail, struct err *err);

/* Inside a transaction: -ESTALE when the row is not in this state and ring any more. */
int rollout_still(struct server *server, const struct db_rollout *rollout, struct err *err);

/* "counts" of the row from and to tallies. */
bool rollout_counts_read(const struct db_rollout *rollout,
		struct rollout_tally ret[ROLLOUT_RINGS_MAX]);
char *rollout_counts_print(const struct rollout_plan *plan,
		const struct rollout_tally tallies[ROLLOUT_RINGS_MAX]);

/* --- one look at devices that don't have it, rollout_look.c */

struct rollout_pass {
	char id[DB_ID_MAX];
	char after[DB_ID_MAX]; /* where the look over all devices stands */
	struct rollout_tally counted[ROLLOUT_RINGS_MAX];
};

/*
 * Look on for a moment and give it to those whose turn it is: one wave, one revision. Counts go
 * to rollout->counts whenever all devices were looked at.
 */
int rollout_look(struct server *server, struct rollout_pass *pass, struct db_rollout *rollout,
		const struct rollout_plan *plan, const struct rollout_bounds *bounds,
		struct err *err);

/* --- windows of sites, rollout_site.c */

struct rollout_sites;

struct rollout_sites *rollout_sites_create(struct server *server, const struct rollout_plan *plan);
void rollout_sites_destroy(struct rollout_sites *sites); /* takes NULL */
OWN_DEFINE(rollout_sites, struct rollout_sites, rollout_sites_destroy);

struct rollout_site {
	char name[DB_PLACE_MAX]; /* "" for devices of none */
	char tenant[DB_NAME_MAX];
	const struct rollout_window *windows;
	unsigned window_count;
	struct rollout_window own;
	unsigned day, minute; /* there, at the time of rollout_sites_create */
	bool is_open;
	unsigned under_way;
};

/* The site, looked up once; -EIO and the like of the database. */
int rollout_sites_get(struct rollout_sites *sites, const char *name, const char *tenant,
		struct rollout_site **ret, struct err *err);

#endif
