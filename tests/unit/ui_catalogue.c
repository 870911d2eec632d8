/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/catalogue.h"
#include "unit/test.h"

/* Two texts, "a" -> "x" and "bc" -> "", as msgfmt writes them. */
struct file {
	uint32_t magic, revision, count, originals, translations;
	uint32_t original[4], translation[4];
	char text[8];
};

static const struct file good = {
		.magic = 0x950412de,
		.count = 2,
		.originals = 20,
		.translations = 36,
		.original = {1, 52, 2, 54},
		.translation = {1, 57, 0, 59},
		.text = "a\0bc\0x\0",
};

enum { GOOD_SIZE = 60 };

static int parse(const struct file *file, size_t size, struct catalogue **ret, struct err *err)
{
	return catalogue_parse((const uint8_t *)file, size, ret, err);
}

/* Each field made wrong in turn, with what the message must say. */
static void check_refused(const char *name, size_t offset, uint32_t value, const char *says)
{
	struct file bad = good;
	struct catalogue *catalogue = NULL;
	struct err err = {0};

	memcpy((char *)&bad + offset, &value, sizeof(value));
	TEST(name) {
		CHECK(parse(&bad, GOOD_SIZE, &catalogue, &err) < 0);
		CHECK(catalogue == NULL);
		CHECK_HAS(err.text, says);
	}
}

int main(void)
{
	struct catalogue *catalogue = NULL;
	struct err err = {0};

	TEST("texts are found, and what is missing or empty stays English") {
		CHECK_INT(parse(&good, GOOD_SIZE, &catalogue, &err), 0);
		CHECK_TEXT(catalogue_text(catalogue, "a"), "x");
		CHECK_TEXT(catalogue_text(catalogue, "bc"), "bc");
		CHECK_TEXT(catalogue_text(catalogue, "none"), "none");
		CHECK_TEXT(catalogue_text(NULL, "a"), "a");
		catalogue_destroy(catalogue);
		catalogue = NULL;
	}
	TEST("every shorter file is refused") {
		for (size_t size = 0; size < GOOD_SIZE; size++)
			CHECK(parse(&good, size, &catalogue, &err) < 0);
		CHECK(catalogue == NULL);
	}
	check_refused("other byte order", 0, 0xde120495, "byte order");
	check_refused("more texts than bytes", 8, 0x20000000, "exceeds");
	check_refused("table of originals outside", 12, 0xfffffff0, "exceeds");
	check_refused("table of translations outside", 16, 61, "exceeds");
	check_refused("text outside", 24, 60, "exceeds");
	check_refused("text longer than the file", 20, 0xffffffff, "exceeds");
	check_refused("text without an end", 28, 3, "exceeds");
	TEST("a language that is not there is an error with its path") {
		CHECK(catalogue_open("/nowhere", "xx", &catalogue, &err) < 0);
		CHECK_HAS(err.text, "/nowhere/xx/LC_MESSAGES/tynd.mo");
	}
	TEST_END();
}
