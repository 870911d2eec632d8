/* SPDX-License-Identifier: Apache-2.0 */
/* What devices keep between two runs: one line of JSON each. */
#include <errno.h>
#include <openssl/pem.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "conf/json.h"
#include "fleet/fleet.h"

enum { FILE_MAX = 1 << 30, LINE_MAX_BYTES = 64 * 1024 };

static void put_certificate(cJSON *object, const char *key, X509 *certificate)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;

	PEM_write_bio_X509(bio, certificate);
	long size = BIO_get_mem_data(bio, &text);
	OWNED(memory) char *pem = own_alloc((size_t)size + 1);
	memcpy(pem, text, (size_t)size);
	json_put_text(object, key, pem);
	BIO_free(bio);
}

static int put_device(struct array *file, const struct fleet_device *device, struct err *err)
{
	OWNED(json) cJSON *line = json_new_object();
	OWNED(array) struct array key = {.max = KEY_PEM_MAX};
	int r = key_to_pem(device->trust.key, &key, err);

	if (r == 0)
		r = array_append(&key, "", 1);
	if (r < 0)
		return r;
	json_put_whole(line, "number", device->number);
	json_put_text(line, "id", device->trust.id);
	json_put_text(line, "key", (const char *)key.data);
	json_put_base64(line, "config_key", device->trust.config_key, 32);
	put_certificate(line, "certificate", device->trust.certificate);
	put_certificate(line, "ca", device->fleet->ca);
	OWNED(memory) char *text = json_print(line);
	r = array_append(file, text, strlen(text));
	return r < 0 ? r : array_append(file, "\n", 1);
}

int trust_save(const struct fleet *fleet, struct err *err)
{
	OWNED(array) struct array file = {.max = FILE_MAX};
	int r = 0;

	for (unsigned i = 0; i < fleet->options.count && r == 0; i++)
		if (fleet->devices[i].trust.certificate)
			r = put_device(&file, &fleet->devices[i], err);
	return r < 0 ? r : file_write(fleet->options.state, file.data, file.size, 0600, err);
}

static int read_line(struct fleet *fleet, const char *text, size_t size, struct err *err)
{
	OWNED(json) cJSON *tree = NULL;
	const char *key = "", *certificate = "", *ca = "", *id = "";
	uint8_t config_key[32];
	int64_t number = 0;
	struct json in;
	int r = json_parse(text, size, &tree, err);

	if (r < 0)
		return r;
	json_begin(&in, tree, err);
	json_whole(&in, "number", JSON_REQUIRED, 0, FLEET_DEVICES_MAX, &number);
	json_borrow_text(&in, "id", JSON_REQUIRED, &id);
	json_borrow_text(&in, "key", JSON_REQUIRED | JSON_LINES, &key);
	json_base64(&in, "config_key", JSON_REQUIRED, config_key, sizeof(config_key));
	json_borrow_text(&in, "certificate", JSON_REQUIRED | JSON_LINES, &certificate);
	json_borrow_text(&in, "ca", JSON_REQUIRED | JSON_LINES, &ca);
	r = json_end(&in);
	number -= fleet->options.first;
	if (r < 0 || number < 0 || number >= fleet->options.count)
		return r;
	struct fleet_trust *trust = &fleet->devices[number].trust;
	memcpy(trust->config_key, config_key, sizeof(config_key));
	(void)text_copy(trust->id, sizeof(trust->id), id);
	r = key_from_pem(key, strlen(key), &trust->key, err);
	if (r == 0)
		r = certificate_from_pem(certificate, &trust->certificate, err);
	return r < 0 ? r : trust_ca(fleet, ca, err);
}

int trust_ca(struct fleet *fleet, const char *pem, struct err *err)
{
	return fleet->ca ? 0 : certificate_from_pem(pem, &fleet->ca, err);
}

int trust_load(struct fleet *fleet, struct err *err)
{
	OWNED(array) struct array file = {.max = FILE_MAX};
	int r = file_read(fleet->options.state, &file, err);

	if (r == -ENOENT)
		return 0;
	for (size_t at = 0; r == 0 && at < file.size;) {
		const char *line = (const char *)file.data + at;
		const char *end = memchr(line, '\n', file.size - at);
		size_t size = end ? (size_t)(end - line) : file.size - at;

		r = read_line(fleet, line, size, err);
		at += size + 1;
	}
	return r;
}
