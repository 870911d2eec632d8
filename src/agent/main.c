// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <getopt.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>

#include "agent/agent.h"
#include "agent/confine.h"
#include "agent/kiosk.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"

/* No clock of a device is right below the time of this source; an image says better. */
static const int64_t source_time_s = 1790000000;
static const char data_store[] = "/data/tynd"; /* on the partition TYND-DATA */
static const char kiosk_user[] = "tynd-kiosk";
static const char build_time_file[] = TYND_DATA "/build-time";

struct options {
	const char *store, *run, *socket, *cmdline, *network, *user, *kiosk, *dns, *boot;
	uint64_t build_time_s, now_s, trial_s, wait_s, report_s;
};

/* One option: a text, or a whole number in min..max. */
struct known {
	const char *name;
	size_t text, number; /* offset in struct options; the other is 0 */
	uint64_t min, max;
	const char *form;
};

#define TEXT(name, member, form) {name, offsetof(struct options, member) + 1, 0, 0, 0, form}
#define NUMBER(name, member, min, max) \
	{name, 0, offsetof(struct options, member) + 1, min, max, "SECONDS"}

static const struct known known[] = {
		TEXT("store", store, "DIR"),
		TEXT("run", run, "DIR"),
		TEXT("socket", socket, "PATH"),
		TEXT("cmdline", cmdline, "FILE"),
		TEXT("network", network, "FILE"),
		TEXT("user", user, "NAME"),
		TEXT("kiosk", kiosk, "NAME"),
		TEXT("dns", dns, "ADDRESS:PORT"),
		TEXT("boot", boot, "FILE"),
		NUMBER("build-time", build_time_s, 0, UINT32_MAX),
		NUMBER("now", now_s, 1, UINT32_MAX),
		NUMBER("trial", trial_s, 1, 3600),
		NUMBER("wait", wait_s, 0, 55),
		NUMBER("report", report_s, 1, 86400),
};

enum { KNOWN_COUNT = sizeof(known) / sizeof(known[0]), HELP = 1000, VERSION };

static void print_usage(FILE *to)
{
	fprintf(to, "usage: tynd-agent");
	for (int i = 0; i < KNOWN_COUNT; i++)
		fprintf(to, "%s[--%s %s]", i % 4 == 0 ? "\n\t" : " ", known[i].name, known[i].form);
	fprintf(to, "\n\t[--help] [--version]\n");
}

static int take_option(struct options *options, const struct known *one, const char *value)
{
	char *base = (char *)options;
	uint64_t number;

	if (one->text) {
		memcpy(base + one->text - 1, &value, sizeof(value));
		return 0;
	}
	if (text_to_number(value, one->min, one->max, &number) < 0) {
		log_error("--%s: %s is not a whole number in %llu..%llu", one->name,
				log_quote(value), (unsigned long long)one->min,
				(unsigned long long)one->max);
		return -EINVAL;
	}
	memcpy(base + one->number - 1, &number, sizeof(number));
	return 0;
}

/* 0: go on; 1: done; -EINVAL: wrong use. */
static int read_options(int argc, char **argv, struct options *options)
{
	struct option names[KNOWN_COUNT + 3] = {
			[KNOWN_COUNT] = {"help", no_argument, NULL, HELP},
			[KNOWN_COUNT + 1] = {"version", no_argument, NULL, VERSION},
	};
	int option;

	for (int i = 0; i < KNOWN_COUNT; i++)
		names[i] = (struct option){known[i].name, required_argument, NULL, i};
	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (option == HELP) {
			print_usage(stdout);
			return 1;
		}
		if (option == VERSION) {
			puts("tynd-agent " TYND_VERSION);
			return 1;
		}
		if (option < 0 || option >= KNOWN_COUNT ||
				take_option(options, &known[option], optarg) < 0)
			return -EINVAL;
	}
	if (optind < argc)
		log_error("%s: there are no arguments but options", log_quote(argv[optind]));
	return optind < argc ? -EINVAL : 0;
}

/* --- what only root may read */

static void read_line(const char *path, char *buffer, size_t size)
{
	OWNED(array) struct array bytes = {.max = 4096};
	char line[4097];

	if (file_read(path, &bytes, NULL) < 0)
		return;
	memcpy(line, bytes.data ? (const char *)bytes.data : "", bytes.size);
	line[bytes.size] = 0;
	line[strcspn(line, "\r\n")] = 0;
	if (text_is_utf8(line, strlen(line)) && !text_has_control(line, NULL))
		messages_cut(buffer, size, line);
}

static struct messages_hardware read_hardware(void)
{
	struct messages_hardware hardware = {.version = TYND_VERSION};
	struct utsname names;

	read_line("/sys/class/dmi/id/product_name", hardware.model, sizeof(hardware.model));
	read_line("/sys/class/dmi/id/product_serial", hardware.serial, sizeof(hardware.serial));
	if (uname(&names) == 0)
		(void)text_copy(hardware.arch, sizeof(hardware.arch), names.machine);
	return hardware;
}

static int64_t read_build_time(const struct options *options)
{
	char text[32] = "";
	uint64_t number;

	if (options->build_time_s)
		return (int64_t)options->build_time_s;
	read_line(build_time_file, text, sizeof(text));
	return text_to_number(text, 1, UINT32_MAX, &number) == 0 ? (int64_t)number : source_time_s;
}

/* --- becoming nobody */

static int find_user(const char *name, struct passwd *ret, struct err *err)
{
	errno = 0;
	const struct passwd *found = getpwnam(name);
	if (!found)
		return err_set(err, ENOENT, "there is no user %s", log_quote(name));
	*ret = *found;
	return 0;
}

/* The store becomes the user's; one that cannot be had is the agent's to report. */
static void give_store(const char *path, const struct passwd *user)
{
	static const char *const files[] = {"", "/key.pem", "/trust.json", "/state.json",
			"/current", "/previous", "/trial", "/orders.json"};
	char file[4096];

	(void)file_make_folder(path, 0700, NULL);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (text_format(file, sizeof(file), "%s%s", path, files[i]) == 0)
			(void)!lchown(file, user->pw_uid, user->pw_gid);
}

/* Root's rights go with the user; what is left of them in the kernel goes as well. */
static int drop_rights(const struct options *options, struct err *err)
{
	struct passwd user;

	if (geteuid() == 0) {
		int r = find_user(options->user, &user, err);
		if (r < 0)
			return r;
		give_store(options->store, &user);
		if (setgroups(0, NULL) < 0 ||
				setresgid(user.pw_gid, user.pw_gid, user.pw_gid) < 0 ||
				setresuid(user.pw_uid, user.pw_uid, user.pw_uid) < 0)
			return err_errno(err, errno, "user %s cannot be taken", options->user);
		if (user.pw_uid != 0 && setuid(0) == 0)
			return err_set(err, EPERM, "root could be taken back");
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return err_errno(err, errno, "privileges cannot be given up");
	return 0;
}

/* A kernel without Landlock is no reason to leave a device without its server. */
static void confine(const char *store)
{
	struct err err = {0};

	(void)file_make_folder(store, 0700, NULL);
	if (confine_to(store, &err) < 0)
		log_warn("files outside of the store are not closed off: %s", err.text);
}

static void on_signal(void *data, int number)
{
	log_info("ending on signal %d", number);
	loop_quit(data, 0);
}

/* --- all together */

/* Without a user of that name there is only our own to listen to. */
static int find_kiosk(const struct options *options, uid_t *ret, struct err *err)
{
	struct passwd user = {0};

	*ret = geteuid();
	int r = find_user(options->kiosk ? options->kiosk : kiosk_user, &user, err);
	if (r == 0)
		*ret = user.pw_uid;
	return options->kiosk ? r : 0;
}

static int prepare(struct options *options, struct agent_options *agent, char *socket_path,
		size_t size, struct err *err)
{
	int r = text_format(socket_path, size, "%s/agent", options->run);
	if (r < 0)
		return err_set(err, EINVAL, "--run: %s is too long", log_quote(options->run));
	r = find_kiosk(options, &agent->kiosk_uid, err);
	if (r < 0)
		return r;
	(void)file_make_folder(options->run, 0755, NULL);
	r = kiosk_listen(options->socket ? options->socket : socket_path, &agent->kiosk_fd, err);
	if (r < 0)
		return r;
	agent->hardware = read_hardware();
	if (geteuid() == 0)
		inventory_ask_wear(&agent->wear);
	r = drop_rights(options, err);
	if (r == 0)
		confine(options->store);
	return r;
}

static int run(const struct agent_options *options, struct err *err)
{
	struct loop *loop = loop_create();
	struct agent *agent = NULL;
	struct loop_signal *ends[2] = {
			loop_add_signal(loop, SIGTERM, on_signal, loop),
			loop_add_signal(loop, SIGINT, on_signal, loop),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	int r = agent_create(loop, options, &agent, err);
	if (r == 0)
		r = loop_run(loop);
	agent_destroy(agent);
	loop_signal_remove(ends[0]);
	loop_signal_remove(ends[1]);
	loop_destroy(loop);
	return r;
}

int main(int argc, char **argv)
{
	struct options options = {
			.store = access(data_store, F_OK) == 0 ? data_store : "/run/tynd/store",
			.run = "/run/tynd",
			.user = "tynd-agent",
			.cmdline = "/proc/cmdline",
			.trial_s = 90,
			.wait_s = 50,
			.report_s = 300,
	};
	char socket_path[108], network[4096];
	struct err err = {0};

	log_open("tynd-agent");
	int r = read_options(argc, argv, &options);
	if (r != 0) {
		if (r < 0)
			print_usage(stderr);
		return r < 0 ? 2 : 0;
	}
	(void)text_format(network, sizeof(network), "%s/network", options.run);
	struct agent_options agent = {
			.store = options.store,
			.cmdline = options.cmdline,
			.network = options.network ? options.network : network,
			.dns = options.dns,
			.boot = options.boot ? options.boot : "/proc/sys/kernel/random/boot_id",
			.build_time_s = read_build_time(&options),
			.clock_skew_s = options.now_s ? (int64_t)options.now_s - (int64_t)time(NULL)
	                                              : 0,
			.trial_ms = (int64_t)options.trial_s * 1000,
			.wait_s = (unsigned)options.wait_s,
			.report_s = (unsigned)options.report_s,
	};
	r = prepare(&options, &agent, socket_path, sizeof(socket_path), &err);
	if (r == 0)
		r = run(&agent, &err);
	if (r < 0)
		log_error("%s", err.text);
	return r < 0 ? 1 : r;
}
