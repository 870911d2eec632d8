/* SPDX-License-Identifier: Apache-2.0 */
#include "input/touch.h"

#include <linux/input-event-codes.h>
#include <math.h>

/* A resting finger trembles by some pixels: 1.2 % of the screen's side. */
static const double tremble = 0.012;

static void go(struct touch_steps *ret, double x, double y)
{
	ret->list[ret->count++] = (struct touch_step){.is_motion = true, .x = x, .y = y};
}

static void press(struct touch_steps *ret, uint32_t button, bool is_down)
{
	ret->list[ret->count++] = (struct touch_step){.button = button, .is_down = is_down};
}

static void move(struct touch *touch, double x, double y, struct touch_steps *ret)
{
	bool is_far = fabs(x - touch->x) > tremble || fabs(y - touch->y) > tremble;

	if (touch->state == TOUCH_RESTS && is_far) {
		touch->state = TOUCH_DRAGS;
		press(ret, BTN_LEFT, true);
	}
	if (touch->state == TOUCH_DRAGS)
		go(ret, x, y);
}

void touch_feed(struct touch *touch, enum touch_kind kind, double x, double y, int64_t time_us,
		struct touch_steps *ret)
{
	touch_time(touch, time_us, ret);
	switch (kind) {
	case TOUCH_DOWN:
		if (touch->state != TOUCH_NONE)
			return;
		*touch = (struct touch){TOUCH_RESTS, x, y, time_us + TOUCH_LONG_US};
		go(ret, x, y);
		return;
	case TOUCH_MOTION:
		move(touch, x, y, ret);
		return;
	case TOUCH_UP:
		if (touch->state == TOUCH_RESTS)
			press(ret, BTN_LEFT, true);
		break;
	case TOUCH_CANCEL:
		break;
	}
	if (touch->state == TOUCH_DRAGS || (touch->state == TOUCH_RESTS && kind == TOUCH_UP))
		press(ret, BTN_LEFT, false);
	touch->state = TOUCH_NONE;
}

void touch_time(struct touch *touch, int64_t now_us, struct touch_steps *ret)
{
	ret->count = 0;
	if (touch->state != TOUCH_RESTS || now_us < touch->long_us)
		return;
	touch->state = TOUCH_DONE;
	press(ret, BTN_RIGHT, true);
	press(ret, BTN_RIGHT, false);
}

int64_t touch_wake_us(const struct touch *touch)
{
	return touch->state == TOUCH_RESTS ? touch->long_us : -1;
}
