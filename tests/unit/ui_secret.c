/* SPDX-License-Identifier: Apache-2.0 */
/* A password, shown or not, leaves nothing behind in the memory of the drawing. */
#include <stdlib.h>

#include "base/own.h"
#include "base/text.h"
#include "ui/ui.h"
#include "unit/test.h"

enum { SECRET_SIZE = 24 };

/* Made, so that the program's own constants do not hold it. */
static void make_secret(char *text)
{
	for (int i = 0; i < SECRET_SIZE; i++)
		text[i] = (char)('a' + (i * 7 + 3) % 26);
	text[SECRET_SIZE] = 0;
}

/* How often the secret's first half stands in the heap. */
static unsigned count_in_heap(const char *secret)
{
	OWNED(file) FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];
	unsigned long from = 0, to = 0;
	unsigned count = 0;

	while (maps && fgets(line, sizeof(line), maps))
		if (strstr(line, "[heap]") && sscanf(line, "%lx-%lx", &from, &to) == 2)
			break;
	for (const char *at = (const char *)from; at + SECRET_SIZE < (const char *)to; at++)
		count += memcmp(at, secret, SECRET_SIZE / 2) == 0;
	return count;
}

int main(void)
{
	static struct ui_model m, before;
	static char secret[SECRET_SIZE + 1];
	struct ui_size size = {640, 480, 100};
	struct ui_rect damage;
	struct ui *ui = NULL;
	struct err err;
	char *copy;

#ifdef __SANITIZE_ADDRESS__
	puts("skipped: the sanitizer keeps its heap elsewhere");
	return 77;
#endif
	make_secret(secret);
	TEST("the search finds what is there") {
		copy = own_copy_text(secret);
		CHECK_INT(count_in_heap(secret), 1);
		text_wipe(copy, SECRET_SIZE);
		free(copy);
		CHECK_INT(count_in_heap(secret), 0);
	}
	TEST("a password that was shown is forgotten") {
		void *pixels = own_alloc((size_t)size.width * size.height * 4);

		CHECK_INT(ui_create("/nowhere", &ui, &err), 0);
		m = (struct ui_model){.screen = UI_SIGN_IN, .is_password_shown = true};
		ui_draw(ui, &m, NULL, size, pixels, size.width * 4, &damage);
		for (int i = 1; i <= SECRET_SIZE; i++) {
			before = m;
			memcpy(m.fields[UI_FIELD_PASSWORD].text, secret, (size_t)i);
			m.fields[UI_FIELD_PASSWORD].cursor = (uint32_t)i;
			ui_draw(ui, &m, &before, size, pixels, size.width * 4, &damage);
			ui_field_offset(ui, &m, size, UI_FIELD_PASSWORD, 320);
			ui_hit(ui, &m, size, 320, 240);
		}
		CHECK_INT(count_in_heap(secret), 0);
		free(pixels);
	}
	ui_destroy(ui);
	TEST_END();
}
