// SPDX-License-Identifier: Apache-2.0
/* A folder of layers against the server: apply it, or write it from what the server has. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "conf/diff.h"
#include "conf/json.h"
#include "ctl/ctl.h"
#include "ctl/folder.h"
#include "ctl/value.h"

static const char *const place_kinds[][2] = {
		{"tenants", "tenant"}, {"sites", "site"}, {"groups", "group"}};

enum { PLACE_KINDS = sizeof(place_kinds) / sizeof(place_kinds[0]) };

/* --- what the server has */

/* "device/TENANT/NAME" of "device/ID"; other scopes as they are. */
static int scope_by_name(struct ctl *ctl, const char *scope, char *ret, size_t size,
		struct err *err)
{
	OWNED(json) cJSON *device = NULL;
	char path[CTL_PATH_MAX], first[32], second[32];

	if (strncmp(scope, "device/", 7) != 0)
		return text_copy(ret, size, scope);
	(void)text_format(path, sizeof(path), "/devices/%s", scope + 7);
	int r = api_call(ctl->api, "GET", path, NULL, &device, err);
	if (r < 0)
		return r;
	const char *tenant = ctl_text(device, "/tenant", first);
	return text_format(ret, size, "device/%s%s%s", tenant, tenant[0] ? "/" : "",
			ctl_text(device, "/name", second));
}

static int read_layer(struct ctl *ctl, const char *scope, cJSON **ret, struct err *err)
{
	OWNED(json) cJSON *answer = NULL;
	char path[CTL_PATH_MAX], encoded[SCOPE_MAX];
	int r = value_scope(scope, encoded, err);

	if (r == 0)
		r = text_format(path, sizeof(path), "/layers/%s", encoded);
	if (r == 0)
		r = api_call(ctl->api, "GET", path, NULL, &answer, err);
	if (r < 0)
		return r;
	*ret = cJSON_DetachItemFromObjectCaseSensitive(answer, "config");
	return *ret ? 0 : err_set(err, EPROTO, "a layer without config");
}

/* Every layer that holds something: {"scope of the request": {"name": by name, "config": ...}}. */
static int read_server(struct ctl *ctl, cJSON *ret, struct err *err)
{
	OWNED(json) cJSON *answer = NULL;
	char name[SCOPE_MAX], buffer[32];
	int r = api_list(ctl->api, "/layers", "layers", CTL_LIST_MAX, &answer, err);
	const cJSON *list = json_at(answer, "/layers");

	for (const cJSON *one = r == 0 && list ? list->child : NULL; one && r == 0;
			one = one->next) {
		OWNED(json) cJSON *config = NULL;
		const char *scope = ctl_text(one, "/scope", buffer);

		if (!cJSON_IsNumber(json_at(one, "/revision")))
			continue;
		r = read_layer(ctl, scope, &config, err);
		if (r < 0 || !config->child)
			continue;
		r = scope_by_name(ctl, scope, name, sizeof(name), err);
		if (r < 0)
			break;
		cJSON *item = json_put_object(ret, scope);
		json_put_text(item, "name", name);
		json_put(item, "config", own_take(config));
	}
	return r;
}

/* --- places */

static int list_places(struct ctl *ctl, const char *noun, cJSON **ret, struct err *err)
{
	char path[32];

	(void)text_format(path, sizeof(path), "/%s", noun);
	return api_list(ctl->api, path, noun, CTL_LIST_MAX, ret, err);
}

static bool has_name(const cJSON *list, const char *name)
{
	char buffer[32];

	for (const cJSON *one = list ? list->child : NULL; one; one = one->next)
		if (strcmp(ctl_text(one, "/name", buffer), name) == 0)
			return true;
	return false;
}

static void want(cJSON *wanted, const cJSON *there, const char *name)
{
	const cJSON *one;

	if (!name[0] || has_name(there, name))
		return;
	cJSON_ArrayForEach(one, wanted)
		if (strcmp(one->valuestring, name) == 0)
			return;
	json_append_text(wanted, name);
}

/* The tenant in front of "TENANT/NAME" too. */
static int want_of_kind(struct ctl *ctl, unsigned kind, const cJSON *layers, const cJSON *places,
		cJSON *missing, struct err *err)
{
	OWNED(json) cJSON *answer = NULL;
	const char *noun = place_kinds[kind][0], *word = place_kinds[kind][1];
	const cJSON *listed = cJSON_GetObjectItemCaseSensitive(places, noun), *one;
	int r = list_places(ctl, noun, &answer, err);

	if (r < 0)
		return r;
	cJSON *wanted = json_put_list(missing, noun);
	const cJSON *there = cJSON_GetObjectItemCaseSensitive(answer, noun);
	cJSON_ArrayForEach(one, listed) {
		if (!cJSON_IsString(one))
			return err_set(err, EINVAL, "places.json: %s holds what is no name", noun);
		want(wanted, there, one->valuestring);
	}
	cJSON_ArrayForEach(one, layers) {
		const char *slash = strchr(one->string, '/'),
			   *second = slash ? strchr(slash + 1, '/') : NULL;
		char tenant[SCOPE_MAX];

		if (slash && strlen(word) == (size_t)(slash - one->string) &&
				strncmp(one->string, word, strlen(word)) == 0)
			want(wanted, there, slash + 1);
		if (kind == 0 && second && strncmp(one->string, "device/", 7) != 0 &&
				text_format(tenant, sizeof(tenant), "%.*s",
						(int)(second - slash - 1), slash + 1) == 0)
			want(wanted, there, tenant);
	}
	return 0;
}

static int make_places(struct ctl *ctl, const cJSON *missing, struct err *err)
{
	OWNED(json) cJSON *nothing = json_new_object();
	char path[CTL_PATH_MAX], name[SCOPE_MAX];
	const cJSON *kind, *one;
	int r = 0;

	for (kind = missing->child; kind; kind = kind->next)
		for (one = kind->child; one; one = one->next) {
			if (r < 0)
				return r;
			if (!ctl->args->options.is_json)
				ctl_say("%s %s: %s", kind->string, one->valuestring,
						ctl->args->options.is_dry_run ? "would be made"
									      : "is made");
			if (ctl->args->options.is_dry_run)
				continue;
			r = value_encode(one->valuestring, name, sizeof(name));
			if (r == 0)
				r = text_format(path, sizeof(path), "/%s/%s", kind->string, name);
			if (r == 0)
				r = api_call(ctl->api, "PUT", path, nothing, NULL, err);
		}
	return r;
}

static bool is_missing(const cJSON *missing, const char *scope)
{
	const char *slash = strchr(scope, '/');

	for (unsigned i = 0; slash && i < PLACE_KINDS; i++) {
		const char *word = place_kinds[i][1];
		const cJSON *list = cJSON_GetObjectItemCaseSensitive(missing, place_kinds[i][0]);

		if (strlen(word) != (size_t)(slash - scope) ||
				strncmp(scope, word, strlen(word)) != 0)
			continue;
		for (const cJSON *one = list ? list->child : NULL; one; one = one->next)
			if (strcmp(one->valuestring, slash + 1) == 0)
				return true;
	}
	return false;
}

/* --- applying */

/* The documents that differ, by the scopes of requests; *fresh those of places that are not there yet. */
static int find_changed(struct ctl *ctl, const cJSON *layers, const cJSON *server,
		const cJSON *missing, cJSON *changed, cJSON *fresh, struct err *err)
{
	const cJSON *layer;
	char scope[SCOPE_MAX], id[CTL_ID_MAX];

	cJSON_ArrayForEach(layer, layers) {
		bool is_device = strncmp(layer->string, "device/", 7) == 0;
		int r = is_device ? ctl_device_id(ctl, layer->string + 7, id, err) : 0;

		if (r == 0)
			r = is_device ? text_format(scope, sizeof(scope), "device/%s", id)
			              : text_copy(scope, sizeof(scope), layer->string);
		if (r < 0)
			return r;
		const cJSON *there = cJSON_GetObjectItemCaseSensitive(server, scope);
		const cJSON *config = cJSON_GetObjectItemCaseSensitive(there, "config");
		if (config ? cJSON_Compare(config, layer, true) : !layer->child)
			continue;
		bool is_late = ctl->args->options.is_dry_run && is_missing(missing, scope);
		json_put(is_late ? fresh : changed, scope, json_copy(layer));
	}
	return 0;
}

/* What the server says and the folder does not: {"scope": document}. With --prune it goes. */
static void find_drift(const cJSON *layers, const cJSON *server, cJSON *drift)
{
	const cJSON *layer;

	cJSON_ArrayForEach(layer, server) {
		const char *name = cJSON_GetObjectItemCaseSensitive(layer, "name")->valuestring;

		if (!cJSON_GetObjectItemCaseSensitive(layers, name))
			json_put(drift, layer->string,
					json_copy(cJSON_GetObjectItemCaseSensitive(layer,
							"config")));
	}
}

static const char *shown_name(const cJSON *server, const char *scope)
{
	const cJSON *layer = cJSON_GetObjectItemCaseSensitive(server, scope);
	const cJSON *name = cJSON_GetObjectItemCaseSensitive(layer, "name");

	return cJSON_IsString(name) ? name->valuestring : scope;
}

static void say_fresh(const cJSON *fresh)
{
	OWNED(json) cJSON *nothing = json_new_object();
	const cJSON *layer;

	cJSON_ArrayForEach(layer, fresh) {
		OWNED(json) cJSON *changes = conf_diff_documents(nothing, layer);

		ctl_say("%s:", layer->string);
		ctl_print_changes(changes);
	}
}

static void say_drift(const cJSON *server, const cJSON *drift)
{
	OWNED(json) cJSON *nothing = json_new_object();
	const cJSON *layer;

	cJSON_ArrayForEach(layer, drift) {
		OWNED(json) cJSON *changes = conf_diff_documents(layer, nothing);

		ctl_say("%s: only on the server (--prune empties it):",
				shown_name(server, layer->string));
		ctl_print_changes(changes);
	}
}

static void say_answer(const struct ctl *ctl, const cJSON *server, const cJSON *answer)
{
	const cJSON *changed = json_at(answer, "/changed"), *one;
	char buffer[32];

	cJSON_ArrayForEach(one, changed) {
		const cJSON *revision = json_at(one, "/revision");

		if (cJSON_IsNumber(revision))
			ctl_say("%s (revision %.0f):",
					shown_name(server, ctl_text(one, "/scope", buffer)),
					revision->valuedouble);
		else
			ctl_say("%s:", shown_name(server, ctl_text(one, "/scope", buffer)));
		ctl_print_changes(json_at(one, "/values"));
	}
	ctl_print_warnings(json_at(answer, "/warnings"));
	ctl_say("%s device%s %s.", ctl_text(answer, "/device_count", buffer),
			strcmp(buffer, "1") == 0 ? "" : "s",
			ctl->args->options.is_dry_run
					? "would get another config; nothing was changed"
					: "get another config");
}

struct applying {
	cJSON *layers, *places, *server, *missing, *changed, *fresh, *drift;
};

static void own_end_applying(struct applying *applying)
{
	cJSON_Delete(applying->layers);
	cJSON_Delete(applying->places);
	cJSON_Delete(applying->server);
	cJSON_Delete(applying->missing);
	cJSON_Delete(applying->changed);
	cJSON_Delete(applying->fresh);
	cJSON_Delete(applying->drift);
}

static int compare(struct ctl *ctl, struct applying *applying, struct err *err)
{
	const cJSON *layer;
	int r = folder_read(ctl->args->operands[0], &applying->layers, &applying->places, err);

	applying->server = json_new_object();
	applying->missing = json_new_object();
	applying->changed = json_new_object();
	applying->fresh = json_new_object();
	applying->drift = json_new_object();
	if (r == 0)
		r = read_server(ctl, applying->server, err);
	for (unsigned i = 0; i < PLACE_KINDS && r == 0; i++)
		r = want_of_kind(ctl, i, applying->layers, applying->places, applying->missing,
				err);
	if (r == 0)
		r = find_changed(ctl, applying->layers, applying->server, applying->missing,
				applying->changed, applying->fresh, err);
	find_drift(applying->layers ? applying->layers : applying->server, applying->server,
			applying->drift);
	if (r == 0 && ctl->args->options.prunes) {
		for (layer = applying->drift->child; layer; layer = layer->next)
			json_put_object(applying->changed, layer->string);
		cJSON_Delete(applying->drift);
		applying->drift = json_new_object();
	}
	return r;
}

static int send(struct ctl *ctl, const struct applying *applying, cJSON **answer, struct err *err)
{
	OWNED(json) cJSON *body = ctl_new_body(ctl);
	int r = make_places(ctl, applying->missing, err);

	if (r < 0)
		return r;
	json_put(body, "layers", json_copy(applying->changed));
	if (ctl->args->options.is_dry_run)
		json_put_bool(body, "dry_run", true);
	if (ctl->args->options.forces)
		json_put_bool(body, "force", true);
	return api_call(ctl->api, "POST", "/layers/apply", body, answer, err);
}

int ctl_apply(struct ctl *ctl, struct err *err)
{
	OWNED(applying) struct applying applying = {0};
	OWNED(json) cJSON *answer = NULL;
	int r = compare(ctl, &applying, err);

	if (r == 0)
		r = send(ctl, &applying, &answer, err);
	if (r < 0)
		return r;
	if (ctl->args->options.is_json) {
		json_put(answer, "places", json_copy(applying.missing));
		json_put(answer, "only_on_server", json_copy(applying.drift));
		ctl_print_json(answer);
		return 0;
	}
	say_fresh(applying.fresh);
	if (applying.changed->child)
		say_answer(ctl, applying.server, answer);
	else if (!applying.fresh->child)
		ctl_say("The server has what the folder says: nothing was changed.");
	say_drift(applying.server, applying.drift);
	return 0;
}

/* --- writing a folder */

static int export_places(struct ctl *ctl, struct err *err)
{
	OWNED(json) cJSON *places = json_new_object();
	char buffer[32];
	int r = 0;

	for (unsigned i = 0; i < PLACE_KINDS && r == 0; i++) {
		OWNED(json) cJSON *answer = NULL;

		r = list_places(ctl, place_kinds[i][0], &answer, err);
		cJSON *names = json_put_list(places, place_kinds[i][0]);
		const cJSON *list = cJSON_GetObjectItemCaseSensitive(answer, place_kinds[i][0]),
			    *one;
		for (one = list ? list->child : NULL; one; one = one->next)
			json_append_text(names, ctl_text(one, "/name", buffer));
	}
	return r < 0 ? r : folder_write_places(ctl->args->operands[0], places, err);
}

int ctl_export(struct ctl *ctl, struct err *err)
{
	OWNED(json) cJSON *server = json_new_object();
	const char *folder = ctl->args->operands[0];
	const cJSON *layer;
	unsigned count = 0;
	int r = read_server(ctl, server, err);

	if (r == 0)
		r = export_places(ctl, err);
	cJSON_ArrayForEach(layer, server) {
		if (r < 0)
			return r;
		r = folder_write(folder, shown_name(server, layer->string),
				cJSON_GetObjectItemCaseSensitive(layer, "config"), err);
		count++;
	}
	if (r < 0)
		return r;
	if (ctl->args->options.is_json)
		ctl_print_json(server);
	else
		ctl_say("%u layer%s in %s.", count, count == 1 ? "" : "s", folder);
	return 0;
}
