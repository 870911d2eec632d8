/* SPDX-License-Identifier: Apache-2.0 */
/*
 * random SEQUENCES [SEED]: random changes of layers - pictures, places, scaling, parts,
 * formats, memory of their own - on vkms devices with planes of different kinds, with
 * hot-plugs and a lost master in between. After every one of the sequences what the
 * hardware puts out is read back and compared with a plain reference compositor.
 */
#include "unit/test.h"

#include <errno.h>
#include <xf86drm.h>

#include "base/log.h"
#include "kms/kms.h"
#include "kms/vkms.h"
#include "kms/writeback.h"
#include "unit/kms_reference.h"

enum { WIDTH = 640, HEIGHT = 480, LIMIT_MS = 10000, PER_DEVICE = 200, SEEN = 180 };

struct stage {
	struct loop *loop;
	struct display *display;
	unsigned outputs; /* times that they changed */
	char lost[128];
	struct reference reference;
	struct reference_memory memory;
};

/* What was seen, for the report. */
struct figures {
	unsigned sequences, wrong, plugs, masters;
	struct display_stats stats;
};

static void on_outputs(void *data)
{
	struct stage *stage = data;

	stage->outputs++;
}

static void on_lost(void *data, const char *why)
{
	struct stage *stage = data;

	snprintf(stage->lost, sizeof stage->lost, "%s", why);
}

static struct display_output *first(struct stage *stage)
{
	return display_output_at(stage->display, 0);
}

static int place(void *data, enum display_layer layer, const struct display_picture *picture,
		const struct display_place *at, const struct display_rect *damage, unsigned count)
{
	return display_place_layer(first(data), layer, picture, at, damage, count);
}

static void move(void *data, enum display_layer layer, int32_t x, int32_t y)
{
	display_move_layer(first(data), layer, x, y);
}

static int import(void *data, const struct display_buffer_info *info, struct display_buffer **ret)
{
	struct stage *stage = data;
	struct err err = {""};
	int result = display_import(stage->display, info, ret, &err);

	if (result < 0 && result != -ENOTSUP)
		fprintf(stderr, "import: %s\n", err.text);
	return result;
}

static bool is_busy(struct stage *stage)
{
	for (unsigned i = 0; i < display_output_count(stage->display); i++) {
		const struct kms_output *output =
				(const struct kms_output *)display_output_at(stage->display, i);
		if (output->is_pending || output->is_waiting_to_retry ||
				output->base.latched.is_changed)
			return true;
	}
	return false;
}

static bool settle(struct stage *stage)
{
	int64_t limit = loop_now_ms() + LIMIT_MS;

	while (is_busy(stage) && !stage->lost[0] && loop_now_ms() < limit)
		loop_step(stage->loop, 100);
	return !is_busy(stage);
}

/* Pixels that are not as they should be; layers never reach beyond SEEN. */
static unsigned look(struct stage *stage)
{
	static uint32_t pixels[WIDTH * HEIGHT];
	const struct kms_output *output = (const struct kms_output *)first(stage);
	struct writeback_source source = {output->kms->fd, output->crtc->id,
			(unsigned)(output->crtc - output->kms->crtcs), WIDTH, HEIGHT};
	unsigned wrong = 0;
	struct display_output_info info = output->base.info;
	int32_t right = (int32_t)info.width - 1, bottom = (int32_t)info.height - 1;

	drmSetMaster(output->kms->fd); /* lost, and nothing was shown since */
	if (writeback_take(&source, pixels) != 0)
		return WIDTH * HEIGHT;
	for (int32_t y = 0; y <= bottom; y++)
		for (int32_t x = 0; x <= right; x++) {
			int32_t at[] = {y * WIDTH + x, x * WIDTH + (bottom - y),
					(bottom - y) * WIDTH + (right - x),
					(right - x) * WIDTH + y};
			uint32_t seen = pixels[at[info.rotation]];
			if (x >= SEEN || y >= SEEN)
				wrong += (seen & 0xffffff) != 0;
			else
				wrong += !reference_fits(reference_at(&stage->reference, x, y),
						seen);
		}
	return wrong;
}

static bool wait_for_outputs(struct stage *stage, unsigned before)
{
	int64_t limit = loop_now_ms() + LIMIT_MS;

	while (stage->outputs == before && loop_now_ms() < limit)
		loop_step(stage->loop, 100);
	return stage->outputs != before;
}

/* Pull the monitor and plug it in again: everything is shown anew. */
static bool replug(struct stage *stage, const char *device, unsigned heads)
{
	const struct reference_calls calls = {place, move, import, stage};
	unsigned count = display_output_count(stage->display);

	for (int is_connected = 0; is_connected < 2; is_connected++) {
		unsigned before = stage->outputs;
		if (!vkms_plug(device, 0, is_connected) || !wait_for_outputs(stage, before))
			return false;
		(void)heads;
	}
	if (display_output_count(stage->display) != count)
		return false;
	reference_restage(&stage->reference, &stage->memory, &calls);
	display_commit(first(stage));
	return true;
}

/* The monitor is turned. */
static bool turn(struct stage *stage, enum layout_rotation rotation)
{
	struct layout_wishes wishes = {.width = WIDTH,
			.height = HEIGHT,
			.count = 1,
			.list = {{.rotation = rotation, .width = WIDTH, .height = HEIGHT}}};

	if (rotation == LAYOUT_0)
		return true;
	snprintf(wishes.list[0].connector, sizeof wishes.list[0].connector, "%s",
			display_output_info(first(stage)).name);
	display_configure(stage->display, &wishes);
	return wait_for_outputs(stage, 0) && display_output_info(first(stage)).rotation == rotation;
}

static bool begin(struct stage *stage, const char *device, enum layout_rotation rotation)
{
	struct display_handler handler = {on_outputs, NULL, on_lost, stage};
	struct display_kms_options options = {vkms_path(device), WIDTH, HEIGHT};
	struct err err = {""};

	stage->loop = loop_create();
	if (display_create_kms(stage->loop, &options, &handler, &stage->display, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return false;
	}
	return display_output_count(stage->display) > 0 && turn(stage, rotation);
}

static unsigned play(struct stage *stage, const char *device, unsigned heads, unsigned sequences,
		uint32_t *seed, struct figures *figures)
{
	const struct reference_calls calls = {place, move, import, stage};
	unsigned wrong = 0;

	for (unsigned i = 0; i < sequences && !stage->lost[0]; i++) {
		for (unsigned k = 1 + reference_below(seed, 3); k > 0; k--) {
			wrong += reference_step(&stage->reference, &stage->memory, seed, &calls) !=
			         0;
			display_commit(first(stage));
		}
		/* One head only: of two, the other would become the first. */
		if (heads == 1 && reference_below(seed, 50) == 0) {
			wrong += !replug(stage, device, heads);
			figures->plugs++;
		} else if (reference_below(seed, 50) == 0) {
			drmDropMaster(((struct kms *)stage->display)->fd);
			figures->masters++;
		}
		wrong += !settle(stage);
		if (!stage->lost[0])
			wrong += look(stage);
		reference_release(&stage->memory);
		figures->sequences++;
	}
	return wrong + (stage->lost[0] != 0);
}

static void play_on_device(unsigned number, unsigned sequences, uint32_t *seed,
		struct figures *figures)
{
	static struct stage stage;
	unsigned heads = 1 + (number % 4 == 3), overlays = number % 4;
	bool has_cursor = number % 3 != 2;
	char device[32];

	memset(&stage, 0, sizeof stage);
	snprintf(device, sizeof device, "random%u", number);
	if (!vkms_create_with(device, heads, has_cursor, overlays) ||
			!begin(&stage, device, (enum layout_rotation)(number % 5 % 4))) {
		figures->wrong++;
		return;
	}
	unsigned wrong = play(&stage, device, heads, sequences, seed, figures);

	if (wrong)
		printf("%s, %u heads, %u overlays, %s cursor plane: %u wrong, %s\n", device, heads,
				overlays, has_cursor ? "a" : "no", wrong, stage.lost);
	figures->wrong += wrong;
	struct display_stats stats = display_stats(stage.display);

	figures->stats.commits += stats.commits;
	figures->stats.bytes_copied += stats.bytes_copied;
	figures->stats.layers_direct += stats.layers_direct;
	display_destroy(stage.display);
	reference_finish(&stage.memory);
	loop_destroy(stage.loop);
	vkms_destroy(device);
}

int main(int argc, char **argv)
{
	unsigned wanted = argc > 1 ? (unsigned)atoi(argv[1]) : 400;
	uint32_t seed = argc > 2 ? (uint32_t)atoi(argv[2]) : 20261122;
	struct figures figures = {0};

	log_open("random");
	TEST("random sequences show what a plain compositor shows") {
		for (unsigned i = 0; figures.sequences < wanted && figures.wrong == 0; i++) {
			unsigned left = wanted - figures.sequences;
			unsigned share = wanted / 8 < PER_DEVICE ? wanted / 8 : PER_DEVICE;
			play_on_device(i, left < share ? left : share, &seed, &figures);
		}
		CHECK_INT(figures.wrong, 0);
		CHECK_INT(figures.sequences, wanted);
		CHECK(figures.stats.layers_direct > 0);
	}
	printf("%u sequences, %u hot-plugs, %u lost masters: %llu commits, %llu layers on planes "
	       "of "
	       "their own, %llu bytes copied\n",
			figures.sequences, figures.plugs, figures.masters,
			(unsigned long long)figures.stats.commits,
			(unsigned long long)figures.stats.layers_direct,
			(unsigned long long)figures.stats.bytes_copied);
	TEST_END();
}
