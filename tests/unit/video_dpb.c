/* SPDX-License-Identifier: Apache-2.0 */
/* Which pictures are references, and in what order pictures are shown. */
#include "base/log.h"
#include "unit/test.h"
#include "unit/video_stream.h"
#include "video/dpb.h"
#include "video/video.h"

/* Where libavcodec shows each unit; UINT32_MAX: nowhere. */
static void shown_at(const struct stream *stream, uint32_t *places)
{
	struct video_options options = {.backends = 1u << VIDEO_SOFTWARE};
	struct video_decoder *decoder = NULL;
	uint32_t count = 0;
	unsigned unit = 0;
	struct err err;
	int r = 1;

	CHECK(video_decoder_create(&options, &decoder, &err) == 0);
	memset(places, 0xff, STREAM_UNITS_MAX * sizeof(*places));
	while (r >= 0 && (unit < stream->count || r == 1)) {
		struct video_frame *frame = NULL;
		bool is_left = unit < stream->count;
		size_t begin = is_left ? stream->begin[unit] : 0;
		size_t size = is_left ? stream->begin[unit + 1] - begin : 0;
		r = video_decode(decoder, stream->bytes.data + begin, size, unit, &frame, &err);
		unit += is_left;
		if (r == 1)
			places[video_frame_time_us(frame)] = count++;
		video_frame_unref(frame);
	}
	video_decoder_destroy(decoder);
}

static unsigned used(const struct dpb *dpb)
{
	unsigned count = 0;

	for (unsigned i = 0; i < H264_FRAMES_MAX; i++)
		count += dpb->entries[i].is_used;
	return count;
}

/* The first slice of a unit. */
static bool first_slice(struct h264_sets *sets, const struct stream *stream, unsigned unit,
		struct h264_slice *slice, struct header *header)
{
	struct h264_reader reader = {
			stream->bytes.data, stream->begin[unit + 1], stream->begin[unit]};
	struct h264_nal nal;
	struct err err;

	while (h264_next(&reader, &nal)) {
		CHECK(h264_take(sets, &nal, &err) == 0);
		if (nal.type != H264_SLICE && nal.type != H264_SLICE_IDR)
			continue;
		CHECK(h264_slice(sets, &nal, slice, &err) == 0);
		CHECK(header_read(slice, header, &err) == 0);
		return true;
	}
	return false;
}

/* Order by the dpb is the order of libavcodec. */
static void test_order(const char *arguments, unsigned poc_type)
{
	static struct h264_sets sets;
	static uint32_t places[STREAM_UNITS_MAX];
	struct stream stream = stream_make(arguments);
	int32_t orders[STREAM_UNITS_MAX];
	unsigned period[STREAM_UNITS_MAX], periods = 0;
	struct dpb dpb = {0};

	shown_at(&stream, places);
	CHECK(stream.count > 10);
	for (unsigned i = 0; i < stream.count; i++) {
		struct h264_slice slice;
		struct header header;
		int32_t top, bottom;
		CHECK(first_slice(&sets, &stream, i, &slice, &header));
		CHECK_INT(slice.sps->poc_type, poc_type);
		dpb_begin(&dpb, &slice, &header, &top, &bottom);
		CHECK(slice.type == 2 || used(&dpb) > 0);
		dpb_end(&dpb, &slice, &header, top, bottom, i);
		CHECK(used(&dpb) >= 1 && used(&dpb) <= slice.sps->max_ref_frames);
		periods += slice.is_idr;
		period[i] = periods;
		orders[i] = top < bottom ? top : bottom;
	}
	for (unsigned i = 0; i < stream.count; i++) {
		CHECK(places[i] < stream.count);
		for (unsigned j = 0; j < i; j++)
			CHECK((places[j] < places[i]) ==
					(period[j] < period[i] || orders[j] < orders[i]));
	}
	array_finish(&stream.bytes);
}

/* A stream of one's own, a picture at a time. */
struct made {
	struct h264_sps sps;
	struct dpb dpb;
	uint32_t frame_num;
};

static void picture(struct made *made, uint64_t tag, bool is_idr, const struct header *header)
{
	struct h264_slice slice = {.frame_num = is_idr ? 0 : made->frame_num,
			.ref_idc = 1,
			.is_idr = is_idr,
			.sps = &made->sps};
	int32_t top, bottom;

	dpb_begin(&made->dpb, &slice, header, &top, &bottom);
	dpb_end(&made->dpb, &slice, header, top, bottom, tag);
	made->frame_num = (slice.frame_num + 1) & 15;
}

/* "3 4 L5": the tags of the references, long-term ones with an L. */
static const char *references(const struct made *made)
{
	static char text[256];
	size_t at = 0;

	text[0] = 0;
	for (uint64_t tag = 0; tag < 100; tag++) {
		for (unsigned i = 0; i < H264_FRAMES_MAX; i++) {
			const struct dpb_entry *entry = &made->dpb.entries[i];
			if (entry->is_used && entry->tag == tag)
				at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s%d",
						at ? " " : "", entry->is_long_term ? "L" : "",
						(int)tag);
		}
	}
	return text;
}

static struct header marks(unsigned count, const struct header_mark *list)
{
	struct header header = {.is_adaptive = true, .mark_count = count};

	memcpy(header.marks, list, count * sizeof(*list));
	return header;
}

static void test_marks(void)
{
	const struct header plain = {0};

	TEST("the window slides, and numbers wrap") {
		struct made made = {.sps = {.log2_max_frame_num = 4,
						    .poc_type = 2,
						    .max_ref_frames = 3}};
		picture(&made, 0, true, &plain);
		for (uint64_t i = 1; i < 20; i++)
			picture(&made, i, false, &plain);
		CHECK_TEXT(references(&made), "17 18 19");
		picture(&made, 20, true, &plain);
		CHECK_TEXT(references(&made), "20");
	}
	TEST("marks: drop, keep for long, drop those, begin anew") {
		struct made made = {.sps = {.log2_max_frame_num = 4,
						    .poc_type = 2,
						    .max_ref_frames = 4}};
		struct header drop = marks(1, (struct header_mark[]){{1, 1, 0}});
		struct header keep = marks(1, (struct header_mark[]){{3, 0, 2}});
		struct header self = marks(2, (struct header_mark[]){{4, 3, 0}, {6, 0, 0}});
		struct header both = marks(2, (struct header_mark[]){{2, 2, 0}, {4, 0, 0}});
		struct header reset = marks(1, (struct header_mark[]){{5, 0, 0}});
		picture(&made, 0, true, &plain);
		picture(&made, 1, false, &plain);
		picture(&made, 2, false, &plain);
		picture(&made, 3, false, &drop); /* the second last: 1 */
		CHECK_TEXT(references(&made), "0 2 3");
		picture(&made, 4, false, &keep); /* the last: 3 */
		CHECK_TEXT(references(&made), "0 2 L3 4");
		picture(&made, 5, false, &plain);
		CHECK_TEXT(references(&made), "2 L3 4 5");
		picture(&made, 6, false, &self);
		CHECK_TEXT(references(&made), "L3 4 5 L6");
		picture(&made, 7, false, &both);
		CHECK_TEXT(references(&made), "4 5 7");
		picture(&made, 8, false, &reset);
		CHECK_TEXT(references(&made), "8");
		made.frame_num = 1;
		picture(&made, 9, false, &plain);
		CHECK_TEXT(references(&made), "8 9");
	}
}

int main(void)
{
	video_prepare();
	log_set_level(LOG_LEVEL_ERROR);
	TEST("order by least bits, with a pyramid of B-frames") {
		test_order("-f lavfi -i testsrc2=s=64x64 -frames:v 60 -c:v libx264 -bf 3 -g 25 "
			   "-x264-params b-pyramid=normal:ref=4",
				0);
	}
	TEST("order by number") {
		test_order("-f lavfi -i testsrc2=s=64x64 -frames:v 40 -c:v libx264 -tune "
			   "zerolatency "
			   "-profile:v baseline -g 30",
				2);
	}
	test_marks();
	TEST_END();
}
