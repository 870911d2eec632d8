/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The one piece of state that is the process's own: set once at start. */
static const char *log_program = "tynd";
static enum log_level log_level = LOG_LEVEL_INFO;

static const char *const level_names[] = {
		[LOG_LEVEL_ERROR] = "error",
		[LOG_LEVEL_WARN] = "warn",
		[LOG_LEVEL_INFO] = "info",
		[LOG_LEVEL_DEBUG] = "debug",
};

void log_open(const char *program)
{
	const char *wanted = getenv("TYND_LOG");

	log_program = program;
	for (size_t i = 0; wanted && i < sizeof(level_names) / sizeof(level_names[0]); i++)
		if (strcmp(wanted, level_names[i]) == 0)
			log_level = (enum log_level)i;
}

void log_set_level(enum log_level level)
{
	log_level = level;
}

void log_write(enum log_level level, const char *format, ...)
{
	char line[1024];
	va_list arguments;
	int used, more;

	if (level > log_level)
		return;
	used = snprintf(line, sizeof(line), "%s: %s: ", log_program, level_names[level]);
	va_start(arguments, format);
	more = vsnprintf(line + used, sizeof(line) - (size_t)used - 1, format, arguments);
	va_end(arguments);
	if (more < 0)
		return;
	used += more;
	if (used > (int)sizeof(line) - 2)
		used = (int)sizeof(line) - 2;
	line[used++] = '\n';
	/* One write per line, so that lines of several processes stay whole; a full log is lost. */
	(void)!write(STDERR_FILENO, line, (size_t)used);
}

struct log_quoted log_quote_text(const char *text, size_t size)
{
	struct log_quoted quoted;
	size_t used = 0;

	quoted.text[used++] = '"';
	for (size_t i = 0; i < size; i++) {
		unsigned char byte = (unsigned char)text[i];

		/* Room for one escape, the mark of the cut, the quote and the end. */
		if (used + 4 + 3 + 2 > sizeof(quoted.text)) {
			memcpy(quoted.text + used, "...", 3);
			used += 3;
			break;
		}
		if (byte < 0x20 || byte == 0x7f || byte == '"' || byte == '\\')
			used += (size_t)snprintf(quoted.text + used, 5, "\\x%02x", byte);
		else
			quoted.text[used++] = (char)byte;
	}
	quoted.text[used++] = '"';
	quoted.text[used] = '\0';
	return quoted;
}
