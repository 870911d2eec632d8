/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_PRINT_H
#define CONF_PRINT_H

#include <cjson/cJSON.h>

#include "conf/conf.h"

/*
 * The checked config with every key there is, defaults included, in the order of the schema: equal
 * configs print equally, and conf_parse of it gives the same config. The caller owns the tree.
 */
cJSON *conf_print(const struct conf *conf);

#endif
