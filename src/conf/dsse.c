// SPDX-License-Identifier: Apache-2.0
#include "conf/dsse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "conf/json.h"

enum {
	SIGNATURE_SIZE = 64,
	HEAD_MAX = 96, /* "DSSEv1 LEN TYPE LEN " */
};

OWN_DEFINE(evp_key, EVP_PKEY, EVP_PKEY_free);
OWN_DEFINE(evp_context, EVP_MD_CTX, EVP_MD_CTX_free);

/* PAE(type, body) of DSSE: what is signed. The bytes are the caller's to finish. */
static void encode(const char *type, const char *payload, size_t size, struct array *ret)
{
	char head[HEAD_MAX];
	int length = snprintf(head, sizeof(head), "DSSEv1 %zu %s %zu ", strlen(type), type, size);

	*ret = (struct array){.max = HEAD_MAX + DSSE_PAYLOAD_MAX};
	if (array_append(ret, head, (size_t)length) < 0 || array_append(ret, payload, size) < 0)
		abort(); /* the sizes were checked */
}

static void key_id(const uint8_t public_key[DSSE_KEY_SIZE], uint8_t id[DSSE_KEYID_SIZE])
{
	uint8_t hash[EVP_MAX_MD_SIZE];

	if (!EVP_Digest(public_key, DSSE_KEY_SIZE, hash, NULL, EVP_sha256(), NULL))
		abort(); /* only without memory */
	memcpy(id, hash, DSSE_KEYID_SIZE);
}

static char *print(const char *type, const char *payload, size_t size,
		const uint8_t public_key[DSSE_KEY_SIZE], const uint8_t signature[SIGNATURE_SIZE])
{
	OWNED(json) cJSON *envelope = json_new_object();
	cJSON *one = json_new_object();
	uint8_t id[DSSE_KEYID_SIZE];

	key_id(public_key, id);
	json_put_hex(one, "keyid", id, sizeof(id));
	json_put_base64(one, "sig", signature, SIGNATURE_SIZE);
	json_put_text(envelope, "payloadType", type);
	json_put_base64(envelope, "payload", (const uint8_t *)payload, size);
	json_append(json_put_list(envelope, "signatures"), one);
	return json_print(envelope);
}

int dsse_sign(const char *type, const char *payload, size_t size, EVP_PKEY *key, char **ret,
		struct err *err)
{
	OWNED(evp_context) EVP_MD_CTX *context = EVP_MD_CTX_new();
	OWNED(array) struct array text = {0};
	uint8_t signature[SIGNATURE_SIZE], public_key[DSSE_KEY_SIZE];
	size_t signature_size = sizeof(signature), key_size = sizeof(public_key);

	if (size > DSSE_PAYLOAD_MAX)
		return err_set(err, EMSGSIZE, "a payload of %zu bytes, at most %d are signed", size,
				DSSE_PAYLOAD_MAX);
	encode(type, payload, size, &text);
	if (!context || EVP_PKEY_get_raw_public_key(key, public_key, &key_size) != 1 ||
			EVP_DigestSignInit(context, NULL, NULL, NULL, key) != 1 ||
			EVP_DigestSign(context, signature, &signature_size, text.data, text.size) !=
					1)
		return err_set(err, EIO, "OpenSSL does not sign: is this an Ed25519 key?");
	*ret = print(type, payload, size, public_key, signature);
	return 0;
}

/* All of them are tried: DSSE makes the id of a key a hint that proves nothing. */
struct signatures {
	unsigned count;
	uint8_t bytes[DSSE_SIGNATURES_MAX][SIGNATURE_SIZE];
};

static void read_signatures(struct json *in, struct signatures *ret)
{
	struct json list, one;
	const char *id;

	if (!json_enter_list(in, "signatures", JSON_REQUIRED, DSSE_SIGNATURES_MAX, &list))
		return;
	while (json_next_object(&list, &one)) {
		json_borrow_text(&one, "keyid", 0, &id);
		json_base64(&one, "sig", JSON_REQUIRED, ret->bytes[ret->count++], SIGNATURE_SIZE);
		json_leave(&one);
	}
	json_leave(&list);
}

static bool is_signed(const struct array *text, const struct signatures *signatures,
		const uint8_t public_key[DSSE_KEY_SIZE])
{
	OWNED(evp_key)
	EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key,
			DSSE_KEY_SIZE);

	for (unsigned i = 0; key && i < signatures->count; i++) {
		OWNED(evp_context) EVP_MD_CTX *context = EVP_MD_CTX_new();

		if (context && EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
				EVP_DigestVerify(context, signatures->bytes[i], SIGNATURE_SIZE,
						text->data, text->size) == 1)
			return true;
	}
	return false;
}

static int decode(const char *encoded, struct array *ret, struct err *err)
{
	if (array_reserve(ret, DSSE_PAYLOAD_MAX) < 0)
		return err_set(err, EBADMSG, "payload: does not fit");
	long size = text_from_base64(encoded, ret->data, DSSE_PAYLOAD_MAX);
	if (size < 0)
		return err_set(err, EBADMSG, "payload: is not base64 of at most %d bytes",
				DSSE_PAYLOAD_MAX);
	ret->size = (size_t)size;
	return 0;
}

/* The envelope as such, before any trust. */
static int read_envelope(const char *expected, const void *envelope, size_t size,
		struct array *payload, struct signatures *signatures, struct err *err)
{
	OWNED(json) cJSON *tree = NULL;
	const char *type = "", *encoded = "";
	struct json in;

	if (json_parse(envelope, size, &tree, err) < 0)
		return err_prefix(err, -EBADMSG, "the envelope");
	json_begin(&in, tree, err);
	json_borrow_text(&in, "payloadType", JSON_REQUIRED, &type);
	json_borrow_text(&in, "payload", JSON_REQUIRED, &encoded);
	read_signatures(&in, signatures);
	if (json_end(&in) < 0)
		return err_prefix(err, -EBADMSG, "the envelope");
	if (strcmp(type, expected) != 0)
		return err_set(err, EKEYREJECTED, "payloadType: not %s", expected);
	return decode(encoded, payload, err);
}

int dsse_open(const char *type, const void *envelope, size_t size,
		const uint8_t public_key[DSSE_KEY_SIZE], struct array *payload, struct err *err)
{
	OWNED(array) struct array body = {.max = DSSE_PAYLOAD_MAX}, text = {0};
	struct signatures signatures = {0};

	int r = read_envelope(type, envelope, size, &body, &signatures, err);
	if (r < 0)
		return r;
	encode(type, (const char *)body.data, body.size, &text);
	if (!is_signed(&text, &signatures, public_key))
		return err_set(err, EKEYREJECTED, "%s",
				signatures.count ? "not signed by this organisation's key"
						 : "the envelope has no signature");
	if (array_append(payload, body.data, body.size) < 0)
		return err_set(err, EBADMSG, "payload: %zu bytes are too many", body.size);
	return 0;
}
