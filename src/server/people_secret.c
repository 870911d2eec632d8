/* SPDX-License-Identifier: Apache-2.0 */
#include "server/people_secret.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "server/place.h"
#include "server/rights.h"
#include "server/secret.h"

struct listing {
	struct people_list *list;
	struct err *err;
};

static int add_secret(void *data, const struct db_secret *secret)
{
	struct listing *listing = data;
	struct people_list *list = listing->list;
	char cursor[DB_SCOPE_MAX + CONF_VARIABLE_NAME_MAX];
	int r = rights_require(list->request, RIGHT_READ, secret->scope, listing->err);

	if (r == -ENOENT || r == -EPERM)
		return 0;
	if (r < 0)
		return r;
	cJSON *item = json_new_object();
	json_put_text(item, "scope", secret->scope);
	json_put_text(item, "name", secret->name);
	json_put_whole(item, "revision", secret->revision);
	people_put_time(item, "time", secret->time_s);
	json_put_text(item, "person", secret->person);
	(void)text_format(cursor, sizeof(cursor), "%s\n%s", secret->scope, secret->name);
	return people_list_add(list, item, cursor);
}

/* Who may read some scopes only sees theirs: rows are left out here, so the limit is the list's. */
int people_secrets(struct request *request, struct err *err)
{
	static const char *const known[] = {"scope", NULL};
	const char *scope = people_filter(request, "scope");
	struct people_list list;
	struct listing listing = {.list = &list, .err = err};
	int r = people_list_begin(&list, request, "secrets", known, err);

	if (r < 0)
		return r;
	char *name = strchr(list.after, '\n');
	char last[CONF_VARIABLE_NAME_MAX] = "";

	if (list.after[0] && !name)
		r = err_set(err, EINVAL, "cursor: not one that a list gave");
	if (name) {
		*name = '\0';
		(void)text_format(last, sizeof(last), "%s", name + 1);
	}
	if (r == 0)
		r = db_secret_list(request->server->db, scope, list.after, last, INT32_MAX,
				add_secret, &listing, err);
	return people_list_end(&list, r < 0 ? r : 0);
}

/* The scope and the name of a path; whoever may not write there is refused. */
static int read_path(struct request *request, char scope[DB_SCOPE_MAX], const char **name,
		struct err *err)
{
	const char *place = request->match.args[1];
	bool is_whole = !place[0];
	const char *kind = is_whole ? "organisation" : request->match.args[0];
	char asked[2 * ROUTE_ARG_MAX];

	(void)text_format(asked, sizeof(asked), "%s%s%s", kind, is_whole ? "" : "/", place);
	*name = request->match.args[is_whole ? 0 : 2];
	int r = rights_require(request, RIGHT_CONFIG, asked, err);
	if (r == 0)
		r = place_scope(request->server->db, kind, is_whole ? NULL : place, scope, err);
	if (r == 0 && !conf_expand_is_name(*name))
		r = err_set(err, EINVAL,
				"a secret's name has a-z, 0-9 and _, a letter first, at most %d",
				CONF_VARIABLE_NAME_MAX - 1);
	return r;
}

/* The history says which secret; what it is, nothing says. */
static int begin(struct request *request, struct publish *publish, const char *scope,
		const char *name, const char *reason, struct err *err)
{
	struct db_revision about = people_revision(request, "secret", scope, reason);
	OWNED(json) cJSON *patch = json_new_object();

	json_put_text(patch, "secret", name);
	OWNED(memory) char *text = json_print(patch);
	about.patch = text;
	int r = publish_begin(publish, request->server, &about, err);
	publish->about.patch = NULL;
	return r;
}

static int answer(struct request *request, const struct publish *publish, const char *name,
		struct err *err)
{
	OWNED(json) cJSON *body = json_new_object();

	json_put_text(body, "scope", publish->about.scope);
	json_put_text(body, "name", name);
	json_put_whole(body, "revision", publish->about.revision);
	int r = people_put_changed(body, publish, err);
	return r < 0 ? r : http_answer(request, MHD_HTTP_OK, own_take(body));
}

static int check_value(const char *value, struct err *err)
{
	if (strlen(value) >= CONF_VARIABLE_TEXT_MAX)
		return err_set(err, EINVAL, "value: longer than %d bytes",
				CONF_VARIABLE_TEXT_MAX - 1);
	return 0;
}

int people_secret_put(struct request *request, struct err *err)
{
	OWNED(publish) struct publish publish = {0};
	char scope[DB_SCOPE_MAX], reason[DB_REASON_MAX] = "";
	const char *value = "", *name;
	struct json in;

	people_begin(&in, request, err);
	json_borrow_text(&in, "value", JSON_REQUIRED | JSON_FILLED | JSON_LINES, &value);
	people_read_reason(&in, reason);
	int r = json_end(&in);
	if (r == 0)
		r = check_value(value, err);
	if (r == 0)
		r = read_path(request, scope, &name, err);
	if (r == 0)
		r = begin(request, &publish, scope, name, reason, err);
	if (r == 0)
		r = secret_set(&publish, name, value, err);
	if (r == 0)
		r = publish_end(&publish, false, err);
	if (r < 0)
		return people_failed(request, &publish, r);
	return answer(request, &publish, name, err);
}

int people_secret_remove(struct request *request, struct err *err)
{
	OWNED(publish) struct publish publish = {0};
	char scope[DB_SCOPE_MAX], reason[DB_REASON_MAX] = "";
	const char *name;
	struct json in;

	people_begin(&in, request, err);
	people_read_reason(&in, reason);
	int r = json_end(&in);
	if (r == 0)
		r = read_path(request, scope, &name, err);
	if (r == 0)
		r = begin(request, &publish, scope, name, reason, err);
	if (r == 0)
		r = secret_remove(&publish, name, err);
	if (r == 0)
		r = publish_end(&publish, false, err);
	if (r < 0)
		return people_failed(request, &publish, r);
	return answer(request, &publish, name, err);
}
