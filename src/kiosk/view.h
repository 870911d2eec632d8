/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known becomes pictures on the outputs (desk.h): the model drawn by ui on the
 * primary one, the desktop's newest frame and its video on those that the session uses, the
 * mouse on top. The other outputs show the background, mirrored ones what the primary shows.
 * One commit per output is under way at most; what changes meanwhile goes with the next one,
 * so a picture is given back exactly when it left the last screen.
 */
#ifndef KIOSK_VIEW_H
#define KIOSK_VIEW_H

#include "kiosk/desk.h"
#include "kiosk/pointer.h"
#include "kiosk/session.h"
#include "ui/ui.h"

struct view;

struct view_handler {
	/* The newest frame of the session that was not taken yet; the view then holds it. */
	bool (*take_frame)(void *data, struct session_frame *ret);
	void *data;
};

struct view *view_create(struct display *display, struct ui *ui,
		const struct view_handler *handler);
void view_destroy(struct view *view); /* before the display; takes NULL */

/* on_outputs and on_shown of the display's handler. */
void view_outputs_changed(struct view *view);
void view_shown(struct view *view, const struct display_output *output);

/* Wishes; view_flush carries them out. The desktop is to be seen with UI_SESSION. */
void view_set_model(struct view *view, const struct ui_model *model);
void view_set_pointer(struct view *view, const struct pointer *pointer);
/* NULL: the kiosk's own arrow. The view takes its own reference. */
void view_set_cursor(struct view *view, const struct session_cursor *cursor);
void view_set_power(struct view *view, bool is_on);
/* Which outputs the session uses; true when that is another layout than before. */
bool view_set_monitors(struct view *view, enum conf_monitors monitors);
/* The session is over: its last frame is not wanted any more. */
void view_drop_frame(struct view *view);

/* Draw, stage and commit what differs. True when the screen stands with all wishes. */
bool view_flush(struct view *view);
/*
 * True when the output that has it shows the model, whatever runs below it; a film would keep
 * view_flush from ever being done. A dark one draws it unseen: what can't be drawn shall
 * fail now and not when somebody comes.
 */
bool view_has_model(struct view *view);

/*
 * All screens as they stand beside each other, XRGB8888 without gaps between rows, but fields
 * are empty: what a person typed, and how much, is in no picture. free(); NULL: no screen.
 */
uint32_t *view_read(struct view *view, uint32_t *ret_width, uint32_t *ret_height);

const struct desk *view_desk(const struct view *view);
/* What the mouse moves on. */
struct pointer_area view_area(const struct view *view);
/* The output with the model: its size and scale (0, 0: none), its corner on the desk. */
struct ui_size view_size(const struct view *view);
struct display_rect view_rect(const struct view *view);
/* The mouse as a place of the desktop's picture, the nearest one; true when it is on it. */
bool view_to_desktop(const struct view *view, const struct pointer *pointer, int32_t *ret_x,
		int32_t *ret_y);
/* A place of the desktop's picture as one of the desk. */
void view_from_desktop(const struct view *view, int32_t x, int32_t y, struct pointer *ret);

#endif
