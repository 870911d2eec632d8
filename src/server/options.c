/* SPDX-License-Identifier: Apache-2.0 */
#include "server/options.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "base/text.h"

enum { DEFAULT_PORT = 8443, BACK_OFF_S = 10 };

static int read_port(const char *text, struct options *options, struct err *err)
{
	uint64_t port;

	if (text_to_number(text, 0, 65535, &port) < 0)
		return err_set(err, EINVAL, "port: \"%.32s\" is not a whole number in 0..65535",
				text);
	options->port = (uint16_t)port;
	return 0;
}

int options_read_listen(const char *text, struct options *options, struct err *err)
{
	const char *port = strrchr(text, ':'), *end = NULL;
	size_t skip = text[0] == '[';

	if (skip) {
		end = strchr(text, ']');
		if (!end || (end[1] && end[1] != ':'))
			return err_set(err, EINVAL, "--listen: \"%.64s\" is not [ADDRESS]:PORT",
					text);
		port = end[1] ? end + 1 : NULL;
	} else if (port && strchr(text, ':') != port) {
		port = NULL; /* an IPv6 address alone */
	}
	if (!end)
		end = port ? port : text + strlen(text);
	if (text_format(options->address, sizeof(options->address), "%.*s",
			    (int)(end - text - (long)skip), text + skip) < 0)
		return err_set(err, EINVAL, "--listen: the address is too long");
	return port ? read_port(port + 1, options, err) : 0;
}

static int add_network(struct options *options, const char *text, struct err *err)
{
	size_t used = strlen(options->hook_networks);
	int r = cidr_check(text, err);

	if (r == 0 && text_format(options->hook_networks + used,
				      sizeof(options->hook_networks) - used, "%s\n", text) < 0)
		r = err_set(err, EINVAL, "too many networks");
	return r < 0 ? err_prefix(err, r, "--hook-network") : 0;
}

static int read_back_off(struct options *options, const char *text, struct err *err)
{
	uint64_t seconds;

	if (text_to_number(text, 1, 3600, &seconds) < 0)
		return err_set(err, EINVAL, "--hook-back-off: a whole number in 1..3600");
	options->hook_back_off_s = (unsigned)seconds;
	return 0;
}

static const struct option known[] = {
		{"data", required_argument, NULL, 'd'},
		{"database", required_argument, NULL, 'b'},
		{"listen", required_argument, NULL, 'l'},
		{"port", required_argument, NULL, 'p'},
		{"name", required_argument, NULL, 'n'},
		{"hook-network", required_argument, NULL, 'k'},
		{"hook-back-off", required_argument, NULL, 'o'},
		{"backup", required_argument, NULL, 'B'},
		{"restore", required_argument, NULL, 'R'},
		{"break-glass", required_argument, NULL, 'g'},
		{"restored", no_argument, NULL, 'L'},
		{"rotate-secrets", no_argument, NULL, 'r'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'v'},
		{0},
};

int options_read(int argc, char **argv, struct options *ret, struct err *err)
{
	struct options options = {.port = DEFAULT_PORT, .hook_back_off_s = BACK_OFF_S};
	int option, r = 0;

	opterr = 0;
	optind = 0; /* from the start, also at a second call */
	while (r == 0 && (option = getopt_long(argc, argv, "", known, NULL)) >= 0) {
		if (option == 'd')
			options.data = optarg;
		else if (option == 'b')
			options.database = optarg;
		else if (option == 'l')
			r = options_read_listen(optarg, &options, err);
		else if (option == 'p')
			r = read_port(optarg, &options, err);
		else if (option == 'n')
			r = ca_names_add(&options.names, optarg, err);
		else if (option == 'k')
			r = add_network(&options, optarg, err);
		else if (option == 'o')
			r = read_back_off(&options, optarg, err);
		else if (option == 'B')
			options.backup = optarg;
		else if (option == 'R')
			options.restore = optarg;
		else if (option == 'g')
			options.break_glass = optarg;
		else if (option == 'L')
			options.is_restored = true;
		else if (option == 'r')
			options.rotates_secrets = true;
		else if (option == 'h')
			options.wants_help = true;
		else if (option == 'v')
			options.wants_version = true;
		else
			r = err_set(err, EINVAL, "\"%.64s\" is not understood", argv[optind - 1]);
	}
	if (r == 0 && optind < argc)
		r = err_set(err, EINVAL, "\"%.64s\" is not understood", argv[optind]);
	if (r == 0 && !options.data && !options.wants_help && !options.wants_version)
		r = err_set(err, EINVAL, "--data DIR is needed: the folder for database and keys");
	if (r == 0)
		*ret = options;
	return r;
}
