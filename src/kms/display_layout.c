/* SPDX-License-Identifier: Apache-2.0 */
/* From wishes to the outputs of a display: what all back ends share of it. */
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "kms/backend.h"
#include "kms/display.h"

void display_configure(struct display *display, const struct layout_wishes *wishes)
{
	display->wishes = *wishes;
	display->backend->configure(display);
}

const struct layout *display_layout(const struct display *display)
{
	return &display->layout;
}

void display_describe(const struct layout_place *place, const struct layout_monitor *monitor,
		struct display_output_info *ret)
{
	bool is_upright = place->rotation == LAYOUT_90 || place->rotation == LAYOUT_270;

	*ret = (struct display_output_info){
			.width = place->width,
			.height = place->height,
			.x = place->x,
			.y = place->y,
			.refresh_mhz = place->refresh_mhz,
			.width_mm = is_upright ? monitor->height_mm : monitor->width_mm,
			.height_mm = is_upright ? monitor->width_mm : monitor->height_mm,
			.rotation = place->rotation,
			.scale_percent = place->scale_percent,
			.is_primary = place->is_primary,
			.identity = place->identity,
	};
	text_copy(ret->name, sizeof ret->name, place->connector);
}

static bool has_note(const struct layout *layout, const char *note)
{
	for (unsigned i = 0; i < layout->note_count; i++)
		if (strcmp(layout->notes[i], note) == 0)
			return true;
	return false;
}

static void log_place(const struct layout_place *place)
{
	static const char *const turned[] = {
			"", ", turned by 90", ", turned by 180", ", turned by 270"};
	const struct layout_identity *who = &place->identity;

	if (place->is_lit)
		log_info("%s: %s %s serial %s, %ux%u at %u.%02u Hz, place %d, %d%s%s",
				place->connector, who->maker[0] ? who->maker : "unknown maker",
				log_quote(who->model), log_quote(who->serial), place->width,
				place->height, place->refresh_mhz / 1000,
				place->refresh_mhz % 1000 / 10, place->x, place->y,
				turned[place->rotation], place->is_primary ? ", primary" : "");
	else
		log_info("%s: %s %s serial %s stays dark", place->connector,
				who->maker[0] ? who->maker : "unknown maker", log_quote(who->model),
				log_quote(who->serial));
}

bool display_take_layout(struct display *display, const struct layout *layout)
{
	bool is_new = !layout_is_equal(layout, &display->layout);

	for (unsigned i = 0; is_new && i < layout->count; i++)
		log_place(&layout->places[i]);
	for (unsigned i = 0; i < layout->note_count; i++)
		if (!has_note(&display->layout, layout->notes[i]))
			log_warn("%s", layout->notes[i]);
	display->layout = *layout;
	return is_new;
}

static unsigned order_of(const struct display *display, const struct display_output *output)
{
	unsigned i = 0;

	while (i < display->layout.count &&
			strcmp(display->layout.places[i].connector, output->info.name) != 0)
		i++;
	return i;
}

void display_sort_outputs(struct display *display)
{
	for (unsigned i = 1; i < display->output_count; i++)
		for (unsigned k = i; k > 0; k--) {
			struct display_output *left = display->outputs[k - 1];
			struct display_output *right = display->outputs[k];
			if (order_of(display, left) <= order_of(display, right))
				break;
			display->outputs[k - 1] = right;
			display->outputs[k] = left;
		}
}
