/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A picture as a list of simple things, painted in order. Layout makes it, painting
 * and hit tests read it, and two of them tell what has to be drawn again.
 */
#ifndef UI_SCENE_H
#define UI_SCENE_H

#include "ui/type.h"
#include "ui/ui.h"

enum { SCENE_NODES_MAX = 320, SCENE_TEXT_MAX = 24 * 1024, SCENE_DAMAGE_MAX = 24 };

enum node_kind {
	NODE_CLEAR,    /* see-through: the desktop below shows */
	NODE_BACKDROP, /* from `colour` on top to `colour_end` */
	NODE_BOX,      /* rounded rectangle, filled, or a line of `stroke` pixels inside its edge */
	NODE_SHADOW,   /* of a rounded rectangle `reach` pixels inside of `rect` */
	NODE_TEXT,
	NODE_ICON,
	NODE_AREA, /* nothing to see: a larger place to click */
};

enum icon {
	ICON_EYE,
	ICON_EYE_OFF,
	ICON_PHONE,
	ICON_MONITOR,
	ICON_CHEVRON,
	ICON_WARNING,
	ICON_INFO,
	ICON_CLOSE,
	ICON_CAPS_LOCK,
	ICON_NETWORK,
	ICON_CHECK,
	ICON_CLOCK,
	ICON_OFFLINE,
	ICON_KEYBOARD,
	ICON_LOCK,
	ICONS,
};

struct node {
	enum node_kind kind;
	enum ui_target target;
	struct ui_rect rect; /* nothing is painted outside of it */
	uint32_t colour;     /* 0xAARRGGBB, not premultiplied */
	uint32_t colour_end;
	int32_t radius;
	int32_t stroke;
	int32_t reach;
	enum icon icon;
	struct type type;
	int32_t text_x, text_y; /* origin of the text */
	const char *text;       /* lives in the scene */
};

struct scene {
	uint32_t node_count;
	uint32_t text_size;
	struct node nodes[SCENE_NODES_MAX];
	char text[SCENE_TEXT_MAX];
};

struct damage {
	uint32_t count;
	struct ui_rect rects[SCENE_DAMAGE_MAX];
};

void scene_reset(struct scene *scene);

/* Adds a copy; a node of no size is left out. Room is a promise of the layout (assert). */
void scene_add(struct scene *scene, const struct node *node);

/*
 * A copy of `text` that can be set in one paragraph: control characters and line ends
 * become spaces, and what is not UTF-8 becomes "".
 */
const char *scene_text(struct scene *scene, const char *text);

/* Move the nodes from number `from` on. */
void scene_shift(struct scene *scene, uint32_t from, int32_t dx, int32_t dy);

/* Where the pictures of the two differ, cut to width and height; rectangles do not overlap. */
void scene_compare(const struct scene *before, const struct scene *after, int32_t width,
		int32_t height, struct damage *ret);

enum ui_target scene_hit(const struct scene *scene, int32_t x, int32_t y);

static inline bool rect_is_empty(struct ui_rect r)
{
	return r.x1 >= r.x2 || r.y1 >= r.y2;
}

struct ui_rect rect_meet(struct ui_rect a, struct ui_rect b);
struct ui_rect rect_join(struct ui_rect a, struct ui_rect b);

#endif
