/* SPDX-License-Identifier: Apache-2.0 */
#include "kiosk/view.h"

#include <drm/drm_fourcc.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"

enum { ARROW_SIDE = 24, CANVASES = 2 };

/* One picture of the UI and what it shows. */
struct canvas {
	struct pixels *pixels;
	bool is_drawn;
	struct ui_model model;
};

struct screen {
	struct display_output *output;
	struct ui_size size;
	bool is_busy;  /* a commit is under way */
	bool is_fresh; /* nothing is staged yet, or what was is not to be trusted */
	struct canvas canvases[CANVASES];
	unsigned front;                     /* the canvas that was staged last */
	struct ui_rect difference;          /* between the two canvases */
	bool is_ui_staged, is_ui_pending;   /* pending: with the commit under way */
	struct pixels *cursor, *old_cursor; /* staged; leaves the screen with the commit */
	int32_t cursor_x, cursor_y;
};

struct view {
	struct display *display;
	struct ui *ui;
	struct view_handler handler;
	unsigned count;
	struct screen screens[DISPLAY_OUTPUTS_MAX];
	struct ui_model model;
	uint32_t scale_percent;
	bool is_on;
	struct pointer pointer;
	struct session_cursor arrow, cursor; /* the kiosk's own; the session's */
	bool has_cursor;

	bool has_frame, is_frame_staged; /* what follows concerns the first output */
	struct session_frame frame;
	bool has_old_frame; /* leaves the screen with the commit under way */
	struct session_frame old_frame;
	bool is_frame_dropped;
};

static void make_arrow(struct view *view)
{
	uint32_t side = ARROW_SIDE * view->scale_percent / 100, hot_x, hot_y;
	struct pixels *pixels = pixels_create((size_t)side * side * 4);

	ui_draw_cursor(side, pixels_data(pixels), &hot_x, &hot_y);
	pixels_unref(view->arrow.pixels);
	view->arrow = (struct session_cursor){
			.pixels = pixels,
			.picture =
					{
							.format = DRM_FORMAT_ARGB8888,
							.width = side,
							.height = side,
							.stride = side * 4,
							.pixels = pixels_data(pixels),
					},
			.hot_x = (int32_t)hot_x,
			.hot_y = (int32_t)hot_y,
	};
}

static void close_screen(struct screen *screen)
{
	for (int i = 0; i < CANVASES; i++) {
		pixels_unref(screen->canvases[i].pixels);
		text_wipe(&screen->canvases[i].model, sizeof(screen->canvases[i].model));
	}
	pixels_unref(screen->cursor);
	pixels_unref(screen->old_cursor);
	*screen = (struct screen){0};
}

static void open_screen(struct view *view, struct screen *screen, struct display_output *output)
{
	struct display_output_info info = display_output_info(output);

	screen->output = output;
	screen->size = (struct ui_size){info.width, info.height, view->scale_percent};
	screen->is_fresh = true;
	for (int i = 0; i < CANVASES; i++)
		screen->canvases[i].pixels = pixels_create((size_t)info.width * info.height * 4);
}

static void open_screens(struct view *view)
{
	view->count = display_output_count(view->display);
	for (unsigned i = 0; i < view->count; i++)
		open_screen(view, &view->screens[i], display_output_at(view->display, i));
}

struct view *view_create(struct display *display, struct ui *ui, const struct view_handler *handler)
{
	struct view *view = own_alloc(sizeof(*view));

	view->display = display;
	view->ui = ui;
	view->handler = *handler;
	view->scale_percent = 100;
	view->is_on = true;
	make_arrow(view);
	open_screens(view);
	return view;
}

void view_destroy(struct view *view)
{
	if (!view)
		return;
	session_frame_finish(&view->old_frame);
	session_frame_finish(&view->frame);
	for (unsigned i = 0; i < view->count; i++)
		close_screen(&view->screens[i]);
	pixels_unref(view->cursor.pixels);
	pixels_unref(view->arrow.pixels);
	text_wipe(&view->model, sizeof(view->model));
	free(view);
}

/*
 * The outputs that went take their pictures with them; those that stayed may be told of a
 * new size. Old canvases live until the new ones are staged: the display may still read them.
 */
void view_outputs_changed(struct view *view)
{
	struct screen old[DISPLAY_OUTPUTS_MAX];
	unsigned old_count = view->count;

	memcpy(old, view->screens, sizeof(old));
	memset(view->screens, 0, sizeof(view->screens));
	open_screens(view);
	view->is_frame_staged = false;
	view_flush(view);
	for (unsigned i = 0; i < old_count; i++)
		close_screen(&old[i]);
}

static struct screen *find(struct view *view, const struct display_output *output)
{
	for (unsigned i = 0; i < view->count; i++)
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
	screen->is_ui_pending = false;
	pixels_unref(own_take(screen->old_cursor));
	if (screen == view->screens && view->has_old_frame) {
		view->has_old_frame = false;
		session_frame_finish(&view->old_frame);
	}
}

void view_set_model(struct view *view, const struct ui_model *model, uint32_t scale_percent)
{
	view->model = *model;
	if (scale_percent == view->scale_percent)
		return;
	view->scale_percent = scale_percent;
	make_arrow(view);
	for (unsigned i = 0; i < view->count; i++) {
		view->screens[i].size.scale_percent = scale_percent;
		for (int j = 0; j < CANVASES; j++)
			view->screens[i].canvases[j].is_drawn = false;
	}
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
	display_set_power(view->display, is_on);
	for (unsigned i = 0; is_on && i < view->count; i++) {
		view->screens[i].is_busy = false;
		view->screens[i].is_fresh = true;
	}
}

void view_drop_frame(struct view *view)
{
	view->is_frame_dropped = view->has_frame;
}

struct pointer_area view_area(const struct view *view)
{
	struct pointer_area area = {.count = view->count};

	for (unsigned i = 0; i < view->count; i++) {
		area.widths[i] = (int32_t)view->screens[i].size.width;
		area.heights[i] = (int32_t)view->screens[i].size.height;
	}
	return area;
}

struct ui_size view_size(const struct view *view)
{
	return view->count ? view->screens[0].size : (struct ui_size){0, 0, view->scale_percent};
}

/* A desktop that is smaller than the output stands in its middle; a larger one begins at its corner. */
static int32_t desktop_offset(uint32_t output, uint32_t picture)
{
	return output > picture ? (int32_t)(output - picture) / 2 : 0;
}

static int32_t clamp(int32_t value, uint32_t size)
{
	if (value < 0)
		return 0;
	return value < (int32_t)size ? value : (int32_t)size - 1;
}

void view_to_desktop(const struct view *view, int32_t *x, int32_t *y)
{
	struct ui_size size = view_size(view);
	const struct display_picture *picture = &view->frame.desktop->content;

	if (!view->has_frame)
		return;
	*x = clamp(*x - desktop_offset(size.width, picture->width), picture->width);
	*y = clamp(*y - desktop_offset(size.height, picture->height), picture->height);
}

void view_from_desktop(const struct view *view, int32_t *x, int32_t *y)
{
	struct ui_size size = view_size(view);
	const struct display_picture *picture = &view->frame.desktop->content;

	if (!view->has_frame)
		return;
	*x += desktop_offset(size.width, picture->width);
	*y += desktop_offset(size.height, picture->height);
}

static bool is_ui_visible(const struct ui_model *model)
{
	return model->screen != UI_SESSION || model->message_count > 0;
}

static void copy_rect(const struct screen *screen, void *to, const void *from, struct ui_rect rect)
{
	size_t stride = (size_t)screen->size.width * 4;

	for (int32_t y = rect.y1; y < rect.y2; y++) {
		size_t offset = (size_t)y * stride + (size_t)rect.x1 * 4;

		memcpy((uint8_t *)to + offset, (const uint8_t *)from + offset,
				(size_t)(rect.x2 - rect.x1) * 4);
	}
}

static bool is_empty(struct ui_rect rect)
{
	return rect.x1 >= rect.x2 || rect.y1 >= rect.y2;
}

/*
 * Draw into the canvas that is not on the screen. It is first brought to what the front one
 * shows, by copying where the two differ; so the damage that ui_draw returns is exactly
 * what changes on the screen.
 */
static bool draw(struct view *view, struct screen *screen, const struct ui_model *model)
{
	struct canvas *front = &screen->canvases[screen->front];
	struct canvas *back = &screen->canvases[!screen->front];
	struct display_picture picture;
	struct ui_rect damage = {0, 0, 0, 0};
	bool is_whole = !front->is_drawn || screen->is_fresh || !screen->is_ui_staged;

	if (front->is_drawn && back->is_drawn)
		copy_rect(screen, pixels_data(back->pixels), pixels_data(front->pixels),
				screen->difference);
	else if (front->is_drawn)
		copy_rect(screen, pixels_data(back->pixels), pixels_data(front->pixels),
				(struct ui_rect){0, 0, (int32_t)screen->size.width,
						(int32_t)screen->size.height});
	ui_draw(view->ui, model, front->is_drawn ? &front->model : NULL, screen->size,
			pixels_data(back->pixels), screen->size.width * 4, &damage);
	back->model = *model;
	back->is_drawn = true;
	screen->difference = damage;
	if (!is_whole && is_empty(damage)) {
		/* The same picture: the display goes on with the one it has. */
		front->model = *model;
		return false;
	}
	screen->front = !screen->front;
	picture = (struct display_picture){
			.format = DRM_FORMAT_ARGB8888,
			.width = screen->size.width,
			.height = screen->size.height,
			.stride = screen->size.width * 4,
			.pixels = pixels_data(back->pixels),
	};
	display_set_layer(screen->output, DISPLAY_UI, &picture, 0, 0,
			&(struct display_rect){damage.x1, damage.y1, damage.x2, damage.y2},
			is_whole ? 0 : 1);
	screen->is_ui_staged = true;
	return true;
}

static bool stage_ui(struct view *view, struct screen *screen, const struct ui_model *model)
{
	const struct canvas *front = &screen->canvases[screen->front];

	/* A fresh output gets a picture in any case: nobody knows what is staged there. */
	if (!is_ui_visible(model) && !screen->is_fresh) {
		if (!screen->is_ui_staged)
			return false;
		display_set_layer(screen->output, DISPLAY_UI, NULL, 0, 0, NULL, 0);
		screen->is_ui_staged = false;
		return true;
	}
	if (front->is_drawn && screen->is_ui_staged && !screen->is_fresh &&
			memcmp(&front->model, model, sizeof(*model)) == 0)
		return false;
	return draw(view, screen, model);
}

static void show_frame(struct view *view, struct screen *screen, bool is_whole)
{
	const struct display_picture *picture = &view->frame.desktop->content;

	display_set_layer(screen->output, DISPLAY_DESKTOP, picture,
			desktop_offset(screen->size.width, picture->width),
			desktop_offset(screen->size.height, picture->height), view->frame.rects,
			is_whole ? 0 : view->frame.rect_count);
	view->is_frame_staged = true;
}

/* A frame that is on the screen stays ours until the commit that replaces it was shown. */
static void retire_frame(struct view *view)
{
	if (!view->has_frame)
		return;
	view->has_frame = false;
	if (view->is_frame_staged) {
		view->old_frame = view->frame;
		view->has_old_frame = true;
	} else {
		session_frame_finish(&view->frame);
	}
}

static bool stage_desktop(struct view *view, struct screen *screen)
{
	bool is_wanted = view->model.screen == UI_SESSION;
	struct session_frame next;
	bool is_whole;

	if (view->is_frame_dropped) {
		view->is_frame_dropped = false;
		retire_frame(view);
	}
	if (is_wanted && !view->has_old_frame &&
			view->handler.take_frame(view->handler.data, &next)) {
		if (!next.desktop && view->has_frame) {
			next.desktop = picture_ref(view->frame.desktop);
			next.rects[next.rect_count++] = (struct display_rect){0, 0, 0, 0};
		}
		is_whole = !view->is_frame_staged || !view->has_frame ||
		           view->frame.session != next.session ||
		           view->frame.desktop->pool != next.desktop->pool;
		retire_frame(view);
		view->frame = next;
		view->has_frame = true;
		show_frame(view, screen, is_whole);
		return true;
	}
	if (is_wanted && view->has_frame) {
		if (view->is_frame_staged)
			return false;
		show_frame(view, screen, true);
		return true;
	}
	/* A fresh output may still have one from before that is about to be let go. */
	if (!view->is_frame_staged && !screen->is_fresh)
		return false;
	display_set_layer(screen->output, DISPLAY_DESKTOP, NULL, 0, 0, NULL, 0);
	view->is_frame_staged = false;
	return true;
}

static const struct session_cursor *wanted_cursor(const struct view *view, unsigned index,
		int32_t *x, int32_t *y)
{
	struct pointer_area area = view_area(view);

	if (!view->pointer.is_seen || pointer_output(&view->pointer, &area, x, y) != index)
		return NULL;
	if (view->has_cursor && view->model.screen == UI_SESSION && index == 0)
		return view->cursor.pixels ? &view->cursor : NULL;
	return &view->arrow;
}

static bool stage_cursor(struct view *view, struct screen *screen, unsigned index)
{
	int32_t x = 0, y = 0;
	const struct session_cursor *cursor = wanted_cursor(view, index, &x, &y);
	struct pixels *pixels = cursor ? cursor->pixels : NULL;

	if (cursor) {
		x -= cursor->hot_x;
		y -= cursor->hot_y;
	}
	if (pixels == screen->cursor && !screen->is_fresh) {
		if (!pixels || (x == screen->cursor_x && y == screen->cursor_y))
			return false;
		display_move_layer(screen->output, DISPLAY_CURSOR, x, y);
	} else {
		display_set_layer(screen->output, DISPLAY_CURSOR, cursor ? &cursor->picture : NULL,
				x, y, NULL, 0);
		screen->old_cursor = screen->cursor;
		screen->cursor = pixels ? pixels_ref(pixels) : NULL;
	}
	screen->cursor_x = x;
	screen->cursor_y = y;
	return true;
}

/* The other outputs show who we are, and nothing that only one can have. */
static void blank_model(const struct ui_model *model, struct ui_model *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->screen = UI_BLANK;
	memcpy(ret->language, model->language, sizeof(ret->language));
	memcpy(ret->clock, model->clock, sizeof(ret->clock));
	ret->identity = model->identity;
	ret->branding = model->branding;
}

static bool flush_screen(struct view *view, unsigned index)
{
	struct screen *screen = &view->screens[index];
	struct ui_model blank;
	bool is_changed;

	if (screen->is_busy)
		return false;
	if (index > 0)
		blank_model(&view->model, &blank);
	is_changed = stage_ui(view, screen, index > 0 ? &blank : &view->model);
	screen->is_ui_pending = is_changed;
	if (index == 0)
		is_changed |= stage_desktop(view, screen);
	is_changed |= stage_cursor(view, screen, index);
	screen->is_fresh = false;
	if (!is_changed)
		return true;
	screen->is_busy = true;
	display_commit(screen->output);
	return false;
}

/* The model as it would be seen, into canvases that are drawn anew once there is light. */
static void rehearse(struct view *view, struct screen *screen)
{
	struct canvas *back = &screen->canvases[!screen->front];
	struct ui_rect damage;

	back->is_drawn = false;
	ui_draw(view->ui, &view->model, NULL, screen->size, pixels_data(back->pixels),
			screen->size.width * 4, &damage);
}

bool view_has_model(struct view *view)
{
	const struct screen *screen = view->screens;
	const struct canvas *front = &screen->canvases[screen->front];

	if (view->count == 0)
		return true;
	if (!view->is_on) {
		rehearse(view, view->screens);
		return true;
	}
	if (screen->is_ui_pending || screen->is_fresh)
		return false;
	if (!is_ui_visible(&view->model))
		return !screen->is_ui_staged;
	return screen->is_ui_staged && front->is_drawn &&
	       memcmp(&front->model, &view->model, sizeof(view->model)) == 0;
}

bool view_flush(struct view *view)
{
	bool is_done = true;

	/* A dark screen waits for the light: nobody can see more than that it is dark. */
	if (!view->is_on)
		return true;
	for (unsigned i = 0; i < view->count; i++)
		is_done &= flush_screen(view, i);
	return is_done;
}
