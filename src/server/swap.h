/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One unit takes another one's place: name, tenant, site, groups and the device's own layer move,
 * the old one's certificate ends. Revisions in one transaction; it can be undone until the old
 * one is removed for good.
 */
#ifndef SERVER_SWAP_H
#define SERVER_SWAP_H

#include "server/publish.h"

/* Devices whose certificate ends are remembered, so that they can be told why. */
int swap_retire(struct publish *publish, const struct db_device *device, const char *successor,
		const char *before, struct err *err);

/*
 * Inside an open publish, whose scope is device/`unit->id`. With an enrolment (undecided) `unit` has id and
 * approved_by and is made of it; without one (NULL) it is a device.
 */
int swap_devices(struct publish *publish, const struct db_device *old, struct db_device *unit,
		struct db_enrolment *enrolment, struct err *err);

/* The other way: `unit` becomes what it was before, the one it replaced comes back as it was. */
int swap_undo(struct publish *publish, struct db_device *unit, char old[DB_ID_MAX],
		struct err *err);

/* The devices whose serial number, MAC address, name or id is `label`, forgivingly: at most `max`. */
int swap_find(struct db *db, const char *label, struct db_device *found, unsigned max,
		unsigned *count, struct err *err);

#endif
