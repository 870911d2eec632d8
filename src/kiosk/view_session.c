/* SPDX-License-Identifier: Apache-2.0 */
/* The session's part of the view: its desktop and its video on all outputs that it uses. */
#include <string.h>

#include "base/own.h"
#include "kiosk/view_parts.h"

static bool is_wanted(const struct view *view, unsigned index)
{
	return view->model.screen == UI_SESSION && view->desk.outputs[index].has_session;
}

static struct display_rect moved(struct display_rect rect, int32_t x, int32_t y)
{
	return (struct display_rect){rect.x1 + x, rect.y1 + y, rect.x2 + x, rect.y2 + y};
}

/* Where the picture's corner lies on the desk. */
static void origin(const struct view *view, int32_t *ret_x, int32_t *ret_y)
{
	const struct display_picture *picture = &view->desktop->content;

	desk_picture(&view->desk, picture->width, picture->height, ret_x, ret_y);
}

static void add_damage(struct screen *screen, const struct session_frame *frame, bool is_whole)
{
	if (is_whole || frame->rect_count == 0 ||
			screen->rect_count + frame->rect_count > DISPLAY_RECTS_MAX)
		screen->is_desktop_whole = true;
	if (screen->is_desktop_whole)
		return;
	memcpy(screen->rects + screen->rect_count, frame->rects,
			frame->rect_count * sizeof(frame->rects[0]));
	screen->rect_count += frame->rect_count;
}

static void take_desktop(struct view *view, struct session_frame *frame)
{
	bool is_whole = !view->desktop || view->session != frame->session ||
	                view->desktop->pool != frame->desktop->pool;

	for (unsigned i = 0; i < view->desk.count; i++)
		add_damage(&view->screens[i], frame, is_whole);
	/* Another picture may stand elsewhere, and the video with it. */
	view->video_serial += is_whole;
	picture_unref(view->desktop);
	view->desktop = own_take(frame->desktop);
}

static void take_video(struct view *view, struct session_frame *frame)
{
	bool is_placed = memcmp(&view->video_place, &frame->place, sizeof(frame->place)) == 0;

	/* The same picture at the same place needs nothing. */
	if (view->video == frame->video && (!frame->video || (!frame->is_video_new && is_placed))) {
		picture_unref(own_take(frame->video));
		return;
	}
	for (unsigned i = 0; i < view->desk.count; i++)
		view->screens[i].is_video_new |= frame->is_video_new;
	picture_unref(view->video);
	view->video = own_take(frame->video);
	view->video_place = frame->place;
	view->video_serial++;
}

/* A screen that is free takes it on; those that are late show a later one. */
void view_take_frame(struct view *view)
{
	struct session_frame frame;
	bool is_free = false;

	for (unsigned i = 0; i < view->desk.count; i++)
		is_free |= is_wanted(view, i) && !view->screens[i].is_busy;
	if (!is_free || !view->handler.take_frame(view->handler.data, &frame))
		return;
	if (frame.session != view->session)
		view_drop_frame(view);
	if (frame.desktop)
		take_desktop(view, &frame);
	take_video(view, &frame);
	view->session = frame.session;
}

static bool place_desktop(const struct view *view, unsigned index, struct display_place *ret)
{
	struct display_rect all = {0, 0, (int32_t)view->desktop->content.width,
			(int32_t)view->desktop->content.height};
	int32_t x, y;

	origin(view, &x, &y);
	return desk_place(&view->desk, index, all, moved(all, x, y), NULL, 0, ret);
}

bool view_stage_desktop(struct view *view, unsigned index)
{
	struct screen *screen = &view->screens[index];
	struct display_place place;
	bool is_whole = screen->is_desktop_whole || screen->is_fresh || !screen->desktop;

	if (!is_wanted(view, index) || !view->desktop || !place_desktop(view, index, &place)) {
		/* A fresh output may still have one from before that is about to be let go. */
		if (!screen->desktop && !screen->is_fresh)
			return false;
		display_set_layer(screen->output, DISPLAY_DESKTOP, NULL, 0, 0, NULL, 0);
		view_retire(picture_unref, screen->desktop, screen->old_desktop);
		return true;
	}
	if (screen->desktop == view->desktop && !screen->is_fresh)
		return false;
	display_place_layer(screen->output, DISPLAY_DESKTOP, &view->desktop->content, &place,
			screen->rects, is_whole ? 0 : screen->rect_count);
	view_retire(picture_unref, screen->desktop, screen->old_desktop);
	screen->desktop = picture_ref(view->desktop);
	screen->is_desktop_whole = false;
	screen->rect_count = 0;
	return true;
}

static bool place_video(const struct view *view, unsigned index, struct display_place *ret)
{
	const struct frames_place *video = &view->video_place;
	struct display_rect visible[WIRE_VISIBLE_MAX];
	int32_t x, y;

	origin(view, &x, &y);
	for (unsigned i = 0; i < video->visible_count; i++)
		visible[i] = moved(video->visible[i], x, y);
	return desk_place(&view->desk, index, video->source, moved(video->target, x, y), visible,
			video->visible_count, ret);
}

bool view_stage_video(struct view *view, unsigned index)
{
	/* Nothing changed in it, but it may be seen elsewhere or in other parts. */
	static const struct display_rect none = {0, 0, 0, 0};
	struct screen *screen = &view->screens[index];
	struct display_place place;
	bool is_whole = screen->is_video_new || screen->is_fresh || !screen->video;

	if (!is_wanted(view, index) || !view->desktop || !view->video ||
			!place_video(view, index, &place)) {
		if (!screen->video && !screen->is_fresh)
			return false;
		display_set_layer(screen->output, DISPLAY_VIDEO, NULL, 0, 0, NULL, 0);
		view_retire(picture_unref, screen->video, screen->old_video);
		return true;
	}
	if (screen->video && screen->video_serial == view->video_serial && !screen->is_fresh)
		return false;
	display_place_layer(screen->output, DISPLAY_VIDEO, &view->video->content, &place, &none,
			is_whole ? 0 : 1);
	view_retire(picture_unref, screen->video, screen->old_video);
	screen->video = picture_ref(view->video);
	screen->video_serial = view->video_serial;
	screen->is_video_new = false;
	return true;
}

bool view_to_desktop(const struct view *view, const struct pointer *pointer, int32_t *ret_x,
		int32_t *ret_y)
{
	const struct desk *desk = &view->desk;
	uint32_t width = (uint32_t)(desk->box.x2 - desk->box.x1);
	uint32_t height = (uint32_t)(desk->box.y2 - desk->box.y1);
	int32_t x = desk->box.x1, y = desk->box.y1;
	bool is_on = false;

	if (view->desktop) {
		width = view->desktop->content.width;
		height = view->desktop->content.height;
		origin(view, &x, &y);
	}
	for (unsigned i = 0; i < desk->count && !is_on; i++) {
		const struct desk_output *output = &desk->outputs[i];
		struct display_rect rect = {output->x, output->y,
				output->x + (int32_t)output->width,
				output->y + (int32_t)output->height};

		is_on = output->has_session && pointer_is_on(pointer, rect, ret_x, ret_y);
	}
	pointer_is_on(pointer, (struct display_rect){x, y, x, y}, ret_x, ret_y);
	*ret_x = *ret_x < 0 ? 0 : *ret_x < (int32_t)width ? *ret_x : (int32_t)width - 1;
	*ret_y = *ret_y < 0 ? 0 : *ret_y < (int32_t)height ? *ret_y : (int32_t)height - 1;
	return is_on;
}

void view_from_desktop(const struct view *view, int32_t x, int32_t y, struct pointer *ret)
{
	int32_t left = view->desk.box.x1, top = view->desk.box.y1;

	if (view->desktop)
		origin(view, &left, &top);
	ret->x = left + x;
	ret->y = top + y;
}
