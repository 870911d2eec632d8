/* SPDX-License-Identifier: Apache-2.0 */
#include "base/loop.h"

#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>

#include "base/child.h"
#include "base/file.h"
#include "unit/test.h"

struct pair {
	struct loop_watch *own, *other;
	unsigned calls;
};

/* Whoever comes first removes both: the other one's event was fetched already. */
static void remove_both(void *data, uint32_t events)
{
	struct pair *pair = data;

	(void)events;
	pair->calls++;
	loop_watch_remove(own_take(pair->own));
	loop_watch_remove(own_take(pair->other));
}

struct nest {
	struct loop *loop;
	struct loop_watch *own, *other;
	unsigned calls;
};

static void wait_within(void *data, uint32_t events)
{
	struct nest *nest = data;

	(void)events;
	nest->calls++;
	loop_watch_remove(own_take(nest->own));
	loop_watch_remove(own_take(nest->other));
	loop_step(nest->loop, 0);
}

static void count(void *data)
{
	(*(unsigned *)data)++;
}

struct again {
	struct loop_timer *timer;
	unsigned calls;
};

static void arm_again(void *data)
{
	struct again *again = data;

	again->calls++;
	loop_timer_set(again->timer, 0);
}

static void on_signal(void *data, int number)
{
	*(int *)data = number;
}

static void on_exit_status(void *data, int status)
{
	*(int *)data = status;
}

static int run(const char *const argv[], const int *fds, unsigned fd_count)
{
	struct loop *loop = loop_create();
	struct child_options options = {.argv = argv, .fds = fds, .fd_count = fd_count};
	struct child *child = NULL;
	int status = -1;

	CHECK_INT(child_start(loop, &options, on_exit_status, &status, &child, NULL), 0);
	for (int i = 0; i < 100 && status == -1; i++)
		loop_step(loop, 100);
	child_destroy(child);
	loop_destroy(loop);
	return status;
}

static void test_child(void)
{
	TEST("a child gets its descriptors from 3 on and no others") {
		const char *const argv[] = {"/bin/sh", "-c",
				"echo ok >&4; [ ! -e /proc/self/fd/5 ] && [ -z \"$HOME\" ]", NULL};
		int ends[2];
		char text[8] = "";

		CHECK(pipe(ends) == 0);
		CHECK_INT(run(argv, (int[]){ends[0], ends[1]}, 2), 0);
		CHECK(read(ends[0], text, sizeof(text) - 1) == 3);
		CHECK_TEXT(text, "ok\n");
		close(ends[0]);
		close(ends[1]);
	}
	TEST("the end of a child is described") {
		const char *const argv[] = {"/bin/sh", "-c", "kill -SEGV $$", NULL};

		CHECK_HAS(child_describe(run(argv, NULL, 0)).text, "signal 11");
		CHECK_HAS(child_describe(3 << 8).text, "code 3");
	}
	TEST("a program that is not there ends with 127") {
		const char *const argv[] = {"/does/not/exist", NULL};

		CHECK_INT(WEXITSTATUS(run(argv, NULL, 0)), 127);
	}
}

static void test_file(void)
{
	TEST("a file is written whole and read back, up to the limit") {
		char folder[] = "/tmp/base_loop.XXXXXX", path[64];
		struct err err;
		OWNED(array) struct array array = {.max = 5};
		OWNED(array) struct array small = {.max = 4};

		CHECK(mkdtemp(folder));
		snprintf(path, sizeof(path), "%s/a/b", folder);
		CHECK_INT(file_make_folder(path, 0700, &err), 0);
		snprintf(path, sizeof(path), "%s/a/b/file", folder);
		CHECK_INT(file_write(path, "first", 5, 0600, &err), 0);
		CHECK_INT(file_write(path, "again", 5, 0600, &err), 0);
		CHECK_INT(file_read(path, &array, &err), 0);
		CHECK(array.size == 5 && memcmp(array.data, "again", 5) == 0);
		CHECK(file_read(path, &small, &err) < 0);
		CHECK_HAS(err.text, "larger than 4 bytes");
		CHECK(file_write("/proc/nothing/here", "x", 1, 0600, &err) < 0);
		CHECK_HAS(err.text, "No such file");
		unlink(path);
	}
}

int main(void)
{
	struct loop *loop = loop_create();
	unsigned first = 0, second = 0;
	int number = 0;

	TEST("a watch that was removed in the same round is not called") {
		struct pair one = {0};
		int ends[4];

		CHECK(pipe(ends) == 0 && pipe(ends + 2) == 0);
		one.own = loop_watch_fd(loop, ends[0], EPOLLIN, remove_both, &one);
		one.other = loop_watch_fd(loop, ends[2], EPOLLIN, remove_both, &one);
		CHECK(write(ends[1], "x", 1) == 1 && write(ends[3], "x", 1) == 1);
		loop_step(loop, 100);
		loop_step(loop, 0);
		CHECK_INT(one.calls, 1);
		for (int i = 0; i < 4; i++)
			close(ends[i]);
	}
	TEST("a round within a round leaves what the outer one has fetched") {
		struct nest nest = {.loop = loop};
		int ends[4];

		CHECK(pipe(ends) == 0 && pipe(ends + 2) == 0);
		nest.own = loop_watch_fd(loop, ends[0], EPOLLIN, wait_within, &nest);
		nest.other = loop_watch_fd(loop, ends[2], EPOLLIN, wait_within, &nest);
		CHECK(write(ends[1], "x", 1) == 1 && write(ends[3], "x", 1) == 1);
		loop_step(loop, 100);
		loop_step(loop, 0);
		CHECK_INT(nest.calls, 1);
		for (int i = 0; i < 4; i++)
			close(ends[i]);
	}
	TEST("timers fire once, in time, and not when disarmed") {
		struct loop_timer *a = loop_add_timer(loop, count, &first);
		struct loop_timer *b = loop_add_timer(loop, count, &second);

		loop_timer_set(a, 0);
		loop_timer_set(b, 0);
		loop_timer_set(b, -1);
		loop_step(loop, 100);
		loop_step(loop, 0);
		CHECK_INT(first, 1);
		CHECK_INT(second, 0);
		loop_timer_remove(a);
		loop_timer_remove(b);
	}
	TEST("a timer that arms itself at once lets the loop go on") {
		struct again again = {0};

		again.timer = loop_add_timer(loop, arm_again, &again);
		loop_timer_set(again.timer, 0);
		loop_step(loop, 100);
		CHECK(again.calls == 1);
		loop_timer_remove(again.timer);
	}
	TEST("a signal arrives through the loop") {
		struct loop_signal *watch = loop_add_signal(loop, SIGUSR1, on_signal, &number);

		raise(SIGUSR1);
		loop_step(loop, 100);
		CHECK_INT(number, SIGUSR1);
		loop_signal_remove(watch);
	}
	loop_step(loop, 0);
	loop_destroy(loop);
	test_child();
	test_file();
	TEST_END();
}
