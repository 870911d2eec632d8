/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/test.h"

#include <freerdp/error.h>
#include <freerdp/freerdp.h>
#include <stdlib.h>

#include "session/failure.h"

#define HEADER "/usr/include/freerdp3/freerdp/error.h"

/* "#define PREFIX_NAME 0x..." of FreeRDP's own header: the table must know what the library knows. */
static unsigned check_header(const char *prefix, enum reason (*of)(uint32_t))
{
	FILE *file = fopen(HEADER, "r");
	char line[512], name[256], number[64];
	unsigned found = 0;

	CHECK(file != NULL);
	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "#define %255s %63s", name, number) != 2 ||
				strncmp(name, prefix, strlen(prefix)) != 0 ||
				strncmp(number, "0x", 2) != 0)
			continue;
		uint32_t value = (uint32_t)strtoul(number, NULL, 16);
		if (value == 0 || value == ERRINFO_NONE)
			continue;
		found++;
		if (of(value) == REASON_NONE)
			printf("%s (%s) has no reason\n", name, number);
		CHECK(of(value) != REASON_NONE);
		CHECK(reason_is_known(of(value)));
	}
	if (file)
		fclose(file);
	return found;
}

static const struct {
	const char *name;
	struct failure failure;
	enum reason reason;
	uint32_t detail;
} rows[] = {
		{"nothing is known", {0}, REASON_SESSION_SERVER_CLOSED, 0},
		{"wrong password by NLA", {.last_error = FREERDP_ERROR_CONNECT_LOGON_FAILURE},
				REASON_SESSION_WRONG_PASSWORD, FREERDP_ERROR_CONNECT_LOGON_FAILURE},
		{"account locked", {.last_error = FREERDP_ERROR_CONNECT_ACCOUNT_LOCKED_OUT},
				REASON_SESSION_ACCOUNT_LOCKED,
				FREERDP_ERROR_CONNECT_ACCOUNT_LOCKED_OUT},
		{"password expired", {.last_error = FREERDP_ERROR_CONNECT_PASSWORD_EXPIRED},
				REASON_SESSION_PASSWORD_EXPIRED,
				FREERDP_ERROR_CONNECT_PASSWORD_EXPIRED},
		{"idle",
				{.last_error = FREERDP_ERROR_CONNECT_TRANSPORT_FAILED,
						.error_info = ERRINFO_IDLE_TIMEOUT,
						.was_connected = true},
				REASON_SESSION_IDLE, FREERDP_ERROR_IDLE_TIMEOUT},
		{"the server's word counts more than FreeRDP's",
				{.last_error = FREERDP_ERROR_CONNECT_CANCELLED,
						.error_info = ERRINFO_LOGOFF_BY_USER},
				REASON_SESSION_SIGNED_OUT, FREERDP_ERROR_LOGOFF_BY_USER},
		{"error info as last error",
				{.last_error = FREERDP_ERROR_DISCONNECTED_BY_OTHER_CONNECTION},
				REASON_SESSION_REPLACED,
				FREERDP_ERROR_DISCONNECTED_BY_OTHER_CONNECTION},
		{"licence in the middle of its family",
				{.error_info = ERRINFO_LICENSE_BAD_CLIENT_LICENSE},
				REASON_SESSION_LICENCE, 0x10105},
		{"an error info of the future", {.error_info = 0x7777},
				REASON_SESSION_SERVER_CLOSED, 0x17777},
		{"a connect error of the future", {.last_error = 0x2ffff},
				REASON_SESSION_SERVER_CLOSED, 0x2ffff},
		{"a closed connection explained by a logon notification",
				{.last_error = FREERDP_ERROR_CONNECT_TRANSPORT_FAILED,
						.logon_type = 0xC0000234,
						.logon_data = 0},
				REASON_SESSION_ACCOUNT_LOCKED, 0},
		{"the status in the other field",
				{.last_error = FREERDP_ERROR_CONNECT_TRANSPORT_FAILED,
						.logon_type = 2,
						.logon_data = 0xC0000224},
				REASON_SESSION_PASSWORD_MUST_CHANGE, 0xC0000224},
		{"a notification that is no failure",
				{.last_error = FREERDP_ERROR_CONNECT_TRANSPORT_FAILED,
						.logon_type = LOGON_MSG_SESSION_CONTINUE},
				REASON_SESSION_SERVER_CLOSED,
				FREERDP_ERROR_CONNECT_TRANSPORT_FAILED},
		{"signed out without a word but the ultimatum",
				{.logon_type = FAILURE_NO_LOGON,
						.was_connected = true,
						.ultimatum = Disconnect_Ultimatum_user_requested},
				REASON_SESSION_SIGNED_OUT, 0},
		{"the same before a session was there",
				{.logon_type = FAILURE_NO_LOGON,
						.ultimatum = Disconnect_Ultimatum_user_requested},
				REASON_SESSION_SERVER_CLOSED, 0},
};

int main(void)
{
	TEST("every connect error of the library has a reason") {
		CHECK(check_header("ERRCONNECT_", failure_of_connect) >= 30);
	}
	TEST("every error info of the library has a reason") {
		CHECK(check_header("ERRINFO_", failure_of_info) >= 100);
	}
	TEST("the reason at the end") {
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			uint32_t detail = 0;
			enum reason reason = failure_reason(&rows[i].failure, &detail);

			if (reason != rows[i].reason || detail != rows[i].detail)
				printf("in \"%s\":\n", rows[i].name);
			CHECK_INT(reason, rows[i].reason);
			CHECK_INT(detail, rows[i].detail);
		}
	}
	TEST_END();
}
