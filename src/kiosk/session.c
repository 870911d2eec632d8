/* SPDX-License-Identifier: Apache-2.0 */
#include "kiosk/session.h"

#include <drm/drm_fourcc.h>
#include <errno.h>
#include <linux/input-event-codes.h>
#include <string.h>

#include "base/text.h"

/* When a message is allowed. */
enum { STATE_NEW = 1, STATE_OPEN = 2, STATE_POOL = 4, STATE_OVER = 8 };

enum { MOTIONS_MAX = 16, PRESSES_MAX = 64 }; /* packets that wait already */

struct session {
	uint32_t number;
	struct wire_channel *channel;
	struct session_handler handler;
	bool has_ended;
	struct frames *frames;
	struct session_cursor cursor;
	uint32_t dial; /* the last number asked for */
	uint8_t down[(KEY_CNT + 7) / 8];
	uint32_t buttons; /* that are down, from BTN_MOUSE on */
};

static int on_phase(void *data, const void *message, int *fds)
{
	struct session *session = data;
	const struct wire_session_phase *phase = message;

	(void)fds;
	if (phase->phase < WIRE_PHASE_REACHING || phase->phase > WIRE_PHASE_RECONNECTING)
		return -EPROTO;
	session->handler.on_phase(session->handler.data, session->number, phase->phase);
	return 0;
}

static int on_dial(void *data, const void *message, int *fds)
{
	struct session *session = data;
	const struct wire_session_dial *dial = message;

	(void)fds;
	if (dial->id <= session->dial || dial->id > WIRE_DIALS_MAX || dial->port == 0 ||
			dial->zero != 0 || !memchr(dial->host, '\0', sizeof(dial->host)) ||
			!dial->host[0] || !text_is_utf8(dial->host, strlen(dial->host)) ||
			text_has_control(dial->host, NULL))
		return -EPROTO;
	session->dial = dial->id;
	session->handler.on_dial(session->handler.data, dial->id, dial->host, dial->port);
	return 0;
}

static int on_pool(void *data, const void *message, int *fds)
{
	struct session *session = data;
	int code = frames_add_pool(session->frames, message, fds[0]);

	if (code >= 0)
		wire_channel_set_state(session->channel, STATE_POOL);
	return code;
}

static int on_buffer(void *data, const void *message, int *fds)
{
	struct session *session = data;
	const struct wire_session_buffer *buffer = message;

	return frames_add_buffer(session->frames, buffer, fds,
			buffer->header.type == WIRE_SESSION_BUFFER_TWO ? 2 : 1);
}

static int on_frame(void *data, const void *message, int *fds)
{
	struct session *session = data;
	int code = frames_add(session->frames, message);

	(void)fds;
	if (code >= 0)
		session->handler.on_frame(session->handler.data, session->number);
	return code;
}

static void on_release(void *data, uint32_t pool, uint32_t slot)
{
	struct session *session = data;
	struct wire_session_release release = {.pool = pool, .slot = slot};

	wire_init(&release, WIRE_SESSION_RELEASE);
	wire_send(session->channel, &release, NULL, 0);
}

static void on_release_buffer(void *data, uint32_t pool, uint32_t number)
{
	struct session *session = data;
	struct wire_session_release_buffer release = {.pool = pool, .number = number};

	wire_init(&release, WIRE_SESSION_RELEASE_BUFFER);
	wire_send(session->channel, &release, NULL, 0);
}

static void on_refuse_buffer(void *data, uint32_t pool, uint32_t number)
{
	struct session *session = data;
	struct wire_session_refuse_buffer refuse = {.pool = pool, .number = number};

	wire_init(&refuse, WIRE_SESSION_REFUSE_BUFFER);
	wire_send(session->channel, &refuse, NULL, 0);
}

static int import(void *data, const struct display_buffer_info *info, struct display_buffer **ret)
{
	struct session *session = data;

	if (!session->handler.import)
		return -ENOTSUP;
	return session->handler.import(session->handler.data, info, ret);
}

static void set_cursor(struct session *session, const struct session_cursor *cursor)
{
	struct pixels *old = session->cursor.pixels;

	session->cursor = *cursor;
	session->handler.on_cursor(session->handler.data);
	pixels_unref(old);
}

static int on_cursor(void *data, const void *message, int *fds)
{
	struct session *session = data;
	const struct wire_session_cursor *cursor = message;
	struct pixels *pixels;
	int code;

	if (cursor->width < 1 || cursor->width > WIRE_CURSOR_MAX || cursor->height < 1 ||
			cursor->height > WIRE_CURSOR_MAX || cursor->hot_x >= cursor->width ||
			cursor->hot_y >= cursor->height)
		return -EPROTO;
	code = pixels_read(fds[0], (size_t)cursor->width * cursor->height * 4, &pixels, NULL);
	if (code < 0)
		return code;
	set_cursor(session,
			&(struct session_cursor){
					.pixels = pixels,
					.picture =
							{
									.format = DRM_FORMAT_ARGB8888,
									.width = cursor->width,
									.height = cursor->height,
									.stride = cursor->width * 4,
									.pixels = pixels_data(
											pixels),
							},
					.hot_x = (int32_t)cursor->hot_x,
					.hot_y = (int32_t)cursor->hot_y,
			});
	return 0;
}

static int on_cursor_state(void *data, const void *message, int *fds)
{
	struct session *session = data;
	const struct wire_session_cursor_state *state = message;

	(void)fds;
	switch (state->state) {
	case WIRE_CURSOR_HIDDEN:
	case WIRE_CURSOR_DEFAULT:
		set_cursor(session, &(struct session_cursor){.is_default = state->state ==
		                                                           WIRE_CURSOR_DEFAULT});
		return 0;
	case WIRE_CURSOR_MOVED:
		if (state->x < 0 || state->x >= WIRE_SIDE_MAX || state->y < 0 ||
				state->y >= WIRE_SIDE_MAX)
			return -EPROTO;
		session->handler.on_warp(session->handler.data, state->x, state->y);
		return 0;
	default:
		return -EPROTO;
	}
}

static int on_quality(void *data, const void *message, int *fds)
{
	struct session *session = data;
	const struct wire_session_quality *quality = message;

	(void)fds;
	if (quality->decoder >= WIRE_DECODED_COUNT)
		return -EPROTO;
	session->handler.on_quality(session->handler.data, quality);
	return 0;
}

static int on_leds(void *data, const void *message, int *fds)
{
	struct session *session = data;
	const struct wire_session_leds *leds = message;

	(void)fds;
	if (leds->caps > 1 || leds->num > 1 || leds->scroll > 1)
		return -EPROTO;
	session->handler.on_leds(session->handler.data, (struct input_locks){.caps = leds->caps,
									.num = leds->num,
									.scroll = leds->scroll});
	return 0;
}

static int on_ended(void *data, const void *message, int *fds)
{
	struct session *session = data;
	const struct wire_session_ended *ended = message;

	(void)fds;
	if (!reason_is_known(ended->reason))
		return -EPROTO;
	session->has_ended = true;
	wire_channel_set_state(session->channel, STATE_OVER);
	session->handler.on_ended(session->handler.data, session->number,
			(enum reason)ended->reason, ended->detail);
	return 0;
}

#define RULE(kind, member, fds, when, fn) \
	{.type = WIRE_SESSION_##kind, \
			.size = sizeof(struct wire_session_##member), \
			.fd_count = (fds), \
			.states = (when), \
			.name = #kind, \
			.handle = (fn)}

static const struct wire_rule rules[] = {
		RULE(PHASE, phase, 0, STATE_OPEN | STATE_POOL, on_phase),
		RULE(DIAL, dial, 0, STATE_OPEN | STATE_POOL, on_dial),
		RULE(POOL, pool, 1, STATE_OPEN | STATE_POOL, on_pool),
		RULE(FRAME, frame, 0, STATE_POOL, on_frame),
		RULE(BUFFER, buffer, 1, STATE_OPEN | STATE_POOL, on_buffer),
		RULE(BUFFER_TWO, buffer, 2, STATE_OPEN | STATE_POOL, on_buffer),
		RULE(CURSOR, cursor, 1, STATE_OPEN | STATE_POOL, on_cursor),
		RULE(CURSOR_STATE, cursor_state, 0, STATE_OPEN | STATE_POOL, on_cursor_state),
		RULE(LEDS, leds, 0, STATE_OPEN | STATE_POOL, on_leds),
		RULE(QUALITY, quality, 0, STATE_OPEN | STATE_POOL, on_quality),
		RULE(ENDED, ended, 0, STATE_OPEN | STATE_POOL, on_ended),
};

static void on_closed(void *data, const char *why)
{
	struct session *session = data;

	/* After ENDED the worker goes; that is no news. */
	if (!session->has_ended || why)
		session->handler.on_gone(session->handler.data, session->number, why);
}

struct session *session_create(struct loop *loop, int fd, uint32_t number,
		const struct session_handler *handler)
{
	struct session *session = own_alloc(sizeof(*session));
	struct frames_handler frames = {on_release, on_release_buffer, on_refuse_buffer, import,
			handler->forget, session};

	session->number = number;
	session->handler = *handler;
	session->cursor.is_default = true;
	session->frames = frames_create(number, &frames);
	session->channel = wire_channel_create(loop, fd, rules, sizeof(rules) / sizeof(rules[0]),
			on_closed, session);
	wire_channel_set_state(session->channel, STATE_NEW);
	return session;
}

void session_destroy(struct session *session)
{
	if (!session)
		return;
	frames_destroy(session->frames);
	wire_channel_destroy(session->channel);
	pixels_unref(session->cursor.pixels);
	free(session);
}

uint32_t session_number(const struct session *session)
{
	return session->number;
}

int session_start(struct session *session, struct wire_session_start *start)
{
	wire_init(start, WIRE_SESSION_START);
	wire_channel_set_state(session->channel, STATE_OPEN);
	return wire_send(session->channel, start, NULL, 0);
}

void session_stop(struct session *session)
{
	struct wire_session_stop stop;

	wire_init(&stop, WIRE_SESSION_STOP);
	wire_send(session->channel, &stop, NULL, 0);
}

void session_dialed(struct session *session, uint32_t id, enum reason reason, int fd)
{
	struct wire_session_dialed dialed = {.id = id, .reason = reason};

	if (fd < 0) {
		wire_init(&dialed, WIRE_SESSION_DIALED);
		wire_send(session->channel, &dialed, NULL, 0);
		return;
	}
	dialed.reason = REASON_NONE;
	wire_init(&dialed, WIRE_SESSION_DIALED_SOCKET);
	wire_send(session->channel, &dialed, &fd, 1);
}

bool session_take_frame(struct session *session, struct session_frame *ret)
{
	return frames_take(session->frames, ret);
}

const struct session_cursor *session_cursor(const struct session *session)
{
	return &session->cursor;
}

/* A key without a code has a text: one character, whose lead byte says how long it is. */
static uint32_t character_of(const char *text)
{
	static const struct {
		uint8_t mask, lead, bits;
	} leads[] = {{0, 1, 0}, {0x80, 0, 0x7f}, {0xe0, 0xc0, 0x1f}, {0xf0, 0xe0, 0x0f},
			{0xf8, 0xf0, 0x07}};
	size_t length = strlen(text);
	uint32_t character;

	if (length < 1 || length > 4 || !text_is_utf8(text, length) ||
			((unsigned char)text[0] & leads[length].mask) != leads[length].lead)
		return 0;
	character = (unsigned char)text[0] & leads[length].bits;
	for (size_t i = 1; i < length; i++)
		character = character << 6 | ((unsigned char)text[i] & 0x3f);
	return character;
}

/*
 * A session that is busy for a moment must not be ended for what a person does meanwhile: the
 * mouse may move a thousand times a second. What a later one makes up for is left out
 * first, then what begins something; what ends something always goes.
 */
static bool is_slow(const struct session *session, bool is_made_up_for)
{
	return wire_channel_queued(session->channel) >=
	       (is_made_up_for ? MOTIONS_MAX : PRESSES_MAX);
}

static bool track_key(struct session *session, const struct input_event *event)
{
	uint8_t bit = (uint8_t)(1u << (event->code % 8));
	uint8_t *byte = &session->down[event->code / 8];
	bool was_down = *byte & bit;

	if (!event->is_down)
		*byte &= (uint8_t)~bit;
	else
		*byte |= bit;
	return event->is_down && !event->is_repeat ? true : was_down;
}

void session_key(struct session *session, const struct input_event *event)
{
	/* Of a Compose sequence the desktop gets what it typed, and none of its keys. */
	uint32_t code = event->is_composed ? 0 : event->code;
	struct wire_session_key key = {
			.code = code,
			.is_down = event->is_down,
			.is_repeat = event->is_repeat,
			.character = code ? 0 : character_of(event->text),
	};

	if (event->code >= KEY_CNT || (!code && !key.character))
		return;
	if (event->is_repeat && !(session->down[event->code / 8] & (1u << (event->code % 8))))
		return;
	if (event->is_down && is_slow(session, event->is_repeat))
		return;
	if (code && !track_key(session, event))
		return;
	wire_init(&key, WIRE_SESSION_KEY);
	wire_send(session->channel, &key, NULL, 0);
}

/* False for a release whose press went elsewhere. */
static bool track_button(struct session *session, const struct input_event *event)
{
	uint32_t number = event->button - BTN_MOUSE, bit = 1u << (number % 32);
	bool was_down = session->buttons & bit;

	if (event->button < BTN_MOUSE || number >= 32)
		return event->is_down;
	if (event->is_down)
		session->buttons |= bit;
	else
		session->buttons &= ~bit;
	return event->is_down || was_down;
}

bool session_has_button(const struct session *session)
{
	return session->buttons != 0;
}

void session_pointer(struct session *session, const struct input_event *event, int32_t x, int32_t y)
{
	struct wire_session_pointer pointer = {
			.kind = event->kind == INPUT_BUTTON  ? WIRE_POINTER_BUTTON
	                        : event->kind == INPUT_WHEEL ? WIRE_POINTER_WHEEL
	                                                     : WIRE_POINTER_MOTION,
			.x = x,
			.y = y,
			.button = event->button,
			.is_down = event->is_down,
			.wheel_x = event->wheel_x,
			.wheel_y = event->wheel_y,
	};

	if ((event->kind != INPUT_BUTTON || event->is_down) &&
			is_slow(session, event->kind != INPUT_BUTTON))
		return;
	if (event->kind == INPUT_BUTTON && !track_button(session, event))
		return;
	wire_init(&pointer, WIRE_SESSION_POINTER);
	wire_send(session->channel, &pointer, NULL, 0);
}

void session_locks(struct session *session, struct input_locks locks)
{
	struct wire_session_locks message = {
			.caps = locks.caps,
			.num = locks.num,
			.scroll = locks.scroll,
	};

	wire_init(&message, WIRE_SESSION_LOCKS);
	wire_send(session->channel, &message, NULL, 0);
}

void session_ask_quality(struct session *session)
{
	struct wire_session_ask_quality message = {0};

	wire_init(&message, WIRE_SESSION_ASK_QUALITY);
	wire_send(session->channel, &message, NULL, 0);
}

void session_resize(struct session *session, const struct desk_layout *layout)
{
	struct wire_session_resize resize = {
			.width = layout->width,
			.height = layout->height,
			.scale_percent = layout->scale_percent,
			.monitor_count = layout->count,
	};

	memcpy(resize.monitors, layout->monitors, layout->count * sizeof(layout->monitors[0]));
	wire_init(&resize, WIRE_SESSION_RESIZE);
	wire_send(session->channel, &resize, NULL, 0);
}
