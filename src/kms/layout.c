/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plan goes monitor by monitor: which wish is for it, which mode it gets, whether it
 * may be lit at all. Then one is chosen as the primary one, and kms/layout_place.c puts
 * the lit ones beside each other.
 */
#include "kms/layout.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/text.h"
#include "kms/layout_place.h"
#include "kms/scene.h"

enum {
	REFRESH_USUAL_MHZ = 60000,
	REFRESH_NEAR_MHZ = 600, /* 59.94 Hz is what a person calls 60 */
	SCALE_MIN = 100,
	SCALE_MAX = 500,
	BLIND_WIDTH = 1024, /* what every monitor takes, also one whose EDID can't be read */
	BLIND_HEIGHT = 768,
};

struct planner {
	const struct layout_wishes *wishes;
	unsigned wish_count;
	const struct layout_monitor *monitors;
	const struct layout_wish *wish_of[LAYOUT_OUTPUTS_MAX]; /* NULL: none is for it */
	struct layout *layout;
};

void layout_note(struct layout *layout, const char *format, ...)
{
	va_list arguments;

	if (layout->note_count >= LAYOUT_NOTES_MAX)
		return;
	va_start(arguments, format);
	vsnprintf(layout->notes[layout->note_count++], LAYOUT_NOTE_MAX, format, arguments);
	va_end(arguments);
}

/* --- whose wish */

static bool fits_text(const char *wished, const char *is)
{
	return !wished[0] || strcasecmp(wished, is) == 0;
}

/* 0: not for this monitor; else the more the wish says the more. */
static unsigned rate_wish(const struct layout_wish *wish, const struct layout_monitor *monitor)
{
	const struct layout_identity *who = &wish->identity, *is = &monitor->identity;

	if (!fits_text(who->maker, is->maker) || !fits_text(who->model, is->model) ||
			!fits_text(who->serial, is->serial) ||
			!fits_text(wish->connector, monitor->connector))
		return 0;
	return (who->serial[0] ? 8u : 0) | (wish->connector[0] ? 4u : 0) |
	       (who->model[0] ? 2u : 0) | (who->maker[0] ? 1u : 0);
}

static bool is_used(const struct planner *planner, unsigned count, const struct layout_wish *wish)
{
	for (unsigned i = 0; i < count; i++)
		if (planner->wish_of[i] == wish)
			return true;
	return false;
}

/* Of wishes that say as much the first that no monitor before took: twins stand as cabled. */
static const struct layout_wish *find_wish(const struct planner *planner, unsigned index)
{
	const struct layout_wish *best = NULL;
	unsigned best_rate = 0;

	for (unsigned i = 0; i < planner->wish_count; i++) {
		const struct layout_wish *wish = &planner->wishes->list[i];
		unsigned rate = 2 * rate_wish(wish, &planner->monitors[index]);
		if (rate)
			rate += !is_used(planner, index, wish);
		if (rate > best_rate) {
			best = wish;
			best_rate = rate;
		}
	}
	return best;
}

/* --- which mode */

static bool is_usable(const struct layout_mode *mode)
{
	return !mode->is_refused && mode->width > 0 && mode->height > 0 &&
	       mode->width <= SCENE_SIZE_MAX && mode->height <= SCENE_SIZE_MAX;
}

static uint32_t apart(uint32_t a, uint32_t b)
{
	return a > b ? a - b : b - a;
}

/* Orders two modes of whatever size: preferred, progressive, larger, nearer to 60 Hz. */
static bool is_better(const struct layout_mode *a, const struct layout_mode *b)
{
	uint64_t a_size = (uint64_t)a->width * a->height, b_size = (uint64_t)b->width * b->height;

	if (a->is_preferred != b->is_preferred)
		return a->is_preferred;
	if (a->is_interlaced != b->is_interlaced)
		return b->is_interlaced;
	if (a_size != b_size)
		return a_size > b_size;
	return apart(a->refresh_mhz, REFRESH_USUAL_MHZ) < apart(b->refresh_mhz, REFRESH_USUAL_MHZ);
}

static int find_best(const struct layout_monitor *monitor)
{
	int best = -1;

	for (unsigned i = 0; i < monitor->mode_count; i++)
		if (is_usable(&monitor->modes[i]) &&
				(best < 0 || is_better(&monitor->modes[i], &monitor->modes[best])))
			best = (int)i;
	return best;
}

/* Of one size: progressive, then nearest to the rate, then preferred. 0: the usual rate. */
static int find_size(const struct layout_monitor *monitor, uint32_t width, uint32_t height,
		uint32_t refresh_mhz)
{
	uint32_t wanted = refresh_mhz ? refresh_mhz : REFRESH_USUAL_MHZ;
	int best = -1;

	for (unsigned i = 0; i < monitor->mode_count; i++) {
		const struct layout_mode *mode = &monitor->modes[i];
		if (!is_usable(mode) || mode->width != width || mode->height != height)
			continue;
		const struct layout_mode *old = best < 0 ? NULL : &monitor->modes[best];
		uint32_t away = apart(mode->refresh_mhz, wanted);
		if (!old || (old->is_interlaced && !mode->is_interlaced) ||
				(old->is_interlaced == mode->is_interlaced &&
						away < apart(old->refresh_mhz, wanted)))
			best = (int)i;
	}
	return best;
}

static bool is_blind(const struct layout_monitor *monitor)
{
	const struct layout_identity *who = &monitor->identity;

	return !who->maker[0] && !who->model[0] && !who->serial[0];
}

/*
 * What the monitor shows by itself, progressive where it can. Without an EDID the kernel guesses,
 * and for DisplayPort it prefers 640x480: hardly anything is that small.
 */
static int find_preferred(const struct layout_monitor *monitor)
{
	int best = find_best(monitor), blind = -1;

	if (best < 0)
		return -1;
	const struct layout_mode *mode = &monitor->modes[best];

	if (is_blind(monitor) && mode->width < BLIND_WIDTH)
		blind = find_size(monitor, BLIND_WIDTH, BLIND_HEIGHT, 0);
	else if (mode->is_interlaced)
		best = find_size(monitor, mode->width, mode->height, mode->refresh_mhz);
	return blind >= 0 ? blind : best;
}

static void note_refresh(struct planner *planner, const struct layout_monitor *monitor, int mode,
		uint32_t wanted)
{
	uint32_t is = monitor->modes[mode].refresh_mhz;

	if (wanted && apart(is, wanted) > REFRESH_NEAR_MHZ)
		layout_note(planner->layout,
				"%s: has no %u Hz at %ux%u, %u.%02u Hz is what comes nearest.",
				monitor->connector, wanted / 1000, monitor->modes[mode].width,
				monitor->modes[mode].height, is / 1000, is % 1000 / 10);
}

/* The best mode that the hardware refused was a better one. */
static void note_refused(struct planner *planner, const struct layout_monitor *monitor, int chosen)
{
	const struct layout_mode *is = &monitor->modes[chosen], *best = NULL;

	for (unsigned i = 0; i < monitor->mode_count; i++)
		if (monitor->modes[i].is_refused && (!best || is_better(&monitor->modes[i], best)))
			best = &monitor->modes[i];
	if (best && is_better(best, is))
		layout_note(planner->layout,
				"%s: the device can't show %ux%u at %u Hz here, %ux%u at %u Hz is "
				"used.",
				monitor->connector, best->width, best->height,
				(best->refresh_mhz + 500) / 1000, is->width, is->height,
				(is->refresh_mhz + 500) / 1000);
}

static int choose_mode(struct planner *planner, unsigned index)
{
	const struct layout_monitor *monitor = &planner->monitors[index];
	const struct layout_wish *wish = planner->wish_of[index];
	const struct layout_wishes *all = planner->wishes;
	uint32_t width = wish && wish->width ? wish->width : all->width;
	uint32_t height = wish && wish->width ? wish->height : all->height;
	uint32_t refresh_mhz = wish ? wish->refresh_mhz : 0;
	int preferred = find_preferred(monitor), mode = -1;

	if (preferred < 0)
		return -1;
	if (width && height) {
		mode = find_size(monitor, width, height, refresh_mhz);
		if (mode < 0)
			layout_note(planner->layout,
					"%s: has no mode of %ux%u, its own of %ux%u is used.",
					monitor->connector, width, height,
					monitor->modes[preferred].width,
					monitor->modes[preferred].height);
	}
	if (mode < 0 && refresh_mhz)
		mode = find_size(monitor, monitor->modes[preferred].width,
				monitor->modes[preferred].height, refresh_mhz);
	if (mode < 0)
		mode = preferred;
	note_refresh(planner, monitor, mode, refresh_mhz);
	return mode;
}

/* --- the places, one by one */

static void set_mode(struct planner *planner, unsigned index, int mode)
{
	struct layout_place *place = &planner->layout->places[index];
	const struct layout_mode *from = &planner->monitors[index].modes[mode];
	bool is_upright = place->rotation == LAYOUT_90 || place->rotation == LAYOUT_270;

	place->mode = mode;
	place->width = is_upright ? from->height : from->width;
	place->height = is_upright ? from->width : from->height;
	place->refresh_mhz = from->refresh_mhz;
}

static uint32_t choose_scale(const struct planner *planner, const struct layout_wish *wish)
{
	uint32_t scale = wish && wish->scale_percent ? wish->scale_percent
	                                             : planner->wishes->scale_percent;

	if (scale == 0)
		return SCALE_MIN;
	return scale < SCALE_MIN ? SCALE_MIN : scale > SCALE_MAX ? SCALE_MAX : scale;
}

static void begin_place(struct planner *planner, unsigned index)
{
	const struct layout_monitor *monitor = &planner->monitors[index];
	struct layout_place *place = &planner->layout->places[index];
	const struct layout_wish *wish = planner->wish_of[index] = find_wish(planner, index);

	memcpy(place->connector, monitor->connector, sizeof place->connector);
	place->identity = monitor->identity;
	place->scale_percent = choose_scale(planner, wish);
	if (wish && wish->rotation <= LAYOUT_270)
		place->rotation = wish->rotation;

	place->mode = -1;
	if (monitor->dark_because[0]) {
		layout_note(planner->layout, "%s: stays dark: %s", monitor->connector,
				monitor->dark_because);
		return;
	}
	int mode = choose_mode(planner, index);

	if (mode < 0) {
		layout_note(planner->layout, "%s: this monitor has no mode that can be shown.",
				monitor->connector);
		return;
	}
	note_refused(planner, monitor, mode);
	set_mode(planner, index, mode);
	place->is_lit = !wish || !wish->is_off;
}

/* --- primary */

static bool is_wished_primary(const struct planner *planner, unsigned index)
{
	return planner->wish_of[index] && planner->wish_of[index]->is_primary;
}

/* The first that is lit, those wished for before the others; -1: none is lit. */
static int find_primary(const struct planner *planner)
{
	const struct layout *layout = planner->layout;
	int first = -1;

	for (unsigned i = 0; i < layout->count; i++) {
		if (!layout->places[i].is_lit)
			continue;
		if (is_wished_primary(planner, i))
			return (int)i;
		if (first < 0)
			first = (int)i;
	}
	return first;
}

/* Nobody shall sit before dark monitors only. */
static void light_one(struct planner *planner)
{
	struct layout *layout = planner->layout;
	int chosen = -1;

	for (unsigned i = 0; i < layout->count; i++) {
		if (layout->places[i].is_lit)
			return;
		if (layout->places[i].mode >= 0 &&
				(chosen < 0 || (is_wished_primary(planner, i) &&
							       !is_wished_primary(planner,
									       (unsigned)chosen))))
			chosen = (int)i;
	}
	if (chosen < 0)
		return;
	layout->places[chosen].is_lit = true;
	layout_note(layout, "%s: is lit although it is off by config, all others are dark.",
			layout->places[chosen].connector);
}

static void note_primaries(struct planner *planner, int primary)
{
	struct layout *layout = planner->layout;

	for (unsigned i = 0; i < layout->count; i++)
		if ((int)i != primary && is_wished_primary(planner, i))
			layout_note(layout, "%s: can't be the primary monitor, %s is.",
					layout->places[i].connector,
					layout->places[primary].connector);
}

/* --- mirror */

/* The same size as the primary one's picture, if the monitor has it and nothing else is wished. */
static void mirror_one(struct planner *planner, unsigned index, const struct layout_place *primary)
{
	struct layout_place *place = &planner->layout->places[index];
	const struct layout_wish *wish = planner->wish_of[index];
	bool is_upright = place->rotation == LAYOUT_90 || place->rotation == LAYOUT_270;
	uint32_t width = is_upright ? primary->height : primary->width;
	uint32_t height = is_upright ? primary->width : primary->height;

	if (!wish || !wish->width) {
		int mode = find_size(&planner->monitors[index], width, height,
				wish ? wish->refresh_mhz : 0);
		if (mode >= 0)
			set_mode(planner, index, mode);
	}
	if (place->width != primary->width || place->height != primary->height)
		layout_note(planner->layout, "%s: shows the picture of %s scaled to %ux%u.",
				place->connector, primary->connector, place->width, place->height);
}

static void mirror(struct planner *planner, int primary)
{
	struct layout *layout = planner->layout;

	for (unsigned i = 0; i < layout->count; i++)
		if ((int)i != primary && layout->places[i].is_lit)
			mirror_one(planner, i, &layout->places[primary]);
}

/* --- extend */

static void extend(struct planner *planner, int primary)
{
	struct layout *layout = planner->layout;
	struct layout_item items[LAYOUT_OUTPUTS_MAX];
	unsigned count = 0, of[LAYOUT_OUTPUTS_MAX];

	for (unsigned i = 0; i < layout->count; i++) {
		const struct layout_place *place = &layout->places[i];
		const struct layout_wish *wish = planner->wish_of[i];
		if (!place->is_lit)
			continue;
		items[count] = (struct layout_item){
				.width = (int32_t)place->width, .height = (int32_t)place->height};
		if (wish && wish->has_position) {
			items[count].has_wish = true;
			items[count].x = wish->x;
			items[count].y = wish->y;
		}
		items[count].is_anchor = (int)i == primary;
		of[count++] = i;
	}
	layout_put_together(items, count);
	for (unsigned i = 0; i < count; i++) {
		struct layout_place *place = &layout->places[of[i]];
		place->x = items[i].x;
		place->y = items[i].y;
		if (items[i].is_moved)
			layout_note(layout,
					"%s: can't stand at %d, %d, it was moved to the others.",
					place->connector, planner->wish_of[of[i]]->x,
					planner->wish_of[of[i]]->y);
	}
}

void layout_plan(const struct layout_wishes *wishes, const struct layout_monitor *monitors,
		unsigned count, struct layout *ret)
{
	struct planner planner = {.wishes = wishes, .monitors = monitors, .layout = ret};

	planner.wish_count = wishes->count < LAYOUT_WISHES_MAX ? wishes->count : LAYOUT_WISHES_MAX;
	*ret = (struct layout){.count = count < LAYOUT_OUTPUTS_MAX ? count : LAYOUT_OUTPUTS_MAX};
	for (unsigned i = 0; i < ret->count; i++)
		begin_place(&planner, i);
	light_one(&planner);

	int primary = find_primary(&planner);

	if (primary < 0)
		return;
	ret->places[primary].is_primary = true;
	note_primaries(&planner, primary);
	if (wishes->arrangement == LAYOUT_ONE)
		for (unsigned i = 0; i < ret->count; i++)
			ret->places[i].is_lit = (int)i == primary;
	else if (wishes->arrangement == LAYOUT_MIRROR)
		mirror(&planner, primary);
	if (wishes->arrangement != LAYOUT_MIRROR)
		extend(&planner, primary);
}

static bool is_place_equal(const struct layout_place *a, const struct layout_place *b)
{
	return strcmp(a->connector, b->connector) == 0 &&
	       strcmp(a->identity.maker, b->identity.maker) == 0 &&
	       strcmp(a->identity.model, b->identity.model) == 0 &&
	       strcmp(a->identity.serial, b->identity.serial) == 0 && a->is_lit == b->is_lit &&
	       a->mode == b->mode && a->x == b->x && a->y == b->y && a->width == b->width &&
	       a->height == b->height && a->refresh_mhz == b->refresh_mhz &&
	       a->rotation == b->rotation && a->scale_percent == b->scale_percent &&
	       a->is_primary == b->is_primary;
}

bool layout_is_equal(const struct layout *a, const struct layout *b)
{
	if (a->count != b->count)
		return false;
	for (unsigned i = 0; i < a->count; i++)
		if (!is_place_equal(&a->places[i], &b->places[i]))
			return false;
	return true;
}
