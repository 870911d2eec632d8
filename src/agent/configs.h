/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configs of this device: the last good one, the one on trial, and the store
 * that keeps them. Only what is signed by the organisation's key, for this device, and
 * not older than what was seen gets in.
 */
#ifndef AGENT_CONFIGS_H
#define AGENT_CONFIGS_H

#include "agent/store.h"
#include "agent/trial.h"
#include "conf/conf.h"

struct configs {
	struct store *store; /* not owned */
	struct store_state state;
	uint8_t key[32];
	char device[MESSAGES_ID_MAX];
	struct conf_signed *current; /* last good, or NULL */
	struct conf_signed *trial;   /* or NULL */
	uint64_t refused;            /* revision that the server offered in vain; in RAM only */
};

/*
 * Read state and configs of the store. Damaged ones are logged and passed over: `previous`
 * stands in for `current`. Without trust (NULL) there are no configs, only the state.
 */
void configs_load(struct configs *configs, struct store *store, const struct store_trust *trust);
void configs_finish(struct configs *configs);

/* What the device runs: on trial, good, or NULL. */
const struct conf_signed *configs_running(const struct configs *configs);

/*
 * Judge an envelope that came from anywhere. REASON_NONE: it is verified, stored and on trial now.
 * Otherwise nothing changed, and `err` says why.
 */
enum reason configs_take(struct configs *configs, const void *envelope, size_t size,
		struct err *err);

/* The one on trial proved itself, or did not. */
void configs_keep(struct configs *configs);
void configs_return(struct configs *configs);

/* Write the state again after a change of it. */
void configs_save_state(struct configs *configs);

struct trial_floor configs_floor(const struct configs *configs);

#endif
