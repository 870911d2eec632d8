/* SPDX-License-Identifier: Apache-2.0 */
#include "kms/dumb.h"

#include <string.h>
#include <xf86drmMode.h>

#include "kms/device_io.h"

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

/* On failure what was made stays in `dumb`. */
static int make(int fd, uint32_t format, struct dumb *dumb)
{
	uint64_t offset = 0;
	void *pixels = NULL;
	int ret = drmModeCreateDumbBuffer(fd, dumb->width, dumb->height, 32, 0, &dumb->handle,
			&dumb->stride, &dumb->size);

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
	const uint32_t handles[4] = {dumb->handle}, strides[4] = {dumb->stride}, offsets[4] = {0};
	return drmModeAddFB2(fd, dumb->width, dumb->height, format, handles, strides, offsets,
			&dumb->framebuffer, 0);
}

int dumb_create(int fd, uint32_t width, uint32_t height, uint32_t format, struct dumb *ret,
		struct err *err)
{
	struct dumb dumb = {.width = width, .height = height};
	int result = make(fd, format, &dumb);

	if (result < 0) {
		dumb_destroy(fd, &dumb);
		return err_errno(err, -result, "a framebuffer of %ux%u", width, height);
	}
	*ret = dumb;
	return 0;
}
