/* SPDX-License-Identifier: Apache-2.0 */
/* One device of libinput: what it sends becomes our events. */
#ifndef INPUT_DEVICE_H
#define INPUT_DEVICE_H

#include <libinput.h>

#include "input/input.h"

/*
 * Motion and scrolling that nobody has seen yet. A mouse sends up to 8000 a second; those of
 * one turn become one, in their order with everything else.
 */
struct motion {
	bool is_filled;
	uint32_t id;
	struct input_event event;
	uint64_t merged;
};

void motion_flush(struct motion *motion, struct input *input);

struct device;

/* Sets itself as the handle's user data. */
struct device *device_create(struct libinput_device *handle, uint32_t id, struct input *input);
void device_destroy(struct device *device); /* takes NULL */

void device_plug(struct device *device);
void device_unplug(struct device *device);
void device_set_leds(struct device *device, struct input_locks locks);
void device_set_pointing(struct device *device, const struct input_pointing *pointing);
void device_feed(struct device *device, struct libinput_event *event, struct motion *motion);

/* A finger that rests long enough is a right click. */
void device_time(struct device *device, int64_t now_us);
int64_t device_wake_us(const struct device *device); /* -1: never */

#endif
