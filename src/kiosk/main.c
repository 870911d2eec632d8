/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <getopt.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/log.h"
#include "base/text.h"
#include "kiosk/kiosk.h"
#include "wire/agent.h"

#define SESSION_PROGRAM "/usr/bin/tynd-session"
#define SESSION_USER "tynd-session"

struct arguments {
	struct kiosk_options kiosk;
	const char *session;      /* program */
	const char *session_user; /* name or number of its user, when we are root */
	const char *user;         /* whom the kiosk becomes, NULL: it stays who it is */
};

static void usage(void)
{
	printf("Usage: tynd-kiosk [OPTION]...\n"
	       "The screen and the keyboard of a tynd device.\n\n"
	       "  --display kms[:CARD]         real screens (default), CARD such as "
	       "/dev/dri/card0\n"
	       "  --display headless:WxH[,WxH] pictures in memory, no devices\n"
	       "  --agent PATH                 socket of tynd-agent (%s)\n"
	       "  --session PATH               program of a session (%s)\n"
	       "  --session-user NAME|NUMBER   whom it becomes when started by root (%s)\n"
	       "  --locale DIR                 texts of other languages (%s/locale)\n"
	       "  --user NAME                  become this user once the spawner was forked\n"
	       "  --control PATH               socket for commands, headless only\n"
	       "  --version\n",
			WIRE_AGENT_SOCKET, SESSION_PROGRAM, SESSION_USER, TYND_DATA);
}

static int parse_size(const char *text, uint32_t size[2])
{
	char width[8], height[8];
	const char *cross = strchr(text, 'x');
	uint64_t numbers[2];

	if (!cross || text_copy(height, sizeof(height), cross + 1) < 0 ||
			(size_t)(cross - text) >= sizeof(width))
		return -EINVAL;
	snprintf(width, sizeof(width), "%.*s", (int)(cross - text), text);
	if (text_to_number(width, 16, WIRE_SIDE_MAX, &numbers[0]) < 0 ||
			text_to_number(height, 16, WIRE_SIDE_MAX, &numbers[1]) < 0)
		return -EINVAL;
	size[0] = (uint32_t)numbers[0];
	size[1] = (uint32_t)numbers[1];
	return 0;
}

static int parse_headless(const char *text, struct kiosk_options *options, struct err *err)
{
	char copy[256], *rest = copy, *word;

	if (text_copy(copy, sizeof(copy), text) < 0)
		return err_set(err, EINVAL, "--display: too long");
	while ((word = strsep(&rest, ","))) {
		if (options->headless_count == DISPLAY_OUTPUTS_MAX ||
				parse_size(word, options->headless_sizes[options->headless_count]) <
						0)
			return err_set(err, EINVAL,
					"--display: expected up to %d sizes such as 1280x720, not "
					"\"%s\"",
					DISPLAY_OUTPUTS_MAX, word);
		options->headless_count++;
	}
	return 0;
}

static int parse_display(const char *text, struct kiosk_options *options, struct err *err)
{
	options->headless_count = 0;
	options->card = NULL;
	if (strncmp(text, "headless:", 9) == 0)
		return parse_headless(text + 9, options, err);
	if (strncmp(text, "kms:", 4) == 0 && text[4])
		options->card = text + 4;
	else if (strcmp(text, "kms") != 0)
		return err_set(err, EINVAL,
				"--display: expected kms, kms:CARD or headless:WIDTHxHEIGHT, not "
				"\"%s\"",
				text);
	return 0;
}

/* 1: all is said and done. */
static int parse(int argc, char **argv, struct arguments *arguments, struct err *err)
{
	static const struct option options[] = {
			{"display", required_argument, NULL, 'd'},
			{"agent", required_argument, NULL, 'a'},
			{"session", required_argument, NULL, 's'},
			{"locale", required_argument, NULL, 'l'},
			{"session-user", required_argument, NULL, 'w'},
			{"user", required_argument, NULL, 'u'},
			{"control", required_argument, NULL, 'c'},
			{"version", no_argument, NULL, 'v'},
			{"help", no_argument, NULL, 'h'},
			{0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		int code = 0;

		switch (option) {
		case 'd':
			code = parse_display(optarg, &arguments->kiosk, err);
			break;
		case 'a':
			arguments->kiosk.agent = optarg;
			break;
		case 's':
			arguments->session = optarg;
			break;
		case 'w':
			arguments->session_user = optarg;
			break;
		case 'l':
			arguments->kiosk.locale = optarg;
			break;
		case 'u':
			arguments->user = optarg;
			break;
		case 'c':
			arguments->kiosk.control = optarg;
			break;
		case 'v':
			puts("tynd-kiosk " TYND_VERSION);
			return 1;
		case 'h':
			usage();
			return 1;
		default:
			return err_set(err, EINVAL, "try --help");
		}
		if (code < 0)
			return code;
	}
	if (optind < argc)
		return err_set(err, EINVAL, "\"%s\" is not expected; try --help", argv[optind]);
	if (arguments->kiosk.control && arguments->kiosk.headless_count == 0)
		return err_set(err, EINVAL,
				"--control is for headless only: nobody types for the person at a "
				"real screen");
	return 0;
}

/* For good: uid, gid and all groups but those of the user (video and input on a device). */
static int become(const char *name, struct err *err)
{
	const struct passwd *user = getpwnam(name);

	if (!user)
		return err_set(err, ENOENT, "--user: there is no user \"%s\"", name);
	if (initgroups(user->pw_name, user->pw_gid) < 0 ||
			setresgid(user->pw_gid, user->pw_gid, user->pw_gid) < 0 ||
			setresuid(user->pw_uid, user->pw_uid, user->pw_uid) < 0)
		return err_errno(err, errno, "--user %s", name);
	if (setuid(0) == 0)
		return err_set(err, EPERM, "--user %s: root could be had again", name);
	return 0;
}

static void on_signal(void *data, int number)
{
	(void)number;
	loop_quit(data, 0);
}

static int run(const struct arguments *arguments, struct spawner *spawner)
{
	struct loop *loop = loop_create();
	struct loop_signal *term = loop_add_signal(loop, SIGTERM, on_signal, loop);
	struct loop_signal *interrupt = loop_add_signal(loop, SIGINT, on_signal, loop);
	struct kiosk *kiosk = NULL;
	struct err err;
	int code = 1;

	if (kiosk_create(loop, &arguments->kiosk, spawner, &kiosk, &err) < 0)
		log_error("%s", err.text);
	else
		code = loop_run(loop);
	kiosk_destroy(kiosk);
	loop_signal_remove(term);
	loop_signal_remove(interrupt);
	loop_destroy(loop);
	return code;
}

int main(int argc, char **argv)
{
	struct arguments arguments = {
			.kiosk.agent = WIRE_AGENT_SOCKET,
			.session = SESSION_PROGRAM,
			.session_user = SESSION_USER,
	};
	struct spawner *spawner;
	struct err err;
	int code;

	log_open("tynd-kiosk");
	code = parse(argc, argv, &arguments, &err);
	if (code == 0)
		code = spawner_create(arguments.session, arguments.session_user, &spawner, &err);
	if (code == 0 && arguments.user)
		code = become(arguments.user, &err);
	if (code < 0) {
		log_error("%s", err.text);
		return 2;
	}
	if (code > 0)
		return 0;
	/* Passwords are in here for a while: no core, no ptrace by others of this user. */
	prctl(PR_SET_DUMPABLE, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return run(&arguments, spawner);
}
