/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/type.h"

#include <pango/pangocairo.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"

enum { SLOTS = 256, PROBES = 4 };

struct slot {
	PangoLayout *layout; /* NULL: free */
	struct type type;
	uint32_t hash;
	uint32_t used; /* count of the last use: the oldest gives way */
};

struct typesetter {
	PangoContext *context;
	uint32_t uses;
	struct slot slots[SLOTS];
	struct slot secret;
};

struct typesetter *typesetter_create(void)
{
	struct typesetter *setter = own_alloc(sizeof(*setter));
	PangoFontMap *map = pango_cairo_font_map_new();
	cairo_font_options_t *options = cairo_font_options_create();

	pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(map), 72);
	setter->context = pango_font_map_create_context(map);
	g_object_unref(map);
	/* Greys, not sub-pixels: the screen may be rotated, and hinting would break the spacing. */
	cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_SLIGHT);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	pango_cairo_context_set_font_options(setter->context, options);
	cairo_font_options_destroy(options);
	pango_context_set_round_glyph_positions(setter->context, FALSE);
	pango_context_set_base_dir(setter->context, PANGO_DIRECTION_LTR);
	return setter;
}

void typesetter_destroy(struct typesetter *setter)
{
	if (!setter)
		return;
	for (unsigned i = 0; i < SLOTS; i++)
		g_clear_object(&setter->slots[i].layout);
	typesetter_forget(setter);
	g_clear_object(&setter->context);
	free(setter);
}

static PangoAttrList *attributes_of(const struct type *type)
{
	PangoAttrList *list = pango_attr_list_new();

	if (type->is_code)
		pango_attr_list_insert(list, pango_attr_font_features_new("tnum=1, zero=1"));
	else
		pango_attr_list_insert(list, pango_attr_font_features_new("cv05=1"));
	/* Large letters look loose with the spacing of small ones. */
	if (type->size >= 22 && !type->is_code)
		pango_attr_list_insert(list,
				pango_attr_letter_spacing_new(-type->size * PANGO_SCALE * 16 /
							      1000));
	return list;
}

/* The narrowest width that needs no more lines; much narrower would look like a mistake. */
static void even_out(PangoLayout *layout, int32_t width)
{
	int lines = pango_layout_get_line_count(layout), low = width * 7 / 10, high = width;

	if (lines < 2 || lines > 6)
		return;
	while (high - low > 2) {
		int middle = (low + high) / 2;

		pango_layout_set_width(layout, middle * PANGO_SCALE);
		if (pango_layout_get_line_count(layout) > lines ||
				pango_layout_is_ellipsized(layout))
			low = middle;
		else
			high = middle;
	}
	pango_layout_set_width(layout, high * PANGO_SCALE);
}

static PangoLayout *set(struct typesetter *setter, const struct type *type, const char *text)
{
	PangoLayout *layout = pango_layout_new(setter->context);
	PangoFontDescription *font = pango_font_description_new();
	PangoAttrList *attributes = attributes_of(type);

	pango_font_description_set_family_static(font, "Inter,DejaVu Sans,sans-serif");
	pango_font_description_set_weight(font,
			type->is_bold ? PANGO_WEIGHT_SEMIBOLD : PANGO_WEIGHT_NORMAL);
	pango_font_description_set_absolute_size(font, (double)type->size * PANGO_SCALE);
	pango_layout_set_font_description(layout, font);
	pango_layout_set_attributes(layout, attributes);
	if (type->width > 0) {
		pango_layout_set_width(layout, type->width * PANGO_SCALE);
		pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
		pango_layout_set_alignment(layout, type->align == TYPE_CENTRE  ? PANGO_ALIGN_CENTER
						   : type->align == TYPE_RIGHT ? PANGO_ALIGN_RIGHT
									       : PANGO_ALIGN_LEFT);
	}
	if (type->width > 0 && type->lines > 0) {
		pango_layout_set_height(layout, -type->lines);
		pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
	}
	if (type->lines != 1)
		pango_layout_set_line_spacing(layout, type->is_bold ? 1.02F : 1.2F);
	pango_layout_set_text(layout, text, -1);
	if (type->is_even && type->width > 0)
		even_out(layout, type->width);
	pango_attr_list_unref(attributes);
	pango_font_description_free(font);
	return layout;
}

/* FNV-1a over what decides the picture. */
static uint32_t hash_of(const struct type *type, const char *text)
{
	uint32_t parts[] = {(uint32_t)type->size, (uint32_t)type->width, type->lines, type->align,
			type->is_bold, type->is_code, type->is_even};
	uint32_t hash = 2166136261u;

	for (unsigned i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		hash = (hash ^ parts[i]) * 16777619u;
	for (; *text; text++)
		hash = (hash ^ (uint8_t)*text) * 16777619u;
	return hash;
}

bool type_is_same(const struct type *a, const struct type *b)
{
	return a->size == b->size && a->width == b->width && a->lines == b->lines &&
	       a->align == b->align && a->is_bold == b->is_bold && a->is_code == b->is_code &&
	       a->is_even == b->is_even;
}

void typesetter_forget(struct typesetter *setter)
{
	if (!setter->secret.layout)
		return;
	/* Pango's own copy, which it would only free. */
	char *text = (char *)(uintptr_t)pango_layout_get_text(setter->secret.layout);

	text_wipe(text, strlen(text));
	g_clear_object(&setter->secret.layout);
}

static bool is_slot_of(const struct slot *slot, const struct type *type, uint32_t hash,
		const char *text)
{
	return slot->layout && slot->hash == hash && type_is_same(&slot->type, type) &&
	       strcmp(pango_layout_get_text(slot->layout), text) == 0;
}

static void fill_slot(struct slot *slot, struct typesetter *setter, const struct type *type,
		uint32_t hash, const char *text)
{
	*slot = (struct slot){.layout = set(setter, type, text),
			.type = *type,
			.hash = hash,
			.used = setter->uses};
}

static PangoLayout *find_secret(struct typesetter *setter, const struct type *type, uint32_t hash,
		const char *text)
{
	if (!is_slot_of(&setter->secret, type, hash, text)) {
		typesetter_forget(setter);
		fill_slot(&setter->secret, setter, type, hash, text);
	}
	return setter->secret.layout;
}

/* Borrowed until the next call. */
static PangoLayout *find(struct typesetter *setter, const struct type *type, const char *text)
{
	uint32_t hash = hash_of(type, text);
	struct slot *oldest = NULL;

	setter->uses++;
	if (type->is_secret)
		return find_secret(setter, type, hash, text);
	for (uint32_t i = 0; i < PROBES; i++) {
		struct slot *slot = &setter->slots[(hash + i) % SLOTS];

		if (is_slot_of(slot, type, hash, text)) {
			slot->used = setter->uses;
			return slot->layout;
		}
		if (!oldest || !slot->layout || (oldest->layout && slot->used < oldest->used))
			oldest = slot;
	}
	g_clear_object(&oldest->layout);
	fill_slot(oldest, setter, type, hash, text);
	return oldest->layout;
}

void type_measure(struct typesetter *setter, const struct type *type, const char *text,
		int32_t *width, int32_t *height, struct ui_rect *ink)
{
	PangoRectangle drawn, logical;

	pango_layout_get_pixel_extents(find(setter, type, text), &drawn, &logical);
	*width = logical.x + logical.width;
	*height = logical.height;
	/* One pixel more on each side: greys at the edge of a glyph. */
	if (ink)
		*ink = (struct ui_rect){drawn.x - 1, drawn.y - 1, drawn.x + drawn.width + 1,
				drawn.y + drawn.height + 1};
}

int32_t type_index_to_x(struct typesetter *setter, const struct type *type, const char *text,
		uint32_t index)
{
	PangoRectangle place;

	pango_layout_index_to_pos(find(setter, type, text), (int)index, &place);
	return PANGO_PIXELS(place.x);
}

uint32_t type_x_to_index(struct typesetter *setter, const struct type *type, const char *text,
		int32_t x)
{
	int index = 0, trailing = 0;

	pango_layout_xy_to_index(find(setter, type, text), x * PANGO_SCALE, 0, &index, &trailing);
	const char *place = text + index;

	for (; trailing > 0 && *place; trailing--)
		place = g_utf8_next_char(place);
	return (uint32_t)(place - text);
}

void type_show(struct typesetter *setter, cairo_t *cr, const struct type *type, const char *text,
		int32_t x, int32_t y)
{
	cairo_move_to(cr, x, y);
	pango_cairo_show_layout(cr, find(setter, type, text));
}
