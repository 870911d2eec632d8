/* SPDX-License-Identifier: Apache-2.0 */
/* What all back ends share: staging of layers, the list of outputs, the handler. */
#include "kms/display.h"

#include <assert.h>

#include "kms/backend.h"
#include "kms/png.h"

enum { BRIGHTNESS_MIN = 10 };

void display_init(struct display *display, const struct backend *backend, struct loop *loop,
		const struct display_handler *handler)
{
	display->backend = backend;
	display->loop = loop;
	display->handler = *handler;
	display->is_on = true;
	display->brightness = 100;
}

void display_output_init(struct display_output *output, struct display *display,
		const struct display_output_info *info)
{
	output->display = display;
	output->info = *info;
	scene_init(&output->staged, info->width, info->height);
	scene_init(&output->latched, info->width, info->height);
}

void display_output_finish(struct display_output *output)
{
	scene_finish(&output->staged);
	scene_finish(&output->latched);
}

void display_add_output(struct display *display, struct display_output *output)
{
	assert(display->output_count < DISPLAY_OUTPUTS_MAX);
	display->outputs[display->output_count++] = output;
}

void display_remove_output(struct display *display, struct display_output *output)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < display->output_count; i++)
		if (display->outputs[i] != output)
			display->outputs[kept++] = display->outputs[i];
	display->output_count = kept;
	display->backend->destroy_output(output);
}

void display_destroy(struct display *display)
{
	if (!display)
		return;
	while (display->output_count > 0)
		display_remove_output(display, display->outputs[display->output_count - 1]);
	display_forget_buffers(display);
	display->backend->destroy(display);
}

unsigned display_output_count(const struct display *display)
{
	return display->output_count;
}

struct display_output *display_output_at(struct display *display, unsigned index)
{
	return index < display->output_count ? display->outputs[index] : NULL;
}

struct display_output_info display_output_info(const struct display_output *output)
{
	return output->info;
}

struct display_stats display_stats(const struct display *display)
{
	return display->stats;
}

int display_set_layer(struct display_output *output, enum display_layer layer,
		const struct display_picture *picture, int32_t x, int32_t y,
		const struct display_rect *damage, unsigned rect_count)
{
	struct display_place place = {.x = x, .y = y};

	return display_place_layer(output, layer, picture, &place, damage, rect_count);
}

int display_place_layer(struct display_output *output, enum display_layer layer,
		const struct display_picture *picture, const struct display_place *place,
		const struct display_rect *damage, unsigned rect_count)
{
	struct display_picture readable;

	if (picture && picture->buffer && !picture->pixels) {
		readable = display_readable(picture);
		picture = &readable;
	}
	return scene_place(&output->staged, layer, picture, place, damage, rect_count);
}

void display_move_layer(struct display_output *output, enum display_layer layer, int32_t x,
		int32_t y)
{
	scene_move(&output->staged, layer, x, y);
}

bool display_commit(struct display_output *output)
{
	if (!output->staged.is_changed)
		return false;
	scene_latch(&output->latched, &output->staged);
	output->display->backend->commit(output);
	return true;
}

void display_set_power(struct display *display, bool is_on)
{
	if (display->is_on == is_on)
		return;
	display->is_on = is_on;
	display->backend->set_power(display);
}

void display_set_brightness(struct display *display, unsigned percent)
{
	percent = percent < BRIGHTNESS_MIN ? BRIGHTNESS_MIN : percent > 100 ? 100 : percent;
	if (display->brightness == percent)
		return;
	display->brightness = percent;
	display->backend->set_brightness(display);
}

int display_save_png(struct display_output *output, const char *path, struct err *err)
{
	uint32_t width = output->info.width, height = output->info.height;
	OWNED(memory) uint32_t *pixels = own_alloc_array((size_t)width * height, sizeof *pixels);
	struct compose_target target = {.pixels = pixels, .stride = width * 4};
	REGION(all);

	region_add_rect(&all, (struct display_rect){0, 0, (int32_t)width, (int32_t)height});
	compose(&output->latched, COMPOSE_ALL_LAYERS, &all, &target);
	return png_save(path, pixels, width, height, width * 4, err);
}

void display_read(struct display_output *output, const struct display_picture *ui, uint32_t *pixels,
		uint32_t stride)
{
	struct compose_target target = {.pixels = pixels, .stride = stride};
	struct scene scene = output->latched; /* only to be read */
	REGION(all);

	if (ui && scene.layers[DISPLAY_UI].is_shown)
		scene.layers[DISPLAY_UI].picture = *ui;
	region_add_rect(&all,
			(struct display_rect){0, 0, (int32_t)scene.width, (int32_t)scene.height});
	compose(&scene, COMPOSE_ALL_LAYERS, &all, &target);
}

/* Of the memory only the page that is written costs anything. */
uint32_t display_pixel(struct display_output *output, int32_t x, int32_t y)
{
	uint32_t width = output->info.width, height = output->info.height;

	if (x < 0 || y < 0 || (uint32_t)x >= width || (uint32_t)y >= height)
		return 0;
	OWNED(memory) uint32_t *pixels = own_alloc_array((size_t)width * height, sizeof *pixels);
	struct compose_target target = {.pixels = pixels, .stride = width * 4};
	REGION(one);

	region_add_rect(&one, (struct display_rect){x, y, x + 1, y + 1});
	compose(&output->latched, COMPOSE_ALL_LAYERS, &one, &target);
	return pixels[(size_t)y * width + (size_t)x] & 0xffffff;
}

void display_say_outputs(struct display *display)
{
	if (display->handler.on_outputs)
		display->handler.on_outputs(display->handler.data);
}

void display_say_shown(struct display_output *output, int64_t time_us)
{
	const struct display_handler *handler = &output->display->handler;

	if (handler->on_shown)
		handler->on_shown(handler->data, output, time_us);
}

void display_say_lost(struct display *display, const char *why)
{
	if (display->handler.on_lost)
		display->handler.on_lost(display->handler.data, why);
}
