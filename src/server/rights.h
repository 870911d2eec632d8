/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the person of a request may do, and where. A right is held over a scope
 * ("organisation", "tenant/NAME", "site/NAME", "group/NAME", "device/ID") and everything below it.
 * Whatever a person has no right to read does not exist for them: -ENOENT, with the same words
 * as if it really did not.
 */
#ifndef SERVER_RIGHTS_H
#define SERVER_RIGHTS_H

#include "server/http.h"

enum right {
	RIGHT_READ,       /* devices, places, config, history, state */
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
};

/*
 * 0; -ENOENT when the person may not even read there; -EPERM with a sentence (403) when only this
 * is not allowed.
 */
int rights_require(struct request *request, enum right right, const char *scope, struct err *err);

/* The same over a device: its tenant, site, groups or itself. */
int rights_require_device(struct request *request, enum right right, const struct db_device *device,
		struct err *err);

/*
 * What a list shows: everything (""), or what lies below these scopes, each ended by a line
 * feed. Lives as long as the request.
 */
const char *rights_view(struct request *request, enum right right);

#endif
