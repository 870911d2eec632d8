/* SPDX-License-Identifier: Apache-2.0 */
/* How the device starts, and whom its firmware believes: Secure Boot, its db, TPM. */
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "agent/inventory.h"
#include "agent/key.h"
#include "base/file.h"
#include "base/text.h"
#include "conf/json.h"

#define GLOBAL "8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define SECURITY "d719b2cb-3d3a-4596-a3bc-dad00e67656f"
#define LOADER "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"
#define VARIABLES "/sys/firmware/efi/efivars/"

enum {
	ATTRIBUTES = 4, /* before the value of each variable */
	GUID = 16,
	LIST_HEADER = GUID + 3 * 4,
	DB_MAX = 64 * 1024,
};

/* The value of a variable; false: there is none. */
static bool read_variable(const char *root, const char *name, struct array *bytes)
{
	char full[INVENTORY_PATH_MAX];

	return text_format(full, sizeof(full), "%s" VARIABLES "%s", root, name) == 0 &&
	       file_read(full, bytes, NULL) == 0 && bytes->size > ATTRIBUTES;
}

/* 0, 1, or -1: not known. */
static int read_flag(const char *root, const char *name)
{
	OWNED(array) struct array bytes = {.max = 64};

	if (!read_variable(root, name, &bytes))
		return -1;
	return ((const uint8_t *)bytes.data)[ATTRIBUTES] == 1;
}

/* --- the signature database */

static uint32_t number_at(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
}

static void read_subject(const uint8_t *der, size_t size, char text[INVENTORY_TEXT_MAX])
{
	OWNED(certificate) X509 *certificate = d2i_X509(NULL, &der, (long)size);
	char name[256] = "";

	text[0] = '\0';
	if (certificate && X509_NAME_get_text_by_NID(X509_get_subject_name(certificate),
					   NID_commonName, name, sizeof(name)) > 0)
		inventory_clean(name, strlen(name), text);
}

static void add_certificate(struct inventory_certificates *ret, const uint8_t *der, size_t size)
{
	static const char uefi_2011[] =
			"48e99b991f57fc52f76149599bff0a58c47154229b9f8d603ac40d3500248507";
	static const char uefi_2023[] =
			"f6124e34125bee3fe6d79a574eaa7b91c0e7bd9d929c1a321178efd611dad901";
	uint8_t hash[32];
	char hex[65];

	if (EVP_Digest(der, size, hash, NULL, EVP_sha256(), NULL) != 1)
		return;
	text_to_hex(hash, sizeof(hash), hex);
	ret->has_microsoft_2011 |= strcmp(hex, uefi_2011) == 0;
	ret->has_microsoft_2023 |= strcmp(hex, uefi_2023) == 0;
	if (ret->count == INVENTORY_CERTIFICATES_MAX)
		return;
	memcpy(ret->list[ret->count].sha256, hash, sizeof(hash));
	read_subject(der, size, ret->list[ret->count].subject);
	ret->count++;
}

void inventory_parse_db(const uint8_t *bytes, size_t size, struct inventory_certificates *ret)
{
	/* EFI_CERT_X509_GUID, as it lies in memory */
	static const uint8_t x509[GUID] = {0xa1, 0x59, 0xc0, 0xa5, 0xe4, 0x94, 0xa7, 0x4a, 0x87,
			0xb5, 0xab, 0x15, 0x5c, 0x2b, 0xf0, 0x72};

	memset(ret, 0, sizeof(*ret));
	while (size >= LIST_HEADER) {
		uint32_t list = number_at(bytes + GUID), header = number_at(bytes + GUID + 4);
		uint32_t each = number_at(bytes + GUID + 8);

		if (list > size || list < LIST_HEADER || header > list - LIST_HEADER ||
				each <= GUID)
			return;
		size_t at = LIST_HEADER + (size_t)header;
		for (; memcmp(bytes, x509, GUID) == 0 && each <= list - at; at += each)
			add_certificate(ret, bytes + at + GUID, each - GUID);
		bytes += list;
		size -= list;
	}
}

static void put_certificates(cJSON *object, const struct inventory_certificates *all)
{
	cJSON *list;

	json_put_bool(object, "has_microsoft_2011", all->has_microsoft_2011);
	json_put_bool(object, "has_microsoft_2023", all->has_microsoft_2023);
	list = json_put_list(object, "certificates");
	for (unsigned i = 0; i < all->count; i++) {
		cJSON *one = json_new_object();

		json_put_text(one, "subject", all->list[i].subject);
		json_put_hex(one, "sha256", all->list[i].sha256, sizeof(all->list[i].sha256));
		cJSON_AddItemToArray(list, one);
	}
}

static void put_secure_boot(cJSON *document, const char *root)
{
	cJSON *object = json_put_object(document, "secure_boot");
	bool is_uefi = inventory_exists(root, "/sys/firmware/efi");
	int is_on = read_flag(root, "SecureBoot-" GLOBAL);
	int is_setup = read_flag(root, "SetupMode-" GLOBAL);
	OWNED(array) struct array db = {.max = DB_MAX};
	struct inventory_certificates all;

	json_put_text(object, "firmware", is_uefi ? "uefi" : "bios");
	if (!is_uefi)
		json_put_text(object, "state", "none");
	else if (is_on == 1)
		json_put_text(object, "state", "on");
	else if (is_setup == 1)
		json_put_text(object, "state", "setup");
	else if (is_on == 0)
		json_put_text(object, "state", "off");
	if (!read_variable(root, "db-" SECURITY, &db))
		return;
	inventory_parse_db((const uint8_t *)db.data + ATTRIBUTES, db.size - ATTRIBUTES, &all);
	put_certificates(object, &all);
}

/* --- how it was started */

/* UTF-16 without anything beyond ASCII, as boot loaders name their entries. */
static void put_entry(cJSON *firmware, const char *root)
{
	OWNED(array) struct array bytes = {.max = 1024};
	char ascii[512], text[INVENTORY_TEXT_MAX];
	size_t used = 0;

	if (!read_variable(root, "LoaderEntrySelected-" LOADER, &bytes))
		return;
	const uint8_t *value = (const uint8_t *)bytes.data + ATTRIBUTES;
	for (size_t i = 0; i + 1 < bytes.size - ATTRIBUTES && used < sizeof(ascii); i += 2)
		ascii[used++] = value[i + 1] == 0 && value[i] < 0x7f ? (char)value[i] : '?';
	inventory_clean(ascii, used, text);
	if (text[0])
		json_put_text(firmware, "entry", text);
}

/* iPXE and PXELINUX say which card they came by; a boot loader says which partition. */
static void put_way(cJSON *firmware, const char *root)
{
	OWNED(array) struct array bytes = {.max = 4096}, line = {.max = 16 * 1024};
	char full[INVENTORY_PATH_MAX];
	bool is_network = text_format(full, sizeof(full), "%s/proc/cmdline", root) == 0 &&
	                  file_read(full, &line, NULL) == 0 && line.size > 0 &&
	                  memmem(line.data, line.size, "BOOTIF=", 7);

	if (is_network)
		json_put_text(firmware, "boot", "network");
	else if (read_variable(root, "LoaderDevicePartUUID-" LOADER, &bytes))
		json_put_text(firmware, "boot", "disk");
	put_entry(firmware, root);
}

void inventory_put_boot(cJSON *document, const char *root)
{
	int64_t tpm = inventory_number(root, "/sys/class/tpm/tpm0/tpm_version_major");
	cJSON *firmware = cJSON_GetObjectItemCaseSensitive(document, "firmware");

	if (firmware)
		put_way(firmware, root);
	put_secure_boot(document, root);
	if (tpm == 1 || tpm == 2)
		json_put_text(json_put_object(document, "tpm"), "version",
				tpm == 2 ? "2.0" : "1.2");
}
