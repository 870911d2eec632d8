/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/test.h"

#include <freerdp/input.h>
#include <linux/input-event-codes.h>

#include "session/cursor.h"
#include "session/input.h"

static void test_characters(void)
{
	TEST("characters become UTF-16") {
		uint16_t units[2];

		CHECK_INT(input_utf16('a', units), 1);
		CHECK_INT(units[0], 'a');
		CHECK_INT(input_utf16(0x20ac, units), 1);
		CHECK_INT(input_utf16(0x1f600, units), 2);
		CHECK_INT(units[0], 0xd83d);
		CHECK_INT(units[1], 0xde00);
		CHECK_INT(input_utf16(0x10ffff, units), 2);
		CHECK_INT(units[0], 0xdbff);
		CHECK_INT(units[1], 0xdfff);
	}
	TEST("what is no character is nothing") {
		uint16_t units[2];

		CHECK_INT(input_utf16(0, units), 0);
		CHECK_INT(input_utf16(0xd800, units), 0);
		CHECK_INT(input_utf16(0xdfff, units), 0);
		CHECK_INT(input_utf16(0x110000, units), 0);
		CHECK_INT(input_utf16(UINT32_MAX, units), 0);
	}
}

static void test_pointer(void)
{
	TEST("a notch away from the user, and one back in nine bits of two's complement") {
		int32_t amount = 120;

		CHECK_INT(input_wheel_flags(PTR_FLAGS_WHEEL, &amount), PTR_FLAGS_WHEEL | 120);
		CHECK_INT(amount, 0);
		amount = -120;
		CHECK_INT(input_wheel_flags(PTR_FLAGS_HWHEEL, &amount),
				PTR_FLAGS_HWHEEL | PTR_FLAGS_WHEEL_NEGATIVE | (256 - 120));
		CHECK_INT(amount, 0);
	}
	TEST("more than one event holds is cut in steps that add up") {
		int32_t amount = 1000;
		unsigned steps = 0;

		for (; amount != 0 && steps < 100; steps++)
			CHECK(!(input_wheel_flags(PTR_FLAGS_WHEEL, &amount) &
					PTR_FLAGS_WHEEL_NEGATIVE));
		CHECK_INT(steps, 4);
		CHECK_INT(amount, 0);
	}
	TEST("buttons") {
		bool is_extended = true;

		CHECK_INT(input_button_flags(BTN_LEFT, &is_extended), PTR_FLAGS_BUTTON1);
		CHECK(!is_extended);
		CHECK_INT(input_button_flags(BTN_RIGHT, &is_extended), PTR_FLAGS_BUTTON2);
		CHECK_INT(input_button_flags(BTN_MIDDLE, &is_extended), PTR_FLAGS_BUTTON3);
		CHECK_INT(input_button_flags(BTN_SIDE, &is_extended), PTR_XFLAGS_BUTTON1);
		CHECK(is_extended);
		CHECK_INT(input_button_flags(BTN_EXTRA, &is_extended), PTR_XFLAGS_BUTTON2);
		CHECK_INT(input_button_flags(0, &is_extended), 0);
		CHECK_INT(input_button_flags(UINT32_MAX, &is_extended), 0);
	}
}

int main(void)
{
	test_characters();
	test_pointer();
	TEST("cursors are premultiplied") {
		uint32_t pixels[] = {0xff123456, 0x00ffffff, 0x80ff0080, 0x01ffffff};

		cursor_premultiply(pixels, 4);
		CHECK_INT(pixels[0], 0xff123456);
		CHECK_INT(pixels[1], 0);
		CHECK_INT(pixels[2], 0x80800040);
		CHECK_INT(pixels[3], 0x01010101);
	}
	TEST_END();
}
