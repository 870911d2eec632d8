/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams that are cut, flipped, shuffled and filled with noise: nothing crashes, and the next key
 * frame of a good stream is right again. MUTATIONS says how many (make fuzz-video: a
 * million, with sanitizers), FIRST the number of the first: each depends on its number alone.
 */
#include <dirent.h>
#include <time.h>

#include "base/log.h"
#include "fuzz/video_reference.h"
#include "unit/test.h"
#include "unit/video_sum.h"
#include "unit/yuv_reference.h"

enum { COUNT = 1500, SEEDS_MAX = 32, SEED_BYTES = 16384, LIFE = 50, STEP = 20000 };

static struct seed {
	uint8_t bytes[SEED_BYTES];
	size_t size;
} seeds[SEEDS_MAX];
static unsigned seed_count;

static int is_file(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void load_seeds(const char *folder)
{
	struct dirent **names;
	int count = scandir(folder, &names, is_file, alphasort);

	for (int i = 0; i < count; i++) {
		char path[512];
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]->d_name);
		FILE *file = fopen(path, "rb");
		if (file && seed_count < SEEDS_MAX) {
			seeds[seed_count].size =
					fread(seeds[seed_count].bytes, 1, SEED_BYTES, file);
			seed_count++;
			fclose(file);
		}
		free(names[i]);
	}
	if (count >= 0)
		free(names);
}

static uint32_t below(uint32_t *state, size_t limit)
{
	return limit ? reference_random(state) % (uint32_t)limit : 0;
}

/* One change of the bytes; `size` of them, `SEED_BYTES` at most. */
static size_t change(uint8_t *bytes, size_t size, uint32_t *state)
{
	size_t at = below(state, size), n = 1 + below(state, 40);

	n = at + n > size ? size - at : n;
	switch (below(state, 10)) {
	case 0: /* cut off */
		return at;
	case 1: /* cut out */
		memmove(bytes + at, bytes + at + n, size - at - n);
		return size - n;
	case 2: /* noise */
		for (size_t i = 0; i < n; i++)
			bytes[at + i] = (uint8_t)reference_random(state);
		return size;
	case 3: /* twice */
		if (size + n > SEED_BYTES)
			return size;
		memmove(bytes + at + n, bytes + at, size - at);
		return size + n;
	case 4: /* a start code */
		if (n >= 4)
			memcpy(bytes + at, (uint8_t[]){0, 0, 1, (uint8_t)below(state, 128)}, 4);
		return size;
	default: /* a bit */
		if (size > 0)
			bytes[at] ^= (uint8_t)(1u << below(state, 8));
		return size;
	}
}

/* The mutation of this number: a seed, a few changes. */
static size_t mutate(uint32_t number, uint8_t *bytes)
{
	uint32_t state = number * 2654435761u + 88172645;
	struct seed *seed = &seeds[below(&state, seed_count)];
	size_t size = seed->size;

	memcpy(bytes, seed->bytes, size);
	for (uint32_t i = 1 + below(&state, 3); i > 0; i--)
		size = change(bytes, size, &state);
	return size;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static unsigned number_of(const char *name, unsigned otherwise)
{
	const char *text = getenv(name);

	return text ? (unsigned)strtoul(text, NULL, 10) : otherwise;
}

int main(void)
{
	static uint8_t bytes[SEED_BYTES];
	struct video_decoder *decoder = NULL;
	unsigned first = number_of("FIRST", 0), count = number_of("MUTATIONS", COUNT);
	uint64_t expected[3], found[3], any[64], frames = 0;
	double start = now();

	video_prepare();
	log_set_level(LOG_LEVEL_ERROR);
	load_seeds("tests/fuzz/video_header");
	TEST("a key frame heals whatever was before") {
		decoder = sum_decoder();
		CHECK(seed_count > 5);
		CHECK_INT(sum_stream(decoder, video_reference, sizeof(video_reference), expected,
					  3),
				3);
		CHECK(expected[0] != expected[1] && expected[1] != expected[2]);
		for (unsigned i = 0; i < count && seed_count > 0; i++) {
			if (i % LIFE == 0) {
				video_decoder_destroy(decoder);
				decoder = sum_decoder();
			}
			size_t size = mutate(first + i, bytes);
			frames += sum_stream(decoder, bytes, size, any, 64);
			unsigned n = sum_stream(decoder, video_reference, sizeof(video_reference),
					found, 3);
			if (n != 3 || memcmp(found, expected, sizeof(found)) != 0) {
				printf("mutation %u\n", first + i);
				CHECK(!"healed");
			}
			if ((i + 1) % STEP == 0) {
				printf("%u: %.0f/s\n", i + 1, (i + 1) / (now() - start));
				fflush(stdout);
			}
		}
		video_decoder_destroy(decoder);
	}
	printf("%u mutations, %llu frames, %.0f/s\n", count, (unsigned long long)frames,
			count / (now() - start));
	TEST_END();
}
