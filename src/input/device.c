/* SPDX-License-Identifier: Apache-2.0 */
#include "input/device.h"

#include <linux/input-event-codes.h>
#include <math.h>
#include <stdlib.h>

#include "base/own.h"
#include "input/touch.h"

enum {
	AREA = 65536, /* steps of an absolute axis */
	/* Of linux/input.h, which has a struct input_event of its own. */
	BUS_VIRTUAL = 0x06,
	BUS_I8042 = 0x11,
	BUS_I2C = 0x18,
	BUS_HOST = 0x19,
	BUS_SPI = 0x1c,
	BUS_RMI = 0x1d,
};

/* A notch of a wheel, and libinput's units of a touchpad that make one. */
static const double notch = 120, finger_notch = 15;

struct device {
	struct libinput_device *handle;
	uint32_t id;
	struct input *input;
	bool is_internal;
	struct touch touch;
	double rest_x, rest_y; /* of scrolling, below one unit */
};

/* A bus whose devices come with the machine; those of a virtual one only root can make. */
static bool is_internal(struct libinput_device *handle)
{
	switch (libinput_device_get_id_bustype(handle)) {
	case BUS_I8042:
	case BUS_HOST:
	case BUS_I2C:
	case BUS_SPI:
	case BUS_RMI:
	case BUS_VIRTUAL:
		return true;
	default:
		return false;
	}
}

/* Letters, space and Enter: not the power button and not the volume keys of a headset. */
static bool is_typing(struct libinput_device *handle)
{
	return libinput_device_has_capability(handle, LIBINPUT_DEVICE_CAP_KEYBOARD) &&
	       libinput_device_keyboard_has_key(handle, KEY_A) > 0 &&
	       libinput_device_keyboard_has_key(handle, KEY_SPACE) > 0 &&
	       libinput_device_keyboard_has_key(handle, KEY_ENTER) > 0;
}

struct device *device_create(struct libinput_device *handle, uint32_t id, struct input *input)
{
	struct device *device = own_alloc(sizeof(*device));

	device->handle = libinput_device_ref(handle);
	device->id = id;
	device->input = input;
	device->is_internal = is_internal(handle);
	libinput_device_set_user_data(handle, device);
	return device;
}

void device_destroy(struct device *device)
{
	if (!device)
		return;
	libinput_device_set_user_data(device->handle, NULL);
	libinput_device_unref(device->handle);
	free(device);
}

void device_plug(struct device *device)
{
	input_plug(device->input,
			&(struct keyboards_device){
					.id = device->id,
					.group = (uintptr_t)libinput_device_get_device_group(
							device->handle),
					.vendor = (uint16_t)libinput_device_get_id_vendor(
							device->handle),
					.product = (uint16_t)libinput_device_get_id_product(
							device->handle),
					.is_typing = is_typing(device->handle),
					.is_internal = device->is_internal,
					.name = libinput_device_get_name(device->handle),
			});
}

void device_unplug(struct device *device)
{
	input_unplug(device->input, device->id);
}

void device_set_leds(struct device *device, struct input_locks locks)
{
	unsigned leds = (locks.num ? LIBINPUT_LED_NUM_LOCK : 0u) |
	                (locks.caps ? LIBINPUT_LED_CAPS_LOCK : 0u) |
	                (locks.scroll ? LIBINPUT_LED_SCROLL_LOCK : 0u);

	libinput_device_led_update(device->handle, (enum libinput_led)leds);
}

/* What a device can't do it ignores. */
void device_set_pointing(struct device *device, const struct input_pointing *pointing)
{
	struct libinput_device *handle = device->handle;

	if (libinput_device_config_left_handed_is_available(handle))
		libinput_device_config_left_handed_set(handle, pointing->is_left_handed);
	if (libinput_device_config_accel_is_available(handle))
		libinput_device_config_accel_set_speed(handle, (pointing->speed - 50.0) / 50.0);
	if (libinput_device_config_scroll_has_natural_scroll(handle))
		libinput_device_config_scroll_set_natural_scroll_enabled(handle,
				pointing->has_natural_scroll);
	if (libinput_device_config_tap_get_finger_count(handle) > 0)
		libinput_device_config_tap_set_enabled(handle,
				pointing->has_tap_to_click ? LIBINPUT_CONFIG_TAP_ENABLED
							   : LIBINPUT_CONFIG_TAP_DISABLED);
}

/* --- motion --- */

void motion_flush(struct motion *motion, struct input *input)
{
	bool is_filled = motion->is_filled;

	motion->is_filled = false;
	if (is_filled && !input_is_held(input, motion->id))
		input_feed(input, &motion->event);
}

static void add_motion(struct device *device, struct motion *motion,
		const struct input_event *event)
{
	struct input_event *into = &motion->event;

	if (motion->is_filled && (into->kind != event->kind || motion->id != device->id))
		motion_flush(motion, device->input);
	if (!motion->is_filled) {
		motion->event = *event;
		motion->id = device->id;
		motion->is_filled = true;
		return;
	}
	motion->merged++;
	into->time_us = event->time_us;
	into->x = event->kind == INPUT_MOTION ? into->x + event->x : event->x;
	into->y = event->kind == INPUT_MOTION ? into->y + event->y : event->y;
	into->wheel_x += event->wheel_x;
	into->wheel_y += event->wheel_y;
}

static void add_place(struct device *device, struct motion *motion, int64_t time_us, double x,
		double y, bool is_panel)
{
	add_motion(device, motion,
			&(struct input_event){
					.kind = INPUT_MOTION_ABSOLUTE,
					.time_us = time_us,
					.x = x / (double)AREA,
					.y = y / (double)AREA,
					.is_panel = is_panel,
			});
}

static void feed_button(struct device *device, struct motion *motion, uint32_t button, bool is_down,
		int64_t time_us)
{
	motion_flush(motion, device->input);
	input_device_key(device->input, device->id, button, is_down, time_us);
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

static void feed_scroll(struct device *device, struct libinput_event_pointer *pointer,
		bool is_wheel, struct motion *motion)
{
	double x = device->rest_x +
	           scrolled(pointer, LIBINPUT_POINTER_AXIS_SCROLL_HORIZONTAL, is_wheel);
	double y = device->rest_y +
	           scrolled(pointer, LIBINPUT_POINTER_AXIS_SCROLL_VERTICAL, is_wheel);
	struct input_event event = {
			.kind = INPUT_WHEEL,
			.time_us = (int64_t)libinput_event_pointer_get_time_usec(pointer),
			.wheel_x = (int32_t)trunc(x),
			.wheel_y = (int32_t)trunc(y),
	};

	device->rest_x = x - event.wheel_x;
	device->rest_y = y - event.wheel_y;
	if (event.wheel_x || event.wheel_y)
		add_motion(device, motion, &event);
}

static void feed_pointer(struct device *device, struct libinput_event *event, struct motion *motion)
{
	struct libinput_event_pointer *pointer = libinput_event_get_pointer_event(event);
	int64_t time_us = (int64_t)libinput_event_pointer_get_time_usec(pointer);

	switch (libinput_event_get_type(event)) {
	case LIBINPUT_EVENT_POINTER_MOTION:
		add_motion(device, motion,
				&(struct input_event){
						.kind = INPUT_MOTION,
						.time_us = time_us,
						.x = libinput_event_pointer_get_dx(pointer),
						.y = libinput_event_pointer_get_dy(pointer),
				});
		break;
	case LIBINPUT_EVENT_POINTER_MOTION_ABSOLUTE:
		add_place(device, motion, time_us,
				libinput_event_pointer_get_absolute_x_transformed(pointer, AREA),
				libinput_event_pointer_get_absolute_y_transformed(pointer, AREA),
				false);
		break;
	case LIBINPUT_EVENT_POINTER_BUTTON:
		feed_button(device, motion, libinput_event_pointer_get_button(pointer),
				libinput_event_pointer_get_button_state(pointer) ==
						LIBINPUT_BUTTON_STATE_PRESSED,
				time_us);
		break;
	default:
		feed_scroll(device, pointer,
				libinput_event_get_type(event) ==
						LIBINPUT_EVENT_POINTER_SCROLL_WHEEL,
				motion);
		break;
	}
}

/* --- touch screens and tablets --- */

static void run_touch(struct device *device, const struct touch_steps *steps, int64_t time_us)
{
	for (unsigned i = 0; i < steps->count; i++) {
		const struct touch_step *step = &steps->list[i];
		struct input_event event = {.kind = INPUT_MOTION_ABSOLUTE,
				.time_us = time_us,
				.x = step->x,
				.y = step->y,
				.is_panel = true};

		if (!step->is_motion)
			input_device_key(device->input, device->id, step->button, step->is_down,
					time_us);
		else if (!input_is_held(device->input, device->id))
			input_feed(device->input, &event);
	}
}

/* The first finger is a mouse; others are not used. */
static void feed_touch(struct device *device, struct libinput_event *event)
{
	struct libinput_event_touch *touch = libinput_event_get_touch_event(event);
	int64_t time_us = (int64_t)libinput_event_touch_get_time_usec(touch);
	enum libinput_event_type type = libinput_event_get_type(event);
	enum touch_kind kind = type == LIBINPUT_EVENT_TOUCH_DOWN     ? TOUCH_DOWN
	                       : type == LIBINPUT_EVENT_TOUCH_MOTION ? TOUCH_MOTION
	                       : type == LIBINPUT_EVENT_TOUCH_UP     ? TOUCH_UP
	                                                             : TOUCH_CANCEL;
	bool has_place = kind == TOUCH_DOWN || kind == TOUCH_MOTION;
	struct touch_steps steps;

	if (libinput_event_touch_get_slot(touch) > 0)
		return;
	touch_feed(&device->touch, kind,
			has_place ? libinput_event_touch_get_x_transformed(touch, AREA) / AREA : 0,
			has_place ? libinput_event_touch_get_y_transformed(touch, AREA) / AREA : 0,
			time_us, &steps);
	run_touch(device, &steps, time_us);
}

static uint32_t pen_button(uint32_t button)
{
	if (button == BTN_STYLUS)
		return BTN_RIGHT;
	return button == BTN_STYLUS2 ? BTN_MIDDLE : button;
}

/* A pen is a mouse that knows its place; its tip is the left button. */
static void feed_pen(struct device *device, struct libinput_event *event, struct motion *motion)
{
	struct libinput_event_tablet_tool *pen = libinput_event_get_tablet_tool_event(event);
	int64_t time_us = (int64_t)libinput_event_tablet_tool_get_time_usec(pen);
	enum libinput_event_type type = libinput_event_get_type(event);

	add_place(device, motion, time_us, libinput_event_tablet_tool_get_x_transformed(pen, AREA),
			libinput_event_tablet_tool_get_y_transformed(pen, AREA),
			device->is_internal);
	if (type == LIBINPUT_EVENT_TABLET_TOOL_TIP)
		feed_button(device, motion, BTN_LEFT,
				libinput_event_tablet_tool_get_tip_state(pen) ==
						LIBINPUT_TABLET_TOOL_TIP_DOWN,
				time_us);
	else if (type == LIBINPUT_EVENT_TABLET_TOOL_BUTTON)
		feed_button(device, motion, pen_button(libinput_event_tablet_tool_get_button(pen)),
				libinput_event_tablet_tool_get_button_state(pen) ==
						LIBINPUT_BUTTON_STATE_PRESSED,
				time_us);
}

void device_time(struct device *device, int64_t now_us)
{
	struct touch_steps steps;

	touch_time(&device->touch, now_us, &steps);
	run_touch(device, &steps, now_us);
}

int64_t device_wake_us(const struct device *device)
{
	return touch_wake_us(&device->touch);
}

static void feed_key(struct device *device, struct libinput_event *event, struct motion *motion)
{
	struct libinput_event_keyboard *key = libinput_event_get_keyboard_event(event);

	feed_button(device, motion, libinput_event_keyboard_get_key(key),
			libinput_event_keyboard_get_key_state(key) == LIBINPUT_KEY_STATE_PRESSED,
			(int64_t)libinput_event_keyboard_get_time_usec(key));
}

void device_feed(struct device *device, struct libinput_event *event, struct motion *motion)
{
	switch (libinput_event_get_type(event)) {
	case LIBINPUT_EVENT_KEYBOARD_KEY:
		feed_key(device, event, motion);
		break;
	case LIBINPUT_EVENT_POINTER_MOTION:
	case LIBINPUT_EVENT_POINTER_MOTION_ABSOLUTE:
	case LIBINPUT_EVENT_POINTER_BUTTON:
	case LIBINPUT_EVENT_POINTER_SCROLL_WHEEL:
	case LIBINPUT_EVENT_POINTER_SCROLL_FINGER:
	case LIBINPUT_EVENT_POINTER_SCROLL_CONTINUOUS:
		feed_pointer(device, event, motion);
		break;
	case LIBINPUT_EVENT_TOUCH_DOWN:
	case LIBINPUT_EVENT_TOUCH_MOTION:
	case LIBINPUT_EVENT_TOUCH_UP:
	case LIBINPUT_EVENT_TOUCH_CANCEL:
		motion_flush(motion, device->input);
		feed_touch(device, event);
		break;
	case LIBINPUT_EVENT_TABLET_TOOL_AXIS:
	case LIBINPUT_EVENT_TABLET_TOOL_PROXIMITY:
	case LIBINPUT_EVENT_TABLET_TOOL_TIP:
	case LIBINPUT_EVENT_TABLET_TOOL_BUTTON:
		feed_pen(device, event, motion);
		break;
	default:
		break;
	}
}
