// SPDX-License-Identifier: Apache-2.0
/* Any bytes as parameter sets and slices: read within limits, a gate and a picture buffer that hold. */
#include <assert.h>

#include "video/dpb.h"
#include "video/gate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The same bytes as access units of 1, 2, 4 .. parts of it. */
static void look_through(const uint8_t *data, size_t size)
{
	struct gate gate;
	struct gate_unit unit;
	struct err err;

	gate_init(&gate);
	for (size_t parts = 1; parts <= 8; parts *= 2) {
		for (size_t i = 0; i < parts; i++) {
			size_t begin = size * i / parts, end = size * (i + 1) / parts;
			if (gate_look(&gate, data + begin, end - begin, &unit, &err) == 0)
				assert(!unit.is_passed || (unit.sps && unit.has_picture));
			else
				assert(gate.is_waiting);
		}
	}
	assert(gate.raw.size <= GATE_SETS_MAX);
	gate_finish(&gate);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct h264_sets sets;
	struct h264_reader reader = {data, size, 0};
	struct dpb dpb = {0};
	struct h264_nal nal;
	uint64_t tag = 0;
	struct err err;

	sets = (struct h264_sets){0};
	while (h264_next(&reader, &nal)) {
		struct h264_slice slice;
		struct header header;
		int32_t top, bottom;
		assert(nal.size > 0 && nal.bytes >= data && nal.bytes + nal.size <= data + size);
		(void)h264_recovery(&nal);
		if (h264_take(&sets, &nal, &err) < 0)
			continue;
		if ((nal.type != H264_SLICE && nal.type != H264_SLICE_IDR) ||
				h264_slice(&sets, &nal, &slice, &err) < 0 ||
				header_read(&slice, &header, &err) < 0)
			continue;
		dpb_begin(&dpb, &slice, &header, &top, &bottom);
		dpb_end(&dpb, &slice, &header, top, bottom, ++tag);
	}
	look_through(data, size);
	return 0;
}
