/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random key sequences through the kiosk's input and mind: whatever is typed, plugged in and
 * pulled out, nothing happens but what is on the list below. KEYS_SEQUENCES in the environment
 * says how many; make keys-million runs a million.
 */
#include "unit/kiosk_world.h"

#include <stdlib.h>
#include <time.h>

#include "base/loop.h"

enum { SEQUENCE = 8, USUAL = 20000, DEVICES = 4 };

/*
 * All that the kiosk can do, and when typing may bring it about. There is no shell, no console,
 * no power-off, no debug screen: an action that is not here fails the test until somebody
 * has thought about it.
 */
static const enum kiosk_action_kind known[] = {KIOSK_DO_START, KIOSK_DO_STOP, KIOSK_DO_KILL,
		KIOSK_DO_FORWARD, KIOSK_DO_SERVER, KIOSK_DO_REPORT, KIOSK_DO_CONFIG_UP,
		KIOSK_DO_KEYBOARD, KIOSK_DO_LOCALE, KIOSK_DO_DISPLAY, KIOSK_DO_POWER,
		KIOSK_DO_ANSWER, KIOSK_DO_BRIGHTNESS};

struct run {
	struct world world;
	struct input *input;
	uint64_t random;
	unsigned long long keys, forwarded, left, held, answered;
	unsigned visits[UI_KEYBOARD + 1];
};

static uint32_t chance(struct run *run, uint32_t below)
{
	run->random = run->random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(run->random >> 33) % below;
}

/* Whether a step that began on `before` may do this because of what was typed. */
static bool may_do(const struct run *run, const struct kiosk_action *action, enum ui_screen before,
		const struct input_event *input)
{
	switch (action->kind) {
	case KIOSK_DO_FORWARD:
		return before == UI_SESSION && action->session == run->world.state.number;
	case KIOSK_DO_SERVER:
		return before == UI_SERVER || before == UI_NETWORK || before == UI_REFUSED;
	case KIOSK_DO_START:
		return before == UI_SIGN_IN || before == UI_DESKTOPS || before == UI_ENDED ||
		       before == UI_CONNECTING;
	case KIOSK_DO_STOP:
		return before == UI_CONNECTING ||
		       (before == UI_SESSION && input->modifiers & INPUT_CTRL &&
				       input->modifiers & INPUT_ALT);
	case KIOSK_DO_ANSWER:
	case KIOSK_DO_POWER:
	case KIOSK_DO_BRIGHTNESS:
	case KIOSK_DO_KILL:
	case KIOSK_DO_REPORT:
		return true;
	case KIOSK_DO_CONFIG_UP:
	case KIOSK_DO_KEYBOARD:
	case KIOSK_DO_LOCALE:
	case KIOSK_DO_DISPLAY:
	case KIOSK_DO_RESULT:
		return false; /* the helpdesk's, never the keyboard's */
	}
	return false;
}

static bool is_known(const struct kiosk_action *action)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i] == action->kind)
			return true;
	return false;
}

static void on_input(void *data, const struct input_event *input)
{
	struct run *run = data;
	enum ui_screen before = run->world.state.screen;

	run->keys += input->kind == INPUT_KEY;
	run->held += input->kind == INPUT_HELD && input->is_down;
	feed(&run->world, (struct kiosk_event){
					  .kind = KIOSK_INPUT,
					  .input = *input,
					  .target = (enum ui_target)chance(run, UI_TARGET_END),
			  });
	if (before == UI_SESSION && run->world.state.screen != UI_SESSION) {
		run->left++;
		CHECK(input->code == KEY_HOME || input->code == KEY_KP7);
		CHECK(input->modifiers & INPUT_CTRL && input->modifiers & INPUT_ALT);
	}
	for (unsigned i = 0; i < run->world.actions.count; i++) {
		const struct kiosk_action *action = &run->world.actions.list[i];

		if (!is_known(action) || !may_do(run, action, before, input)) {
			test_ok = false;
			printf("action %u on screen %u\n", action->kind, before);
		}
		run->forwarded += action->kind == KIOSK_DO_FORWARD;
		run->answered += action->kind == KIOSK_DO_ANSWER;
		if (action->kind == KIOSK_DO_ANSWER)
			input_answer(run->input, action->is_on);
	}
}

static void plug(struct run *run, uint32_t id)
{
	input_unplug(run->input, id);
	input_plug(run->input, &(struct keyboards_device){.id = id,
					       .group = id,
					       .vendor = (uint16_t)id,
					       .is_typing = id < DEVICES,
					       .name = "keyboard"});
}

/* What the world does meanwhile, so that every screen is typed on. */
static void move_world(struct run *run)
{
	static const enum reason reasons[] = {REASON_SESSION_SERVER_CLOSED,
			REASON_SESSION_SIGNED_OUT, REASON_SESSION_IDLE};

	switch (chance(run, 8)) {
	case 0:
	case 1:
		go_to(&run->world, (enum ui_screen)chance(run, UI_SESSION + 1));
		for (uint32_t id = 1; id <= DEVICES; id++)
			plug(run, id);
		break;
	case 2:
		feed_ended(&run->world, reasons[chance(run, 3)]);
		break;
	case 3:
		feed_kind(&run->world, KIOSK_FRAME);
		break;
	default:
		wait_ms(&run->world, chance(run, 5000));
		break;
	}
}

static uint32_t random_key(struct run *run)
{
	static const uint32_t often[] = {KEY_LEFTCTRL, KEY_LEFTALT, KEY_RIGHTALT, KEY_LEFTMETA,
			KEY_LEFTSHIFT, KEY_DELETE, KEY_END, KEY_HOME, KEY_F1, KEY_F2, KEY_F7,
			KEY_F12, KEY_SYSRQ, KEY_PAUSE, KEY_POWER, KEY_SLEEP, KEY_TAB, KEY_ENTER,
			KEY_ESC, KEY_BACKSPACE, KEY_B, KEY_R, KEY_L, KEY_C, KEY_SCROLLLOCK};

	return chance(run, 2) ? often[chance(run, sizeof(often) / sizeof(often[0]))]
	                      : chance(run, KEY_CNT + 8);
}

/* Mostly a hand, which lets go; sometimes keys stay stuck. */
static void type_sequence(struct run *run, int64_t *now_us)
{
	uint32_t id = chance(run, DEVICES), codes[SEQUENCE];
	bool is_duck = chance(run, 20) == 0, is_stuck = chance(run, 20) == 0;
	bool has_mods = chance(run, 4) == 0;

	for (int i = 0; i < SEQUENCE; i++) {
		*now_us += is_duck ? 2000 : 40000 + chance(run, 100000);
		codes[i] = has_mods && i < 2 ? i ? KEY_LEFTALT : KEY_RIGHTCTRL : random_key(run);
		input_device_key(run->input, id, codes[i], true, *now_us);
		if (!has_mods && chance(run, 3))
			input_device_key(run->input, id, codes[i], false, *now_us);
	}
	for (int i = 0; i < SEQUENCE && !is_stuck; i++)
		input_device_key(run->input, id, codes[i], false, *now_us + 1000);
	if (chance(run, 40) == 0)
		plug(run, 1 + chance(run, DEVICES));
}

static void run_all(struct run *run, unsigned long long count)
{
	struct loop *loop = loop_create();
	struct input_keymap names = {.layout = "dk", .variant = "", .options = "compose:rctrl"};
	int64_t now_us = loop_now_us();
	struct ui_model model;

	go_to(&run->world, UI_SIGN_IN);
	CHECK_INT(input_create_manual(loop, &names, on_input, run, &run->input, NULL), 0);
	for (uint32_t id = 1; id <= DEVICES; id++)
		plug(run, id);
	for (unsigned long long i = 0; i < count && test_ok; i++) {
		if (chance(run, 6) == 0)
			move_world(run);
		type_sequence(run, &now_us);
		if (chance(run, 16) == 0)
			loop_step(loop, 0);
		kiosk_model(&run->world.state, &model);
		run->visits[model.screen]++;
	}
	input_destroy(run->input);
	loop_destroy(loop);
}

int main(void)
{
	static struct run run = {.random = 4711};
	const char *wanted = getenv("KEYS_SEQUENCES");
	unsigned long long count = wanted ? strtoull(wanted, NULL, 10) : USUAL;
	clock_t start = clock();

	TEST("random key sequences never leave the kiosk") {
		run_all(&run, count);
		for (unsigned screen = UI_STARTING; screen <= UI_SESSION; screen++)
			CHECK(run.visits[screen] > count / 200);
		CHECK(run.visits[UI_KEYBOARD] > 0 && run.held > 0 && run.answered > 0);
		CHECK(run.forwarded > count / 2 && run.left > 0);
	}
	printf("%llu sequences, %llu keys, %llu to the desktop, left %llu times, %llu held, %.1f "
	       "s\n",
			count, run.keys, run.forwarded, run.left, run.held,
			(double)(clock() - start) / CLOCKS_PER_SEC);
	TEST_END();
}
