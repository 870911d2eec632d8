/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a worker may ask of the kernel: memory, threads, time, its own descriptors,
 * messages over sockets that it was given, reading files that Landlock leaves.
 *
 * Three answers: allowed; EPERM (or the errno that makes libraries take another way) for
 * what honest libraries try now and then; death for all the rest, which only an attacker asks.
 */
#include "base/sandbox_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "base/own.h"
#include "base/sandbox_devices.h"

static const int allowed[] = {
		/* memory */
		SCMP_SYS(brk),
		SCMP_SYS(munmap),
		SCMP_SYS(mremap),
		SCMP_SYS(madvise),
		SCMP_SYS(mincore),
		SCMP_SYS(membarrier),
		SCMP_SYS(memfd_create),
		SCMP_SYS(get_mempolicy),
		/* threads, signals to itself, end */
		SCMP_SYS(futex),
		SCMP_SYS(futex_waitv),
		SCMP_SYS(set_robust_list),
		SCMP_SYS(get_robust_list),
		SCMP_SYS(rseq),
		SCMP_SYS(sched_yield),
		SCMP_SYS(sched_getaffinity),
		SCMP_SYS(sched_getparam),
		SCMP_SYS(sched_getscheduler),
		SCMP_SYS(sched_get_priority_max),
		SCMP_SYS(sched_get_priority_min),
		SCMP_SYS(getpriority),
		SCMP_SYS(gettid),
		SCMP_SYS(getpid),
		SCMP_SYS(getppid),
		SCMP_SYS(exit),
		SCMP_SYS(exit_group),
		SCMP_SYS(rt_sigaction),
		SCMP_SYS(rt_sigprocmask),
		SCMP_SYS(rt_sigreturn),
		SCMP_SYS(rt_sigtimedwait),
		SCMP_SYS(sigaltstack),
		SCMP_SYS(restart_syscall),
		/* time */
		SCMP_SYS(clock_gettime),
		SCMP_SYS(clock_getres),
		SCMP_SYS(clock_nanosleep),
		SCMP_SYS(nanosleep),
		SCMP_SYS(gettimeofday),
		SCMP_SYS(time),
		SCMP_SYS(times),
		SCMP_SYS(getrusage),
		SCMP_SYS(timerfd_create),
		SCMP_SYS(timerfd_settime),
		SCMP_SYS(timerfd_gettime),
		/* own descriptors */
		SCMP_SYS(read),
		SCMP_SYS(write),
		SCMP_SYS(readv),
		SCMP_SYS(writev),
		SCMP_SYS(pread64),
		SCMP_SYS(pwrite64),
		SCMP_SYS(lseek),
		SCMP_SYS(close),
		SCMP_SYS(close_range),
		SCMP_SYS(dup),
		SCMP_SYS(dup2),
		SCMP_SYS(dup3),
		SCMP_SYS(fstat),
		SCMP_SYS(ftruncate),
		SCMP_SYS(fallocate),
		SCMP_SYS(poll),
		SCMP_SYS(ppoll),
		SCMP_SYS(select),
		SCMP_SYS(pselect6),
		SCMP_SYS(epoll_create1),
		SCMP_SYS(epoll_ctl),
		SCMP_SYS(epoll_wait),
		SCMP_SYS(epoll_pwait),
		SCMP_SYS(epoll_pwait2),
		SCMP_SYS(eventfd2),
		SCMP_SYS(pipe2),
		SCMP_SYS(pipe),
		SCMP_SYS(signalfd4),
		/* sockets that came from outside */
		SCMP_SYS(recvmsg),
		SCMP_SYS(recvfrom),
		SCMP_SYS(shutdown),
		SCMP_SYS(getsockopt),
		SCMP_SYS(getsockname),
		SCMP_SYS(getpeername),
		/* files, as far as Landlock leaves them; openat is below */
		SCMP_SYS(newfstatat),
		SCMP_SYS(stat),
		SCMP_SYS(lstat),
		SCMP_SYS(statx),
		SCMP_SYS(access),
		SCMP_SYS(faccessat),
		SCMP_SYS(faccessat2),
		SCMP_SYS(getdents64),
		SCMP_SYS(getcwd),
		SCMP_SYS(umask),
		SCMP_SYS(readlink),
		SCMP_SYS(readlinkat),
		/* who and where am I */
		SCMP_SYS(getuid),
		SCMP_SYS(geteuid),
		SCMP_SYS(getgid),
		SCMP_SYS(getegid),
		SCMP_SYS(getresuid),
		SCMP_SYS(getresgid),
		SCMP_SYS(uname),
		SCMP_SYS(sysinfo),
		SCMP_SYS(getrandom),
		SCMP_SYS(getcpu),
		SCMP_SYS(getrlimit),
		SCMP_SYS(arch_prctl),
};

/* Libraries ask and live with a no. */
static const struct {
	int call;
	uint32_t answer;
} refused[] = {
		{SCMP_SYS(clone3), ENOSYS}, /* its flags cannot be seen here; libc falls back to
					       clone */
		{SCMP_SYS(socket), EACCES},
		{SCMP_SYS(connect), EACCES},
		{SCMP_SYS(bind), EACCES},
		{SCMP_SYS(listen), EACCES},
		{SCMP_SYS(accept), EACCES},
		{SCMP_SYS(accept4), EACCES},
		{SCMP_SYS(open), EACCES},
		{SCMP_SYS(creat), EACCES},
		{SCMP_SYS(openat2), ENOSYS},
		{SCMP_SYS(mkdir), EACCES},
		{SCMP_SYS(mkdirat), EACCES},
		{SCMP_SYS(unlink), EACCES},
		{SCMP_SYS(unlinkat), EACCES},
		{SCMP_SYS(rename), EACCES},
		{SCMP_SYS(statfs), EACCES},
		{SCMP_SYS(fstatfs), EACCES},
		{SCMP_SYS(chdir), EACCES},
		{SCMP_SYS(inotify_init1), EPERM},
		{SCMP_SYS(sched_setaffinity), EPERM},
		{SCMP_SYS(sched_setscheduler), EPERM},
		{SCMP_SYS(sched_setparam), EPERM},
		{SCMP_SYS(setpriority), EPERM},
		{SCMP_SYS(mlock), EPERM},
		{SCMP_SYS(mlock2), EPERM},
		{SCMP_SYS(mbind), EPERM},
		{SCMP_SYS(set_mempolicy), EPERM},
		{SCMP_SYS(shmget), EPERM},
		{SCMP_SYS(kcmp), EPERM},
		{SCMP_SYS(keyctl), EPERM},
		{SCMP_SYS(add_key), EPERM},
		{SCMP_SYS(request_key), EPERM},
};

/* Allowed when an argument is one of a few; anything else means death. */
static const struct {
	int call;
	unsigned argument;
	uint32_t value;
} allowed_with[] = {
		{SCMP_SYS(ioctl), 1, FIONREAD},
		{SCMP_SYS(ioctl), 1, FIONBIO},
		{SCMP_SYS(ioctl), 1, FIOCLEX},
		{SCMP_SYS(fcntl), 1, F_GETFD},
		{SCMP_SYS(fcntl), 1, F_SETFD},
		{SCMP_SYS(fcntl), 1, F_GETFL},
		{SCMP_SYS(fcntl), 1, F_SETFL},
		{SCMP_SYS(fcntl), 1, F_DUPFD},
		{SCMP_SYS(fcntl), 1, F_DUPFD_CLOEXEC},
		{SCMP_SYS(fcntl), 1, F_ADD_SEALS},
		{SCMP_SYS(fcntl), 1, F_GET_SEALS},
		{SCMP_SYS(prctl), 0, PR_SET_NAME},
		{SCMP_SYS(prctl), 0, PR_GET_NAME},
		{SCMP_SYS(prctl), 0, PR_SET_VMA},
		{SCMP_SYS(socketpair), 0, AF_UNIX},
		{SCMP_SYS(setsockopt), 1, IPPROTO_TCP},
};

static const uint32_t socket_options[] = {
		SO_KEEPALIVE, SO_RCVBUF, SO_SNDBUF, SO_LINGER, SO_REUSEADDR};

static const uint32_t writing[] = {O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND};

static const uint32_t own_world = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
                                  CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;

/* The first refusal sticks: the caller looks once, at the end. */
struct filter {
	scmp_filter_ctx context;
	int result;
};

static void end_filter(struct filter *filter)
{
	seccomp_release(filter->context);
}

static void add(struct filter *filter, uint32_t action, int call, unsigned count,
		const struct scmp_arg_cmp *compare)
{
	int r = seccomp_rule_add_array(filter->context, action, call, count, compare);

	if (r < 0 && filter->result == 0)
		filter->result = r;
}

static void add_bits(struct filter *filter, uint32_t action, int call, unsigned argument,
		uint32_t mask, uint32_t value)
{
	add(filter, action, call, 1,
			&(struct scmp_arg_cmp){argument, SCMP_CMP_MASKED_EQ, mask, value});
}

static void add_tables(struct filter *filter)
{
	for (unsigned i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		add(filter, SCMP_ACT_ALLOW, allowed[i], 0, NULL);
	for (unsigned i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		add(filter, SCMP_ACT_ERRNO(refused[i].answer), refused[i].call, 0, NULL);
	for (unsigned i = 0; i < sizeof(allowed_with) / sizeof(allowed_with[0]); i++)
		add_bits(filter, SCMP_ACT_ALLOW, allowed_with[i].call, allowed_with[i].argument,
				UINT32_MAX, allowed_with[i].value);
	for (unsigned i = 0; i < sizeof(socket_options) / sizeof(socket_options[0]); i++) {
		const struct scmp_arg_cmp option[] = {
				{1, SCMP_CMP_MASKED_EQ, UINT32_MAX, SOL_SOCKET},
				{2, SCMP_CMP_MASKED_EQ, UINT32_MAX, socket_options[i]},
		};
		add(filter, SCMP_ACT_ALLOW, SCMP_SYS(setsockopt), 2, option);
	}
}

/* Reading only; no code that was not there when the filter was loaded. */
static void add_files_and_memory(struct filter *filter)
{
	uint32_t all = 0;

	for (unsigned i = 0; i < sizeof(writing) / sizeof(writing[0]); i++) {
		all |= writing[i];
		add_bits(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(openat), 2, writing[i],
				writing[i]);
	}
	add_bits(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 2, all, 0);
	add_bits(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, PROT_EXEC, 0);
	add_bits(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(mmap), 2, PROT_EXEC, PROT_EXEC);
	add_bits(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 2, PROT_EXEC, 0);
	add_bits(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(mprotect), 2, PROT_EXEC, PROT_EXEC);
	/* isatty() */
	add_bits(filter, SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl), 1, UINT32_MAX, TCGETS);
}

/* Threads but no processes, signals to ourselves, own limits read but not set. */
static void add_processes(struct filter *filter)
{
	const struct scmp_arg_cmp look[] = {
			{0, SCMP_CMP_MASKED_EQ, UINT32_MAX, 0}, {2, SCMP_CMP_EQ, 0, 0}};

	add_bits(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 0, CLONE_THREAD | own_world,
			CLONE_THREAD);
	add_bits(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 0, CLONE_THREAD, 0);
	add_bits(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 0, UINT32_MAX, (uint32_t)getpid());
	add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 2, look);
}

/* Nobody may be called with the first bytes. */
static void add_messages(struct filter *filter)
{
	const struct scmp_arg_cmp send[] = {
			{3, SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, 0}, {4, SCMP_CMP_EQ, 0, 0}};

	add(filter, SCMP_ACT_ALLOW, SCMP_SYS(sendto), 2, send);
	add_bits(filter, SCMP_ACT_ALLOW, SCMP_SYS(sendmsg), 2, MSG_FASTOPEN, 0);
}

/* All ioctls of a kind, by the letter in their number; the descriptors are the ones there are. */
static void add_devices(struct filter *filter, unsigned devices)
{
	static const struct {
		unsigned device;
		uint32_t letter;
	} kinds[] = {
			{SANDBOX_DEVICE_RENDER, 'd'},                           /* DRM */
			{SANDBOX_DEVICE_V4L2, 'V'}, {SANDBOX_DEVICE_V4L2, '|'}, /* media requests */
			{SANDBOX_DEVICE_RENDER | SANDBOX_DEVICE_V4L2, 'b'},     /* dma-buf */
			{SANDBOX_DEVICE_RENDER | SANDBOX_DEVICE_V4L2, '>'},     /* sync files */
	};

	for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (devices & kinds[i].device)
			add_bits(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, 0xff00,
					kinds[i].letter << 8);
}

int sandbox_filter_calls(unsigned devices, struct err *err)
{
	__attribute__((cleanup(end_filter))) struct filter filter = {
			.context = seccomp_init(SCMP_ACT_KILL_PROCESS)};

	if (!filter.context)
		return err_set(err, ENOMEM, "seccomp: no memory for the filter");
	add_tables(&filter);
	add_files_and_memory(&filter);
	add_processes(&filter);
	add_messages(&filter);
	add_devices(&filter, devices);
	if (filter.result < 0)
		return err_errno(err, -filter.result, "seccomp: making the filter");
	seccomp_attr_set(filter.context, SCMP_FLTATR_CTL_TSYNC, 1);
	seccomp_attr_set(filter.context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	int r = seccomp_load(filter.context);
	return r < 0 ? err_errno(err, -r, "seccomp: loading the filter") : 0;
}
