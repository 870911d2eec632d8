/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confine [--without-devices] USER PROGRAM [ARGUMENT ...]: run a program behind the outer walls of
 * the sandbox, as the kiosk's spawner does. Descriptor 3 stays; TYND_LOG is handed on. USER is
 * a name or a number, without root ignored.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/sandbox.h"

int main(int argc, char **argv)
{
	struct sandbox_worker worker;
	struct err err;
	char level[64] = "";
	const char *environment[16] = {NULL};
	unsigned count = 0;

	log_open("confine");
	bool has_no_devices = argc > 1 && strcmp(argv[1], "--without-devices") == 0;
	argv += has_no_devices;
	argc -= has_no_devices;
	if (argc < 3) {
		fprintf(stderr, "usage: confine [--without-devices] USER PROGRAM [ARGUMENT ...]\n");
		return 2;
	}
	for (; sandbox_environment[count]; count++)
		environment[count] = sandbox_environment[count];
	if (getenv("TYND_LOG")) {
		snprintf(level, sizeof(level), "TYND_LOG=%s", getenv("TYND_LOG"));
		environment[count] = level;
	}
	if (sandbox_worker_init(&worker, argv[1], argv[2], 0, &err) < 0) {
		log_error("%s", err.text);
		return 2;
	}
	worker.has_no_devices = has_no_devices;
	if (sandbox_prepare(&worker) < 0)
		return 126;
	execve(argv[2], argv + 2, (char *const *)environment);
	perror(argv[2]);
	return 127;
}
