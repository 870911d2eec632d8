/* SPDX-License-Identifier: Apache-2.0 */
/* Line icons on a grid of 24, lines of 1.8 with round ends. */
#include <math.h>

#include "ui/paint.h"

static void line(cairo_t *cr, double x1, double y1, double x2, double y2)
{
	cairo_move_to(cr, x1, y1);
	cairo_line_to(cr, x2, y2);
}

static void circle(cairo_t *cr, double x, double y, double radius)
{
	cairo_new_sub_path(cr);
	cairo_arc(cr, x, y, radius, 0, 2 * M_PI);
}

static void rounded(cairo_t *cr, double x, double y, double w, double h, double r)
{
	cairo_new_sub_path(cr);
	cairo_arc(cr, x + w - r, y + r, r, -M_PI_2, 0);
	cairo_arc(cr, x + w - r, y + h - r, r, 0, M_PI_2);
	cairo_arc(cr, x + r, y + h - r, r, M_PI_2, M_PI);
	cairo_arc(cr, x + r, y + r, r, M_PI, M_PI + M_PI_2);
	cairo_close_path(cr);
}

static void eye(cairo_t *cr)
{
	cairo_move_to(cr, 2.5, 12);
	cairo_curve_to(cr, 5, 7.6, 8.3, 5.6, 12, 5.6);
	cairo_curve_to(cr, 15.7, 5.6, 19, 7.6, 21.5, 12);
	cairo_curve_to(cr, 19, 16.4, 15.7, 18.4, 12, 18.4);
	cairo_curve_to(cr, 8.3, 18.4, 5, 16.4, 2.5, 12);
	cairo_close_path(cr);
	circle(cr, 12, 12, 3);
}

static void eye_off(cairo_t *cr)
{
	eye(cr);
	cairo_stroke(cr);
	/* A gap beside the bar, so that it reads as crossed out. */
	cairo_save(cr);
	cairo_set_operator(cr, CAIRO_OPERATOR_CLEAR);
	line(cr, 5.6, 3.6, 20.6, 18.6);
	cairo_stroke(cr);
	cairo_restore(cr);
	line(cr, 4, 4, 20, 20);
}

static void phone(cairo_t *cr)
{
	cairo_move_to(cr, 8.9, 4.1);
	cairo_line_to(cr, 10.4, 8.1);
	cairo_line_to(cr, 8.1, 9.9);
	cairo_curve_to(cr, 9.2, 12.5, 11.4, 14.8, 14.1, 15.9);
	cairo_line_to(cr, 15.9, 13.6);
	cairo_line_to(cr, 19.9, 15.1);
	cairo_line_to(cr, 19.9, 18.4);
	cairo_curve_to(cr, 19.9, 19.4, 19.1, 20, 18.2, 20);
	cairo_curve_to(cr, 10.5, 19.6, 4.4, 13.5, 4, 5.8);
	cairo_curve_to(cr, 4, 4.9, 4.6, 4.1, 5.6, 4.1);
	cairo_close_path(cr);
}

static void monitor(cairo_t *cr)
{
	rounded(cr, 3, 4, 18, 12.5, 2);
	line(cr, 12, 16.5, 12, 20);
	line(cr, 8, 20, 16, 20);
}

static void warning(cairo_t *cr)
{
	cairo_move_to(cr, 12, 4);
	cairo_line_to(cr, 21, 19.5);
	cairo_line_to(cr, 3, 19.5);
	cairo_close_path(cr);
	line(cr, 12, 10, 12, 13.6);
	line(cr, 12, 16.5, 12, 16.51);
}

static void info(cairo_t *cr)
{
	circle(cr, 12, 12, 9);
	line(cr, 12, 11.2, 12, 16);
	line(cr, 12, 8, 12, 8.01);
}

static void caps_lock(cairo_t *cr)
{
	cairo_move_to(cr, 12, 3.5);
	cairo_line_to(cr, 19.5, 11);
	cairo_line_to(cr, 15.5, 11);
	cairo_line_to(cr, 15.5, 15.5);
	cairo_line_to(cr, 8.5, 15.5);
	cairo_line_to(cr, 8.5, 11);
	cairo_line_to(cr, 4.5, 11);
	cairo_close_path(cr);
	line(cr, 8.5, 20, 15.5, 20);
}

static void network(cairo_t *cr)
{
	rounded(cr, 9, 3, 6, 5, 1);
	rounded(cr, 3, 16, 6, 5, 1);
	rounded(cr, 15, 16, 6, 5, 1);
	line(cr, 12, 8, 12, 12);
	cairo_move_to(cr, 6, 16);
	cairo_line_to(cr, 6, 12);
	cairo_line_to(cr, 18, 12);
	cairo_line_to(cr, 18, 16);
}

static void keyboard(cairo_t *cr)
{
	rounded(cr, 2, 6, 20, 12.5, 2);
	for (int i = 0; i < 4; i++)
		line(cr, 6 + 4 * i, 10, 6.01 + 4 * i, 10);
	line(cr, 7.5, 14.5, 16.5, 14.5);
}

static void lock(cairo_t *cr)
{
	rounded(cr, 5, 10.5, 14, 10, 2);
	cairo_move_to(cr, 8, 10.5);
	cairo_line_to(cr, 8, 7.5);
	cairo_arc(cr, 12, 7.5, 4, M_PI, 0);
	cairo_line_to(cr, 16, 10.5);
	line(cr, 12, 14.5, 12, 16.5);
}

static void clock_face(cairo_t *cr)
{
	circle(cr, 12, 12, 9);
	cairo_move_to(cr, 12, 7);
	cairo_line_to(cr, 12, 12);
	cairo_line_to(cr, 15.5, 14);
}

static void offline(cairo_t *cr)
{
	cairo_move_to(cr, 7, 18.5);
	cairo_curve_to(cr, 1, 18.5, 1.5, 10.5, 7, 10.8);
	cairo_curve_to(cr, 8, 4.5, 17, 4.5, 17.5, 10.8);
	cairo_curve_to(cr, 22.5, 11, 22.5, 18.5, 17.5, 18.5);
	cairo_close_path(cr);
	cairo_stroke(cr);
	cairo_save(cr);
	cairo_set_operator(cr, CAIRO_OPERATOR_CLEAR);
	line(cr, 5.6, 3.6, 20.6, 18.6);
	cairo_stroke(cr);
	cairo_restore(cr);
	line(cr, 4, 4, 20, 20);
}

static void simple(cairo_t *cr, enum icon icon)
{
	if (icon == ICON_CHEVRON) {
		cairo_move_to(cr, 9, 5.5);
		cairo_line_to(cr, 15.5, 12);
		cairo_line_to(cr, 9, 18.5);
	} else if (icon == ICON_CHECK) {
		cairo_move_to(cr, 5, 12.5);
		cairo_line_to(cr, 10, 17.5);
		cairo_line_to(cr, 19.5, 7);
	} else if (icon == ICON_CLOSE) {
		line(cr, 6, 6, 18, 18);
		line(cr, 18, 6, 6, 18);
	}
}

void icon_draw(cairo_t *cr, enum icon icon, double side)
{
	static void (*const draw[ICONS])(cairo_t *) = {
			[ICON_EYE] = eye,
			[ICON_EYE_OFF] = eye_off,
			[ICON_PHONE] = phone,
			[ICON_MONITOR] = monitor,
			[ICON_WARNING] = warning,
			[ICON_INFO] = info,
			[ICON_CAPS_LOCK] = caps_lock,
			[ICON_NETWORK] = network,
			[ICON_CLOCK] = clock_face,
			[ICON_OFFLINE] = offline,
			[ICON_KEYBOARD] = keyboard,
			[ICON_LOCK] = lock,
	};

	cairo_save(cr);
	cairo_scale(cr, side / 24, side / 24);
	cairo_set_line_width(cr, 1.8);
	cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
	cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
	if (draw[icon])
		draw[icon](cr);
	else
		simple(cr, icon);
	cairo_stroke(cr);
	cairo_restore(cr);
}
