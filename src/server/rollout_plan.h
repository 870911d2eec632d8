/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a roll-out goes: which devices come next, and whether it goes on, waits or stops. Pure: no
 * I/O and no clock; what is known of the devices comes in as counts, and the sentences that
 * people read come out with the numbers they were judged by.
 */
#ifndef SERVER_ROLLOUT_PLAN_H
#define SERVER_ROLLOUT_PLAN_H

#include "conf/json.h"
#include "server/db.h"

enum {
	ROLLOUT_RINGS_MAX = 10,
	ROLLOUT_PLACES_MAX = 50, /* sites, and groups, that a ring names */
	ROLLOUT_WINDOWS_MAX = 8,
	ROLLOUT_WHY_MAX = 256,
	ROLLOUT_WAVE_MAX = 2000, /* devices of one transaction */
	ROLLOUT_ONLINE_S = 180,  /* heard of within: can be reached now */
	ROLLOUT_WAIT_MAX_S = 30 * 86400,
};

/* Days on which it begins (bit 0 is Monday) and minutes of the day; equal ones: the whole day. */
struct rollout_window {
	uint8_t days;
	uint16_t start_min, end_min;
};

/* What a ring must hold before the next one begins. Percent of the ring's devices that have it. */
struct rollout_gate {
	unsigned good;     /* at least: reported the new revision as good */
	unsigned back;     /* at least: were heard of within `within_s` after it */
	unsigned returned; /* at most: went back to the config before */
	unsigned crashed;  /* at most: a session or the kiosk crashed since */
	unsigned sign_in;  /* at least: of the sign-ins since, those that succeeded */
	unsigned failures; /* at most, devices: returned, crashed or not heard of; 0: any number */
	int64_t within_s;
};

struct rollout_ring {
	char name[DB_NAME_MAX];
	unsigned percent; /* of all devices, the rings before counted in; 0: only the named ones */
	unsigned site_count, group_count;
	char (*sites)[DB_PLACE_MAX]; /* owned */
	char (*groups)[DB_PLACE_MAX];
	bool needs_consent; /* before it begins */
	int64_t wait_s;     /* after its gate held, before the next one */
	struct rollout_gate gate;
};

struct rollout_plan {
	unsigned ring_count;
	struct rollout_ring rings[ROLLOUT_RINGS_MAX];
	unsigned window_count; /* 0: always */
	struct rollout_window windows[ROLLOUT_WINDOWS_MAX];
	char timezone[DB_NAME_MAX]; /* where a site has none of its own */
	bool keeps_site_windows;    /* maintenance of the site's config comes before `windows` */
	bool avoids_sessions;
	bool undoes_itself;  /* when a gate fails */
	unsigned per_minute; /* devices; 0: any */
	unsigned per_site;   /* devices under way at a site; 0: any */
	int64_t finish_s;    /* after the last ring held: how long it stays open for the rest */
	char version[DB_NAME_MAX]; /* firmware that a good device reports; "": any */
	char sha256[2 * DB_HASH + 1];
	bool has_restart;       /* changes over with the next restart, not when idle */
	int64_t firmware_bytes; /* 0: not known */
};

void rollout_plan_finish(struct rollout_plan *plan);

static inline void own_end_rollout_plan(struct rollout_plan *plan)
{
	rollout_plan_finish(plan);
}

/* From the API's JSON; 0 or -EINVAL with the path. Missing values get their defaults. */
int rollout_plan_read(const cJSON *tree, struct rollout_plan *ret, struct err *err);

/* "mon,tue" as bits, every day for ""; "22:00" as minutes. The texts have the forms of the config. */
uint8_t rollout_days(const char *text);
uint16_t rollout_minutes(const char *text);

/* --- who belongs where */

/*
 * The order that percent count in: ids from `first` on, then those before it, so that it is not
 * the same devices that are tried first each time. -1, 0, 1 as strcmp.
 */
int rollout_order(const char *first, const char *a, const char *b);

struct rollout_bounds {
	char first[DB_ID_MAX];
	char ends[ROLLOUT_RINGS_MAX]
		 [DB_ID_MAX]; /* of each ring's percent: the first id behind it; "": none */
};

/* `ids`: all devices below the scope, sorted, DB_ID_MAX bytes each. */
struct rollout_bounds rollout_bounds(const struct rollout_plan *plan, const char *first,
		const char *ids, unsigned count);

/* A device as it is looked at. `groups` as in struct db_device. */
struct rollout_device {
	const char *id, *site, *groups;
	bool is_online, has_session;
	bool is_new;  /* enrolled after the roll-out began */
	bool is_open; /* the window of its site */
};

/* The first ring that takes it in, or -1. */
int rollout_ring_of(const struct rollout_plan *plan, const struct rollout_bounds *bounds,
		const struct rollout_device *device);

/* `day` 0 is Monday. */
bool rollout_is_open(const struct rollout_window *windows, unsigned count, unsigned day,
		unsigned minute);

enum rollout_pick {
	ROLLOUT_TAKE,
	ROLLOUT_OFFLINE,
	ROLLOUT_BUSY,   /* in a session */
	ROLLOUT_CLOSED, /* out of its window */
	ROLLOUT_FULL,   /* of this wave, or of its site's line */
	ROLLOUT_LATER,  /* its ring has not begun */
	ROLLOUT_PICKS,
};

/*
 * Whether a device of `ring` gets it now, `current` being the ring that is under way. `budget`:
 * devices that still fit in this wave; `under_way`: at its site.
 */
enum rollout_pick rollout_pick(const struct rollout_plan *plan, unsigned ring, unsigned current,
		const struct rollout_device *device, unsigned budget, unsigned under_way);

/* The seconds over which devices are counted for per_minute, and how many may come in them. */
int64_t rollout_spread_s(const struct rollout_plan *plan);
unsigned rollout_spread_most(const struct rollout_plan *plan);

/* --- how a device that has it is doing */

enum rollout_outcome {
	ROLLOUT_PENDING,
	ROLLOUT_GOOD,
	ROLLOUT_RETURNED, /* went back to the config before */
	ROLLOUT_MISSING,  /* not good within the gate's time */
	ROLLOUT_EXCUSED,  /* failed, and somebody had the roll-out go on */
	ROLLOUT_OUTCOMES,
};

/* What a device's report says. */
struct rollout_facts {
	enum {
		ROLLOUT_NO_REPORT,
		ROLLOUT_STATE_GOOD,
		ROLLOUT_STATE_TRIAL,
		ROLLOUT_STATE_RETURNED
	} state;
	int64_t revision;
	int64_t crashes;
	int session_reason; /* number of S.., 0 for none */
	bool has_session;
	char version[DB_NAME_MAX];
};

struct rollout_given {
	int64_t given_s, revision;
	struct rollout_facts before;
	bool saw_trial; /* tried it, so that a `returned` is no old one */
};

enum rollout_sign_in { ROLLOUT_SIGN_IN_NONE, ROLLOUT_SIGN_IN_DONE, ROLLOUT_SIGN_IN_FAILED };

enum rollout_outcome rollout_outcome(const struct rollout_plan *plan,
		const struct rollout_gate *gate, const struct rollout_given *given,
		const struct rollout_facts *now, int64_t now_s);
bool rollout_has_crashed(const struct rollout_given *given, const struct rollout_facts *now);
enum rollout_sign_in rollout_sign_in(const struct rollout_given *given,
		const struct rollout_facts *now);

/* --- where it stands */

/* The devices of one ring. */
struct rollout_tally {
	unsigned given; /* have it; the sum of: */
	unsigned outcomes[ROLLOUT_OUTCOMES];
	unsigned crashed; /* of those */
	unsigned signed_in, sign_in_failed;
	unsigned left[ROLLOUT_PICKS]; /* have it not, by what they wait for */
};

struct rollout_view {
	int64_t now_s;
	unsigned ring;     /* the one under way */
	int64_t held_s;    /* since when its gate holds; 0: not yet */
	bool is_consented; /* the next ring may begin */
	bool is_known;     /* `left` was counted to the end at least once */
	struct rollout_tally rings[ROLLOUT_RINGS_MAX];
};

enum rollout_verdict {
	ROLLOUT_GO,    /* give it to more devices */
	ROLLOUT_WAIT,  /* likewise, but nobody can get it now, or the next ring has to wait */
	ROLLOUT_HOLDS, /* the ring's gate holds from now on: ask again */
	ROLLOUT_NEXT,  /* begin the next ring */
	ROLLOUT_DONE,
	ROLLOUT_STOP,
};

/* `why` is a sentence for people, "" for ROLLOUT_GO. */
enum rollout_verdict rollout_judge(const struct rollout_plan *plan, const struct rollout_view *view,
		char why[ROLLOUT_WHY_MAX]);

#endif
