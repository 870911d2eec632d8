// SPDX-License-Identifier: Apache-2.0
#include "server/secret.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "server/db_once.h"
#include "server/factor.h"
#include "server/hooks.h"
#include "server/stack.h"

static const char check_about[] = "check", check_text[] = "tynd";

enum { ABOUT_MAX = DB_SCOPE_MAX + CONF_VARIABLE_NAME_MAX + 16, ALL = 1000000 };

/* Neither scope nor name can hold a line feed. */
static void about_of(const char *scope, const char *name, char about[ABOUT_MAX])
{
	(void)text_format(about, ABOUT_MAX, "secret\n%s\n%s", scope, name);
}

/* --- the key */

static int put_check(const struct vault *vault, struct db *db, struct err *err)
{
	uint8_t sealed[sizeof(check_text) + VAULT_OVERHEAD];
	int r = vault_seal(vault, check_about, check_text, sizeof(check_text), sealed, err);

	return r < 0 ? r : db_sealed_check_put(db, sealed, sizeof(sealed), err);
}

static int check_key(const struct vault *vault, struct db *db, struct err *err)
{
	OWNED(array) struct array plain = {.max = DB_SEALED_MAX};
	uint8_t sealed[DB_SEALED_MAX];
	size_t size;
	int r = db_sealed_check_get(db, sealed, sizeof(sealed), &size, err);

	if (r == -ENOENT)
		return put_check(vault, db, err);
	if (r == 0)
		r = vault_unseal(vault, check_about, sealed, size, &plain, err);
	if (r < 0)
		return err_prefix(err, r, "copy secrets.key from another server of this database");
	return 0;
}

int secret_open(const char *path, struct db *db, struct vault **ret, struct err *err)
{
	OWNED(vault) struct vault *vault = NULL;
	int r = vault_open(path, &vault, err);

	if (r == 0)
		r = check_key(vault, db, err);
	if (r < 0)
		return r;
	*ret = own_take(vault);
	return 0;
}

/* --- one secret */

enum { MOVED_MAX = 1000 };

static int seal(const struct vault *vault, struct db_secret *secret, const char *value,
		struct err *err)
{
	char about[ABOUT_MAX];

	about_of(secret->scope, secret->name, about);
	secret->size = strlen(value) + VAULT_OVERHEAD;
	if (secret->size > sizeof(secret->sealed))
		return err_set(err, EINVAL, "value: longer than %d bytes",
				CONF_VARIABLE_TEXT_MAX - 1);
	return vault_seal(vault, about, value, strlen(value), secret->sealed, err);
}

int secret_value(const struct vault *vault, const struct db_secret *secret,
		char value[CONF_VARIABLE_TEXT_MAX], struct err *err)
{
	struct array plain = {.max = CONF_VARIABLE_TEXT_MAX};
	char about[ABOUT_MAX];

	about_of(secret->scope, secret->name, about);
	int r = vault_unseal(vault, about, secret->sealed, secret->size, &plain, err);
	if (r == 0 && plain.size < CONF_VARIABLE_TEXT_MAX) {
		if (plain.size)
			memcpy(value, plain.data, plain.size);
		value[plain.size] = '\0';
	}
	if (plain.data)
		text_wipe(plain.data, plain.capacity);
	array_finish(&plain);
	return r;
}

int secret_set(struct publish *publish, const char *name, const char *value, struct err *err)
{
	struct db_secret secret = {.revision = publish->about.revision};
	int r = text_copy(secret.scope, sizeof(secret.scope), publish->about.scope);

	if (r == 0)
		r = text_copy(secret.name, sizeof(secret.name), name);
	if (r == 0)
		r = seal(publish->server->vault, &secret, value, err);
	if (r == 0)
		r = db_secret_put(publish->server->db, &secret, err);
	return r < 0 ? r : publish_below(publish, secret.scope, err);
}

int secret_remove(struct publish *publish, const char *name, struct err *err)
{
	const char *scope = publish->about.scope;
	int r = db_secret_remove(publish->server->db, scope, name, err);

	if (r < 0)
		return r;
	r = publish_below(publish, scope, err);
	if (r == -EBADMSG)
		return err_prefix(err, -EBUSY, "the secret \"%s\" is used", name);
	return r;
}

struct move {
	struct publish *publish;
	const char *to;
	struct array moved; /* struct db_secret, sealed anew */
	struct err *err;
};

static int collect_moved(void *data, const struct db_secret *secret)
{
	struct move *move = data;
	const struct vault *vault = move->publish->server->vault;
	struct db_secret moved = *secret;
	char value[CONF_VARIABLE_TEXT_MAX] = "";
	int r = secret_value(vault, secret, value, move->err);

	if (r == 0)
		r = text_copy(moved.scope, sizeof(moved.scope), move->to);
	if (r == 0)
		r = seal(vault, &moved, value, move->err);
	text_wipe(value, sizeof(value));
	return r < 0 ? r : array_append(&move->moved, &moved, sizeof(moved));
}

/* What a listing shows is written when it ended. */
int secret_move(struct publish *publish, const char *from, const char *to, struct err *err)
{
	struct db *db = publish->server->db;
	struct move move = {.publish = publish, .to = to, .err = err};

	move.moved.max = (size_t)MOVED_MAX * sizeof(struct db_secret);
	int r = db_secret_list(db, from, "", "", MOVED_MAX, collect_moved, &move, err);
	for (size_t at = 0; at < move.moved.size && r == 0; at += sizeof(struct db_secret))
		r = db_secret_put(db, (const struct db_secret *)(move.moved.data + at), err);
	if (r == 0)
		r = db_secret_clear(db, from, err);
	array_finish(&move.moved);
	return r;
}

struct finding {
	struct db *db;
	const char *name;
	struct db_secret *ret;
	bool is_found;
	struct err *err;
};

static int look(void *data, const char *scope)
{
	struct finding *finding = data;
	int r = db_secret_get(finding->db, scope, finding->name, finding->ret, finding->err);

	if (r == 0)
		finding->is_found = true;
	return r == -ENOENT ? 0 : r;
}

/* Scopes come from the farthest to the nearest: the last one stays. */
int secret_find(struct db *db, const struct db_device *device, const char *name,
		struct db_secret *ret, struct err *err)
{
	struct finding finding = {.db = db, .name = name, .ret = ret, .err = err};
	int r = stack_scopes(device, look, &finding);

	if (r < 0)
		return r;
	return finding.is_found ? 0 : err_set(err, ENOENT, "there is no secret \"%s\"", name);
}

/* --- another key */

struct rotation {
	const struct vault *vault;
	struct array secrets; /* struct db_secret */
};

static int collect(void *data, const struct db_secret *secret)
{
	struct rotation *rotation = data;

	return array_append(&rotation->secrets, secret, sizeof(*secret));
}

static int reseal(const struct vault *vault, struct db *db, struct db_secret *secret,
		struct err *err)
{
	char value[CONF_VARIABLE_TEXT_MAX] = "";
	int r = secret_value(vault, secret, value, err);

	if (r == 0)
		r = seal(vault, secret, value, err);
	text_wipe(value, sizeof(value));
	return r < 0 ? r : db_secret_put(db, secret, err);
}

static int reseal_all(const struct vault *vault, struct db *db, struct err *err)
{
	struct rotation rotation = {
			.vault = vault, .secrets = {.max = (size_t)ALL * sizeof(struct db_secret)}};
	int r = db_begin(db, err);

	if (r == 0)
		r = db_secret_list(db, "", "", "", ALL, collect, &rotation, err);
	for (size_t at = 0; r == 0 && at < rotation.secrets.size; at += sizeof(struct db_secret)) {
		struct db_secret secret;

		memcpy(&secret, rotation.secrets.data + at, sizeof(secret));
		r = reseal(vault, db, &secret, err);
	}
	array_finish(&rotation.secrets);
	if (r == 0)
		r = factor_reseal(vault, db, err);
	/* Answers that were kept for a day are sealed by the old key. */
	if (r == 0)
		r = db_once_expire(db, INT64_MAX, err);
	if (r == 0)
		r = hooks_reseal(vault, db, err);
	if (r == 0)
		r = put_check(vault, db, err);
	if (r == 0)
		r = db_commit(db, err);
	if (r < 0)
		db_rollback(db);
	return r;
}

/* A power cut anywhere leaves a file with every key that something is sealed by. */
int secret_rotate(struct vault *vault, struct db *db, struct err *err)
{
	int r = vault_renew(vault, err);

	if (r == 0)
		r = reseal_all(vault, db, err);
	return r < 0 ? r : vault_forget(vault, err);
}
