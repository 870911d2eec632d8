/* SPDX-License-Identifier: Apache-2.0 */
#include "session/evor_parse.h"

#include <errno.h>
#include <string.h>

enum {
	HEADER = 8, /* cbSize, PacketType */
	REQUEST = 1,
	REQUEST_SIZE = HEADER + 60,
	START = 1,
	STOP = 2,
	DATA = 4,
	DATA_SIZE = HEADER + 32,
	FLAG_KEY = 2,
	UPDATE = 1,
	CLEAR = 2,
	CLEAR_SIZE = 24,
	UPDATE_SIZE = 72,
	REGION_SIZE = 32, /* RGNDATAHEADER */
	RECT_SIZE = 16,
	RDH_RECTANGLES = 1,
};

/* MFVideoFormat_H264. */
static const uint8_t h264[16] = {'H', '2', '6', '4', 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xaa,
		0x00, 0x38, 0x9b, 0x71};

static uint16_t get16(const uint8_t *at)
{
	return (uint16_t)(at[0] | at[1] << 8);
}

static uint32_t get32(const uint8_t *at)
{
	return get16(at) | (uint32_t)get16(at + 2) << 16;
}

static uint64_t get64(const uint8_t *at)
{
	return get32(at) | (uint64_t)get32(at + 4) << 32;
}

/* What the message says of its own length and type. */
static int check_header(const uint8_t *bytes, size_t size, uint32_t type, size_t least,
		struct err *err)
{
	if (size < least)
		return err_set(err, EBADMSG, "%zu bytes, at least %zu were expected", size, least);
	if (get32(bytes) < least || get32(bytes) > size)
		return err_set(err, EBADMSG, "cbSize is %u, %zu..%zu was expected", get32(bytes),
				least, size);
	if (get32(bytes + 4) != type)
		return err_set(err, EBADMSG, "PacketType is %u, %u was expected", get32(bytes + 4),
				type);
	return 0;
}

int evor_parse_request(const uint8_t *bytes, size_t size, struct evor_request *ret, struct err *err)
{
	int r = check_header(bytes, size, REQUEST, REQUEST_SIZE, err);

	if (r < 0)
		return r;
	const uint8_t *body = bytes + HEADER;
	struct evor_request request = {.id = body[0],
			.is_start = body[2] == START,
			.is_h264 = memcmp(body + 40, h264, sizeof(h264)) == 0,
			.width = get32(body + 8),
			.height = get32(body + 12),
			.geometry = get64(body + 32)};
	if (body[2] != START && body[2] != STOP)
		return err_set(err, EBADMSG, "Command is %u, 1 or 2 was expected", body[2]);
	if (request.is_start &&
			(request.width < 1 || request.width > WIRE_SIDE_MAX || request.height < 1 ||
					request.height > WIRE_SIDE_MAX))
		return err_set(err, EBADMSG, "a picture of %u x %u, sides of 1..%d were expected",
				request.width, request.height, WIRE_SIDE_MAX);
	*ret = request;
	return 0;
}

int evor_parse_data(const uint8_t *bytes, size_t size, struct evor_data *ret, struct err *err)
{
	int r = check_header(bytes, size, DATA, DATA_SIZE, err);

	if (r < 0)
		return r;
	const uint8_t *body = bytes + HEADER;
	uint32_t length = get32(body + 28);
	struct evor_data data = {.id = body[0],
			.is_key = (body[2] & FLAG_KEY) != 0,
			.index = get16(body + 20),
			.count = get16(body + 22),
			.sample = get32(body + 24),
			.bytes = bytes + DATA_SIZE,
			.size = length};
	if (length > size - DATA_SIZE)
		return err_set(err, EBADMSG, "cbSample is %u, at most %zu was expected", length,
				size - DATA_SIZE);
	if (data.count < 1 || data.count > EVOR_PACKETS_MAX || data.index < 1 ||
			data.index > data.count)
		return err_set(err, EBADMSG, "packet %u of %u, of 1..%d was expected", data.index,
				data.count, EVOR_PACKETS_MAX);
	*ret = data;
	return 0;
}

/* -- geometry -- */

static int read_rect(const uint8_t *at, struct wire_rect *ret, struct err *err)
{
	int32_t values[4];

	for (unsigned i = 0; i < 4; i++) {
		values[i] = (int32_t)get32(at + i * sizeof(int32_t));
		if (values[i] < -EVOR_COORDINATE_MAX || values[i] > EVOR_COORDINATE_MAX)
			return err_set(err, EBADMSG, "coordinate %d, at most %d was expected",
					values[i], EVOR_COORDINATE_MAX);
	}
	*ret = (struct wire_rect){values[0], values[1], values[2], values[3]};
	return 0;
}

static struct wire_rect move(struct wire_rect rect, int32_t x, int32_t y)
{
	return (struct wire_rect){rect.x1 + x, rect.y1 + y, rect.x2 + x, rect.y2 + y};
}

/* The smallest rectangles of a region that is too ragged are not seen. */
static void keep_visible(struct evor_geometry *geometry, struct region *region)
{
	struct region rest = {0};

	region_cut(region, geometry->target);
	if (region->count > WIRE_VISIBLE_MAX)
		region_keep_largest(region, WIRE_VISIBLE_MAX, &rest);
	geometry->count = region->count;
	memcpy(geometry->visible, region->rects, region->count * sizeof(region->rects[0]));
}

/* RGNDATA, its rectangles from the target's corner on. */
static int read_region(const uint8_t *bytes, size_t size, struct evor_geometry *geometry,
		struct err *err)
{
	struct region region = {0};

	if (size < REGION_SIZE || get32(bytes) != REGION_SIZE || get32(bytes + 4) != RDH_RECTANGLES)
		return err_set(err, EBADMSG, "a region of rectangles was expected");
	uint32_t count = get32(bytes + 8);
	if (count > EVOR_RECTS_MAX || count > (size - REGION_SIZE) / RECT_SIZE)
		return err_set(err, EBADMSG, "a region of %u rectangles in %zu bytes, at most %d",
				count, size, EVOR_RECTS_MAX);
	for (uint32_t i = 0; i < count; i++) {
		struct wire_rect rect;
		int r = read_rect(bytes + REGION_SIZE + (size_t)i * RECT_SIZE, &rect, err);

		if (r < 0)
			return r;
		rect = move(rect, geometry->target.x1, geometry->target.y1);
		if (!region_rect_is_empty(&rect) && !region_add(&region, rect))
			return err_set(err, EBADMSG, "a region that is too ragged");
	}
	geometry->has_region = true;
	keep_visible(geometry, &region);
	return 0;
}

int evor_parse_geometry(const uint8_t *bytes, size_t size, struct evor_geometry *ret,
		struct err *err)
{
	struct wire_rect own, top;

	if (size < CLEAR_SIZE || get32(bytes) > size)
		return err_set(err, EBADMSG, "%zu bytes, %d or more were expected", size,
				CLEAR_SIZE);
	struct evor_geometry geometry = {
			.id = get64(bytes + 8), .is_clear = get32(bytes + 16) == CLEAR};
	if (geometry.is_clear) {
		*ret = geometry;
		return 0;
	}
	if (get32(bytes + 16) != UPDATE || size < UPDATE_SIZE)
		return err_set(err, EBADMSG, "UpdateType %u in %zu bytes was not expected",
				get32(bytes + 16), size);
	int r = read_rect(bytes + 32, &own, err);
	if (r == 0)
		r = read_rect(bytes + 48, &top, err);
	if (r < 0)
		return r;
	uint32_t length = get32(bytes + 68);
	if (length > size - UPDATE_SIZE)
		return err_set(err, EBADMSG, "cbGeometryBuffer is %u, at most %zu was expected",
				length, size - UPDATE_SIZE);
	geometry.target = move(own, top.x1, top.y1);
	if (length > 0)
		r = read_region(bytes + UPDATE_SIZE, length, &geometry, err);
	if (r == 0)
		*ret = geometry;
	return r;
}

static bool is_showable(struct wire_rect target, struct wire_rect desktop)
{
	const struct wire_rect around = {desktop.x1 - WIRE_SIDE_MAX, desktop.y1 - WIRE_SIDE_MAX,
			desktop.x2 + WIRE_SIDE_MAX, desktop.y2 + WIRE_SIDE_MAX};
	struct wire_rect inside = region_rect_cut(target, around);
	struct wire_rect seen = region_rect_cut(target, desktop);

	return memcmp(&inside, &target, sizeof(target)) == 0 && !region_rect_is_empty(&seen) &&
	       target.x2 - target.x1 <= WIRE_SIDE_MAX && target.y2 - target.y1 <= WIRE_SIDE_MAX;
}

bool evor_place(const struct evor_geometry *geometry, struct wire_rect picture,
		struct wire_rect desktop, struct wire_video *ret)
{
	struct wire_rect target = geometry->target;

	if (!is_showable(target, desktop) || region_rect_is_empty(&picture) ||
			(geometry->has_region && geometry->count == 0))
		return false;
	*ret = (struct wire_video){.source = picture, .target = target};
	for (unsigned i = 0; i < geometry->count; i++) {
		struct wire_rect rect = region_rect_cut(geometry->visible[i], desktop);

		if (!region_rect_is_empty(&rect))
			ret->visible[ret->visible_count++] = rect;
	}
	if (geometry->has_region && ret->visible_count == 0)
		return false;
	if (ret->visible_count == 1 && memcmp(&ret->visible[0], &target, sizeof(target)) == 0)
		ret->visible_count = 0;
	return true;
}

/* -- samples -- */

void evor_sample_init(struct evor_sample *sample)
{
	*sample = (struct evor_sample){.bytes = {.max = EVOR_SAMPLE_MAX}};
}

void evor_sample_finish(struct evor_sample *sample)
{
	array_finish(&sample->bytes);
}

static void begin(struct evor_sample *sample, const struct evor_data *data)
{
	sample->has_lost |= sample->index != sample->count;
	sample->number = data->sample;
	sample->index = 0;
	sample->count = data->count;
	sample->is_key = false;
	sample->bytes.size = 0;
}

int evor_sample_add(struct evor_sample *sample, const struct evor_data *data)
{
	if (data->index == 1)
		begin(sample, data);
	if (data->index != sample->index + 1 || data->count != sample->count ||
			data->sample != sample->number) {
		sample->has_lost = true;
		sample->index = sample->count = 0;
		return 0;
	}
	int r = array_append(&sample->bytes, data->bytes, data->size);
	if (r < 0)
		return r;
	sample->index++;
	sample->is_key |= data->is_key;
	if (sample->index < sample->count)
		return 0;
	if (sample->is_key)
		sample->has_lost = false;
	return sample->has_lost || sample->bytes.size == 0 ? 0 : 1;
}
