/* SPDX-License-Identifier: Apache-2.0 */
/* How a session goes, for the agent's report: counted from what happens. Pure. */
#ifndef KIOSK_QUALITY_H
#define KIOSK_QUALITY_H

#include "kiosk/step.h"

struct quality {
	bool is_running;
	int64_t wanted_ms, shown_ms; /* -1: not yet */
	int64_t told_ms;             /* when it was told last */
	uint32_t sign_in_ms, reconnects, crashes;
	uint32_t frames;                                        /* since it was told */
	uint32_t round_trip_ms, decoder, dropped, dropped_told; /* as the session said last */
	bool has_video;
	uint64_t direct_told; /* counter of videos on planes then */
};

/* Before the mind hears of `event`. */
void quality_hear(struct quality *quality, const struct kiosk_state *state,
		const struct kiosk_event *event);
/* What the mind does about it. */
void quality_act(struct quality *quality, const struct kiosk_state *state,
		const struct kiosk_action *action);
/* What the session itself knows. */
void quality_take(struct quality *quality, const struct wire_session_quality *told);
void quality_frame(struct quality *quality, bool has_video);

/* The message, and begin to count anew; `direct`: videos shown by planes so far. */
void quality_tell(struct quality *quality, const struct kiosk_state *state, uint64_t direct,
		struct wire_agent_quality *ret);

#endif
