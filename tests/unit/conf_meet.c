/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/meet.h"

#include "unit/test.h"

int main(void)
{
	static const struct {
		const char *a, *b, *path; /* NULL: they do not meet */
	} table[] = {
			{"{}", "{}", NULL},
			{"{\"a\":1}", "{}", NULL},
			{"{\"a\":1}", "{\"b\":1}", NULL},
			{"{\"a\":1}", "{\"a\":1}", "a"},
			{"{\"a\":1}", "{\"a\":null}", "a"},
			{"{\"a\":null}", "{\"a\":null}", "a"},
			{"{\"a\":{\"b\":1}}", "{\"a\":{\"c\":1}}", NULL},
			{"{\"a\":{\"b\":1}}", "{\"a\":{\"bb\":1}}", NULL},
			{"{\"a\":{\"b\":1}}", "{\"a\":null}", "a.b"},
			{"{\"a\":null}", "{\"a\":{\"b\":1}}", "a"},
			{"{\"a\":null}", "{\"a\":{}}", NULL},
			{"{\"a\":{\"b\":[1]}}", "{\"a\":{\"b\":[2]}}", "a.b"},
			{"{\"a\":{\"b\":{\"c\":1,\"d\":2}}}", "{\"a\":{\"b\":{\"d\":3}}}", "a.b.d"},
			{"{\"x/y\":1}", "{\"x/y\":2}", "x~1y"},
			{"{\"x/y\":1}", "{\"x\":{\"y\":2}}", NULL},
	};

	TEST("patches meet where the order of applying them would matter") {
		for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
			OWNED(json) cJSON *a = NULL;
			OWNED(json) cJSON *b = NULL;
			char path[JSON_PATH_MAX] = "";

			CHECK_INT(json_parse(table[i].a, strlen(table[i].a), &a, NULL), 0);
			CHECK_INT(json_parse(table[i].b, strlen(table[i].b), &b, NULL), 0);
			CHECK_INT(conf_patches_meet(a, b, path), table[i].path != NULL);
			if (table[i].path)
				CHECK_TEXT(path, table[i].path);
			CHECK_INT(conf_patches_meet(b, a, path), table[i].path != NULL);
		}
	}
	TEST_END();
}
