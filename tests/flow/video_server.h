/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of video_server.c: what is drawn besides H.264, and the H.264 files. */
#ifndef TESTS_FLOW_VIDEO_SERVER_H
#define TESTS_FLOW_VIDEO_SERVER_H

#include "rdp_peer.h"

enum { VIDEO_SLOTS = 8, VIDEO_REGIONS = 16 };

/* Access units of one H.264 stream: in the file a 32-bit little endian length before each. */
struct units {
	BYTE *bytes; /* mapped, never let go */
	size_t size;
	size_t *starts; /* of the bytes behind the lengths */
	UINT32 *lengths;
	unsigned count;
};

bool units_load(struct units *units, const char *path);

enum video_kind {
	KIND_420,
	KIND_444,
	KIND_444V2,
	KIND_LUMA,
	KIND_CHROMA,
	KIND_LUMA_V1,
	KIND_CHROMA_V1,
	KINDS
};

struct picture {
	UINT16 surface, width, height;
	enum video_kind kind;
	const BYTE *data[2]; /* second: auxiliary, of the kinds that carry both */
	UINT32 length[2];
	unsigned region_count;
	RECTANGLE_16 regions[VIDEO_REGIONS];
};

UINT draw_video(RdpgfxServerContext *gfx, const struct picture *picture);

/* The pattern: at x, y of the rectangle blue x * 4 ^ seed, green y * 4, red x ^ y, all & 255. */
UINT draw_raw(RdpgfxServerContext *gfx, UINT16 surface, RECTANGLE_16 at, unsigned seed);
UINT draw_planar(RdpgfxServerContext *gfx, UINT16 surface, RECTANGLE_16 at, unsigned seed);
/* Rows of one colour: blue y * 8, green seed, red 255 - y * 4. `sequence` counts ClearCodec messages. */
UINT draw_clear(RdpgfxServerContext *gfx, UINT16 surface, RECTANGLE_16 at, unsigned seed,
		BYTE sequence);

/* ResetGraphics: width and height, then those and the place of each monitor. */
bool draw_reset(RdpgfxServerContext *gfx, const long *n, unsigned count);

/* Dynamic channels of the test's own, NULL: none. */
HANDLE channel_open(HANDLE channels, const char *name);
bool channel_is_pending(HANDLE channel, bool *is_up); /* the client has not answered yet */
bool channel_send(HANDLE channel, const char *path);  /* all of a file is one message */
void channel_print(HANDLE channel, unsigned slot);    /* what the client sent */

#endif
