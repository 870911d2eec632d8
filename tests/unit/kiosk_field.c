/* SPDX-License-Identifier: Apache-2.0 */
/* One line of text: the cursor walks over characters, never into them. */
#include "unit/test.h"

#include "kiosk/field.h"

/* i insert "æ", c insert "中", b backspace, d delete, l left, r right, h home, e end */
static void edit(struct ui_field *field, const char *keys)
{
	for (; *keys; keys++)
		switch (*keys) {
		case 'i':
			field_insert(field, "æ");
			break;
		case 'c':
			field_insert(field, "中");
			break;
		case 'b':
			field_backspace(field);
			break;
		case 'd':
			field_delete(field);
			break;
		case 'l':
			field_left(field);
			break;
		case 'r':
			field_right(field);
			break;
		case 'h':
			field_home(field);
			break;
		case 'e':
			field_end(field);
			break;
		default:
			break;
		}
}

static const struct {
	const char *before, *keys, *after;
	uint32_t cursor;
} rows[] = {
		{"", "i", "æ", 2},
		{"ab", "lic", "aæ中b", 6},
		{"aæ中", "b", "aæ", 3},
		{"aæ中", "bbbb", "", 0},
		{"aæ中", "hd", "æ中", 0},
		{"aæ中", "hrd", "a中", 1},
		{"aæ中", "d", "aæ中", 6},
		{"aæ中", "hl", "aæ中", 0},
		{"aæ中", "er", "aæ中", 6},
		{"aæ中", "ll", "aæ中", 1},
		{"aæ中", "hrr", "aæ中", 3},
		{"aæ中", "hi", "æaæ中", 2},
};

static void test_rows(void)
{
	struct ui_field field;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		TEST(rows[i].keys) {
			field_set(&field, rows[i].before);
			edit(&field, rows[i].keys);
			CHECK_TEXT(field.text, rows[i].after);
			CHECK_INT(field.cursor, rows[i].cursor);
		}
}

int main(void)
{
	struct ui_field field;

	test_rows();
	TEST("what does not fit whole, is no text or has control bytes changes nothing") {
		char full[UI_FIELD_MAX];

		memset(full, 'x', sizeof(full));
		full[UI_FIELD_MAX - 2] = '\0';
		field_set(&field, full);
		field_insert(&field, "æ");
		CHECK_INT(strlen(field.text), UI_FIELD_MAX - 2);
		field_insert(&field, "a");
		field_insert(&field, "b");
		CHECK_INT(strlen(field.text), UI_FIELD_MAX - 1);
		field_set(&field, "a");
		field_insert(&field, "\xff");
		field_insert(&field, "\xc3");
		field_insert(&field, "\t");
		field_insert(&field, "");
		CHECK_TEXT(field.text, "a");
	}
	TEST("a text that is too long is cut at a character") {
		char large[UI_FIELD_MAX + 8];

		memset(large, 'x', sizeof(large));
		memcpy(large + UI_FIELD_MAX - 2, "中", 4);
		field_set(&field, large);
		CHECK_INT(strlen(field.text), UI_FIELD_MAX - 2);
		CHECK_INT(field.cursor, UI_FIELD_MAX - 2);
	}
	TEST("a click falls on the character's beginning") {
		field_set(&field, "aæb");
		field_place(&field, 2);
		CHECK_INT(field.cursor, 1);
		field_place(&field, 999);
		CHECK_INT(field.cursor, 4);
	}
	TEST("nothing of a wiped or deleted secret stays") {
		bool is_clean = true;

		field_set(&field, "secret");
		edit(&field, "bbb");
		for (size_t i = 3; i < sizeof(field.text); i++)
			is_clean &= field.text[i] == '\0';
		CHECK(is_clean);
		field_wipe(&field);
		CHECK_TEXT(field.text, "");
		CHECK_INT(field.cursor, 0);
	}
	TEST_END();
}
