/* SPDX-License-Identifier: Apache-2.0 */
/* Random events: nothing that must not be comes about. */
#include "unit/kiosk_world.h"

static uint32_t random_state = 4711;

static uint32_t chance(uint32_t below)
{
	random_state = random_state * 1664525 + 1013904223;
	return (random_state >> 8) % below;
}

static void random_input(struct kiosk_event *event)
{
	static const uint32_t keysyms[] = {XKB_KEY_Return, XKB_KEY_Escape, XKB_KEY_Tab,
			XKB_KEY_BackSpace, XKB_KEY_Delete, XKB_KEY_Left, XKB_KEY_Right,
			XKB_KEY_Home, XKB_KEY_End, XKB_KEY_Up, XKB_KEY_Down, XKB_KEY_space,
			XKB_KEY_a};
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
	static const enum reason reasons[] = {REASON_NONE, REASON_NET_NO_LINK,
			REASON_NET_NO_ADDRESS, REASON_SERVER_UNREACHABLE, REASON_SERVER_UNKNOWN,
			REASON_CLOCK_WRONG};

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
	config->conf.power.dim_after_min = (uint16_t)chance(3);
	config->conf.power.night_off_after_min = (uint16_t)chance(2);
	strcpy(config->conf.power.day_start, chance(2) ? "07:00" : "");
	strcpy(config->conf.power.day_end, chance(2) ? "16:00" : "06:00");
	config->conf.message_count = chance(3);
	strcpy(config->conf.messages[0].id, "a");
	strcpy(config->conf.messages[1].id, "b");
	strcpy(config->conf.desktops[0].user, chance(2) ? "hint" : "");
}

/* Sessions as the world outside has them: at most one may be alive. */
static void track(const struct world *world, const struct kiosk_event *event, uint32_t *alive,
		uint32_t *last)
{
	if ((event->kind == KIOSK_ENDED || event->kind == KIOSK_CRASHED) &&
			event->session == *alive)
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

static void random_order(struct wire_agent_order *order)
{
	memset(order, 0, sizeof(*order));
	order->kind = WIRE_ORDER_IDENTIFY + chance(WIRE_ORDER_CANCEL);
	/* Days on which the device is stolen are few. */
	if (order->kind == WIRE_ORDER_LOCK && chance(10))
		order->kind = WIRE_ORDER_UNLOCK;
	order->seconds = chance(3) ? chance(60) : 0;
	order->severity = chance(3);
	order->needs_confirmation = chance(2);
	order->may_postpone = chance(2);
	snprintf(order->id, sizeof(order->id), "o%u", chance(40));
	strcpy(order->number, "7");
	strcpy(order->text, "text");
}

static void random_event(struct world *world, struct kiosk_event *event,
		struct wire_agent_status *status, struct conf_signed *config)
{
	static struct wire_agent_order order;
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
	random_order(&order);
	event->order = &order;
	random_status(status);
	random_config(config, world->state.revision + 1);
	snprintf(event->clock, sizeof(event->clock), "%02u:%02u", chance(24), chance(60));
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
	unsigned visits[UI_LOCKED + 1] = {0};
	uint32_t alive = 0, last = 0;

	TEST("200000 random events never lead to what must not be") {
		with_desktops(&world, 2);
		for (int i = 0; i < 200000 && test_ok; i++) {
			struct kiosk_event event = {.kind = KIOSK_TIME};

			world.now_ms += chance(20) ? chance(800) : chance(200000);
			feed(&world, event);
			track(&world, &event, &alive, &last);
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
			CHECK(kiosk_wake_ms(&world.state) < 0 ||
					kiosk_wake_ms(&world.state) > world.now_ms);
		}
		for (unsigned screen = UI_STARTING; screen <= UI_SESSION; screen++)
			CHECK(visits[screen] > 100);
		CHECK(last > 300);
	}
}

int main(void)
{
	test_chance();
	TEST_END();
}
