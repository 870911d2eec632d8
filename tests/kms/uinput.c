/* SPDX-License-Identifier: Apache-2.0 */
#include "kms/uinput.h"

#include <fcntl.h>
#include <linux/uinput.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void bits(int fd, unsigned long request, const int *codes)
{
	for (; *codes >= 0; codes++)
		ioctl(fd, request, *codes);
}

static void axis(int fd, uint16_t code, int32_t maximum, int32_t resolution)
{
	struct uinput_abs_setup setup = {
			.code = code, .absinfo = {.maximum = maximum, .resolution = resolution}};

	ioctl(fd, UI_SET_ABSBIT, code);
	ioctl(fd, UI_ABS_SETUP, &setup);
}

static void keyboard(int fd)
{
	ioctl(fd, UI_SET_EVBIT, EV_LED);
	for (int code = 1; code < 0x180; code++)
		if (code < BTN_MISC || code >= KEY_OK)
			ioctl(fd, UI_SET_KEYBIT, code);
	bits(fd, UI_SET_LEDBIT, (const int[]){LED_NUML, LED_CAPSL, LED_SCROLLL, -1});
}

static void mouse(int fd)
{
	ioctl(fd, UI_SET_EVBIT, EV_REL);
	bits(fd, UI_SET_KEYBIT,
			(const int[]){BTN_LEFT, BTN_RIGHT, BTN_MIDDLE, BTN_SIDE, BTN_EXTRA, -1});
	bits(fd, UI_SET_RELBIT,
			(const int[]){REL_X, REL_Y, REL_WHEEL, REL_HWHEEL, REL_WHEEL_HI_RES,
					REL_HWHEEL_HI_RES, -1});
}

static void touch(int fd, int property)
{
	ioctl(fd, UI_SET_EVBIT, EV_ABS);
	ioctl(fd, UI_SET_PROPBIT, property);
	bits(fd, UI_SET_KEYBIT, (const int[]){BTN_TOUCH, -1});
	axis(fd, ABS_X, 4000, 40);
	axis(fd, ABS_Y, 3000, 40);
	axis(fd, ABS_MT_SLOT, 4, 0);
	axis(fd, ABS_MT_TRACKING_ID, 65535, 0);
	axis(fd, ABS_MT_POSITION_X, 4000, 40);
	axis(fd, ABS_MT_POSITION_Y, 3000, 40);
}

static void touchpad(int fd)
{
	touch(fd, INPUT_PROP_POINTER);
	bits(fd, UI_SET_KEYBIT, (const int[]){BTN_LEFT, BTN_TOOL_FINGER, BTN_TOOL_DOUBLETAP, -1});
	ioctl(fd, UI_SET_PROPBIT, INPUT_PROP_BUTTONPAD);
}

static void pen(int fd)
{
	ioctl(fd, UI_SET_EVBIT, EV_ABS);
	bits(fd, UI_SET_KEYBIT,
			(const int[]){BTN_TOOL_PEN, BTN_TOUCH, BTN_STYLUS, BTN_STYLUS2, -1});
	axis(fd, ABS_X, 4000, 40);
	axis(fd, ABS_Y, 3000, 40);
	axis(fd, ABS_PRESSURE, 1023, 0);
}

int uinput_plug(enum uinput_kind kind, uint16_t bus, uint16_t vendor, uint16_t product)
{
	struct uinput_setup setup = {.id = {.bustype = bus, .vendor = vendor, .product = product}};
	int fd = open("/dev/uinput", O_RDWR | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return -1;
	snprintf(setup.name, sizeof(setup.name), "test device %04x:%04x", vendor, product);
	ioctl(fd, UI_SET_EVBIT, EV_KEY);
	switch (kind) {
	case UINPUT_KEYBOARD:
		keyboard(fd);
		break;
	case UINPUT_MOUSE:
		mouse(fd);
		break;
	case UINPUT_TOUCH:
		touch(fd, INPUT_PROP_DIRECT);
		break;
	case UINPUT_TOUCHPAD:
		touchpad(fd);
		break;
	case UINPUT_PEN:
		pen(fd);
		break;
	}
	if (ioctl(fd, UI_DEV_SETUP, &setup) < 0 || ioctl(fd, UI_DEV_CREATE) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

void uinput_emit(int fd, uint16_t type, uint16_t code, int32_t value)
{
	struct input_event event = {.type = type, .code = code, .value = value};

	if (write(fd, &event, sizeof(event)) != sizeof(event))
		perror("uinput");
}

void uinput_report(int fd)
{
	uinput_emit(fd, EV_SYN, SYN_REPORT, 0);
}

void uinput_key(int fd, uint16_t code, int is_down)
{
	uinput_emit(fd, EV_KEY, code, is_down);
	uinput_report(fd);
}

void uinput_burst(int fd, uint16_t code, unsigned pairs)
{
	struct input_event events[64] = {0};
	unsigned count = 0;

	for (unsigned i = 0; i < 2 * pairs && count + 2 <= 64; i++) {
		events[count++] = (struct input_event){.type = EV_KEY,
				.code = (uint16_t)(code + i / 2 % 8),
				.value = i % 2 == 0};
		events[count++] = (struct input_event){.type = EV_SYN, .code = SYN_REPORT};
	}
	if (write(fd, events, count * sizeof(events[0])) < 0)
		perror("uinput");
}
