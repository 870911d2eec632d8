/* SPDX-License-Identifier: Apache-2.0 */
/* Name, tenant, site and groups of a device: given by a person, and put back. */
#ifndef SERVER_PEOPLE_MOVE_H
#define SERVER_PEOPLE_MOVE_H

#include "server/people.h"

struct people_move {
	const struct device_place *place;
	int64_t undoes; /* the revision that it takes back; 0: none */
	bool is_dry;
};

/*
 * The device is there once it returns. 1 when that is a revision, which `publish` (all zero, ended
 * by the caller) then tells about; 0 when it was so already. What was and is stands in the
 * revision's patch: {"before": {"name", "tenant", "site", "groups"}, "after": {...}}.
 */
int people_move(struct request *request, const struct people_move *move, struct db_device *device,
		struct publish *publish, struct err *err);

/* POST /revisions/N/undo of such a revision; -EBUSY when N is none. */
int people_undo_move(struct request *request, int64_t number, const char *reason, bool is_dry,
		struct err *err);

#endif
