/* SPDX-License-Identifier: Apache-2.0 */
/* The question about a keyboard that types by itself; the kiosk's own key by config. */
#include "unit/kiosk_world.h"

static void held(struct world *world, bool is_held)
{
	feed(world, (struct kiosk_event){.kind = KIOSK_INPUT,
				    .input = {.kind = INPUT_HELD, .is_down = is_held}});
}

static enum ui_screen shown(const struct world *world)
{
	struct ui_model model;

	kiosk_model(&world->state, &model);
	return model.screen;
}

static void test_question(void)
{
	static struct world world;

	TEST("the question stands above every screen, which is the same afterwards") {
		for (enum ui_screen screen = UI_STARTING; screen <= UI_SESSION; screen++) {
			go_to(&world, screen);
			held(&world, true);
			CHECK_INT(shown(&world), UI_KEYBOARD);
			CHECK_INT(world.state.screen, screen);
			held(&world, false);
			CHECK_INT(shown(&world), screen);
			CHECK(!find(&world, KIOSK_DO_ANSWER));
		}
	}
	TEST("who types on decides nothing") {
		go_to(&world, UI_SESSION);
		held(&world, true);
		for (int i = 0; i < 5; i++) {
			type(&world, "a");
			press(&world, XKB_KEY_Return);
			press(&world, XKB_KEY_space);
			press(&world, XKB_KEY_Escape);
			CHECK(!find(&world, KIOSK_DO_ANSWER) && !find(&world, KIOSK_DO_FORWARD));
		}
		CHECK_INT(shown(&world), UI_KEYBOARD);
	}
	TEST("Tab and Enter block it") {
		press(&world, XKB_KEY_Tab);
		press(&world, XKB_KEY_Return);
		CHECK(find(&world, KIOSK_DO_ANSWER) && !find(&world, KIOSK_DO_ANSWER)->is_on);
		CHECK_INT(shown(&world), UI_SESSION);
	}
	TEST("an arrow to the other side and Enter use it") {
		held(&world, true);
		press(&world, XKB_KEY_Left);
		press(&world, XKB_KEY_Return);
		CHECK(find(&world, KIOSK_DO_ANSWER) && find(&world, KIOSK_DO_ANSWER)->is_on);
	}
	TEST("a click answers, beside the buttons it does not") {
		held(&world, true);
		click(&world, UI_TARGET_NONE, 0);
		CHECK(!find(&world, KIOSK_DO_ANSWER));
		click(&world, UI_TARGET_FIELD_PASSWORD, 0);
		CHECK(!find(&world, KIOSK_DO_ANSWER));
		click(&world, UI_TARGET_SECONDARY, 0);
		CHECK(find(&world, KIOSK_DO_ANSWER) && find(&world, KIOSK_DO_ANSWER)->is_on);
	}
	TEST("what the desktop held goes up there") {
		struct kiosk_event up = {.kind = KIOSK_INPUT,
				.input = {.kind = INPUT_KEY, .code = KEY_LEFTSHIFT}};

		go_to(&world, UI_SESSION);
		held(&world, true);
		feed(&world, up);
		CHECK(find(&world, KIOSK_DO_FORWARD) != NULL);
	}
	TEST("it lights a dark screen") {
		struct conf_signed config = make_config(1, 8);

		go_to(&world, UI_SIGN_IN);
		config.conf.display.blank_after_min = 1;
		feed_config(&world, &config);
		wait_ms(&world, 61 * 1000);
		CHECK(world.state.is_dark);
		held(&world, true);
		CHECK(!world.state.is_dark && find(&world, KIOSK_DO_POWER)->is_on);
	}
	TEST("what was typed before stands in its field") {
		go_to(&world, UI_SIGN_IN);
		type(&world, "a");
		held(&world, true);
		type(&world, "x");
		held(&world, false);
		type(&world, "b");
		CHECK_TEXT(world.state.fields[UI_FIELD_USER].text, "ab");
	}
}

static void test_leaving(void)
{
	static struct world world;
	struct conf_signed config = make_config(1, 9);
	struct ui_model model;

	TEST("Ctrl+Alt+Home leaves, and the screen says so") {
		go_to(&world, UI_SIGN_IN);
		kiosk_model(&world.state, &model);
		CHECK(model.has_leave_key);
		go_to(&world, UI_SESSION);
		press_with(&world, XKB_KEY_Home, KEY_HOME, INPUT_CTRL | INPUT_ALT);
		CHECK_INT(world.state.screen, UI_SIGN_IN);
	}
	TEST("by config it is the desktop's, and the screen does not speak of it") {
		go_to(&world, UI_SESSION);
		config.conf.kiosk_keys.leave_session = CONF_LEAVE_OFF;
		feed_config(&world, &config);
		press_with(&world, XKB_KEY_Home, KEY_HOME, INPUT_CTRL | INPUT_ALT);
		CHECK_INT(world.state.screen, UI_SESSION);
		CHECK(find(&world, KIOSK_DO_FORWARD) != NULL);
		kiosk_model(&world.state, &model);
		CHECK(!model.has_leave_key);
	}
	TEST("Ctrl+Alt+Del and Ctrl+Alt+End are the desktop's") {
		const uint32_t codes[] = {KEY_DELETE, KEY_END, KEY_F1, KEY_F2, KEY_F12, KEY_SYSRQ,
				KEY_BACKSPACE, KEY_ESC, KEY_TAB};

		go_to(&world, UI_SESSION);
		for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
			press_with(&world, XKB_KEY_VoidSymbol, codes[i], INPUT_CTRL | INPUT_ALT);
			CHECK(find(&world, KIOSK_DO_FORWARD) != NULL);
			CHECK_INT(world.actions.count, 1);
		}
	}
	TEST("mouse and devices of a new config are applied like the keyboard's") {
		config.conf.mouse.is_left_handed = true;
		config.revision++;
		feed_config(&world, &config);
		CHECK(find(&world, KIOSK_DO_KEYBOARD) != NULL);
		config.revision++;
		strcpy(config.conf.devices.trusted_keyboards, "05e0:1200");
		feed_config(&world, &config);
		CHECK(find(&world, KIOSK_DO_KEYBOARD) != NULL);
		config.revision++;
		feed_config(&world, &config);
		CHECK(!find(&world, KIOSK_DO_KEYBOARD));
	}
}

int main(void)
{
	test_question();
	test_leaving();
	TEST_END();
}
