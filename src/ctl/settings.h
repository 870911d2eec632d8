/* SPDX-License-Identifier: Apache-2.0 */
/* Which server, whose token, which CA: options, environment, the file that login wrote. */
#ifndef CTL_SETTINGS_H
#define CTL_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "ctl/args.h"

enum {
	SETTINGS_URL_MAX = 320,
	SETTINGS_TOKEN_MAX = 256,
	SETTINGS_CA_MAX = 16 * 1024,
};

struct settings {
	char server[SETTINGS_URL_MAX]; /* "https://host:8443" */
	char token[SETTINGS_TOKEN_MAX];
	char ca[SETTINGS_CA_MAX]; /* PEM; "" with `has_pin` false: the system's CAs */
	bool has_pin;             /* the CA is to be fetched and must have this SHA-256 */
	uint8_t pin[32];
};

/* host, host:port or https://host[:port] with 8443 as default; plain http is refused. */
int settings_url(const char *typed, char url[SETTINGS_URL_MAX], struct err *err);

/*
 * Gather them. What login wrote counts only for the server that it was written for: a token
 * never goes to another one. `needs_token` false: login itself.
 */
int settings_load(const struct options *options, bool needs_token, struct settings *ret,
		struct err *err);

/* Write the file for the next time, readable by nobody else. `path` is told. */
int settings_save(const struct settings *settings, char *path, size_t size, struct err *err);

#endif
