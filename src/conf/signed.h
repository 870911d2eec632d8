/* SPDX-License-Identifier: Apache-2.0 */
/* The payload of a config's envelope: whose it is, which revision, and the config. */
#ifndef CONF_SIGNED_H
#define CONF_SIGNED_H

#include <cjson/cJSON.h>

#include "base/err.h"
#include "conf/conf.h"

/* As text, for dsse_sign. `config` is the document as the layers merge to it. */
char *conf_signed_print(const char *device, uint64_t revision, int64_t issued_s, int64_t expires_s,
		const cJSON *config);

/* -EINVAL with the path for whatever is wrong; *ret is then as it was. */
int conf_signed_parse(const char *text, size_t size, struct conf_signed *ret, struct err *err);

/* What the reader of an envelope knows already. */
struct conf_expected {
	uint8_t key[32];    /* the organisation's public key, known since enrolment */
	const char *device; /* own id */
	uint64_t revision;  /* the greatest that was ever accepted; 0: none */
};

/*
 * Verify and parse in one. The signature is checked before a byte of the payload is looked at.
 * The errno tells apart what a person has to be told:
 *   -EBADMSG       no whole envelope (REASON_CONFIG_TRUNCATED)
 *   -EKEYREJECTED  not signed by this key (REASON_CONFIG_SIGNATURE)
 *   -EINVAL        signed, but a value is wrong, or it is for another device (REASON_CONFIG_INVALID)
 *   -ESTALE        signed, but the revision is not greater (REASON_CONFIG_OLDER)
 */
int conf_signed_open(const void *envelope, size_t size, const struct conf_expected *expected,
		struct conf_signed *ret, struct err *err);

#endif
