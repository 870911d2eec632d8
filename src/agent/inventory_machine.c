/* SPDX-License-Identifier: Apache-2.0 */
/* Firmware, machine, processor, memory, disks. */
#include <fcntl.h>
#include <linux/nvme_ioctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "agent/inventory.h"
#include "base/file.h"
#include "base/text.h"
#include "conf/json.h"

enum { CPUINFO_MAX = 1024 * 1024, SECTORS_PER_MB = 2048, KB_PER_MB = 1024 };

/* SMBIOS 3.7, 7.4.1 */
static const char *chassis_of(int64_t type)
{
	switch (type) {
	case 3:
	case 4:
	case 5:
	case 6:
	case 7:
	case 15:
	case 16:
	case 24:
		return "desktop";
	case 8:
	case 9:
	case 10:
	case 14:
	case 31:
	case 32:
		return "laptop";
	case 13:
		return "all in one";
	case 17:
	case 23:
	case 25:
	case 28:
	case 29:
		return "server";
	case 30:
		return "tablet";
	case 34:
		return "embedded pc";
	case 35:
		return "mini pc";
	case 36:
		return "stick pc";
	default:
		return "other";
	}
}

/* "08/14/2023" -> "2023-08-14" */
static void put_date(cJSON *machine, const char *root)
{
	char text[INVENTORY_TEXT_MAX], date[16];
	unsigned month, day, year;

	inventory_line(root, "/sys/class/dmi/id/bios_date", text);
	if (sscanf(text, "%2u/%2u/%4u", &month, &day, &year) != 3 || month < 1 || month > 12 ||
			day < 1 || day > 31 || year < 1980)
		return;
	snprintf(date, sizeof(date), "%04u-%02u-%02u", year % 10000, month % 100, day % 100);
	json_put_text(machine, "bios_date", date);
}

static void put_machine(cJSON *document, const char *root)
{
	static const struct {
		const char *key, *path;
	} rows[] = {
			{"maker", "/sys/class/dmi/id/sys_vendor"},
			{"model", "/sys/class/dmi/id/product_name"},
			{"version", "/sys/class/dmi/id/product_version"},
			{"serial", "/sys/class/dmi/id/product_serial"},
			{"board", "/sys/class/dmi/id/board_name"},
			{"bios_maker", "/sys/class/dmi/id/bios_vendor"},
			{"bios_version", "/sys/class/dmi/id/bios_version"},
	};
	cJSON *machine = json_put_object(document, "machine");
	int64_t chassis = inventory_number(root, "/sys/class/dmi/id/chassis_type");

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		inventory_put_line(machine, rows[i].key, root, rows[i].path);
	/* Machines without a DMI say it in their device tree. */
	if (!cJSON_HasObjectItem(machine, "model"))
		inventory_put_line(machine, "model", root, "/proc/device-tree/model");
	if (!cJSON_HasObjectItem(machine, "serial"))
		inventory_put_line(machine, "serial", root, "/proc/device-tree/serial-number");
	if (chassis >= 0)
		json_put_text(machine, "chassis", chassis_of(chassis));
	put_date(machine, root);
}

static void put_firmware(cJSON *document, const struct inventory_source *source)
{
	cJSON *firmware = json_put_object(document, "firmware");
	struct utsname names;

	json_put_text(firmware, "version", TYND_VERSION);
	inventory_put_line(firmware, "kernel", source->root, "/proc/sys/kernel/osrelease");
	if (uname(&names) == 0)
		json_put_text(firmware, "arch", names.machine);
	if (source->build_time_s > 0)
		json_put_whole(firmware, "built", source->build_time_s);
}

/* The value behind "KEY   : " of a line, or NULL. */
static const char *value_of(const char *line, const char *key)
{
	size_t length = strlen(key);

	if (strncmp(line, key, length) != 0)
		return NULL;
	length += strspn(line + length, " \t");
	return line[length] == ':' ? line + length + 1 : NULL;
}

struct processors {
	char model[INVENTORY_TEXT_MAX];
	unsigned threads, cores_each, packages;
};

static void take_line(struct processors *cpu, const char *line, size_t size)
{
	const char *value;
	unsigned number;

	if (value_of(line, "processor"))
		cpu->threads++;
	else if ((value = value_of(line, "model name")) && !cpu->model[0])
		inventory_clean(value, size - (size_t)(value - line), cpu->model);
	else if ((value = value_of(line, "cpu cores")) && sscanf(value, "%5u", &number) == 1)
		cpu->cores_each = number;
	else if ((value = value_of(line, "physical id")) && sscanf(value, "%5u", &number) == 1)
		cpu->packages = number + 1 > cpu->packages ? number + 1 : cpu->packages;
}

static void put_cpu(cJSON *document, const char *root)
{
	OWNED(array) struct array bytes = {.max = CPUINFO_MAX};
	struct processors cpu = {.packages = 1};
	char full[INVENTORY_PATH_MAX], *line, *rest;
	int64_t khz = inventory_number(root,
			"/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq");
	cJSON *object;

	if (text_format(full, sizeof(full), "%s/proc/cpuinfo", root) < 0 ||
			file_read(full, &bytes, NULL) < 0 || array_append(&bytes, "", 1) < 0)
		return;
	rest = (char *)bytes.data;
	while ((line = strsep(&rest, "\n")))
		take_line(&cpu, line, strlen(line));
	object = json_put_object(document, "cpu");
	if (cpu.model[0])
		json_put_text(object, "model", cpu.model);
	if (cpu.cores_each)
		json_put_whole(object, "cores", (int64_t)cpu.cores_each * cpu.packages);
	json_put_whole(object, "threads", cpu.threads);
	if (khz > 0)
		json_put_whole(object, "max_mhz", khz / 1000);
}

static void put_memory(cJSON *document, const char *root)
{
	char text[INVENTORY_TEXT_MAX];
	unsigned long long kb;

	/* Its first line. */
	inventory_line(root, "/proc/meminfo", text);
	if (sscanf(text, "MemTotal: %12llu kB", &kb) == 1)
		json_put_whole(json_put_object(document, "memory"), "total_mb",
				(int64_t)(kb / KB_PER_MB));
}

void inventory_put_machine(cJSON *document, const struct inventory_source *source)
{
	put_firmware(document, source);
	put_machine(document, source->root);
	put_cpu(document, source->root);
	put_memory(document, source->root);
}

/* --- disks */

static bool begins(const char *name, const char *with)
{
	return strncmp(name, with, strlen(with)) == 0;
}

static bool is_disk(const char *name)
{
	return (begins(name, "nvme") || begins(name, "mmcblk") || begins(name, "sd") ||
			       begins(name, "vd") || begins(name, "hd")) &&
	       !strstr(name, "boot") && !strstr(name, "rpmb") && !strstr(name, "c0d0n");
}

/* Two values of JESD84-B51, 7.4.28 (DEVICE_LIFE_TIME_EST): tenths of the life, rounded up. */
static int emmc_wear(const char *root, const char *name)
{
	char path[INVENTORY_PATH_MAX], text[INVENTORY_TEXT_MAX];
	unsigned a, b;

	text_format(path, sizeof(path), "/sys/block/%s/device/life_time", name);
	inventory_line(root, path, text);
	if (sscanf(text, "%4x %4x", &a, &b) != 2 || a > 11 || b > 11 || (a == 0 && b == 0))
		return -1;
	return (int)(a > b ? a : b) * 10;
}

static int wear_of(const struct inventory_source *source, const char *name)
{
	for (unsigned i = 0; source->wear && i < source->wear->count; i++)
		if (strcmp(source->wear->list[i].name, name) == 0)
			return source->wear->list[i].percent;
	return begins(name, "mmcblk") ? emmc_wear(source->root, name) : -1;
}

static const char *kind_of(const char *root, const char *name)
{
	char path[INVENTORY_PATH_MAX], text[INVENTORY_TEXT_MAX], target[INVENTORY_PATH_MAX];
	char full[INVENTORY_PATH_MAX];
	ssize_t length = -1;

	if (begins(name, "nvme"))
		return "nvme";
	if (begins(name, "vd"))
		return "virtual";
	if (begins(name, "mmcblk")) {
		text_format(path, sizeof(path), "/sys/block/%s/device/type", name);
		inventory_line(root, path, text);
		return strcmp(text, "SD") == 0 ? "sd" : "emmc";
	}
	/* The way to the device leads over its bus. */
	if (text_format(full, sizeof(full), "%s/sys/block/%s", root, name) == 0)
		length = readlink(full, target, sizeof(target) - 1);
	target[length < 0 ? 0 : length] = '\0';
	if (strstr(target, "/usb"))
		return "usb";
	text_format(path, sizeof(path), "/sys/block/%s/queue/rotational", name);
	return inventory_number(root, path) == 1 ? "hdd" : "ssd";
}

static void put_disk(cJSON *disks, const struct inventory_source *source, const char *name)
{
	cJSON *disk = json_new_object();
	char path[INVENTORY_PATH_MAX];
	const char *model = begins(name, "mmcblk") ? "name" : "model";
	int wear = wear_of(source, name);

	json_put_text(disk, "name", name);
	json_put_text(disk, "kind", kind_of(source->root, name));
	text_format(path, sizeof(path), "/sys/block/%s/device/%s", name, model);
	inventory_put_line(disk, "model", source->root, path);
	text_format(path, sizeof(path), "/sys/block/%s/device/serial", name);
	inventory_put_line(disk, "serial", source->root, path);
	text_format(path, sizeof(path), "/sys/block/%s/size", name);
	int64_t sectors = inventory_number(source->root, path);
	if (sectors >= 0)
		json_put_whole(disk, "size_mb", sectors / SECTORS_PER_MB);
	if (wear >= 0)
		json_put_whole(disk, "wear_percent", wear);
	text_format(path, sizeof(path), "/sys/block/%s/removable", name);
	json_put_bool(disk, "is_removable", inventory_number(source->root, path) == 1);
	cJSON_AddItemToArray(disks, disk);
}

int inventory_worst_wear(const struct inventory_source *source)
{
	struct inventory_names names;
	int worst = -1;

	inventory_names(source->root, "/sys/block", &names);
	for (unsigned i = 0; i < names.count; i++) {
		int wear = is_disk(names.list[i]) ? wear_of(source, names.list[i]) : -1;

		worst = wear > worst ? wear : worst;
	}
	return worst;
}

void inventory_put_disks(cJSON *document, const struct inventory_source *source)
{
	cJSON *storage = json_put_object(document, "storage");
	cJSON *disks = json_put_list(document, "disks");
	int worst = inventory_worst_wear(source);
	struct inventory_names names;

	inventory_names(source->root, "/sys/block", &names);
	for (unsigned i = 0; i < names.count; i++)
		if (is_disk(names.list[i]) && cJSON_GetArraySize(disks) < INVENTORY_DISKS_MAX)
			put_disk(disks, source, names.list[i]);
	json_put_whole(storage, "count", cJSON_GetArraySize(disks));
	if (worst >= 0) {
		json_put_whole(storage, "wear_percent", worst);
		json_put_bool(storage, "is_worn", worst >= INVENTORY_WORN_PERCENT);
	}
}

/* --- NVMe, as root */

enum { SMART_SIZE = 512, SMART_PERCENT_USED = 5, GET_LOG_PAGE = 0x02, LOG_SMART = 0x02 };

static int ask_nvme(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	uint8_t smart[SMART_SIZE] = {0};
	struct nvme_admin_cmd command = {
			.opcode = GET_LOG_PAGE,
			.nsid = 0xffffffff,
			.addr = (uint64_t)(uintptr_t)smart,
			.data_len = sizeof(smart),
			.cdw10 = (SMART_SIZE / 4 - 1) << 16 | LOG_SMART,
			.timeout_ms = 1000,
	};

	int r;

	if (fd < 0)
		return -1;
	r = ioctl(fd, NVME_IOCTL_ADMIN_CMD, &command);
	close(fd);
	return r == 0 ? smart[SMART_PERCENT_USED] : -1;
}

void inventory_ask_wear(struct inventory_wear *ret)
{
	struct inventory_names names;

	ret->count = 0;
	inventory_names("", "/sys/block", &names);
	for (unsigned i = 0; i < names.count && ret->count < INVENTORY_DISKS_MAX; i++) {
		const char *name = names.list[i];
		char path[80];

		text_format(path, sizeof(path), "/dev/%s", name);
		int percent = begins(name, "nvme") && is_disk(name) ? ask_nvme(path) : -1;
		if (percent < 0 || text_copy(ret->list[ret->count].name, sizeof(ret->list[0].name),
						   name) < 0)
			continue;
		ret->list[ret->count++].percent = (uint8_t)percent;
	}
}
