/* SPDX-License-Identifier: Apache-2.0 */
/* The history for people. */
#include "server/people_revision.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "server/db_fleet.h"
#include "server/stack.h"

struct past {
	char scope[DB_SCOPE_MAX];
	cJSON *after; /* NULL: not a change of a layer */
	bool is_swap; /* undone by DELETE /devices/ID/swap, not by taking the layer back */
	struct err *err;
};

static int keep_after(void *data, const struct db_revision *revision)
{
	struct past *past = data;

	(void)text_copy(past->scope, sizeof(past->scope), revision->scope);
	past->is_swap = strcmp(revision->kind, "swap") == 0;
	if (!revision->after)
		return 0;
	return json_parse(revision->after, strlen(revision->after), &past->after, past->err);
}

int people_past(struct db *db, int64_t number, char scope[DB_SCOPE_MAX], cJSON **before,
		cJSON **after, struct err *err)
{
	struct past this = {.err = err}, previous = {.err = err};
	int r = db_revision_get(db, number, keep_after, &this, err);

	memcpy(scope, this.scope, DB_SCOPE_MAX);
	if (this.is_swap)
		cJSON_Delete(own_take(this.after));
	*after = this.after;
	if (r < 0 || !this.after)
		return r;
	r = db_revision_previous(db, scope, number, keep_after, &previous, NULL);
	*before = previous.after ? previous.after : json_new_object();
	return r == -ENOENT ? 0 : r;
}

int people_number(struct request *request, int64_t *ret, struct err *err)
{
	uint64_t number;

	if (text_to_number(request->match.args[0], 1, JSON_WHOLE_MAX, &number) < 0)
		return err_set(err, ENOENT, "a revision is a whole number");
	*ret = (int64_t)number;
	return 0;
}

struct sight {
	struct request *request;
	bool is_seen, is_whole;
};

/* Of a change of a layer above, how many devices it reached is told to nobody below. */
static int look(void *data, const struct db_revision *revision)
{
	struct sight *sight = data;

	sight->is_seen = rights_sees(sight->request, RIGHT_LAYER, revision->scope, revision->tenant,
			revision->site);
	sight->is_whole = rights_sees(sight->request, RIGHT_READ, revision->scope, revision->tenant,
			revision->site);
	return 0;
}

int people_revision_require(struct request *request, int64_t number, enum right right,
		struct err *err)
{
	struct sight sight = {.request = request};
	char scope[DB_SCOPE_MAX] = "";
	struct past past = {.err = err};
	int r = db_revision_get(request->server->db, number, look, &sight, err);

	if (r == 0 && !sight.is_seen)
		r = err_set(err, ENOENT, "there is no revision %lld", (long long)number);
	if (r == 0)
		r = db_revision_get(request->server->db, number, keep_after, &past, err);
	cJSON_Delete(past.after);
	(void)text_copy(scope, sizeof(scope), past.scope);
	if (r < 0 || right == RIGHT_LAYER)
		return r;
	r = rights_require(request, right, scope, err);
	/* A device may be gone, its revisions stay. */
	return r == -ENOENT && rights_has(request, right, "organisation") ? 0 : r;
}

static cJSON *revision_json(struct request *request, const struct db_revision *revision)
{
	struct sight sight = {.request = request};
	cJSON *item = json_new_object(), *patch = NULL;

	json_put_whole(item, "revision", revision->revision);
	people_put_time(item, "time", revision->time_s);
	json_put_text(item, "person", revision->person);
	people_put_text(item, "reason", revision->reason);
	json_put_text(item, "kind", revision->kind);
	json_put_text(item, "scope", revision->scope);
	if (!revision->patch ||
			json_parse(revision->patch, strlen(revision->patch), &patch, NULL) < 0)
		patch = cJSON_CreateNull();
	json_put(item, "patch", patch);
	people_put_whole(item, "undoes", revision->undoes);
	people_put_whole(item, "undone_by", revision->undone_by);
	(void)look(&sight, revision);
	if (sight.is_whole)
		json_put_whole(item, "device_count", revision->device_count);
	else
		json_put(item, "device_count", cJSON_CreateNull());
	return item;
}

static int add_revision(void *data, const struct db_revision *revision)
{
	char cursor[24];

	(void)text_format(cursor, sizeof(cursor), "%lld", (long long)revision->revision);
	struct people_list *list = data;
	return people_list_add(list, revision_json(list->request, revision), cursor);
}

static int append_scope(void *data, const char *scope)
{
	int r = array_append(data, scope, strlen(scope));

	return r < 0 ? r : array_append(data, "\n", 1);
}

/* Scopes whose revisions are wanted, each with a line feed; "" for all. */
static int read_scopes(struct request *request, struct array *scopes, struct err *err)
{
	const char *scope = people_filter(request, "scope"), *id = people_filter(request, "device");
	struct db_device device;
	int r = 0;

	if (scope[0] && id[0])
		return err_set(err, EINVAL, "scope: not together with device");
	if (text_has_control(scope, NULL))
		return err_set(err, EINVAL, "scope: has control characters");
	if (scope[0])
		r = append_scope(scopes, scope);
	if (id[0]) {
		r = rights_device(request, RIGHT_READ, id, &device, err);
		if (r == 0)
			r = stack_scopes(&device, append_scope, scopes);
	}
	return r < 0 ? r : array_append(scopes, "", 1);
}

int people_revisions(struct request *request, struct err *err)
{
	static const char *const known[] = {"scope", "device", NULL};
	OWNED(array) struct array scopes = {.max = STACK_MAX * (DB_SCOPE_MAX + 1)};
	struct people_list list;
	uint64_t before = 0;
	int r = read_scopes(request, &scopes, err);

	if (r == 0)
		r = people_list_begin(&list, request, "revisions", known, err);
	if (r < 0)
		return r;
	if (list.after[0] && text_to_number(list.after, 1, JSON_WHOLE_MAX, &before) < 0)
		return people_list_end(&list, err_set(err, EINVAL, "cursor: not one of this list"));
	struct db_revision_filter filter = {
			.scopes = (const char *)scopes.data,
			.view = rights_view(request, RIGHT_LAYER),
			.before = (int64_t)before,
			.limit = list.limit + 1,
	};
	r = db_revision_list(request->server->db, &filter, add_revision, &list, err);
	return people_list_end(&list, r);
}

struct keeping {
	struct request *request;
	cJSON **ret;
};

static int keep_revision(void *data, const struct db_revision *revision)
{
	struct keeping *keeping = data;

	*keeping->ret = revision_json(keeping->request, revision);
	return 0;
}

struct named {
	struct request *request;
	cJSON *list;
};

/* A device that was removed meanwhile still has its id. */
static int add_named(void *data, const char *id)
{
	struct named *named = data;
	struct db_device device = {0};
	bool is_all = !rights_view(named->request, RIGHT_READ)[0];
	int r = db_device_get(named->request->server->db, id, &device, NULL);

	if (!is_all && (r < 0 || rights_require_device(named->request, RIGHT_READ, &device, NULL) <
						       0))
		return 0;
	cJSON *item = json_new_object();
	json_put_text(item, "id", id);
	people_put_text(item, "name", device.name);
	json_append(named->list, item);
	return 0;
}

int people_revision_get(struct request *request, struct err *err)
{
	struct db *db = request->server->db;
	OWNED(json) cJSON *answer = NULL;
	struct keeping keeping = {.request = request, .ret = &answer};
	OWNED(json) cJSON *before = NULL;
	OWNED(json) cJSON *after = NULL;
	char scope[DB_SCOPE_MAX];
	int64_t number = 0;
	int r = people_number(request, &number, err);

	if (r == 0)
		r = people_revision_require(request, number, RIGHT_LAYER, err);
	if (r == 0)
		r = db_revision_get(db, number, keep_revision, &keeping, err);
	if (r == 0)
		r = people_past(db, number, scope, &before, &after, err);
	if (r < 0)
		return r;
	json_put(answer, "before", before ? own_take(before) : cJSON_CreateNull());
	json_put(answer, "after", after ? own_take(after) : cJSON_CreateNull());
	struct named named = {.request = request, .list = json_put_list(answer, "devices")};
	r = db_revision_list_devices(db, number, add_named, &named, err);
	return r < 0 ? r : http_answer(request, MHD_HTTP_OK, own_take(answer));
}
