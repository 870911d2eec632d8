/* SPDX-License-Identifier: Apache-2.0 */
#include "kiosk/field.h"

#include <string.h>

#include "base/text.h"

static bool is_inside(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

static uint32_t before(const struct ui_field *field, uint32_t offset)
{
	while (offset > 0 && is_inside(field->text[--offset]))
		;
	return offset;
}

static uint32_t after(const struct ui_field *field, uint32_t offset)
{
	if (field->text[offset])
		offset++;
	while (is_inside(field->text[offset]))
		offset++;
	return offset;
}

void field_set(struct ui_field *field, const char *text)
{
	size_t size = strnlen(text, UI_FIELD_MAX - 1);

	while (size > 0 && is_inside(text[size]))
		size--;
	field_wipe(field);
	memcpy(field->text, text, size);
	field->cursor = (uint32_t)size;
}

void field_insert(struct ui_field *field, const char *text)
{
	size_t size = strlen(text), used = strlen(field->text);

	if (!size || !text_is_utf8(text, size) || text_has_control(text, NULL) ||
			used + size >= UI_FIELD_MAX)
		return;
	memmove(field->text + field->cursor + size, field->text + field->cursor,
			used - field->cursor + 1);
	memcpy(field->text + field->cursor, text, size);
	field->cursor += (uint32_t)size;
}

/* The tail moves with its terminator; the bytes behind it are wiped. */
static void cut(struct ui_field *field, uint32_t from, uint32_t to)
{
	size_t used = strlen(field->text);

	memmove(field->text + from, field->text + to, used - to + 1);
	text_wipe(field->text + used - (to - from), to - from);
	field->cursor = from;
}

void field_backspace(struct ui_field *field)
{
	cut(field, before(field, field->cursor), field->cursor);
}

void field_delete(struct ui_field *field)
{
	cut(field, field->cursor, after(field, field->cursor));
}

void field_left(struct ui_field *field)
{
	field->cursor = before(field, field->cursor);
}

void field_right(struct ui_field *field)
{
	field->cursor = after(field, field->cursor);
}

void field_home(struct ui_field *field)
{
	field->cursor = 0;
}

void field_end(struct ui_field *field)
{
	field->cursor = (uint32_t)strlen(field->text);
}

void field_place(struct ui_field *field, uint32_t offset)
{
	uint32_t used = (uint32_t)strlen(field->text);

	field->cursor = offset < used ? offset : used;
	while (field->cursor > 0 && is_inside(field->text[field->cursor]))
		field->cursor--;
}

void field_wipe(struct ui_field *field)
{
	text_wipe(field->text, sizeof(field->text));
	field->cursor = 0;
}
