/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets for people: set, list, remove; never read back. */
#ifndef SERVER_PEOPLE_SECRET_H
#define SERVER_PEOPLE_SECRET_H

#include "server/people.h"

int people_secrets(struct request *request, struct err *err);
int people_secret_put(struct request *request, struct err *err);
int people_secret_remove(struct request *request, struct err *err);

#endif
