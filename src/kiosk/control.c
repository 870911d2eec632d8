/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A UNIX socket by which tests and the demo are keyboard, mouse and eyes of a headless
 * kiosk: one command per line (command.h), one line as answer: "ok", "error: why", or for
 * `state` the state as NAME=VALUE words. There is none with a real screen.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/text.h"
#include "kiosk/command.h"
#include "kiosk/parts.h"

enum { CLIENTS_MAX = 4, SHOT_WAIT_MS = 1000, STATE_MAX = 768 };

struct client {
	struct control *control;
	int fd; /* -1: free place */
	struct loop_watch *watch;
	struct loop_timer *late;
	char line[COMMAND_LINE_MAX];
	size_t used;
	bool is_waiting; /* `command` has no answer yet; later lines wait in the socket */
	struct command command;
};

struct control {
	struct kiosk *kiosk;
	int fd;
	char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	struct loop_watch *watch;
	bool is_shown;
	struct client clients[CLIENTS_MAX];
};

static const char *screen_name(enum ui_screen screen)
{
	static const char *const names[] = {
			[UI_STARTING] = "starting",
			[UI_NETWORK] = "network",
			[UI_SERVER] = "server",
			[UI_APPROVAL] = "approval",
			[UI_REFUSED] = "refused",
			[UI_SIGN_IN] = "sign-in",
			[UI_DESKTOPS] = "desktops",
			[UI_CONNECTING] = "connecting",
			[UI_ENDED] = "ended",
			[UI_SESSION] = "session",
			[UI_BLANK] = "blank",
			[UI_KEYBOARD] = "keyboard",
			[UI_LOCKED] = "locked",
	};

	return names[screen];
}

/* NAME=VALUE words; a value has no spaces. What a person typed is not in it. */
static void describe(const struct kiosk *kiosk, char *text, size_t size)
{
	const struct kiosk_state *state = &kiosk->state;
	struct display_stats stats = display_stats(kiosk->display);
	struct ui_model model;

	kiosk_model(state, &model);
	snprintf(text, size,
			"screen=%s reason=%s revision=%llu confirmed=%llu session=%u"
			" phase=%u agent=%d focus=%u messages=%u language=%s caps=%d dim=%d dark=%d"
			" retry=%u code=%s outputs=%u desktop=%ux%u commits=%llu copied=%llu"
			" direct=%llu dialog=%u banner=%u notice=%u number=%s left=%u",
			screen_name(model.screen), reason_code(model.reason),
			(unsigned long long)state->revision, (unsigned long long)state->confirmed,
			state->number, state->phase, state->has_agent, (unsigned)state->focus,
			model.message_count, model.language, state->is_caps_lock_on, state->is_dim,
			state->is_dark, model.retry_in_s, model.code, view_desk(kiosk->view)->count,
			kiosk->told.width, kiosk->told.height, (unsigned long long)stats.commits,
			(unsigned long long)stats.bytes_copied,
			(unsigned long long)stats.layers_direct, (unsigned)model.order.dialog,
			(unsigned)model.order.banner, (unsigned)model.order.notice,
			model.order.number, model.order.seconds);
	text_wipe(&model, sizeof(model));
}

static bool has_value(const struct kiosk *kiosk, const char *name, const char *value)
{
	char text[STATE_MAX], *rest = text, *word;
	size_t length = strlen(name);

	describe(kiosk, text, sizeof(text));
	while ((word = strsep(&rest, " ")))
		if (strncmp(word, name, length) == 0 && word[length] == '=')
			return strcmp(word + length + 1, value) == 0;
	return false;
}

static void drop_client(struct client *client)
{
	if (client->fd < 0)
		return;
	loop_watch_remove(own_take(client->watch));
	loop_timer_remove(own_take(client->late));
	close(own_take_fd(&client->fd));
	client->is_waiting = false;
	client->used = 0;
}

static void answer(struct client *client, const char *text)
{
	char line[STATE_MAX + 1];
	int size = snprintf(line, sizeof(line), "%s\n", text);

	client->is_waiting = false;
	loop_timer_set(client->late, -1);
	if (send(client->fd, line, (size_t)size, MSG_NOSIGNAL | MSG_DONTWAIT) != size)
		drop_client(client);
	else
		loop_watch_set(client->watch, EPOLLIN);
}

static void answer_error(struct client *client, const struct err *err)
{
	char text[STATE_MAX];

	snprintf(text, sizeof(text), "error: %s", err->text);
	answer(client, text);
}

/* Lines that follow stay in the socket until this command has its answer. */
static void wait_for(struct client *client, uint32_t timeout_ms)
{
	client->is_waiting = true;
	loop_watch_set(client->watch, 0);
	loop_timer_set(client->late, timeout_ms);
}

static void take_shot(struct client *client)
{
	const struct command *command = &client->command;
	struct display_output *output =
			display_output_at(client->control->kiosk->display, command->output);
	struct err err = {"no such output"};

	if (!output || display_save_png(output, command->text, &err) < 0)
		answer_error(client, &err);
	else
		answer(client, "ok");
}

static void tell_pixel(struct client *client)
{
	const struct command *command = &client->command;
	struct display_output *output =
			display_output_at(client->control->kiosk->display, command->output);
	struct err err = {"no such output"};
	char text[32];

	if (!output) {
		answer_error(client, &err);
		return;
	}
	uint32_t pixel = display_pixel(output, command->x, command->y);
	snprintf(text, sizeof(text), "%u %u %u", pixel >> 16 & 255, pixel >> 8 & 255, pixel & 255);
	answer(client, text);
}

static void plug(struct client *client)
{
	const struct command *command = &client->command;
	struct display *display = client->control->kiosk->display;
	struct err err;
	int code = command->kind == COMMAND_UNPLUG
	                           ? display_headless_unplug(display, command->name, &err)
	                           : display_headless_plug(display, command->name,
						     (uint32_t)command->x, (uint32_t)command->y,
						     &err);

	if (code < 0)
		answer_error(client, &err);
	else
		answer(client, "ok");
}

/* A screen that never comes to rest is taken as it is. */
static void on_late(void *data)
{
	struct client *client = data;
	char text[STATE_MAX];

	if (client->command.kind == COMMAND_SHOT) {
		take_shot(client);
		return;
	}
	memcpy(text, "late: ", 6);
	describe(client->control->kiosk, text + 6, sizeof(text) - 6);
	answer(client, text);
}

/* Returns the length of the character. */
static size_t first_character(const char *text, uint32_t *ret)
{
	unsigned char first = (unsigned char)text[0];
	size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

	*ret = length == 1 ? first : first & (0x7fu >> length);
	for (size_t i = 1; i < length; i++)
		*ret = *ret << 6 | ((unsigned char)text[i] & 0x3f);
	return length;
}

/* What no key of the layout types comes as a key without a code. */
static void type_text(struct input *input, const char *text)
{
	while (*text) {
		struct input_event event = {.kind = INPUT_KEY, .is_down = true};
		uint32_t character;
		size_t length = first_character(text, &character);

		if (input_feed_character(input, character) < 0) {
			memcpy(event.text, text, length);
			input_feed(input, &event);
		}
		text += length;
	}
}

/* A place of the desk, as if a tablet had been touched there. */
static void move_pointer(struct kiosk *kiosk, int32_t x, int32_t y)
{
	struct pointer_area area = view_area(kiosk->view);
	struct input_event event = {.kind = INPUT_MOTION_ABSOLUTE};
	int32_t width = 1, height = 1;

	/* A layout begins at 0, 0. */
	for (unsigned i = 0; i < area.count; i++) {
		width = area.rects[i].x2 > width ? area.rects[i].x2 : width;
		height = area.rects[i].y2 > height ? area.rects[i].y2 : height;
	}
	event.x = (x + 0.5) / width;
	event.y = (y + 0.5) / height;
	input_feed(kiosk->input, &event);
}

static void run_input(struct kiosk *kiosk, const struct command *command)
{
	struct input_event event = {.is_down = command->is_down,
			.button = command->code,
			.wheel_x = command->x,
			.wheel_y = command->y};

	switch (command->kind) {
	case COMMAND_KEY:
		input_feed_key(kiosk->input, command->code, command->is_down);
		break;
	case COMMAND_TYPE:
		type_text(kiosk->input, command->text);
		break;
	case COMMAND_POINTER:
		move_pointer(kiosk, command->x, command->y);
		break;
	case COMMAND_BUTTON:
		event.kind = INPUT_BUTTON;
		input_feed(kiosk->input, &event);
		break;
	default:
		event.kind = INPUT_WHEEL;
		input_feed(kiosk->input, &event);
		break;
	}
}

static void run(struct client *client)
{
	struct kiosk *kiosk = client->control->kiosk;
	const struct command *command = &client->command;
	char text[STATE_MAX];

	switch (command->kind) {
	case COMMAND_STATE:
		describe(kiosk, text, sizeof(text));
		answer(client, text);
		break;
	case COMMAND_WAIT:
		if (has_value(kiosk, command->name, command->text))
			answer(client, "ok");
		else
			wait_for(client, command->timeout_ms);
		break;
	case COMMAND_PIXEL:
		tell_pixel(client);
		break;
	case COMMAND_PLUG:
	case COMMAND_UNPLUG:
		plug(client);
		break;
	case COMMAND_SHOT:
		if (client->control->is_shown)
			take_shot(client);
		else
			wait_for(client, SHOT_WAIT_MS);
		break;
	default:
		run_input(kiosk, command);
		answer(client, "ok");
		break;
	}
}

void control_changed(struct control *control, bool is_shown)
{
	if (!control)
		return;
	control->is_shown = is_shown;
	for (unsigned i = 0; i < CLIENTS_MAX; i++) {
		struct client *client = &control->clients[i];

		if (client->fd < 0 || !client->is_waiting)
			continue;
		if (client->command.kind == COMMAND_SHOT) {
			if (is_shown)
				take_shot(client);
		} else if (has_value(control->kiosk, client->command.name, client->command.text)) {
			answer(client, "ok");
		}
	}
}

static void run_line(struct client *client)
{
	struct err err;

	if (command_parse(client->line, &client->command, &err) < 0)
		answer_error(client, &err);
	else
		run(client);
}

/* Byte by byte: what comes behind the line stays in the socket. */
static void on_client(void *data, uint32_t events)
{
	struct client *client = data;

	(void)events;
	while (client->fd >= 0 && !client->is_waiting) {
		char byte;
		ssize_t count = recv(client->fd, &byte, 1, MSG_DONTWAIT);

		if (count < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (count <= 0 || (byte != '\n' && client->used == sizeof(client->line) - 1)) {
			drop_client(client);
			return;
		}
		if (byte != '\n') {
			client->line[client->used++] = byte;
			continue;
		}
		client->line[client->used] = '\0';
		client->used = 0;
		run_line(client);
	}
}

static void on_connect(void *data, uint32_t events)
{
	struct control *control = data;
	OWNED(fd) int fd = accept4(control->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	for (unsigned i = 0; fd >= 0 && i < CLIENTS_MAX; i++) {
		struct client *client = &control->clients[i];

		if (client->fd >= 0)
			continue;
		client->fd = own_take_fd(&fd);
		client->control = control;
		client->late = loop_add_timer(control->kiosk->loop, on_late, client);
		client->watch = loop_watch_fd(control->kiosk->loop, client->fd, EPOLLIN, on_client,
				client);
	}
}

void control_destroy(struct control *control)
{
	if (!control)
		return;
	for (unsigned i = 0; i < CLIENTS_MAX; i++)
		drop_client(&control->clients[i]);
	loop_watch_remove(control->watch);
	if (control->fd >= 0)
		close(control->fd);
	unlink(control->path);
	free(control);
}
OWN_DEFINE(control, struct control, control_destroy);

int control_create(struct kiosk *kiosk, const char *path, struct control **ret, struct err *err)
{
	OWNED(control) struct control *control = own_alloc(sizeof(*control));
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	control->kiosk = kiosk;
	control->fd = -1;
	for (unsigned i = 0; i < CLIENTS_MAX; i++)
		control->clients[i].fd = -1;
	if (text_copy(address.sun_path, sizeof(address.sun_path), path) < 0)
		return err_set(err, ENAMETOOLONG, "%s: too long for a socket", path);
	OWNED(fd) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_errno(err, errno, "control socket");
	unlink(path);
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return err_errno(err, errno, "%s", path);
	memcpy(control->path, address.sun_path, sizeof(control->path));
	if (chmod(path, 0600) < 0 || listen(fd, CLIENTS_MAX) < 0)
		return err_errno(err, errno, "%s", path);
	control->fd = own_take_fd(&fd);
	control->watch = loop_watch_fd(kiosk->loop, control->fd, EPOLLIN, on_connect, control);
	*ret = own_take(control);
	return 0;
}
