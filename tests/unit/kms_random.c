/* SPDX-License-Identifier: Apache-2.0 */
/* Random layers on random cards, compared with a plain compositor. */
#include "test.h"

#include "kms_stage.h"

static int place(void *data, enum display_layer layer, const struct display_picture *picture,
		const struct display_place *at, const struct display_rect *damage, unsigned count)
{
	return display_place_layer(first(data), layer, picture, at, damage, count);
}

static void move(void *data, enum display_layer layer, int32_t x, int32_t y)
{
	display_move_layer(first(data), layer, x, y);
}

/* The card turns nasty now and then, within what a display survives. */
static void annoy(struct stage *stage, uint32_t *seed)
{
	struct fake_drm *drm = fake_drm();

	switch (reference_below(seed, 12)) {
	case 0:
		drm->results[drm->result_count++] = -EBUSY;
		break;
	case 1:
		drm->is_master_lost = true;
		break;
	case 2:
		drm->planes[CURSOR_PLANE].refuses_edges = true;
		break;
	case 3:
		drm->connectors[1].is_connected ^= true;
		fake_drm_uevent("change");
		break;
	case 4:
		drm->planes[4].refusal = reference_below(seed, 2) ? -EINVAL : 0;
		break;
	case 5:
		drm->planes_max = reference_below(seed, 5);
		drm->planes_max +=
				drm->planes_max == 1; /* cursors count, and are asked about once */
		break;
	case 6:
		display_set_power(stage->display, false);
		run(stage, 2);
		display_set_power(stage->display, true);
		break;
	}
}

/* Until nothing happens any more; what of the card's refusals met no commit is forgotten. */
static void settle(struct stage *stage)
{
	struct fake_drm *drm = fake_drm();

	unsigned before = ~0u, refused = drm->refused;

	for (unsigned quiet = 0; quiet < 3; quiet++) {
		fake_drm_vblank();
		loop_step(stage->loop, 0);
		for (; refused != drm->refused; refused++)
			loop_step(stage->loop, 20); /* until the next attempt */
		if (before != drm->commits + drm->refused + stage->seen.shown)
			quiet = 0;
		before = drm->commits + drm->refused + stage->seen.shown;
	}
	drm->result_count = 0;
	drm->is_master_lost = false;
}

/* Up to two more planes for the first crtc, each with whims of its own. */
static void add_planes(uint32_t *seed)
{
	struct fake_drm *drm = fake_drm();

	for (unsigned count = reference_below(seed, 3); count > 0; count--) {
		struct fake_plane *plane =
				&drm->planes[fake_drm_add_plane(DRM_PLANE_TYPE_OVERLAY, 1)];
		plane->format_count = 2 + reference_below(seed, 2);
		plane->has_colours = reference_below(seed, 4) > 0;
	}
	for (unsigned i = 0; i < drm->plane_count; i++)
		drm->planes[i].has_rotation = reference_below(seed, 2);
	drm->has_no_udmabuf = reference_below(seed, 4) == 0;
	bool has_zpos = reference_below(seed, 2);

	for (unsigned i = 0; i < drm->plane_count; i++) {
		drm->planes[i].has_zpos = has_zpos;
		drm->planes[i].zpos = i == 1 ? 7 : i > 3 ? i - 3 : 0;
	}
	if (has_zpos && reference_below(seed, 3) == 0)
		drm->planes[1].zpos = 1; /* the cursor among the others */
	if (reference_below(seed, 4) == 0)
		drm->planes[1].type = DRM_PLANE_TYPE_OVERLAY;
}

/* The first monitor is turned; until it is so the loop runs. */
static void turn(struct stage *stage, enum layout_rotation rotation)
{
	struct layout_wishes wishes = {
			.count = 1, .list = {{.connector = "HDMI-A-1", .rotation = rotation}}};

	if (rotation == LAYOUT_0)
		return;
	display_configure(stage->display, &wishes);
	for (unsigned i = 0; i < 20 && stage->seen.outputs == 0; i++)
		loop_step(stage->loop, 20);
	CHECK_INT(display_output_info(first(stage)).rotation, rotation);
}

static unsigned play(uint32_t *seed, unsigned rounds, bool is_nasty)
{
	static struct reference reference;
	static struct reference_memory memory;
	struct stage stage;
	unsigned wrong = 0;

	memset(&reference, 0, sizeof reference);
	memset(&memory, 0, sizeof memory);
	fake_drm_init(2, WIDTH, HEIGHT);
	add_planes(seed);
	begin(&stage);
	turn(&stage, (enum layout_rotation)reference_below(seed, 4));
	struct reference_calls calls = {place, move, import, &stage};
	for (unsigned i = 0; i < rounds; i++) {
		for (unsigned k = 1 + reference_below(seed, 3); k > 0; k--) {
			wrong += reference_step(&reference, &memory, seed, &calls) != 0;
			display_commit(first(&stage));
		}
		if (is_nasty && i % 8 == 0)
			annoy(&stage, seed);
		settle(&stage);
		reference_release(&memory);
		wrong += wrong_pixels(&stage, &reference);
	}
	CHECK_TEXT(stage.seen.why, "");
	end(&stage);
	reference_finish(&memory);
	return wrong;
}

static void test_random(void)
{
	uint32_t seed = 4711;

	TEST("5,000 random rounds show what a plain compositor shows") {
		unsigned wrong = 0;
		for (unsigned i = 0; i < 100; i++)
			wrong += play(&seed, 50, false);
		CHECK_INT(wrong, 0);
	}
	TEST("the same with refusals, lost master, hot-plug and power") {
		unsigned wrong = 0;
		for (unsigned i = 0; i < 50; i++)
			wrong += play(&seed, 20, true);
		CHECK_INT(wrong, 0);
	}
}

int main(void)
{
	log_open("kms_random");
	log_set_level(LOG_LEVEL_ERROR); /* the refusals above are warned of */
	test_random();
	TEST_END();
}
