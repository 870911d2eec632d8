/* SPDX-License-Identifier: Apache-2.0 */
/* What the helpdesk orders: what stands, what waits, what is answered. */
#include <errno.h>

#include "kiosk/step_parts.h"
#include "unit/kiosk_world.h"

static struct wire_agent_order make(uint32_t kind, const char *id, uint32_t seconds)
{
	struct wire_agent_order order = {.kind = kind, .seconds = seconds};

	snprintf(order.id, sizeof(order.id), "%s", id);
	strcpy(order.number, "17");
	strcpy(order.text, "Please call");
	return order;
}

static void give(struct world *world, const struct wire_agent_order *order)
{
	feed(world, (struct kiosk_event){.kind = KIOSK_ORDER, .order = order});
}

static void order(struct world *world, uint32_t kind, const char *id, uint32_t seconds)
{
	struct wire_agent_order made = make(kind, id, seconds);

	made.may_postpone = 1;
	give(world, &made);
}

static void ask(struct world *world, const char *id, uint32_t seconds)
{
	struct wire_agent_order made = make(WIRE_ORDER_MESSAGE, id, seconds);

	made.needs_confirmation = 1;
	give(world, &made);
}

/* The result of this order in the last step; 0: none. */
static enum wire_result result(const struct world *world, const char *id)
{
	for (unsigned i = 0; i < world->actions.count; i++)
		if (world->actions.list[i].kind == KIOSK_DO_RESULT &&
				strcmp(world->actions.list[i].id, id) == 0)
			return world->actions.list[i].result;
	return 0;
}

static struct ui_order shown(const struct world *world)
{
	static struct ui_model model;

	kiosk_model(&world->state, &model);
	return model.order;
}

static void test_queue(void)
{
	static struct orders orders;

	TEST("what counts down stands before what does not, else in turn") {
		static const char *const expected[] = {"restart", "out", "a", "b"};
		struct wire_agent_order a = make(WIRE_ORDER_MESSAGE, "a", 0);
		struct wire_agent_order b = make(WIRE_ORDER_MESSAGE, "b", 0);
		struct wire_agent_order restart = make(WIRE_ORDER_RESTART_WARNING, "restart", 60);
		struct wire_agent_order out = make(WIRE_ORDER_SIGN_OUT, "out", 60);

		CHECK_INT(orders_add(&orders, &a, 0), 0);
		CHECK_INT(orders_add(&orders, &restart, 0), 0);
		CHECK_INT(orders_add(&orders, &b, 0), 0);
		CHECK_INT(orders_add(&orders, &out, 0), 0);
		for (unsigned i = 0; i < 4; i++)
			CHECK_TEXT(orders.list[i].order.id, expected[i]);
		CHECK_INT(orders_add(&orders, &b, 0), -EEXIST);
		orders_drop(&orders, 0);
		CHECK_INT(orders_find(&orders, "out"), 0);
		CHECK_INT(orders_find(&orders, "restart"), -1);
	}
	TEST("a full queue takes no more") {
		orders.count = 0;
		for (unsigned i = 0; i < ORDERS_MAX; i++) {
			char id[8];

			snprintf(id, sizeof(id), "m%u", i);
			struct wire_agent_order m = make(WIRE_ORDER_MESSAGE, id, 0);
			CHECK_INT(orders_add(&orders, &m, 0), 0);
		}
		struct wire_agent_order more = make(WIRE_ORDER_RESTART_WARNING, "more", 1);
		CHECK_INT(orders_add(&orders, &more, 0), -ENOSPC);
	}
}

static void test_messages(void)
{
	static struct world world;

	TEST("a dialog takes the keyboard, but no key of who types on") {
		go_to(&world, UI_SESSION);
		ask(&world, "a", 0);
		CHECK_INT(shown(&world).dialog, UI_DIALOG_MESSAGE);
		press(&world, XKB_KEY_Return);
		type(&world, "x");
		wait_ms(&world, KIOSK_TYPING_MS - 1);
		press(&world, XKB_KEY_Return);
		CHECK(!result(&world, "a") && !find(&world, KIOSK_DO_FORWARD));
		wait_ms(&world, KIOSK_GUARD_MS);
		press(&world, XKB_KEY_Return);
		CHECK_INT(result(&world, "a"), WIRE_RESULT_CONFIRMED);
		type(&world, "x");
		CHECK(find(&world, KIOSK_DO_FORWARD) != NULL);
		CHECK_INT(kiosk_wake_ms(&world.state), -1);
	}
	TEST("several wait for each other; a click confirms at once") {
		go_to(&world, UI_SIGN_IN);
		ask(&world, "a", 0);
		ask(&world, "b", 0);
		ask(&world, "a", 0);
		CHECK_INT(shown(&world).waiting, 1);
		click(&world, UI_TARGET_FIELD_USER, 0);
		CHECK(!result(&world, "a"));
		click(&world, UI_TARGET_DIALOG_PRIMARY, 0);
		CHECK_INT(result(&world, "a"), WIRE_RESULT_CONFIRMED);
		CHECK_INT(shown(&world).dialog, UI_DIALOG_MESSAGE);
		click(&world, UI_TARGET_DIALOG_PRIMARY, 0);
		CHECK_INT(result(&world, "b"), WIRE_RESULT_CONFIRMED);
		CHECK_INT(shown(&world).dialog, UI_DIALOG_NONE);
	}
	TEST("what nobody confirms expires, also behind another one") {
		go_to(&world, UI_SIGN_IN);
		ask(&world, "a", 0);
		ask(&world, "b", 30);
		CHECK_INT(kiosk_wake_ms(&world.state), world.now_ms + 30000);
		wait_ms(&world, 30000);
		CHECK_INT(result(&world, "b"), WIRE_RESULT_EXPIRED);
		CHECK(!result(&world, "a"));
	}
	TEST("a banner is done when it is seen, and leaves the keyboard alone") {
		go_to(&world, UI_SESSION);
		order(&world, WIRE_ORDER_MESSAGE, "a", 20);
		order(&world, WIRE_ORDER_MESSAGE, "b", 0);
		CHECK_INT(shown(&world).banner, UI_DIALOG_MESSAGE);
		CHECK(!result(&world, "b"));
		type(&world, "x");
		CHECK(find(&world, KIOSK_DO_FORWARD) != NULL);
		wait_ms(&world, 20000);
		CHECK_INT(result(&world, "b"), WIRE_RESULT_DONE);
		click(&world, UI_TARGET_BANNER_CLOSE, 0);
		CHECK_INT(shown(&world).banner, UI_DIALOG_NONE);
		CHECK_INT(kiosk_wake_ms(&world.state), -1);
	}
	TEST("a cancelled one goes") {
		go_to(&world, UI_SIGN_IN);
		ask(&world, "a", 0);
		order(&world, WIRE_ORDER_CANCEL, "a", 0);
		CHECK_INT(result(&world, "a"), WIRE_RESULT_EXPIRED);
		CHECK_INT(shown(&world).dialog, UI_DIALOG_NONE);
	}
	TEST("it lights a dark screen") {
		struct conf_signed config = make_config(1, 8);

		go_to(&world, UI_SIGN_IN);
		config.conf.display.blank_after_min = 1;
		feed_config(&world, &config);
		wait_ms(&world, 61 * 1000);
		CHECK(world.state.is_dark);
		order(&world, WIRE_ORDER_IDENTIFY, "n", 5);
		CHECK(!world.state.is_dark && find(&world, KIOSK_DO_POWER));
		CHECK_TEXT(shown(&world).number, "17");
		wait_ms(&world, 5000);
		CHECK_TEXT(shown(&world).number, "");
	}
}

static void test_countdowns(void)
{
	static struct world world;

	TEST("a restart counts down: a dialog, once read a banner, done at its end") {
		go_to(&world, UI_SESSION);
		order(&world, WIRE_ORDER_RESTART_WARNING, "r", 60);
		CHECK_INT(shown(&world).dialog, UI_DIALOG_RESTART);
		CHECK_INT(shown(&world).seconds, 60);
		CHECK_INT(kiosk_wake_ms(&world.state), world.now_ms + 1000);
		wait_ms(&world, 1000);
		CHECK_INT(shown(&world).seconds, 59);
		click(&world, UI_TARGET_DIALOG_PRIMARY, 0);
		CHECK(!result(&world, "r"));
		CHECK_INT(shown(&world).dialog, UI_DIALOG_NONE);
		CHECK_INT(shown(&world).banner, UI_DIALOG_RESTART);
		type(&world, "x");
		CHECK(find(&world, KIOSK_DO_FORWARD) != NULL);
		wait_ms(&world, 59000);
		CHECK_INT(result(&world, "r"), WIRE_RESULT_DONE);
	}
	TEST("it is put off where that is allowed") {
		struct wire_agent_order must = make(WIRE_ORDER_RESTART_WARNING, "must", 60);

		go_to(&world, UI_SESSION);
		order(&world, WIRE_ORDER_RESTART_WARNING, "r", 60);
		click(&world, UI_TARGET_DIALOG_SECONDARY, 0);
		CHECK_INT(result(&world, "r"), WIRE_RESULT_REFUSED);
		give(&world, &must);
		click(&world, UI_TARGET_DIALOG_SECONDARY, 0);
		CHECK(!result(&world, "must"));
	}
	TEST("signing out wipes what was held, and says so") {
		go_to(&world, UI_SESSION);
		order(&world, WIRE_ORDER_SIGN_OUT, "o", 10);
		CHECK_INT(world.state.screen, UI_SESSION);
		wait_ms(&world, 10000);
		CHECK_INT(result(&world, "o"), WIRE_RESULT_DONE);
		CHECK(find(&world, KIOSK_DO_STOP) != NULL);
		CHECK_INT(world.state.screen, UI_SIGN_IN);
		CHECK(!world.state.credentials.is_held);
		CHECK_INT(shown(&world).notice, UI_NOTICE_SIGNED_OUT);
		wait_ms(&world, KIOSK_NOTICE_MS);
		CHECK_INT(shown(&world).notice, UI_NOTICE_NONE);
		order(&world, WIRE_ORDER_SIGN_OUT, "again", 10);
		CHECK_INT(result(&world, "again"), WIRE_RESULT_DONE);
	}
	TEST("a session begins anew with what the person typed; without one it is refused") {
		go_to(&world, UI_SESSION);
		order(&world, WIRE_ORDER_RESTART_SESSION, "s", 0);
		CHECK_INT(result(&world, "s"), WIRE_RESULT_DONE);
		CHECK(find(&world, KIOSK_DO_STOP) && !find(&world, KIOSK_DO_START));
		CHECK_INT(world.state.screen, UI_CONNECTING);
		feed_ended(&world, REASON_SESSION_SIGNED_OUT);
		CHECK(find(&world, KIOSK_DO_START) != NULL);
		feed_kind(&world, KIOSK_FRAME);
		CHECK_INT(world.state.screen, UI_SESSION);
		go_to(&world, UI_SIGN_IN);
		order(&world, WIRE_ORDER_RESTART_SESSION, "s", 60);
		CHECK_INT(result(&world, "s"), WIRE_RESULT_REFUSED);
	}
	TEST("a session that does not end is ended") {
		go_to(&world, UI_SESSION);
		order(&world, WIRE_ORDER_RESTART_SESSION, "s", 0);
		wait_ms(&world, KIOSK_STOP_MS);
		CHECK(find(&world, KIOSK_DO_KILL) && find(&world, KIOSK_DO_START));
	}
	TEST("a person who leaves first is not signed out twice") {
		go_to(&world, UI_SESSION);
		order(&world, WIRE_ORDER_SIGN_OUT, "o", 60);
		click(&world, UI_TARGET_DIALOG_PRIMARY, 0);
		press_with(&world, XKB_KEY_Home, KEY_HOME, INPUT_CTRL | INPUT_ALT);
		wait_ms(&world, 0);
		CHECK_INT(result(&world, "o"), WIRE_RESULT_DONE);
		CHECK_INT(shown(&world).banner, UI_DIALOG_NONE);
	}
}

static void test_lock(void)
{
	static struct world world;

	TEST("a locked device ends the session and hears nobody") {
		for (enum ui_screen screen = UI_STARTING; screen <= UI_SESSION; screen++) {
			go_to(&world, screen);
			ask(&world, "a", 0);
			order(&world, WIRE_ORDER_LOCK, "l", 0);
			CHECK_INT(result(&world, "l"), WIRE_RESULT_DONE);
			CHECK_INT(world.state.screen, UI_LOCKED);
			CHECK_TEXT(shown(&world).text, "Please call");
			wait_ms(&world, 0);
			CHECK_INT(result(&world, "a"), WIRE_RESULT_REFUSED);
			sign_in(&world);
			press(&world, XKB_KEY_Escape);
			press_with(&world, XKB_KEY_Home, KEY_HOME, INPUT_CTRL | INPUT_ALT);
			click(&world, UI_TARGET_PRIMARY, 0);
			feed_kind(&world, KIOSK_FRAME);
			feed_kind(&world, KIOSK_AGENT_GONE);
			feed_kind(&world, KIOSK_AGENT_UP);
			CHECK_INT(world.state.screen, UI_LOCKED);
			CHECK(!world.state.fields[UI_FIELD_USER].text[0]);
		}
	}
	TEST("no message, no question is seen on it") {
		order(&world, WIRE_ORDER_MESSAGE, "m", 0);
		CHECK_INT(result(&world, "m"), WIRE_RESULT_REFUSED);
		order(&world, WIRE_ORDER_IDENTIFY, "n", 0);
		CHECK_INT(result(&world, "n"), WIRE_RESULT_DONE);
	}
	TEST("unlocked it is as it was when nobody was signed in") {
		struct conf_signed config = make_config(1, 9);

		feed_config(&world, &config);
		order(&world, WIRE_ORDER_UNLOCK, "u", 0);
		CHECK_INT(result(&world, "u"), WIRE_RESULT_DONE);
		CHECK_INT(world.state.screen, UI_SIGN_IN);
	}
}

static void with_screenshot(struct world *world, enum conf_screenshot screenshot)
{
	struct conf_signed config = make_config(1, 9);

	go_to(world, UI_SESSION);
	config.conf.helpdesk.screenshot = screenshot;
	feed_config(world, &config);
}

static void test_screenshot(void)
{
	static struct world world;

	TEST("a picture is taken and the person is told") {
		with_screenshot(&world, CONF_SCREENSHOT_NOTICE);
		order(&world, WIRE_ORDER_SCREENSHOT, "p", 0);
		CHECK(world.state.orders.shot.is_wanted && !result(&world, "p"));
		CHECK_INT(shown(&world).notice, UI_NOTICE_NONE);
		feed(&world, (struct kiosk_event){.kind = KIOSK_SHOT});
		CHECK_INT(shown(&world).notice, UI_NOTICE_SCREENSHOT);
		CHECK(!world.state.orders.shot.is_wanted);
	}
	TEST("one that can't be taken has an end") {
		order(&world, WIRE_ORDER_SCREENSHOT, "q", 0);
		wait_ms(&world, KIOSK_SHOT_MS);
		CHECK_INT(result(&world, "q"), WIRE_RESULT_FAILED);
	}
	TEST("the config may forbid it") {
		with_screenshot(&world, CONF_SCREENSHOT_OFF);
		order(&world, WIRE_ORDER_SCREENSHOT, "p", 0);
		CHECK_INT(result(&world, "p"), WIRE_RESULT_REFUSED);
		CHECK(!world.state.orders.shot.is_wanted);
	}
	TEST("where it asks, silence is a no") {
		with_screenshot(&world, CONF_SCREENSHOT_ASK);
		order(&world, WIRE_ORDER_SCREENSHOT, "p", 0);
		CHECK_INT(shown(&world).dialog, UI_DIALOG_SCREENSHOT);
		wait_ms(&world, KIOSK_GUARD_MS);
		press(&world, XKB_KEY_Return);
		CHECK(!world.state.orders.shot.is_wanted);
		wait_ms(&world, KIOSK_ASK_S * 1000);
		CHECK_INT(result(&world, "p"), WIRE_RESULT_REFUSED);
		CHECK(!world.state.orders.shot.is_wanted);
	}
	TEST("yes and no are heard") {
		order(&world, WIRE_ORDER_SCREENSHOT, "no", 0);
		click(&world, UI_TARGET_DIALOG_SECONDARY, 0);
		CHECK_INT(result(&world, "no"), WIRE_RESULT_REFUSED);
		order(&world, WIRE_ORDER_SCREENSHOT, "yes", 0);
		wait_ms(&world, KIOSK_GUARD_MS);
		press(&world, XKB_KEY_Tab);
		press(&world, XKB_KEY_Return);
		CHECK(world.state.orders.shot.is_wanted);
	}
}

int main(void)
{
	test_queue();
	test_messages();
	test_countdowns();
	test_lock();
	test_screenshot();
	TEST_END();
}
