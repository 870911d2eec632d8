/* SPDX-License-Identifier: Apache-2.0 */
#include "session/refresh.h"

enum refresh_way refresh_step(struct refresh *refresh, const struct refresh_now *now,
		int64_t *wait_ms)
{
	*wait_ms = -1;
	if (!now->has_rect && !now->has_output)
		return REFRESH_NOT;
	bool is_due = now->ms >= refresh->next_ms;
	/* Only one that was well for that long begins anew: a server may break it at will. */
	if (!now->is_broken) {
		if (is_due)
			*refresh = (struct refresh){0};
		return REFRESH_NOT;
	}
	if (!is_due) {
		*wait_ms = refresh->next_ms - now->ms;
		return REFRESH_NOT;
	}
	if (refresh->pause_ms == 0)
		refresh->pause_ms = REFRESH_FIRST_MS;
	*wait_ms = refresh->pause_ms;
	refresh->next_ms = now->ms + refresh->pause_ms;
	if (refresh->pause_ms < REFRESH_LAST_MS)
		refresh->pause_ms *= 2;
	refresh->was_rect = now->has_rect && !(refresh->was_rect && now->has_output);
	return refresh->was_rect ? REFRESH_RECT : REFRESH_OUTPUT;
}
