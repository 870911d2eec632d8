/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which back end decodes, and what happens when it does not: the one that fails is never asked
 * again, the next one begins at the next key frame, or at this very one.
 */
#include "video/video.h"

#include <assert.h>
#include <errno.h>
#include <libavutil/log.h>

#include "base/log.h"
#include "video/backend.h"

enum {
	LIMIT_MS = 1000,
	SPARE_MIN = 2,
	SPARE_MAX = 8,
	/* So many key frames in a row that hardware calls broken are good ones that it cannot do. */
	BROKEN_KEYS_MAX = 2,
};

static const char *const names[VIDEO_BACKENDS] = {
		[VIDEO_VAAPI] = "VA-API",
		[VIDEO_V4L2] = "V4L2",
		[VIDEO_V4L2_REQUEST] = "V4L2 request",
		[VIDEO_SOFTWARE] = "software",
};

struct video_decoder {
	struct backend_setup setup;
	struct video_stats stats;
	uint32_t pools;
	struct gate gate;
	uint32_t untried; /* a bit per back end */
	enum video_backend active;
	void *state;          /* of the active one; NULL before the first key frame */
	unsigned broken_keys; /* key frames in a row that it called broken */
};

const char *video_backend_name(enum video_backend backend)
{
	return backend < VIDEO_BACKENDS ? names[backend] : "none";
}

void video_prepare(void)
{
	av_log_set_level(AV_LOG_QUIET);
	backend_prepare();
}

void backend_pool(const struct backend_setup *setup, const struct pool_shape *shape,
		struct video_pool **pool)
{
	if (*pool) {
		const struct pool_shape *had = pool_shape(*pool);
		if (had->format == shape->format && had->width == shape->width &&
				had->height == shape->height && had->encoding == shape->encoding &&
				had->range == shape->range)
			return;
	}
	pool_destroy(*pool);
	*pool = pool_create(shape, ++*setup->pools);
}

int video_decoder_create(const struct video_options *options, struct video_decoder **ret,
		struct err *err)
{
	uint32_t all = (1u << VIDEO_BACKENDS) - 1;
	uint32_t wanted = options->backends ? options->backends & all : all;

	if (options->codec != VIDEO_H264)
		return err_set(err, ENOSYS, "codec %d is not known", (int)options->codec);
	if (wanted == 0)
		return err_set(err, EINVAL, "no decoder is allowed");
	if (options->spare_buffers > SPARE_MAX)
		return err_set(err, EINVAL, "%u spare buffers: at most %d were expected",
				options->spare_buffers, SPARE_MAX);
	struct video_decoder *decoder = own_alloc(sizeof(*decoder));
	decoder->setup = (struct backend_setup){
			.options = *options, .stats = &decoder->stats, .pools = &decoder->pools};
	if (decoder->setup.options.spare_buffers < SPARE_MIN)
		decoder->setup.options.spare_buffers = SPARE_MIN;
	if (decoder->setup.options.limit_ms <= 0)
		decoder->setup.options.limit_ms = LIMIT_MS;
	decoder->untried = wanted;
	decoder->active = VIDEO_BACKENDS;
	gate_init(&decoder->gate);
	*ret = decoder;
	return 0;
}

static void end_backend(struct video_decoder *decoder)
{
	if (decoder->state)
		backend_table[decoder->active]->destroy(decoder->state);
	decoder->state = NULL;
}

void video_decoder_destroy(struct video_decoder *decoder)
{
	if (!decoder)
		return;
	end_backend(decoder);
	gate_finish(&decoder->gate);
	free(decoder);
}

/* The first back end that takes such a stream. Software may begin again and again. */
static int begin_backend(struct video_decoder *decoder, const struct h264_sps *sps, struct err *err)
{
	for (unsigned i = 0; i < VIDEO_BACKENDS; i++) {
		struct err why = {"not built in"};
		if (!(decoder->untried & 1u << i))
			continue;
		if (i != VIDEO_SOFTWARE)
			decoder->untried &= ~(1u << i);
		if (!backend_table[i])
			continue;
		if (backend_table[i]->create(&decoder->setup, sps, &decoder->state, &why) < 0) {
			log_info("video is not decoded by %s: %s", names[i], why.text);
			continue;
		}
		if (decoder->active != i)
			log_info("video of %u x %u is decoded by %s", sps->width, sps->height,
					names[i]);
		decoder->active = i;
		return 0;
	}
	return err_set(err, ENODEV, "no decoder is left for this video");
}

/* After a wait, or in a new back end: the parameter sets that nobody told it. */
static void feed_sets(struct video_decoder *decoder)
{
	struct video_frame *frame = NULL;
	struct backend_packet packet = {
			.bytes = decoder->gate.raw.data, .size = decoder->gate.raw.size};
	struct err err;

	if (packet.size > 0)
		backend_table[decoder->active]->decode(decoder->state, &packet, &frame, &err);
	video_frame_unref(frame);
}

static int decode_with(struct video_decoder *decoder, const struct backend_packet *packet,
		bool has_waited, struct video_frame **ret, struct err *err)
{
	bool is_new = !decoder->state;
	int r = is_new ? begin_backend(decoder, packet->sps, err) : 0;

	if (r < 0)
		return r;
	if (is_new || has_waited)
		feed_sets(decoder);
	return backend_table[decoder->active]->decode(decoder->state, packet, ret, err);
}

/* After a failure of the active back end. */
static void give_up(struct video_decoder *decoder, const struct err *why)
{
	log_warn("%s fails and is given up: %s", names[decoder->active], why->text);
	end_backend(decoder);
	decoder->broken_keys = 0;
	decoder->stats.hand_overs++;
}

/* Whether this result of the active back end is its fault, and not that of the bytes. */
static bool is_failure(struct video_decoder *decoder, const struct gate_unit *unit, int r)
{
	if (r >= 0 && unit->is_key)
		decoder->broken_keys = 0;
	if (r == -EBADMSG && unit->is_key)
		decoder->broken_keys++;
	return r < 0 && decoder->state && decoder->active != VIDEO_SOFTWARE &&
	       (r != -EBADMSG || decoder->broken_keys >= BROKEN_KEYS_MAX);
}

static int decode_picture(struct video_decoder *decoder, const struct backend_packet *packet,
		const struct gate_unit *unit, struct video_frame **ret, struct err *err)
{
	int r = decode_with(decoder, packet, unit->has_waited, ret, err);

	while (is_failure(decoder, unit, r)) {
		give_up(decoder, err);
		if (!unit->is_key) { /* the last frame stays until then */
			gate_wait(&decoder->gate);
			return 0;
		}
		r = decode_with(decoder, packet, true, ret, err);
	}
	if (r >= 0)
		return r;
	decoder->stats.errors++;
	gate_wait(&decoder->gate);
	if (r != -EBADMSG)
		end_backend(decoder);
	return r;
}

static int check_size(const struct h264_sps *sps, struct err *err)
{
	if (sps->width > VIDEO_SIDE_MAX || sps->height > VIDEO_SIDE_MAX)
		return err_set(err, E2BIG, "video of %u x %u pixels: sides of at most %d are taken",
				sps->width, sps->height, VIDEO_SIDE_MAX);
	return 0;
}

/* Frames that wait for others to be shown before them; none are behind them any more. */
static int drain(struct video_decoder *decoder, struct video_frame **ret, struct err *err)
{
	if (!decoder->state)
		return 0;
	int r = backend_table[decoder->active]->decode(decoder->state, &(struct backend_packet){0},
			ret, err);
	if (r <= 0)
		video_decoder_reset(decoder);
	return r < 0 ? 0 : r;
}

static int refuse(struct video_decoder *decoder, int r)
{
	video_decoder_reset(decoder);
	decoder->stats.errors++;
	return r;
}

int video_decode(struct video_decoder *decoder, const void *bytes, size_t size, int64_t time_us,
		struct video_frame **ret, struct err *err)
{
	struct err unread;
	struct gate_unit unit;

	if (!err)
		err = &unread;
	if (size == 0)
		return drain(decoder, ret, err);
	decoder->stats.packets++;
	if (size > VIDEO_PACKET_MAX)
		return refuse(decoder,
				err_set(err, EMSGSIZE,
						"a picture of %zu bytes, at most %d are taken",
						size, VIDEO_PACKET_MAX));
	int r = gate_look(&decoder->gate, bytes, size, &unit, err);
	if (r == 0 && unit.is_passed)
		r = check_size(unit.sps, err);
	if (r < 0)
		return refuse(decoder, r);
	struct backend_packet packet = {
			bytes, size, time_us, unit.sps, unit.is_key, decoder->gate.sets};
	if (unit.is_passed) {
		decoder->stats.key_frames += unit.is_key;
		r = decode_picture(decoder, &packet, &unit, ret, err);
	} else if (!unit.has_picture && decoder->state && !decoder->gate.is_waiting) {
		r = backend_table[decoder->active]->decode(decoder->state, &packet, ret, &unread);
		r = r < 0 ? 0 : r;
	}
	decoder->stats.frames += r == 1;
	return r;
}

void video_decoder_reset(struct video_decoder *decoder)
{
	gate_wait(&decoder->gate);
	if (decoder->state)
		backend_table[decoder->active]->reset(decoder->state);
}

bool video_decoder_is_waiting(const struct video_decoder *decoder)
{
	return decoder->gate.is_waiting;
}

enum video_backend video_decoder_backend(const struct video_decoder *decoder)
{
	return decoder->active;
}

struct video_stats video_decoder_stats(const struct video_decoder *decoder)
{
	return decoder->stats;
}
