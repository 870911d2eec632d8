/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the person of a request may do, and where. A right is held over a scope
 * ("organisation", "tenant/NAME", "site/TENANT/NAME", "group/TENANT/NAME", "device/ID") and
 * everything below it. Whatever a person has no right to read does not exist for them: -ENOENT,
 * with the same words as if it really did not.
 *
 * Grants are read from the database for each request: a change holds from the next request on,
 * on every server that shares the database.
 */
#ifndef SERVER_RIGHTS_H
#define SERVER_RIGHTS_H

#include "server/http.h"

enum right {
	RIGHT_READ,       /* devices, places, state, and all of what follows that only shows */
	RIGHT_LAYER,      /* a layer and its history; also of the layers above what one may read */
	RIGHT_DEVICES,    /* approve, place, swap, remove */
	RIGHT_CONFIG,     /* layers, undo, templates, variables, secrets (to write) */
	RIGHT_ORDERS,     /* to one device at a time */
	RIGHT_ORDERS_ALL, /* to a site, a group, a tenant at once */
	RIGHT_SCREEN,     /* screenshots, and later the live screen */
	RIGHT_ROLLOUTS,   /* start, stop, undo */
	RIGHT_EMERGENCY,  /* ask for a contingency set, and consent */
	RIGHT_PLACES,     /* make and remove sites and groups, rules, enrolment tokens and lists */
	RIGHT_PEOPLE,     /* who has which role, tokens of others, sign-in providers */
	RIGHT_AUDIT,      /* the audit log */
	RIGHT_PRIVACY,    /* names of users, export and deletion for GDPR, retention */
	RIGHT_SERVER,     /* webhooks, backup, retention, what the whole server does */
	RIGHT_COUNT,
};

/* --- roles */

/* The names of the roles and of the rights, ended by NULL. */
extern const char *const rights_roles[];
extern const char *const rights_names[];

/* The rights of a role as bits (1 << right); 0 for one that is not known. */
unsigned rights_of_role(const char *role);

/* --- the person of a request */

struct rights; /* what the person was granted; lives in the request */

/* Reads them, narrowed by the token; once, before the handler. */
int rights_load(struct request *request, struct err *err);

/*
 * 0; -ENOENT when the person may not even read there; -EPERM with a sentence (403) when only this
 * is not allowed. The organisation is no secret: there it is always -EPERM. Does not say that the
 * place of the scope exists.
 */
int rights_require(struct request *request, enum right right, const char *scope, struct err *err);

/* The same over a device: its tenant, site, groups or itself. */
int rights_require_device(struct request *request, enum right right, const struct db_device *device,
		struct err *err);

/* The device of an id, if the person has the right; -ENOENT in the words of db_device_get. */
int rights_device(struct request *request, enum right right, const char *id,
		struct db_device *device, struct err *err);

/* 0 when the person has the right at some scope, -EPERM else. */
int rights_require_somewhere(struct request *request, enum right right, struct err *err);

bool rights_has(struct request *request, enum right right, const char *scope);

/*
 * Of an event or a revision: is it about something where the person has the right? `tenant` and
 * `site` are those of the device or site; both "" when the scope's text says all.
 */
bool rights_sees(struct request *request, enum right right, const char *scope, const char *tenant,
		const char *site);

/*
 * What a list shows: everything (""), or what lies below these scopes. A line feed, then scopes
 * that are tenants ("tenant/A") or sites ("site/A/S"), each ended by a line feed: for SQL_IN_VIEW.
 * "\n" for nothing. With RIGHT_LAYER also layers above: "=organisation", "=tenant/A" of a site,
 * "=group/" and "=group/A" for all groups of no tenant and of A. Lives as long as the request.
 */
const char *rights_view(struct request *request, enum right right);

/* Tenant and site in a scope's text, "" for none. */
void rights_split(const char *scope, char tenant[DB_NAME_MAX], char site[DB_PLACE_MAX]);

/* [{"scope", "rights": [names]}]: what the person has, for the person. */
cJSON *rights_json(const struct request *request);

/* Does the person have (still) all of what rights_json said? */
bool rights_cover(const struct request *request, const cJSON *list);

/* The tenant and site that the request was allowed to change something of; false: none. */
bool rights_touched(const struct request *request, char tenant[DB_NAME_MAX],
		char site[DB_PLACE_MAX]);

void rights_finish(struct request *request);

#endif
