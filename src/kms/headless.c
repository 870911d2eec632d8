/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Outputs in memory. A commit is composed at once and counts as shown in the
 * next round of the loop, so that a caller meets the same order of events as
 * with hardware, without waiting for a vertical blank that nobody sees.
 */
#include "kms/headless.h"

#include <errno.h>

struct headless_output {
	struct display_output base; /* first: the two share their address */
	uint32_t *pixels;
	struct loop_timer *shown;
	bool is_pending; /* composed, on_shown still to come */
	unsigned direct; /* layers that no composition touched, a bit each */
};

static struct headless_output *output_of(struct display_output *base)
{
	return (struct headless_output *)base;
}

/* As a display with an overlay plane for luma and chroma would: it takes a video's buffer. */
static unsigned choose_direct(const struct scene *scene)
{
	const struct scene_layer *video = &scene->layers[DISPLAY_VIDEO];

	return video->is_shown && video->picture.buffer ? 1u << DISPLAY_VIDEO : 0;
}

static void present(struct headless_output *output)
{
	struct scene *scene = &output->base.latched;
	struct display_stats *stats = &output->base.display->stats;
	unsigned direct = choose_direct(scene);
	struct compose_target target = {
			.pixels = output->pixels,
			.stride = scene->width * 4,
			.brightness = output->base.display->brightness,
	};
	REGION(damage);

	for (unsigned i = 0; i < DISPLAY_LAYERS; i++) {
		if ((direct ^ output->direct) & 1u << i)
			scene_layer_region(scene, (enum display_layer)i, &damage);
		if (!(direct & output->direct & 1u << i))
			region_add(&damage, &scene->damage[i]);
		stats->layers_direct += direct >> i & 1;
	}
	output->direct = direct;
	stats->bytes_copied += compose(scene, COMPOSE_ALL_LAYERS & ~direct, &damage, &target);
	stats->commits++;
	scene_forget_damage(scene);
	output->is_pending = true;
	loop_timer_set(output->shown, 0);
}

static void on_shown(void *data)
{
	struct headless_output *output = data;
	int64_t now_us = loop_now_us();

	output->is_pending = false;
	if (output->base.latched.is_changed && output->base.display->is_on)
		present(output);
	display_say_shown(&output->base, now_us); /* may destroy the display */
}

static void headless_commit(struct display_output *base)
{
	struct headless_output *output = output_of(base);

	if (!output->is_pending && base->display->is_on)
		present(output);
}

static void headless_set_power(struct display *display)
{
	for (unsigned i = 0; i < display->output_count; i++)
		if (display->outputs[i]->latched.is_changed)
			headless_commit(display->outputs[i]);
}

static void headless_set_brightness(struct display *display)
{
	for (unsigned i = 0; i < display->output_count; i++) {
		scene_damage_all(&display->outputs[i]->latched);
		headless_commit(display->outputs[i]);
	}
}

static int headless_import(struct display_buffer *buffer, struct err *err)
{
	(void)buffer;
	(void)err;
	return 0;
}

static void headless_release(struct display_buffer *buffer)
{
	(void)buffer;
}

static void headless_destroy_output(struct display_output *base)
{
	struct headless_output *output = output_of(base);

	loop_timer_remove(output->shown);
	display_output_finish(base);
	free(output->pixels);
	free(output);
}

static void headless_destroy(struct display *display)
{
	loop_timer_remove(((struct headless *)display)->change);
	free(display);
}

static const struct backend headless_backend = {
		.configure = headless_configure,
		.commit = headless_commit,
		.set_power = headless_set_power,
		.set_brightness = headless_set_brightness,
		.import = headless_import,
		.release = headless_release,
		.destroy_output = headless_destroy_output,
		.destroy = headless_destroy,
};

void headless_add_output(struct display *display, const struct display_output_info *info)
{
	struct headless_output *output = own_alloc(sizeof *output);

	display_output_init(&output->base, display, info);
	output->pixels =
			own_alloc_array((size_t)info->width * info->height, sizeof *output->pixels);
	output->shown = loop_add_timer(display->loop, on_shown, output);
	display_add_output(display, &output->base);
}

int display_create_headless(struct loop *loop, const uint32_t (*sizes)[2], unsigned count,
		const struct display_handler *handler, struct display **ret, struct err *err)
{
	if (count < 1 || count > DISPLAY_OUTPUTS_MAX)
		return err_set(err, EINVAL, "%u headless outputs wanted, 1..%d are possible", count,
				DISPLAY_OUTPUTS_MAX);
	for (unsigned i = 0; i < count; i++)
		for (unsigned k = 0; k < 2; k++)
			if (sizes[i][k] < 1 || sizes[i][k] > SCENE_SIZE_MAX)
				return err_set(err, EINVAL,
						"headless output %u: %ux%u is not within 1..%d",
						i + 1, sizes[i][0], sizes[i][1], SCENE_SIZE_MAX);

	struct headless *headless = own_alloc(sizeof *headless);

	display_init(&headless->base, &headless_backend, loop, handler);
	headless_begin(headless, sizes, count);
	*ret = &headless->base;
	return 0;
}

const uint32_t *headless_pixels(const struct display_output *base)
{
	return ((const struct headless_output *)base)->pixels;
}
