/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers of site tokens, expected devices and swaps, and what they share. */
#ifndef SERVER_PEOPLE_ADMIT_H
#define SERVER_PEOPLE_ADMIT_H

#include "server/cidr.h"
#include "server/people.h"
#include "server/stack.h"

/* "networks": ["10.1.0.0/16"] as lines; stays as it was when missing. */
void people_read_networks(struct json *in, char networks[CIDR_LIST_MAX]);

/* Lines, each ended by a line feed, as a list of texts. */
void people_put_lines(cJSON *object, const char *key, const char *lines);

int people_site_tokens(struct request *request, struct err *err);
int people_site_token_make(struct request *request, struct err *err);
int people_site_token_remove(struct request *request, struct err *err);

int people_swap(struct request *request, struct err *err);
int people_swap_undo(struct request *request, struct err *err);
int people_replaced(struct request *request, struct err *err);
int people_replaced_remove(struct request *request, struct err *err);

int people_expected(struct request *request, struct err *err);
int people_expected_import(struct request *request, struct err *err);
int people_expected_remove(struct request *request, struct err *err);

#endif
