/* SPDX-License-Identifier: Apache-2.0 */
/* Files that devices fetch by their hash. docs/api.md, docs/protocol.md. */
#ifndef SERVER_PEOPLE_FILE_H
#define SERVER_PEOPLE_FILE_H

#include "server/http.h"

int people_files(struct request *request, struct err *err);
int people_file_get(struct request *request, struct err *err);
/* Before the body; of `announced` bytes, 0: not known. */
int people_file_begin(struct request *request, uint64_t announced, struct err *err);
int people_file_put(struct request *request, struct err *err);
int people_file_remove(struct request *request, struct err *err);
int device_file(struct request *request, struct err *err);

#endif
