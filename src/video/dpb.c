/* SPDX-License-Identifier: Apache-2.0 */
#include "video/dpb.h"

void dpb_clear(struct dpb *dpb)
{
	*dpb = (struct dpb){0};
}

static int32_t smaller(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

/* Numbers from outside may be anything: they wrap. */
static int32_t add(int32_t a, int32_t b)
{
	return (int32_t)((uint32_t)a + (uint32_t)b);
}

/* 8.2.1.1 */
static void order_by_lsb(struct dpb *dpb, const struct h264_slice *slice,
		const struct header *header, int32_t *top, int32_t *bottom)
{
	int32_t lsb = (int32_t)header->poc_lsb, max = 1 << slice->sps->log2_max_poc_lsb;
	int32_t msb = dpb->previous_poc_msb, last = dpb->previous_poc_lsb;

	if (lsb < last && last - lsb >= max / 2)
		msb = add(msb, max);
	else if (lsb > last && lsb - last > max / 2)
		msb = add(msb, -max);
	*top = add(msb, lsb);
	*bottom = add(*top, header->delta_bottom);
	if (slice->ref_idc != 0) {
		dpb->previous_poc_msb = msb;
		dpb->previous_poc_lsb = lsb;
	}
}

/* 8.2.1.2 */
static void order_by_cycle(struct dpb *dpb, const struct h264_slice *slice,
		const struct header *header, int32_t *top, int32_t *bottom)
{
	const struct h264_sps *sps = slice->sps;
	uint32_t length = sps->poc_cycle_length;
	uint32_t number = length ? dpb->frame_num_offset + slice->frame_num : 0;
	int32_t expected = 0;

	if (slice->ref_idc == 0 && number > 0)
		number--;
	if (number > 0) {
		uint32_t cycles = (number - 1) / length, rest = (number - 1) % length;
		for (uint32_t i = 0; i < length; i++)
			expected = add(expected, sps->offset_for_ref_frame[i]);
		expected = (int32_t)((uint32_t)expected * cycles);
		for (uint32_t i = 0; i <= rest; i++)
			expected = add(expected, sps->offset_for_ref_frame[i]);
	}
	if (slice->ref_idc == 0)
		expected = add(expected, sps->offset_for_non_ref_pic);
	*top = add(expected, header->delta[0]);
	*bottom = add(add(*top, sps->offset_for_top_to_bottom), header->delta[1]);
}

/* 8.2.1.3 */
static void order_by_number(const struct dpb *dpb, const struct h264_slice *slice, int32_t *top,
		int32_t *bottom)
{
	uint32_t number = 2 * (dpb->frame_num_offset + slice->frame_num);

	if (slice->ref_idc == 0 && number > 0)
		number--;
	*top = *bottom = (int32_t)number;
}

void dpb_begin(struct dpb *dpb, const struct h264_slice *slice, const struct header *header,
		int32_t *top, int32_t *bottom)
{
	uint32_t max = UINT32_C(1) << slice->sps->log2_max_frame_num;

	if (slice->is_idr)
		dpb_clear(dpb);
	if (dpb->had_reset)
		dpb->frame_num_offset = 0;
	else if (dpb->previous_frame_num > slice->frame_num)
		dpb->frame_num_offset += max;
	dpb->had_reset = false;
	dpb->previous_frame_num = slice->frame_num;
	if (slice->sps->poc_type == 0)
		order_by_lsb(dpb, slice, header, top, bottom);
	else if (slice->sps->poc_type == 1)
		order_by_cycle(dpb, slice, header, top, bottom);
	else
		order_by_number(dpb, slice, top, bottom);
	for (unsigned i = 0; i < H264_FRAMES_MAX; i++) {
		struct dpb_entry *entry = &dpb->entries[i];
		int32_t number = (int32_t)entry->frame_num;
		if (entry->is_long_term)
			entry->number = (int32_t)entry->long_idx;
		else
			entry->number = entry->frame_num > slice->frame_num ? number - (int32_t)max
			                                                    : number;
	}
}

static struct dpb_entry *find(struct dpb *dpb, bool is_long_term, int32_t number)
{
	for (unsigned i = 0; i < H264_FRAMES_MAX; i++) {
		struct dpb_entry *entry = &dpb->entries[i];
		if (entry->is_used && entry->is_long_term == is_long_term &&
				entry->number == number)
			return entry;
	}
	return NULL;
}

/* A long-term index belongs to one picture. */
static void free_index(struct dpb *dpb, uint32_t index)
{
	for (unsigned i = 0; i < H264_FRAMES_MAX; i++) {
		struct dpb_entry *entry = &dpb->entries[i];
		if (entry->is_used && entry->is_long_term && entry->long_idx == index)
			entry->is_used = false;
	}
}

/* 8.2.5.4; `current` is not in the buffer yet. */
static void mark(struct dpb *dpb, const struct header_mark *mark, struct dpb_entry *current)
{
	int32_t number = add(add((int32_t)current->frame_num, -(int32_t)mark->a), -1);
	struct dpb_entry *entry;

	switch (mark->operation) {
	case 1:
		entry = find(dpb, false, number);
		if (entry)
			entry->is_used = false;
		break;
	case 2:
		entry = find(dpb, true, (int32_t)mark->a);
		if (entry)
			entry->is_used = false;
		break;
	case 3:
		entry = find(dpb, false, number);
		if (!entry)
			break;
		free_index(dpb, mark->b);
		entry->is_long_term = true;
		entry->long_idx = mark->b;
		entry->number = (int32_t)mark->b;
		break;
	case 4: /* none above this one less one */
		for (unsigned i = 0; i < H264_FRAMES_MAX; i++)
			if (dpb->entries[i].is_long_term && dpb->entries[i].long_idx >= mark->a)
				dpb->entries[i].is_used = false;
		break;
	case 5:
		for (unsigned i = 0; i < H264_FRAMES_MAX; i++)
			dpb->entries[i].is_used = false;
		dpb->had_reset = true;
		break;
	default: /* 6 */
		free_index(dpb, mark->a);
		current->is_long_term = true;
		current->long_idx = mark->a;
	}
}

static unsigned count(const struct dpb *dpb)
{
	unsigned used = 0;

	for (unsigned i = 0; i < H264_FRAMES_MAX; i++)
		used += dpb->entries[i].is_used;
	return used;
}

/* 8.2.5.3: the oldest short-term one goes. */
static void slide(struct dpb *dpb, unsigned most)
{
	while (count(dpb) >= most) {
		struct dpb_entry *oldest = NULL;
		for (unsigned i = 0; i < H264_FRAMES_MAX; i++) {
			struct dpb_entry *entry = &dpb->entries[i];
			if (entry->is_used && !entry->is_long_term &&
					(!oldest || entry->number < oldest->number))
				oldest = entry;
		}
		if (!oldest)
			return;
		oldest->is_used = false;
	}
}

/* As if the picture had been an IDR one, 8.2.1. */
static void restart(struct dpb *dpb, struct dpb_entry *current)
{
	int32_t first = smaller(current->top, current->bottom);

	current->frame_num = 0;
	current->top = add(current->top, -first);
	current->bottom = add(current->bottom, -first);
	dpb->previous_frame_num = 0;
	dpb->frame_num_offset = 0;
	dpb->previous_poc_msb = 0;
	dpb->previous_poc_lsb = current->top;
}

void dpb_end(struct dpb *dpb, const struct h264_slice *slice, const struct header *header,
		int32_t top, int32_t bottom, uint64_t tag)
{
	unsigned most = slice->sps->max_ref_frames ? slice->sps->max_ref_frames : 1;
	struct dpb_entry current = {.is_used = true,
			.frame_num = slice->frame_num,
			.number = (int32_t)slice->frame_num,
			.top = top,
			.bottom = bottom,
			.tag = tag,
			.is_long_term = slice->is_idr && header->is_long_term};

	if (slice->ref_idc == 0)
		return;
	for (unsigned i = 0; i < header->mark_count; i++)
		mark(dpb, &header->marks[i], &current);
	if (dpb->had_reset)
		restart(dpb, &current);
	if (!header->is_adaptive || count(dpb) >= most)
		slide(dpb, most);
	for (unsigned i = 0; i < H264_FRAMES_MAX; i++) {
		if (!dpb->entries[i].is_used) {
			dpb->entries[i] = current;
			return;
		}
	}
}
