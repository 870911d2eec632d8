/* SPDX-License-Identifier: Apache-2.0 */
#include "kms/dumb.h"

#include <drm_fourcc.h>
#include <string.h>
#include <xf86drmMode.h>

#include "kms/device_io.h"
#include "yuv/yuv.h"

void dumb_destroy(int fd, struct dumb *dumb)
{
	if (dumb->framebuffer)
		drmModeRmFB(fd, dumb->framebuffer);
	if (dumb->pixels)
		device_io_unmap(dumb->pixels, dumb->size);
	if (dumb->handle)
		drmModeDestroyDumbBuffer(fd, dumb->handle);
	*dumb = (struct dumb){0};
}

/* Luma and chroma are one picture of samples, half as high again. */
static int create(int fd, struct dumb *dumb)
{
	uint32_t bits = dumb->format == DRM_FORMAT_NV12   ? 8
	                : dumb->format == DRM_FORMAT_P010 ? 16
	                                                  : 32;
	uint32_t rows = yuv_is_format(dumb->format) ? dumb->height + dumb->height / 2
	                                            : dumb->height;

	return drmModeCreateDumbBuffer(fd, dumb->width, rows, bits, 0, &dumb->handle, &dumb->stride,
			&dumb->size);
}

static int add_framebuffer(int fd, struct dumb *dumb)
{
	uint32_t handles[4] = {dumb->handle}, strides[4] = {dumb->stride}, offsets[4] = {0};

	if (yuv_is_format(dumb->format)) {
		handles[1] = dumb->handle;
		strides[1] = dumb->stride;
		offsets[1] = dumb->stride * dumb->height;
		dumb->chroma = (uint8_t *)dumb->pixels + offsets[1];
	}
	return drmModeAddFB2(fd, dumb->width, dumb->height, dumb->format, handles, strides, offsets,
			&dumb->framebuffer, 0);
}

/* On failure what was made stays in `dumb`. */
static int make(int fd, struct dumb *dumb)
{
	uint64_t offset = 0;
	void *pixels = NULL;
	int ret = create(fd, dumb);

	if (ret < 0)
		return ret;
	ret = drmModeMapDumbBuffer(fd, dumb->handle, &offset);
	if (ret < 0)
		return ret;
	ret = device_io_map(fd, offset, dumb->size, &pixels);
	if (ret < 0)
		return ret;
	dumb->pixels = pixels;
	memset(pixels, 0, dumb->size);
	return add_framebuffer(fd, dumb);
}

int dumb_create(int fd, uint32_t width, uint32_t height, uint32_t format, struct dumb *ret,
		struct err *err)
{
	struct dumb dumb = {.width = width, .height = height, .format = format};

	if (yuv_is_format(format)) { /* whole pairs */
		dumb.width += width % 2;
		dumb.height += height % 2;
	}
	int result = make(fd, &dumb);

	if (result < 0) {
		dumb_destroy(fd, &dumb);
		return err_errno(err, -result, "a framebuffer of %ux%u", width, height);
	}
	*ret = dumb;
	return 0;
}
