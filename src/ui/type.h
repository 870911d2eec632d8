/* SPDX-License-Identifier: Apache-2.0 */
/* Setting text: pango layouts, kept between pictures because most texts stay the same. */
#ifndef UI_TYPE_H
#define UI_TYPE_H

#include <cairo.h>
#include <stdbool.h>
#include <stdint.h>

#include "ui/ui.h"

enum type_align { TYPE_LEFT, TYPE_CENTRE, TYPE_RIGHT };

/* How a text is set. */
struct type {
	int32_t size;  /* pixels of an em */
	int32_t width; /* pixels to wrap or cut at; 0: as wide as the text */
	uint8_t lines; /* at most, then an ellipsis; 0: as many as needed */
	uint8_t align; /* enum type_align, within `width` */
	bool is_bold;
	bool is_code;   /* digits of one width, zero with a slash */
	bool is_even;   /* lines of about the same length: no lone word on the last one */
	bool is_secret; /* a password that is shown: see typesetter_forget */
};

bool type_is_same(const struct type *a, const struct type *b);

struct typesetter;

/* Asks fontconfig for the fonts once. */
struct typesetter *typesetter_create(void);
void typesetter_destroy(struct typesetter *setter); /* takes NULL */

/* Wipe secret texts that were set: called at the end of each public function. */
void typesetter_forget(struct typesetter *setter);

/* Size of the set text; `ink` (may be NULL) covers every pixel it touches, from its origin. */
void type_measure(struct typesetter *setter, const struct type *type, const char *text,
		int32_t *width, int32_t *height, struct ui_rect *ink);

/* Pixels from the start of the text to the byte offset `index`. */
int32_t type_index_to_x(struct typesetter *setter, const struct type *type, const char *text,
		uint32_t index);

/* The byte offset whose place is nearest to x. */
uint32_t type_x_to_index(struct typesetter *setter, const struct type *type, const char *text,
		int32_t x);

/* Draw with its origin at x, y in the source that is set. */
void type_show(struct typesetter *setter, cairo_t *cr, const struct type *type, const char *text,
		int32_t x, int32_t y);

#endif
