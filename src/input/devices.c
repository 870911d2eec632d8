/* SPDX-License-Identifier: Apache-2.0 */
#include "input/devices.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/input-event-codes.h>
#include <math.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <libinput.h>
#include <libudev.h>

#include "base/array.h"

enum {
	AREA = 65536,       /* steps of an absolute axis */
	KEYBOARDS_MAX = 32, /* whose lights are kept */
};

/* A notch of a wheel, and libinput's units of a touchpad that make one. */
static const double notch = 120, finger_notch = 15;

struct devices {
	struct input *input;
	struct udev *udev;
	struct libinput *context;
	struct loop_watch *watch;
	struct libinput_device *keyboards[KEYBOARDS_MAX];
	unsigned keyboard_count;
	struct input_locks locks;
	double rest_x, rest_y; /* of a touchpad's scrolling, below one unit */
};

static int open_device(const char *path, int flags, void *data)
{
	int fd = open(path, flags | O_CLOEXEC | O_NONBLOCK);

	(void)data;
	/* cppcheck-suppress resourceLeak ; libinput takes it and gives it to close_device */
	return fd < 0 ? -errno : fd;
}

static void close_device(int fd, void *data)
{
	(void)data;
	close(fd);
}

static const struct libinput_interface interface = {
		.open_restricted = open_device,
		.close_restricted = close_device,
};

static void set_leds(struct libinput_device *device, struct input_locks locks)
{
	unsigned leds = (locks.num ? LIBINPUT_LED_NUM_LOCK : 0u) |
	                (locks.caps ? LIBINPUT_LED_CAPS_LOCK : 0u) |
	                (locks.scroll ? LIBINPUT_LED_SCROLL_LOCK : 0u);

	libinput_device_led_update(device, (enum libinput_led)leds);
}

void devices_set_leds(struct devices *devices, struct input_locks locks)
{
	devices->locks = locks;
	for (unsigned i = 0; i < devices->keyboard_count; i++)
		set_leds(devices->keyboards[i], locks);
}

static void device_added(struct devices *devices, struct libinput_device *device)
{
	if (libinput_device_config_tap_get_finger_count(device) > 0)
		libinput_device_config_tap_set_enabled(device, LIBINPUT_CONFIG_TAP_ENABLED);
	if (!libinput_device_has_capability(device, LIBINPUT_DEVICE_CAP_KEYBOARD) ||
			devices->keyboard_count == KEYBOARDS_MAX)
		return;
	devices->keyboards[devices->keyboard_count++] = libinput_device_ref(device);
	set_leds(device, devices->locks);
}

static void device_removed(struct devices *devices, struct libinput_device *device)
{
	for (unsigned i = 0; i < devices->keyboard_count; i++) {
		if (devices->keyboards[i] != device)
			continue;
		devices->keyboards[i] = devices->keyboards[--devices->keyboard_count];
		libinput_device_unref(device);
		return;
	}
}

static void feed_key(struct devices *devices, struct libinput_event *event)
{
	struct libinput_event_keyboard *key = libinput_event_get_keyboard_event(event);
	bool is_down = libinput_event_keyboard_get_key_state(key) == LIBINPUT_KEY_STATE_PRESSED;

	if (libinput_event_keyboard_get_seat_key_count(key) != (is_down ? 1 : 0))
		return;
	input_feed_key(devices->input, libinput_event_keyboard_get_key(key), is_down);
}

static void feed_button(struct devices *devices, int64_t time_us, uint32_t button, bool is_down)
{
	struct input_event event = {
			.kind = INPUT_BUTTON,
			.time_us = time_us,
			.button = button,
			.is_down = is_down,
	};

	input_feed(devices->input, &event);
}

static void feed_place(struct devices *devices, int64_t time_us, double x, double y)
{
	struct input_event event = {
			.kind = INPUT_MOTION_ABSOLUTE,
			.time_us = time_us,
			.x = x / (double)AREA,
			.y = y / (double)AREA,
	};

	input_feed(devices->input, &event);
}

static double scrolled(struct libinput_event_pointer *pointer, enum libinput_pointer_axis axis,
		bool is_wheel)
{
	if (!libinput_event_pointer_has_axis(pointer, axis))
		return 0;
	if (is_wheel)
		return libinput_event_pointer_get_scroll_value_v120(pointer, axis);
	return libinput_event_pointer_get_scroll_value(pointer, axis) * notch / finger_notch;
}

static void feed_scroll(struct devices *devices, struct libinput_event_pointer *pointer,
		bool is_wheel)
{
	double x = devices->rest_x +
	           scrolled(pointer, LIBINPUT_POINTER_AXIS_SCROLL_HORIZONTAL, is_wheel);
	double y = devices->rest_y +
	           scrolled(pointer, LIBINPUT_POINTER_AXIS_SCROLL_VERTICAL, is_wheel);
	struct input_event event = {
			.kind = INPUT_WHEEL,
			.time_us = (int64_t)libinput_event_pointer_get_time_usec(pointer),
			.wheel_x = (int32_t)trunc(x),
			.wheel_y = (int32_t)trunc(y),
	};

	devices->rest_x = x - event.wheel_x;
	devices->rest_y = y - event.wheel_y;
	if (event.wheel_x || event.wheel_y)
		input_feed(devices->input, &event);
}

static void feed_motion(struct devices *devices, struct libinput_event_pointer *pointer)
{
	struct input_event event = {
			.kind = INPUT_MOTION,
			.time_us = (int64_t)libinput_event_pointer_get_time_usec(pointer),
			.x = libinput_event_pointer_get_dx(pointer),
			.y = libinput_event_pointer_get_dy(pointer),
	};

	input_feed(devices->input, &event);
}

static void feed_pointer(struct devices *devices, struct libinput_event *event)
{
	struct libinput_event_pointer *pointer = libinput_event_get_pointer_event(event);
	int64_t time_us = (int64_t)libinput_event_pointer_get_time_usec(pointer);

	switch (libinput_event_get_type(event)) {
	case LIBINPUT_EVENT_POINTER_MOTION:
		feed_motion(devices, pointer);
		break;
	case LIBINPUT_EVENT_POINTER_MOTION_ABSOLUTE:
		feed_place(devices, time_us,
				libinput_event_pointer_get_absolute_x_transformed(pointer, AREA),
				libinput_event_pointer_get_absolute_y_transformed(pointer, AREA));
		break;
	case LIBINPUT_EVENT_POINTER_BUTTON:
		feed_button(devices, time_us, libinput_event_pointer_get_button(pointer),
				libinput_event_pointer_get_button_state(pointer) ==
						LIBINPUT_BUTTON_STATE_PRESSED);
		break;
	case LIBINPUT_EVENT_POINTER_SCROLL_WHEEL:
		feed_scroll(devices, pointer, true);
		break;
	default:
		feed_scroll(devices, pointer, false);
		break;
	}
}

/* The first finger is a mouse with its left button; others are not used. */
static void feed_touch(struct devices *devices, struct libinput_event *event)
{
	struct libinput_event_touch *touch = libinput_event_get_touch_event(event);
	int64_t time_us = (int64_t)libinput_event_touch_get_time_usec(touch);
	enum libinput_event_type type = libinput_event_get_type(event);

	if (libinput_event_touch_get_seat_slot(touch) > 0)
		return;
	if (type == LIBINPUT_EVENT_TOUCH_DOWN || type == LIBINPUT_EVENT_TOUCH_MOTION)
		feed_place(devices, time_us, libinput_event_touch_get_x_transformed(touch, AREA),
				libinput_event_touch_get_y_transformed(touch, AREA));
	if (type != LIBINPUT_EVENT_TOUCH_MOTION)
		feed_button(devices, time_us, BTN_LEFT, type == LIBINPUT_EVENT_TOUCH_DOWN);
}

static void feed_change(struct devices *devices)
{
	struct input_event event = {.kind = INPUT_DEVICES, .time_us = loop_now_us()};

	input_feed(devices->input, &event);
}

static void feed(struct devices *devices, struct libinput_event *event)
{
	switch (libinput_event_get_type(event)) {
	case LIBINPUT_EVENT_DEVICE_ADDED:
		device_added(devices, libinput_event_get_device(event));
		feed_change(devices);
		break;
	case LIBINPUT_EVENT_DEVICE_REMOVED:
		device_removed(devices, libinput_event_get_device(event));
		feed_change(devices);
		break;
	case LIBINPUT_EVENT_KEYBOARD_KEY:
		feed_key(devices, event);
		break;
	case LIBINPUT_EVENT_POINTER_MOTION:
	case LIBINPUT_EVENT_POINTER_MOTION_ABSOLUTE:
	case LIBINPUT_EVENT_POINTER_BUTTON:
	case LIBINPUT_EVENT_POINTER_SCROLL_WHEEL:
	case LIBINPUT_EVENT_POINTER_SCROLL_FINGER:
	case LIBINPUT_EVENT_POINTER_SCROLL_CONTINUOUS:
		feed_pointer(devices, event);
		break;
	case LIBINPUT_EVENT_TOUCH_DOWN:
	case LIBINPUT_EVENT_TOUCH_MOTION:
	case LIBINPUT_EVENT_TOUCH_UP:
	case LIBINPUT_EVENT_TOUCH_CANCEL:
		feed_touch(devices, event);
		break;
	default:
		break;
	}
}

static void dispatch(void *data, uint32_t events)
{
	struct devices *devices = data;
	struct libinput_event *event;

	(void)events;
	libinput_dispatch(devices->context);
	while ((event = libinput_get_event(devices->context))) {
		feed(devices, event);
		libinput_event_destroy(event);
	}
}

void devices_destroy(struct devices *devices)
{
	if (!devices)
		return;
	loop_watch_remove(devices->watch);
	for (unsigned i = 0; i < devices->keyboard_count; i++)
		libinput_device_unref(devices->keyboards[i]);
	if (devices->context)
		libinput_unref(devices->context);
	if (devices->udev)
		udev_unref(devices->udev);
	free(devices);
}
OWN_DEFINE(devices, struct devices, devices_destroy);

int devices_create(struct loop *loop, struct input *input, struct devices **ret, struct err *err)
{
	OWNED(devices) struct devices *devices = own_alloc(sizeof(*devices));

	devices->input = input;
	devices->udev = udev_new();
	if (!devices->udev)
		return err_set(err, ENOMEM, "input: no memory for udev");
	devices->context = libinput_udev_create_context(&interface, devices, devices->udev);
	if (!devices->context)
		return err_set(err, ENOMEM, "input: no memory for libinput");
	if (libinput_udev_assign_seat(devices->context, "seat0") < 0)
		return err_set(err, ENODEV, "input: udev does not answer for seat0");
	devices->watch = loop_watch_fd(loop, libinput_get_fd(devices->context), EPOLLIN, dispatch,
			devices);
	dispatch(devices, 0);
	*ret = own_take(devices);
	return 0;
}
