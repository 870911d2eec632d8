/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fleet --server HOST:PORT --devices N [...]: simulated devices. Tells codes and counts as lines of
 * JSON on stdout, takes commands on stdin: stats; save; quit; reconnect MS, all of them over so long;
 * faulty N, slow N, gone N, so many of them, 0 for none; measure, the answers after the next
 * reconnect; quiet 0|1, rest when told of a config; resume 0|1, TLS by tickets.
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
	if (!fleet->tell.place)
		alarm_set(fleet->alarms, &fleet->tell, TELL_MS, tell, fleet);
}

static int by_size(const void *a, const void *b)
{
	int32_t one = *(const int32_t *)a, other = *(const int32_t *)b;

	return (one > other) - (one < other);
}

/* How long the first answers after the last reconnect took: in microseconds, -1 for none. */
static unsigned answers(const struct fleet *fleet, int32_t *p50, int32_t *p99, int32_t *most)
{
	OWNED(memory)
	int32_t *all = own_alloc_array(fleet->options.count, sizeof(*all));
	unsigned count = 0;

	for (unsigned i = 0; i < fleet->options.count; i++)
		if (fleet->devices[i].answer_us >= 0)
			all[count++] = fleet->devices[i].answer_us;
	qsort(all, count, sizeof(*all), by_size);
	*p50 = count ? all[count / 2] : -1;
	*p99 = count ? all[(size_t)count * 99 / 100] : -1;
	*most = count ? all[count - 1] : -1;
	return count;
}

static void say_stats(const struct fleet *fleet)
{
	const unsigned *counts = fleet->counts;
	const struct links_counts *links = links_counts(fleet->links);
	int32_t p50, p99, most;
	unsigned answered = answers(fleet, &p50, &p99, &most);

	fleet_say("{\"event\":\"stats\",\"idle\":%u,\"enrolling\":%u,\"waiting\":%u,"
		  "\"enrolled\":%u,\"parked\":%u,\"gone\":%u,\"errors\":%u,\"busy\":%u,"
		  "\"unreachable\":%u,\"reports\":%llu,\"fetched\":%llu,\"orders\":%llu,"
		  "\"check_ins\":%llu,\"connections\":%llu,\"resumed\":%llu,\"turned_away\":%llu,"
		  "\"answered\":%u,\"p50_us\":%d,\"p99_us\":%d,\"most_us\":%d,"
		  "\"back_us\":%lld,\"now_us\":%lld}",
			counts[FLEET_IDLE], counts[FLEET_ENROLLING], counts[FLEET_WAITING],
			counts[FLEET_ENROLLED], counts[FLEET_PARKED], counts[FLEET_GONE],
			fleet->errors, fleet->busy, fleet->unreachable,
			(unsigned long long)fleet->reports, (unsigned long long)fleet->fetched,
			(unsigned long long)fleet->orders, (unsigned long long)fleet->check_ins,
			(unsigned long long)links->connections, (unsigned long long)links->resumed,
			(unsigned long long)links->turned_away, answered, p50, p99, most,
			(long long)fleet->back_us, (long long)loop_now_us());
}

/* Commands that take a number: of devices, the first ones, or of milliseconds. */
static bool command_with_number(struct fleet *fleet, const char *word, unsigned number)
{
	for (unsigned i = 0; i < fleet->options.count; i++) {
		struct fleet_device *device = &fleet->devices[i];

		if (strcmp(word, "reconnect") == 0)
			device_reconnect(device, number);
		else if (strcmp(word, "faulty") == 0)
			device->is_faulty = i < number;
		else if (strcmp(word, "slow") == 0)
			device->is_slow = i < number;
		else if (strcmp(word, "gone") != 0)
			return false;
		else if (i < number && device->state != FLEET_GONE)
			device_leave(device);
		else if (i >= number && device->state == FLEET_GONE)
			device_reconnect(device, 0);
	}
	return true;
}

/* The next reconnect is measured anew. */
static void forget_answers(struct fleet *fleet)
{
	for (unsigned i = 0; i < fleet->options.count; i++)
		fleet->devices[i].answer_us = -1;
}

static void set_quiet(struct fleet *fleet, bool is_quiet)
{
	fleet->is_quiet = is_quiet;
	for (unsigned i = 0; i < fleet->options.count && !is_quiet; i++) {
		struct fleet_device *device = &fleet->devices[i];

		if (device->state == FLEET_ENROLLED && !device->link.done && !device->next.place)
			device_begin(device, 0);
	}
}

static void command(struct fleet *fleet, const char *line)
{
	unsigned number = 0;
	char word[16] = "";
	struct err err;
	int count = sscanf(line, "%15s %u", word, &number);

	if (strcmp(line, "quit") == 0) {
		loop_quit(fleet->loop, 0);
	} else if (strcmp(line, "stats") == 0) {
		say_stats(fleet);
	} else if (strcmp(line, "measure") == 0) {
		forget_answers(fleet);
	} else if (strcmp(line, "save") == 0) {
		if (trust_save(fleet, &err) < 0)
			log_error("%s", err.text);
		fleet_say("{\"event\":\"saved\"}");
	} else if (strcmp(word, "quiet") == 0 && count == 2) {
		set_quiet(fleet, number != 0);
	} else if (strcmp(word, "resume") == 0 && count == 2) {
		links_set_resume(fleet->links, number != 0);
	} else if (count != 2 || !command_with_number(fleet, word, number)) {
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
			{"session-seconds", required_argument, NULL, 'l'},
			{"report-seconds", required_argument, NULL, 'r'},
			{"inventory", required_argument, NULL, 'i'},
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
		                   : option == 'l' ? &options->session_s
		                   : option == 'r' ? &options->report_s
		                   : option == 'i' ? &options->inventory
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

		device->number = options->first + i;
		fleet->counts[FLEET_IDLE]++;
		if (device->trust.certificate)
			device_enter(device, FLEET_ENROLLED);
		device_begin(device, (int64_t)delay_ms);
	}
}

static int open_all(struct fleet *fleet, struct err *err)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
	fleet->loop = loop_create();
	fleet->alarms = alarms_create(fleet->loop);
	fleet->devices = own_alloc_array(fleet->options.count, sizeof(*fleet->devices));
	for (unsigned i = 0; i < fleet->options.count; i++)
		fleet->devices[i].fleet = fleet;
	int r = links_create(fleet->loop, fleet->alarms, fleet->options.server, &fleet->links, err);
	return r < 0 || !fleet->options.state ? r : trust_load(fleet, err);
}

static void close_all(struct fleet *fleet)
{
	for (unsigned i = 0; i < fleet->options.count; i++)
		device_finish(&fleet->devices[i]);
	links_destroy(fleet->links);
	alarms_destroy(fleet->alarms);
	loop_destroy(fleet->loop);
	X509_free(fleet->ca);
	free(fleet->devices);
}

int main(int argc, char **argv)
{
	struct fleet fleet = {.options = {.wait_s = 55, .enrolling = 200, .report_s = 300}};
	struct err err;

	log_open("fleet");
	signal(SIGPIPE, SIG_IGN);
	if (!read_options(argc, argv, &fleet.options)) {
		fputs("fleet --server HOST:PORT --devices N [--first N] [--state FILE]\n"
		      "      [--token SITE_TOKEN] [--wait S]\n"
		      "      [--spread MS] [--enrolling N] [--sessions PERCENT]\n"
		      "      [--session-seconds S] [--report-seconds S] [--inventory 0|1]\n",
				stderr);
		return 2;
	}
	if (open_all(&fleet, &err) < 0) {
		log_error("%s", err.text);
		return 1;
	}
	fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK);
	struct loop_watch *input =
			loop_watch_fd(fleet.loop, STDIN_FILENO, EPOLLIN, on_input, &fleet);
	start(&fleet);
	int code = loop_run(fleet.loop);
	loop_watch_remove(input);
	close_all(&fleet);
	return code;
}
