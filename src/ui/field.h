/* SPDX-License-Identifier: Apache-2.0 */
/* Byte offsets in a field's text and in what is shown of it (dots for a hidden password). */
#ifndef UI_FIELD_H
#define UI_FIELD_H

#include "ui/ui.h"

uint32_t field_shown_offset(const struct ui_model *model, enum ui_field_kind kind, uint32_t offset);
uint32_t field_model_offset(const struct ui_model *model, enum ui_field_kind kind, uint32_t offset);

#endif
