/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/ui.h"

#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "ui/field.h"
#include "ui/layout.h"
#include "ui/paint.h"

enum { LANGUAGES_MAX = 8 };

#define INSTALLED "/usr/share/tynd/locale"

/* A catalogue that was looked for; NULL: there is none. */
struct language {
	char name[16];
	struct catalogue *catalogue;
};

struct ui {
	char *locale_folder;
	struct typesetter *setter;
	struct painter *painter;
	uint32_t language_count;
	struct language languages[LANGUAGES_MAX];
	struct layout layout, before;
};

int ui_create(const char *locale_folder, struct ui **ret, struct err *err)
{
	struct ui *ui = own_alloc(sizeof(*ui));

	(void)err;
	ui->locale_folder = own_copy_text(locale_folder ? locale_folder : INSTALLED);
	ui->setter = typesetter_create();
	ui->painter = painter_create();
	*ret = ui;
	return 0;
}

void ui_destroy(struct ui *ui)
{
	if (!ui)
		return;
	for (uint32_t i = 0; i < ui->language_count; i++)
		catalogue_destroy(ui->languages[i].catalogue);
	typesetter_destroy(ui->setter);
	painter_destroy(ui->painter);
	free(ui->locale_folder);
	free(ui);
}

/* "da-DK" -> "da"; "" for what cannot be a language. Norwegian has one catalogue. */
static void base_language(const char *tag, char *name, size_t size)
{
	size_t length = 0;

	while (tag[length] >= 'a' && tag[length] <= 'z' && length + 1 < size)
		length++;
	memcpy(name, tag, length);
	name[length] = 0;
	if (strcmp(name, "no") == 0 || strcmp(name, "nn") == 0)
		text_copy(name, size, "nb");
}

static const struct catalogue *catalogue_of(struct ui *ui, const struct ui_model *model)
{
	char name[16];

	base_language(model->language, name, sizeof(name));
	for (uint32_t i = 0; i < ui->language_count; i++)
		if (strcmp(ui->languages[i].name, name) == 0)
			return ui->languages[i].catalogue;
	if (!name[0] || strcmp(name, "en") == 0 || ui->language_count == LANGUAGES_MAX)
		return NULL;
	struct language *language = &ui->languages[ui->language_count++];

	text_copy(language->name, sizeof(language->name), name);
	/* No catalogue: English, and it is not looked for again. */
	if (catalogue_open(ui->locale_folder, name, &language->catalogue, NULL) < 0)
		language->catalogue = NULL;
	return language->catalogue;
}

/* Between two calls there is no password in here left in here. */
static void forget(struct ui *ui)
{
	layout_reset(&ui->before);
	layout_reset(&ui->layout);
	typesetter_forget(ui->setter);
}

static void make(struct ui *ui, const struct ui_model *model, struct ui_size size,
		struct layout *layout)
{
	layout_make(ui->setter, catalogue_of(ui, model), model, size, layout);
}

void ui_draw(struct ui *ui, const struct ui_model *model, const struct ui_model *previous,
		struct ui_size size, void *pixels, uint32_t stride, struct ui_rect *damage)
{
	struct ui_rect all = {0, 0, (int32_t)size.width, (int32_t)size.height};
	struct damage dirty = {.count = 1, .rects = {all}};

	make(ui, model, size, &ui->layout);
	if (previous) {
		make(ui, previous, size, &ui->before);
		scene_compare(&ui->before.scene, &ui->layout.scene, all.x2, all.y2, &dirty);
	}
	*damage = (struct ui_rect){0};
	if (dirty.count)
		*damage = dirty.rects[0];
	for (uint32_t i = 1; i < dirty.count; i++)
		*damage = rect_join(*damage, dirty.rects[i]);
	painter_paint(ui->painter, ui->setter, &ui->layout.scene, &dirty, size, pixels, stride);
	forget(ui);
}

enum ui_target ui_hit(struct ui *ui, const struct ui_model *model, struct ui_size size, int32_t x,
		int32_t y)
{
	make(ui, model, size, &ui->layout);
	enum ui_target target = scene_hit(&ui->layout.scene, x, y);

	forget(ui);
	return target;
}

uint32_t ui_field_offset(struct ui *ui, const struct ui_model *model, struct ui_size size,
		enum ui_field_kind kind, int32_t x)
{
	const struct layout_field *field = &ui->layout.fields[kind];

	make(ui, model, size, &ui->layout);
	uint32_t offset = 0;

	if (field->is_there)
		offset = field_model_offset(model, kind,
				type_x_to_index(ui->setter, &field->type, field->text,
						x - field->text_x));
	forget(ui);
	return offset;
}
