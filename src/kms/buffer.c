/* SPDX-License-Identifier: Apache-2.0 */
/* Memory of others that a display may show by itself: checks and ownership, for all back ends. */
#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "kms/backend.h"

static bool is_rgb(uint32_t format)
{
	return format == DRM_FORMAT_XRGB8888 || format == DRM_FORMAT_ARGB8888;
}

unsigned display_buffer_planes(uint32_t format)
{
	return yuv_is_format(format) ? 2 : 1;
}

/* Bytes that plane `index` takes up, from its offset on. */
static uint64_t plane_size(const struct display_buffer_info *info, unsigned index)
{
	uint64_t rows = index == 1 ? (info->height + 1) / 2 : info->height;

	return rows * info->strides[index];
}

/* The least bytes of a row of plane `index`. */
static uint32_t row_size(const struct display_buffer_info *info, unsigned index)
{
	uint32_t width = index == 1 ? (info->width + 1) / 2 * 2 : info->width;

	return width * (is_rgb(info->format) ? 4 : info->format == DRM_FORMAT_P010 ? 2 : 1);
}

/* Plain memory must be as large as is said; only the device knows that of its own. */
static int check_plane(const struct display_buffer_info *info, unsigned index, struct err *err)
{
	int fd = info->fds[index] >= 0 ? info->fds[index] : info->fds[0];
	uint64_t end = info->offsets[index] + plane_size(info, index);
	struct stat stat;

	if (info->strides[index] < row_size(info, index))
		return err_set(err, EINVAL, "strides[%u]: %u is too small for %u pixels", index,
				info->strides[index], info->width);
	if (info->is_dmabuf)
		return 0;
	if (fstat(fd, &stat) < 0)
		return err_errno(err, errno, "fds[%u]", index);
	if (end > (uint64_t)stat.st_size)
		return err_set(err, EINVAL, "fds[%u]: %lld bytes, %llu needed", index,
				(long long)stat.st_size, (unsigned long long)end);
	return 0;
}

static int check(const struct display_buffer_info *info, struct err *err)
{
	if (!is_rgb(info->format) && !yuv_is_format(info->format))
		return err_set(err, EINVAL, "format: %#x is not known", info->format);
	if (info->width < 1 || info->width > SCENE_SIZE_MAX || info->height < 1 ||
			info->height > SCENE_SIZE_MAX)
		return err_set(err, EINVAL, "%ux%u is not within 1..%d", info->width, info->height,
				SCENE_SIZE_MAX);
	for (unsigned i = 0; i < display_buffer_planes(info->format); i++) {
		int ret = check_plane(info, i, err);
		if (ret < 0)
			return ret;
	}
	return 0;
}

/* Out of the display's list and its back end. */
static void detach(struct display_buffer *buffer)
{
	struct display *display = buffer->display;

	for (struct display_buffer **at = &display->buffers; *at; at = &(*at)->next)
		if (*at == buffer) {
			*at = buffer->next;
			display->backend->release(buffer);
			break;
		}
	buffer->display = NULL;
}

void display_forget_buffers(struct display *display)
{
	while (display->buffers)
		detach(display->buffers);
}

/* For composition, where no plane takes it. Tiled memory can't be read so, and not all drivers allow it. */
static void map(struct display_buffer *buffer)
{
	const struct display_buffer_info *info = &buffer->info;

	if (!info->is_dmabuf || (info->modifier != DRM_FORMAT_MOD_LINEAR &&
						info->modifier != DRM_FORMAT_MOD_INVALID))
		return;
	for (unsigned i = 0; i < display_buffer_planes(info->format); i++) {
		int fd = info->fds[i] >= 0 ? info->fds[i] : info->fds[0];
		off_t size = lseek(fd, 0, SEEK_END);
		if (size <= 0 || (uint64_t)size < info->offsets[i] + plane_size(info, i))
			continue;
		void *memory = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, fd, 0);
		buffer->maps[i] = memory == MAP_FAILED ? NULL : memory;
		buffer->sizes[i] = (size_t)size;
	}
}

static void unmap(struct display_buffer *buffer)
{
	for (unsigned i = 0; i < 2; i++)
		if (buffer->maps[i])
			munmap((void *)buffer->maps[i], buffer->sizes[i]);
}

struct display_picture display_readable(const struct display_picture *picture)
{
	struct display_picture readable = *picture;
	const struct display_buffer *buffer = picture->buffer;
	const struct display_buffer_info *info = &buffer->info;

	for (unsigned i = 0; i < display_buffer_planes(info->format); i++)
		if (!buffer->maps[i])
			return readable;
	readable.pixels = buffer->maps[0] + info->offsets[0];
	readable.stride = info->strides[0];
	if (buffer->maps[1]) {
		readable.chroma = buffer->maps[1] + info->offsets[1];
		readable.chroma_stride = info->strides[1];
	}
	return readable;
}

void display_buffer_destroy(struct display_buffer *buffer)
{
	if (!buffer)
		return;
	if (buffer->display)
		detach(buffer);
	unmap(buffer);
	for (unsigned i = 0; i < 2; i++)
		own_end_fd(&buffer->info.fds[i]);
	free(buffer);
}

OWN_DEFINE(buffer, struct display_buffer, display_buffer_destroy);

int display_import(struct display *display, const struct display_buffer_info *info,
		struct display_buffer **ret, struct err *err)
{
	int result = check(info, err);

	if (result < 0)
		return result;
	OWNED(buffer) struct display_buffer *buffer = own_alloc(sizeof *buffer);

	buffer->display = display;
	buffer->info = *info;
	for (unsigned i = 0; i < 2; i++) {
		int fd = info->fds[i];
		buffer->info.fds[i] = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 3);
		if (fd >= 0 && buffer->info.fds[i] < 0)
			result = -errno;
	}
	if (result < 0)
		return err_errno(err, -result, "keeping a buffer's descriptors");
	result = display->backend->import(buffer, err);
	if (result < 0)
		return result;
	map(buffer);
	buffer->next = display->buffers;
	display->buffers = buffer;
	*ret = own_take(buffer);
	return 0;
}
