/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP/1.1 over TLS for very many connections to one server in one process: one shared context of
 * OpenSSL, a few hundred bytes for a connection besides TLS's own. One request at a
 * time; the connection stays open between requests.
 */
#ifndef FLEET_LINK_H
#define FLEET_LINK_H

#include <openssl/ssl.h>
#include <stdbool.h>

#include "base/array.h"
#include "base/err.h"
#include "fleet/alarm.h"

enum { LINK_BODY_MAX = 1 << 20 };

struct link_answer {
	int status; /* HTTP; 0: none came, `why` says why */
	unsigned retry_after_s;
	const char *body; /* not terminated; lives until the call returns */
	size_t size;
	int64_t took_us;     /* from the request, connecting included */
	bool is_turned_away; /* the server took the connection and ended it before TLS */
	struct err why;
};

/* Called once from the loop; the link is free for the next request then. */
typedef void (*link_done_fn)(void *data, const struct link_answer *answer);

struct links; /* what all of them share */

/* Counts over all links since the start. */
struct links_counts {
	uint64_t connections, resumed, turned_away;
};

/* `server` is HOST:PORT. */
int links_create(struct loop *loop, struct alarms *alarms, const char *server, struct links **ret,
		struct err *err);
void links_destroy(struct links *links); /* takes NULL */
const struct links_counts *links_counts(const struct links *links);
void links_set_resume(struct links *links, bool is_on); /* by tickets; on at first */

/* Lives in the device; all zero is one that is not connected. */
struct link {
	struct links *links;
	/* Borrowed: CA of the server (NULL: not judged), certificate and key of the device. */
	X509 *ca, *certificate;
	EVP_PKEY *key;
	unsigned number; /* spreads source addresses over 127.0.0.0/8 */

	int fd;
	SSL *ssl;
	SSL_SESSION *ticket;
	struct loop_watch *watch;
	uint32_t events;
	struct alarm limit;
	struct array out, in;
	size_t sent;
	bool is_shaking, is_reused;
	int64_t began_us;
	link_done_fn done; /* NULL: no request under way */
	void *data;
};

struct link_request {
	const char *method, *path;
	const char *headers; /* more lines, each ended by CR LF; or NULL */
	const void *body;
	size_t size;
	const char *type;   /* of the body */
	unsigned timeout_s; /* for all of it */
};

void link_start(struct link *link, const struct link_request *request, link_done_fn done,
		void *data);

/* Ends what is under way without a call, and the connection. The ticket stays. */
void link_close(struct link *link);
void link_finish(struct link *link); /* all of it */

#endif
