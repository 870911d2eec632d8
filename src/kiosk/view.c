/* SPDX-License-Identifier: Apache-2.0 */
#include "kiosk/view.h"

#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "kiosk/view_parts.h"

static void close_screen(struct screen *screen)
{
	view_drop_canvases(screen);
	pixels_unref(screen->mirrored);
	pixels_unref(screen->old_mirrored);
	picture_unref(screen->desktop);
	picture_unref(screen->old_desktop);
	picture_unref(screen->video);
	picture_unref(screen->old_video);
	pixels_unref(screen->cursor);
	pixels_unref(screen->old_cursor);
	*screen = (struct screen){0};
}

static void open_screens(struct view *view)
{
	view->desk.count = display_output_count(view->display);
	for (unsigned i = 0; i < view->desk.count; i++) {
		struct screen *screen = &view->screens[i];
		struct display_output_info info;

		screen->output = display_output_at(view->display, i);
		info = display_output_info(screen->output);
		view->desk.outputs[i] = desk_output_of(&info);
		screen->size = (struct ui_size){info.width, info.height, info.scale_percent};
		screen->is_fresh = true;
	}
	desk_plan(&view->desk, view->monitors);
}

struct view *view_create(struct display *display, struct ui *ui, const struct view_handler *handler)
{
	struct view *view = own_alloc(sizeof(*view));

	view->display = display;
	view->ui = ui;
	view->handler = *handler;
	view->is_on = true;
	open_screens(view);
	return view;
}

void view_drop_frame(struct view *view)
{
	picture_unref(own_take(view->desktop));
	picture_unref(own_take(view->video));
}

void view_destroy(struct view *view)
{
	if (!view)
		return;
	view_drop_frame(view);
	for (unsigned i = 0; i < view->desk.count; i++)
		close_screen(&view->screens[i]);
	pixels_unref(view->cursor.pixels);
	pixels_unref(view->arrow.pixels);
	text_wipe(&view->model, sizeof(view->model));
	free(view);
}

unsigned view_model_screen(const struct view *view)
{
	return view->model.screen == UI_SESSION ? view->desk.lead : view->desk.primary;
}

/* What was staged is on the screen, and what it replaced is not any more. */
static void drop_old(struct screen *screen)
{
	screen->is_ui_pending = false;
	pixels_unref(own_take(screen->old_mirrored));
	picture_unref(own_take(screen->old_desktop));
	picture_unref(own_take(screen->old_video));
	pixels_unref(own_take(screen->old_cursor));
}

/* All that is staged here goes with one commit: a video never runs ahead of its window. */
static bool flush_screen(struct view *view, unsigned index)
{
	struct screen *screen = &view->screens[index];
	bool is_changed;

	if (screen->is_busy)
		return false;
	is_changed = view_stage_ui(view, index);
	screen->is_ui_pending = is_changed;
	is_changed |= view_stage_desktop(view, index);
	is_changed |= view_stage_video(view, index);
	is_changed |= view_stage_cursor(view, index);
	screen->is_fresh = false;
	screen->is_busy = is_changed && display_commit(screen->output);
	/* To hide what a new output never showed changes nothing. */
	if (!screen->is_busy)
		drop_old(screen);
	return !screen->is_busy && !screen->is_ui_waiting;
}

static bool flush_screens(struct view *view)
{
	unsigned first = view->desk.primary;
	bool is_done = true;

	if (view->desk.count == 0)
		return true;
	view_take_frame(view);
	/* Mirrors show what the primary one has drawn. */
	is_done &= flush_screen(view, first);
	for (unsigned i = 0; i < view->desk.count; i++)
		if (i != first)
			is_done &= flush_screen(view, i);
	return is_done;
}

/*
 * The outputs that went take their pictures with them; those that stayed may be told of a
 * new size. Old canvases live until the new ones are staged: the display may still read them,
 * a dark one once there is light.
 */
void view_outputs_changed(struct view *view)
{
	struct screen *old = own_alloc(sizeof(view->screens));
	unsigned old_count = view->desk.count;

	memcpy(old, view->screens, sizeof(view->screens));
	memset(view->screens, 0, sizeof(view->screens));
	open_screens(view);
	flush_screens(view);
	for (unsigned i = 0; i < old_count; i++)
		close_screen(&old[i]);
	free(old);
}

bool view_set_monitors(struct view *view, enum conf_monitors monitors)
{
	struct desk desk = view->desk;

	if (monitors == view->monitors)
		return false;
	view->monitors = monitors;
	desk_plan(&desk, monitors);
	if (memcmp(&desk, &view->desk, sizeof(desk)) == 0)
		return false;
	view->desk = desk;
	for (unsigned i = 0; i < desk.count; i++)
		view->screens[i].is_fresh = true;
	return true;
}

static struct screen *find(struct view *view, const struct display_output *output)
{
	for (unsigned i = 0; i < view->desk.count; i++)
		if (view->screens[i].output == output)
			return &view->screens[i];
	return NULL;
}

void view_shown(struct view *view, const struct display_output *output)
{
	struct screen *screen = find(view, output);

	if (!screen)
		return;
	screen->is_busy = false;
	drop_old(screen);
	if (!screen->is_fresh)
		view_drop_unused(view, screen);
}

void view_set_model(struct view *view, const struct ui_model *model)
{
	view->model = *model;
}

void view_set_pointer(struct view *view, const struct pointer *pointer)
{
	view->pointer = *pointer;
}

void view_set_cursor(struct view *view, const struct session_cursor *cursor)
{
	struct pixels *old = view->cursor.pixels;

	view->has_cursor = cursor && !cursor->is_default;
	view->cursor = view->has_cursor ? *cursor : (struct session_cursor){0};
	if (view->cursor.pixels)
		pixels_ref(view->cursor.pixels);
	pixels_unref(old);
}

void view_set_power(struct view *view, bool is_on)
{
	view->is_on = is_on;
	for (unsigned i = 0; is_on && i < view->desk.count; i++) {
		view->screens[i].is_busy = false;
		view->screens[i].is_fresh = true;
	}
	/* What was there before belongs to somebody who may be gone. */
	if (is_on)
		flush_screens(view);
	display_set_power(view->display, is_on);
}

const struct desk *view_desk(const struct view *view)
{
	return &view->desk;
}

static struct display_rect rect_of(const struct desk_output *output)
{
	return (struct display_rect){output->x, output->y, output->x + (int32_t)output->width,
			output->y + (int32_t)output->height};
}

struct pointer_area view_area(const struct view *view)
{
	struct pointer_area area = {.count = view->desk.count};

	/* Mirrors show the same place. */
	if (view->desk.is_mirror) {
		area.count = 1;
		area.rects[0] = rect_of(&view->desk.outputs[view->desk.primary]);
		return area;
	}
	for (unsigned i = 0; i < area.count; i++)
		area.rects[i] = rect_of(&view->desk.outputs[i]);
	return area;
}

struct ui_size view_size(const struct view *view)
{
	return view->desk.count ? view->screens[view_model_screen(view)].size
	                        : (struct ui_size){0, 0, 100};
}

struct display_rect view_rect(const struct view *view)
{
	return view->desk.count ? rect_of(&view->desk.outputs[view_model_screen(view)])
	                        : (struct display_rect){0, 0, 0, 0};
}

bool view_has_model(struct view *view)
{
	struct screen *screen = &view->screens[view_model_screen(view)];

	if (view->desk.count == 0)
		return true;
	if (!view->is_on) {
		view_rehearse(view, screen);
		return true;
	}
	return !screen->is_ui_pending && !screen->is_fresh && view_has_ui(view, screen);
}

bool view_flush(struct view *view)
{
	/* A dark screen waits for the light: nobody can see more than that it is dark. */
	return !view->is_on || flush_screens(view);
}
