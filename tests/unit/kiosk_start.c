/* SPDX-License-Identifier: Apache-2.0 */
/* What a session is told, and where the mouse is. */
#include "unit/test.h"

#include <math.h>

#include "kiosk/pointer.h"
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
	struct ui_size size = {1920, 1080, 100};

	kiosk_init(&state, 0);
	strcpy(state.target.host, "rds.example.org");
	state.target.port = 3390;
	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++)
		TEST(users[i].typed) {
			strcpy(state.credentials.user, users[i].typed);
			strcpy(state.credentials.domain, users[i].domain);
			strcpy(state.target.domain, users[i].hint);
			start_fill(&state, size, &start);
			CHECK_TEXT(start.user, users[i].user_sent);
			CHECK_TEXT(start.domain, users[i].domain_sent);
		}
	TEST("the desktop, its trust and this device") {
		strcpy(state.conf.ca, "-----BEGIN CERTIFICATE-----");
		strcpy(state.conf.keyboard.layout, "dk");
		strcpy(state.conf.identity.device, "A-VERY-LONG-NAME-OF-A-DEVICE-THAT-IS-CUT");
		strcpy(state.credentials.password, "secret");
		state.target.trust = CONF_TRUST_CA;
		start_fill(&state, size, &start);
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
		start_fill(&state, (struct ui_size){0, 0, 100}, &start);
		CHECK_INT(start.pin_count, 2);
		CHECK_INT(start.pins[1][31], 9);
		CHECK_INT(start.ca_size, 0);
		CHECK(start.width > 0 && start.height > 0);
	}
}

static void test_pointer(void)
{
	struct pointer_area area = {2, {800, 1000}, {600, 500}}, none = {0};
	struct pointer pointer = {0};
	int32_t x, y;

	TEST("the mouse stays on the outputs") {
		pointer_move(&pointer, &area, -5, -5);
		CHECK_INT(pointer_output(&pointer, &area, &x, &y), 0);
		CHECK(x == 0 && y == 0 && pointer.is_seen);
		pointer_move(&pointer, &area, 1e9, 1e9);
		CHECK_INT(pointer_output(&pointer, &area, &x, &y), 1);
		CHECK(x == 999 && y == 499);
		pointer_move(&pointer, &area, -1000, 1e9);
		CHECK_INT(pointer_output(&pointer, &area, &x, &y), 0);
		CHECK(x == 799 && y == 599);
		pointer_move(&pointer, &area, (double)NAN, 0);
		CHECK_INT(pointer_output(&pointer, &area, &x, &y), 0);
		CHECK_INT(x, 0);
	}
	TEST("an absolute place counts in the whole area") {
		pointer_place(&pointer, &area, 0.5, 0.5);
		CHECK_INT(pointer_output(&pointer, &area, &x, &y), 1);
		CHECK(x == 100 && y == 300);
		pointer_place(&pointer, &area, 1.0, 1.0);
		pointer_output(&pointer, &area, &x, &y);
		CHECK(x == 999 && y == 499);
	}
	TEST("without outputs there is no place to go") {
		pointer_move(&pointer, &none, 10, 10);
		pointer_clamp(&pointer, &none);
		CHECK_INT(pointer_output(&pointer, &none, &x, &y), 0);
	}
}

int main(void)
{
	test_start();
	test_pointer();
	TEST_END();
}
