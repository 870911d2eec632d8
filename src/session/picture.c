/* SPDX-License-Identifier: Apache-2.0 */
#include "session/picture.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "base/own.h"

void picture_init(struct picture *picture)
{
	*picture = (struct picture){.fd = -1};
}

static size_t pool_size(const struct picture *picture)
{
	return (size_t)picture->stride * (size_t)picture->height * WIRE_SLOTS;
}

void picture_finish(struct picture *picture)
{
	if (picture->fd >= 0)
		close(picture->fd);
	picture_init(picture);
}

static int make_memory(struct picture *picture, struct err *err)
{
	OWNED(fd) int fd = memfd_create("tynd-picture", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0 || ftruncate(fd, (off_t)pool_size(picture)) < 0)
		return err_errno(err, errno, "%zu bytes for pictures of %d x %d",
				pool_size(picture), picture->width, picture->height);
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
		return err_errno(err, errno, "sealing the memory of pictures");
	picture->fd = own_take_fd(&fd);
	return 0;
}

int picture_resize(struct picture *picture, uint32_t width, uint32_t height, struct err *err)
{
	struct picture new = {
			.pool = picture->pool + 1, .fd = -1, .bytes_copied = picture->bytes_copied};

	if (width < 1 || width > WIRE_SIDE_MAX || height < 1 || height > WIRE_SIDE_MAX)
		return err_set(err, EINVAL, "a desktop of %u x %u: sides of 1..%d were expected",
				width, height, WIRE_SIDE_MAX);
	new.width = (int32_t)width;
	new.height = (int32_t)height;
	new.stride = (width * 4 + 63) / 64 * 64;
	int r = make_memory(&new, err);
	if (r < 0)
		return r;
	picture_finish(picture);
	*picture = new;
	picture_damage(picture, (struct wire_rect){0, 0, new.width, new.height});
	return 0;
}

void picture_damage(struct picture *picture, struct wire_rect rect)
{
	if (picture->pool == 0)
		return;
	damage_add(&picture->unsent, rect, picture->width, picture->height);
	for (unsigned i = 0; i < WIRE_SLOTS; i++)
		damage_add(&picture->missing[i], rect, picture->width, picture->height);
}

bool picture_is_new(const struct picture *picture)
{
	return picture->unsent.count > 0;
}

/* The free slot that misses least: fewer bytes to copy, fewer pages ever touched. */
static int find_slot(const struct picture *picture)
{
	int best = -1;
	int64_t least = INT64_MAX;

	for (int i = 0; i < WIRE_SLOTS; i++) {
		int64_t pixels = 0;

		if (picture->is_lent[i])
			continue;
		for (unsigned j = 0; j < picture->missing[i].count; j++) {
			const struct wire_rect *rect = &picture->missing[i].rects[j];
			pixels += (int64_t)(rect->x2 - rect->x1) * (rect->y2 - rect->y1);
		}
		if (pixels < least) {
			least = pixels;
			best = i;
		}
	}
	return best;
}

static int write_bytes(int fd, const uint8_t *bytes, size_t size, size_t offset)
{
	while (size > 0) {
		ssize_t done = pwrite(fd, bytes, size, (off_t)offset);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return done < 0 ? -errno : -ENOSPC;
		bytes += done;
		offset += (size_t)done;
		size -= (size_t)done;
	}
	return 0;
}

/*
 * Written, not mapped: the pool is the kiosk's memory alone, and where there is none left the
 * answer is an error and not SIGBUS. Whole rows of equal strides go at once.
 */
static int copy_rect(const struct picture *picture, unsigned slot, const struct wire_rect *rect,
		const uint8_t *source, uint32_t source_stride)
{
	size_t start = (size_t)picture->stride * (size_t)picture->height * slot;
	size_t left = (size_t)rect->x1 * 4, size = (size_t)(rect->x2 - rect->x1) * 4;
	size_t top = (size_t)rect->y1, rows = (size_t)(rect->y2 - rect->y1);

	if (size == picture->stride && source_stride == picture->stride)
		return write_bytes(picture->fd, source + top * size, rows * size,
				start + top * size);
	for (size_t y = top; y < top + rows; y++) {
		int r = write_bytes(picture->fd, source + source_stride * y + left, size,
				start + picture->stride * y + left);
		if (r < 0)
			return r;
	}
	return 0;
}

static uint64_t size_of(const struct wire_rect *rect)
{
	return (uint64_t)(rect->x2 - rect->x1) * (uint64_t)(rect->y2 - rect->y1) * 4;
}

bool picture_take_frame(struct picture *picture, const uint8_t *source, uint32_t source_stride,
		struct wire_session_frame *frame)
{
	int slot = picture->unsent.count > 0 ? find_slot(picture) : -1;

	if (slot < 0)
		return false;
	for (unsigned i = 0; i < picture->missing[slot].count; i++)
		if (copy_rect(picture, (unsigned)slot, &picture->missing[slot].rects[i], source,
				    source_stride) < 0)
			return false;
	for (unsigned i = 0; i < picture->missing[slot].count; i++)
		picture->bytes_copied += size_of(&picture->missing[slot].rects[i]);
	picture->missing[slot].count = 0;
	picture->is_lent[slot] = true;
	frame->pool = picture->pool;
	frame->slot = (uint32_t)slot;
	frame->rect_count = picture->unsent.count;
	memcpy(frame->rects, picture->unsent.rects, sizeof(frame->rects));
	picture->unsent.count = 0;
	return true;
}

int picture_release(struct picture *picture, uint32_t pool, uint32_t slot)
{
	if (pool < picture->pool && pool > 0)
		return 0;
	if (pool != picture->pool || slot >= WIRE_SLOTS || !picture->is_lent[slot])
		return -EPROTO;
	picture->is_lent[slot] = false;
	return 0;
}
