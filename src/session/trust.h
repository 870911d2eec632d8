/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the desktop's certificate is the expected one. Nobody is asked, nothing is remembered. */
#ifndef SESSION_TRUST_H
#define SESSION_TRUST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "wire/session.h"

/*
 * `pem` is the chain that the server sent, its own certificate first. With pins only the
 * fingerprint counts; else the chain must end in `start->ca` (or the system's store), be
 * valid now, and be for `host`. False: `err` says why.
 */
bool trust_certificate(const struct wire_session_start *start, const char *host, const void *pem,
		size_t size, struct err *err);

#endif
