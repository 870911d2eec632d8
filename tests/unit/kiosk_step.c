/* SPDX-License-Identifier: Apache-2.0 */
/* The kiosk's mind: every screen meets every event, the stories of a day, and chance. */
#include "unit/test.h"

#include <linux/input-event-codes.h>
#include <stdlib.h>
#include <xkbcommon/xkbcommon-keysyms.h>

#include "kiosk/step.h"

enum { START_MS = 1000000 };

struct world {
	struct kiosk_state state;
	struct kiosk_actions actions;
	int64_t now_ms;
};

static struct conf_signed make_config(uint32_t desktops, uint64_t revision)
{
	static struct conf_signed config;

	memset(&config, 0, sizeof(config));
	config.revision = revision;
	config.conf = conf_default();
	config.conf.desktop_count = desktops;
	config.conf.display.blank_after_min = 0;
	for (uint32_t i = 0; i < desktops; i++) {
		snprintf(config.conf.desktops[i].id, sizeof(config.conf.desktops[i].id), "d%u", i);
		snprintf(config.conf.desktops[i].name, sizeof(config.conf.desktops[i].name), "Desktop %u", i);
		strcpy(config.conf.desktops[i].host, "rds.example.org");
		config.conf.desktops[i].port = 3389;
	}
	return config;
}

static void feed(struct world *world, struct kiosk_event event)
{
	const char *broken;

	event.now_ms = world->now_ms;
	kiosk_step(&world->state, &event, &world->actions);
	broken = kiosk_check(&world->state);
	if (broken) {
		test_ok = false;
		printf("%s: %s after event %u\n", test_name ? test_name : "?", broken, event.kind);
	}
}

static void feed_kind(struct world *world, enum kiosk_event_kind kind)
{
	feed(world, (struct kiosk_event){.kind = kind, .session = world->state.number,
		.phase = WIRE_PHASE_SECURING, .reason = REASON_SESSION_SERVER_CLOSED});
}

static void wait_ms(struct world *world, int64_t ms)
{
	world->now_ms += ms;
	feed_kind(world, KIOSK_TIME);
}

static void feed_status(struct world *world, uint32_t phase, enum reason reason)
{
	struct wire_agent_status status = {.phase = phase, .reason = reason,
		.server = "https://tynd.example.org:8443", .code = "K7QF-2M9P"};

	feed(world, (struct kiosk_event){.kind = KIOSK_STATUS, .status = &status});
}

static void feed_config(struct world *world, const struct conf_signed *config)
{
	feed(world, (struct kiosk_event){.kind = KIOSK_CONFIG, .config = config});
}

static void feed_ended(struct world *world, enum reason reason)
{
	feed(world, (struct kiosk_event){.kind = KIOSK_ENDED, .session = world->state.number,
		.reason = reason});
}

static void press_with(struct world *world, uint32_t keysym, uint32_t code, uint32_t modifiers)
{
	struct kiosk_event event = {.kind = KIOSK_INPUT, .input = {.kind = INPUT_KEY, .is_down = true,
		.keysym = keysym, .code = code, .modifiers = modifiers}};

	feed(world, event);
}

static void press(struct world *world, uint32_t keysym)
{
	press_with(world, keysym, 1, 0);
}

static void type(struct world *world, const char *text)
{
	struct kiosk_event event = {.kind = KIOSK_INPUT, .input = {.kind = INPUT_KEY, .is_down = true,
		.code = KEY_A, .keysym = XKB_KEY_a}};

	snprintf(event.input.text, sizeof(event.input.text), "%s", text);
	feed(world, event);
}

static void click(struct world *world, enum ui_target target, uint32_t offset)
{
	struct kiosk_event event = {.kind = KIOSK_INPUT, .target = target, .offset = offset,
		.input = {.kind = INPUT_BUTTON, .button = BTN_LEFT, .is_down = true}};

	feed(world, event);
	event.input.is_down = false;
	feed(world, event);
}

static const struct kiosk_action *find(const struct world *world, enum kiosk_action_kind kind)
{
	for (unsigned i = 0; i < world->actions.count; i++)
		if (world->actions.list[i].kind == kind)
			return &world->actions.list[i];
	return NULL;
}

static void sign_in(struct world *world)
{
	type(world, "anna");
	press(world, XKB_KEY_Return);
	type(world, "secret");
	press(world, XKB_KEY_Return);
}

static void with_desktops(struct world *world, uint32_t count)
{
	struct conf_signed config = make_config(count, 7);

	kiosk_init(&world->state, START_MS);
	world->now_ms = START_MS;
	feed_kind(world, KIOSK_AGENT_UP);
	feed_status(world, WIRE_AGENT_ONLINE, REASON_NONE);
	feed_config(world, &config);
}

/* The shortest way to each screen. */
static void go_to(struct world *world, enum ui_screen screen)
{
	with_desktops(world, screen == UI_DESKTOPS ? 2 : screen >= UI_SIGN_IN ? 1 : 0);
	switch (screen) {
	case UI_STARTING:
		feed_status(world, WIRE_AGENT_STARTING, REASON_NONE);
		break;
	case UI_NETWORK:
		feed_status(world, WIRE_AGENT_NETWORK, REASON_NET_NO_LINK);
		break;
	case UI_SERVER:
		feed_status(world, WIRE_AGENT_NO_SERVER, REASON_SERVER_UNKNOWN);
		break;
	case UI_APPROVAL:
		feed_status(world, WIRE_AGENT_APPROVAL, REASON_NONE);
		break;
	case UI_REFUSED:
		feed_status(world, WIRE_AGENT_REFUSED, REASON_SERVER_REFUSED);
		break;
	case UI_SIGN_IN:
		break;
	case UI_DESKTOPS:
	case UI_CONNECTING:
		sign_in(world);
		break;
	default:
		sign_in(world);
		feed_kind(world, KIOSK_FRAME);
		if (screen == UI_ENDED)
			feed_ended(world, REASON_SESSION_SERVER_CLOSED);
		break;
	}
}

/* --- every screen meets every event --- */

static void ev_time(struct world *world)
{
	wait_ms(world, 100);
}

static void ev_clock(struct world *world)
{
	feed_kind(world, KIOSK_CLOCK);
}

static void ev_shown(struct world *world)
{
	feed(world, (struct kiosk_event){.kind = KIOSK_SHOWN, .revision = 7});
}

static void ev_gone(struct world *world)
{
	feed_kind(world, KIOSK_AGENT_GONE);
}

static void ev_up(struct world *world)
{
	feed_kind(world, KIOSK_AGENT_UP);
}

static void ev_no_link(struct world *world)
{
	feed_status(world, WIRE_AGENT_NETWORK, REASON_NET_NO_LINK);
}

static void ev_offline(struct world *world)
{
	feed_status(world, WIRE_AGENT_OFFLINE, REASON_SERVER_UNREACHABLE);
}

static void ev_approval(struct world *world)
{
	feed_status(world, WIRE_AGENT_APPROVAL, REASON_NONE);
}

static void ev_refused(struct world *world)
{
	feed_status(world, WIRE_AGENT_REFUSED, REASON_SERVER_REFUSED);
}

static void ev_config(struct world *world)
{
	struct conf_signed config = make_config(1, 8);

	feed_config(world, &config);
}

static void ev_empty(struct world *world)
{
	struct conf_signed config = make_config(0, 8);

	feed_config(world, &config);
}

static void ev_enter(struct world *world)
{
	press(world, XKB_KEY_Return);
}

static void ev_escape(struct world *world)
{
	press(world, XKB_KEY_Escape);
}

static void ev_leave(struct world *world)
{
	press_with(world, XKB_KEY_Home, KEY_HOME, INPUT_CTRL | INPUT_ALT);
}

static void ev_phase(struct world *world)
{
	feed_kind(world, KIOSK_PHASE);
}

static void ev_frame(struct world *world)
{
	feed_kind(world, KIOSK_FRAME);
}

static void ev_ended(struct world *world)
{
	feed_ended(world, REASON_SESSION_TIMEOUT);
}

static void ev_wrong(struct world *world)
{
	feed_ended(world, REASON_SESSION_WRONG_PASSWORD);
}

static void ev_signed_out(struct world *world)
{
	feed_ended(world, REASON_SESSION_SIGNED_OUT);
}

static void ev_crashed(struct world *world)
{
	feed_kind(world, KIOSK_CRASHED);
}

static void ev_broken(struct world *world)
{
	feed_kind(world, KIOSK_BROKEN);
}

static const char screen_letters[] = "TNVARIDCEX"; /* in the order of enum ui_screen */

/* One letter per screen that the event leads to, in the order of the screens. */
static const struct {
	const char *name;
	void (*happen)(struct world *world);
	const char *leads_to; /* from STARTING NETWORK SERVER APPROVAL REFUSED SIGN_IN DESKTOPS ... */
} meetings[] = {
	{"time", ev_time, "TNVARIDCEX"},
	{"the clock", ev_clock, "TNVARIDCEX"},
	{"shown", ev_shown, "TNVARIDCEX"},
	{"the agent is gone", ev_gone, "TTTTTIDCEX"},
	{"the agent comes", ev_up, "TTTTTIDCEX"},
	{"the cable is out", ev_no_link, "NNNNNIDEEX"},
	{"the server is out of reach", ev_offline, "NNNNNIDCEX"},
	{"waiting for approval", ev_approval, "AAAAAIDCEX"},
	{"refused", ev_refused, "RRRRRRRCRX"},
	{"a config", ev_config, "IIIIRIICEX"},
	{"a config without desktops", ev_empty, "TNVARTTCTX"},
	{"Enter", ev_enter, "TNVARICCCX"},
	{"Escape", ev_escape, "TNVARIIIIX"},
	{"Ctrl+Alt+Home", ev_leave, "TNVARIDCEI"},
	{"a phase", ev_phase, "TNVARIDCEC"},
	{"a frame", ev_frame, "TNVARIDXEX"},
	{"the end", ev_ended, "TNVARIDEEE"},
	{"a wrong password", ev_wrong, "TNVARIDIEI"},
	{"signed out", ev_signed_out, "TNVARIDIEI"},
	{"the worker died", ev_crashed, "TNVARIDEEC"},
	{"the worker broke the rules", ev_broken, "TNVARIDEEE"},
};

static void test_meetings(void)
{
	static const enum ui_screen order[] = {UI_STARTING, UI_NETWORK, UI_SERVER, UI_APPROVAL,
		UI_REFUSED, UI_SIGN_IN, UI_DESKTOPS, UI_CONNECTING, UI_ENDED, UI_SESSION};

	for (size_t i = 0; i < sizeof(meetings) / sizeof(meetings[0]); i++)
		TEST(meetings[i].name) {
			for (size_t j = 0; j < sizeof(order) / sizeof(order[0]); j++) {
				static struct world world;
				char from = screen_letters[order[j]];
				char to;

				go_to(&world, order[j]);
				if (world.state.screen != order[j]) {
					test_ok = false;
					printf("no way to screen %c\n", from);
				}
				meetings[i].happen(&world);
				to = screen_letters[world.state.screen];
				if (to != meetings[i].leads_to[j]) {
					test_ok = false;
					printf("%s: from %c to %c, expected %c\n", meetings[i].name,
							from, to, meetings[i].leads_to[j]);
				}
			}
		}
}

/* --- stories --- */

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
	TEST("a typed address goes to the agent once, and the field is there again when it was no good") {
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
		struct kiosk_event held = {.kind = KIOSK_INPUT, .input = {.kind = INPUT_KEY,
			.is_down = true, .is_repeat = true, .keysym = XKB_KEY_Return, .code = KEY_ENTER}};

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
	TEST("a button counts where it was pressed and released") {
		struct kiosk_event event = {.kind = KIOSK_INPUT, .target = UI_TARGET_PRIMARY,
			.input = {.kind = INPUT_BUTTON, .button = BTN_LEFT, .is_down = true}};

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
			.session = world.state.number - 1, .reason = REASON_SESSION_IDLE});
		CHECK_INT(world.state.screen, UI_CONNECTING);
	}
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
		ev_leave(&world);
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
	TEST("a still screen asks for no time at all") {
		with_desktops(&world, 1);
		CHECK_INT(kiosk_wake_ms(&world.state), -1);
		go_to(&world, UI_APPROVAL);
		CHECK_INT(kiosk_wake_ms(&world.state), -1);
		go_to(&world, UI_SESSION);
		CHECK_INT(kiosk_wake_ms(&world.state), -1);
	}
}

/* --- chance --- */

static uint32_t random_state = 4711;

static uint32_t chance(uint32_t below)
{
	random_state = random_state * 1664525 + 1013904223;
	return (random_state >> 8) % below;
}

static void random_input(struct kiosk_event *event)
{
	static const uint32_t keysyms[] = {XKB_KEY_Return, XKB_KEY_Escape, XKB_KEY_Tab, XKB_KEY_BackSpace,
		XKB_KEY_Delete, XKB_KEY_Left, XKB_KEY_Right, XKB_KEY_Home, XKB_KEY_End, XKB_KEY_Up,
		XKB_KEY_Down, XKB_KEY_space, XKB_KEY_a};
	static const char *const texts[] = {"a", "æ", "中", "😀", "", "\xff", "\n"};

	event->kind = KIOSK_INPUT;
	event->target = (enum ui_target)chance(UI_TARGET_END);
	event->offset = chance(300);
	event->input = (struct input_event){
		.kind = (enum input_kind)chance(INPUT_DEVICES + 1),
		.is_down = chance(4) > 0,
		.is_repeat = chance(4) == 0,
		.keysym = keysyms[chance(13)],
		.code = chance(2) ? KEY_HOME : KEY_A,
		.modifiers = chance(8) == 0 ? INPUT_CTRL | INPUT_ALT : chance(32),
		.button = chance(4) ? BTN_LEFT : BTN_RIGHT,
	};
	strcpy(event->input.text, texts[chance(7)]);
}

static void random_status(struct wire_agent_status *status)
{
	static const enum reason reasons[] = {REASON_NONE, REASON_NET_NO_LINK, REASON_NET_NO_ADDRESS,
		REASON_SERVER_UNREACHABLE, REASON_SERVER_UNKNOWN, REASON_CLOCK_WRONG};

	memset(status, 0, sizeof(*status));
	status->phase = WIRE_AGENT_STARTING + chance(8);
	/* Mostly what a day brings. */
	if (chance(6))
		status->phase = WIRE_AGENT_ONLINE;
	status->reason = reasons[chance(2) ? 0 : chance(6)];
	strcpy(status->server, chance(2) ? "https://tynd.example.org:8443" : "");
}

static void random_config(struct conf_signed *config, uint64_t revision)
{
	*config = make_config(chance(6) ? 1 + chance(3) : 0, revision);
	config->conf.sign_in.asks_domain = chance(2);
	config->conf.sign_in.remembers_user = chance(2);
	config->conf.sign_in.shows_password_button = chance(2);
	config->conf.sign_in.idle_min = (uint16_t)(chance(3) ? 0 : 3);
	config->conf.display.blank_after_min = (uint16_t)(chance(3) ? 0 : 2);
	config->conf.message_count = chance(3);
	strcpy(config->conf.messages[0].id, "a");
	strcpy(config->conf.messages[1].id, "b");
	strcpy(config->conf.desktops[0].user, chance(2) ? "hint" : "");
}

/* Sessions as the world outside has them: at most one may be alive. */
static void track(const struct world *world, const struct kiosk_event *event, uint32_t *alive,
		uint32_t *last)
{
	if ((event->kind == KIOSK_ENDED || event->kind == KIOSK_CRASHED) && event->session == *alive)
		*alive = 0;
	for (unsigned i = 0; i < world->actions.count; i++) {
		const struct kiosk_action *action = &world->actions.list[i];

		if (action->kind == KIOSK_DO_KILL && action->session == *alive)
			*alive = 0;
		if (action->kind != KIOSK_DO_START)
			continue;
		CHECK(*alive == 0);
		CHECK(action->session > *last);
		*alive = *last = action->session;
	}
}

static void random_event(struct world *world, struct kiosk_event *event,
		struct wire_agent_status *status, struct conf_signed *config)
{
	uint32_t kind = chance(40);

	*event = (struct kiosk_event){
		.kind = (enum kiosk_event_kind)chance(KIOSK_EVENTS),
		.session = world->state.number - (chance(10) == 0),
		.phase = 1 + chance(5),
		.reason = REASON_SESSION_SIGNED_OUT + chance(23),
		.revision = world->state.revision,
		.is_caps_lock_on = chance(2),
	};
	if (kind < 22 || event->kind == KIOSK_INPUT)
		random_input(event);
	else if (kind < 26)
		event->kind = KIOSK_FRAME;
	random_status(status);
	random_config(config, world->state.revision + 1);
	event->status = status;
	event->config = config;
	if (event->kind == KIOSK_AGENT_GONE && chance(4))
		event->kind = KIOSK_AGENT_UP;
}

static void test_chance(void)
{
	static struct world world;
	static struct wire_agent_status status;
	static struct conf_signed config;
	unsigned visits[UI_BLANK + 1] = {0};
	uint32_t alive = 0, last = 0;

	TEST("200000 random events never lead to what must not be") {
		with_desktops(&world, 2);
		for (int i = 0; i < 200000 && test_ok; i++) {
			struct kiosk_event event;

			world.now_ms += chance(20) ? chance(800) : chance(200000);
			if (world.state.screen == UI_SIGN_IN && chance(3) == 0) {
				/* Chance alone hardly ever types a name and a password. */
				click(&world, UI_TARGET_FIELD_PASSWORD, 0);
				type(&world, "secret");
				click(&world, UI_TARGET_FIELD_USER, 0);
				type(&world, "anna");
			}
			random_event(&world, &event, &status, &config);
			feed(&world, event);
			track(&world, &event, &alive, &last);
			visits[world.state.screen]++;
			event = (struct kiosk_event){.kind = KIOSK_TIME};
			feed(&world, event);
			track(&world, &event, &alive, &last);
			/* A wake-up that is due and does nothing would be asked for again at once. */
			CHECK(kiosk_wake_ms(&world.state) < 0 || kiosk_wake_ms(&world.state) > world.now_ms);
		}
		for (unsigned screen = UI_STARTING; screen <= UI_SESSION; screen++)
			CHECK(visits[screen] > 100);
		CHECK(last > 300);
	}
}

int main(void)
{
	test_meetings();
	test_begin_of_day();
	test_config();
	test_sign_in();
	test_session();
	test_retry();
	test_endings();
	test_alone();
	test_chance();
	TEST_END();
}
