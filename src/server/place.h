/* SPDX-License-Identifier: Apache-2.0 */
/* Names of tenants, sites, groups, devices and people; scopes made of them. */
#ifndef SERVER_PLACE_H
#define SERVER_PLACE_H

#include "server/db.h"

/* 1..63 bytes of UTF-8, no control characters, no '/', no space at the ends. */
int place_name_check(const char *name, struct err *err);

/* The tenant in the name of a site or group: "Aarhus" of "Aarhus/Harbour", "" of "Harbour". */
void place_tenant(const char *name, char tenant[DB_NAME_MAX]);

/* The name without its tenant. */
const char *place_short(const char *name);

/* Makes a tenant, or a site or group, whose tenant must be there. */
int place_put(struct db *db, enum db_place_kind kind, const char *name, struct err *err);

/* The place is there, or is made when `may_create`. */
int place_ensure(struct db *db, enum db_place_kind kind, const char *name, bool may_create,
		struct err *err);

/*
 * "organisation" (name NULL) or KIND/NAME into `scope`. -ENOENT when that tenant, site,
 * group or device does not exist.
 */
int place_scope(struct db *db, const char *kind, const char *name, char scope[DB_SCOPE_MAX],
		struct err *err);

#endif
