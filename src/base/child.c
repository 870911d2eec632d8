/* SPDX-License-Identifier: Apache-2.0 */
#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <sys/wait.h>

enum { CHILD_FDS_MAX = 16, CHILD_FIRST_FD = 3 };

struct child {
	pid_t pid; /* 0 once it was reaped */
	int pidfd;
	struct loop_watch *watch;
	child_exit_fn on_exit;
	void *data;
};

/* Between fork and exec: only async-signal-safe calls. What is duplicated is for the program
 * to come; the analyzer takes that for a leak. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wunknown-warning-option"
#pragma GCC diagnostic ignored "-Wanalyzer-fd-leak"
static void place_fds(const struct child_options *options)
{
	int high[CHILD_FDS_MAX];

	/* First out of the way, so that no target number is still somebody's source. */
	for (unsigned i = 0; i < options->fd_count; i++) {
		high[i] = fcntl(options->fds[i], F_DUPFD_CLOEXEC, CHILD_FIRST_FD + CHILD_FDS_MAX);
		if (high[i] < 0)
			_exit(126);
	}
	for (unsigned i = 0; i < options->fd_count; i++)
		if (dup2(high[i], CHILD_FIRST_FD + (int)i) < 0)
			_exit(126);
	if (close_range(CHILD_FIRST_FD + options->fd_count, ~0U, 0) < 0)
		_exit(126);
}

#pragma GCC diagnostic pop

static void place_standard_fds(bool is_quiet)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0)
		return;
	dup2(null, STDIN_FILENO);
	if (is_quiet) {
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
	}
}

static void run_child(const struct child_options *options)
{
	static char *const no_environment[] = {NULL};
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	place_standard_fds(options->is_quiet);
	place_fds(options);
	if (options->prepare && options->prepare(options->prepare_data) < 0)
		_exit(126);
	execve(options->argv[0], (char *const *)options->argv,
			options->environment ? (char *const *)options->environment
					     : no_environment);
	_exit(127);
}

static void on_pidfd(void *data, uint32_t events)
{
	struct child *child = data;
	int status;

	(void)events;
	if (waitpid(child->pid, &status, WNOHANG) != child->pid)
		return;
	child->pid = 0;
	loop_watch_remove(own_take(child->watch));
	child->on_exit(child->data, status);
}

int child_start(struct loop *loop, const struct child_options *options, child_exit_fn on_exit,
		void *data, struct child **ret, struct err *err)
{
	struct child *child;
	pid_t pid;

	if (options->fd_count > CHILD_FDS_MAX)
		return err_set(err, EINVAL, "%u descriptors for a child, at most %d",
				options->fd_count, CHILD_FDS_MAX);
	pid = fork();
	if (pid < 0)
		return err_errno(err, errno, "starting %s", options->argv[0]);
	if (pid == 0)
		run_child(options);
	child = own_alloc(sizeof(*child));
	child->pid = pid;
	child->on_exit = on_exit;
	child->data = data;
	child->pidfd = pidfd_open(pid, 0);
	if (child->pidfd < 0) {
		int code = errno;

		child_destroy(child);
		return err_errno(err, code, "watching %s", options->argv[0]);
	}
	child->watch = loop_watch_fd(loop, child->pidfd, EPOLLIN, on_pidfd, child);
	*ret = child;
	return 0;
}

pid_t child_pid(const struct child *child)
{
	return child->pid;
}

int child_signal(struct child *child, int number)
{
	if (child->pid == 0)
		return -ESRCH;
	return pidfd_send_signal(child->pidfd, number, NULL, 0) < 0 ? -errno : 0;
}

void child_destroy(struct child *child)
{
	if (!child)
		return;
	loop_watch_remove(child->watch);
	if (child->pid) {
		kill(child->pid, SIGKILL);
		while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (child->pidfd >= 0)
		close(child->pidfd);
	free(child);
}

struct err child_describe(int status)
{
	struct err text;

	if (WIFSIGNALED(status))
		snprintf(text.text, sizeof(text.text), "was killed by signal %d (%s)",
				WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		snprintf(text.text, sizeof(text.text), "ended with code %d", WEXITSTATUS(status));
	return text;
}
