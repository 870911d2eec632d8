/* SPDX-License-Identifier: Apache-2.0 */
/* Webhooks for people. */
#include "server/people_hook.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "server/enrol.h"
#include "server/hooks.h"
#include "server/people_admit.h"
#include "server/rights.h"

enum { KINDS_MAX = 16 };

static cJSON *hook_json(const struct db_hook *hook)
{
	cJSON *item = json_new_object();

	json_put_text(item, "id", hook->id);
	people_put_text(item, "tenant", hook->tenant);
	json_put_text(item, "url", hook->url);
	people_put_lines(item, "events", hook->events);
	json_put_bool(item, "on", hook->is_on);
	people_put_time(item, "created", hook->created_s);
	json_put_text(item, "created_by", hook->created_by);
	people_put_time(item, "delivered", hook->delivered_s);
	people_put_time(item, "failed", hook->failed_s);
	people_put_text(item, "complaint", hook->complaint);
	json_put_whole(item, "waiting", hook->waiting);
	json_put_whole(item, "dead", hook->dead);
	json_put_whole(item, "dropped", hook->dropped);
	return item;
}

static int add_hook(void *data, const struct db_hook *hook)
{
	return people_list_add(data, hook_json(hook), hook->id);
}

int people_hooks(struct request *request, struct err *err)
{
	static const char *const known[] = {NULL};
	struct people_list list;
	int r = people_list_begin(&list, request, "webhooks", known, err);

	if (r < 0)
		return r;
	struct db_page page = people_list_page(&list);
	r = db_hook_list(request->server->db, rights_view(request, RIGHT_SERVER), &page, add_hook,
			&list, err);
	return people_list_end(&list, r);
}

static int require(struct request *request, const char *tenant, struct err *err)
{
	char scope[DB_SCOPE_MAX] = "organisation";

	if (!request->server->hooks)
		return err_set(err, EAGAIN, "this server has no webhooks");
	if (tenant[0])
		(void)text_format(scope, sizeof(scope), "tenant/%s", tenant);
	return rights_require(request, RIGHT_SERVER, scope, err);
}

/* The hook of the path, if the person may touch it; whoever may not hears that there is none. */
static int find(struct request *request, struct db_hook *hook, struct err *err)
{
	const char *id = request->match.args[0];
	int r = db_hook_get(request->server->db, id, hook, err);

	if (r == 0 && require(request, hook->tenant, NULL) < 0)
		r = err_set(err, ENOENT, "there is no webhook \"%s\"", id);
	return r;
}

/* "*", or kinds as GET /events has them. */
static void read_events(struct json *in, char events[DB_EVENTS_MAX])
{
	struct json list;
	char kind[32];

	if (!json_enter_list(in, "events", 0, KINDS_MAX, &list))
		return;
	events[0] = '\0';
	while (json_next_text(&list, JSON_FILLED, kind, sizeof(kind))) {
		size_t used = strlen(events);

		if (strcmp(kind, "*") != 0 &&
				strspn(kind, "abcdefghijklmnopqrstuvwxyz_-") != strlen(kind))
			json_refuse(&list, NULL, "a kind of events, or *");
		(void)text_format(events + used, DB_EVENTS_MAX - used, "%s\n", kind);
	}
	if (list.status == 0 && !events[0])
		json_refuse(&list, NULL, "at least one kind of events, or *");
	json_leave(&list);
}

static int answer_secret(struct request *request, int status, const struct db_hook *hook,
		const char *secret)
{
	cJSON *answer = hook_json(hook);

	if (secret)
		json_put_text(answer, "secret", secret);
	return http_answer(request, status, answer);
}

int people_hook_make(struct request *request, struct err *err)
{
	struct db_hook hook = {.is_on = true, .created_s = server_now_s(), .events = "*\n"};
	char secret[DB_HOOK_SECRET + 1];
	bool has_tenant;
	struct db_place place;
	struct json in;

	people_begin(&in, request, err);
	json_text(&in, "url", JSON_REQUIRED | JSON_FILLED, hook.url, sizeof(hook.url));
	people_read_text(&in, "tenant", &has_tenant, hook.tenant, sizeof(hook.tenant));
	read_events(&in, hook.events);
	int r = json_end(&in);
	if (r == 0)
		r = require(request, hook.tenant, err);
	if (r == 0 && hook.tenant[0])
		r = db_place_get(request->server->db, DB_TENANT, hook.tenant, &place, err);
	if (r == 0)
		r = hooks_check_url(request->server->hooks, hook.url, err);
	if (r < 0)
		return r;
	enrol_new_id(hook.id);
	memcpy(hook.created_by, request->token.person, sizeof(hook.created_by));
	r = hooks_make_secret(request->server->hooks, &hook, secret, err);
	if (r == 0)
		r = db_hook_add(request->server->db, &hook, err);
	if (r == 0) {
		hooks_changed(request->server->hooks);
		r = answer_secret(request, MHD_HTTP_CREATED, &hook, secret);
	}
	text_wipe(secret, sizeof(secret));
	return r;
}

int people_hook_patch(struct request *request, struct err *err)
{
	char secret[DB_HOOK_SECRET + 1] = "";
	bool wants_secret = false;
	struct db_hook hook;
	struct json in;
	int r = find(request, &hook, err);

	if (r < 0)
		return r;
	people_begin(&in, request, err);
	json_text(&in, "url", JSON_FILLED, hook.url, sizeof(hook.url));
	json_bool(&in, "on", 0, &hook.is_on);
	json_bool(&in, "new_secret", 0, &wants_secret);
	read_events(&in, hook.events);
	r = json_end(&in);
	if (r == 0)
		r = hooks_check_url(request->server->hooks, hook.url, err);
	if (r == 0 && wants_secret)
		r = hooks_make_secret(request->server->hooks, &hook, secret, err);
	if (r == 0)
		r = db_hook_put(request->server->db, &hook, err);
	if (r < 0)
		return r;
	hooks_changed(request->server->hooks);
	r = answer_secret(request, MHD_HTTP_OK, &hook, wants_secret ? secret : NULL);
	text_wipe(secret, sizeof(secret));
	return r;
}

static int answer_id(struct request *request, const struct db_hook *hook)
{
	cJSON *answer = json_new_object();

	json_put_text(answer, "id", hook->id);
	return http_answer(request, MHD_HTTP_OK, answer);
}

int people_hook_remove(struct request *request, struct err *err)
{
	struct db_hook hook;
	int r = find(request, &hook, err);

	if (r == 0)
		r = db_hook_remove(request->server->db, hook.id, err);
	if (r < 0)
		return r;
	hooks_changed(request->server->hooks);
	return answer_id(request, &hook);
}

int people_hook_test(struct request *request, struct err *err)
{
	struct db_hook hook;
	int r = find(request, &hook, err);

	if (r == 0)
		r = hooks_test(request->server->hooks, &hook, err);
	return r < 0 ? r : answer_id(request, &hook);
}

int people_hook_retry(struct request *request, struct err *err)
{
	struct db_hook hook;
	int r = find(request, &hook, err);

	if (r == 0)
		r = db_delivery_retry(request->server->db, hook.id, server_now_s(), err);
	if (r < 0)
		return r;
	cJSON *answer = json_new_object();
	json_put_text(answer, "id", hook.id);
	json_put_whole(answer, "retried", r);
	return http_answer(request, MHD_HTTP_OK, answer);
}

static int add_delivery(void *data, const struct db_delivery *delivery)
{
	cJSON *item = json_new_object(), *body = NULL;
	char cursor[24];

	json_put_whole(item, "id", delivery->id);
	json_put_text(item, "event", delivery->kind);
	people_put_time(item, "created", delivery->created_s);
	people_put_time(item, "next", delivery->is_dead ? 0 : delivery->due_s);
	json_put_whole(item, "tries", delivery->tries);
	json_put_bool(item, "dead", delivery->is_dead);
	people_put_text(item, "complaint", delivery->complaint);
	if (json_parse(delivery->body, strlen(delivery->body), &body, NULL) < 0)
		body = cJSON_CreateNull();
	json_put(item, "body", body);
	(void)text_format(cursor, sizeof(cursor), "%lld", (long long)delivery->id);
	return people_list_add(data, item, cursor);
}

int people_hook_deliveries(struct request *request, struct err *err)
{
	static const char *const known[] = {"dead", NULL};
	bool is_dead = false;
	struct people_list list;
	struct db_hook hook;
	uint64_t after = 0;
	int r = find(request, &hook, err);

	if (r == 0)
		r = route_query_flag(&request->query, "dead", &is_dead, err);
	if (r == 0)
		r = people_list_begin(&list, request, "deliveries", known, err);
	if (r < 0)
		return r;
	if (list.after[0] && text_to_number(list.after, 1, JSON_WHOLE_MAX, &after) < 0)
		return people_list_end(&list, err_set(err, EINVAL, "cursor: not one of this list"));
	r = db_delivery_list(request->server->db, hook.id, is_dead, (int64_t)after, list.limit + 1,
			add_delivery, &list, err);
	return people_list_end(&list, r);
}
