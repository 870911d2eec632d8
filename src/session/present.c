/* SPDX-License-Identifier: Apache-2.0 */
#include "session/present.h"

#include <errno.h>
#include <string.h>

void present_want_none(struct present *present)
{
	video_frame_unref(present->wanted);
	present->wanted = NULL;
}

static void drop_retired(struct present *present)
{
	for (unsigned i = 0; i < PRESENT_LENT_MAX; i++) {
		video_frame_unref(present->retired[i]);
		present->retired[i] = NULL;
	}
}

/* The kiosk lets go of an older pool without a word. One of its pictures may still be on the glass. */
static void retire_lent(struct present *present)
{
	drop_retired(present);
	for (unsigned i = 0; i < PRESENT_LENT_MAX; i++) {
		present->retired[i] = present->lent[i].frame;
		present->lent[i] = (struct present_lent){0};
	}
}

void present_finish(struct present *present)
{
	present_want_none(present);
	drop_retired(present);
	for (unsigned i = 0; i < PRESENT_LENT_MAX; i++)
		video_frame_unref(present->lent[i].frame);
	*present = (struct present){0};
}

void present_init(struct present *present, uint32_t base)
{
	*present = (struct present){.base = base, .pool = base};
}

void present_want(struct present *present, struct video_frame *frame, uint32_t stream,
		const struct wire_video *place)
{
	struct video_frame *before = present->wanted;

	present->wanted = video_frame_ref(frame);
	present->wanted_stream = stream;
	present->place = *place;
	video_frame_unref(before);
}

static bool is_same_place(const struct wire_video *a, const struct wire_video *b)
{
	return memcmp(&a->source, &b->source, sizeof(a->source)) == 0 &&
	       memcmp(&a->target, &b->target, sizeof(a->target)) == 0 &&
	       a->visible_count == b->visible_count &&
	       memcmp(a->visible, b->visible, sizeof(a->visible[0]) * a->visible_count) == 0;
}

bool present_is_new(const struct present *present)
{
	if (!present->wanted)
		return present->sent.pool != 0;
	return present->sent.pool == 0 || present->sent_frame != present->wanted ||
	       !is_same_place(&present->sent, &present->place);
}

/* The buffers of another decoder, or another size, are a pool of their own. */
static bool is_known_pool(const struct present *present)
{
	const struct video_buffer *buffer = video_frame_buffer(present->wanted);

	return present->pool > present->base && present->stream == present->wanted_stream &&
	       present->decoder_pool == buffer->pool;
}

static bool is_lent(const struct present *present, uint32_t pool, uint32_t number)
{
	for (unsigned i = 0; i < PRESENT_LENT_MAX; i++)
		if (present->lent[i].pool == pool && present->lent[i].number == number)
			return true;
	return false;
}

static struct present_lent *free_place(struct present *present)
{
	for (unsigned i = 0; i < PRESENT_LENT_MAX; i++)
		if (present->lent[i].pool == 0)
			return &present->lent[i];
	return NULL;
}

static bool is_still_shown(const struct present *present)
{
	return present->sent.pool > 0 && present->sent_frame == present->wanted;
}

bool present_can_be_sent(const struct present *present)
{
	if (!present->wanted || is_still_shown(present))
		return true;
	uint32_t number = video_frame_buffer(present->wanted)->number;
	if (!is_known_pool(present))
		return true;
	if (is_lent(present, present->pool, number))
		return false;
	for (unsigned i = 0; i < PRESENT_LENT_MAX; i++)
		if (present->lent[i].pool == 0)
			return true;
	return false;
}

static int announce(struct present *present, struct wire_channel *channel)
{
	const struct video_buffer *buffer = video_frame_buffer(present->wanted);
	struct wire_session_buffer message = {.pool = present->pool,
			.number = buffer->number,
			.kind = buffer->memory == VIDEO_DMABUF ? WIRE_BUFFER_DMABUF
	                                                       : WIRE_BUFFER_MEMORY,
			.format = buffer->format,
			.modifier = buffer->modifier,
			.width = buffer->width,
			.height = buffer->height,
			.offsets = {buffer->offsets[0], buffer->offsets[1]},
			.strides = {buffer->strides[0], buffer->strides[1]},
			.encoding = buffer->encoding,
			.range = buffer->range};
	bool has_two = buffer->fds[1] >= 0;

	wire_init(&message, has_two ? WIRE_SESSION_BUFFER_TWO : WIRE_SESSION_BUFFER);
	return wire_send(channel, &message, buffer->fds, has_two ? 2 : 1);
}

static int know_buffer(struct present *present, struct wire_channel *channel)
{
	const struct video_buffer *buffer = video_frame_buffer(present->wanted);

	if (buffer->number >= WIRE_BUFFERS_MAX)
		return -EINVAL;
	if (!is_known_pool(present)) {
		retire_lent(present);
		present->pool++;
		present->stream = present->wanted_stream;
		present->decoder_pool = buffer->pool;
		present->announced = 0;
	}
	if (present->announced & 1U << buffer->number)
		return 0;
	present->announced |= 1U << buffer->number;
	return announce(present, channel);
}

int present_fill(struct present *present, struct wire_channel *channel, struct wire_video *ret)
{
	if (!present->wanted) {
		present->sent = (struct wire_video){0};
		present->sent_frame = NULL;
		*ret = present->sent;
		return 0;
	}
	bool is_still = is_still_shown(present);
	int r = know_buffer(present, channel);
	if (r < 0)
		return r;
	struct present_lent *place = is_still ? NULL : free_place(present);
	if (!is_still && !place)
		return -EBUSY;
	*ret = present->place;
	ret->pool = present->pool;
	ret->number = video_frame_buffer(present->wanted)->number;
	ret->is_new = !is_still;
	if (place)
		*place = (struct present_lent){
				ret->pool, ret->number, video_frame_ref(present->wanted)};
	present->sent = *ret;
	present->sent_frame = present->wanted;
	present->shown += ret->is_new;
	return 0;
}

int present_release(struct present *present, uint32_t pool, uint32_t number)
{
	if (pool > 0 && (pool <= present->base || pool < present->pool))
		return 0;
	for (unsigned i = 0; i < PRESENT_LENT_MAX; i++) {
		struct present_lent *lent = &present->lent[i];

		if (lent->pool == 0 || lent->pool != pool || lent->number != number)
			continue;
		video_frame_unref(lent->frame);
		*lent = (struct present_lent){0};
		drop_retired(present); /* it was seen, and left the screen */
		return 0;
	}
	return -EPROTO;
}
