/* SPDX-License-Identifier: Apache-2.0 */
/* The `kms` back end: events of the card and of the kernel, power, begin and end. */
#include "kms/kms.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <xf86drm.h>

#include "base/log.h"
#include "kms/device_io.h"
#include "kms/uevent.h"

enum {
	PROBE_DELAY_MS = 50,  /* plugging a monitor makes a handful of events, answered together */
	PROBE_AGAIN_MS = 500, /* a link that is still training refuses the first mode sets */
	PROBES_MAX = 6,
};

static struct kms *kms_of(struct display *display)
{
	return (struct kms *)display;
}

void kms_lose(struct kms *kms, const char *format, ...)
{
	va_list arguments;

	if (kms->is_lost)
		return;
	kms->is_lost = true;
	va_start(arguments, format);
	vsnprintf(kms->lost.text, sizeof kms->lost.text, format, arguments);
	va_end(arguments);
	loop_timer_set(kms->lost_timer, 0);
}

static void on_lost(void *data)
{
	struct kms *kms = data;
	struct err why = kms->lost;

	display_say_lost(&kms->base, why.text); /* may destroy the display */
}

static void on_flip(int fd, unsigned sequence, unsigned seconds, unsigned us, unsigned crtc_id,
		void *data)
{
	struct kms *kms = data;
	int64_t time_us = (int64_t)seconds * 1000000 + us;

	(void)fd;
	(void)sequence;
	for (unsigned i = 0; i < kms->base.output_count; i++) {
		struct kms_output *output = (struct kms_output *)kms->base.outputs[i];
		if (output->crtc->id == crtc_id && output->is_pending)
			output->shown_us =
					kms->has_monotonic && time_us > 0 ? time_us : loop_now_us();
	}
}

/* The next output with news, told nothing yet. */
static struct kms_output *next_shown(struct kms *kms, int64_t *time_us)
{
	for (unsigned i = 0; i < kms->base.output_count; i++) {
		struct kms_output *output = (struct kms_output *)kms->base.outputs[i];
		*time_us = output->shown_us;
		output->shown_us = 0;
		if (*time_us)
			return output;
	}
	return NULL;
}

/* A handler may destroy the display, which then has no outputs any more and is freed at the end. */
static void on_card(void *data, uint32_t events)
{
	struct kms *kms = data;
	drmEventContext context = {.version = 3, .page_flip_handler2 = on_flip};
	struct kms_output *output;
	int64_t time_us;

	if (events & EPOLLIN)
		drmHandleEvent(kms->fd, &context);
	if (events & (EPOLLHUP | EPOLLERR)) {
		loop_watch_set(kms->watch, 0);
		kms_lose(kms, "the display device is gone");
	}
	kms->is_telling = true;
	while ((output = next_shown(kms, &time_us))) {
		kms_output_flipped(output);
		display_say_shown(&output->base, time_us);
	}
	kms->is_telling = false;
	if (kms->is_destroyed)
		free(kms);
}

static void probe_soon(struct kms *kms)
{
	kms->probes_left = PROBES_MAX;
	loop_timer_set(kms->probe_timer, PROBE_DELAY_MS);
}

static void on_uevent(void *data, uint32_t events)
{
	struct kms *kms = data;
	struct uevent event;
	int ret;

	(void)events;
	while ((ret = uevent_read(kms->uevents, &event)) == 0 || ret == -ENOBUFS) {
		bool is_ours = ret == 0 && event.minor == kms->minor;
		if (is_ours && event.kind == UEVENT_REMOVED)
			kms_lose(kms, "the display device was removed");
		/* Events were lost when the kernel ran out of room: look, to be sure. */
		else if (ret == -ENOBUFS || (is_ours && event.kind == UEVENT_CHANGED))
			probe_soon(kms);
	}
}

/* True when outputs changed. Monitors that stay dark are looked at again, a few times. */
static bool probe(struct kms *kms)
{
	struct kms_probed probed = kms_probe(kms);

	if (probed.dark && kms->probes_left > 0) {
		kms->probes_left--;
		loop_timer_set(kms->probe_timer, PROBE_AGAIN_MS);
	}
	return probed.has_changed;
}

static void on_probe(void *data)
{
	struct kms *kms = data;

	if (!kms->is_lost && probe(kms))
		display_say_outputs(&kms->base); /* may destroy the display */
}

static void kms_configure(struct display *display)
{
	struct kms *kms = kms_of(display);

	if (display->wishes.width == 0) {
		display->wishes.width = kms->wanted_width;
		display->wishes.height = kms->wanted_height;
	}
	kms->probes_left = PROBES_MAX;
	loop_timer_set(kms->probe_timer, 0);
}

static void kms_commit(struct display_output *output)
{
	kms_output_show((struct kms_output *)output);
}

/*
 * A picture that was replaced in the dark is never seen again, not for one vblank: the new one
 * comes by the same commit as the light.
 */
static void kms_set_power(struct display *display)
{
	struct kms *kms = kms_of(display);

	for (unsigned i = 0; i < display->output_count && !kms->is_lost; i++) {
		struct kms_output *output = (struct kms_output *)display->outputs[i];
		if (display->is_on && output->base.latched.is_changed) {
			kms_output_show(output);
			continue;
		}
		int ret = kms_light_set_active(output, display->is_on);
		if (ret < 0)
			kms_lose(kms, "%s: switching %s failed: %s", output->base.info.name,
					display->is_on ? "on" : "off", strerror(-ret));
	}
}

static void kms_destroy_output(struct display_output *output)
{
	kms_output_destroy((struct kms_output *)output);
}

static void kms_destroy(struct display *display)
{
	struct kms *kms = kms_of(display);

	loop_watch_remove(kms->watch);
	loop_watch_remove(kms->uevent_watch);
	loop_timer_remove(kms->probe_timer);
	loop_timer_remove(kms->lost_timer);
	own_end_fd(&kms->uevents);
	own_end_fd(&kms->fd);
	kms->is_destroyed = true;
	if (!kms->is_telling)
		free(kms);
}

OWN_DEFINE(display, struct display, display_destroy);

static const struct backend kms_backend = {
		.configure = kms_configure,
		.commit = kms_commit,
		.set_power = kms_set_power,
		.set_brightness = kms_set_brightness,
		.import = kms_import,
		.release = kms_release,
		.destroy_output = kms_destroy_output,
		.destroy = kms_destroy,
};

static void watch(struct kms *kms)
{
	struct loop *loop = kms->base.loop;

	kms->probe_timer = loop_add_timer(loop, on_probe, kms);
	kms->lost_timer = loop_add_timer(loop, on_lost, kms);
	kms->watch = loop_watch_fd(loop, kms->fd, EPOLLIN, on_card, kms);
	kms->uevents = device_io_uevents();
	if (kms->uevents < 0)
		log_warn("monitors plugged in later will not be noticed: %s",
				strerror(-kms->uevents));
	else
		kms->uevent_watch = loop_watch_fd(loop, kms->uevents, EPOLLIN, on_uevent, kms);
}

static void read_card(struct kms *kms)
{
	uint64_t is_monotonic = 0;
	struct stat stat;

	if (fstat(kms->fd, &stat) == 0)
		kms->minor = minor(stat.st_rdev);
	if (drmGetCap(kms->fd, DRM_CAP_TIMESTAMP_MONOTONIC, &is_monotonic) == 0)
		kms->has_monotonic = is_monotonic;
}

int display_create_kms(struct loop *loop, const struct display_kms_options *options,
		const struct display_handler *handler, struct display **ret, struct err *err)
{
	int fd = options->path ? kms_card_open(options->path, err) : kms_card_find(err);

	if (fd < 0)
		return fd;
	struct kms *kms = own_alloc(sizeof *kms);
	OWNED(display) struct display *display = &kms->base;

	kms->fd = fd;
	kms->uevents = -1;
	kms->wanted_width = options->width;
	kms->wanted_height = options->height;
	display_init(&kms->base, &kms_backend, loop, handler);
	kms->base.wishes =
			(struct layout_wishes){.width = options->width, .height = options->height};
	read_card(kms);
	int result = kms_read_resources(kms, err);

	if (result < 0)
		return result;
	watch(kms); /* before the look at the connectors, so that no change falls between */
	kms->probes_left = PROBES_MAX;
	probe(kms);
	*ret = own_take(display);
	return 0;
}
