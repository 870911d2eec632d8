/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups by rule, kept true: after whatever changes a fact, the device's memberships are judged
 * again, and a change of them is a revision of kind "rule". Who is in such a group is never set by
 * hand.
 */
#ifndef SERVER_RULES_H
#define SERVER_RULES_H

#include "server/db_inventory.h"
#include "server/publish.h"

/*
 * After the commit of a change of `uses` (RULE_USES_...) of one device. A config that the
 * groups would break leaves the device where it is, with a warning in the log.
 */
void rules_check(struct server *server, const char *id, unsigned uses);

/* Inside an open publish: the rule of a group is another one, "" for none any more. */
struct rules_change {
	struct array coming, going; /* ids, DB_ID_MAX bytes each */
};

void rules_change_finish(struct rules_change *change);

static inline void own_end_rules_change(struct rules_change *change)
{
	rules_change_finish(change);
}

int rules_set(struct publish *publish, const char *group, const char *rule,
		struct rules_change *change, struct err *err);

/* A device that goes to another tenant leaves the groups by rule of the one before. */
int rules_leave_tenant(struct db *db, struct db_device *device, struct err *err);

/* -EBUSY when groups set by hand differ from `before` in one that has a rule. */
int rules_check_manual(struct db *db, const char *before, const char *after, struct err *err);

#endif
