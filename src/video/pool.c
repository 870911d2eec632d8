/* SPDX-License-Identifier: Apache-2.0 */
#include "video/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <libdrm/drm_fourcc.h>
#include <string.h>
#include <sys/mman.h>

enum {
	/* Display hardware wants lines of 256 bytes and planes that begin on a page; vectors want 64. */
	STRIDE_ALIGN = 256,
	PAGE = 4096,
	/* The decoder reads (and writes nothing) a little past the last line. */
	LINES_BEHIND = 2,
	PRIVATE_ALIGN = 64,
};

struct video_pool {
	pthread_mutex_t mutex;
	struct pool_shape shape;
	uint32_t number;
	unsigned holders; /* the decoder and buffers in use */
	unsigned count;
	struct pool_buffer *buffers[VIDEO_BUFFERS_MAX];
};

static size_t align_to(size_t size, size_t step)
{
	return (size + step - 1) / step * step;
}

struct video_pool *pool_create(const struct pool_shape *shape, uint32_t number)
{
	struct video_pool *pool = own_alloc(sizeof(*pool));

	pthread_mutex_init(&pool->mutex, NULL);
	pool->shape = *shape;
	pool->number = number;
	pool->holders = 1;
	return pool;
}

static void destroy_buffer(struct pool_buffer *buffer)
{
	if (buffer->map)
		munmap(buffer->map, buffer->size_bytes);
	own_end_fd(&buffer->shown.fds[0]);
	own_end_fd(&buffer->shown.fds[1]);
	free(buffer->private);
	free(buffer);
}

/* One holder less; the last one takes everything with it. */
static void let_go(struct video_pool *pool)
{
	pthread_mutex_lock(&pool->mutex);
	bool is_last = --pool->holders == 0;
	pthread_mutex_unlock(&pool->mutex);
	if (!is_last)
		return;
	for (unsigned i = 0; i < pool->count; i++)
		destroy_buffer(pool->buffers[i]);
	pthread_mutex_destroy(&pool->mutex);
	free(pool);
}

void pool_destroy(struct video_pool *pool)
{
	if (pool)
		let_go(pool);
}

const struct pool_shape *pool_shape(const struct video_pool *pool)
{
	return &pool->shape;
}

/* Where the planes lie in one piece of memory. */
static void lay_out(const struct pool_shape *shape, struct video_buffer *ret, size_t *size)
{
	uint32_t bytes = shape->format == DRM_FORMAT_P010 ? 2 : 1;
	uint32_t stride = (uint32_t)align_to((size_t)shape->width * bytes, STRIDE_ALIGN);
	size_t luma = align_to((size_t)stride * (shape->height + LINES_BEHIND), PAGE);

	ret->format = shape->format;
	ret->modifier = DRM_FORMAT_MOD_LINEAR;
	ret->width = shape->width;
	ret->height = shape->height;
	ret->strides[0] = ret->strides[1] = stride;
	ret->offsets[1] = (uint32_t)luma;
	*size = luma + align_to((size_t)stride * ((shape->height + 1) / 2), PAGE);
}

static int make_memory(struct pool_buffer *buffer, size_t size, struct err *err)
{
	OWNED(fd) int fd = memfd_create("tynd-video", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0 || ftruncate(fd, (off_t)size) < 0)
		return err_errno(err, errno, "%zu bytes for a picture of %u x %u", size,
				buffer->shown.width, buffer->shown.height);
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
		return err_errno(err, errno, "sealing the memory of a picture");
	void *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return err_errno(err, errno, "mapping %zu bytes of a picture", size);
	buffer->map = map;
	buffer->size_bytes = size;
	buffer->shown.fds[0] = own_take_fd(&fd);
	return 0;
}

static struct pool_buffer *new_buffer(struct video_pool *pool)
{
	struct pool_buffer *buffer = own_alloc(sizeof(*buffer));

	buffer->pool = pool;
	buffer->shown.fds[0] = buffer->shown.fds[1] = -1;
	return buffer;
}

/* Into the pool, with its first user. */
static void add(struct video_pool *pool, struct pool_buffer *buffer)
{
	pthread_mutex_lock(&pool->mutex);
	buffer->shown.pool = pool->number;
	buffer->shown.number = pool->count;
	buffer->shown.encoding = pool->shape.encoding;
	buffer->shown.range = pool->shape.range;
	pool->buffers[pool->count++] = buffer;
	buffer->users = 1;
	pool->holders++;
	pthread_mutex_unlock(&pool->mutex);
}

static int make_buffer(struct video_pool *pool, struct pool_buffer **ret, struct err *err)
{
	struct pool_buffer *buffer = new_buffer(pool);
	size_t size, private = align_to(pool->shape.private_bytes, PRIVATE_ALIGN);

	lay_out(&pool->shape, &buffer->shown, &size);
	int r = (size + private) * (pool->count + 1) > POOL_BYTES_MAX
	                        ? err_set(err, ENOMEM,
						  "pictures of %u x %u: %u need more than %d MiB",
						  pool->shape.width, pool->shape.height,
						  pool->count + 1, POOL_BYTES_MAX >> 20)
	                        : make_memory(buffer, size, err);
	if (r == 0 && private > 0) {
		buffer->private = aligned_alloc(PRIVATE_ALIGN, private);
		if (!buffer->private)
			r = err_set(err, ENOMEM, "no %zu bytes for a picture", private);
		buffer->private_size = private;
	}
	if (r < 0) {
		destroy_buffer(buffer);
		return r;
	}
	add(pool, buffer);
	*ret = buffer;
	return 0;
}

int pool_take(struct video_pool *pool, struct pool_buffer **ret, struct err *err)
{
	struct pool_buffer *found = NULL;

	pthread_mutex_lock(&pool->mutex);
	for (unsigned i = 0; i < pool->count && !found; i++)
		if (pool->buffers[i]->users == 0)
			found = pool->buffers[i];
	if (found) {
		found->users = 1;
		pool->holders++;
	}
	pthread_mutex_unlock(&pool->mutex);
	if (!found && pool->count == VIDEO_BUFFERS_MAX)
		return err_set(err, EBUSY, "all %d buffers for pictures are in use",
				VIDEO_BUFFERS_MAX);
	if (!found)
		return make_buffer(pool, ret, err);
	*ret = found;
	return 0;
}

int pool_import(struct video_pool *pool, const struct video_buffer *from, struct pool_buffer **ret,
		struct err *err)
{
	if (pool->count == VIDEO_BUFFERS_MAX)
		return err_set(err, EBUSY, "a decoder with more than %d surfaces",
				VIDEO_BUFFERS_MAX);
	struct pool_buffer *buffer = new_buffer(pool);
	buffer->shown = *from;
	add(pool, buffer);
	*ret = buffer;
	return 0;
}

struct pool_buffer *pool_buffer_ref(struct pool_buffer *buffer)
{
	pthread_mutex_lock(&buffer->pool->mutex);
	if (buffer->users++ == 0)
		buffer->pool->holders++;
	pthread_mutex_unlock(&buffer->pool->mutex);
	return buffer;
}

void pool_buffer_unref(struct pool_buffer *buffer)
{
	struct video_pool *pool = buffer->pool;

	pthread_mutex_lock(&pool->mutex);
	bool is_last = --buffer->users == 0;
	pthread_mutex_unlock(&pool->mutex);
	if (is_last)
		let_go(pool);
}

bool pool_buffer_is_used(struct pool_buffer *buffer)
{
	pthread_mutex_lock(&buffer->pool->mutex);
	bool is_used = buffer->users > 0;
	pthread_mutex_unlock(&buffer->pool->mutex);
	return is_used;
}

struct video_frame *frame_create(struct pool_buffer *buffer, struct yuv_rect crop, int64_t time_us,
		bool is_key)
{
	struct video_frame *frame = own_alloc(sizeof(*frame));

	atomic_init(&frame->references, 1);
	frame->buffer = buffer;
	frame->crop = crop;
	frame->time_us = time_us;
	frame->is_key = is_key;
	return frame;
}

struct video_frame *video_frame_ref(struct video_frame *frame)
{
	atomic_fetch_add(&frame->references, 1);
	return frame;
}

void video_frame_unref(struct video_frame *frame)
{
	if (!frame || atomic_fetch_sub(&frame->references, 1) > 1)
		return;
	if (frame->end)
		frame->end(frame);
	pool_buffer_unref(frame->buffer);
	free(frame->mapped);
	free(frame);
}

const struct video_buffer *video_frame_buffer(const struct video_frame *frame)
{
	return &frame->buffer->shown;
}

struct yuv_rect video_frame_crop(const struct video_frame *frame)
{
	return frame->crop;
}

int64_t video_frame_time_us(const struct video_frame *frame)
{
	return frame->time_us;
}

bool video_frame_is_key(const struct video_frame *frame)
{
	return frame->is_key;
}

/* Of memory: a look into it. Odd left and upper edges of a crop cannot be in 4:2:0. */
static void look_into(const struct video_frame *frame, struct yuv_picture *ret)
{
	const struct video_buffer *shown = &frame->buffer->shown;
	uint32_t bytes = shown->format == DRM_FORMAT_P010 ? 2 : 1;
	uint32_t x = (uint32_t)frame->crop.x1, y = (uint32_t)frame->crop.y1;

	*ret = (struct yuv_picture){
			.format = shown->format,
			.width = (uint32_t)frame->crop.x2 - x,
			.height = (uint32_t)frame->crop.y2 - y,
			.luma = frame->buffer->map + (size_t)y * shown->strides[0] +
	                        (size_t)x * bytes,
			.chroma = frame->buffer->map + shown->offsets[1] +
	                          (size_t)(y / 2) * shown->strides[1] + (size_t)(x / 2 * 2) * bytes,
			.luma_stride = shown->strides[0],
			.chroma_stride = shown->strides[1],
			.encoding = shown->encoding,
			.range = shown->range,
	};
}

int video_frame_map(struct video_frame *frame, struct yuv_picture *ret, struct err *err)
{
	if (frame->map)
		return frame->map(frame, ret, err);
	look_into(frame, ret);
	return 0;
}
