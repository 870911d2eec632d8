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
#include "wire/order.h"

enum { MINUTE_MS = 60 * 1000 };

static struct kiosk_event make_event(enum kiosk_event_kind kind)
{
	return (struct kiosk_event){.kind = kind, .now_ms = loop_now_ms()};
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
	if (kiosk->quality.is_running)
		kiosk_tell_quality(kiosk);
	if (kiosk->quality.is_running && kiosk->session)
		session_ask_quality(kiosk->session);
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
	bool has_devices = kiosk->state.conf.video.decoder == CONF_DECODER_AUTO;
	int fds[2];

	view_set_monitors(kiosk->view, kiosk->state.target.monitors);
	desk_layout(view_desk(kiosk->view), &kiosk->told);
	/* The mind waits for it no longer than for any other that does not get on. */
	if (wire_pair(fds, &err) < 0) {
		log_error("session %u can't be started: %s", number, err.text);
		return;
	}
	if (spawner_start(kiosk->spawner, number, fds[1], has_devices) < 0)
		log_error("session %u can't be started", number);
	else
		log_info("session %u: connecting to %s:%u as desktop \"%s\"", number,
				kiosk->state.target.host, kiosk->state.target.port,
				kiosk->state.target.id);
	close(fds[1]);
	kiosk->session = session_create(kiosk->loop, fds[0], number, &kiosk->session_handler);
	start_fill(&kiosk->state, &kiosk->told, &start);
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
	int32_t x, y;

	if (!kiosk->session)
		return;
	if (input->kind == INPUT_KEY) {
		struct input_event key = kiosk_session_key(kiosk, input);

		session_key(kiosk->session, &key);
		text_wipe(&key, sizeof(key));
		return;
	}
	/* What was begun on the desktop ends there, wherever the mouse is by then. */
	if (view_to_desktop(kiosk->view, &kiosk->pointer, &x, &y) ||
			session_has_button(kiosk->session))
		session_pointer(kiosk->session, input, x, y);
}

static void report(struct kiosk *kiosk, const struct kiosk_action *action)
{
	if (action->is_on)
		log_info("session %u: the desktop is on screen", action->session);
	else
		log_info("session %u: ended: %s %s", action->session, reason_code(action->reason),
				reason_text(action->reason));
	/* Before the report that the agent makes of it. */
	kiosk_tell_quality(kiosk);
	if (action->is_on && kiosk->session)
		session_ask_quality(kiosk->session);
	agent_send_session(kiosk->agent, action->is_on, action->reason, kiosk->state.target.id);
}

static void say_result(struct kiosk *kiosk, const struct kiosk_action *action)
{
	struct wire_agent_order_done done = {.result = action->result, .took_s = action->took_s};

	memcpy(done.id, action->id, sizeof(done.id));
	snprintf(done.detail, sizeof(done.detail), "%s", action->detail);
	agent_send_order_done(kiosk->agent, &done, -1);
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
		kiosk_apply_keyboard(kiosk);
		break;
	case KIOSK_DO_ANSWER:
		input_answer(kiosk->input, action->is_on);
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
	case KIOSK_DO_BRIGHTNESS:
		display_set_brightness(kiosk->display, action->percent);
		break;
	case KIOSK_DO_RESULT:
		say_result(kiosk, action);
		break;
	}
}

/* One event: think, act, show, and know when to think again. Never from inside of itself. */
void kiosk_feed(struct kiosk *kiosk, const struct kiosk_event *event)
{
	struct kiosk_actions actions;
	int64_t wake_ms;

	quality_hear(&kiosk->quality, &kiosk->state, event);
	kiosk_step(&kiosk->state, event, &actions);
	for (unsigned i = 0; i < actions.count; i++)
		quality_act(&kiosk->quality, &kiosk->state, &actions.list[i]);
	for (unsigned i = 0; i < actions.count; i++)
		act(kiosk, &actions.list[i], event);
	kiosk_follow_locks(kiosk);
	kiosk_show(kiosk);
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

/* --- keyboard and mouse --- */

static void move_pointer(struct kiosk *kiosk, const struct input_event *input)
{
	struct pointer_area area =
			input->is_panel ? kiosk_panel_area(kiosk) : view_area(kiosk->view);

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
	struct ui_size size = view_size(kiosk->view);
	struct ui_model model;
	enum ui_field_kind field;
	int32_t x, y;

	if (event->input.kind == INPUT_KEY || event->input.kind == INPUT_DEVICES ||
			!pointer_is_on(&kiosk->pointer, view_rect(kiosk->view), &x, &y))
		return;
	kiosk_model(&kiosk->state, &model);
	if (!ui_is_empty(&model)) {
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
	kiosk_tell_monitors(data);
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

static void on_order(void *data, const struct wire_agent_order *order)
{
	struct kiosk_event event = make_event(KIOSK_ORDER);

	log_info("order %s of the helpdesk: %s", order->id, wire_order_name(order->kind));
	event.order = order;
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
			.on_order = on_order,
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
		code = kiosk_open_display(kiosk, err);
	if (code >= 0)
		code = open_input(kiosk, err);
	if (code >= 0 && options->control)
		code = control_create(kiosk, options->control, &kiosk->control, err);
	if (code < 0)
		return code;
	open_agent(kiosk);
	kiosk_apply_keyboard(kiosk);
	apply_locale(kiosk);
	kiosk_show(kiosk);
	on_wake(kiosk);
	*ret = own_take(kiosk);
	return 0;
}
