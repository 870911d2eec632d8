/* SPDX-License-Identifier: Apache-2.0 */
/* Contingency sets, for people. docs/api.md. */
#ifndef SERVER_PEOPLE_CONTINGENCY_H
#define SERVER_PEOPLE_CONTINGENCY_H

#include "server/contingency.h"
#include "server/people.h"
#include "server/rights.h"

enum { CONTINGENCY_CONSENT_S = 15 * 60 };

int people_contingencies(struct request *request, struct err *err);
int people_contingency_make(struct request *request, struct err *err);
int people_contingency_get(struct request *request, struct err *err);
int people_contingency_change(struct request *request, struct err *err);
int people_contingency_remove(struct request *request, struct err *err);
int people_contingency_rehearse(struct request *request, struct err *err);
int people_contingency_on(struct request *request, struct err *err);
int people_contingency_off(struct request *request, struct err *err);
int people_contingency_withdraw(struct request *request, struct err *err);
int people_contingency_consent(struct request *request, struct err *err);

/* The set of /contingency/:id, when the person has the right over its tenant. */
int people_contingency_find(struct request *request, enum right right, struct db_contingency *ret,
		struct err *err);
void people_contingency_scope(const struct db_contingency *set, char scope[DB_SCOPE_MAX]);
int people_contingency_json(struct db *db, const struct db_contingency *set, cJSON **ret,
		struct err *err);

#endif
