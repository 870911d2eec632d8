/* SPDX-License-Identifier: Apache-2.0 */
/* Site tokens for people. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "server/admit.h"
#include "server/pattern.h"
#include "server/people.h"
#include "server/people_admit.h"
#include "server/place.h"
#include "server/rights.h"

enum { COUNT_MAX = 100000, DAYS = 14, DAYS_MAX = 366, NETWORKS_MAX = 16 };

void people_read_networks(struct json *in, char networks[CIDR_LIST_MAX])
{
	struct json list;
	char one[CIDR_TEXT_MAX];
	struct err why;

	if (!json_enter_list(in, "networks", 0, NETWORKS_MAX, &list))
		return;
	networks[0] = '\0';
	while (json_next_text(&list, JSON_FILLED, one, sizeof(one))) {
		size_t used = strlen(networks);

		if (cidr_check(one, &why) < 0)
			json_refuse(&list, NULL, "%s", why.text);
		(void)text_format(networks + used, CIDR_LIST_MAX - used, "%s\n", one);
	}
	json_leave(&list);
}

void people_put_lines(cJSON *object, const char *key, const char *lines)
{
	cJSON *list = json_put_list(object, key);

	while (*lines) {
		size_t length = strcspn(lines, "\n");
		char line[DB_GROUPS_TEXT];

		(void)text_format(line, sizeof(line), "%.*s", (int)length, lines);
		json_append_text(list, line);
		lines += length + (lines[length] == '\n');
	}
}

static cJSON *token_json(const struct db_site_token *token)
{
	cJSON *item = json_new_object();

	json_put_text(item, "id", token->id);
	json_put_text(item, "site", token->site);
	people_put_lines(item, "groups", token->groups);
	people_put_text(item, "name", token->pattern);
	people_put_text(item, "label", token->label);
	people_put_lines(item, "networks", token->networks);
	json_put_whole(item, "count", token->most);
	json_put_whole(item, "used", token->used);
	people_put_time(item, "created", token->created_s);
	json_put_text(item, "created_by", token->created_by);
	people_put_time(item, "until", token->until_s);
	people_put_time(item, "last_used", token->used_s);
	json_put_bool(item, "open", token->used < token->most && token->until_s > server_now_s());
	return item;
}

static int add_token(void *data, const struct db_site_token *token)
{
	return people_list_add(data, token_json(token), token->id);
}

int people_site_tokens(struct request *request, struct err *err)
{
	static const char *const known[] = {NULL};
	struct people_list list;
	int r = people_list_begin(&list, request, "site_tokens", known, err);

	if (r < 0)
		return r;
	struct db_page page = people_list_page(&list);
	r = db_site_token_list(request->server->db, rights_view(request, RIGHT_PLACES), &page,
			add_token, &list, err);
	return people_list_end(&list, r);
}

/* A pattern is tried once with numbers that every device has. */
static void check_pattern(struct json *in, const struct db_site_token *token)
{
	const struct pattern_facts facts = {.serial = "8CC1234",
			.mac = "00:11:22:33:44:55",
			.model = "PC",
			.id = "k7qf2m9pxr4t",
			.number = token->number + token->most};
	char name[DB_NAME_MAX];
	struct err why;

	if (token->pattern[0] && pattern_fill(token->pattern, &facts, name, &why) < 0)
		json_refuse(in, "name", "%s", why.text);
}

static int read_token(struct request *request, struct db_site_token *token,
		struct device_place *place, struct err *err)
{
	int64_t days = DAYS;
	char pattern[DB_PATTERN_MAX] = "", reason[DB_REASON_MAX] = "";
	struct json in;

	token->number = 1;
	people_begin(&in, request, err);
	json_text(&in, "site", JSON_REQUIRED | JSON_FILLED, token->site, sizeof(token->site));
	people_read_groups(&in, place);
	json_text(&in, "name", 0, pattern, sizeof(pattern));
	json_text(&in, "label", 0, token->label, sizeof(token->label));
	people_read_networks(&in, token->networks);
	json_whole(&in, "count", JSON_REQUIRED, 1, COUNT_MAX, &token->most);
	json_whole(&in, "first", 0, 0, 999999999, &token->number);
	json_whole(&in, "days", 0, 1, DAYS_MAX, &days);
	people_read_reason(&in, reason);
	memcpy(token->pattern, pattern, sizeof(token->pattern));
	check_pattern(&in, token);
	memcpy(token->groups, place->groups, sizeof(token->groups));
	token->until_s = server_now_s() + days * 24 * 3600;
	memcpy(token->created_by, request->token.person, sizeof(token->created_by));
	return json_end(&in);
}

/* The site and the groups are there, and this person may fill them. */
static int check_place(struct request *request, const struct db_site_token *token, struct err *err)
{
	const char *groups = token->groups;
	char scope[DB_SCOPE_MAX], name[DB_PLACE_MAX], tenant[DB_NAME_MAX], owner[DB_NAME_MAX];

	place_tenant(token->site, tenant);
	(void)text_format(scope, sizeof(scope), "site/%s", token->site);
	int r = rights_require(request, RIGHT_PLACES, scope, err);
	if (r == 0)
		r = place_ensure(request->server->db, DB_SITE, token->site, false, err);
	r = r < 0 ? err_prefix(err, r, "site") : r;
	while (r == 0 && stack_next_group(&groups, name)) {
		(void)text_format(scope, sizeof(scope), "group/%s", name);
		r = rights_require(request, RIGHT_DEVICES, scope, err);
		if (r == 0)
			r = place_ensure(request->server->db, DB_GROUP, name, false, err);
		place_tenant(name, owner);
		if (r == 0 && owner[0] && strcmp(owner, tenant) != 0)
			r = err_set(err, EINVAL, "\"%s\" is not a group of the site's tenant",
					name);
		r = r < 0 ? err_prefix(err, r, "groups") : r;
	}
	return r;
}

int people_site_token_make(struct request *request, struct err *err)
{
	OWNED(memory) struct device_place *place = own_alloc(sizeof(*place));
	struct db_site_token token = {0};
	char text[ADMIT_TOKEN_MAX];
	int r = read_token(request, &token, place, err);

	if (r == 0)
		r = check_place(request, &token, err);
	if (r < 0)
		return r;
	admit_make_token(request->server, &token, text);
	r = db_site_token_add(request->server->db, &token, err);
	if (r == 0) {
		cJSON *answer = token_json(&token);

		json_put_text(answer, "token", text);
		r = http_answer(request, MHD_HTTP_CREATED, answer);
	}
	text_wipe(text, sizeof(text));
	return r;
}

int people_site_token_remove(struct request *request, struct err *err)
{
	const char *id = request->match.args[0];
	char scope[DB_SCOPE_MAX];
	struct db_site_token token;
	int r = db_site_token_get(request->server->db, id, &token, err);

	if (r < 0)
		return r;
	(void)text_format(scope, sizeof(scope), "site/%s", token.site);
	r = rights_require(request, RIGHT_PLACES, scope, err);
	if (r == -ENOENT)
		return err_set(err, ENOENT, "there is no site token \"%s\"", id);
	if (r == 0)
		r = db_site_token_remove(request->server->db, id, err);
	if (r < 0)
		return r;
	cJSON *answer = json_new_object();
	json_put_text(answer, "id", id);
	return http_answer(request, MHD_HTTP_OK, answer);
}
