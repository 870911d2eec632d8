// SPDX-License-Identifier: Apache-2.0
#include "conf/signed.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "conf/dsse.h"
#include "conf/json.h"
#include "conf/parse.h"

enum { PAYLOAD_VERSION = 1 };

char *conf_signed_print(const char *device, uint64_t revision, int64_t issued_s, int64_t expires_s,
		const cJSON *config)
{
	OWNED(json) cJSON *payload = json_new_object();

	json_put_whole(payload, "tynd", PAYLOAD_VERSION);
	json_put_text(payload, "device", device);
	json_put_whole(payload, "revision", (int64_t)revision);
	json_put_whole(payload, "issued", issued_s);
	json_put_whole(payload, "expires", expires_s);
	json_put(payload, "config", json_copy(config));
	return json_print(payload);
}

static int read_payload(const cJSON *tree, struct conf_signed *ret, const cJSON **config,
		struct err *err)
{
	int64_t version, revision = 0;
	struct json in;

	json_begin(&in, tree, err);
	json_whole(&in, "tynd", JSON_REQUIRED, PAYLOAD_VERSION, PAYLOAD_VERSION, &version);
	json_text(&in, "device", JSON_REQUIRED | JSON_FILLED, ret->device, sizeof(ret->device));
	json_whole(&in, "revision", JSON_REQUIRED, 1, JSON_WHOLE_MAX, &revision);
	json_whole(&in, "issued", JSON_REQUIRED, 0, JSON_WHOLE_MAX, &ret->issued_s);
	json_whole(&in, "expires", JSON_REQUIRED, 0, JSON_WHOLE_MAX, &ret->expires_s);
	json_borrow(&in, "config", JSON_REQUIRED, config);
	ret->revision = (uint64_t)revision;
	return json_end(&in);
}

int conf_signed_parse(const char *text, size_t size, struct conf_signed *ret, struct err *err)
{
	OWNED(memory) struct conf_signed *read = own_alloc(sizeof(*read));
	OWNED(json) cJSON *tree = NULL;
	const cJSON *config = NULL;

	if (json_parse(text, size, &tree, err) < 0)
		return -EINVAL;
	int r = read_payload(tree, read, &config, err);
	if (r < 0)
		return r;
	r = conf_parse(config, &read->conf, err);
	if (r < 0)
		return err_prefix(err, r, "config");
	r = conf_signed_check(read, err);
	if (r == 0)
		*ret = *read;
	return r;
}

int conf_signed_open(const void *envelope, size_t size, const struct conf_expected *expected,
		struct conf_signed *ret, struct err *err)
{
	OWNED(array) struct array payload = {.max = DSSE_PAYLOAD_MAX};
	OWNED(memory) struct conf_signed *read = own_alloc(sizeof(*read));

	int r = dsse_open(DSSE_CONFIG, envelope, size, expected->key, &payload, err);
	if (r < 0)
		return r;
	r = conf_signed_parse((const char *)payload.data, payload.size, read, err);
	if (r < 0)
		return r;
	if (strcmp(read->device, expected->device) != 0)
		return err_set(err, EINVAL, "device: this config is for device %s, not for %s",
				log_quote(read->device), expected->device);
	if (read->revision <= expected->revision)
		return err_set(err, ESTALE,
				"revision: %" PRIu64 " is not newer than %" PRIu64
				", the newest accepted so far",
				read->revision, expected->revision);
	*ret = *read;
	return 0;
}
