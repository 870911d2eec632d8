// SPDX-License-Identifier: Apache-2.0
#include "ctl/args.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

enum kind { FLAG, VALUE, LIST, PAIRS };

#define AT(member) offsetof(struct options, member)

/* `bit` 0: every command takes it. */
static const struct option {
	const char *name;
	unsigned bit;
	enum kind kind;
	size_t offset;
	const char *value; /* what stands behind it in the help */
	const char *help;
} table[] = {
		{"--server", 0, VALUE, AT(server), "URL",
				"the server; else TYND_SERVER, else login's"},
		{"--ca", 0, VALUE, AT(ca), "FILE|sha256:HEX",
				"the server's CA; else TYND_CA, else login's"},
		{"--token-file", 0, VALUE, AT(token_file), "FILE",
				"your token; else TYND_TOKEN, else login's"},
		{"--json", 0, FLAG, AT(is_json), NULL, "the server's answer as JSON, for scripts"},
		{"--help", 0, FLAG, AT(is_help), NULL, "this"},
		{"--version", 0, FLAG, AT(is_version), NULL, "the version"},
		{"--name", ARGS_NAME, VALUE, AT(name), "NAME", "name of the device"},
		{"--site", ARGS_SITE, VALUE, AT(site), "NAME", "its site; \"\" for none"},
		{"--group", ARGS_GROUP, LIST, AT(groups), "NAME", "a group; may be repeated"},
		{"--tenant", ARGS_TENANT, VALUE, AT(tenant), "NAME", "the tenant of the site"},
		{"--reason", ARGS_REASON, VALUE, AT(reason), "TEXT", "why; stands in the history"},
		{"--create", ARGS_CREATE, FLAG, AT(creates), NULL,
				"make sites and groups that are new"},
		{"--dry-run", ARGS_DRY_RUN, FLAG, AT(is_dry_run), NULL,
				"say what would happen, change nothing"},
		{"--explain", ARGS_EXPLAIN, FLAG, AT(explains), NULL,
				"which layer each value comes from"},
		{"--effective", ARGS_EFFECTIVE, FLAG, AT(is_effective), NULL, "all layers merged"},
		{"--layer", ARGS_LAYER, FLAG, AT(is_layer), NULL, "the file is a part of a config"},
		{"--replace", ARGS_REPLACE, FLAG, AT(replaces), NULL,
				"take out what the file does not have"},
		{"--search", ARGS_SEARCH, VALUE, AT(search), "TEXT",
				"part of name, id, serial, address ..."},
		{"--state", ARGS_STATE, VALUE, AT(state), "STATE", "only what is in this state"},
		{"--online", ARGS_ONLINE, FLAG, AT(is_online), NULL,
				"heard of in the last two minutes"},
		{"--limit", ARGS_LIMIT, VALUE, AT(limit), "N", "at most so many, the newest first"},
		{"--force", ARGS_FORCE, FLAG, AT(forces), NULL,
				"also what would leave nobody able to work; needs --reason"},
		{"--prune", ARGS_PRUNE, FLAG, AT(prunes), NULL,
				"empty the layers that have no file"},
		{"--with", ARGS_WITH, PAIRS, AT(pairs), "KEY=VALUE",
				"another member of the request (docs/api.md); may be repeated"},
		{"--severity", ARGS_SEVERITY, VALUE, AT(severity), "WORD",
				"of a message: info, warning or urgent"},
		{"--confirm", ARGS_CONFIRM, FLAG, AT(confirms), NULL,
				"a person has to answer the message"},
		{"--seconds", ARGS_SECONDS, VALUE, AT(seconds), "N",
				"how long number or message stay"},
		{"--expires", ARGS_EXPIRES, VALUE, AT(expires), "N",
				"seconds that the order waits for a device; 300"},
		{"--now", ARGS_NOW, FLAG, AT(is_now), NULL,
				"restart without a warning, also in a session"},
		{"--follow", ARGS_FOLLOW, FLAG, AT(follows), NULL, "go on until it is ended"},
		{"--kinds", ARGS_KINDS, VALUE, AT(kinds), "LIST", "only these: order,device"},
		{"--key", ARGS_KEY, VALUE, AT(key), "KEY", "the server's config_key, in base64"},
};

enum { OPTION_COUNT = sizeof(table) / sizeof(table[0]) };

/* The command's words as typed: "devices approve". */
static int name_of(const struct command *command, char *buffer, size_t size)
{
	return snprintf(buffer, size, "%s%s%s", command->noun, command->verb ? " " : "",
			command->verb ? command->verb : "");
}

static const struct option *find_option(const char *word, size_t size)
{
	for (unsigned i = 0; i < OPTION_COUNT; i++)
		if (strlen(table[i].name) == size && strncmp(table[i].name, word, size) == 0)
			return &table[i];
	return NULL;
}

const char *args_option_name(unsigned index)
{
	return index < OPTION_COUNT ? table[index].name : NULL;
}

bool args_option_fits(unsigned index, const struct command *command)
{
	return !table[index].bit || (command && (table[index].bit & command->options));
}

bool args_option_value(const char *name)
{
	const struct option *option = find_option(name, strlen(name));

	return option && option->kind != FLAG;
}

void args_keep_global(const char *name, const char *value, struct options *options)
{
	const struct option *option = find_option(name, strlen(name));

	if (option && !option->bit && option->kind == VALUE)
		memcpy((char *)options + option->offset, &value, sizeof(value));
}

static int set_value(struct options *options, const struct option *option, const char *value,
		struct err *err)
{
	if (option->kind == VALUE)
		memcpy((char *)options + option->offset, &value, sizeof(value));
	else if (option->kind == PAIRS && options->pair_count < ARGS_GROUPS_MAX)
		options->pairs[options->pair_count++] = value;
	else if (option->kind == LIST && options->group_count < ARGS_GROUPS_MAX)
		options->groups[options->group_count++] = value;
	else
		return err_set(err, EINVAL, "%s more than %d times", option->name, ARGS_GROUPS_MAX);
	return 0;
}

/* argv[*at] is an option; moves *at to its last word. Remembers its bit in *given. */
static int take_option(int argc, char *const argv[], int *at, struct options *options,
		unsigned *given, struct err *err)
{
	const char *word = argv[*at], *equals = strchr(word, '=');
	const bool yes = true;
	const struct option *option =
			find_option(word, equals ? (size_t)(equals - word) : strlen(word));

	if (!option)
		return err_set(err, EINVAL, "%s is not an option; see tyndctl --help", word);
	*given |= option->bit;
	if (option->kind == FLAG) {
		if (equals)
			return err_set(err, EINVAL, "%s takes no value", option->name);
		memcpy((char *)options + option->offset, &yes, sizeof(yes));
		return 0;
	}
	if (!equals && *at + 1 == argc)
		return err_set(err, EINVAL, "%s needs a value: %s %s", option->name, option->name,
				option->value);
	return set_value(options, option, equals ? equals + 1 : argv[++*at], err);
}

/* "-", "-5" and everything without a hyphen are words, not options. */
static bool is_option(const char *word)
{
	return word[0] == '-' && word[1] && !isdigit((unsigned char)word[1]);
}

struct words {
	const char *word[ARGS_OPERANDS_MAX + 2];
	unsigned count;
};

static int split(int argc, char *const argv[], struct words *words, struct options *options,
		unsigned *given, struct err *err)
{
	bool is_ended = false;

	for (int i = 1; i < argc; i++) {
		int r = 0;

		if (!is_ended && strcmp(argv[i], "--") == 0)
			is_ended = true;
		else if (!is_ended && is_option(argv[i]))
			r = take_option(argc, argv, &i, options, given, err);
		else if (words->count < ARGS_OPERANDS_MAX + 2)
			words->word[words->count++] = argv[i];
		else
			r = err_set(err, EINVAL, "\"%s\" is one word too many", argv[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

/* The verbs of a noun: "list, show, approve". */
static void list_verbs(const char *noun, char *buffer, size_t size)
{
	size_t at = 0;

	buffer[0] = '\0';
	for (const struct command *c = commands; c->noun; c++)
		if (strcmp(c->noun, noun) == 0 && c->verb && at < size)
			at += (size_t)snprintf(buffer + at, size - at, "%s%s", at ? ", " : "",
					c->verb);
}

static int find_command(const struct words *words, const struct command **ret, struct err *err)
{
	char verbs[128];
	bool is_noun = false;

	for (const struct command *c = commands; c->noun; c++) {
		if (strcmp(c->noun, words->word[0]) != 0)
			continue;
		is_noun = true;
		if (c->verb && (words->count < 2 || strcmp(c->verb, words->word[1]) != 0))
			continue;
		*ret = c;
		return 0;
	}
	if (!is_noun)
		return err_set(err, EINVAL, "\"%s\" is not a command; see tyndctl --help",
				words->word[0]);
	list_verbs(words->word[0], verbs, sizeof(verbs));
	return err_set(err, EINVAL, "tyndctl %s needs one of: %s", words->word[0], verbs);
}

static int check_operands(const struct args *args, struct err *err)
{
	const char *spec = args->command->operands;
	unsigned min = 0, max = 0;
	char name[64];

	for (const char *at = spec; *at; at++)
		if (at == spec || at[-1] == ' ') {
			max++;
			min += *at != '[';
		}
	if (args->operand_count >= min && args->operand_count <= max)
		return 0;
	name_of(args->command, name, sizeof(name));
	return err_set(err, EINVAL, "usage: tyndctl %s%s%s", name, spec[0] ? " " : "", spec);
}

static int check_options(const struct command *command, unsigned given, struct err *err)
{
	char name[64];

	for (unsigned i = 0; i < OPTION_COUNT; i++) {
		if (!(table[i].bit & given & ~command->options))
			continue;
		name_of(command, name, sizeof(name));
		return err_set(err, EINVAL, "tyndctl %s takes no %s", name, table[i].name);
	}
	return 0;
}

int args_parse(int argc, char *const argv[], struct args *ret, struct err *err)
{
	struct args args = {0};
	struct words words = {0};
	unsigned given = 0;

	int r = split(argc, argv, &words, &args.options, &given, err);
	if (r < 0)
		return r;
	args.noun = words.count > 0 ? words.word[0] : NULL;
	if (words.count > 0)
		r = find_command(&words, &args.command, err);
	/* "tyndctl devices --help" is fine without a verb. */
	if (r < 0 && !(args.options.is_help && words.count == 1))
		return r;
	if (args.command && !args.options.is_help) {
		unsigned first = args.command->verb ? 2 : 1;

		for (unsigned i = first; i < words.count; i++) {
			if (args.operand_count == ARGS_OPERANDS_MAX)
				return err_set(err, EINVAL, "\"%s\" is one word too many",
						words.word[i]);
			args.operands[args.operand_count++] = words.word[i];
		}
		r = check_operands(&args, err);
		if (r == 0)
			r = check_options(args.command, given, err);
		if (r < 0)
			return r;
	}
	*ret = args;
	return 0;
}

static void print_options(unsigned options, bool is_global, FILE *out)
{
	for (unsigned i = 0; i < OPTION_COUNT; i++) {
		char left[40];

		if (is_global ? table[i].bit != 0 : !(table[i].bit & options))
			continue;
		snprintf(left, sizeof(left), "%s %s", table[i].name,
				table[i].value ? table[i].value : "");
		fprintf(out, "  %-26s %s\n", left, table[i].help);
	}
}

static void print_commands(const char *noun, FILE *out)
{
	for (const struct command *c = commands; c->noun; c++) {
		char name[64], left[80];

		if (noun && strcmp(noun, c->noun) != 0)
			continue;
		name_of(c, name, sizeof(name));
		snprintf(left, sizeof(left), "%s %s", name, c->operands);
		fprintf(out, "  %-32s %s\n", left, c->summary);
	}
}

static void print_command(const struct command *command, FILE *out)
{
	char name[64];

	name_of(command, name, sizeof(name));
	fprintf(out, "tyndctl %s %s\n    %s\n", name, command->operands, command->summary);
	if (command->help)
		fprintf(out, "\n%s", command->help);
	if (command->options)
		fprintf(out, "\nOptions:\n");
	print_options(command->options, false, out);
	fprintf(out, "\nOptions of every command:\n");
	print_options(0, true, out);
}

void args_print_help(const struct args *args, FILE *out)
{
	if (args->command) {
		print_command(args->command, out);
		return;
	}
	fprintf(out, "tyndctl: the helpdesk's command line for tynd-server\n\n");
	print_commands(args->noun, out);
	fprintf(out, "\nSCOPE is organisation, tenant/NAME, site/NAME, group/NAME or device/NAME;\n"
		     "PATH is written helpdesk.phone or /helpdesk/phone.\n"
		     "\nOptions of every command:\n");
	print_options(0, true, out);
	fprintf(out, "\n\"tyndctl devices approve --help\" tells more about one command.\n");
}
