/* SPDX-License-Identifier: Apache-2.0 */
/* Editing of one line of UTF-8 text in a struct ui_field. The cursor never stands inside a character. */
#ifndef KIOSK_FIELD_H
#define KIOSK_FIELD_H

#include "ui/ui.h"

/* Replace the whole text, cut to length at a character; the cursor goes to the end. */
void field_set(struct ui_field *field, const char *text);

/* Insert at the cursor; what is no valid, printable text or does not fit whole changes nothing. */
void field_insert(struct ui_field *field, const char *text);

void field_backspace(struct ui_field *field);
void field_delete(struct ui_field *field);
void field_left(struct ui_field *field);
void field_right(struct ui_field *field);
void field_home(struct ui_field *field);
void field_end(struct ui_field *field);

/* Put the cursor at the character that begins at or before `offset`. */
void field_place(struct ui_field *field, uint32_t offset);

/* Overwrite the text, so that nothing of a secret stays. */
void field_wipe(struct ui_field *field);

#endif
