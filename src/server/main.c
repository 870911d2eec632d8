/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tynd-server: from a folder to a running server. The folder holds everything:
 * tynd.db, the keys, the certificates, the first token, the port of the last start.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "server/access.h"
#include "server/backup.h"
#include "server/bell.h"
#include "server/break_glass.h"
#include "server/db_lift.h"
#include "server/files.h"
#include "server/hooks.h"
#include "server/http.h"
#include "server/http_stream.h"
#include "server/keys.h"
#include "server/ldap.h"
#include "server/listen.h"
#include "server/oidc.h"
#include "server/once.h"
#include "server/options.h"
#include "server/order.h"
#include "server/presence.h"
#include "server/retention.h"
#include "server/rollout.h"
#include "server/routes.h"
#include "server/secret.h"
#include "server/signin.h"

enum { PATH_BYTES = 4096 };

struct run {
	struct options options;
	struct server server;
	struct http *http;
	struct ca_names names;
	char token[ACCESS_TOKEN_MAX]; /* of the first start, else "" */
	uint16_t port;
	struct bell *bell;
	int lock;
};

static void show_help(FILE *to)
{
	fputs("tynd-server --data DIR [--database ADDRESS] [--listen ADDRESS:PORT] [--port PORT]\n"
	      "            [--name HOST]...\n\n"
	      "  --data DIR      database, keys and certificates; made when it is not there\n"
	      "  --database A    postgresql://... instead of the file in DIR; several servers\n"
	      "                  may share one\n"
	      "  --listen A:P    where to listen (every address, port 8443)\n"
	      "  --port PORT     only the port; 0 lets the kernel choose (see DIR/port)\n"
	      "  --name HOST     a name or address under which devices reach this server\n"
	      "  --backup FILE     write database and keys to FILE, beside a running server\n"
	      "  --restore FILE    put them into DIR, which is empty\n"
	      "  --restored        after an older copy of DIR or of the database was put back\n"
	      "  --rotate-secrets  give the secrets of configs another key\n"
	      "  --break-glass NAME  when nobody can sign in: NAME becomes an administrator\n"
	      "                    with a new password, beside a running server\n"
	      "  --hook-network NET    a private network that webhooks may reach; repeatable\n"
	      "  --hook-back-off S     pause after a webhook's first failure (10)\n"
	      "  --help, --version\n",
			to);
}

static int path_in(const struct run *run, const char *name, char path[PATH_BYTES], struct err *err)
{
	if (text_format(path, PATH_BYTES, "%s/%s", run->options.data, name) < 0)
		return err_set(err, ENAMETOOLONG, "--data: the path is too long");
	return 0;
}

/* Two servers on one folder would give out the same numbers. */
static int lock_folder(struct run *run, struct err *err)
{
	char path[PATH_BYTES];
	int r = file_make_folder(run->options.data, 0700, err);

	if (r == 0)
		r = path_in(run, "lock", path, err);
	if (r < 0)
		return r;
	run->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (run->lock < 0)
		return err_errno(err, errno, "%s", path);
	if (flock(run->lock, LOCK_EX | LOCK_NB) < 0)
		return err_set(err, EBUSY, "another tynd-server uses %s", run->options.data);
	return 0;
}

static int open_config_key(struct run *run, struct err *err)
{
	char path[PATH_BYTES];
	int r = path_in(run, "config.key", path, err);

	if (r == 0)
		r = key_open(path, KEY_ED25519, &run->server.config_key, err);
	if (r == 0)
		r = key_public(run->server.config_key, run->server.config_public, err);
	return r;
}

/* The first person, who may do everything. */
static int first_person(struct db *db, struct err *err)
{
	static const struct db_person admin = {.name = "admin", .origin = "token"};
	struct db_person person = admin;
	struct db_grant grant = {
			.person = "admin",
			.role = "administrator",
			.scope = "organisation",
			.orders_all = true,
			.created_s = server_now_s(),
			.created_by = "admin",
	};

	person.created_s = grant.created_s;
	key_random_text(grant.id, 12);
	int r = db_person_add(db, &person, err);
	return r < 0 ? r : db_grant_add(db, &grant, err);
}

static int first_token(struct run *run, struct err *err)
{
	struct db_token token = {.person = "admin"};
	char path[PATH_BYTES], line[ACCESS_TOKEN_MAX + 1];
	struct db *db = run->server.db;
	int64_t people;
	int r = db_person_count(db, &people, err);

	if (r < 0 || people > 0)
		return r;
	r = path_in(run, "admin.token", path, err);
	if (r == 0)
		r = db_begin(db, err);
	if (r == 0)
		r = first_person(db, err);
	if (r == 0)
		r = access_make_token(db, &token, run->token, err);
	if (r == 0)
		r = db_commit(db, err);
	db_rollback(db);
	if (r < 0)
		return r;
	(void)text_format(line, sizeof(line), "%s\n", run->token);
	return file_write(path, line, strlen(line), 0600, err);
}

static int open_store(struct run *run, struct err *err)
{
	char path[PATH_BYTES];
	int r = ca_open(run->options.data, &run->server.ca, err);

	if (r == 0)
		r = open_config_key(run, err);
	if (r == 0)
		r = path_in(run, "tynd.db", path, err);
	if (r == 0)
		r = db_open(run->options.database ? run->options.database : path, &run->server.db,
				err);
	if (r == 0)
		r = path_in(run, "secrets.key", path, err);
	if (r == 0)
		r = secret_open(path, run->server.db, &run->server.vault, err);
	return r < 0 ? r : first_token(run, err);
}

static int open_http(struct run *run, struct err *err)
{
	OWNED(pkey) EVP_PKEY *key = NULL;
	OWNED(memory) char *pem = NULL;
	OWNED(memory) char *chain = NULL;
	OWNED(fd) int fd = -1;
	char path[PATH_BYTES];
	int r = listen_names(&run->options, &run->names, err);

	if (r == 0)
		r = path_in(run, "server.key", path, err);
	if (r == 0)
		r = key_open(path, KEY_P256, &key, err);
	if (r == 0)
		r = ca_server_certificate(run->server.ca, key, &run->names, run->options.data,
				&chain, err);
	if (r == 0)
		r = key_pem(key, &pem, err);
	if (r == 0)
		r = listen_open(&run->options, &fd, &run->port, err);
	if (r < 0 || !pem)
		return r;
	struct http_options options = {
			.socket = own_take_fd(&fd),
			.key = pem,
			.chain = chain,
			.trust = ca_pem(run->server.ca),
			.connections = listen_connections(),
	};
	options.routes = routes_all(&options.route_count);
	r = http_start(&run->server, &options, &run->http, err);
	text_wipe(pem, strlen(pem));
	return r;
}

static void tell_next(const struct run *run, const char *host)
{
	char fingerprint[65];

	text_to_hex(ca_fingerprint(run->server.ca), 32, fingerprint);
	printf("A new tynd server, in %s.\n\n"
	       "  CA fingerprint   sha256:%s\n"
	       "  admin token      %s\n"
	       "                   (shown this once; kept in %s/admin.token)\n\n",
			run->options.data, fingerprint, run->token, run->options.data);
	printf("What to do next:\n"
	       "  1. sign in:          tyndctl login https://%s:%u --ca sha256:%s \\\n"
	       "                           --token-file %s/admin.token\n"
	       "  2. start a device:   with tynd.server=%s:%u on its kernel command line\n"
	       "  3. let it in:        tyndctl devices approve CODE   (the code is on its "
	       "screen)\n\n",
			host, run->port, fingerprint, run->options.data, host, run->port);
}

static void greet(const struct run *run)
{
	const char *name = run->names.name[0];
	bool is_six = strchr(name, ':') != NULL;
	char host[CA_NAME_MAX + 2];

	(void)text_format(host, sizeof(host), is_six ? "[%s]" : "%s", name);
	if (run->token[0])
		tell_next(run, host);
	printf("tynd-server: ready on https://%s:%u\n", host, run->port);
	fflush(stdout);
}

static int write_port(const struct run *run, struct err *err)
{
	char path[PATH_BYTES], text[8];
	int r = path_in(run, "port", path, err);

	(void)text_format(text, sizeof(text), "%u\n", run->port);
	return r < 0 ? r : file_write(path, text, strlen(text), 0644, err);
}

static void on_end(void *data, int number)
{
	(void)number;
	loop_quit(data, 0);
}

/* Where people may sign in besides: files that an administrator put into the folder. */
static int open_providers(struct run *run, struct err *err)
{
	char path[PATH_BYTES];
	int r = path_in(run, "oidc.json", path, err);

	if (r == 0)
		r = oidc_open(path, &run->server.oidc, err);
	if (r == 0)
		r = path_in(run, "ldap.json", path, err);
	return r < 0 ? r : ldap_options_read(path, &run->server.ldap, err);
}

static int start(struct run *run, struct err *err)
{
	int r = lock_folder(run, err);

	if (r == 0)
		r = open_store(run, err);
	if (r == 0)
		r = open_providers(run, err);
	if (r < 0)
		return r;
	run->server.metrics.started_s = server_now_s();
	run->server.wheel = wheel_create(run->server.loop);
	run->server.park = park_create(run->server.wheel);
	run->server.work = work_create(run->server.loop, run->server.park, "work");
	run->server.away = work_create(run->server.loop, run->server.park, "away");
	run->server.seen = seen_create(run->server.loop, run->server.db);
	run->server.order_counts = order_counts_create();
	r = fleet_open(&run->server, &run->server.fleet, err);
	if (r < 0)
		return r;
	run->server.streams = http_streams_create();
	run->server.events = events_create(&run->server);
	run->server.presence = presence_create(&run->server);
	run->server.jobs = jobs_create(&run->server);
	once_start(&run->server);
	signin_start(&run->server);
	run->server.rollouts = rollouts_create(&run->server);
	retention_start(&run->server);
	const struct hooks_options hooks = {
			.networks = run->options.hook_networks,
			.back_off_s = run->options.hook_back_off_s,
	};
	run->server.hooks = hooks_create(&run->server, &hooks);
	r = files_open(run->options.data, &run->server.files, err);
	if (r == 0)
		r = orders_create(&run->server, &run->server.orders, err);
	if (r < 0)
		return r;
	run->bell = bell_create(&run->server);
	r = open_http(run, err);
	return r < 0 ? r : write_port(run, err);
}

static void finish(struct run *run)
{
	http_stop(run->http);
	work_destroy(run->server.work);
	work_destroy(run->server.away);
	files_close(run->server.files);
	oidc_close(run->server.oidc);
	free(run->server.ldap);
	jobs_destroy(run->server.jobs);
	rollouts_destroy(run->server.rollouts);
	hooks_destroy(own_take(run->server.hooks));
	bell_destroy(run->bell);
	orders_destroy(run->server.orders);
	presence_destroy(run->server.presence);
	events_destroy(run->server.events);
	http_streams_destroy(run->server.streams);
	fleet_close(run->server.fleet);
	seen_destroy(run->server.seen);
	order_counts_destroy(run->server.order_counts);
	park_destroy(run->server.park);
	wheel_destroy(run->server.wheel);
	vault_close(run->server.vault);
	db_close(run->server.db);
	ca_close(run->server.ca);
	EVP_PKEY_free(run->server.config_key);
	if (run->lock >= 0)
		close(run->lock);
}

static int run_server(struct run *run)
{
	struct err err;
	int code = 1;

	run->server.loop = loop_create();
	struct loop_signal *term =
			loop_add_signal(run->server.loop, SIGTERM, on_end, run->server.loop);
	struct loop_signal *interrupt =
			loop_add_signal(run->server.loop, SIGINT, on_end, run->server.loop);
	if (start(run, &err) < 0) {
		log_error("%s", err.text);
	} else {
		greet(run);
		text_wipe(run->token, sizeof(run->token));
		code = loop_run(run->server.loop);
	}
	finish(run);
	loop_signal_remove(term);
	loop_signal_remove(interrupt);
	loop_destroy(run->server.loop);
	return code;
}

static int rotate_secrets(struct run *run, struct err *err)
{
	int r = secret_rotate(run->server.vault, run->server.db, err);

	if (r == 0)
		puts("tynd-server: the secrets have another key; other servers of this database "
		     "need a copy of secrets.key");
	return r;
}

static int lift(struct run *run, struct err *err)
{
	int64_t revision;
	int r = db_lift(run->server.db, server_now_s(), &revision, err);

	if (r == 0)
		printf("tynd-server: revisions go on at %lld, with which every device gets its "
		       "config as it is here\n",
				(long long)revision);
	return r;
}

/* The lock says that no server runs on this folder; others of the database must be stopped. */
static int work_alone(struct run *run)
{
	const struct options *options = &run->options;
	struct err err;
	int r = lock_folder(run, &err);

	if (r == 0 && options->restore)
		r = backup_restore(options->restore, options->data, !options->database, &err);
	if (r == 0)
		r = open_store(run, &err);
	if (r == 0)
		r = options->rotates_secrets ? rotate_secrets(run, &err) : lift(run, &err);
	if (r < 0)
		log_error("%s", err.text);
	finish(run);
	return r < 0 ? 1 : 0;
}

/* Beside a server that runs. */
static int back_up(const struct options *options)
{
	struct err err;

	if (backup_write(options->data, !options->database, options->backup, &err) < 0) {
		log_error("%s", err.text);
		return 1;
	}
	printf("tynd-server: %s holds the keys%s and is not encrypted: whoever has it can be this "
	       "server\n",
			options->backup,
			options->database ? " (pg_dump has the database)" : ", the database");
	return 0;
}

/* Beside a server that runs; never makes a folder or a database. */
static int open_glass(struct run *run)
{
	const struct options *options = &run->options;
	char key[PATH_BYTES], path[PATH_BYTES];
	struct err err;
	int r = path_in(run, "secrets.key", key, &err);

	if (r == 0)
		r = path_in(run, "tynd.db", path, &err);
	if (r == 0 && (access(key, R_OK) < 0 || (!options->database && access(path, R_OK) < 0)))
		r = err_errno(&err, errno, "%s: no server's folder, or not readable",
				options->data);
	if (r == 0)
		r = db_open(options->database ? options->database : path, &run->server.db, &err);
	if (r == 0)
		r = secret_open(key, run->server.db, &run->server.vault, &err);
	if (r == 0)
		r = break_glass(run->server.db, run->server.vault, options->break_glass, &err);
	if (r < 0)
		log_error("%s", err.text);
	vault_close(run->server.vault);
	db_close(run->server.db);
	return r < 0 ? 1 : 0;
}

int main(int argc, char **argv)
{
	static struct run run = {.lock = -1};
	struct err err;

	log_open("tynd-server");
	umask(077);
	signal(SIGPIPE, SIG_IGN);
	if (options_read(argc, argv, &run.options, &err) < 0) {
		fprintf(stderr, "tynd-server: %s\n", err.text);
		show_help(stderr);
		return 2;
	}
	if (run.options.wants_help)
		show_help(stdout);
	else if (run.options.wants_version)
		puts("tynd-server " TYND_VERSION);
	else if (run.options.backup)
		return back_up(&run.options);
	else if (run.options.break_glass)
		return open_glass(&run);
	else if (run.options.rotates_secrets || run.options.restore || run.options.is_restored)
		return work_alone(&run);
	else
		return run_server(&run);
	return 0;
}
