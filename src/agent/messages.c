// SPDX-License-Identifier: Apache-2.0
#include "agent/messages.h"

#include <errno.h>
#include <string.h>

#include "agent/health.h"
#include "base/text.h"
#include "conf/json.h"

bool messages_is_id(const char *id)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789._-";
	size_t length = strlen(id);

	return length >= 1 && length < MESSAGES_ID_MAX && id[0] != '.' &&
	       strspn(id, allowed) == length;
}

static void read_id(struct json *in, const char *key, char id[MESSAGES_ID_MAX])
{
	json_text(in, key, JSON_REQUIRED | JSON_FILLED, id, MESSAGES_ID_MAX);
	if (in->status == 0 && !messages_is_id(id))
		json_refuse(in, key, "is not 1..64 of letters, digits, ., _ and -");
}

char *messages_enrol(const char *csr, const uint8_t commitment[MESSAGES_HASH_SIZE],
		const struct messages_hardware *hardware, const struct messages_claim *claim)
{
	OWNED(json) cJSON *body = json_new_object();

	json_put_text(body, "csr", csr);
	json_put_hex(body, "commitment", commitment, MESSAGES_HASH_SIZE);
	cJSON *inner = json_put_object(body, "hardware");
	json_put_text(inner, "model", hardware->model);
	json_put_text(inner, "serial", hardware->serial);
	json_put_text(inner, "mac", hardware->mac);
	json_put_text(inner, "arch", hardware->arch);
	json_put_text(inner, "version", hardware->version);
	if (claim->token)
		json_put_text(body, "token", claim->token);
	if (claim->was)
		json_put_text(body, "was", claim->was);
	return json_print(body);
}

int messages_read_enrolment(const char *text, size_t size, struct messages_enrolment *ret,
		struct err *err)
{
	OWNED(json) cJSON *document = NULL;
	struct messages_enrolment enrolment = {0};
	struct json in;

	int r = json_parse(text, size, &document, err);
	if (r < 0)
		return r;
	json_begin(&in, document, err);
	json_take_all(&in);
	read_id(&in, "enrolment", enrolment.id);
	json_hex(&in, "nonce", JSON_REQUIRED, enrolment.nonce, sizeof(enrolment.nonce));
	json_base64(&in, "config_key", JSON_REQUIRED, enrolment.config_key,
			sizeof(enrolment.config_key));
	json_text(&in, "ca", JSON_REQUIRED | JSON_FILLED | JSON_LINES, enrolment.ca,
			sizeof(enrolment.ca));
	r = json_end(&in);
	if (r == 0)
		*ret = enrolment;
	return r;
}

char *messages_poll(const uint8_t nonce[MESSAGES_NONCE_SIZE], unsigned wait_s)
{
	OWNED(json) cJSON *body = json_new_object();

	json_put_hex(body, "nonce", nonce, MESSAGES_NONCE_SIZE);
	json_put_whole(body, "wait", wait_s);
	return json_print(body);
}

/* A sentence of any length, cut. */
static void read_cut(struct json *in, const char *key, char *buffer, size_t size)
{
	const char *text = NULL;

	json_borrow_text(in, key, 0, &text);
	if (text && !text_has_control(text, NULL))
		messages_cut(buffer, size, text);
}

bool messages_read_removed(const char *text, size_t size)
{
	OWNED(json) cJSON *document = NULL;
	bool is_removed = false;
	struct json in;

	if (json_parse(text, size, &document, NULL) < 0)
		return false;
	json_begin(&in, document, NULL);
	json_take_all(&in);
	json_bool(&in, "removed", 0, &is_removed);
	return json_end(&in) == 0 && is_removed;
}

int messages_read_decision(const char *text, size_t size, struct messages_decision *ret,
		struct err *err)
{
	static const char *const states[] = {"waiting", "approved", "refused", NULL};
	OWNED(json) cJSON *document = NULL;
	struct messages_decision decision = {0};
	unsigned state = MESSAGES_WAITING;
	struct json in;

	int r = json_parse(text, size, &document, err);
	if (r < 0)
		return r;
	json_begin(&in, document, err);
	json_take_all(&in);
	json_word(&in, "state", JSON_REQUIRED, states, &state);
	decision.state = (enum messages_state)state;
	if (state == MESSAGES_APPROVED) {
		read_id(&in, "device", decision.device);
		json_text(&in, "certificate", JSON_REQUIRED | JSON_FILLED | JSON_LINES,
				decision.certificate, sizeof(decision.certificate));
	}
	if (state == MESSAGES_WAITING)
		read_cut(&in, "why", decision.why, sizeof(decision.why));
	r = json_end(&in);
	if (r < 0)
		return r;
	if (state == MESSAGES_REFUSED)
		messages_read_error(text, size, decision.why);
	*ret = decision;
	return 0;
}

int messages_read_offer(const char *text, size_t size, struct messages_offer *ret, struct err *err)
{
	OWNED(json) cJSON *document = NULL;
	struct messages_offer offer = {0};
	int64_t revision = 0, orders = 0;
	struct json in;

	int r = json_parse(text, size, &document, err);
	if (r < 0)
		return r;
	json_begin(&in, document, err);
	json_take_all(&in);
	json_whole(&in, "revision", JSON_REQUIRED, 0, JSON_WHOLE_MAX, &revision);
	json_whole(&in, "orders", JSON_REQUIRED, 0, MESSAGES_ORDERS_MAX, &orders);
	r = json_end(&in);
	if (r < 0)
		return r;
	offer.revision = (uint64_t)revision;
	offer.orders = (unsigned)orders;
	*ret = offer;
	return 0;
}

static const char *code_of(enum reason reason)
{
	return reason == REASON_NONE ? "" : reason_code(reason);
}

char *messages_report(const struct messages_report *report)
{
	OWNED(json) cJSON *body = json_new_object();

	json_put_whole(body, "revision", (int64_t)report->revision);
	json_put_text(body, "state", report->state);
	json_put_text(body, "reason", code_of(report->reason));
	json_put_text(body, "detail", report->detail);
	json_put_text(body, "version", TYND_VERSION);
	json_put_text(body, "address", report->address);
	json_put_text(body, "screen", report->screen);
	cJSON *session = json_put_object(body, "session");
	json_put_bool(session, "running", report->is_session_running);
	json_put_text(session, "desktop", report->desktop);
	json_put_text(session, "reason", code_of(report->session_reason));
	if (report->health)
		health_put(body, report->health);
	return json_print(body);
}

void messages_cut(char *buffer, size_t size, const char *text)
{
	size_t length = strnlen(text, size - 1);

	/* Not in the middle of a character: back over its continuation bytes. */
	if (text[length])
		while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
			length--;
	memcpy(buffer, text, length);
	buffer[length] = 0;
}

void messages_read_error(const char *text, size_t size, char error[WIRE_DETAIL_MAX])
{
	OWNED(json) cJSON *document = NULL;
	char found[WIRE_DETAIL_MAX] = "";
	struct json in;

	error[0] = 0;
	if (json_parse(text, size, &document, NULL) < 0)
		return;
	json_begin(&in, document, NULL);
	json_take_all(&in);
	json_text(&in, "error", 0, found, sizeof(found));
	if (json_end(&in) == 0)
		memcpy(error, found, sizeof(found));
}
