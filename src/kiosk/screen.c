/* SPDX-License-Identifier: Apache-2.0 */
/* The kiosk's outputs: what the config wants of them, what comes and goes, what a session hears. */
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "kiosk/parts.h"
#include "kiosk/wishes.h"

void kiosk_show(struct kiosk *kiosk)
{
	struct ui_model model;
	struct kiosk_event event;
	bool is_done;

	kiosk_model(&kiosk->state, &model);
	view_set_model(kiosk->view, &model);
	text_wipe(&model, sizeof(model));
	view_set_pointer(kiosk->view, &kiosk->pointer);
	is_done = view_flush(kiosk->view);
	control_changed(kiosk->control, is_done);
	kiosk_follow_shot(kiosk);
	if (kiosk->state.confirmed == kiosk->state.revision || !view_has_model(kiosk->view))
		return;
	event = (struct kiosk_event){.kind = KIOSK_SHOWN,
			.now_ms = loop_now_ms(),
			.revision = kiosk->state.revision};
	kiosk_feed(kiosk, &event);
}

/* One that is told nothing keeps its layout: so without any output. */
static void tell_session(struct kiosk *kiosk)
{
	const struct desk *desk = view_desk(kiosk->view);
	struct desk_layout layout;

	if (!kiosk->session || desk->count == 0)
		return;
	desk_layout(desk, &layout);
	if (memcmp(&layout, &kiosk->told, sizeof(layout)) == 0)
		return;
	kiosk->told = layout;
	log_info("session %u: %u x %u pixels on %u screens", session_number(kiosk->session),
			layout.width, layout.height, layout.count);
	session_resize(kiosk->session, &layout);
}

/* Shows what there is to be shown, also where nobody plugged anything in. */
static void follow_plugs(struct kiosk *kiosk)
{
	struct kiosk_event event = {.kind = KIOSK_MONITOR, .now_ms = loop_now_ms()};

	if (plugs_update(&kiosk->plugs, display_layout(kiosk->display), kiosk->state.is_dark))
		kiosk_feed(kiosk, &event);
	else
		kiosk_show(kiosk);
}

static void on_outputs(void *data)
{
	struct kiosk *kiosk = data;
	struct pointer_area area;

	if (!kiosk->view)
		return; /* the display is still being made */
	view_outputs_changed(kiosk->view);
	area = view_area(kiosk->view);
	pointer_clamp(&kiosk->pointer, &area);
	if (view_desk(kiosk->view)->count == 0)
		log_warn("no screen is lit");
	if (view_desk(kiosk->view)->left_out > 0)
		log_warn("%u screens do not fit into a desktop of %d pixels",
				view_desk(kiosk->view)->left_out, WIRE_SIDE_MAX);
	tell_session(kiosk);
	kiosk_tell_monitors(kiosk);
	follow_plugs(kiosk);
}

static void on_shown(void *data, struct display_output *output, int64_t time_us)
{
	struct kiosk *kiosk = data;

	(void)time_us;
	if (!kiosk->view)
		return;
	view_shown(kiosk->view, output);
	kiosk_show(kiosk);
}

static void on_lost(void *data, const char *why)
{
	struct kiosk *kiosk = data;

	log_error("the screen is lost: %s", why);
	loop_quit(kiosk->loop, 1);
}

static bool take_frame(void *data, struct session_frame *ret)
{
	struct kiosk *kiosk = data;

	if (!kiosk->session || !session_take_frame(kiosk->session, ret))
		return false;
	quality_frame(&kiosk->quality, ret->video != NULL);
	return true;
}

int kiosk_open_display(struct kiosk *kiosk, struct err *err)
{
	const struct kiosk_options *options = &kiosk->options;
	struct display_handler handler = {on_outputs, on_shown, on_lost, kiosk};
	struct display_kms_options kms = {.path = options->card};
	struct view_handler view_handler = {take_frame, kiosk};
	int code = options->headless_count > 0
	                           ? display_create_headless(kiosk->loop, options->headless_sizes,
						     options->headless_count, &handler,
						     &kiosk->display, err)
	                           : display_create_kms(kiosk->loop, &kms, &handler,
						     &kiosk->display, err);

	if (code < 0)
		return code;
	plugs_update(&kiosk->plugs, display_layout(kiosk->display), false);
	kiosk->view = view_create(kiosk->display, kiosk->ui, &view_handler);
	return 0;
}

/* Where anything changes by that, on_outputs follows. */
void kiosk_apply_display(struct kiosk *kiosk)
{
	struct layout_wishes wishes;

	wishes_of(&kiosk->state.conf.display, &wishes);
	display_configure(kiosk->display, &wishes);
}
