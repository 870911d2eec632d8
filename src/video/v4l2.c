/* SPDX-License-Identifier: Apache-2.0 */
#include "video/v4l2.h"

#include <errno.h>
#include <fcntl.h>
#include <libdrm/drm_fourcc.h>
#include <linux/media.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

enum { NODES_MAX = 16, NUMBERS_MAX = 64, FORMATS_MAX = 64, HD_LINES = 720 };

/* Opened once: a sandbox has no /dev. A loan is an own descriptor, so an own stream. */
static struct {
	struct v4l2_node nodes[NODES_MAX];
	uint32_t formats[NODES_MAX];
	unsigned count;
} prepared;

int v4l2_call(int fd, unsigned long request, void *argument)
{
	int r;

	do
		r = ioctl(fd, request, argument);
	while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : 0;
}

int v4l2_wait(int fd, short events, int limit_ms)
{
	struct pollfd poll_fd = {.fd = fd, .events = events};

	return poll(&poll_fd, 1, limit_ms) > 0 ? poll_fd.revents : 0;
}

static uint32_t output_type(const struct v4l2_node *node)
{
	return node->is_mplane ? V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE : V4L2_BUF_TYPE_VIDEO_OUTPUT;
}

static uint32_t capture_type(const struct v4l2_node *node)
{
	return node->is_mplane ? V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE : V4L2_BUF_TYPE_VIDEO_CAPTURE;
}

/* The kind of H.264 that it takes, or 0. */
static uint32_t find_format(const struct v4l2_node *node)
{
	for (uint32_t i = 0; i < FORMATS_MAX; i++) {
		struct v4l2_fmtdesc format = {.index = i, .type = output_type(node)};
		if (v4l2_call(node->fd, VIDIOC_ENUM_FMT, &format) < 0)
			break;
		if (format.pixelformat == V4L2_PIX_FMT_H264 ||
				format.pixelformat == V4L2_PIX_FMT_H264_SLICE)
			return format.pixelformat;
	}
	return 0;
}

/* Requests are made by the media device of the same hardware. */
static int open_media(const char *bus)
{
	for (int i = 0; i < NUMBERS_MAX; i++) {
		struct media_device_info info = {0};
		char path[32];
		snprintf(path, sizeof(path), "/dev/media%d", i);
		OWNED(fd) int fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd >= 0 && v4l2_call(fd, MEDIA_IOC_DEVICE_INFO, &info) == 0 &&
				strncmp(info.bus_info, bus, sizeof(info.bus_info)) == 0)
			return own_take_fd(&fd);
	}
	return -1;
}

static void add_node(const char *path)
{
	struct v4l2_capability caps = {0};
	struct v4l2_node node = {.media_fd = -1};
	OWNED(fd) int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 || prepared.count == NODES_MAX || v4l2_call(fd, VIDIOC_QUERYCAP, &caps) < 0)
		return;
	node.is_mplane = (caps.device_caps & V4L2_CAP_VIDEO_M2M_MPLANE) != 0;
	if (!node.is_mplane && !(caps.device_caps & V4L2_CAP_VIDEO_M2M))
		return;
	node.fd = fd;
	uint32_t format = find_format(&node);
	if (format == V4L2_PIX_FMT_H264_SLICE)
		node.media_fd = open_media((const char *)caps.bus_info);
	if (format == 0 || (format == V4L2_PIX_FMT_H264_SLICE && node.media_fd < 0))
		return;
	snprintf(node.path, sizeof(node.path), "%s", path);
	snprintf(node.card, sizeof(node.card), "%.31s", (const char *)caps.card);
	own_take_fd(&fd);
	prepared.formats[prepared.count] = format;
	prepared.nodes[prepared.count++] = node;
}

void v4l2_prepare(void)
{
	for (int i = 0; i < NUMBERS_MAX; i++) {
		char path[32];
		snprintf(path, sizeof(path), "/dev/video%d", i);
		if (access(path, R_OK | W_OK) < 0)
			continue;
		for (int loan = 0; loan < V4L2_LOANS; loan++)
			add_node(path);
	}
}

struct v4l2_node *v4l2_lend(uint32_t format)
{
	for (unsigned i = 0; i < prepared.count; i++) {
		if (prepared.formats[i] == format && !prepared.nodes[i].is_lent) {
			prepared.nodes[i].is_lent = true;
			return &prepared.nodes[i];
		}
	}
	return NULL;
}

void v4l2_give_back(struct v4l2_node *node)
{
	node->is_lent = false;
}

/* All of a queue's buffers; 0 frees them. */
static int request_buffers(const struct v4l2_node *node, uint32_t type, unsigned *count)
{
	struct v4l2_requestbuffers request = {
			.count = *count, .type = type, .memory = V4L2_MEMORY_MMAP};
	int r = v4l2_call(node->fd, VIDIOC_REQBUFS, &request);

	*count = request.count;
	return r;
}

static int stream(const struct v4l2_node *node, uint32_t type, bool is_on)
{
	int value = (int)type;

	return v4l2_call(node->fd, is_on ? VIDIOC_STREAMON : VIDIOC_STREAMOFF, &value);
}

/* One interface for the two kinds of queues. */
struct slot {
	struct v4l2_buffer buffer;
	struct v4l2_plane plane;
};

static void slot_init(struct slot *slot, const struct v4l2_node *node, uint32_t type,
		unsigned index)
{
	*slot = (struct slot){.buffer = {.index = index, .type = type, .memory = V4L2_MEMORY_MMAP}};
	if (node->is_mplane) {
		slot->buffer.m.planes = &slot->plane;
		slot->buffer.length = 1;
	}
}

static int map_slot(const struct v4l2_node *node, uint32_t type, unsigned index, uint8_t **map,
		size_t *size)
{
	struct slot slot;

	slot_init(&slot, node, type, index);
	int r = v4l2_call(node->fd, VIDIOC_QUERYBUF, &slot.buffer);
	if (r < 0)
		return r;
	*size = node->is_mplane ? slot.plane.length : slot.buffer.length;
	off_t offset = node->is_mplane ? slot.plane.m.mem_offset : slot.buffer.m.offset;
	void *mapped = mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_SHARED, node->fd, offset);
	if (mapped == MAP_FAILED)
		return -errno;
	*map = mapped;
	return 0;
}

int v4l2_bytes_start(struct v4l2_bytes *bytes, struct v4l2_node *node, uint32_t pixels,
		uint32_t width, uint32_t height, size_t size, struct err *err)
{
	struct v4l2_format format = {.type = output_type(node)};
	struct v4l2_pix_format_mplane *planes = &format.fmt.pix_mp;

	*bytes = (struct v4l2_bytes){.node = node, .count = V4L2_OUTPUTS};
	if (node->is_mplane) {
		*planes = (struct v4l2_pix_format_mplane){.width = width,
				.height = height,
				.pixelformat = pixels,
				.num_planes = 1};
		planes->plane_fmt[0].sizeimage = (uint32_t)size;
	} else {
		format.fmt.pix = (struct v4l2_pix_format){.width = width,
				.height = height,
				.pixelformat = pixels,
				.sizeimage = (uint32_t)size};
	}
	int r = v4l2_call(node->fd, VIDIOC_S_FMT, &format);
	if (r == 0)
		r = request_buffers(node, output_type(node), &bytes->count);
	if (r < 0 || bytes->count == 0 || bytes->count > V4L2_OUTPUTS)
		return err_errno(err, r < 0 ? -r : ENOMEM, "%s: buffers for H.264", node->path);
	for (unsigned i = 0; i < bytes->count && r == 0; i++)
		r = map_slot(node, output_type(node), i, &bytes->maps[i], &bytes->size);
	if (r == 0)
		r = stream(node, output_type(node), true);
	return r < 0 ? err_errno(err, -r, "%s: beginning with H.264", node->path) : 0;
}

void v4l2_bytes_stop(struct v4l2_bytes *bytes)
{
	unsigned none = 0;

	if (!bytes->node)
		return;
	stream(bytes->node, output_type(bytes->node), false);
	for (unsigned i = 0; i < V4L2_OUTPUTS; i++)
		if (bytes->maps[i])
			munmap(bytes->maps[i], bytes->size);
	request_buffers(bytes->node, output_type(bytes->node), &none);
	*bytes = (struct v4l2_bytes){0};
}

int v4l2_bytes_put(struct v4l2_bytes *bytes, const void *data, size_t size, int64_t time_us,
		int request_fd, struct err *err)
{
	struct slot slot;
	unsigned i = 0;

	if (size > bytes->size)
		return err_set(err, EMSGSIZE, "%s takes %zu bytes a picture, this one has %zu",
				bytes->node->path, bytes->size, size);
	while (i < bytes->count && bytes->is_queued[i])
		i++;
	if (i == bytes->count)
		return -EAGAIN;
	memcpy(bytes->maps[i], data, size);
	slot_init(&slot, bytes->node, output_type(bytes->node), i);
	slot.buffer.bytesused = slot.plane.bytesused = (uint32_t)size;
	slot.plane.length = (uint32_t)bytes->size;
	slot.buffer.timestamp.tv_sec = time_us / 1000000;
	slot.buffer.timestamp.tv_usec = time_us % 1000000;
	if (request_fd >= 0) {
		slot.buffer.flags = V4L2_BUF_FLAG_REQUEST_FD;
		slot.buffer.request_fd = request_fd;
	}
	int r = v4l2_call(bytes->node->fd, VIDIOC_QBUF, &slot.buffer);
	if (r < 0)
		return err_errno(err, -r, "%s: a picture's bytes", bytes->node->path);
	bytes->is_queued[i] = true;
	return 0;
}

int v4l2_bytes_collect(struct v4l2_bytes *bytes)
{
	int r, count = 0;
	struct slot slot;

	do {
		slot_init(&slot, bytes->node, output_type(bytes->node), 0);
		r = v4l2_call(bytes->node->fd, VIDIOC_DQBUF, &slot.buffer);
		if (r == 0 && slot.buffer.index < bytes->count) {
			bytes->is_queued[slot.buffer.index] = false;
			count++;
		}
	} while (r == 0);
	return r == -EAGAIN ? count : r;
}

unsigned v4l2_bytes_queued(const struct v4l2_bytes *bytes)
{
	unsigned count = 0;

	for (unsigned i = 0; i < bytes->count; i++)
		count += bytes->is_queued[i];
	return count;
}

/* What the driver says about its pictures, the same for both kinds of queues. */
struct layout {
	uint32_t format, width, height, stride, encoding, range;
};

static int get_layout(const struct v4l2_node *node, struct layout *ret, struct err *err)
{
	struct v4l2_format format = {.type = capture_type(node)};
	int r = v4l2_call(node->fd, VIDIOC_G_FMT, &format);

	if (r < 0)
		return err_errno(err, -r, "%s: the format of pictures", node->path);
	const struct v4l2_pix_format_mplane *mp = &format.fmt.pix_mp;
	const struct v4l2_pix_format *p = &format.fmt.pix;
	*ret = node->is_mplane ? (struct layout){mp->pixelformat, mp->width, mp->height,
						 mp->plane_fmt[0].bytesperline, mp->ycbcr_enc,
						 mp->quantization}
	                       : (struct layout){p->pixelformat, p->width, p->height,
						 p->bytesperline, p->ycbcr_enc, p->quantization};
	return 0;
}

/* NV12 or P010 in one piece; asked for when the driver prefers something else. */
static int choose_layout(const struct v4l2_node *node, struct layout *ret, struct err *err)
{
	int r = get_layout(node, ret, err);

	if (r < 0 || ret->format == V4L2_PIX_FMT_NV12 || ret->format == V4L2_PIX_FMT_P010)
		return r;
	struct v4l2_format format = {.type = capture_type(node)};
	r = v4l2_call(node->fd, VIDIOC_G_FMT, &format);
	if (node->is_mplane) {
		format.fmt.pix_mp.pixelformat = V4L2_PIX_FMT_NV12;
		format.fmt.pix_mp.num_planes = 1;
		memset(format.fmt.pix_mp.plane_fmt, 0, sizeof(format.fmt.pix_mp.plane_fmt));
	} else {
		format.fmt.pix.pixelformat = V4L2_PIX_FMT_NV12;
		format.fmt.pix.bytesperline = format.fmt.pix.sizeimage = 0;
	}
	if (r == 0)
		r = v4l2_call(node->fd, VIDIOC_S_FMT, &format);
	if (r < 0)
		return err_errno(err, -r, "%s: pictures in NV12", node->path);
	r = get_layout(node, ret, err);
	if (r == 0 && ret->format != V4L2_PIX_FMT_NV12)
		return err_set(err, ENOTSUP, "%s: pictures are neither NV12 nor P010", node->path);
	return r;
}

static void layout_colour(const struct video_options *options, const struct layout *layout,
		struct pool_shape *shape)
{
	shape->encoding = layout->height >= HD_LINES ? YUV_BT709 : YUV_BT601;
	if (layout->encoding == V4L2_YCBCR_ENC_709)
		shape->encoding = YUV_BT709;
	if (layout->encoding == V4L2_YCBCR_ENC_601)
		shape->encoding = YUV_BT601;
	if (layout->encoding == V4L2_YCBCR_ENC_BT2020)
		shape->encoding = YUV_BT2020;
	shape->range = layout->range == V4L2_QUANTIZATION_FULL_RANGE ? YUV_FULL : YUV_LIMITED;
	if (options->has_colour) {
		shape->encoding = options->encoding;
		shape->range = options->range;
	}
}

/* Buffer `index` as a dma-buf, mapped for the CPU as well. */
static int import(struct v4l2_pictures *pictures, const struct layout *layout, unsigned index,
		struct err *err)
{
	const struct v4l2_node *node = pictures->node;
	struct v4l2_exportbuffer export = {
			.type = capture_type(node), .index = index, .flags = O_CLOEXEC | O_RDWR};
	uint8_t *map = NULL;
	size_t size, needed = (size_t)layout->stride * layout->height * 3 / 2;
	int r = v4l2_call(node->fd, VIDIOC_EXPBUF, &export);

	if (r < 0)
		return err_errno(err, -r, "%s: exporting a picture", node->path);
	OWNED(fd) int fd = export.fd;
	r = map_slot(node, capture_type(node), index, &map, &size);
	if (r < 0)
		return err_errno(err, -r, "%s: mapping a picture", node->path);
	struct video_buffer buffer = {.memory = VIDEO_DMABUF,
			.fds = {fd, -1},
			.format = pool_shape(pictures->pool)->format,
			.modifier = DRM_FORMAT_MOD_LINEAR,
			.width = layout->width,
			.height = layout->height,
			.offsets = {0, layout->stride * layout->height},
			.strides = {layout->stride, layout->stride}};
	r = size < needed ? err_set(err, EIO, "%s: pictures of %zu bytes, %zu were expected",
					    node->path, size, needed)
	                  : pool_import(pictures->pool, &buffer, &pictures->buffers[index], err);
	if (r < 0) {
		munmap(map, size);
		return r;
	}
	own_take_fd(&fd);
	pictures->buffers[index]->map = map;
	pictures->buffers[index]->size_bytes = size;
	pool_buffer_unref(pictures->buffers[index]);
	return 0;
}

int v4l2_pictures_start(struct v4l2_pictures *pictures, struct v4l2_node *node,
		const struct backend_setup *setup, unsigned count, struct err *err)
{
	struct layout layout;

	*pictures = (struct v4l2_pictures){.node = node};
	int r = choose_layout(node, &layout, err);
	if (r < 0)
		return r;
	if (layout.width == 0 || layout.height == 0 || layout.width > VIDEO_SIDE_MAX ||
			layout.height > VIDEO_SIDE_MAX || layout.stride < layout.width ||
			layout.stride > 16 * VIDEO_SIDE_MAX)
		return err_set(err, EIO, "%s: pictures of %u x %u, %u bytes a line", node->path,
				layout.width, layout.height, layout.stride);
	struct pool_shape shape = {.format = layout.format == V4L2_PIX_FMT_P010 ? DRM_FORMAT_P010
	                                                                        : DRM_FORMAT_NV12,
			.width = layout.width,
			.height = layout.height};
	layout_colour(&setup->options, &layout, &shape);
	pictures->pool = pool_create(&shape, ++*setup->pools);
	count = count > VIDEO_BUFFERS_MAX ? VIDEO_BUFFERS_MAX : count;
	r = request_buffers(node, capture_type(node), &count);
	if (r == 0 && (count == 0 || count > VIDEO_BUFFERS_MAX))
		r = -ENOMEM;
	if (r < 0)
		return err_errno(err, -r, "%s: buffers for pictures", node->path);
	for (unsigned i = 0; i < count; i++) {
		r = import(pictures, &layout, i, err);
		if (r < 0)
			return r;
		pictures->count++;
	}
	r = stream(node, capture_type(node), true);
	return r < 0 ? err_errno(err, -r, "%s: beginning with pictures", node->path) : 0;
}

void v4l2_pictures_stop(struct v4l2_pictures *pictures)
{
	unsigned none = 0;

	if (!pictures->node)
		return;
	stream(pictures->node, capture_type(pictures->node), false);
	/* Those that are shown live on as dma-bufs; the queue itself may refuse to forget them. */
	request_buffers(pictures->node, capture_type(pictures->node), &none);
	pool_destroy(pictures->pool);
	*pictures = (struct v4l2_pictures){0};
}

int v4l2_pictures_queue(struct v4l2_pictures *pictures, unsigned most)
{
	int count = 0;

	for (unsigned i = 0; i < pictures->count && (unsigned)count < most; i++) {
		struct slot slot;
		if (pictures->is_queued[i] || pool_buffer_is_used(pictures->buffers[i]))
			continue;
		slot_init(&slot, pictures->node, capture_type(pictures->node), i);
		slot.plane.length = (uint32_t)pictures->buffers[i]->size_bytes;
		int r = v4l2_call(pictures->node->fd, VIDIOC_QBUF, &slot.buffer);
		if (r < 0)
			return r;
		pictures->is_queued[i] = true;
		count++;
	}
	return count;
}

int v4l2_pictures_take(struct v4l2_pictures *pictures, struct v4l2_picture *ret)
{
	struct slot slot;

	slot_init(&slot, pictures->node, capture_type(pictures->node), 0);
	int r = v4l2_call(pictures->node->fd, VIDIOC_DQBUF, &slot.buffer);
	if (r < 0)
		return r;
	unsigned i = slot.buffer.index;
	if (i >= pictures->count || !pictures->is_queued[i])
		return -EIO;
	pictures->is_queued[i] = false;
	uint32_t used = pictures->node->is_mplane ? slot.plane.bytesused : slot.buffer.bytesused;
	*ret = (struct v4l2_picture){.buffer = pool_buffer_ref(pictures->buffers[i]),
			.time_us = slot.buffer.timestamp.tv_sec * INT64_C(1000000) +
	                           slot.buffer.timestamp.tv_usec,
			.is_broken = (slot.buffer.flags & V4L2_BUF_FLAG_ERROR) != 0,
			.is_last = (slot.buffer.flags & V4L2_BUF_FLAG_LAST) != 0,
			.is_empty = used == 0};
	return 0;
}
