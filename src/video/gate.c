/* SPDX-License-Identifier: Apache-2.0 */
#include "video/gate.h"

#include <errno.h>

#include "video/header.h"

void gate_init(struct gate *gate)
{
	*gate = (struct gate){.sets = own_alloc(sizeof(*gate->sets)),
			.raw = {.max = GATE_SETS_MAX},
			.is_waiting = true};
}

void gate_finish(struct gate *gate)
{
	free(gate->sets);
	array_finish(&gate->raw);
}

void gate_wait(struct gate *gate)
{
	gate->is_waiting = true;
	gate->has_previous = false;
}

/* Kept for a back end that begins later than the stream. */
static int keep_raw(struct gate *gate, const struct h264_nal *nal, bool *is_renewed)
{
	static const uint8_t start[] = {0, 0, 0, 1};

	if (nal->type == H264_SPS && !*is_renewed) {
		gate->raw.size = 0;
		*is_renewed = true;
	}
	int r = array_append(&gate->raw, start, sizeof(start));
	return r < 0 ? r : array_append(&gate->raw, nal->bytes, nal->size);
}

/* 7.4.3, frame_num: one more than that of the reference before it, or the same. */
static bool is_lost(const struct gate *gate, const struct h264_slice *slice)
{
	uint32_t mask = (UINT32_C(1) << slice->sps->log2_max_frame_num) - 1;

	return gate->has_previous && !slice->is_idr && !slice->sps->are_gaps_allowed &&
	       slice->frame_num != gate->previous_frame_num &&
	       slice->frame_num != ((gate->previous_frame_num + 1) & mask);
}

/* Operation 5 of 7.4.3.3: numbers begin anew behind this picture. */
static bool is_reset(const struct h264_slice *slice)
{
	struct header header;
	struct err err;

	if (slice->is_idr || header_read(slice, &header, &err) < 0)
		return false;
	for (unsigned i = 0; i < header.mark_count; i++)
		if (header.marks[i].operation == 5)
			return true;
	return false;
}

/* All slices of a unit, one after the other. */
struct look {
	bool has_recovery, is_intra, is_renewed, is_unknown;
	bool has_slice;
	struct h264_slice first;
};

static int look_at(struct gate *gate, const struct h264_nal *nal, struct look *look,
		struct err *err)
{
	struct h264_slice slice;
	int r;

	switch (nal->type) {
	case H264_SPS:
	case H264_PPS:
		r = h264_take(gate->sets, nal, err);
		if (r == 0 && keep_raw(gate, nal, &look->is_renewed) < 0)
			r = err_set(err, EBADMSG, "H.264: parameter sets of more than %d bytes",
					GATE_SETS_MAX);
		return r;
	case H264_SEI:
		if (h264_recovery(nal) == 0)
			look->has_recovery = true;
		return 0;
	case H264_SLICE_PARTITION:
		return err_set(err, EBADMSG, "H.264: data partitioning is not known");
	case H264_SLICE:
	case H264_SLICE_IDR:
		r = h264_slice(gate->sets, nal, &slice, err);
		if (r == -ENOENT && gate->is_waiting) { /* somebody came late */
			look->is_unknown = true;
			return 0;
		}
		if (r < 0)
			return -EBADMSG;
		look->is_intra = (look->is_intra || !look->has_slice) && slice.type == 2;
		if (!look->has_slice)
			look->first = slice;
		look->has_slice = true;
		return 0;
	default:
		return 0;
	}
}

static int look_through(struct gate *gate, struct h264_reader reader, struct gate_unit *ret,
		struct err *err)
{
	struct look look = {0};
	struct h264_nal nal;

	while (h264_next(&reader, &nal)) {
		int r = look_at(gate, &nal, &look, err);
		if (r < 0)
			return r;
	}
	*ret = (struct gate_unit){.has_picture = look.has_slice || look.is_unknown};
	if (!look.has_slice || look.is_unknown)
		return 0;
	ret->sps = look.first.sps;
	ret->is_key = look.first.is_idr || (look.has_recovery && look.is_intra);
	if (look.first.first_mb != 0)
		return err_set(err, EBADMSG, "H.264: the first slice of a picture is missing");
	if (gate->is_waiting && !ret->is_key)
		return 0;
	if (!gate->is_waiting && is_lost(gate, &look.first))
		return err_set(err, EBADMSG, "H.264: picture %u is missing",
				gate->previous_frame_num + 1);
	ret->has_waited = gate->is_waiting;
	gate->is_waiting = false;
	ret->is_passed = true;
	if (look.first.ref_idc != 0) {
		gate->has_previous = true;
		gate->previous_frame_num = is_reset(&look.first) ? 0 : look.first.frame_num;
	}
	return 0;
}

int gate_look(struct gate *gate, const uint8_t *bytes, size_t size, struct gate_unit *ret,
		struct err *err)
{
	struct gate_unit unit;
	int r = look_through(gate, (struct h264_reader){bytes, size, 0}, &unit, err);

	if (r < 0) {
		gate_wait(gate);
		return r;
	}
	*ret = unit;
	return 0;
}
