/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The layout of the database: numbered steps, each done once, in one transaction with its
 * number. A step that was released is never changed; a new layout is a new step,
 * in a file of its own, in both dialects. Texts of PostgreSQL compare by their bytes
 * (COLLATE "C"), as SQLite's do; what holds JSON and is searched is `json` there, which keeps
 * the text as it was written.
 */
#ifndef SERVER_LAYOUT_H
#define SERVER_LAYOUT_H

#include "server/sql.h"

struct layout_step {
	const char *sqlite, *pg;
};

extern const struct layout_step layout_base, layout_audit, layout_lease, layout_tenant,
		layout_variant;
extern const struct layout_step layout_contingency, layout_rollout;
extern const struct layout_step layout_admit;
extern const struct layout_step layout_order;
extern const struct layout_step layout_secret;
extern const struct layout_step layout_person;
extern const struct layout_step layout_once;
extern const struct layout_step layout_retired;
extern const struct layout_step layout_fleet;
extern const struct layout_step layout_inventory;

extern const struct layout_step layout_hook;
extern const struct layout_step layout_file;
extern const struct layout_step layout_retention;

/* All steps in their order, ended by NULL. */
extern const struct layout_step *const layout[];

#endif
