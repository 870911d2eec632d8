/* SPDX-License-Identifier: Apache-2.0 */
/* A child process: started with exactly the descriptors it is given, watched by pidfd. */
#ifndef BASE_CHILD_H
#define BASE_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/loop.h"

struct child;

/* `status` as in waitpid(2). The child object is still there; destroy it in or after the call. */
typedef void (*child_exit_fn)(void *data, int status);

struct child_options {
	const char *const *argv;        /* NULL-terminated; argv[0] is the path */
	const char *const *environment; /* NULL-terminated, or NULL: none */
	const int *fds;                 /* become 3, 4, ... in the child; stay the caller's */
	unsigned fd_count;
	/* Runs in the child before exec, e.g. to enter the sandbox; < 0 ends the child with 126. */
	int (*prepare)(void *data);
	void *prepare_data;
	bool is_quiet; /* stdin, stdout and stderr are /dev/null; else stdout and stderr stay */
};

int child_start(struct loop *loop, const struct child_options *options, child_exit_fn on_exit,
		void *data, struct child **ret, struct err *err);
pid_t child_pid(const struct child *child);

/* Send a signal through the pidfd: never reaches another process that got the number. */
int child_signal(struct child *child, int number);

/* Kills (SIGKILL) and reaps a child that still runs. Takes NULL. */
void child_destroy(struct child *child);

/* "ended with code 3", "was killed by signal 11 (Segmentation fault)". */
struct err child_describe(int status);

#endif
