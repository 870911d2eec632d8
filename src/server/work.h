/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What would keep the loop waiting (a password's hash, a directory, a provider of identities)
 * is done by a few threads. A job is a request's; it touches nothing of the server but itself.
 */
#ifndef SERVER_WORK_H
#define SERVER_WORK_H

#include <stdbool.h>

#include "base/err.h"
#include "base/loop.h"
#include "server/park.h"

struct work;

/* First member of a job's struct, which is malloc'd. */
struct work_job {
	void (*run)(struct work_job *job);  /* in a thread */
	void (*free)(struct work_job *job); /* in the loop, once it is done and nobody wants it */
	struct work_job *next;
	char key[PARK_KEY_MAX]; /* parked requests wait for it; "" until work_start */
	bool is_done;
	bool is_dropped;
	bool is_away; /* waits for somebody else: such ones must not hold up the others */
};

/* `name` is a short literal, another one for each. */
struct work *work_create(struct loop *loop, struct park *park, const char *name);
void work_destroy(struct work *work); /* takes NULL; waits for what is under way */

/* -EAGAIN when too many wait already; the job stays the caller's then. */
int work_start(struct work *work, struct work_job *job, struct err *err);

/* Nobody wants the result any more. Takes NULL. */
void work_drop(struct work_job *job);

#endif
