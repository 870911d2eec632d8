/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the database may hold but nobody may read there: sealed by AES-256-GCM with a key in the
 * server's folder (secrets.key, 0600). What it is about is part of the seal, so that one sealed
 * value can't stand in for another. Servers of one database share the file.
 */
#ifndef SERVER_VAULT_H
#define SERVER_VAULT_H

#include <stddef.h>
#include <stdint.h>

#include "base/array.h"
#include "base/err.h"

struct vault;

enum {
	VAULT_OVERHEAD = 1 + 4 + 12 + 16, /* bytes: form, which key, nonce, tag */
	VAULT_KEYS_MAX = 4,
	VAULT_MAC = 32,
};

/* The keys in `path`; one is made and stored there when the file does not exist. */
int vault_open(const char *path, struct vault **ret, struct err *err);
void vault_close(struct vault *vault); /* takes NULL */

OWN_DEFINE(vault, struct vault, vault_close);

/* `sealed` holds size + VAULT_OVERHEAD bytes. `about` is not stored: unsealing needs the same. */
int vault_seal(const struct vault *vault, const char *about, const void *plain, size_t size,
		uint8_t *sealed, struct err *err);

/* Appends the plain bytes. -EBADMSG when it is not sealed by a key of this vault, or was changed. */
int vault_unseal(const struct vault *vault, const char *about, const void *sealed, size_t size,
		struct array *plain, struct err *err);

/* HMAC-SHA256 with the newest key: equal for equal bytes, and nobody can try bytes against it. */
void vault_mac(const struct vault *vault, const char *about, const void *bytes, size_t size,
		uint8_t mac[VAULT_MAC]);

/*
 * Another key: vault_renew makes a new one, that seals from now on, and keeps the old ones;
 * vault_forget drops these once nothing is sealed by them. Both write the file.
 */
int vault_renew(struct vault *vault, struct err *err);
int vault_forget(struct vault *vault, struct err *err);

#endif
