/* SPDX-License-Identifier: Apache-2.0 */
/* What a session is told. */
#include "unit/test.h"

#include "kiosk/start.h"

static const struct {
	const char *typed, *domain, *hint, *user_sent, *domain_sent;
} users[] = {
		{"anna", "", "", "anna", ""},
		{"anna", "", "VIBORG", "anna", "VIBORG"},
		{"anna", "SKOLE", "VIBORG", "anna", "SKOLE"},
		{"SKOLE\\anna", "", "VIBORG", "anna", "SKOLE"},
		{"SKOLE\\anna", "ANDEN", "", "anna", "SKOLE"},
		{"anna@viborg.dk", "", "", "anna@viborg.dk", ""},
		{"\\anna", "", "", "\\anna", ""},
		{"SKOLE\\", "", "", "SKOLE\\", ""},
		{"a\\b\\c", "", "", "b\\c", "a"},
};

static void test_start(void)
{
	static struct kiosk_state state;
	static struct wire_session_start start;
	struct desk_layout layout = {
			1920, 1080, 100, 1, {{.width = 1920, .height = 1080, .is_primary = 1}}};

	kiosk_init(&state, 0);
	strcpy(state.target.host, "rds.example.org");
	state.target.port = 3390;
	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++)
		TEST(users[i].typed) {
			strcpy(state.credentials.user, users[i].typed);
			strcpy(state.credentials.domain, users[i].domain);
			strcpy(state.target.domain, users[i].hint);
			start_fill(&state, &layout, &start);
			CHECK_TEXT(start.user, users[i].user_sent);
			CHECK_TEXT(start.domain, users[i].domain_sent);
		}
	TEST("the desktop, its trust and this device") {
		strcpy(state.conf.ca, "-----BEGIN CERTIFICATE-----");
		strcpy(state.conf.keyboard.layout, "dk");
		strcpy(state.conf.identity.device, "A-VERY-LONG-NAME-OF-A-DEVICE-THAT-IS-CUT");
		strcpy(state.credentials.password, "secret");
		state.target.trust = CONF_TRUST_CA;
		start_fill(&state, &layout, &start);
		CHECK_TEXT(start.host, "rds.example.org");
		CHECK_INT(start.port, 3390);
		CHECK_INT(start.ca_size, strlen(state.conf.ca));
		CHECK_INT(start.pin_count, 0);
		CHECK_INT(start.keyboard, 0x406);
		CHECK_INT(strlen(start.client_name), 31);
		CHECK_TEXT(start.password, "secret");
		CHECK(start.width == 1920 && start.height == 1080);
		state.target.trust = CONF_TRUST_PINNED;
		state.target.pin_count = 2;
		state.target.pins[1][31] = 9;
		start_fill(&state, &layout, &start);
		CHECK_INT(start.pin_count, 2);
		CHECK_INT(start.pins[1][31], 9);
		CHECK_INT(start.ca_size, 0);
		CHECK_INT(start.monitor_count, 1);
		CHECK_INT(start.monitors[0].width, 1920);
	}
}

int main(void)
{
	test_start();
	TEST_END();
}
