/* SPDX-License-Identifier: Apache-2.0 */
#include "session/evor_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct wire_rect picture = {0, 0, 1280, 720}, desktop = {0, 0, 1920, 1080};
	struct evor_request request;
	struct evor_geometry geometry;
	struct evor_sample sample;
	struct evor_data piece;
	struct wire_video where;
	struct err err;

	evor_sample_init(&sample);
	evor_parse_request(data, size, &request, &err);
	if (evor_parse_data(data, size, &piece, &err) == 0)
		for (int i = 0; i < 3; i++, piece.index++)
			evor_sample_add(&sample, &piece);
	if (evor_parse_geometry(data, size, &geometry, &err) == 0)
		evor_place(&geometry, picture, desktop, &where);
	evor_sample_finish(&sample);
	return 0;
}
