/* SPDX-License-Identifier: Apache-2.0 */
/* The layouts of the Nordic countries and their guests: every key, what it types, its number. */
#include "unit/test.h"

#include <errno.h>
#include <xkbcommon/xkbcommon-keysyms.h>

#include "base/loop.h"
#include "input/input.h"
#include "unit/scancodes.h"

enum { SEEN_MAX = 64 };

struct seen {
	unsigned count;
	struct input_event events[SEEN_MAX];
};

static void see(void *data, const struct input_event *event)
{
	struct seen *seen = data;

	if (event->kind == INPUT_KEY && seen->count < SEEN_MAX)
		seen->events[seen->count++] = *event;
}

/* The number that Windows has for it: "Keyboard Identifiers and Input Method Editors". */
static const struct {
	const char *layout, *variant;
	uint32_t rdp;
} layouts[] = {
		{"dk", "", 0x00000406},
		{"dk", "nodeadkeys", 0x00000406},
		{"dk", "winkeys", 0x00000406},
		{"se", "", 0x0000041d},
		{"se", "nodeadkeys", 0x0000041d},
		{"se", "smi", 0x0002083b}, /* Sami Extended Finland-Sweden */
		{"no", "", 0x00000414},
		{"no", "nodeadkeys", 0x00000414},
		{"no", "winkeys", 0x00000414},
		{"no", "smi", 0x0001043b}, /* Sami Extended Norway */
		{"no", "smi_nodeadkeys", 0x0001043b},
		{"fi", "", 0x0000040b},
		{"fi", "winkeys", 0x0000040b},
		{"fi", "smi", 0x0002083b},
		{"is", "", 0x0000040f},
		{"fo", "", 0x00000438},
		{"fo", "nodeadkeys", 0x00000438},
		{"de", "", 0x00000407},
		{"de", "nodeadkeys", 0x00000407},
		{"gb", "", 0x00000809},
		{"gb", "extd", 0x00000452},
		{"us", "", 0x00000409},
		{"us", "intl", 0x00020409},
		{"us", "dvorak", 0x00010409},
};

static struct input *make(struct loop *loop, struct seen *seen, const char *layout,
		const char *variant, const char *options)
{
	struct input_keymap names = {.layout = layout, .variant = variant, .options = options};
	struct input *input = NULL;
	struct err err = {""};

	if (input_create_manual(loop, &names, see, seen, &input, &err) < 0)
		printf("%s\n", err.text);
	return input;
}

static void test_keys(void)
{
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++)
		TEST(layouts[i].layout) {
			struct loop *loop = loop_create();
			struct seen seen = {0};
			struct input *input = make(loop, &seen, layouts[i].layout,
					layouts[i].variant, "");

			CHECK(input != NULL);
			CHECK_INT(input_rdp_layout(layouts[i].layout, layouts[i].variant),
					layouts[i].rdp);
			/* No layout moves a key: the desktop has it where the hand has it. */
			for (size_t j = 0; input && j < PUBLISHED; j++) {
				seen.count = 0;
				input_feed_key(input, published[j].key, true);
				input_feed_key(input, published[j].key, false);
				CHECK_INT(seen.count, 2);
				CHECK_INT(seen.events[0].code, published[j].key);
				CHECK_INT(seen.events[1].code, published[j].key);
				CHECK(seen.events[0].is_down && !seen.events[1].is_down);
				CHECK(!seen.events[0].is_composed);
			}
			input_destroy(input);
			loop_destroy(loop);
		}
}

enum { SHIFT = 1000, ALTGR = 2000 };

/* What stands on the keys of these countries; + SHIFT, + ALTGR: with it. */
static const struct {
	const char *what, *layout, *variant, *options;
	int keys[12];
	const char *text;
} typings[] = {
		{"da: letters", "dk", "", "",
				{KEY_LEFTBRACE, KEY_SEMICOLON, KEY_APOSTROPHE,
						SHIFT + KEY_LEFTBRACE},
				"åæøÅ"},
		{"da: signs", "dk", "", "",
				{ALTGR + KEY_2, ALTGR + KEY_3, ALTGR + KEY_7, ALTGR + KEY_0,
						ALTGR + KEY_102ND, KEY_102ND, SHIFT + KEY_7,
						ALTGR + KEY_E},
				"@£{}\\</€"},
		{"da: dead keys", "dk", "", "",
				{KEY_EQUAL, KEY_E, SHIFT + KEY_EQUAL, KEY_E, KEY_RIGHTBRACE, KEY_U,
						SHIFT + KEY_RIGHTBRACE, KEY_A,
						ALTGR + KEY_RIGHTBRACE, KEY_N},
				"éèüâñ"},
		{"da: a dead key and space", "dk", "", "", {SHIFT + KEY_RIGHTBRACE, KEY_SPACE},
				"^"},
		{"sv", "se", "", "",
				{KEY_LEFTBRACE, KEY_APOSTROPHE, KEY_SEMICOLON, ALTGR + KEY_2,
						ALTGR + KEY_MINUS, KEY_EQUAL, KEY_E, KEY_102ND},
				"åäö@\\é<"},
		{"nb", "no", "", "",
				{KEY_LEFTBRACE, KEY_APOSTROPHE, KEY_SEMICOLON, ALTGR + KEY_2,
						KEY_EQUAL, SHIFT + KEY_EQUAL, KEY_E},
				"åæø@\\è"},
		{"fi", "fi", "", "",
				{KEY_LEFTBRACE, KEY_APOSTROPHE, KEY_SEMICOLON, ALTGR + KEY_2,
						KEY_EQUAL, KEY_E, ALTGR + KEY_E},
				"åäö@é€"},
		{"is", "is", "", "",
				{KEY_LEFTBRACE, KEY_SEMICOLON, KEY_SLASH, KEY_MINUS, KEY_APOSTROPHE,
						KEY_A, ALTGR + KEY_Q, SHIFT + KEY_SLASH},
				"ðæþöá@Þ"},
		{"fo", "fo", "", "",
				{KEY_LEFTBRACE, KEY_RIGHTBRACE, KEY_SEMICOLON, KEY_APOSTROPHE,
						KEY_EQUAL, KEY_I},
				"åðæøí"},
		{"de", "de", "", "",
				{KEY_LEFTBRACE, KEY_SEMICOLON, KEY_APOSTROPHE, KEY_MINUS, KEY_Y,
						KEY_Z, ALTGR + KEY_Q, ALTGR + KEY_E, KEY_GRAVE,
						KEY_O},
				"üöäßzy@€ô"},
		{"gb", "gb", "", "",
				{SHIFT + KEY_3, SHIFT + KEY_2, KEY_BACKSLASH, ALTGR + KEY_4,
						KEY_102ND},
				"£\"#€\\"},
		{"us", "us", "", "", {SHIFT + KEY_2, SHIFT + KEY_3, KEY_BACKSLASH, KEY_APOSTROPHE},
				"@#\\'"},
		{"us international", "us", "intl", "",
				{KEY_APOSTROPHE, KEY_E, SHIFT + KEY_APOSTROPHE, KEY_O,
						SHIFT + KEY_GRAVE, KEY_N, ALTGR + KEY_W,
						ALTGR + KEY_5},
				"éöñå€"},
		{"Compose by an option", "dk", "", "compose:ralt",
				{KEY_RIGHTALT, KEY_S, KEY_S, KEY_RIGHTALT, KEY_O, SHIFT + KEY_A},
				"ßÅ"},
		{"Compose on the menu key", "us", "", "compose:menu",
				{KEY_COMPOSE, KEY_APOSTROPHE, KEY_E, KEY_COMPOSE, KEY_O, KEY_O},
				"é°"},
		{"Caps Lock as Escape types nothing", "us", "", "caps:escape",
				{KEY_CAPSLOCK, KEY_A}, "a"},
};

static void press(struct input *input, int key)
{
	uint32_t mod = key >= ALTGR ? KEY_RIGHTALT : key >= SHIFT ? KEY_LEFTSHIFT : 0;
	uint32_t code = (uint32_t)(key % 1000);

	if (mod)
		input_feed_key(input, mod, true);
	input_feed_key(input, code, true);
	input_feed_key(input, code, false);
	if (mod)
		input_feed_key(input, mod, false);
}

static void test_typing(size_t row)
{
	struct loop *loop = loop_create();
	struct seen seen = {0};
	struct input *input = make(loop, &seen, typings[row].layout, typings[row].variant,
			typings[row].options);
	char text[128] = "";

	CHECK(input != NULL);
	for (int i = 0; input && i < 12 && typings[row].keys[i]; i++)
		press(input, typings[row].keys[i]);
	for (unsigned i = 0; i < seen.count; i++)
		if (seen.events[i].is_down)
			strncat(text, seen.events[i].text, sizeof(text) - strlen(text) - 1);
	CHECK_TEXT(text, typings[row].text);
	input_destroy(input);
	loop_destroy(loop);
}

static void test_options(void)
{
	static const struct {
		const char *options;
		uint32_t key, sent;
	} rows[] = {
			{"caps:escape", KEY_CAPSLOCK, KEY_ESC},
			{"ctrl:nocaps", KEY_CAPSLOCK, KEY_LEFTCTRL},
			{"ctrl:swapcaps", KEY_LEFTCTRL, KEY_CAPSLOCK},
			{"ctrl:swapcaps", KEY_CAPSLOCK, KEY_LEFTCTRL},
			{"altwin:swap_alt_win", KEY_LEFTALT, KEY_LEFTMETA},
			{"lv3:caps_switch", KEY_CAPSLOCK, KEY_RIGHTALT},
			{"caps:backspace", KEY_CAPSLOCK, KEY_BACKSPACE},
			{"", KEY_CAPSLOCK, KEY_CAPSLOCK},
	};

	TEST("keys that an option moves are moved on the desktop as well") {
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			struct loop *loop = loop_create();
			struct seen seen = {0};
			struct input *input = make(loop, &seen, "us", "", rows[i].options);

			CHECK(input != NULL);
			input_feed_key(input, rows[i].key, true);
			input_feed_key(input, rows[i].key, false);
			CHECK_INT(seen.count, 2);
			CHECK_INT(seen.events[0].code, rows[i].sent);
			CHECK_INT(seen.events[1].code, rows[i].sent);
			input_destroy(input);
			loop_destroy(loop);
		}
	}
}

static void test_compose(void)
{
	struct loop *loop = loop_create();
	struct seen seen = {0};
	struct input *input = make(loop, &seen, "dk", "", "compose:rctrl");
	unsigned texts = 0;

	TEST("of a Compose sequence every key is marked, and one has the text") {
		press(input, KEY_RIGHTCTRL);
		press(input, KEY_O);
		press(input, KEY_C);
		CHECK_INT(seen.count, 6);
		for (unsigned i = 0; i < seen.count; i++) {
			CHECK(seen.events[i].is_composed);
			texts += seen.events[i].text[0] != '\0';
		}
		CHECK_INT(texts, 1);
		CHECK_TEXT(seen.events[4].text, "©");
	}
	TEST("a sequence that is none swallows its keys, and the next key is itself") {
		seen.count = 0;
		press(input, KEY_RIGHTCTRL);
		press(input, KEY_Q);
		press(input, KEY_Q);
		press(input, KEY_A);
		CHECK(!seen.events[seen.count - 2].is_composed);
		CHECK_TEXT(seen.events[seen.count - 2].text, "a");
	}
	TEST("dead keys are the desktop's own: not marked") {
		seen.count = 0;
		press(input, KEY_EQUAL);
		press(input, KEY_E);
		CHECK_INT(seen.count, 4);
		for (unsigned i = 0; i < seen.count; i++)
			CHECK(!seen.events[i].is_composed);
		CHECK_TEXT(seen.events[2].text, "é");
	}
	input_destroy(input);
	loop_destroy(loop);
}

int main(void)
{
	test_keys();
	for (size_t i = 0; i < sizeof(typings) / sizeof(typings[0]); i++)
		TEST(typings[i].what)
			test_typing(i);
	test_options();
	test_compose();
	TEST_END();
}
