// SPDX-License-Identifier: Apache-2.0
/* Any bytes as parameter sets and slices: read within limits, and a picture buffer that holds. */
#include <assert.h>

#include "video/dpb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
	return 0;
}
