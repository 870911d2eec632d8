/* SPDX-License-Identifier: Apache-2.0 */
/* libinput on udev's seat0: the keyboards, mice, touchpads and touch screens of this device. */
#ifndef INPUT_DEVICES_H
#define INPUT_DEVICES_H

#include "base/err.h"
#include "base/loop.h"
#include "input/input.h"

struct devices;

/* What they send goes to `input`, devices with keys or buttons by input_plug. */
int devices_create(struct loop *loop, struct input *input, const struct input_pointing *pointing,
		struct devices **ret, struct err *err);
void devices_destroy(struct devices *devices); /* takes NULL */

void devices_set_leds(struct devices *devices, struct input_locks locks);
void devices_set_pointing(struct devices *devices, const struct input_pointing *pointing);

/* Adds merged, turns and turn_max. */
void devices_count(const struct devices *devices, struct input_stats *stats);

#endif
