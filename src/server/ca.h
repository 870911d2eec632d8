/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server's own small CA (P-256): one for its devices and itself, made at the
 * first start. Every certificate is valid from the same day in the past, because
 * the clock of a device may stand anywhere after the build of its image.
 */
#ifndef SERVER_CA_H
#define SERVER_CA_H

#include <openssl/evp.h>
#include <stdint.h>

#include "base/err.h"
#include "base/own.h"

enum { CA_PEM_MAX = 8192, CA_NAMES_MAX = 32, CA_NAME_MAX = 254 };

struct ca;

/* Names and addresses under which the server is reached. */
struct ca_names {
	unsigned count;
	char name[CA_NAMES_MAX][CA_NAME_MAX];
};

/* Loads `folder`/ca.key and ca.pem, or makes them. */
int ca_open(const char *folder, struct ca **ret, struct err *err);
void ca_close(struct ca *ca); /* takes NULL */

OWN_DEFINE(ca, struct ca, ca_close);

/* The CA's certificate as PEM, and the SHA-256 of its DER; both live as long as `ca`. */
const char *ca_pem(const struct ca *ca);
const uint8_t *ca_fingerprint(const struct ca *ca);

/*
 * A CSR (PEM, one block) is fit for a device: P-256 key, signed by that key. Its subject and
 * extensions are not looked at. `hash` gets the SHA-256 of the SubjectPublicKeyInfo.
 */
int ca_check_csr(const char *csr, uint8_t hash[32], struct err *err);

/* A certificate for TLS clients with CN = `id`; `hash` is the SHA-256 of its DER. */
int ca_issue_device(struct ca *ca, const char *csr, const char *id, char pem[CA_PEM_MAX],
		uint8_t hash[32], struct err *err);

/* Adds a name or address once; -EINVAL for what is neither. */
int ca_names_add(struct ca_names *names, const char *name, struct err *err);

/*
 * The server's own certificate in `folder`/server.pem, with its chain: kept when it is from
 * this CA and `key`, lists all names and has half a year left, else made anew. The
 * caller frees *chain.
 */
int ca_server_certificate(struct ca *ca, EVP_PKEY *key, const struct ca_names *names,
		const char *folder, char **chain, struct err *err);

#endif
