/* SPDX-License-Identifier: Apache-2.0 */
#include "server/break_glass.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <termios.h>
#include <unistd.h>

#include "base/text.h"
#include "server/audit.h"
#include "server/factor.h"
#include "server/keys.h"
#include "server/person.h"

/* One line of standard input, not shown while it is typed. */
static int ask(const char *what, bool is_terminal, char line[PASSWORD_MAX], struct err *err)
{
	struct termios before, quiet;

	if (is_terminal) {
		fprintf(stderr, "%s: ", what);
		(void)tcgetattr(STDIN_FILENO, &before);
		quiet = before;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	}
	const char *got = fgets(line, PASSWORD_MAX, stdin);
	if (is_terminal) {
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
		fputc('\n', stderr);
	}
	if (!got)
		return err_set(err, EINVAL, "the password is expected on standard input");
	if (!strchr(line, '\n') && strlen(line) == PASSWORD_MAX - 1)
		return err_set(err, EINVAL, "password: too long");
	line[strcspn(line, "\n")] = '\0';
	return 0;
}

static int ask_password(const char *name, char password[PASSWORD_MAX], struct err *err)
{
	bool is_terminal = isatty(STDIN_FILENO) == 1;
	char what[DB_NAME_MAX + 32], again[PASSWORD_MAX] = "";

	(void)text_format(what, sizeof(what), "New password of %s", name);
	int r = ask(what, is_terminal, password, err);
	if (r == 0)
		r = password_check(password, err);
	if (r == 0 && is_terminal)
		r = ask("Once more", is_terminal, again, err);
	if (r == 0 && is_terminal && strcmp(password, again) != 0)
		r = err_set(err, EINVAL, "these are two passwords");
	text_wipe(again, sizeof(again));
	return r;
}

/* The person, or -ENOENT; a provider's own sign in there. */
static int find(struct db *db, const char *name, struct db_person *person, struct err *err)
{
	int r = db_person_get(db, name, person, err);

	if (r == 0 && strcmp(person->origin, "local") != 0 && strcmp(person->origin, "token") != 0)
		return err_set(err, EBUSY,
				"\"%s\" signs in with the provider's password: take another name",
				name);
	return r;
}

static int check_name(struct db *db, const char *name, struct err *err)
{
	OWNED(memory) struct db_person *person = own_alloc(sizeof(*person));
	int64_t people = 0;
	int r = person_name_check(name, err);

	if (r == 0 && strchr(name, '/'))
		r = err_set(err, EINVAL, "\"%s\" is a tenant's: an administrator of all is not",
				name);
	if (r == 0)
		r = db_person_count(db, &people, err);
	if (r == 0 && people == 0)
		r = err_set(err, ENOENT, "no server was ever started on this database");
	if (r < 0)
		return r;
	r = find(db, name, person, err);
	return r == -ENOENT ? 0 : r;
}

static int see_grant(void *data, const struct db_grant *grant)
{
	bool *is_there = data;

	*is_there |= strcmp(grant->role, "administrator") == 0 &&
	             strcmp(grant->scope, "organisation") == 0;
	return 0;
}

static int make_person(struct db *db, const char *name, struct err *err)
{
	OWNED(memory) struct db_person *person = own_alloc(sizeof(*person));
	struct db_grant grant = {
			.role = "administrator",
			.scope = "organisation",
			.orders_all = true,
			.created_s = server_now_s(),
	};
	bool is_there = false;
	int r = find(db, name, person, err);

	(void)text_copy(grant.person, sizeof(grant.person), name);
	(void)text_copy(grant.created_by, sizeof(grant.created_by), name);
	if (r == -ENOENT) {
		*person = (struct db_person){.origin = "local", .created_s = grant.created_s};
		(void)text_copy(person->name, sizeof(person->name), name);
		r = db_person_add(db, person, err);
	}
	if (r == 0)
		r = db_grant_of(db, name, "", see_grant, &is_there, err);
	if (r < 0 || is_there)
		return r;
	key_random_text(grant.id, 12);
	return db_grant_add(db, &grant, err);
}

static int store(struct db *db, const char *name, const struct db_password *password,
		struct factor *factor, struct err *err)
{
	char text[DB_NAME_MAX + 16];
	int r = db_begin(db, err);

	if (r == 0)
		r = make_person(db, name, err);
	if (r == 0)
		r = db_password_set(db, name, password, factor->hashes, PASSWORD_RECOVERY_COUNT,
				err);
	if (r == 0)
		r = db_token_remove_of(db, name, "session", err);
	(void)text_format(text, sizeof(text), "person/%s", name);
	if (r == 0)
		r = db_attempt_clear(db, text, err);
	(void)text_format(text, sizeof(text), "break-glass %s", name);
	if (r == 0)
		r = audit_append_local(db, text, err);
	if (r == 0)
		r = db_commit(db, err);
	db_rollback(db);
	return r;
}

static void show(const char *name, const struct factor *factor)
{
	char uri[FACTOR_URI_MAX];

	factor_uri(factor, name, uri);
	printf("%s is an administrator of the organisation. Shown this once:\n\n"
	       "  second factor    %s\n"
	       "  recovery codes   (each good once in place of the second factor)\n",
			name, uri);
	for (unsigned i = 0; i < PASSWORD_RECOVERY_COUNT; i++)
		printf("                   %s\n", factor->codes[i]);
	fflush(stdout);
	text_wipe(uri, sizeof(uri));
}

/* The machine's own log has it as well, should the database be put back. */
static void tell(const char *name)
{
	openlog("tynd-server", LOG_PID, LOG_AUTHPRIV);
	syslog(LOG_WARNING, "break-glass: \"%s\" is administrator, by a new password", name);
	closelog();
}

int break_glass(struct db *db, const struct vault *vault, const char *name, struct err *err)
{
	struct db_password password = {.totp_size = 0};
	char typed[PASSWORD_MAX] = "";
	struct factor factor;
	int r = check_name(db, name, err);

	if (r == 0)
		r = ask_password(name, typed, err);
	if (r == 0)
		r = password_hash(typed, password.hash, err);
	text_wipe(typed, sizeof(typed));
	if (r == 0)
		r = factor_make(vault, name, &factor, &password, err);
	if (r < 0)
		return r;
	r = store(db, name, &password, &factor, err);
	if (r == 0) {
		tell(name);
		show(name, &factor);
	}
	text_wipe(&factor, sizeof(factor));
	return r;
}
