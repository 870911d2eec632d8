/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of tyndctl: one table of commands, one of options. Pure. */
#ifndef CTL_ARGS_H
#define CTL_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

struct ctl;

enum { ARGS_OPERANDS_MAX = 4, ARGS_GROUPS_MAX = 16 };

/* Which options a command takes, besides those that all take. */
enum {
	ARGS_NAME = 1 << 0,
	ARGS_SITE = 1 << 1,
	ARGS_GROUP = 1 << 2,
	ARGS_TENANT = 1 << 3,
	ARGS_REASON = 1 << 4,
	ARGS_CREATE = 1 << 5,
	ARGS_DRY_RUN = 1 << 6,
	ARGS_EXPLAIN = 1 << 7,
	ARGS_EFFECTIVE = 1 << 8,
	ARGS_LAYER = 1 << 9,
	ARGS_REPLACE = 1 << 10,
	ARGS_SEARCH = 1 << 11,
	ARGS_STATE = 1 << 12,
	ARGS_ONLINE = 1 << 13,
	ARGS_LIMIT = 1 << 14,
	ARGS_KEY = 1 << 15,
	ARGS_FORCE = 1 << 16,
	ARGS_PRUNE = 1 << 17,
	ARGS_WITH = 1 << 18,
	ARGS_SEVERITY = 1 << 19,
	ARGS_CONFIRM = 1 << 20,
	ARGS_SECONDS = 1 << 21,
	ARGS_EXPIRES = 1 << 22,
	ARGS_NOW = 1 << 23,
	ARGS_FOLLOW = 1 << 24,
	ARGS_KINDS = 1 << 25,
};

/* NULL or false: not given. */
struct options {
	const char *server, *ca, *token_file;
	const char *name, *site, *tenant, *reason, *search, *state, *limit, *key;
	const char *groups[ARGS_GROUPS_MAX];
	unsigned group_count;
	const char *pairs[ARGS_GROUPS_MAX]; /* KEY=VALUE */
	unsigned pair_count;
	bool is_json, is_help, is_version;
	bool creates, is_dry_run, explains, is_effective, is_layer, replaces, is_online;
	bool forces, prunes;
	const char *severity, *seconds, *expires, *kinds;
	bool confirms, is_now, follows;
};

struct command {
	const char *noun;     /* "devices" */
	const char *verb;     /* "approve"; NULL: the noun is the whole command */
	const char *operands; /* "CODE", "SCOPE PATH VALUE"; "[SCOPE]" may be missing */
	unsigned options;     /* ARGS_... */
	bool is_local;        /* needs no server */
	int (*run)(struct ctl *ctl, struct err *err);
	const char *summary; /* one line */
	const char *help;    /* more lines, or NULL */
	const char *calls; /* "METHOD /path"; several with ", "; call.c says what else it may hold */
};

/* Ends with a row without noun. */
extern const struct command commands[];

struct args {
	const struct command *command; /* NULL with --help or --version alone, or with none */
	const char *noun;              /* with --help: the word that was typed, or NULL */
	const char *operands[ARGS_OPERANDS_MAX];
	unsigned operand_count;
	struct options options;
};

/*
 * argv[0] is skipped; everything is kept by reference. Options may stand anywhere, as
 * "--name X" or "--name=X"; "--" ends them. -EINVAL with a sentence that says what to type.
 */
int args_parse(int argc, char *const argv[], struct args *ret, struct err *err);

/* The table of options, for completion: names by index until NULL. */
const char *args_option_name(unsigned index);
/* Whether the command (NULL: none yet) takes it. */
bool args_option_fits(unsigned index, const struct command *command);
/* Whether the option needs a value behind it. */
bool args_option_value(const char *name);
/* Keep the value of --server, --ca or --token-file. */
void args_keep_global(const char *name, const char *value, struct options *options);

/* Help for everything, for the commands of a noun, or for one command. */
void args_print_help(const struct args *args, FILE *out);

#endif
