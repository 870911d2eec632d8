/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose pixels are the newest, for each rectangle of one surface that gets H.264: those of the
 * surface's XRGB memory ("desktop"), or those of the newest decoded picture ("video", shown by a
 * plane without being converted). Pure: no FreeRDP, no decoder, no clock.
 *
 * A command queues its rectangles with the number of its packet. When the packet was decoded they
 * go to the plane (large and moving) or to `convert` (everything else: what is typed is sharp at once).
 * What others draw afterwards wins over packets that are still in the queue.
 *
 * AVC444 [MS-RDPEGFX] 3.3.8.3.2: the main picture alone is 4:2:0; where the auxiliary one is as new
 * (`sharp`), both together are 4:4:4. On the plane is the main one. What rests there is
 * converted with both, and leaves the plane.
 */
#ifndef SESSION_OWNERSHIP_H
#define SESSION_OWNERSHIP_H

#include "session/region.h"

enum {
	OWNERSHIP_PENDING_MAX = 32, /* packets that were not decoded yet */
	OWNERSHIP_TICK_MS = 50,     /* what was not renewed for two to three of these rests */
	OWNERSHIP_LARGE_AREA = 320 * 180,
	OWNERSHIP_LARGE_PART = 8,  /* or this part of the surface, if that is less */
	OWNERSHIP_MOVING_MS = 375, /* three large updates within it: 8 a second */
	OWNERSHIP_MOVING_UPDATES = 3,
};

enum ownership_kind {
	OWNERSHIP_MAIN,        /* AVC420, or luma and a part of chroma of AVC444 */
	OWNERSHIP_MAIN_OF_TWO, /* the same, and the auxiliary one of the same command follows */
	OWNERSHIP_AUXILIARY,
};

struct ownership_pending {
	uint64_t number; /* of the packet */
	enum ownership_kind kind;
	bool is_whole; /* the command covered the whole surface */
	struct region region;
};

struct ownership {
	struct wire_rect area; /* the whole surface */
	bool is_avc444;
	struct region plane;   /* video's: all the rest is the desktop's */
	struct region sharp;   /* the auxiliary picture is as new as the main one */
	struct region waiting; /* decoded, to be converted once the auxiliary one is there */
	bool has_waited;
	bool is_reordered;    /* pictures come in another order than packets (B-frames) */
	struct region placed; /* what came out last; of reordered streams: all that ever came out */
	struct region recent[2]; /* what was renewed in this tick, in the one before */
	int64_t large_ms[OWNERSHIP_MOVING_UPDATES]; /* when large updates came, newest first */
	unsigned pending_count;
	struct ownership_pending pending[OWNERSHIP_PENDING_MAX]; /* oldest first */
};

void ownership_init(struct ownership *ownership, int32_t width, int32_t height);

/*
 * A command's rectangles, cut to the surface. Rectangles that cannot be told apart any more become
 * the one around them.
 */
void ownership_region(const struct ownership *ownership, const struct wire_rect *rects,
		unsigned count, struct region *ret);

/* All that the packet of the same kind before it changes, and that did not come out, changes with it. */
bool ownership_covers(const struct ownership *ownership, enum ownership_kind kind,
		const struct region *region);

/* It came with packet `number`. Packets that wait for a key frame for long become one. */
void ownership_queue(struct ownership *ownership, uint64_t number, enum ownership_kind kind,
		const struct region *region);

/* Before the desktop draws: all that is pending must be decoded first, or its shape would be lost. */
bool ownership_is_ragged(const struct ownership *ownership);

/* The desktop drew all of `rect`. */
void ownership_draw(struct ownership *ownership, struct wire_rect rect);

/* What is decoded and shown at most. */
struct ownership_now {
	uint64_t main, auxiliary; /* newest packets that a picture came out of; 0: none */
	int64_t ms;
	bool may_show; /* a plane is to be had */
	bool is_late;  /* the picture is of an earlier packet than one that came out before it */
};

/* What must be converted now, from the newest pictures; it is the desktop's then. */
struct ownership_work {
	struct region sharp; /* with both pictures */
	struct region plain; /* with the main one */
};

/*
 * The picture of packet `number` is there, and shall replace the one before it: what it was not to
 * change must be converted out of those that are there now, first.
 */
void ownership_replace(struct ownership *ownership, uint64_t number, bool is_auxiliary,
		struct ownership_work *work);

/* It did. */
void ownership_decoded(struct ownership *ownership, const struct ownership_now *now,
		struct ownership_work *work);

/* Every OWNERSHIP_TICK_MS while something of AVC444 is on the plane. */
void ownership_tick(struct ownership *ownership, struct ownership_work *work);

/* All that is on the plane has to leave it. */
void ownership_leave(struct ownership *ownership, struct ownership_work *work);

/* The part of `rect` on the plane has to be in the surface's memory, too, and stays. */
void ownership_read(const struct ownership *ownership, struct wire_rect rect,
		struct ownership_work *work);

/* Whether a packet that is not decoded yet changes something in `rect`. */
bool ownership_is_pending(const struct ownership *ownership, struct wire_rect rect);

/* At most `count` rectangles are on the plane: the smallest ones beyond leave it. */
void ownership_simplify(struct ownership *ownership, unsigned count, struct ownership_work *work);

/* Everything is the desktop's, converted or not; what is pending does nothing. */
void ownership_forget(struct ownership *ownership);

#endif
