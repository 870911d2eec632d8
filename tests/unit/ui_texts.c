/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/text.h"
#include "ui/catalogue.h"
#include "ui/texts.h"
#include "unit/test.h"

static const char *const languages[] = {"da", "fi", "nb", "sv"};

static struct catalogue *open_language(const char *language)
{
	const char *build = getenv("TYND_BUILD");
	struct catalogue *catalogue = NULL;
	struct err err = {0};
	char folder[512];

	text_format(folder, sizeof(folder), "%s/locale", build ? build : "build");
	if (catalogue_open(folder, language, &catalogue, &err) < 0)
		printf("%s\n", err.text);
	return catalogue;
}

/* There, and not the English one. */
static bool is_translated(const struct catalogue *catalogue, const char *text)
{
	if (strcmp(catalogue_text(catalogue, text), text) != 0)
		return true;
	printf("not translated: \"%s\"\n", text);
	return false;
}

static void check_language(const struct catalogue *catalogue)
{
	for (uint32_t number = 1; number < 1000; number++) {
		if (!reason_is_known(number))
			continue;
		const struct text_reason *text = text_of_reason((enum reason)number);

		CHECK(is_translated(catalogue, text->title));
		CHECK(is_translated(catalogue, text->hint));
	}
	for (uint32_t phase = 0; phase <= WIRE_PHASE_RECONNECTING; phase++)
		CHECK(is_translated(catalogue, text_of_phase(phase)));
	CHECK(is_translated(catalogue, text_of_reason(REASON_NONE)->title));
}

int main(void)
{
	TEST("every reason has a sentence of its own and something to try") {
		unsigned count = 0;

		for (uint32_t number = 1; number < 1000; number++) {
			if (!reason_is_known(number))
				continue;
			const struct text_reason *text = text_of_reason((enum reason)number);

			CHECK_INT(text->reason, number);
			CHECK(strlen(text->title) > 8 && strlen(text->title) < 60);
			CHECK(text->hint[strlen(text->hint) - 1] == '.');
			count++;
		}
		CHECK(count >= 40);
	}
	TEST("a reason that nobody knows has a general text") {
		CHECK_TEXT(text_of_reason((enum reason)999)->title, "Something went wrong");
	}
	for (unsigned i = 0; i < sizeof(languages) / sizeof(languages[0]); i++) {
		TEST(languages[i]) {
			struct catalogue *catalogue = open_language(languages[i]);

			CHECK(catalogue != NULL);
			check_language(catalogue);
			catalogue_destroy(catalogue);
		}
	}
	TEST_END();
}
