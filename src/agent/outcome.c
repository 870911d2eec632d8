// SPDX-License-Identifier: Apache-2.0
#include "agent/outcome.h"

#include <curl/curl.h>
#include <openssl/x509_vfy.h>

static const int64_t ahead_max_s = INT64_C(10) * 365 * 24 * 3600;
enum { BACK_OFF_FIRST_MS = 1000, BACK_OFF_MOST_MS = 60 * 1000, RETRY_AFTER_MOST_S = 3600 };

enum clock_verdict clock_judge(int64_t now_s, int64_t floor_s)
{
	if (now_s < floor_s)
		return CLOCK_BEHIND;
	return now_s - floor_s > ahead_max_s ? CLOCK_AHEAD : CLOCK_PLAUSIBLE;
}

int64_t clock_for_trust(int64_t now_s, int64_t floor_s)
{
	return now_s < floor_s ? floor_s : now_s;
}

int64_t clock_floor(int64_t build_s, int64_t signed_s)
{
	if (signed_s <= build_s)
		return build_s;
	return signed_s - build_s > ahead_max_s ? build_s + ahead_max_s : signed_s;
}

static enum reason say(struct err *err, enum reason reason, const char *sentence)
{
	err_set(err, 0, "%s", sentence);
	return reason;
}

static enum reason judge_certificate(long verify, enum clock_verdict clock, struct err *err)
{
	switch (verify) {
	case X509_V_ERR_CERT_HAS_EXPIRED:
		if (clock == CLOCK_AHEAD)
			return say(err, REASON_CLOCK_WRONG,
					"this device's clock is years ahead, so the server's "
					"certificate looks expired");
		return say(err, REASON_SERVER_EXPIRED, "the server's certificate has expired");
	case X509_V_ERR_CERT_NOT_YET_VALID:
		if (clock == CLOCK_BEHIND)
			return say(err, REASON_CLOCK_WRONG,
					"this device's clock is behind, so the server's "
					"certificate looks not yet valid");
		return say(err, REASON_SERVER_EXPIRED, "the server's certificate is not valid yet");
	case X509_V_OK:
		return say(err, REASON_SERVER_UNTRUSTED,
				"the server's certificate is for another name");
	default:
		err_set(err, 0,
				"the server's certificate is not from this device's organisation: "
				"%s",
				X509_verify_cert_error_string(verify));
		return REASON_SERVER_UNTRUSTED;
	}
}

static enum reason judge_body(const struct outcome *outcome, enum outcome_of of, struct err *err)
{
	if (outcome->is_too_large)
		return say(err,
				of == OUTCOME_OF_CONFIG ? REASON_CONFIG_INVALID
							: REASON_SERVER_ERROR,
				"the server's answer is longer than allowed");
	return say(err, of == OUTCOME_OF_CONFIG ? REASON_CONFIG_TRUNCATED : REASON_SERVER_ERROR,
			"the server's answer ended before all bytes came");
}

static enum reason judge_transfer(const struct outcome *outcome, enum outcome_of of,
		enum clock_verdict clock, struct err *err)
{
	switch (outcome->curl) {
	case CURLE_COULDNT_RESOLVE_HOST:
		return say(err, REASON_NET_NO_NAME, "DNS does not know the server's name");
	case CURLE_COULDNT_CONNECT:
		return say(err, REASON_SERVER_UNREACHABLE,
				"nothing answers at the server's address");
	case CURLE_OPERATION_TIMEDOUT:
		return say(err, REASON_SERVER_UNREACHABLE, "the server did not answer in time");
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_GOT_NOTHING:
		/* Within the body of a config: what came is not what was promised. */
		if (of == OUTCOME_OF_CONFIG && outcome->status == 200)
			return judge_body(outcome, of, err);
		return say(err, REASON_SERVER_UNREACHABLE, "the connection to the server broke");
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CONNECT_ERROR:
		if (outcome->curl == CURLE_SSL_CONNECT_ERROR && outcome->verify == X509_V_OK)
			return say(err, REASON_SERVER_ERROR,
					"the server ended the TLS handshake or speaks no TLS");
		return judge_certificate(outcome->verify, clock, err);
	case CURLE_PARTIAL_FILE:
	case CURLE_WRITE_ERROR:
	case CURLE_FILESIZE_EXCEEDED:
		return judge_body(outcome, of, err);
	default:
		err_set(err, 0, "the exchange with the server failed: %s",
				curl_easy_strerror((CURLcode)outcome->curl));
		return REASON_SERVER_ERROR;
	}
}

enum reason outcome_judge(const struct outcome *outcome, enum outcome_of of,
		enum clock_verdict clock, struct err *err)
{
	if (outcome->curl != CURLE_OK)
		return judge_transfer(outcome, of, clock, err);
	if (outcome->status >= 200 && outcome->status < 300)
		return REASON_NONE;
	switch (outcome->status) {
	case 401:
	case 403:
		return say(err, REASON_SERVER_REFUSED,
				"the server does not accept this device: it was removed or "
				"refused");
	case 429:
	case 503:
		return say(err, REASON_SERVER_ERROR,
				"the server is busy and asks to come back later");
	default:
		err_set(err, 0, "the server answered with HTTP status %ld", outcome->status);
		return REASON_SERVER_ERROR;
	}
}

int64_t outcome_spread_ms(int64_t middle_ms, uint32_t random)
{
	int64_t tenth = middle_ms / 10;

	return middle_ms - tenth + (tenth ? (int64_t)random % (2 * tenth + 1) : 0);
}

int64_t outcome_back_off_ms(unsigned failures, int64_t retry_after_s, uint32_t random)
{
	int64_t most = BACK_OFF_FIRST_MS;

	for (unsigned i = 1; i < failures && most < BACK_OFF_MOST_MS; i++)
		most *= 2;
	if (most > BACK_OFF_MOST_MS)
		most = BACK_OFF_MOST_MS;
	int64_t delay = (int64_t)random % (most + 1);
	if (retry_after_s > RETRY_AFTER_MOST_S)
		retry_after_s = RETRY_AFTER_MOST_S;
	int64_t asked = retry_after_s > 0 ? retry_after_s * 1000 : 0;
	return asked > delay ? asked + (int64_t)random % (asked / 10 + 1) : delay;
}
