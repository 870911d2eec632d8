/* SPDX-License-Identifier: Apache-2.0 */
#include "server/rollout_plan.h"

#include "base/text.h"
#include "server/rollout_estimate.h"
#include "unit/test.h"

static struct rollout_plan read_plan(const char *text)
{
	OWNED(json) cJSON *tree = NULL;
	struct rollout_plan plan = {0};
	struct err err = {""};

	CHECK_INT(json_parse(text, strlen(text), &tree, &err), 0);
	CHECK_INT(rollout_plan_read(tree, &plan, &err), 0);
	if (err.text[0])
		printf("%s\n", err.text);
	return plan;
}

static void windows(void)
{
	static const struct {
		struct rollout_window window;
		unsigned day, minute;
		bool is_open;
	} table[] = {
			{{0x7f, 600, 660}, 0, 600, true},
			{{0x7f, 600, 660}, 0, 659, true},
			{{0x7f, 600, 660}, 0, 660, false},
			{{0x7f, 600, 660}, 0, 599, false},
			{{0x01, 600, 660}, 1, 610, false},
			{{0x01, 0, 0}, 0, 1439, true},
			{{0x01, 0, 0}, 1, 0, false},
			/* Monday 22:00 to Tuesday 05:00 */
			{{0x01, 1320, 300}, 0, 1320, true},
			{{0x01, 1320, 300}, 1, 299, true},
			{{0x01, 1320, 300}, 1, 300, false},
			{{0x01, 1320, 300}, 0, 299, false},
			/* Sunday night ends on Monday */
			{{0x40, 1320, 300}, 0, 100, true},
			{{0x40, 1320, 300}, 6, 100, false},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		CHECK_INT(rollout_is_open(&table[i].window, 1, table[i].day, table[i].minute),
				table[i].is_open);
	CHECK(rollout_is_open(NULL, 0, 3, 500));
	CHECK_INT(rollout_days("mon,sun"), 0x41);
	CHECK_INT(rollout_days(""), 0x7f);
	CHECK_INT(rollout_minutes("22:05"), 1325);
}

static void defaults(void)
{
	OWNED(rollout_plan)
	struct rollout_plan plan = read_plan("{\"rings\":[{\"percent\":100}]}");

	CHECK_INT(plan.ring_count, 1);
	CHECK_TEXT(plan.rings[0].name, "1");
	CHECK_INT(plan.rings[0].gate.good, 90);
	CHECK_INT(plan.rings[0].gate.within_s, 600);
	CHECK(plan.avoids_sessions && plan.keeps_site_windows && !plan.undoes_itself);
	CHECK_INT(rollout_spread_most(&plan), ROLLOUT_WAVE_MAX);
}

static void rings(void)
{
	OWNED(rollout_plan)
	struct rollout_plan plan = read_plan(
			"{\"rings\":[{\"sites\":[\"T/A\"]},{\"groups\":[\"G\"],\"percent\":20},"
			"{\"percent\":100}]}");
	char ids[10][DB_ID_MAX] = {0};
	unsigned counts[3] = {0};

	for (unsigned i = 0; i < 10; i++)
		(void)text_format(ids[i], DB_ID_MAX, "%c", 'a' + (char)i);
	/* From "i" on: i and j are the first fifth, then a. */
	struct rollout_bounds bounds = rollout_bounds(&plan, "i", ids[0], 10);
	CHECK_TEXT(bounds.ends[1], "a");
	CHECK_TEXT(bounds.ends[2], "");
	for (unsigned i = 0; i < 10; i++) {
		struct rollout_device device = {.id = ids[i], .site = "T/B", .groups = ""};
		counts[rollout_ring_of(&plan, &bounds, &device)]++;
	}
	CHECK_INT(counts[1], 2);
	CHECK_INT(counts[2], 8);
	struct rollout_device device = {.id = "c", .site = "T/A", .groups = "G\n"};
	CHECK_INT(rollout_ring_of(&plan, &bounds, &device), 0);
	device.site = "T/B";
	CHECK_INT(rollout_ring_of(&plan, &bounds, &device), 1);
	device.groups = "GG\n";
	CHECK_INT(rollout_ring_of(&plan, &bounds, &device), 2);
	CHECK(rollout_order("i", "j", "a") < 0 && rollout_order("i", "a", "j") > 0);
	CHECK(rollout_order("i", "a", "b") < 0 && rollout_order("i", "b", "b") == 0);
}

static void picks(void)
{
	OWNED(rollout_plan)
	struct rollout_plan plan = read_plan(
			"{\"rings\":[{\"percent\":10},{\"percent\":100}],\"per_site\":2}");
	const struct {
		unsigned ring, current;
		struct rollout_device device;
		unsigned budget, under_way;
		enum rollout_pick pick;
	} table[] = {
			{0, 0, {.is_online = true, .is_open = true}, 1, 0, ROLLOUT_TAKE},
			{1, 0, {.is_online = true, .is_open = true}, 1, 0, ROLLOUT_LATER},
			{0, 0, {.is_open = true}, 1, 0, ROLLOUT_OFFLINE},
			{0, 0, {.is_online = true, .is_open = true, .has_session = true}, 1, 0,
					ROLLOUT_BUSY},
			{0, 0, {.is_online = true}, 1, 0, ROLLOUT_CLOSED},
			{0, 0, {.is_online = true, .is_open = true}, 0, 0, ROLLOUT_FULL},
			{0, 0, {.is_online = true, .is_open = true}, 1, 2, ROLLOUT_FULL},
			{0, 0, {.is_online = true, .is_new = true}, 1, 0, ROLLOUT_CLOSED},
			{0, 1, {.is_online = true, .is_new = true}, 1, 9, ROLLOUT_TAKE},
			{0, 1, {.is_online = true, .is_new = true, .has_session = true}, 1, 0,
					ROLLOUT_BUSY},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		CHECK_INT(rollout_pick(&plan, table[i].ring, table[i].current, &table[i].device,
					  table[i].budget, table[i].under_way),
				table[i].pick);
	plan.avoids_sessions = false;
	CHECK_INT(rollout_pick(&plan, 0, 0, &table[3].device, 1, 0), ROLLOUT_TAKE);
}

static void spread(void)
{
	static const struct {
		unsigned per_minute;
		int64_t seconds;
		unsigned most;
	} table[] = {{1, 60, 1}, {2, 30, 1}, {5, 12, 1}, {6, 10, 1}, {60, 10, 10}, {100, 10, 16},
			{1000000, 10, ROLLOUT_WAVE_MAX}};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct rollout_plan plan = {.per_minute = table[i].per_minute};

		CHECK_INT(rollout_spread_s(&plan), table[i].seconds);
		CHECK_INT(rollout_spread_most(&plan), table[i].most);
	}
}

static void outcomes(void)
{
	const struct rollout_gate gate = {.within_s = 60};
	struct rollout_plan plan = {0};
	struct rollout_given given = {.given_s = 100, .revision = 7};
	const struct {
		struct rollout_facts now;
		int64_t now_s;
		enum rollout_outcome outcome;
	} table[] = {
			{{.state = ROLLOUT_STATE_GOOD, .revision = 6}, 110, ROLLOUT_PENDING},
			{{.state = ROLLOUT_STATE_GOOD, .revision = 6}, 161, ROLLOUT_MISSING},
			{{.state = ROLLOUT_STATE_GOOD, .revision = 7}, 110, ROLLOUT_GOOD},
			{{.state = ROLLOUT_STATE_GOOD, .revision = 9}, 900, ROLLOUT_GOOD},
			{{.state = ROLLOUT_STATE_TRIAL, .revision = 7}, 110, ROLLOUT_PENDING},
			{{.state = ROLLOUT_STATE_RETURNED, .revision = 6}, 110, ROLLOUT_RETURNED},
			{{.state = ROLLOUT_STATE_RETURNED, .revision = 8}, 110, ROLLOUT_PENDING},
			{{.state = ROLLOUT_NO_REPORT}, 161, ROLLOUT_MISSING},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		CHECK_INT(rollout_outcome(&plan, &gate, &given, &table[i].now, table[i].now_s),
				table[i].outcome);
	/* An old `returned` says nothing until the device tried the new one. */
	given.before.state = ROLLOUT_STATE_RETURNED;
	CHECK_INT(rollout_outcome(&plan, &gate, &given, &table[5].now, 110), ROLLOUT_PENDING);
	CHECK_INT(rollout_outcome(&plan, &gate, &given, &table[5].now, 161), ROLLOUT_RETURNED);
	given.saw_trial = true;
	CHECK_INT(rollout_outcome(&plan, &gate, &given, &table[5].now, 110), ROLLOUT_RETURNED);
	(void)text_copy(plan.version, sizeof(plan.version), "2.0");
	struct rollout_facts good = table[2].now;
	CHECK_INT(rollout_outcome(&plan, &gate, &given, &good, 110), ROLLOUT_PENDING);
	(void)text_copy(good.version, sizeof(good.version), "2.0");
	CHECK_INT(rollout_outcome(&plan, &gate, &given, &good, 110), ROLLOUT_GOOD);
}

static void sessions(void)
{
	struct rollout_given given = {.before = {.crashes = 2, .session_reason = 60}};
	struct rollout_facts now = {.crashes = 2, .session_reason = 60};

	CHECK(!rollout_has_crashed(&given, &now));
	CHECK_INT(rollout_sign_in(&given, &now), ROLLOUT_SIGN_IN_NONE);
	now.crashes = 3;
	CHECK(rollout_has_crashed(&given, &now));
	now.crashes = 0; /* switched off and on */
	CHECK(!rollout_has_crashed(&given, &now));
	now.session_reason = 61;
	CHECK_INT(rollout_sign_in(&given, &now), ROLLOUT_SIGN_IN_FAILED);
	now.session_reason = 51; /* a wrong password is nobody's fault here */
	CHECK_INT(rollout_sign_in(&given, &now), ROLLOUT_SIGN_IN_NONE);
	now.has_session = true;
	CHECK_INT(rollout_sign_in(&given, &now), ROLLOUT_SIGN_IN_DONE);
	given.before.has_session = true;
	CHECK_INT(rollout_sign_in(&given, &now), ROLLOUT_SIGN_IN_NONE);
}

/* One ring of ten; what its gate says to these. */
static void gates(void)
{
	static const struct {
		const char *gate;
		struct rollout_tally tally;
		enum rollout_verdict verdict;
		const char *why;
	} table[] = {
			{"{}", {.given = 10, .outcomes = {0, 10}}, ROLLOUT_HOLDS, ""},
			{"{}", {.given = 10, .outcomes = {1, 9}}, ROLLOUT_WAIT,
					"1 have yet to report"},
			{"{\"returned\":20}", {.given = 10, .outcomes = {7, 0, 3}}, ROLLOUT_STOP,
					"3 of 10 devices went back"},
			{"{\"returned\":30,\"good\":70}", {.given = 10, .outcomes = {0, 7, 3}},
					ROLLOUT_HOLDS, ""},
			/* Three of ten, whatever comes: not of the four that have it. */
			{"{\"returned\":30,\"good\":70}",
					{.given = 4,
							.outcomes = {1, 0, 3},
							.left = {[ROLLOUT_CLOSED] = 6}},
					ROLLOUT_WAIT, "6 are out of their window"},
			{"{\"returned\":20,\"good\":70}",
					{.given = 4,
							.outcomes = {1, 0, 3},
							.left = {[ROLLOUT_CLOSED] = 6}},
					ROLLOUT_STOP, "3 of 10"},
			{"{\"returned\":100,\"good\":80}", {.given = 10, .outcomes = {0, 7, 3}},
					ROLLOUT_STOP, "3 of 10 devices are not good"},
			{"{\"back\":80,\"good\":0}", {.given = 10, .outcomes = {0, 7, 0, 3}},
					ROLLOUT_STOP, "3 of 10 devices did not come back"},
			{"{\"crashed\":10}", {.given = 10, .outcomes = {0, 10}, .crashed = 2},
					ROLLOUT_STOP, "2 of 10 devices had a crash"},
			{"{\"failures\":2,\"returned\":100,\"good\":0}",
					{.given = 10, .outcomes = {5, 2, 2, 1}}, ROLLOUT_STOP,
					"3 devices failed (2 went back, 1 did not come back"},
			{"{\"sign_in\":80}",
					{.given = 10,
							.outcomes = {0, 10},
							.signed_in = 2,
							.sign_in_failed = 1},
					ROLLOUT_STOP, "2 of 3 sign-ins succeeded"},
			{"{\"sign_in\":80}",
					{.given = 10,
							.outcomes = {0, 10},
							.signed_in = 1,
							.sign_in_failed = 1},
					ROLLOUT_HOLDS, ""},
			{"{}", {.given = 0, .left = {[ROLLOUT_OFFLINE] = 10}}, ROLLOUT_WAIT,
					"10 are offline"},
			{"{}", {.given = 0}, ROLLOUT_HOLDS, ""},
			{"{}", {.given = 1, .outcomes = {0, 1}, .left = {[ROLLOUT_OFFLINE] = 9}},
					ROLLOUT_HOLDS, ""},
			{"{}", {.given = 9, .outcomes = {0, 9}, .left = {[ROLLOUT_BUSY] = 1}},
					ROLLOUT_WAIT, "1 are in a session"},
			{"{\"good\":0,\"returned\":0}", {.given = 10, .outcomes = {0, 7, 0, 0, 3}},
					ROLLOUT_HOLDS, ""},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		char text[256], why[ROLLOUT_WHY_MAX];
		struct rollout_view view = {.now_s = 1000, .is_known = true};

		(void)text_format(text, sizeof(text), "{\"rings\":[{\"percent\":100,\"gate\":%s}]}",
				table[i].gate);
		OWNED(rollout_plan) struct rollout_plan plan = read_plan(text);
		view.rings[0] = table[i].tally;
		CHECK_INT(rollout_judge(&plan, &view, why), table[i].verdict);
		if (table[i].why[0])
			CHECK_HAS(why, table[i].why);
		else
			CHECK_TEXT(why, "");
	}
}

static void held(void)
{
	OWNED(rollout_plan)
	struct rollout_plan plan = read_plan(
			"{\"rings\":[{\"name\":\"a\",\"percent\":10,\"wait\":100},"
			"{\"name\":\"b\",\"percent\":100,\"consent\":true}],\"finish\":50}");
	struct rollout_view view = {.now_s = 1000, .held_s = 950, .is_known = true};
	char why[ROLLOUT_WHY_MAX];

	CHECK_INT(rollout_judge(&plan, &view, why), ROLLOUT_WAIT);
	CHECK_HAS(why, "until 1970-01-01 00:17:30 UTC");
	view.now_s = 1050;
	CHECK_INT(rollout_judge(&plan, &view, why), ROLLOUT_WAIT);
	CHECK_HAS(why, "waits for somebody's consent");
	view.is_consented = true;
	CHECK_INT(rollout_judge(&plan, &view, why), ROLLOUT_NEXT);
	view.ring = 1;
	view.rings[0].left[ROLLOUT_OFFLINE] = 1;
	view.held_s = 1040;
	CHECK_INT(rollout_judge(&plan, &view, why), ROLLOUT_WAIT);
	view.now_s = 1090;
	CHECK_INT(rollout_judge(&plan, &view, why), ROLLOUT_DONE);
	view.now_s = 1050;
	view.rings[0].left[ROLLOUT_OFFLINE] = 0;
	CHECK_INT(rollout_judge(&plan, &view, why), ROLLOUT_DONE);
	/* A ring that held before can still stop it. */
	view.rings[0] = (struct rollout_tally){.given = 10, .outcomes = {0, 5, 5}};
	CHECK_INT(rollout_judge(&plan, &view, why), ROLLOUT_STOP);
	CHECK_HAS(why, "ring 1 (a)");
}

static void estimates(void)
{
	OWNED(rollout_plan)
	struct rollout_plan plan =
			read_plan("{\"rings\":[{\"percent\":10,\"wait\":600},{\"percent\":100}],"
				  "\"per_minute\":10}");
	const struct rollout_window night = {0x7f, 60, 120};
	struct rollout_load one = {.rings = {10, 90}};
	struct rollout_load closed = {.rings = {10, 90}, .windows = &night, .window_count = 1};
	const struct rollout_window never = {0, 60, 120};
	struct rollout_load none = {.rings = {1, 0}, .windows = &never, .window_count = 1};

	CHECK_INT(rollout_estimate(&plan, &one, 1), (1 + 10 + 9) * 60);
	CHECK_INT(rollout_estimate(&plan, &closed, 1), (60 + 1 + 10 + 9) * 60);
	CHECK_INT(rollout_estimate(&plan, &none, 1), -1);
}

/* --- whole roll-outs played with devices that do as they like */

enum { DEVICES = 60 };

struct play {
	struct rollout_plan plan;
	struct rollout_bounds bounds;
	char ids[DEVICES][DB_ID_MAX];
	unsigned rings[DEVICES];
	bool is_given[DEVICES], is_faulty[DEVICES], has_session[DEVICES], is_online[DEVICES];
	enum rollout_outcome outcomes[DEVICES];
	unsigned seed, minute, given;
};

static unsigned roll(struct play *play, unsigned most)
{
	play->seed = play->seed * 1103515245u + 12345u;
	return (play->seed >> 16) % most;
}

static void count(const struct play *play, struct rollout_view *view)
{
	for (unsigned i = 0; i < DEVICES; i++) {
		struct rollout_tally *tally = &view->rings[play->rings[i]];

		if (play->is_given[i]) {
			tally->given++;
			tally->outcomes[play->outcomes[i]]++;
		} else if (play->rings[i] > view->ring) {
			tally->left[ROLLOUT_LATER]++;
		} else {
			tally->left[!play->is_online[i]        ? ROLLOUT_OFFLINE
					: play->has_session[i] ? ROLLOUT_BUSY
							       : ROLLOUT_TAKE]++;
		}
	}
}

static void give(struct play *play, unsigned current, unsigned budget)
{
	for (unsigned i = 0; i < DEVICES; i++) {
		const struct rollout_device device = {
				.id = play->ids[i],
				.is_online = play->is_online[i],
				.has_session = play->has_session[i],
				.is_open = true,
		};

		if (play->is_given[i] || rollout_pick(&play->plan, play->rings[i], current, &device,
							 budget, 0) != ROLLOUT_TAKE)
			continue;
		CHECK(play->is_online[i] && !play->has_session[i] && budget > 0);
		CHECK(play->rings[i] <= current);
		play->is_given[i] = true;
		play->outcomes[i] = ROLLOUT_PENDING;
		play->given++;
		budget--;
	}
}

static void live(struct play *play)
{
	for (unsigned i = 0; i < DEVICES; i++) {
		play->has_session[i] = roll(play, 4) == 0;
		play->is_online[i] = roll(play, 8) != 0;
		if (play->is_given[i] && play->outcomes[i] == ROLLOUT_PENDING && roll(play, 2))
			play->outcomes[i] = play->is_faulty[i] ? ROLLOUT_RETURNED : ROLLOUT_GOOD;
	}
}

/* To the end; at most 1000 rounds. */
static enum rollout_verdict play_out(struct play *play, struct rollout_view *last)
{
	struct rollout_view view = {.is_known = true, .now_s = 1};
	char why[ROLLOUT_WHY_MAX];

	for (unsigned round = 0; round < 1000; round++) {
		unsigned ring = view.ring;
		int64_t held_s = view.held_s;

		view = (struct rollout_view){.is_known = true,
				.now_s = round + 1,
				.ring = ring,
				.held_s = held_s,
				.is_consented = true};
		count(play, &view);
		enum rollout_verdict verdict = rollout_judge(&play->plan, &view, why);
		*last = view;
		if (verdict == ROLLOUT_STOP || verdict == ROLLOUT_DONE)
			return verdict;
		if (verdict == ROLLOUT_HOLDS)
			view.held_s = view.now_s;
		if (verdict == ROLLOUT_NEXT) {
			view.ring++;
			view.held_s = 0;
		}
		give(play, view.ring, roll(play, 12));
		live(play);
	}
	return ROLLOUT_GO;
}

static void begin_play(struct play *play, unsigned seed, unsigned faulty)
{
	*play = (struct play){.seed = seed * 2654435761u + 1};
	play->plan = read_plan("{\"rings\":[{\"percent\":10,\"gate\":{\"returned\":0}},"
			       "{\"percent\":50,\"gate\":{\"returned\":10}},"
			       "{\"percent\":100,\"gate\":{\"returned\":10}}],\"finish\":100000}");
	for (unsigned i = 0; i < DEVICES; i++)
		(void)text_format(play->ids[i], DB_ID_MAX, "%02u", i);
	char first[4];
	(void)text_format(first, sizeof(first), "%02u", roll(play, DEVICES));
	play->bounds = rollout_bounds(&play->plan, first, play->ids[0], DEVICES);
	for (unsigned i = 0; i < DEVICES; i++) {
		const struct rollout_device device = {.id = play->ids[i], .site = "", .groups = ""};

		play->rings[i] = (unsigned)rollout_ring_of(&play->plan, &play->bounds, &device);
		play->is_faulty[i] = roll(play, 100) < faulty;
	}
	live(play);
}

static void plays(void)
{
	for (unsigned seed = 0; seed < 300; seed++) {
		unsigned faulty_percent = seed % 3 == 0 ? 0 : seed % 3 == 1 ? 5 : 60;
		unsigned counts[3] = {0}, broken = 0, of[3] = {0};
		struct rollout_view last;
		struct play play;

		begin_play(&play, seed, faulty_percent);
		enum rollout_verdict verdict = play_out(&play, &last);
		for (unsigned i = 0; i < DEVICES; i++) {
			of[play.rings[i]]++;
			counts[play.rings[i]] += play.is_faulty[i];
		}
		CHECK_INT(of[0], 6);
		CHECK_INT(of[1], 24);
		/* It stops if and only if a ring has more faulty devices than its gate lets pass. */
		broken = counts[0] > 0 || counts[1] * 10 > of[1] || counts[2] * 10 > of[2];
		CHECK_INT(verdict, broken ? ROLLOUT_STOP : ROLLOUT_DONE);
		if (!broken)
			CHECK_INT(play.given, DEVICES);
		if (counts[0] > 0)
			CHECK(last.ring == 0 && play.given <= 6);
		rollout_plan_finish(&play.plan);
	}
}

int main(void)
{
	TEST("a window begins on its days and may go past midnight") {
		windows();
	}
	TEST("a plan of one line has sensible values") {
		defaults();
	}
	TEST("a device belongs to the first ring that takes it in") {
		rings();
	}
	TEST("who gets it now, and what the others wait for") {
		picks();
	}
	TEST("so many per minute are so many in each piece of it") {
		spread();
	}
	TEST("a device is judged by what it reported after the change") {
		outcomes();
	}
	TEST("crashes and sign-ins count since the change") {
		sessions();
	}
	TEST("a gate holds, waits or breaks by shares of the whole ring") {
		gates();
	}
	TEST("a ring that holds is watched, waits for consent, and lets the next begin") {
		held();
	}
	TEST("the estimate plays windows and spread through") {
		estimates();
	}
	TEST("300 roll-outs stop when, and only when, a gate is broken, and else reach everybody") {
		plays();
	}
	TEST_END();
}
