/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which devices are in a group by themselves: a condition over what is known of a device. JSON,
 * docs/api.md "Groups by rule":
 *	{"all": [...]}, {"any": [...]}, {"not": {...}}, or {"field": "inventory.memory.total_mb", "at_least": 4000}
 * Pure; no recursion, at most RULE_NODES_MAX conditions RULE_DEPTH_MAX deep.
 */
#ifndef SERVER_RULE_H
#define SERVER_RULE_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/err.h"
#include "base/own.h"

enum { RULE_NODES_MAX = 64, RULE_DEPTH_MAX = 6, RULE_FIELD_MAX = 96 };

/* What the first word of a field names. */
enum {
	RULE_USES_DEVICE = 1 << 0, /* id, name, tenant, site, address */
	RULE_USES_HARDWARE = 1 << 1,
	RULE_USES_REPORT = 1 << 2,
	RULE_USES_INVENTORY = 1 << 3,
	RULE_USES_ALL = (1 << 4) - 1,
};

struct rule;

/* Borrows from `tree`, which must outlive it. -EINVAL with the path of what is wrong. */
int rule_compile(const cJSON *tree, struct rule **ret, struct err *err);
void rule_destroy(struct rule *rule); /* takes NULL */

OWN_DEFINE(rule, struct rule, rule_destroy);

unsigned rule_uses(const struct rule *rule);

/* `facts`: {"device": {...}, "hardware": {...}, "report": {...}, "inventory": {...}}, any missing. */
bool rule_holds(const struct rule *rule, const cJSON *facts);

#endif
