/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the server does by itself now and then. Of several servers on one database exactly one
 * does it; when that one is gone, another takes over.
 */
#ifndef SERVER_JOBS_H
#define SERVER_JOBS_H

#include "base/err.h"

struct jobs;
struct server;

struct jobs *jobs_create(struct server *server);
void jobs_destroy(struct jobs *jobs); /* takes NULL */

/*
 * Call `fn` every `every_s` seconds (1..3600), the first time that long from now. What it returns
 * is logged when negative, once per change of the sentence. `name` is a literal.
 */
void jobs_add(struct jobs *jobs, const char *name, unsigned every_s,
		int (*fn)(struct server *server, struct err *err));

#endif
