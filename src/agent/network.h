/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this machine knows of its surroundings: the file that the network scripts
 * write and the kernel command line. Parsers are pure and take any bytes: a line
 * or word that makes no sense is skipped.
 */
#ifndef AGENT_NETWORK_H
#define AGENT_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/messages.h"
#include "base/loop.h"
#include "wire/agent.h"

enum network_state {
	NETWORK_UNKNOWN, /* no file, or nothing in it: try anyway */
	NETWORK_NO_CARRIER,
	NETWORK_NO_ADDRESS,
	NETWORK_UP,
};

struct network {
	enum network_state state;
	char interface[32];
	char address[64];
	char domain[WIRE_HOST_MAX];
	char server[WIRE_URL_MAX]; /* DHCP option 224 */
};

/* Lines `key=value` (see /run/tynd/network). */
struct network network_parse(const char *text, size_t size);

struct cmdline {
	char server[WIRE_URL_MAX]; /* tynd.server= */
	bool has_pin;
	uint8_t pin[32];                /* tynd.ca=sha256:HEX of the CA certificate's DER */
	bool is_pin_broken;             /* tynd.ca= is there and makes no sense: trust nobody */
	char token[MESSAGES_TOKEN_MAX]; /* tynd.token=: a site token, whose end is a pin too; or "" */
};

/* The last one of a repeated word counts, as for the kernel. */
struct cmdline cmdline_parse(const char *text, size_t size);

/* Read a file and parse it; a missing or overlong one is an empty one. */
struct network network_read(const char *path);
struct cmdline cmdline_read(const char *path);

struct network_watch;

/* Calls `fn` after each change of the file at `path`. NULL when the kernel has no watch left. */
struct network_watch *network_watch_create(struct loop *loop, const char *path,
		void (*fn)(void *data), void *data);
void network_watch_destroy(struct network_watch *watch); /* takes NULL */

#endif
