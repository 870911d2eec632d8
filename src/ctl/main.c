// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "ctl/complete.h"
#include "ctl/ctl.h"

/* Scripts rely on these; docs/man/tyndctl.1 lists them. */
enum exit_code {
	EXIT_DONE = 0,
	EXIT_REFUSED = 1,     /* by the server, or the value or file is not valid */
	EXIT_USAGE = 2,       /* the command line is not understood */
	EXIT_UNREACHABLE = 3, /* no connection, or a server that is not trusted */
	EXIT_TOKEN = 4,       /* no token, or one that is not valid */
	EXIT_UNKNOWN = 5,     /* no such device, layer or revision */
};

static int exit_code(int r)
{
	switch (r) {
	case 0:
		return EXIT_DONE;
	case -ENOTCONN:
		return EXIT_UNREACHABLE;
	case -EACCES:
		return EXIT_TOKEN;
	case -ENOENT:
		return EXIT_UNKNOWN;
	default:
		return EXIT_REFUSED;
	}
}

OWN_DEFINE(api, struct api, api_destroy);

static int run(struct args *args, struct err *err)
{
	OWNED(memory) struct settings *settings = own_alloc(sizeof(*settings));
	OWNED(api) struct api *api = NULL;
	struct ctl ctl = {.args = args, .settings = settings};
	bool is_login = args->command->run == ctl_login;
	bool is_sign_in = strcmp(args->command->noun, "sign-in") == 0;

	if (args->command->is_local)
		return args->command->run(&ctl, err);
	if (is_login || is_sign_in)
		args->options.server = args->operands[0];
	int r = settings_load(&args->options, !is_sign_in, settings, err);
	if (r == 0)
		r = api_create(settings, &api, err);
	ctl.api = api;
	if (r == 0)
		r = args->command->run(&ctl, err);
	text_wipe(settings->token, sizeof(settings->token));
	return r;
}

int main(int argc, char *argv[])
{
	struct args args;
	struct err err = {""};

	/* Any words may follow, also those that are no command yet. */
	if (argc > 2 && strcmp(argv[1], "completion") == 0 && strcmp(argv[2], "words") == 0) {
		complete_words(argc - 3, argv + 3, stdout);
		return EXIT_DONE;
	}
	if (args_parse(argc, argv, &args, &err) < 0) {
		fprintf(stderr, "tyndctl: %s\n", err.text);
		return EXIT_USAGE;
	}
	if (args.options.is_version) {
		puts("tyndctl " TYND_VERSION);
		return EXIT_DONE;
	}
	if (args.options.is_help || !args.command) {
		args_print_help(&args, args.options.is_help ? stdout : stderr);
		return args.options.is_help ? EXIT_DONE : EXIT_USAGE;
	}
	int r = run(&args, &err);
	if (fflush(stdout) != 0 && r == 0)
		r = err_errno(&err, errno, "the output cannot be written");
	if (r < 0)
		fprintf(stderr, "tyndctl: %s\n", err.text);
	return exit_code(r);
}
