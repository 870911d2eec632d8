/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory of others as framebuffers of the card: a dma-buf as it is, a memfd through
 * /dev/udmabuf, which makes a dma-buf of its pages.
 */
#include <drm_fourcc.h>
#include <errno.h>
#include <string.h>
#include <xf86drm.h>

#include "kms/device_io.h"
#include "kms/kms.h"

/* What `own` of a display_buffer points to. */
struct import {
	int fd;     /* of the card */
	int dmabuf; /* over a memfd; -1: it was one already */
	uint32_t framebuffer;
};

static bool any_plane_takes(const struct kms *kms, uint32_t format)
{
	for (unsigned i = 0; i < kms->plane_count; i++)
		if (kms->planes[i].can.kind != PLANE_CURSOR &&
				plane_has_format(&kms->planes[i].can, format))
			return true;
	return false;
}

/* A handle per plane, both the same where both lie in one. 0 or negative errno. */
static int get_handles(int fd, const int dmabufs[2], unsigned count, uint32_t handles[4])
{
	for (unsigned i = 0; i < count; i++) {
		int dmabuf = dmabufs[i] >= 0 ? dmabufs[i] : dmabufs[0];
		if (drmPrimeFDToHandle(fd, dmabuf, &handles[i]) < 0)
			return -errno;
	}
	return 0;
}

/* The framebuffer keeps the memory; handles of the same memory are the same number. */
static void drop_handles(int fd, const uint32_t handles[4])
{
	if (handles[0])
		drmCloseBufferHandle(fd, handles[0]);
	if (handles[1] && handles[1] != handles[0])
		drmCloseBufferHandle(fd, handles[1]);
}

static int add_framebuffer(const struct display_buffer_info *info, const int dmabufs[2],
		struct import *import)
{
	unsigned count = display_buffer_planes(info->format);
	uint32_t handles[4] = {0}, strides[4] = {0}, offsets[4] = {0};
	uint64_t modifiers[4] = {0};
	int ret = get_handles(import->fd, dmabufs, count, handles);

	for (unsigned i = 0; i < count; i++) {
		strides[i] = info->strides[i];
		offsets[i] = info->offsets[i];
		modifiers[i] = info->modifier;
	}
	/* Plain memory needs no word about it, and drivers that know no modifiers take it so. */
	bool has_modifier = info->is_dmabuf && info->modifier != DRM_FORMAT_MOD_LINEAR &&
	                    info->modifier != DRM_FORMAT_MOD_INVALID;

	if (ret == 0)
		ret = drmModeAddFB2WithModifiers(import->fd, info->width, info->height,
				info->format, handles, strides, offsets,
				has_modifier ? modifiers : NULL, &import->framebuffer,
				has_modifier ? DRM_MODE_FB_MODIFIERS : 0);
	drop_handles(import->fd, handles);
	return ret;
}

static int import_memfd(const struct display_buffer_info *info, struct import *import)
{
	int dmabufs[2] = {-1, -1};

	if (info->fds[1] >= 0)
		return -ENOTSUP;
	import->dmabuf = device_io_dmabuf(info->fds[0]);
	if (import->dmabuf < 0)
		return import->dmabuf;
	dmabufs[0] = import->dmabuf;
	return add_framebuffer(info, dmabufs, import);
}

static void finish(struct import *import)
{
	if (import->framebuffer)
		drmModeRmFB(import->fd, import->framebuffer);
	own_end_fd(&import->dmabuf);
	free(import);
}

int kms_import(struct display_buffer *buffer, struct err *err)
{
	const struct display_buffer_info *info = &buffer->info;
	struct kms *kms = (struct kms *)buffer->display;
	struct import *import;
	int ret;

	if (!any_plane_takes(kms, info->format))
		return err_set(err, ENOTSUP, "no plane takes the format %.4s",
				(const char *)&info->format);
	import = own_alloc(sizeof *import);
	*import = (struct import){.fd = kms->fd, .dmabuf = -1};
	ret = info->is_dmabuf ? add_framebuffer(info, info->fds, import)
	                      : import_memfd(info, import);
	if (ret < 0) {
		finish(import);
		return err_set(err, ENOTSUP, "%ux%u: the card can't read it: %s", info->width,
				info->height, strerror(-ret));
	}
	buffer->own = import;
	return 0;
}

void kms_release(struct display_buffer *buffer)
{
	finish(buffer->own);
	buffer->own = NULL;
}

uint32_t kms_framebuffer_of(const struct display_picture *picture)
{
	const struct import *import = picture->buffer ? picture->buffer->own : NULL;

	return import ? import->framebuffer : 0;
}

void kms_flush(const struct display_picture *picture)
{
	const struct import *import = picture->buffer->own;

	if (import && import->dmabuf >= 0)
		device_io_flush(import->dmabuf);
}
