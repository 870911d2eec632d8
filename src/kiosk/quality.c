/* SPDX-License-Identifier: Apache-2.0 */
#include "kiosk/quality.h"

#include <string.h>

enum { SECOND_MS = 1000, RATE_MAX = 1000 };

void quality_hear(struct quality *quality, const struct kiosk_state *state,
		const struct kiosk_event *event)
{
	if (event->session != state->number)
		return;
	if (event->kind == KIOSK_PHASE && event->phase == WIRE_PHASE_RECONNECTING &&
			state->screen == UI_SESSION)
		quality->reconnects++;
	if (event->kind == KIOSK_CRASHED || event->kind == KIOSK_BROKEN)
		quality->crashes++;
}

void quality_act(struct quality *quality, const struct kiosk_state *state,
		const struct kiosk_action *action)
{
	uint32_t crashes = quality->crashes;

	if (action->kind == KIOSK_DO_START && state->phase == WIRE_PHASE_RECONNECTING) {
		quality->reconnects++;
	} else if (action->kind == KIOSK_DO_START) {
		memset(quality, 0, sizeof(*quality));
		quality->crashes = crashes;
		quality->wanted_ms = quality->told_ms = state->now_ms;
		quality->shown_ms = -1;
	} else if (action->kind == KIOSK_DO_REPORT && action->is_on && quality->shown_ms < 0) {
		quality->shown_ms = state->now_ms;
		quality->sign_in_ms = (uint32_t)(state->now_ms - quality->wanted_ms);
	}
	if (action->kind == KIOSK_DO_REPORT)
		quality->is_running = action->is_on;
}

void quality_take(struct quality *quality, const struct wire_session_quality *told)
{
	/* A program that was started anew counts anew. */
	if (told->dropped < quality->dropped_told)
		quality->dropped_told = 0;
	quality->round_trip_ms = told->round_trip_ms;
	quality->decoder = told->decoder;
	quality->dropped = told->dropped;
}

static uint32_t per_second(uint32_t count, int64_t since_ms)
{
	int64_t rate = since_ms > 0 ? count * INT64_C(1000) / since_ms : 0;

	return (uint32_t)(rate < RATE_MAX ? rate : RATE_MAX);
}

void quality_frame(struct quality *quality, bool has_video)
{
	quality->frames++;
	quality->has_video |= has_video;
}

void quality_tell(struct quality *quality, const struct kiosk_state *state, uint64_t direct,
		struct wire_agent_quality *ret)
{
	int64_t since_ms = state->now_ms - quality->told_ms;

	memset(ret, 0, sizeof(*ret));
	wire_init(ret, WIRE_AGENT_QUALITY);
	memcpy(ret->desktop, state->target.id, sizeof(state->target.id));
	if (state->conf.reports.includes_user && state->credentials.is_held)
		memcpy(ret->user, state->credentials.user, sizeof(ret->user));
	ret->is_running = quality->is_running;
	ret->sign_in_ms = quality->sign_in_ms;
	if (quality->shown_ms >= 0)
		ret->duration_s = (uint32_t)((state->now_ms - quality->shown_ms) / SECOND_MS);
	ret->reconnects = quality->reconnects;
	ret->frames_per_s = per_second(quality->frames, since_ms);
	if (quality->dropped >= quality->dropped_told)
		ret->dropped_per_s = per_second(quality->dropped - quality->dropped_told, since_ms);
	ret->round_trip_ms = quality->round_trip_ms;
	ret->decoder = quality->decoder;
	ret->crashes = quality->crashes;
	ret->has_video = quality->has_video;
	ret->is_video_direct = quality->has_video && direct > quality->direct_told;
	quality->told_ms = state->now_ms;
	quality->frames = 0;
	quality->dropped_told = quality->dropped;
	quality->has_video = false;
	quality->direct_told = direct;
}
