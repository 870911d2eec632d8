/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The short code of an enrolment (docs/protocol.md): both ends compute it from the same five
 * things, a person reads it from the screen to the helpdesk.
 */
#ifndef CONF_CODE_H
#define CONF_CODE_H

#include <stdint.h>

#include "base/err.h"

enum { CODE_SIZE = 10 }; /* bytes of "XXXX-XXXX" with NUL */

struct code_parts {
	uint8_t device_nonce[32];
	uint8_t server_nonce[32];
	uint8_t key_hash[32];   /* SHA-256 of the CSR's SubjectPublicKeyInfo, DER */
	uint8_t ca_hash[32];    /* SHA-256 of the CA certificate, DER */
	uint8_t config_key[32]; /* Ed25519 public key */
};

/* 40 bits of SHA-256 over the parts in Crockford's base32: "K7QF-2M9P". */
void code_make(const struct code_parts *parts, char code[CODE_SIZE]);

/*
 * What a person typed, as code_make writes it: case, hyphens and spaces do not matter, O is 0,
 * I and L are 1. -EINVAL when it is not eight of these letters; `code` is then as it was.
 */
int code_normalise(const char *typed, char code[CODE_SIZE], struct err *err);

#endif
