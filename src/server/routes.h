/* SPDX-License-Identifier: Apache-2.0 */
/* Every path of the server. */
#ifndef SERVER_ROUTES_H
#define SERVER_ROUTES_H

#include "server/route.h"

const struct route *routes_all(size_t *count);

#endif
