/* SPDX-License-Identifier: Apache-2.0 */
/* The view's own pictures: the model on one output, the background or a mirror on the others. */
#include <drm/drm_fourcc.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "kiosk/view_parts.h"

static bool is_ui_visible(const struct ui_model *model)
{
	return !ui_is_empty(model);
}

static struct ui_rect all_of(const struct screen *screen)
{
	return (struct ui_rect){0, 0, (int32_t)screen->size.width, (int32_t)screen->size.height};
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

static void *open_canvas(struct screen *screen, struct canvas *canvas)
{
	if (!canvas->pixels)
		canvas->pixels =
				pixels_create((size_t)screen->size.width * screen->size.height * 4);
	return pixels_data(canvas->pixels);
}

static void drop_canvas(struct canvas *canvas)
{
	pixels_unref(canvas->pixels);
	if (canvas->is_drawn)
		text_wipe(&canvas->model, sizeof(canvas->model));
	*canvas = (struct canvas){0};
}

void view_drop_canvases(struct screen *screen)
{
	for (int i = 0; i < VIEW_CANVASES; i++)
		drop_canvas(&screen->canvases[i]);
}

void view_drop_unused(const struct view *view, struct screen *screen)
{
	/* Nothing of the kiosk is seen here: a session may last for hours. */
	if (!screen->is_ui_staged)
		view_drop_canvases(screen);
	/* A background that hardly ever changes. */
	else if (screen != &view->screens[view_model_screen(view)])
		drop_canvas(&screen->canvases[!screen->front]);
}

static struct display_picture picture_of(const struct screen *screen, struct pixels *pixels)
{
	return (struct display_picture){
			.format = DRM_FORMAT_ARGB8888,
			.width = screen->size.width,
			.height = screen->size.height,
			.stride = screen->size.width * 4,
			.pixels = pixels_data(pixels),
	};
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
	void *data = open_canvas(screen, back);

	if (front->is_drawn)
		copy_rect(screen, data, pixels_data(front->pixels),
				back->is_drawn ? screen->difference : all_of(screen));
	ui_draw(view->ui, model, front->is_drawn ? &front->model : NULL, screen->size, data,
			screen->size.width * 4, &damage);
	back->model = *model;
	back->is_drawn = true;
	screen->difference = damage;
	if (!is_whole && is_empty(damage)) {
		/* The same picture: the display goes on with the one it has. */
		front->model = *model;
		return false;
	}
	screen->front = !screen->front;
	screen->serial++;
	picture = picture_of(screen, back->pixels);
	display_set_layer(screen->output, DISPLAY_UI, &picture, 0, 0,
			&(struct display_rect){damage.x1, damage.y1, damage.x2, damage.y2},
			is_whole ? 0 : 1);
	screen->is_ui_staged = true;
	return true;
}

static bool hide(struct screen *screen)
{
	if (!screen->is_ui_staged && !screen->is_fresh)
		return false;
	display_set_layer(screen->output, DISPLAY_UI, NULL, 0, 0, NULL, 0);
	screen->is_ui_staged = false;
	return true;
}

/* A mirror that is late still shows the canvas that would be drawn into. */
static bool is_back_free(const struct screen *screen)
{
	const struct canvas *back = &screen->canvases[!screen->front];

	return !back->pixels || pixels_refs(back->pixels) == 1;
}

static bool stage_model(struct view *view, struct screen *screen, const struct ui_model *model)
{
	const struct canvas *front = &screen->canvases[screen->front];

	if (!is_ui_visible(model))
		return hide(screen);
	if (front->is_drawn && screen->is_ui_staged && !screen->is_fresh &&
			memcmp(&front->model, model, sizeof(*model)) == 0)
		return false;
	screen->is_ui_waiting = !is_back_free(screen);
	return !screen->is_ui_waiting && draw(view, screen, model);
}

/* The other outputs show who we are, and nothing that only one can have or that changes. */
static void blank_model(const struct ui_model *model, struct ui_model *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->screen = UI_BLANK;
	memcpy(ret->language, model->language, sizeof(ret->language));
	ret->identity = model->identity;
	ret->branding = model->branding;
	/* Whoever looks for this device may stand before any of its screens. */
	memcpy(ret->order.number, model->order.number, sizeof(ret->order.number));
}

static bool hide_mirror(struct screen *screen)
{
	view_retire(pixels_unref, screen->mirrored, screen->old_mirrored);
	return hide(screen);
}

static bool stage_mirror(struct view *view, unsigned index)
{
	struct screen *screen = &view->screens[index];
	const struct screen *primary = &view->screens[view->desk.primary];
	const struct desk_output *output = &view->desk.outputs[view->desk.primary];
	struct pixels *front = primary->canvases[primary->front].pixels;
	struct display_rect all = {0, 0, (int32_t)output->width, (int32_t)output->height};
	struct display_rect target = {output->x, output->y, output->x + all.x2, output->y + all.y2};
	struct display_rect damage = {primary->difference.x1, primary->difference.y1,
			primary->difference.x2, primary->difference.y2};
	struct display_picture picture;
	struct display_place place;
	bool is_next = screen->mirrored && !screen->is_fresh &&
	               screen->mirrored_serial + 1 == primary->serial;

	if (!primary->is_ui_staged || !desk_place(&view->desk, index, all, target, NULL, 0, &place))
		return hide_mirror(screen);
	if (screen->mirrored == front && screen->mirrored_serial == primary->serial &&
			!screen->is_fresh)
		return false;
	picture = picture_of(primary, front);
	display_place_layer(screen->output, DISPLAY_UI, &picture, &place, &damage, is_next);
	pixels_ref(front);
	view_retire(pixels_unref, screen->mirrored, screen->old_mirrored);
	screen->mirrored = front;
	screen->mirrored_serial = primary->serial;
	screen->is_ui_staged = true;
	return true;
}

bool view_stage_ui(struct view *view, unsigned index)
{
	struct screen *screen = &view->screens[index];
	struct ui_model blank;

	screen->is_ui_waiting = false;
	if (index == view_model_screen(view))
		return stage_model(view, screen, &view->model);
	if (view->desk.is_mirror)
		return stage_mirror(view, index);
	if (view->model.screen == UI_SESSION && view->desk.outputs[index].has_session &&
			!view->model.order.number[0])
		return hide(screen);
	blank_model(&view->model, &blank);
	return stage_model(view, screen, &blank);
}

bool view_has_ui(struct view *view, const struct screen *screen)
{
	const struct canvas *front = &screen->canvases[screen->front];

	if (!is_ui_visible(&view->model))
		return !screen->is_ui_staged;
	return screen->is_ui_staged && front->is_drawn &&
	       memcmp(&front->model, &view->model, sizeof(view->model)) == 0;
}

/* The model as it would be seen, into a canvas that is drawn anew once there is light. */
void view_rehearse(struct view *view, struct screen *screen)
{
	struct canvas *back = &screen->canvases[!screen->front];
	struct ui_rect damage;

	if (!is_back_free(screen))
		return;
	back->is_drawn = false;
	ui_draw(view->ui, &view->model, NULL, screen->size, open_canvas(screen, back),
			screen->size.width * 4, &damage);
}
