/* SPDX-License-Identifier: Apache-2.0 */
/* Networks in CIDR form (RFC 4632, RFC 4291) and whether an address is in one of a list. Pure. */
#ifndef SERVER_CIDR_H
#define SERVER_CIDR_H

#include <stdbool.h>

#include "base/err.h"

enum { CIDR_TEXT_MAX = 50, CIDR_LIST_MAX = 1024 };

/* "10.0.0.0/8", "2001:db8::/32" or one address. -EINVAL also when bits behind the prefix are set. */
int cidr_check(const char *network, struct err *err);

/* `networks`: each ended by a line feed; an empty list holds no address. */
bool cidr_list_holds(const char *networks, const char *address);

/* Loopback, link-local, private, shared, multicast and the like: no address of the internet. */
bool cidr_is_private(const char *address);

#endif
