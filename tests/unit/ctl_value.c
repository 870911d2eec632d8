// SPDX-License-Identifier: Apache-2.0
#include "ctl/value.h"

#include <errno.h>
#include <stdlib.h>

#include "conf/json.h"
#include "conf/merge.h"
#include "ctl/settings.h"
#include "ctl/table.h"
#include "unit/test.h"

/* What is typed, what becomes of it; NULL: refused. */
struct row {
	const char *typed, *result;
};

static const struct row scopes[] = {
		{"organisation", "organisation"},
		{"org", "organisation"},
		{"site/Skovby Skole", "site/Skovby%20Skole"},
		{"site/Skødstrup", "site/Sk%C3%B8dstrup"},
		{"tenant/a.b-c_d~e", "tenant/a.b-c_d~e"},
		{"group/100%", "group/100%25"},
		{"device/k7qf", "device/k7qf"},
		{"site/", NULL},
		{"site", NULL},
		{"site/Aarhus/Skødstrup", "site/Aarhus%2FSk%C3%B8dstrup"},
		{"site/a/b/c", NULL},
		{"site/a/", NULL},
		{"tenant/a/b", NULL},
		{"Site/a", NULL},
		{"layer/a", NULL},
		{"organisation/a", NULL},
		{"", NULL},
};

static const struct row pointers[] = {
		{"helpdesk.phone", "/helpdesk/phone"},
		{"/helpdesk/phone", "/helpdesk/phone"},
		{"desktops.work.trust.mode", "/desktops/work/trust/mode"},
		{"keyboard", "/keyboard"},
		{"", NULL},
		{".", NULL},
		{"/", NULL},
		{"a..b", NULL},
		{".a", NULL},
		{"a.", NULL},
		{"/a//b", NULL},
		{"/a/", NULL},
		{"a/b", NULL},
};

static const struct row urls[] = {
		{"server", "https://server:8443"},
		{"server:9000", "https://server:9000"},
		{"https://server", "https://server:8443"},
		{"https://server:443/", "https://server:443"},
		{"10.0.0.1", "https://10.0.0.1:8443"},
		{"[2001:db8::1]:443", "https://[2001:db8::1]:443"},
		{"[::1]", "https://[::1]:8443"},
		{"http://server", NULL},
		{"server/path", NULL},
		{"user@server", NULL},
		{"server:0", NULL},
		{"server:70000", NULL},
		{"server:", NULL},
		{"[::1", NULL},
		{"", NULL},
		{"https://", NULL},
};

static void test_words(void)
{
	struct err err;

	for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++)
		TEST(scopes[i].typed) {
			char scope[SCOPE_MAX] = "";
			int r = value_scope(scopes[i].typed, scope, &err);
			CHECK_INT(r, scopes[i].result ? 0 : -EINVAL);
			CHECK_TEXT(scope, scopes[i].result ? scopes[i].result : "");
		}
	for (size_t i = 0; i < sizeof(pointers) / sizeof(pointers[0]); i++)
		TEST(pointers[i].typed) {
			char pointer[POINTER_MAX] = "";
			int r = value_pointer(pointers[i].typed, pointer, &err);
			CHECK_INT(r, pointers[i].result ? 0 : -EINVAL);
			CHECK_TEXT(pointer, pointers[i].result ? pointers[i].result : "");
		}
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++)
		TEST(urls[i].typed) {
			char url[SETTINGS_URL_MAX] = "";
			int r = settings_url(urls[i].typed, url, &err);
			CHECK_INT(r, urls[i].result ? 0 : -EINVAL);
			CHECK_TEXT(url, urls[i].result ? urls[i].result : "");
		}
	TEST("names that are too long are refused") {
		char name[600] = "site/", scope[SCOPE_MAX], pointer[POINTER_MAX];
		memset(name + 5, 'a', 590);
		CHECK_INT(value_scope(name, scope, &err), -EINVAL);
		name[4] = 'x';
		CHECK_INT(value_pointer(name, pointer, &err), -EINVAL);
	}
}

static const struct {
	const char *pointer, *typed;
	const char *patch; /* or, with `is_bad`, part of the message */
	bool is_bad;
} values[] = {
		{"/helpdesk/phone", "89 40 20 00", "{\"helpdesk\":{\"phone\":\"89 40 20 00\"}}",
				false},
		{"/helpdesk/phone", "12345678", "{\"helpdesk\":{\"phone\":\"12345678\"}}", false},
		{"/helpdesk/phone", "\"12\"", "{\"helpdesk\":{\"phone\":\"12\"}}", false},
		{"/helpdesk/phone", "", "{\"helpdesk\":{\"phone\":\"\"}}", false},
		{"/helpdesk/text", "true", "{\"helpdesk\":{\"text\":\"true\"}}", false},
		{"/helpdesk/text", "{\"a\": 1}", "{\"helpdesk\":{\"text\":\"{\\\"a\\\": 1}\"}}",
				false},
		{"/keyboard/layout", "dk", "{\"keyboard\":{\"layout\":\"dk\"}}", false},
		{"/keyboard/repeat_delay_ms", "500", "{\"keyboard\":{\"repeat_delay_ms\":500}}",
				false},
		{"/sign_in/asks_domain", "true", "{\"sign_in\":{\"asks_domain\":true}}", false},
		{"/sign_in/asks_domain", "null", "{\"sign_in\":{\"asks_domain\":null}}", false},
		{"/keyboard", "{\"layout\": \"dk\"}", "{\"keyboard\":{\"layout\":\"dk\"}}", false},
		{"/desktops/work/port", "3390", "{\"desktops\":{\"work\":{\"port\":3390}}}", false},
		{"/desktops/work", "null", "{\"desktops\":{\"work\":null}}", false},
		{"/keyboard/repeat_delay_ms", "5",
				"keyboard.repeat_delay_ms: 5 is not a whole number in 100..2000",
				true},
		{"/keyboard/repeat_delay_ms", "fast",
				"keyboard.repeat_delay_ms: a text where a whole number was "
				"expected",
				true},
		{"/sign_in/asks_domain", "yes", "sign_in.asks_domain: a text where true or false",
				true},
		{"/keyboard/Layout", "dk",
				"keyboard.Layout: not a known key; it is written \"layout\"", true},
		{"/helpdesk", "x", "helpdesk: a text where an object was expected", true},
		{"/helpdesk/phone", "\x1b[2J", "helpdesk.phone: has a control character", true},
		{"/keyboard", "{\"layout\": }", "keyboard: a text where an object", true},
};

static void test_values(void)
{
	struct err err;

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		TEST(values[i].typed) {
			OWNED(json) cJSON *patch = NULL;
			int r = value_parse(values[i].pointer, values[i].typed, &patch, &err);
			CHECK_INT(r, values[i].is_bad ? -EINVAL : 0);
			if (values[i].is_bad) {
				CHECK_HAS(err.text, values[i].patch);
				continue;
			}
			OWNED(memory) char *text = json_print(patch);
			CHECK_TEXT(text, values[i].patch);
		}
	TEST("a pointer as a person writes it") {
		char dotted[POINTER_MAX];
		value_dotted("/desktops/work/port", dotted);
		CHECK_TEXT(dotted, "desktops.work.port");
		value_dotted("", dotted);
		CHECK_TEXT(dotted, "");
	}
}

static const struct {
	const char *before, *after, *patch;
} patches[] = {
		{"{}", "{}", "{}"},
		{"{\"a\":1}", "{\"a\":1}", "{}"},
		{"{\"a\":1}", "{\"a\":2}", "{\"a\":2}"},
		{"{\"a\":{\"b\":1,\"c\":1}}", "{\"a\":{\"b\":1}}", "{\"a\":{\"c\":null}}"},
		{"{\"a\":{\"b\":1,\"c\":1},\"d\":1}", "{\"d\":1}", "{\"a\":null}"},
		{"{\"a\":{\"b\":{\"c\":1,\"d\":1}}}", "{\"a\":{}}", "{\"a\":{\"b\":null}}"},
		{"{\"a\":[1]}", "{\"a\":[2]}", "{\"a\":[2]}"},
		{"{\"a\":1}", "{\"a\":{\"b\":1}}", "{\"a\":{\"b\":1}}"},
		{"{\"a\":{\"b\":1}}", "{\"a\":1}", "{\"a\":1}"},
		{"{\"a\":1}", "{\"a\":{}}", "{\"a\":{}}"},
		{"{}", "{\"a\":{\"b\":{}}}", "{\"a\":{\"b\":{}}}"},
};

static void test_patches(void)
{
	for (size_t i = 0; i < sizeof(patches) / sizeof(patches[0]); i++)
		TEST(patches[i].patch) {
			OWNED(json) cJSON *before = NULL, *after = NULL;
			CHECK_INT(json_parse(patches[i].before, strlen(patches[i].before), &before,
						  NULL),
					0);
			CHECK_INT(json_parse(patches[i].after, strlen(patches[i].after), &after,
						  NULL),
					0);
			OWNED(json) cJSON *patch = value_patch_between(before, after);
			OWNED(json) cJSON *merged = conf_merge(before, patch);
			OWNED(memory) char *text = json_print(patch);
			CHECK_TEXT(text, patches[i].patch);
			CHECK(cJSON_Compare(merged, after, true));
		}
}

static void test_table(void)
{
	OWNED(table) struct table table;
	OWNED(memory) char *text = NULL;
	size_t size = 0;

	TEST("columns line up with letters beyond ASCII, nothing is behind the last") {
		FILE *out = open_memstream(&text, &size);
		table_init(&table, 3);
		static const char *const cells[] = {
				"NAME", "SITE", "X", "SKO-0117", "Skødstrup", "1", "B", NULL, ""};
		for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++)
			table_add(&table, cells[i]);
		table_print(&table, out);
		fclose(out);
		CHECK_TEXT(text, "NAME      SITE       X\n"
				 "SKO-0117  Skødstrup  1\n"
				 "B         -          -\n");
	}
	TEST("what a device said of itself cannot steer the terminal") {
		char clean[64];
		table_clean("a\x1b[2Jb\r\nc\x7f\xc2\x9b"
			    "31mæ",
				clean, sizeof(clean));
		CHECK_TEXT(clean, "a?[2Jb? c??31mæ");
		table_clean("ææææ", clean, 6);
		CHECK_TEXT(clean, "ææ");
	}
}

int main(void)
{
	test_words();
	test_values();
	test_patches();
	test_table();
	TEST_END();
}
