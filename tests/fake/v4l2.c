/* SPDX-License-Identifier: Apache-2.0 */
#include "fake/v4l2.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/media.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { BUFFERS = 32, BUFFER_BYTES = 1 << 16, PICTURE_BYTES = 100 };

/* A queue: what was put in, in order, and what came out, in order. */
struct queue {
	unsigned count, in[BUFFERS], in_count, done[BUFFERS], done_count;
	bool is_on;
	struct timeval times[BUFFERS];
	uint32_t used[BUFFERS], flags[BUFFERS];
};

struct fake_v4l2 fake_v4l2;
static struct queue bytes, pictures;
static int fake_fds[2] = {-1, -1}; /* the second one has queues of one plane */
static int fake_fd = -1;           /* the one of them that is asked */
static bool is_single_plane;
static unsigned events;
static struct timeval held[BUFFERS];
static unsigned held_count;
static bool is_known, is_stuck;
static int media_fds[2] = {-1, -1}, request_fd = -1;
static bool is_asked;

void fake_v4l2_reset(struct fake_v4l2 fake)
{
	fake_v4l2 = fake;
	fake_v4l2.width = fake.width ? fake.width : 48;
	fake_v4l2.height = fake.height ? fake.height : 32;
	memset(&bytes, 0, sizeof(bytes));
	memset(&pictures, 0, sizeof(pictures));
	events = held_count = 0;
	is_known = is_stuck = is_asked = false;
}

int access(const char *path, int mode)
{
	(void)mode;
	return fake_v4l2.is_there && strcmp(path, "/dev/video0") == 0 ? 0 : -1;
}

int open(const char *path, int flags, ...)
{
	if (fake_v4l2.is_stateless && strcmp(path, "/dev/media0") == 0)
		return media_fds[media_fds[0] >= 0] = memfd_create("media0", MFD_CLOEXEC);
	if (strcmp(path, "/dev/video0") != 0)
		return (int)syscall(SYS_openat, AT_FDCWD, path, flags, 0);
	int *fd = &fake_fds[fake_fds[0] >= 0];
	*fd = memfd_create("video0", MFD_CLOEXEC);
	return ftruncate(*fd, 2L * BUFFERS * BUFFER_BYTES) == 0 ? *fd : -1;
}

static bool is_fake(int fd)
{
	if (fd < 0 || (fd != fake_fds[0] && fd != fake_fds[1]))
		return false;
	fake_fd = fd;
	is_single_plane = fd == fake_fds[1];
	return true;
}

static unsigned take_first(unsigned *list, unsigned *count)
{
	unsigned first = list[0];

	memmove(list, list + 1, --*count * sizeof(*list));
	return first;
}

static void show(struct timeval time)
{
	unsigned i = take_first(pictures.in, &pictures.in_count);

	pictures.times[i] = time;
	pictures.used[i] = BUFFER_BYTES;
	pictures.flags[i] = fake_v4l2.pictures == fake_v4l2.broken_at ? V4L2_BUF_FLAG_ERROR : 0;
	pictures.done[pictures.done_count++] = i;
}

/* All that can go on goes on. */
static void work(void)
{
	while (bytes.is_on && bytes.in_count > 0 && !is_stuck &&
			(!fake_v4l2.is_stateless || is_asked)) {
		unsigned i = bytes.in[0];
		bool is_picture = fake_v4l2.is_stateless || bytes.used[i] >= PICTURE_BYTES;
		if (!is_known && !fake_v4l2.is_stateless) {
			is_known = true;
			events = 1;
		}
		if (is_picture && (!pictures.is_on || pictures.in_count == 0))
			return;
		if (is_picture && fake_v4l2.pictures + 1 == fake_v4l2.resize_at) {
			fake_v4l2.resize_at = 0;
			fake_v4l2.width *= 2;
			events = 1;
			return;
		}
		if (is_picture && ++fake_v4l2.pictures == fake_v4l2.hang_at) {
			is_stuck = true;
			return;
		}
		take_first(bytes.in, &bytes.in_count);
		bytes.done[bytes.done_count++] = i;
		if (!is_picture)
			continue;
		held[held_count++] = bytes.times[i];
		if (held_count > fake_v4l2.delay) {
			struct timeval time = held[0];
			memmove(held, held + 1, --held_count * sizeof(held[0]));
			show(time);
		}
	}
}

static struct queue *queue_of(uint32_t type)
{
	return V4L2_TYPE_IS_OUTPUT(type) ? &bytes : &pictures;
}

static int put(struct v4l2_buffer *buffer)
{
	struct queue *queue = queue_of(buffer->type);
	uint32_t i = buffer->index;

	if (i >= queue->count)
		return -EINVAL;
	queue->used[i] = is_single_plane ? buffer->bytesused : buffer->m.planes[0].bytesused;
	queue->times[i] = buffer->timestamp;
	queue->in[queue->in_count++] = i;
	work();
	return 0;
}

static int take(struct v4l2_buffer *buffer)
{
	struct queue *queue = queue_of(buffer->type);

	if (queue == &pictures && fake_v4l2.pictures == fake_v4l2.fail_at)
		return -EIO;
	if (queue->done_count == 0)
		return -EAGAIN;
	uint32_t i = take_first(queue->done, &queue->done_count);
	buffer->index = i;
	buffer->timestamp = queue->times[i];
	buffer->flags = queue->flags[i];
	if (is_single_plane)
		buffer->bytesused = queue->used[i];
	else
		buffer->m.planes[0].bytesused = queue->used[i];
	return 0;
}

static int request(struct v4l2_requestbuffers *r)
{
	struct queue *queue = queue_of(r->type);

	if (queue == &pictures && r->count > 0 && fake_v4l2.request_result < 0)
		return fake_v4l2.request_result;
	*queue = (struct queue){.count = r->count};
	return 0;
}

static int query(struct v4l2_buffer *buffer)
{
	bool is_output = V4L2_TYPE_IS_OUTPUT(buffer->type);
	uint32_t offset = (buffer->index + (is_output ? BUFFERS : 0)) * BUFFER_BYTES;

	if (is_single_plane) {
		buffer->length = BUFFER_BYTES;
		buffer->m.offset = offset;
	} else {
		buffer->m.planes[0].length = BUFFER_BYTES;
		buffer->m.planes[0].m.mem_offset = offset;
	}
	return 0;
}

static int format(struct v4l2_format *f, bool is_set)
{
	if (V4L2_TYPE_IS_OUTPUT(f->type))
		return 0;
	if (fake_v4l2.format == 0)
		fake_v4l2.format = V4L2_PIX_FMT_NV12;
	if (is_set && !fake_v4l2.has_only_format)
		fake_v4l2.format = is_single_plane ? f->fmt.pix.pixelformat
		                                   : f->fmt.pix_mp.pixelformat;
	if (is_single_plane) {
		f->fmt.pix = (struct v4l2_pix_format){.width = fake_v4l2.width,
				.height = fake_v4l2.height,
				.pixelformat = fake_v4l2.format,
				.bytesperline = fake_v4l2.width};
		return 0;
	}
	f->fmt.pix_mp = (struct v4l2_pix_format_mplane){.width = fake_v4l2.width,
			.height = fake_v4l2.height,
			.pixelformat = fake_v4l2.format,
			.num_planes = 1};
	f->fmt.pix_mp.plane_fmt[0].bytesperline = fake_v4l2.width;
	return 0;
}

static int stream(uint32_t type, bool is_on)
{
	struct queue *queue = queue_of(type);

	queue->is_on = is_on;
	if (!is_on) {
		queue->in_count = queue->done_count = 0;
		if (queue == &bytes) {
			is_known = is_stuck = false;
			held_count = 0;
		}
	}
	work();
	return 0;
}

static int describe(const struct v4l2_ext_controls *controls)
{
	fake_v4l2.references = 0;
	if (controls->which == V4L2_CTRL_WHICH_CUR_VAL)
		return 0;
	for (uint32_t i = 0; i < controls->count; i++) {
		const struct v4l2_ext_control *control = &controls->controls[i];
		const struct v4l2_ctrl_h264_decode_params *params = control->ptr;
		for (int j = 0; control->id == V4L2_CID_STATELESS_H264_DECODE_PARAMS && j < 16; j++)
			fake_v4l2.references += params->dpb[j].flags != 0;
	}
	return fake_v4l2.control_result;
}

/* The media device and its one request. */
static int answer_request(unsigned long code, void *argument)
{
	switch (code) {
	case MEDIA_IOC_DEVICE_INFO:
		return 0;
	case MEDIA_IOC_REQUEST_ALLOC:
		request_fd = memfd_create("request", MFD_CLOEXEC);
		*(int *)argument = request_fd;
		return 0;
	case MEDIA_REQUEST_IOC_QUEUE:
		is_asked = true;
		work();
		return 0;
	case MEDIA_REQUEST_IOC_REINIT:
		is_asked = false;
		return 0;
	default:
		return -ENOTTY;
	}
}

static int answer(unsigned long code, void *argument)
{
	switch (code) {
	case VIDIOC_QUERYCAP:
		((struct v4l2_capability *)argument)->device_caps =
				is_single_plane ? V4L2_CAP_VIDEO_M2M : V4L2_CAP_VIDEO_M2M_MPLANE;
		return 0;
	case VIDIOC_ENUM_FMT:
		((struct v4l2_fmtdesc *)argument)->pixelformat =
				fake_v4l2.is_stateless ? V4L2_PIX_FMT_H264_SLICE
						       : V4L2_PIX_FMT_H264;
		return 0;
	case VIDIOC_S_EXT_CTRLS:
		return describe(argument);
	case VIDIOC_SUBSCRIBE_EVENT:
		return 0;
	case VIDIOC_DQEVENT: {
		struct v4l2_event *event = argument;
		if (events == 0)
			return -ENOENT;
		events--;
		event->type = V4L2_EVENT_SOURCE_CHANGE;
		event->u.src_change.changes = V4L2_EVENT_SRC_CH_RESOLUTION;
		return 0;
	}
	case VIDIOC_G_CTRL:
		((struct v4l2_control *)argument)->value = 2;
		return 0;
	case VIDIOC_G_SELECTION:
		((struct v4l2_selection *)argument)->r =
				(struct v4l2_rect){0, 0, fake_v4l2.width - 2, fake_v4l2.height};
		return 0;
	case VIDIOC_G_FMT:
	case VIDIOC_S_FMT:
		return format(argument, code == VIDIOC_S_FMT);
	case VIDIOC_REQBUFS:
		return request(argument);
	case VIDIOC_QUERYBUF:
		return query(argument);
	case VIDIOC_EXPBUF:
		fake_v4l2.exports++;
		((struct v4l2_exportbuffer *)argument)->fd = fcntl(fake_fd, F_DUPFD_CLOEXEC, 0);
		return 0;
	case VIDIOC_QBUF:
		return put(argument);
	case VIDIOC_DQBUF:
		return take(argument);
	case VIDIOC_STREAMON:
	case VIDIOC_STREAMOFF:
		return stream((uint32_t)*(int *)argument, code == VIDIOC_STREAMON);
	case VIDIOC_DECODER_CMD:
		for (; held_count > 0 && pictures.in_count > 0; held_count--) {
			show(held[0]);
			memmove(held, held + 1, (held_count - 1) * sizeof(held[0]));
		}
		return 0;
	default:
		return -ENOTTY;
	}
}

int ioctl(int fd, unsigned long code, ...)
{
	va_list list;

	va_start(list, code);
	void *argument = va_arg(list, void *);
	va_end(list);
	bool is_media = fd >= 0 && (fd == media_fds[0] || fd == media_fds[1] || fd == request_fd);
	if (!is_media && !is_fake(fd))
		return (int)syscall(SYS_ioctl, fd, code, argument);
	int r = is_media ? answer_request(code, argument) : answer(code, argument);
	if (r == 0)
		return 0;
	errno = -r;
	return -1;
}

int poll(struct pollfd *fds, nfds_t count, int timeout)
{
	struct pollfd *volatile list = fds; /* the header promises that nobody reads them */

	if (count == 1 && list->fd >= 0 && list->fd == request_fd) {
		list->revents = bytes.done_count > 0 ? POLLPRI : 0;
		return list->revents != 0;
	}
	if (count != 1 || !is_fake(list->fd))
		return (int)syscall(SYS_poll, fds, count, timeout);
	list->revents = (short)((pictures.done_count > 0 ? POLLIN : 0) |
				(bytes.done_count > 0 ? POLLOUT : 0) | (events > 0 ? POLLPRI : 0));
	list->revents &= list->events;
	return list->revents != 0; /* nothing else will come */
}
