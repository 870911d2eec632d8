/* SPDX-License-Identifier: Apache-2.0 */
/* What the handlers of the people plane share: pages, nulls, times. docs/api.md. */
#ifndef SERVER_PEOPLE_H
#define SERVER_PEOPLE_H

#include "conf/json.h"
#include "server/http.h"
#include "server/publish.h"

enum {
	PEOPLE_LIMIT = 100,
	PEOPLE_LIMIT_MAX = 500,
	PEOPLE_DEVICES_MAX = 100,
	PEOPLE_CURSOR_MAX = 200
};

/* One page of a list being filled by a callback of the database. */
struct people_list {
	struct request *request;
	cJSON *answer; /* {"NOUN": items, "next": ...}; people_list_end gives it to the request */
	cJSON *items;
	int64_t limit;
	int64_t count;
	bool has_more;
	char after[PEOPLE_CURSOR_MAX]; /* where to begin: the decoded cursor */
	char last[PEOPLE_CURSOR_MAX];  /* where the next page would */
	void *extra;
};

/* Reads limit and cursor, refuses queries not in `known` (limit and cursor are added). */
int people_list_begin(struct people_list *list, struct request *request, const char *noun,
		const char *const *known, struct err *err);

/* Takes `item`; 1 when the page is full (ask the database for one more than `limit`). */
int people_list_add(struct people_list *list, cJSON *item, const char *cursor);
struct db_page people_list_page(const struct people_list *list);

/* Answers with the list, or passes the error `r` on. */
int people_list_end(struct people_list *list, int r);

const char *people_filter(struct request *request, const char *key);

/* NULL for "" and 0. */
void people_put_text(cJSON *object, const char *key, const char *text);
void people_put_time(cJSON *object, const char *key, int64_t time_s);
void people_put_whole(cJSON *object, const char *key, int64_t number);
/* The member of `from` (may be NULL) if it is there, else null. */
void people_put_member(cJSON *object, const char *key, const cJSON *from);

/* A member that may be a text, null (""), or missing (*is_there false). */
void people_read_text(struct json *in, const char *key, bool *is_there, char *buffer, size_t size);

/* The body's reader; an empty body reads as {}. */
void people_begin(struct json *in, struct request *request, struct err *err);
/* For what takes no query: -EINVAL when there is one. */
int people_no_query(struct request *request, struct err *err);

/* "force", after the reason, without which it is refused. */
void people_read_force(struct json *in, const char *reason, bool *ret);
void people_read_reason(struct json *in, char reason[DB_REASON_MAX]);

/* The revision that a request makes: person of the token, reason, kind, scope. */
struct db_revision people_revision(const struct request *request, const char *kind,
		const char *scope, const char *reason);

/* "devices" and "device_count" of the answer to a change. */
int people_put_changed(cJSON *object, const struct publish *publish, struct err *err);

/* Name, tenant, site and groups of a device as a person gives them. */
struct device_place {
	char name[DB_NAME_MAX]; /* "": stays */
	char tenant[DB_NAME_MAX];
	char site[DB_PLACE_MAX];
	char groups[DB_GROUPS_TEXT]; /* as in struct db_device */
	char reason[DB_REASON_MAX];
	bool has_tenant, has_site, has_groups, may_create;
};

void people_read_place(struct json *in, struct device_place *place);
/* Only its member "groups". */
void people_read_groups(struct json *in, struct device_place *place);
/* May the person put a device there? Places that they cannot see do not exist: -ENOENT. */
int people_check_place(struct request *request, const struct device_place *place,
		const struct db_device *device, struct err *err);
/* Inside a transaction; makes sites and groups when allowed. */
int people_apply_place(struct db *db, const struct device_place *place, struct db_device *device,
		struct err *err);
/* {"device": ..., "revision": ...} */
int people_answer_device(struct request *request, int status, const char *id, int64_t revision,
		struct err *err);

cJSON *people_device(const struct db_device *device);

/* A request of a publish that failed: tell which device. */
int people_failed(struct request *request, const struct publish *publish, int r);

/* --- handlers */
int people_devices(struct request *request, struct err *err);
int people_device_get(struct request *request, struct err *err);
int people_device_patch(struct request *request, struct err *err);
int people_device_remove(struct request *request, struct err *err);
int people_config(struct request *request, struct err *err);

int people_enrolments(struct request *request, struct err *err);
int people_approve(struct request *request, struct err *err);
int people_refuse(struct request *request, struct err *err);

int people_layers(struct request *request, struct err *err);
int people_layer_get(struct request *request, struct err *err);
int people_layer_patch(struct request *request, struct err *err);
int people_revisions(struct request *request, struct err *err);
int people_revision_get(struct request *request, struct err *err);
int people_undo(struct request *request, struct err *err);

int people_tenants(struct request *request, struct err *err);
int people_sites(struct request *request, struct err *err);
int people_groups(struct request *request, struct err *err);
int people_tenant_put(struct request *request, struct err *err);
int people_site_put(struct request *request, struct err *err);
int people_group_put(struct request *request, struct err *err);
int people_tenant_remove(struct request *request, struct err *err);
int people_site_remove(struct request *request, struct err *err);
int people_group_remove(struct request *request, struct err *err);

int people_audit(struct request *request, struct err *err);
int people_audit_export(struct request *request, struct err *err);

int people_persons(struct request *request, struct err *err);
int people_person_get(struct request *request, struct err *err);
int people_person_put(struct request *request, struct err *err);
int people_person_remove(struct request *request, struct err *err);
int people_grants(struct request *request, struct err *err);
int people_grant_make(struct request *request, struct err *err);
int people_grant_remove(struct request *request, struct err *err);
int people_roles(struct request *request, struct err *err);
int people_whoami(struct request *request, struct err *err);

int people_sign_in_ways(struct request *request, struct err *err);
int people_sign_in(struct request *request, struct err *err);
int people_sign_in_code(struct request *request, struct err *err);
int people_oidc_begin(struct request *request, struct err *err);
int people_oidc_callback(struct request *request, struct err *err);
int people_sign_out(struct request *request, struct err *err);
int people_person_sign_out(struct request *request, struct err *err);
int people_password_set(struct request *request, struct err *err);
int people_password_remove(struct request *request, struct err *err);

int people_server(struct request *request, struct err *err);
int people_tokens(struct request *request, struct err *err);
int people_token_make(struct request *request, struct err *err);
int people_token_remove(struct request *request, struct err *err);

#endif
