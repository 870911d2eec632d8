// SPDX-License-Identifier: Apache-2.0
#include "agent/logs.h"

#include <inttypes.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/utsname.h>

#include "agent/archive.h"
#include "agent/state.h"
#include "base/file.h"
#include "base/text.h"
#include "conf/dsse.h"
#include "conf/json.h"

enum {
	TAR_MAX = 32 * 1024 * 1024,
	FILE_MAX = 1024 * 1024,
	KLOG_READ_ALL = 3, /* syslog(2) */
	KLOG_SIZE = 10,
};

static const char *const files[][2] = {
		{"/proc/cmdline", "cmdline.txt"},
		{"/proc/meminfo", "memory.txt"},
		{"/proc/loadavg", "load.txt"},
		{"/proc/uptime", "uptime.txt"},
		{"/proc/mounts", "mounts.txt"},
		{"/proc/modules", "modules.txt"},
		{"/proc/bus/input/devices", "input.txt"},
		{"/proc/net/dev", "net/dev.txt"},
		{"/proc/net/route", "net/route.txt"},
		{"/proc/net/arp", "net/arp.txt"},
		{"/etc/resolv.conf", "net/resolv.conf"},
};

/* A token of the command line lets devices in: it is in the kernel's log as well. */
static void hide_token(char *text, size_t size)
{
	static const char name[] = "tynd.token=";
	const size_t length = sizeof(name) - 1;

	for (size_t at = 0; at + length < size; at++) {
		if (memcmp(text + at, name, length) != 0)
			continue;
		for (at += length; at < size && (uint8_t)text[at] > ' '; at++)
			text[at] = '*';
	}
}

/* Programs log into the kernel's ring: it is both. Not readable everywhere. */
static int add_kernel_log(struct array *tar, int64_t now_s)
{
	int size = klogctl(KLOG_SIZE, NULL, 0);
	OWNED(memory) char *text = size > 0 ? own_alloc((size_t)size) : NULL;
	int used = text ? klogctl(KLOG_READ_ALL, text, size) : -1;
	static const char none[] = "this device does not let its agent read the kernel's log\n";

	if (used < 0)
		return archive_add(tar, "tynd/log.txt", none, strlen(none), now_s);
	hide_token(text, (size_t)used);
	return archive_add(tar, "tynd/log.txt", text, (size_t)used, now_s);
}

static int add_file(struct array *tar, const char *path, const char *name, int64_t now_s)
{
	OWNED(array) struct array bytes = {.max = FILE_MAX};
	char inside[100];

	if (file_read(path, &bytes, NULL) < 0)
		return 0;
	if (bytes.data)
		hide_token((char *)bytes.data, bytes.size);
	(void)text_format(inside, sizeof(inside), "tynd/%s", name);
	return archive_add(tar, inside, bytes.data ? (const char *)bytes.data : "", bytes.size,
			now_s);
}

/* What the agent thinks of the world. */
static int add_state(struct agent *agent, struct array *tar, int64_t now_s)
{
	const struct conf_signed *running = configs_running(&agent->configs);
	struct trial_floor floor = configs_floor(&agent->configs);
	OWNED(json) cJSON *state = json_new_object();
	struct utsname kernel;

	json_put_text(state, "version", TYND_VERSION);
	if (uname(&kernel) == 0) {
		json_put_text(state, "kernel", kernel.release);
		json_put_text(state, "arch", kernel.machine);
	}
	json_put_text(state, "model", agent->options.hardware.model);
	json_put_text(state, "serial", agent->options.hardware.serial);
	json_put_text(state, "device", agent->trust.device);
	json_put_text(state, "server", agent->trust.server);
	json_put_text(state, "address", agent->network.address);
	json_put_whole(state, "time", now_s);
	json_put_whole(state, "revision", running ? (int64_t)running->revision : 0);
	json_put_whole(state, "revision_held", (int64_t)floor.held);
	json_put_whole(state, "revision_returned", (int64_t)floor.returned);
	json_put_bool(state, "trial", agent->configs.trial != NULL);
	json_put_text(state, "config_reason", reason_code(agent->config_reason));
	json_put_text(state, "config_detail", agent->config_detail.text);
	json_put_text(state, "line_reason", reason_code(agent->plan.reason));
	json_put_text(state, "line_detail", agent->detail.text);
	json_put_text(state, "store_trouble", agent->store.trouble.text);
	json_put_bool(state, "kiosk", kiosk_is_connected(agent->kiosk));
	json_put_bool(state, "session", agent->is_session_running);
	json_put_text(state, "session_reason", reason_code(agent->session_reason));
	json_put_bool(state, "locked", agent->orders.memory.is_locked);
	OWNED(memory) char *text = json_print_pretty(state);
	return archive_add(tar, "tynd/state.json", text, strlen(text), now_s);
}

/* What it is made of, and how it is. */
static int add_told(struct agent *agent, struct array *tar, int64_t now_s)
{
	OWNED(memory) char *inventory = tell_inventory_text(agent);
	OWNED(memory) char *health = tell_health_text(agent);
	int r = archive_add(tar, "tynd/inventory.json", inventory, strlen(inventory), now_s);

	return r < 0 ? r : archive_add(tar, "tynd/health.json", health, strlen(health), now_s);
}

/* Any text of a config may hold a secret: of texts only the length is told. */
static void put_masked(cJSON *masked, const char *pointer, const cJSON *leaf)
{
	char text[48];

	if (cJSON_IsString(leaf)) {
		(void)text_format(text, sizeof(text), "(%zu bytes)", strlen(leaf->valuestring));
		json_put_text(masked, pointer, text);
	} else if (cJSON_IsArray(leaf)) {
		(void)text_format(text, sizeof(text), "(list of %d)", cJSON_GetArraySize(leaf));
		json_put_text(masked, pointer, text);
	} else {
		json_put(masked, pointer, json_copy(leaf));
	}
}

/* The config in use, from its envelope in the store; one that is not there is left out. */
static int add_config(struct agent *agent, struct array *tar, int64_t now_s)
{
	OWNED(array) struct array envelope = {.max = STORE_FILE_MAX};
	OWNED(array) struct array payload = {.max = DSSE_PAYLOAD_MAX};
	OWNED(json) cJSON *document = NULL;
	OWNED(json) cJSON *masked = json_new_object();
	OWNED(memory) struct json_walk *walk = own_alloc(sizeof(*walk));
	enum store_file file = agent->configs.trial ? STORE_TRIAL : STORE_CURRENT;

	if (store_read(&agent->store, file, &envelope, NULL) < 0 ||
			dsse_open(DSSE_CONFIG, envelope.data, envelope.size, agent->configs.key,
					&payload, NULL) < 0 ||
			json_parse((const char *)payload.data, payload.size, &document, NULL) < 0)
		return 0;
	json_walk_begin(walk, document);
	for (const cJSON *leaf; (leaf = json_walk_next(walk));)
		put_masked(masked, walk->pointer, leaf);
	OWNED(memory) char *text = json_print_pretty(masked);
	return archive_add(tar, "tynd/config.json", text, strlen(text), now_s);
}

int logs_collect(struct agent *agent, struct array *archive, struct err *err)
{
	OWNED(array) struct array tar = {.max = TAR_MAX};
	int64_t now_s = agent_now_s(agent);
	int r = add_state(agent, &tar, now_s);

	if (r == 0)
		r = add_told(agent, &tar, now_s);
	if (r == 0)
		r = add_config(agent, &tar, now_s);
	if (r == 0)
		r = add_kernel_log(&tar, now_s);
	if (r == 0)
		r = add_file(&tar, agent->options.network, "net/state.txt", now_s);
	for (size_t i = 0; r == 0 && i < sizeof(files) / sizeof(files[0]); i++)
		r = add_file(&tar, files[i][0], files[i][1], now_s);
	if (r == 0)
		r = archive_end(&tar, archive);
	return r < 0 ? err_errno(err, -r, "the logs could not be packed") : 0;
}
