/* SPDX-License-Identifier: Apache-2.0 */
/* Why a session ended: every number FreeRDP has for it, as a reason for the user. */
#ifndef SESSION_FAILURE_H
#define SESSION_FAILURE_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/reason.h"

#define FAILURE_NO_LOGON UINT32_MAX

/* What is known at the end. */
struct failure {
	uint32_t last_error; /* freerdp_get_last_error: class << 16 | type */
	uint32_t error_info; /* freerdp_error_info: [MS-RDPBCGR] 2.2.5.1.1 */
	uint32_t logon_type; /* last logon notification's type, or FAILURE_NO_LOGON */
	uint32_t logon_data; /* its NTSTATUS or LOGON_FAILED_* */
	int ultimatum;       /* MCS disconnect reason, < 0: none came */
	bool was_connected;
};

/*
 * The reason, never REASON_NONE, and in `*detail` the number it came from: FreeRDP's error
 * (class 2: 0x0002xxxx), the server's error info (0x0001xxxx) or an NTSTATUS.
 */
enum reason failure_reason(const struct failure *failure, uint32_t *detail);

/* The reason of one ERRCONNECT_* / ERRINFO_* / NTSTATUS number; REASON_NONE: not in the table. */
enum reason failure_of_connect(uint32_t type);
enum reason failure_of_info(uint32_t code);
enum reason failure_of_status(uint32_t status);

#endif
