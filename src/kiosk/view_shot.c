/* SPDX-License-Identifier: Apache-2.0 */
/* The screens as one picture for the helpdesk. */
#include <drm/drm_fourcc.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "kiosk/view_parts.h"

/* Mirrors show what the primary one does. */
static bool is_in(const struct view *view, unsigned index)
{
	return !view->desk.is_mirror || index == view->desk.primary;
}

static struct display_rect box_of(const struct view *view)
{
	struct display_rect box = {INT32_MAX, INT32_MAX, INT32_MIN, INT32_MIN};

	for (unsigned i = 0; i < view->desk.count; i++) {
		const struct desk_output *output = &view->desk.outputs[i];
		int32_t right = output->x + (int32_t)output->width;
		int32_t bottom = output->y + (int32_t)output->height;

		if (!is_in(view, i))
			continue;
		box.x1 = output->x < box.x1 ? output->x : box.x1;
		box.y1 = output->y < box.y1 ? output->y : box.y1;
		box.x2 = right > box.x2 ? right : box.x2;
		box.y2 = bottom > box.y2 ? bottom : box.y2;
	}
	return box;
}

/* Neither what was typed, nor how long it is, nor where the cursor stands in it. */
static void blank_fields(struct ui_model *model)
{
	for (int i = 0; i < UI_FIELDS; i++) {
		text_wipe(model->fields[i].text, sizeof(model->fields[i].text));
		model->fields[i].cursor = 0;
	}
	model->is_password_shown = false;
}

/* The UI is drawn once more, for nobody but the picture. */
static void read_model_screen(struct view *view, const struct screen *screen, uint32_t *pixels,
		uint32_t stride)
{
	size_t count = (size_t)screen->size.width * screen->size.height;
	OWNED(memory) uint32_t *drawn = own_alloc_array(count, sizeof(*drawn));
	struct display_picture picture = {
			.format = DRM_FORMAT_ARGB8888,
			.width = screen->size.width,
			.height = screen->size.height,
			.stride = screen->size.width * 4,
			.pixels = drawn,
	};
	struct ui_model model = view->model;
	struct ui_rect damage;

	blank_fields(&model);
	ui_draw(view->ui, &model, NULL, screen->size, drawn, picture.stride, &damage);
	text_wipe(&model, sizeof(model));
	display_read(screen->output, &picture, pixels, stride);
}

uint32_t *view_read(struct view *view, uint32_t *ret_width, uint32_t *ret_height)
{
	struct display_rect box = box_of(view);
	uint32_t *pixels, width, height;

	if (view->desk.count == 0)
		return NULL;
	width = (uint32_t)(box.x2 - box.x1);
	height = (uint32_t)(box.y2 - box.y1);
	pixels = own_alloc_array((size_t)width * height, sizeof(*pixels));
	for (unsigned i = 0; i < view->desk.count; i++) {
		const struct desk_output *output = &view->desk.outputs[i];
		uint32_t *corner = pixels + (size_t)(output->y - box.y1) * width +
		                   (size_t)(output->x - box.x1);

		if (!is_in(view, i))
			continue;
		if (i == view_model_screen(view) && view->screens[i].is_ui_staged)
			read_model_screen(view, &view->screens[i], corner, width * 4);
		else
			display_read(view->screens[i].output, NULL, corner, width * 4);
	}
	*ret_width = width;
	*ret_height = height;
	return pixels;
}
