/* SPDX-License-Identifier: Apache-2.0 */
/* Any rule, judged over any facts: two JSON documents with a NUL between them. */
#include <stdint.h>
#include <string.h>

#include "conf/json.h"
#include "server/rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	OWNED(json) cJSON *tree = NULL, *facts = NULL;
	OWNED(rule) struct rule *rule = NULL;
	const uint8_t *end = memchr(data, 0, size);
	size_t length = end ? (size_t)(end - data) : size;
	struct err err;

	if (json_parse((const char *)data, length, &tree, &err) < 0 ||
			rule_compile(tree, &rule, &err) < 0)
		return 0;
	if (end)
		(void)json_parse((const char *)end + 1, size - length - 1, &facts, &err);
	(void)rule_holds(rule, facts);
	return 0;
}
