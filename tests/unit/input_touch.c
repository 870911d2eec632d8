/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/test.h"

#include <linux/input-event-codes.h>

#include "input/touch.h"

struct feed {
	enum touch_kind kind;
	double x;
	int64_t ms;
};

static const struct {
	const char *what;
	struct feed feeds[8];
	const char *steps; /* m: go there; L, l, R, r: buttons down and up */
} rows[] = {
		{"a tap is a click where it is", {{TOUCH_DOWN, 0.5, 0}, {TOUCH_UP, 0, 80}}, "mLl"},
		{"a finger that trembles still taps",
				{{TOUCH_DOWN, 0.5, 0}, {TOUCH_MOTION, 0.505, 20},
						{TOUCH_UP, 0, 80}},
				"mLl"},
		{"a finger that moves drags",
				{{TOUCH_DOWN, 0.5, 0}, {TOUCH_MOTION, 0.6, 20},
						{TOUCH_MOTION, 0.7, 30}, {TOUCH_UP, 0, 900}},
				"mLmml"},
		{"a finger that rests is the right button",
				{{TOUCH_DOWN, 0.5, 0}, {TOUCH_MOTION, 0.501, 700},
						{TOUCH_MOTION, 0.9, 800}, {TOUCH_UP, 0, 900}},
				"mRr"},
		{"a late release was a long press", {{TOUCH_DOWN, 0.5, 0}, {TOUCH_UP, 0, 600}},
				"mRr"},
		{"the screen took the finger away: nothing",
				{{TOUCH_DOWN, 0.5, 0}, {TOUCH_CANCEL, 0, 50}}, "m"},
		{"taken away while dragging: the button goes up",
				{{TOUCH_DOWN, 0.5, 0}, {TOUCH_MOTION, 0.8, 20},
						{TOUCH_CANCEL, 0, 50}},
				"mLml"},
		{"up and moving without down are nothing",
				{{TOUCH_UP, 0, 0}, {TOUCH_MOTION, 0.5, 10}, {TOUCH_CANCEL, 0, 20}},
				""},
		{"down twice is once",
				{{TOUCH_DOWN, 0.5, 0}, {TOUCH_DOWN, 0.6, 10}, {TOUCH_UP, 0, 80}},
				"mLl"},
		{"the next finger is a new one",
				{{TOUCH_DOWN, 0.5, 0}, {TOUCH_UP, 0, 700}, {TOUCH_DOWN, 0.5, 800},
						{TOUCH_UP, 0, 850}},
				"mRrmLl"},
};

int main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		TEST(rows[i].what) {
			struct touch touch = {0};
			struct touch_steps steps;
			char text[64] = "";

			for (unsigned j = 0; j == 0 || rows[i].feeds[j].ms > 0; j++) {
				const struct feed *feed = &rows[i].feeds[j];

				touch_feed(&touch, feed->kind, feed->x, 0.5,
						1000000 + feed->ms * 1000, &steps);
				for (unsigned k = 0; k < steps.count; k++) {
					const struct touch_step *s = &steps.list[k];

					strcat(text, s->is_motion ? "m"
							: s->button == BTN_LEFT
									? s->is_down ? "L" : "l"
							: s->is_down ? "R"
								     : "r");
				}
				CHECK(steps.count <= TOUCH_STEPS_MAX);
			}
			CHECK_TEXT(text, rows[i].steps);
			CHECK_INT(touch_wake_us(&touch), -1);
		}
	TEST_END();
}
