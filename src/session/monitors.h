/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The monitors as the kiosk has them, in the terms of a server: [MS-RDPBCGR] 2.2.1.3.6 and
 * 2.2.1.3.9 when connecting, [MS-RDPEDISP] 2.2.2.2 afterwards. Pure.
 */
#ifndef SESSION_MONITORS_H
#define SESSION_MONITORS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "wire/session.h"

enum {
	MONITORS_SIDE_MIN = 200, /* pixels, [MS-RDPEDISP] 2.2.2.2.1 */
	MONITORS_SIDE_MAX = 8192,
	MONITORS_MM_MIN = 10, /* a size that is less or more is not told */
	MONITORS_MM_MAX = 10000,
};

/* What a server takes. */
struct monitors_limits {
	uint32_t count;  /* at least the primary one is told anyway */
	uint64_t pixels; /* of all together */
};

struct monitors_one {
	int32_t left, top;            /* pixels from the corner of the primary one, may be < 0 */
	uint32_t width, height;       /* width is even */
	uint32_t width_mm, height_mm; /* 0, 0: not known */
	uint32_t orientation;         /* degrees */
	uint32_t desktop_scale;       /* percent, 100..500 */
	uint32_t device_scale;        /* 100, 140 or 180 */
};

struct monitors {
	uint32_t width, height;                      /* of the box around all */
	unsigned count;                              /* at least 1 */
	struct monitors_one list[WIRE_MONITORS_MAX]; /* the primary one first, at 0, 0 */
};

/*
 * The monitors of START and RESIZE: as many as the wire has room for, exactly one primary, sides,
 * scales and rotations in range, none over another, and the box around them 0, 0, width, height.
 * -EINVAL with a sentence that names the field.
 */
int monitors_check(const struct wire_monitor *list, uint32_t count, uint32_t width, uint32_t height,
		struct err *err);

/*
 * What is told to the server of monitors that were checked; `count` 0: one of width x height.
 * The primary one always; of the others, from it outwards, what the limits leave room
 * for and what touches another one: a server refuses gaps. Every edge of odd x moves one pixel to
 * the left, as widths must be even and neighbours stay neighbours.
 */
void monitors_plan(const struct wire_monitor *list, uint32_t count, uint32_t width, uint32_t height,
		uint32_t scale_percent, const struct monitors_limits *limits, struct monitors *ret);

bool monitors_is_equal(const struct monitors *a, const struct monitors *b);

/* No limits: before the server said any. */
struct monitors_limits monitors_no_limits(void);

/* [MS-RDPEDISP] 2.2.2.1: those of its capabilities, each of which may be nonsense. */
struct monitors_limits monitors_server_limits(uint32_t count, uint32_t factor_a, uint32_t factor_b);

#endif
