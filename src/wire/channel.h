/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages between our own processes over SOCK_SEQPACKET: one packet is one
 * fixed-size struct that begins with struct wire_header, with its descriptors
 * beside it (SCM_RIGHTS). Both ends come from one build, so layout and version
 * agree. A packet that no rule of the table allows - unknown type, other size,
 * other number of descriptors, wrong state - ends the channel: the peer may be
 * a worker that was taken over.
 */
#ifndef WIRE_CHANNEL_H
#define WIRE_CHANNEL_H

#include <stdint.h>

#include "base/err.h"
#include "base/loop.h"

enum {
	WIRE_MESSAGE_MAX = 64 * 1024, /* bytes of one packet */
	WIRE_FDS_MAX = 4,             /* descriptors of one packet */
	WIRE_QUEUE_MAX = 256,         /* packets waiting for a slow peer; more end the channel */
};

struct wire_header {
	uint32_t type;
	uint32_t size; /* of the whole struct, header included */
};

/* One kind of message that this end accepts. */
struct wire_rule {
	uint32_t type;
	uint32_t size;
	uint32_t fd_count;
	uint32_t states; /* bit mask of channel states in which it is allowed */
	const char *name;
	/*
	 * `message` is aligned and lives until the call returns. `fds` holds fd_count
	 * descriptors; one is taken by own_take_fd(&fds[i]), the rest is closed afterwards.
	 * A negative result ends the channel.
	 */
	int (*handle)(void *data, const void *message, int *fds);
};

struct wire_channel;

/* Called once, by the loop, when the peer ended (NULL) or broke a rule (why). Destroy allowed. */
typedef void (*wire_closed_fn)(void *data, const char *why);

/* Takes `fd`. `rules` is kept by reference. State is 1 at first. */
struct wire_channel *wire_channel_create(struct loop *loop, int fd, const struct wire_rule *rules,
		unsigned rule_count, wire_closed_fn on_closed, void *data);
void wire_channel_destroy(struct wire_channel *channel); /* takes NULL */

/* One bit: what the rules' `states` are compared with. */
void wire_channel_set_state(struct wire_channel *channel, uint32_t state);

/*
 * Send, or queue when the peer is slow (descriptors are duplicated then, and stay the
 * caller's in any case). -EPIPE: the peer is gone; -ENOBUFS: the queue is full. The
 * channel reports both to on_closed from the loop as well.
 */
int wire_send(struct wire_channel *channel, const void *message, const int *fds, unsigned fd_count);

/* Fill the header: wire_init(&m, WIRE_X) for a message struct m with member `header`. */
#define wire_init(message, kind) \
	((message)->header = (struct wire_header){.type = (kind), .size = sizeof(*(message))})

/* A connected pair of close-on-exec, non-blocking descriptors. */
int wire_pair(int fds[2], struct err *err);

/* Packets that wait for a slow peer: who sends what can be left out looks here first. */
unsigned wire_channel_queued(const struct wire_channel *channel);

#endif
