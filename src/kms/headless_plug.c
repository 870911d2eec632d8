/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Monitors that exist only as sizes: plugged, pulled and laid out as those of a card are.
 * Each has its own size as the preferred mode and the usual smaller ones beside it.
 */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "kms/headless.h"

static const uint32_t usual_sizes[][2] = {{3840, 2160}, {2560, 1440}, {1920, 1200}, {1920, 1080},
		{1280, 1024}, {1280, 720}, {1024, 768}, {800, 600}};

static void add_mode(struct layout_monitor *monitor, uint32_t width, uint32_t height)
{
	monitor->modes[monitor->mode_count] = (struct layout_mode){
			.width = width,
			.height = height,
			.refresh_mhz = 60000,
			.is_preferred = monitor->mode_count == 0,
	};
	monitor->mode_count++;
}

static void make_monitor(struct layout_monitor *ret, const char *name, uint32_t width,
		uint32_t height)
{
	*ret = (struct layout_monitor){.identity = {"TYN", "headless", ""}};
	text_format(ret->connector, sizeof ret->connector, "%s", name);
	text_format(ret->identity.serial, sizeof ret->identity.serial, "%s", name);
	add_mode(ret, width, height);
	for (unsigned i = 0; i < sizeof usual_sizes / sizeof *usual_sizes; i++) {
		const uint32_t *size = usual_sizes[i];
		if (size[0] <= width && size[1] <= height &&
				(size[0] != width || size[1] != height))
			add_mode(ret, size[0], size[1]);
	}
}

static struct layout_monitor *find_monitor(struct headless *headless, const char *name)
{
	for (unsigned i = 0; i < headless->monitor_count; i++)
		if (strcmp(headless->monitors[i].connector, name) == 0)
			return &headless->monitors[i];
	return NULL;
}

/* Mode and rotation are the same: its picture stays, only what is said of it may differ. */
static bool is_same(const struct display_output_info *a, const struct display_output_info *b)
{
	return strcmp(a->name, b->name) == 0 && a->width == b->width && a->height == b->height &&
	       a->rotation == b->rotation;
}

/* The output that already shows this, or NULL. */
static struct display_output *find_output(struct display *display,
		const struct display_output_info *info)
{
	for (unsigned i = 0; i < display->output_count; i++)
		if (is_same(&display->outputs[i]->info, info))
			return display->outputs[i];
	return NULL;
}

static void drop_outputs(struct headless *headless, const struct layout *layout)
{
	struct display *display = &headless->base;

	for (unsigned i = display->output_count; i-- > 0;) {
		bool is_kept = false;
		for (unsigned k = 0; k < layout->count; k++) {
			struct display_output_info info;
			display_describe(&layout->places[k], &headless->monitors[k], &info);
			is_kept |= layout->places[k].is_lit &&
			           is_same(&display->outputs[i]->info, &info);
		}
		if (!is_kept)
			display_remove_output(display, display->outputs[i]);
	}
}

/* True when anything changed. */
static bool arrange(struct headless *headless)
{
	struct display *display = &headless->base;
	struct layout layout;

	layout_plan(&display->wishes, headless->monitors, headless->monitor_count, &layout);
	drop_outputs(headless, &layout);
	for (unsigned i = 0; i < layout.count; i++) {
		struct display_output_info info;
		if (!layout.places[i].is_lit)
			continue;
		display_describe(&layout.places[i], &headless->monitors[i], &info);
		struct display_output *output = find_output(display, &info);
		if (output)
			output->info = info;
		else
			headless_add_output(display, &info);
	}
	bool has_changed = display_take_layout(display, &layout);

	display_sort_outputs(display);
	return has_changed;
}

static void on_change(void *data)
{
	struct headless *headless = data;

	if (arrange(headless))
		display_say_outputs(&headless->base); /* may destroy the display */
}

void headless_configure(struct display *display)
{
	loop_timer_set(((struct headless *)display)->change, 0);
}

void headless_begin(struct headless *headless, const uint32_t (*sizes)[2], unsigned count)
{
	char name[32];

	headless->change = loop_add_timer(headless->base.loop, on_change, headless);
	for (unsigned i = 0; i < count; i++) {
		text_format(name, sizeof name, "headless-%u", i + 1);
		make_monitor(&headless->monitors[headless->monitor_count++], name, sizes[i][0],
				sizes[i][1]);
	}
	arrange(headless);
}

int display_headless_plug(struct display *display, const char *name, uint32_t width,
		uint32_t height, struct err *err)
{
	struct headless *headless = (struct headless *)display;

	if (width < 1 || height < 1 || width > SCENE_SIZE_MAX || height > SCENE_SIZE_MAX)
		return err_set(err, EINVAL, "%s: %ux%u is not within 1..%d", name, width, height,
				SCENE_SIZE_MAX);
	if (find_monitor(headless, name))
		return err_set(err, EEXIST, "%s: is plugged in already", name);
	if (headless->monitor_count == DISPLAY_OUTPUTS_MAX)
		return err_set(err, ENOSPC, "%s: %d monitors are plugged in already", name,
				DISPLAY_OUTPUTS_MAX);
	make_monitor(&headless->monitors[headless->monitor_count++], name, width, height);
	headless_configure(display);
	return 0;
}

int display_headless_unplug(struct display *display, const char *name, struct err *err)
{
	struct headless *headless = (struct headless *)display;
	struct layout_monitor *monitor = find_monitor(headless, name);

	if (!monitor)
		return err_set(err, ENOENT, "%s: is not plugged in", name);
	unsigned behind = headless->monitor_count - 1 - (unsigned)(monitor - headless->monitors);

	memmove(monitor, monitor + 1, behind * sizeof *monitor);
	headless->monitor_count--;
	headless_configure(display);
	return 0;
}
