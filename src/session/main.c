/* SPDX-License-Identifier: Apache-2.0 */
/* tynd-session: one remote desktop session in a sandbox. See tynd-session(8). */
#include <errno.h>
#include <getopt.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <winpr/wlog.h>

#include "base/log.h"
#include "base/own.h"
#include "base/sandbox.h"
#include "base/text.h"
#include "session/connect.h"
#include "session/dial.h"
#include "session/failure.h"
#include "session/graphics.h"
#include "session/input.h"
#include "session/present.h"
#include "session/quality.h"
#include "session/resize.h"
#include "session/screen.h"
#include "session/session.h"
#include "session/start.h"
#include "video/video.h"

enum {
	WIRE_FD = 3,
	CONNECT_LIMIT_S = 45,
	CONNECT_LIMIT_S_MAX = 600,
	LARGE_BLOCK = 128 * 1024,
};

struct options {
	unsigned dispensable; /* walls of the sandbox that the kernel may lack */
	int connect_limit_ms;
};

static int on_start(void *data, const void *message, int *fds)
{
	struct session *session = data;
	struct err err;

	(void)fds;
	session->start = *(const struct wire_session_start *)message;
	if (start_check(&session->start, &err) < 0) {
		log_error("START is refused: %s", err.text);
		return -EPROTO;
	}
	resize_open(session);
	session->is_started = true;
	wire_channel_set_state(session->channel, SESSION_STARTED);
	return 0;
}

static int on_dialed(void *data, const void *message, int *fds)
{
	(void)fds;
	return dial_answer(data, message, NULL);
}

static int on_dialed_socket(void *data, const void *message, int *fds)
{
	return dial_answer(data, message, fds);
}

static int on_key(void *data, const void *message, int *fds)
{
	(void)fds;
	input_send_key(data, message);
	return 0;
}

static int on_locks(void *data, const void *message, int *fds)
{
	struct session *session = data;

	(void)fds;
	session->locks = *(const struct wire_session_locks *)message;
	input_send_locks(session, &session->locks);
	return 0;
}

static int on_pointer(void *data, const void *message, int *fds)
{
	(void)fds;
	input_send_pointer(data, message);
	return 0;
}

static int on_release(void *data, const void *message, int *fds)
{
	const struct wire_session_release *release = message;
	struct session *session = data;

	(void)fds;
	int r = picture_release(session->picture, release->pool, release->slot);
	if (r == 0 && session->is_connected)
		screen_send(session);
	return r;
}

static int on_release_buffer(void *data, const void *message, int *fds)
{
	const struct wire_session_release_buffer *release = message;
	struct session *session = data;
	struct present *present = graphics_present(session);

	(void)fds;
	if (!present) /* the pipeline is gone, and its pictures with it */
		return 0;
	int r = present_release(present, release->pool, release->number);
	if (r == 0 && session->is_connected)
		screen_send(session);
	return r;
}

/* Said once for each buffer; from the next picture on the video is drawn into the desktop's. */
static int on_refuse_buffer(void *data, const void *message, int *fds)
{
	const struct wire_session_refuse_buffer *refuse = message;
	struct session *session = data;

	(void)fds;
	if (!session->has_no_plane)
		log_warn("no screen can show video buffer %u of pool %u: videos are drawn",
				refuse->number, refuse->pool);
	session->has_no_plane = true;
	return 0;
}

static int on_resize(void *data, const void *message, int *fds)
{
	const struct wire_session_resize *resize = message;
	struct session *session = data;
	struct err err;

	(void)fds;
	if (start_check_resize(resize, &err) < 0) {
		log_error("RESIZE is refused: %s", err.text);
		return -EPROTO;
	}
	resize_want(session, resize);
	return 0;
}

static int on_ask_quality(void *data, const void *message, int *fds)
{
	(void)message;
	(void)fds;
	quality_answer(data);
	return 0;
}

static int on_stop(void *data, const void *message, int *fds)
{
	struct session *session = data;

	(void)message;
	(void)fds;
	session->reason = REASON_SESSION_SIGNED_OUT;
	if (session->rdp)
		freerdp_abort_connect_context(session->rdp);
	return 0;
}

#define RULE(kind, type_, fds_, states_, handler) \
	{.type = WIRE_SESSION_##kind, \
			.size = sizeof(struct wire_session_##type_), \
			.fd_count = (fds_), \
			.states = (states_), \
			.name = #kind, \
			.handle = (handler)}

static const struct wire_rule rules[] = {
		RULE(START, start, 0, SESSION_NEW, on_start),
		RULE(DIALED, dialed, 0, SESSION_STARTED, on_dialed),
		RULE(DIALED_SOCKET, dialed, 1, SESSION_STARTED, on_dialed_socket),
		RULE(KEY, key, 0, SESSION_STARTED, on_key),
		RULE(LOCKS, locks, 0, SESSION_STARTED, on_locks),
		RULE(POINTER, pointer, 0, SESSION_STARTED, on_pointer),
		RULE(RELEASE, release, 0, SESSION_STARTED, on_release),
		RULE(RELEASE_BUFFER, release_buffer, 0, SESSION_STARTED, on_release_buffer),
		RULE(REFUSE_BUFFER, refuse_buffer, 0, SESSION_STARTED, on_refuse_buffer),
		RULE(RESIZE, resize, 0, SESSION_STARTED, on_resize),
		RULE(ASK_QUALITY, ask_quality, 0, SESSION_STARTED, on_ask_quality),
		RULE(STOP, stop, 0, SESSION_NEW | SESSION_STARTED, on_stop),
};

/* The kiosk is gone or made no sense: nobody is left to tell anything. */
static void on_closed(void *data, const char *why)
{
	struct session *session = data;

	if (why)
		log_error("the kiosk's channel is closed: %s", why);
	session->is_ended = true;
	if (session->rdp)
		freerdp_abort_connect_context(session->rdp);
}

static void send_end(struct session *session, enum reason reason, uint32_t detail)
{
	struct wire_session_ended message = {.reason = reason, .detail = detail};

	if (session->is_ended)
		return;
	wire_init(&message, WIRE_SESSION_ENDED);
	wire_send(session->channel, &message, NULL, 0);
	session->is_ended = true;
}

/* FreeRDP's own log goes to our stderr when somebody debugs, and nowhere else. */
static void quieten_freerdp(void)
{
	const char *level = getenv("TYND_LOG");
	bool is_debug = level && strcmp(level, "debug") == 0;

	WLog_SetLogLevel(WLog_GetRoot(), is_debug ? WLOG_WARN : WLOG_OFF);
}

/*
 * FreeRDP makes decoders anew whenever the size is known better. Left to itself malloc learns
 * from the freed ones to keep megabytes, and a new thread gets 64 MB of address space.
 */
static void keep_memory_small(void)
{
	mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK);
	mallopt(M_TRIM_THRESHOLD, LARGE_BLOCK);
	mallopt(M_ARENA_MAX, 1);
}

static int enter_sandbox(const struct options *options, struct err *err)
{
	static const char *const readable[] = {"/etc/ssl", "/usr/lib/ssl",
			"/usr/share/ca-certificates", "/usr/local/share/ca-certificates",
			"/usr/share/zoneinfo", NULL};
	const struct sandbox_seal seal = {
			.readable = readable, .dispensable = options->dispensable};
	char text[128];
	unsigned walls;

	int r = sandbox_seal(&seal, &walls, err);
	if (r < 0)
		return r;
	if (walls == (SANDBOX_LANDLOCK | SANDBOX_SECCOMP | SANDBOX_UNDUMPABLE))
		log_debug("sandbox: %s", sandbox_describe(walls, text, sizeof(text)));
	else
		log_warn("sandbox: only %s", sandbox_describe(walls, text, sizeof(text)));
	return 0;
}

/* Connected, but the server draws nothing: the person sees "connecting" no longer than this. */
static void on_no_picture(void *data)
{
	struct session *session = data;

	if (!session->has_painted && session->reason == REASON_NONE)
		session->reason = REASON_SESSION_TIMEOUT;
}

static void follow(struct session *session, int limit_ms)
{
	struct loop_timer *patience = loop_add_timer(session->loop, on_no_picture, session);

	loop_timer_set(patience, limit_ms);
	while (session->is_connected && session->reason == REASON_NONE && !session->is_ended)
		loop_step(session->loop, -1);
	loop_timer_remove(patience);
}

/* Until the session is over; its reason and number are then known. */
static enum reason run_session(struct session *session, int limit_ms, uint32_t *detail)
{
	struct err err;

	if (session->start.timezone[0]) {
		setenv("TZ", session->start.timezone, 1);
		tzset();
	}
	int r = connect_open(session, limit_ms, &err);
	if (r < 0 && !session->is_ended)
		log_error("%s", err.text);
	if (r == 0) {
		log_info("connected");
		session->was_connected = true;
		input_send_locks(session, &session->locks);
		screen_send(session);
		follow(session, limit_ms);
	}
	return session->rdp ? connect_reason(session, detail) : REASON_SESSION_CRASHED;
}

static int run(const struct options *options)
{
	struct picture picture;
	struct session session = {.loop = loop_create(),
			.rdp_epoll = -1,
			.dialed_fd = -1,
			.socket = -1,
			.logon_type = FAILURE_NO_LOGON,
			.picture = &picture};

	picture_init(&picture);
	session.channel = wire_channel_create(session.loop, WIRE_FD, rules,
			sizeof(rules) / sizeof(rules[0]), on_closed, &session);
	while (!session.is_started && session.reason == REASON_NONE && !session.is_ended)
		loop_step(session.loop, -1);
	if (session.is_started) {
		uint32_t detail = 0;
		enum reason reason = run_session(&session, options->connect_limit_ms, &detail);

		log_info("the session ended: %s (%s, %#x)", reason_text(reason),
				reason_code(reason), detail);
		send_end(&session, reason, detail);
		connect_close(&session);
	}
	resize_close(&session);
	text_wipe(&session.start, sizeof(session.start));
	wire_channel_destroy(session.channel);
	picture_finish(&picture);
	loop_destroy(session.loop);
	return session.is_started ? 0 : 1;
}

static int read_options(int argc, char **argv, struct options *options)
{
	static const struct option known[] = {
			{"connect-limit", required_argument, NULL, 'c'},
			{"without-landlock", no_argument, NULL, 'l'},
			{"without-seccomp", no_argument, NULL, 's'},
			{"version", no_argument, NULL, 'v'},
			{0},
	};
	uint64_t seconds = CONNECT_LIMIT_S;
	int letter;

	while ((letter = getopt_long(argc, argv, "", known, NULL)) >= 0) {
		if (letter == 'c' && text_to_number(optarg, 1, CONNECT_LIMIT_S_MAX, &seconds) < 0)
			return -EINVAL;
		if (letter == 'v') {
			printf("tynd-session %s\n", TYND_VERSION);
			exit(0);
		}
		if (letter == '?')
			return -EINVAL;
		options->dispensable |= letter == 'l' ? SANDBOX_LANDLOCK : 0U;
		options->dispensable |= letter == 's' ? SANDBOX_SECCOMP : 0U;
	}
	options->connect_limit_ms = (int)seconds * 1000;
	return optind == argc ? 0 : -EINVAL;
}

int main(int argc, char **argv)
{
	struct options options = {0};
	struct err err;

	log_open("tynd-session");
	keep_memory_small();
	if (read_options(argc, argv, &options) < 0) {
		fprintf(stderr, "usage: tynd-session [--connect-limit SECONDS] "
				"[--without-landlock] "
				"[--without-seccomp]\n");
		return 2;
	}
	quieten_freerdp();
	video_prepare();
	if (connect_prepare(&err) < 0 || enter_sandbox(&options, &err) < 0) {
		log_error("%s", err.text);
		return 2;
	}
	return run(&options);
}
