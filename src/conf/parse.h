/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON to struct conf, as configs/schema.json describes it. The same on server, agent and
 * command line, so that a mistake has the same message everywhere.
 */
#ifndef CONF_PARSE_H
#define CONF_PARSE_H

#include <cjson/cJSON.h>

#include "base/err.h"
#include "conf/conf.h"

/*
 * An effective config. What is missing has its default. -EINVAL with the path for unknown
 * keys, types, ranges, forms and relations; *ret is then as it was.
 */
int conf_parse(const cJSON *tree, struct conf *ret, struct err *err);
int conf_parse_text(const char *text, size_t size, struct conf *ret, struct err *err);

/*
 * Whether a layer, or a merge patch of one, may be saved: any part of a config, null to take a
 * value out. Every value by itself is as strict as in conf_parse; what may be missing and how
 * values fit together shows only the merged config. So does what a text with ${NAME} becomes
 * (conf/expand.h). "locks" and "variables" may stand beside the values.
 */
int conf_layer_check(const cJSON *tree, struct err *err);

#endif
