/* SPDX-License-Identifier: Apache-2.0 */
/* Roll-outs, for people. docs/api.md. */
#ifndef SERVER_PEOPLE_ROLLOUT_H
#define SERVER_PEOPLE_ROLLOUT_H

#include "server/people.h"
#include "server/rights.h"
#include "server/rollout.h"

int people_rollouts(struct request *request, struct err *err);
int people_rollout_make(struct request *request, struct err *err);
int people_rollout_get(struct request *request, struct err *err);
int people_rollout_remove(struct request *request, struct err *err);
int people_rollout_rehearse(struct request *request, struct err *err);
int people_rollout_start(struct request *request, struct err *err);
int people_rollout_stop(struct request *request, struct err *err);
int people_rollout_continue(struct request *request, struct err *err);
int people_rollout_undo(struct request *request, struct err *err);
int people_rollout_devices(struct request *request, struct err *err);
int people_rollout_sites(struct request *request, struct err *err);

/* The roll-out of /rollouts/:id, when the person has the right where it is. */
int people_rollout_find(struct request *request, enum right right, struct db_rollout *ret,
		struct err *err);

/* What a list shows, and all of it. */
cJSON *people_rollout_brief(const struct db_rollout *rollout, const struct rollout_plan *plan);
int people_rollout_answer(struct request *request, int status, const struct db_rollout *rollout,
		struct err *err);

/* "organisation", "site/T/S" as people type it, to a scope that is there. */
int people_scope(struct db *db, const char *typed, char scope[DB_SCOPE_MAX], struct err *err);

#endif
