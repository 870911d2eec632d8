/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of [MS-RDPEVOR] and [MS-RDPEGT], true ones and those that no server sends. */
#include "unit/test.h"

#include <errno.h>

#include "session/evor_parse.h"

enum { REQUEST_SIZE = 68, DATA_SIZE = 40, GEOMETRY_SIZE = 72 };

static void put(uint8_t *at, unsigned size, uint64_t value)
{
	for (unsigned i = 0; i < size; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

static const uint8_t h264[16] = {'H', '2', '6', '4', 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xaa,
		0x00, 0x38, 0x9b, 0x71};

/* One field of a good message is `value` instead. */
struct row {
	const char *name;
	unsigned at, size;
	uint64_t value;
	bool is_good;
};

static void make_request(uint8_t bytes[REQUEST_SIZE])
{
	memset(bytes, 0, REQUEST_SIZE);
	put(bytes, 4, REQUEST_SIZE);
	put(bytes + 4, 4, 1);
	bytes[8] = 3;
	bytes[9] = bytes[10] = 1;
	put(bytes + 16, 4, 1280);
	put(bytes + 20, 4, 720);
	put(bytes + 40, 8, 0x80007aba00040222);
	memcpy(bytes + 48, h264, sizeof(h264));
}

static void test_request(void)
{
	const struct row rows[] = {
			{"as it is", 4, 4, 1, true},
			{"stop", 10, 1, 2, true},
			{"the largest", 16, 4, 8192, true},
			{"cbSize of more", 0, 4, REQUEST_SIZE + 1, false},
			{"cbSize of less", 0, 4, 8, false},
			{"another type", 4, 4, 4, false},
			{"command 0", 10, 1, 0, false},
			{"command 3", 10, 1, 3, false},
			{"no width", 16, 4, 0, false},
			{"too high", 20, 4, 8193, false},
			{"2^32 - 1", 20, 4, UINT32_MAX, false},
	};
	uint8_t bytes[REQUEST_SIZE];
	struct evor_request request;
	struct err err;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		make_request(bytes);
		put(bytes + rows[i].at, rows[i].size, rows[i].value);
		int r = evor_parse_request(bytes, sizeof(bytes), &request, &err);
		if ((r == 0) != rows[i].is_good)
			printf("request: %s\n", rows[i].name);
		CHECK_INT(r, rows[i].is_good ? 0 : -EBADMSG);
	}
	make_request(bytes);
	CHECK_INT(evor_parse_request(bytes, sizeof(bytes), &request, &err), 0);
	CHECK(request.id == 3 && request.is_start && request.is_h264);
	CHECK(request.width == 1280 && request.height == 720);
	CHECK(request.geometry == 0x80007aba00040222);
	bytes[48] = 'M';
	CHECK_INT(evor_parse_request(bytes, sizeof(bytes), &request, &err), 0);
	CHECK(!request.is_h264);
	for (size_t size = 0; size < sizeof(bytes); size++)
		CHECK_INT(evor_parse_request(bytes, size, &request, &err), -EBADMSG);
}

static void make_data(uint8_t bytes[DATA_SIZE + 4])
{
	memset(bytes, 0, DATA_SIZE + 4);
	put(bytes, 4, DATA_SIZE + 4);
	put(bytes + 4, 4, 4);
	bytes[8] = 3;
	bytes[10] = 2;
	put(bytes + 28, 2, 1);
	put(bytes + 30, 2, 2);
	put(bytes + 32, 4, 77);
	put(bytes + 36, 4, 4);
	memcpy(bytes + DATA_SIZE, "abcd", 4);
}

static void test_data(void)
{
	const struct row rows[] = {
			{"as it is", 8, 1, 3, true},
			{"nothing", 36, 4, 0, true},
			{"one byte too many", 36, 4, 5, false},
			{"2^32 - 1 bytes", 36, 4, UINT32_MAX, false},
			{"piece 0", 28, 2, 0, false},
			{"piece 3 of 2", 28, 2, 3, false},
			{"of none", 30, 2, 0, false},
			{"of too many", 30, 2, EVOR_PACKETS_MAX + 1, false},
			{"a request", 4, 4, 1, false},
	};
	uint8_t bytes[DATA_SIZE + 4];
	struct evor_data data;
	struct err err;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		make_data(bytes);
		put(bytes + rows[i].at, rows[i].size, rows[i].value);
		int r = evor_parse_data(bytes, sizeof(bytes), &data, &err);
		if ((r == 0) != rows[i].is_good)
			printf("data: %s\n", rows[i].name);
		CHECK_INT(r, rows[i].is_good ? 0 : -EBADMSG);
	}
	make_data(bytes);
	CHECK_INT(evor_parse_data(bytes, sizeof(bytes), &data, &err), 0);
	CHECK(data.id == 3 && data.is_key && data.index == 1 && data.count == 2);
	CHECK(data.sample == 77 && data.size == 4 && memcmp(data.bytes, "abcd", 4) == 0);
	for (size_t size = 0; size < sizeof(bytes); size++)
		CHECK_INT(evor_parse_data(bytes, size, &data, &err), -EBADMSG);
}

/* The example of [MS-RDPEGT] 4.1, with `count` rectangles of 16 bytes. */
static size_t make_geometry(uint8_t *bytes, const int32_t *rects, uint32_t count)
{
	const int32_t places[] = {16, 138, 496, 382, 291, 114, 1144, 714};
	size_t region = 32 + 16 * (size_t)count, size = GEOMETRY_SIZE + region;

	memset(bytes, 0, size);
	put(bytes, 4, size);
	put(bytes + 4, 4, 1);
	put(bytes + 8, 8, 0x80007aba00040222);
	put(bytes + 16, 4, 1);
	for (unsigned i = 0; i < 8; i++)
		put(bytes + 32 + 4 * i, 4, (uint32_t)places[i]);
	put(bytes + 64, 4, 2);
	put(bytes + 68, 4, region);
	put(bytes + 72, 4, 32);
	put(bytes + 76, 4, 1);
	put(bytes + 80, 4, count);
	for (unsigned i = 0; i < 4 * count; i++)
		put(bytes + GEOMETRY_SIZE + 32 + 4 * (size_t)i, 4, (uint32_t)rects[i]);
	return size;
}

static bool is_rect(struct wire_rect rect, int32_t x1, int32_t y1, int32_t x2, int32_t y2)
{
	return rect.x1 == x1 && rect.y1 == y1 && rect.x2 == x2 && rect.y2 == y2;
}

static void test_geometry(void)
{
	const int32_t whole[] = {0, 0, 480, 244};
	const struct row rows[] = {
			{"as it is", 16, 4, 1, true},
			{"clear", 16, 4, 2, true},
			{"another update", 16, 4, 3, false},
			{"cbGeometryData of more", 0, 4, 200, false},
			{"far left", 32, 4, 0x80000000, false},
			{"far below", 60, 4, 0x7fffffff, false},
			{"a region of more bytes", 68, 4, 49, false},
			{"a region of few bytes", 68, 4, 31, false},
			{"another header", 72, 4, 33, false},
			{"not rectangles", 76, 4, 2, false},
			{"a rectangle too many", 80, 4, 2, false},
			{"2^28 rectangles", 80, 4, 1 << 28, false},
			{"a far rectangle", 104, 4, 0x7fffffff, false},
	};
	uint8_t bytes[256];
	struct evor_geometry geometry;
	struct err err;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t size = make_geometry(bytes, whole, 1);
		put(bytes + rows[i].at, rows[i].size, rows[i].value);
		int r = evor_parse_geometry(bytes, size, &geometry, &err);
		if ((r == 0) != rows[i].is_good)
			printf("geometry: %s\n", rows[i].name);
		CHECK_INT(r, rows[i].is_good ? 0 : -EBADMSG);
	}
	size_t size = make_geometry(bytes, whole, 1);
	CHECK_INT(evor_parse_geometry(bytes, size, &geometry, &err), 0);
	CHECK(geometry.id == 0x80007aba00040222 && !geometry.is_clear);
	CHECK(is_rect(geometry.target, 307, 252, 787, 496));
	CHECK(geometry.has_region && geometry.count == 1);
	CHECK(is_rect(geometry.visible[0], 307, 252, 787, 496));
	for (size_t less = 0; less < size; less++)
		CHECK_INT(evor_parse_geometry(bytes, less, &geometry, &err), -EBADMSG);
}

static void test_region(void)
{
	static uint8_t bytes[GEOMETRY_SIZE + 32 + 16 * EVOR_RECTS_MAX + 16];
	static int32_t rects[4 * (EVOR_RECTS_MAX + 1)];
	struct evor_geometry geometry;
	struct err err;

	for (int32_t i = 0; i <= EVOR_RECTS_MAX; i++)
		memcpy(rects + (size_t)4 * (size_t)i, (int32_t[]){3 * i, 0, 3 * i + 2, i + 1},
				4 * sizeof(int32_t));
	size_t size = make_geometry(bytes, rects, EVOR_RECTS_MAX);
	CHECK_INT(evor_parse_geometry(bytes, size, &geometry, &err), 0);
	CHECK_INT(geometry.count, WIRE_VISIBLE_MAX);
	size = make_geometry(bytes, rects, EVOR_RECTS_MAX + 1);
	CHECK_INT(evor_parse_geometry(bytes, size, &geometry, &err), -EBADMSG);
	const int32_t wide[] = {-100, -100, 10, 10, 5, 5, 9999, 20, 30, 30, 30, 40};
	size = make_geometry(bytes, wide, 3);
	CHECK_INT(evor_parse_geometry(bytes, size, &geometry, &err), 0);
	for (unsigned i = 0; i < geometry.count; i++) {
		struct wire_rect one = geometry.visible[i];
		struct wire_rect cut = region_rect_cut(one, geometry.target);
		CHECK(memcmp(&one, &cut, sizeof(one)) == 0 && !region_rect_is_empty(&one));
	}
}

static void test_place(void)
{
	const struct wire_rect picture = {0, 0, 640, 360}, desktop = {0, 0, 1920, 1080};
	struct evor_geometry geometry = {.target = {100, 50, 740, 410}};
	struct wire_video where;

	CHECK(evor_place(&geometry, picture, desktop, &where));
	CHECK(is_rect(where.target, 100, 50, 740, 410) && is_rect(where.source, 0, 0, 640, 360));
	CHECK_INT(where.visible_count, 0);
	geometry.has_region = true;
	CHECK(!evor_place(&geometry, picture, desktop, &where));
	geometry.visible[geometry.count++] = geometry.target;
	CHECK(evor_place(&geometry, picture, desktop, &where));
	CHECK_INT(where.visible_count, 0);
	geometry.visible[0].x2--;
	CHECK(evor_place(&geometry, picture, desktop, &where));
	CHECK_INT(where.visible_count, 1);
	const struct wire_rect nowhere[] = {{0, 0, 0, 0}, {9, 9, 5, 20}, {1920, 0, 2000, 90},
			{-9000, 0, 100, 100}, {0, 0, 9000, 100}, {0, -100, 50, 0}};
	for (size_t i = 0; i < sizeof(nowhere) / sizeof(nowhere[0]); i++) {
		geometry = (struct evor_geometry){.target = nowhere[i]};
		CHECK(!evor_place(&geometry, picture, desktop, &where));
	}
}

static int add(struct evor_sample *sample, uint32_t number, uint16_t index, uint16_t count,
		bool is_key)
{
	const struct evor_data data = {.is_key = is_key,
			.index = index,
			.count = count,
			.sample = number,
			.bytes = (const uint8_t *)"abc",
			.size = 3};

	return evor_sample_add(sample, &data);
}

static void test_sample(void)
{
	struct evor_sample sample;

	evor_sample_init(&sample);
	CHECK_INT(add(&sample, 1, 1, 3, true), 0);
	CHECK_INT(add(&sample, 1, 2, 3, true), 0);
	CHECK_INT(add(&sample, 1, 3, 3, true), 1);
	CHECK_INT(sample.bytes.size, 9);
	CHECK_INT(add(&sample, 2, 1, 1, false), 1);
	CHECK_INT(sample.bytes.size, 3);
	CHECK_INT(add(&sample, 2, 1, 1, false), 1);
	CHECK_INT(add(&sample, 3, 1, 3, false), 0);
	CHECK_INT(add(&sample, 3, 3, 3, false), 0);
	CHECK(sample.has_lost);
	CHECK_INT(add(&sample, 4, 1, 1, false), 0);
	CHECK_INT(add(&sample, 5, 2, 2, true), 0);
	CHECK_INT(add(&sample, 6, 1, 1, true), 1);
	CHECK(!sample.has_lost);
	CHECK_INT(add(&sample, 7, 1, 2, false), 0);
	CHECK_INT(add(&sample, 8, 1, 1, false), 0);
	CHECK(sample.has_lost);
	evor_sample_finish(&sample);
}

static void test_large_sample(void)
{
	static uint8_t much[1 << 20];
	struct evor_data data = {.count = 9, .bytes = much, .size = sizeof(much)};
	struct evor_sample sample;

	evor_sample_init(&sample);
	for (data.index = 1; data.index <= 8; data.index++)
		CHECK_INT(evor_sample_add(&sample, &data), 0);
	CHECK_INT(evor_sample_add(&sample, &data), -EMSGSIZE);
	evor_sample_finish(&sample);
}

int main(void)
{
	TEST("requests")
		test_request();
	TEST("pieces")
		test_data();
	TEST("geometries")
		test_geometry();
	TEST("regions of a geometry")
		test_region();
	TEST("where it is shown")
		test_place();
	TEST("samples in pieces")
		test_sample();
	TEST("a sample that is too large")
		test_large_sample();
	TEST_END();
}
