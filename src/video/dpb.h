/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The decoded picture buffer for frames (no fields): which pictures are references, ITU-T H.264
 * 8.2.1 (order), 8.2.4.1 (numbers) and 8.2.5 (marking). Pure; entries carry a number of the
 * caller's.
 */
#ifndef VIDEO_DPB_H
#define VIDEO_DPB_H

#include "video/header.h"

struct dpb_entry {
	bool is_used, is_long_term;
	uint32_t frame_num;
	int32_t number;    /* PicNum, or LongTermPicNum: valid after dpb_begin */
	uint32_t long_idx; /* LongTermFrameIdx */
	int32_t top, bottom;
	uint64_t tag;
};

struct dpb {
	struct dpb_entry entries[H264_FRAMES_MAX];
	uint32_t previous_frame_num, frame_num_offset;
	int32_t previous_poc_msb, previous_poc_lsb;
	bool had_reset; /* operation 5 in the picture before */
};

/* Forget everything. */
void dpb_clear(struct dpb *dpb);

/* A picture begins: its order and the numbers of all references. An IDR picture clears. */
void dpb_begin(struct dpb *dpb, const struct h264_slice *slice, const struct header *header,
		int32_t *top, int32_t *bottom);

/* It is decoded: which references are dropped, and is it one itself? */
void dpb_end(struct dpb *dpb, const struct h264_slice *slice, const struct header *header,
		int32_t top, int32_t bottom, uint64_t tag);

#endif
