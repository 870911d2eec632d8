/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cage of a worker that reads what strangers send. Two stages, because some
 * walls need root and some can only stand when the program has loaded its libraries:
 *
 *   sandbox_prepare  in the forked child, before exec: own user, no capabilities,
 *                    empty network, own process tree, a read-only root that holds
 *                    libraries, certificates, time zones and the program, small limits.
 *   sandbox_seal     in the worker itself, before it reads a byte from outside:
 *                    Landlock and a list of system calls.
 *
 * What the worker still may need it gets as descriptors.
 *
 *   struct sandbox_worker worker;
 *   if (sandbox_worker_init(&worker, "tynd-session", path, 0, &err) < 0) ...
 *   struct child_options options = {.argv = argv, .environment = sandbox_environment,
 *           .fds = &channel, .fd_count = 1,
 *           .prepare = sandbox_prepare, .prepare_data = &worker};
 */
#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

/* The walls, as bits. */
enum sandbox_wall {
	SANDBOX_USER = 1 << 0,         /* own user and group, no other groups */
	SANDBOX_CAPABILITIES = 1 << 1, /* none, none to be had, no new privileges */
	SANDBOX_NAMESPACES = 1 << 2,   /* own net, ipc, uts, pid, cgroup, mount */
	SANDBOX_ROOT = 1 << 3,         /* own read-only root */
	SANDBOX_LIMITS = 1 << 4,       /* descriptors, processes, core, file size */
	SANDBOX_LANDLOCK = 1 << 5,
	SANDBOX_SECCOMP = 1 << 6,
	SANDBOX_UNDUMPABLE = 1 << 7, /* no ptrace, no core, no /proc/PID/mem */
	SANDBOX_ALL = (1 << 8) - 1,
};

enum { SANDBOX_PATH_MAX = 512 };

/* Who the worker will be. A plain value, made before the fork. */
struct sandbox_worker {
	uid_t uid;
	gid_t gid;
	bool is_privileged;             /* we are root and really change the user */
	bool has_no_devices;            /* also not the nodes that decode video */
	unsigned dispensable;           /* walls that may be missing */
	char program[SANDBOX_PATH_MAX]; /* absolute; the only program in the worker's root */
};

/*
 * `user` is a name or a number; without root it is ignored, and a user namespace of our
 * own stands in. `dispensable`: walls without which the worker still may run (0: every
 * wall must stand; a kernel that lacks one then means no worker).
 */
int sandbox_worker_init(struct sandbox_worker *worker, const char *user, const char *program,
		unsigned dispensable, struct err *err);

/*
 * Stage 1, for child_options.prepare; `worker` is a struct sandbox_worker. Returns in the
 * process that shall exec; a process between it and the caller stays, waits for it and
 * ends with its status, and its death, or that of its parent, kills the worker. Missing walls
 * are logged; < 0 (and logged) when one that must stand does not.
 */
int sandbox_prepare(void *worker);

/* NULL-terminated, for child_options.environment: nothing of our own environment. */
extern const char *const sandbox_environment[];

/* What stage 2 leaves. */
struct sandbox_seal {
	const char *const *readable; /* NULL-terminated: files and folders that stay readable */
	unsigned dispensable;
};

/*
 * Stage 2. From here on the process opens nothing but `readable` and that read-only, has
 * no new sockets but pairs, no new processes but threads, loads no code any more. Everything that
 * is linked by dlopen must be loaded. A refused call gives EPERM; one that no honest library makes
 * ends the process with SIGSYS. `*walls` is what stands.
 */
int sandbox_seal(const struct sandbox_seal *seal, unsigned *walls, struct err *err);

/* "landlock, seccomp": the names of the walls, for the log. Lives in `text`. */
const char *sandbox_describe(unsigned walls, char *text, size_t size);

#endif
