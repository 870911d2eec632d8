/* SPDX-License-Identifier: Apache-2.0 */
/* What the screens say about reasons and phases, in English; catalogues translate it. */
#ifndef UI_TEXTS_H
#define UI_TEXTS_H

#include "wire/reason.h"
#include "wire/session.h"

/* Marks a text for xgettext where it stands in a table. */
#define N_(text) text

struct text_reason {
	enum reason reason;
	const char *title; /* what happened, a few words */
	const char *hint;  /* what to try, a sentence or two */
};

/* Never NULL: what is not known has a general text. */
const struct text_reason *text_of_reason(enum reason reason);

/* "Signing you in"; a number that is none of them reads as the first. */
const char *text_of_phase(uint32_t phase);

#endif
