/* SPDX-License-Identifier: Apache-2.0 */
#include "kiosk/kiosk.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/child.h"
#include "base/log.h"
#include "base/text.h"
#include "kiosk/parts.h"
#include "kiosk/start.h"

enum { MINUTE_MS = 60 * 1000 };

static struct kiosk_event make_event(enum kiosk_event_kind kind)
{
	return (struct kiosk_event){.kind = kind, .now_ms = loop_now_ms()};
}

static void apply_keyboard(struct kiosk *kiosk)
{
	const struct conf_keyboard *keyboard = &kiosk->state.conf.keyboard;
	struct input_keymap keymap = {
			.layout = keyboard->layout,
			.variant = keyboard->variant,
			.options = keyboard->options,
			.repeat_delay_ms = keyboard->is_repeat_off ? 0 : keyboard->repeat_delay_ms,
			.repeat_per_second = keyboard->repeat_per_second,
	};
	struct err err;

	if (input_set_keymap(kiosk->input, &keymap, &err) < 0)
		log_error("%s; the keyboard stays as it is", err.text);
}

static void say_clock(struct kiosk *kiosk)
{
	struct kiosk_event event = make_event(KIOSK_CLOCK);
	struct timespec now;
	struct tm local;

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &local);
	strftime(event.clock, sizeof(event.clock), "%H:%M", &local);
	loop_timer_set(kiosk->minute, MINUTE_MS - (now.tv_sec % 60) * 1000 - now.tv_nsec / 1000000);
	kiosk_feed(kiosk, &event);
}

static void on_minute(void *data)
{
	say_clock(data);
}

/* The clock follows with the next event: this runs inside of one. */
static void apply_locale(struct kiosk *kiosk)
{
	const char *zone = kiosk->state.conf.locale.timezone;

	setenv("TZ", zone[0] ? zone : "UTC", 1);
	tzset();
	loop_timer_set(kiosk->minute, 0);
}

static void start_session(struct kiosk *kiosk, uint32_t number)
{
	struct wire_session_start start;
	struct err err;
	int fds[2];

	/* The mind waits for it no longer than for any other that does not get on. */
	if (wire_pair(fds, &err) < 0) {
		log_error("session %u can't be started: %s", number, err.text);
		return;
	}
	if (spawner_start(kiosk->spawner, number, fds[1]) < 0)
		log_error("session %u can't be started", number);
	else
		log_info("session %u: connecting to %s:%u as desktop \"%s\"", number,
				kiosk->state.target.host, kiosk->state.target.port,
				kiosk->state.target.id);
	close(fds[1]);
	kiosk->session = session_create(kiosk->loop, fds[0], number, &kiosk->session_handler);
	start_fill(&kiosk->state, view_size(kiosk->view), &start);
	session_start(kiosk->session, &start);
	text_wipe(&start, sizeof(start));
	session_locks(kiosk->session, input_locks(kiosk->input));
}

/* Nothing of it is heard or shown any more. */
static void forget_session(struct kiosk *kiosk)
{
	view_drop_frame(kiosk->view);
	view_set_cursor(kiosk->view, NULL);
	session_destroy(own_take(kiosk->session));
}

static void forward(struct kiosk *kiosk, const struct input_event *input)
{
	struct pointer_area area = view_area(kiosk->view);
	int32_t x, y;

	if (!kiosk->session)
		return;
	if (input->kind == INPUT_KEY) {
		session_key(kiosk->session, input);
		return;
	}
	if (pointer_output(&kiosk->pointer, &area, &x, &y) > 0)
		return;
	view_to_desktop(kiosk->view, &x, &y);
	session_pointer(kiosk->session, input, x, y);
}

static void report(struct kiosk *kiosk, const struct kiosk_action *action)
{
	if (action->is_on)
		log_info("session %u: the desktop is on screen", action->session);
	else
		log_info("session %u: ended: %s %s", action->session, reason_code(action->reason),
				reason_text(action->reason));
	agent_send_session(kiosk->agent, action->is_on, action->reason, kiosk->state.target.id);
}

static void act(struct kiosk *kiosk, const struct kiosk_action *action,
		const struct kiosk_event *event)
{
	switch (action->kind) {
	case KIOSK_DO_START:
		start_session(kiosk, action->session);
		break;
	case KIOSK_DO_STOP:
		if (kiosk->session)
			session_stop(kiosk->session);
		break;
	case KIOSK_DO_KILL:
		forget_session(kiosk);
		spawner_kill(kiosk->spawner, action->session);
		break;
	case KIOSK_DO_FORWARD:
		forward(kiosk, &event->input);
		break;
	case KIOSK_DO_SERVER:
		agent_send_server(kiosk->agent, kiosk->state.fields[UI_FIELD_SERVER].text);
		break;
	case KIOSK_DO_REPORT:
		report(kiosk, action);
		break;
	case KIOSK_DO_CONFIG_UP:
		log_info("config revision %llu is up", (unsigned long long)action->revision);
		agent_send_config_up(kiosk->agent, action->revision);
		break;
	case KIOSK_DO_KEYBOARD:
		apply_keyboard(kiosk);
		break;
	case KIOSK_DO_LOCALE:
		apply_locale(kiosk);
		break;
	case KIOSK_DO_DISPLAY:
		kiosk_apply_display(kiosk);
		break;
	case KIOSK_DO_POWER:
		view_set_power(kiosk->view, action->is_on);
		break;
	}
}

static void show(struct kiosk *kiosk)
{
	struct ui_model model;
	struct kiosk_event event;
	bool is_done;

	kiosk_model(&kiosk->state, &model);
	view_set_model(kiosk->view, &model, kiosk->state.conf.display.scale_percent);
	text_wipe(&model, sizeof(model));
	view_set_pointer(kiosk->view, &kiosk->pointer);
	is_done = view_flush(kiosk->view);
	control_changed(kiosk->control, is_done);
	if (kiosk->state.confirmed == kiosk->state.revision || !view_has_model(kiosk->view))
		return;
	event = make_event(KIOSK_SHOWN);
	event.revision = kiosk->state.revision;
	kiosk_feed(kiosk, &event);
}

/* One event: think, act, show, and know when to think again. Never from inside of itself. */
void kiosk_feed(struct kiosk *kiosk, const struct kiosk_event *event)
{
	struct kiosk_actions actions;
	int64_t wake_ms;

	kiosk_step(&kiosk->state, event, &actions);
	for (unsigned i = 0; i < actions.count; i++)
		act(kiosk, &actions.list[i], event);
	show(kiosk);
	wake_ms = kiosk_wake_ms(&kiosk->state);
	if (wake_ms >= 0) {
		int64_t left_ms = wake_ms - loop_now_ms();

		loop_timer_set(kiosk->wake, left_ms > 0 ? left_ms : 0);
	} else {
		loop_timer_set(kiosk->wake, -1);
	}
}

static void on_wake(void *data)
{
	struct kiosk_event event = make_event(KIOSK_TIME);

	kiosk_feed(data, &event);
}

/* --- the screen --- */

/* To the first output's pixels and the config's scale. */
static void resize_session(struct kiosk *kiosk)
{
	struct ui_size size = view_size(kiosk->view);

	if (kiosk->session && size.width && size.height)
		session_resize(kiosk->session, size.width, size.height,
				kiosk->state.conf.display.scale_percent);
}

static void on_outputs(void *data)
{
	struct kiosk *kiosk = data;
	struct pointer_area area;
	struct ui_size size;

	if (!kiosk->view)
		return; /* the display is still being made */
	view_outputs_changed(kiosk->view);
	area = view_area(kiosk->view);
	size = view_size(kiosk->view);
	pointer_clamp(&kiosk->pointer, &area);
	log_info("%u screens, the first has %u x %u pixels", area.count, size.width, size.height);
	resize_session(kiosk);
	show(kiosk);
}

static void on_shown(void *data, struct display_output *output, int64_t time_us)
{
	struct kiosk *kiosk = data;

	(void)time_us;
	if (!kiosk->view)
		return;
	view_shown(kiosk->view, output);
	show(kiosk);
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

	return kiosk->session && session_take_frame(kiosk->session, ret);
}

static int open_display(struct kiosk *kiosk, struct err *err)
{
	const struct kiosk_options *options = &kiosk->options;
	struct display_handler handler = {on_outputs, on_shown, on_lost, kiosk};
	struct display_kms_options kms = {
			.path = options->card,
			.width = kiosk->state.conf.display.width,
			.height = kiosk->state.conf.display.height,
	};
	struct view_handler view_handler = {take_frame, kiosk};
	int code = options->headless_count > 0
	                           ? display_create_headless(kiosk->loop, options->headless_sizes,
						     options->headless_count, &handler,
						     &kiosk->display, err)
	                           : display_create_kms(kiosk->loop, &kms, &handler,
						     &kiosk->display, err);

	if (code < 0)
		return code;
	kiosk->mode[0] = kms.width;
	kiosk->mode[1] = kms.height;
	kiosk->view = view_create(kiosk->display, kiosk->ui, &view_handler);
	return 0;
}

/* Another mode needs a new display; one that can't be had ends us, and we come back afresh. */
void kiosk_apply_display(struct kiosk *kiosk)
{
	const struct conf_display *wanted = &kiosk->state.conf.display;
	struct err err;

	if (kiosk->options.headless_count > 0 ||
			(kiosk->mode[0] == wanted->width && kiosk->mode[1] == wanted->height)) {
		resize_session(kiosk);
		return;
	}
	view_destroy(own_take(kiosk->view));
	display_destroy(own_take(kiosk->display));
	if (open_display(kiosk, &err) < 0) {
		log_error("%s", err.text);
		exit(1);
	}
	if (kiosk->state.is_dark)
		view_set_power(kiosk->view, false);
	on_outputs(kiosk);
}

/* --- keyboard and mouse --- */

static void move_pointer(struct kiosk *kiosk, const struct input_event *input)
{
	struct pointer_area area = view_area(kiosk->view);

	if (input->kind == INPUT_MOTION)
		pointer_move(&kiosk->pointer, &area, input->x, input->y);
	else if (input->kind == INPUT_MOTION_ABSOLUTE)
		pointer_place(&kiosk->pointer, &area, input->x, input->y);
}

static enum ui_field_kind field_of(enum ui_target target)
{
	return target >= UI_TARGET_FIELD_USER && target <= UI_TARGET_FIELD_SERVER
	                       ? (enum ui_field_kind)(target - UI_TARGET_FIELD_USER)
	                       : UI_FIELDS;
}

/* What lies under the mouse, on the model that is on the screen. */
static void hit(struct kiosk *kiosk, struct kiosk_event *event)
{
	struct pointer_area area = view_area(kiosk->view);
	struct ui_size size = view_size(kiosk->view);
	struct ui_model model;
	enum ui_field_kind field;
	int32_t x, y;

	if (event->input.kind == INPUT_KEY || event->input.kind == INPUT_DEVICES ||
			pointer_output(&kiosk->pointer, &area, &x, &y) > 0 || !size.width)
		return;
	kiosk_model(&kiosk->state, &model);
	if (model.screen != UI_SESSION || model.message_count > 0) {
		event->target = ui_hit(kiosk->ui, &model, size, x, y);
		field = field_of(event->target);
		if (field < UI_FIELDS && event->input.kind == INPUT_BUTTON)
			event->offset = ui_field_offset(kiosk->ui, &model, size, field, x);
	}
	text_wipe(&model, sizeof(model));
}

static void on_input(void *data, const struct input_event *input)
{
	struct kiosk *kiosk = data;
	struct kiosk_event event = make_event(KIOSK_INPUT);

	if (!kiosk->input || !kiosk->view)
		return; /* still being made */
	move_pointer(kiosk, input);
	event.input = *input;
	hit(kiosk, &event);
	kiosk_feed(kiosk, &event);
	if (input->kind == INPUT_KEY)
		kiosk_say_locks(kiosk);
	text_wipe(&event, sizeof(event));
}

void kiosk_say_locks(struct kiosk *kiosk)
{
	struct kiosk_event event = make_event(KIOSK_LOCKS);

	event.is_caps_lock_on = input_locks(kiosk->input).caps;
	if (event.is_caps_lock_on != kiosk->state.is_caps_lock_on)
		kiosk_feed(kiosk, &event);
}

/* --- the agent --- */

static void on_agent(void *data)
{
	struct kiosk_event event = make_event(KIOSK_AGENT_UP);

	log_info("the agent is there");
	kiosk_feed(data, &event);
}

static void on_agent_gone(void *data)
{
	struct kiosk *kiosk = data;
	struct kiosk_event event = make_event(KIOSK_AGENT_GONE);

	kiosk_fail_dials(kiosk);
	kiosk_feed(kiosk, &event);
}

static void on_status(void *data, const struct wire_agent_status *status)
{
	struct kiosk *kiosk = data;
	struct kiosk_event event = make_event(KIOSK_STATUS);

	event.status = status;
	kiosk_feed(kiosk, &event);
	/* The agent may have set the time right. */
	say_clock(kiosk);
}

static void on_config(void *data, const struct conf_signed *config)
{
	struct kiosk_event event = make_event(KIOSK_CONFIG);

	log_info("config revision %llu has arrived", (unsigned long long)config->revision);
	event.config = config;
	kiosk_feed(data, &event);
}

static void on_worker_exit(void *data, uint32_t id, int status)
{
	struct kiosk *kiosk = data;

	(void)kiosk;
	if (status == -1)
		log_error("session %u: its program was not started", id);
	else if (status != 0)
		log_warn("session %u: its program %s", id, child_describe(status).text);
}

static void on_spawner_lost(void *data)
{
	struct kiosk *kiosk = data;

	log_error("the spawner is gone; starting over");
	loop_quit(kiosk->loop, 1);
}

static int open_input(struct kiosk *kiosk, struct err *err)
{
	struct input_keymap keymap = {.layout = "us", .variant = "", .options = ""};

	if (kiosk->options.headless_count > 0)
		return input_create_manual(kiosk->loop, &keymap, on_input, kiosk, &kiosk->input,
				err);
	return input_create(kiosk->loop, &keymap, on_input, kiosk, &kiosk->input, err);
}

static void open_agent(struct kiosk *kiosk)
{
	struct agent_handler handler = {
			.on_up = on_agent,
			.on_gone = on_agent_gone,
			.on_status = on_status,
			.on_config = on_config,
			.on_dialed = kiosk_dialed,
			.data = kiosk,
	};

	kiosk->agent = agent_create(kiosk->loop, kiosk->options.agent, &handler);
}

void kiosk_destroy(struct kiosk *kiosk)
{
	if (!kiosk)
		return;
	control_destroy(kiosk->control);
	agent_destroy(kiosk->agent);
	session_destroy(own_take(kiosk->session));
	view_destroy(kiosk->view);
	display_destroy(kiosk->display);
	input_destroy(kiosk->input);
	ui_destroy(kiosk->ui);
	spawner_destroy(kiosk->spawner);
	loop_timer_remove(kiosk->wake);
	loop_timer_remove(kiosk->minute);
	loop_timer_remove(kiosk->reap);
	text_wipe(&kiosk->state, sizeof(kiosk->state));
	free(kiosk);
}
OWN_DEFINE(kiosk, struct kiosk, kiosk_destroy);

int kiosk_create(struct loop *loop, const struct kiosk_options *options, struct spawner *spawner,
		struct kiosk **ret, struct err *err)
{
	OWNED(kiosk) struct kiosk *kiosk = own_alloc(sizeof(*kiosk));
	int code;

	kiosk->loop = loop;
	kiosk->options = *options;
	kiosk->spawner = spawner;
	kiosk->wake = loop_add_timer(loop, on_wake, kiosk);
	kiosk->minute = loop_add_timer(loop, on_minute, kiosk);
	kiosk_open_sessions(kiosk);
	kiosk_init(&kiosk->state, loop_now_ms());
	spawner_attach(spawner, loop, on_worker_exit, on_spawner_lost, kiosk);
	code = ui_create(options->locale, &kiosk->ui, err);
	if (code >= 0)
		code = open_display(kiosk, err);
	if (code >= 0)
		code = open_input(kiosk, err);
	if (code >= 0 && options->control)
		code = control_create(kiosk, options->control, &kiosk->control, err);
	if (code < 0)
		return code;
	open_agent(kiosk);
	apply_keyboard(kiosk);
	apply_locale(kiosk);
	show(kiosk);
	on_wake(kiosk);
	*ret = own_take(kiosk);
	return 0;
}
