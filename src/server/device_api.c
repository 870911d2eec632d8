/* SPDX-License-Identifier: Apache-2.0 */
/* The device plane, as in docs/protocol.md. */
#include "server/device_api.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "conf/code.h"
#include "conf/json.h"
#include "server/admit.h"
#include "server/device_inventory.h"
#include "server/enrol.h"
#include "server/fleet.h"
#include "server/keys.h"
#include "server/order.h"
#include "server/presence.h"
#include "server/publish.h"
#include "server/rule.h"
#include "server/rules.h"

enum { WAIT_MAX_S = 55, ENROL_WAIT_MAX_S = 50 };

int device_need_body(struct request *request, struct err *err)
{
	return request->json ? 0 : err_set(err, EINVAL, "a JSON object is expected as the body");
}

/* --- enrolment */

static int read_hardware(struct json *in, char *text, size_t size, struct err *err)
{
	static const char *const keys[] = {"model", "serial", "mac", "arch", "version"};
	OWNED(json) cJSON *kept = json_new_object();
	struct json hardware;

	if (json_enter(in, "hardware", JSON_REQUIRED, &hardware)) {
		json_take_all(&hardware);
		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
			char value[128] = "";

			json_text(&hardware, keys[i], 0, value, sizeof(value));
			json_put_text(kept, keys[i], value);
		}
		json_leave(&hardware);
	}
	OWNED(memory) char *printed = json_print(kept);
	return text_copy(text, size, printed) < 0
	                       ? err_set(err, EINVAL, "hardware: larger than %zu bytes", size)
	                       : 0;
}

int device_enrol(struct request *request, struct err *err)
{
	struct server *server = request->server;
	struct db_enrolment *enrolment = own_alloc(sizeof(*enrolment));
	OWNED(memory) void *freed = enrolment;
	char token[ADMIT_TOKEN_MAX] = "";
	struct json in;
	int r = device_need_body(request, err);

	(void)freed;
	if (r < 0)
		return r;
	json_begin(&in, request->json, err);
	json_text(&in, "csr", JSON_REQUIRED | JSON_LINES, enrolment->csr, sizeof(enrolment->csr));
	json_hex(&in, "commitment", JSON_REQUIRED, enrolment->commitment, DB_HASH);
	json_text(&in, "token", 0, token, sizeof(token));
	json_text(&in, "was", 0, enrolment->was, sizeof(enrolment->was));
	r = read_hardware(&in, enrolment->hardware, sizeof(enrolment->hardware), err);
	if (json_end(&in) < 0)
		return -EINVAL;
	if (r == 0)
		r = ca_check_csr(enrolment->csr, enrolment->key, err);
	if (r < 0)
		return r;
	(void)text_copy(enrolment->address, sizeof(enrolment->address), request->address);
	if (token[0])
		r = admit_check_token(server, token, enrolment, err);
	text_wipe(token, sizeof(token));
	if (r < 0)
		return r;
	r = enrol_begin(server, enrolment, err);
	if (r == -EDQUOT || r == -EAGAIN)
		request->retry_after_s = 30;
	if (r < 0)
		return r;
	cJSON *answer = json_new_object();
	json_put_text(answer, "enrolment", enrolment->id);
	json_put_hex(answer, "nonce", enrolment->server_nonce, sizeof(enrolment->server_nonce));
	json_put_text(answer, "ca", ca_pem(server->ca));
	json_put_base64(answer, "config_key", server->config_public, 32);
	return http_answer(request, MHD_HTTP_OK, answer);
}

static int answer_enrolment(struct request *request, const struct db_enrolment *enrolment)
{
	cJSON *answer = json_new_object();

	switch (enrolment->state) {
	case DB_ENROLMENT_NEW:
	case DB_ENROLMENT_WAITING:
		json_put_text(answer, "state", "waiting");
		if (enrolment->why[0])
			json_put_text(answer, "why", enrolment->why);
		break;
	case DB_ENROLMENT_APPROVED:
		json_put_text(answer, "state", "approved");
		json_put_text(answer, "device", enrolment->device);
		json_put_text(answer, "certificate", enrolment->certificate);
		break;
	case DB_ENROLMENT_REFUSED:
		json_put_text(answer, "state", "refused");
		json_put_text(answer, "error", enrolment->reason);
		break;
	}
	return http_answer(request, MHD_HTTP_OK, answer);
}

int device_enrolment(struct request *request, struct err *err)
{
	struct server *server = request->server;
	OWNED(memory) struct db_enrolment *enrolment = own_alloc(sizeof(*enrolment));
	const char *id = request->match.args[0];
	uint8_t nonce[32];
	int64_t wait_s = 0;
	char key[PARK_KEY_MAX];
	struct json in;
	int r = device_need_body(request, err);

	if (r < 0)
		return r;
	json_begin(&in, request->json, err);
	json_hex(&in, "nonce", JSON_REQUIRED, nonce, sizeof(nonce));
	json_whole(&in, "wait", 0, 0, ENROL_WAIT_MAX_S, &wait_s);
	r = json_end(&in);
	if (r == 0)
		r = enrol_reveal(server, id, nonce, enrolment, err);
	if (r == 0 && enrolment->state == DB_ENROLMENT_WAITING)
		r = admit_try(server, enrolment, err);
	if (r < 0)
		return r;
	if (enrolment->state > DB_ENROLMENT_WAITING || request->is_woken || wait_s == 0)
		return answer_enrolment(request, enrolment);
	(void)text_format(key, sizeof(key), "enrolment/%s", enrolment->id);
	return http_park(request, key, (unsigned)wait_s);
}

/* --- config */

/* Some 18,000 of these may have to go out at once. */
static int answer_offer(struct request *request, int64_t revision, unsigned orders)
{
	char text[96];

	(void)text_format(text, sizeof(text), "{\"revision\":%lld,\"orders\":%u}",
			(long long)revision, orders);
	return http_answer_bytes(request, MHD_HTTP_OK, own_copy_text(text), strlen(text),
			"application/json");
}

static int park(struct request *request, unsigned wait_s)
{
	char key[PARK_KEY_MAX];

	(void)text_format(key, sizeof(key), "device/%s", request->device->id);
	return http_park(request, key, wait_s);
}

int device_wait(struct request *request, struct err *err)
{
	static const char *const known[] = {"revision", "wait", NULL};
	struct server *server = request->server;
	uint64_t wait_s = 0;
	int r = request->is_woken ? 0 : route_query_check(&request->query, known, err);

	if (r == 0 && !request->is_woken)
		r = route_query_whole(&request->query, "revision", JSON_WHOLE_MAX,
				&request->revision, err);
	if (r == 0 && !request->is_woken)
		r = route_query_whole(&request->query, "wait", WAIT_MAX_S, &wait_s, err);
	if (r < 0)
		return r;
	const char *id = request->device->id;
	int64_t newest = fleet_revision(request->device);
	unsigned orders = order_count_get(server->order_counts, id);
	seen_now(server->seen, id, server_now_s());
	order_heard(server, id);
	presence_heard(server, id);
	if ((uint64_t)newest > request->revision || orders > 0)
		return answer_offer(request, newest, orders);
	return wait_s == 0 ? MHD_HTTP_NO_CONTENT : park(request, (unsigned)wait_s);
}

/* Only the newest is there: whoever asks for another one has to ask wait again. */
int device_config(struct request *request, struct err *err)
{
	uint64_t revision;
	char *envelope;

	if (text_to_number(request->match.args[0], 1, JSON_WHOLE_MAX, &revision) < 0)
		return err_set(err, ENOENT, "config %s is not the newest one of this device",
				log_quote(request->match.args[0]));
	int r = publish_envelope(request->server, request->device->id, (int64_t)revision, &envelope,
			err);
	if (r < 0)
		return r;
	return http_answer_bytes(request, MHD_HTTP_OK, envelope, strlen(envelope),
			"application/json");
}

/* --- report */

static void read_session(struct json *in)
{
	struct json session;
	bool is_running;
	char text[512];

	if (!json_enter(in, "session", 0, &session))
		return;
	json_take_all(&session);
	json_bool(&session, "running", 0, &is_running);
	json_text(&session, "desktop", 0, text, sizeof(text));
	json_text(&session, "reason", 0, text, sizeof(text));
	json_leave(&session);
}

/* Newer devices may say more than this server knows: it keeps that without judging it. */
int device_report(struct request *request, struct err *err)
{
	static const char *const states[] = {"good", "trial", "returned", NULL};
	static const char *const texts[] = {"reason", "version", "address", "screen"};
	unsigned state;
	int64_t revision;
	char text[512], address[DB_ADDRESS_MAX] = "";
	struct json in;
	int r = device_need_body(request, err);

	if (r < 0)
		return r;
	json_begin(&in, request->json, err);
	json_take_all(&in);
	json_whole(&in, "revision", JSON_REQUIRED, 0, JSON_WHOLE_MAX, &revision);
	json_word(&in, "state", JSON_REQUIRED, states, &state);
	json_text(&in, "address", 0, address, sizeof(address));
	json_text(&in, "detail", JSON_LINES, text, sizeof(text));
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		json_text(&in, texts[i], 0, text, 64);
	read_session(&in);
	r = json_end(&in);
	if (r < 0)
		return r;
	device_report_user(request);
	OWNED(memory) char *report = json_print(request->json);
	if (strlen(report) >= DB_REPORT_MAX)
		return err_set(err, EINVAL, "a report has at most %d bytes", DB_REPORT_MAX - 1);
	device_report_quality(request);
	r = db_device_report(request->server->db, request->device->id, report,
			address[0] ? address : request->address, server_now_s(), err);
	if (r < 0)
		return r;
	presence_reported(request->server, request->device->id, report);
	rules_check(request->server, request->device->id, RULE_USES_REPORT);
	return MHD_HTTP_NO_CONTENT;
}

int device_ca(struct request *request, struct err *err)
{
	(void)err;
	char *pem = own_copy_text(ca_pem(request->server->ca));
	return http_answer_bytes(request, MHD_HTTP_OK, pem, strlen(pem), "application/x-pem-file");
}
