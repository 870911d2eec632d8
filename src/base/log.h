/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log of a program: one line per event on stderr, "program: level: text".
 * error = gave up, warn = went on, info = an operator cares, debug = why.
 * Modules return errors; only programs log them, once. Never secrets or what a
 * user typed; outside text goes through log_quote.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stddef.h>
#include <string.h>

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARN,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
};

/* Name the program (kept by reference). TYND_LOG=debug in the environment widens the level. */
void log_open(const char *program);
void log_set_level(enum log_level level);

void log_write(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...) log_write(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warn(...) log_write(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_info(...) log_write(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_write(LOG_LEVEL_DEBUG, __VA_ARGS__)

enum { LOG_QUOTE_MAX = 128 };

struct log_quoted {
	char text[LOG_QUOTE_MAX];
};

/* Outside text made fit for a log line: in quotes, control bytes as \xNN, cut to length. */
struct log_quoted log_quote_text(const char *text, size_t size);
/* For a log call's argument: the text lives until the end of the whole expression. */
#define log_quote(outside) (log_quote_text((outside), strlen(outside)).text)

#endif
