/* SPDX-License-Identifier: Apache-2.0 */
#include "session/guard.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>

#include "base/log.h"
#include "base/own.h"

struct guard {
	pthread_t thread;
	int channel_fd;
	int stop_fd;
	int limit_ms;
	int grace_ms;
	void (*on_alarm)(void *data);
	void *data;
	bool has_alarmed; /* read after the thread was joined */
};

enum { GUARD_STACK = 64 * 1024, GUARD_EXIT_CODE = 3 };

/* True: asked to stop. */
static bool rest(const struct guard *guard, int timeout_ms, bool is_watching_kiosk)
{
	struct pollfd fds[] = {
			{.fd = guard->stop_fd, .events = POLLIN},
			{.fd = is_watching_kiosk ? guard->channel_fd : -1, .events = POLLRDHUP},
	};

	while (poll(fds, 2, timeout_ms) < 0 && errno == EINTR)
		;
	return fds[0].revents != 0;
}

static void *run(void *data)
{
	struct guard *guard = data;

	if (rest(guard, guard->limit_ms, true))
		return NULL;
	guard->has_alarmed = true;
	guard->on_alarm(guard->data);
	if (rest(guard, guard->grace_ms, false))
		return NULL;
	log_error("FreeRDP does not give up the connection: ending");
	_exit(GUARD_EXIT_CODE);
}

int guard_start(int channel_fd, int limit_ms, int grace_ms, void (*on_alarm)(void *data),
		void *data, struct guard **ret, struct err *err)
{
	OWNED(memory) struct guard *guard = own_alloc(sizeof(*guard));
	OWNED(fd) int stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_attr_t attributes;

	if (stop < 0)
		return err_errno(err, errno, "the guard's descriptor");
	*guard = (struct guard){.channel_fd = channel_fd,
			.stop_fd = stop,
			.limit_ms = limit_ms,
			.grace_ms = grace_ms,
			.on_alarm = on_alarm,
			.data = data};
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, GUARD_STACK);
	int r = pthread_create(&guard->thread, &attributes, run, guard);
	pthread_attr_destroy(&attributes);
	if (r != 0)
		return err_errno(err, r, "the guard's thread");
	own_take_fd(&stop);
	*ret = own_take(guard);
	return 0;
}

bool guard_stop(struct guard *guard)
{
	eventfd_t one = 1;

	if (write(guard->stop_fd, &one, sizeof(one)) < 0)
		log_warn("the guard cannot be told to stop");
	pthread_join(guard->thread, NULL);
	bool has_alarmed = guard->has_alarmed;
	close(guard->stop_fd);
	free(guard);
	return has_alarmed;
}
