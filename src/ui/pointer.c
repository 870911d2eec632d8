/* SPDX-License-Identifier: Apache-2.0 */
#include <cairo.h>
#include <math.h>
#include <string.h>

#include "ui/ui.h"

/* On a grid of 32; the tip is at 4, 3. */
static void arrow(cairo_t *cr)
{
	cairo_move_to(cr, 4, 3);
	cairo_line_to(cr, 4, 22.5);
	cairo_line_to(cr, 8.7, 18.4);
	cairo_line_to(cr, 11.7, 25.3);
	cairo_line_to(cr, 15.3, 23.7);
	cairo_line_to(cr, 12.4, 17);
	cairo_line_to(cr, 18.6, 17);
	cairo_close_path(cr);
}

static void shade(cairo_t *cr)
{
	for (int i = 0; i < 4; i++) {
		cairo_save(cr);
		cairo_translate(cr, 0.6, 1.2);
		arrow(cr);
		cairo_restore(cr);
		cairo_set_source_rgba(cr, 0, 0, 0, 0.07);
		cairo_set_line_width(cr, 1.6 + i * 1.4);
		cairo_stroke(cr);
	}
}

void ui_draw_cursor(uint32_t side, void *pixels, uint32_t *hot_x, uint32_t *hot_y)
{
	cairo_surface_t *surface;

	memset(pixels, 0, (size_t)side * side * 4);
	surface = cairo_image_surface_create_for_data(pixels, CAIRO_FORMAT_ARGB32, (int)side,
			(int)side, (int)side * 4);
	cairo_t *cr = cairo_create(surface);

	cairo_scale(cr, side / 32.0, side / 32.0);
	cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
	shade(cr);
	arrow(cr);
	cairo_set_source_rgb(cr, 1, 1, 1);
	cairo_set_line_width(cr, 2.6);
	cairo_stroke_preserve(cr);
	cairo_set_source_rgb(cr, 0.07, 0.09, 0.12);
	cairo_fill(cr);
	cairo_destroy(cr);
	cairo_surface_flush(surface);
	cairo_surface_destroy(surface);
	*hot_x = (uint32_t)lround(side * 3.6 / 32);
	*hot_y = (uint32_t)lround(side * 2.6 / 32);
}
