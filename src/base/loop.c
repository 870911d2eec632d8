/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Removal while dispatching: a removed watch is only marked and unlinked from
 * epoll; it is freed after the round, so that events that were already fetched
 * for it find the mark. A round within a round (a callback that waits) frees nothing, for
 * the outer one may have fetched it. Timers are a list: a process has a handful of them.
 */
#include "base/loop.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <time.h>

#include "base/log.h"

enum { EVENTS_MAX = 32 };

struct loop_watch {
	struct loop *loop;
	struct loop_watch *next;
	int fd;
	bool is_removed;
	loop_fd_fn fn;
	void *data;
};

struct loop_timer {
	struct loop *loop;
	struct loop_timer *next;
	int64_t due_ms; /* -1: not armed */
	bool is_removed;
	loop_timer_fn fn;
	void *data;
};

struct loop_signal {
	struct loop_watch *watch;
	int fd;
	loop_signal_fn fn;
	void *data;
};

struct loop {
	int epoll;
	bool is_ended;
	int code;
	struct loop_watch *watches;
	struct loop_timer *timers;
	bool has_removed;
	unsigned depth; /* rounds under way */
};

int64_t loop_now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t loop_now_ms(void)
{
	return loop_now_us() / 1000;
}

struct loop *loop_create(void)
{
	struct loop *loop = own_alloc(sizeof(*loop));

	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll < 0) {
		log_error("no epoll descriptor: %s", strerror(errno));
		abort();
	}
	return loop;
}

static void free_removed(struct loop *loop)
{
	struct loop_watch **watch = &loop->watches;
	struct loop_timer **timer = &loop->timers;

	loop->has_removed = false;
	while (*watch) {
		struct loop_watch *this = *watch;

		if (this->is_removed) {
			*watch = this->next;
			free(this);
		} else {
			watch = &this->next;
		}
	}
	while (*timer) {
		struct loop_timer *this = *timer;

		if (this->is_removed) {
			*timer = this->next;
			free(this);
		} else {
			timer = &this->next;
		}
	}
}

void loop_destroy(struct loop *loop)
{
	if (!loop)
		return;
	free_removed(loop);
	for (struct loop_watch *watch = loop->watches; watch; watch = watch->next) {
		log_warn("descriptor %d is still watched at the end", watch->fd);
		watch->is_removed = true;
	}
	for (struct loop_timer *timer = loop->timers; timer; timer = timer->next) {
		log_warn("a timer is left at the end");
		timer->is_removed = true;
	}
	free_removed(loop);
	close(loop->epoll);
	free(loop);
}

static struct loop_timer *next_timer(struct loop *loop)
{
	struct loop_timer *first = NULL;

	for (struct loop_timer *timer = loop->timers; timer; timer = timer->next)
		if (timer->due_ms >= 0 && !timer->is_removed &&
				(!first || timer->due_ms < first->due_ms))
			first = timer;
	return first;
}

static int wait_ms(struct loop *loop, int timeout_ms)
{
	struct loop_timer *timer = next_timer(loop);
	int64_t left;

	if (!timer)
		return timeout_ms;
	left = timer->due_ms - loop_now_ms();
	if (left < 0)
		left = 0;
	if (left > INT32_MAX)
		left = INT32_MAX;
	return timeout_ms >= 0 && timeout_ms < left ? timeout_ms : (int)left;
}

/* Only timers that were due at the start of the round: one that arms itself anew waits. */
static void run_timers(struct loop *loop)
{
	int64_t now = loop_now_ms();

	for (struct loop_timer *timer = next_timer(loop); timer && timer->due_ms <= now;
			timer = next_timer(loop)) {
		timer->due_ms = -1;
		timer->fn(timer->data);
		if (loop->is_ended)
			return;
		if (timer->due_ms == now)
			timer->due_ms = now + 1;
	}
}

void loop_step(struct loop *loop, int timeout_ms)
{
	struct epoll_event events[EVENTS_MAX];
	int count = epoll_wait(loop->epoll, events, EVENTS_MAX, wait_ms(loop, timeout_ms));

	if (count < 0 && errno != EINTR) {
		log_error("waiting for events failed: %s", strerror(errno));
		abort();
	}
	loop->depth++;
	for (int i = 0; i < count && !loop->is_ended; i++) {
		struct loop_watch *watch = events[i].data.ptr;

		if (!watch->is_removed)
			watch->fn(watch->data, events[i].events);
	}
	if (!loop->is_ended)
		run_timers(loop);
	if (--loop->depth == 0 && loop->has_removed)
		free_removed(loop);
}

int loop_run(struct loop *loop)
{
	loop->is_ended = false;
	while (!loop->is_ended)
		loop_step(loop, -1);
	return loop->code;
}

void loop_quit(struct loop *loop, int code)
{
	loop->is_ended = true;
	loop->code = code;
}

struct loop_watch *loop_watch_fd(struct loop *loop, int fd, uint32_t events, loop_fd_fn fn,
		void *data)
{
	struct loop_watch *watch = own_alloc(sizeof(*watch));
	struct epoll_event event = {.events = events, .data.ptr = watch};

	*watch = (struct loop_watch){loop, loop->watches, fd, false, fn, data};
	loop->watches = watch;
	if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
		log_error("descriptor %d cannot be watched: %s", fd, strerror(errno));
		abort();
	}
	return watch;
}

void loop_watch_set(struct loop_watch *watch, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.ptr = watch};

	epoll_ctl(watch->loop->epoll, EPOLL_CTL_MOD, watch->fd, &event);
}

void loop_watch_remove(struct loop_watch *watch)
{
	if (!watch)
		return;
	assert(!watch->is_removed);
	epoll_ctl(watch->loop->epoll, EPOLL_CTL_DEL, watch->fd, NULL);
	watch->is_removed = true;
	watch->loop->has_removed = true;
}

struct loop_timer *loop_add_timer(struct loop *loop, loop_timer_fn fn, void *data)
{
	struct loop_timer *timer = own_alloc(sizeof(*timer));

	*timer = (struct loop_timer){loop, loop->timers, -1, false, fn, data};
	loop->timers = timer;
	return timer;
}

void loop_timer_set(struct loop_timer *timer, int64_t delay_ms)
{
	timer->due_ms = delay_ms < 0 ? -1 : loop_now_ms() + delay_ms;
}

void loop_timer_remove(struct loop_timer *timer)
{
	if (!timer)
		return;
	timer->is_removed = true;
	timer->due_ms = -1;
	timer->loop->has_removed = true;
}

static void read_signal(void *data, uint32_t events)
{
	struct loop_signal *signal = data;
	struct signalfd_siginfo info;

	(void)events;
	if (read(signal->fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		signal->fn(signal->data, (int)info.ssi_signo);
}

struct loop_signal *loop_add_signal(struct loop *loop, int number, loop_signal_fn fn, void *data)
{
	struct loop_signal *signal = own_alloc(sizeof(*signal));
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, number);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal->fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signal->fd < 0) {
		log_error("no signal descriptor: %s", strerror(errno));
		abort();
	}
	signal->fn = fn;
	signal->data = data;
	signal->watch = loop_watch_fd(loop, signal->fd, EPOLLIN, read_signal, signal);
	return signal;
}

void loop_signal_remove(struct loop_signal *signal)
{
	if (!signal)
		return;
	loop_watch_remove(signal->watch);
	close(signal->fd);
	free(signal);
}
