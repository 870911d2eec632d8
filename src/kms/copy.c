/* SPDX-License-Identifier: Apache-2.0 */
#include "kms/copy.h"

#include <drm_fourcc.h>
#include <string.h>

void copy_init(struct copy *copy)
{
	*copy = (struct copy){0};
	for (unsigned i = 0; i < 2; i++)
		pixman_region32_init(&copy->stale[i]);
}

void copy_finish(int fd, struct copy *copy)
{
	copy_settle(fd, copy);
	for (unsigned i = 0; i < 2; i++) {
		dumb_destroy(fd, &copy->buffers[i]);
		pixman_region32_fini(&copy->stale[i]);
	}
}

void copy_settle(int fd, struct copy *copy)
{
	for (unsigned i = 0; i < 2; i++)
		dumb_destroy(fd, &copy->old[i]);
}

static bool is_fit(const struct dumb *dumb, uint32_t width, uint32_t height, uint32_t format)
{
	uint32_t odd = yuv_is_format(format) ? 1 : 0;

	return dumb->framebuffer && dumb->format == format &&
	       dumb->width == width + (width & odd) && dumb->height == height + (height & odd);
}

static void put_aside(int fd, struct copy *copy)
{
	for (unsigned i = 0; i < 2; i++) {
		/* What came after one that is still on the screen was never there. */
		if (copy->old[0].framebuffer)
			dumb_destroy(fd, &copy->buffers[i]);
	}
	if (copy->buffers[0].framebuffer)
		memcpy(copy->old, copy->buffers, sizeof copy->old);
	memset(copy->buffers, 0, sizeof copy->buffers);
}

int copy_fit(int fd, struct copy *copy, uint32_t width, uint32_t height, uint32_t format,
		struct err *err)
{
	int ret = 0;

	if (is_fit(&copy->buffers[0], width, height, format))
		return 0;
	put_aside(fd, copy);
	copy->serial = 0;
	for (unsigned i = 0; i < 2 && ret == 0; i++) {
		ret = dumb_create(fd, width, height, format, &copy->buffers[i], err);
		region_add_rect(&copy->stale[i],
				(struct display_rect){0, 0, (int32_t)width, (int32_t)height});
	}
	for (unsigned i = 0; i < 2 && ret < 0; i++)
		dumb_destroy(fd, &copy->buffers[i]);
	return ret;
}

void copy_damage(struct copy *copy, const pixman_region32_t *damage)
{
	for (unsigned i = 0; i < 2; i++)
		region_add(&copy->stale[i], damage);
}

struct rows {
	const uint8_t *from;
	uint8_t *to;
	uint32_t from_stride, to_stride;
};

/* Bytes x1..x2 of rows y1..y2. */
static uint64_t copy_rows(struct rows rows, int32_t x1, int32_t y1, int32_t x2, int32_t y2,
		uint32_t unit)
{
	size_t begin = (size_t)x1 * unit, size = (size_t)(x2 - x1) * unit;

	for (int32_t y = y1; y < y2; y++)
		memcpy(rows.to + (size_t)y * rows.to_stride + begin,
				rows.from + (size_t)y * rows.from_stride + begin, size);
	return size * (uint64_t)(y2 - y1);
}

static uint64_t copy_box(struct dumb *to, const struct display_picture *from, pixman_box32_t box)
{
	uint32_t unit = from->format == DRM_FORMAT_NV12   ? 1
	                : from->format == DRM_FORMAT_P010 ? 2
	                                                  : 4;
	struct rows rows = {from->pixels, (uint8_t *)to->pixels, from->stride, to->stride};
	struct rows pairs = {from->chroma, to->chroma, from->chroma_stride, to->stride};
	uint64_t bytes = copy_rows(rows, box.x1, box.y1, box.x2, box.y2, unit);

	if (yuv_is_format(from->format))
		bytes += copy_rows(pairs, box.x1 / 2, box.y1 / 2, (box.x2 + 1) / 2,
				(box.y2 + 1) / 2, 2 * unit);
	return bytes;
}

uint64_t copy_paint(struct copy *copy, const struct scene_layer *layer)
{
	const struct display_picture *picture = &layer->picture;
	unsigned back = 1 - copy->front;
	uint64_t bytes = 0;
	int count = 0;

	region_clip(&copy->stale[back], (struct display_rect){0, 0, (int32_t)picture->width,
							(int32_t)picture->height});
	const pixman_box32_t *boxes = pixman_region32_rectangles(&copy->stale[back], &count);

	for (int i = 0; i < count; i++)
		bytes += copy_box(&copy->buffers[back], picture, boxes[i]);
	pixman_region32_clear(&copy->stale[back]);
	return bytes;
}

uint64_t copy_paint_cursor(struct copy *copy, const struct display_picture *picture,
		enum layout_rotation rotation)
{
	struct dumb *onto = &copy->buffers[1 - copy->front];
	uint32_t opaque = picture->format == DRM_FORMAT_XRGB8888 ? 0xff000000 : 0;

	memset(onto->pixels, 0, onto->size);
	for (uint32_t y = 0; y < picture->height; y++) {
		const uint32_t *from = (const uint32_t *)picture->pixels +
		                       (size_t)y * (picture->stride / 4);
		for (uint32_t x = 0; x < picture->width; x++) {
			struct display_rect at = {
					(int32_t)x, (int32_t)y, (int32_t)x + 1, (int32_t)y + 1};
			at = scene_rotate(at, picture->width, picture->height, rotation);
			onto->pixels[(size_t)at.y1 * (onto->stride / 4) + (size_t)at.x1] =
					from[x] | opaque;
		}
	}
	return onto->size;
}
