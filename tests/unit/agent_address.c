// SPDX-License-Identifier: Apache-2.0
#include "agent/address.h"

#include "unit/test.h"

static const struct {
	const char *text, *url, *error; /* one of both */
} cases[] = {
		{"tynd.example", "https://tynd.example:8443", NULL},
		{"  Tynd.Example:443\n", "https://Tynd.Example:443", NULL},
		{"https://10.0.2.2", "https://10.0.2.2:8443", NULL},
		{"HTTPS://a-b_c.d:1/", "https://a-b_c.d:1", NULL},
		{"[2001:db8::1]", "https://[2001:db8::1]:8443", NULL},
		{"https://[::1]:65535/", "https://[::1]:65535", NULL},
		{"", NULL, "is not host"},
		{"   ", NULL, "is not host"},
		{"http://tynd.example", NULL, "port"},
		{"tynd.example:0", NULL, "1..65535"},
		{"tynd.example:65536", NULL, "1..65535"},
		{"tynd.example:", NULL, "1..65535"},
		{"tynd.example:8443:1", NULL, "1..65535"},
		{"https://tynd.example/path", NULL, "is not host"},
		{"user@tynd.example", NULL, "is not host"},
		{"tynd example", NULL, "is not host"},
		{"2001:db8::1", NULL, "port"},
		{"[2001:db8::1", NULL, "] is missing"},
		{"[2001:db8::1]8443", NULL, "1..65535"},
		{"[tynd.example]", NULL, "is not host"},
		{"-tynd", NULL, "is not host"},
		{"tynd\x01", NULL, "is not host"},
};

static void check_case(unsigned i)
{
	struct address address = {.port = 7};
	struct err err = {0};
	char url[WIRE_URL_MAX];

	int r = address_parse(cases[i].text, &address, &err);
	if (cases[i].url) {
		CHECK_INT(r, 0);
		address_url(&address, url);
		CHECK_TEXT(url, cases[i].url);
		return;
	}
	CHECK(r < 0);
	CHECK_HAS(err.text, cases[i].error);
	CHECK_INT(address.port, 7);
}

int main(void)
{
	TEST("an address is host, host:port or a URL, and nothing else") {
		for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
			check_case(i);
	}
	TEST("a host that is too long is refused, one that fits is not") {
		char text[WIRE_URL_MAX + 64];
		struct address address;

		memset(text, 'a', sizeof(text));
		text[WIRE_HOST_MAX - 1] = 0;
		CHECK_INT(address_parse(text, &address, NULL), 0);
		text[WIRE_HOST_MAX - 1] = 'a';
		text[WIRE_HOST_MAX] = 0;
		CHECK(address_parse(text, &address, NULL) < 0);
		text[WIRE_HOST_MAX] = 'a';
		text[sizeof(text) - 1] = 0;
		CHECK(address_parse(text, &address, NULL) < 0);
	}
	TEST("the first source that makes sense is taken") {
		const char *const texts[] = {"", "not an address", "second:1", "third"};
		struct address address = {0};

		CHECK(address_choose(texts, 4, &address));
		CHECK_TEXT(address.host, "second");
		CHECK(!address_choose(texts, 2, &address));
	}
	TEST_END();
}
