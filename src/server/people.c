/* SPDX-License-Identifier: Apache-2.0 */
#include "server/people.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/text.h"

const char *people_filter(struct request *request, const char *key)
{
	return route_query_get(&request->query, key, "");
}

static int check_query(struct request *request, const char *const *known, struct err *err)
{
	const char *all[ROUTE_QUERY_MAX + 3] = {"limit", "cursor"};
	size_t count = 2;

	for (; *known && count < ROUTE_QUERY_MAX + 2; known++)
		all[count++] = *known;
	return route_query_check(&request->query, all, err);
}

static int read_cursor(struct people_list *list, const char *cursor, struct err *err)
{
	size_t size = strlen(cursor) / 2;

	if (size >= sizeof(list->after) ||
			text_from_hex(cursor, (uint8_t *)list->after, size) < 0 ||
			!text_is_utf8(list->after, size) || strlen(list->after) != size)
		return err_set(err, EINVAL, "cursor: not one that a list gave");
	return 0;
}

int people_list_begin(struct people_list *list, struct request *request, const char *noun,
		const char *const *known, struct err *err)
{
	const char *limit = route_query_get(&request->query, "limit", "100");
	uint64_t number;
	int r = check_query(request, known, err);

	*list = (struct people_list){.request = request, .limit = PEOPLE_LIMIT};
	if (r == 0 && text_to_number(limit, 1, PEOPLE_LIMIT_MAX, &number) < 0)
		r = err_set(err, EINVAL, "limit: not a whole number in 1..%d", PEOPLE_LIMIT_MAX);
	if (r == 0)
		r = read_cursor(list, people_filter(request, "cursor"), err);
	if (r < 0)
		return r;
	list->limit = (int64_t)number;
	list->answer = json_new_object();
	list->items = json_put_list(list->answer, noun);
	return 0;
}

int people_list_add(struct people_list *list, cJSON *item, const char *cursor)
{
	if (list->count == list->limit) {
		list->has_more = true;
		cJSON_Delete(item);
		return 1;
	}
	json_append(list->items, item);
	list->count++;
	return text_copy(list->last, sizeof(list->last), cursor);
}

struct db_page people_list_page(const struct people_list *list)
{
	return (struct db_page){.after = list->after, .limit = list->limit + 1};
}

int people_list_end(struct people_list *list, int r)
{
	char cursor[2 * PEOPLE_CURSOR_MAX + 1];

	if (r < 0) {
		cJSON_Delete(list->answer);
		return r;
	}
	text_to_hex((const uint8_t *)list->last, strlen(list->last), cursor);
	people_put_text(list->answer, "next", list->has_more ? cursor : "");
	return http_answer(list->request, MHD_HTTP_OK, list->answer);
}

static void put_null(cJSON *object, const char *key)
{
	json_put(object, key, cJSON_CreateNull());
}

void people_put_text(cJSON *object, const char *key, const char *text)
{
	if (text && text[0])
		json_put_text(object, key, text);
	else
		put_null(object, key);
}

void people_put_time(cJSON *object, const char *key, int64_t time_s)
{
	time_t time = (time_t)time_s;
	struct tm tm;
	char text[32];

	if (time_s <= 0 || !gmtime_r(&time, &tm)) {
		put_null(object, key);
		return;
	}
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	json_put_text(object, key, text);
}

void people_put_whole(cJSON *object, const char *key, int64_t number)
{
	if (number)
		json_put_whole(object, key, number);
	else
		put_null(object, key);
}

void people_put_member(cJSON *object, const char *key, const cJSON *from)
{
	const cJSON *member = from ? cJSON_GetObjectItemCaseSensitive(from, key) : NULL;

	if (member)
		json_put(object, key, json_copy(member));
	else
		put_null(object, key);
}

void people_read_text(struct json *in, const char *key, bool *is_there, char *buffer, size_t size)
{
	const cJSON *value = NULL;

	json_borrow(in, key, 0, &value);
	*is_there = value != NULL;
	if (!value)
		return;
	buffer[0] = '\0';
	if (!cJSON_IsNull(value))
		json_text(in, key, 0, buffer, size);
}

void people_begin(struct json *in, struct request *request, struct err *err)
{
	if (!request->json)
		request->json = json_new_object();
	json_begin(in, request->json, err);
}

void people_read_reason(struct json *in, char reason[DB_REASON_MAX])
{
	json_text(in, "reason", JSON_LINES, reason, DB_REASON_MAX);
}

int people_no_query(struct request *request, struct err *err)
{
	static const char *const known[] = {NULL};

	return route_query_check(&request->query, known, err);
}

void people_read_force(struct json *in, const char *reason, bool *ret)
{
	json_bool(in, "force", 0, ret);
	if (*ret && !reason[0])
		json_refuse(in, "reason", "must say why, with \"force\"");
}

struct db_revision people_revision(const struct request *request, const char *kind,
		const char *scope, const char *reason)
{
	struct db_revision revision = {0};

	(void)text_copy(revision.person, sizeof(revision.person), request->token.person);
	(void)text_copy(revision.kind, sizeof(revision.kind), kind);
	(void)text_copy(revision.scope, sizeof(revision.scope), scope);
	(void)text_copy(revision.reason, sizeof(revision.reason), reason);
	return revision;
}

int people_put_changed(cJSON *object, const struct publish *publish, struct err *err)
{
	cJSON *list = json_put_list(object, "devices");
	struct db_device device;

	json_put_whole(object, "device_count", publish_count(publish));
	for (unsigned i = 0; i < publish_shown(publish); i++) {
		int r = db_device_get(publish->server->db, publish_changed(publish, i), &device,
				err);
		if (r < 0)
			return r;
		cJSON *item = json_new_object();
		json_put_text(item, "id", device.id);
		json_put_text(item, "name", device.name);
		json_append(list, item);
	}
	return 0;
}

int people_failed(struct request *request, const struct publish *publish, int r)
{
	memcpy(request->err_device, publish->bad_device, sizeof(request->err_device));
	return r;
}
