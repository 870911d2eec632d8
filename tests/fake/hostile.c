/* SPDX-License-Identifier: Apache-2.0 */
#include "fake/hostile.h"

#include <drm/drm_fourcc.h>
#include <fcntl.h>
#include <stdalign.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire/session.h"

enum { WIDTH = 64, HEIGHT = 32, STRIDE = WIDTH * 4, BYTES = STRIDE * HEIGHT * WIRE_SLOTS };

int hostile_memfd(size_t size, int is_sealed)
{
	int fd = memfd_create("pixels", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (ftruncate(fd, (off_t)size) < 0)
		return -1;
	if (is_sealed)
		fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK);
	return fd;
}

int hostile_packet(int fd, const void *data, size_t size, const int *fds, unsigned fd_count)
{
	alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int) * 8)] = {0};
	struct iovec part = {(void *)(uintptr_t)data, size};
	struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};

	if (fd_count > 0) {
		struct cmsghdr *rights;

		header.msg_control = control;
		header.msg_controllen = CMSG_SPACE(sizeof(int) * fd_count);
		rights = CMSG_FIRSTHDR(&header);
		rights->cmsg_level = SOL_SOCKET;
		rights->cmsg_type = SCM_RIGHTS;
		rights->cmsg_len = CMSG_LEN(sizeof(int) * fd_count);
		memcpy(CMSG_DATA(rights), fds, sizeof(int) * fd_count);
	}
	return sendmsg(fd, &header, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

static struct wire_session_pool good_pool(uint32_t number)
{
	struct wire_session_pool pool = {.pool = number,
			.width = WIDTH,
			.height = HEIGHT,
			.stride = STRIDE,
			.format = DRM_FORMAT_XRGB8888};

	wire_init(&pool, WIRE_SESSION_POOL);
	return pool;
}

static void send_pool(int fd, const struct wire_session_pool *pool, size_t bytes, int is_sealed)
{
	int memory = hostile_memfd(bytes, is_sealed);

	hostile_packet(fd, pool, sizeof(*pool), &memory, 1);
	close(memory);
}

static struct wire_session_frame good_frame(void)
{
	struct wire_session_frame frame = {
			.pool = 1, .rect_count = 1, .rects = {{0, 0, WIDTH, HEIGHT}}};

	wire_init(&frame, WIRE_SESSION_FRAME);
	return frame;
}

/* --- messages of a wrong shape --- */

static void unknown_type(int fd)
{
	struct wire_header header = {9999, sizeof(header)};

	hostile_packet(fd, &header, sizeof(header), NULL, 0);
}

static void no_header(int fd)
{
	hostile_packet(fd, "abc", 3, NULL, 0);
}

static void truncated(int fd)
{
	struct wire_session_phase phase = {.phase = WIRE_PHASE_REACHING};

	wire_init(&phase, WIRE_SESSION_PHASE);
	hostile_packet(fd, &phase, sizeof(phase) - 1, NULL, 0);
}

static void oversized(int fd)
{
	struct wire_session_phase phase[2] = {{.phase = WIRE_PHASE_REACHING}};

	wire_init(&phase[0], WIRE_SESSION_PHASE);
	hostile_packet(fd, phase, sizeof(phase), NULL, 0);
}

static void lying_header(int fd)
{
	struct wire_session_phase phase = {.phase = WIRE_PHASE_REACHING};

	wire_init(&phase, WIRE_SESSION_PHASE);
	phase.header.size = 4096;
	hostile_packet(fd, &phase, sizeof(phase), NULL, 0);
}

static void huge(int fd)
{
	static uint8_t bytes[WIRE_MESSAGE_MAX + 64];
	struct wire_header header = {WIRE_SESSION_FRAME, sizeof(bytes)};

	memcpy(bytes, &header, sizeof(header));
	hostile_packet(fd, bytes, sizeof(bytes), NULL, 0);
}

static void message_of_the_kiosk(int fd)
{
	struct wire_session_stop stop;

	wire_init(&stop, WIRE_SESSION_STOP);
	hostile_packet(fd, &stop, sizeof(stop), NULL, 0);
}

static void too_many_descriptors(int fd)
{
	struct wire_session_pool pool = good_pool(1);
	int memory = hostile_memfd(BYTES, 1);
	int fds[6] = {memory, memory, memory, memory, memory, memory};

	hostile_packet(fd, &pool, sizeof(pool), fds, 6);
	close(memory);
}

static void two_descriptors(int fd)
{
	struct wire_session_pool pool = good_pool(1);
	int memory = hostile_memfd(BYTES, 1);
	int fds[2] = {memory, memory};

	hostile_packet(fd, &pool, sizeof(pool), fds, 2);
	close(memory);
}

static void no_descriptor(int fd)
{
	struct wire_session_pool pool = good_pool(1);

	hostile_packet(fd, &pool, sizeof(pool), NULL, 0);
}

static void unwanted_descriptor(int fd)
{
	struct wire_session_phase phase = {.phase = WIRE_PHASE_REACHING};

	wire_init(&phase, WIRE_SESSION_PHASE);
	hostile_packet(fd, &phase, sizeof(phase), &fd, 1);
}

/* --- the wrong state --- */

static void frame_without_pool(int fd)
{
	struct wire_session_frame frame = good_frame();

	hostile_packet(fd, &frame, sizeof(frame), NULL, 0);
}

static void phase_after_end(int fd)
{
	struct wire_session_ended ended = {.reason = REASON_SESSION_CRASHED};
	struct wire_session_phase phase = {.phase = WIRE_PHASE_REACHING};

	wire_init(&ended, WIRE_SESSION_ENDED);
	wire_init(&phase, WIRE_SESSION_PHASE);
	hostile_packet(fd, &ended, sizeof(ended), NULL, 0);
	hostile_packet(fd, &phase, sizeof(phase), NULL, 0);
}

/* --- lying numbers: pools --- */

#define BAD_POOL(name, bytes, is_sealed, change) \
	static void name(int fd) \
	{ \
		struct wire_session_pool pool = good_pool(1); \
\
		change; \
		send_pool(fd, &pool, bytes, is_sealed); \
	}

BAD_POOL(pool_no_width, BYTES, 1, pool.width = 0)
BAD_POOL(pool_no_height, BYTES, 1, pool.height = 0)
BAD_POOL(pool_wide, BYTES, 1, pool.width = WIRE_SIDE_MAX + 1)
BAD_POOL(pool_high, BYTES, 1, pool.height = 0xffffffff)
BAD_POOL(pool_stride_small, BYTES, 1, pool.stride = STRIDE - 4)
BAD_POOL(pool_stride_odd, BYTES * 2, 1, pool.stride = STRIDE + 2)
BAD_POOL(pool_stride_huge, BYTES, 1, pool.stride = 0xfffffffc)
BAD_POOL(pool_wraps, BYTES, 1, (pool.width = 0x40000001, pool.stride = 4))
BAD_POOL(pool_format, BYTES, 1, pool.format = DRM_FORMAT_NV12)
BAD_POOL(pool_number, BYTES, 1, pool.pool = 0)
BAD_POOL(pool_memory_small, BYTES - 1, 1, (void)pool)
BAD_POOL(pool_memory_empty, 0, 1, (void)pool)
BAD_POOL(pool_not_sealed, BYTES, 0, (void)pool)

static void pool_is_socket(int fd)
{
	struct wire_session_pool pool = good_pool(1);

	hostile_packet(fd, &pool, sizeof(pool), &fd, 1);
}

static void pool_again(int fd)
{
	struct wire_session_pool pool = good_pool(7);

	send_pool(fd, &pool, BYTES, 1);
	send_pool(fd, &pool, BYTES, 1);
}

/* --- frames --- */

#define BAD_FRAME(name, change) \
	static void name(int fd) \
	{ \
		struct wire_session_pool pool = good_pool(1); \
		struct wire_session_frame frame = good_frame(); \
\
		send_pool(fd, &pool, BYTES, 1); \
		change; \
		hostile_packet(fd, &frame, sizeof(frame), NULL, 0); \
	}

BAD_FRAME(frame_slot, frame.slot = WIRE_SLOTS)
BAD_FRAME(frame_slot_huge, frame.slot = 0xffffffff)
BAD_FRAME(frame_pool, frame.pool = 2)
BAD_FRAME(frame_no_rect, frame.rect_count = 0)
BAD_FRAME(frame_many_rects, frame.rect_count = WIRE_RECTS_MAX + 1)
BAD_FRAME(frame_rects_huge, frame.rect_count = 0xffffffff)
BAD_FRAME(frame_outside, frame.rects[0].x2 = WIDTH + 1)
BAD_FRAME(frame_below, frame.rects[0].y2 = 0x7fffffff)
BAD_FRAME(frame_negative, frame.rects[0].x1 = -1)
BAD_FRAME(frame_inverted, (frame.rects[0].x1 = 9, frame.rects[0].x2 = 8))
BAD_FRAME(frame_empty, frame.rects[0].y2 = 0)
BAD_FRAME(frame_slot_held, hostile_packet(fd, &frame, sizeof(frame), NULL, 0))

BAD_FRAME(frame_none_first, (frame.slot = WIRE_SLOT_NONE, frame.rect_count = 0))

/* --- buffers of a video, and frames with it --- */

enum { BUFFER_BYTES = WIDTH * HEIGHT * 2 };

static struct wire_session_buffer good_buffer(void)
{
	struct wire_session_buffer buffer = {.pool = 1,
			.format = DRM_FORMAT_NV12,
			.width = WIDTH,
			.height = HEIGHT,
			.offsets = {0, WIDTH * HEIGHT},
			.strides = {WIDTH, WIDTH}};

	wire_init(&buffer, WIRE_SESSION_BUFFER);
	return buffer;
}

static void send_buffer(int fd, const struct wire_session_buffer *buffer, size_t bytes,
		int is_sealed)
{
	int memory = hostile_memfd(bytes, is_sealed);

	hostile_packet(fd, buffer, sizeof(*buffer), &memory, 1);
	close(memory);
}

#define BAD_BUFFER(name, bytes, is_sealed, change) \
	static void name(int fd) \
	{ \
		struct wire_session_buffer buffer = good_buffer(); \
\
		change; \
		send_buffer(fd, &buffer, bytes, is_sealed); \
	}

BAD_BUFFER(buffer_no_pool, BUFFER_BYTES, 1, buffer.pool = 0)
BAD_BUFFER(buffer_number, BUFFER_BYTES, 1, buffer.number = WIRE_BUFFERS_MAX)
BAD_BUFFER(buffer_kind, BUFFER_BYTES, 1, buffer.kind = 2)
BAD_BUFFER(buffer_no_dmabuf, BUFFER_BYTES, 1, buffer.kind = WIRE_BUFFER_DMABUF)
BAD_BUFFER(buffer_format, BUFFER_BYTES, 1, buffer.format = DRM_FORMAT_XRGB8888)
BAD_BUFFER(buffer_modifier, BUFFER_BYTES, 1, buffer.modifier = 1)
BAD_BUFFER(buffer_odd, BUFFER_BYTES, 1, buffer.width = WIDTH - 1)
BAD_BUFFER(buffer_flat, BUFFER_BYTES, 1, buffer.height = 0)
BAD_BUFFER(buffer_wide, BUFFER_BYTES, 1, buffer.width = WIRE_SIDE_MAX + 2)
BAD_BUFFER(buffer_stride, BUFFER_BYTES, 1, buffer.strides[1] = WIDTH - 2)
BAD_BUFFER(buffer_stride_huge, BUFFER_BYTES, 1, buffer.strides[0] = 0xfffffffc)
BAD_BUFFER(buffer_offset_huge, BUFFER_BYTES, 1, buffer.offsets[1] = 0xfffffffe)
BAD_BUFFER(buffer_offset_odd, BUFFER_BYTES, 1, buffer.offsets[0] = 64)
BAD_BUFFER(buffer_p010_small, BUFFER_BYTES, 1, buffer.format = DRM_FORMAT_P010)
BAD_BUFFER(buffer_short, WIDTH *HEIGHT * 3 / 2 - 1, 1, (void)buffer)
BAD_BUFFER(buffer_not_sealed, BUFFER_BYTES, 0, (void)buffer)
BAD_BUFFER(buffer_encoding, BUFFER_BYTES, 1, buffer.encoding = 3)
BAD_BUFFER(buffer_range, BUFFER_BYTES, 1, buffer.range = 2)
BAD_BUFFER(buffer_again, BUFFER_BYTES, 1, send_buffer(fd, &buffer, BUFFER_BYTES, 1))
BAD_BUFFER(buffer_old, BUFFER_BYTES, 1,
		(buffer.pool = 7, send_buffer(fd, &buffer, BUFFER_BYTES, 1), buffer.pool = 6))

static void buffer_two_memories(int fd)
{
	struct wire_session_buffer buffer = good_buffer();
	int memory = hostile_memfd(BUFFER_BYTES, 1), fds[2] = {memory, memory};

	buffer.header.type = WIRE_SESSION_BUFFER_TWO;
	hostile_packet(fd, &buffer, sizeof(buffer), fds, 2);
	close(memory);
}

#define BAD_VIDEO(name, change) \
	static void name(int fd) \
	{ \
		struct wire_session_pool pool = good_pool(1); \
		struct wire_session_buffer buffer = good_buffer(); \
		struct wire_session_frame frame = good_frame(); \
		struct wire_video *video = &frame.video; \
\
		send_pool(fd, &pool, BYTES, 1); \
		send_buffer(fd, &buffer, BUFFER_BYTES, 1); \
		video->pool = 1; \
		video->source = video->target = (struct wire_rect){0, 0, WIDTH, HEIGHT}; \
		change; \
		hostile_packet(fd, &frame, sizeof(frame), NULL, 0); \
	}

BAD_VIDEO(video_pool, video->pool = 2)
BAD_VIDEO(video_unknown, video->number = 1)
BAD_VIDEO(video_number, video->number = 0xffffffff)
BAD_VIDEO(video_new, video->is_new = 2)
BAD_VIDEO(video_source, video->source.x2 = WIDTH + 1)
BAD_VIDEO(video_source_none, video->source.y2 = 0)
BAD_VIDEO(video_target_far, video->target = ((struct wire_rect){2147483000, 0, 2147483647, 1}))
BAD_VIDEO(video_target_huge, (video->target.x1 = -WIRE_SIDE_MAX))
BAD_VIDEO(video_target_inverted, video->target = ((struct wire_rect){5, 5, 4, 6}))
BAD_VIDEO(video_visible_many, video->visible_count = WIRE_VISIBLE_MAX + 1)
BAD_VIDEO(video_visible_outside,
		(video->visible_count = 1,
				video->visible[0] = (struct wire_rect){0, 0, WIDTH, HEIGHT + 1}))
BAD_VIDEO(video_visible_none, video->visible_count = 1)

/* --- cursors and the rest --- */

static void send_cursor(int fd, uint32_t width, uint32_t height, uint32_t hot_x, size_t bytes)
{
	struct wire_session_cursor cursor = {.width = width, .height = height, .hot_x = hot_x};
	int memory = hostile_memfd(bytes, 0);

	wire_init(&cursor, WIRE_SESSION_CURSOR);
	hostile_packet(fd, &cursor, sizeof(cursor), &memory, 1);
	close(memory);
}

static void cursor_large(int fd)
{
	send_cursor(fd, WIRE_CURSOR_MAX + 1, 1, 0, 4096);
}

static void cursor_none(int fd)
{
	send_cursor(fd, 0, 0, 0, 4096);
}

static void cursor_hot(int fd)
{
	send_cursor(fd, 16, 16, 16, 1024);
}

static void cursor_short(int fd)
{
	send_cursor(fd, 16, 16, 0, 1023);
}

#define BAD_MESSAGE(name, struct_name, kind, change) \
	static void name(int fd) \
	{ \
		struct wire_session_##struct_name message = {0}; \
\
		wire_init(&message, WIRE_SESSION_##kind); \
		change; \
		hostile_packet(fd, &message, sizeof(message), NULL, 0); \
	}

BAD_MESSAGE(cursor_state, cursor_state, CURSOR_STATE, message.state = 3)
BAD_MESSAGE(cursor_far, cursor_state, CURSOR_STATE,
		(message.state = WIRE_CURSOR_MOVED, message.x = WIRE_SIDE_MAX))
BAD_MESSAGE(cursor_negative, cursor_state, CURSOR_STATE,
		(message.state = WIRE_CURSOR_MOVED, message.y = -1))
BAD_MESSAGE(phase_none, phase, PHASE, message.phase = 0)
BAD_MESSAGE(phase_high, phase, PHASE, message.phase = 6)
BAD_MESSAGE(leds_two, leds, LEDS, message.num = 2)
BAD_MESSAGE(ended_unknown, ended, ENDED, message.reason = 4711)
BAD_MESSAGE(dial_no_port, dial, DIAL, (message.id = 1, strcpy(message.host, "a")))
BAD_MESSAGE(dial_no_host, dial, DIAL, (message.id = 1, message.port = 3389))
BAD_MESSAGE(dial_too_often, dial, DIAL,
		(message.id = WIRE_DIALS_MAX + 1, message.port = 3389, strcpy(message.host, "a")))
BAD_MESSAGE(dial_no_id, dial, DIAL, (message.port = 3389, strcpy(message.host, "a")))
BAD_MESSAGE(dial_endless, dial, DIAL,
		(message.id = 1, message.port = 3389,
				memset(message.host, 'a', sizeof(message.host))))
BAD_MESSAGE(dial_control, dial, DIAL,
		(message.id = 1, message.port = 3389, strcpy(message.host, "a\nb")))
BAD_MESSAGE(dial_binary, dial, DIAL,
		(message.id = 1, message.port = 3389, strcpy(message.host, "\xff\xfe")))
BAD_MESSAGE(dial_reserved, dial, DIAL,
		(message.id = 1, message.port = 3389, message.zero = 1, strcpy(message.host, "a")))

#define ROW(name) {#name, name}

static const struct {
	const char *name;
	void (*send)(int fd);
} rows[] = {
		ROW(unknown_type),
		ROW(no_header),
		ROW(truncated),
		ROW(oversized),
		ROW(lying_header),
		ROW(huge),
		ROW(message_of_the_kiosk),
		ROW(too_many_descriptors),
		ROW(two_descriptors),
		ROW(no_descriptor),
		ROW(unwanted_descriptor),
		ROW(frame_without_pool),
		ROW(phase_after_end),
		ROW(pool_no_width),
		ROW(pool_no_height),
		ROW(pool_wide),
		ROW(pool_high),
		ROW(pool_stride_small),
		ROW(pool_stride_odd),
		ROW(pool_stride_huge),
		ROW(pool_wraps),
		ROW(pool_format),
		ROW(pool_number),
		ROW(pool_memory_small),
		ROW(pool_memory_empty),
		ROW(pool_not_sealed),
		ROW(pool_is_socket),
		ROW(pool_again),
		ROW(frame_slot),
		ROW(frame_slot_huge),
		ROW(frame_pool),
		ROW(frame_no_rect),
		ROW(frame_many_rects),
		ROW(frame_rects_huge),
		ROW(frame_outside),
		ROW(frame_below),
		ROW(frame_negative),
		ROW(frame_inverted),
		ROW(frame_empty),
		ROW(frame_slot_held),
		ROW(frame_none_first),
		ROW(buffer_no_pool),
		ROW(buffer_number),
		ROW(buffer_kind),
		ROW(buffer_no_dmabuf),
		ROW(buffer_format),
		ROW(buffer_modifier),
		ROW(buffer_odd),
		ROW(buffer_flat),
		ROW(buffer_wide),
		ROW(buffer_stride),
		ROW(buffer_stride_huge),
		ROW(buffer_offset_huge),
		ROW(buffer_offset_odd),
		ROW(buffer_p010_small),
		ROW(buffer_short),
		ROW(buffer_not_sealed),
		ROW(buffer_encoding),
		ROW(buffer_range),
		ROW(buffer_again),
		ROW(buffer_old),
		ROW(buffer_two_memories),
		ROW(video_pool),
		ROW(video_unknown),
		ROW(video_number),
		ROW(video_new),
		ROW(video_source),
		ROW(video_source_none),
		ROW(video_target_far),
		ROW(video_target_huge),
		ROW(video_target_inverted),
		ROW(video_visible_many),
		ROW(video_visible_outside),
		ROW(video_visible_none),
		ROW(cursor_large),
		ROW(cursor_none),
		ROW(cursor_hot),
		ROW(cursor_short),
		ROW(cursor_state),
		ROW(cursor_far),
		ROW(cursor_negative),
		ROW(phase_none),
		ROW(phase_high),
		ROW(leds_two),
		ROW(ended_unknown),
		ROW(dial_no_port),
		ROW(dial_no_host),
		ROW(dial_too_often),
		ROW(dial_no_id),
		ROW(dial_endless),
		ROW(dial_control),
		ROW(dial_binary),
		ROW(dial_reserved),
};

unsigned hostile_count(void)
{
	return sizeof(rows) / sizeof(rows[0]);
}

const char *hostile_name(unsigned index)
{
	return rows[index].name;
}

void hostile_send(unsigned index, int fd)
{
	rows[index].send(fd);
}
