/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One language's texts: a .mo file of GNU gettext (manual, "The Format of GNU MO
 * Files"), read by ourselves, because gettext(3) takes the language from the
 * environment of the process and the screens take it from their model.
 */
#ifndef UI_CATALOGUE_H
#define UI_CATALOGUE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { CATALOGUE_MAX = 1024 * 1024 }; /* bytes of a file */

struct catalogue;

/* FOLDER/LANGUAGE/LC_MESSAGES/tynd.mo. */
int catalogue_open(const char *folder, const char *language, struct catalogue **ret,
		struct err *err);

/* The bytes are copied. -EINVAL when an offset points outside of them. */
int catalogue_parse(const uint8_t *bytes, size_t size, struct catalogue **ret, struct err *err);
void catalogue_destroy(struct catalogue *catalogue); /* takes NULL */

/* The translation, or `text` itself where there is none; `catalogue` may be NULL. */
const char *catalogue_text(const struct catalogue *catalogue, const char *text);

#endif
