// SPDX-License-Identifier: Apache-2.0
/* Any layer: refused, or expanded to texts without end or overflow; escaping undoes expanding. */
#include <assert.h>
#include <string.h>

#include "conf/expand.h"
#include "conf/json.h"
#include "conf/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *secret(void *data, const char *name)
{
	(void)data;
	return strlen(name) % 2 ? "hidden ${a}" : NULL;
}

static void count(void *data, const char *name)
{
	(void)name;
	++*(unsigned *)data;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct conf_facts facts = {
			"name ${a}", "id", "serial", "", "site", "tenant", secret, NULL};
	OWNED(memory) char *text = own_alloc(size + 1);
	OWNED(memory) char *back = NULL;
	OWNED(json) cJSON *tree = NULL;
	unsigned secrets = 0;
	struct err err;

	memcpy(text, data, size);
	OWNED(memory) char *escaped = conf_expand_escape(text);
	if (conf_expand_text(escaped, NULL, &facts, &back, &err) == 0)
		assert(strcmp(text, back) == 0);
	if (json_parse(text, size, &tree, &err) < 0 || !cJSON_IsObject(tree))
		return 0;
	(void)conf_layer_check(tree, &err);
	conf_expand_secrets(tree, count, &secrets);
	assert(!secrets || conf_expand_uses(tree) & CONF_USES_SECRETS);
	(void)conf_expand(tree, &facts, &err);
	return 0;
}
