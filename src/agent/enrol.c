// SPDX-License-Identifier: Apache-2.0
/*
 * From an unknown device to one with a certificate: find the server, commit to a
 * nonce, tell it, wait for a person. From the server's first answer on, TLS has to chain
 * to the CA that it named, so the code covers who is spoken to as well.
 */
#include <errno.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <string.h>

#include "agent/state.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "conf/code.h"

enum { POLL_WAIT_S = 25 };

static int64_t trust_time(void *data)
{
	const struct agent *agent = data;

	return clock_for_trust(agent_now_s(agent), agent_floor_s(agent));
}

/* The CA that counts now: of enrolment, being enrolled, or none yet. */
static const char *ca_of(const struct agent *agent)
{
	if (agent->plan.is_enrolled || agent->is_returning)
		return agent->trust.ca;
	return agent->enrolment.id[0] ? agent->enrolment.ca : NULL;
}

void enrol_set_trust(struct agent *agent)
{
	OWNED(certificate) X509 *ca = NULL, *certificate = NULL;
	struct http_trust trust = {.now_s = trust_time, .data = agent};
	const char *pem = ca_of(agent);

	/* Nothing may be under way. */
	http_cancel(own_take(agent->report_request));
	orders_drop_request(agent);
	if (agent->cmdline.has_pin || agent->cmdline.is_pin_broken) {
		trust.kind = HTTP_TRUST_PIN;
		memcpy(trust.pin, agent->cmdline.pin, sizeof(trust.pin));
	}
	/* A PEM that came this far was read before; without it nobody is trusted. */
	if (pem) {
		trust.kind = HTTP_TRUST_CA;
		(void)certificate_from_pem(pem, &ca, NULL);
		trust.ca = ca;
	}
	if (agent->plan.is_enrolled &&
			certificate_from_pem(agent->trust.certificate, &certificate, NULL) == 0) {
		trust.certificate = certificate;
		trust.key = agent->key;
	}
	http_set_trust(agent->http, &trust);
}

/* --- LOOK */

static void on_service(void *data, const struct names_answer *answer)
{
	struct agent *agent = data;
	struct plan_event event = {.kind = PLAN_DONE};

	agent->question = NULL;
	if (answer->count > 0) {
		(void)text_copy(agent->service.host, sizeof(agent->service.host), answer->host);
		agent->service.port = answer->port;
		log_info("DNS names the server %s port %u", log_quote(answer->host), answer->port);
	}
	agent_choose_server(agent);
	if (!agent->plan.has_server) {
		const char *const typed = agent->configs.state.typed;
		agent->plan.has_server = address_choose(&typed, 1, &agent->server);
	}
	if (!agent->plan.has_server)
		event.kind = PLAN_NOTHING;
	agent_end_step(agent, event);
}

void enrol_look(struct agent *agent)
{
	agent->question = names_ask_service(agent->names, agent->network.domain, on_service, agent);
	if (agent->question)
		return;
	err_set(&agent->detail, 0, "_tynd._tcp.%s cannot be asked for", agent->network.domain);
	agent_end_step(agent, (struct plan_event){PLAN_FAILED, .reason = REASON_NET_NO_NAME});
}

/* --- ENROL */

static void read_mac(struct agent *agent)
{
	OWNED(array) struct array bytes = {.max = 64};
	char path[96], mac[64] = "";

	if (!agent->network.interface[0] || strchr(agent->network.interface, '/') ||
			text_format(path, sizeof(path), "/sys/class/net/%s/address",
					agent->network.interface) < 0 ||
			file_read(path, &bytes, NULL) < 0)
		return;
	if (bytes.size > 0 && bytes.size < sizeof(mac))
		memcpy(mac, bytes.data, bytes.size);
	mac[strcspn(mac, "\n")] = 0;
	(void)text_copy(agent->options.hardware.mac, sizeof(agent->options.hardware.mac), mac);
}

/* What the code is made of; needs nothing of the network. */
static int make_code(const struct agent *agent, struct agent_enrolment *enrolment,
		const struct messages_enrolment *said, struct err *err)
{
	OWNED(certificate) X509 *ca = NULL;
	struct code_parts parts;

	int r = certificate_from_pem(said->ca, &ca, err);
	if (r < 0)
		return r;
	r = certificate_hash(ca, parts.ca_hash, err);
	if (r < 0)
		return r;
	if (agent->cmdline.has_pin && memcmp(parts.ca_hash, agent->cmdline.pin, 32) != 0)
		return err_set(err, EPERM, "the server names another CA than tynd.ca= does");
	if (agent->is_returning && strcmp(said->ca, agent->trust.ca) != 0)
		return err_set(err, EPERM, "the server names another CA than it had before");
	r = key_hash(agent->key, parts.key_hash, err);
	if (r < 0)
		return r;
	memcpy(parts.device_nonce, enrolment->nonce, sizeof(parts.device_nonce));
	memcpy(parts.server_nonce, said->nonce, sizeof(parts.server_nonce));
	memcpy(parts.config_key, said->config_key, sizeof(parts.config_key));
	code_make(&parts, enrolment->code);
	return 0;
}

static enum reason take_enrolment(struct agent *agent, const struct http_answer *answer)
{
	struct messages_enrolment said;
	struct agent_enrolment *enrolment = &agent->enrolment;

	int r = messages_read_enrolment(answer->body, answer->size, &said, &agent->detail);
	if (r == 0)
		r = make_code(agent, enrolment, &said, &agent->detail);
	if (r < 0) {
		err_prefix(&agent->detail, r, "the server's answer to enrol");
		return r == -EPERM ? REASON_SERVER_UNTRUSTED : REASON_SERVER_ERROR;
	}
	memcpy(enrolment->id, said.id, sizeof(enrolment->id));
	memcpy(enrolment->ca, said.ca, sizeof(enrolment->ca));
	memcpy(enrolment->config_key, said.config_key, sizeof(enrolment->config_key));
	return REASON_NONE;
}

static void on_enrolled(void *data, const struct http_answer *answer)
{
	struct agent *agent = data;

	agent->request = NULL;
	enum reason reason = agent_judge(agent, answer, OUTCOME_OF_REQUEST);
	if (reason == REASON_NONE)
		reason = take_enrolment(agent, answer);
	if (reason == REASON_NONE) {
		log_info("enrolling; the code is %s", agent->enrolment.code);
		enrol_set_trust(agent);
	}
	agent_end_step(agent, agent_event(answer, reason));
}

void enrol_begin(struct agent *agent)
{
	uint8_t commitment[MESSAGES_HASH_SIZE];
	OWNED(memory) char *csr = NULL;
	struct agent_enrolment *enrolment = &agent->enrolment;

	*enrolment = (struct agent_enrolment){0};
	enrol_set_trust(agent);
	if (agent->cmdline.is_pin_broken) {
		err_set(&agent->detail, 0,
				"tynd.ca= on the kernel command line is not sha256: and 64 hex "
				"digits");
		agent_end_step(agent, (struct plan_event){PLAN_FAILED,
						      .reason = REASON_SERVER_UNTRUSTED});
		return;
	}
	read_mac(agent);
	if (RAND_bytes(enrolment->nonce, sizeof(enrolment->nonce)) != 1 ||
			key_request(agent->key, &csr, &agent->detail) < 0) {
		agent_end_step(agent,
				(struct plan_event){PLAN_FAILED, .reason = REASON_SERVER_ERROR});
		return;
	}
	SHA256(enrolment->nonce, sizeof(enrolment->nonce), commitment);
	/* One that was removed is let in again by a person, not by what let it in before. */
	bool has_token = agent->cmdline.token[0] && !agent->is_returning;
	const struct messages_claim claim = {
			.token = has_token ? agent->cmdline.token : NULL,
			.was = agent->is_returning ? agent->trust.device : NULL,
	};
	OWNED(memory)
	char *body = messages_enrol(csr, commitment, &agent->options.hardware, &claim);
	agent_request(agent, "enrol", body, 0, on_enrolled);
}

/* --- POLL */

static int check_certificate(const struct agent *agent, const char *pem, struct err *err)
{
	OWNED(certificate) X509 *certificate = NULL, *ca = NULL;

	int r = certificate_from_pem(pem, &certificate, err);
	if (r < 0)
		return r;
	r = certificate_from_pem(agent->enrolment.ca, &ca, err);
	if (r < 0)
		return r;
	if (X509_check_private_key(certificate, agent->key) != 1)
		return err_set(err, EINVAL, "the certificate is not for this device's key");
	if (X509_verify(certificate, X509_get0_pubkey(ca)) != 1)
		return err_set(err, EINVAL, "the certificate is not from the server's CA");
	return 0;
}

/* A new life: what an earlier enrolment left says nothing about this server's revisions. */
static void start_configs(struct agent *agent)
{
	struct store_state *state = &agent->configs.state;

	(void)store_remove(&agent->store, STORE_CURRENT);
	(void)store_remove(&agent->store, STORE_PREVIOUS);
	(void)store_remove(&agent->store, STORE_TRIAL);
	*state = (struct store_state){.issued_s = state->issued_s};
	configs_save_state(&agent->configs);
	struct store_state kept = *state;
	configs_finish(&agent->configs);
	configs_load(&agent->configs, &agent->store, &agent->trust);
	agent->configs.state = kept;
}

static void keep_trust(struct agent *agent, const struct messages_decision *decision)
{
	struct store_trust *trust = &agent->trust;

	address_url(&agent->server, trust->server);
	memcpy(trust->device, decision->device, sizeof(trust->device));
	memcpy(trust->certificate, decision->certificate, sizeof(trust->certificate));
	memcpy(trust->ca, agent->enrolment.ca, sizeof(trust->ca));
	memcpy(trust->config_key, agent->enrolment.config_key, sizeof(trust->config_key));
	OWNED(memory) char *text = store_print_trust(trust);
	if (store_write(&agent->store, STORE_TRUST, text, strlen(text)) < 0)
		log_warn("this device will have to enrol again after a restart: %s",
				agent->store.trouble.text);
	start_configs(agent);
	agent->plan.is_enrolled = true;
	agent->is_returning = false;
	agent->removed = 0;
	enrol_set_trust(agent);
	report_soon(agent);
	log_info("approved as device %s", trust->device);
}

static struct plan_event take_decision(struct agent *agent, const struct http_answer *answer)
{
	struct messages_decision decision;
	struct plan_event event = agent_event(answer, REASON_NONE);

	int r = messages_read_decision(answer->body, answer->size, &decision, &agent->detail);
	if (r == 0 && decision.state == MESSAGES_APPROVED)
		r = check_certificate(agent, decision.certificate, &agent->detail);
	if (r < 0) {
		err_prefix(&agent->detail, r, "the server's decision");
		return agent_event(answer, REASON_SERVER_ERROR);
	}
	if (decision.state == MESSAGES_WAITING) {
		event.kind = PLAN_NOTHING;
		if (decision.why[0] && !agent->plan.is_code_known)
			log_warn("the code has to be approved: %s", log_quote(decision.why));
	} else if (decision.state == MESSAGES_REFUSED) {
		event.kind = PLAN_DENIED;
		event.reason = REASON_SERVER_REFUSED;
		err_set(&agent->detail, 0, "the helpdesk refused this device%s%s",
				decision.why[0] ? ": " : "", decision.why);
	} else {
		keep_trust(agent, &decision);
	}
	return event;
}

static void on_polled(void *data, const struct http_answer *answer)
{
	struct agent *agent = data;

	agent->request = NULL;
	enum reason reason = agent_judge(agent, answer, OUTCOME_OF_REQUEST);
	struct plan_event event = agent_event(answer, reason);
	if (reason == REASON_NONE)
		event = take_decision(agent, answer);
	else if (answer->outcome.status == 404)
		event.kind = PLAN_GONE;
	/* The first one did not wait on purpose. */
	if (!agent->plan.is_code_known)
		event.took_ms = INT64_MAX;
	agent_end_step(agent, event);
}

void enrol_poll(struct agent *agent)
{
	char path[MESSAGES_ID_MAX + 8];
	unsigned wait_s = agent->plan.is_code_known ? POLL_WAIT_S : 0;

	if (wait_s > agent->options.wait_s)
		wait_s = agent->options.wait_s;
	(void)text_format(path, sizeof(path), "enrol/%s", agent->enrolment.id);
	OWNED(memory) char *body = messages_poll(agent->enrolment.nonce, wait_s);
	agent_request(agent, path, body, wait_s, on_polled);
}
