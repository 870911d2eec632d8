/* SPDX-License-Identifier: Apache-2.0 */
#include "kms/png.h"

#include <errno.h>
#include <png.h>

#include "base/file.h"
#include "base/own.h"

static void to_rgb(uint8_t *rgb, const uint32_t *pixels, uint32_t width, uint32_t height,
		uint32_t stride)
{
	for (uint32_t y = 0; y < height; y++) {
		const uint32_t *row = pixels + (size_t)y * (stride / 4);
		for (uint32_t x = 0; x < width; x++) {
			*rgb++ = (uint8_t)(row[x] >> 16);
			*rgb++ = (uint8_t)(row[x] >> 8);
			*rgb++ = (uint8_t)row[x];
		}
	}
}

int png_encode(const uint32_t *pixels, uint32_t width, uint32_t height, uint32_t stride,
		uint8_t **ret, size_t *ret_size, struct err *err)
{
	png_image image = {
			.version = PNG_IMAGE_VERSION,
			.width = width,
			.height = height,
			.format = PNG_FORMAT_RGB,
			.flags = PNG_IMAGE_FLAG_FAST,
	};
	png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
	OWNED(memory) uint8_t *rgb = own_alloc_array((size_t)width * height, 3);
	OWNED(memory) uint8_t *file = own_alloc(size);

	to_rgb(rgb, pixels, width, height, stride);
	if (!png_image_write_to_memory(&image, file, &size, 0, rgb, 0, NULL))
		return err_set(err, EIO, "%s", image.message);
	*ret = own_take(file);
	*ret_size = size;
	return 0;
}

int png_save(const char *path, const uint32_t *pixels, uint32_t width, uint32_t height,
		uint32_t stride, struct err *err)
{
	OWNED(memory) uint8_t *file = NULL;
	size_t size = 0;
	int code = png_encode(pixels, width, height, stride, &file, &size, err);

	return code < 0 ? code : file_write(path, file, size, 0644, err);
}
