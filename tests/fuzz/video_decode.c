// SPDX-License-Identifier: Apache-2.0
/*
 * Any bytes as a stream: no crash, no more memory than allowed, frames that are what they say; and
 * a good stream behind them decodes to what it decodes to alone.
 */
#include "base/log.h"
#include "fuzz/video_reference.h"
#include "unit/video_sum.h"

/* Opening a codec costs more than a picture: the decoder lives for some streams. */
enum { LIFE = 50 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct video_decoder *decoder;
	static uint64_t expected[3];
	static unsigned runs;
	uint64_t found[3] = {0}, any[64];

	if (runs++ == 0) {
		video_prepare();
		log_set_level(LOG_LEVEL_ERROR);
	}
	if (runs % LIFE == 1) {
		video_decoder_destroy(decoder);
		decoder = sum_decoder();
	}
	if (expected[0] == 0)
		assert(sum_stream(decoder, video_reference, sizeof(video_reference), expected, 3) ==
				3);
	sum_stream(decoder, data, size, any, 64);
	assert(sum_stream(decoder, video_reference, sizeof(video_reference), found, 3) == 3);
	assert(memcmp(found, expected, sizeof(found)) == 0);
	return 0;
}
