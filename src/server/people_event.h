/* SPDX-License-Identifier: Apache-2.0 */
/* Events for people: as a stream, or by long-poll. docs/api.md. */
#ifndef SERVER_PEOPLE_EVENT_H
#define SERVER_PEOPLE_EVENT_H

#include "server/people.h"

int people_events(struct request *request, struct err *err);

#endif
