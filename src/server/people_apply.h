/* SPDX-License-Identifier: Apache-2.0 */
/* Several layers at once, as documents: config that is kept in files. */
#ifndef SERVER_PEOPLE_APPLY_H
#define SERVER_PEOPLE_APPLY_H

#include "server/people.h"

int people_layers_apply(struct request *request, struct err *err);

#endif
