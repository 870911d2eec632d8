/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ui_draw WIDTH HEIGHT LOCALE: CPU time of drawing the sign-in screen: all of it, and one more character in the
 * name. A line of JSON: medians in ms, pixels drawn for the character.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/own.h"
#include "ui/ui.h"

enum { WHOLE = 15, CHARACTERS = 60 };

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b)
{
	double one = *(const double *)a, other = *(const double *)b;

	return one < other ? -1 : one > other;
}

static double median(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), compare);
	return values[count / 2];
}

static void fill(struct ui_model *model)
{
	model->screen = UI_SIGN_IN;
	strcpy(model->language, "da");
	model->fields[UI_FIELD_USER].is_shown = model->fields[UI_FIELD_PASSWORD].is_shown = true;
	model->focus = UI_TARGET_FIELD_USER;
	strcpy(model->clock, "13:37");
	strcpy(model->identity.organisation, "Skovby Kommune");
	strcpy(model->identity.site, "Rådhuset");
	strcpy(model->helpdesk.phone, "87 87 87 87");
	model->shows_password_button = true;
}

int main(int argc, char **argv)
{
	struct ui_size size = {0, 0, 100};
	struct ui_rect damage = {0};
	struct ui_model *model = own_alloc(sizeof(*model)), *before = own_alloc(sizeof(*before));
	double whole[WHOLE], character[CHARACTERS], start;
	struct err err = {""};
	struct ui *ui;

	if (argc != 4 || ui_create(argv[3], &ui, &err) < 0) {
		fprintf(stderr, "ui_draw: %s\n", argc == 4 ? err.text : "WIDTH HEIGHT LOCALE");
		return 2;
	}
	size.width = (uint32_t)atoi(argv[1]);
	size.height = (uint32_t)atoi(argv[2]);
	uint32_t stride = size.width * 4;
	void *pixels = own_alloc_array((size_t)size.width * size.height, 4);

	fill(model);
	for (unsigned i = 0; i < WHOLE; i++) {
		start = now_ms();
		ui_draw(ui, model, NULL, size, pixels, stride, &damage);
		whole[i] = now_ms() - start;
	}
	for (unsigned i = 0; i < CHARACTERS; i++) {
		struct ui_field *field = &model->fields[UI_FIELD_USER];

		*before = *model;
		field->text[i % 20] = (char)('a' + i % 26);
		field->text[i % 20 + 1] = '\0';
		field->cursor = i % 20 + 1;
		start = now_ms();
		ui_draw(ui, model, before, size, pixels, stride, &damage);
		character[i] = now_ms() - start;
	}
	printf("{\"whole_ms\": %.4f, \"character_ms\": %.4f, \"character_pixels\": %d}\n",
			median(whole, WHOLE), median(character, CHARACTERS),
			(damage.x2 - damage.x1) * (damage.y2 - damage.y1));
	ui_destroy(ui);
	free(pixels);
	free(model);
	free(before);
	return 0;
}
