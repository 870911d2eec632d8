/* SPDX-License-Identifier: Apache-2.0 */
#include "kiosk/pixels.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/own.h"

struct pixels {
	unsigned refs;
	void *data;
	size_t size;
	bool is_mapped;
	struct display_buffer *buffer;
	void (*destroy_buffer)(struct display_buffer *buffer);
};

OWN_DEFINE(pixels, struct pixels, pixels_unref);

struct pixels *pixels_create(size_t size)
{
	struct pixels *pixels = own_alloc(sizeof(*pixels));

	pixels->refs = 1;
	pixels->size = size;
	pixels->data = own_alloc(size);
	return pixels;
}

static int check_size(int fd, size_t size, struct err *err)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return err_errno(err, errno, "pixels");
	if (!S_ISREG(status.st_mode) || status.st_size < 0 || (uint64_t)status.st_size < size)
		return err_set(err, EPROTO, "pixels: %lld bytes, expected at least %zu",
				(long long)status.st_size, size);
	return 0;
}

int pixels_map(int fd, size_t size, struct pixels **ret, struct err *err)
{
	int seals = fcntl(fd, F_GET_SEALS);
	struct pixels *pixels;
	void *data;
	int code;

	if (seals < 0 || !(seals & F_SEAL_SHRINK))
		return err_set(err, EPROTO, "pixels: not a memfd that is sealed against shrinking");
	code = check_size(fd, size, err);
	if (code < 0)
		return code;
	data = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	if (data == MAP_FAILED)
		return err_errno(err, errno, "pixels: mapping %zu bytes", size);
	pixels = own_alloc(sizeof(*pixels));
	*pixels = (struct pixels){.refs = 1, .data = data, .size = size, .is_mapped = true};
	*ret = pixels;
	return 0;
}

int pixels_map_dmabuf(int fd, size_t size, struct pixels **ret, struct err *err)
{
	struct pixels *pixels;
	struct statfs status;
	off_t end;

	if (fstatfs(fd, &status) < 0 || status.f_type != DMA_BUF_MAGIC)
		return err_set(err, EPROTO, "pixels: not a dma-buf");
	end = lseek(fd, 0, SEEK_END);
	if (end < 0 || (uint64_t)end < size)
		return err_set(err, EPROTO, "pixels: a dma-buf of %lld bytes, expected %zu",
				(long long)end, size);
	pixels = own_alloc(sizeof(*pixels));
	*pixels = (struct pixels){.refs = 1, .size = size};
	if (size > 0)
		pixels->data = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	if (pixels->data == MAP_FAILED)
		pixels->data = NULL;
	pixels->is_mapped = pixels->data != NULL;
	*ret = pixels;
	return 0;
}

void pixels_set_buffer(struct pixels *pixels, struct display_buffer *buffer,
		void (*destroy)(struct display_buffer *buffer))
{
	pixels->buffer = buffer;
	pixels->destroy_buffer = destroy;
}

struct display_buffer *pixels_buffer(struct pixels *pixels)
{
	return pixels->buffer;
}

int pixels_read(int fd, size_t size, struct pixels **ret, struct err *err)
{
	OWNED(pixels) struct pixels *pixels = NULL;
	int code = check_size(fd, size, err);

	if (code < 0)
		return code;
	pixels = pixels_create(size);
	for (size_t done = 0; done < size;) {
		ssize_t count = pread(fd, (uint8_t *)pixels->data + done, size - done, (off_t)done);

		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return err_errno(err, count < 0 ? errno : EPROTO,
					"pixels: reading %zu bytes", size);
		done += (size_t)count;
	}
	*ret = own_take(pixels);
	return 0;
}

void *pixels_data(struct pixels *pixels)
{
	return pixels->data;
}

struct pixels *pixels_ref(struct pixels *pixels)
{
	pixels->refs++;
	return pixels;
}

unsigned pixels_refs(const struct pixels *pixels)
{
	return pixels->refs;
}

void pixels_unref(struct pixels *pixels)
{
	if (!pixels || --pixels->refs > 0)
		return;
	if (pixels->buffer)
		pixels->destroy_buffer(pixels->buffer);
	if (pixels->is_mapped)
		munmap(pixels->data, pixels->size);
	else
		free(pixels->data);
	free(pixels);
}
