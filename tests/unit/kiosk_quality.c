/* SPDX-License-Identifier: Apache-2.0 */
/* How a session went, counted from what happened. */
#include "kiosk/quality.h"

#include "unit/kiosk_world.h"

static struct quality quality;
static struct world world;

/* One event with its consequences, as the kiosk does it. */
static void happen(struct kiosk_event event)
{
	event.session = world.state.number;
	quality_hear(&quality, &world.state, &event);
	feed(&world, event);
	for (unsigned i = 0; i < world.actions.count; i++)
		quality_act(&quality, &world.state, &world.actions.list[i]);
}

static void key(uint32_t keysym, const char *text)
{
	struct kiosk_event event = {.kind = KIOSK_INPUT,
			.input = {.kind = INPUT_KEY,
					.is_down = true,
					.keysym = keysym,
					.code = 30}};

	snprintf(event.input.text, sizeof(event.input.text), "%s", text);
	happen(event);
}

static void start(void)
{
	go_to(&world, UI_SIGN_IN);
	key(XKB_KEY_a, "a");
	key(XKB_KEY_Return, "");
	key(XKB_KEY_a, "b");
	key(XKB_KEY_Return, "");
	world.now_ms += 2400;
	happen((struct kiosk_event){.kind = KIOSK_FRAME});
}

static struct wire_agent_quality tell(uint64_t direct)
{
	struct wire_agent_quality told;

	quality_tell(&quality, &world.state, direct, &told);
	return told;
}

int main(void)
{
	struct conf_signed config = make_config(1, 9);

	struct wire_session_quality session = {
			.round_trip_ms = 14, .decoder = WIRE_DECODED_SOFTWARE, .dropped = 130};

	TEST("from the person's word to the first picture, and since then") {
		start();
		world.now_ms += 60000;
		for (int i = 0; i < 1200; i++)
			quality_frame(&quality, i == 7);
		happen((struct kiosk_event){.kind = KIOSK_TIME});
		quality_take(&quality, &session);
		struct wire_agent_quality told = tell(5);
		CHECK_INT(told.is_running, 1);
		CHECK_INT(told.sign_in_ms, 2400);
		CHECK_INT(told.duration_s, 60);
		CHECK_INT(told.frames_per_s, 19);
		CHECK(told.has_video && told.is_video_direct);
		CHECK_INT(told.round_trip_ms, 14);
		CHECK_INT(told.dropped_per_s, 2);
		CHECK_TEXT(told.desktop, "d0");
	}
	TEST("rates begin anew with each message, and a composed video is none of a plane") {
		world.now_ms += 10000;
		quality_frame(&quality, true);
		happen((struct kiosk_event){.kind = KIOSK_TIME});
		struct wire_agent_quality told = tell(5);
		CHECK_INT(told.frames_per_s, 0);
		CHECK(told.has_video && !told.is_video_direct);
	}
	TEST("a connection that came back and a program that died are counted") {
		happen((struct kiosk_event){.kind = KIOSK_PHASE, .phase = WIRE_PHASE_RECONNECTING});
		happen((struct kiosk_event){.kind = KIOSK_PHASE, .phase = WIRE_PHASE_SHOWING});
		happen((struct kiosk_event){.kind = KIOSK_CRASHED});
		happen((struct kiosk_event){.kind = KIOSK_FRAME});
		struct wire_agent_quality told = tell(5);
		CHECK_INT(told.reconnects, 2);
		CHECK_INT(told.crashes, 1);
		CHECK_INT(told.sign_in_ms, 2400);
	}
	TEST("who it is, is told only where the config says so") {
		CHECK_TEXT(tell(5).user, "");
		config.conf.reports.includes_user = true;
		feed_config(&world, &config);
		CHECK_TEXT(tell(5).user, "a");
	}
	TEST("the next session is another one; crashes stay") {
		happen((struct kiosk_event){
				.kind = KIOSK_ENDED, .reason = REASON_SESSION_SIGNED_OUT});
		CHECK_INT(tell(5).is_running, 0);
		start();
		struct wire_agent_quality told = tell(5);
		CHECK_INT(told.reconnects, 0);
		CHECK_INT(told.crashes, 1);
	}
	TEST_END();
}
