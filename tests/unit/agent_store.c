// SPDX-License-Identifier: Apache-2.0
#include "agent/store.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/own.h"
#include "unit/test.h"

#define KEY64 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define TRUST(server, device) \
	"{\"server\":\"" server "\",\"device\":\"" device \
	"\",\"certificate\":\"c\",\"ca\":\"a\",\"config_key\":\"" KEY64 "\"}"

static const struct {
	const char *text;
	int is_good;
} trusts[] = {
		{TRUST("https://tynd:8443", "d1"), 1},
		{TRUST("https://tynd:99999", "d1"), 0},
		{TRUST("", "d1"), 0},
		{TRUST("https://tynd:8443", ""), 0},
		{TRUST("https://tynd:8443", "../d"), 0},
		{"{}", 0},
		{"", 0},
		{"\xff\xfe", 0},
		{TRUST("https://tynd:8443", "d1") "}", 0},
};

static const struct {
	const char *text;
	int is_good;
} states[] = {
		{"{\"seen\":3,\"returned\":2,\"issued\":1790000001,\"trial_starts\":1,\"typed\":"
		 "\"tynd:1\"}",
				1},
		{"{\"seen\":3,\"returned\":2,\"issued\":1790000001,\"trial_starts\":1,\"typed\":"
		 "\"\"}",
				1},
		{"{\"seen\":-3,\"returned\":2,\"issued\":1790000001,\"trial_starts\":1,\"typed\":"
		 "\"\"}",
				0},
		{"{\"seen\":3,\"returned\":2,\"issued\":-1,\"trial_starts\":1,\"typed\":\"\"}", 0},
		{"{\"seen\":3,\"returned\":2,\"issued\":1,\"trial_starts\":1,\"typed\":\"a b\"}",
				0},
		{"{\"seen\":3,\"returned\":2,\"issued\":1,\"trial_starts\":1}", 0},
		{"{\"seen\":3", 0},
		{"", 0},
};

static void test_files(void)
{
	char folder[] = "/tmp/tynd-store-XXXXXX", path[64];
	OWNED(array) struct array bytes = {.max = 16};
	struct stat info;

	CHECK(mkdtemp(folder) != NULL);
	snprintf(path, sizeof(path), "%s/a/b", folder);
	struct store store = store_open(path);
	CHECK_TEXT(store.trouble.text, "");
	CHECK_INT(store_read(&store, STORE_CURRENT, &bytes, NULL), -ENOENT);
	CHECK_INT(store_write(&store, STORE_TRIAL, "new", 3), 0);
	CHECK_INT(store_rename(&store, STORE_TRIAL, STORE_CURRENT), 0);
	CHECK_INT(store_rename(&store, STORE_TRIAL, STORE_CURRENT), -ENOENT);
	CHECK_HAS(store.trouble.text, "trial");
	CHECK_INT(store_read(&store, STORE_CURRENT, &bytes, NULL), 0);
	CHECK_INT(bytes.size, 3);
	CHECK_INT(store_write(&store, STORE_KEY, "k", 1), 0);
	CHECK_TEXT(store.trouble.text, "");
	snprintf(path, sizeof(path), "%s/a/b/key.pem", folder);
	CHECK_INT(stat(path, &info), 0);
	CHECK_INT(info.st_mode & 07777, 0600);
	CHECK_INT(store_remove(&store, STORE_KEY), 0);
	CHECK_INT(store_remove(&store, STORE_KEY), 0);
	CHECK_INT(store_remove(&store, STORE_CURRENT), 0);
	snprintf(path, sizeof(path), "%s/a/b", folder);
	rmdir(path);
	snprintf(path, sizeof(path), "%s/a", folder);
	rmdir(path);
	rmdir(folder);
}

static void test_trust(void)
{
	struct store_trust trust = {.server = "https://[::1]:1",
					   .device = "d",
					   .certificate = "c\nd\n",
					   .ca = "a",
					   .config_key = {9}},
			   back = {0};
	struct err err;
	OWNED(memory) char *text = store_print_trust(&trust);

	CHECK_INT(store_parse_trust(text, strlen(text), &back, &err), 0);
	CHECK(memcmp(&trust, &back, sizeof(trust)) == 0);
}

int main(void)
{
	TEST("trust is read whole or not at all") {
		for (unsigned i = 0; i < sizeof(trusts) / sizeof(trusts[0]); i++) {
			struct store_trust trust = {0};
			struct err err;

			CHECK_INT(store_parse_trust(trusts[i].text, strlen(trusts[i].text), &trust,
						  &err) == 0,
					trusts[i].is_good);
			CHECK_INT(trust.config_key[31], trusts[i].is_good ? 31 : 0);
		}
	}
	TEST("trust survives writing and reading") {
		test_trust();
	}
	TEST("the state is read whole or not at all") {
		for (unsigned i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
			struct store_state state = {0};
			struct err err;

			CHECK_INT(store_parse_state(states[i].text, strlen(states[i].text), &state,
						  &err) == 0,
					states[i].is_good);
			CHECK_INT(state.seen, states[i].is_good ? 3 : 0);
		}
	}
	TEST("the state survives writing and reading") {
		struct store_state state = {5, 4, 1790000000, 2, "tynd:1"}, back = {0};
		struct err err;
		OWNED(memory) char *text = store_print_state(&state);

		CHECK_INT(store_parse_state(text, strlen(text), &back, &err), 0);
		CHECK(memcmp(&state, &back, sizeof(state)) == 0);
	}
	TEST("files are written whole, private, and moved into place") {
		test_files();
	}
	TEST("a store that cannot be is said, not fatal") {
		struct store store = store_open("/proc/tynd/store");

		CHECK_HAS(store.trouble.text, "/proc/tynd");
		CHECK(store_write(&store, STORE_KEY, "k", 1) < 0);
		CHECK_HAS(store.trouble.text, "key.pem");
		CHECK_INT(store_remove(&store, STORE_KEY), 0);
	}
	TEST_END();
}
