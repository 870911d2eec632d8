/* SPDX-License-Identifier: Apache-2.0 */
/* Which monitors a person plugged in. */
#include "unit/test.h"

#include <string.h>

#include "kiosk/plugs.h"

/* "DP-1:DEL/A HDMI-A-1" as a layout: connectors, with maker and serial where the EDID is read. */
static struct layout make(const char *text)
{
	struct layout layout = {0};
	char copy[128], *rest = copy;

	snprintf(copy, sizeof(copy), "%s", text);
	for (char *word; (word = strtok_r(rest, " ", &rest));) {
		struct layout_place *place = &layout.places[layout.count++];
		sscanf(word, "%31[^:]:%3[^/]/%13s", place->connector, place->identity.maker,
				place->identity.serial);
	}
	return layout;
}

static const struct {
	const char *name, *before, *gone, *after; /* `gone`: between the two, in the dark */
	bool is_new;
} rows[] = {
		{"nothing changes", "DP-1:DEL/A", NULL, "DP-1:DEL/A", false},
		{"one is plugged in", "DP-1:DEL/A", NULL, "DP-1:DEL/A DP-2:DEL/B", true},
		{"the first one", "", NULL, "DP-1:DEL/A", true},
		{"one without an EDID", "DP-1:DEL/A", NULL, "DP-1:DEL/A VGA-1", true},
		{"one is pulled out", "DP-1:DEL/A DP-2:DEL/B", NULL, "DP-2:DEL/B", false},
		{"one that sleeps seems to go and come", "DP-1:DEL/A", "", "DP-1:DEL/A", false},
		{"mute at first", "DP-1:DEL/A", "", "DP-1", false},
		{"and then it speaks", "DP-1", "", "DP-1:DEL/A", false},
		{"on another socket of a dock", "DP-5:DEL/A", "", "DP-7:DEL/A", false},
		{"without a serial the socket counts", "DP-1:DEL/", "", "DP-2:DEL/", true},
		{"another one on its socket", "DP-1:DEL/A", "", "DP-1:DEL/B", true},
};

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		TEST(rows[i].name) {
			struct plugs plugs = {0};
			struct layout layout = make(rows[i].before);

			plugs_update(&plugs, &layout, false);
			if (rows[i].gone) {
				layout = make(rows[i].gone);
				CHECK(!plugs_update(&plugs, &layout, true));
			}
			layout = make(rows[i].after);
			CHECK_INT(plugs_update(&plugs, &layout, true), rows[i].is_new);
			CHECK(!plugs_update(&plugs, &layout, true));
		}
}

static void test_light(void)
{
	struct plugs plugs = {0};
	struct layout none = make(""), one = make("DP-1:DEL/A");

	TEST("what was pulled out in the light is new in the dark") {
		CHECK(plugs_update(&plugs, &one, false));
		CHECK(!plugs_update(&plugs, &none, false));
		CHECK(plugs_update(&plugs, &one, true));
	}
	TEST("more than can be kept do no harm") {
		for (char text[16], i = 0; i < 2 * PLUGS_MAX; i++) {
			snprintf(text, sizeof(text), "DP-%d:DEL/%d", i, i);
			one = make(text);
			plugs_update(&plugs, &one, true);
		}
		CHECK_INT(plugs.count, PLUGS_MAX);
	}
}

int main(void)
{
	test_rows();
	test_light();
	TEST_END();
}
