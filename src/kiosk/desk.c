/* SPDX-License-Identifier: Apache-2.0 */
#include "kiosk/desk.h"

#include <string.h>

enum { DEFAULT_WIDTH = 1280, DEFAULT_HEIGHT = 720 };

struct desk_output desk_output_of(const struct display_output_info *info)
{
	return (struct desk_output){
			.x = info->x,
			.y = info->y,
			.width = info->width,
			.height = info->height,
			.width_mm = info->width_mm,
			.height_mm = info->height_mm,
			.scale_percent = info->scale_percent,
			.rotation = info->rotation,
			.is_primary = info->is_primary,
	};
}

static int32_t smaller(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

static int32_t larger(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

static struct display_rect rect_of(const struct desk_output *output)
{
	return (struct display_rect){output->x, output->y, output->x + (int32_t)output->width,
			output->y + (int32_t)output->height};
}

static struct display_rect both(struct display_rect a, struct display_rect b)
{
	return (struct display_rect){smaller(a.x1, b.x1), smaller(a.y1, b.y1), larger(a.x2, b.x2),
			larger(a.y2, b.y2)};
}

static struct display_rect common(struct display_rect a, struct display_rect b)
{
	return (struct display_rect){larger(a.x1, b.x1), larger(a.y1, b.y1), smaller(a.x2, b.x2),
			smaller(a.y2, b.y2)};
}

static bool is_empty(struct display_rect rect)
{
	return rect.x1 >= rect.x2 || rect.y1 >= rect.y2;
}

/* Outputs that stand on each other are mirrored: a layout never overlaps otherwise. */
static bool is_mirrored(const struct desk *desk)
{
	for (unsigned i = 1; i < desk->count; i++)
		if (desk->outputs[i].x != desk->outputs[0].x ||
				desk->outputs[i].y != desk->outputs[0].y)
			return false;
	return desk->count > 1;
}

static unsigned find_primary(const struct desk *desk)
{
	for (unsigned i = 0; i < desk->count; i++)
		if (desk->outputs[i].is_primary)
			return i;
	return 0;
}

static bool is_left_of(const struct desk_output *a, const struct desk_output *b)
{
	return a->x != b->x ? a->x < b->x : a->y < b->y;
}

/* The n-th from the left; the primary one where there are not so many. */
static unsigned find_nth(const struct desk *desk, unsigned n)
{
	for (unsigned i = 0; i < desk->count; i++) {
		unsigned before = 0;

		for (unsigned k = 0; k < desk->count; k++)
			before += k != i && is_left_of(&desk->outputs[k], &desk->outputs[i]);
		if (before == n)
			return i;
	}
	return desk->primary;
}

/* As many as fit into one picture, beginning at the lead. */
static void gather(struct desk *desk)
{
	desk->box = rect_of(&desk->outputs[desk->lead]);
	for (bool has_more = true; has_more;) {
		has_more = false;
		for (unsigned i = 0; i < desk->count; i++) {
			struct desk_output *output = &desk->outputs[i];
			struct display_rect box = both(desk->box, rect_of(output));

			if (output->has_session || box.x2 - box.x1 > WIRE_SIDE_MAX ||
					box.y2 - box.y1 > WIRE_SIDE_MAX)
				continue;
			output->has_session = true;
			desk->box = box;
			has_more = true;
		}
	}
	for (unsigned i = 0; i < desk->count; i++)
		desk->left_out += !desk->outputs[i].has_session;
}

void desk_plan(struct desk *desk, enum conf_monitors monitors)
{
	desk->primary = find_primary(desk);
	desk->lead = desk->primary;
	desk->is_mirror = is_mirrored(desk);
	desk->left_out = 0;
	desk->box = (struct display_rect){0, 0, 0, 0};
	for (unsigned i = 0; i < desk->count; i++)
		desk->outputs[i].has_session = desk->is_mirror;
	if (desk->count == 0)
		return;
	if (!desk->is_mirror && monitors >= CONF_MONITORS_FIRST)
		desk->lead = find_nth(desk, monitors - CONF_MONITORS_FIRST);
	desk->outputs[desk->lead].has_session = true;
	if (!desk->is_mirror && monitors == CONF_MONITORS_ALL)
		gather(desk);
	else
		desk->box = rect_of(&desk->outputs[desk->lead]);
}

static uint32_t degrees_of(enum layout_rotation rotation)
{
	return rotation == LAYOUT_90    ? 90
	       : rotation == LAYOUT_180 ? 180
	       : rotation == LAYOUT_270 ? 270
	                                : 0;
}

void desk_layout(const struct desk *desk, struct desk_layout *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->width = desk->count ? (uint32_t)(desk->box.x2 - desk->box.x1) : DEFAULT_WIDTH;
	ret->height = desk->count ? (uint32_t)(desk->box.y2 - desk->box.y1) : DEFAULT_HEIGHT;
	ret->scale_percent = desk->count ? desk->outputs[desk->lead].scale_percent : 100;
	for (unsigned i = 0; i < desk->count; i++) {
		const struct desk_output *output = &desk->outputs[i];

		if (!output->has_session || (desk->is_mirror && i != desk->lead))
			continue;
		ret->monitors[ret->count++] = (struct wire_monitor){
				.x = output->x - desk->box.x1,
				.y = output->y - desk->box.y1,
				.width = output->width,
				.height = output->height,
				.width_mm = output->width_mm,
				.height_mm = output->height_mm,
				.rotation_degrees = degrees_of(output->rotation),
				.scale_percent = output->scale_percent,
				.is_primary = i == desk->lead,
		};
	}
}

static int32_t centre(int32_t from, int32_t to, uint32_t size)
{
	return from + (to - from - (int32_t)size) / 2;
}

void desk_picture(const struct desk *desk, uint32_t width, uint32_t height, int32_t *ret_x,
		int32_t *ret_y)
{
	struct display_rect within = desk->box;
	const struct desk_output *lead = &desk->outputs[desk->lead];

	/* Rather whole on one than cut in the middle by their edges. */
	if (desk->count > 0 && width <= lead->width && height <= lead->height)
		within = rect_of(lead);
	*ret_x = centre(within.x1, within.x2, width);
	*ret_y = centre(within.y1, within.y2, height);
}

/* Where a place of the desk lies on an output: from + place * to / of. */
struct scaling {
	int32_t x, y;
	int32_t to, of;
	struct display_rect within; /* of the desk */
};

static struct scaling scaling_of(const struct desk *desk, unsigned index)
{
	const struct desk_output *own = &desk->outputs[index];
	const struct desk_output *primary = &desk->outputs[desk->primary];
	struct scaling scaling = {0, 0, 1, 1, rect_of(own)};
	bool is_wide;

	if (!desk->is_mirror || index == desk->primary)
		return scaling;
	scaling.within = rect_of(primary);
	if (own->width == primary->width && own->height == primary->height)
		return scaling;
	is_wide = (uint64_t)own->width * primary->height > (uint64_t)own->height * primary->width;
	scaling.to = (int32_t)(is_wide ? own->height : own->width);
	scaling.of = (int32_t)(is_wide ? primary->height : primary->width);
	scaling.x = centre(0, (int32_t)own->width,
			(uint32_t)((int64_t)primary->width * scaling.to / scaling.of));
	scaling.y = centre(0, (int32_t)own->height,
			(uint32_t)((int64_t)primary->height * scaling.to / scaling.of));
	return scaling;
}

static struct display_rect scale(const struct scaling *scaling, struct display_rect rect)
{
	const struct display_rect *within = &scaling->within;
	int64_t to = scaling->to, of = scaling->of;

	return (struct display_rect){
			(int32_t)((rect.x1 - within->x1) * to / of) + scaling->x,
			(int32_t)((rect.y1 - within->y1) * to / of) + scaling->y,
			(int32_t)((rect.x2 - within->x1) * to / of) + scaling->x,
			(int32_t)((rect.y2 - within->y1) * to / of) + scaling->y,
	};
}

/* What is not scaled is cut here, so that a display needs to read no more than it shows. */
static void cut(struct display_rect *source, struct display_rect *target,
		struct display_rect within)
{
	struct display_rect seen = common(*target, within);

	if (source->x2 - source->x1 != target->x2 - target->x1 ||
			source->y2 - source->y1 != target->y2 - target->y1)
		return;
	source->x1 += seen.x1 - target->x1;
	source->y1 += seen.y1 - target->y1;
	source->x2 += seen.x2 - target->x2;
	source->y2 += seen.y2 - target->y2;
	*target = seen;
}

static void add_visible(struct display_place *place, struct display_rect rect)
{
	if (!is_empty(rect) && place->visible_count < DISPLAY_RECTS_MAX)
		place->visible[place->visible_count++] = rect;
}

bool desk_place(const struct desk *desk, unsigned index, struct display_rect source,
		struct display_rect target, const struct display_rect *visible,
		unsigned visible_count, struct display_place *ret)
{
	struct scaling scaling = scaling_of(desk, index);
	struct display_rect on, seen;

	if (is_empty(common(target, scaling.within)))
		return false;
	cut(&source, &target, scaling.within);
	on = scale(&scaling, target);
	if (is_empty(on))
		return false;
	memset(ret, 0, sizeof(*ret));
	ret->source = source;
	ret->x = on.x1;
	ret->y = on.y1;
	ret->width = (uint32_t)(on.x2 - on.x1);
	ret->height = (uint32_t)(on.y2 - on.y1);
	for (unsigned i = 0; i < visible_count; i++)
		add_visible(ret, scale(&scaling, common(visible[i], scaling.within)));
	if (visible_count > 0)
		return ret->visible_count > 0;
	/* Beside a mirrored picture there may be room that is not part of it. */
	seen = common(target, scaling.within);
	if (desk->is_mirror && memcmp(&seen, &target, sizeof(seen)) != 0)
		add_visible(ret, scale(&scaling, seen));
	return true;
}
