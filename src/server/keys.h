/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys in files (0600) of the server's folder, and random texts. */
#ifndef SERVER_KEYS_H
#define SERVER_KEYS_H

#include <openssl/evp.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/own.h"

OWN_DEFINE(pkey, EVP_PKEY, EVP_PKEY_free);

enum key_kind { KEY_P256, KEY_ED25519 };

/* The key in `path`; made and stored there when the file does not exist. Caller frees. */
int key_open(const char *path, enum key_kind kind, EVP_PKEY **ret, struct err *err);

/* The 32 bytes of an Ed25519 key that others may see. */
int key_public(EVP_PKEY *key, uint8_t bytes[32], struct err *err);

/* PEM of the private key; the caller wipes and frees it. */
int key_pem(EVP_PKEY *key, char **ret, struct err *err);

/* `length` random characters of [0-9a-hjkmnp-tv-z], 5 bits each, and NUL. */
void key_random_text(char *text, size_t length);
void key_random(void *bytes, size_t size);

/* SHA-256. */
void key_hash(const void *bytes, size_t size, uint8_t hash[32]);

/* What OpenSSL says, behind the sentence. */
int key_fail(struct err *err, const char *what);

#endif
