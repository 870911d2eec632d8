/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kiosk's mind: kiosk_step(state, event) -> actions. No I/O and no clock in here: time
 * comes with each event, what shall happen goes out as a short list. Screens:
 *
 *   STARTING -> NETWORK | SERVER | APPROVAL | REFUSED     what the agent says, until there
 *                                                         is a config with a desktop
 *   SIGN_IN -> DESKTOPS (more than one) -> CONNECTING -> SESSION -> ENDED -> SIGN_IN
 *
 * There is at most one session. Its number grows; events of older ones are ignored.
 */
#ifndef KIOSK_STEP_H
#define KIOSK_STEP_H

#include <stdbool.h>
#include <stdint.h>

#include "conf/conf.h"
#include "input/input.h"
#include "kiosk/orders.h"
#include "ui/ui.h"
#include "wire/agent.h"
#include "wire/session.h"

enum {
	KIOSK_ACTIONS_MAX = 48,
	KIOSK_TICK_MS = 400,            /* dots while something is under way */
	KIOSK_MISSING_MS = 3000,        /* then the first screen says what is missing */
	KIOSK_CONNECT_MS = 60000,       /* of connecting without any progress */
	KIOSK_STOP_MS = 2000,           /* a session that was asked to end */
	KIOSK_HELD_MS = 10 * 60 * 1000, /* credentials without a session, at most */
	KIOSK_SERVER_MS = 10 * 1000,    /* for the agent's answer to a typed address */
	KIOSK_RETRIES_MAX = 10,
	KIOSK_CRASHES_MAX = 3, /* restarts of a worker in a minute */
	KIOSK_NOTICE_MS = 8000,
	KIOSK_NUMBER_S = 10,  /* identify without a time */
	KIOSK_ASK_S = 30,     /* whether the helpdesk may look */
	KIOSK_SHOT_MS = 5000, /* until a picture is there */
	KIOSK_GUARD_MS =
			1000, /* a dialog that has just come takes no key: who types on decides nothing */
	KIOSK_TYPING_MS = 700, /* nor so long after another key */
};

enum kiosk_event_kind {
	KIOSK_TIME,     /* only time has passed */
	KIOSK_CLOCK,    /* `clock`: the minute changed */
	KIOSK_INPUT,    /* `input`; with `target`, `offset` what lies under the pointer */
	KIOSK_LOCKS,    /* `is_caps_lock_on` */
	KIOSK_MONITOR,  /* a person plugged one in */
	KIOSK_AGENT_UP, /* connected to the agent */
	KIOSK_AGENT_GONE,
	KIOSK_STATUS,  /* `status` */
	KIOSK_CONFIG,  /* `config`, checked */
	KIOSK_SHOWN,   /* `revision`: the screen stands with this config */
	KIOSK_PHASE,   /* `session`, `phase`; these five from the worker */
	KIOSK_FRAME,   /* `session` has a picture */
	KIOSK_ENDED,   /* `session` ended with `reason`, `detail` */
	KIOSK_CRASHED, /* `session`'s worker is gone without a word */
	KIOSK_BROKEN,  /* `session`'s worker broke the rules of the wire */
	KIOSK_ORDER,   /* `order` of the helpdesk, checked */
	KIOSK_SHOT,    /* the picture for the order `shot` went out, or not: `reason` */
	KIOSK_EVENTS,
};

struct kiosk_event {
	enum kiosk_event_kind kind;
	int64_t now_ms;
	char clock[16];
	struct input_event input;
	enum ui_target target;
	uint32_t offset;
	bool is_caps_lock_on;
	const struct wire_agent_status *status; /* texts terminated, numbers known */
	const struct conf_signed *config;
	const struct wire_agent_order *order;
	uint64_t revision;
	uint32_t session;
	uint32_t phase;
	enum reason reason;
	uint32_t detail;
};

enum kiosk_action_kind {
	KIOSK_DO_START,   /* a worker for `session`, with the state's target and credentials */
	KIOSK_DO_STOP,    /* ask `session` to end */
	KIOSK_DO_KILL,    /* end it now; it is not heard any more */
	KIOSK_DO_FORWARD, /* the event's input goes to `session` */
	KIOSK_DO_SERVER,  /* send the state's server field to the agent: try there, now */
	KIOSK_DO_REPORT, /* tell the agent: `is_on` a session runs, else `reason` of the last end */
	KIOSK_DO_CONFIG_UP,  /* tell the agent that `revision` stands */
	KIOSK_DO_KEYBOARD,   /* what the state's config says about keys, mouse, devices changed */
	KIOSK_DO_ANSWER,     /* the keyboard that is held is the person's own: `is_on` */
	KIOSK_DO_LOCALE,     /* the state's language or time zone changed */
	KIOSK_DO_DISPLAY,    /* the state's display config changed */
	KIOSK_DO_POWER,      /* screens on or off: `is_on` */
	KIOSK_DO_BRIGHTNESS, /* of the screens: `percent` */
	KIOSK_DO_RESULT,     /* tell the agent the `result` of the order `id` */
};

struct kiosk_action {
	enum kiosk_action_kind kind;
	uint32_t session;
	uint64_t revision;
	bool is_on;
	unsigned percent;
	enum reason reason;
	enum wire_result result;
	char id[WIRE_ORDER_ID_MAX];
	uint32_t took_s;
	const char *detail; /* English, static */
};

struct kiosk_actions {
	unsigned count;
	struct kiosk_action list[KIOSK_ACTIONS_MAX];
};

enum kiosk_session {
	KIOSK_SESSION_NONE,
	KIOSK_SESSION_CONNECTING,
	KIOSK_SESSION_SHOWING,  /* had a picture; may be reconnecting */
	KIOSK_SESSION_STOPPING, /* was left; nobody waits for it */
};

/* Held from sign-in until the session ended for good, then wiped. */
struct kiosk_credentials {
	bool is_held;
	char user[UI_FIELD_MAX];
	char domain[UI_FIELD_MAX];
	char password[UI_FIELD_MAX];
};

/* A picture for the helpdesk that is to be taken once the screen stands. */
struct kiosk_shot {
	bool is_wanted;
	char id[WIRE_ORDER_ID_MAX];
	int64_t came_ms, until_ms;
};

/* What the helpdesk ordered. */
struct kiosk_orders {
	struct orders dialogs, banners;     /* the first ones stand */
	enum ui_target focus;               /* in the dialog */
	int64_t guard_ms;                   /* until then no key answers it */
	char number[WIRE_ORDER_NUMBER_MAX]; /* identify; "": no */
	int64_t number_until_ms;
	enum ui_notice notice;
	int64_t notice_until_ms;
	struct kiosk_shot shot;
	bool is_locked;
	char lock_text[WIRE_ORDER_TEXT_MAX];
};

struct kiosk_state {
	int64_t now_ms, started_ms;
	enum ui_screen screen;
	uint32_t tick;
	int64_t tick_ms; /* when the dots move on; -1: they stand */
	char clock[16];

	bool has_agent;
	bool has_status;
	int64_t waiting_ms; /* since when nothing is known that could be shown; -1: something is */
	struct wire_agent_status status;
	bool is_server_wanted;        /* the person wants to type another address */
	int64_t server_sent_ms;       /* a typed address is with the agent since; -1: none */
	uint64_t revision, confirmed; /* config in use; the newest said to be up. 0: none */
	struct conf conf;

	struct ui_field fields[UI_FIELDS];
	enum ui_target focus, hover, pressed;
	bool is_caps_lock_on, is_password_shown, is_dim, is_dark;
	bool is_asking;           /* whose keyboard it is that is held; nothing else is heard */
	enum ui_target ask_focus; /* in the beginning none: who types on decides nothing */
	uint32_t waking_code;     /* the key that lit the screen and is still down; 0: none */
	int64_t input_ms;         /* last input of a person */
	int64_t lit_ms;           /* when something else last lit the screens */
	unsigned closed_count;
	struct conf_message closed[CONF_MESSAGES_MAX]; /* banners that were read in a session */

	enum kiosk_session session;
	uint32_t number; /* of the session, also of the last one */
	uint32_t phase;
	int64_t deadline_ms; /* of connecting or stopping; -1: none */
	struct conf_desktop target;
	struct kiosk_credentials credentials;
	int64_t ended_ms;
	enum reason reason; /* why the last one ended */
	uint32_t detail;
	int64_t retry_ms; /* when it is tried again; -1: never */
	unsigned retries;
	unsigned crashes;
	int64_t crash_ms;   /* the first of them */
	bool is_restarting; /* the session that stops is followed by another one */
	struct kiosk_orders orders;
};

/* Nothing known yet: the default config, no agent. */
void kiosk_init(struct kiosk_state *state, int64_t now_ms);

/* Take one event in; `actions` is filled anew. */
void kiosk_step(struct kiosk_state *state, const struct kiosk_event *event,
		struct kiosk_actions *actions);

/* When a KIOSK_TIME event is due at the latest; -1: never. */
int64_t kiosk_wake_ms(const struct kiosk_state *state);

/* What is to be seen now. */
void kiosk_model(const struct kiosk_state *state, struct ui_model *ret);

/* NULL, or which promise about the state is broken: for tests. */
const char *kiosk_check(const struct kiosk_state *state);

#endif
