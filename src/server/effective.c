/* SPDX-License-Identifier: Apache-2.0 */
#include "server/effective.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "conf/expand.h"
#include "conf/json.h"
#include "conf/merge.h"
#include "server/keys.h"
#include "server/place.h"
#include "server/secret.h"

/* No text of a layer holds a control byte, so a mark is never one. */
#define DEVICE_NAME \
	"\x01" \
	"device.name"
#define SITE_NAME \
	"\x01" \
	"site.name"

enum { MARK_MAX = DB_SCOPE_MAX + CONF_VARIABLE_NAME_MAX + 40 };

cJSON *effective_merge(const struct conf_layer *layers, unsigned count, bool has_site)
{
	OWNED(json) cJSON *inventory = json_new_object();
	struct conf_layer stack[STACK_MAX];
	cJSON *identity = json_put_object(inventory, "identity");
	unsigned used = 1;

	json_put_text(identity, "device", DEVICE_NAME);
	if (has_site)
		json_put_text(identity, "site", SITE_NAME);
	stack[0] = (struct conf_layer){.name = "inventory", .document = inventory};
	for (unsigned i = 0; i < count && used < STACK_MAX; i++)
		stack[used++] = layers[i];
	return conf_merge_layers(stack, used);
}

unsigned effective_uses(const cJSON *document)
{
	return conf_expand_uses(document);
}

static bool is_plain(const cJSON *document)
{
	return !cJSON_GetObjectItemCaseSensitive(document, CONF_VARIABLES) &&
	       !conf_expand_uses(document);
}

struct marking {
	struct server *server;
	const struct db_device *device;
	char text[MARK_MAX];
};

static const char *mark_secret(void *data, const char *name)
{
	struct marking *marking = data;
	struct db_secret secret;

	if (secret_find(marking->server->db, marking->device, name, &secret, NULL) < 0)
		return NULL;
	(void)text_format(marking->text, sizeof(marking->text), "\x01%s/%s %lld", secret.scope,
			name, (long long)secret.revision);
	return marking->text;
}

/* What cannot be expanded was refused before. */
static void mark(struct server *server, const struct db_device *device, cJSON *document)
{
	struct marking marking = {.server = server, .device = device};
	struct conf_facts facts = {
			.device_name = DEVICE_NAME,
			.device_id = "\x01"
				     "device.id",
			.device_serial = "\x01"
					 "device.serial",
			.device_mac = "\x01"
				      "device.mac",
			.site_name = SITE_NAME,
			.tenant_name = "\x01"
				       "tenant.name",
			.secret = mark_secret,
			.data = &marking,
	};

	(void)conf_expand(document, &facts, NULL);
}

void effective_hash(struct server *server, const struct db_device *device, const cJSON *document,
		uint8_t hash[DB_HASH])
{
	OWNED(json) cJSON *marked = is_plain(document) ? NULL : json_copy(document);

	if (marked)
		mark(server, device, marked);
	OWNED(memory) char *text = json_print(marked ? marked : document);
	key_hash(text, strlen(text), hash);
}

/* In its place: the order of members counts. */
static void put_name(cJSON *document, const char *key, const char *mark, const char *name)
{
	cJSON *identity = cJSON_GetObjectItemCaseSensitive(document, "identity");
	cJSON *text = cJSON_GetObjectItemCaseSensitive(identity, key);

	if (!cJSON_IsString(text) || strcmp(text->valuestring, mark) != 0)
		return;
	cJSON_free(text->valuestring);
	text->valuestring = own_copy_text(name);
}

static int read_hardware(struct db *db, struct db_device *device, struct err *err)
{
	struct db_device row;
	int r = db_device_get(db, device->id, &row, err);

	if (r == 0)
		memcpy(device->hardware, row.hardware, sizeof(device->hardware));
	return r;
}

static void put_names(const struct db_device *device, cJSON *document)
{
	put_name(document, "device", DEVICE_NAME, device->name);
	put_name(document, "site", SITE_NAME, place_short(device->site));
}

int effective_finish(struct server *server, struct db_device *device, enum template_kind kind,
		cJSON *document, struct err *err)
{
	int r = 0;

	if (!is_plain(document)) {
		if ((conf_expand_uses(document) & CONF_USES_DEVICE) && !device->hardware[0])
			r = read_hardware(server->db, device, err);
		if (r == 0)
			r = template_expand(server, device, kind, document, err);
	}
	put_names(device, document);
	return r;
}

int effective_of(struct fleet *fleet, const struct fleet_device *device, enum template_kind kind,
		cJSON **ret, struct err *err)
{
	OWNED(json)
	cJSON *document = fleet_document(fleet, device->class,
			device->is_alone ? device->layer : NULL, false);
	struct db_device facts;

	fleet_facts(device->class, device->id, device->name, &facts);
	int r = effective_finish(fleet_server(fleet), &facts, kind, document, err);
	if (r == 0)
		*ret = own_take(document);
	return r;
}

int effective_check(struct server *server, struct db_device *device, const cJSON *document,
		struct err *err)
{
	OWNED(json) cJSON *copy = json_copy(document);
	int r = 0;

	put_name(copy, "device", DEVICE_NAME, "device");
	put_name(copy, "site", SITE_NAME, "site");
	if ((conf_expand_uses(copy) & CONF_USES_DEVICE) && !device->hardware[0])
		r = read_hardware(server->db, device, err);
	return r < 0 ? r : template_check(server, device, copy, err);
}

static const char *show_secret(void *data, const char *name)
{
	char *text = data;

	(void)text_format(text, MARK_MAX, "${secret.%s}", name);
	return text;
}

void effective_show(cJSON *document)
{
	char text[MARK_MAX];
	struct conf_facts facts = {
			.device_name = "${device.name}",
			.device_id = "${device.id}",
			.device_serial = "${device.serial}",
			.device_mac = "${device.mac}",
			.site_name = "${site.name}",
			.tenant_name = "${tenant.name}",
			.secret = show_secret,
			.data = text,
	};

	(void)conf_expand(document, &facts, NULL);
	put_name(document, "device", DEVICE_NAME, facts.device_name);
	put_name(document, "site", SITE_NAME, facts.site_name);
}
