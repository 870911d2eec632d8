/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Config as files, for git: organisation.json, tenants/NAME.json, sites/NAME.json,
 * sites/TENANT/NAME.json, groups/ alike, devices/NAME.json, devices/TENANT/NAME.json, each the
 * document of one layer, and places.json with places that have no layer. Bytes that a name may have
 * and a file name better has not ('/', '%', control bytes, a '.' in front) are %XX.
 */
#ifndef CTL_FOLDER_H
#define CTL_FOLDER_H

#include <cjson/cJSON.h>

#include "base/err.h"

enum { FOLDER_PATH_MAX = 4096 };

/*
 * All layers of a folder, checked: {"site/TENANT/NAME": {...}, ...}; devices by name. *places is
 * what places.json says, or {}. A file that is no layer's is an error; what does not end in .json,
 * or is hidden, is nobody's business.
 */
int folder_read(const char *folder, cJSON **layers, cJSON **places, struct err *err);

/* The file of a layer (as above, devices by name), and the folder for it made. */
int folder_write(const char *folder, const char *scope, const cJSON *document, struct err *err);
int folder_write_places(const char *folder, const cJSON *places, struct err *err);

/* "sites/TENANT/NAME.json"; -EINVAL for what is no scope. */
int folder_path(const char *scope, char path[FOLDER_PATH_MAX], struct err *err);
/* The way back; -EINVAL with a sentence for what is no layer's file. */
int folder_scope(const char *path, char *scope, size_t size, struct err *err);

#endif
