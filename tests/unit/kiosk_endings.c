/* SPDX-License-Identifier: Apache-2.0 */
/* Stories of sessions: running, lost, tried again, left alone. */
#include "unit/kiosk_world.h"

static void test_session(void)
{
	static struct world world;

	TEST("keys and mouse belong to the session, Ctrl+Alt+Del too") {
		go_to(&world, UI_SESSION);
		press_with(&world, XKB_KEY_Delete, KEY_DELETE, INPUT_CTRL | INPUT_ALT);
		CHECK(find(&world, KIOSK_DO_FORWARD));
		press(&world, XKB_KEY_Escape);
		CHECK(find(&world, KIOSK_DO_FORWARD));
		press_with(&world, XKB_KEY_Home, KEY_HOME, INPUT_CTRL);
		CHECK(find(&world, KIOSK_DO_FORWARD));
		click(&world, UI_TARGET_NONE, 0);
		CHECK(find(&world, KIOSK_DO_FORWARD));
	}
	TEST("a killed worker is started again, four times a minute it is given up") {
		go_to(&world, UI_SESSION);
		for (int i = 0; i < KIOSK_CRASHES_MAX; i++) {
			feed_kind(&world, KIOSK_CRASHED);
			CHECK(find(&world, KIOSK_DO_START));
			CHECK_INT(world.state.screen, UI_CONNECTING);
			CHECK_INT(world.state.phase, WIRE_PHASE_RECONNECTING);
			feed_kind(&world, KIOSK_FRAME);
		}
		feed_kind(&world, KIOSK_CRASHED);
		CHECK_INT(world.state.screen, UI_ENDED);
		CHECK_INT(world.state.reason, REASON_SESSION_CRASHED);
		CHECK_INT(world.state.retry_ms, -1);
	}
	TEST("events of an older session are not heard") {
		go_to(&world, UI_SESSION);
		feed_kind(&world, KIOSK_CRASHED);
		feed(&world, (struct kiosk_event){.kind = KIOSK_ENDED,
					     .session = world.state.number - 1,
					     .reason = REASON_SESSION_IDLE});
		CHECK_INT(world.state.screen, UI_CONNECTING);
	}
}

static void test_limits(void)
{
	static struct world world;

	TEST("connecting without progress ends, with progress it goes on") {
		go_to(&world, UI_CONNECTING);
		wait_ms(&world, KIOSK_CONNECT_MS - 1);
		feed_kind(&world, KIOSK_PHASE);
		wait_ms(&world, KIOSK_CONNECT_MS - 1);
		CHECK_INT(world.state.screen, UI_CONNECTING);
		wait_ms(&world, 1);
		CHECK_INT(world.state.screen, UI_ENDED);
		CHECK_INT(world.state.reason, REASON_SESSION_TIMEOUT);
		CHECK(find(&world, KIOSK_DO_KILL));
	}
	TEST("a session that does not stop is killed") {
		go_to(&world, UI_SESSION);
		press_with(&world, XKB_KEY_Home, KEY_HOME, INPUT_CTRL | INPUT_ALT);
		CHECK(find(&world, KIOSK_DO_STOP) && !find(&world, KIOSK_DO_KILL));
		wait_ms(&world, KIOSK_STOP_MS);
		CHECK(find(&world, KIOSK_DO_KILL));
		CHECK_INT(world.state.session, KIOSK_SESSION_NONE);
	}
	TEST("the banner is closed by its cross, until its text changes") {
		struct conf_signed config = make_config(1, 8);
		struct ui_model model;

		go_to(&world, UI_SESSION);
		config.conf.message_count = 1;
		strcpy(config.conf.messages[0].id, "m");
		strcpy(config.conf.messages[0].text, "Printers are down");
		feed_config(&world, &config);
		kiosk_model(&world.state, &model);
		CHECK_INT(model.message_count, 1);
		click(&world, UI_TARGET_MESSAGE_CLOSE, 0);
		CHECK(!find(&world, KIOSK_DO_FORWARD));
		kiosk_model(&world.state, &model);
		CHECK_INT(model.message_count, 0);
		strcpy(config.conf.messages[0].text, "Printers are back");
		feed_config(&world, &config);
		kiosk_model(&world.state, &model);
		CHECK_INT(model.message_count, 1);
	}
}

static void test_retry(void)
{
	static struct world world;
	struct ui_model model;

	TEST("a lost connection is tried again, later each time, and not for ever") {
		int tries = 0;

		go_to(&world, UI_ENDED);
		kiosk_model(&world.state, &model);
		CHECK_INT(model.retry_in_s, 5);
		while (world.state.retry_ms >= 0 && tries < 100) {
			world.now_ms = kiosk_wake_ms(&world.state);
			feed_kind(&world, KIOSK_TIME);
			if (!find(&world, KIOSK_DO_START))
				continue;
			tries++;
			feed_ended(&world, REASON_SESSION_REFUSED);
		}
		CHECK_INT(tries, KIOSK_RETRIES_MAX);
		CHECK_INT(world.state.screen, UI_ENDED);
		CHECK(world.state.credentials.is_held);
		wait_ms(&world, KIOSK_HELD_MS);
		CHECK_INT(world.state.screen, UI_SIGN_IN);
		CHECK(!world.state.credentials.is_held);
	}
	TEST("a pulled cable is the reason, and its return the moment to try again") {
		go_to(&world, UI_CONNECTING);
		feed_status(&world, WIRE_AGENT_OFFLINE, REASON_NET_NO_LINK);
		CHECK_INT(world.state.reason, REASON_NET_NO_LINK);
		CHECK(find(&world, KIOSK_DO_KILL));
		wait_ms(&world, 20000);
		CHECK_INT(world.state.screen, UI_ENDED);
		feed_status(&world, WIRE_AGENT_ONLINE, REASON_NONE);
		wait_ms(&world, 0);
		CHECK(find(&world, KIOSK_DO_START));
	}
	TEST("a running session whose cable is pulled ends with the cable's reason") {
		go_to(&world, UI_SESSION);
		feed_status(&world, WIRE_AGENT_OFFLINE, REASON_NET_NO_LINK);
		CHECK_INT(world.state.screen, UI_SESSION);
		feed_ended(&world, REASON_SESSION_SERVER_CLOSED);
		CHECK_INT(world.state.reason, REASON_NET_NO_LINK);
	}
	TEST("the helpdesk's correction of a desktop is used by the next try") {
		struct conf_signed config = make_config(1, 8);

		go_to(&world, UI_ENDED);
		strcpy(config.conf.desktops[0].host, "new.example.org");
		feed_config(&world, &config);
		press(&world, XKB_KEY_Return);
		CHECK_TEXT(world.state.target.host, "new.example.org");
	}
}

struct ending {
	enum reason reason;
	enum ui_screen screen;
	bool is_held, is_retried;
};

static const struct ending endings[] = {
		{REASON_SESSION_SIGNED_OUT, UI_SIGN_IN, false, false},
		{REASON_SESSION_WRONG_PASSWORD, UI_SIGN_IN, false, false},
		{REASON_SESSION_PASSWORD_EXPIRED, UI_ENDED, false, false},
		{REASON_SESSION_PASSWORD_MUST_CHANGE, UI_ENDED, false, false},
		{REASON_SESSION_ACCOUNT_LOCKED, UI_ENDED, false, false},
		{REASON_SESSION_ACCOUNT_DISABLED, UI_ENDED, false, false},
		{REASON_SESSION_ACCOUNT_EXPIRED, UI_ENDED, false, false},
		{REASON_SESSION_NOT_ALLOWED, UI_ENDED, false, false},
		{REASON_SESSION_HOST_UNKNOWN, UI_ENDED, true, true},
		{REASON_SESSION_REFUSED, UI_ENDED, true, true},
		{REASON_SESSION_TIMEOUT, UI_ENDED, true, true},
		{REASON_SESSION_CERTIFICATE, UI_ENDED, false, false},
		{REASON_SESSION_SECURITY, UI_ENDED, false, false},
		{REASON_SESSION_LICENCE, UI_ENDED, false, false},
		{REASON_SESSION_SERVER_CLOSED, UI_ENDED, true, true},
		{REASON_SESSION_IDLE, UI_ENDED, false, false},
		{REASON_SESSION_REPLACED, UI_ENDED, false, false},
		{REASON_SESSION_BY_ADMIN, UI_ENDED, false, false},
		{REASON_SESSION_SERVER_BUSY, UI_ENDED, true, true},
		{REASON_SESSION_PROTOCOL, UI_ENDED, true, false},
		{REASON_SESSION_NOT_PERMITTED, UI_ENDED, false, false},
		{REASON_SESSION_CRASHED, UI_ENDED, true, false},
		{REASON_SESSION_KERBEROS, UI_ENDED, false, false},
		{REASON_DEVICE_AGENT, UI_ENDED, true, false},
		{REASON_NET_NO_NAME, UI_ENDED, true, true},
};

static void test_endings(void)
{
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		TEST(reason_code(endings[i].reason)) {
			static struct world world;
			const struct kiosk_action *report;

			go_to(&world, UI_CONNECTING);
			feed_ended(&world, endings[i].reason);
			report = find(&world, KIOSK_DO_REPORT);
			CHECK_INT(world.state.screen, endings[i].screen);
			CHECK_INT(world.state.credentials.is_held, endings[i].is_held);
			CHECK_INT(world.state.retry_ms >= 0, endings[i].is_retried);
			CHECK(report && !report->is_on && report->reason == endings[i].reason);
		}
}

static void test_alone(void)
{
	static struct world world;
	struct conf_signed config = make_config(2, 8);

	config.conf.sign_in.idle_min = 5;
	config.conf.display.blank_after_min = 2;
	TEST("an unattended session is left, and nothing stays behind") {
		go_to(&world, UI_DESKTOPS);
		feed_config(&world, &config);
		press(&world, XKB_KEY_Return);
		feed_kind(&world, KIOSK_FRAME);
		wait_ms(&world, 5 * 60000 - 1);
		CHECK_INT(world.state.screen, UI_SESSION);
		wait_ms(&world, 1);
		CHECK(find(&world, KIOSK_DO_STOP));
		CHECK_INT(world.state.screen, UI_SIGN_IN);
		CHECK(!world.state.credentials.is_held);
		CHECK_TEXT(world.state.fields[UI_FIELD_USER].text, "");
	}
	TEST("the screen goes dark, and the key that wakes it does nothing else") {
		with_desktops(&world, 2);
		feed_config(&world, &config);
		wait_ms(&world, 2 * 60000);
		CHECK(find(&world, KIOSK_DO_POWER) && !find(&world, KIOSK_DO_POWER)->is_on);
		CHECK_INT(kiosk_wake_ms(&world.state), -1);
		type(&world, "x");
		CHECK(find(&world, KIOSK_DO_POWER) && find(&world, KIOSK_DO_POWER)->is_on);
		CHECK_TEXT(world.state.fields[UI_FIELD_USER].text, "");
	}
	TEST("a message lights a dark screen once, a new one again") {
		static const struct {
			enum conf_severity severity;
			const char *text;
			bool is_lit;
		} rows[] = {
				{CONF_SEVERITY_WARNING, "Printer", true},
				{CONF_SEVERITY_URGENT, "Fire", true},
				{CONF_SEVERITY_URGENT, "Fire", false},
				{CONF_SEVERITY_URGENT, "Fire in house B", true},
				{CONF_SEVERITY_INFO, "Fire is out", true},
				{CONF_SEVERITY_INFO, "Fire is out", false},
		};

		with_desktops(&world, 2);
		feed_config(&world, &config);
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			wait_ms(&world, 2 * 60000 - 1);
			CHECK(!world.state.is_dark || !rows[i ? i - 1 : 0].is_lit);
			wait_ms(&world, 1);
			CHECK(world.state.is_dark);
			config.conf.message_count = 1;
			config.conf.messages[0].severity = rows[i].severity;
			strcpy(config.conf.messages[0].id, "m");
			memset(config.conf.messages[0].text, 0, CONF_TEXT_MAX);
			strcpy(config.conf.messages[0].text, rows[i].text);
			feed_config(&world, &config);
			CHECK_INT(world.state.is_dark, !rows[i].is_lit);
			CHECK_INT(find(&world, KIOSK_DO_POWER) != NULL, rows[i].is_lit);
		}
	}
	TEST("a screen that shall never be dark is lit at once") {
		with_desktops(&world, 2);
		feed_config(&world, &config);
		wait_ms(&world, 2 * 60000);
		CHECK(world.state.is_dark);
		config.conf.display.blank_after_min = 0;
		feed_config(&world, &config);
		CHECK(!world.state.is_dark && find(&world, KIOSK_DO_POWER)->is_on);
		CHECK_INT(kiosk_wake_ms(&world.state), -1);
	}
	TEST("a still screen asks for no time at all") {
		with_desktops(&world, 1);
		CHECK_INT(kiosk_wake_ms(&world.state), -1);
		go_to(&world, UI_APPROVAL);
		CHECK_INT(kiosk_wake_ms(&world.state), -1);
		go_to(&world, UI_SESSION);
		CHECK_INT(kiosk_wake_ms(&world.state), -1);
	}
}

int main(void)
{
	test_session();
	test_limits();
	test_retry();
	test_endings();
	test_alone();
	TEST_END();
}
