// SPDX-License-Identifier: Apache-2.0
#include "conf/merge.h"

#include "conf/diff.h"
#include "conf/json.h"
#include "unit/test.h"

static cJSON *parse(const char *text)
{
	cJSON *tree = NULL;

	if (json_parse(text, strlen(text), &tree, NULL) < 0)
		printf("the test's own JSON is wrong: %s\n", text);
	return tree;
}

/* RFC 7396, appendix A, all fifteen, and what it leaves open. */
static const struct {
	const char *original, *patch, *result;
} cases[] = {
		{"{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
		{"{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}"},
		{"{\"a\":\"b\"}", "{\"a\":null}", "{}"},
		{"{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}"},
		{"{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
		{"{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}"},
		{"{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}",
				"{\"a\":{\"b\":\"d\"}}"},
		{"{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}"},
		{"[\"a\",\"b\"]", "[\"c\",\"d\"]", "[\"c\",\"d\"]"},
		{"{\"a\":\"b\"}", "[\"c\"]", "[\"c\"]"},
		{"{\"a\":\"foo\"}", "null", "null"},
		{"{\"a\":\"foo\"}", "\"bar\"", "\"bar\""},
		{"{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}"},
		{"[1,2]", "{\"a\":\"b\",\"c\":null}", "{\"a\":\"b\"}"},
		{"{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}"},
		{"{\"a\":1}", "{\"a\":{\"b\":{\"c\":2,\"d\":null}}}", "{\"a\":{\"b\":{\"c\":2}}}"},
		{"{\"a\":1,\"A\":2}", "{\"A\":3}", "{\"a\":1,\"A\":3}"},
		{"{\"a\":{\"b\":1},\"c\":1}", "{\"a\":{},\"c\":{}}", "{\"a\":{\"b\":1},\"c\":{}}"},
		{"{\"a\":[null]}", "{\"b\":[null,{\"c\":null}]}",
				"{\"a\":[null],\"b\":[null,{\"c\":null}]}"},
		{"{}", "{\"a\":null}", "{}"},
};

static void test_merge(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		TEST(cases[i].patch) {
			OWNED(json) cJSON *original = parse(cases[i].original);
			OWNED(json) cJSON *patch = parse(cases[i].patch);
			OWNED(json) cJSON *merged = conf_merge(original, patch);
			OWNED(memory) char *text = json_print(merged);
			OWNED(memory) char *before = json_print(original);
			CHECK_TEXT(text, cases[i].result);
			CHECK_TEXT(before, cases[i].original);
		}
}

static void test_layers(void)
{
	OWNED(json)
	cJSON *organisation = parse("{\"helpdesk\":{\"phone\":\"1\",\"text\":\"t\"},\"desktops\":{"
				    "\"a\":{\"port\":1}},"
				    "\"gone\":1,\"pins\":[1,2],\"empty\":{}}");
	OWNED(json)
	cJSON *site = parse("{\"helpdesk\":{\"phone\":null},\"gone\":null,\"pins\":[3]}");
	OWNED(json) cJSON *group = parse("{}");
	OWNED(json)
	cJSON *device = parse("{\"helpdesk\":{\"phone\":\"3\"},\"desktops\":{\"b\":{}}}");
	const struct conf_layer layers[] = {{.name = "organisation", .document = organisation},
			{.name = "site/x", .document = site},
			{.name = "group/g", .document = group},
			{.name = "device/d", .document = device}};

	TEST("layers merge in order and every leaf knows where it comes from") {
		OWNED(json) cJSON *merged = conf_merge_layers(layers, 4);
		OWNED(json) cJSON *origins = conf_merge_origins(merged, layers, 4);
		OWNED(memory) char *text = json_print(merged), *names = json_print(origins);
		CHECK_TEXT(text, "{\"helpdesk\":{\"text\":\"t\",\"phone\":\"3\"},\"desktops\":{"
				 "\"a\":"
				 "{\"port\":1},\"b\":{}},\"pins\":[3],\"empty\":{}}");
		CHECK_TEXT(names, "{\"/helpdesk/text\":\"organisation\",\"/helpdesk/"
				  "phone\":\"device/d\","
				  "\"/desktops/a/port\":\"organisation\",\"/desktops/b\":\"device/"
				  "d\","
				  "\"/pins\":\"site/x\",\"/empty\":\"organisation\"}");
	}
	TEST("a value that was taken out has no origin above the layer that has it") {
		CHECK_INT(conf_merge_origin(layers, 4, "/helpdesk/phone"), 3);
		CHECK_INT(conf_merge_origin(layers, 3, "/helpdesk/phone"), 0);
		CHECK_INT(conf_merge_origin(layers, 4, "/nothing"), -1);
	}
	TEST("no layers merge to an empty document") {
		OWNED(json) cJSON *merged = conf_merge_layers(layers, 0);
		OWNED(memory) char *text = json_print(merged);
		CHECK_TEXT(text, "{}");
	}
}

static void test_last_word(void)
{
	OWNED(json) cJSON *first = parse("{\"h\":{\"p\":1,\"t\":1},\"locks\":{\"h\":true}}");
	OWNED(json) cJSON *second = parse("{\"h\":{\"p\":2}}");
	OWNED(json) cJSON *set = parse("{\"h\":{\"p\":3,\"t\":null}}");
	const struct conf_layer layers[] = {{"organisation", first, false},
			{"device/d", second, false}, {"contingency c", set, true}};

	TEST("a layer that has the last word is not held by locks, and is the origin") {
		OWNED(json) cJSON *merged = conf_merge_layers(layers, 3);
		OWNED(memory) char *text = json_print(merged);
		CHECK_TEXT(text, "{\"h\":{\"p\":3}}");
		CHECK_INT(conf_merge_origin(layers, 3, "/h/p"), 2);
		CHECK_INT(conf_merge_origin(layers, 2, "/h/p"), 0);
		CHECK_INT(conf_merge_lock(layers, 3, "/h/p"), 0);
	}
}

/* Layers in order; what they make. */
static const struct {
	const char *layers[3], *merged;
} locked[] = {
		{{"{\"h\":{\"p\":1,\"t\":2},\"locks\":{\"h.p\":true}}", "{\"h\":{\"p\":3,\"t\":4}}",
				 "{}"},
				"{\"h\":{\"p\":1,\"t\":4}}"},
		{{"{\"h\":{\"p\":1}}", "{\"locks\":{\"h\":true}}", "{\"h\":{\"p\":3,\"q\":4}}"},
				"{\"h\":{\"p\":1}}"},
		{{"{\"locks\":{\"h\":true}}", "{\"h\":{\"p\":3}}", "{}"}, "{}"},
		{{"{\"h\":{\"p\":1},\"locks\":{\"h.p\":true}}", "{\"h\":null}", "{\"h\":5}"},
				"{\"h\":{\"p\":1}}"},
		{{"{\"h\":1,\"locks\":{\"h\":true}}", "{\"h\":2,\"locks\":{\"h\":true}}",
				 "{\"h\":3}"},
				"{\"h\":1}"},
		{{"{\"hh\":1,\"locks\":{\"h\":true}}", "{\"hh\":2}", "{\"h\":3}"}, "{\"hh\":2}"},
		{{"{\"h\":1,\"locks\":{\"h\":false,\"a b\":true}}", "{\"h\":2}", "{}"},
				"{\"h\":2}"},
};

static void test_locks(void)
{
	for (size_t i = 0; i < sizeof(locked) / sizeof(locked[0]); i++)
		TEST(locked[i].layers[0]) {
			struct conf_layer layers[3];

			for (unsigned k = 0; k < 3; k++)
				layers[k] = (struct conf_layer){"x", parse(locked[i].layers[k])};
			OWNED(json) cJSON *merged = conf_merge_layers(layers, 3);
			OWNED(memory) char *text = json_print(merged);
			CHECK_TEXT(text, locked[i].merged);
			for (unsigned k = 0; k < 3; k++)
				cJSON_Delete((cJSON *)layers[k].document);
		}
	TEST("the origin of a locked value is in the layers up to the lock") {
		OWNED(json) cJSON *first = parse("{\"h\":{\"p\":1},\"locks\":{\"h.p\":true}}");
		OWNED(json) cJSON *second = parse("{\"h\":{\"p\":2,\"q\":3}}");
		struct conf_layer layers[] = {{"first", first}, {"second", second}};

		CHECK_INT(conf_merge_origin(layers, 2, "/h/p"), 0);
		CHECK_INT(conf_merge_origin(layers, 2, "/h/q"), 1);
		CHECK_INT(conf_merge_lock(layers, 2, "/h/p"), 0);
		CHECK_INT(conf_merge_lock(layers, 2, "/h/q"), -1);
	}
}

static const struct {
	const char *before, *after, *changes;
} diffs[] = {
		{"{}", "{}", "[]"},
		{"{\"a\":{\"b\":1}}", "{\"a\":{\"b\":1}}", "[]"},
		{"{\"a\":{\"b\":1}}", "{\"a\":{\"b\":2}}",
				"[{\"path\":\"/a/b\",\"before\":1,\"after\":2}]"},
		{"{\"a\":{\"b\":1}}", "{\"a\":{\"c\":1}}",
				"[{\"path\":\"/a/b\",\"before\":1},{\"path\":\"/a/"
				"c\",\"after\":1}]"},
		{"{\"a\":[1,2]}", "{\"a\":[1,3]}",
				"[{\"path\":\"/a\",\"before\":[1,2],\"after\":[1,3]}]"},
		{"{\"a\":1}", "{\"a\":{\"b\":1}}",
				"[{\"path\":\"/a\",\"before\":1},{\"path\":\"/a/b\",\"after\":1}]"},
		{"{\"a\":{}}", "{\"a\":{\"b\":1}}",
				"[{\"path\":\"/a\",\"before\":{}},{\"path\":\"/a/"
				"b\",\"after\":1}]"},
		{"{\"a\":1}", "{\"a\":\"1\"}", "[{\"path\":\"/a\",\"before\":1,\"after\":\"1\"}]"},
};

static void test_diff(void)
{
	for (size_t i = 0; i < sizeof(diffs) / sizeof(diffs[0]); i++)
		TEST(diffs[i].after) {
			OWNED(json) cJSON *before = parse(diffs[i].before);
			OWNED(json) cJSON *after = parse(diffs[i].after);
			OWNED(json) cJSON *list = conf_diff_documents(before, after);
			OWNED(memory) char *text = json_print(list);
			CHECK_TEXT(text, diffs[i].changes);
		}
}

int main(void)
{
	test_merge();
	test_layers();
	test_last_word();
	test_locks();
	test_diff();
	TEST_END();
}
