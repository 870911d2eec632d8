/* SPDX-License-Identifier: Apache-2.0 */
#include "kiosk/spawner.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/child.h"
#include "base/log.h"
#include "base/own.h"
#include "base/sandbox.h"
#include "wire/channel.h"

enum { WORKERS_MAX = 4 };

enum order_type { ORDER_START = 300, ORDER_KILL, ORDER_EXITED };

struct order {
	struct wire_header header;
	uint32_t id;
	int32_t status;          /* EXITED */
	uint32_t has_no_devices; /* START */
};

struct worker {
	struct helper *helper;
	uint32_t id;
	struct child *child; /* NULL: free place */
};

/* The state of the root process. One session at a time: a new worker ends the older ones. */
struct helper {
	struct loop *loop;
	struct wire_channel *channel;
	struct sandbox_worker sandbox;
	struct worker workers[WORKERS_MAX];
};

struct spawner {
	pid_t pid;
	int fd; /* -1 once a channel has it */
	struct wire_channel *channel;
	spawner_exit_fn on_exit;
	void (*on_lost)(void *data);
	void *data;
};

static void say_exited(struct helper *helper, uint32_t id, int status)
{
	struct order order = {.id = id, .status = status};

	wire_init(&order, ORDER_EXITED);
	wire_send(helper->channel, &order, NULL, 0);
}

static void worker_exited(void *data, int status)
{
	struct worker *worker = data;

	child_destroy(own_take(worker->child));
	say_exited(worker->helper, worker->id, status);
}

static struct worker *free_place(struct helper *helper)
{
	for (unsigned i = 0; i < WORKERS_MAX; i++)
		if (!helper->workers[i].child)
			return &helper->workers[i];
	return NULL;
}

static int do_start(void *data, const void *message, int *fds)
{
	struct helper *helper = data;
	const struct order *order = message;
	struct worker *worker = free_place(helper);
	struct sandbox_worker sandbox = helper->sandbox;
	const char *argv[] = {helper->sandbox.program, NULL};
	struct child_options options = {
			.argv = argv,
			.environment = sandbox_environment,
			.fds = fds,
			.fd_count = 1,
			.prepare = sandbox_prepare,
			.prepare_data = &sandbox,
	};
	struct err err = {"too many workers"};

	sandbox.has_no_devices = order->has_no_devices != 0;
	for (unsigned i = 0; i < WORKERS_MAX; i++)
		if (helper->workers[i].child)
			child_signal(helper->workers[i].child, SIGKILL);
	if (!worker || child_start(helper->loop, &options, worker_exited, worker, &worker->child,
				       &err) < 0) {
		log_error("worker %u was not started: %s", order->id, err.text);
		say_exited(helper, order->id, -1);
		return 0;
	}
	worker->helper = helper;
	worker->id = order->id;
	return 0;
}

static int do_kill(void *data, const void *message, int *fds)
{
	struct helper *helper = data;
	const struct order *order = message;

	(void)fds;
	for (unsigned i = 0; i < WORKERS_MAX; i++)
		if (helper->workers[i].child && helper->workers[i].id == order->id)
			child_signal(helper->workers[i].child, SIGKILL);
	return 0;
}

static const struct wire_rule helper_rules[] = {
		{ORDER_START, sizeof(struct order), 1, 1, "START", do_start},
		{ORDER_KILL, sizeof(struct order), 0, 1, "KILL", do_kill},
};

static void kiosk_gone(void *data, const char *why)
{
	struct helper *helper = data;

	if (why)
		log_error("the kiosk broke the rules: %s", why);
	loop_quit(helper->loop, why ? 1 : 0);
}

/* Life of the root process. */
static int serve(int fd, const struct sandbox_worker *sandbox)
{
	struct helper helper = {.loop = loop_create(), .sandbox = *sandbox};
	int code;

	log_open("tynd-spawner");
	prctl(PR_SET_NAME, "tynd-spawner");
	prctl(PR_SET_DUMPABLE, 0);
	/* The terminal's Ctrl-C is for the kiosk; its end is ours. */
	signal(SIGINT, SIG_IGN);
	helper.channel = wire_channel_create(helper.loop, fd, helper_rules,
			sizeof(helper_rules) / sizeof(helper_rules[0]), kiosk_gone, &helper);
	code = loop_run(helper.loop);
	for (unsigned i = 0; i < WORKERS_MAX; i++)
		child_destroy(helper.workers[i].child);
	wire_channel_destroy(helper.channel);
	loop_destroy(helper.loop);
	return code;
}

int spawner_create(const char *program, const char *user, struct spawner **ret, struct err *err)
{
	struct sandbox_worker sandbox;
	struct spawner *spawner;
	int fds[2];
	int code = sandbox_worker_init(&sandbox, user, program, 0, err);
	pid_t pid;

	if (code < 0)
		return code;
	code = wire_pair(fds, err);
	if (code < 0)
		return code;
	pid = fork();
	if (pid < 0) {
		code = errno;
		close(fds[0]);
		close(fds[1]);
		return err_errno(err, code, "spawner");
	}
	if (pid == 0) {
		close(fds[0]);
		_exit(serve(fds[1], &sandbox));
	}
	close(fds[1]);
	spawner = own_alloc(sizeof(*spawner));
	spawner->pid = pid;
	spawner->fd = fds[0];
	*ret = spawner;
	return 0;
}

void spawner_destroy(struct spawner *spawner)
{
	if (!spawner)
		return;
	/* It ends by itself when the channel closes; with its workers, so wait for it. */
	wire_channel_destroy(spawner->channel);
	if (spawner->fd >= 0)
		close(spawner->fd);
	while (waitpid(spawner->pid, NULL, 0) < 0 && errno == EINTR)
		;
	free(spawner);
}

static int was_exited(void *data, const void *message, int *fds)
{
	struct spawner *spawner = data;
	const struct order *order = message;

	(void)fds;
	spawner->on_exit(spawner->data, order->id, order->status);
	return 0;
}

static const struct wire_rule spawner_rules[] = {
		{ORDER_EXITED, sizeof(struct order), 0, 1, "EXITED", was_exited},
};

static void helper_gone(void *data, const char *why)
{
	struct spawner *spawner = data;

	(void)why;
	spawner->on_lost(spawner->data);
}

void spawner_attach(struct spawner *spawner, struct loop *loop, spawner_exit_fn on_exit,
		void (*on_lost)(void *data), void *data)
{
	spawner->on_exit = on_exit;
	spawner->on_lost = on_lost;
	spawner->data = data;
	spawner->channel = wire_channel_create(loop, own_take_fd(&spawner->fd), spawner_rules,
			sizeof(spawner_rules) / sizeof(spawner_rules[0]), helper_gone, spawner);
}

int spawner_start(struct spawner *spawner, uint32_t id, int fd, bool has_devices)
{
	struct order order = {.id = id, .has_no_devices = !has_devices};

	wire_init(&order, ORDER_START);
	return wire_send(spawner->channel, &order, &fd, 1);
}

void spawner_kill(struct spawner *spawner, uint32_t id)
{
	struct order order = {.id = id};

	wire_init(&order, ORDER_KILL);
	wire_send(spawner->channel, &order, NULL, 0);
}
