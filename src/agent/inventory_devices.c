/* SPDX-License-Identifier: Apache-2.0 */
/* Network cards, graphics, what is plugged into USB. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/inventory.h"
#include "base/file.h"
#include "base/text.h"
#include "conf/json.h"

enum {
	NETWORK_MAX = 8,
	GPUS_MAX = 4,
	USB_MAX = 16,
	HUB = 0x09,
	SMART_CARD = 0x0b,
	REPORT_MAX = 4096,
};

/* --- network */

static void put_card(cJSON *list, const char *root, const char *name)
{
	cJSON *card = json_new_object();
	char path[INVENTORY_PATH_MAX], text[INVENTORY_TEXT_MAX];
	bool is_wireless;

	text_format(path, sizeof(path), "/sys/class/net/%s/wireless", name);
	is_wireless = inventory_exists(root, path);
	text_format(path, sizeof(path), "/sys/class/net/%s/phy80211", name);
	is_wireless |= inventory_exists(root, path);
	json_put_text(card, "name", name);
	json_put_text(card, "kind", is_wireless ? "wireless" : "wired");
	text_format(path, sizeof(path), "/sys/class/net/%s/address", name);
	inventory_put_line(card, "mac", root, path);
	text_format(path, sizeof(path), "/sys/class/net/%s/device/driver", name);
	inventory_link(root, path, text);
	if (text[0])
		json_put_text(card, "driver", text);
	text_format(path, sizeof(path), "/sys/class/net/%s/speed", name);
	int64_t speed = inventory_number(root, path);
	if (speed > 0)
		json_put_whole(card, "speed_mbps", speed);
	text_format(path, sizeof(path), "/sys/class/net/%s/carrier", name);
	json_put_bool(card, "has_link", inventory_number(root, path) == 1);
	cJSON_AddItemToArray(list, card);
}

/* Those that are a device; bridges, tunnels and loopback are not. */
void inventory_put_network(cJSON *document, const char *root)
{
	cJSON *list = json_put_list(document, "network");
	struct inventory_names names;
	char path[INVENTORY_PATH_MAX];

	inventory_names(root, "/sys/class/net", &names);
	for (unsigned i = 0; i < names.count && cJSON_GetArraySize(list) < NETWORK_MAX; i++) {
		text_format(path, sizeof(path), "/sys/class/net/%s/device", names.list[i]);
		if (inventory_exists(root, path))
			put_card(list, root, names.list[i]);
	}
}

/* --- graphics */

static void put_gpu(cJSON *list, const char *root, const char *name)
{
	cJSON *gpu = json_new_object();
	char path[INVENTORY_PATH_MAX], text[INVENTORY_TEXT_MAX];
	int64_t vendor, device;

	text_format(path, sizeof(path), "/sys/class/drm/%s/device/driver", name);
	inventory_link(root, path, text);
	if (text[0])
		json_put_text(gpu, "driver", text);
	text_format(path, sizeof(path), "/sys/class/drm/%s/device/vendor", name);
	vendor = inventory_number(root, path);
	text_format(path, sizeof(path), "/sys/class/drm/%s/device/device", name);
	device = inventory_number(root, path);
	if (vendor >= 0 && vendor <= 0xffff && device >= 0 && device <= 0xffff) {
		text_format(text, sizeof(text), "%04x:%04x", (unsigned)vendor, (unsigned)device);
		json_put_text(gpu, "id", text);
	}
	json_put_text(gpu, "card", name);
	cJSON_AddItemToArray(list, gpu);
}

/* A render node with a driver in user space for it. */
static bool has_vaapi(const char *root)
{
	static const char *const folders[] = {"/usr/lib/x86_64-linux-gnu/dri",
			"/usr/lib/aarch64-linux-gnu/dri", "/usr/lib/dri"};
	struct inventory_names names;
	bool has_node = false, has_driver = false;

	inventory_names(root, "/dev/dri", &names);
	for (unsigned i = 0; i < names.count; i++)
		has_node |= strncmp(names.list[i], "renderD", 7) == 0;
	for (unsigned f = 0; f < 3 && has_node; f++) {
		inventory_names(root, folders[f], &names);
		for (unsigned i = 0; i < names.count; i++)
			has_driver |= strstr(names.list[i], "_drv_video.so") != NULL;
	}
	return has_node && has_driver;
}

/* Video devices that are no cameras: those have an input on USB. */
static bool has_v4l2(const char *root)
{
	struct inventory_names names;
	char path[INVENTORY_PATH_MAX], driver[INVENTORY_TEXT_MAX];
	bool has_one = false;

	inventory_names(root, "/sys/class/video4linux", &names);
	for (unsigned i = 0; i < names.count; i++) {
		text_format(path, sizeof(path), "/sys/class/video4linux/%s/device/driver",
				names.list[i]);
		inventory_link(root, path, driver);
		has_one |= strncmp(names.list[i], "video", 5) == 0 && driver[0] &&
		           strcmp(driver, "uvcvideo") != 0;
	}
	return has_one;
}

static void put_video(cJSON *document, const char *root)
{
	cJSON *video = json_put_object(document, "video");
	bool is_vaapi = has_vaapi(root), is_v4l2 = has_v4l2(root);

	json_put_text(video, "h264", is_vaapi ? "vaapi" : is_v4l2 ? "v4l2" : "software");
	cJSON *list = json_put_list(video, "decoders");
	if (is_vaapi)
		cJSON_AddItemToArray(list, cJSON_CreateString("vaapi"));
	if (is_v4l2)
		cJSON_AddItemToArray(list, cJSON_CreateString("v4l2"));
}

void inventory_put_graphics(cJSON *document, const char *root)
{
	cJSON *list = json_put_list(document, "gpus");
	struct inventory_names names;

	inventory_names(root, "/sys/class/drm", &names);
	for (unsigned i = 0; i < names.count && cJSON_GetArraySize(list) < GPUS_MAX; i++)
		if (strncmp(names.list[i], "card", 4) == 0 && !strchr(names.list[i], '-'))
			put_gpu(list, root, names.list[i]);
	put_video(document, root);
}

/* --- USB */

/* usb.org, "Defined Class Codes" */
static const char *class_name(int64_t class)
{
	switch (class) {
	case 0x01:
		return "audio";
	case 0x02:
	case 0x0a:
		return "communication";
	case 0x03:
		return "hid";
	case 0x06:
		return "imaging";
	case 0x07:
		return "printer";
	case 0x08:
		return "storage";
	case HUB:
		return "hub";
	case SMART_CARD:
		return "smart-card";
	case 0x0e:
		return "video";
	case 0xe0:
		return "wireless";
	case 0xff:
		return "vendor";
	default:
		return "other";
	}
}

/* These files are hex without 0x. */
static int64_t hex_number(const char *root, const char *path)
{
	char text[INVENTORY_TEXT_MAX];
	unsigned number;

	inventory_line(root, path, text);
	return sscanf(text, "%4x", &number) == 1 ? (int64_t)number : -1;
}

/* Its report descriptor begins with the usage page of FIDO (CTAP 2.1, 11.2.8.1: 0xF1D0). */
static bool is_fido(const char *root, const char *interface)
{
	static const uint8_t page[] = {0x06, 0xd0, 0xf1};
	char path[INVENTORY_PATH_MAX], full[INVENTORY_PATH_MAX];
	struct inventory_names names;
	bool is_one = false;

	text_format(path, sizeof(path), "/sys/bus/usb/devices/%s", interface);
	inventory_names(root, path, &names);
	for (unsigned i = 0; i < names.count; i++) {
		OWNED(array) struct array bytes = {.max = REPORT_MAX};

		if (!strchr(names.list[i], ':') ||
				text_format(full, sizeof(full), "%s%s/%s/report_descriptor", root,
						path, names.list[i]) < 0 ||
				file_read(full, &bytes, NULL) < 0)
			continue;
		is_one |= bytes.size >= sizeof(page) && memcmp(bytes.data, page, sizeof(page)) == 0;
	}
	return is_one;
}

struct usb_device {
	bool is_key, is_reader, is_hub;
	cJSON *classes;
};

static void add_class(cJSON *classes, const char *name)
{
	const cJSON *one;

	cJSON_ArrayForEach(one, classes)
		if (strcmp(one->valuestring, name) == 0)
			return;
	cJSON_AddItemToArray(classes, cJSON_CreateString(name));
}

/* The interfaces of "1-2" are "1-2:1.0", "1-2:1.1" ... */
static void read_interfaces(struct usb_device *usb, const char *root,
		const struct inventory_names *all, const char *device)
{
	size_t length = strlen(device);
	char path[INVENTORY_PATH_MAX];

	for (unsigned i = 0; i < all->count; i++) {
		const char *name = all->list[i];

		if (strncmp(name, device, length) != 0 || name[length] != ':')
			continue;
		text_format(path, sizeof(path), "/sys/bus/usb/devices/%s/bInterfaceClass", name);
		int64_t class = hex_number(root, path);
		add_class(usb->classes, class_name(class));
		usb->is_hub |= class == HUB;
		usb->is_reader |= class == SMART_CARD;
		usb->is_key |= class == 0x03 && is_fido(root, name);
	}
}

static void put_names(cJSON *object, const char *root, const char *device)
{
	char path[INVENTORY_PATH_MAX], maker[INVENTORY_TEXT_MAX], product[INVENTORY_TEXT_MAX];
	char both[INVENTORY_TEXT_MAX * 2], text[INVENTORY_TEXT_MAX];
	int64_t vendor_id, product_id;

	text_format(path, sizeof(path), "/sys/bus/usb/devices/%s/idVendor", device);
	vendor_id = hex_number(root, path);
	text_format(path, sizeof(path), "/sys/bus/usb/devices/%s/idProduct", device);
	product_id = hex_number(root, path);
	if (vendor_id >= 0 && product_id >= 0) {
		text_format(text, sizeof(text), "%04x:%04x", (unsigned)vendor_id & 0xffff,
				(unsigned)product_id & 0xffff);
		json_put_text(object, "id", text);
	}
	text_format(path, sizeof(path), "/sys/bus/usb/devices/%s/manufacturer", device);
	inventory_line(root, path, maker);
	text_format(path, sizeof(path), "/sys/bus/usb/devices/%s/product", device);
	inventory_line(root, path, product);
	snprintf(both, sizeof(both), "%s %s", maker, product);
	inventory_clean(both, strlen(both), text);
	if (text[0])
		json_put_text(object, "name", text);
}

void inventory_put_usb(cJSON *document, const char *root)
{
	cJSON *object = json_put_object(document, "usb"), *list;
	OWNED(json) cJSON *devices = json_new_list();
	struct inventory_names names;
	int64_t count = 0, keys = 0, readers = 0;

	inventory_names(root, "/sys/bus/usb/devices", &names);
	for (unsigned i = 0; i < names.count; i++) {
		struct usb_device usb = {.classes = NULL};

		/* Interfaces, and the hubs that the machine itself has. */
		if (strchr(names.list[i], ':') || strncmp(names.list[i], "usb", 3) == 0)
			continue;
		cJSON *one = json_new_object();
		put_names(one, root, names.list[i]);
		usb.classes = json_put_list(one, "classes");
		read_interfaces(&usb, root, &names, names.list[i]);
		count += !usb.is_hub;
		keys += usb.is_key;
		readers += usb.is_reader;
		if (!usb.is_hub && cJSON_GetArraySize(devices) < USB_MAX)
			cJSON_AddItemToArray(devices, one);
		else
			cJSON_Delete(one);
	}
	json_put_whole(object, "count", count);
	json_put_whole(object, "security_keys", keys);
	json_put_whole(object, "card_readers", readers);
	list = own_take(devices);
	json_put(object, "devices", list);
}
