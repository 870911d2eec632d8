/* SPDX-License-Identifier: Apache-2.0 */
#include "session/decode.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>

#include "base/log.h"
#include "base/own.h"

struct packet {
	struct decode_stream *stream;
	uint64_t number;
	bool is_auxiliary, covers;
	size_t size;
	uint8_t *bytes;
};

/* The decoder is the thread's alone; all other members are guarded by the lock. */
struct decode_stream {
	struct decode *decode;
	struct video_decoder *decoder;
	bool is_used, is_closed;
	bool has_lost;       /* a packet: what follows refers to what never came */
	uint64_t lost_after; /* the one before it */
	bool has_failed;     /* said once, until it works again */
	bool is_broken;      /* until the next key frame */
	struct video_stats counted;
	uint64_t newest_main;
	unsigned kept_count;
	struct decode_picture kept[DECODE_KEPT_MAX]; /* oldest first */
};

struct decode {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t has_work, has_room;
	struct loop_watch *watch;
	void (*on_done)(void *data);
	void *data;
	int event_fd;
	uint32_t backends;
	bool is_ending;
	unsigned first, count; /* of the ring */
	size_t bytes;          /* in the ring */
	struct packet packets[DECODE_PACKETS_MAX];
	uint64_t pushed, done;
	const char *backend;
	struct decode_figures figures;
	struct decode_stream streams[DECODE_STREAMS_MAX];
};

/* A picture carries the number of its packet, and whether it is an auxiliary one, as its time. */
static int64_t time_of(const struct packet *packet)
{
	return (int64_t)(packet->number << 1 | packet->is_auxiliary);
}

static void drop(struct decode_stream *stream, unsigned index)
{
	struct decode_picture *place = &stream->kept[index];

	video_frame_unref(place->frame);
	stream->kept_count--;
	memmove(place, place + 1, (stream->kept_count - index) * sizeof(*place));
	stream->decode->figures.dropped++;
}

static void make_room(struct decode_stream *stream, bool is_auxiliary, bool covers)
{
	for (unsigned i = stream->kept_count; covers && i > 0; i--)
		if (stream->kept[i - 1].is_auxiliary == is_auxiliary)
			drop(stream, i - 1);
	if (stream->kept_count == DECODE_KEPT_MAX)
		drop(stream, 0);
}

/* `covers` is that of the packet that pushed it out: the picture may be of one before it. */
static void keep(struct decode_stream *stream, struct video_frame *frame, bool covers)
{
	uint64_t time = (uint64_t)video_frame_time_us(frame);
	struct decode_picture picture = {
			.frame = frame, .number = time >> 1, .is_auxiliary = time & 1};

	if (!picture.is_auxiliary) {
		picture.is_late = picture.number < stream->newest_main;
		if (!picture.is_late)
			stream->newest_main = picture.number;
	}
	make_room(stream, picture.is_auxiliary, covers);
	stream->kept[stream->kept_count++] = picture;
	stream->decode->figures.frames++;
}

static int open_decoder(struct decode_stream *stream, struct err *err)
{
	const struct video_options options = {
			.codec = VIDEO_H264,
			.backends = stream->decode->backends,
			.has_colour = true,
			.encoding = YUV_BT709,
			.range = YUV_FULL,
			.spare_buffers = DECODE_HELD_MAX,
	};

	return stream->decoder ? 0 : video_decoder_create(&options, &stream->decoder, err);
}

/* In the thread, without the lock. */
static int decode_packet(const struct packet *packet, struct video_frame **frame)
{
	struct decode_stream *stream = packet->stream;
	struct err err;
	int r = open_decoder(stream, &err);

	if (r == 0)
		r = video_decode(stream->decoder, packet->bytes, packet->size, time_of(packet),
				frame, &err);
	if (r < 0 && !stream->has_failed)
		log_warn("video stands still until the next key frame: %s", err.text);
	stream->has_failed = r < 0 || (stream->has_failed && r == 0);
	return r;
}

static void count_copies(struct decode_stream *stream)
{
	struct decode *decode = stream->decode;

	if (!stream->decoder)
		return;
	struct video_stats stats = video_decoder_stats(stream->decoder);
	decode->figures.bytes_copied += stats.bytes_copied - stream->counted.bytes_copied;
	stream->counted = stats;
	decode->backend = video_backend_name(video_decoder_backend(stream->decoder));
}

static void free_stream(struct decode_stream *stream)
{
	video_decoder_destroy(stream->decoder);
	for (unsigned i = 0; i < stream->kept_count; i++)
		video_frame_unref(stream->kept[i].frame);
	*stream = (struct decode_stream){.decode = stream->decode};
}

static bool is_waiting(const struct decode *decode, const struct decode_stream *stream)
{
	for (unsigned i = 0; i < decode->count; i++)
		if (decode->packets[(decode->first + i) % DECODE_PACKETS_MAX].stream == stream)
			return true;
	return false;
}

/* Closed, and nothing of it is in the ring any more. */
static void end_closed(struct decode *decode)
{
	for (unsigned i = 0; i < DECODE_STREAMS_MAX; i++) {
		struct decode_stream *stream = &decode->streams[i];

		if (stream->is_used && stream->is_closed && !is_waiting(decode, stream))
			free_stream(stream);
	}
}

static void tell(struct decode *decode)
{
	eventfd_t one = 1;

	if (write(decode->event_fd, &one, sizeof(one)) < 0)
		log_debug("the decoder's event: %s", strerror(errno));
}

/* With the lock, which is open while the decoder works. */
static void work(struct decode *decode)
{
	struct packet packet = decode->packets[decode->first];
	struct video_frame *frame = NULL;
	bool has_lost = packet.stream->has_lost && packet.number > packet.stream->lost_after;

	if (has_lost)
		packet.stream->has_lost = false;
	pthread_mutex_unlock(&decode->lock);
	if (has_lost && packet.stream->decoder)
		video_decoder_reset(packet.stream->decoder);
	int r = decode_packet(&packet, &frame);
	free(packet.bytes);
	pthread_mutex_lock(&decode->lock);
	decode->first = (decode->first + 1) % DECODE_PACKETS_MAX;
	decode->count--;
	decode->bytes -= packet.size;
	decode->done = packet.number;
	decode->figures.errors += r < 0;
	count_copies(packet.stream);
	packet.stream->is_broken =
			packet.stream->decoder && video_decoder_is_waiting(packet.stream->decoder);
	if (r > 0)
		keep(packet.stream, frame, packet.covers);
	pthread_cond_broadcast(&decode->has_room);
	tell(decode);
}

static void *run(void *data)
{
	struct decode *decode = data;

	pthread_setname_np(pthread_self(), "tynd-decoder");
	pthread_mutex_lock(&decode->lock);
	while (!decode->is_ending) {
		end_closed(decode);
		if (decode->count > 0)
			work(decode);
		else
			pthread_cond_wait(&decode->has_work, &decode->lock);
	}
	for (unsigned i = 0; i < decode->count; i++)
		free(decode->packets[(decode->first + i) % DECODE_PACKETS_MAX].bytes);
	for (unsigned i = 0; i < DECODE_STREAMS_MAX; i++)
		if (decode->streams[i].is_used)
			free_stream(&decode->streams[i]);
	pthread_mutex_unlock(&decode->lock);
	return NULL;
}

static void on_event(void *data, uint32_t events)
{
	struct decode *decode = data;
	eventfd_t count;

	(void)events;
	if (read(decode->event_fd, &count, sizeof(count)) == sizeof(count))
		decode->on_done(decode->data);
}

static void init_locks(struct decode *decode)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_mutex_init(&decode->lock, NULL);
	pthread_cond_init(&decode->has_work, &attributes);
	pthread_cond_init(&decode->has_room, &attributes);
	pthread_condattr_destroy(&attributes);
}

int decode_create(struct loop *loop, uint32_t backends, void (*on_done)(void *data), void *data,
		struct decode **ret, struct err *err)
{
	OWNED(memory) struct decode *decode = own_alloc(sizeof(*decode));

	OWNED(fd) int event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (event_fd < 0)
		return err_errno(err, errno, "the decoder's descriptor");
	decode->event_fd = event_fd;
	decode->backends = backends;
	decode->on_done = on_done;
	decode->data = data;
	for (unsigned i = 0; i < DECODE_STREAMS_MAX; i++)
		decode->streams[i].decode = decode;
	init_locks(decode);
	int r = pthread_create(&decode->thread, NULL, run, decode);
	if (r != 0)
		return err_errno(err, r, "the decoder's thread");
	decode->watch = loop_watch_fd(loop, event_fd, EPOLLIN, on_event, decode);
	own_take_fd(&event_fd);
	*ret = own_take(decode);
	return 0;
}

void decode_destroy(struct decode *decode)
{
	if (!decode)
		return;
	pthread_mutex_lock(&decode->lock);
	decode->is_ending = true;
	pthread_cond_broadcast(&decode->has_work);
	pthread_mutex_unlock(&decode->lock);
	pthread_join(decode->thread, NULL);
	loop_watch_remove(decode->watch);
	close(decode->event_fd);
	pthread_cond_destroy(&decode->has_work);
	pthread_cond_destroy(&decode->has_room);
	pthread_mutex_destroy(&decode->lock);
	free(decode);
}

struct decode_stream *decode_stream_open(struct decode *decode)
{
	struct decode_stream *found = NULL;

	pthread_mutex_lock(&decode->lock);
	for (unsigned i = 0; !found && i < DECODE_STREAMS_MAX; i++)
		if (!decode->streams[i].is_used)
			found = &decode->streams[i];
	if (found)
		found->is_used = true;
	pthread_mutex_unlock(&decode->lock);
	return found;
}

void decode_stream_close(struct decode_stream *stream)
{
	if (!stream)
		return;
	pthread_mutex_lock(&stream->decode->lock);
	stream->is_closed = true;
	pthread_cond_broadcast(&stream->decode->has_work);
	pthread_mutex_unlock(&stream->decode->lock);
}

static struct timespec limit(void)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += DECODE_WAIT_MS / 1000;
	return until;
}

/* With the lock. */
static uint64_t append(struct decode_stream *stream, const struct decode_packet *packet,
		uint8_t *bytes)
{
	struct decode *decode = stream->decode;
	struct packet *place =
			&decode->packets[(decode->first + decode->count) % DECODE_PACKETS_MAX];

	*place = (struct packet){.stream = stream,
			.number = ++decode->pushed,
			.is_auxiliary = packet->is_auxiliary,
			.covers = packet->covers,
			.size = packet->size,
			.bytes = bytes};
	decode->count++;
	decode->bytes += packet->size;
	decode->figures.packets++;
	decode->figures.bytes_in += packet->size;
	pthread_cond_broadcast(&decode->has_work);
	return place->number;
}

int decode_push(struct decode_stream *stream, const struct decode_packet *packet, uint64_t *number)
{
	struct decode *decode = stream->decode;
	struct timespec until = limit();
	int r = 0;

	if (packet->size == 0 || packet->size > VIDEO_PACKET_MAX)
		return -EMSGSIZE;
	OWNED(memory) uint8_t *copy = own_alloc(packet->size);
	memcpy(copy, packet->bytes, packet->size);
	pthread_mutex_lock(&decode->lock);
	while (r == 0 && (decode->count == DECODE_PACKETS_MAX ||
					 (decode->count > 0 && decode->bytes > VIDEO_PACKET_MAX)))
		r = pthread_cond_timedwait(&decode->has_room, &decode->lock, &until);
	if (r == 0)
		*number = append(stream, packet, own_take(copy));
	if (r != 0) {
		stream->has_lost = true;
		stream->lost_after = decode->pushed;
	}
	pthread_mutex_unlock(&decode->lock);
	return r == 0 ? 0 : -ETIME;
}

bool decode_is_full(struct decode *decode)
{
	pthread_mutex_lock(&decode->lock);
	bool is_full = decode->count >= DECODE_PACKETS_FULL || decode->bytes > DECODE_BYTES_FULL;
	pthread_mutex_unlock(&decode->lock);
	return is_full;
}

bool decode_is_broken(struct decode *decode)
{
	bool is_broken = false;

	pthread_mutex_lock(&decode->lock);
	for (unsigned i = 0; i < DECODE_STREAMS_MAX; i++) {
		const struct decode_stream *stream = &decode->streams[i];

		is_broken |= stream->is_used && !stream->is_closed &&
		             (stream->is_broken || stream->has_lost);
	}
	pthread_mutex_unlock(&decode->lock);
	return is_broken;
}

uint64_t decode_done(struct decode *decode)
{
	pthread_mutex_lock(&decode->lock);
	uint64_t done = decode->done;
	pthread_mutex_unlock(&decode->lock);
	return done;
}

bool decode_wait(struct decode *decode, uint64_t number)
{
	struct timespec until = limit();
	int r = 0;

	pthread_mutex_lock(&decode->lock);
	while (r == 0 && decode->done < number)
		r = pthread_cond_timedwait(&decode->has_room, &decode->lock, &until);
	pthread_mutex_unlock(&decode->lock);
	return r == 0;
}

bool decode_take(struct decode_stream *stream, struct decode_picture *ret)
{
	pthread_mutex_lock(&stream->decode->lock);
	bool has_one = stream->kept_count > 0;
	if (has_one) {
		*ret = stream->kept[0];
		stream->kept_count--;
		memmove(stream->kept, stream->kept + 1, stream->kept_count * sizeof(*ret));
	}
	pthread_mutex_unlock(&stream->decode->lock);
	return has_one;
}

const char *decode_backend(struct decode *decode)
{
	pthread_mutex_lock(&decode->lock);
	const char *backend = decode->backend;
	pthread_mutex_unlock(&decode->lock);
	return backend;
}

struct decode_figures decode_figures(struct decode *decode)
{
	pthread_mutex_lock(&decode->lock);
	struct decode_figures figures = decode->figures;
	pthread_mutex_unlock(&decode->lock);
	return figures;
}
