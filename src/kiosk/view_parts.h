/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the view. */
#ifndef KIOSK_VIEW_PARTS_H
#define KIOSK_VIEW_PARTS_H

#include "kiosk/view.h"

enum { VIEW_CANVASES = 2, VIEW_SCALES = 4 };

/* One picture of the UI and what it shows. */
struct canvas {
	struct pixels *pixels; /* NULL: not needed yet */
	bool is_drawn;
	struct ui_model model;
};

struct screen {
	struct display_output *output;
	struct ui_size size;
	bool is_busy;  /* a commit is under way */
	bool is_fresh; /* nothing is staged yet, or what was is not to be trusted */

	struct canvas canvases[VIEW_CANVASES];
	unsigned front;                   /* the canvas that was drawn last */
	struct ui_rect difference;        /* between the two canvases */
	unsigned serial;                  /* of the front one's content */
	bool is_ui_staged, is_ui_pending; /* pending: with the commit under way */
	bool is_ui_waiting;               /* a mirror still shows the canvas to draw into */
	/* Mirrors: the primary's front canvas as it was staged. */
	struct pixels *mirrored, *old_mirrored;
	unsigned mirrored_serial;

	/* References: staged, and what leaves the screen with the commit under way. */
	struct picture *desktop, *old_desktop;
	bool is_desktop_whole; /* all of it is to be drawn */
	unsigned rect_count;   /* what changed since it was staged */
	struct display_rect rects[DISPLAY_RECTS_MAX];
	struct picture *video, *old_video;
	unsigned video_serial;
	bool is_video_new;

	struct pixels *cursor, *old_cursor;
	struct display_place cursor_place;
};

struct view {
	struct display *display;
	struct ui *ui;
	struct view_handler handler;
	struct desk desk;
	enum conf_monitors monitors;
	struct screen screens[DISPLAY_OUTPUTS_MAX]; /* as the desk's outputs */
	struct ui_model model;
	bool is_on;
	struct pointer pointer;
	struct session_cursor arrow, cursor; /* the kiosk's own; the session's */
	uint32_t arrow_scale;
	bool has_cursor;

	/* The newest frame of the session: references. */
	struct picture *desktop, *video;
	uint32_t session;
	struct frames_place video_place;
	unsigned video_serial;
};

/* What was staged leaves the screen with the next commit. */
#define view_retire(unref, staged, old) (unref(own_take(old)), (old) = own_take(staged))

/* The output that has the model: over a session not always the primary one. */
unsigned view_model_screen(const struct view *view);

/* view_ui.c: true when something was staged. */
bool view_stage_ui(struct view *view, unsigned index);
bool view_has_ui(struct view *view, const struct screen *screen);
void view_rehearse(struct view *view, struct screen *screen);
void view_drop_canvases(struct screen *screen);
/* After a commit was shown: canvases that are not on the screen and not needed soon. */
void view_drop_unused(const struct view *view, struct screen *screen);

/* view_session.c */
void view_take_frame(struct view *view);
bool view_stage_desktop(struct view *view, unsigned index);
bool view_stage_video(struct view *view, unsigned index);

/* view_cursor.c */
bool view_stage_cursor(struct view *view, unsigned index);

#endif
