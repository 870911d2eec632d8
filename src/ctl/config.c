// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "conf/diff.h"
#include "conf/json.h"
#include "conf/locks.h"
#include "conf/merge.h"
#include "conf/parse.h"
#include "ctl/ctl.h"
#include "ctl/table.h"
#include "ctl/value.h"

enum { SHOWN_MAX = 80 }; /* bytes of a value in a line */

/* A value as JSON, cut; "nothing" where there is none. */
static void print_value(const cJSON *value, char buffer[SHOWN_MAX])
{
	OWNED(memory) char *text = value ? json_print(value) : own_copy_text("nothing");

	snprintf(buffer, SHOWN_MAX, "%s", text);
	if (strlen(text) < SHOWN_MAX)
		return;
	size_t cut = SHOWN_MAX - 4;
	while (cut > 0 && ((unsigned char)buffer[cut] & 0xc0) == 0x80)
		cut--;
	memcpy(buffer + cut, "...", 4);
}

static bool is_object_or_nothing(const cJSON *value)
{
	return !value || cJSON_IsObject(value);
}

void ctl_print_changes(const cJSON *changes)
{
	for (const cJSON *change = changes ? changes->child : NULL; change; change = change->next) {
		char path[POINTER_MAX], old[SHOWN_MAX], new[SHOWN_MAX], buffer[32];

		value_dotted(ctl_text(change, "/path", buffer), path);
		if (!path[0] || (is_object_or_nothing(json_at(change, "/before")) &&
						is_object_or_nothing(json_at(change, "/after"))))
			continue;
		print_value(json_at(change, "/before"), old);
		print_value(json_at(change, "/after"), new);
		ctl_say("%s: %s -> %s", path, old, new);
	}
}

void ctl_print_warnings(const cJSON *warnings)
{
	const cJSON *one;

	cJSON_ArrayForEach(one, warnings) {
		char path[32], text[32], count[32];

		ctl_say("%s: %s: %s (devices: %s)",
				cJSON_IsTrue(json_at(one, "/severe")) ? "severe" : "warning",
				ctl_text(one, "/path", path), ctl_text(one, "/text", text),
				ctl_text(one, "/device_count", count));
	}
}

static void print_changes(const cJSON *before, const cJSON *after)
{
	OWNED(json) cJSON *changes = conf_diff_documents(before, after);

	ctl_print_changes(changes);
}

static void print_count(const cJSON *answer, bool is_dry_run)
{
	const cJSON *count = json_at(answer, "/device_count");
	double devices = cJSON_IsNumber(count) ? count->valuedouble : 0;
	char revision[32];
	const char *number = ctl_text(answer, "/revision", revision);

	if (is_dry_run)
		ctl_say("%.0f device%s would get it. Nothing was changed.", devices,
				devices == 1 ? "" : "s");
	else
		ctl_say("%.0f device%s get%s it (revision %s; back: tyndctl config undo %s).",
				devices, devices == 1 ? "" : "s", devices == 1 ? "s" : "", number,
				number);
}

/* After a change the server knows before and after; a dry run merges here. */
static int say_changes(struct ctl *ctl, const char *scope, const cJSON *patch, const cJSON *answer,
		struct err *err)
{
	OWNED(json) cJSON *layer = NULL, *revision = NULL, *empty = json_new_object();
	char path[CTL_PATH_MAX], number[32];

	if (ctl->args->options.is_dry_run && patch) {
		(void)text_format(path, sizeof(path), "/layers/%s", scope);
		int r = api_call(ctl->api, "GET", path, NULL, &layer, err);
		if (r < 0)
			return r;
		const cJSON *before = json_at(layer, "/config");
		OWNED(json) cJSON *after = conf_merge(before, patch);
		print_changes(before ? before : empty, after);
	} else if (!ctl->args->options.is_dry_run) {
		(void)text_format(path, sizeof(path), "/revisions/%s",
				ctl_text(answer, "/revision", number));
		int r = api_call(ctl->api, "GET", path, NULL, &revision, err);
		if (r < 0)
			return r;
		const cJSON *before = json_at(revision, "/before"),
			    *after = json_at(revision, "/after");
		print_changes(cJSON_IsObject(before) ? before : empty,
				cJSON_IsObject(after) ? after : empty);
	}
	ctl_print_warnings(json_at(answer, "/warnings"));
	print_count(answer, ctl->args->options.is_dry_run);
	return 0;
}

static int report(struct ctl *ctl, const char *scope, const cJSON *patch, const cJSON *answer,
		struct err *err)
{
	if (ctl->args->options.is_json) {
		ctl_print_json(answer);
		return 0;
	}
	if (cJSON_IsFalse(json_at(answer, "/changed"))) {
		ctl_say("It was so already: nothing changed.");
		return 0;
	}
	return say_changes(ctl, scope, patch, answer, err);
}

/* Send the patch, which is borrowed, to the layer and say what it did. */
static int send_patch(struct ctl *ctl, const char *typed_scope, const cJSON *patch, struct err *err)
{
	OWNED(json) cJSON *body = ctl_new_body(ctl), *answer = NULL;
	char scope[SCOPE_MAX], path[CTL_PATH_MAX];

	int r = ctl_scope(ctl, typed_scope, scope, err);
	if (r < 0)
		return r;
	json_put(body, "patch", json_copy(patch));
	if (ctl->args->options.is_dry_run)
		json_put_bool(body, "dry_run", true);
	if (ctl->args->options.forces)
		json_put_bool(body, "force", true);
	(void)text_format(path, sizeof(path), "/layers/%s", scope);
	r = api_call(ctl->api, "PATCH", path, body, &answer, err);
	return r < 0 ? r : report(ctl, scope, patch, answer, err);
}

int ctl_config_set(struct ctl *ctl, struct err *err)
{
	OWNED(json) cJSON *patch = NULL;
	char pointer[POINTER_MAX];

	int r = value_pointer(ctl->args->operands[1], pointer, err);
	if (r == 0)
		r = value_parse(pointer, ctl->args->operands[2], &patch, err);
	return r < 0 ? r : send_patch(ctl, ctl->args->operands[0], patch, err);
}

int ctl_config_unset(struct ctl *ctl, struct err *err)
{
	char pointer[POINTER_MAX];

	int r = value_pointer(ctl->args->operands[1], pointer, err);
	if (r < 0)
		return r;
	OWNED(json) cJSON *patch = value_patch(pointer, cJSON_CreateNull());
	return send_patch(ctl, ctl->args->operands[0], patch, err);
}

static int send_lock(struct ctl *ctl, cJSON *value, struct err *err)
{
	OWNED(json) cJSON *patch = json_new_object();

	json_put(json_put_object(patch, CONF_LOCKS), ctl->args->operands[1], value);
	int r = conf_layer_check(patch, err);
	return r < 0 ? r : send_patch(ctl, ctl->args->operands[0], patch, err);
}

int ctl_config_lock(struct ctl *ctl, struct err *err)
{
	return send_lock(ctl, cJSON_CreateTrue(), err);
}

int ctl_config_unlock(struct ctl *ctl, struct err *err)
{
	return send_lock(ctl, cJSON_CreateNull(), err);
}

/* The file as a patch; with --replace what it takes for the layer to become the file. */
int ctl_config_apply(struct ctl *ctl, struct err *err)
{
	OWNED(json) cJSON *file = NULL, *layer = NULL, *empty = json_new_object();
	char scope[SCOPE_MAX], path[CTL_PATH_MAX];

	int r = ctl_read_config(ctl->args->operands[0], true, &file, err);
	if (r < 0 || !ctl->args->options.replaces)
		return r < 0 ? r : send_patch(ctl, ctl->args->operands[1], file, err);
	r = ctl_scope(ctl, ctl->args->operands[1], scope, err);
	if (r < 0)
		return r;
	(void)text_format(path, sizeof(path), "/layers/%s", scope);
	r = api_call(ctl->api, "GET", path, NULL, &layer, err);
	if (r < 0)
		return r;
	const cJSON *before = json_at(layer, "/config");
	OWNED(json) cJSON *patch = value_patch_between(before ? before : empty, file);
	return send_patch(ctl, ctl->args->operands[1], patch, err);
}

int ctl_config_undo(struct ctl *ctl, struct err *err)
{
	OWNED(json) cJSON *body = ctl_new_body(ctl), *answer = NULL;
	char path[CTL_PATH_MAX];
	uint64_t revision;

	if (text_to_number(ctl->args->operands[0], 1, JSON_WHOLE_MAX, &revision) < 0)
		return err_set(err, EINVAL, "\"%s\" is no revision; see tyndctl config history",
				ctl->args->operands[0]);
	if (ctl->args->options.is_dry_run)
		json_put_bool(body, "dry_run", true);
	if (ctl->args->options.forces)
		json_put_bool(body, "force", true);
	(void)text_format(path, sizeof(path), "/revisions/%s/undo", ctl->args->operands[0]);
	int r = api_call(ctl->api, "POST", path, body, &answer, err);
	return r < 0 ? r : report(ctl, "", NULL, answer, err);
}
