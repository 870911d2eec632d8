// SPDX-License-Identifier: Apache-2.0
/* Any text: refused, or a config that its own check accepts and that survives printing. */
#include <assert.h>
#include <string.h>

#include "conf/json.h"
#include "conf/merge.h"
#include "conf/parse.h"
#include "conf/print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct conf conf, again;
	OWNED(json) cJSON *tree = NULL;
	struct err err;

	if (json_parse((const char *)data, size, &tree, &err) < 0)
		return 0;
	OWNED(json) cJSON *merged = conf_merge(tree, tree);
	OWNED(memory) char *canonical = json_print_canonical(merged);
	(void)conf_layer_check(tree, &err);
	if (conf_parse(tree, &conf, &err) < 0)
		return 0;
	assert(conf_check(&conf, &err) == 0);
	OWNED(json) cJSON *printed = conf_print(&conf);
	assert(conf_parse(printed, &again, &err) == 0);
	return 0;
}
