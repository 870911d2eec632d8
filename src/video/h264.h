/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What H.264 says about itself, ITU-T H.264 7.3: parameter sets and the beginning of slices.
 * Pure; every number that later counts or multiplies something is within its limits.
 */
#ifndef VIDEO_H264_H
#define VIDEO_H264_H

#include "base/err.h"
#include "video/bits.h"

enum {
	H264_SPS_MAX = 32,
	H264_PPS_MAX = 256,
	H264_FRAMES_MAX = 16,        /* for reference */
	H264_MACROBLOCKS_MAX = 1024, /* of a side; 16384 pixels */
};

enum h264_nal_type {
	H264_SLICE = 1,
	H264_SLICE_PARTITION = 2,
	H264_SLICE_IDR = 5,
	H264_SEI = 6,
	H264_SPS = 7,
	H264_PPS = 8,
};

struct h264_nal {
	const uint8_t *bytes; /* from the header on */
	size_t size;
	unsigned type, ref_idc;
};

/* A cursor over the units of an Annex B byte stream. */
struct h264_reader {
	const uint8_t *bytes;
	size_t size, at;
};

/* False at the end. Empty units are left out. */
bool h264_next(struct h264_reader *reader, struct h264_nal *nal);

struct h264_scaling {
	uint8_t lists4[6][16], lists8[6][64]; /* in the order of the stream: zig-zag */
};

/* 7.3.2.1.1 */
struct h264_sps {
	bool is_known;
	uint8_t profile, constraints, level, id, chroma_format;
	uint8_t bit_depth_luma, bit_depth_chroma;
	bool is_separate_colour, is_transform_bypass, has_scaling;
	struct h264_scaling scaling;
	uint8_t log2_max_frame_num, poc_type, log2_max_poc_lsb;
	bool is_delta_pic_order_always_zero;
	int32_t offset_for_non_ref_pic, offset_for_top_to_bottom;
	uint8_t poc_cycle_length;
	int32_t offset_for_ref_frame[255];
	uint8_t max_ref_frames;
	bool are_gaps_allowed, is_frame_mbs_only, is_mb_adaptive, is_direct_8x8;
	uint16_t width_mbs, height_map_units;
	uint32_t width, height;                                /* pixels as coded */
	uint32_t crop_left, crop_right, crop_top, crop_bottom; /* pixels */
	bool has_reorder; /* the VUI says how many pictures wait */
	uint8_t max_reorder, max_buffered;
};

/* 7.3.2.2 */
struct h264_pps {
	bool is_known;
	uint8_t id, sps_id;
	bool is_cabac, has_bottom_field_order, has_slice_groups;
	uint8_t refs_l0, refs_l1; /* default numbers, 1.. */
	bool is_weighted;
	uint8_t weighted_bipred;
	int8_t init_qp, init_qs, chroma_qp_offset, second_chroma_qp_offset;
	bool has_deblocking_control, is_constrained_intra, has_redundant, is_8x8;
	bool has_scaling;
	struct h264_scaling scaling;
};

/* The parameter sets of a stream. Zeroed is empty. */
struct h264_sets {
	struct h264_sps sps[H264_SPS_MAX];
	struct h264_pps pps[H264_PPS_MAX];
};

/* Take over a parameter set; other units are left alone. -EBADMSG and the sets unchanged when broken. */
int h264_take(struct h264_sets *sets, const struct h264_nal *nal, struct err *err);

/* 7.3.3 up to what tells pictures apart. */
struct h264_slice {
	uint32_t first_mb, frame_num, idr_pic_id;
	uint8_t type; /* 0 P, 1 B, 2 I, 3 SP, 4 SI */
	uint8_t pps_id, ref_idc;
	bool is_idr, is_field, is_bottom;
	const struct h264_sps *sps;
	const struct h264_pps *pps;
	struct bits rest; /* behind these */
};

/* -ENOENT: its parameter sets did not come. */
int h264_slice(const struct h264_sets *sets, const struct h264_nal *nal, struct h264_slice *ret,
		struct err *err);

/* D.1.8: recovery_frame_cnt, or -1 when the unit says nothing about recovery. */
int h264_recovery(const struct h264_nal *nal);

#endif
