/* SPDX-License-Identifier: Apache-2.0 */
#include "server/jobs.h"

#include <assert.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "server/keys.h"
#include "server/server.h"

enum { JOBS_MAX = 32, SERVER_NAME_SIZE = 16 };

struct job {
	struct jobs *jobs;
	const char *name;
	unsigned every_s;
	int (*fn)(struct server *server, struct err *err);
	struct loop_timer *timer;
	char complaint[ERR_TEXT_MAX];
};

struct jobs {
	struct server *server;
	char me[SERVER_NAME_SIZE + 1]; /* holder of leases */
	unsigned count;
	struct job jobs[JOBS_MAX];
};

/* Longer than the pause, so that it does not change hands without need. */
static int64_t lease_s(const struct job *job)
{
	return 3 * (int64_t)job->every_s + 5;
}

static void complain(struct job *job, const struct err *err)
{
	if (strcmp(job->complaint, err->text) == 0)
		return;
	log_warn("%s: %s", job->name, err->text);
	(void)text_copy(job->complaint, sizeof(job->complaint), err->text);
}

static void on_timer(void *data)
{
	struct job *job = data;
	struct server *server = job->jobs->server;
	bool is_mine = false;
	struct err err = {0};
	int r = db_lease(server->db, job->name, job->jobs->me, server_now_s(), lease_s(job),
			&is_mine, &err);

	if (r == 0 && is_mine)
		r = job->fn(server, &err);
	if (r < 0) {
		db_rollback(server->db);
		complain(job, &err);
	} else if (is_mine) {
		job->complaint[0] = '\0';
	}
	loop_timer_set(job->timer, (int64_t)job->every_s * 1000);
}

struct jobs *jobs_create(struct server *server)
{
	struct jobs *jobs = own_alloc(sizeof(*jobs));

	jobs->server = server;
	key_random_text(jobs->me, SERVER_NAME_SIZE);
	return jobs;
}

void jobs_destroy(struct jobs *jobs)
{
	if (!jobs)
		return;
	for (unsigned i = 0; i < jobs->count; i++)
		loop_timer_remove(jobs->jobs[i].timer);
	free(jobs);
}

void jobs_add(struct jobs *jobs, const char *name, unsigned every_s,
		int (*fn)(struct server *server, struct err *err))
{
	assert(jobs->count < JOBS_MAX);
	struct job *job = &jobs->jobs[jobs->count++];

	*job = (struct job){.jobs = jobs, .name = name, .every_s = every_s, .fn = fn};
	job->timer = loop_add_timer(jobs->server->loop, on_timer, job);
	loop_timer_set(job->timer, (int64_t)every_s * 1000);
}
