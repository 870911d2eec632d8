// SPDX-License-Identifier: Apache-2.0
#include "agent/messages.h"

#include <stdlib.h>

#include "conf/json.h"
#include "unit/test.h"

#define NONCE "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define KEY64 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define PEM "-----BEGIN CERTIFICATE-----\\nMA==\\n-----END CERTIFICATE-----\\n"

static const struct {
	const char *text, *error;
} enrolments[] = {
		{"{\"enrolment\":\"e-1\",\"nonce\":\"" NONCE "\",\"ca\":\"" PEM
		 "\",\"config_key\":\"" KEY64 "\"}",
				NULL},
		{"{\"enrolment\":\"e-1\",\"nonce\":\"" NONCE "\",\"ca\":\"" PEM
		 "\",\"config_key\":\"" KEY64 "\",\"later\":[1]}",
				NULL},
		{"{\"enrolment\":\"../x\",\"nonce\":\"" NONCE "\",\"ca\":\"" PEM
		 "\",\"config_key\":\"" KEY64 "\"}",
				"enrolment"},
		{"{\"enrolment\":\"e-1\",\"nonce\":\"00\",\"ca\":\"" PEM
		 "\",\"config_key\":\"" KEY64 "\"}",
				"nonce"},
		{"{\"enrolment\":\"e-1\",\"nonce\":\"" NONCE "\",\"ca\":\"" PEM
		 "\",\"config_key\":\"AAEC\"}",
				"config_key"},
		{"{\"enrolment\":\"e-1\",\"nonce\":\"" NONCE "\",\"ca\":1,\"config_key\":\"" KEY64
		 "\"}",
				"ca"},
		{"{\"enrolment\":\"e-1\"}", "nonce"},
		{"[]", ""},
		{"", ""},
		{"<html>sign in to the hotel's network</html>", ""},
};

static const struct {
	const char *text;
	int64_t revision; /* -1: refused */
	unsigned orders;
} offers[] = {
		{"{\"revision\":5,\"orders\":0}", 5, 0},
		{"{\"revision\":0,\"orders\":2}", 0, 2},
		{"{\"revision\":999999999999999,\"orders\":1000,\"more\":{}}", 999999999999999,
				1000},
		{"{\"revision\":-1,\"orders\":0}", -1, 0},
		{"{\"revision\":1.5,\"orders\":0}", -1, 0},
		{"{\"revision\":1e400,\"orders\":0}", -1, 0},
		{"{\"revision\":\"5\",\"orders\":0}", -1, 0},
		{"{\"revision\":5,\"orders\":-1}", -1, 0},
		{"{\"revision\":5,\"orders\":1001}", -1, 0},
		{"{\"revision\":5,\"orders\":\"1\"}", -1, 0},
		{"{\"revision\":5}", -1, 0},
		{"{\"orders\":1}", -1, 0},
		{"{\"revision\":5,\"revision\":6,\"orders\":0}", -1, 0},
		{"{\"revision\":5,\"orders\":0}x", -1, 0},
		{"null", -1, 0},
};

static void test_enrolments(void)
{
	for (unsigned i = 0; i < sizeof(enrolments) / sizeof(enrolments[0]); i++) {
		const char *text = enrolments[i].text, *error = enrolments[i].error;
		struct messages_enrolment enrolment;
		struct err err = {0};

		CHECK_INT(messages_read_enrolment(text, strlen(text), &enrolment, &err) < 0,
				error != NULL);
		CHECK_HAS(err.text, error ? error : "");
		if (!error)
			CHECK_INT(enrolment.nonce[31] + enrolment.config_key[31], 62);
	}
}

static int read_decision(const char *text, struct messages_decision *ret)
{
	struct err err;

	return messages_read_decision(text, strlen(text), ret, &err);
}

static void test_decision(void)
{
	struct messages_decision decision;

	CHECK_INT(read_decision("{\"state\":\"waiting\"}", &decision), 0);
	CHECK_INT(decision.state, MESSAGES_WAITING);
	CHECK_INT(read_decision("{\"state\":\"refused\",\"error\":\"not ours\"}", &decision), 0);
	CHECK_INT(decision.state, MESSAGES_REFUSED);
	CHECK_TEXT(decision.why, "not ours");
	CHECK_INT(read_decision("{\"state\":\"approved\",\"device\":\"d1\",\"certificate\":\"" PEM
				"\"}",
				  &decision),
			0);
	CHECK_INT(decision.state, MESSAGES_APPROVED);
	CHECK_TEXT(decision.device, "d1");
	CHECK_HAS(decision.certificate, "BEGIN CERTIFICATE-----\n");
	CHECK(read_decision("{\"state\":\"approved\",\"device\":\"d/1\",\"certificate\":\"" PEM
			    "\"}",
			      &decision) < 0);
	CHECK(read_decision("{\"state\":\"approved\",\"device\":\"d1\"}", &decision) < 0);
	CHECK(read_decision("{\"state\":\"maybe\"}", &decision) < 0);
	CHECK(read_decision("{}", &decision) < 0);
}

static void test_report(void)
{
	struct messages_report report = {.revision = 7,
			.state = "trial",
			.reason = REASON_CONFIG_RETURNED,
			.detail = "æ \"x\"",
			.address = "10.0.0.1",
			.screen = "sign-in",
			.is_session_running = true,
			.desktop = "main",
			.session_reason = REASON_NONE};
	OWNED(memory) char *text = messages_report(&report);

	CHECK_TEXT(text, "{\"revision\":7,\"state\":\"trial\",\"reason\":\"C34\",\"detail\":\"æ "
			 "\\\"x\\\"\","
			 "\"version\":\"" TYND_VERSION
			 "\",\"address\":\"10.0.0.1\",\"screen\":\"sign-in\","
			 "\"session\":{\"running\":true,\"desktop\":\"main\",\"reason\":\"\"}}");
}

static void test_cut(void)
{
	char cut[5];

	messages_cut(cut, sizeof(cut), "abæx");
	CHECK_TEXT(cut, "abæ");
	messages_cut(cut, sizeof(cut), "abcæ");
	CHECK_TEXT(cut, "abc");
	messages_cut(cut, sizeof(cut), "ab€");
	CHECK_TEXT(cut, "ab");
	messages_cut(cut, sizeof(cut), "abcd");
	CHECK_TEXT(cut, "abcd");
}

int main(void)
{
	TEST("an answer to enrol is taken whole or refused with the key's name") {
		test_enrolments();
	}
	TEST("a decision is one of three, and an approval has all it needs") {
		test_decision();
	}
	TEST("an offer has whole numbers within their limits") {
		for (unsigned i = 0; i < sizeof(offers) / sizeof(offers[0]); i++) {
			struct messages_offer offer = {0};
			struct err err;
			int r = messages_read_offer(offers[i].text, strlen(offers[i].text), &offer,
					&err);

			CHECK_INT(r == 0, offers[i].revision >= 0);
			CHECK_INT(offer.revision, r < 0 ? 0 : offers[i].revision);
			CHECK_INT(offer.orders, offers[i].orders);
		}
	}
	TEST("a report is what the protocol says") {
		test_report();
	}
	TEST("requests are what the protocol says") {
		const uint8_t nonce[MESSAGES_NONCE_SIZE] = {0xab};
		const struct messages_hardware hardware = {.model = "M", .mac = "1:2"};
		OWNED(memory) char *poll = messages_poll(nonce, 25);
		OWNED(memory)
		char *enrol = messages_enrol("CSR", nonce, &hardware, &(struct messages_claim){0});
		OWNED(memory)
		char *claim = messages_enrol("CSR", nonce, &hardware,
				&(struct messages_claim){.token = "tynd-e1_a", .was = "k7q"});

		CHECK(!strstr(enrol, "token") && !strstr(enrol, "was"));
		CHECK_HAS(claim, "\"token\":\"tynd-e1_a\",\"was\":\"k7q\"");
		CHECK_HAS(poll, "{\"nonce\":\"ab00");
		CHECK_HAS(poll, "\"wait\":25}");
		CHECK_HAS(enrol, "{\"csr\":\"CSR\",\"commitment\":\"ab00");
		CHECK_HAS(enrol, "\"hardware\":{\"model\":\"M\",\"serial\":\"\",\"mac\":\"1:2\"");
	}
	TEST("only a server that says so removed this device") {
		static const char yes[] = "{\"error\":\"gone\",\"removed\":true}";
		static const char no[] = "{\"error\":\"gone\",\"removed\":\"true\"}";

		CHECK(messages_read_removed(yes, strlen(yes)));
		CHECK(!messages_read_removed(no, strlen(no)));
		CHECK(!messages_read_removed("{\"error\":\"x\"}", 13));
		CHECK(!messages_read_removed("<html>", 6));
	}
	TEST("the server's sentence is shown only when it is one") {
		char error[WIRE_DETAIL_MAX];

		messages_read_error("{\"error\":\"no such device\"}", 26, error);
		CHECK_TEXT(error, "no such device");
		messages_read_error("{\"error\":1}", 11, error);
		CHECK_TEXT(error, "");
		messages_read_error("<html>", 6, error);
		CHECK_TEXT(error, "");
	}
	TEST("a text is cut between characters") {
		test_cut();
	}
	TEST_END();
}
