/* SPDX-License-Identifier: Apache-2.0 */
/* From what a handler left in a request to what goes out. */
#ifndef SERVER_HTTP_ANSWER_H
#define SERVER_HTTP_ANSWER_H

#include "server/http.h"

/* The status of a handler's negative errno; logs what is our own fault. */
int http_answer_status(struct request *request, int error);

/* Queue the answer: the handler's, or the error of request->status and request->err. */
enum MHD_Result http_answer_send(struct request *request);

/* Free what was not sent. */
void http_answer_drop(struct request *request);

/*
 * {"error": text, "path": the words before the first ": " when they look like the path of
 * a value, or null, "device": `device` unless ""}.
 */
cJSON *http_answer_error(const char *text, const char *device);

#endif
