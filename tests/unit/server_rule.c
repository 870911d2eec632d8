/* SPDX-License-Identifier: Apache-2.0 */
#include "server/rule.h"

#include "conf/json.h"
#include "unit/test.h"

static const char facts_text[] = "{\"device\":{\"name\":\"SKO-1\",\"site\":\"Aarhus/Skovby\"},"
				 "\"hardware\":{\"model\":\"HP t640\",\"serial\":\"\"},"
				 "\"report\":{\"version\":\"1.10.0\",\"session\":{\"running\":true}"
				 ",\"detail\":null},"
				 "\"inventory\":{\"memory\":{\"total_mb\":7808},\"disks\":[{"
				 "\"kind\":\"emmc\",\"wear_percent\":12},"
				 "{\"kind\":\"ssd\",\"wear_percent\":95}],\"video\":{\"decoders\":["
				 "\"vaapi\",\"v4l2\"]},\"monitors\":[]}}";

static int holds(const char *text, struct err *err)
{
	OWNED(json) cJSON *tree = NULL, *facts = NULL;
	OWNED(rule) struct rule *rule = NULL;

	if (json_parse(text, strlen(text), &tree, err) < 0 ||
			json_parse(facts_text, strlen(facts_text), &facts, err) < 0)
		return -2;
	return rule_compile(tree, &rule, err) < 0 ? -1 : rule_holds(rule, facts);
}

static void test_fields(void)
{
	static const struct {
		const char *rule;
		int holds;
	} rows[] = {
			{"{\"field\":\"hardware.model\",\"is\":\"hp T640\"}", 1},
			{"{\"field\":\"hardware.model\",\"is\":\"t640\"}", 0},
			{"{\"field\":\"hardware.model\",\"starts\":\"hp\"}", 1},
			{"{\"field\":\"hardware.model\",\"contains\":\"T6\"}", 1},
			{"{\"field\":\"hardware.model\",\"in\":[\"x\",\"HP t640\"]}", 1},
			{"{\"field\":\"hardware.nothing\",\"is\":\"x\"}", 0},
			{"{\"field\":\"hardware.model.deeper\",\"is\":\"x\"}", 0},
			{"{\"field\":\"inventory.memory.total_mb\",\"at_least\":4000}", 1},
			{"{\"field\":\"inventory.memory.total_mb\",\"at_most\":7807}", 0},
			{"{\"field\":\"inventory.memory.total_mb\",\"at_most\":7808}", 1},
			{"{\"field\":\"inventory.memory.total_mb\",\"is\":\"7808\"}", 0},
			{"{\"field\":\"inventory.disks.kind\",\"is\":\"ssd\"}", 1},
			{"{\"field\":\"inventory.disks.wear_percent\",\"at_least\":90}", 1},
			{"{\"field\":\"inventory.disks.wear_percent\",\"at_least\":96}", 0},
			{"{\"field\":\"inventory.video.decoders\",\"is\":\"v4l2\"}", 1},
			{"{\"field\":\"inventory.monitors\",\"exists\":false}", 1},
			{"{\"field\":\"report.detail\",\"exists\":true}", 0},
			{"{\"field\":\"report.session.running\",\"is\":true}", 1},
			{"{\"field\":\"report.version\",\"at_least\":\"1.9\"}", 1},
			{"{\"field\":\"report.version\",\"at_least\":\"1.11\"}", 0},
			{"{\"field\":\"report.version\",\"at_least\":1}", 0},
			{"{\"field\":\"device.site\",\"starts\":\"Aarhus/\"}", 1},
	};
	struct err err;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (holds(rows[i].rule, &err) != rows[i].holds)
			printf("%s\n", rows[i].rule);
		CHECK_INT(holds(rows[i].rule, &err), rows[i].holds);
	}
}

#define YES "{\"field\":\"hardware.model\",\"exists\":true}"
#define NO "{\"field\":\"hardware.model\",\"exists\":false}"

static void test_logic(void)
{
	static const struct {
		const char *rule;
		int holds;
	} rows[] = {
			{"{\"all\":[" YES "," YES "]}", 1},
			{"{\"all\":[" YES "," NO "]}", 0},
			{"{\"any\":[" NO "," YES "]}", 1},
			{"{\"any\":[" NO "," NO "]}", 0},
			{"{\"not\":" NO "}", 1},
			{"{\"not\":{\"not\":" NO "}}", 0},
			{"{\"all\":[" YES ",{\"any\":[" NO ",{\"not\":" NO "}]}]}", 1},
			{"{\"any\":[{\"all\":[" YES "," NO "]},{\"not\":{\"any\":[" YES "]}}]}", 0},
	};
	struct err err;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_INT(holds(rows[i].rule, &err), rows[i].holds);
}

static void test_refused(void)
{
	static const char *const rows[] = {"{}", "[]", "true", "{\"all\":[]}", "{\"all\":{}}",
			"{\"all\":[1]}", "{\"not\":[]}", "{\"field\":\"hardware.model\"}",
			"{\"field\":\"model\",\"is\":1}", "{\"field\":\"hardware..x\",\"is\":1}",
			"{\"field\":\"hardware.\",\"is\":1}", "{\"field\":\"\",\"is\":1}",
			"{\"field\":\"hardware.x\",\"is\":[]}",
			"{\"field\":\"hardware.x\",\"in\":[]}",
			"{\"field\":\"hardware.x\",\"is\":1,\"in\":[1]}",
			"{\"all\":[" YES "],\"any\":[" YES "]}",
			"{\"field\":\"hardware.x\",\"starts\":\"\"}", "{\"is\":1}",
			"{\"field\":\"hardware.x\",\"at_least\":true}",
			"{\"field\":\"hardware.x\",\"exists\":1}",
			"{\"field\":\"hardware.x\",\"matches\":\".*\"}",
			"{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":" YES "}}}}}}"};
	struct err err;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (holds(rows[i], &err) != -1)
			printf("%s\n", rows[i]);
		CHECK_INT(holds(rows[i], &err), -1);
	}
	CHECK_INT(holds("{\"all\":[" YES ",{\"any\":[{\"field\":\"x\",\"is\":1}]}]}", &err), -1);
	CHECK_HAS(err.text, "rule.all[1].any[0]: ");
}

static void test_many(void)
{
	static char text[16384] = "{\"any\":[";
	struct err err;

	for (unsigned i = 0; i < 62; i++)
		strcat(text, NO ",");
	size_t length = strlen(text);
	strcpy(text + length, YES "]}");
	CHECK_INT(holds(text, &err), 1);
	strcpy(text + length, NO "," YES "]}");
	CHECK_INT(holds(text, &err), -1);
}

int main(void)
{
	TEST("a field fits or not") {
		test_fields();
	}
	TEST("all, any and not") {
		test_logic();
	}
	TEST("what is no rule is refused with its path") {
		test_refused();
	}
	TEST("64 conditions and no more") {
		test_many();
	}
	TEST_END();
}
