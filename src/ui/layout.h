/* SPDX-License-Identifier: Apache-2.0 */
/* (model, size) -> scene: the one layout that drawing, hit tests and field clicks share. */
#ifndef UI_LAYOUT_H
#define UI_LAYOUT_H

#include "ui/catalogue.h"
#include "ui/scene.h"

/* Where a field's text was set, for clicks into it. */
struct layout_field {
	bool is_there;
	int32_t text_x; /* after scrolling */
	struct type type;
	char text[UI_FIELD_MAX * 3]; /* as shown: dots for a hidden password */
};

struct layout {
	struct scene scene;
	struct layout_field fields[UI_FIELDS];
};

/* Wipe what it holds. */
void layout_reset(struct layout *layout);

void layout_make(struct typesetter *setter, const struct catalogue *catalogue,
		const struct ui_model *model, struct ui_size size, struct layout *ret);

/* Fills `targets` (room for UI_TARGET_END) in reading order, returns how many. */
uint32_t layout_targets(const struct ui_model *model, enum ui_target *targets);

uint32_t layout_desktop_count(const struct ui_model *model);
bool layout_has_address_button(const struct ui_model *model);
bool layout_has_back(const struct ui_model *model);

#endif
