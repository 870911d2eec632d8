/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/scene.h"

#include <assert.h>
#include <glib.h>
#include <string.h>

#include "base/text.h"

void scene_reset(struct scene *scene)
{
	scene->node_count = 0;
	/* There may have been a password that was shown. */
	text_wipe(scene->text, scene->text_size);
	scene->text_size = 0;
}

void scene_add(struct scene *scene, const struct node *node)
{
	if (rect_is_empty(node->rect))
		return;
	assert(scene->node_count < SCENE_NODES_MAX);
	scene->nodes[scene->node_count++] = *node;
}

/* U+2028 and U+2029 end lines and paragraphs: three bytes of UTF-8. */
static bool is_separator(const char *at)
{
	return (uint8_t)at[0] == 0xe2 && (uint8_t)at[1] == 0x80 &&
	       ((uint8_t)at[2] == 0xa8 || (uint8_t)at[2] == 0xa9);
}

const char *scene_text(struct scene *scene, const char *text)
{
	char *copy = scene->text + scene->text_size, *end = copy;

	if (!g_utf8_validate(text, -1, NULL))
		text = "";
	assert(strlen(text) < SCENE_TEXT_MAX - scene->text_size);
	for (; *text; text++) {
		bool is_control = (uint8_t)*text < 0x20 || *text == 0x7f;

		if (is_separator(text)) {
			text += 2;
			is_control = true;
		}
		*end++ = is_control ? ' ' : *text;
	}
	*end++ = 0;
	scene->text_size += (uint32_t)(end - copy);
	return copy;
}

static void rect_shift(struct ui_rect *r, int32_t dx, int32_t dy)
{
	*r = (struct ui_rect){r->x1 + dx, r->y1 + dy, r->x2 + dx, r->y2 + dy};
}

void scene_shift(struct scene *scene, uint32_t from, int32_t dx, int32_t dy)
{
	for (uint32_t i = from; i < scene->node_count; i++) {
		rect_shift(&scene->nodes[i].rect, dx, dy);
		scene->nodes[i].text_x += dx;
		scene->nodes[i].text_y += dy;
	}
}

struct ui_rect rect_meet(struct ui_rect a, struct ui_rect b)
{
	return (struct ui_rect){a.x1 > b.x1 ? a.x1 : b.x1, a.y1 > b.y1 ? a.y1 : b.y1,
			a.x2 < b.x2 ? a.x2 : b.x2, a.y2 < b.y2 ? a.y2 : b.y2};
}

struct ui_rect rect_join(struct ui_rect a, struct ui_rect b)
{
	return (struct ui_rect){a.x1 < b.x1 ? a.x1 : b.x1, a.y1 < b.y1 ? a.y1 : b.y1,
			a.x2 > b.x2 ? a.x2 : b.x2, a.y2 > b.y2 ? a.y2 : b.y2};
}

static bool is_same_text(const struct node *a, const struct node *b)
{
	if (a->kind != NODE_TEXT)
		return true;
	return type_is_same(&a->type, &b->type) && a->text_x == b->text_x &&
	       a->text_y == b->text_y && strcmp(a->text, b->text) == 0;
}

/* The target does not matter: it cannot be seen. */
static bool is_same(const struct node *a, const struct node *b)
{
	return a->kind == b->kind && a->rect.x1 == b->rect.x1 && a->rect.y1 == b->rect.y1 &&
	       a->rect.x2 == b->rect.x2 && a->rect.y2 == b->rect.y2 && a->colour == b->colour &&
	       a->colour_end == b->colour_end && a->radius == b->radius && a->stroke == b->stroke &&
	       a->reach == b->reach && a->icon == b->icon && is_same_text(a, b);
}

static void damage_add(struct damage *damage, struct ui_rect rect)
{
	uint32_t i = 0;

	if (rect_is_empty(rect))
		return;
	/* What touches another one grows it; the grown one may touch a third. */
	while (i < damage->count) {
		bool is_full = damage->count == SCENE_DAMAGE_MAX;

		if (!is_full && rect_is_empty(rect_meet(damage->rects[i], rect))) {
			i++;
			continue;
		}
		rect = rect_join(damage->rects[i], rect);
		damage->rects[i] = damage->rects[--damage->count];
		i = 0;
	}
	damage->rects[damage->count++] = rect;
}

/*
 * Both lists come from one layout, so what is equal in both is in the same order in
 * both: walk them side by side, and look ahead for the nearest place where they meet again.
 */
static bool find_meeting(const struct scene *a, uint32_t i, const struct scene *b, uint32_t j,
		uint32_t *skip_a, uint32_t *skip_b)
{
	uint32_t left_a = a->node_count - i, left_b = b->node_count - j;

	for (uint32_t sum = 1; sum < left_a + left_b; sum++) {
		for (uint32_t da = 0; da <= sum; da++) {
			uint32_t db = sum - da;

			if (da < left_a && db < left_b &&
					is_same(&a->nodes[i + da], &b->nodes[j + db])) {
				*skip_a = da;
				*skip_b = db;
				return true;
			}
		}
	}
	return false;
}

static bool is_cut(const struct damage *damage, struct ui_rect rect)
{
	for (uint32_t i = 0; i < damage->count; i++) {
		struct ui_rect common = rect_meet(damage->rects[i], rect);
		bool is_whole = common.x1 == rect.x1 && common.y1 == rect.y1 &&
		                common.x2 == rect.x2 && common.y2 == rect.y2;

		if (!rect_is_empty(common) && !is_whole)
			return true;
	}
	return false;
}

/*
 * Cairo leaves out glyphs that touch a clip only with the greys of their edge, so a text is
 * painted whole or not at all. A rectangle that grows may cut the next text.
 */
static void damage_take_whole_texts(struct damage *damage, const struct scene *scene,
		struct ui_rect all)
{
	bool has_grown = true;

	while (has_grown) {
		has_grown = false;
		for (uint32_t i = 0; i < scene->node_count; i++) {
			struct ui_rect rect = rect_meet(scene->nodes[i].rect, all);

			if (scene->nodes[i].kind != NODE_TEXT || rect_is_empty(rect) ||
					!is_cut(damage, rect))
				continue;
			damage_add(damage, rect);
			has_grown = true;
		}
	}
}

void scene_compare(const struct scene *before, const struct scene *after, int32_t width,
		int32_t height, struct damage *ret)
{
	struct ui_rect all = {0, 0, width, height};
	uint32_t i = 0, j = 0;

	ret->count = 0;
	while (i < before->node_count || j < after->node_count) {
		uint32_t skip_a = before->node_count - i, skip_b = after->node_count - j;

		if (skip_a && skip_b && is_same(&before->nodes[i], &after->nodes[j])) {
			i++;
			j++;
			continue;
		}
		find_meeting(before, i, after, j, &skip_a, &skip_b);
		for (; skip_a; skip_a--, i++)
			if (before->nodes[i].kind != NODE_AREA)
				damage_add(ret, rect_meet(before->nodes[i].rect, all));
		for (; skip_b; skip_b--, j++)
			if (after->nodes[j].kind != NODE_AREA)
				damage_add(ret, rect_meet(after->nodes[j].rect, all));
	}
	damage_take_whole_texts(ret, after, all);
}

enum ui_target scene_hit(const struct scene *scene, int32_t x, int32_t y)
{
	for (uint32_t i = scene->node_count; i-- > 0;) {
		const struct node *node = &scene->nodes[i];
		bool is_inside = x >= node->rect.x1 && x < node->rect.x2 && y >= node->rect.y1 &&
		                 y < node->rect.y2;

		if (is_inside && node->target != UI_TARGET_NONE)
			return node->target;
	}
	return UI_TARGET_NONE;
}
