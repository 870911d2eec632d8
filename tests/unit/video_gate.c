/* SPDX-License-Identifier: Apache-2.0 */
/* What the gate before all decoders lets through; units are headers without pictures. */
#include <errno.h>

#include "unit/test.h"
#include "unit/video_writer.h"
#include "video/gate.h"

/* Baseline, 64 x 64, 16 numbers of frames, no order of pictures but theirs. */
static void put_sps(struct writer *w, bool are_gaps_allowed)
{
	put_start(w, 0x67);
	put(w, 66 << 16 | 30, 24);
	put_ue(w, 0);
	put_ue(w, 0);
	put_ue(w, 2);
	put_ue(w, 4);
	put(w, are_gaps_allowed, 1);
	put_ue(w, 3);
	put_ue(w, 3);
	put(w, 12, 4);
}

static void put_pps(struct writer *w)
{
	put_start(w, 0x68);
	put_ue(w, 0);
	put_ue(w, 0);
	put(w, 0, 2);
	for (int i = 0; i < 3; i++)
		put_ue(w, 0);
	put(w, 0, 3);
	for (int i = 0; i < 3; i++)
		put_ue(w, 0);
	put(w, 0, 3);
}

static void put_sets(struct writer *w, bool are_gaps_allowed)
{
	put_sps(w, are_gaps_allowed);
	put_pps(w);
}

static void put_key(struct writer *w, uint32_t first_mb)
{
	put_start(w, 0x65);
	put_ue(w, first_mb);
	put_ue(w, 7);
	put_ue(w, 0);
	put(w, 0, 4);
	put_ue(w, 0);
	put(w, 0x80, 10);
}

static void put_p(struct writer *w, uint32_t frame_num, bool is_reference, bool is_reset)
{
	put_start(w, is_reference ? 0x41 : 0x01);
	put_ue(w, 0);
	put_ue(w, 5);
	put_ue(w, 0);
	put(w, frame_num, 4);
	put(w, 0, 2); /* the usual number of references, in the usual order */
	if (is_reference)
		put(w, is_reset, 1);
	if (is_reset) {
		put_ue(w, 5);
		put_ue(w, 0);
	}
	put(w, 0x80, 10);
}

/* One unit. + passed, - held back, ! broken. */
static char look(struct gate *gate, struct writer *w)
{
	struct gate_unit unit;
	struct err err;
	int r;

	put(w, 1, 1);
	r = gate_look(gate, w->bytes, (w->at + 7) / 8, &unit, &err);
	*w = (struct writer){0};
	return r < 0 ? '!' : unit.is_passed ? '+' : '-';
}

/*
 * Letters: K a key frame with its sets, k without them, 0..f a picture for reference, n one that is
 * none with number 1, r number 2 that resets, s sets, x a key frame without its first slice.
 */
static const char *play(const char *units, bool are_gaps_allowed)
{
	static char outcome[64];
	struct gate gate;
	size_t n = 0;

	gate_init(&gate);
	for (; units[n]; n++) {
		struct writer w = {0};
		char unit = units[n];
		if (unit == 'K' || unit == 's')
			put_sets(&w, are_gaps_allowed);
		if (unit == 'K' || unit == 'k' || unit == 'x')
			put_key(&w, unit == 'x' ? 3 : 0);
		else if (unit == 'n')
			put_p(&w, 1, false, false);
		else if (unit == 'r')
			put_p(&w, 2, true, true);
		else if (unit != 's')
			put_p(&w, (uint32_t)strtoul((char[]){unit, 0}, NULL, 16), true, false);
		outcome[n] = look(&gate, &w);
	}
	outcome[n] = 0;
	gate_finish(&gate);
	return outcome;
}

static const struct {
	const char *name, *units, *outcome;
	bool are_gaps_allowed;
} table[] = {
		{"in order", "K123456789abcdef01", "++++++++++++++++++", false},
		{"before the first key frame", "12K1", "--++", false},
		{"a key frame before its sets", "kK1", "-++", false},
		{"sets of their own", "sk1s2", "-++-+", false},
		{"one is lost", "K134K1", "++!-++", false},
		{"one is lost where numbers wrap", "K123456789abcdef1K", "++++++++++++++++!+",
				false},
		{"gaps are allowed", "K15", "+++", true},
		{"pictures that nobody refers to share a number", "Knnn1n2", "+++++++", false},
		{"numbers begin anew", "K1r12", "+++++", false},
		{"the first slice is lost", "K1xK1", "++!++", false},
};

int main(void)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		TEST(table[i].name) {
			CHECK_TEXT(play(table[i].units, table[i].are_gaps_allowed),
					table[i].outcome);
		}
	TEST("the newest sets are kept, and no more") {
		struct gate gate;
		size_t once = 0;
		gate_init(&gate);
		for (int i = 0; i < 100; i++) {
			struct writer w = {0};
			put_sets(&w, false);
			CHECK_INT(look(&gate, &w), '-');
			once = once ? once : gate.raw.size;
			CHECK_INT(gate.raw.size, once);
		}
		gate_finish(&gate);
	}
	TEST("sets without end are refused") {
		struct gate gate;
		char outcome = '-';
		gate_init(&gate);
		for (int i = 0; i < 100000 && outcome == '-'; i++) {
			struct writer w = {0};
			if (i == 0)
				put_sps(&w, false);
			put_pps(&w);
			outcome = look(&gate, &w);
		}
		CHECK_INT(outcome, '!');
		CHECK(gate.raw.size <= GATE_SETS_MAX);
		gate_finish(&gate);
	}
	TEST_END();
}
