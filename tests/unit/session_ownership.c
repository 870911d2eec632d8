/* SPDX-License-Identifier: Apache-2.0 */
/* Who owns which rectangle, as tables of steps: what comes, and what must be where afterwards. */
#include "unit/test.h"

#include "session/ownership.h"

enum { WIDTH = 1280, HEIGHT = 720 };

enum act {
	END,
	MAIN,           /* a command with one packet */
	TWO,            /* with two */
	REFINE,         /* with the auxiliary one alone */
	DONE,           /* all packets so far came out, after `ms` */
	DONE_NO_CHROMA, /* all but the auxiliary one of the last command */
	BUSY,           /* the same as DONE, but the plane is somebody else's */
	DRAW,
	TICK,
	LEAVE,
	READ,
	FORGET,
};

struct step {
	enum act act;
	struct wire_rect rect;
	int ms; /* since the step before */
	/* afterwards: areas in pixels */
	int64_t plane, sharp, plain;
};

#define ALL {0, 0, WIDTH, HEIGHT}
#define LARGE {0, 0, 640, 360}
#define SMALL {100, 100, 180, 140}
#define FAR_AWAY {1000, 600, 1080, 640}
#define WHOLE ((int64_t)WIDTH * HEIGHT)
#define L ((int64_t)640 * 360)
#define S ((int64_t)80 * 40)

static const struct {
	const char *name;
	struct step steps[24];
} cases[] = {
		{"a whole surface of AVC420 goes to the plane at once",
				{{MAIN, ALL, 0}, {DONE, ALL, 10, .plane = WHOLE}}},
		{"and stays there at rest", {{MAIN, ALL, 0}, {DONE, ALL, 10, .plane = WHOLE},
							    {TICK, ALL, 50, .plane = WHOLE},
							    {TICK, ALL, 50, .plane = WHOLE},
							    {TICK, ALL, 50, .plane = WHOLE}}},
		{"not when the plane is another's",
				{{MAIN, ALL, 0}, {BUSY, ALL, 10, .plain = WHOLE}}},
		{"a small part is converted", {{MAIN, SMALL, 0}, {DONE, ALL, 10, .plain = S}}},
		{"a large one that does not move, too",
				{{MAIN, LARGE, 0}, {DONE, ALL, 10, .plain = L}, {MAIN, LARGE, 0},
						{DONE, ALL, 500, .plain = L}, {MAIN, LARGE, 0},
						{DONE, ALL, 500, .plain = L}}},
		{"the third large one within the time moves",
				{{MAIN, LARGE, 0}, {DONE, ALL, 33, .plain = L}, {MAIN, LARGE, 0},
						{DONE, ALL, 33, .plain = L}, {MAIN, LARGE, 0},
						{DONE, ALL, 33, .plane = L}}},
		{"what is drawn before the packet was decoded is a hole",
				{{MAIN, ALL, 0}, {DRAW, SMALL, 0},
						{DONE, ALL, 10, .plane = WHOLE - S}}},
		{"what is drawn afterwards, too",
				{{MAIN, ALL, 0}, {DONE, ALL, 10, .plane = WHOLE},
						{DRAW, SMALL, 0, .plane = WHOLE - S},
						{MAIN, ALL, 0, .plane = WHOLE - S},
						{DONE, ALL, 10, .plane = WHOLE}}},
		{"reading converts what is on the plane, and it stays",
				{{MAIN, ALL, 0}, {DONE, ALL, 10, .plane = WHOLE},
						{READ, SMALL, 0, .plane = WHOLE, .plain = S}}},
		{"AVC444 at rest is sharp at once",
				{{TWO, ALL, 0}, {DONE, ALL, 10, .sharp = WHOLE}}},
		{"luma alone waits for its chroma once, and only once",
				{{TWO, SMALL, 0}, {DONE_NO_CHROMA, ALL, 10},
						{DONE, ALL, 5, .sharp = S}}},
		{"chroma that never comes is not waited for",
				{{TWO, SMALL, 0}, {DONE_NO_CHROMA, ALL, 10},
						{DONE_NO_CHROMA, ALL, 5, .plain = S}}},
		{"AVC444 that moves is on the plane, and sharp when it rests",
				{{TWO, ALL, 0}, {DONE, ALL, 33, .sharp = WHOLE}, {TWO, ALL, 0},
						{DONE, ALL, 33, .sharp = WHOLE}, {TWO, ALL, 0},
						{DONE, ALL, 33, .plane = WHOLE},
						{TICK, ALL, 50, .plane = WHOLE},
						{TICK, ALL, 50, .plane = WHOLE},
						{TICK, ALL, 50, .sharp = WHOLE}}},
		{"only what rests leaves the plane",
				{{TWO, ALL, 0}, {DONE, ALL, 33, .sharp = WHOLE}, {TWO, ALL, 0},
						{DONE, ALL, 33, .sharp = WHOLE}, {TWO, ALL, 0},
						{DONE, ALL, 33, .plane = WHOLE},
						{TICK, ALL, 50, .plane = WHOLE},
						{TWO, LARGE, 0, .plane = WHOLE},
						{DONE, ALL, 1, .plane = WHOLE},
						{TICK, ALL, 50, .plane = WHOLE},
						{TICK, ALL, 50, .plane = L, .sharp = WHOLE - L}}},
		{"luma alone is 4:2:0 until its chroma follows",
				{{TWO, SMALL, 0}, {DONE, ALL, 10, .sharp = S}, {MAIN, SMALL, 0},
						{DONE, ALL, 10, .plain = S}, {REFINE, SMALL, 0},
						{DONE, ALL, 10, .sharp = S}}},
		{"chroma of another place does not make it sharp",
				{{TWO, FAR_AWAY, 0}, {DONE, ALL, 10, .sharp = S}, {MAIN, SMALL, 0},
						{DONE, ALL, 10, .plain = S}}},
		{"leaving converts all that is on the plane",
				{{MAIN, ALL, 0}, {DONE, ALL, 10, .plane = WHOLE},
						{LEAVE, ALL, 0, .plain = WHOLE}}},
		{"a reset forgets all, also what is under way",
				{{MAIN, ALL, 0}, {DONE, ALL, 10, .plane = WHOLE},
						{MAIN, SMALL, 0, .plane = WHOLE}, {FORGET, ALL, 0},
						{DONE, ALL, 10}}},
};

struct run {
	struct ownership ownership;
	uint64_t number, main, auxiliary, main_before_last_auxiliary;
	int64_t now_ms;
};

static void come(struct ownership *ownership, uint64_t number, enum ownership_kind kind,
		const struct wire_rect *rects, unsigned count)
{
	static struct region region;

	ownership_region(ownership, rects, count, &region);
	ownership_queue(ownership, number, kind, &region);
}

static void queue(struct run *run, enum ownership_kind kind, const struct wire_rect *rect)
{
	run->number++;
	come(&run->ownership, run->number, kind, rect, 1);
	if (kind == OWNERSHIP_AUXILIARY)
		run->auxiliary = run->number;
	else
		run->main = run->number;
}

static void act(struct run *run, const struct step *step, struct ownership_work *work)
{
	struct ownership_now now = {.main = run->main,
			.auxiliary = step->act == DONE_NO_CHROMA ? 0 : run->auxiliary,
			.ms = run->now_ms,
			.may_show = step->act != BUSY};

	switch (step->act) {
	case MAIN:
		queue(run, OWNERSHIP_MAIN, &step->rect);
		break;
	case TWO:
		queue(run, OWNERSHIP_MAIN_OF_TWO, &step->rect);
		queue(run, OWNERSHIP_AUXILIARY, &step->rect);
		break;
	case REFINE:
		queue(run, OWNERSHIP_AUXILIARY, &step->rect);
		break;
	case DRAW:
		ownership_draw(&run->ownership, step->rect);
		break;
	case TICK:
		ownership_tick(&run->ownership, work);
		break;
	case LEAVE:
		ownership_leave(&run->ownership, work);
		break;
	case READ:
		ownership_read(&run->ownership, step->rect, work);
		break;
	case FORGET:
		ownership_forget(&run->ownership);
		break;
	default:
		ownership_decoded(&run->ownership, &now, work);
	}
}

static void test_case(const struct step *steps)
{
	static struct run run;
	static struct ownership_work work;

	memset(&run, 0, sizeof(run));
	ownership_init(&run.ownership, WIDTH, HEIGHT);
	for (unsigned i = 0; steps[i].act != END; i++) {
		memset(&work, 0, sizeof(work));
		run.now_ms += steps[i].ms;
		act(&run, &steps[i], &work);
		CHECK_INT(region_area(&run.ownership.plane), steps[i].plane);
		CHECK_INT(region_area(&work.sharp), steps[i].sharp);
		CHECK_INT(region_area(&work.plain), steps[i].plain);
	}
}

static void test_limits(void)
{
	static struct ownership ownership;
	static struct ownership_work work;
	struct ownership_now now = {.main = 1000, .may_show = true};

	TEST("a stream that stands still for long loses no rectangle") {
		ownership_init(&ownership, WIDTH, HEIGHT);
		for (int32_t i = 0; i < 3 * OWNERSHIP_PENDING_MAX; i++)
			come(&ownership, (uint64_t)i + 1, OWNERSHIP_MAIN,
					&(struct wire_rect){i * 8, 0, i * 8 + 8, 8}, 1);
		CHECK(ownership.pending_count <= OWNERSHIP_PENDING_MAX);
		memset(&work, 0, sizeof(work));
		ownership_decoded(&ownership, &now, &work);
		CHECK_INT(region_area(&work.plain), 3 * OWNERSHIP_PENDING_MAX * 64);
		CHECK_INT(ownership.pending_count, 0);
	}
	TEST("what a new picture is not to change is converted out of the one before it") {
		struct wire_rect whole = ALL, part = {0, 0, WIDTH, 300};

		ownership_init(&ownership, WIDTH, HEIGHT);
		come(&ownership, 1, OWNERSHIP_MAIN, &whole, 1);
		ownership_replace(&ownership, 1, false, &work);
		ownership_decoded(&ownership, &(struct ownership_now){.main = 1, .may_show = true},
				&work);
		CHECK_INT(region_area(&ownership.plane), WHOLE);
		come(&ownership, 2, OWNERSHIP_MAIN, &part, 1);
		memset(&work, 0, sizeof(work));
		ownership_replace(&ownership, 2, false, &work);
		CHECK_INT(region_area(&work.plain), (int64_t)WIDTH * (HEIGHT - 300));
		CHECK_INT(region_area(&ownership.plane), (int64_t)WIDTH * 300);
	}
	TEST("a picture that nobody took is superfluous only where the next one covers it") {
		static struct region whole, small;

		ownership_init(&ownership, WIDTH, HEIGHT);
		CHECK(region_add(&whole, (struct wire_rect)ALL));
		CHECK(region_add(&small, (struct wire_rect)SMALL));
		CHECK(ownership_covers(&ownership, OWNERSHIP_MAIN, &small));
		ownership_queue(&ownership, 1, OWNERSHIP_MAIN, &small);
		CHECK(ownership_covers(&ownership, OWNERSHIP_MAIN_OF_TWO, &whole));
		CHECK(ownership_covers(&ownership, OWNERSHIP_AUXILIARY, &small));
		ownership_queue(&ownership, 2, OWNERSHIP_MAIN, &whole);
		CHECK(!ownership_covers(&ownership, OWNERSHIP_MAIN, &small));
	}
	TEST("pictures in another order than their packets are all placed") {
		struct wire_rect left = {0, 0, 10, 10}, right = {20, 0, 30, 10};

		ownership_init(&ownership, WIDTH, HEIGHT);
		come(&ownership, 1, OWNERSHIP_MAIN, &left, 1);
		come(&ownership, 2, OWNERSHIP_MAIN, &right, 1);
		memset(&work, 0, sizeof(work));
		ownership_decoded(&ownership, &(struct ownership_now){.main = 2}, &work);
		CHECK_INT(region_area(&work.plain), 200);
		memset(&work, 0, sizeof(work));
		ownership_decoded(&ownership, &(struct ownership_now){.main = 2, .is_late = true},
				&work);
		CHECK_INT(region_area(&work.plain), 200);
	}
	TEST("rectangles outside of the surface are cut") {
		struct wire_rect wild = {-5, 700, 70000, 70000};

		ownership_init(&ownership, WIDTH, HEIGHT);
		come(&ownership, 1, OWNERSHIP_MAIN, &wild, 1);
		CHECK_INT(region_area(&ownership.pending[0].region), WIDTH * 20);
	}
	TEST("too many rectangles become the one around them, and that is ragged no more") {
		static struct wire_rect rects[2000];

		ownership_init(&ownership, WIDTH, HEIGHT);
		for (int32_t i = 0; i < 2000; i++)
			rects[i] = (struct wire_rect){
					i % 50 * 20, i / 50 * 16, i % 50 * 20 + 3, i / 50 * 16 + 3};
		come(&ownership, 1, OWNERSHIP_MAIN, rects, 2000);
		for (unsigned i = 0; i < 2000; i++)
			CHECK(region_is_whole(&ownership.pending[0].region, rects[i]));
	}
	TEST("the plane has few rectangles, and the others are converted") {
		memset(&work, 0, sizeof(work));
		ownership_init(&ownership, WIDTH, HEIGHT);
		for (int32_t i = 0; i < 40; i++)
			CHECK(region_add(&ownership.plane,
					(struct wire_rect){i * 20, i, i * 20 + 10, 500}));
		int64_t before = region_area(&ownership.plane);
		ownership_simplify(&ownership, WIRE_VISIBLE_MAX, &work);
		CHECK_INT(ownership.plane.count, WIRE_VISIBLE_MAX);
		CHECK_INT(region_area(&ownership.plane) + region_area(&work.plain), before);
	}
}

int main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		TEST(cases[i].name)
			test_case(cases[i].steps);
	test_limits();
	TEST_END();
}
