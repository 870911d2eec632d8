/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From latched layers to the screen. At most one commit is under way per output;
 * what is asked for meanwhile waits, all of it together, for that commit's event.
 * Two frames take turns. Each remembers what of it is older than the newest
 * composition, so that only this is painted when its turn comes. A layer with a
 * plane of its own changes and moves without any painting of the frame.
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
	COMPOSED = -1,
};

/*
 * What the frame has to show anew: the changes of all layers that are painted there or
 * were, and the whole place of one that changes between there and a plane.
 */
static void collect_damage(const struct kms_output *output, const struct kms_plan *plan,
		pixman_region32_t *ret)
{
	const struct scene *scene = &output->base.latched;
	unsigned old = output->plan.composed, new = plan->composed;

	if (!plan->is_frame_used)
		return;
	/* While no frame was needed nobody kept it up to date. */
	if (!output->plan.is_frame_used)
		region_add_rect(ret, (struct display_rect){0, 0, (int32_t)scene->width,
						     (int32_t)scene->height});
	for (unsigned i = 0; i < DISPLAY_LAYERS; i++) {
		if ((old | new) & 1u << i)
			region_add(ret, &scene->damage[i]);
		if ((old ^ new) & 1u << i)
			scene_layer_region(scene, (enum display_layer)i, ret);
	}
}

static void paint_frame(struct kms_output *output, struct kms_attempt *attempt)
{
	struct dumb *frame = &output->frames[attempt->frame];
	struct compose_target target = {
			.pixels = frame->pixels,
			.stride = frame->stride,
			.is_device = true,
			.scratch = &output->scratch,
			.rotation = kms_frame_rotation(output),
			.brightness = kms_gamma_is_used(output) ? 100
	                                                        : output->kms->base.brightness,
	};

	for (unsigned i = 0; i < 2; i++)
		region_add(&output->stale[i], attempt->damage);
	output->kms->base.stats.bytes_copied += compose(&output->base.latched,
			attempt->plan.composed, &output->stale[attempt->frame], &target);
	pixman_region32_clear(&output->stale[attempt->frame]);
}

/* What of an unscaled picture changed, from the output's pixels to its own. */
static void damage_copy(struct kms_output *output, unsigned index)
{
	const struct scene *scene = &output->base.latched;
	const struct scene_layer *layer = &scene->layers[index];
	struct display_rect all = {
			0, 0, (int32_t)layer->picture.width, (int32_t)layer->picture.height};
	struct display_rect rect = scene_layer_rect(scene, (enum display_layer)index);
	REGION(damage);

	/* What lies beyond the edges is not in the scene's damage. */
	bool is_cut = rect.x2 - rect.x1 != (int32_t)layer->place.width ||
	              rect.y2 - rect.y1 != (int32_t)layer->place.height;

	if (index == DISPLAY_UI && output->plan.plane_of[index] != COMPOSED && !is_cut) {
		region_add(&damage, &scene->damage[index]);
		pixman_region32_translate(&damage, layer->place.source.x1 - layer->place.x,
				layer->place.source.y1 - layer->place.y);
		region_clip(&damage, all);
	} else {
		region_add_rect(&damage, all);
	}
	copy_damage(&output->copies[index], &damage);
}

/* Bring the framebuffers up to date that stand for a layer's own memory. */
static void paint_copies(struct kms_output *output, struct kms_attempt *attempt)
{
	struct display_stats *stats = &output->kms->base.stats;

	for (unsigned i = 0; i < DISPLAY_LAYERS; i++) {
		const struct scene_layer *layer = &output->base.latched.layers[i];
		struct copy *copy = &output->copies[i];
		enum plane_way way = attempt->plan.questions[i].wish.way;
		if (attempt->plan.plane_of[i] == COMPOSED)
			continue;
		if (way == PLANE_BUFFER)
			kms_flush(&layer->picture);
		if (way != PLANE_COPY || copy->serial == layer->serial)
			continue;
		if (i == DISPLAY_CURSOR) {
			stats->bytes_copied += copy_paint_cursor(copy, &layer->picture,
					output->base.info.rotation);
		} else {
			damage_copy(output, i);
			stats->bytes_copied += copy_paint(copy, layer);
		}
		attempt->is_painted[i] = true;
		attempt->states[i].framebuffer = copy->buffers[1 - copy->front].framebuffer;
	}
}

/* The kernel's rectangles are laid out as pixman's: four 32-bit corners, half open. */
static void add_damage_clips(const struct kms_output *output, const struct kms_attempt *attempt,
		struct atomic *atomic)
{
	const struct kms_plane *primary = output->planes[0];
	const struct scene *scene = &output->base.latched;
	int count = 0;
	const pixman_box32_t *boxes = pixman_region32_rectangles(attempt->damage, &count);
	struct display_rect clips[CLIPS_MAX];

	if (primary->props[PLANE_FB_DAMAGE_CLIPS].id == 0)
		return;
	if (count > CLIPS_MAX) {
		boxes = pixman_region32_extents(attempt->damage);
		count = 1;
	}
	for (int i = 0; i < count; i++)
		clips[i] = scene_rotate((struct display_rect){boxes[i].x1, boxes[i].y1, boxes[i].x2,
							boxes[i].y2},
				scene->width, scene->height, kms_frame_rotation(output));
	/* No clip would mean all of it. */
	if (count == 0)
		clips[count++] = (struct display_rect){0, 0, 1, 1};
	atomic_add_blob(atomic, primary->id, &primary->props[PLANE_FB_DAMAGE_CLIPS], clips,
			(size_t)count * sizeof *clips);
}

/* What each plane should show now. */
static void states_of(const struct kms_output *output, const struct kms_attempt *attempt,
		struct plane_state states[KMS_OUTPUT_PLANES_MAX])
{
	memset(states, 0, KMS_OUTPUT_PLANES_MAX * sizeof *states);
	if (attempt->plan.is_frame_used)
		states[0] = kms_frame_state(output, attempt->frame);
	for (unsigned i = 0; i < DISPLAY_LAYERS; i++) {
		struct display_rect rect =
				scene_layer_rect(&output->base.latched, (enum display_layer)i);
		int plane = attempt->plan.plane_of[i];
		if (plane != COMPOSED && !scene_rect_is_empty(rect))
			states[plane] = attempt->states[i];
	}
}

/* The first plane that shows something; one does. */
static unsigned first_shown(const struct plane_state *states, unsigned count)
{
	unsigned i = 0;

	while (i + 1 < count && !states[i].framebuffer)
		i++;
	return i;
}

/* Light and first picture are one mode set, which ends when both are there. */
static int send(const struct kms_output *output, struct atomic *atomic)
{
	const struct kms_crtc *crtc = output->crtc;
	uint32_t flags = DRM_MODE_PAGE_FLIP_EVENT;

	if (output->is_asleep)
		atomic_add(atomic, crtc->id, &crtc->props[CRTC_ACTIVE], 1);
	flags |= output->is_asleep ? DRM_MODE_ATOMIC_ALLOW_MODESET : DRM_MODE_ATOMIC_NONBLOCK;
	return atomic_commit(atomic, flags, output->kms);
}

/* A plane without news stays out: drivers would send the whole frame again. */
static int commit(struct kms_output *output, struct kms_attempt *attempt,
		const struct plane_state *states)
{
	OWNED(atomic) struct atomic atomic;
	bool has_any = false;

	atomic_init(&atomic, output->kms->fd);
	for (unsigned i = 1; i < output->plane_count; i++) {
		if (memcmp(&states[i], &output->shown[i], sizeof states[i]) == 0)
			continue;
		kms_plane_set(output->planes[i], output->crtc, &states[i], &atomic);
		has_any = true;
	}
	/* Without any plane the kernel would not know whose event is wanted. */
	if (!has_any && !states[0].framebuffer && !output->shown[0].framebuffer) {
		unsigned i = first_shown(states, output->plane_count);
		kms_plane_set(output->planes[i], output->crtc, &states[i], &atomic);
	} else if (!has_any || memcmp(&states[0], &output->shown[0], sizeof states[0]) != 0) {
		kms_plane_set(output->planes[0], output->crtc, &states[0], &atomic);
		if (attempt->plan.is_frame_used && output->plan.is_frame_used && !output->is_asleep)
			add_damage_clips(output, attempt, &atomic);
	}
	attempt->has_gamma = kms_gamma_add(output, &atomic);
	return send(output, &atomic);
}

static const char *const layer_names[DISPLAY_LAYERS] = {"desktop", "video", "UI", "cursor"};

static void log_plan(struct kms_output *output, const struct kms_attempt *attempt)
{
	for (unsigned i = 0; i < DISPLAY_LAYERS; i++) {
		const char *why = attempt->why[i];
		int plane = attempt->plan.plane_of[i];
		if (why && why != output->told[i])
			log_debug("%s: the %s is composed: %s", output->base.info.name,
					layer_names[i], why);
		if (plane != COMPOSED && plane != output->plan.plane_of[i])
			log_debug("%s: plane %u shows the %s", output->base.info.name,
					output->planes[plane]->id, layer_names[i]);
		output->told[i] = why;
	}
}

/* The kernel took it: what was tried is now what is. */
static void adopt(struct kms_output *output, const struct kms_attempt *attempt,
		const struct plane_state *states)
{
	struct scene *scene = &output->base.latched;
	struct display_stats *stats = &output->kms->base.stats;

	log_plan(output, attempt);
	output->front = attempt->frame;
	for (unsigned i = 0; i < DISPLAY_LAYERS; i++) {
		struct copy *copy = &output->copies[i];
		if (attempt->is_painted[i]) {
			copy->front = 1 - copy->front;
			copy->serial = scene->layers[i].serial;
		}
		stats->layers_direct += attempt->plan.plane_of[i] != COMPOSED;
		stats->videos_direct += i == DISPLAY_VIDEO && attempt->plan.plane_of[i] != COMPOSED;
	}
	for (unsigned i = 0; i < output->plane_count; i++) {
		output->shown[i] = states[i];
		output->planes[i]->crtc_id = states[i].framebuffer ? output->crtc->id : 0;
	}
	output->plan = attempt->plan;
	if (attempt->has_gamma)
		output->gamma_percent = output->kms->base.brightness;
	output->attempts = 0;
	output->is_pending = true;
	output->is_asleep = false;
	stats->commits++;
	scene_forget_damage(scene);
	loop_timer_set(output->timer, EVENT_LIMIT_MS);
}

/*
 * True when something was done by the hardware and won't be any more: dimming, then the cursor's
 * plane, then the others.
 */
static bool refuse(struct kms_output *output, const struct kms_attempt *attempt, int code)
{
	unsigned direct = 0;

	if (attempt->has_gamma) {
		log_debug("%s: crtc %u does not take a table to dim with (%s)",
				output->base.info.name, output->crtc->id, strerror(-code));
		output->is_gamma_refused = true;
		scene_damage_all(&output->base.latched);
		return true;
	}

	for (unsigned i = 0; i < DISPLAY_LAYERS; i++)
		if (attempt->plan.plane_of[i] != COMPOSED)
			direct |= 1u << i;
	if (direct & 1u << DISPLAY_CURSOR)
		direct = 1u << DISPLAY_CURSOR;
	for (unsigned i = 0; i < DISPLAY_LAYERS; i++)
		if (direct & 1u << i)
			log_debug("%s: plane %u does not take the %s (%s), it is composed",
					output->base.info.name,
					output->planes[attempt->plan.plane_of[i]]->id,
					layer_names[i], strerror(-code));
	output->refused |= direct;
	return direct != 0;
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
static bool cope(struct kms_output *output, const struct kms_attempt *attempt, int code)
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
		if (refuse(output, attempt, code))
			return true;
		kms_lose(kms, "%s: the display refuses the picture: %s", name, strerror(-code));
		return false;
	}
}

/* One try; true when another should follow at once. */
static bool try_to_show(struct kms_output *output)
{
	REGION(damage);
	struct kms_attempt attempt = {.damage = &damage, .frame = output->front};
	struct plane_state states[KMS_OUTPUT_PLANES_MAX];
	int ret = kms_plan(output, &attempt);

	if (ret < 0)
		return cope(output, &attempt, ret);
	collect_damage(output, &attempt.plan, &damage);
	if (!region_is_empty(&damage)) {
		attempt.frame = 1 - output->front;
		paint_frame(output, &attempt);
	}
	paint_copies(output, &attempt);
	states_of(output, &attempt, states);
	ret = commit(output, &attempt, states);
	if (ret < 0)
		return cope(output, &attempt, ret);
	adopt(output, &attempt, states);
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
		struct kms_output *output = (struct kms_output *)display->outputs[i];
		if (kms_gamma_is_used(output))
			output->base.latched.is_changed = true;
		else
			scene_damage_all(&output->base.latched);
		kms_output_show(output);
	}
}

void kms_output_flipped(struct kms_output *output)
{
	output->is_pending = false;
	loop_timer_set(output->timer, -1);
	for (unsigned i = 0; i < DISPLAY_LAYERS; i++)
		copy_settle(output->kms->fd, &output->copies[i]);
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
