/* SPDX-License-Identifier: Apache-2.0 */
#include "video/header.h"

#include <errno.h>

enum { TYPE_P, TYPE_B, TYPE_I, TYPE_SP, TYPE_SI, CHANGES_MAX = 66, REFS_MAX = 32 };

static void read_order(struct bits *b, const struct h264_slice *slice, struct header *header)
{
	size_t begin = b->position;
	bool has_bottom = slice->pps->has_bottom_field_order && !slice->is_field;

	if (slice->sps->poc_type == 0) {
		header->poc_lsb = bits_read(b, slice->sps->log2_max_poc_lsb);
		if (has_bottom)
			header->delta_bottom = bits_se(b);
	} else if (slice->sps->poc_type == 1 && !slice->sps->is_delta_pic_order_always_zero) {
		header->delta[0] = bits_se(b);
		if (has_bottom)
			header->delta[1] = bits_se(b);
	}
	header->poc_bits = (uint32_t)(b->position - begin);
}

/* ref_pic_list_modification() of one list: only to get behind it. False: endless. */
static bool skip_changes(struct bits *b)
{
	if (!bits_one(b))
		return true;
	for (int i = 0; i < CHANGES_MAX && !b->is_past_end; i++) {
		if (bits_ue(b) == 3)
			return true;
		bits_ue(b);
	}
	return false;
}

static void skip_weights(struct bits *b, unsigned refs, bool has_chroma)
{
	for (unsigned i = 0; i < refs && !b->is_past_end; i++) {
		if (bits_one(b)) {
			bits_se(b);
			bits_se(b);
		}
		if (has_chroma && bits_one(b))
			for (int j = 0; j < 4; j++)
				bits_se(b);
	}
}

/* What decides how references are used: the hardware reads it itself. */
static bool skip_references(struct bits *b, const struct h264_slice *slice)
{
	const struct h264_pps *pps = slice->pps;
	bool is_b = slice->type == TYPE_B, is_p = slice->type == TYPE_P || slice->type == TYPE_SP;
	uint32_t l0 = pps->refs_l0, l1 = pps->refs_l1;

	if (is_b)
		bits_one(b);
	if ((is_b || is_p) && bits_one(b)) {
		l0 = bits_ue(b) + 1;
		if (is_b)
			l1 = bits_ue(b) + 1;
	}
	if (l0 > REFS_MAX || l1 > REFS_MAX)
		return false;
	if ((is_b || is_p) && !skip_changes(b))
		return false;
	if (is_b && !skip_changes(b))
		return false;
	if ((pps->is_weighted && is_p) || (pps->weighted_bipred == 1 && is_b)) {
		bool has_chroma = slice->sps->chroma_format != 0 && !slice->sps->is_separate_colour;
		bits_ue(b);
		if (has_chroma)
			bits_ue(b);
		skip_weights(b, l0, has_chroma);
		if (is_b)
			skip_weights(b, l1, has_chroma);
	}
	return true;
}

static bool read_marks(struct bits *b, struct header *header)
{
	header->is_adaptive = bits_one(b);
	while (header->is_adaptive && !b->is_past_end) {
		struct header_mark mark = {0};
		uint32_t operation = bits_ue(b);
		if (operation == 0)
			return true;
		if (operation > 6 || header->mark_count == HEADER_MARKS_MAX)
			return false;
		mark.operation = (uint8_t)operation;
		if (operation != 5)
			mark.a = bits_ue(b);
		if (operation == 3)
			mark.b = bits_ue(b);
		header->marks[header->mark_count++] = mark;
	}
	return !b->is_past_end;
}

int header_read(const struct h264_slice *slice, struct header *ret, struct err *err)
{
	struct header header = {0};
	struct bits b = slice->rest;
	bool is_good = true;

	read_order(&b, slice, &header);
	if (slice->pps->has_redundant)
		bits_ue(&b);
	is_good = skip_references(&b, slice);
	if (is_good && slice->ref_idc != 0) {
		size_t begin = b.position;
		if (slice->is_idr) {
			bits_one(&b);
			header.is_long_term = bits_one(&b);
		} else {
			is_good = read_marks(&b, &header);
		}
		header.marking_bits = (uint32_t)(b.position - begin);
	}
	if (!is_good || b.is_past_end)
		return err_set(err, EBADMSG, "H.264: a slice with an impossible header");
	*ret = header;
	return 0;
}
