/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From latched layers to the screen. At most one commit is under way per output;
 * what is asked for meanwhile waits, all of it together, for that commit's event.
 * Two frames take turns. Each remembers what of it is older than the newest
 * composition, so that only this is painted when its turn comes. A cursor with a
 * plane of its own moves without any painting.
 */
#include <drm_fourcc.h>
#include <errno.h>
#include <string.h>
#include <xf86drm.h>

#include "base/log.h"
#include "kms/kms.h"

enum {
	EVENT_LIMIT_MS = 5000,
	RETRY_MS = 10,
	ATTEMPTS_MAX = 200,
	CLIPS_MAX = 32,
};

/* One attempt to show something: what it would change, kept apart until the kernel took it. */
struct attempt {
	struct plane_plan plan;
	bool has_cursor_picture;
	unsigned frame, cursor;
	pixman_region32_t *damage;
};

static bool has_cursor_plane(const struct plane_plan *plan)
{
	return plan->plane_of[DISPLAY_CURSOR] != PLANE_COMPOSED;
}

/* On its plane and at least one pixel of it on the screen. */
static bool is_cursor_visible(const struct kms_output *output, const struct plane_plan *plan)
{
	return has_cursor_plane(plan) &&
	       !scene_rect_is_empty(scene_layer_rect(&output->base.latched, DISPLAY_CURSOR));
}

static struct plane_plan choose(const struct kms_output *output)
{
	struct plane_can planes[KMS_OUTPUT_PLANES_MAX];

	for (unsigned i = 0; i < output->plane_count; i++) {
		planes[i] = output->planes[i]->can;
		if (output->kms->base.brightness < 100)
			planes[i].refused = COMPOSE_ALL_LAYERS;
	}
	return plane_choose(planes, output->plane_count, &output->base.latched);
}

/*
 * What the primary plane has to show anew: the changes of all layers that are painted
 * there or were, and the whole place of one that changes between there and a plane.
 */
static void collect_damage(const struct kms_output *output, const struct plane_plan *plan,
		pixman_region32_t *ret)
{
	const struct scene *scene = &output->base.latched;
	unsigned old = output->plan.composed, new = plan->composed;

	for (unsigned i = 0; i < DISPLAY_LAYERS; i++) {
		if ((old | new) & 1u << i)
			region_add(ret, &scene->damage[i]);
		if ((old ^ new) & 1u << i)
			scene_layer_region(scene, (enum display_layer)i, ret);
	}
}

static void paint_frame(struct kms_output *output, struct attempt *attempt)
{
	struct dumb *frame = &output->frames[attempt->frame];
	struct compose_target target = {
			.pixels = frame->pixels,
			.stride = frame->stride,
			.is_device = true,
			.scratch = &output->scratch,
			.rotation = output->base.info.rotation,
			.brightness = output->kms->base.brightness,
	};

	for (unsigned i = 0; i < 2; i++)
		region_add(&output->stale[i], attempt->damage);
	output->kms->base.stats.bytes_copied += compose(&output->base.latched,
			attempt->plan.composed, &output->stale[attempt->frame], &target);
	pixman_region32_clear(&output->stale[attempt->frame]);
}

/* The whole buffer is written: what the picture leaves free must be transparent. */
static void paint_cursor(struct kms_output *output, unsigned index)
{
	const struct display_picture *picture =
			&output->base.latched.layers[DISPLAY_CURSOR].picture;
	struct dumb *cursor = &output->cursors[index];
	uint32_t opaque = picture->format == DRM_FORMAT_XRGB8888 ? 0xff000000 : 0;

	memset(cursor->pixels, 0, cursor->size);
	for (uint32_t y = 0; y < picture->height; y++) {
		const uint32_t *from = (const uint32_t *)picture->pixels +
		                       (size_t)y * (picture->stride / 4);
		for (uint32_t x = 0; x < picture->width; x++) {
			struct display_rect at = {
					(int32_t)x, (int32_t)y, (int32_t)x + 1, (int32_t)y + 1};
			at = scene_rotate(at, picture->width, picture->height,
					output->base.info.rotation);
			cursor->pixels[(size_t)at.y1 * (cursor->stride / 4) + (size_t)at.x1] =
					from[x] | opaque;
		}
	}
	output->kms->base.stats.bytes_copied += (uint64_t)cursor->width * cursor->height * 4;
}

static void add_damage_clips(const struct kms_plane *primary, pixman_region32_t *damage,
		struct atomic *atomic)
{
	int count = 0;
	const pixman_box32_t *boxes = pixman_region32_rectangles(damage, &count);

	if (primary->props[PLANE_FB_DAMAGE_CLIPS].id == 0 || count == 0)
		return;
	if (count > CLIPS_MAX) {
		boxes = pixman_region32_extents(damage);
		count = 1;
	}
	/* The kernel's rectangles are laid out as pixman's: four 32-bit corners, half open. */
	atomic_add_blob(atomic, primary->id, &primary->props[PLANE_FB_DAMAGE_CLIPS], boxes,
			(size_t)count * sizeof *boxes);
}

/* True when the request speaks of the cursor plane. */
static bool add_cursor(struct kms_output *output, const struct attempt *attempt,
		struct atomic *atomic)
{
	const struct scene *scene = &output->base.latched;
	const struct scene_layer *layer = &scene->layers[DISPLAY_CURSOR];

	if (output->plane_count < 2)
		return false;
	struct kms_plane *plane = output->planes[1];

	if (is_cursor_visible(output, &attempt->plan)) {
		const struct display_place *place = &layer->place;
		struct display_rect at = {place->x, place->y, place->x + (int32_t)place->width,
				place->y + (int32_t)place->height};
		at = scene_rotate(at, scene->width, scene->height, output->base.info.rotation);
		kms_plane_show(plane, output->crtc, &output->cursors[attempt->cursor], at.x1, at.y1,
				atomic);
		return true;
	}
	if (plane->crtc_id == 0)
		return false;
	kms_plane_hide(plane, atomic);
	return true;
}

/* A primary plane without news stays out: drivers would send the whole frame again. */
static int commit(struct kms_output *output, const struct attempt *attempt, uint32_t flags)
{
	OWNED(atomic) struct atomic atomic;

	atomic_init(&atomic, output->kms->fd);
	bool has_cursor = add_cursor(output, attempt, &atomic);

	if (!has_cursor || attempt->frame != output->front) {
		kms_plane_show(output->planes[0], output->crtc, &output->frames[attempt->frame], 0,
				0, &atomic);
		add_damage_clips(output->planes[0], attempt->damage, &atomic);
	}
	return atomic_commit(&atomic, flags, output->kms);
}

static void refuse_cursor(struct kms_output *output, int code, const char *what)
{
	struct kms_plane *plane = output->planes[1];

	log_debug("%s: plane %u does not take the cursor (%s commit: %s), it is composed",
			output->base.info.name, plane->id, what, strerror(-code));
	plane->can.refused |= 1u << DISPLAY_CURSOR;
}

/* A cursor of a size that is new to the plane is asked about first. */
static void test_cursor(struct kms_output *output, const struct attempt *attempt)
{
	const struct display_picture *picture =
			&output->base.latched.layers[DISPLAY_CURSOR].picture;

	if (picture->width == output->tested[0] && picture->height == output->tested[1])
		return;
	int ret = commit(output, attempt, DRM_MODE_ATOMIC_TEST_ONLY);

	if (ret == -EINVAL || ret == -ERANGE || ret == -ENOTSUP || ret == -ENOSPC)
		refuse_cursor(output, ret, "test-only");
	output->tested[0] = picture->width;
	output->tested[1] = picture->height;
}

static void log_plan(const struct kms_output *output, const struct plane_plan *plan)
{
	const char *why = plan->why[DISPLAY_CURSOR];

	if (why && why != output->plan.why[DISPLAY_CURSOR])
		log_debug("%s: the cursor is composed: %s", output->base.info.name, why);
}

/* The kernel took it: what was tried is now what is. */
static void accept(struct kms_output *output, const struct attempt *attempt)
{
	struct scene *scene = &output->base.latched;

	output->front = attempt->frame;
	output->cursor_front = attempt->cursor;
	if (attempt->has_cursor_picture)
		output->cursor_serial = scene->layers[DISPLAY_CURSOR].serial;
	if (output->plane_count > 1)
		output->planes[1]->crtc_id =
				is_cursor_visible(output, &attempt->plan) ? output->crtc->id : 0;
	log_plan(output, &attempt->plan);
	output->plan = attempt->plan;
	output->attempts = 0;
	output->is_pending = true;
	output->kms->base.stats.commits++;
	scene_forget_damage(scene);
	loop_timer_set(output->timer, EVENT_LIMIT_MS);
}

static void retry_later(struct kms_output *output, int code)
{
	if (++output->attempts > ATTEMPTS_MAX) {
		kms_lose(output->kms, "%s: the display stays busy: %s", output->base.info.name,
				strerror(-code));
		return;
	}
	output->is_waiting_to_retry = true;
	loop_timer_set(output->timer, RETRY_MS);
}

/* True when it makes sense to try again at once. */
static bool cope(struct kms_output *output, const struct attempt *attempt, int code)
{
	struct kms *kms = output->kms;
	const char *name = output->base.info.name;

	switch (-code) {
	case EBUSY:
	case ENOMEM:
	case EINTR:
	case EAGAIN:
		retry_later(output, code);
		return false;
	case EACCES:
	case EPERM:
		if (drmSetMaster(kms->fd) == 0)
			retry_later(output, code);
		else
			kms_lose(kms, "%s: another program has taken the screen", name);
		return false;
	case ENODEV:
	case ENXIO:
	case EIO:
		kms_lose(kms, "%s: the display device is gone", name);
		return false;
	default:
		if (has_cursor_plane(&attempt->plan)) {
			refuse_cursor(output, code, "real");
			return true;
		}
		kms_lose(kms, "%s: the display refuses the picture: %s", name, strerror(-code));
		return false;
	}
}

static void prepare(struct kms_output *output, struct attempt *attempt)
{
	const struct scene *scene = &output->base.latched;

	attempt->frame = output->front;
	attempt->cursor = output->cursor_front;
	attempt->plan = choose(output);
	attempt->has_cursor_picture = has_cursor_plane(&attempt->plan) &&
	                              output->cursor_serial != scene->layers[DISPLAY_CURSOR].serial;
	if (attempt->has_cursor_picture) {
		attempt->cursor = 1 - output->cursor_front;
		paint_cursor(output, attempt->cursor);
	}
}

/* One try; true when another should follow at once. */
static bool try_to_show(struct kms_output *output)
{
	REGION(damage);
	struct attempt attempt = {.damage = &damage};

	prepare(output, &attempt);
	if (has_cursor_plane(&attempt.plan)) {
		test_cursor(output, &attempt);
		if (output->planes[1]->can.refused & 1u << DISPLAY_CURSOR)
			return true;
	}
	collect_damage(output, &attempt.plan, &damage);
	if (!region_is_empty(&damage)) {
		attempt.frame = 1 - output->front;
		paint_frame(output, &attempt);
	}
	int ret = commit(output, &attempt, DRM_MODE_ATOMIC_NONBLOCK | DRM_MODE_PAGE_FLIP_EVENT);

	if (ret < 0)
		return cope(output, &attempt, ret);
	accept(output, &attempt);
	return false;
}

void kms_output_show(struct kms_output *output)
{
	const struct kms *kms = output->kms;

	if (kms->is_lost || !kms->base.is_on || output->is_pending || output->is_waiting_to_retry)
		return;
	while (try_to_show(output))
		continue;
}

void kms_set_brightness(struct display *display)
{
	for (unsigned i = 0; i < display->output_count; i++) {
		scene_damage_all(&display->outputs[i]->latched);
		kms_output_show((struct kms_output *)display->outputs[i]);
	}
}

void kms_output_flipped(struct kms_output *output)
{
	output->is_pending = false;
	loop_timer_set(output->timer, -1);
	if (output->base.latched.is_changed)
		kms_output_show(output);
}

void kms_output_timeout(void *data)
{
	struct kms_output *output = data;

	if (output->is_waiting_to_retry) {
		output->is_waiting_to_retry = false;
		kms_output_show(output);
	} else {
		kms_lose(output->kms, "%s: no answer from the display for %d s",
				output->base.info.name, EVENT_LIMIT_MS / 1000);
	}
}
