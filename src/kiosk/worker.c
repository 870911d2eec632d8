/* SPDX-License-Identifier: Apache-2.0 */
/* What a session says becomes events; its wishes for connections go to the agent. */
#include <string.h>

#include "base/log.h"
#include "kiosk/parts.h"

static struct kiosk_event make_event(enum kiosk_event_kind kind, uint32_t session)
{
	return (struct kiosk_event){.kind = kind, .now_ms = loop_now_ms(), .session = session};
}

static void on_phase(void *data, uint32_t session, uint32_t phase)
{
	struct kiosk_event event = make_event(KIOSK_PHASE, session);

	event.phase = phase;
	kiosk_feed(data, &event);
}

static void on_frame(void *data, uint32_t session)
{
	struct kiosk_event event = make_event(KIOSK_FRAME, session);

	kiosk_feed(data, &event);
}

static void on_cursor(void *data)
{
	struct kiosk *kiosk = data;

	view_set_cursor(kiosk->view, session_cursor(kiosk->session));
	view_flush(kiosk->view);
}

/* Only while the mouse is on the desktop and nobody else has it. */
static void on_warp(void *data, int32_t x, int32_t y)
{
	struct kiosk *kiosk = data;
	struct pointer_area area = view_area(kiosk->view);
	int32_t old_x, old_y;

	if (kiosk->state.screen != UI_SESSION ||
			!view_to_desktop(kiosk->view, &kiosk->pointer, &old_x, &old_y))
		return;
	view_from_desktop(kiosk->view, x, y, &kiosk->pointer);
	pointer_clamp(&kiosk->pointer, &area);
	view_set_pointer(kiosk->view, &kiosk->pointer);
	view_flush(kiosk->view);
}

static int import(void *data, const struct display_buffer_info *info, struct display_buffer **ret)
{
	struct kiosk *kiosk = data;
	struct err err;
	int code = display_import(kiosk->display, info, ret, &err);

	if (code < 0)
		log_debug("a video's buffer is read from memory: %s", err.text);
	return code;
}

static void on_quality(void *data, const struct wire_session_quality *quality)
{
	struct kiosk *kiosk = data;

	quality_take(&kiosk->quality, quality);
}

static void on_leds(void *data, struct input_locks locks)
{
	struct kiosk *kiosk = data;

	if (kiosk->state.screen != UI_SESSION)
		return;
	input_set_locks(kiosk->input, locks);
	kiosk_say_locks(kiosk);
}

static struct kiosk_dial *find_dial(struct kiosk *kiosk, uint32_t agent_id)
{
	for (unsigned i = 0; i < KIOSK_DIALS_MAX; i++)
		if (kiosk->dials[i].agent_id == agent_id)
			return &kiosk->dials[i];
	return NULL;
}

static void on_dial(void *data, uint32_t id, const char *host, uint16_t port)
{
	struct kiosk *kiosk = data;
	struct kiosk_dial *dial = find_dial(kiosk, 0);
	uint32_t agent_id = kiosk->last_dial + 1;

	if (!dial || !agent_id) {
		session_dialed(kiosk->session, id, REASON_SESSION_NOT_PERMITTED, -1);
		return;
	}
	log_debug("session %u wants a connection to %s:%u", session_number(kiosk->session),
			log_quote(host), port);
	if (agent_send_dial(kiosk->agent, agent_id, host, port) < 0) {
		session_dialed(kiosk->session, id, REASON_DEVICE_AGENT, -1);
		return;
	}
	kiosk->last_dial = agent_id;
	*dial = (struct kiosk_dial){agent_id, session_number(kiosk->session), id};
}

/* The answer may come for a session that is no more: then the socket is closed. */
void kiosk_dialed(void *data, uint32_t id, enum reason reason, int fd)
{
	struct kiosk *kiosk = data;
	struct kiosk_dial *dial = id ? find_dial(kiosk, id) : NULL;

	if (!dial)
		return;
	if (reason != REASON_NONE)
		log_info("session %u: no connection: %s %s", dial->session, reason_code(reason),
				reason_text(reason));
	if (kiosk->session && session_number(kiosk->session) == dial->session)
		session_dialed(kiosk->session, dial->session_id, reason, fd);
	*dial = (struct kiosk_dial){0};
}

/* The agent is gone, and the answers with it. */
void kiosk_fail_dials(struct kiosk *kiosk)
{
	for (unsigned i = 0; i < KIOSK_DIALS_MAX; i++)
		if (kiosk->dials[i].agent_id)
			kiosk_dialed(kiosk, kiosk->dials[i].agent_id, REASON_DEVICE_AGENT, -1);
}

/* The session's picture stays where it is until another one takes its place. */
static void close_session(struct kiosk *kiosk)
{
	struct display_stats stats = display_stats(kiosk->display);

	log_info("the display since its start: %llu commits, %llu bytes copied, %llu layers on "
		 "planes of their own",
			(unsigned long long)stats.commits, (unsigned long long)stats.bytes_copied,
			(unsigned long long)stats.layers_direct);
	view_drop_frame(kiosk->view);
	view_set_cursor(kiosk->view, NULL);
	session_destroy(own_take(kiosk->session));
}

static void on_ended(void *data, uint32_t session, enum reason reason, uint32_t detail)
{
	struct kiosk *kiosk = data;
	struct kiosk_event event = make_event(KIOSK_ENDED, session);

	event.reason = reason;
	event.detail = detail;
	close_session(kiosk);
	loop_timer_set(kiosk->reap, KIOSK_STOP_MS);
	kiosk_feed(kiosk, &event);
}

static void reap(void *data)
{
	struct kiosk *kiosk = data;

	if (!kiosk->session)
		spawner_kill(kiosk->spawner, kiosk->state.number);
}

static void on_gone(void *data, uint32_t session, const char *why)
{
	struct kiosk *kiosk = data;
	struct kiosk_event event = make_event(why ? KIOSK_BROKEN : KIOSK_CRASHED, session);

	if (why)
		log_error("session %u broke the rules and is ended: %s", session, why);
	else
		log_warn("session %u: its program is gone", session);
	close_session(kiosk);
	spawner_kill(kiosk->spawner, session);
	kiosk_feed(kiosk, &event);
}

void kiosk_open_sessions(struct kiosk *kiosk)
{
	kiosk->reap = loop_add_timer(kiosk->loop, reap, kiosk);
	kiosk->session_handler = (struct session_handler){
			.on_phase = on_phase,
			.on_frame = on_frame,
			.on_cursor = on_cursor,
			.on_warp = on_warp,
			.on_leds = on_leds,
			.on_quality = on_quality,
			.on_dial = on_dial,
			.on_ended = on_ended,
			.on_gone = on_gone,
			.import = import,
			.forget = display_buffer_destroy,
			.data = kiosk,
	};
}
