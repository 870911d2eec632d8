/* SPDX-License-Identifier: Apache-2.0 */
/* One request to a server of somebody else. Blocks, for a thread. */
#ifndef SERVER_WEB_H
#define SERVER_WEB_H

#include "base/array.h"
#include "base/err.h"

struct web_request {
	const char *url;           /* https://, or http:// of the own machine */
	const char *ca;            /* PEM file; NULL or "": what the system trusts */
	const char *form;          /* body of a POST; NULL: GET */
	const char *user, *secret; /* HTTP Basic; NULL: none */
};

/*
 * The body of a 2xx answer into `body` (its max holds). No redirections; ten seconds in all.
 * -EAGAIN with a sentence for anything else; nothing of form or secret is in it.
 */
int web_fetch(const struct web_request *request, struct array *body, struct err *err);

/* https://, or http:// of 127.0.0.1, [::1] or localhost, with a path or without. */
int web_url_check(const char *url, struct err *err);

#endif
