/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one event loop of a process: descriptors, timers, signals over epoll.
 * Nothing here is thread-safe. A callback may remove any watch, its own included,
 * and may destroy what it belongs to; removed watches are not called any more.
 * An idle loop without armed timers makes no system call.
 */
#ifndef BASE_LOOP_H
#define BASE_LOOP_H

#include <stdint.h>

#include "base/own.h"

struct loop;
struct loop_watch;
struct loop_timer;
struct loop_signal;

typedef void (*loop_fd_fn)(void *data, uint32_t events); /* EPOLLIN | EPOLLOUT | EPOLLHUP ... */
typedef void (*loop_timer_fn)(void *data);
typedef void (*loop_signal_fn)(void *data, int number);

/* Ends the process when the kernel refuses an epoll descriptor. */
struct loop *loop_create(void);

/* Complains in the log about watches that were left behind. Takes NULL. */
void loop_destroy(struct loop *loop);

/* Run until loop_quit. Returns the code given there. */
int loop_run(struct loop *loop);
void loop_quit(struct loop *loop, int code);

/* One round, waiting at most `timeout_ms` (-1: until something happens). For tests and benchmarks. */
void loop_step(struct loop *loop, int timeout_ms);

/* Watch `fd`, which stays the caller's and must outlive the watch. `events` are EPOLL flags. */
struct loop_watch *loop_watch_fd(struct loop *loop, int fd, uint32_t events, loop_fd_fn fn,
		void *data);
void loop_watch_set(struct loop_watch *watch, uint32_t events);
void loop_watch_remove(struct loop_watch *watch); /* takes NULL */

/* A timer that is not armed yet. */
struct loop_timer *loop_add_timer(struct loop *loop, loop_timer_fn fn, void *data);
/* Fire once, `delay_ms` from now; a negative delay disarms. */
void loop_timer_set(struct loop_timer *timer, int64_t delay_ms);
void loop_timer_remove(struct loop_timer *timer); /* takes NULL */

/* Deliver the signal here (it is blocked for the process by a signalfd). */
struct loop_signal *loop_add_signal(struct loop *loop, int number, loop_signal_fn fn, void *data);
void loop_signal_remove(struct loop_signal *signal); /* takes NULL */

/* CLOCK_MONOTONIC. */
int64_t loop_now_ms(void);
int64_t loop_now_us(void);

#endif
