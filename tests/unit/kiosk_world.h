/* SPDX-License-Identifier: Apache-2.0 */
/* A kiosk's mind and the world around it: what the tests of kiosk_step say to it. */
#ifndef TESTS_UNIT_KIOSK_WORLD_H
#define TESTS_UNIT_KIOSK_WORLD_H

#include <linux/input-event-codes.h>
#include <xkbcommon/xkbcommon-keysyms.h>

#include "kiosk/step.h"
#include "unit/test.h"

enum { START_MS = 1000000 };

struct world {
	struct kiosk_state state;
	struct kiosk_actions actions;
	int64_t now_ms;
};

static inline struct conf_signed make_config(uint32_t desktops, uint64_t revision)
{
	static struct conf_signed config;

	memset(&config, 0, sizeof(config));
	config.revision = revision;
	config.conf = conf_default();
	config.conf.desktop_count = desktops;
	config.conf.display.blank_after_min = 0;
	for (uint32_t i = 0; i < desktops; i++) {
		snprintf(config.conf.desktops[i].id, sizeof(config.conf.desktops[i].id), "d%u", i);
		snprintf(config.conf.desktops[i].name, sizeof(config.conf.desktops[i].name),
				"Desktop %u", i);
		strcpy(config.conf.desktops[i].host, "rds.example.org");
		config.conf.desktops[i].port = 3389;
	}
	return config;
}

static inline void feed(struct world *world, struct kiosk_event event)
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

static inline void feed_kind(struct world *world, enum kiosk_event_kind kind)
{
	feed(world, (struct kiosk_event){.kind = kind,
				    .session = world->state.number,
				    .phase = WIRE_PHASE_SECURING,
				    .reason = REASON_SESSION_SERVER_CLOSED});
}

static inline void wait_ms(struct world *world, int64_t ms)
{
	world->now_ms += ms;
	feed_kind(world, KIOSK_TIME);
}

static inline void feed_status(struct world *world, uint32_t phase, enum reason reason)
{
	struct wire_agent_status status = {.phase = phase,
			.reason = reason,
			.server = "https://tynd.example.org:8443",
			.code = "K7QF-2M9P"};

	feed(world, (struct kiosk_event){.kind = KIOSK_STATUS, .status = &status});
}

static inline void feed_config(struct world *world, const struct conf_signed *config)
{
	feed(world, (struct kiosk_event){.kind = KIOSK_CONFIG, .config = config});
}

static inline void feed_ended(struct world *world, enum reason reason)
{
	feed(world, (struct kiosk_event){.kind = KIOSK_ENDED,
				    .session = world->state.number,
				    .reason = reason});
}

static inline void press_with(struct world *world, uint32_t keysym, uint32_t code,
		uint32_t modifiers)
{
	struct kiosk_event event = {.kind = KIOSK_INPUT,
			.input = {.kind = INPUT_KEY,
					.is_down = true,
					.keysym = keysym,
					.code = code,
					.modifiers = modifiers}};

	feed(world, event);
}

static inline void press(struct world *world, uint32_t keysym)
{
	press_with(world, keysym, 1, 0);
}

static inline void type(struct world *world, const char *text)
{
	struct kiosk_event event = {.kind = KIOSK_INPUT,
			.input = {.kind = INPUT_KEY,
					.is_down = true,
					.code = KEY_A,
					.keysym = XKB_KEY_a}};

	snprintf(event.input.text, sizeof(event.input.text), "%s", text);
	feed(world, event);
}

static inline void click(struct world *world, enum ui_target target, uint32_t offset)
{
	struct kiosk_event event = {.kind = KIOSK_INPUT,
			.target = target,
			.offset = offset,
			.input = {.kind = INPUT_BUTTON, .button = BTN_LEFT, .is_down = true}};

	feed(world, event);
	event.input.is_down = false;
	feed(world, event);
}

static inline const struct kiosk_action *find(const struct world *world,
		enum kiosk_action_kind kind)
{
	for (unsigned i = 0; i < world->actions.count; i++)
		if (world->actions.list[i].kind == kind)
			return &world->actions.list[i];
	return NULL;
}

static inline void sign_in(struct world *world)
{
	type(world, "anna");
	press(world, XKB_KEY_Return);
	type(world, "secret");
	press(world, XKB_KEY_Return);
}

static inline void with_desktops(struct world *world, uint32_t count)
{
	struct conf_signed config = make_config(count, 7);

	kiosk_init(&world->state, START_MS);
	world->now_ms = START_MS;
	feed_kind(world, KIOSK_AGENT_UP);
	feed_status(world, WIRE_AGENT_ONLINE, REASON_NONE);
	feed_config(world, &config);
}

/* The shortest way to each screen. */
static inline void go_to(struct world *world, enum ui_screen screen)
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

#endif
