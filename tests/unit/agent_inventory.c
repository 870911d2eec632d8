/* SPDX-License-Identifier: Apache-2.0 */
/* The inventory of machines that are made up here, also of hostile ones. */
#include "agent/inventory.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "conf/json.h"
#include "unit/test.h"

static char root[] = "/tmp/tynd-inventory-XXXXXX";

static void put_bytes(const char *path, const void *bytes, size_t size)
{
	char full[512], folder[512];

	snprintf(full, sizeof(full), "%s%s", root, path);
	snprintf(folder, sizeof(folder), "%s", full);
	*strrchr(folder, '/') = '\0';
	CHECK_INT(file_make_folder(folder, 0755, NULL), 0);
	CHECK_INT(file_write(full, bytes, size, 0644, NULL), 0);
}

static void put(const char *path, const char *text)
{
	put_bytes(path, text, strlen(text));
}

static void put_link(const char *path, const char *target)
{
	char full[512];

	put(path, "");
	snprintf(full, sizeof(full), "%s%s", root, path);
	CHECK(unlink(full) == 0 && symlink(target, full) == 0);
}

static cJSON *read_all(const struct inventory_wear *wear)
{
	struct inventory_source source = {.root = root, .build_time_s = 1790000000, .wear = wear};
	char *text = inventory_read(&source);
	cJSON *document = NULL;
	struct err err;

	CHECK(strlen(text) <= INVENTORY_SIZE_MAX);
	CHECK_INT(json_parse(text, strlen(text), &document, &err), 0);
	free(text);
	return document;
}

/* "disks.0.kind" */
static const cJSON *at(const cJSON *tree, const char *path)
{
	char copy[128], *rest = copy, *part;

	snprintf(copy, sizeof(copy), "%s", path);
	while (tree && (part = strsep(&rest, ".")))
		tree = cJSON_IsArray(tree) ? cJSON_GetArrayItem(tree, atoi(part))
		                           : cJSON_GetObjectItemCaseSensitive(tree, part);
	return tree;
}

static void check_text(const cJSON *tree, const char *path, const char *expected)
{
	const cJSON *value = at(tree, path);

	CHECK(value && cJSON_IsString(value));
	if (value && cJSON_IsString(value))
		CHECK_TEXT(value->valuestring, expected);
}

static void check_number(const cJSON *tree, const char *path, double expected)
{
	const cJSON *value = at(tree, path);

	CHECK(value && cJSON_IsNumber(value));
	if (value)
		CHECK_INT(value->valuedouble, expected);
}

static void make_machine(void)
{
	put("/sys/class/dmi/id/sys_vendor", "Dell Inc.\n");
	put("/sys/class/dmi/id/product_name", "Wyse 5070 Thin Client\n");
	put("/sys/class/dmi/id/product_serial", "8XK2LQ2\n");
	put("/sys/class/dmi/id/chassis_type", "35\n");
	put("/sys/class/dmi/id/bios_date", "08/14/2023\n");
	put("/proc/meminfo", "MemTotal:        7995392 kB\nMemFree: 1 kB\n");
	put("/proc/cpuinfo",
			"processor\t: 0\nphysical id\t: 0\nmodel name\t: Intel(R)  Pentium(R) J5005"
			"\ncpu cores\t: 4\n\nprocessor\t: 1\nphysical id\t: 0\ncpu cores\t: 4\n");
	put("/sys/block/mmcblk0/size", "122142720\n");
	put("/sys/block/mmcblk0/device/type", "MMC\n");
	put("/sys/block/mmcblk0/device/name", "DA4064\n");
	put("/sys/block/mmcblk0/device/life_time", "0x01 0x0a\n");
	put("/sys/block/mmcblk0boot0/size", "8192\n");
	put("/sys/block/loop0/size", "8\n");
	put("/sys/block/nvme0n1/size", "500118192\n");
	put("/sys/block/nvme0n1/device/model", "SAMSUNG MZ      \n");
	put_link("/sys/block/sda", "../devices/pci0000:00/0000:00:14.0/usb1/1-2/host2/block/sda");
	put("/sys/class/net/eth0/address", "54:bf:64:00:00:01\n");
	put("/sys/class/net/eth0/speed", "1000\n");
	put("/sys/class/net/eth0/carrier", "1\n");
	put_link("/sys/class/net/eth0/device/driver", "../../bus/pci/drivers/r8169");
	put("/sys/class/net/wlan0/phy80211/index", "0\n");
	put("/sys/class/net/wlan0/device/vendor", "0x8086\n");
	put("/sys/class/net/lo/address", "00:00:00:00:00:00\n");
	put("/sys/class/drm/card0/device/vendor", "0x8086\n");
	put("/sys/class/drm/card0/device/device", "0x3184\n");
	put_link("/sys/class/drm/card0/device/driver", "../../bus/pci/drivers/i915");
	put("/sys/class/drm/card0-DP-1/status", "connected\n");
	put("/sys/class/tpm/tpm0/tpm_version_major", "2\n");
	put("/sys/bus/usb/devices/1-3/idVendor", "1050\n");
	put("/sys/bus/usb/devices/1-3/idProduct", "0407\n");
	put("/sys/bus/usb/devices/1-3/manufacturer", "Yubico\n");
	put("/sys/bus/usb/devices/1-3/product", "YubiKey OTP+FIDO+CCID\n");
	put("/sys/bus/usb/devices/1-3:1.0/bInterfaceClass", "03\n");
	put_bytes("/sys/bus/usb/devices/1-3:1.0/0003:1050:0407.0002/report_descriptor",
			"\x06\xd0\xf1\x09\x01", 5);
	put("/sys/bus/usb/devices/1-3:1.1/bInterfaceClass", "0b\n");
	put("/sys/bus/usb/devices/1-4/idVendor", "05e3\n");
	put("/sys/bus/usb/devices/1-4:1.0/bInterfaceClass", "09\n");
	put("/sys/bus/usb/devices/usb1/idVendor", "1d6b\n");
}

static void test_machine(void)
{
	struct inventory_wear wear = {.count = 1, .list = {{"nvme0n1", 12}}};

	make_machine();
	TEST("a machine is told part by part") {
		OWNED(json) cJSON *all = read_all(&wear);

		check_number(all, "format", 1);
		check_text(all, "machine.model", "Wyse 5070 Thin Client");
		check_text(all, "machine.chassis", "mini pc");
		check_text(all, "machine.bios_date", "2023-08-14");
		check_text(all, "cpu.model", "Intel(R) Pentium(R) J5005");
		check_number(all, "cpu.cores", 4);
		check_number(all, "cpu.threads", 2);
		check_number(all, "memory.total_mb", 7808);
		check_number(all, "firmware.built", 1790000000);
		check_text(all, "gpus.0.id", "8086:3184");
		check_text(all, "gpus.0.driver", "i915");
		CHECK_INT(cJSON_GetArraySize(at(all, "gpus")), 1);
		check_text(all, "tpm.version", "2.0");
		check_text(all, "secure_boot.firmware", "bios");
		check_text(all, "secure_boot.state", "none");
		CHECK(!at(all, "monitors"));
	}
	TEST("disks with what they say of their wear; the worst counts") {
		OWNED(json) cJSON *all = read_all(&wear);

		CHECK_INT(cJSON_GetArraySize(at(all, "disks")), 3);
		check_text(all, "disks.0.kind", "emmc");
		check_number(all, "disks.0.wear_percent", 100);
		check_number(all, "disks.0.size_mb", 59640);
		check_text(all, "disks.1.model", "SAMSUNG MZ");
		check_number(all, "disks.1.wear_percent", 12);
		check_text(all, "disks.2.kind", "usb");
		CHECK(!at(all, "disks.2.wear_percent"));
		check_number(all, "storage.wear_percent", 100);
		CHECK(cJSON_IsTrue(at(all, "storage.is_worn")));
	}
	TEST("cards that are devices, and what is plugged into USB") {
		OWNED(json) cJSON *all = read_all(&wear);

		CHECK_INT(cJSON_GetArraySize(at(all, "network")), 2);
		check_text(all, "network.0.driver", "r8169");
		check_number(all, "network.0.speed_mbps", 1000);
		CHECK(cJSON_IsTrue(at(all, "network.0.has_link")));
		check_text(all, "network.1.kind", "wireless");
		check_number(all, "usb.count", 1);
		check_number(all, "usb.security_keys", 1);
		check_number(all, "usb.card_readers", 1);
		check_text(all, "usb.devices.0.id", "1050:0407");
		check_text(all, "usb.devices.0.classes.1", "smart-card");
	}
	TEST("the same machine gives the same text") {
		struct inventory_source source = {.root = root, .wear = &wear};
		char *one = inventory_read(&source), *two = inventory_read(&source);

		CHECK_TEXT(one, two);
		free(one);
		free(two);
	}
}

static void test_hostile(void)
{
	char text[INVENTORY_TEXT_MAX], path[128];

	TEST("text of strangers is cut between characters and has no control characters") {
		inventory_clean("  a\x1b[31m \xff b\xc3\xa6\t\"<b>\n2", 22, text);
		CHECK_TEXT(text, "a[31m b\xc3\xa6\"<b>");
		char full[200];
		memset(full, 'x', sizeof(full));
		memcpy(full + 63, "\xc3\xa6", 2);
		inventory_clean(full, sizeof(full), text);
		CHECK_INT(strlen(text), 63);
		CHECK(text_is_utf8(text, strlen(text)));
	}
	TEST("a thousand disks, cards and keys, and names of any length, fit") {
		char large[3000];

		memset(large, 'A', sizeof(large));
		large[sizeof(large) - 1] = '\0';
		put("/sys/class/dmi/id/product_name", large);
		put("/sys/class/dmi/id/bios_date", "99/99/99999");
		put("/proc/meminfo", "MemTotal: 99999999999999999999 kB");
		put("/sys/block/mmcblk0/device/life_time", "0xff 0x-1");
		put("/sys/class/tpm/tpm0/tpm_version_major", "7");
		for (int i = 0; i < 1000; i++) {
			snprintf(path, sizeof(path), "/sys/bus/usb/devices/2-%d/product", i);
			put(path, large);
			snprintf(path, sizeof(path), "/sys/class/net/eth%d/device/driver", i + 1);
			put(path, "x");
			snprintf(path, sizeof(path), "/sys/block/sd%d/device/model", i);
			put(path, large);
		}
		OWNED(json) cJSON *all = read_all(NULL);

		CHECK_INT(cJSON_GetArraySize(at(all, "disks")), INVENTORY_DISKS_MAX);
		CHECK_INT(cJSON_GetArraySize(at(all, "network")), 8);
		CHECK(!at(all, "tpm") && !at(all, "machine.bios_date"));
		CHECK(!at(all, "storage.wear_percent"));
	}
	TEST("where there is nothing, nothing is said") {
		struct inventory_source source = {.root = "/nonexistent"};
		char *nothing = inventory_read(&source);

		CHECK(strstr(nothing, "\"format\":1") != NULL);
		free(nothing);
	}
}

/* --- the firmware's keys */

/* What Debian's OVMF with Microsoft's keys has: found where it lies in the image of its variables. */
static void test_real_db(void)
{
	static const uint8_t x509[] = {0xa1, 0x59, 0xc0, 0xa5, 0xe4, 0x94, 0xa7, 0x4a, 0x87, 0xb5,
			0xab, 0x15, 0x5c, 0x2b, 0xf0, 0x72};
	OWNED(array) struct array file = {.max = 4 << 20};
	struct inventory_certificates all;
	bool has_2011 = false, has_name = false;

	TEST("Microsoft's CA is known in what a real firmware holds") {
		CHECK_INT(file_read("/usr/share/OVMF/OVMF_VARS_4M.ms.fd", &file, NULL), 0);
		const uint8_t *at = file.data, *end = at + file.size;
		while (at && (at = memmem(at, (size_t)(end - at), x509, sizeof(x509)))) {
			inventory_parse_db(at, (size_t)(end - at), &all);
			has_2011 |= all.has_microsoft_2011;
			for (unsigned i = 0; i < all.count; i++)
				has_name |= strcmp(all.list[i].subject,
							    "Microsoft Corporation UEFI CA 2011") ==
				            0;
			at++;
		}
		CHECK(has_2011 && has_name);
	}
}

static size_t make_list(uint8_t *bytes, uint32_t list, uint32_t header, uint32_t each)
{
	static const uint8_t x509[] = {0xa1, 0x59, 0xc0, 0xa5, 0xe4, 0x94, 0xa7, 0x4a, 0x87, 0xb5,
			0xab, 0x15, 0x5c, 0x2b, 0xf0, 0x72};
	const uint32_t numbers[] = {list, header, each};

	memset(bytes, 0x5a, 256);
	memcpy(bytes, x509, 16);
	memcpy(bytes + 16, numbers, sizeof(numbers));
	return 28 + 64;
}

static void test_db(void)
{
	static const struct {
		uint32_t list, header, each;
		unsigned count;
	} rows[] = {
			{28 + 64, 0, 64, 1},
			{28 + 64, 0, 32, 2},
			{28 + 64, 32, 32, 1},
			{28 + 64, 0, 16, 0}, /* no room for a certificate */
			{28 + 64, 0, 0, 0},
			{28 + 64, 65, 32, 0},
			{28 + 64, UINT32_MAX, 32, 0},
			{28 + 64, 0, UINT32_MAX, 0},
			{28 + 65, 0, 32, 0}, /* longer than what there is */
			{27, 0, 32, 0},
			{0, 0, 32, 0},
			{UINT32_MAX, 0, 32, 0},
	};
	struct inventory_certificates all;
	uint8_t bytes[4 + 256] = {0};

	TEST("lists whose lengths lie are not followed")
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			size_t size = make_list(bytes, rows[i].list, rows[i].header, rows[i].each);

			inventory_parse_db(bytes, size, &all);
			CHECK_INT(all.count, rows[i].count);
			CHECK(!all.has_microsoft_2011 && !all.has_microsoft_2023);
		}
	TEST("Secure Boot as the firmware says it") {
		put_bytes("/sys/firmware/efi/efivars/"
			  "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
				"\6\0\0\0\1", 5);
		make_list(bytes + 4, 28 + 64, 0, 64);
		put_bytes("/sys/firmware/efi/efivars/db-d719b2cb-3d3a-4596-a3bc-dad00e67656f",
				bytes, 4 + 28 + 64);
		put_bytes("/sys/firmware/efi/efivars/LoaderEntrySelected-"
			  "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f",
				"\6\0\0\0t\0y\0.\0\0\0", 12);
		OWNED(json) cJSON *all_parts = read_all(NULL);

		check_text(all_parts, "secure_boot.firmware", "uefi");
		check_text(all_parts, "secure_boot.state", "on");
		CHECK_INT(cJSON_GetArraySize(at(all_parts, "secure_boot.certificates")), 1);
		CHECK(cJSON_IsFalse(at(all_parts, "secure_boot.has_microsoft_2023")));
		check_text(all_parts, "firmware.entry", "ty.");
	}
}

int main(void)
{
	char command[128];

	if (!mkdtemp(root))
		return 1;
	test_machine();
	test_hostile();
	test_real_db();
	test_db();
	snprintf(command, sizeof(command), "rm -rf %s", root);
	if (system(command) != 0)
		return 1;
	TEST_END();
}
