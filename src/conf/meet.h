/* SPDX-License-Identifier: Apache-2.0 */
/* Whether two changes have something to do with each other. */
#ifndef CONF_MEET_H
#define CONF_MEET_H

#include "conf/json.h"

/*
 * Whether two merge patches (RFC 7396) say something about the same value, or one about a value
 * and the other about what it is in: then it matters which one comes last. The first such place
 * of `a` is written to `pointer`, as a path of words and dots for messages.
 */
bool conf_patches_meet(const cJSON *a, const cJSON *b, char path[JSON_PATH_MAX]);

#endif
