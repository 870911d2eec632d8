/* SPDX-License-Identifier: Apache-2.0 */
/* Every key of tests/unit/scancodes.h sends what stands there. */
#include "unit/test.h"

#include <stdlib.h>

#include "session/keys.h"
#include "unit/scancodes.h"

/* "E0 4F" as RDP has it; the sequence of Pause is a kind of its own. */
static uint32_t scancode_of(const char *text)
{
	if (strncmp(text, "E1", 2) == 0)
		return KEYS_PAUSE;
	if (strncmp(text, "E0 ", 3) == 0)
		return KEYS_EXTENDED | (uint32_t)strtoul(text + 3, NULL, 16);
	return (uint32_t)strtoul(text, NULL, 16);
}

static void test_table(void)
{
	unsigned boards[128] = {0};

	TEST("every key of every board is the scancode that is published") {
		for (size_t i = 0; i < PUBLISHED; i++) {
			if (keys_scancode(published[i].key) != scancode_of(published[i].scancode))
				printf("usage %06x:\n", published[i].usage);
			CHECK_INT(keys_scancode(published[i].key),
					scancode_of(published[i].scancode));
			for (const char *board = published[i].boards; *board; board++)
				boards[(unsigned char)*board]++;
		}
	}
	TEST("the boards are whole: 105 keys in Europe, 104 in America") {
		CHECK_INT(boards['I'], 105);
		CHECK_INT(boards['A'], 104);
		CHECK(boards['L'] >= 33 && boards['J'] == 8 && boards['B'] == 2 &&
				boards['K'] == 2);
	}
	TEST("two keys of one board never send the same") {
		for (size_t i = 0; i < PUBLISHED; i++)
			for (size_t j = 0; j < i; j++)
				CHECK(published[i].key == published[j].key ||
						strcmp(published[i].scancode,
								published[j].scancode) != 0);
	}
}

struct step {
	uint32_t key;
	bool is_down;
	uint32_t scancode;
	bool is_click;
};

static void run(const struct step *steps, size_t count)
{
	uint32_t held = 0;

	for (size_t i = 0; i < count; i++) {
		struct keys_sent sent = keys_send(&held, steps[i].key, steps[i].is_down);

		CHECK_INT(sent.scancode, steps[i].scancode);
		CHECK_INT(sent.is_click, steps[i].is_click);
	}
	CHECK_INT(held, 0);
}

static void test_sequences(void)
{
	static const struct step pause[] = {
			{KEY_PAUSE, true, KEYS_PAUSE, false}, {KEY_PAUSE, false, KEYS_NONE, false}};
	static const struct step ctrl_break[] = {{KEY_RIGHTCTRL, true, 0x11d, false},
			{KEY_PAUSE, true, 0x146, true}, {KEY_RIGHTCTRL, false, 0x11d, false},
			{KEY_PAUSE, false, KEYS_NONE, false}};
	static const struct step print[] = {
			{KEY_SYSRQ, true, 0x137, false}, {KEY_SYSRQ, false, 0x137, false}};
	static const struct step ctrl_print[] = {{KEY_LEFTCTRL, true, 0x1d, false},
			{KEY_SYSRQ, true, 0x137, false}, {KEY_SYSRQ, false, 0x137, false},
			{KEY_LEFTCTRL, false, 0x1d, false}};
	static const struct step alt_print[] = {{KEY_LEFTALT, true, 0x38, false},
			{KEY_SYSRQ, true, 0x54, true}, {KEY_SYSRQ, false, KEYS_NONE, false},
			{KEY_LEFTALT, false, 0x38, false}};
	static const struct step print_alt[] = {{KEY_SYSRQ, true, 0x137, false},
			{KEY_LEFTALT, true, 0x38, false}, {KEY_SYSRQ, true, 0x137, false},
			{KEY_SYSRQ, false, 0x137, false}, {KEY_LEFTALT, false, 0x38, false}};
	static const struct step alt_pause[] = {{KEY_LEFTALT, true, 0x38, false},
			{KEY_PAUSE, true, KEYS_PAUSE, false}, {KEY_PAUSE, false, KEYS_NONE, false},
			{KEY_LEFTALT, false, 0x38, false}};

#define RUN(what, steps) \
	TEST(what) \
	run(steps, sizeof(steps) / sizeof((steps)[0]))
	RUN("Pause is a sequence without a release", pause);
	RUN("Ctrl+Pause is Break, whatever goes up first", ctrl_break);
	RUN("PrintScreen", print);
	RUN("Ctrl+PrintScreen", ctrl_print);
	RUN("Alt+PrintScreen is SysRq", alt_print);
	RUN("PrintScreen that is held when Alt comes goes up as it went down", print_alt);
	RUN("Alt+Pause is Pause", alt_pause);
}

int main(void)
{
	test_table();
	test_sequences();
	TEST_END();
}
