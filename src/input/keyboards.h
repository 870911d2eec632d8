/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All keys and buttons of all devices as if they were of one: a key is down while any device
 * holds it, a device that goes away lets go of everything, and a device that types by itself
 * while another keyboard is there is held until a person says yes. Pure: no devices, no clock;
 * what counts comes out through a function.
 *
 * Devices of one group are one piece of plastic: a keyboard and a mouse behind the same plug are
 * held together. A group is not watched when it is the first keyboard, built in, in the list
 * of trusted ones or allowed by the person.
 */
#ifndef INPUT_KEYBOARDS_H
#define INPUT_KEYBOARDS_H

#include <linux/input-event-codes.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/own.h"

enum {
	KEYBOARDS_MAX = 64,          /* devices with keys or buttons; more are not heard */
	KEYBOARDS_RATE = 1000,       /* presses a second of all together; more are dropped */
	KEYBOARDS_TRUSTED_MAX = 256, /* bytes of the list of trusted ones */
};

struct keyboards_device {
	uint32_t id;    /* of the caller, not 0 */
	uint64_t group; /* the same for what hangs on one plug */
	uint16_t vendor, product;
	bool is_typing;   /* has letters: a keyboard and no button */
	bool is_internal; /* can't be plugged in */
	const char *name; /* for the log */
};

struct keyboards_stats {
	uint64_t keys;    /* that came out */
	uint64_t dropped; /* presses that came too fast for anybody */
	uint64_t refused; /* of held devices */
	uint64_t held;    /* times that a device was held */
};

/* A key or a button (BTN_* below KEY_CNT) went down or up. */
typedef void (*keyboards_fn)(void *data, uint32_t code, bool is_down, int64_t time_us);

struct keyboards;

struct keyboards *keyboards_create(keyboards_fn fn, void *data);
void keyboards_destroy(struct keyboards *keyboards); /* takes NULL */
OWN_DEFINE(keyboards, struct keyboards, keyboards_destroy);

/* Whether devices are held, and which never ("05e0:1200,0c2e:0b61"). Lets go when not. */
void keyboards_set_policy(struct keyboards *keyboards, bool holds, const char *trusted);

void keyboards_add(struct keyboards *keyboards, const struct keyboards_device *device);
void keyboards_remove(struct keyboards *keyboards, uint32_t id, int64_t now_us);

/* Those that were there at the start are known: of several, none that is plugged in was first. */
void keyboards_started(struct keyboards *keyboards);

/* Device 0 is nobody's: never held, never too fast. Any number is fine as a code. */
void keyboards_key(struct keyboards *keyboards, uint32_t id, uint32_t code, bool is_down,
		int64_t time_us);

/* Keys that waited for what comes behind them. */
void keyboards_time(struct keyboards *keyboards, int64_t now_us);
int64_t keyboards_wake_us(const struct keyboards *keyboards); /* -1: never */

/* Nothing but its going away is heard of a device that is held, also not its mouse. */
bool keyboards_is_held(const struct keyboards *keyboards, uint32_t id);

/* The device that the person is asked about; 0: none. */
uint32_t keyboards_asks(const struct keyboards *keyboards);
/* For what is asked about. Refused: not heard of until it is plugged in again. */
void keyboards_answer(struct keyboards *keyboards, bool is_allowed);

bool keyboards_is_down(const struct keyboards *keyboards, uint32_t code);
struct keyboards_stats keyboards_stats(const struct keyboards *keyboards);

#endif
