/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One finger on a touch screen as a mouse: a tap is a click, a finger that moves drags, one
 * that rests is the right button. Pure. Places are 0..1 of the touch screen.
 */
#ifndef INPUT_TOUCH_H
#define INPUT_TOUCH_H

#include <stdbool.h>
#include <stdint.h>

enum { TOUCH_LONG_US = 600 * 1000, TOUCH_STEPS_MAX = 4 };

enum touch_kind { TOUCH_DOWN, TOUCH_MOTION, TOUCH_UP, TOUCH_CANCEL };

enum touch_state {
	TOUCH_NONE,
	TOUCH_RESTS, /* not decided yet */
	TOUCH_DRAGS, /* the left button is down */
	TOUCH_DONE,  /* was a right click: the rest of it means nothing */
};

struct touch {
	enum touch_state state;
	double x, y; /* where the finger came down */
	int64_t long_us;
};

/* In their order: go there, or a button (BTN_LEFT, BTN_RIGHT). */
struct touch_step {
	bool is_motion;
	double x, y;
	uint32_t button;
	bool is_down;
};

struct touch_steps {
	unsigned count;
	struct touch_step list[TOUCH_STEPS_MAX];
};

/* x, y: of DOWN and MOTION. `ret` is filled anew. */
void touch_feed(struct touch *touch, enum touch_kind kind, double x, double y, int64_t time_us,
		struct touch_steps *ret);
void touch_time(struct touch *touch, int64_t now_us, struct touch_steps *ret);
int64_t touch_wake_us(const struct touch *touch); /* -1: never */

#endif
