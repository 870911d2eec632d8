/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Completion for shells: they hand over the words that are typed so far, the last one being what
 * the cursor stands behind, and get a line for each word that may stand there; ":files" where the
 * shell knows better. All of it comes from the tables of commands and options; names of
 * devices and places from the server, which has a second and a half.
 */
#ifndef CTL_COMPLETE_H
#define CTL_COMPLETE_H

#include "ctl/ctl.h"

/* `tyndctl completion words WORD...` */
void complete_words(int count, char *const words[], FILE *out);

/* bash, zsh: the script for the shell; json: the table of commands. */
int ctl_completion(struct ctl *ctl, struct err *err);

#endif
