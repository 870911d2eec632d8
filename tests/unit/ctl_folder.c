// SPDX-License-Identifier: Apache-2.0
#include "ctl/folder.h"

#include "unit/test.h"

/* Scopes and their files, both ways. */
static const struct {
	const char *scope, *path;
} files[] = {
		{"organisation", "organisation.json"},
		{"tenant/Midtby", "tenants/Midtby.json"},
		{"site/Havn", "sites/Havn.json"},
		{"site/Midtby/Skødstrup & Co", "sites/Midtby/Skødstrup & Co.json"},
		{"group/..", "groups/%2E..json"},
		{"group/.git/a.b", "groups/%2Egit/a.b.json"},
		{"group/100%/\\x", "groups/100%25/%5Cx.json"},
		{"device/Midtby/PC-1", "devices/Midtby/PC-1.json"},
		{"site/organisation", "sites/organisation.json"},
		{"site/a.json", "sites/a.json.json"},
};

static const char *const no_files[] = {
		"", "x", "inventory", "sites", "site/", "/a", "contingency x"};

static const char *const no_scopes[] = {"", ".json", "site.json", "sites/.json", "sites/%.json",
		"sites/%2.json", "sites/%zz.json", "sites/%00.json", "sites/a", "tenants/a/b.json",
		"sites/a/b/c.json", "sites//a.json", "sites/a/.json", "organisation", "x/a.json",
		"organisation.json.json"};

int main(void)
{
	char path[FOLDER_PATH_MAX], scope[256];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		TEST(files[i].scope) {
			CHECK(folder_path(files[i].scope, path, NULL) == 0);
			CHECK_TEXT(path, files[i].path);
			CHECK(folder_scope(files[i].path, scope, sizeof(scope), NULL) == 0);
			CHECK_TEXT(scope, files[i].scope);
		}
	for (size_t i = 0; i < sizeof(no_files) / sizeof(no_files[0]); i++)
		TEST("no scope") {
			CHECK(folder_path(no_files[i], path, NULL) < 0);
		}
	for (size_t i = 0; i < sizeof(no_scopes) / sizeof(no_scopes[0]); i++)
		TEST(no_scopes[i]) {
			CHECK(folder_scope(no_scopes[i], scope, sizeof(scope), NULL) < 0);
		}
	TEST_END();
}
