// SPDX-License-Identifier: Apache-2.0
#include "agent/configs.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "base/own.h"
#include "conf/signed.h"

/* --- one envelope */

/* Signature, content, device: everything but the revision, which trial_judge judges. */
static enum reason open_envelope(const struct configs *configs, const void *envelope, size_t size,
		struct conf_signed *ret, struct err *err)
{
	struct conf_expected expected = {.device = configs->device};

	memcpy(expected.key, configs->key, sizeof(expected.key));
	switch (conf_signed_open(envelope, size, &expected, ret, err)) {
	case 0:
		return REASON_NONE;
	case -EBADMSG:
		return REASON_CONFIG_TRUNCATED;
	case -EKEYREJECTED:
		return REASON_CONFIG_SIGNATURE;
	case -ESTALE:
		return REASON_CONFIG_OLDER;
	default:
		return REASON_CONFIG_INVALID;
	}
}

static struct conf_signed *read_config(const struct configs *configs, enum store_file file,
		const char *name)
{
	OWNED(array) struct array envelope = {.max = STORE_FILE_MAX};
	OWNED(memory) struct conf_signed *conf = own_alloc(sizeof(*conf));
	struct err why;

	int r = store_read(configs->store, file, &envelope, &why);
	if (r == -ENOENT)
		return NULL;
	if (r == 0 && open_envelope(configs, envelope.data, envelope.size, conf, &why) ==
					REASON_NONE)
		return own_take(conf);
	log_warn("the %s config in the store cannot be used: %s", name, why.text);
	return NULL;
}

/* --- state */

static void read_state(struct configs *configs)
{
	OWNED(array) struct array text = {.max = STORE_FILE_MAX};
	struct err why;

	int r = store_read(configs->store, STORE_STATE, &text, &why);
	if (r == 0)
		r = store_parse_state(text.data, text.size, &configs->state, &why);
	if (r < 0 && r != -ENOENT)
		log_warn("the state in the store cannot be used: %s", why.text);
}

void configs_save_state(struct configs *configs)
{
	OWNED(memory) char *text = store_print_state(&configs->state);

	if (store_write(configs->store, STORE_STATE, text, strlen(text)) < 0)
		log_warn("what changed will be forgotten at a restart: %s",
				configs->store->trouble.text);
}

/* What was verified once raises both floors. */
static void raise_floors(struct configs *configs, const struct conf_signed *conf)
{
	if (!conf)
		return;
	if (conf->revision > configs->state.seen)
		configs->state.seen = conf->revision;
	if (conf->issued_s > configs->state.issued_s)
		configs->state.issued_s = conf->issued_s;
}

/* --- at start */

static void drop(struct conf_signed **conf)
{
	free(*conf);
	*conf = NULL;
}

/* One that was on trial when the agent ended is tried again, but not for ever. */
static void resume_trial(struct configs *configs)
{
	if (!configs->trial)
		return;
	if (configs->current && configs->trial->revision <= configs->current->revision) {
		(void)store_remove(configs->store, STORE_TRIAL);
		drop(&configs->trial);
		return;
	}
	if (configs->state.trial_starts >= TRIAL_STARTS_MAX ||
			configs->trial->revision == configs->state.returned) {
		log_error("config %" PRIu64 " did not come up in %u starts",
				configs->trial->revision, configs->state.trial_starts);
		configs_return(configs);
		return;
	}
	configs->state.trial_starts++;
	configs_save_state(configs);
}

void configs_load(struct configs *configs, struct store *store, const struct store_trust *trust)
{
	*configs = (struct configs){.store = store};
	read_state(configs);
	if (!trust)
		return;
	memcpy(configs->key, trust->config_key, sizeof(configs->key));
	memcpy(configs->device, trust->device, sizeof(configs->device));
	configs->current = read_config(configs, STORE_CURRENT, "current");
	struct conf_signed *previous = read_config(configs, STORE_PREVIOUS, "previous");
	configs->trial = read_config(configs, STORE_TRIAL, "trial");
	raise_floors(configs, configs->current);
	raise_floors(configs, previous);
	raise_floors(configs, configs->trial);
	if (configs->current)
		free(previous);
	else
		configs->current = previous;
	resume_trial(configs);
}

void configs_finish(struct configs *configs)
{
	drop(&configs->current);
	drop(&configs->trial);
}

/* --- later */

const struct conf_signed *configs_running(const struct configs *configs)
{
	return configs->trial ? configs->trial : configs->current;
}

struct trial_floor configs_floor(const struct configs *configs)
{
	const struct conf_signed *running = configs_running(configs);

	return (struct trial_floor){
			.held = running ? running->revision : 0,
			.seen = configs->state.seen,
			.returned = configs->state.returned,
	};
}

enum reason configs_take(struct configs *configs, const void *envelope, size_t size,
		struct err *err)
{
	OWNED(memory) struct conf_signed *conf = own_alloc(sizeof(*conf));
	struct trial_floor floor = configs_floor(configs);

	enum reason reason = open_envelope(configs, envelope, size, conf, err);
	if (reason == REASON_NONE)
		reason = trial_judge(&floor, conf->revision, err);
	if (reason != REASON_NONE)
		return reason;
	/* First the config, then the floor: a power cut between must not lock it out. */
	if (store_write(configs->store, STORE_TRIAL, envelope, size) < 0)
		log_warn("config %" PRIu64 " is only in RAM: %s", conf->revision,
				configs->store->trouble.text);
	raise_floors(configs, conf);
	configs->state.trial_starts = 1;
	configs_save_state(configs);
	drop(&configs->trial);
	configs->trial = own_take(conf);
	return REASON_NONE;
}

/*
 * By renames, which work on a full disk. A power cut between the two leaves previous and
 * trial: the previous one is taken and the trial goes on.
 */
void configs_keep(struct configs *configs)
{
	if (configs->current)
		(void)store_rename(configs->store, STORE_CURRENT, STORE_PREVIOUS);
	if (store_rename(configs->store, STORE_TRIAL, STORE_CURRENT) < 0)
		log_warn("config %" PRIu64 " will be forgotten at a restart: %s",
				configs->trial->revision, configs->store->trouble.text);
	drop(&configs->current);
	configs->current = own_take(configs->trial);
	configs->state.trial_starts = 0;
	configs_save_state(configs);
}

void configs_return(struct configs *configs)
{
	configs->state.returned = configs->trial->revision;
	configs->state.trial_starts = 0;
	configs_save_state(configs);
	(void)store_remove(configs->store, STORE_TRIAL);
	drop(&configs->trial);
}
