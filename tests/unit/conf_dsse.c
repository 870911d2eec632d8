// SPDX-License-Identifier: Apache-2.0
#include <errno.h>

#include "base/text.h"
#include "conf/dsse.h"
#include "conf/json.h"
#include "conf/signed.h"
#include "unit/test.h"

/* RFC 8032, section 7.1, test 1. */
static const char seed_hex[] = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
static const char public_hex[] = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

static EVP_PKEY *key_of(const char *hex)
{
	uint8_t seed[32];

	return text_from_hex(hex, seed, sizeof(seed)) < 0
	                       ? NULL
	                       : EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed,
						 sizeof(seed));
}

static struct conf_expected expected_of(const char *device, uint64_t revision)
{
	struct conf_expected expected = {.device = device, .revision = revision};

	if (text_from_hex(public_hex, expected.key, sizeof(expected.key)) < 0)
		printf("the test's own key is wrong\n");
	return expected;
}

static char *sign(const char *payload)
{
	EVP_PKEY *key = key_of(seed_hex);
	char *envelope = NULL;

	if (dsse_sign(DSSE_CONFIG, payload, strlen(payload), key, &envelope, NULL) < 0)
		printf("the test's own payload is not signed\n");
	EVP_PKEY_free(key);
	return envelope;
}

/* Replace the text of one member of the envelope's JSON. */
static char *with(const char *envelope, const char *key, const char *value)
{
	OWNED(json) cJSON *tree = NULL;

	if (json_parse(envelope, strlen(envelope), &tree, NULL) < 0)
		return NULL;
	cJSON_DeleteItemFromObjectCaseSensitive(tree, key);
	json_put_text(tree, key, value);
	return json_print(tree);
}

static const char good[] = "{\"tynd\":1,\"device\":\"k7qf\",\"revision\":5,\"issued\":1795000000,"
			   "\"expires\":0,\"config\":{\"helpdesk\":{\"phone\":\"89 40 20 00\"}}}";

static int open_text(const char *envelope, size_t size, uint64_t seen, struct conf_signed *ret,
		struct err *err)
{
	struct conf_expected expected = expected_of("k7qf", seen);

	return conf_signed_open(envelope, size, &expected, ret, err);
}

static void test_good(void)
{
	static struct conf_signed opened;
	OWNED(memory) char *envelope = sign(good);
	struct err err = {""};

	TEST("what was signed opens with every value") {
		CHECK_INT(open_text(envelope, strlen(envelope), 4, &opened, &err), 0);
		CHECK_TEXT(err.text, "");
		CHECK_INT(opened.revision, 5);
		CHECK_INT(opened.issued_s, 1795000000);
		CHECK_TEXT(opened.device, "k7qf");
		CHECK_TEXT(opened.conf.helpdesk.phone, "89 40 20 00");
		CHECK_TEXT(opened.conf.keyboard.layout, "us");
	}
	TEST("the same payload and key give the same bytes, as docs/protocol.md says") {
		OWNED(memory) char *again = sign(good);
		CHECK_TEXT(again, envelope);
		CHECK_HAS(envelope, "{\"payloadType\":\"application/"
				    "vnd.tynd.config+json\",\"payload\":\"");
		CHECK_HAS(envelope, "\"signatures\":[{\"keyid\":\"21fe31dfa154a261\",\"sig\":\"");
	}
	TEST("the printed payload parses to the same") {
		OWNED(json) cJSON *config = NULL;
		const char *text = "{\"helpdesk\":{\"phone\":\"89 40 20 00\"}}";
		CHECK_INT(json_parse(text, strlen(text), &config, NULL), 0);
		OWNED(memory) char *payload = conf_signed_print("k7qf", 5, 1795000000, 0, config);
		CHECK_TEXT(payload, good);
	}
	TEST("one good signature among others is enough") {
		OWNED(json) cJSON *tree = NULL;
		CHECK_INT(json_parse(envelope, strlen(envelope), &tree, NULL), 0);
		cJSON *list = cJSON_GetObjectItemCaseSensitive(tree, "signatures");
		cJSON *other = json_copy(list->child);
		uint8_t zeros[64] = {0};
		cJSON_DeleteItemFromObjectCaseSensitive(other, "sig");
		json_put_base64(other, "sig", zeros, sizeof(zeros));
		CHECK(cJSON_InsertItemInArray(list, 0, other));
		OWNED(memory) char *two = json_print(tree);
		CHECK_INT(open_text(two, strlen(two), 4, &opened, &err), 0);
	}
}

static void test_bad_envelopes(void)
{
	static struct conf_signed opened;
	OWNED(memory) char *envelope = sign(good);
	struct err err;
	size_t size = strlen(envelope);

	TEST("an envelope that is cut anywhere is truncated, never half a config") {
		for (size_t cut = 0; cut < size; cut++)
			if (open_text(envelope, cut, 4, &opened, &err) != -EBADMSG)
				CHECK_INT(cut, -1);
	}
	TEST("any flipped bit is refused, but in the key id, which is only a hint") {
		size_t id = (size_t)(strstr(envelope, "\"keyid\":\"") - envelope) + 9;
		for (size_t i = 0; i < size; i++) {
			OWNED(memory) char *bent = own_copy_text(envelope);
			bent[i] ^= 1;
			int r = open_text(bent, size, 4, &opened, &err);
			if (r != -EBADMSG && r != -EKEYREJECTED && (i < id || i >= id + 16))
				CHECK_INT(i, -1);
		}
	}
	TEST("another key") {
		struct conf_expected expected = expected_of("k7qf", 4);
		expected.key[31] ^= 1;
		CHECK_INT(conf_signed_open(envelope, size, &expected, &opened, &err),
				-EKEYREJECTED);
		CHECK_HAS(err.text, "not signed by this organisation's key");
	}
	TEST("a swapped payload") {
		OWNED(memory) char *other = sign("{\"tynd\":1}");
		OWNED(json) cJSON *tree = NULL;
		CHECK_INT(json_parse(other, strlen(other), &tree, NULL), 0);
		OWNED(memory)
		char *bent = with(envelope, "payload", json_at(tree, "/payload")->valuestring);
		CHECK_INT(open_text(bent, strlen(bent), 4, &opened, &err), -EKEYREJECTED);
	}
	TEST("another payload type") {
		OWNED(memory) char *bent = with(envelope, "payloadType", "application/json");
		CHECK_INT(open_text(bent, strlen(bent), 4, &opened, &err), -EKEYREJECTED);
		CHECK_HAS(err.text, "payloadType");
	}
	TEST("a failure leaves the caller's config as it was") {
		opened.revision = 77;
		CHECK(open_text(envelope, size - 1, 4, &opened, &err) < 0);
		CHECK_INT(opened.revision, 77);
	}
}

static const struct {
	const char *envelope;
	int result;
	const char *says;
} shapes[] = {
		{"", -EBADMSG, "the envelope: the text ends"},
		{"{}", -EBADMSG, "payloadType: is missing"},
		{"<html>", -EBADMSG, "the envelope: a value was expected"},
		{"{\"payloadType\":\"application/vnd.tynd.config+json\",\"payload\":\"e30=\"}",
				-EBADMSG, "signatures: is missing"},
		{"{\"payloadType\":\"application/vnd.tynd.config+json\",\"payload\":\"e30=\","
		 "\"signatures\":[]}",
				-EKEYREJECTED, "no signature"},
		{"{\"payloadType\":\"application/vnd.tynd.config+json\",\"payload\":\"e30\","
		 "\"signatures\":[]}",
				-EBADMSG, "payload: is not base64"},
		{"{\"payloadType\":\"application/vnd.tynd.config+json\",\"payload\":\"e30=\","
		 "\"signatures\":[{\"sig\":\"AAAA\"}]}",
				-EBADMSG, "signatures[0].sig: is not 64 bytes"},
		{"{\"payloadType\":\"application/vnd.tynd.config+json\",\"payload\":\"e30=\","
		 "\"signatures\":[{},{},{},{},{}]}",
				-EBADMSG, "signatures: more than 4"},
		{"{\"payloadType\":\"application/vnd.tynd.config+json\",\"payload\":\"e30=\","
		 "\"signatures\":[],\"more\":1}",
				-EBADMSG, "more: not a known key"},
};

static const struct {
	const char *payload;
	int result;
	const char *says;
} payloads[] = {
		{"", -EINVAL, "the text ends"},
		{"{\"tynd\":2,\"device\":\"k7qf\",\"revision\":5,\"issued\":1,\"expires\":0,"
		 "\"config\":{}}",
				-EINVAL, "tynd: 2 is not"},
		{"{\"tynd\":1,\"device\":\"k7qf\",\"revision\":5,\"issued\":1,\"expires\":0}",
				-EINVAL, "config: is missing"},
		{"{\"tynd\":1,\"device\":\"k7qf\",\"revision\":0,\"issued\":1,\"expires\":0,"
		 "\"config\":{}}",
				-EINVAL, "revision: 0 is not"},
		{"{\"tynd\":1,\"device\":\"k7qf\",\"revision\":5.5,\"issued\":1,\"expires\":0,"
		 "\"config\":{}}",
				-EINVAL, "revision: 5.5 is not a whole number"},
		{"{\"tynd\":1,\"device\":\"k7qf\",\"revision\":5,\"issued\":-1,\"expires\":0,"
		 "\"config\":{}}",
				-EINVAL, "issued: -1 is not"},
		{"{\"tynd\":1,\"device\":\"k7qg\",\"revision\":5,\"issued\":1,\"expires\":0,"
		 "\"config\":{}}",
				-EINVAL, "for device \"k7qg\", not for k7qf"},
		{"{\"tynd\":1,\"device\":\"k7qf\",\"revision\":4,\"issued\":1,\"expires\":0,"
		 "\"config\":{}}",
				-ESTALE, "revision: 4 is not newer than 4"},
		{"{\"tynd\":1,\"device\":\"k7qf\",\"revision\":3,\"issued\":1,\"expires\":0,"
		 "\"config\":{}}",
				-ESTALE, "revision: 3 is not newer than 4"},
		{"{\"tynd\":1,\"device\":\"k7qf\",\"revision\":5,\"issued\":1,\"expires\":0,"
		 "\"config\":{\"keyboard\":{\"layout\":7}}}",
				-EINVAL,
				"config: keyboard.layout: a number where a text was expected"},
		{"{\"tynd\":1,\"device\":\"k7qf\",\"revision\":5,\"issued\":1,\"expires\":0,"
		 "\"config\":{},"
		 "\"x\":1}",
				-EINVAL, "x: not a known key"},
};

static void test_tables(void)
{
	static struct conf_signed opened;
	struct err err;

	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		TEST(shapes[i].says) {
			int r = open_text(shapes[i].envelope, strlen(shapes[i].envelope), 4,
					&opened, &err);
			CHECK_INT(r, shapes[i].result);
			CHECK_HAS(err.text, shapes[i].says);
		}
	for (size_t i = 0; i < sizeof(payloads) / sizeof(payloads[0]); i++)
		TEST(payloads[i].says) {
			OWNED(memory) char *envelope = sign(payloads[i].payload);
			CHECK_INT(open_text(envelope, strlen(envelope), 4, &opened, &err),
					payloads[i].result);
			CHECK_HAS(err.text, payloads[i].says);
		}
	TEST("a payload too large to sign, an envelope too large to open") {
		enum { LARGE = 2 * 1024 * 1024 };
		OWNED(memory) char *large = own_alloc(LARGE);
		OWNED(memory) char *envelope = NULL;
		EVP_PKEY *key = key_of(seed_hex);
		memset(large, ' ', LARGE);
		CHECK_INT(dsse_sign(DSSE_CONFIG, large, DSSE_PAYLOAD_MAX + 1, key, &envelope, &err),
				-EMSGSIZE);
		CHECK_INT(dsse_sign(DSSE_CONFIG, large, DSSE_PAYLOAD_MAX, key, &envelope, &err), 0);
		CHECK(strlen(envelope) < JSON_SIZE_MAX);
		CHECK_INT(open_text(large, LARGE, 4, &opened, &err), -EBADMSG);
		EVP_PKEY_free(key);
	}
}

int main(void)
{
	test_good();
	test_bad_envelopes();
	test_tables();
	TEST_END();
}
