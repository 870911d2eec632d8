/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_PEOPLE_REPORT_H
#define SERVER_PEOPLE_REPORT_H

#include "server/people.h"

/* GET /reports/KIND?format=json|csv. */
int people_report(struct request *request, struct err *err);

#endif
