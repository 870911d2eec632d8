/* SPDX-License-Identifier: Apache-2.0 */
#include "video/watch.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <time.h>

#include "base/own.h"

struct watch {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	pthread_t thread;
	void *data;
	void (*end)(void *data);
	int (*work)(void *data); /* NULL: nothing to do */
	int result;
	bool is_ending;
	bool is_abandoned; /* nobody waits: the thread cleans up */
};

static void finish(struct watch *watch)
{
	watch->end(watch->data);
	pthread_cond_destroy(&watch->changed);
	pthread_mutex_destroy(&watch->mutex);
	free(watch);
}

static void *run(void *data)
{
	struct watch *watch = data;

	pthread_mutex_lock(&watch->mutex);
	while (!watch->is_ending) {
		if (!watch->work) {
			pthread_cond_wait(&watch->changed, &watch->mutex);
			continue;
		}
		pthread_mutex_unlock(&watch->mutex);
		int result = watch->work(watch->data);
		pthread_mutex_lock(&watch->mutex);
		watch->result = result;
		watch->work = NULL;
		pthread_cond_broadcast(&watch->changed);
	}
	bool is_abandoned = watch->is_abandoned;
	pthread_mutex_unlock(&watch->mutex);
	if (is_abandoned)
		finish(watch);
	return NULL;
}

int watch_create(void *data, void (*end)(void *data), struct watch **ret, struct err *err)
{
	struct watch *watch = own_alloc(sizeof(*watch));
	pthread_condattr_t attributes;

	watch->data = data;
	watch->end = end;
	pthread_mutex_init(&watch->mutex, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&watch->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	int r = pthread_create(&watch->thread, NULL, run, watch);
	if (r != 0) {
		pthread_cond_destroy(&watch->changed);
		pthread_mutex_destroy(&watch->mutex);
		free(watch);
		return err_errno(err, r, "the decoder's thread");
	}
	*ret = watch;
	return 0;
}

int watch_call(struct watch *watch, int (*work)(void *data), int limit_ms)
{
	struct timespec until;
	int late = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += limit_ms / 1000;
	until.tv_nsec += limit_ms % 1000 * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000L;
	}
	pthread_mutex_lock(&watch->mutex);
	if (watch->is_abandoned) {
		pthread_mutex_unlock(&watch->mutex);
		return -ETIMEDOUT;
	}
	assert(!watch->work);
	watch->work = work;
	pthread_cond_broadcast(&watch->changed);
	while (watch->work && late == 0)
		late = pthread_cond_timedwait(&watch->changed, &watch->mutex, &until);
	watch->is_abandoned = watch->work != NULL;
	int result = watch->is_abandoned ? -ETIMEDOUT : watch->result;
	pthread_mutex_unlock(&watch->mutex);
	return result;
}

void watch_destroy(struct watch *watch)
{
	pthread_mutex_lock(&watch->mutex);
	bool is_abandoned = watch->is_abandoned;
	pthread_t thread = watch->thread;
	watch->is_ending = true;
	pthread_cond_broadcast(&watch->changed);
	pthread_mutex_unlock(&watch->mutex);
	if (is_abandoned) {
		pthread_detach(thread);
		return;
	}
	pthread_join(thread, NULL);
	finish(watch);
}
