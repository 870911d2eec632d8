/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "kiosk/command.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char line[2048];
	struct command command;
	struct err err;

	size = size < sizeof(line) ? size : sizeof(line) - 1;
	memcpy(line, data, size);
	line[size] = '\0';
	command_parse(line, &command, &err);
	return 0;
}
