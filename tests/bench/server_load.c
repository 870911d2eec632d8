// SPDX-License-Identifier: Apache-2.0
/*
 * server_load --server HOST:PORT --state FILE --devices N --path P [--header LINE] --expect STATUS --seconds S
 * Conditional requests as fast as a server answers: N connections, each with a device's certificate out
 * of a fleet's state file, one request after the other on each. For our server and for its peers alike.
 */
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/log.h"
#include "base/text.h"
#include "fleet/fleet.h"

struct load {
	struct fleet fleet; /* only what trust.c fills */
	const char *path, *header;
	char headers[512];
	int expected;
	unsigned seconds;
	unsigned connected;
	bool is_measuring;
	uint64_t good, bad;
	int64_t began_us;
	struct alarm end;
};

static void ask(struct fleet_device *device);

static struct load *load_of(struct fleet_device *device)
{
	return (struct load *)device->fleet; /* its first member */
}

static void say(const struct load *load, const char *event)
{
	printf("{\"event\":\"%s\",\"good\":%llu,\"bad\":%llu,\"took_us\":%lld}\n", event,
			(unsigned long long)load->good, (unsigned long long)load->bad,
			(long long)(loop_now_us() - load->began_us));
	fflush(stdout);
}

static void on_end(void *data)
{
	struct load *load = data;

	say(load, "end");
	loop_quit(load->fleet.loop, 0);
}

/* The first answer of all connections is not counted: it has the handshake in it. */
static void begin(struct load *load)
{
	load->is_measuring = true;
	load->good = load->bad = 0;
	load->began_us = loop_now_us();
	say(load, "begin");
	alarm_set(load->fleet.alarms, &load->end, load->seconds * INT64_C(1000), on_end, load);
	for (unsigned i = 0; i < load->fleet.options.count; i++)
		if (!load->fleet.devices[i].link.done)
			ask(&load->fleet.devices[i]);
}

static void on_answer(void *data, const struct link_answer *answer)
{
	struct fleet_device *device = data;
	struct load *load = load_of(device);

	if (answer->status == load->expected)
		load->good++;
	else if (load->bad++ < 5)
		log_warn("status %d %s", answer->status, answer->why.text);
	if (load->is_measuring)
		ask(device);
	else if (++load->connected < load->fleet.options.count)
		ask(&load->fleet.devices[load->connected]);
	else
		begin(load);
}

static void ask(struct fleet_device *device)
{
	const struct load *load = load_of(device);
	struct link_request request = {.method = "GET",
			.path = load->path,
			.headers = load->headers,
			.timeout_s = 60};

	link_start(&device->link, &request, on_answer, device);
}

static bool read_options(int argc, char **argv, struct load *load)
{
	static const struct option known[] = {
			{"server", required_argument, NULL, 's'},
			{"state", required_argument, NULL, 't'},
			{"devices", required_argument, NULL, 'n'},
			{"path", required_argument, NULL, 'p'},
			{"header", required_argument, NULL, 'h'},
			{"expect", required_argument, NULL, 'e'},
			{"seconds", required_argument, NULL, 'c'},
			{0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "", known, NULL)) >= 0) {
		switch (option) {
		case 's':
			load->fleet.options.server = optarg;
			break;
		case 't':
			load->fleet.options.state = optarg;
			break;
		case 'n':
			load->fleet.options.count = (unsigned)atoi(optarg);
			break;
		case 'p':
			load->path = optarg;
			break;
		case 'h':
			load->header = optarg;
			break;
		case 'e':
			load->expected = atoi(optarg);
			break;
		case 'c':
			load->seconds = (unsigned)atoi(optarg);
			break;
		default:
			return false;
		}
	}
	return optind == argc && load->fleet.options.server && load->fleet.options.state &&
	       load->fleet.options.count && load->path && load->expected && load->seconds;
}

static int open_links(struct load *load, struct err *err)
{
	struct fleet *fleet = &load->fleet;

	fleet->loop = loop_create();
	fleet->alarms = alarms_create(fleet->loop);
	fleet->devices = own_alloc_array(fleet->options.count, sizeof(*fleet->devices));
	int r = trust_load(fleet, err);
	if (r == 0)
		r = links_create(fleet->loop, fleet->alarms, fleet->options.server, &fleet->links,
				err);
	if (r < 0)
		return r;
	for (unsigned i = 0; i < fleet->options.count; i++) {
		struct fleet_device *device = &fleet->devices[i];

		device->fleet = fleet;
		device->link.links = fleet->links;
		device->link.number = i;
		device->link.ca = fleet->ca;
		device->link.certificate = device->trust.certificate;
		device->link.key = device->trust.key;
	}
	return 0;
}

int main(int argc, char **argv)
{
	static struct load load;
	struct rlimit limit;
	struct err err;

	log_open("server_load");
	signal(SIGPIPE, SIG_IGN);
	if (!read_options(argc, argv, &load)) {
		fputs("server_load: see the top of tests/bench/server_load.c\n", stderr);
		return 2;
	}
	if (load.header)
		(void)text_format(load.headers, sizeof(load.headers), "%s\r\n", load.header);
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
	if (open_links(&load, &err) < 0) {
		log_error("%s", err.text);
		return 1;
	}
	ask(&load.fleet.devices[0]);
	(void)loop_run(load.fleet.loop);
	for (unsigned i = 0; i < load.fleet.options.count; i++)
		link_finish(&load.fleet.devices[i].link);
	return 0;
}
