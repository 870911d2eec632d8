/* SPDX-License-Identifier: Apache-2.0 */
/* Keys become text, locks, repeats: through the same code with and without devices. */
#include "unit/test.h"

#include <errno.h>
#include <linux/input-event-codes.h>
#include <xkbcommon/xkbcommon-keysyms.h>

#include "base/loop.h"
#include "input/input.h"

enum { SEEN_MAX = 256 };

struct seen {
	unsigned count;
	struct input_event events[SEEN_MAX];
};

static void see(void *data, const struct input_event *event)
{
	struct seen *seen = data;

	if (seen->count < SEEN_MAX)
		seen->events[seen->count++] = *event;
}

static struct input_keymap layout(const char *name, const char *variant)
{
	return (struct input_keymap){.layout = name, .variant = variant, .options = ""};
}

/* What the keys type; a negative code is held (pressed, and released at the end). */
static void type(const char *name, const char *variant, const int *codes, char *text, size_t size)
{
	struct loop *loop = loop_create();
	struct input_keymap names = layout(name, variant);
	struct seen seen = {0};
	struct input *input = NULL;
	struct err err = {""};

	text[0] = '\0';
	CHECK_INT(input_create_manual(loop, &names, see, &seen, &input, &err), 0);
	if (input) {
		for (int i = 0; codes[i]; i++) {
			input_feed_key(input, (uint32_t)(codes[i] < 0 ? -codes[i] : codes[i]),
					true);
			if (codes[i] > 0)
				input_feed_key(input, (uint32_t)codes[i], false);
		}
		input_release_all(input);
	}
	for (unsigned i = 0; i < seen.count; i++)
		strncat(text, seen.events[i].text, size - strlen(text) - 1);
	input_destroy(input);
	loop_destroy(loop);
}

struct typing {
	const char *what, *layout, *variant;
	int codes[12];
	const char *text;
};

static const struct typing typings[] = {
		{"Danish letters", "dk", "", {KEY_SEMICOLON, KEY_APOSTROPHE, KEY_LEFTBRACE}, "æøå"},
		{"shift", "dk", "", {-KEY_LEFTSHIFT, KEY_LEFTBRACE, KEY_A}, "ÅA"},
		{"caps lock", "dk", "", {KEY_CAPSLOCK, KEY_A, KEY_1, KEY_CAPSLOCK, KEY_A}, "A1a"},
		{"AltGr", "dk", "", {-KEY_RIGHTALT, KEY_2, KEY_E}, "@€"},
		{"dead acute", "dk", "", {KEY_EQUAL, KEY_E}, "é"},
		{"dead diaeresis", "dk", "", {KEY_RIGHTBRACE, KEY_U, KEY_U}, "üu"},
		{"dead key and space", "de", "", {KEY_GRAVE, KEY_SPACE}, "^"},
		{"dead key and stranger", "dk", "", {KEY_EQUAL, KEY_Q, KEY_Q}, "q"},
		{"no dead keys", "dk", "nodeadkeys", {KEY_EQUAL, KEY_E}, "´e"},
		{"control types nothing", "dk", "", {-KEY_LEFTCTRL, KEY_A}, ""},
		{"enter, tab, escape type nothing", "us", "", {KEY_ENTER, KEY_TAB, KEY_ESC}, ""},
		{"num lock", "us", "", {KEY_NUMLOCK, KEY_KP1, KEY_KP2}, "12"},
		{"Icelandic", "is", "", {KEY_SLASH, KEY_LEFTBRACE}, "þð"},
		{"Faroese", "fo", "", {KEY_SEMICOLON, KEY_RIGHTBRACE}, "æð"},
		{"Swedish", "se", "", {KEY_SEMICOLON, KEY_APOSTROPHE, KEY_LEFTBRACE}, "öäå"},
		{"US international", "us", "intl", {KEY_APOSTROPHE, KEY_A}, "á"},
};

static struct input *make(struct loop *loop, struct seen *seen, uint32_t delay_ms)
{
	struct input_keymap names = layout("dk", "");
	struct input *input = NULL;

	names.repeat_delay_ms = delay_ms;
	names.repeat_per_second = 60;
	CHECK_INT(input_create_manual(loop, &names, see, seen, &input, NULL), 0);
	return input;
}

static void test_keymap_change(void)
{
	struct loop *loop = loop_create();
	struct seen seen = {0};
	struct input *input = make(loop, &seen, 0);
	struct input_keymap bad = layout("atlantis", ""), path = layout("../../etc/passwd", "");
	struct input_keymap german = layout("de", "");
	struct err err = {""};

	TEST("an unknown layout is refused and the present one stays") {
		CHECK_INT(input_set_keymap(input, &bad, &err), -EINVAL);
		CHECK_HAS(err.text, "atlantis");
		CHECK_INT(input_set_keymap(input, &path, &err), -EINVAL);
		input_feed_key(input, KEY_SEMICOLON, true);
		CHECK_TEXT(seen.events[seen.count - 1].text, "æ");
		input_feed_key(input, KEY_SEMICOLON, false);
	}
	TEST("a new keymap keeps held keys and locks") {
		input_set_locks(input,
				(struct input_locks){.caps = true, .num = true, .scroll = true});
		input_feed_key(input, KEY_LEFTSHIFT, true);
		CHECK_INT(input_set_keymap(input, &german, &err), 0);
		CHECK(input_locks(input).caps && input_locks(input).num &&
				input_locks(input).scroll);
		input_feed_key(input, KEY_SEMICOLON, true);
		CHECK_TEXT(seen.events[seen.count - 1].text, "ö"); /* shift undoes caps lock */
		CHECK_INT(seen.events[seen.count - 1].modifiers, INPUT_SHIFT);
		input_release_all(input);
		CHECK_INT(seen.events[seen.count - 1].is_down, 0);
	}
	input_destroy(input);
	loop_destroy(loop);
}

static void test_locks(void)
{
	struct loop *loop = loop_create();
	struct seen seen = {0};
	struct input *input = make(loop, &seen, 0);

	TEST("the keys toggle the locks, and so does a session") {
		input_feed_key(input, KEY_SCROLLLOCK, true);
		input_feed_key(input, KEY_SCROLLLOCK, false);
		input_feed_key(input, KEY_CAPSLOCK, true);
		input_feed_key(input, KEY_CAPSLOCK, false);
		CHECK(input_locks(input).caps && input_locks(input).scroll &&
				!input_locks(input).num);
		input_set_locks(input, (struct input_locks){.num = true});
		CHECK(!input_locks(input).caps && !input_locks(input).scroll &&
				input_locks(input).num);
		input_feed_key(input, KEY_A, true);
		CHECK_TEXT(seen.events[seen.count - 1].text, "a");
	}
	TEST("a key that is down, up or out of range changes nothing") {
		unsigned count = seen.count;

		input_feed_key(input, KEY_A, true);
		input_feed_key(input, KEY_B, false);
		input_feed_key(input, 0, true);
		input_feed_key(input, KEY_CNT, true);
		input_feed_key(input, UINT32_MAX, true);
		CHECK_INT(seen.count, count);
	}
	TEST("releasing all ends what is held, once") {
		unsigned count = seen.count;

		input_feed_key(input, KEY_LEFTCTRL, true);
		input_release_all(input);
		input_release_all(input);
		CHECK_INT(seen.count, count + 3);
		CHECK_INT(seen.events[count + 1].is_down, 0);
		CHECK_INT(seen.events[count + 2].is_down, 0);
	}
	input_destroy(input);
	loop_destroy(loop);
}

static void run_until(struct loop *loop, const struct seen *seen, unsigned count)
{
	for (int i = 0; i < 200 && seen->count < count; i++)
		loop_step(loop, 100);
}

static void test_repeat(void)
{
	struct loop *loop = loop_create();
	struct seen seen = {0};
	struct input *input = make(loop, &seen, 20);

	TEST("a held key repeats with its text until it is released") {
		input_feed_key(input, KEY_A, true);
		run_until(loop, &seen, 4);
		CHECK(seen.count >= 4);
		CHECK(!seen.events[0].is_repeat && seen.events[1].is_repeat &&
				seen.events[3].is_repeat);
		CHECK_TEXT(seen.events[3].text, "a");
		input_feed_key(input, KEY_A, false);
		seen.count = 0;
		loop_step(loop, 60);
		CHECK_INT(seen.count, 0);
	}
	TEST("modifiers and dead keys do not repeat") {
		input_feed_key(input, KEY_LEFTSHIFT, true);
		input_feed_key(input, KEY_LEFTSHIFT, false);
		input_feed_key(input, KEY_EQUAL, true);
		seen.count = 0;
		loop_step(loop, 60);
		CHECK_INT(seen.count, 0);
	}
	input_destroy(input);
	loop_destroy(loop);
}

static void test_characters(void)
{
	struct loop *loop = loop_create();
	struct seen seen = {0};
	struct input *input = make(loop, &seen, 0);
	const uint32_t text[] = {'H', 0xe6, '7', '@', '/', 0xc5, '{', '.'};
	char typed[64] = "";

	TEST("a character finds its key, with Shift or AltGr") {
		for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++)
			CHECK_INT(input_feed_character(input, text[i]), 0);
		for (unsigned i = 0; i < seen.count; i++)
			strcat(typed, seen.events[i].text);
		CHECK_TEXT(typed, "Hæ7@/Å{.");
		CHECK_INT(input_feed_character(input, 0x4e2d), -ENOENT);
	}
	input_destroy(input);
	loop_destroy(loop);
}

static void test_layouts(void)
{
	static const struct {
		const char *layout, *variant;
		uint32_t rdp;
	} rows[] = {
			{"dk", "", 0x406},
			{"dk", "nodeadkeys", 0x406},
			{"no", "", 0x414},
			{"no", "smi", 0x1043b},
			{"se", "", 0x41d},
			{"fi", "", 0x40b},
			{"is", "", 0x40f},
			{"fo", "", 0x438},
			{"de", "", 0x407},
			{"gb", "", 0x809},
			{"us", "", 0x409},
			{"us", "intl", 0x20409},
			{"us", "dvorak", 0x10409},
			{"dk,us", ",intl", 0x406},
			{"us,dk", "intl,", 0x20409},
			{"", "", 0x409},
			{"atlantis", "", 0x409},
			{"d", "", 0x409},
	};

	TEST("XKB names become RDP layouts") {
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			CHECK_INT(input_rdp_layout(rows[i].layout, rows[i].variant), rows[i].rdp);
	}
}

int main(void)
{
	for (size_t i = 0; i < sizeof(typings) / sizeof(typings[0]); i++)
		TEST(typings[i].what) {
			char text[128];

			type(typings[i].layout, typings[i].variant, typings[i].codes, text,
					sizeof(text));
			CHECK_TEXT(text, typings[i].text);
		}
	test_keymap_change();
	test_locks();
	test_repeat();
	test_characters();
	test_layouts();
	TEST_END();
}
