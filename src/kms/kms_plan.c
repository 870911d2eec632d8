/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which plane shows which layer. What a plane would have to show is put into a
 * question per layer; only when a question changed the planner is asked, which costs
 * test-only commits. A new picture of the same kind, or a cursor that moves, is no
 * new question.
 */
#include <drm_fourcc.h>
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "kms/kms.h"

enum { COMPOSED = -1 };

static const struct scene *scene_of(const struct kms_output *output)
{
	return &output->base.latched;
}

static unsigned readable_layers(const struct scene *scene)
{
	unsigned readable = 0;

	for (unsigned i = 0; i < DISPLAY_LAYERS; i++)
		if (kms_framebuffer_of(&scene->layers[i].picture))
			readable |= 1u << i;
	return readable;
}

static void wish(struct kms_output *output, struct plane_wish *ret)
{
	const struct plane_can *planes[KMS_OUTPUT_PLANES_MAX];
	const struct scene *scene = scene_of(output);
	struct plane_case known = {
			.planes = planes,
			.rotation = output->base.info.rotation,
			.is_dimmed = output->kms->base.brightness < 100 &&
	                             !kms_gamma_is_used(output),
			.readable = readable_layers(scene),
	};

	for (unsigned i = 1; i < output->plane_count; i++)
		planes[known.plane_count++] = &output->planes[i]->can;
	for (unsigned i = 0; i < DISPLAY_CURSOR; i++)
		if (!scene->layers[i].is_shown)
			output->refused &= ~(1u << i); /* what comes next may be easier */
	known.refused = output->planner ? output->refused : COMPOSE_ALL_LAYERS;
	plane_wish(scene, &known, ret);
}

static const struct plane_can *cursor_plane(const struct kms_output *output)
{
	for (unsigned i = 1; i < output->plane_count; i++)
		if (output->planes[i]->can.kind == PLANE_CURSOR)
			return &output->planes[i]->can;
	return NULL;
}

/* Framebuffers of ours for a layer; cursor planes often take one size only. */
static int fit_copy(struct kms_output *output, unsigned index, struct err *err)
{
	const struct display_picture *picture = &scene_of(output)->layers[index].picture;
	const struct plane_can *cursor = cursor_plane(output);
	struct copy *copy = &output->copies[index];
	int fd = output->kms->fd;

	if (index != DISPLAY_CURSOR)
		return copy_fit(fd, copy, picture->width, picture->height, picture->format, err);
	if (cursor)
		return copy_fit(fd, copy, cursor->width_max, cursor->height_max,
				DRM_FORMAT_ARGB8888, err);
	bool is_turned = output->base.info.rotation % 2;

	return copy_fit(fd, copy, is_turned ? picture->height : picture->width,
			is_turned ? picture->width : picture->height, DRM_FORMAT_ARGB8888, err);
}

/* The cursor's copy is turned already, and has a size of its own. */
static struct plane_state cursor_state(const struct kms_output *output)
{
	const struct dumb *copy = &output->copies[DISPLAY_CURSOR].buffers[0];
	struct plane_state state = plane_state_of_buffer(scene_of(output), DISPLAY_CURSOR,
			output->base.info.rotation, 0);

	state.source_width = state.width = copy->width;
	state.source_height = state.height = copy->height;
	state.rotation = LAYOUT_0;
	return state;
}

static struct plane_state state_of(const struct kms_output *output, unsigned index,
		enum plane_way way)
{
	const struct scene *scene = scene_of(output);
	const struct copy *copy = &output->copies[index];
	enum layout_rotation rotation = output->base.info.rotation;

	if (way != PLANE_COPY)
		return plane_state_of_buffer(scene, (enum display_layer)index, rotation,
				kms_framebuffer_of(&scene->layers[index].picture));
	struct plane_state state =
			index == DISPLAY_CURSOR
					? cursor_state(output)
					: plane_state_of_buffer(scene, (enum display_layer)index,
							  LAYOUT_0, 0);

	state.framebuffer = copy->buffers[copy->front].framebuffer;
	return state;
}

static void make_questions(struct kms_output *output, struct kms_attempt *attempt)
{
	struct plane_wish wishes[DISPLAY_LAYERS];
	struct err why;

	wish(output, wishes);
	for (unsigned i = 0; i < DISPLAY_LAYERS; i++) {
		const struct display_picture *picture = &scene_of(output)->layers[i].picture;
		if (wishes[i].way == PLANE_COPY && fit_copy(output, i, &why) < 0) {
			log_debug("%s: %s", output->base.info.name, why.text);
			output->refused |= 1u << i;
			wishes[i] = (struct plane_wish){
					PLANE_COMPOSED, "there is no memory for it"};
		}
		attempt->states[i] = state_of(output, i, wishes[i].way);
		attempt->why[i] = wishes[i].why;

		struct kms_question *question = &attempt->plan.questions[i];
		question->wish = wishes[i];
		question->state = attempt->states[i];
		question->state.framebuffer = 0;
		question->format = picture->format;
		if (wishes[i].way == PLANE_BUFFER)
			question->modifier = picture->buffer->info.modifier;
	}
}

static bool wants_plane(const struct kms_question *question)
{
	return question->wish.way >= PLANE_BUFFER;
}

static bool is_same(struct kms_question a, struct kms_question b, bool with_place)
{
	if (a.wish.way == PLANE_HIDDEN && b.wish.way == PLANE_HIDDEN)
		return true;
	if (!with_place) {
		b.state.x = a.state.x;
		b.state.y = a.state.y;
	}
	return a.wish.way == b.wish.way && a.wish.why == b.wish.why && a.format == b.format &&
	       a.modifier == b.modifier && memcmp(&a.state, &b.state, sizeof a.state) == 0;
}

/* The last answer still holds. */
static bool is_known(const struct kms_output *output, const struct kms_plan *new)
{
	const struct kms_plan *old = &output->plan;
	int cursor = old->plane_of[DISPLAY_CURSOR];
	bool has_wish = false;

	if (!old->is_made)
		return false;
	for (unsigned i = 0; i < DISPLAY_LAYERS; i++)
		has_wish |= wants_plane(&new->questions[i]);
	for (unsigned i = 0; i < DISPLAY_LAYERS; i++) {
		/* A cursor's plane lies above all others, wherever it moves. */
		bool is_free = i == DISPLAY_CURSOR && cursor != COMPOSED &&
		               output->planes[cursor]->can.kind == PLANE_CURSOR;
		if (!is_same(old->questions[i], new->questions[i], has_wish && !is_free))
			return false;
	}
	return true;
}

static int index_of(const struct kms_output *output, uint32_t plane)
{
	for (unsigned i = 0; i < output->plane_count; i++)
		if (output->planes[i]->id == plane)
			return (int)i;
	return COMPOSED;
}

/* A cursor beyond the edge is asked about at the edge: no driver likes it outside. */
static void pull_inside(const struct kms_output *output, struct plane_state *state)
{
	int32_t right = output->mode.hdisplay - (int32_t)state->width;
	int32_t bottom = output->mode.vdisplay - (int32_t)state->height;

	state->x = state->x > right ? right : state->x;
	state->y = state->y > bottom ? bottom : state->y;
	state->x = state->x < 0 ? 0 : state->x;
	state->y = state->y < 0 ? 0 : state->y;
}

/* True when something opaque that wants a plane fills the screen: no frame is needed below. */
static bool has_cover(const struct kms_output *output, const struct kms_plan *plan)
{
	const struct scene *scene = scene_of(output);

	for (unsigned i = 0; i < DISPLAY_UI; i++) {
		struct display_rect rect = scene_layer_rect(scene, (enum display_layer)i);
		if (wants_plane(&plan->questions[i]) &&
				plan->questions[i].format != DRM_FORMAT_ARGB8888 && rect.x1 == 0 &&
				rect.y1 == 0 && rect.x2 == (int32_t)scene->width &&
				rect.y2 == (int32_t)scene->height)
			return true;
	}
	return false;
}

static int ask(struct kms_output *output, struct kms_attempt *attempt)
{
	struct kms_plan *plan = &attempt->plan;
	struct planner_layer layers[DISPLAY_LAYERS];
	struct plane_state frame = kms_frame_state(output, output->front);
	uint32_t planes[DISPLAY_LAYERS] = {0};

	for (unsigned i = 0; i < DISPLAY_LAYERS; i++)
		layers[i] = (struct planner_layer){
				.is_shown = plan->questions[i].wish.way != PLANE_HIDDEN,
				.is_composed = !wants_plane(&plan->questions[i]),
				.state = attempt->states[i],
		};
	if (!layers[DISPLAY_DESKTOP].is_shown && !has_cover(output, plan))
		layers[DISPLAY_DESKTOP] = (struct planner_layer){true, true, frame};
	if (scene_rect_is_empty(scene_layer_rect(scene_of(output), DISPLAY_CURSOR)))
		pull_inside(output, &layers[DISPLAY_CURSOR].state);

	int ret = planner_ask(output->planner, &frame, layers, planes, &plan->is_frame_used);

	if (ret < 0)
		return ret;
	for (unsigned i = 0; i < DISPLAY_LAYERS; i++)
		plan->plane_of[i] = planes[i] ? index_of(output, planes[i]) : COMPOSED;
	return 0;
}

static void compose_all(struct kms_plan *plan)
{
	plan->is_frame_used = true;
	for (unsigned i = 0; i < DISPLAY_LAYERS; i++)
		plan->plane_of[i] = COMPOSED;
}

static bool is_fatal(int code)
{
	return code == -EACCES || code == -EPERM || code == -ENODEV || code == -ENXIO ||
	       code == -EIO || code == -EBUSY || code == -EINTR || code == -EAGAIN;
}

/* The cursor wants a plane and nothing else does. */
static bool is_alone(const struct kms_plan *plan)
{
	for (unsigned i = 0; i < DISPLAY_CURSOR; i++)
		if (wants_plane(&plan->questions[i]))
			return false;
	return wants_plane(&plan->questions[DISPLAY_CURSOR]);
}

/* The planner's answer, or composition where it found none. */
static int answer(struct kms_output *output, struct kms_attempt *attempt)
{
	struct kms_plan *plan = &attempt->plan;
	bool has_wish = false;

	for (unsigned i = 0; i < DISPLAY_LAYERS; i++)
		has_wish |= wants_plane(&plan->questions[i]);
	compose_all(plan);
	if (!has_wish)
		return 0;
	int ret = ask(output, attempt);

	if (ret < 0 && is_fatal(ret))
		return ret;
	/* Nothing but the plane itself can be the reason: it need not be asked at every move. */
	if (ret == 0 && is_alone(plan) && plan->plane_of[DISPLAY_CURSOR] == COMPOSED)
		output->refused |= 1u << DISPLAY_CURSOR;
	if (ret < 0) {
		log_debug("%s: no plan for the planes: %s", output->base.info.name, strerror(-ret));
		compose_all(plan);
	}
	return 0;
}

int kms_plan(struct kms_output *output, struct kms_attempt *attempt)
{
	struct kms_plan *plan = &attempt->plan;

	make_questions(output, attempt);
	if (is_known(output, plan)) {
		memcpy(plan->plane_of, output->plan.plane_of, sizeof plan->plane_of);
		plan->is_frame_used = output->plan.is_frame_used;
	} else {
		int ret = answer(output, attempt);
		if (ret < 0)
			return ret;
	}
	bool is_empty = true;

	plan->is_made = true;
	for (unsigned i = 0; i < DISPLAY_LAYERS; i++) {
		is_empty &= plan->plane_of[i] == COMPOSED;
		bool is_seen = plan->questions[i].wish.way != PLANE_HIDDEN;
		if (plan->plane_of[i] != COMPOSED || !is_seen)
			continue;
		plan->composed |= 1u << i;
		if (wants_plane(&plan->questions[i]))
			attempt->why[i] = "no plane that is left takes it";
		plan->is_frame_used = true;
	}
	plan->is_frame_used |= is_empty;
	return 0;
}
