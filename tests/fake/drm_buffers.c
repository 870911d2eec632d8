/* SPDX-License-Identifier: Apache-2.0 */
/* The card's memory: dumb buffers, memory of others, framebuffers over both. */
#include <drm_fourcc.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "base/own.h"
#include "fake/drm_card.h"
#include "unit/kms_reference.h"
#include "yuv/yuv.h"

static uint32_t new_handle(void)
{
	for (uint32_t i = 1; i < TABLE_MAX; i++)
		if (fake_card.buffers[i].references == 0)
			return i;
	return 0;
}

static void drop(uint32_t handle)
{
	struct buffer *buffer = &fake_card.buffers[handle];

	if (--buffer->references > 0)
		return;
	if (buffer->is_imported)
		munmap(buffer->memory, buffer->size);
	else
		free(buffer->memory);
	*buffer = (struct buffer){0};
}

int drmModeCreateDumbBuffer(int fd, uint32_t width, uint32_t height, uint32_t bpp, uint32_t flags,
		uint32_t *handle, uint32_t *pitch, uint64_t *size)
{
	uint32_t new = new_handle();

	(void)fd;
	(void)flags;
	if (fake_card.drm.dumb_result || new == 0)
		return fake_card.drm.dumb_result ? fake_card.drm.dumb_result : -ENOMEM;
	*handle = new;
	*pitch = (width * bpp / 8 + 15) / 16 * 16;
	*size = (uint64_t)*pitch * height;
	fake_card.buffers[new] =
			(struct buffer){.references = 1, .size = *size, .memory = own_alloc(*size)};
	fake_card.drm.dumbs++;
	return 0;
}

int drmModeMapDumbBuffer(int fd, uint32_t handle, uint64_t *offset)
{
	(void)fd;
	*offset = handle;
	return 0;
}

int drmModeDestroyDumbBuffer(int fd, uint32_t handle)
{
	(void)fd;
	drop(handle);
	fake_card.drm.dumbs--;
	return 0;
}

int drmPrimeFDToHandle(int fd, int prime, uint32_t *handle)
{
	uint32_t new = new_handle();
	struct stat stat;

	(void)fd;
	if (fake_card.drm.import_result || new == 0 || fstat(prime, &stat) < 0) {
		errno = -fake_card.drm.import_result;
		return -1;
	}
	size_t size = (size_t)stat.st_size;
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, prime, 0);

	if (memory == MAP_FAILED)
		return -1;
	fake_card.buffers[new] = (struct buffer){
			.references = 1, .size = size, .memory = memory, .is_imported = true};
	fake_card.drm.handles++;
	*handle = new;
	return 0;
}

int drmCloseBufferHandle(int fd, uint32_t handle)
{
	(void)fd;
	drop(handle);
	fake_card.drm.handles--;
	return 0;
}

/* --- framebuffers */

struct framebuffer *fake_drm_framebuffer(uint32_t id)
{
	if (id < FRAMEBUFFERS || id >= FRAMEBUFFERS + TABLE_MAX)
		return NULL;
	struct framebuffer *found = &fake_card.framebuffers[id - FRAMEBUFFERS];

	return found->width ? found : NULL;
}

uint32_t fake_drm_format(unsigned plane)
{
	const struct framebuffer *shown =
			fake_drm_framebuffer(fake_card.drm.planes[plane].framebuffer);

	return shown ? shown->format : 0;
}

int drmModeAddFB2WithModifiers(int fd, uint32_t width, uint32_t height, uint32_t format,
		const uint32_t handles[4], const uint32_t pitches[4], const uint32_t offsets[4],
		const uint64_t modifiers[4], uint32_t *id, uint32_t flags)
{
	unsigned planes = yuv_is_format(format) ? 2 : 1;
	uint32_t at = 0;

	(void)fd;
	(void)modifiers;
	(void)flags;
	while (at < TABLE_MAX && fake_card.framebuffers[at].width)
		at++;
	if (at == TABLE_MAX)
		return -ENOSPC;
	struct framebuffer *new = &fake_card.framebuffers[at];

	*new = (struct framebuffer){.format = format, .width = width, .height = height};
	for (unsigned i = 0; i < planes; i++) {
		uint32_t rows = i ? (height + 1) / 2 : height;
		new->handles[i] = handles[i];
		new->offsets[i] = offsets[i];
		new->strides[i] = pitches[i];
		fake_card.drm.impossible += (uint64_t)offsets[i] + (uint64_t)pitches[i] * rows >
		                            fake_card.buffers[handles[i]].size;
		fake_card.buffers[handles[i]].references++;
	}
	fake_card.drm.impossible += height == 0;
	*id = FRAMEBUFFERS + at;
	fake_card.drm.framebuffers++;
	return 0;
}

int drmModeAddFB2(int fd, uint32_t width, uint32_t height, uint32_t format,
		const uint32_t handles[4], const uint32_t pitches[4], const uint32_t offsets[4],
		uint32_t *id, uint32_t flags)
{
	return drmModeAddFB2WithModifiers(fd, width, height, format, handles, pitches, offsets,
			NULL, id, flags);
}

int drmModeRmFB(int fd, uint32_t id)
{
	struct framebuffer *gone = fake_drm_framebuffer(id);

	(void)fd;
	if (!gone)
		return -ENOENT;
	for (unsigned i = 0; i < fake_card.drm.plane_count; i++)
		if (fake_card.drm.planes[i].framebuffer == id)
			fake_card.drm.planes[i].framebuffer = fake_card.drm.planes[i].crtc_id = 0;
	for (unsigned i = 0; i < 2; i++)
		if (gone->handles[i])
			drop(gone->handles[i]);
	*gone = (struct framebuffer){0};
	fake_card.drm.framebuffers--;
	return 0;
}

drmModeFB2Ptr drmModeGetFB2(int fd, uint32_t id)
{
	const struct framebuffer *from = fake_drm_framebuffer(id);

	(void)fd;
	if (!from)
		return NULL;
	drmModeFB2 *all = own_alloc(sizeof *all);

	all->fb_id = id;
	all->width = from->width;
	all->height = from->height;
	all->pixel_format = from->format;
	return all;
}

void drmModeFreeFB2(drmModeFB2Ptr all)
{
	free(all);
}

uint32_t fake_drm_pixel(const struct framebuffer *of, const struct fake_plane *plane, uint32_t x,
		uint32_t y)
{
	const uint8_t *memory = fake_card.buffers[of->handles[0]].memory + of->offsets[0];
	const uint8_t *row = memory + (size_t)y * of->strides[0];

	if (!yuv_is_format(of->format))
		return ((const uint32_t *)(const void *)row)[x] |
		       (of->format == DRM_FORMAT_XRGB8888 ? 0xff000000 : 0);
	const uint8_t *pairs = fake_card.buffers[of->handles[1]].memory + of->offsets[1] +
	                       (size_t)(y / 2) * of->strides[1];

	return reference_yuv(row[x], pairs[x / 2 * 2], pairs[x / 2 * 2 + 1],
			(enum yuv_encoding)plane->encoding, (enum yuv_range)plane->range);
}
