/* SPDX-License-Identifier: Apache-2.0 */
#include "kiosk/picture.h"

#include "base/own.h"

struct picture *picture_create(const struct display_picture *content, struct pixels *pixels)
{
	struct picture *picture = own_alloc(sizeof(*picture));

	picture->content = *content;
	picture->refs = 1;
	picture->pixels = pixels_ref(pixels);
	return picture;
}

struct picture *picture_ref(struct picture *picture)
{
	picture->refs++;
	return picture;
}

void picture_unref(struct picture *picture)
{
	if (!picture || --picture->refs > 0)
		return;
	if (picture->on_gone)
		picture->on_gone(picture->data, picture);
	pixels_unref(picture->pixels);
	free(picture);
}
