// SPDX-License-Identifier: Apache-2.0
/* Tenants, sites and groups: alike but for what a row says. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "conf/json.h"
#include "ctl/ctl.h"
#include "ctl/table.h"
#include "ctl/value.h"

static const struct place {
	const char *noun;
	const char *heading, *pointer; /* what stands between name and devices */
} places[] = {
		{"tenants", "SITES", "/sites"},
		{"sites", "TENANT", "/tenant"},
		{"groups", "TENANT", "/tenant"},
};

static const struct place *place_of(const struct ctl *ctl)
{
	const struct place *place = places;

	while (strcmp(place->noun, ctl->args->command->noun) != 0)
		place++;
	return place;
}

static void print_places(const struct place *place, const cJSON *list)
{
	OWNED(table) struct table table;
	char buffer[32];

	table_init(&table, 3);
	table_add(&table, "NAME");
	table_add(&table, place->heading);
	table_add(&table, "DEVICES");
	for (const cJSON *one = list ? list->child : NULL; one; one = one->next) {
		table_add(&table, ctl_text(one, "/name", buffer));
		table_add(&table, ctl_text(one, place->pointer, buffer));
		table_add(&table, ctl_text(one, "/devices", buffer));
	}
	table_print(&table, stdout);
}

int ctl_places_list(struct ctl *ctl, struct err *err)
{
	const struct place *place = place_of(ctl);
	OWNED(json) cJSON *answer = NULL;
	char path[CTL_PATH_MAX];

	(void)text_format(path, sizeof(path), "/%s", place->noun);
	int r = ctl_add_query(path, "tenant", ctl->args->options.tenant, err);
	if (r == 0)
		r = api_list(ctl->api, path, place->noun, CTL_LIST_MAX, &answer, err);
	if (r < 0)
		return r;
	if (ctl->args->options.is_json)
		ctl_print_json(answer);
	else
		print_places(place, cJSON_GetObjectItemCaseSensitive(answer, place->noun));
	return 0;
}

/* NAME, or --tenant and NAME, as a part of a path; `shown` is what a person reads. */
static int encode_name(const struct ctl *ctl, char name[SCOPE_MAX], char shown[SCOPE_MAX],
		struct err *err)
{
	const char *tenant = ctl->args->options.tenant, *typed = ctl->args->operands[0];
	bool has_tenant = tenant && tenant[0];

	if (!typed[0] || (has_tenant && strchr(typed, '/')) ||
			text_format(shown, SCOPE_MAX, "%s%s%s", has_tenant ? tenant : "",
					has_tenant ? "/" : "", typed) < 0 ||
			value_encode(shown, name, SCOPE_MAX) < 0)
		return err_set(err, EINVAL,
				"a name has 1 to 63 bytes and no /, but after the tenant: "
				"TENANT/NAME");
	return 0;
}

static int call(struct ctl *ctl, const char *method, cJSON *body, const char *done, struct err *err)
{
	OWNED(json) cJSON *answer = NULL;
	char path[CTL_PATH_MAX], name[SCOPE_MAX], shown[SCOPE_MAX];
	int r = encode_name(ctl, name, shown, err);

	if (r < 0)
		return r;
	(void)text_format(path, sizeof(path), "/%s/%s", ctl->args->command->noun, name);
	r = api_call(ctl->api, method, path, body, &answer, err);
	if (r < 0)
		return r;
	if (ctl->args->options.is_json)
		ctl_print_json(answer);
	else
		ctl_say("%s %s.", shown, done);
	return 0;
}

int ctl_places_add(struct ctl *ctl, struct err *err)
{
	OWNED(json) cJSON *body = json_new_object();

	return call(ctl, "PUT", body, "is there", err);
}

int ctl_places_remove(struct ctl *ctl, struct err *err)
{
	OWNED(json) cJSON *body = ctl_new_body(ctl);

	return call(ctl, "DELETE", body, "is removed", err);
}
