/* SPDX-License-Identifier: Apache-2.0 */
/* libinput on udev's seat0: the keyboards, mice, touchpads and touch screens of this device. */
#ifndef INPUT_DEVICES_H
#define INPUT_DEVICES_H

#include "base/err.h"
#include "base/loop.h"
#include "input/input.h"

struct devices;

/* Keys arrive once for the whole seat: the second keyboard's press of a held key is not one. */
int devices_create(struct loop *loop, struct input *input, struct devices **ret, struct err *err);
void devices_destroy(struct devices *devices); /* takes NULL */

void devices_set_leds(struct devices *devices, struct input_locks locks);

#endif
