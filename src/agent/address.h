/* SPDX-License-Identifier: Apache-2.0 */
/* The address of a server as people, DHCP and the kernel command line write it. Pure. */
#ifndef AGENT_ADDRESS_H
#define AGENT_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "wire/agent.h"

enum { ADDRESS_PORT_DEFAULT = 8443 };

struct address {
	char host[WIRE_HOST_MAX]; /* name, IPv4, or IPv6 without brackets */
	uint16_t port;
};

/*
 * `host`, `host:port` or `https://host[:port][/]`, IPv6 in brackets; blanks around it are
 * ignored. -EINVAL with what was expected for anything else.
 */
int address_parse(const char *text, struct address *ret, struct err *err);

/* The first of the texts that is an address; empty and senseless ones are passed over. */
bool address_choose(const char *const *texts, unsigned count, struct address *ret);

/* "https://host:port" into `buffer` of WIRE_URL_MAX bytes: always fits. */
void address_url(const struct address *address, char *buffer);

#endif
