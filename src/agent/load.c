// SPDX-License-Identifier: Apache-2.0
/* What the store holds at the start: key, trust, configs. Anything in it may be damaged. */
#include <errno.h>
#include <string.h>

#include "agent/state.h"
#include "base/log.h"
#include "base/text.h"

/* The stored key, or a new one when there is none that can be used. */
static int load_key(struct agent *agent, struct err *err)
{
	OWNED(array) struct array pem = {.max = KEY_PEM_MAX};
	struct err why;

	int r = store_read(&agent->store, STORE_KEY, &pem, &why);
	if (r == 0) {
		r = key_from_pem(pem.data, pem.size, &agent->key, &why);
		text_wipe(pem.data, pem.size);
	}
	if (r == 0)
		return 0;
	if (r != -ENOENT)
		log_warn("the stored key cannot be used, a new one is made: %s", why.text);
	pem.size = 0;
	r = key_create(&agent->key, err);
	if (r < 0)
		return r;
	r = key_to_pem(agent->key, &pem, err);
	if (r < 0)
		return r;
	if (store_write(&agent->store, STORE_KEY, pem.data, pem.size) < 0)
		log_warn("nothing will survive a restart: %s", agent->store.trouble.text);
	text_wipe(pem.data, pem.size);
	return 0;
}

/* Trust counts only whole: its certificate must be one for our key. */
static int load_trust(struct agent *agent, struct err *err)
{
	OWNED(array) struct array text = {.max = STORE_FILE_MAX};
	OWNED(certificate) X509 *certificate = NULL, *ca = NULL;
	struct store_trust trust;

	int r = store_read(&agent->store, STORE_TRUST, &text, err);
	if (r < 0)
		return r;
	r = store_parse_trust(text.data, text.size, &trust, err);
	if (r < 0)
		return r;
	r = certificate_from_pem(trust.ca, &ca, err);
	if (r < 0)
		return r;
	r = certificate_from_pem(trust.certificate, &certificate, err);
	if (r < 0)
		return r;
	if (X509_check_private_key(certificate, agent->key) != 1)
		return err_set(err, EINVAL, "the stored certificate is not for the stored key");
	agent->trust = trust;
	agent->plan.is_enrolled = true;
	return 0;
}

int load_all(struct agent *agent, struct err *err)
{
	struct err why;

	agent->store = store_open(agent->options.store);
	if (agent->store.trouble.text[0])
		log_warn("the store cannot be used, all stays in RAM: %s",
				agent->store.trouble.text);
	int r = load_key(agent, err);
	if (r < 0)
		return r;
	r = load_trust(agent, &why);
	if (r < 0 && r != -ENOENT)
		log_warn("this device has to enrol anew: %s", why.text);
	configs_load(&agent->configs, &agent->store,
			agent->plan.is_enrolled ? &agent->trust : NULL);
	orders_load(agent);
	return 0;
}
