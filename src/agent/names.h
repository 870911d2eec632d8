/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names to addresses without stopping the loop: getaddrinfo and DNS SRV run in
 * short-lived threads, at most NAMES_THREADS_MAX at once. A thread shares nothing
 * with the loop but its own question and a locked list of answers, and tells by an
 * eventfd. (libresolv has no asynchronous interface, and a resolver of our own would
 * be one more parser of packets from anywhere.)
 */
#ifndef AGENT_NAMES_H
#define AGENT_NAMES_H

#include <stdint.h>
#include <sys/socket.h>

#include "base/loop.h"
#include "wire/session.h"

enum { NAMES_THREADS_MAX = 4, NAMES_WAITING_MAX = 16, NAMES_ADDRESSES_MAX = 8 };

struct names;
struct names_question;

struct names_address {
	struct sockaddr_storage address;
	socklen_t size;
};

struct names_answer {
	unsigned count; /* 0: the name is not known, or DNS did not answer */
	struct names_address addresses[NAMES_ADDRESSES_MAX];
	char host[WIRE_HOST_MAX]; /* SRV: target; "": there is none */
	uint16_t port;
};

typedef void (*names_done_fn)(void *data, const struct names_answer *answer);

/* `dns` ("ADDRESS:PORT", IPv4) is asked for SRV instead of the system's servers; NULL: those. */
struct names *names_create(struct loop *loop, const char *dns);
void names_destroy(struct names *names); /* takes NULL; no calls any more */

/* Addresses of a host and port; a numeric host as well. NULL: too many are waiting. */
struct names_question *names_ask_host(struct names *names, const char *host, uint16_t port,
		names_done_fn done, void *data);
/* _tynd._tcp.`domain`: one target, picked as RFC 2782 says. NULL as above. */
struct names_question *names_ask_service(struct names *names, const char *domain,
		names_done_fn done, void *data);
void names_cancel(struct names_question *question); /* no call; takes NULL */

/*
 * Pure: pick a target of the SRV answer in the DNS packet: lowest priority, by weight
 * with 32 `random` bits. Returns 0 and leaves `answer` when the packet holds none.
 */
int names_pick_service(const uint8_t *packet, size_t size, uint32_t random,
		struct names_answer *answer);

#endif
