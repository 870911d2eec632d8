// SPDX-License-Identifier: Apache-2.0
#include "agent/outcome.h"

#include <curl/curl.h>
#include <openssl/x509_vfy.h>

#include "unit/test.h"

static const struct {
	struct outcome outcome;
	enum outcome_of of;
	enum clock_verdict clock;
	enum reason reason;
	const char *sentence;
} cases[] = {
		{{.status = 200}, 0, 0, REASON_NONE, ""},
		{{.status = 204}, 0, 0, REASON_NONE, ""},
		{{.curl = CURLE_COULDNT_RESOLVE_HOST}, 0, 0, REASON_NET_NO_NAME, "DNS"},
		{{.curl = CURLE_COULDNT_CONNECT}, 0, 0, REASON_SERVER_UNREACHABLE,
				"nothing answers"},
		{{.curl = CURLE_OPERATION_TIMEDOUT}, 0, 0, REASON_SERVER_UNREACHABLE, "in time"},
		{{.curl = CURLE_RECV_ERROR}, 0, 0, REASON_SERVER_UNREACHABLE, "broke"},
		{{.curl = CURLE_GOT_NOTHING}, 0, 0, REASON_SERVER_UNREACHABLE, "broke"},
		{{.curl = CURLE_PEER_FAILED_VERIFICATION, .verify = X509_V_ERR_CERT_HAS_EXPIRED}, 0,
				CLOCK_PLAUSIBLE, REASON_SERVER_EXPIRED, "has expired"},
		{{.curl = CURLE_PEER_FAILED_VERIFICATION, .verify = X509_V_ERR_CERT_HAS_EXPIRED}, 0,
				CLOCK_AHEAD, REASON_CLOCK_WRONG, "clock is years ahead"},
		{{.curl = CURLE_PEER_FAILED_VERIFICATION, .verify = X509_V_ERR_CERT_HAS_EXPIRED}, 0,
				CLOCK_BEHIND, REASON_SERVER_EXPIRED, "has expired"},
		{{.curl = CURLE_PEER_FAILED_VERIFICATION, .verify = X509_V_ERR_CERT_NOT_YET_VALID},
				0, CLOCK_PLAUSIBLE, REASON_SERVER_EXPIRED, "not valid yet"},
		{{.curl = CURLE_PEER_FAILED_VERIFICATION, .verify = X509_V_ERR_CERT_NOT_YET_VALID},
				0, CLOCK_BEHIND, REASON_CLOCK_WRONG, "clock is behind"},
		{{.curl = CURLE_PEER_FAILED_VERIFICATION, .verify = X509_V_OK}, 0, 0,
				REASON_SERVER_UNTRUSTED, "another name"},
		{{.curl = CURLE_PEER_FAILED_VERIFICATION,
				 .verify = X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY},
				0, CLOCK_AHEAD, REASON_SERVER_UNTRUSTED, "organisation"},
		{{.curl = CURLE_SSL_CONNECT_ERROR}, 0, 0, REASON_SERVER_ERROR, "TLS"},
		{{.curl = CURLE_SSL_CONNECT_ERROR, .verify = X509_V_ERR_CERT_HAS_EXPIRED}, 0, 0,
				REASON_SERVER_EXPIRED, "expired"},
		{{.curl = CURLE_PARTIAL_FILE}, OUTCOME_OF_CONFIG, 0, REASON_CONFIG_TRUNCATED,
				"all bytes"},
		{{.curl = CURLE_RECV_ERROR, .status = 200}, OUTCOME_OF_CONFIG, 0,
				REASON_CONFIG_TRUNCATED, "all bytes"},
		{{.curl = CURLE_RECV_ERROR}, OUTCOME_OF_CONFIG, 0, REASON_SERVER_UNREACHABLE,
				"broke"},
		{{.curl = CURLE_PARTIAL_FILE}, OUTCOME_OF_REQUEST, 0, REASON_SERVER_ERROR,
				"all bytes"},
		{{.curl = CURLE_WRITE_ERROR, .is_too_large = true}, OUTCOME_OF_CONFIG, 0,
				REASON_CONFIG_INVALID, "longer"},
		{{.curl = CURLE_FILESIZE_EXCEEDED, .is_too_large = true}, OUTCOME_OF_REQUEST, 0,
				REASON_SERVER_ERROR, "longer"},
		{{.curl = CURLE_WEIRD_SERVER_REPLY}, 0, 0, REASON_SERVER_ERROR, "failed"},
		{{.status = 301}, 0, 0, REASON_SERVER_ERROR, "301"},
		{{.status = 400}, 0, 0, REASON_SERVER_ERROR, "400"},
		{{.status = 401}, 0, 0, REASON_SERVER_REFUSED, "does not accept"},
		{{.status = 403}, 0, 0, REASON_SERVER_REFUSED, "does not accept"},
		{{.status = 404}, OUTCOME_OF_CONFIG, 0, REASON_SERVER_ERROR, "404"},
		{{.status = 429}, 0, 0, REASON_SERVER_ERROR, "busy"},
		{{.status = 500}, 0, 0, REASON_SERVER_ERROR, "500"},
		{{.status = 503}, 0, 0, REASON_SERVER_ERROR, "busy"},
};

static void check_case(unsigned i)
{
	struct err err = {0};

	CHECK_INT(outcome_judge(&cases[i].outcome, cases[i].of, cases[i].clock, &err),
			cases[i].reason);
	CHECK_HAS(err.text, cases[i].sentence);
}

int main(void)
{
	const int64_t floor_s = 1790000000, year_s = 365 * 24 * 3600;

	TEST("each outcome has its reason and its sentence") {
		for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
			check_case(i);
	}
	TEST("a clock below the floor or ten years past it is wrong") {
		CHECK_INT(clock_judge(0, floor_s), CLOCK_BEHIND);
		CHECK_INT(clock_judge(floor_s - 1, floor_s), CLOCK_BEHIND);
		CHECK_INT(clock_judge(floor_s, floor_s), CLOCK_PLAUSIBLE);
		CHECK_INT(clock_judge(floor_s + 10 * year_s, floor_s), CLOCK_PLAUSIBLE);
		CHECK_INT(clock_judge(floor_s + 10 * year_s + 1, floor_s), CLOCK_AHEAD);
		CHECK_INT(clock_judge(4102444800, floor_s), CLOCK_AHEAD);
	}
	TEST("certificates are judged at the clock, never below the floor") {
		CHECK_INT(clock_for_trust(0, floor_s), floor_s);
		CHECK_INT(clock_for_trust(floor_s + 5, floor_s), floor_s + 5);
	}
	TEST("the floor is the newest time known, but not ten years past the firmware's") {
		static const int64_t years10_s = INT64_C(10) * 365 * 24 * 3600;

		CHECK_INT(clock_floor(floor_s, 0), floor_s);
		CHECK_INT(clock_floor(floor_s, floor_s - 1), floor_s);
		CHECK_INT(clock_floor(floor_s, floor_s + 1), floor_s + 1);
		CHECK_INT(clock_floor(floor_s, floor_s + years10_s), floor_s + years10_s);
		CHECK_INT(clock_floor(floor_s, floor_s + years10_s + 1), floor_s + years10_s);
		CHECK_INT(clock_floor(floor_s, INT64_MAX), floor_s + years10_s);
	}
	TEST("the pause doubles to a minute and is full jitter") {
		static const struct {
			unsigned failures;
			int64_t most;
		} rows[] = {{1, 1000}, {2, 2000}, {3, 4000}, {6, 32000}, {7, 60000}, {8, 60000},
				{4000000000U, 60000}};

		for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			CHECK_INT(outcome_back_off_ms(rows[i].failures, 0, 0), 0);
			CHECK_INT(outcome_back_off_ms(rows[i].failures, 0, (uint32_t)rows[i].most),
					rows[i].most);
			CHECK_INT(outcome_back_off_ms(rows[i].failures, 0,
						  (uint32_t)rows[i].most + 1),
					0);
		}
	}
	TEST("Retry-After counts when it is longer, up to an hour, and is spread") {
		CHECK_INT(outcome_back_off_ms(1, 20, 0), 20000);
		CHECK_INT(outcome_back_off_ms(1, 20, 2000), 22000);
		CHECK_INT(outcome_back_off_ms(1, 1000000, 0), 3600000);
		CHECK_INT(outcome_back_off_ms(7, 1, 59000), 59000);
		CHECK_INT(outcome_back_off_ms(1, -5, 7), 7);
	}
	TEST("a spread stays within a tenth") {
		CHECK_INT(outcome_spread_ms(1000, 0), 900);
		CHECK_INT(outcome_spread_ms(1000, 200), 1100);
		CHECK_INT(outcome_spread_ms(1000, 201), 900);
		CHECK_INT(outcome_spread_ms(0, 77), 0);
	}
	TEST_END();
}
