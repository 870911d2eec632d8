/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When to ask the server for a fresh picture. Pure. A broken stream stands still until its next key
 * frame, and a server may send none but the first by itself. Asked at once, then after
 * 2, 4, 8 ... s, by the two ways there are in turns: no server has to heed either of them.
 */
#ifndef SESSION_REFRESH_H
#define SESSION_REFRESH_H

#include <stdbool.h>
#include <stdint.h>

enum { REFRESH_FIRST_MS = 2000, REFRESH_LAST_MS = 64000 };

enum refresh_way {
	REFRESH_NOT,    /* not now, or the server knows none */
	REFRESH_RECT,   /* [MS-RDPBCGR] 2.2.11.2 */
	REFRESH_OUTPUT, /* suppressed and allowed again, [MS-RDPBCGR] 2.2.11.3 */
};

/* Zero: nothing was broken yet. */
struct refresh {
	int64_t next_ms;  /* not before */
	int64_t pause_ms; /* after the next one */
	bool was_rect;    /* the last one */
};

struct refresh_now {
	int64_t ms;
	bool is_broken;            /* a stream waits for a key frame */
	bool has_rect, has_output; /* the server's capabilities */
};

/* `*wait_ms`: when to ask again, -1: when something else changes. */
enum refresh_way refresh_step(struct refresh *refresh, const struct refresh_now *now,
		int64_t *wait_ms);

#endif
