// SPDX-License-Identifier: Apache-2.0
#include "server/template.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "conf/expand.h"
#include "conf/json.h"
#include "conf/parse.h"
#include "server/place.h"
#include "server/secret.h"

enum { MARK_MAX = DB_SCOPE_MAX + CONF_VARIABLE_NAME_MAX + 40, FACT_MAX = 128 };

struct finding {
	struct server *server;
	const struct db_device *device;
	enum template_kind kind;
	int status; /* of the database and the vault: not to be taken for an unknown name */
	struct err err;
	union {
		char mark[MARK_MAX];
		char value[CONF_VARIABLE_TEXT_MAX];
	} text;
};

/* A text of a config has no control byte but line feeds: a mark is never one. */
static const char *find_secret(void *data, const char *name)
{
	struct finding *finding = data;
	struct db_secret secret;
	int r = secret_find(finding->server->db, finding->device, name, &secret, &finding->err);

	if (r == 0 && finding->kind == TEMPLATE_SENT)
		r = secret_value(finding->server->vault, &secret, finding->text.value,
				&finding->err);
	else if (r == 0 && finding->kind == TEMPLATE_MARKED)
		r = text_format(finding->text.mark, MARK_MAX, "\x01%s/%s %lld\x01", secret.scope,
				name, (long long)secret.revision);
	else if (r == 0)
		r = text_format(finding->text.mark, MARK_MAX, "${secret.%s}", name);
	if (r < 0 && r != -ENOENT)
		finding->status = r;
	return r < 0 ? NULL : finding->text.mark;
}

static void read_fact(const cJSON *hardware, const char *key, char text[FACT_MAX])
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(hardware, key);

	text[0] = '\0';
	if (cJSON_IsString(value))
		(void)text_format(text, FACT_MAX, "%s", value->valuestring);
}

int template_expand(struct server *server, const struct db_device *device, enum template_kind kind,
		cJSON *merged, struct err *err)
{
	struct finding finding = {.server = server, .device = device, .kind = kind};
	char serial[FACT_MAX] = "", mac[FACT_MAX] = "";
	struct conf_facts facts = {
			.device_name = device->name,
			.device_id = device->id,
			.device_serial = serial,
			.device_mac = mac,
			.site_name = place_short(device->site),
			.tenant_name = device->tenant,
			.secret = find_secret,
			.data = &finding,
	};
	unsigned uses = conf_expand_uses(merged);

	if (uses & CONF_USES_DEVICE) {
		OWNED(json) cJSON *hardware = NULL;

		if (json_parse(device->hardware, strlen(device->hardware), &hardware, NULL) == 0) {
			read_fact(hardware, "serial", serial);
			read_fact(hardware, "mac", mac);
		}
	}
	int r = conf_expand(merged, &facts, err);
	text_wipe(&finding.text, sizeof(finding.text));
	if (finding.status == 0)
		return r;
	if (err)
		*err = finding.err;
	return finding.status == -EBADMSG ? -EIO : finding.status;
}

static void wipe_texts(cJSON *tree)
{
	cJSON *stack[JSON_DEPTH_MAX + 1] = {tree->child};
	int depth = 0;

	while (depth >= 0) {
		cJSON *node = stack[depth];

		if (!node) {
			depth--;
			continue;
		}
		stack[depth] = node->next;
		if (cJSON_IsString(node))
			text_wipe(node->valuestring, strlen(node->valuestring));
		if (node->child && depth < JSON_DEPTH_MAX)
			stack[++depth] = node->child;
	}
}

static int parse(const cJSON *document, struct err *err)
{
	struct conf *conf = own_alloc(sizeof(*conf));
	int r = conf_parse(document, conf, err);

	text_wipe(conf, sizeof(*conf));
	free(conf);
	return r < 0 ? -EBADMSG : 0;
}

/* The parser's sentence may quote the text: only its path is kept. */
static int check_sent(struct server *server, const struct db_device *device, const cJSON *merged,
		struct err *err)
{
	cJSON *sent = json_copy(merged);
	struct err why;
	int r = template_expand(server, device, TEMPLATE_SENT, sent, err);

	if (r == 0 && parse(sent, &why) < 0) {
		const char *colon = strstr(why.text, ": ");

		r = err_set(err, EBADMSG, "%.*s: does not fit with the secret in it",
				colon ? (int)(colon - why.text) : 0, why.text);
		text_wipe(&why, sizeof(why));
	}
	wipe_texts(sent);
	cJSON_Delete(sent);
	return r;
}

int template_check(struct server *server, const struct db_device *device, cJSON *merged,
		struct err *err)
{
	bool has_secrets = conf_expand_uses(merged) & CONF_USES_SECRETS;
	int r = has_secrets ? check_sent(server, device, merged, err) : 0;

	if (r == 0)
		r = template_expand(server, device, TEMPLATE_MARKED, merged, err);
	return r < 0 || has_secrets ? r : parse(merged, err);
}
