/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For the day when nobody can sign in: whoever may read the server's folder makes a local
 * administrator of the organisation, or gives one another password and second factor.
 */
#ifndef SERVER_BREAK_GLASS_H
#define SERVER_BREAK_GLASS_H

#include "server/vault.h"

struct db;

/*
 * Asks for the password on standard input (twice at a terminal) and prints the second factor and
 * the recovery codes, this once. Beside a running server; their sessions end.
 */
int break_glass(struct db *db, const struct vault *vault, const char *name, struct err *err);

#endif
