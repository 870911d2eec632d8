/* SPDX-License-Identifier: Apache-2.0 */
/* Devices that the kernel believes in. */
#ifndef TESTS_KMS_UINPUT_H
#define TESTS_KMS_UINPUT_H

#include <stdint.h>

enum uinput_kind { UINPUT_KEYBOARD, UINPUT_MOUSE, UINPUT_TOUCH, UINPUT_TOUCHPAD, UINPUT_PEN };

/* Plugged in on `bus` (BUS_USB, ...); -1: no. Pulled out by close. */
int uinput_plug(enum uinput_kind kind, uint16_t bus, uint16_t vendor, uint16_t product);

void uinput_emit(int fd, uint16_t type, uint16_t code, int32_t value);
void uinput_report(int fd);                          /* what was emitted happened at once */
void uinput_key(int fd, uint16_t code, int is_down); /* with its report */

/* `pairs` presses and releases of the eight keys from `code` on, in one go; at most 16. */
void uinput_burst(int fd, uint16_t code, unsigned pairs);

#endif
