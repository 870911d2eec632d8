/* SPDX-License-Identifier: Apache-2.0 */
/* Sticky, slow and bounce keys: rows of keys with their times, and what counts. */
#include "unit/test.h"

#include <stdlib.h>

#include "input/access.h"

/*
 * A script: "A" a key goes down, "a" up; S is Shift, C Ctrl, M a mouse click; "+N" lets N
 * milliseconds pass. What counts comes out in the same letters.
 */
static const struct row {
	const char *what;
	struct access_settings settings;
	const char *script, *counts;
} rows[] = {
		{"all off: keys count as they come", {0}, "A+10a+10Ss", "AaSs"},
		{"up without down is nothing", {0}, "a+5sA", "A"},
		{"down twice is once", {0}, "AAa", "Aa"},

		{"slow: a key that is held long enough", {.slow_ms = 300}, "A+300+50a", "Aa"},
		{"slow: a key that was brushed", {.slow_ms = 300}, "A+299a+500", ""},
		{"slow: the neighbour that was hit on the way", {.slow_ms = 300}, "A+100B+300ba",
				"Bb"},
		{"slow: Shift, then a letter", {.slow_ms = 200}, "S+200A+200as", "SAas"},
		{"slow: the same key again begins anew", {.slow_ms = 300}, "A+200aA+200+99a", ""},
		{"slow: a press that is due counts before the next key", {.slow_ms = 300},
				"A+300B+300ba", "ABba"},

		{"bounce: the second press of a trembling hand", {.bounce_ms = 100},
				"Aa+50Aa+200Aa", "AaAa"},
		{"bounce: each release begins anew", {.bounce_ms = 100}, "Aa+60Aa+60Aa+100Aa",
				"AaAa"},
		{"bounce: another key counts at once", {.bounce_ms = 100}, "Aa+10Bb+10Aa",
				"AaBbAa"},
		{"bounce: a key that is held on is not deaf", {.bounce_ms = 100}, "A+500a", "Aa"},
		{"slow and bounce together", {.slow_ms = 100, .bounce_ms = 300},
				"A+100a+100A+150a+300A+100a", "AaAa"},

		{"sticky: Shift, then a letter, one after the other", {.has_sticky = true},
				"SsAaBb", "SAasBb"},
		{"sticky: Ctrl, Shift, then a letter", {.has_sticky = true}, "CcSsAaBb",
				"CSAascBb"},
		{"sticky: twice stays until once more", {.has_sticky = true}, "SsSsAaBbSsDd",
				"SAaBbsDd"},
		{"sticky: held together as always", {.has_sticky = true}, "SAasBb", "SAasBb"},
		{"sticky: latched, then held together: as if held", {.has_sticky = true},
				"SsSAasBb", "SAasBb"},
		{"sticky: the next key comes before the first is up", {.has_sticky = true},
				"SsABab", "SAsBab"},
		{"sticky: a click uses it up", {.has_sticky = true}, "CcMAa", "CcAa"},
		{"sticky: a click leaves what is locked", {.has_sticky = true}, "CcCcMAa", "CAa"},
		{"sticky: off, a modifier goes up at once", {0}, "SsAa", "SsAa"},
		{"sticky and slow", {.has_sticky = true, .slow_ms = 100}, "S+100sA+100aB+100b",
				"SAasBb"},
		{"sticky and bounce: the bounce does not lock",
				{.has_sticky = true, .bounce_ms = 100}, "Ss+20Ss+200AaBb",
				"SAasBb"},
};

static uint32_t code_of(char letter)
{
	switch (letter | 0x20) {
	case 's':
		return KEY_LEFTSHIFT;
	case 'c':
		return KEY_RIGHTCTRL;
	case 'a':
		return KEY_A;
	case 'b':
		return KEY_B;
	default:
		return KEY_D;
	}
}

static char letter_of(const struct access_key *key)
{
	static const char letters[] = "scabd";

	for (int i = 0; letters[i]; i++)
		if (code_of(letters[i]) == key->code)
			return (char)(key->is_down ? letters[i] & ~0x20 : letters[i]);
	return '?';
}

static void take(const struct access_keys *keys, char *counts)
{
	for (unsigned i = 0; i < keys->count; i++) {
		size_t length = strlen(counts);

		counts[length] = letter_of(&keys->list[i]);
		counts[length + 1] = '\0';
	}
}

/* Time passes as the loop lets it: not beyond a moment that was asked for. */
static void pass(struct access *access, int64_t *now_us, int64_t us, char *counts)
{
	int64_t end_us = *now_us + us, wake_us;
	struct access_keys keys;

	while ((wake_us = access_wake_us(access)) >= 0 && wake_us <= end_us) {
		access_time(access, wake_us, &keys);
		take(&keys, counts);
	}
	*now_us = end_us;
}

static void run(const struct row *row)
{
	struct access access;
	struct access_keys keys;
	int64_t now_us = 5000000;
	char counts[64] = "";

	access_init(&access, &row->settings);
	for (const char *at = row->script; *at; at++) {
		if (*at == '+') {
			char *end;

			pass(&access, &now_us, strtol(at + 1, &end, 10) * 1000, counts);
			at = end - 1;
			continue;
		}
		access_time(&access, now_us, &keys);
		take(&keys, counts);
		if (*at == 'M')
			access_click(&access, &keys);
		else
			access_press(&access, code_of(*at), *at < 'a', now_us, &keys);
		take(&keys, counts);
	}
	CHECK_TEXT(counts, row->counts);
}

/* Whatever comes: what goes down goes up once, and nothing waits for ever. */
static void test_chance(void)
{
	struct access access;
	struct access_keys keys;
	uint8_t down[KEY_CNT] = {0};
	uint32_t random = 4711;
	int64_t now_us = 1;

	access_init(&access, &(struct access_settings){true, 20, 30});
	for (int i = 0; i < 200000; i++) {
		random = random * 1664525 + 1013904223;
		uint32_t code = (random >> 9) % 120 + 1;

		now_us += (random >> 20) % 64000;
		access_time(&access, now_us, &keys);
		for (unsigned j = 0; j < keys.count; j++)
			CHECK((down[keys.list[j].code] ^= 1) == keys.list[j].is_down);
		if (random >> 28 == 0)
			access_click(&access, &keys);
		else
			access_press(&access, code, random & 256, now_us, &keys);
		CHECK(keys.count <= ACCESS_KEYS_MAX);
		for (unsigned j = 0; j < keys.count; j++)
			CHECK((down[keys.list[j].code] ^= 1) == keys.list[j].is_down);
		CHECK(access_wake_us(&access) < 0 || access_wake_us(&access) > now_us);
	}
}

int main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		TEST(rows[i].what)
			run(&rows[i]);
	TEST("200000 random keys: down and up take turns")
		test_chance();
	TEST_END();
}
