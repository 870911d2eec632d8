/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stage 1: what only the outside can take away.
 *
 * Order matters. Namespaces first, since they need root or give it inside a user
 * namespace; the root folder while we may still mount; then the bounding set, the user,
 * the rest of the capabilities. The process that called unshare(CLONE_NEWPID) is not
 * in the new process namespace, only its children are: so the last step forks, and the
 * middle process does nothing but wait.
 */
#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <poll.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/log.h"
#include "base/own.h"
#include "base/sandbox_root.h"
#include "base/text.h"

const char *const sandbox_environment[] = {
		"PATH=/usr/bin",
		"HOME=/",
		"LANG=C.UTF-8",
		NULL,
};

enum {
	LIMIT_DESCRIPTORS = 256,
	LIMIT_PROCESSES = 512, /* threads of all workers of this user; codecs have a few per core */
	LIMIT_FILE_BYTES = 1024 * 1024 * 1024, /* memfds count: three pictures of 8192 x 8192 */
};

static int find_user(const char *user, uid_t *uid, gid_t *gid, struct err *err)
{
	uint64_t number;

	if (text_to_number(user, 1, UINT32_MAX - 1, &number) == 0) {
		*uid = (uid_t)number;
		*gid = (gid_t)number;
		return 0;
	}
	const struct passwd *entry = getpwnam(user);
	if (!entry)
		return err_set(err, ENOENT, "there is no user \"%s\" for the worker", user);
	if (entry->pw_uid == 0)
		return err_set(err, EINVAL, "the worker's user \"%s\" must not be root", user);
	*uid = entry->pw_uid;
	*gid = entry->pw_gid;
	return 0;
}

int sandbox_worker_init(struct sandbox_worker *worker, const char *user, const char *program,
		unsigned dispensable, struct err *err)
{
	struct sandbox_worker made = {
			.uid = getuid(),
			.gid = getgid(),
			.is_privileged = geteuid() == 0,
			.dispensable = dispensable,
	};

	if (program[0] != '/' || text_copy(made.program, sizeof(made.program), program) < 0)
		return err_set(err, EINVAL,
				"the worker's program is \"%s\": an absolute path below %d "
				"bytes was expected",
				program, SANDBOX_PATH_MAX);
	int r = made.is_privileged ? find_user(user, &made.uid, &made.gid, err) : 0;
	if (r == 0)
		*worker = made;
	return r;
}

/* A wall could not be put up: 0 when the worker may run without it. */
static int missing(const struct sandbox_worker *worker, enum sandbox_wall wall,
		const struct err *why)
{
	if (!(worker->dispensable & wall)) {
		log_error("sandbox: %s", why->text);
		return -EPERM;
	}
	log_warn("sandbox: going on without one wall: %s", why->text);
	return 0;
}

static int write_text(const char *path, const char *text)
{
	OWNED(fd) int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

/* The one user that exists in the new user namespace is the one we are. */
static int map_user(const struct sandbox_worker *worker, struct err *err)
{
	char uid_map[64], gid_map[64];

	text_format(uid_map, sizeof(uid_map), "%u %u 1", worker->uid, worker->uid);
	text_format(gid_map, sizeof(gid_map), "%u %u 1", worker->gid, worker->gid);
	int r = write_text("/proc/self/setgroups", "deny");
	if (r == 0)
		r = write_text("/proc/self/uid_map", uid_map);
	if (r == 0)
		r = write_text("/proc/self/gid_map", gid_map);
	return r < 0 ? err_errno(err, -r, "writing the map of the user namespace") : 0;
}

static int leave_namespaces(const struct sandbox_worker *worker, struct err *err)
{
	int flags = CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWPID |
	            CLONE_NEWCGROUP | (worker->is_privileged ? 0 : CLONE_NEWUSER);

	if (unshare(flags) < 0)
		return err_errno(err, errno, "own namespaces (net, ipc, uts, pid, cgroup, mount%s)",
				worker->is_privileged ? "" : ", user");
	return worker->is_privileged ? 0 : map_user(worker, err);
}

static int set_limit(__rlimit_resource_t resource, rlim_t value, const char *name, struct err *err)
{
	struct rlimit limit = {value, value}, before;

	if (getrlimit(resource, &before) == 0 && before.rlim_max < value)
		limit = (struct rlimit){before.rlim_max, before.rlim_max};
	if (setrlimit(resource, &limit) < 0)
		return err_errno(err, errno, "the limit of %s", name);
	return 0;
}

/*
 * No limit counts the memory behind all descriptors of a worker. When the device has none
 * left the kernel shall end the worker, not the one who draws the screen.
 */
static void be_first_to_go(void)
{
	int r = write_text("/proc/self/oom_score_adj", "1000");

	if (r < 0)
		log_warn("sandbox: the worker is not the first to go without memory: %s",
				strerror(-r));
}

static int set_limits(struct err *err)
{
	int r = set_limit(RLIMIT_NOFILE, LIMIT_DESCRIPTORS, "descriptors", err);

	if (r == 0)
		r = set_limit(RLIMIT_NPROC, LIMIT_PROCESSES, "processes", err);
	if (r == 0)
		r = set_limit(RLIMIT_CORE, 0, "core files", err);
	if (r == 0)
		r = set_limit(RLIMIT_FSIZE, LIMIT_FILE_BYTES, "file sizes", err);
	if (r == 0)
		r = set_limit(RLIMIT_MEMLOCK, 0, "locked memory", err);
	if (r == 0)
		r = set_limit(RLIMIT_MSGQUEUE, 0, "message queues", err);
	return r;
}

static int drop_bounding_set(struct err *err)
{
	for (unsigned long cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++) {
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
			return err_errno(err, errno, "dropping capability %lu for good", cap);
	}
	return 0;
}

static int become_user(const struct sandbox_worker *worker, struct err *err)
{
	if (!worker->is_privileged)
		return 0;
	if (setgroups(0, NULL) < 0)
		return err_errno(err, errno, "leaving all groups");
	if (setresgid(worker->gid, worker->gid, worker->gid) < 0)
		return err_errno(err, errno, "becoming group %u", worker->gid);
	if (setresuid(worker->uid, worker->uid, worker->uid) < 0)
		return err_errno(err, errno, "becoming user %u", worker->uid);
	return 0;
}

static int drop_capabilities(struct err *err)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {0};

	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return err_errno(err, errno, "clearing the ambient capabilities");
	if (syscall(SYS_capset, &header, none) < 0)
		return err_errno(err, errno, "dropping all capabilities");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_errno(err, errno, "refusing new privileges");
	return 0;
}

/* Without namespaces nobody may mount, without a user namespace nobody has a bounding set. */
static int raise_walls(const struct sandbox_worker *worker)
{
	struct sandbox_devices devices = {0};
	struct err err;

	be_first_to_go();
	if (worker->is_privileged && !worker->has_no_devices)
		sandbox_devices_find(&devices);
	bool has_namespaces = leave_namespaces(worker, &err) == 0;

	if (!has_namespaces && missing(worker, SANDBOX_NAMESPACES, &err) < 0)
		return -EPERM;
	if (has_namespaces ? sandbox_enter_root(worker->program, &devices, worker->uid, &err) < 0
			   : err_set(&err, EPERM, "own root: it needs an own mount namespace")) {
		if (missing(worker, SANDBOX_ROOT, &err) < 0)
			return -EPERM;
	}
	if (set_limits(&err) < 0 && missing(worker, SANDBOX_LIMITS, &err) < 0)
		return -EPERM;
	if ((worker->is_privileged || has_namespaces) && drop_bounding_set(&err) < 0 &&
			missing(worker, SANDBOX_CAPABILITIES, &err) < 0)
		return -EPERM;
	if (become_user(worker, &err) < 0 && missing(worker, SANDBOX_USER, &err) < 0)
		return -EPERM;
	if (drop_capabilities(&err) < 0 && missing(worker, SANDBOX_CAPABILITIES, &err) < 0)
		return -EPERM;
	return 0;
}

/* Ends as the worker ended, so that whoever waits for us learns it. `alive` stays open. */
static void __attribute__((noreturn)) wait_for_worker(pid_t worker, int alive)
{
	int status;

	/* A spawner that is killed takes us along, and we the worker. */
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (alive > 0)
		close_range(0, (unsigned)alive - 1, 0);
	close_range((unsigned)alive + 1, ~0U, 0);
	while (waitpid(worker, &status, 0) < 0) {
		if (errno != EINTR)
			_exit(126);
	}
	if (WIFSIGNALED(status)) {
		sigset_t one;

		sigemptyset(&one);
		sigaddset(&one, WTERMSIG(status));
		signal(WTERMSIG(status), SIG_DFL);
		sigprocmask(SIG_UNBLOCK, &one, NULL);
		raise(WTERMSIG(status));
	}
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 126);
}

/* The analyzer does not see what OWNED closes at the end. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wunknown-warning-option"
#pragma GCC diagnostic ignored "-Wanalyzer-fd-leak"
/*
 * Go on as the first process of the new process namespace. The one that stays behind holds
 * `alive`; when it died before PR_SET_PDEATHSIG stood, the other end hangs up.
 */
static int enter_processes(void)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	OWNED(fd) int worker_end = ends[0];
	OWNED(fd) int alive = ends[1];
	pid_t pid = fork();
	if (pid < 0)
		return -errno;
	if (pid > 0)
		wait_for_worker(pid, alive);
	close(own_take_fd(&alive));
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return -errno;
	struct pollfd parent = {.fd = worker_end};
	if (poll(&parent, 1, 0) != 0)
		return -EPIPE;
	return setsid() < 0 ? -errno : 0;
}

#pragma GCC diagnostic pop

int sandbox_prepare(void *data)
{
	const struct sandbox_worker *worker = data;

	if (raise_walls(worker) < 0)
		return -EPERM;
	int r = enter_processes();
	if (r < 0)
		log_error("sandbox: starting the worker's own process tree: %s", strerror(-r));
	return r;
}

const char *sandbox_describe(unsigned walls, char *text, size_t size)
{
	static const char *const names[] = {"user", "capabilities", "namespaces", "root", "limits",
			"landlock", "seccomp", "undumpable"};
	size_t used = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!(walls & 1U << i))
			continue;
		text_format(text + used, size - used, "%s%s", used ? ", " : "", names[i]);
		used = strlen(text);
	}
	return used ? text : "none";
}
