/* SPDX-License-Identifier: Apache-2.0 */
#include "input/devices.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <libinput.h>
#include <libudev.h>

#include "base/array.h"
#include "input/device.h"

enum { TURN_EVENTS = 512 }; /* of one turn of the loop: others have theirs between */

struct devices {
	struct input *input;
	struct udev *udev;
	struct libinput *context;
	struct loop_watch *watch;
	struct loop_timer *more; /* the last turn left something */
	struct loop_timer *fingers;
	struct device *list[KEYBOARDS_MAX];
	unsigned count;
	uint32_t last_id;
	struct input_locks locks;
	struct input_pointing pointing;
	struct motion motion;
	uint64_t turns;
	uint32_t turn_max;
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

void devices_set_leds(struct devices *devices, struct input_locks locks)
{
	devices->locks = locks;
	for (unsigned i = 0; i < devices->count; i++)
		device_set_leds(devices->list[i], locks);
}

void devices_set_pointing(struct devices *devices, const struct input_pointing *pointing)
{
	devices->pointing = *pointing;
	for (unsigned i = 0; i < devices->count; i++)
		device_set_pointing(devices->list[i], pointing);
}

void devices_count(const struct devices *devices, struct input_stats *stats)
{
	stats->merged = devices->motion.merged;
	stats->turns = devices->turns;
	stats->turn_max = devices->turn_max;
}

static void device_added(struct devices *devices, struct libinput_device *handle)
{
	if (devices->count == KEYBOARDS_MAX)
		return; /* without user data: its events are dropped */
	struct device *device = device_create(handle, ++devices->last_id, devices->input);
	devices->list[devices->count++] = device;
	device_set_pointing(device, &devices->pointing);
	device_set_leds(device, devices->locks);
	device_plug(device);
}

static void device_removed(struct devices *devices, struct device *device)
{
	for (unsigned i = 0; i < devices->count; i++) {
		if (devices->list[i] != device)
			continue;
		devices->list[i] = devices->list[--devices->count];
		device_unplug(device);
		device_destroy(device);
		return;
	}
}

/* The soonest moment at which a resting finger is a right click. */
static void wait_for_fingers(struct devices *devices)
{
	int64_t now_us = loop_now_us(), at_us = -1;

	for (unsigned i = 0; i < devices->count; i++) {
		int64_t us = device_wake_us(devices->list[i]);

		if (us >= 0 && (at_us < 0 || us < at_us))
			at_us = us;
	}
	if (at_us < 0)
		loop_timer_set(devices->fingers, -1);
	else
		loop_timer_set(devices->fingers,
				at_us > now_us ? (at_us - now_us + 999) / 1000 : 0);
}

static void on_fingers(void *data)
{
	struct devices *devices = data;

	for (unsigned i = 0; i < devices->count; i++)
		device_time(devices->list[i], loop_now_us());
	wait_for_fingers(devices);
}

static void feed(struct devices *devices, struct libinput_event *event)
{
	struct libinput_device *handle = libinput_event_get_device(event);
	struct device *device = libinput_device_get_user_data(handle);
	enum libinput_event_type type = libinput_event_get_type(event);

	if (type == LIBINPUT_EVENT_DEVICE_ADDED && !device)
		device_added(devices, handle);
	else if (type == LIBINPUT_EVENT_DEVICE_REMOVED && device)
		device_removed(devices, device);
	else if (device)
		device_feed(device, event, &devices->motion);
}

/* A device may send without end: what is left after a turn's share waits for the next one. */
static void take_turn(struct devices *devices, uint32_t most)
{
	struct libinput_event *event;
	uint32_t count = 0;

	libinput_dispatch(devices->context);
	while (count < most && (event = libinput_get_event(devices->context))) {
		feed(devices, event);
		libinput_event_destroy(event);
		count++;
	}
	motion_flush(&devices->motion, devices->input);
	wait_for_fingers(devices);
	if (count == 0)
		return;
	devices->turns++;
	if (count > devices->turn_max)
		devices->turn_max = count;
	loop_timer_set(devices->more, count == most ? 0 : -1);
}

static void on_events(void *data, uint32_t events)
{
	(void)events;
	take_turn(data, TURN_EVENTS);
}

static void on_more(void *data)
{
	take_turn(data, TURN_EVENTS);
}

void devices_destroy(struct devices *devices)
{
	if (!devices)
		return;
	loop_watch_remove(devices->watch);
	loop_timer_remove(devices->more);
	loop_timer_remove(devices->fingers);
	for (unsigned i = 0; i < devices->count; i++)
		device_destroy(devices->list[i]);
	if (devices->context)
		libinput_unref(devices->context);
	if (devices->udev)
		udev_unref(devices->udev);
	free(devices);
}
OWN_DEFINE(devices, struct devices, devices_destroy);

int devices_create(struct loop *loop, struct input *input, const struct input_pointing *pointing,
		struct devices **ret, struct err *err)
{
	OWNED(devices) struct devices *devices = own_alloc(sizeof(*devices));

	devices->input = input;
	devices->pointing = *pointing;
	devices->udev = udev_new();
	if (!devices->udev)
		return err_set(err, ENOMEM, "input: no memory for udev");
	devices->context = libinput_udev_create_context(&interface, devices, devices->udev);
	if (!devices->context)
		return err_set(err, ENOMEM, "input: no memory for libinput");
	if (libinput_udev_assign_seat(devices->context, "seat0") < 0)
		return err_set(err, ENODEV, "input: udev does not answer for seat0");
	devices->more = loop_add_timer(loop, on_more, devices);
	devices->fingers = loop_add_timer(loop, on_fingers, devices);
	devices->watch = loop_watch_fd(loop, libinput_get_fd(devices->context), EPOLLIN, on_events,
			devices);
	take_turn(devices, UINT32_MAX);
	input_started(input);
	*ret = own_take(devices);
	return 0;
}
