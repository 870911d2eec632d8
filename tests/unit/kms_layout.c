/* SPDX-License-Identifier: Apache-2.0 */
/* Wishes and monitors as short texts, the layout as one: a table of what must come out. */
#include "test.h"

#include <stdlib.h>

#include "kms/layout.h"

/*
 * Monitors: "CONNECTOR [MAKER/MODEL/SERIAL] WxH[@HZ][pix]..." with ";" between them; p: preferred,
 * i: interlaced, x: refused; "!" behind the connector: it can't be lit. Wishes: "key=value ..." with ";" between them, before them the
 * arrangement and what is for all.
 */
struct row {
	const char *name, *wishes, *monitors;
	const char *expected; /* lit ones: "CONNECTOR WxH@HZ+X+Y[,rROTATION][,sSCALE][*]" */
	const char *note;     /* part of a note; "": there is none */
};

static const char two[] = "DP-1 DEL/U2722D/A 2560x1440p 1920x1080; HDMI-A-1 HPN/E24/B 1920x1080p";
static const char twins[] = "DP-1 DEL/U2722D/ 1920x1080p; DP-2 DEL/U2722D/ 1920x1080p; "
			    "DP-3 DEL/U2722D/ 1920x1080p";
static const char three_4k[] =
		"DP-1 DEL/A/1 3840x2160p; DP-2 DEL/A/2 3840x2160p; DP-3 DEL/A/3 3840x2160p";

static const struct row rows[] = {
		/* without wishes */
		{"one monitor", "extend", "DP-1 DEL/A/1 1024x768p", "DP-1 1024x768@60+0+0*", ""},
		{"no monitor", "extend", "", "", ""},
		{"two: side by side as cabled", "extend", two,
				"DP-1 2560x1440@60+0+0* HDMI-A-1 1920x1080@60+2560+0", ""},
		{"three of 4K", "extend", three_4k,
				"DP-1 3840x2160@60+0+0* DP-2 3840x2160@60+3840+0 DP-3 "
				"3840x2160@60+7680+0",
				""},
		{"5120x1440", "extend", "DP-1 SAM/C49/1 5120x1440@120p 5120x1440@60 1920x1080",
				"DP-1 5120x1440@120+0+0*", ""},
		{"eight, and more than the desktop protocol holds", "extend",
				"DP-1 A// 7680x4320; DP-2 A// 7680x4320; DP-3 A// 7680x4320; DP-4 "
				"A// "
				"7680x4320; DP-5 A// 7680x4320; DP-6 A// 7680x4320; DP-7 A// "
				"7680x4320; DP-8 A// 7680x4320",
				"DP-1 7680x4320@60+0+8640* DP-2 7680x4320@60+7680+8640 DP-3 "
				"7680x4320@60+15360+8640 DP-4 7680x4320@60+23040+8640 DP-5 "
				"7680x4320@60+23040+12960 DP-6 7680x4320@60+23040+4320 DP-7 "
				"7680x4320@60+23040+17280 DP-8 7680x4320@60+23040+0",
				""},
		/* modes */
		{"the preferred mode, be it small", "extend",
				"DP-1 A/B/C 1920x1080 1024x768p 3840x2160", "DP-1 1024x768@60+0+0*",
				""},
		{"none preferred: the largest", "extend", "DP-1 A/B/C 1024x768 1920x1080 800x600",
				"DP-1 1920x1080@60+0+0*", ""},
		{"none preferred: progressive before interlaced", "extend",
				"DP-1 A/B/C 1920x1080i 1280x720", "DP-1 1280x720@60+0+0*", ""},
		{"preferred and interlaced: progressive of that size", "extend",
				"DP-1 A/B/C 1920x1080ip 1920x1080@50", "DP-1 1920x1080@50+0+0*",
				""},
		{"only interlaced", "extend", "DP-1 A/B/C 1920x1080i 720x576@50i",
				"DP-1 1920x1080@60+0+0*", ""},
		{"only interlaced, one preferred", "extend", "DP-1 A/B/C 1920x1080i 720x576@50ip",
				"DP-1 720x576@50+0+0*", ""},
		{"absurd modes are passed over", "extend",
				"DP-1 A/B/C 40000x40000p 0x480 640x0 640x480",
				"DP-1 640x480@60+0+0*", ""},
		{"nothing but absurd modes", "extend", "DP-1 A/B/C 40000x1p; DP-2 A/B/D 640x480",
				"DP-2 640x480@60+0+0*", "DP-1: this monitor has no mode"},
		{"no mode at all", "extend", "DP-1 A/B/C", "", "DP-1: this monitor has no mode"},
		{"no EDID: not as small as the kernel says", "extend",
				"DP-1 // 1024x768 800x600 640x480p", "DP-1 1024x768@60+0+0*", ""},
		{"no EDID, but the kernel knows the panel", "extend", "eDP-1 // 1366x768p 1024x768",
				"eDP-1 1366x768@60+0+0*", ""},
		{"no EDID and little to choose from", "extend", "VGA-1 // 640x480 800x600",
				"VGA-1 800x600@60+0+0*", ""},
		{"refused modes are as if not there", "extend",
				"DP-1 A/B/C 3840x2160px 3840x2160@30 1920x1080",
				"DP-1 3840x2160@30+0+0*",
				"DP-1: the device can't show 3840x2160 at 60 Hz here, 3840x2160 at "
				"30 Hz"},
		{"all refused", "extend", "DP-1 A/B/C 800x600px 640x480x", "", "has no mode"},
		{"a mode for all", "extend 1024x768",
				"DP-1 A/B/C 1920x1080p 1024x768; DP-2 A/B/D 1920x1080p",
				"DP-1 1024x768@60+0+0* DP-2 1920x1080@60+1024+0",
				"DP-2: has no mode of 1024x768, its own of 1920x1080"},
		{"a mode of one's own before that for all",
				"extend 1024x768; serial=C mode=800x600",
				"DP-1 A/B/C 1920x1080p 1024x768 800x600", "DP-1 800x600@60+0+0*",
				""},
		{"a wished mode that isn't there", "extend; connector=DP-1 mode=3840x2160",
				"DP-1 A/B/C 1920x1080p", "DP-1 1920x1080@60+0+0*",
				"DP-1: has no mode of 3840x2160"},
		{"a wished size: nearest to 60 Hz", "extend; connector=DP-1 mode=800x600",
				"DP-1 A/B/C 1920x1080p 800x600@144 800x600@59 800x600@75",
				"DP-1 800x600@59+0+0*", ""},
		{"a wished size: progressive", "extend; connector=DP-1 mode=1920x1080",
				"DP-1 A/B/C 1920x1080i 1920x1080@30", "DP-1 1920x1080@30+0+0*", ""},
		{"a wished rate", "extend; connector=DP-1 hz=144",
				"DP-1 A/B/C 2560x1440p 2560x1440@144 1920x1080@144",
				"DP-1 2560x1440@144+0+0*", ""},
		{"59.94 Hz is what a person calls 60", "extend; connector=DP-1 hz=60",
				"DP-1 A/B/C 1920x1080@59.94p 1920x1080@75",
				"DP-1 1920x1080@59.94+0+0*", ""},
		{"a rate that isn't there: the nearest", "extend; connector=DP-1 hz=100",
				"DP-1 A/B/C 1920x1080p 1920x1080@75", "DP-1 1920x1080@75+0+0*",
				"DP-1: has no 100 Hz at 1920x1080, 75.00 Hz is what comes nearest"},
		{"absurd wishes",
				"extend; connector=DP-1 mode=4000000000x1 hz=4000000 "
				"at=-2000000000,"
				"2000000000 scale=4000000000",
				"DP-1 A/B/C 1920x1080p", "DP-1 1920x1080@60+0+0,s500*",
				"no mode of"},
		{"one that can't be lit is as if not there, and told", "extend",
				"DP-1! DEL/A/1 800x600p; DP-2 DEL/A/2 1024x768p",
				"DP-2 1024x768@60+0+0*", "DP-1: stays dark: no crtc"},
		/* whose wish */
		{"a layout follows the monitor to another socket",
				"extend; maker=DEL model=U2722D at=1920,0; maker=HPN model=E24 "
				"at=0,0",
				two, "DP-1 2560x1440@60+1920+0* HDMI-A-1 1920x1080@60+0+0", ""},
		{"capital letters count as small ones", "extend; maker=del model=u2722d scale=150",
				"DP-1 DEL/U2722D/A 800x600", "DP-1 800x600@60+0+0,s150*", ""},
		{"the connector finds a monitor without EDID", "extend; connector=VGA-1 scale=200",
				"VGA-1 // 1024x768", "VGA-1 1024x768@60+0+0,s200*", ""},
		{"a wish for a maker is not for one without EDID", "extend; maker=DEL scale=200",
				"VGA-1 // 1024x768", "VGA-1 1024x768@60+0+0*", ""},
		{"the serial before the connector before the model before the maker",
				"extend; maker=DEL scale=110; model=U2722D scale=120; "
				"connector=DP-1 "
				"scale=130; serial=A scale=140",
				"DP-1 DEL/U2722D/A 800x600; DP-2 DEL/U2722D/B 800x600; DP-3 "
				"DEL/P24/C 800x600; DP-4 HPN/X/D 800x600",
				"DP-1 800x600@60+0+0,s140* DP-2 800x600@60+800+0,s120 DP-3 "
				"800x600@60+1600+0,s110 DP-4 800x600@60+2400+0",
				""},
		{"all that a wish says must fit",
				"extend; maker=DEL model=U2722D serial=Z scale=200",
				"DP-1 DEL/U2722D/A 800x600", "DP-1 800x600@60+0+0*", ""},
		{"an empty wish is nobody's", "extend; scale=200", "DP-1 DEL/U2722D/A 800x600",
				"DP-1 800x600@60+0+0*", ""},
		{"twins share one wish and stand as cabled", "extend; maker=DEL at=0,0 scale=150",
				twins,
				"DP-1 1920x1080@60+0+0,s150* DP-2 1920x1080@60+1920+0,s150 DP-3 "
				"1920x1080@60+3840+0,s150",
				"DP-2: can't stand at 0, 0"},
		{"twins and a wish for each: in turn as cabled",
				"extend; model=U2722D at=0,0; model=U2722D at=1920,0; model=U2722D "
				"at=3840,0",
				twins,
				"DP-1 1920x1080@60+0+0* DP-2 1920x1080@60+1920+0 DP-3 "
				"1920x1080@60+3840+0",
				""},
		{"twins told apart by their sockets",
				"extend; model=U2722D connector=DP-2 at=0,0; model=U2722D "
				"at=1920,0; "
				"connector=DP-3 at=3840,0",
				twins,
				"DP-1 1920x1080@60+1920+0* DP-2 1920x1080@60+0+0 DP-3 "
				"1920x1080@60+3840+0",
				""},
		/* places */
		{"to the left, at a negative place",
				"extend; model=E24 at=-1920,0; model=U2722D at=0,0", two,
				"DP-1 2560x1440@60+1920+0* HDMI-A-1 1920x1080@60+0+0", ""},
		{"above, shifted", "extend; model=E24 at=100,-1080; model=U2722D at=0,0", two,
				"DP-1 2560x1440@60+0+1080* HDMI-A-1 1920x1080@60+100+0", ""},
		{"both far off, together",
				"extend; model=E24 at=9000,9000; model=U2722D at=6440,9000", two,
				"DP-1 2560x1440@60+0+0* HDMI-A-1 1920x1080@60+2560+0", ""},
		{"overlapping ones stand beside each other",
				"extend; model=E24 at=2000,10; "
				"model=U2722D at=0,0",
				two, "DP-1 2560x1440@60+0+0* HDMI-A-1 1920x1080@60+2560+10",
				"HDMI-A-1: can't stand at 2000, 10"},
		{"one upon the other", "extend; model=E24 at=0,0; model=U2722D at=0,0", two,
				"DP-1 2560x1440@60+0+0* HDMI-A-1 1920x1080@60+2560+0",
				"HDMI-A-1: can't stand at 0, 0"},
		{"apart: moved to the other", "extend; model=E24 at=5000,200; model=U2722D at=0,0",
				two, "DP-1 2560x1440@60+0+0* HDMI-A-1 1920x1080@60+2560+200",
				"HDMI-A-1: can't stand at 5000, 200"},
		{"corner to corner is apart", "extend; model=E24 at=2560,1440; model=U2722D at=0,0",
				two, "DP-1 2560x1440@60+0+0* HDMI-A-1 1920x1080@60+2560+1170",
				"HDMI-A-1: can't stand"},
		{"40,000 pixels away", "extend; model=E24 at=40000,-40000; model=U2722D at=0,0",
				two, "DP-1 2560x1440@60+0+810* HDMI-A-1 1920x1080@60+2560+0",
				"HDMI-A-1: can't stand at 40000, -40000"},
		{"the primary one stays, the others come",
				"extend; model=E24 at=0,0 primary; model=U2722D at=-9000,0", two,
				"DP-1 2560x1440@60+0+0 HDMI-A-1 1920x1080@60+2560+0*",
				"DP-1: can't stand at -9000, 0"},
		{"a row in any order of sockets stays a row",
				"extend; serial=3 at=0,0; serial=1 at=3840,0; serial=2 at=7680,0 "
				"primary",
				three_4k,
				"DP-1 3840x2160@60+3840+0 DP-2 3840x2160@60+7680+0* DP-3 "
				"3840x2160@60+0+0",
				""},
		{"with a hole in the row",
				"extend; serial=1 at=0,0; serial=2 at=3840,0; serial=3 "
				"at=9000,0",
				three_4k,
				"DP-1 3840x2160@60+0+0* DP-2 3840x2160@60+3840+0 DP-3 "
				"3840x2160@60+7680+0",
				"DP-3: can't stand at 9000, 0"},
		{"one without a place stands behind those with one", "extend; serial=2 at=0,0",
				three_4k,
				"DP-1 3840x2160@60+3840+0* DP-2 3840x2160@60+0+0 DP-3 "
				"3840x2160@60+7680+0",
				""},
		{"one missing in the middle closes the row",
				"extend; serial=1 at=0,0; serial=9 at=3840,0; serial=3 at=7680,0",
				"DP-1 DEL/A/1 3840x2160p; DP-3 DEL/A/3 3840x2160p",
				"DP-1 3840x2160@60+0+0* DP-3 3840x2160@60+3840+0",
				"DP-3: can't stand at 7680, 0"},
		/* rotation and scale */
		{"portrait", "extend; model=U2722D rotate=90", two,
				"DP-1 1440x2560@60+0+0,r90* HDMI-A-1 1920x1080@60+1440+0", ""},
		{"portrait, the other way, at its place",
				"extend; model=U2722D rotate=270 at=-1440,-560; model=E24 at=0,0",
				two, "DP-1 1440x2560@60+0+0,r270* HDMI-A-1 1920x1080@60+1440+560",
				""},
		{"upside down", "extend; model=E24 rotate=180", two,
				"DP-1 2560x1440@60+0+0* HDMI-A-1 1920x1080@60+2560+0,r180", ""},
		{"a mode is named before its rotation",
				"extend; model=U2722D rotate=90 mode=1920x1080", two,
				"DP-1 1080x1920@60+0+0,r90* HDMI-A-1 1920x1080@60+1080+0", ""},
		{"a scale for all and one of one's own", "extend all=150; model=E24 scale=100", two,
				"DP-1 2560x1440@60+0+0,s150* HDMI-A-1 1920x1080@60+2560+0", ""},
		{"a scale too small", "extend all=10", two,
				"DP-1 2560x1440@60+0+0* HDMI-A-1 1920x1080@60+2560+0", ""},
		/* off, primary, one */
		{"one off", "extend; model=U2722D off", two, "HDMI-A-1 1920x1080@60+0+0*", ""},
		{"all off: one is lit", "extend; maker=DEL off; maker=HPN off", two,
				"DP-1 2560x1440@60+0+0*",
				"DP-1: is lit although it is off by config"},
		{"all off: the primary one is lit", "extend; maker=DEL off; maker=HPN off primary",
				two, "HDMI-A-1 1920x1080@60+0+0*", "HDMI-A-1: is lit although"},
		{"the only one that isn't off can't be lit", "extend; serial=D off",
				"DP-1 A/B/C; DP-2 A/B/D 800x600", "DP-2 800x600@60+0+0*",
				"DP-2: is lit although"},
		{"another primary", "extend; maker=HPN primary", two,
				"DP-1 2560x1440@60+0+0 HDMI-A-1 1920x1080@60+2560+0*", ""},
		{"two primaries", "extend; maker=HPN primary; maker=DEL primary", two,
				"DP-1 2560x1440@60+0+0* HDMI-A-1 1920x1080@60+2560+0",
				"HDMI-A-1: can't be the primary monitor, DP-1 is"},
		{"a primary that is off", "extend; maker=DEL primary off", two,
				"HDMI-A-1 1920x1080@60+0+0*", "DP-1: can't be the primary monitor"},
		{"one", "one", two, "DP-1 2560x1440@60+0+0*", ""},
		{"one: the primary one", "one; maker=HPN primary at=500,500", two,
				"HDMI-A-1 1920x1080@60+0+0*", ""},
		{"one: not the one that is off", "one; maker=DEL off", two,
				"HDMI-A-1 1920x1080@60+0+0*", ""},
		/* mirror */
		{"mirror: the other takes the size of the primary one", "mirror; maker=HPN primary",
				two, "DP-1 1920x1080@60+0+0 HDMI-A-1 1920x1080@60+0+0*", ""},
		{"mirror: scaled where the size isn't there", "mirror", two,
				"DP-1 2560x1440@60+0+0* HDMI-A-1 1920x1080@60+0+0",
				"HDMI-A-1: shows the picture of DP-1 scaled to 1920x1080"},
		{"mirror: a wished mode before the same size",
				"mirror; maker=DEL mode=2560x1440; "
				"maker=HPN primary",
				two, "DP-1 2560x1440@60+0+0 HDMI-A-1 1920x1080@60+0+0*",
				"DP-1: shows the picture of HDMI-A-1 scaled"},
		{"mirror: places mean nothing", "mirror; maker=HPN at=5,5 primary", two,
				"DP-1 1920x1080@60+0+0 HDMI-A-1 1920x1080@60+0+0*", ""},
		{"mirror: one in portrait",
				"mirror; model=U2722D rotate=90; model=E24 primary rotate=90", two,
				"DP-1 1080x1920@60+0+0,r90 HDMI-A-1 1080x1920@60+0+0,r90*", ""},
		{"mirror: one off", "mirror; maker=DEL off", two, "HDMI-A-1 1920x1080@60+0+0*", ""},
};

/* --- texts to structs */

static char *next_part(char **text, const char *separators)
{
	char *part = strsep(text, separators);

	while (part && *part == ' ')
		part++;
	return part;
}

static void copy_part(char **text, char *buffer, size_t size)
{
	const char *part = strsep(text, "/");

	snprintf(buffer, size, "%s", part ? part : "");
}

static void read_mode(const char *text, struct layout_mode *mode)
{
	char *end;

	*mode = (struct layout_mode){.refresh_mhz = 60000};
	mode->width = (uint32_t)strtoul(text, &end, 10);
	mode->height = (uint32_t)strtoul(end + 1, &end, 10);
	if (*end == '@')
		mode->refresh_mhz = (uint32_t)(strtod(end + 1, &end) * 1000 + 0.5);
	for (; *end; end++) {
		mode->is_preferred |= *end == 'p';
		mode->is_interlaced |= *end == 'i';
		mode->is_refused |= *end == 'x';
	}
}

static unsigned read_monitors(const char *text, struct layout_monitor *ret)
{
	char copy[1024], *all = copy, *one;
	unsigned count = 0;

	snprintf(copy, sizeof copy, "%s", text);
	while ((one = next_part(&all, ";")) && *one) {
		struct layout_monitor *monitor = &ret[count++];
		*monitor = (struct layout_monitor){.mode_count = 0};
		snprintf(monitor->connector, sizeof monitor->connector, "%s", next_part(&one, " "));
		char *who = next_part(&one, " "), *mode, *dark = strchr(monitor->connector, '!');
		if (dark) {
			*dark = '\0';
			strcpy(monitor->dark_because, "no crtc");
		}
		copy_part(&who, monitor->identity.maker, sizeof monitor->identity.maker);
		copy_part(&who, monitor->identity.model, sizeof monitor->identity.model);
		copy_part(&who, monitor->identity.serial, sizeof monitor->identity.serial);
		while ((mode = next_part(&one, " ")) && *mode)
			read_mode(mode, &monitor->modes[monitor->mode_count++]);
	}
	return count;
}

static void read_wish_part(char *part, struct layout_wish *wish)
{
	char *value = strchr(part, '=');

	if (value)
		*value++ = '\0';
	if (!value) {
		wish->is_off |= strcmp(part, "off") == 0;
		wish->is_primary |= strcmp(part, "primary") == 0;
	} else if (strcmp(part, "maker") == 0) {
		snprintf(wish->identity.maker, sizeof wish->identity.maker, "%s", value);
	} else if (strcmp(part, "model") == 0) {
		snprintf(wish->identity.model, sizeof wish->identity.model, "%s", value);
	} else if (strcmp(part, "serial") == 0) {
		snprintf(wish->identity.serial, sizeof wish->identity.serial, "%s", value);
	} else if (strcmp(part, "connector") == 0) {
		snprintf(wish->connector, sizeof wish->connector, "%s", value);
	} else if (strcmp(part, "scale") == 0) {
		wish->scale_percent = (uint32_t)strtoul(value, NULL, 10);
	} else if (strcmp(part, "hz") == 0) {
		wish->refresh_mhz = (uint32_t)strtoul(value, NULL, 10) * 1000;
	} else if (strcmp(part, "rotate") == 0) {
		wish->rotation = (enum layout_rotation)(strtoul(value, NULL, 10) / 90);
	} else if (strcmp(part, "mode") == 0) {
		wish->width = (uint32_t)strtoul(value, &value, 10);
		wish->height = (uint32_t)strtoul(value + 1, NULL, 10);
	} else if (strcmp(part, "at") == 0) {
		wish->has_position = true;
		wish->x = (int32_t)strtol(value, &value, 10);
		wish->y = (int32_t)strtol(value + 1, NULL, 10);
	}
}

static void read_wishes(const char *text, struct layout_wishes *ret)
{
	char copy[1024], *all = copy, *one, *part;

	snprintf(copy, sizeof copy, "%s", text);
	*ret = (struct layout_wishes){.scale_percent = 100};
	one = next_part(&all, ";");
	part = next_part(&one, " ");
	ret->arrangement = strcmp(part, "one") == 0      ? LAYOUT_ONE
	                   : strcmp(part, "mirror") == 0 ? LAYOUT_MIRROR
	                                                 : LAYOUT_EXTEND;
	while ((part = next_part(&one, " ")) && *part) {
		if (strncmp(part, "all=", 4) == 0) {
			ret->scale_percent = (uint32_t)strtoul(part + 4, NULL, 10);
			continue;
		}
		ret->width = (uint32_t)strtoul(part, &part, 10);
		ret->height = (uint32_t)strtoul(part + 1, NULL, 10);
	}
	while ((one = next_part(&all, ";")))
		for (struct layout_wish *wish = &ret->list[ret->count++];
				(part = next_part(&one, " ")) && *part;)
			read_wish_part(part, wish);
}

static const char *describe(const struct layout *layout)
{
	static char text[1024];
	size_t at = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < layout->count; i++) {
		const struct layout_place *place = &layout->places[i];
		char turned[16] = "", scaled[16] = "", part[16] = "";
		if (!place->is_lit)
			continue;
		if (place->rotation)
			snprintf(turned, sizeof turned, ",r%d", (int)place->rotation * 90);
		if (place->scale_percent != 100)
			snprintf(scaled, sizeof scaled, ",s%u", place->scale_percent);
		if (place->refresh_mhz % 1000)
			snprintf(part, sizeof part, ".%02u", place->refresh_mhz % 1000 / 10);
		at += (size_t)snprintf(text + at, sizeof text - at, "%s%s %ux%u@%u%s+%d+%d%s%s%s",
				at ? " " : "", place->connector, place->width, place->height,
				place->refresh_mhz / 1000, part, place->x, place->y, turned, scaled,
				place->is_primary ? "*" : "");
	}
	return text;
}

static void test_rows(void)
{
	static struct layout_monitor monitors[LAYOUT_OUTPUTS_MAX];
	static struct layout_wishes wishes;
	static struct layout layout;

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
		TEST(rows[i].name) {
			bool is_noted = !rows[i].note[0];
			read_wishes(rows[i].wishes, &wishes);
			layout_plan(&wishes, monitors, read_monitors(rows[i].monitors, monitors),
					&layout);
			CHECK_TEXT(describe(&layout), rows[i].expected);
			for (unsigned k = 0; k < layout.note_count; k++)
				is_noted |= strstr(layout.notes[k], rows[i].note) != NULL;
			CHECK(is_noted);
			if (!rows[i].note[0])
				CHECK_TEXT(layout.note_count ? layout.notes[0] : "", "");
		}
}

/* --- what always holds */

static uint32_t below(uint32_t *seed, uint32_t limit)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % limit;
}

static void make_random(uint32_t *seed, struct layout_wishes *wishes,
		struct layout_monitor *monitors, unsigned *count)
{
	static const uint32_t sides[] = {0, 1, 480, 1080, 2160, 5120, 16384, 40000};
	static const int32_t places[] = {0, 1080, -1080, 2160, 32767, -32767, INT32_MIN, INT32_MAX};

	*wishes = (struct layout_wishes){.arrangement = below(seed, 3), .count = below(seed, 9)};
	*count = below(seed, 9);
	for (unsigned i = 0; i < *count; i++) {
		monitors[i] = (struct layout_monitor){.mode_count = below(seed, 4)};
		snprintf(monitors[i].connector, 32, "DP-%u", i);
		snprintf(monitors[i].identity.maker, 4, "%c", 'A' + (char)below(seed, 3));
		for (unsigned k = 0; k < monitors[i].mode_count; k++)
			monitors[i].modes[k] = (struct layout_mode){sides[below(seed, 8)],
					sides[below(seed, 8)], below(seed, 200000), below(seed, 2),
					below(seed, 2), below(seed, 8) == 0};
	}
	for (unsigned i = 0; i < wishes->count; i++) {
		struct layout_wish *wish = &wishes->list[i];
		if (below(seed, 2))
			snprintf(wish->identity.maker, 4, "%c", 'A' + (char)below(seed, 3));
		else
			snprintf(wish->connector, 32, "DP-%u", below(seed, 9));
		wish->is_off = below(seed, 4) == 0;
		wish->is_primary = below(seed, 4) == 0;
		wish->has_position = below(seed, 2);
		wish->x = places[below(seed, 8)] / (int32_t)(1 + below(seed, 2));
		wish->y = places[below(seed, 8)];
		wish->rotation = below(seed, 4);
		wish->width = sides[below(seed, 8)];
		wish->height = sides[below(seed, 8)];
	}
}

static bool do_overlap(const struct layout_place *a, const struct layout_place *b)
{
	return a->x < b->x + (int32_t)b->width && b->x < a->x + (int32_t)a->width &&
	       a->y < b->y + (int32_t)b->height && b->y < a->y + (int32_t)a->height;
}

/* Sharing a side, a pixel long at least. */
static bool do_touch(const struct layout_place *a, const struct layout_place *b)
{
	struct layout_place wide = *a, high = *a;

	wide.x--, wide.width += 2;
	high.y--, high.height += 2;
	return do_overlap(&wide, b) || do_overlap(&high, b);
}

/* 0: all is well; else the number of the broken promise. */
static unsigned broken(const struct layout_wishes *wishes, const struct layout *layout)
{
	unsigned lit = 0, primaries = 0, usable = 0, reached = 0;
	int32_t x = INT32_MAX, y = INT32_MAX;
	bool is_reached[LAYOUT_OUTPUTS_MAX] = {false};

	for (unsigned i = 0; i < layout->count; i++) {
		const struct layout_place *a = &layout->places[i];
		usable += a->mode >= 0;
		primaries += a->is_primary;
		if (a->is_primary && !a->is_lit)
			return 1;
		if (!a->is_lit)
			continue;
		x = a->x < x ? a->x : x;
		y = a->y < y ? a->y : y;
		is_reached[i] = lit++ == 0;
		for (unsigned k = 0; k < i; k++)
			if (layout->places[k].is_lit && wishes->arrangement == LAYOUT_EXTEND &&
					do_overlap(a, &layout->places[k]))
				return 2;
	}
	for (unsigned round = 0; round < layout->count; round++)
		for (unsigned i = 0; i < layout->count; i++)
			for (unsigned k = 0; k < layout->count; k++)
				is_reached[k] |= is_reached[i] && layout->places[k].is_lit &&
				                 do_touch(&layout->places[i], &layout->places[k]);
	for (unsigned i = 0; i < layout->count; i++)
		reached += is_reached[i];
	if (lit && (x != 0 || y != 0))
		return 3;
	if ((usable > 0) != (lit > 0) || primaries != (lit > 0))
		return 4;
	return reached != lit ? 5 : wishes->arrangement == LAYOUT_ONE && lit > 1 ? 6 : 0;
}

static void test_random(void)
{
	static struct layout_monitor monitors[LAYOUT_OUTPUTS_MAX];
	static struct layout_wishes wishes;
	static struct layout layout;
	uint32_t seed = 7;
	unsigned count;

	TEST("whatever is wished, a layout comes out that keeps its promises") {
		for (unsigned i = 0; i < 20000; i++) {
			uint32_t before = seed;
			make_random(&seed, &wishes, monitors, &count);
			layout_plan(&wishes, monitors, count, &layout);
			unsigned promise = broken(&wishes, &layout);
			CHECK_INT(promise, 0);
			if (promise)
				printf("with seed %u: %s\n", before, describe(&layout));
		}
	}
}

static void test_equal(void)
{
	static struct layout_monitor monitors[LAYOUT_OUTPUTS_MAX];
	static const char *const others[] = {"DP-2 DEL/A/1 800x600p", "DP-1 DEL/A/2 800x600p",
			"DP-1 DEL/B/1 800x600p", "DP-1 HPN/A/1 800x600p", "DP-1 DEL/A/1 640x480p",
			"DP-1 DEL/A/1 800x600@75p", "DP-1 DEL/A/1 800x600p; DP-2 DEL/A/1 800x600p"};
	static const char *const other_wishes[] = {
			"extend; connector=DP-1 scale=150", "extend; connector=DP-1 rotate=180"};
	static struct layout_wishes wishes;
	static struct layout first, other;

	read_wishes("extend", &wishes);
	layout_plan(&wishes, monitors, read_monitors("DP-1 DEL/A/1 800x600p", monitors), &first);
	TEST("a layout equals itself") {
		CHECK(layout_is_equal(&first, &first));
	}
	for (unsigned i = 0; i < sizeof others / sizeof *others; i++)
		TEST(others[i]) {
			layout_plan(&wishes, monitors, read_monitors(others[i], monitors), &other);
			CHECK(!layout_is_equal(&first, &other));
		}
	for (unsigned i = 0; i < sizeof other_wishes / sizeof *other_wishes; i++)
		TEST(other_wishes[i]) {
			read_wishes(other_wishes[i], &wishes);
			layout_plan(&wishes, monitors,
					read_monitors("DP-1 DEL/A/1 800x600p", monitors), &other);
			CHECK(!layout_is_equal(&first, &other));
		}
	TEST("notes have an end") {
		for (unsigned i = 0; i < 20; i++)
			layout_note(&first, "%0200d", (int)i);
		CHECK_INT(first.note_count, LAYOUT_NOTES_MAX);
		CHECK_INT(strlen(first.notes[7]), LAYOUT_NOTE_MAX - 1);
	}
}

int main(void)
{
	test_rows();
	test_random();
	test_equal();
	TEST_END();
}
