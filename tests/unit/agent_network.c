// SPDX-License-Identifier: Apache-2.0
#include "agent/network.h"

#include <stdlib.h>

#include "base/file.h"
#include "unit/test.h"

static struct network parse(const char *text)
{
	return network_parse(text, strlen(text));
}

static struct cmdline parse_cmdline(const char *text)
{
	return cmdline_parse(text, strlen(text));
}

#define OTHER_HASH "2222222222222222222222222222222222222222222222222222222222222222"
#define HASH "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void count(void *data)
{
	++*(int *)data;
}

static void test_watch(void)
{
	char folder[] = "/tmp/tynd-network-XXXXXX", path[64];
	struct loop *loop = loop_create();
	int calls = 0;

	CHECK(mkdtemp(folder) != NULL);
	snprintf(path, sizeof(path), "%s/network", folder);
	struct network_watch *watch = network_watch_create(loop, path, count, &calls);
	CHECK(watch != NULL);
	CHECK_INT(file_write(path, "state=up\n", 9, 0644, NULL), 0);
	loop_step(loop, 1000);
	CHECK_INT(calls, 1);
	CHECK_INT(network_read(path).state, NETWORK_UP);
	network_watch_destroy(watch);
	loop_destroy(loop);
	unlink(path);
	rmdir(folder);
}

int main(void)
{
	TEST("the network file says what there is") {
		struct network network =
				parse("state=up\ninterface=eth0\naddress=10.0.2.15\nrouter=1\n"
				      "domain=skole.example\nserver=tynd:1\nntp=x\n");

		CHECK_INT(network.state, NETWORK_UP);
		CHECK_TEXT(network.interface, "eth0");
		CHECK_TEXT(network.address, "10.0.2.15");
		CHECK_TEXT(network.domain, "skole.example");
		CHECK_TEXT(network.server, "tynd:1");
	}
	TEST("states are known by name, others are unknown") {
		CHECK_INT(parse("state=no-carrier").state, NETWORK_NO_CARRIER);
		CHECK_INT(parse("state=no-address\n").state, NETWORK_NO_ADDRESS);
		CHECK_INT(parse("state=UP\n").state, NETWORK_UNKNOWN);
		CHECK_INT(parse("").state, NETWORK_UNKNOWN);
	}
	TEST("lines that make no sense are passed over") {
		struct network network = parse("=\n\nstate\nxstate=up\nserver=a\x01"
					       "b\naddress=\xff\n"
					       "state=up");
		static char longest[4096];

		CHECK_INT(network.state, NETWORK_UP);
		CHECK_TEXT(network.server, "");
		CHECK_TEXT(network.address, "");
		memset(longest, 'a', sizeof(longest));
		memcpy(longest, "server=", 7);
		CHECK_TEXT(network_parse(longest, sizeof(longest)).server, "");
		CHECK_INT(network_parse("state=up\0x\nstate=no-carrier", 27).state,
				NETWORK_NO_CARRIER);
	}
	TEST("the kernel command line names server and CA") {
		struct cmdline cmdline =
				parse_cmdline("quiet tynd.server=a:1 x tynd.ca=sha256:" HASH
					      " tynd.server=b:2\n");

		CHECK_TEXT(cmdline.server, "b:2");
		CHECK(cmdline.has_pin && !cmdline.is_pin_broken);
		CHECK_INT(cmdline.pin[1], 0x11);
		CHECK_TEXT(parse_cmdline("xtynd.server=a").server, "");
	}
	TEST("a CA that cannot be read is told apart from none") {
		CHECK(!parse_cmdline("quiet").is_pin_broken);
		CHECK(parse_cmdline("tynd.ca=").is_pin_broken);
		CHECK(parse_cmdline("tynd.ca=sha256:12").is_pin_broken);
		CHECK(parse_cmdline("tynd.ca=" HASH).is_pin_broken);
		CHECK(!parse_cmdline("tynd.ca=" HASH).has_pin);
	}
	TEST("a site token names the CA that may see it") {
		struct cmdline token = parse_cmdline("tynd.token=tynd-e1_a_b_" HASH);

		CHECK_TEXT(token.token, "tynd-e1_a_b_" HASH);
		CHECK(token.has_pin && token.pin[1] == 0x11);
		CHECK_TEXT(parse_cmdline("tynd.token=tynd-e1_a_b_12").token, "");
		CHECK_TEXT(parse_cmdline("tynd.token=" HASH).token, "");
		CHECK(!parse_cmdline("tynd.token=tynd-e1_a_b_12").has_pin);
	}
	TEST("one for another CA than tynd.ca= is not told to anybody") {
		struct cmdline both = parse_cmdline("tynd.token=tynd-e1_a_b_" HASH
						    " tynd.ca=sha256:" OTHER_HASH);

		CHECK_TEXT(both.token, "");
		CHECK(both.has_pin && both.pin[1] == 0x22);
		CHECK(parse_cmdline("tynd.ca=sha256:1 tynd.token=tynd-e1_a_b_" HASH).is_pin_broken);
	}
	TEST("a change of the file is seen") {
		test_watch();
	}
	TEST_END();
}
