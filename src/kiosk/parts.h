/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the kiosk object. */
#ifndef KIOSK_PARTS_H
#define KIOSK_PARTS_H

#include "input/input.h"
#include "kiosk/agent.h"
#include "kiosk/kiosk.h"
#include "kiosk/plugs.h"
#include "kiosk/pointer.h"
#include "kiosk/quality.h"
#include "kiosk/session.h"
#include "kiosk/step.h"
#include "kiosk/view.h"
#include "ui/ui.h"

enum { KIOSK_DIALS_MAX = 8 };

/* A session's wish for a connection that is with the agent. */
struct kiosk_dial {
	uint32_t agent_id; /* 0: free place */
	uint32_t session, session_id;
};

struct control;

struct kiosk {
	struct loop *loop;
	struct kiosk_options options;
	struct ui *ui;
	struct display *display;
	struct view *view;
	struct input *input;
	struct pointer pointer;
	enum conf_num_lock num_lock; /* of the config, when it was applied last */
	bool is_end_delete;          /* Ctrl+Alt+End was pressed and sent as Ctrl+Alt+Del */
	bool has_session_keys;       /* the desktop gets the keys */
	struct agent *agent;
	struct spawner *spawner;
	struct session *session; /* NULL: none */
	struct desk_layout told; /* to the session */
	struct plugs plugs;
	struct session_handler session_handler;
	struct kiosk_dial dials[KIOSK_DIALS_MAX];
	uint32_t last_dial;
	struct control *control;
	struct loop_timer *wake, *minute;
	struct loop_timer *reap; /* a worker that said it ended must be gone by then */
	struct quality quality;  /* of the session that runs or ran last */
	struct kiosk_state state;
};

void kiosk_feed(struct kiosk *kiosk, const struct kiosk_event *event);
void kiosk_say_locks(struct kiosk *kiosk);

/* screen.c */
int kiosk_open_display(struct kiosk *kiosk, struct err *err);
void kiosk_apply_display(struct kiosk *kiosk);
/* What the state says is to be seen, on the way to the screen. */
void kiosk_show(struct kiosk *kiosk);

/* shot.c: the picture that the helpdesk wants, once the screen stands without a question. */
void kiosk_follow_shot(struct kiosk *kiosk);

/* tell.c: to the agent. */
void kiosk_tell_monitors(struct kiosk *kiosk);
void kiosk_tell_quality(struct kiosk *kiosk);

/* keys.c: the output that a touch screen or pen display belongs to. */
struct pointer_area kiosk_panel_area(const struct kiosk *kiosk);
/* The config of keyboards and mice; the key that a session gets for one. */
void kiosk_apply_keyboard(struct kiosk *kiosk);
struct input_event kiosk_session_key(struct kiosk *kiosk, const struct input_event *input);
/* After each step: a session that gets the keys (again) hears of the locks. */
void kiosk_follow_locks(struct kiosk *kiosk);

/* worker.c: what a session says, and its wishes for connections. */
void kiosk_open_sessions(struct kiosk *kiosk);
void kiosk_dialed(void *data, uint32_t id, enum reason reason, int fd);
void kiosk_fail_dials(struct kiosk *kiosk);

/* control.c: the socket by which tests and the demo drive a headless kiosk. */
int control_create(struct kiosk *kiosk, const char *path, struct control **ret, struct err *err);
void control_destroy(struct control *control); /* takes NULL */
/* The state may be another one; `is_shown`: the screen stands with it. Takes NULL. */
void control_changed(struct control *control, bool is_shown);

#endif
