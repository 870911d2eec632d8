/* SPDX-License-Identifier: Apache-2.0 */
/* Every screen meets every event. */
#include "unit/kiosk_world.h"

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

int main(void)
{
	test_meetings();
	TEST_END();
}
