/* SPDX-License-Identifier: Apache-2.0 */
#include "video/h264.h"

#include <errno.h>
#include <string.h>

#include "base/own.h"

bool h264_next(struct h264_reader *reader, struct h264_nal *nal)
{
	const uint8_t *b = reader->bytes;
	size_t size = reader->size, at = reader->at;

	for (;;) {
		while (at + 3 <= size && !(b[at] == 0 && b[at + 1] == 0 && b[at + 2] == 1))
			at++;
		if (at + 3 >= size) {
			reader->at = size;
			return false;
		}
		size_t begin = at + 3, end = begin;
		const uint8_t *zero = b + begin;
		/* The next start code, or the end. memchr makes the long way through a slice short. */
		for (end = size; (zero = memchr(zero, 0, (size_t)(b + size - zero))); zero++) {
			if (zero + 2 < b + size && zero[1] == 0 && zero[2] <= 1) {
				end = (size_t)(zero - b);
				break;
			}
		}
		at = end;
		if (end == begin)
			continue;
		reader->at = end;
		*nal = (struct h264_nal){b + begin, end - begin, b[begin] & 31, b[begin] >> 5 & 3};
		return true;
	}
}

static int broken(struct err *err, const char *what)
{
	return err_set(err, EBADMSG, "H.264: %s", what);
}

static const uint8_t default4[2][16] = {
		{6, 13, 13, 20, 20, 20, 28, 28, 28, 28, 32, 32, 32, 37, 37, 42},
		{10, 14, 14, 20, 20, 20, 24, 24, 24, 24, 27, 27, 27, 30, 30, 34},
};

static const uint8_t default8[2][64] = {
		{6, 10, 10, 13, 11, 13, 16, 16, 16, 16, 18, 18, 18, 18, 18, 23, 23, 23, 23, 23, 23,
				25, 25, 25, 25, 25, 25, 25, 27, 27, 27, 27, 27, 27, 27, 27, 29, 29,
				29, 29, 29, 29, 29, 31, 31, 31, 31, 31, 31, 33, 33, 33, 33, 33, 36,
				36, 36, 36, 38, 38, 38, 40, 40, 42},
		{9, 13, 13, 15, 13, 15, 17, 17, 17, 17, 19, 19, 19, 19, 19, 21, 21, 21, 21, 21, 21,
				22, 22, 22, 22, 22, 22, 22, 24, 24, 24, 24, 24, 24, 24, 24, 25, 25,
				25, 25, 25, 25, 25, 27, 27, 27, 27, 27, 27, 28, 28, 28, 28, 28, 30,
				30, 30, 30, 32, 32, 32, 33, 33, 35},
};

/* 7.3.2.1.1.1. `fallback` is what an absent list is. */
static void read_list(struct bits *b, uint8_t *list, unsigned size, const uint8_t *fallback,
		const uint8_t *standard)
{
	int last = 8, next = 8;

	if (!bits_one(b)) {
		memcpy(list, fallback, size);
		return;
	}
	for (unsigned i = 0; i < size; i++) {
		if (next != 0) {
			next = (int)(((uint32_t)last + (uint32_t)bits_se(b)) & 255);
			if (i == 0 && next == 0) {
				memcpy(list, standard, size);
				return;
			}
		}
		list[i] = (uint8_t)(next == 0 ? last : next);
		last = list[i];
	}
}

/* `rest`: fall-back rule B takes the lists of the SPS, rule A (NULL) the standard's. */
static void read_scaling(struct bits *b, unsigned lists8, const struct h264_scaling *rest,
		struct h264_scaling *ret)
{
	for (unsigned i = 0; i < 6; i++)
		read_list(b, ret->lists4[i], 16,
				i % 3  ? ret->lists4[i - 1]
				: rest ? rest->lists4[i]
				       : default4[i / 3],
				default4[i / 3]);
	for (unsigned i = 0; i < 6; i++) {
		const uint8_t *fallback = i >= 2 ? ret->lists8[i - 2]
		                          : rest ? rest->lists8[i]
		                                 : default8[i];
		if (i < lists8)
			read_list(b, ret->lists8[i], 64, fallback, default8[i % 2]);
		else
			memcpy(ret->lists8[i], fallback, 64);
	}
}

static void flat_scaling(struct h264_scaling *scaling)
{
	memset(scaling, 16, sizeof(*scaling));
}

/* E.1.1, only to get to the end of it. */
static void skip_hrd(struct bits *b)
{
	uint32_t count = bits_ue(b) + 1;

	bits_read(b, 8);
	for (uint32_t i = 0; i < count && i < 32 && !b->is_past_end; i++) {
		bits_ue(b);
		bits_ue(b);
		bits_one(b);
	}
	bits_read(b, 20);
}

static void read_vui(struct bits *b, struct h264_sps *sps)
{
	if (bits_one(b) && bits_read(b, 8) == 255) /* aspect ratio */
		bits_read(b, 32);
	if (bits_one(b)) /* overscan */
		bits_one(b);
	if (bits_one(b)) { /* video signal */
		bits_read(b, 4);
		if (bits_one(b))
			bits_read(b, 24);
	}
	if (bits_one(b)) { /* chroma location */
		bits_ue(b);
		bits_ue(b);
	}
	if (bits_one(b)) { /* timing */
		bits_read(b, 32);
		bits_read(b, 32);
		bits_one(b);
	}
	bool has_nal_hrd = bits_one(b);
	if (has_nal_hrd)
		skip_hrd(b);
	bool has_vcl_hrd = bits_one(b);
	if (has_vcl_hrd)
		skip_hrd(b);
	if (has_nal_hrd || has_vcl_hrd)
		bits_one(b);
	bits_one(b);
	if (!bits_one(b))
		return;
	bits_one(b);
	for (int i = 0; i < 4; i++)
		bits_ue(b);
	uint32_t reorder = bits_ue(b), buffered = bits_ue(b);
	if (b->is_past_end || reorder > H264_FRAMES_MAX || buffered > H264_FRAMES_MAX)
		return;
	sps->has_reorder = true;
	sps->max_reorder = (uint8_t)reorder;
	sps->max_buffered = (uint8_t)buffered;
}

static bool is_high(unsigned profile)
{
	static const uint8_t high[] = {
			100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135};

	return memchr(high, (int)profile, sizeof(high)) != NULL;
}

static int read_high(struct bits *b, struct h264_sps *sps, struct err *err)
{
	uint32_t format = bits_ue(b);

	if (format > 3)
		return broken(err, "an SPS with an unknown chroma format");
	sps->chroma_format = (uint8_t)format;
	if (format == 3)
		sps->is_separate_colour = bits_one(b);
	uint32_t luma = bits_ue(b), chroma = bits_ue(b);
	if (luma > 6 || chroma > 6)
		return broken(err, "an SPS with more than 14 bits");
	sps->bit_depth_luma = (uint8_t)(luma + 8);
	sps->bit_depth_chroma = (uint8_t)(chroma + 8);
	sps->is_transform_bypass = bits_one(b);
	sps->has_scaling = bits_one(b);
	if (sps->has_scaling)
		read_scaling(b, format == 3 ? 6 : 2, NULL, &sps->scaling);
	return 0;
}

static int read_order(struct bits *b, struct h264_sps *sps, struct err *err)
{
	uint32_t frame_num = bits_ue(b), type = bits_ue(b);

	if (frame_num > 12 || type > 2)
		return broken(err, "an SPS with an impossible order of pictures");
	sps->log2_max_frame_num = (uint8_t)(frame_num + 4);
	sps->poc_type = (uint8_t)type;
	if (type == 0) {
		uint32_t lsb = bits_ue(b);
		if (lsb > 12)
			return broken(err, "an SPS with an impossible order of pictures");
		sps->log2_max_poc_lsb = (uint8_t)(lsb + 4);
	} else if (type == 1) {
		sps->is_delta_pic_order_always_zero = bits_one(b);
		sps->offset_for_non_ref_pic = bits_se(b);
		sps->offset_for_top_to_bottom = bits_se(b);
		uint32_t length = bits_ue(b);
		if (length > 255)
			return broken(err, "an SPS with an impossible order of pictures");
		sps->poc_cycle_length = (uint8_t)length;
		for (uint32_t i = 0; i < length; i++)
			sps->offset_for_ref_frame[i] = bits_se(b);
	}
	return 0;
}

static int read_size(struct bits *b, struct h264_sps *sps, struct err *err)
{
	uint32_t width = bits_ue(b), height = bits_ue(b);

	sps->is_frame_mbs_only = bits_one(b);
	if (!sps->is_frame_mbs_only)
		sps->is_mb_adaptive = bits_one(b);
	sps->is_direct_8x8 = bits_one(b);
	if (width >= H264_MACROBLOCKS_MAX || height >= H264_MACROBLOCKS_MAX)
		return broken(err, "an SPS with an impossible size");
	sps->width_mbs = (uint16_t)(width + 1);
	sps->height_map_units = (uint16_t)(height + 1);
	sps->width = sps->width_mbs * 16u;
	sps->height = sps->height_map_units * (sps->is_frame_mbs_only ? 16u : 32u);
	if (!bits_one(b))
		return 0;
	uint32_t x = sps->chroma_format == 1 || sps->chroma_format == 2 ? 2 : 1;
	uint32_t y = (sps->chroma_format == 1 ? 2u : 1u) * (sps->is_frame_mbs_only ? 1u : 2u);
	uint32_t crop[4];
	for (int i = 0; i < 4; i++) {
		crop[i] = bits_ue(b);
		if (crop[i] > H264_MACROBLOCKS_MAX * 16)
			return broken(err, "an SPS that crops the whole picture");
	}
	sps->crop_left = crop[0] * x;
	sps->crop_right = crop[1] * x;
	sps->crop_top = crop[2] * y;
	sps->crop_bottom = crop[3] * y;
	if (sps->crop_left + sps->crop_right >= sps->width ||
			sps->crop_top + sps->crop_bottom >= sps->height)
		return broken(err, "an SPS that crops the whole picture");
	return 0;
}

static int take_sps(struct h264_sets *sets, const struct h264_nal *nal, struct err *err)
{
	struct bits b = bits_of(nal->bytes + 1, nal->size - 1);
	OWNED(memory) struct h264_sps *sps = own_alloc(sizeof(*sps));

	*sps = (struct h264_sps){.is_known = true,
			.chroma_format = 1,
			.bit_depth_luma = 8,
			.bit_depth_chroma = 8};
	flat_scaling(&sps->scaling);
	sps->profile = (uint8_t)bits_read(&b, 8);
	sps->constraints = (uint8_t)bits_read(&b, 8);
	sps->level = (uint8_t)bits_read(&b, 8);
	uint32_t id = bits_ue(&b);
	if (id >= H264_SPS_MAX)
		return broken(err, "an SPS with an impossible number");
	sps->id = (uint8_t)id;
	int r = is_high(sps->profile) ? read_high(&b, sps, err) : 0;
	if (r == 0)
		r = read_order(&b, sps, err);
	if (r < 0)
		return r;
	uint32_t refs = bits_ue(&b);
	if (refs > H264_FRAMES_MAX)
		return broken(err, "an SPS with more than 16 reference frames");
	sps->max_ref_frames = (uint8_t)refs;
	sps->are_gaps_allowed = bits_one(&b);
	r = read_size(&b, sps, err);
	if (r < 0)
		return r;
	bool has_vui = bits_one(&b);
	if (b.is_past_end)
		return broken(err, "an SPS that ends early");
	if (has_vui)
		read_vui(&b, sps);
	sets->sps[id] = *sps;
	return 0;
}

static void read_pps_end(struct bits *b, const struct h264_sps *sps, struct h264_pps *pps)
{
	pps->second_chroma_qp_offset = pps->chroma_qp_offset;
	if (!bits_more(b))
		return;
	pps->is_8x8 = bits_one(b);
	pps->has_scaling = bits_one(b);
	if (pps->has_scaling)
		read_scaling(b,
				!pps->is_8x8              ? 0
				: sps->chroma_format == 3 ? 6
							  : 2,
				sps->has_scaling ? &sps->scaling : NULL, &pps->scaling);
	pps->second_chroma_qp_offset = (int8_t)bits_se(b);
}

static int take_pps(struct h264_sets *sets, const struct h264_nal *nal, struct err *err)
{
	struct bits b = bits_of(nal->bytes + 1, nal->size - 1);
	uint32_t id = bits_ue(&b), sps_id = bits_ue(&b);

	if (id >= H264_PPS_MAX || sps_id >= H264_SPS_MAX)
		return broken(err, "a PPS with an impossible number");
	const struct h264_sps *sps = &sets->sps[sps_id];
	if (!sps->is_known)
		return broken(err, "a PPS for an SPS that did not come");
	struct h264_pps pps = {.is_known = true, .id = (uint8_t)id, .sps_id = (uint8_t)sps_id};
	pps.scaling = sps->scaling;
	pps.is_cabac = bits_one(&b);
	pps.has_bottom_field_order = bits_one(&b);
	pps.has_slice_groups = bits_ue(&b) > 0;
	if (pps.has_slice_groups) { /* nobody but libavcodec's error message needs the rest */
		pps.refs_l0 = pps.refs_l1 = 1;
		sets->pps[id] = pps;
		return 0;
	}
	uint32_t l0 = bits_ue(&b), l1 = bits_ue(&b);
	if (l0 > 31 || l1 > 31)
		return broken(err, "a PPS with more than 32 references");
	pps.refs_l0 = (uint8_t)(l0 + 1);
	pps.refs_l1 = (uint8_t)(l1 + 1);
	pps.is_weighted = bits_one(&b);
	pps.weighted_bipred = (uint8_t)bits_read(&b, 2);
	pps.init_qp = (int8_t)bits_se(&b);
	pps.init_qs = (int8_t)bits_se(&b);
	pps.chroma_qp_offset = (int8_t)bits_se(&b);
	pps.has_deblocking_control = bits_one(&b);
	pps.is_constrained_intra = bits_one(&b);
	pps.has_redundant = bits_one(&b);
	read_pps_end(&b, sps, &pps);
	if (b.is_past_end)
		return broken(err, "a PPS that ends early");
	sets->pps[id] = pps;
	return 0;
}

int h264_take(struct h264_sets *sets, const struct h264_nal *nal, struct err *err)
{
	if (nal->type == H264_SPS)
		return take_sps(sets, nal, err);
	if (nal->type == H264_PPS)
		return take_pps(sets, nal, err);
	return 0;
}

int h264_slice(const struct h264_sets *sets, const struct h264_nal *nal, struct h264_slice *ret,
		struct err *err)
{
	struct bits b = bits_of(nal->bytes + 1, nal->size - 1);
	struct h264_slice slice = {
			.ref_idc = (uint8_t)nal->ref_idc, .is_idr = nal->type == H264_SLICE_IDR};

	slice.first_mb = bits_ue(&b);
	uint32_t type = bits_ue(&b), pps_id = bits_ue(&b);
	if (type > 9 || pps_id >= H264_PPS_MAX)
		return broken(err, "a slice with an impossible header");
	slice.type = (uint8_t)(type % 5);
	slice.pps_id = (uint8_t)pps_id;
	slice.pps = &sets->pps[pps_id];
	if (!slice.pps->is_known || !sets->sps[slice.pps->sps_id].is_known)
		return err_set(err, ENOENT, "H.264: a slice before its parameter sets");
	slice.sps = &sets->sps[slice.pps->sps_id];
	if (slice.sps->is_separate_colour)
		bits_read(&b, 2);
	slice.frame_num = bits_read(&b, slice.sps->log2_max_frame_num);
	if (!slice.sps->is_frame_mbs_only) {
		slice.is_field = bits_one(&b);
		if (slice.is_field)
			slice.is_bottom = bits_one(&b);
	}
	if (slice.is_idr)
		slice.idr_pic_id = bits_ue(&b);
	if (b.is_past_end || slice.first_mb >= slice.sps->width / 16 * (slice.sps->height / 16))
		return broken(err, "a slice with an impossible header");
	slice.rest = b;
	*ret = slice;
	return 0;
}

int h264_recovery(const struct h264_nal *nal)
{
	struct bits b = bits_of(nal->bytes + 1, nal->size - 1);

	while (nal->type == H264_SEI && bits_more(&b) && !b.is_past_end) {
		uint32_t type = 0, size = 0, byte;
		do {
			byte = bits_read(&b, 8);
			type += byte;
		} while (byte == 255);
		do {
			byte = bits_read(&b, 8);
			size += byte;
		} while (byte == 255);
		if (type == 6) {
			uint32_t count = bits_ue(&b);
			return b.is_past_end || count > 65535 ? -1 : (int)count;
		}
		for (uint32_t i = 0; i < size && !b.is_past_end; i++)
			bits_read(&b, 8);
	}
	return -1;
}
