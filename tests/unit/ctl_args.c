// SPDX-License-Identifier: Apache-2.0
#include "ctl/args.h"

#include <errno.h>
#include <stdlib.h>

#include "base/own.h"
#include "unit/test.h"

enum { WORDS = 12 };

static int parse(const char *const words[WORDS], struct args *args, struct err *err)
{
	int count = 0;

	while (count < WORDS && words[count])
		count++;
	return args_parse(count, (char *const *)words, args, err);
}

static const struct {
	const char *words[WORDS];
	const char *says;
} bad[] = {
		{{"", "frobnicate"}, "\"frobnicate\" is not a command"},
		{{"", "devices"}, "tyndctl devices needs one of: list, waiting, show, approve"},
		{{"", "devices", "aprove"}, "tyndctl devices needs one of"},
		{{"", "devices", "approve"}, "usage: tyndctl devices approve CODE"},
		{{"", "devices", "approve", "A", "B"}, "usage: tyndctl devices approve CODE"},
		{{"", "devices", "approve", "A", "B", "C", "D", "E"}, "one word too many"},
		{{"", "config", "set", "organisation", "a.b"},
				"usage: tyndctl config set SCOPE PATH VALUE"},
		{{"", "config", "set", "a", "b", "c", "d", "e"}, "\"e\" is one word too many"},
		{{"", "config", "history", "a", "b"}, "usage: tyndctl config history [SCOPE]"},
		{{"", "devices", "list", "--frob"}, "--frob is not an option"},
		{{"", "devices", "list", "-v"}, "-v is not an option"},
		{{"", "devices", "list", "--site"}, "--site needs a value: --site NAME"},
		{{"", "devices", "list", "--json=yes"}, "--json takes no value"},
		{{"", "devices", "list", "--name", "x"}, "tyndctl devices list takes no --name"},
		{{"", "config", "show", "a", "--dry-run"},
				"tyndctl config show takes no --dry-run"},
		{{"", "login"}, "usage: tyndctl login URL"},
};

static void test_good(void)
{
	struct args args;
	struct err err;

	TEST("options anywhere, with = or a space, repeated groups, -- ends them") {
		const char *const words[WORDS] = {"tyndctl", "--json", "devices", "--group", "a",
				"approve", "--site=Skovby Skole", "K7QF-2M9P", "--group=b",
				"--create"};
		CHECK_INT(parse(words, &args, &err), 0);
		CHECK_TEXT(args.command->verb, "approve");
		CHECK_INT(args.operand_count, 1);
		CHECK_TEXT(args.operands[0], "K7QF-2M9P");
		CHECK(args.options.is_json && args.options.creates && !args.options.is_help);
		CHECK_TEXT(args.options.site, "Skovby Skole");
		CHECK_INT(args.options.group_count, 2);
		CHECK_TEXT(args.options.groups[1], "b");
	}
	TEST("a value may be negative or begin with hyphens behind --") {
		const char *const words[WORDS] = {"", "config", "set", "organisation", "a.b", "-5"};
		CHECK_INT(parse(words, &args, &err), 0);
		CHECK_TEXT(args.operands[2], "-5");
		const char *const more[WORDS] = {
				"", "config", "set", "--", "organisation", "a.b", "--json"};
		CHECK_INT(parse(more, &args, &err), 0);
		CHECK_TEXT(args.operands[2], "--json");
		CHECK(!args.options.is_json);
	}
	TEST("an empty value is one") {
		const char *const words[WORDS] = {"", "devices", "change", "x", "--site", ""};
		CHECK_INT(parse(words, &args, &err), 0);
		CHECK_TEXT(args.options.site, "");
	}
	TEST("an operand in brackets may be missing") {
		const char *const words[WORDS] = {"", "config", "history"};
		CHECK_INT(parse(words, &args, &err), 0);
		CHECK_INT(args.operand_count, 0);
	}
	TEST("a failure leaves what was there") {
		const char *const words[WORDS] = {"", "x"};
		args.operand_count = 77;
		CHECK(parse(words, &args, &err) < 0);
		CHECK_INT(args.operand_count, 77);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		TEST(bad[i].says) {
			CHECK_INT(parse(bad[i].words, &args, &err), -EINVAL);
			CHECK_HAS(err.text, bad[i].says);
		}
}

static char *help_of(const char *const words[WORDS])
{
	struct args args;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (parse(words, &args, NULL) == 0)
		args_print_help(&args, out);
	fclose(out);
	return text;
}

static void test_help(void)
{
	TEST("help without a command names them all, with one only its options") {
		const char *const all[WORDS] = {"", "--help"}, *const noun[WORDS] = {"", "devices",
									       "--help"};
		const char *const one[WORDS] = {"", "config", "show", "--help"};
		OWNED(memory)
		char *long_text = help_of(all), *noun_text = help_of(noun), *text = help_of(one);
		for (const struct command *c = commands; c->noun; c++)
			CHECK_HAS(long_text, c->summary);
		CHECK_HAS(noun_text, "devices approve CODE");
		CHECK(!strstr(noun_text, "config set"));
		CHECK_HAS(text, "--explain");
		CHECK_HAS(text, "--server URL");
		CHECK(!strstr(text, "--site"));
	}
	TEST("every command has what it takes to be run and found") {
		for (const struct command *c = commands; c->noun; c++) {
			CHECK(c->run && c->summary && c->operands);
			for (const struct command *d = commands; d < c; d++)
				CHECK(strcmp(c->noun, d->noun) != 0 ||
						strcmp(c->verb, d->verb) != 0);
		}
	}
}

int main(void)
{
	test_good();
	test_help();
	TEST_END();
}
