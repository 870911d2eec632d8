/* SPDX-License-Identifier: Apache-2.0 */
#include "server/contingency.h"

#include <errno.h>

#include "base/text.h"
#include "conf/json.h"
#include "server/stack.h"
#include "unit/test.h"

static void add_set(struct db *db, const char *id, const char *tenant)
{
	struct db_contingency set = {.changed_s = 1, .changed_by = "p"};
	struct err err = {""};

	(void)text_copy(set.id, sizeof(set.id), id);
	(void)text_copy(set.name, sizeof(set.name), id);
	(void)text_copy(set.tenant, sizeof(set.tenant), tenant);
	CHECK_INT(db_contingency_add(db, &set, &err), 0);
}

static void switch_it(struct db *db, const char *id, int64_t revision)
{
	struct db_contingency set;
	struct err err = {""};

	CHECK_INT(db_contingency_get(db, id, &set, &err), 0);
	set.revision = revision;
	CHECK_INT(db_contingency_put(db, &set, &err), 0);
}

static void put_layer(struct db *db, const char *scope, const char *config)
{
	struct db_layer layer = {.revision = 1, .config = own_copy_text(config)};
	struct err err = {""};

	layer.origins = own_copy_text("{}");
	CHECK_INT(db_layer_put(db, scope, &layer, &err), 0);
	db_layer_finish(&layer);
}

static const char *effective(struct db *db, const struct db_device *device)
{
	static char text[512];
	OWNED(stack) struct stack stack = {0};
	struct err err = {""};

	CHECK_INT(stack_load(db, device, &stack, &err), 0);
	OWNED(json) cJSON *merged = stack_merge(&stack);
	OWNED(memory)
	char *printed = json_print_canonical(cJSON_GetObjectItemCaseSensitive(merged, "h"));
	(void)text_copy(text, sizeof(text), printed);
	return text;
}

static int check(struct db *db, const char *scope, const char *patch, struct err *err)
{
	OWNED(json) cJSON *tree = NULL;

	CHECK_INT(json_parse(patch, strlen(patch), &tree, err), 0);
	return contingency_check(db, scope, tree, err);
}

static void last_word(struct db *db)
{
	const struct db_device inside = {.id = "a", .tenant = "T", .site = "S"};
	const struct db_device outside = {.id = "b"};
	struct err err = {""};

	put_layer(db, "organisation", "{\"h\":{\"p\":1,\"q\":1},\"locks\":{\"h.p\":true}}");
	put_layer(db, "site/S", "{\"h\":{\"t\":5}}");
	add_set(db, "c", "T");
	CHECK_INT(db_contingency_layer_put(db, "c", "site/S", "{\"h\":{\"p\":8}}", &err), 0);
	CHECK_INT(db_contingency_layer_put(db, "c", "tenant/T",
				  "{\"h\":{\"p\":7,\"q\":null,\"t\":6}}", &err),
			0);
	CHECK_TEXT(effective(db, &inside), "{\"p\":1,\"q\":1,\"t\":5}");
	switch_it(db, "c", 9);
	CHECK_TEXT(effective(db, &inside), "{\"p\":8,\"t\":6}");
	CHECK_TEXT(effective(db, &outside), "{\"p\":1,\"q\":1}");
	switch_it(db, "c", 0);
	CHECK_TEXT(effective(db, &inside), "{\"p\":1,\"q\":1,\"t\":5}");
}

static void refusals(struct db *db)
{
	static const struct {
		const char *scope, *patch;
		int result;
	} table[] = {
			{"tenant/T", "{\"h\":{\"p\":2}}", -EBUSY},
			{"tenant/T", "{\"h\":null}", -EBUSY},
			{"tenant/T", "{\"h\":{\"other\":2}}", 0},
			{"site/S", "{\"h\":{\"t\":2}}", -EBUSY},
			{"organisation", "{\"h\":{\"p\":2}}", 0},
			{"tenant/Other", "{\"h\":{\"p\":2}}", 0},
	};

	switch_it(db, "c", 9);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct err err = {""};

		CHECK_INT(check(db, table[i].scope, table[i].patch, &err), table[i].result);
		if (table[i].result < 0)
			CHECK_HAS(err.text, "\"c\"");
	}
	switch_it(db, "c", 0);
	CHECK_INT(check(db, "tenant/T", "{\"h\":{\"p\":2}}", NULL), 0);
}

static int count(void *data, const struct db_contingency *set)
{
	(void)set;
	++*(int *)data;
	return 0;
}

static void lists(struct db *db)
{
	const struct db_page page = {"", 10};
	struct err err = {""};
	int all = 0, mine = 0, none = 0;

	add_set(db, "o", "");
	CHECK_INT(db_contingency_list(db, "", &page, count, &all, &err), 0);
	CHECK_INT(all, 2);
	CHECK_INT(db_contingency_list(db, "site/X\ntenant/T\n", &page, count, &mine, &err), 0);
	CHECK_INT(mine, 1);
	CHECK_INT(db_contingency_list(db, "tenant/TT\n", &page, count, &none, &err), 0);
	CHECK_INT(none, 0);
	CHECK_INT(db_contingency_remove(db, "o", &err), 0);
	CHECK_INT(db_contingency_get(db, "o", &(struct db_contingency){0}, &err), -ENOENT);
}

int main(void)
{
	struct db *db = NULL;
	struct err err = {""};

	if (db_open(":memory:", &db, &err) < 0 || db_place_put(db, DB_TENANT, "T", "", &err) < 0 ||
			db_place_put(db, DB_SITE, "S", "T", &err) < 0) {
		printf("%s\n0 passed, 1 failed\n", err.text);
		return 1;
	}
	TEST("a set that is on has the last word in its tenant, locks or not, and leaves no "
	     "trace") {
		last_word(db);
	}
	TEST("what a set holds is not changed below it while it is on") {
		refusals(db);
	}
	TEST("a list shows the sets of the tenants that one may see") {
		lists(db);
	}
	db_close(db);
	TEST_END();
}
