/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers of inventory and of groups by rule. */
#ifndef SERVER_PEOPLE_INVENTORY_H
#define SERVER_PEOPLE_INVENTORY_H

#include "server/people.h"

int people_inventory(struct request *request, struct err *err);
int people_inventory_patch(struct request *request, struct err *err);
int people_inventory_changes(struct request *request, struct err *err);
int people_inventories(struct request *request, struct err *err);

/* PUT of a group with a rule; rights are checked. */
int people_group_rule(struct request *request, struct err *err);
/* "rule" of a group's object. */
void people_put_rule(cJSON *item, struct db *db, const char *group);

#endif
