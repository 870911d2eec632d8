/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decoders without a state of their own, by the kernel's "Memory-to-memory Stateless Video Decoder
 * Interface": each picture is a request of its bytes and of controls that say what its parameter sets
 * are and which pictures it refers to, by their timestamps. For frames in the order in which
 * they come, as RDP has them; fields and B-frames go to software.
 */
#include <errno.h>
#include <linux/media.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <string.h>

#include "video/dpb.h"
#include "video/v4l2.h"

enum {
	PACKET_BYTES = 4 << 20,
	SPARE_FOR_DRIVER = 2,
	TYPE_P = 0,
	TYPE_B = 1,
};

struct request {
	const struct backend_setup *setup;
	struct v4l2_node *node;
	struct v4l2_bytes bytes;
	struct v4l2_pictures pictures;
	struct h264_sps sps; /* that buffers were made for */
	int fd;              /* the request; used again and again */
	struct array slices;
	struct dpb dpb;
	struct pool_buffer *held[H264_FRAMES_MAX]; /* the buffer of each entry of the dpb */
	uint64_t stamp;                            /* of the last picture: microseconds for V4L2 */
};

/* A picture on its way. */
struct picture {
	struct h264_slice slice;
	struct header header;
	bool has_p;
	int32_t top, bottom;
};

static void drop_references(struct request *request)
{
	for (unsigned i = 0; i < H264_FRAMES_MAX; i++) {
		if (request->held[i])
			pool_buffer_unref(request->held[i]);
		request->held[i] = NULL;
	}
	dpb_clear(&request->dpb);
}

static void stop(struct request *request)
{
	drop_references(request);
	v4l2_bytes_stop(&request->bytes);
	v4l2_pictures_stop(&request->pictures);
	own_end_fd(&request->fd);
	request->fd = -1;
}

static void destroy(void *state)
{
	struct request *request = state;

	stop(request);
	array_finish(&request->slices);
	v4l2_give_back(request->node);
	free(request);
}

static int set_controls(int fd, uint32_t which, int request_fd, struct v4l2_ext_control *controls,
		unsigned count)
{
	struct v4l2_ext_controls all = {.which = which,
			.count = count,
			.request_fd = request_fd >= 0 ? request_fd : 0,
			.controls = controls};

	return v4l2_call(fd, VIDIOC_S_EXT_CTRLS, &all);
}

static int start(struct request *request, const struct h264_sps *sps, struct err *err)
{
	struct v4l2_node *node = request->node;
	struct v4l2_ext_control modes[] = {
			{.id = V4L2_CID_STATELESS_H264_DECODE_MODE,
					.value = V4L2_STATELESS_H264_DECODE_MODE_FRAME_BASED},
			{.id = V4L2_CID_STATELESS_H264_START_CODE,
					.value = V4L2_STATELESS_H264_START_CODE_ANNEX_B},
	};

	if (sps->chroma_format != 1 || sps->bit_depth_luma != 8 || sps->bit_depth_chroma != 8 ||
			!sps->is_frame_mbs_only || (sps->has_reorder && sps->max_reorder > 0))
		return err_set(err, ENOTSUP, "%s: frames of 8 bits in their order were expected",
				node->path);
	request->sps = *sps;
	int r = v4l2_bytes_start(&request->bytes, node, V4L2_PIX_FMT_H264_SLICE, sps->width,
			sps->height, PACKET_BYTES, err);
	if (r < 0)
		return r;
	r = set_controls(node->fd, V4L2_CTRL_WHICH_CUR_VAL, -1, modes, 2);
	if (r < 0)
		return err_errno(err, -r, "%s: whole pictures with start codes", node->path);
	r = v4l2_pictures_start(&request->pictures, node, request->setup,
			sps->max_ref_frames + request->setup->options.spare_buffers +
					SPARE_FOR_DRIVER,
			err);
	if (r < 0)
		return r;
	const struct pool_shape *shape = pool_shape(request->pictures.pool);
	if (shape->width < sps->width - sps->crop_right ||
			shape->height < sps->height - sps->crop_bottom)
		return err_set(err, EIO, "%s: pictures of %u x %u for a stream of %u x %u",
				node->path, shape->width, shape->height, sps->width, sps->height);
	r = v4l2_call(node->media_fd, MEDIA_IOC_REQUEST_ALLOC, &request->fd);
	return r < 0 ? err_errno(err, -r, "%s: a request", node->path) : 0;
}

static int create(const struct backend_setup *setup, const struct h264_sps *sps, void **ret,
		struct err *err)
{
	struct v4l2_node *node = v4l2_lend(V4L2_PIX_FMT_H264_SLICE);

	if (!node)
		return err_set(err, ENODEV, "no decoder for H.264 without a state of its own");
	struct request *request = own_alloc(sizeof(*request));
	request->setup = setup;
	request->node = node;
	request->fd = -1;
	request->slices.max = VIDEO_PACKET_MAX;
	int r = start(request, sps, err);
	if (r < 0) {
		destroy(request);
		return r;
	}
	*ret = request;
	return 0;
}

/* The slices alone, and what their headers say. */
static int collect(struct request *request, const struct backend_packet *packet,
		struct picture *picture, struct err *err)
{
	static const uint8_t start_code[] = {0, 0, 1};
	struct h264_reader reader = {packet->bytes, packet->size, 0};
	struct h264_nal nal;

	request->slices.size = 0;
	while (h264_next(&reader, &nal)) {
		struct h264_slice slice;
		if (nal.type != H264_SLICE && nal.type != H264_SLICE_IDR)
			continue;
		int r = h264_slice(packet->sets, &nal, &slice, err);
		if (r < 0)
			return -EBADMSG;
		if (slice.type == TYPE_B || slice.type > 2 || slice.is_field ||
				slice.pps->has_slice_groups)
			return err_set(err, ENOTSUP, "%s: slices of other kinds than I and P",
					request->node->path);
		picture->has_p = picture->has_p || slice.type == TYPE_P;
		if (request->slices.size == 0) {
			picture->slice = slice;
			r = header_read(&slice, &picture->header, err);
			if (r < 0)
				return r;
		}
		if (array_append(&request->slices, start_code, sizeof(start_code)) < 0 ||
				array_append(&request->slices, nal.bytes, nal.size) < 0)
			return err_set(err, EBADMSG, "H.264: a picture of too many bytes");
	}
	return request->slices.size > 0 ? 0 : err_set(err, EBADMSG, "H.264: no slice");
}

static struct v4l2_ctrl_h264_sps describe_sps(const struct h264_sps *sps)
{
	struct v4l2_ctrl_h264_sps to = {.profile_idc = sps->profile,
			.level_idc = sps->level,
			.seq_parameter_set_id = sps->id,
			.chroma_format_idc = sps->chroma_format,
			.log2_max_frame_num_minus4 = (uint8_t)(sps->log2_max_frame_num - 4),
			.pic_order_cnt_type = sps->poc_type,
			.log2_max_pic_order_cnt_lsb_minus4 =
					(uint8_t)(sps->poc_type == 0 ? sps->log2_max_poc_lsb - 4
								     : 0),
			.max_num_ref_frames = sps->max_ref_frames,
			.num_ref_frames_in_pic_order_cnt_cycle = sps->poc_cycle_length,
			.offset_for_non_ref_pic = sps->offset_for_non_ref_pic,
			.offset_for_top_to_bottom_field = sps->offset_for_top_to_bottom,
			.pic_width_in_mbs_minus1 = (uint16_t)(sps->width_mbs - 1),
			.pic_height_in_map_units_minus1 = (uint16_t)(sps->height_map_units - 1)};

	/* The stream has them from the highest bit down. */
	for (unsigned i = 0; i < 6; i++)
		if (sps->constraints & 0x80 >> i)
			to.constraint_set_flags |= (uint8_t)(1u << i);
	for (unsigned i = 0; i < sps->poc_cycle_length; i++)
		to.offset_for_ref_frame[i] = sps->offset_for_ref_frame[i];
	to.flags = V4L2_H264_SPS_FLAG_FRAME_MBS_ONLY;
	if (sps->is_transform_bypass)
		to.flags |= V4L2_H264_SPS_FLAG_QPPRIME_Y_ZERO_TRANSFORM_BYPASS;
	if (sps->is_delta_pic_order_always_zero)
		to.flags |= V4L2_H264_SPS_FLAG_DELTA_PIC_ORDER_ALWAYS_ZERO;
	if (sps->are_gaps_allowed)
		to.flags |= V4L2_H264_SPS_FLAG_GAPS_IN_FRAME_NUM_VALUE_ALLOWED;
	if (sps->is_direct_8x8)
		to.flags |= V4L2_H264_SPS_FLAG_DIRECT_8X8_INFERENCE;
	return to;
}

static struct v4l2_ctrl_h264_pps describe_pps(const struct h264_sps *sps,
		const struct h264_pps *pps)
{
	const struct {
		bool is_set;
		uint16_t flag;
	} flags[] = {
			{pps->is_cabac, V4L2_H264_PPS_FLAG_ENTROPY_CODING_MODE},
			{pps->has_bottom_field_order,
					V4L2_H264_PPS_FLAG_BOTTOM_FIELD_PIC_ORDER_IN_FRAME_PRESENT},
			{pps->is_weighted, V4L2_H264_PPS_FLAG_WEIGHTED_PRED},
			{pps->has_deblocking_control,
					V4L2_H264_PPS_FLAG_DEBLOCKING_FILTER_CONTROL_PRESENT},
			{pps->is_constrained_intra, V4L2_H264_PPS_FLAG_CONSTRAINED_INTRA_PRED},
			{pps->has_redundant, V4L2_H264_PPS_FLAG_REDUNDANT_PIC_CNT_PRESENT},
			{pps->is_8x8, V4L2_H264_PPS_FLAG_TRANSFORM_8X8_MODE},
			{sps->has_scaling || pps->has_scaling,
					V4L2_H264_PPS_FLAG_SCALING_MATRIX_PRESENT},
	};
	struct v4l2_ctrl_h264_pps to = {.pic_parameter_set_id = pps->id,
			.seq_parameter_set_id = pps->sps_id,
			.num_ref_idx_l0_default_active_minus1 = (uint8_t)(pps->refs_l0 - 1),
			.num_ref_idx_l1_default_active_minus1 = (uint8_t)(pps->refs_l1 - 1),
			.weighted_bipred_idc = pps->weighted_bipred,
			.pic_init_qp_minus26 = pps->init_qp,
			.pic_init_qs_minus26 = pps->init_qs,
			.chroma_qp_index_offset = pps->chroma_qp_offset,
			.second_chroma_qp_index_offset = pps->second_chroma_qp_offset};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (flags[i].is_set)
			to.flags |= flags[i].flag;
	return to;
}

/* Zig-zag of the stream to rows: 8.5.6 for frames. */
static void unscan(const uint8_t *from, uint8_t *to, unsigned side)
{
	unsigned x = 0, y = 0;

	for (unsigned i = 0; i < side * side; i++) {
		to[y * side + x] = from[i];
		if ((x + y) % 2 == 0) { /* up and to the right */
			if (x == side - 1)
				y++;
			else if (y == 0)
				x++;
			else
				x++, y--;
		} else if (y == side - 1) {
			x++;
		} else if (x == 0) {
			y++;
		} else {
			x--, y++;
		}
	}
}

static struct v4l2_ctrl_h264_scaling_matrix describe_scaling(const struct h264_scaling *from)
{
	struct v4l2_ctrl_h264_scaling_matrix to = {0};

	for (unsigned i = 0; i < 6; i++) {
		unscan(from->lists4[i], to.scaling_list_4x4[i], 4);
		unscan(from->lists8[i], to.scaling_list_8x8[i], 8);
	}
	return to;
}

static struct v4l2_ctrl_h264_decode_params describe_picture(const struct request *request,
		const struct picture *picture)
{
	const struct h264_slice *slice = &picture->slice;
	const struct header *header = &picture->header;
	struct v4l2_ctrl_h264_decode_params to = {.nal_ref_idc = slice->ref_idc,
			.frame_num = (uint16_t)slice->frame_num,
			.top_field_order_cnt = picture->top,
			.bottom_field_order_cnt = picture->bottom,
			.idr_pic_id = (uint16_t)slice->idr_pic_id,
			.pic_order_cnt_lsb = (uint16_t)header->poc_lsb,
			.delta_pic_order_cnt_bottom = header->delta_bottom,
			.delta_pic_order_cnt0 = header->delta[0],
			.delta_pic_order_cnt1 = header->delta[1],
			.dec_ref_pic_marking_bit_size = header->marking_bits,
			.pic_order_cnt_bit_size = header->poc_bits,
			.flags = (slice->is_idr ? V4L2_H264_DECODE_PARAM_FLAG_IDR_PIC : 0u) |
	                         (picture->has_p ? V4L2_H264_DECODE_PARAM_FLAG_PFRAME : 0u)};

	for (unsigned i = 0; i < H264_FRAMES_MAX; i++) {
		const struct dpb_entry *entry = &request->dpb.entries[i];
		if (!entry->is_used)
			continue;
		to.dpb[i] = (struct v4l2_h264_dpb_entry){.reference_ts = entry->tag * 1000,
				.pic_num = (uint32_t)entry->number,
				.frame_num = (uint16_t)entry->frame_num,
				.fields = V4L2_H264_FRAME_REF,
				.top_field_order_cnt = entry->top,
				.bottom_field_order_cnt = entry->bottom,
				.flags = V4L2_H264_DPB_ENTRY_FLAG_VALID |
		                         V4L2_H264_DPB_ENTRY_FLAG_ACTIVE |
		                         (entry->is_long_term ? V4L2_H264_DPB_ENTRY_FLAG_LONG_TERM
							      : 0u)};
	}
	return to;
}

static int put_controls(const struct request *request, const struct picture *picture)
{
	const struct h264_pps *from = picture->slice.pps;
	struct v4l2_ctrl_h264_sps sps = describe_sps(picture->slice.sps);
	struct v4l2_ctrl_h264_pps pps = describe_pps(picture->slice.sps, from);
	struct v4l2_ctrl_h264_scaling_matrix scaling = describe_scaling(&from->scaling);
	struct v4l2_ctrl_h264_decode_params params = describe_picture(request, picture);
	struct v4l2_ext_control controls[] = {
			{.id = V4L2_CID_STATELESS_H264_SPS, .size = sizeof(sps), .ptr = &sps},
			{.id = V4L2_CID_STATELESS_H264_PPS, .size = sizeof(pps), .ptr = &pps},
			{.id = V4L2_CID_STATELESS_H264_DECODE_PARAMS,
					.size = sizeof(params),
					.ptr = &params},
			{.id = V4L2_CID_STATELESS_H264_SCALING_MATRIX,
					.size = sizeof(scaling),
					.ptr = &scaling},
	};

	return set_controls(request->node->fd, V4L2_CTRL_WHICH_REQUEST_VAL, request->fd, controls,
			4);
}

/* The request of one picture, from its making to its end. */
static int perform(struct request *request, const struct picture *picture, struct v4l2_picture *ret,
		struct err *err)
{
	const char *path = request->node->path;
	int r = v4l2_pictures_queue(&request->pictures, 1);

	if (r == 0)
		return err_set(err, EBADMSG, "%s: all its pictures are in use", path);
	if (r > 0)
		r = put_controls(request, picture);
	if (r < 0)
		return err_errno(err, r == -EBADMSG ? EIO : -r, "%s: describing a picture", path);
	r = v4l2_bytes_put(&request->bytes, request->slices.data, request->slices.size,
			(int64_t)request->stamp, request->fd, err);
	if (r < 0)
		return r;
	r = v4l2_call(request->fd, MEDIA_REQUEST_IOC_QUEUE, NULL);
	if (r < 0)
		return err_errno(err, -r, "%s: asking for a picture", path);
	if (v4l2_wait(request->fd, POLLPRI, request->setup->options.limit_ms) == 0)
		return err_set(err, ETIMEDOUT, "%s does not answer", path);
	r = v4l2_bytes_collect(&request->bytes);
	if (r >= 0)
		r = v4l2_pictures_take(&request->pictures, ret);
	if (r < 0)
		return err_errno(err, r == -EBADMSG ? EIO : -r, "%s: a picture", path);
	r = v4l2_call(request->fd, MEDIA_REQUEST_IOC_REINIT, NULL);
	if (r < 0) {
		pool_buffer_unref(ret->buffer);
		return err_errno(err, -r, "%s: a request", path);
	}
	if (ret->is_broken) {
		pool_buffer_unref(ret->buffer);
		return err_set(err, EBADMSG, "H.264: a broken picture");
	}
	return 0;
}

/* Keep the buffers of references from being decoded into. */
static void keep_references(struct request *request, struct pool_buffer *buffer)
{
	for (unsigned i = 0; i < H264_FRAMES_MAX; i++) {
		const struct dpb_entry *entry = &request->dpb.entries[i];
		bool is_new = entry->is_used && entry->tag == request->stamp;
		if (request->held[i] && (!entry->is_used || is_new)) {
			pool_buffer_unref(request->held[i]);
			request->held[i] = NULL;
		}
		if (is_new)
			request->held[i] = pool_buffer_ref(buffer);
	}
}

static bool is_other_stream(const struct h264_sps *a, const struct h264_sps *b)
{
	return a->width != b->width || a->height != b->height ||
	       a->max_ref_frames != b->max_ref_frames;
}

static int decode(void *state, const struct backend_packet *packet, struct video_frame **ret,
		struct err *err)
{
	struct request *request = state;
	struct picture picture = {0};
	struct v4l2_picture done;
	int r = 0;

	if (!packet->bytes || !packet->sps)
		return 0; /* nothing is held back, and parameter sets are in packet->sets */
	if (is_other_stream(&request->sps, packet->sps)) {
		stop(request);
		r = start(request, packet->sps, err);
	} else if (packet->is_key) {
		drop_references(request);
	}
	if (r == 0)
		r = collect(request, packet, &picture, err);
	if (r < 0)
		return r;
	request->stamp++;
	dpb_begin(&request->dpb, &picture.slice, &picture.header, &picture.top, &picture.bottom);
	r = perform(request, &picture, &done, err);
	if (r < 0) {
		drop_references(request);
		return r;
	}
	dpb_end(&request->dpb, &picture.slice, &picture.header, picture.top, picture.bottom,
			request->stamp);
	keep_references(request, done.buffer);
	const struct h264_sps *sps = packet->sps;
	struct yuv_rect crop = {(int32_t)sps->crop_left, (int32_t)sps->crop_top,
			(int32_t)(sps->width - sps->crop_right),
			(int32_t)(sps->height - sps->crop_bottom)};
	*ret = frame_create(done.buffer, crop, packet->time_us, packet->is_key);
	return 1;
}

static void reset(void *state)
{
	drop_references(state);
}

const struct backend backend_v4l2_request = {create, decode, reset, destroy};
