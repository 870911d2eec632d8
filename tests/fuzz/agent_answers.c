// SPDX-License-Identifier: Apache-2.0
/* What a server, or whoever answers in its place, says. */
#include "agent/messages.h"
#include "agent/names.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct messages_enrolment enrolment;
	struct messages_decision decision;
	struct messages_offer offer;
	struct names_answer answer = {0};
	char error[WIRE_DETAIL_MAX];
	struct err err;

	(void)messages_read_enrolment(text, size, &enrolment, &err);
	(void)messages_read_decision(text, size, &decision, &err);
	(void)messages_read_offer(text, size, &offer, &err);
	messages_read_error(text, size, error);
	(void)names_pick_service(data, size, 7, &answer);
	return 0;
}
