/* SPDX-License-Identifier: Apache-2.0 */
/* What simulated devices tell of themselves: five models that an office really has, and their state. */
#include <string.h>

#include "base/text.h"
#include "conf/json.h"
#include "fleet/fleet.h"

struct model {
	const char *vendor, *name, *cpu;
	unsigned cores, ram_mb, disk_gb;
	bool has_decoder;
};

static const struct model models[] = {
		{"HP", "HP t640", "AMD Ryzen R1505G", 2, 8192, 64, true},
		{"Dell Inc.", "Dell Wyse 5070", "Intel Celeron J4105", 4, 4096, 32, true},
		{"FUJITSU", "Fujitsu Futro S740", "Intel Celeron J4105", 4, 4096, 16, true},
		{"LENOVO", "Lenovo M90n", "Intel Core i5-8265U", 4, 8192, 256, true},
		{"HP", "HP EliteDesk 800 G2", "Intel Core i5-6500T", 4, 8192, 128, false},
};

static const struct model *model_of(const struct fleet_device *device)
{
	return &models[device->number % (sizeof(models) / sizeof(models[0]))];
}

static void print_mac(const struct fleet_device *device, char *text, size_t size)
{
	(void)text_format(text, size, "02:00:00:%02x:%02x:%02x", device->number >> 16 & 255,
			device->number >> 8 & 255, device->number & 255);
}

static const char *version(const struct fleet_device *device)
{
	return device->version[0] ? device->version : TYND_VERSION;
}

void say_hardware(const struct fleet_device *device, struct messages_hardware *ret)
{
	(void)text_copy(ret->model, sizeof(ret->model), model_of(device)->name);
	(void)text_copy(ret->version, sizeof(ret->version), version(device));
	(void)text_format(ret->serial, sizeof(ret->serial), "SIM-%06u", device->number);
	print_mac(device, ret->mac, sizeof(ret->mac));
}

/* How the device does: most are well, and how well differs from one to the next. */
static void add_state(const struct fleet_device *device, cJSON *report)
{
	unsigned spread = device->number * 7919 % 100;

	cJSON_ReplaceItemInObjectCaseSensitive(report, "version",
			cJSON_CreateString(version(device)));
	json_put_whole(report, "uptime_s", 3600 + spread * INT64_C(977));
	json_put_whole(report, "free_mb", model_of(device)->ram_mb / 2);
	json_put_whole(report, "temperature_c", 42 + spread % 30);
	cJSON *crashes = json_put_object(report, "crashes");
	json_put_whole(crashes, "kiosk", 0);
	json_put_whole(crashes, "session", spread < 2);
	cJSON *alerts = json_put_list(report, "alerts");
	if (spread == 7)
		json_append_text(alerts, "disk-worn");
	if (!device->is_in_session)
		return;
	cJSON *quality = json_put_object(report, "quality");
	json_put_text(quality, "desktop", "work");
	json_put_whole(quality, "sign_in_ms", 1800 + spread * INT64_C(30));
	json_put_whole(quality, "duration_s", spread * INT64_C(60));
	json_put_whole(quality, "reconnects", spread < 5);
	json_put_whole(quality, "round_trip_ms", 4 + spread % 40);
	json_put_whole(quality, "frames_per_s", 30);
	json_put_whole(quality, "dropped_per_s", 0);
	json_put_text(quality, "decoder", model_of(device)->has_decoder ? "vaapi" : "software");
	json_put_text(quality, "video", model_of(device)->has_decoder ? "plane" : "composed");
}

void say_report(struct fleet_device *device, link_done_fn done)
{
	struct messages_report said = {
			.revision = device->is_faulty ? device->revision - 1 : device->revision,
			.state = device->is_faulty ? "returned" : "good",
			.reason = device->is_faulty ? REASON_CONFIG_RETURNED : REASON_NONE,
			.screen = device->is_in_session ? "session" : "sign-in",
			.is_session_running = device->is_in_session,
	};

	if (device->is_in_session)
		(void)text_copy(said.desktop, sizeof(said.desktop), "work");
	(void)text_format(said.address, sizeof(said.address), "10.%u.%u.%u",
			device->number >> 16 & 255, device->number >> 8 & 255,
			device->number & 255);
	OWNED(memory) char *plain = messages_report(&said);
	OWNED(json) cJSON *report = NULL;
	if (json_parse(plain, strlen(plain), &report, NULL) < 0)
		abort(); /* our own text */
	add_state(device, report);
	OWNED(memory) char *body = json_print(report);
	device_request(device, "POST", "report", body, 0, done);
}

static void put_machine(const struct fleet_device *device, cJSON *body)
{
	const struct model *model = model_of(device);
	cJSON *firmware = json_put_object(body, "firmware");
	char serial[32];

	json_put_text(firmware, "version", version(device));
	json_put_text(firmware, "kernel", "6.12.48+deb13-amd64");
	json_put_text(firmware, "arch", "x86_64");
	json_put_text(firmware, "boot", device->number % 10 ? "disk" : "network");
	json_put_text(firmware, "entry", device->number % 10 ? "tynd-a.efi" : "");
	cJSON *machine = json_put_object(body, "machine");
	json_put_text(machine, "maker", model->vendor);
	json_put_text(machine, "model", model->name);
	(void)text_format(serial, sizeof(serial), "SIM-%06u", device->number);
	json_put_text(machine, "serial", serial);
	json_put_text(machine, "chassis", model->has_decoder ? "thin client" : "desktop");
	cJSON *cpu = json_put_object(body, "cpu");
	json_put_text(cpu, "model", model->cpu);
	json_put_whole(cpu, "cores", model->cores);
	json_put_whole(cpu, "threads", model->cores);
	json_put_whole(json_put_object(body, "memory"), "total_mb", model->ram_mb);
}

static cJSON *append_object(cJSON *list)
{
	cJSON *object = json_new_object();

	json_append(list, object);
	return object;
}

/* A disk is worn as it has been used, a few of them more than is good. */
static void put_disk(const struct fleet_device *device, cJSON *body)
{
	unsigned wear = device->number * 7919 % 97;
	cJSON *storage = json_put_object(body, "storage");
	cJSON *disk = append_object(json_put_list(body, "disks"));

	json_put_whole(storage, "count", 1);
	json_put_whole(storage, "wear_percent", wear);
	json_put_bool(storage, "is_worn", wear >= 90);
	json_put_text(disk, "name", "mmcblk0");
	json_put_text(disk, "kind", "emmc");
	json_put_text(disk, "model", "DA4064");
	json_put_whole(disk, "size_mb", model_of(device)->disk_gb * INT64_C(953));
	json_put_whole(disk, "wear_percent", wear);
	json_put_bool(disk, "is_removable", false);
}

static void put_monitors(const struct fleet_device *device, cJSON *body)
{
	cJSON *list = json_put_list(body, "monitors");

	for (unsigned i = 0; i < 1 + device->number % 3 / 2; i++) {
		cJSON *monitor = append_object(list);
		char serial[32];

		(void)text_format(serial, sizeof(serial), "MON%06u%u", device->number, i);
		json_put_text(monitor, "connector", i ? "DP-2" : "DP-1");
		json_put_text(monitor, "maker", "DEL");
		json_put_text(monitor, "model", device->number % 4 ? "DELL P2422H" : "DELL U2722D");
		json_put_text(monitor, "serial", serial);
		json_put_whole(monitor, "width_mm", 527);
		json_put_whole(monitor, "height_mm", 296);
		json_put_whole(monitor, "width", 1920);
		json_put_whole(monitor, "height", 1080);
		json_put_whole(monitor, "refresh_mhz", 60000);
		json_put_whole(monitor, "scale_percent", 100);
		json_put_whole(monitor, "rotation", 0);
		json_put_bool(monitor, "is_primary", i == 0);
	}
}

static void put_rest(const struct fleet_device *device, cJSON *body)
{
	const struct model *model = model_of(device);
	cJSON *network = append_object(json_put_list(body, "network"));
	char mac[32];

	print_mac(device, mac, sizeof(mac));
	json_put_text(network, "name", "eth0");
	json_put_text(network, "kind", "wired");
	json_put_text(network, "mac", mac);
	json_put_whole(network, "speed_mbps", 1000);
	json_put_bool(network, "has_link", true);
	cJSON *video = json_put_object(body, "video");
	json_put_text(video, "h264", model->has_decoder ? "vaapi" : "software");
	cJSON *decoders = json_put_list(video, "decoders");
	if (model->has_decoder)
		json_append_text(decoders, "vaapi");
	cJSON *secure = json_put_object(body, "secure_boot");
	json_put_text(secure, "firmware", "uefi");
	json_put_text(secure, "state", device->number % 5 ? "on" : "off");
	json_put_bool(secure, "has_microsoft_2011", true);
	json_put_bool(secure, "has_microsoft_2023", device->number % 3 == 0);
	json_put_text(json_put_object(body, "tpm"), "version", "2.0");
}

void say_inventory(struct fleet_device *device, link_done_fn done)
{
	OWNED(json) cJSON *body = json_new_object();

	json_put_whole(body, "format", 1);
	put_machine(device, body);
	put_disk(device, body);
	put_monitors(device, body);
	put_rest(device, body);
	OWNED(memory) char *text = json_print(body);
	device_request(device, "POST", "inventory", text, 0, done);
}
