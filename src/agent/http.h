/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTPS exchanges with the server: libcurl's multi interface driven by the loop.
 * No redirects, no proxies, no other protocols; every exchange has a size and a
 * time limit. One idea of trust at a time for all of them, judged here and not by
 * curl, at a time that never lies below the floor.
 */
#ifndef AGENT_HTTP_H
#define AGENT_HTTP_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/outcome.h"
#include "base/loop.h"

struct http;
struct http_request;

enum http_trust_kind {
	HTTP_TRUST_UNKNOWN, /* before enrolment: the code will be the proof */
	HTTP_TRUST_PIN,     /* chains to the CA with this hash, which the server sends */
	HTTP_TRUST_CA,      /* chains to this CA */
};

/* Whom to believe and who we are. */
struct http_trust {
	enum http_trust_kind kind;
	uint8_t pin[32]; /* SHA-256 of the CA's DER */
	X509 *ca;
	X509 *certificate; /* with `key`: TLS client certificate; NULL: none */
	EVP_PKEY *key;
	int64_t (*now_s)(void *data); /* the time to judge certificates by */
	void *data;
};

/* NULL only when libcurl cannot start. */
struct http *http_create(struct loop *loop);
void http_destroy(struct http *http); /* nothing may be under way; takes NULL */

/* Certificates and keys are referenced, not taken. Ends all connections; nothing may be under way. */
void http_set_trust(struct http *http, const struct http_trust *trust);

struct http_options {
	const char *url;
	const char *body;  /* POST of JSON; NULL: GET */
	const void *bytes; /* PUT of these instead; copied */
	size_t bytes_size;
	const char *bytes_type;
	size_t size_max;    /* of the answer's body */
	unsigned timeout_s; /* for all of it */
	bool is_long_poll;  /* silence is no reason to give up before the timeout */
};

struct http_answer {
	struct outcome outcome;
	const char *body; /* not terminated; lives until the call returns */
	size_t size;
	int64_t took_ms;
	int64_t date_s; /* its Date header; -1: none */
};

/* Called once from the loop; the request is gone then. May start others. */
typedef void (*http_done_fn)(void *data, const struct http_answer *answer);

/* NULL when curl refuses, which is an error of ours or no memory. */
struct http_request *http_start(struct http *http, const struct http_options *options,
		http_done_fn done, void *data);
void http_cancel(struct http_request *request); /* no call; takes NULL */

#endif
