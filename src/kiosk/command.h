/* SPDX-License-Identifier: Apache-2.0 */
/* One line of the control socket as a plain value. Pure. */
#ifndef KIOSK_COMMAND_H
#define KIOSK_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum { COMMAND_LINE_MAX = 1024, COMMAND_WORD_MAX = 64 };

enum command_kind {
	COMMAND_KEY,     /* key CODE down|up */
	COMMAND_TYPE,    /* type TEXT */
	COMMAND_POINTER, /* pointer X Y, pixels */
	COMMAND_BUTTON,  /* button CODE down|up */
	COMMAND_WHEEL,   /* wheel X Y, 120 = one notch */
	COMMAND_SHOT,    /* shot FILE.png [OUTPUT] */
	COMMAND_PIXEL,   /* pixel X Y [OUTPUT]: answered with R G B */
	COMMAND_PLUG,    /* plug NAME WxH: a monitor comes */
	COMMAND_UNPLUG,  /* unplug NAME */
	COMMAND_STATE,   /* state */
	COMMAND_WAIT,    /* wait NAME VALUE MS: until the state has NAME=VALUE */
};

struct command {
	enum command_kind kind;
	uint32_t code;
	bool is_down;
	int32_t x, y; /* also the size of PLUG */
	uint32_t output, timeout_ms;
	char text[COMMAND_LINE_MAX]; /* TEXT, FILE or VALUE */
	char name[COMMAND_WORD_MAX];
};

/* -EINVAL with what was expected; `line` has no line end. */
int command_parse(const char *line, struct command *ret, struct err *err);

#endif
