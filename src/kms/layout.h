/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which monitor shows what, where and how: wishes of the config meet the monitors
 * that are there. Pure. Wishes follow the monitor by its EDID, not the socket. Whatever
 * they say, a layout comes out: outputs do not overlap (mirrored ones all stand at 0, 0),
 * touch each other, begin at 0, 0, and at least one is lit where any can be; what had to
 * be changed for that is told in `notes`.
 */
#ifndef KMS_LAYOUT_H
#define KMS_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

enum {
	LAYOUT_OUTPUTS_MAX = 8,
	LAYOUT_WISHES_MAX = 8,
	LAYOUT_MODES_MAX = 64,
	LAYOUT_POSITION_MAX = 32767, /* pixels of a wish, either way */
	LAYOUT_SIDE_MAX = 32766,     /* pixels of all together: [MS-RDPBCGR] 2.2.1.3.6 */
};

/* Who a monitor says it is, from its EDID; all "" without a readable one. */
struct layout_identity {
	char maker[4];   /* three letters, PNP ID: "DEL" */
	char model[14];  /* monitor's name, or "0x1234" of the product code */
	char serial[14]; /* serial string, or the number in decimal */
};

enum layout_rotation { LAYOUT_0, LAYOUT_90, LAYOUT_180, LAYOUT_270 }; /* clockwise */

enum layout_arrangement {
	LAYOUT_EXTEND, /* side by side */
	LAYOUT_MIRROR, /* all show the primary one's picture, scaled where sizes differ */
	LAYOUT_ONE,    /* only the primary one is lit */
};

/* One wish; it is for the monitor that fits all that is not "". */
struct layout_wish {
	struct layout_identity identity;
	char connector[32];
	bool is_off, is_primary;
	bool has_position;
	int32_t x, y;
	enum layout_rotation rotation;
	uint32_t width, height; /* of the mode, before rotation; 0: preferred */
	uint32_t refresh_mhz;   /* 0: the best of that size */
	uint32_t scale_percent; /* 0: of the wishes */
};

struct layout_wishes {
	enum layout_arrangement arrangement;
	uint32_t width, height; /* of all monitors without a wish of their own; 0: preferred */
	uint32_t scale_percent;
	unsigned count;
	struct layout_wish list[LAYOUT_WISHES_MAX];
};

struct layout_mode {
	uint32_t width, height;
	uint32_t refresh_mhz;
	bool is_preferred, is_interlaced;
	bool is_refused; /* by the hardware, beside the others: as if it were not there */
};

/* A monitor as the connector and its EDID describe it. */
struct layout_monitor {
	char connector[32];
	struct layout_identity identity;
	uint32_t width_mm, height_mm; /* 0: not known */
	char dark_because[96];        /* why it can't be lit now; "": it can */
	unsigned mode_count;          /* may be 0 */
	struct layout_mode modes[LAYOUT_MODES_MAX];
};

struct layout_place {
	char connector[32];
	struct layout_identity identity;
	bool is_lit;
	int mode; /* index into the monitor's modes; -1: none can be used */
	uint32_t refresh_mhz;
	int32_t x, y;
	uint32_t width, height; /* after rotation */
	enum layout_rotation rotation;
	uint32_t scale_percent;
	bool is_primary;
};

enum { LAYOUT_NOTE_MAX = 160, LAYOUT_NOTES_MAX = 8 };

struct layout {
	unsigned count;
	struct layout_place places[LAYOUT_OUTPUTS_MAX]; /* as the monitors */
	unsigned note_count;
	char notes[LAYOUT_NOTES_MAX][LAYOUT_NOTE_MAX]; /* sentences for the log and the report */
};

/* At most LAYOUT_OUTPUTS_MAX monitors, as cabled: the order is that of the connectors. */
void layout_plan(const struct layout_wishes *wishes, const struct layout_monitor *monitors,
		unsigned count, struct layout *ret);

/* Add a sentence for the log and the report; the ninth and later ones are dropped. */
void layout_note(struct layout *layout, const char *format, ...)
		__attribute__((format(printf, 2, 3)));

/* True when the identity, mode, place, rotation, scale and order of all outputs are equal. */
bool layout_is_equal(const struct layout *a, const struct layout *b);

#endif
