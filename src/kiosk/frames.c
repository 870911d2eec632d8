/* SPDX-License-Identifier: Apache-2.0 */
#include "kiosk/frames.h"

#include <drm/drm_fourcc.h>
#include <errno.h>
#include <string.h>

#include "base/own.h"

enum { ALIGN = 4096 };

/* A place for frames of a video. */
struct buffer {
	struct pixels *pixels; /* NULL: not announced */
	struct display_picture content;
	struct picture *held; /* while it is with us; no reference */
};

struct frames {
	uint32_t session;
	struct frames_handler handler;
	struct wire_session_pool pool; /* pool 0: none yet */
	struct pixels *pixels;
	struct picture *slots[WIRE_SLOTS]; /* while they are with us; no references */
	bool has_desktop;                  /* the pool has shown a picture */
	uint32_t video_pool;
	struct buffer buffers[WIRE_BUFFERS_MAX];
	struct picture *video; /* that the newest FRAME names: a reference */
	bool has_pending;
	struct session_frame pending;
};

void session_frame_finish(struct session_frame *frame)
{
	picture_unref(own_take(frame->desktop));
	picture_unref(own_take(frame->video));
}

struct frames *frames_create(uint32_t session, const struct frames_handler *handler)
{
	struct frames *frames = own_alloc(sizeof(*frames));

	frames->session = session;
	frames->handler = *handler;
	return frames;
}

static void forget_slots(struct frames *frames)
{
	for (unsigned i = 0; i < WIRE_SLOTS; i++) {
		if (frames->slots[i])
			frames->slots[i]->on_gone = NULL;
		frames->slots[i] = NULL;
	}
}

static void forget_buffers(struct frames *frames)
{
	for (unsigned i = 0; i < WIRE_BUFFERS_MAX; i++) {
		struct buffer *buffer = &frames->buffers[i];

		if (buffer->held)
			buffer->held->on_gone = NULL;
		pixels_unref(buffer->pixels);
		*buffer = (struct buffer){0};
	}
}

void frames_destroy(struct frames *frames)
{
	if (!frames)
		return;
	forget_slots(frames);
	forget_buffers(frames);
	session_frame_finish(&frames->pending);
	picture_unref(frames->video);
	pixels_unref(frames->pixels);
	free(frames);
}

/* --- the desktop's pool --- */

static bool is_pool(const struct frames *frames, const struct wire_session_pool *pool)
{
	return pool->pool > frames->pool.pool && pool->width >= 1 && pool->width <= WIRE_SIDE_MAX &&
	       pool->height >= 1 && pool->height <= WIRE_SIDE_MAX && pool->stride % 4 == 0 &&
	       pool->stride >= pool->width * 4 && pool->stride <= 4 * WIRE_SIDE_MAX &&
	       pool->format == DRM_FORMAT_XRGB8888;
}

int frames_add_pool(struct frames *frames, const struct wire_session_pool *pool, int fd)
{
	struct pixels *pixels;
	int code;

	if (!is_pool(frames, pool))
		return -EPROTO;
	code = pixels_map(fd, (size_t)pool->stride * pool->height * WIRE_SLOTS, &pixels, NULL);
	if (code < 0)
		return code;
	forget_slots(frames);
	session_frame_finish(&frames->pending);
	frames->has_pending = false;
	frames->has_desktop = false;
	pixels_unref(frames->pixels);
	frames->pixels = pixels;
	frames->pool = *pool;
	return 0;
}

static void on_slot_gone(void *data, const struct picture *picture)
{
	struct frames *frames = data;

	frames->slots[picture->number] = NULL;
	frames->handler.on_release(frames->handler.data, picture->pool, picture->number);
}

static struct picture *hold_slot(struct frames *frames, uint32_t slot)
{
	const struct wire_session_pool *pool = &frames->pool;
	size_t offset = (size_t)pool->stride * pool->height * slot;
	struct display_picture content = {
			.format = pool->format,
			.width = pool->width,
			.height = pool->height,
			.stride = pool->stride,
			.pixels = (const uint8_t *)pixels_data(frames->pixels) + offset,
	};
	struct picture *picture = picture_create(&content, frames->pixels);

	picture->pool = pool->pool;
	picture->number = slot;
	picture->on_gone = on_slot_gone;
	picture->data = frames;
	frames->slots[slot] = picture;
	frames->has_desktop = true;
	return picture;
}

/* --- the video's buffers --- */

/* Bytes from the beginning to the end of plane `index`; chroma has half the rows. */
static uint64_t plane_end(const struct wire_session_buffer *buffer, unsigned index)
{
	return buffer->offsets[index] +
	       (uint64_t)buffer->strides[index] * (index ? buffer->height / 2 : buffer->height);
}

static bool is_plane(const struct wire_session_buffer *buffer, unsigned index)
{
	uint32_t bytes = buffer->format == DRM_FORMAT_P010 ? 2 : 1;

	/* Chroma: two values for each second pixel. */
	return buffer->strides[index] >= buffer->width * bytes &&
	       buffer->strides[index] <= 4 * WIRE_SIDE_MAX && buffer->strides[index] % bytes == 0 &&
	       buffer->offsets[index] % bytes == 0;
}

static bool is_side(uint32_t side)
{
	return side >= 2 && side <= WIRE_SIDE_MAX && side % 2 == 0;
}

static bool is_buffer(const struct frames *frames, const struct wire_session_buffer *buffer,
		unsigned fd_count)
{
	bool is_memory = buffer->kind == WIRE_BUFFER_MEMORY;

	if (buffer->pool < 1 || buffer->pool < frames->video_pool ||
			buffer->number >= WIRE_BUFFERS_MAX ||
			(buffer->pool == frames->video_pool &&
					frames->buffers[buffer->number].pixels))
		return false;
	if (is_memory ? fd_count != 1 || buffer->modifier != DRM_FORMAT_MOD_LINEAR
		      : buffer->kind != WIRE_BUFFER_DMABUF)
		return false;
	return (buffer->format == DRM_FORMAT_NV12 || buffer->format == DRM_FORMAT_P010) &&
	       is_side(buffer->width) && is_side(buffer->height) && is_plane(buffer, 0) &&
	       is_plane(buffer, 1) && buffer->offsets[0] % ALIGN == 0 &&
	       buffer->encoding <= YUV_BT2020 && buffer->range <= YUV_FULL;
}

/* What the CPU may read of it: all of a memfd, a linear dma-buf where that is possible. */
static int map_buffer(const struct wire_session_buffer *buffer, const int *fds, unsigned fd_count,
		struct pixels **ret)
{
	uint64_t luma = plane_end(buffer, 0), chroma = plane_end(buffer, 1);
	size_t size = luma > chroma ? luma : chroma;

	if (buffer->kind == WIRE_BUFFER_MEMORY)
		return pixels_map(fds[0], size, ret, NULL);
	if (fd_count == 2) {
		int code = pixels_map_dmabuf(fds[1], 0, ret, NULL);

		if (code < 0)
			return code;
		pixels_unref(*ret);
	}
	if (fd_count == 2 || buffer->modifier != DRM_FORMAT_MOD_LINEAR)
		size = 0;
	return pixels_map_dmabuf(fds[0], size, ret, NULL);
}

static void import(struct frames *frames, const struct wire_session_buffer *buffer, const int *fds,
		unsigned fd_count, struct pixels *pixels)
{
	struct display_buffer_info info = {
			.is_dmabuf = buffer->kind == WIRE_BUFFER_DMABUF,
			.fds = {fds[0], fd_count == 2 ? fds[1] : -1},
			.format = buffer->format,
			.modifier = buffer->modifier,
			.width = buffer->width,
			.height = buffer->height,
			.offsets = {buffer->offsets[0], buffer->offsets[1]},
			.strides = {buffer->strides[0], buffer->strides[1]},
	};
	struct display_buffer *imported;

	if (frames->handler.import &&
			frames->handler.import(frames->handler.data, &info, &imported) >= 0)
		pixels_set_buffer(pixels, imported, frames->handler.forget);
}

static struct display_picture describe(const struct wire_session_buffer *buffer,
		struct pixels *pixels)
{
	const uint8_t *data = pixels_data(pixels);

	return (struct display_picture){
			.format = buffer->format,
			.width = buffer->width,
			.height = buffer->height,
			.stride = buffer->strides[0],
			.pixels = data ? data + buffer->offsets[0] : NULL,
			.chroma = data ? data + buffer->offsets[1] : NULL,
			.chroma_stride = buffer->strides[1],
			.encoding = (enum yuv_encoding)buffer->encoding,
			.range = (enum yuv_range)buffer->range,
			.buffer = pixels_buffer(pixels),
	};
}

static bool can_be_shown(const struct display_picture *content)
{
	return content->pixels || content->buffer;
}

int frames_add_buffer(struct frames *frames, const struct wire_session_buffer *buffer,
		const int *fds, unsigned fd_count)
{
	struct buffer *place;
	struct pixels *pixels;
	int code;

	if (!is_buffer(frames, buffer, fd_count))
		return -EPROTO;
	code = map_buffer(buffer, fds, fd_count, &pixels);
	if (code < 0)
		return code;
	if (buffer->pool > frames->video_pool)
		forget_buffers(frames);
	frames->video_pool = buffer->pool;
	import(frames, buffer, fds, fd_count, pixels);
	place = &frames->buffers[buffer->number];
	*place = (struct buffer){.pixels = pixels, .content = describe(buffer, pixels)};
	if (!can_be_shown(&place->content))
		frames->handler.on_refuse_buffer(frames->handler.data, buffer->pool,
				buffer->number);
	return 0;
}

static void on_buffer_gone(void *data, const struct picture *picture)
{
	struct frames *frames = data;

	frames->buffers[picture->number].held = NULL;
	frames->handler.on_release_buffer(frames->handler.data, picture->pool, picture->number);
}

/* A reference for the frame that names it, and one for us as long as no later one does not. */
static void hold_buffer(struct frames *frames, uint32_t number)
{
	struct buffer *buffer = &frames->buffers[number];
	struct picture *old = frames->video;

	/* The frame before named it as well: is_video has seen to that. */
	if (buffer->held)
		return;
	buffer->held = picture_create(&buffer->content, buffer->pixels);
	buffer->held->pool = frames->video_pool;
	buffer->held->number = number;
	buffer->held->on_gone = on_buffer_gone;
	buffer->held->data = frames;
	frames->video = buffer->held;
	picture_unref(old);
}

/* --- frames --- */

static bool is_rect(const struct wire_rect *rect, struct display_rect within)
{
	return rect->x1 >= within.x1 && rect->y1 >= within.y1 && rect->x1 < rect->x2 &&
	       rect->y1 < rect->y2 && rect->x2 <= within.x2 && rect->y2 <= within.y2;
}

static struct display_rect size_rect(uint32_t width, uint32_t height)
{
	return (struct display_rect){0, 0, (int32_t)width, (int32_t)height};
}

static struct display_rect display_rect_of(const struct wire_rect *rect)
{
	return (struct display_rect){rect->x1, rect->y1, rect->x2, rect->y2};
}

static bool is_desktop(const struct frames *frames, const struct wire_session_frame *frame)
{
	if (frame->pool != frames->pool.pool || frames->pool.pool == 0)
		return false;
	if (frame->slot == WIRE_SLOT_NONE)
		return frames->has_desktop && frame->rect_count == 0;
	if (frame->slot >= WIRE_SLOTS || frames->slots[frame->slot] || frame->rect_count < 1 ||
			frame->rect_count > WIRE_RECTS_MAX)
		return false;
	for (uint32_t i = 0; i < frame->rect_count; i++)
		if (!is_rect(&frame->rects[i], size_rect(frames->pool.width, frames->pool.height)))
			return false;
	return true;
}

static bool is_video(const struct frames *frames, const struct wire_video *video)
{
	const struct display_rect around = {
			-WIRE_SIDE_MAX, -WIRE_SIDE_MAX, 2 * WIRE_SIDE_MAX, 2 * WIRE_SIDE_MAX};
	const struct buffer *buffer;

	if (video->pool == 0)
		return true;
	if (video->pool != frames->video_pool || video->number >= WIRE_BUFFERS_MAX ||
			video->is_new > 1 || video->visible_count > WIRE_VISIBLE_MAX)
		return false;
	buffer = &frames->buffers[video->number];
	if (!buffer->pixels || (buffer->held && buffer->held != frames->video))
		return false;
	if (!is_rect(&video->source, size_rect(buffer->content.width, buffer->content.height)) ||
			!is_rect(&video->target, around) ||
			video->target.x2 - video->target.x1 > WIRE_SIDE_MAX ||
			video->target.y2 - video->target.y1 > WIRE_SIDE_MAX)
		return false;
	for (uint32_t i = 0; i < video->visible_count; i++)
		if (!is_rect(&video->visible[i], display_rect_of(&video->target)))
			return false;
	return true;
}

/* Damage of a frame that nobody took goes on to the newer one; what is too much becomes all. */
static void add_rects(struct session_frame *frame, const struct session_frame *older,
		const struct wire_session_frame *message)
{
	bool has_older = older && older->desktop;
	unsigned count = 0;

	if (has_older && (older->rect_count == 0 || older->rect_count + message->rect_count >
								    DISPLAY_RECTS_MAX))
		return;
	for (unsigned i = 0; has_older && i < older->rect_count; i++)
		frame->rects[count++] = older->rects[i];
	for (uint32_t i = 0; i < message->rect_count; i++)
		frame->rects[count++] = display_rect_of(&message->rects[i]);
	frame->rect_count = count;
}

static void set_video(struct frames *frames, struct session_frame *frame,
		const struct wire_video *video)
{
	struct picture *before = frames->video;

	if (video->pool == 0) {
		picture_unref(own_take(frames->video));
		return;
	}
	hold_buffer(frames, video->number);
	if (!can_be_shown(&frames->video->content))
		return;
	frame->video = picture_ref(frames->video);
	frame->is_video_new = frames->video != before || video->is_new;
	frame->place.source = display_rect_of(&video->source);
	frame->place.target = display_rect_of(&video->target);
	frame->place.visible_count = video->visible_count;
	for (uint32_t i = 0; i < video->visible_count; i++)
		frame->place.visible[i] = display_rect_of(&video->visible[i]);
}

int frames_add(struct frames *frames, const struct wire_session_frame *message)
{
	struct session_frame frame = {.session = frames->session};
	struct session_frame older = frames->pending;

	if (!is_desktop(frames, message) || !is_video(frames, &message->video))
		return -EPROTO;
	if (message->slot != WIRE_SLOT_NONE) {
		frame.desktop = hold_slot(frames, message->slot);
		add_rects(&frame, frames->has_pending ? &older : NULL, message);
	} else if (older.desktop) {
		frame.desktop = picture_ref(older.desktop);
		frame.rect_count = older.rect_count;
		memcpy(frame.rects, older.rects, sizeof(frame.rects));
	}
	set_video(frames, &frame, &message->video);
	frame.is_video_new |= older.video && older.is_video_new;
	frames->pending = frame;
	frames->has_pending = true;
	session_frame_finish(&older);
	return 0;
}

bool frames_take(struct frames *frames, struct session_frame *ret)
{
	if (!frames->has_pending)
		return false;
	*ret = frames->pending;
	frames->pending = (struct session_frame){0};
	frames->has_pending = false;
	return true;
}
