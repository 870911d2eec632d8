/* SPDX-License-Identifier: Apache-2.0 */
#include "server/route.h"

#include <errno.h>

#include "base/own.h"
#include "unit/test.h"

static const struct route routes[] = {
		{"GET", "/ca.pem", ROUTE_ANYONE, 0, NULL},
		{"GET", "/api/v1/devices", ROUTE_PERSON, 0, NULL},
		{"GET", "/api/v1/devices/:id", ROUTE_PERSON, 0, NULL},
		{"PATCH", "/api/v1/devices/:id", ROUTE_PERSON, 1, NULL},
		{"GET", "/api/v1/layers/organisation", ROUTE_PERSON, 0, NULL},
		{"GET", "/api/v1/layers/:kind/:name", ROUTE_PERSON, 0, NULL},
};

enum { COUNT = sizeof(routes) / sizeof(routes[0]) };

static void paths(void)
{
	static const struct {
		const char *method, *path;
		int result, index;
		const char *first, *second;
	} table[] = {
			{"GET", "/ca.pem", 0, 0, "", ""},
			{"HEAD", "/ca.pem", 0, 0, "", ""},
			{"GET", "/ca.pe", -ENOENT, 0, "", ""},
			{"GET", "/ca.pemx", -ENOENT, 0, "", ""},
			{"GET", "/ca.pem/", -ENOENT, 0, "", ""},
			{"GET", "//ca.pem", -ENOENT, 0, "", ""},
			{"GET", "/", -ENOENT, 0, "", ""},
			{"GET", "", -ENOENT, 0, "", ""},
			{"GET", "*", -ENOENT, 0, "", ""},
			{"GET", "/api/v1/devices/abc", 0, 2, "abc", ""},
			{"PATCH", "/api/v1/devices/abc", 0, 3, "abc", ""},
			{"GET", "/api/v1/devices/", -ENOENT, 0, "", ""},
			{"GET", "/api/v1/devices/a/b", -ENOENT, 0, "", ""},
			{"GET", "/api/v1/devices/a%2Fb", 0, 2, "a/b", ""},
			{"GET", "/api/v1/devices/a%00b", -ENOENT, 0, "", ""},
			{"GET", "/api/v1/devices/%ff", -ENOENT, 0, "", ""},
			{"GET", "/api/v1/devices/%4", -ENOENT, 0, "", ""},
			{"GET", "/api/v1/devices/a+b", 0, 2, "a+b", ""},
			{"GET", "/api/v1/layers/organisation", 0, 4, "", ""},
			{"GET", "/api/v1/layers/site/Sk%C3%B8dstrup%20Skole", 0, 5, "site",
					"Sk\xc3\xb8"
					"dstrup Skole"},
			{"POST", "/ca.pem", -EOPNOTSUPP, 0, "", ""},
			{"BREW", "/api/v1/devices/abc", -EOPNOTSUPP, 0, "", ""},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		OWNED(memory) char *space = own_copy_text(table[i].path);
		struct route_match match;
		int r = route_find(routes, COUNT, table[i].method, table[i].path, space, &match);

		CHECK_INT(r, table[i].result);
		if (r != 0)
			continue;
		CHECK_INT(match.route - routes, table[i].index);
		CHECK_TEXT(match.args[0], table[i].first);
		CHECK_TEXT(match.args[1], table[i].second);
	}
}

static void queries(void)
{
	static const struct {
		const char *text;
		int result;
		const char *a, *b;
	} table[] = {
			{"", 0, "-", "-"},
			{"a=1", 0, "1", "-"},
			{"a=1&b=2", 0, "1", "2"},
			{"&&a=1&", 0, "1", "-"},
			{"a", 0, "", "-"},
			{"a=x+y%2Bz", 0, "x y+z", "-"},
			{"a=site/Harbour&b=site%2FHarbour", 0, "site/Harbour", "site/Harbour"},
			{"a=1=2", 0, "1=2", "-"},
			{"b&a=", 0, "", ""},
			{"=1&a", 0, "", "-"},
			{"a=1&a=2", -EINVAL, "", ""},
			{"a=%", -EINVAL, "", ""},
			{"a=%0a", -EINVAL, "", ""},
			{"a=%c3", -EINVAL, "", ""},
			{"a1=&a2=&a3=&a4=&a5=&a6=&a7=&a8=&a9=&b1=&b2=&b3=&b4=", -EINVAL, "", ""},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		OWNED(memory) char *space = own_copy_text(table[i].text);
		struct route_query query;
		struct err err;
		int r = route_query(table[i].text, space, &query, &err);

		CHECK_INT(r, table[i].result);
		if (r != 0)
			continue;
		CHECK_TEXT(route_query_get(&query, "a", "-"), table[i].a);
		CHECK_TEXT(route_query_get(&query, "b", "-"), table[i].b);
	}
}

int main(void)
{
	TEST("a path finds its row, with decoded arguments") {
		paths();
	}
	TEST("a wrong method says the right ones") {
		struct route_match match;
		char space[32];

		(void)route_find(routes, COUNT, "POST", "/api/v1/devices/x", space, &match);
		CHECK_TEXT(match.allow, "GET, HEAD, PATCH");
	}
	TEST("a query is read strictly") {
		queries();
	}
	TEST("a key that nobody asked for is refused") {
		static const char *const known[] = {"a", NULL};
		struct route_query query;
		char space[8];
		struct err err;

		CHECK_INT(route_query("a=1", space, &query, &err), 0);
		CHECK_INT(route_query_check(&query, known, &err), 0);
		CHECK_INT(route_query("a=1&c=2", space, &query, &err), 0);
		CHECK_INT(route_query_check(&query, known, &err), -EINVAL);
		CHECK_HAS(err.text, "c: ");
	}
	TEST("a whole number has a largest, a flag is true or false, what is missing has its "
	     "default") {
		struct route_query query;
		char space[32];
		bool flag = true;
		uint64_t number = 9;
		struct err err;

		CHECK_INT(route_query("n=7&t=true&f=false&e=&x=yes", space, &query, &err), 0);
		CHECK_INT(route_query_whole(&query, "n", 7, &number, &err), 0);
		CHECK_INT(number, 7);
		CHECK_INT(route_query_whole(&query, "missing", 7, &number, &err), 0);
		CHECK_INT(number, 0);
		CHECK_INT(route_query_whole(&query, "n", 6, &number, &err), -EINVAL);
		CHECK_TEXT(err.text, "n: not a whole number in 0..6");
		CHECK_INT(route_query_whole(&query, "e", 6, &number, &err), -EINVAL);
		CHECK_INT(route_query_flag(&query, "missing", &flag, &err), 0);
		CHECK_INT(route_query_flag(&query, "e", &flag, &err), 0);
		CHECK_INT(flag, true);
		CHECK_INT(route_query_flag(&query, "f", &flag, &err), 0);
		CHECK_INT(flag, false);
		CHECK_INT(route_query_flag(&query, "t", &flag, &err), 0);
		CHECK_INT(flag, true);
		CHECK_INT(route_query_flag(&query, "x", &flag, &err), -EINVAL);
		CHECK_TEXT(err.text, "x: true or false");
	}
	TEST("too long for its place is refused, not cut") {
		char buffer[4];

		CHECK_INT(route_decode("abc", 3, ROUTE_SEGMENT, buffer, sizeof(buffer)), 0);
		CHECK_TEXT(buffer, "abc");
		CHECK_INT(route_decode("abcd", 4, ROUTE_SEGMENT, buffer, sizeof(buffer)), -E2BIG);
	}
	TEST_END();
}
