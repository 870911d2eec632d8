/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages of video optimized remoting [MS-RDPEVOR] and of the geometry that belongs to it [MS-RDPEGT]:
 * a server's bytes to plain values, with limits. Pure: no FreeRDP, no decoder, no clock.
 */
#ifndef SESSION_EVOR_PARSE_H
#define SESSION_EVOR_PARSE_H

#include "base/array.h"
#include "base/err.h"
#include "session/region.h"

enum {
	EVOR_SAMPLE_MAX = 8 << 20, /* bytes of one access unit */
	EVOR_PACKETS_MAX = 16384,  /* that it may come in */
	EVOR_RECTS_MAX = 128,      /* of a geometry's region */
	EVOR_COORDINATE_MAX = 1 << 20,
};

/* TSMM_PRESENTATION_REQUEST, [MS-RDPEVOR] 2.2.1.1. */
struct evor_request {
	uint8_t id;
	bool is_start;
	bool is_h264;
	uint32_t width, height; /* of the picture; 1..WIRE_SIDE_MAX when it starts */
	uint64_t geometry;
};

/* TSMM_VIDEO_DATA, [MS-RDPEVOR] 2.2.1.4: a piece of an access unit. */
struct evor_data {
	uint8_t id;
	bool is_key;
	uint16_t index, count; /* index: 1..count */
	uint32_t sample;
	const uint8_t *bytes; /* of the message */
	size_t size;
};

/* MAPPED_GEOMETRY_PACKET, [MS-RDPEGT] 2.2.1.2. */
struct evor_geometry {
	uint64_t id;
	bool is_clear;
	struct wire_rect target; /* pixels of the desktop; may be empty, and may lie outside */
	bool has_region;         /* otherwise all of the target is seen */
	unsigned count;          /* 0: nothing is seen */
	struct wire_rect visible[WIRE_VISIBLE_MAX]; /* parts of the target, none twice */
};

/* -EBADMSG: too short, beyond a limit, or of another type. */
int evor_parse_request(const uint8_t *bytes, size_t size, struct evor_request *ret,
		struct err *err);
int evor_parse_data(const uint8_t *bytes, size_t size, struct evor_data *ret, struct err *err);
int evor_parse_geometry(const uint8_t *bytes, size_t size, struct evor_geometry *ret,
		struct err *err);

/* Where the picture is shown on the desktop. False: nowhere. */
bool evor_place(const struct evor_geometry *geometry, struct wire_rect picture,
		struct wire_rect desktop, struct wire_video *ret);

/* An access unit that comes in pieces. */
struct evor_sample {
	struct array bytes;
	uint32_t number;
	uint16_t index, count; /* pieces that are there, of so many */
	bool is_key;
	bool has_lost; /* a piece is missing: nothing is whole before a key frame */
};

void evor_sample_init(struct evor_sample *sample);
void evor_sample_finish(struct evor_sample *sample);

/* 1: it is whole; 0: not yet, or it cannot be used; -EMSGSIZE: beyond EVOR_SAMPLE_MAX. */
int evor_sample_add(struct evor_sample *sample, const struct evor_data *data);

#endif
