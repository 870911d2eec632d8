/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One thread that decodes all H.264 of a session. Packets go in, in order and never skipped, as later
 * ones refer to them; a picture that nobody took goes when one that covers it comes. Everything
 * here is called by the thread of the session's loop, and nothing but decode_push and
 * decode_wait ever waits, both with a limit.
 */
#ifndef SESSION_DECODE_H
#define SESSION_DECODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/loop.h"
#include "video/video.h"

enum {
	DECODE_STREAMS_MAX = 16,     /* surfaces with a decoder */
	DECODE_PACKETS_FULL = 4,     /* so many wait: nothing more is read from the server */
	DECODE_PACKETS_MAX = 16,     /* a server that sent them in one piece waits here */
	DECODE_BYTES_FULL = 8 << 20, /* the same for their bytes */
	DECODE_WAIT_MS = 2000,       /* the decoder itself gives up earlier */
	DECODE_KEPT_MAX = 3,         /* pictures of a stream that nobody took yet */
	DECODE_HELD_MAX = 8,         /* pictures of a stream that are held at the same time */
};

struct decode;
struct decode_stream;

struct decode_picture {
	struct video_frame *frame; /* the taker's */
	uint64_t number;           /* of its packet */
	bool is_auxiliary;
	bool is_late; /* one of a later packet came before it (B-frames) */
};

struct decode_figures {
	uint64_t packets, frames, errors;
	uint64_t dropped; /* pictures that nobody took before a newer one came */
	uint64_t bytes_in, bytes_copied;
};

/* `on_done` runs in the loop whenever packets were decoded. */
int decode_create(struct loop *loop, uint32_t backends, void (*on_done)(void *data), void *data,
		struct decode **ret, struct err *err);

/* Ends the thread and forgets what is in the queue. Takes NULL. */
void decode_destroy(struct decode *decode);

/* NULL: there are DECODE_STREAMS_MAX of them. */
struct decode_stream *decode_stream_open(struct decode *decode);

/* Its packets are still decoded, its pictures live on where they are held. Takes NULL. */
void decode_stream_close(struct decode_stream *stream);

struct decode_packet {
	const void *bytes;
	size_t size;
	bool is_auxiliary;
	bool covers; /* its picture makes those of its kind before it superfluous */
};

/*
 * One access unit, copied. Numbers count from 1 over all streams. -ETIME: the decoder does not get on,
 * and the packet is lost; -EMSGSIZE: too large.
 */
int decode_push(struct decode_stream *stream, const struct decode_packet *packet, uint64_t *number);

/* So much waits that the server has to wait, too. */
bool decode_is_full(struct decode *decode);

/* A stream stands still until its next key frame. */
bool decode_is_broken(struct decode *decode);

/* The number of the newest packet that is done, with or without a picture. */
uint64_t decode_done(struct decode *decode);

/* Wait until packet `number` is done. False: not in time. */
bool decode_wait(struct decode *decode, uint64_t number);

/* The oldest picture that was not taken yet. False: there is none. */
bool decode_take(struct decode_stream *stream, struct decode_picture *ret);

/* Once its first picture was decoded: who does it. NULL: not known yet. */
const char *decode_backend(struct decode *decode);
struct decode_figures decode_figures(struct decode *decode);

#endif
