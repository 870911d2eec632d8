/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of the agent, shared by the files that make it up:
 *   agent.c   start and end; the line: one step after another towards the server
 *   load.c    what the store holds
 *   screen.c  what the kiosk says
 *   orders.c  orders of the helpdesk: taken, answered; order_do.c carries them out
 *   enrol.c   steps LOOK, ENROL, POLL
 *   update.c  steps WAIT, FETCH; the config on trial
 *   report.c  the report, beside the line
 *   tell.c    inventory and health
 *   status.c  what the kiosk is told
 */
#ifndef AGENT_STATE_H
#define AGENT_STATE_H

#include "agent/address.h"
#include "agent/agent.h"
#include "agent/configs.h"
#include "agent/dial.h"
#include "agent/health.h"
#include "agent/http.h"
#include "agent/inventory.h"
#include "agent/key.h"
#include "agent/kiosk.h"
#include "agent/messages.h"
#include "agent/names.h"
#include "agent/network.h"
#include "agent/order_memory.h"
#include "agent/order_read.h"
#include "agent/plan.h"
#include "agent/store.h"
#include "agent/trial.h"

enum { AGENT_DIALS_MAX = 8, AGENT_BODY_MAX = 64 * 1024, AGENT_CONFIG_MAX = 1024 * 1024 };

struct agent_enrolment {
	uint8_t nonce[MESSAGES_NONCE_SIZE]; /* ours */
	char id[MESSAGES_ID_MAX];
	char code[WIRE_CODE_MAX];
	char ca[MESSAGES_PEM_MAX];
	uint8_t config_key[32];
};

struct agent_dial {
	struct agent *agent;
	struct dial *dial; /* NULL: this place is free */
};

/* An order that the kiosk carries out. */
struct agent_open {
	struct wire_agent_order order; /* id "": this place is free */
	bool is_sent;
	int64_t until_ms; /* while it is not sent */
};

struct agent_upload {
	char id[WIRE_ORDER_ID_MAX];
	const char *type;
	struct array bytes;
	unsigned tries;
};

enum { AGENT_OPEN_MAX = ORDER_TASKS_MAX, AGENT_UPLOADS_MAX = 4 };

struct agent_orders {
	struct order_memory memory;
	bool is_due; /* some wait at the server */
	unsigned failures;
	struct loop_timer *retry, *patience;
	struct http_request *request;
	struct agent_open open[AGENT_OPEN_MAX];
	struct agent_upload uploads[AGENT_UPLOADS_MAX]; /* the first is next */
	unsigned upload_count;
};

struct agent {
	struct loop *loop;
	struct agent_options options;
	struct cmdline cmdline;
	struct network network;
	struct network_watch *watch;
	struct http *http;
	struct names *names;
	struct kiosk *kiosk;
	struct agent_dial dials[AGENT_DIALS_MAX];

	struct store store;
	EVP_PKEY *key;
	struct store_trust trust; /* when plan.is_enrolled, or is_returning */
	bool is_returning; /* the server removed this device, which asks to be let in again */
	unsigned removed;  /* how often in a row the server said so */
	struct configs configs;

	struct plan plan;
	enum plan_step step;             /* under way */
	struct loop_timer *next;         /* begins the next step; or ends LOOK */
	struct http_request *request;    /* of the step */
	struct names_question *question; /* of the step */
	struct err detail;               /* of the last failure */

	struct address server;  /* when plan.has_server */
	struct address service; /* found by DNS SRV; host "": none */
	struct agent_enrolment enrolment;

	struct agent_orders orders;
	struct messages_offer offer;
	struct trial trial;
	struct loop_timer *trial_timer;
	enum reason config_reason; /* why an offered config is not used */
	struct err config_detail;

	struct http_request *report_request;
	struct loop_timer *report_timer;
	unsigned report_failures;
	bool is_report_due; /* something changed since the last one was made */
	bool is_up;         /* the kiosk drew with some config */
	bool is_session_running;
	char desktop[64];
	enum reason session_reason;
	struct wire_agent_status status; /* last sent */

	struct http_request *inventory_request;
	uint8_t inventory_hash[MESSAGES_HASH_SIZE]; /* of the one the server took last */
	uint8_t inventory_sent[MESSAGES_HASH_SIZE]; /* of the one under way */
	struct wire_agent_monitors monitors;
	bool has_monitors;
	struct wire_agent_quality quality; /* has_quality: not reported yet, or it runs */
	bool has_quality;
	unsigned quality_serial,
			quality_reported; /* of what came; of what the report under way has */
	int64_t clock_deviation_s;        /* has_clock: by the server's last answer */
	bool has_clock;
	unsigned kiosk_crashes; /* since we started */
};

/* agent.c */
int64_t agent_now_s(const struct agent *agent);
int64_t agent_floor_s(const struct agent *agent);
uint32_t agent_random(void);
void agent_end_step(struct agent *agent, struct plan_event event); /* fills `random` */
void agent_restart(struct agent *agent); /* drop the step, begin anew at once */
void agent_reached(struct agent *agent); /* the server answered */
void agent_choose_server(struct agent *agent);
/* Start the step's request; a failure of curl ends the step. */
void agent_request(struct agent *agent, const char *path, const char *body, unsigned wait_s,
		http_done_fn done);
/* The reason of an answer; `detail` is set for all but REASON_NONE. */
enum reason agent_judge(struct agent *agent, const struct http_answer *answer, enum outcome_of of);
/* The event for a reason that agent_judge gave. */
struct plan_event agent_event(const struct http_answer *answer, enum reason reason);

/* load.c: fails only when no key can be made. */
int load_all(struct agent *agent, struct err *err);

/* screen.c */
extern const struct kiosk_events screen_events;
void screen_forget(struct agent *agent); /* ends what it asked for */

/* orders.c */
void orders_init(struct agent *agent);
void orders_finish(struct agent *agent); /* also of a half-made agent */
void orders_load(struct agent *agent);   /* what the store holds */
void orders_due(struct agent *agent);    /* the server says that some wait */
void orders_drop_request(struct agent *agent);
/* The order ended: "done", "failed", "refused", "confirmed". Told to the server as soon as it is there. */
void orders_end(struct agent *agent, const char *id, const char *state, const char *detail);
/* The same when the server has these bytes, which are taken. */
void orders_end_file(struct agent *agent, const char *id, const char *type, struct array *bytes);
void orders_save(struct agent *agent);

/* order_do.c */
void orders_do(struct agent *agent, const struct order_task *task);
void orders_on_kiosk(struct agent *agent);
void orders_on_kiosk_gone(struct agent *agent);
void orders_on_done(void *data, const struct wire_agent_order_done *done, int fd);
void orders_on_patience(void *data); /* timer: the kiosk does not come */
void orders_read_boot(const struct agent *agent, char boot[ORDER_BOOT_MAX]);

/* enrol.c */
void enrol_set_trust(struct agent *agent);
void enrol_look(struct agent *agent);
void enrol_begin(struct agent *agent);
void enrol_poll(struct agent *agent);

/* update.c */
void update_wait(struct agent *agent);
void update_fetch(struct agent *agent);
void update_send_config(struct agent *agent);
void update_check_trial(struct agent *agent);

/* report.c */
void report_soon(struct agent *agent);
void report_start_timer(struct agent *agent);
void report_on_timer(void *data);

/* tell.c: what the report says beside the state; the inventory, when it is another one. */
struct health tell_health(const struct agent *agent);
void tell_inventory(struct agent *agent);
/* As JSON, for the logs: no secrets, no names. free(). */
char *tell_inventory_text(const struct agent *agent);
char *tell_health_text(const struct agent *agent);

/* status.c */
void status_update(struct agent *agent); /* sends when something is new */
void status_send(struct agent *agent);

#endif
