/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fleet --server HOST:PORT --devices N [...]: simulated devices. Tells codes and counts as lines of
 * JSON on stdout, takes commands on stdin: stats, reconnect MS, faulty N, save, quit.
 */
#include "fleet/fleet.h"

#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>

#include "base/log.h"
#include "base/text.h"

enum { TELL_MS = 20, COMMAND_MAX = 256 };

void fleet_say(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vprintf(format, list);
	va_end(list);
	putchar('\n');
	fflush(stdout);
}

/* The newest revision and how many have heard of it so far; times of CLOCK_MONOTONIC. */
static void tell(void *data)
{
	const struct fleet *fleet = data;

	fleet_say("{\"event\":\"told\",\"revision\":%llu,\"devices\":%u,\"first_us\":%lld,"
		  "\"last_us\":%lld}",
			(unsigned long long)fleet->newest, fleet->told, (long long)fleet->first_us,
			(long long)fleet->last_us);
}

void fleet_told(struct fleet_device *device, uint64_t revision)
{
	struct fleet *fleet = device->fleet;

	if (revision > fleet->newest) {
		fleet->newest = revision;
		fleet->told = 0;
		fleet->first_us = loop_now_us();
	}
	if (revision != fleet->newest || device->told == revision)
		return;
	device->told = revision;
	fleet->told++;
	fleet->last_us = loop_now_us();
	loop_timer_set(fleet->tell, TELL_MS);
}

static void say_stats(const struct fleet *fleet)
{
	const unsigned *counts = fleet->counts;

	fleet_say("{\"event\":\"stats\",\"idle\":%u,\"enrolling\":%u,\"waiting\":%u,\"enrolled\":%"
		  "u,"
		  "\"parked\":%u,\"errors\":%u,\"reports\":%llu,\"fetched\":%llu,\"now_us\":%lld}",
			counts[FLEET_IDLE], counts[FLEET_ENROLLING], counts[FLEET_WAITING],
			counts[FLEET_ENROLLED], counts[FLEET_PARKED], fleet->errors,
			(unsigned long long)fleet->reports, (unsigned long long)fleet->fetched,
			(long long)loop_now_us());
}

static void command(struct fleet *fleet, const char *line)
{
	unsigned number = 0;
	struct err err;

	if (strcmp(line, "quit") == 0) {
		loop_quit(fleet->loop, 0);
	} else if (strcmp(line, "stats") == 0) {
		say_stats(fleet);
	} else if (strcmp(line, "save") == 0) {
		if (trust_save(fleet, &err) < 0)
			log_error("%s", err.text);
		fleet_say("{\"event\":\"saved\"}");
	} else if (sscanf(line, "reconnect %u", &number) == 1) {
		for (unsigned i = 0; i < fleet->options.count; i++)
			device_reconnect(&fleet->devices[i], number);
	} else if (sscanf(line, "faulty %u", &number) == 1) {
		for (unsigned i = 0; i < fleet->options.count; i++)
			fleet->devices[i].is_faulty = i < number;
	} else {
		log_warn("\"%s\" is not understood", line);
	}
}

static void on_input(void *data, uint32_t events)
{
	static char buffer[COMMAND_MAX];
	static size_t used;
	struct fleet *fleet = data;
	char *end;

	(void)events;
	ssize_t got = read(STDIN_FILENO, buffer + used, sizeof(buffer) - 1 - used);
	if (got <= 0) {
		loop_quit(fleet->loop, 0); /* whoever drove the fleet is gone */
		return;
	}
	used += (size_t)got;
	buffer[used] = '\0';
	while ((end = strchr(buffer, '\n'))) {
		*end = '\0';
		command(fleet, buffer);
		used -= (size_t)(end + 1 - buffer);
		memmove(buffer, end + 1, used + 1);
	}
	if (used == sizeof(buffer) - 1)
		used = 0;
}

static bool read_number(const char *text, unsigned *ret)
{
	uint64_t number;

	if (text_to_number(text, 0, FLEET_DEVICES_MAX * 10u, &number) < 0)
		return false;
	*ret = (unsigned)number;
	return true;
}

static bool read_options(int argc, char **argv, struct fleet_options *options)
{
	static const struct option known[] = {
			{"server", required_argument, NULL, 's'},
			{"devices", required_argument, NULL, 'n'},
			{"first", required_argument, NULL, 'f'},
			{"state", required_argument, NULL, 't'},
			{"token", required_argument, NULL, 'k'},
			{"wait", required_argument, NULL, 'w'},
			{"spread", required_argument, NULL, 'p'},
			{"enrolling", required_argument, NULL, 'e'},
			{"sessions", required_argument, NULL, 'c'},
			{0},
	};
	bool is_good = true;
	int option;

	while (is_good && (option = getopt_long(argc, argv, "", known, NULL)) >= 0) {
		unsigned *number = option == 'n'   ? &options->count
		                   : option == 'f' ? &options->first
		                   : option == 'w' ? &options->wait_s
		                   : option == 'p' ? &options->spread_ms
		                   : option == 'e' ? &options->enrolling
		                   : option == 'c' ? &options->session_percent
		                                   : NULL;
		if (option == 's')
			options->server = optarg;
		else if (option == 't')
			options->state = optarg;
		else if (option == 'k')
			options->token = optarg;
		else
			is_good = number && read_number(optarg, number);
	}
	return is_good && optind == argc && options->server && options->count > 0 &&
	       options->count <= FLEET_DEVICES_MAX;
}

static void start(struct fleet *fleet)
{
	const struct fleet_options *options = &fleet->options;

	for (unsigned i = 0; i < options->count; i++) {
		struct fleet_device *device = &fleet->devices[i];
		uint64_t delay_ms = (uint64_t)options->spread_ms * i / options->count;

		device->fleet = fleet;
		device->number = options->first + i;
		fleet->counts[FLEET_IDLE]++;
		if (device->trust.certificate)
			device_enter(device, FLEET_ENROLLED);
		device_begin(device, (int64_t)delay_ms);
	}
}

int main(int argc, char **argv)
{
	struct fleet fleet = {.options = {.wait_s = 55, .enrolling = 200}};
	struct rlimit limit;
	struct err err;

	log_open("fleet");
	signal(SIGPIPE, SIG_IGN);
	if (!read_options(argc, argv, &fleet.options)) {
		fputs("fleet --server HOST:PORT --devices N [--first N] [--state FILE] [--token T] "
		      "[--wait S]\n"
		      "      [--spread MS] [--enrolling N] [--sessions PERCENT]\n",
				stderr);
		return 2;
	}
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
	fleet.loop = loop_create();
	fleet.devices = own_alloc_array(fleet.options.count, sizeof(*fleet.devices));
	fleet.tell = loop_add_timer(fleet.loop, tell, &fleet);
	if (fleet.options.state && trust_load(&fleet, &err) < 0) {
		log_error("%s: %s", fleet.options.state, err.text);
		return 1;
	}
	fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK);
	struct loop_watch *input =
			loop_watch_fd(fleet.loop, STDIN_FILENO, EPOLLIN, on_input, &fleet);
	start(&fleet);
	int code = loop_run(fleet.loop);
	loop_watch_remove(input);
	for (unsigned i = 0; i < fleet.options.count; i++)
		device_finish(&fleet.devices[i]);
	loop_timer_remove(fleet.tell);
	loop_destroy(fleet.loop);
	free(fleet.devices);
	return code;
}
