/* SPDX-License-Identifier: Apache-2.0 */
/* Monitors that come, go, lie and are refused, on a card that exists only at link time. */
#include "test.h"

#include <errno.h>
#include <stdlib.h>

#include "base/log.h"
#include "fake/drm.h"
#include "kms/display.h"
#include "kms_edid_bytes.h"

enum { WIDTH = 64, HEIGHT = 40 };

struct stage {
	struct loop *loop;
	struct display *display;
	unsigned outputs, lost;
	struct err err;
};

static uint8_t edids[8][EDID_BLOCK];

static void on_outputs(void *data)
{
	struct stage *stage = data;

	stage->outputs++;
}

static void on_lost(void *data, const char *why)
{
	struct stage *stage = data;

	printf("lost: %s\n", why);
	stage->lost++;
}

/* The monitor number `who`, a model of its own, on a connector. */
static void plug(unsigned connector, unsigned who)
{
	char serial[2] = {(char)('A' + who), 0};

	edid_bytes_make(edids[who], "DEL", "DELL U2722D", serial);
	fake_drm()->connectors[connector].edid = edids[who];
	fake_drm()->connectors[connector].edid_size = EDID_BLOCK;
	fake_drm()->connectors[connector].is_connected = true;
}

static void pull(unsigned connector)
{
	fake_drm()->connectors[connector].edid = NULL;
	fake_drm()->connectors[connector].is_connected = false;
}

static void begin(struct stage *stage)
{
	struct display_handler handler = {
			.on_outputs = on_outputs, .on_lost = on_lost, .data = stage};
	struct display_kms_options options = {.path = "card"};

	*stage = (struct stage){.loop = loop_create()};
	CHECK_INT(display_create_kms(stage->loop, &options, &handler, &stage->display, &stage->err),
			0);
}

static void end(struct stage *stage)
{
	display_destroy(stage->display);
	loop_destroy(stage->loop);
	CHECK_INT(stage->lost, 0);
	CHECK_INT(fake_drm()->framebuffers, 0);
	CHECK_INT(fake_drm()->blobs, 0);
	CHECK_INT(fake_drm()->impossible, 0);
	fake_drm_finish();
}

static void settle(struct stage *stage)
{
	for (unsigned i = 0; i < 4; i++) { /* longer than the pause before a look */
		fake_drm_vblank();
		loop_step(stage->loop, 20);
	}
}

static void change(struct stage *stage)
{
	fake_drm_uevent("change");
	settle(stage);
}

static void configure(struct stage *stage, const struct layout_wishes *wishes)
{
	display_configure(stage->display, wishes);
	settle(stage);
}

/* "HDMI-A-1=A 64x40+0+0*": connector, serial, size and place, primary. */
static const char *describe(struct stage *stage)
{
	static char text[1024];
	size_t at = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < display_output_count(stage->display); i++) {
		struct display_output_info info =
				display_output_info(display_output_at(stage->display, i));
		at += (size_t)snprintf(text + at, sizeof text - at, "%s%s=%s %ux%u+%d+%d%s",
				at ? " " : "", info.name + strlen("HDMI-A-"), info.identity.serial,
				info.width, info.height, info.x, info.y,
				info.is_primary ? "*" : "");
	}
	return text;
}

static bool has_note(struct stage *stage, const char *part)
{
	const struct layout *layout = display_layout(stage->display);

	for (unsigned i = 0; i < layout->note_count; i++)
		if (strstr(layout->notes[i], part))
			return true;
	printf("no note has: %s\n", part);
	return false;
}

/* --- who they are */

static void test_identity(void)
{
	struct stage stage;

	TEST("EDIDs say who is there, and how large") {
		fake_drm_init(3, WIDTH, HEIGHT);
		plug(0, 0);
		plug(1, 1);
		edids[1][EDID_BLOCK - 1]++; /* broken: no identity, but it is lit */
		begin(&stage);
		CHECK_TEXT(describe(&stage), "1=A 64x40+0+0* 2= 64x40+64+0 3= 64x40+128+0");
		struct display_output_info info =
				display_output_info(display_output_at(stage.display, 0));
		CHECK_TEXT(info.identity.maker, "DEL");
		CHECK_TEXT(info.identity.model, "DELL U2722D");
		CHECK_INT(info.width_mm, 527);
		CHECK_INT(info.height_mm, 296);
		end(&stage);
	}
	TEST("all monitors are lit by one commit, tested before") {
		fake_drm_init(4, WIDTH, HEIGHT);
		begin(&stage);
		CHECK_INT(display_output_count(stage.display), 4);
		CHECK_INT(fake_drm()->commits, 1);
		CHECK_INT(fake_drm()->tests, 1);
		end(&stage);
	}
	TEST("a helmet is no monitor") {
		fake_drm_init(2, WIDTH, HEIGHT);
		fake_drm()->connectors[0].is_helmet = true;
		begin(&stage);
		CHECK_TEXT(describe(&stage), "2= 64x40+0+0*");
		end(&stage);
	}
}

static void test_configure(void)
{
	struct stage stage;
	struct layout_wishes wishes = {.count = 2,
			.list = {{.identity = {"DEL", "DELL U2722D", "B"}, .has_position = true},
					{.identity = {"", "", "A"},
							.has_position = true,
							.x = 40,
							.rotation = LAYOUT_90,
							.is_primary = true}}};

	fake_drm_init(3, WIDTH, HEIGHT);
	plug(0, 0);
	plug(1, 1);
	pull(2);
	begin(&stage);
	TEST("wishes place and turn; who stays as it is goes on") {
		struct display_output *kept = display_output_at(stage.display, 1);
		unsigned modesets = fake_drm()->modesets;
		configure(&stage, &wishes);
		CHECK_TEXT(describe(&stage), "1=A 40x64+64+0* 2=B 64x40+0+0");
		CHECK(display_output_at(stage.display, 1) == kept);
		CHECK_INT(fake_drm()->modesets - modesets, 2); /* one off, one on */
		CHECK_INT(stage.outputs, 1);
	}
	TEST("the same wishes change nothing") {
		unsigned commits = fake_drm()->commits;
		configure(&stage, &wishes);
		CHECK_INT(fake_drm()->commits, commits);
		CHECK_INT(stage.outputs, 1);
	}
	TEST("places alone need no commit") {
		unsigned commits = fake_drm()->commits;
		wishes.list[0].x = 104;
		wishes.list[1].x = 64;
		configure(&stage, &wishes);
		CHECK_TEXT(describe(&stage), "1=A 40x64+0+0* 2=B 64x40+40+0");
		CHECK_INT(fake_drm()->commits, commits);
		CHECK_INT(stage.outputs, 2);
	}
	TEST("the layout follows a monitor to another socket") {
		pull(0);
		change(&stage);
		CHECK_TEXT(describe(&stage), "2=B 64x40+0+0*");
		plug(2, 0);
		change(&stage);
		CHECK_TEXT(describe(&stage), "2=B 64x40+40+0 3=A 40x64+0+0*");
	}
	TEST("one only: the other is dark") {
		wishes.arrangement = LAYOUT_ONE;
		configure(&stage, &wishes);
		CHECK_TEXT(describe(&stage), "3=A 40x64+0+0*");
		CHECK_INT(fake_drm()->connectors[1].crtc_id, 0);
	}
	TEST("mirror: both, at one place") {
		wishes = (struct layout_wishes){.arrangement = LAYOUT_MIRROR};
		configure(&stage, &wishes);
		CHECK_TEXT(describe(&stage), "2=B 64x40+0+0* 3=A 64x40+0+0");
	}
	end(&stage);
}

/* --- crtcs */

static void test_crtcs(void)
{
	struct stage stage;

	TEST("a connector that only one crtc can drive gets it") {
		fake_drm_init(3, WIDTH, HEIGHT);
		fake_drm()->connectors[0].possible_crtcs = 3;
		fake_drm()->connectors[1].possible_crtcs = 6;
		fake_drm()->connectors[2].possible_crtcs = 1;
		begin(&stage);
		CHECK_INT(display_output_count(stage.display), 3);
		CHECK_INT(fake_drm()->connectors[2].crtc_id, 200);
		end(&stage);
	}
	TEST("one that is lit moves to another crtc for one that has no choice") {
		fake_drm_init(2, WIDTH, HEIGHT);
		fake_drm()->connectors[1].possible_crtcs = 1;
		pull(1);
		begin(&stage);
		CHECK_INT(fake_drm()->connectors[0].crtc_id, 200);
		fake_drm()->connectors[1].is_connected = true;
		change(&stage);
		CHECK_INT(fake_drm()->connectors[0].crtc_id, 201);
		CHECK_INT(fake_drm()->connectors[1].crtc_id, 200);
		CHECK_INT(display_output_count(stage.display), 2);
		end(&stage);
	}
	TEST("more monitors than crtcs: as many as can be, and a word about the other") {
		fake_drm_init(3, WIDTH, HEIGHT);
		fake_drm()->crtc_count = 2;
		begin(&stage);
		CHECK_TEXT(describe(&stage), "1= 64x40+0+0* 2= 64x40+64+0");
		CHECK(has_note(&stage, "HDMI-A-3: stays dark"));
		pull(0);
		change(&stage);
		CHECK_TEXT(describe(&stage), "2= 64x40+0+0* 3= 64x40+64+0");
		CHECK_INT(display_layout(stage.display)->note_count, 0);
		end(&stage);
	}
}

/* --- what the hardware refuses */

static const struct fake_mode large_modes[] = {{96, 60, 60, true, false},
		{96, 60, 30, false, false}, {64, 40, 60, false, false}, {32, 20, 60, false, false},
		{0, 0, 0, false, false}};

static void make_dock(unsigned heads)
{
	fake_drm_init(heads, 96, 60);
	for (unsigned i = 0; i < heads; i++) {
		fake_drm()->connectors[i].modes = large_modes;
		plug(i, i);
	}
}

static void test_bandwidth(void)
{
	struct stage stage;

	TEST("a dock whose link has no room for three of this size: one in less, all lit") {
		make_dock(3);
		fake_drm()->bandwidth = 96 * 60 * 150;
		begin(&stage);
		CHECK_INT(display_output_count(stage.display), 3);
		CHECK_TEXT(describe(&stage), "1=A 96x60+0+0* 2=B 96x60+96+0 3=C 96x60+192+0");
		struct display_output_info info =
				display_output_info(display_output_at(stage.display, 2));
		CHECK_INT(info.refresh_mhz, 30000);
		CHECK(has_note(&stage, "HDMI-A-3: the device can't show 96x60 at 60 Hz here"));
	}
	TEST("a look without news asks nothing again") {
		unsigned commits = fake_drm()->commits, tests = fake_drm()->tests;
		change(&stage);
		CHECK_INT(fake_drm()->commits, commits);
		CHECK_INT(fake_drm()->tests, tests);
	}
	TEST("when one leaves the others get their best modes") {
		pull(0);
		change(&stage);
		CHECK_TEXT(describe(&stage), "2=B 96x60+0+0* 3=C 96x60+96+0");
		struct display_output_info info =
				display_output_info(display_output_at(stage.display, 1));
		CHECK_INT(info.refresh_mhz, 60000);
		CHECK_INT(display_layout(stage.display)->note_count, 0);
	}
	TEST("with very little room all shrink together") {
		fake_drm()->bandwidth = 64 * 40 * 60 * 2 + 32 * 20 * 60;
		plug(0, 0);
		change(&stage);
		CHECK_TEXT(describe(&stage), "1=A 64x40+0+0* 2=B 64x40+64+0 3=C 32x20+128+0");
		end(&stage);
	}
	TEST("with no room for three the last stays dark, and it is told") {
		make_dock(3);
		fake_drm()->bandwidth = 32 * 20 * 60 * 2;
		begin(&stage);
		CHECK_INT(display_output_count(stage.display), 2);
		CHECK(has_note(&stage, "this monitor has no mode that can be shown"));
		end(&stage);
	}
}

static void test_refusals(void)
{
	struct stage stage;

	TEST("a mode that one link can't carry costs the others nothing") {
		make_dock(2);
		fake_drm()->connectors[1].rate_max = 64 * 40 * 60;
		begin(&stage);
		CHECK_TEXT(describe(&stage), "1=A 96x60+0+0* 2=B 64x40+96+0");
		CHECK(has_note(&stage, "HDMI-A-2: the device can't show 96x60"));
		end(&stage);
	}
	TEST("a card that takes nothing at all leaves a word for each") {
		make_dock(2);
		fake_drm()->bandwidth = 1;
		begin(&stage);
		CHECK_INT(display_output_count(stage.display), 0);
		CHECK(has_note(&stage, "HDMI-A-1: this monitor has no mode"));
		CHECK(has_note(&stage, "HDMI-A-2: this monitor has no mode"));
		end(&stage);
	}
	TEST("a master that is lost meanwhile is no refusal: tried again") {
		make_dock(2);
		fake_drm()->results[0] = fake_drm()->results[1] = fake_drm()->results[2] = -EACCES;
		fake_drm()->result_count = 3;
		begin(&stage);
		CHECK_INT(display_output_count(stage.display), 0);
		CHECK(has_note(&stage, "HDMI-A-1: stays dark: setting 96x60: Permission denied"));
		for (unsigned i = 0; i < 60 && !stage.outputs; i++)
			loop_step(stage.loop, 50);
		CHECK_TEXT(describe(&stage), "1=A 96x60+0+0* 2=B 96x60+96+0");
		CHECK_INT(display_layout(stage.display)->note_count, 0);
		end(&stage);
	}
	TEST("only absurd modes, none, only interlaced") {
		static const struct fake_mode absurd[] = {{40000, 2, 60, true, false}, {.hz = 0}};
		static const struct fake_mode none[] = {{.hz = 0}};
		static const struct fake_mode lines[] = {{64, 40, 50, true, true}, {.hz = 0}};
		make_dock(3);
		fake_drm()->connectors[0].modes = absurd;
		fake_drm()->connectors[1].modes = none;
		fake_drm()->connectors[2].modes = lines;
		begin(&stage);
		CHECK_TEXT(describe(&stage), "3=C 64x40+0+0*");
		CHECK(has_note(&stage, "HDMI-A-1: this monitor has no mode"));
		CHECK(has_note(&stage, "HDMI-A-2: this monitor has no mode"));
		end(&stage);
	}
}

static void test_late(void)
{
	struct stage stage;

	TEST("a monitor that says only later what it can show is lit then, without an event") {
		static const struct fake_mode none[] = {{.hz = 0}};
		make_dock(1);
		fake_drm()->connectors[0].modes = none;
		begin(&stage);
		CHECK_INT(display_output_count(stage.display), 0);
		fake_drm()->connectors[0].modes = large_modes;
		for (unsigned i = 0; i < 60 && !stage.outputs; i++)
			loop_step(stage.loop, 50);
		CHECK_TEXT(describe(&stage), "1=A 96x60+0+0*");
		end(&stage);
	}
}

/* --- coming and going */

static void test_dock(void)
{
	struct stage stage;

	TEST("a dock pulled out takes its connectors along, another brings new ones") {
		make_dock(6);
		for (unsigned i = 1; i < 6; i++)
			fake_drm()->connectors[i].is_gone = i > 3;
		begin(&stage);
		CHECK_INT(display_output_count(stage.display), 4);
		struct display_output *kept = display_output_at(stage.display, 0);
		for (unsigned i = 1; i < 4; i++)
			fake_drm()->connectors[i].is_gone = fake_drm()->connectors[i].is_forgotten =
					true;
		for (unsigned i = 1; i < 4; i++)
			fake_drm()->connectors[i].crtc_id = 0; /* the kernel let go of them */
		for (unsigned i = 1; i < 4; i++)
			fake_drm()->crtcs[i].rate = 0;
		fake_drm()->connectors[4].is_gone = fake_drm()->connectors[5].is_gone = false;
		change(&stage);
		CHECK_TEXT(describe(&stage), "1=A 96x60+0+0* 5=E 96x60+96+0 6=F 96x60+192+0");
		CHECK(display_output_at(stage.display, 0) == kept);
	}
	TEST("again and again") {
		for (unsigned round = 0; round < 12; round++) {
			fake_drm()->connectors[4].is_gone = round % 2 == 0;
			change(&stage);
		}
		CHECK_INT(display_output_count(stage.display), 3);
		end(&stage);
	}
	TEST("a link that failed is trained again by setting the mode again") {
		make_dock(2);
		for (unsigned i = 0; i < 2; i++)
			fake_drm()->connectors[i].has_link_status = true;
		begin(&stage);
		struct display_output *kept = display_output_at(stage.display, 0);
		fake_drm()->connectors[1].is_link_bad = true;
		change(&stage);
		CHECK(!fake_drm()->connectors[1].is_link_bad);
		CHECK(fake_drm()->connectors[1].crtc_id != 0);
		CHECK_INT(stage.outputs, 1);
		CHECK(display_output_at(stage.display, 0) == kept);
		end(&stage);
	}
	TEST("another monitor on the same socket, of the same mode") {
		make_dock(1);
		begin(&stage);
		plug(0, 3);
		change(&stage);
		CHECK_TEXT(describe(&stage), "1=D 96x60+0+0*");
		CHECK_INT(stage.outputs, 1);
		end(&stage);
	}
	TEST("a monitor that comes while the screens are off stays dark until they are on") {
		make_dock(2);
		pull(1);
		begin(&stage);
		display_set_power(stage.display, false);
		plug(1, 1);
		change(&stage);
		CHECK_INT(display_output_count(stage.display), 2);
		CHECK(!fake_drm()->crtcs[0].is_active && !fake_drm()->crtcs[1].is_active);
		display_set_power(stage.display, true);
		CHECK(fake_drm()->crtcs[0].is_active && fake_drm()->crtcs[1].is_active);
		end(&stage);
	}
}

static void test_underscan(void)
{
	struct stage stage;

	TEST("nothing of the picture is cut where the connector can be told") {
		make_dock(1);
		fake_drm()->connectors[0].has_underscan = true;
		fake_drm()->connectors[0].underscan = fake_drm()->connectors[0].content_type = 99;
		begin(&stage);
		CHECK_INT(fake_drm()->connectors[0].underscan, 0);
		CHECK_INT(fake_drm()->connectors[0].content_type, 1);
		end(&stage);
	}
	TEST("a connector that refuses to be told is lit without") {
		make_dock(2);
		fake_drm()->connectors[0].has_underscan = true;
		fake_drm()->connectors[0].refuses_underscan = true;
		fake_drm()->connectors[0].underscan = 99;
		begin(&stage);
		CHECK_TEXT(describe(&stage), "1=A 96x60+0+0* 2=B 96x60+96+0");
		CHECK_INT(fake_drm()->connectors[0].underscan, 99);
		end(&stage);
	}
}

/* Any monitors, any wishes, any refusals: nothing leaks, nothing impossible is asked. */
static uint32_t below(uint32_t *seed, uint32_t limit)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % limit;
}

static void shake(struct stage *stage, uint32_t *seed)
{
	struct fake_drm *drm = fake_drm();
	unsigned which = below(seed, 4);
	struct layout_wishes wishes = {.arrangement = below(seed, 3), .count = 1};

	switch (below(seed, 6)) {
	case 0:
		plug(which, below(seed, 6));
		break;
	case 1:
		pull(which);
		break;
	case 2:
		drm->bandwidth = below(seed, 3) ? 0 : 96u * 60 * 60 * below(seed, 4);
		break;
	case 3:
		drm->connectors[which].rate_max = below(seed, 3) ? 0 : 96u * 60 * 30;
		break;
	case 4:
		drm->connectors[which].possible_crtcs = 1 + below(seed, 15);
		drm->connectors[which].is_link_bad = below(seed, 2);
		break;
	default:
		snprintf(wishes.list[0].identity.serial, 14, "%c", 'A' + (char)below(seed, 6));
		wishes.list[0].rotation = below(seed, 4);
		wishes.list[0].is_off = below(seed, 3) == 0;
		wishes.list[0].width = 64;
		wishes.list[0].height = 40;
		display_configure(stage->display, &wishes);
	}
	fake_drm_uevent("change");
}

static void test_random(void)
{
	struct stage stage;
	uint32_t seed = 5;

	TEST("100 changes of monitors, wishes and refusals while pictures are shown") {
		static uint32_t pixels[96 * 96];
		static const struct display_picture picture = {
				0x34325258, 96, 60, 96 * 4, pixels}; /* XRGB8888 */
		make_dock(4);
		for (unsigned i = 0; i < 4; i++)
			fake_drm()->connectors[i].has_link_status = true;
		begin(&stage);
		for (unsigned i = 0; i < 100; i++) {
			shake(&stage, &seed);
			for (unsigned k = 0; k < 6; k++) {
				for (unsigned n = 0; n < display_output_count(stage.display); n++) {
					struct display_output *at =
							display_output_at(stage.display, n);
					display_set_layer(at, DISPLAY_DESKTOP, &picture, 0, 0, NULL,
							0);
					display_commit(at);
				}
				fake_drm_vblank();
				loop_step(stage.loop, 12);
			}
		}
		CHECK_INT(stage.lost, 0);
		end(&stage);
	}
}

int main(void)
{
	log_open("kms_outputs");
	log_set_level(LOG_LEVEL_ERROR);
	test_identity();
	test_configure();
	test_crtcs();
	test_bandwidth();
	test_refusals();
	test_late();
	test_dock();
	test_underscan();
	test_random();
	TEST_END();
}
