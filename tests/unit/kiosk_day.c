/* SPDX-License-Identifier: Apache-2.0 */
/* Stories of a day: from the first picture to the sign-in. */
#include "unit/kiosk_world.h"

static void test_begin_of_day(void)
{
	static struct world world;
	struct ui_model model;

	TEST("without an agent: starting, then what is missing, then as it comes") {
		kiosk_init(&world.state, START_MS);
		world.now_ms = START_MS;
		wait_ms(&world, KIOSK_MISSING_MS - 1);
		CHECK_INT(world.state.screen, UI_STARTING);
		wait_ms(&world, 1);
		CHECK_INT(world.state.screen, UI_NETWORK);
		kiosk_model(&world.state, &model);
		CHECK_INT(model.reason, REASON_DEVICE_AGENT);
		CHECK(kiosk_wake_ms(&world.state) >= world.now_ms + 60000); /* only to go dark */
		feed_kind(&world, KIOSK_AGENT_UP);
		feed_status(&world, WIRE_AGENT_APPROVAL, REASON_NONE);
		CHECK_INT(world.state.screen, UI_APPROVAL);
	}
	TEST("online without a config says so after a while") {
		kiosk_init(&world.state, START_MS);
		world.now_ms = START_MS;
		feed_kind(&world, KIOSK_AGENT_UP);
		feed_status(&world, WIRE_AGENT_ONLINE, REASON_NONE);
		wait_ms(&world, KIOSK_MISSING_MS);
		kiosk_model(&world.state, &model);
		CHECK_INT(model.screen, UI_NETWORK);
		CHECK_INT(model.reason, REASON_CONFIG_NONE);
	}
	TEST("a config without a desktop says that, not that it is missing") {
		struct conf_signed config = make_config(2, 7);

		config.conf.desktop_count = 0;
		kiosk_init(&world.state, START_MS);
		world.now_ms = START_MS;
		feed_kind(&world, KIOSK_AGENT_UP);
		feed_status(&world, WIRE_AGENT_ONLINE, REASON_NONE);
		feed_config(&world, &config);
		wait_ms(&world, KIOSK_MISSING_MS);
		kiosk_model(&world.state, &model);
		CHECK_INT(model.screen, UI_NETWORK);
		CHECK_INT(model.reason, REASON_CONFIG_NO_DESKTOP);
	}
	TEST("a typed address goes to the agent once, and the field is there again when it was no "
	     "good") {
		go_to(&world, UI_SERVER);
		press(&world, XKB_KEY_Return);
		CHECK(!find(&world, KIOSK_DO_SERVER));
		type(&world, "tynd.");
		type(&world, "example.org");
		press(&world, XKB_KEY_Return);
		CHECK(find(&world, KIOSK_DO_SERVER));
		CHECK_INT(world.state.screen, UI_STARTING);
		wait_ms(&world, KIOSK_SERVER_MS);
		CHECK_INT(world.state.screen, UI_SERVER);
		CHECK_TEXT(world.state.fields[UI_FIELD_SERVER].text, "tynd.example.org");
	}
	TEST("another address may be typed where the server is the trouble, and only there") {
		go_to(&world, UI_NETWORK);
		click(&world, UI_TARGET_SECONDARY, 0);
		CHECK_INT(world.state.screen, UI_NETWORK);
		feed_status(&world, WIRE_AGENT_REACHING, REASON_SERVER_UNREACHABLE);
		click(&world, UI_TARGET_SECONDARY, 0);
		CHECK_INT(world.state.screen, UI_SERVER);
		press(&world, XKB_KEY_Escape);
		CHECK_INT(world.state.screen, UI_NETWORK);
		click(&world, UI_TARGET_PRIMARY, 0);
		CHECK(find(&world, KIOSK_DO_SERVER));
	}
}

static void test_config(void)
{
	static struct world world;
	struct conf_signed config;

	TEST("a config is confirmed when the screen stands with it, once per agent") {
		with_desktops(&world, 1);
		CHECK(find(&world, KIOSK_DO_CONFIG_UP) == NULL);
		feed(&world, (struct kiosk_event){.kind = KIOSK_SHOWN, .revision = 6});
		CHECK(!find(&world, KIOSK_DO_CONFIG_UP));
		feed(&world, (struct kiosk_event){.kind = KIOSK_SHOWN, .revision = 7});
		CHECK(find(&world, KIOSK_DO_CONFIG_UP) &&
				find(&world, KIOSK_DO_CONFIG_UP)->revision == 7);
		feed(&world, (struct kiosk_event){.kind = KIOSK_SHOWN, .revision = 7});
		CHECK(!find(&world, KIOSK_DO_CONFIG_UP));
		feed_kind(&world, KIOSK_AGENT_GONE);
		feed_kind(&world, KIOSK_AGENT_UP);
		feed(&world, (struct kiosk_event){.kind = KIOSK_SHOWN, .revision = 7});
		CHECK(find(&world, KIOSK_DO_CONFIG_UP));
	}
	TEST("what changed is applied, what was typed stays") {
		with_desktops(&world, 1);
		type(&world, "anna");
		config = make_config(1, 8);
		strcpy(config.conf.keyboard.layout, "dk");
		strcpy(config.conf.locale.language, "da");
		feed_config(&world, &config);
		CHECK(find(&world, KIOSK_DO_KEYBOARD) && find(&world, KIOSK_DO_LOCALE));
		CHECK(!find(&world, KIOSK_DO_DISPLAY));
		CHECK_TEXT(world.state.fields[UI_FIELD_USER].text, "anna");
		CHECK_INT(world.state.focus, UI_TARGET_FIELD_USER);
		feed_config(&world, &config);
		CHECK(!find(&world, KIOSK_DO_KEYBOARD) && !find(&world, KIOSK_DO_LOCALE));
	}
	TEST("hints fill what nobody typed, and follow the config") {
		with_desktops(&world, 1);
		config = make_config(1, 8);
		strcpy(config.conf.desktops[0].user, "reception");
		feed_config(&world, &config);
		CHECK_TEXT(world.state.fields[UI_FIELD_USER].text, "reception");
		strcpy(config.conf.desktops[0].user, "library");
		feed_config(&world, &config);
		CHECK_TEXT(world.state.fields[UI_FIELD_USER].text, "library");
	}
	TEST("a field that goes takes the focus with it to one that stays") {
		with_desktops(&world, 1);
		config = make_config(1, 8);
		config.conf.sign_in.asks_domain = true;
		feed_config(&world, &config);
		click(&world, UI_TARGET_FIELD_DOMAIN, 0);
		config.conf.sign_in.asks_domain = false;
		feed_config(&world, &config);
		CHECK_INT(world.state.focus, UI_TARGET_FIELD_USER);
	}
}

static void test_sign_in(void)
{
	static struct world world;
	struct conf_signed config;

	TEST("both fields are needed; Enter leads through them") {
		with_desktops(&world, 1);
		press(&world, XKB_KEY_Return);
		CHECK_INT(world.state.focus, UI_TARGET_FIELD_USER);
		type(&world, "anna");
		press(&world, XKB_KEY_Return);
		CHECK_INT(world.state.focus, UI_TARGET_FIELD_PASSWORD);
		click(&world, UI_TARGET_PRIMARY, 0);
		CHECK_INT(world.state.screen, UI_SIGN_IN);
		type(&world, "secret");
		press(&world, XKB_KEY_Return);
		CHECK(find(&world, KIOSK_DO_START));
		CHECK_TEXT(world.state.credentials.password, "secret");
		CHECK_TEXT(world.state.fields[UI_FIELD_PASSWORD].text, "");
	}
	TEST("a repeated Enter that was held since before signs nobody in") {
		struct kiosk_event held = {.kind = KIOSK_INPUT,
				.input = {.kind = INPUT_KEY,
						.is_down = true,
						.is_repeat = true,
						.keysym = XKB_KEY_Return,
						.code = KEY_ENTER}};

		go_to(&world, UI_ENDED);
		feed(&world, held);
		CHECK_INT(world.state.screen, UI_ENDED);
	}
	TEST("showing the password is over with the screen") {
		with_desktops(&world, 1);
		config = make_config(1, 8);
		config.conf.sign_in.shows_password_button = true;
		feed_config(&world, &config);
		click(&world, UI_TARGET_SHOW_PASSWORD, 0);
		CHECK(world.state.is_password_shown);
		CHECK_INT(world.state.focus, UI_TARGET_FIELD_USER);
		sign_in(&world);
		feed_ended(&world, REASON_SESSION_WRONG_PASSWORD);
		CHECK(!world.state.is_password_shown);
		CHECK_TEXT(world.state.fields[UI_FIELD_USER].text, "anna");
		CHECK_INT(world.state.focus, UI_TARGET_FIELD_PASSWORD);
		CHECK(!world.state.credentials.is_held);
	}
}

static void test_choice(void)
{
	static struct world world;

	TEST("a button counts where it was pressed and released") {
		struct kiosk_event event = {.kind = KIOSK_INPUT,
				.target = UI_TARGET_PRIMARY,
				.input = {.kind = INPUT_BUTTON,
						.button = BTN_LEFT,
						.is_down = true}};

		go_to(&world, UI_ENDED);
		feed(&world, event);
		event.input.is_down = false;
		event.target = UI_TARGET_NONE;
		feed(&world, event);
		CHECK_INT(world.state.screen, UI_ENDED);
		click(&world, UI_TARGET_PRIMARY, 0);
		CHECK_INT(world.state.screen, UI_CONNECTING);
	}
	TEST("of several desktops the chosen one is connected to") {
		with_desktops(&world, 3);
		sign_in(&world);
		CHECK_INT(world.state.screen, UI_DESKTOPS);
		press(&world, XKB_KEY_Down);
		press(&world, XKB_KEY_Down);
		press(&world, XKB_KEY_Return);
		CHECK_TEXT(world.state.target.id, "d2");
		feed_kind(&world, KIOSK_FRAME);
		press_with(&world, XKB_KEY_Home, KEY_HOME, INPUT_CTRL | INPUT_ALT);
		CHECK_INT(world.state.screen, UI_DESKTOPS);
		CHECK(find(&world, KIOSK_DO_STOP));
		click(&world, UI_TARGET_DESKTOP + 1, 0);
		CHECK(find(&world, KIOSK_DO_KILL) && find(&world, KIOSK_DO_START));
		CHECK_TEXT(world.state.target.id, "d1");
	}
}

int main(void)
{
	test_begin_of_day();
	test_config();
	test_sign_in();
	test_choice();
	TEST_END();
}
