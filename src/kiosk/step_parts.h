/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of kiosk_step: screens, input, session. */
#ifndef KIOSK_STEP_PARTS_H
#define KIOSK_STEP_PARTS_H

#include "kiosk/step.h"

/* Append an action and return it, so that the caller can fill in more. */
struct kiosk_action *step_do(struct kiosk_actions *actions, enum kiosk_action_kind kind);

/* step.c: go to a screen; fields and focus become what it starts with. */
void step_enter(struct kiosk_state *state, enum ui_screen screen);
/* The screen that the agent and the config call for when there is no session. */
enum ui_screen step_base(const struct kiosk_state *state);
bool step_has(const struct kiosk_state *state, enum ui_target wanted); /* of what is seen now */
/* Wipe what a person typed and go to the base screen. */
void step_sign_out(struct kiosk_state *state);
bool step_is_base(enum ui_screen screen);
/* Whether Tab reaches it on this screen. */
bool step_has_target(const struct ui_model *model, enum ui_target wanted);

/* step_input.c */
void step_input(struct kiosk_state *state, const struct kiosk_event *event,
		struct kiosk_actions *actions);

/* step_power.c: when the screens are darkened or off next (-1: never), and light. */
int64_t step_dim_ms(const struct kiosk_state *state);
int64_t step_off_ms(const struct kiosk_state *state);
void step_light(struct kiosk_state *state, struct kiosk_actions *actions);
void step_power_time(struct kiosk_state *state, struct kiosk_actions *actions);
void step_power_config(struct kiosk_state *state, const struct conf *before,
		struct kiosk_actions *actions);
void step_monitor(struct kiosk_state *state, struct kiosk_actions *actions);
/* Light for whoever is there. True when the input woke the screen and is no more than that. */
bool step_wake(struct kiosk_state *state, const struct input_event *input,
		struct kiosk_actions *actions);

/* step_orders.c */
void step_order(struct kiosk_state *state, const struct wire_agent_order *order,
		struct kiosk_actions *actions);
void step_orders_time(struct kiosk_state *state, struct kiosk_actions *actions);
int64_t step_orders_ms(const struct kiosk_state *state);
void step_shot(struct kiosk_state *state, const struct kiosk_event *event,
		struct kiosk_actions *actions);
/* The entry whose dialog stands, NULL: none does. */
const struct orders_entry *step_dialog(const struct kiosk_state *state);
/* The entry whose banner stands, NULL: none does. */
const struct orders_entry *step_banner(const struct kiosk_state *state);
uint32_t step_seconds_left(const struct kiosk_state *state, const struct orders_entry *entry);
void step_dialog_input(struct kiosk_state *state, const struct kiosk_event *event,
		struct kiosk_actions *actions);
void step_close_banner(struct kiosk_state *state);
bool step_is_open(const struct kiosk_state *state); /* a session connects or shows */

/* step_session.c */
void step_restart_session(struct kiosk_state *state, struct kiosk_actions *actions);
void step_sign_in(struct kiosk_state *state, struct kiosk_actions *actions);
void step_connect(struct kiosk_state *state, uint32_t desktop, struct kiosk_actions *actions);
void step_retry(struct kiosk_state *state, struct kiosk_actions *actions);
void step_leave(struct kiosk_state *state, struct kiosk_actions *actions);
void step_end(struct kiosk_state *state, enum reason reason, uint32_t detail,
		struct kiosk_actions *actions);
void step_session(struct kiosk_state *state, const struct kiosk_event *event,
		struct kiosk_actions *actions);
void step_session_time(struct kiosk_state *state, struct kiosk_actions *actions);
void step_session_status(struct kiosk_state *state, enum reason before,
		struct kiosk_actions *actions);
void step_wipe(struct kiosk_state *state);
bool step_is_network(enum reason reason);
bool step_wants_sign_in(enum reason reason);

#endif
