/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only part of the kiosk that keeps root: a small process, forked before the kiosk drops
 * its rights, that starts workers in their sandbox (base/sandbox.h) and ends them. It
 * takes two orders, knows one program, and dies with the kiosk.
 */
#ifndef KIOSK_SPAWNER_H
#define KIOSK_SPAWNER_H

#include <stdbool.h>

#include "base/err.h"
#include "base/loop.h"

struct spawner;

/* `status` as in waitpid(2), or -1 when the worker could not be started. */
typedef void (*spawner_exit_fn)(void *data, uint32_t id, int status);

/* Fork. Call it before there are threads, a loop or descriptors that a worker must not get. */
int spawner_create(const char *program, const char *user, struct spawner **ret, struct err *err);
void spawner_destroy(struct spawner *spawner); /* ends the process and its workers; takes NULL */

/* Listen to it; `on_lost`: it is gone, no worker can be started any more. */
void spawner_attach(struct spawner *spawner, struct loop *loop, spawner_exit_fn on_exit,
		void (*on_lost)(void *data), void *data);

/*
 * Start worker `id` with `fd` (stays the caller's) as descriptor 3. `has_devices`: the nodes
 * that decode video are in its root, where there are any.
 */
int spawner_start(struct spawner *spawner, uint32_t id, int fd, bool has_devices);

/* Kill it. Its exit is reported all the same. */
void spawner_kill(struct spawner *spawner, uint32_t id);

#endif
