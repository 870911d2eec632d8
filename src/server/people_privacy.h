/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers of the people plane for what is known of one person or user, and for how long. */
#ifndef SERVER_PEOPLE_PRIVACY_H
#define SERVER_PEOPLE_PRIVACY_H

#include "server/http.h"

/* Is this what a report may call the name of its user, in any case? */
bool privacy_is_user_key(const char *key);

int people_privacy_export(struct request *request, struct err *err);
int people_privacy_erase(struct request *request, struct err *err);

int people_retention_get(struct request *request, struct err *err);
int people_retention_put(struct request *request, struct err *err);

#endif
