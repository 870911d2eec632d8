/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers of webhooks. */
#ifndef SERVER_PEOPLE_HOOK_H
#define SERVER_PEOPLE_HOOK_H

#include "server/people.h"

int people_hooks(struct request *request, struct err *err);
int people_hook_make(struct request *request, struct err *err);
int people_hook_patch(struct request *request, struct err *err);
int people_hook_remove(struct request *request, struct err *err);
int people_hook_deliveries(struct request *request, struct err *err);
int people_hook_test(struct request *request, struct err *err);
int people_hook_retry(struct request *request, struct err *err);

#endif
