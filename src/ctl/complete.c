// SPDX-License-Identifier: Apache-2.0
#include "ctl/complete.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "conf/json.h"
#include "ctl/settings.h"
#include "ctl/table.h"

enum { HURRY_MS = 1500, NAMES_MAX = 200, WORD_MAX = 512 };

OWN_DEFINE(api, struct api, api_destroy);

struct completing {
	const char *prefix; /* what is typed of the word */
	FILE *out;
	struct options options;        /* --server and alike, as far as they are typed */
	const struct command *command; /* NULL: not typed yet */
	const char *noun;              /* NULL: not typed yet */
	unsigned operand;              /* of the word to complete */
};

/* A name of the server is made harmless: it goes to a terminal. */
static void offer(const struct completing *completing, const char *word)
{
	char clean[WORD_MAX];

	if (strncmp(word, completing->prefix, strlen(completing->prefix)) != 0)
		return;
	table_clean(word, clean, sizeof(clean));
	if (strcmp(clean, word) == 0)
		fprintf(completing->out, "%s\n", word);
}

/* --- names that the server knows */

static int ask(const struct completing *completing, const char *path, cJSON **ret)
{
	OWNED(memory) struct settings *settings = own_alloc(sizeof(*settings));
	OWNED(api) struct api *api = NULL;
	struct err err;
	int r = settings_load(&completing->options, true, settings, &err);

	if (r == 0)
		r = api_create(settings, &api, &err);
	if (r == 0) {
		api_hurry(api, HURRY_MS);
		r = api_call(api, "GET", path, NULL, ret, &err);
	}
	text_wipe(settings->token, sizeof(settings->token));
	return r;
}

/* Members of a list by their name, each behind `before`. */
static void offer_names(const struct completing *completing, const char *noun, const char *before)
{
	OWNED(json) cJSON *answer = NULL;
	char path[CTL_PATH_MAX], word[WORD_MAX], buffer[32];
	const char *typed = completing->prefix + strlen(before);
	const cJSON *one;
	struct err err;

	(void)text_format(path, sizeof(path), "/%s?limit=%d", noun, NAMES_MAX);
	if (strcmp(noun, "devices") == 0 && typed[0])
		(void)ctl_add_query(path, "search",
				strrchr(typed, '/') ? strrchr(typed, '/') + 1 : typed, &err);
	if (ask(completing, path, &answer) < 0)
		return;
	cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(answer, noun)) {
		bool is_device = strcmp(noun, "devices") == 0;
		char first[32];
		const char *tenant = is_device ? ctl_text(one, "/tenant", first) : "";

		if (text_format(word, sizeof(word), "%s%s%s%s", before, tenant,
				    tenant[0] ? "/" : "", ctl_text(one, "/name", buffer)) == 0)
			offer(completing, word);
	}
}

static void offer_scopes(const struct completing *completing)
{
	static const char *const kinds[][2] = {{"tenant/", "tenants"}, {"site/", "sites"},
			{"group/", "groups"}, {"device/", "devices"}};

	offer(completing, "organisation");
	for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strncmp(completing->prefix, kinds[i][0], strlen(kinds[i][0])) == 0)
			offer_names(completing, kinds[i][1], kinds[i][0]);
		else
			offer(completing, kinds[i][0]);
	}
}

static void offer_list(const struct completing *completing, const char *const *words)
{
	for (; *words; words++)
		offer(completing, *words);
}

/* What an operand of the table or the value of an option is called says what may stand there. */
static void offer_kind(const struct completing *completing, const char *kind)
{
	static const char *const states[] = {"good", "trial", "returned", "none", NULL};
	static const char *const roles[] = {
			"administrator", "technician", "reader", "auditor", "api", NULL};
	static const char *const formats[] = {"csv", "json", NULL};
	const char *noun = completing->noun ? completing->noun : "";

	if (strcmp(kind, "FILE") == 0 || strcmp(kind, "DIR") == 0)
		fputs(":files\n", completing->out);
	else if (strcmp(kind, "SCOPE") == 0)
		offer_scopes(completing);
	else if (strcmp(kind, "DEVICE") == 0)
		offer_names(completing, "devices", "");
	else if (strcmp(kind, "SITE") == 0 ||
			(strcmp(kind, "NAME") == 0 && strcmp(noun, "sites") == 0))
		offer_names(completing, "sites", "");
	else if (strcmp(kind, "NAME") == 0 &&
			(strcmp(noun, "groups") == 0 || strcmp(noun, "tenants") == 0 ||
					strcmp(noun, "people") == 0))
		offer_names(completing, noun, "");
	else if (strcmp(kind, "STATE") == 0)
		offer_list(completing, states);
	else if (strcmp(kind, "ROLE") == 0)
		offer_list(completing, roles);
	else if (strcmp(kind, "FORMAT") == 0)
		offer_list(completing, formats);
}

static void offer_option_value(struct completing *completing, const char *option)
{
	if (strcmp(option, "--site") == 0)
		offer_names(completing, "sites", "");
	else if (strcmp(option, "--group") == 0)
		offer_names(completing, "groups", "");
	else if (strcmp(option, "--tenant") == 0)
		offer_names(completing, "tenants", "");
	else if (strcmp(option, "--state") == 0)
		offer_kind(completing, "STATE");
	else if (strcmp(option, "--token-file") == 0 || strcmp(option, "--ca") == 0)
		offer_kind(completing, "FILE");
}

/* --- where the word stands */

static void offer_nouns(const struct completing *completing)
{
	for (const struct command *c = commands; c->noun; c++) {
		const struct command *before = commands;

		while (before < c && strcmp(before->noun, c->noun) != 0)
			before++;
		if (before == c)
			offer(completing, c->noun);
	}
}

static void offer_verbs(const struct completing *completing)
{
	for (const struct command *c = commands; c->noun; c++)
		if (c->verb && strcmp(c->noun, completing->noun) == 0)
			offer(completing, c->verb);
}

/* The word of the operand: "SCOPE", "DEVICE", without brackets. */
static void operand_kind(const struct command *command, unsigned index, char kind[32])
{
	const char *at = command->operands;

	for (; index > 0 && *at; index--)
		at += strcspn(at, " ") + (strchr(at, ' ') != NULL);
	at += *at == '[';
	(void)text_format(kind, 32, "%.*s", (int)strcspn(at, " ]"), at);
}

static const struct command *find_command(const char *noun, const char *verb)
{
	for (const struct command *c = commands; c->noun; c++)
		if (strcmp(c->noun, noun) == 0 &&
				(!c->verb || (verb && strcmp(c->verb, verb) == 0)))
			return c;
	return NULL;
}

/* Everything before the word; returns the option whose value the word is, or NULL. */
static const char *read_before(struct completing *completing, int count, char *const words[])
{
	const char *plain[2] = {NULL, NULL};
	unsigned plain_count = 0;

	for (int i = 0; i + 1 < count; i++) {
		if (words[i][0] == '-' && words[i][1] == '-') {
			if (strchr(words[i], '=') || !args_option_value(words[i]))
				continue;
			if (i + 2 >= count)
				return words[i];
			args_keep_global(words[i], words[i + 1], &completing->options);
			i++;
			continue;
		}
		if (plain_count < 2)
			plain[plain_count] = words[i];
		plain_count++;
	}
	completing->noun = plain[0];
	if (plain[0])
		completing->command = find_command(plain[0], plain[1]);
	if (completing->command)
		completing->operand = plain_count - (completing->command->verb ? 2 : 1);
	return NULL;
}

void complete_words(int count, char *const words[], FILE *out)
{
	struct completing completing = {.prefix = count > 0 ? words[count - 1] : "", .out = out};
	const char *option = read_before(&completing, count, words);
	char kind[32];

	if (option) {
		offer_option_value(&completing, option);
	} else if (completing.prefix[0] == '-') {
		for (unsigned i = 0; args_option_name(i); i++)
			if (args_option_fits(i, completing.command))
				offer(&completing, args_option_name(i));
	} else if (!completing.noun) {
		offer_nouns(&completing);
	} else if (!completing.command) {
		offer_verbs(&completing);
	} else {
		operand_kind(completing.command, completing.operand, kind);
		offer_kind(&completing, kind);
	}
}

/* --- scripts */

static const char bash[] =
		"# bash completion for tyndctl: tyndctl completion bash > "
		"/usr/share/bash-completion/completions/tyndctl\n"
		"_tyndctl()\n{\n"
		"\tlocal word\n"
		"\tlocal -a words=()\n"
		"\tfor word in \"${COMP_WORDS[@]:1:COMP_CWORD}\"; do words+=(\"${word//\\\\/}\"); "
		"done\n"
		"\tCOMPREPLY=()\n"
		"\twhile IFS= read -r word; do\n"
		"\t\tif [[ $word == :files ]]; then\n"
		"\t\t\tcompopt -o default 2>/dev/null\n"
		"\t\t\tcontinue\n"
		"\t\tfi\n"
		"\t\t[[ $word == */ ]] && compopt -o nospace 2>/dev/null\n"
		"\t\tCOMPREPLY+=(\"$(printf %q \"$word\")\")\n"
		"\tdone < <(\"${COMP_WORDS[0]}\" completion words \"${words[@]}\" 2>/dev/null)\n"
		"}\n"
		"complete -F _tyndctl tyndctl\n";

static const char zsh[] =
		"#compdef tyndctl\n"
		"# zsh completion for tyndctl: tyndctl completion zsh > "
		"/usr/share/zsh/vendor-completions/_tyndctl\n"
		"_tyndctl()\n{\n"
		"\tlocal -a lines\n"
		"\tlines=(\"${(@f)$(\"${words[1]}\" completion words \"${(@Q)words[2,CURRENT]}\" "
		"2>/dev/null)}\")\n"
		"\tif [[ ${lines[1]} == :files ]]; then\n"
		"\t\t_files\n"
		"\telse\n"
		"\t\tcompadd -- \"${lines[@]:#}\"\n"
		"\tfi\n"
		"}\n"
		"if [[ ${funcstack[1]} == _tyndctl ]]; then _tyndctl; else compdef _tyndctl "
		"tyndctl; fi\n";

static void print_table(void)
{
	OWNED(json) cJSON *list = json_new_list();

	for (const struct command *c = commands; c->noun; c++) {
		cJSON *row = json_new_object();

		json_put_text(row, "noun", c->noun);
		json_put(row, "verb", c->verb ? cJSON_CreateString(c->verb) : cJSON_CreateNull());
		json_put_text(row, "operands", c->operands);
		json_put_text(row, "summary", c->summary);
		json_put_text(row, "calls", c->calls ? c->calls : "");
		json_put_bool(row, "local", c->is_local);
		cJSON *options = json_put_list(row, "options");
		for (unsigned i = 0; args_option_name(i); i++)
			if (args_option_fits(i, c))
				json_append_text(options, args_option_name(i));
		json_append(list, row);
	}
	OWNED(memory) char *text = json_print_pretty(list);
	fputs(text, stdout);
}

int ctl_completion(struct ctl *ctl, struct err *err)
{
	const char *shell = ctl->args->operands[0];

	if (strcmp(shell, "bash") == 0)
		fputs(bash, stdout);
	else if (strcmp(shell, "zsh") == 0)
		fputs(zsh, stdout);
	else if (strcmp(shell, "json") == 0)
		print_table();
	else
		return err_set(err, EINVAL, "\"%s\": there is bash, zsh and json", shell);
	return 0;
}
