/* SPDX-License-Identifier: Apache-2.0 */
#include "server/work.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "base/text.h"

enum { THREADS = 4, QUEUE_MAX = 64 };

struct work {
	struct park *park;
	const char *name;
	struct loop_watch *watch;
	int fd;
	int64_t number;
	pthread_t threads[THREADS];
	/* Below: of the lock. */
	pthread_mutex_t lock;
	pthread_cond_t wanted;
	struct work_job *waiting, **last, *done;
	unsigned count;
	bool is_ending;
};

static struct work_job *take(struct work *work)
{
	pthread_mutex_lock(&work->lock);
	while (!work->waiting && !work->is_ending)
		pthread_cond_wait(&work->wanted, &work->lock);
	struct work_job *job = work->waiting;
	if (job) {
		work->waiting = job->next;
		if (!work->waiting)
			work->last = &work->waiting;
	}
	pthread_mutex_unlock(&work->lock);
	return job;
}

static void *run(void *data)
{
	struct work *work = data;
	struct work_job *job;
	const uint64_t one = 1;

	while ((job = take(work))) {
		job->run(job);
		pthread_mutex_lock(&work->lock);
		job->next = work->done;
		work->done = job;
		work->count--;
		pthread_mutex_unlock(&work->lock);
		if (write(work->fd, &one, sizeof(one)) < 0)
			continue; /* the counter is full: the loop has been told */
	}
	return NULL;
}

static void on_done(void *data, uint32_t events)
{
	struct work *work = data;
	uint64_t count;

	(void)events;
	if (read(work->fd, &count, sizeof(count)) < 0)
		return;
	pthread_mutex_lock(&work->lock);
	struct work_job *job = own_take(work->done);
	pthread_mutex_unlock(&work->lock);
	while (job) {
		struct work_job *next = job->next;

		job->is_done = true;
		if (job->is_dropped)
			job->free(job);
		else
			park_wake(work->park, job->key);
		job = next;
	}
}

/* Signals are the loop's. */
static void start_threads(struct work *work)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (unsigned i = 0; i < THREADS; i++) {
		if (pthread_create(&work->threads[i], NULL, run, work) != 0)
			abort();
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct work *work_create(struct loop *loop, struct park *park, const char *name)
{
	struct work *work = own_alloc(sizeof(*work));

	work->park = park;
	work->name = name;
	work->last = &work->waiting;
	pthread_mutex_init(&work->lock, NULL);
	pthread_cond_init(&work->wanted, NULL);
	work->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (work->fd < 0)
		abort();
	work->watch = loop_watch_fd(loop, work->fd, EPOLLIN, on_done, work);
	start_threads(work);
	return work;
}

void work_destroy(struct work *work)
{
	if (!work)
		return;
	pthread_mutex_lock(&work->lock);
	work->is_ending = true;
	pthread_cond_broadcast(&work->wanted);
	pthread_mutex_unlock(&work->lock);
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(work->threads[i], NULL);
	for (struct work_job *next, *job = work->done; job; job = next) {
		next = job->next;
		job->free(job);
	}
	loop_watch_remove(work->watch);
	close(work->fd);
	pthread_cond_destroy(&work->wanted);
	pthread_mutex_destroy(&work->lock);
	free(work);
}

int work_start(struct work *work, struct work_job *job, struct err *err)
{
	pthread_mutex_lock(&work->lock);
	bool has_room = work->count < QUEUE_MAX;
	if (has_room) {
		work->count++;
		(void)text_format(job->key, sizeof(job->key), "%s/%lld", work->name,
				(long long)++work->number);
		job->next = NULL;
		*work->last = job;
		work->last = &job->next;
		pthread_cond_signal(&work->wanted);
	}
	pthread_mutex_unlock(&work->lock);
	return has_room ? 0 : err_set(err, EAGAIN, "too much is under way at once: try again soon");
}

void work_drop(struct work_job *job)
{
	if (!job)
		return;
	if (job->is_done || !job->key[0])
		job->free(job);
	else
		job->is_dropped = true;
}
