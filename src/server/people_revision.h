/* SPDX-License-Identifier: Apache-2.0 */
/* What a revision did to a layer. */
#ifndef SERVER_PEOPLE_REVISION_H
#define SERVER_PEOPLE_REVISION_H

#include "server/people.h"
#include "server/rights.h"

/* The layer's documents before and after revision `number`; both NULL when it changed none. */
int people_past(struct db *db, int64_t number, char scope[DB_SCOPE_MAX], cJSON **before,
		cJSON **after, struct err *err);

/*
 * The revision is there for the person (-ENOENT else), and `right` is theirs where it is about
 * (-EPERM else).
 */
int people_revision_require(struct request *request, int64_t number, enum right right,
		struct err *err);

/* The number of /revisions/:number. */
int people_number(struct request *request, int64_t *ret, struct err *err);

#endif
