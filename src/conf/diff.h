/* SPDX-License-Identifier: Apache-2.0 */
/* What changed between two configs. Nothing here knows JSON but conf_diff_documents. */
#ifndef CONF_DIFF_H
#define CONF_DIFF_H

#include "conf/conf.h"

struct cJSON;

/*
 * One difference: `path` as in messages ("desktops.main.port"), values as a person writes them.
 * `before` NULL: a desktop or message came; `after` NULL: it went. Valid during the call.
 */
typedef void (*conf_change_fn)(void *data, const char *path, const char *before, const char *after);

/*
 * Every difference of two checked configs, once. Desktops and messages are compared by id; one
 * that came or went is one difference with its name; another order is one of "desktops".
 */
void conf_diff(const struct conf *before, const struct conf *after, conf_change_fn fn, void *data);

/*
 * Differences of two documents, leaf by leaf: [{"path": "/desktops/main/port", "before": 3389,
 * "after": 3390}], without "before" or "after" where it is not there. The caller owns the list.
 */
struct cJSON *conf_diff_documents(const struct cJSON *before, const struct cJSON *after);

#endif
