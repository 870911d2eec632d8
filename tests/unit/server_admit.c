/* SPDX-License-Identifier: Apache-2.0 */
#include "server/admit.h"

#include <errno.h>

#include "server/csv.h"
#include "server/pattern.h"
#include "unit/test.h"

static void test_cidr(void)
{
	static const struct {
		const char *list, *address;
		bool is_in;
	} rows[] = {
			{"10.0.0.0/8\n", "10.255.0.1", true},
			{"10.0.0.0/8\n", "11.0.0.1", false},
			{"10.0.0.0/8\n192.168.1.7\n", "192.168.1.7", true},
			{"192.168.1.7\n", "192.168.1.8", false},
			{"2001:db8::/32\n", "2001:db8:ffff::1", true},
			{"2001:db8::/32\n", "2001:db9::1", false},
			{"0.0.0.0/0\n", "8.8.8.8", true},
			{"0.0.0.0/0\n", "2001:db8::1", false},
			{"::/0\n", "2001:db8::1", true},
			{"10.0.0.0/8\n", "::ffff:10.1.2.3", true},
			{"", "10.0.0.1", false},
			{"10.0.0.0/8\n", "", false},
			{"10.0.0.0/8\n", "10.0.0", false},
			{"rubbish\n10.0.0.0/8\n", "10.0.0.1", true},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_INT(cidr_list_holds(rows[i].list, rows[i].address), rows[i].is_in);
}

static void test_cidr_check(void)
{
	static const char *const wrong[] = {"", "10.0.0.0/33", "10.1.0.0/8", "10.0.0.0/", "10/8",
			"::/129", "2001:db8::1/32", "x", "10.0.0.0/-1", "10.0.0.0/8/8"};
	struct err err;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CHECK(cidr_check(wrong[i], &err) < 0);
	CHECK_INT(cidr_check("10.0.0.0/8", &err), 0);
	CHECK_INT(cidr_check("10.0.0.1", &err), 0);
	CHECK_INT(cidr_check("::1", &err), 0);
}

static void test_private(void)
{
	static const char *const private[] = {"127.0.0.1", "10.1.1.1", "172.31.0.1", "192.168.0.1",
			"169.254.169.254", "100.64.0.1", "0.0.0.0", "255.255.255.255", "::1",
			"::", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "::127.0.0.1",
			"64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1", "not an address"};
	static const char *const public[] = {
			"8.8.8.8", "172.32.0.1", "2a00:1450::1", "100.128.0.1", "::ffff:8.8.8.8"};

	for (size_t i = 0; i < sizeof(private) / sizeof(private[0]); i++) {
		if (!cidr_is_private(private[i]))
			printf("%s\n", private[i]);
		CHECK(cidr_is_private(private[i]));
	}
	for (size_t i = 0; i < sizeof(public) / sizeof(public[0]); i++)
		CHECK(!cidr_is_private(public[i]));
}

static void test_pattern(void)
{
	const struct pattern_facts facts = {.serial = "8CC1",
			.mac = "00:1a:2b:3c:4d:5e",
			.model = "t640",
			.id = "k7",
			.number = 7};
	static const struct {
		const char *pattern, *name; /* NULL: refused */
	} rows[] = {
			{"SKO-{number:04}", "SKO-0007"},
			{"{number}", "7"},
			{"{number:4}x", "0007x"},
			{"{serial}", "8CC1"},
			{"{mac}", "001a2b3c4d5e"},
			{"{model}-{id}", "t640-k7"},
			{"plain", "plain"},
			{"{number:0}", NULL},
			{"{number:99}", NULL},
			{"{numbers}", NULL},
			{"{", NULL},
			{"{}", NULL},
			{"a/b", NULL},
			{"", NULL},
			{" x", NULL},
			{"{serial}{serial}{serial}{serial}{serial}{serial}{serial}{serial}{serial}{"
			 "serial}"
			 "{serial}{serial}{serial}{serial}{serial}{serial}",
					NULL},
	};
	struct err err;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char name[DB_NAME_MAX] = "";
		int r = pattern_fill(rows[i].pattern, &facts, name, &err);

		CHECK_INT(r == 0, rows[i].name != NULL);
		CHECK_TEXT(name, rows[i].name ? rows[i].name : "");
	}
}

static void test_csv_read(void)
{
	static const char text[] = "\xef\xbb\xbf"
				   "a;b\r\n1;\"x;\"\"y\"\"\r\nz\"\r\n\r\n;\n3";
	struct csv csv;
	struct err err = {""};

	csv_begin(&csv, text, sizeof(text) - 1);
	CHECK_INT(csv_row(&csv, &err), 1);
	CHECK_INT(csv.columns, 2);
	CHECK_TEXT(csv.cells[0], "a");
	CHECK_INT(csv_row(&csv, &err), 1);
	CHECK_TEXT(csv.cells[1], "x;\"y\"\r\nz");
	CHECK_INT(csv_row(&csv, &err), 1);
	CHECK_INT(csv.columns, 2);
	CHECK_TEXT(csv.cells[1], "");
	CHECK_INT(csv_row(&csv, &err), 1);
	CHECK_INT(csv.line, 6);
	CHECK_TEXT(csv.cells[0], "3");
	CHECK_INT(csv_row(&csv, &err), 0);
	csv_finish(&csv);
	csv_begin(&csv, "a,\"b", 5);
	CHECK_INT(csv_row(&csv, &err), -EINVAL);
	csv_finish(&csv);
	csv_begin(&csv, "\"a\"b", 4);
	CHECK_INT(csv_row(&csv, &err), -EINVAL);
	csv_finish(&csv);
	csv_begin(&csv, "\xff", 1);
	CHECK_INT(csv_row(&csv, &err), -EINVAL);
	csv_finish(&csv);
}

static void test_csv_write(void)
{
	OWNED(array) struct array out = {.max = 4096};
	struct csv_writer writer = {.out = &out};
	static const char *const cells[] = {"plain", "a,b", "say \"x\"", "=1+1", "+45", "-5", "@x",
			"\tx", "\rx", "a\nb", "æøå", ""};

	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++)
		(void)csv_put_text(&writer, cells[i]);
	(void)csv_put_whole(&writer, -5);
	(void)csv_put_empty(&writer);
	(void)csv_end_row(&writer);
	(void)array_append(&out, "", 1);
	CHECK_TEXT((const char *)out.data,
			"plain,\"a,b\",\"say "
			"\"\"x\"\"\",\"'=1+1\",\"'+45\",\"'-5\",\"'@x\",\"'\tx\","
			"\"'\rx\",\"a\nb\",æøå,,-5,\r\n");
}

static void test_numbers(void)
{
	static const struct {
		const char *serial, *clean;
	} serials[] = {{" 8cc1 ", "8CC1"}, {"To be filled by O.E.M.", ""}, {"0000000", ""},
			{"XXXXXX", ""}, {"", ""}, {"none", ""}, {"X1", "X1"}};
	static const struct {
		const char *mac, *clean;
	} macs[] = {{"00-1A-2B-3C-4D-5E", "00:1a:2b:3c:4d:5e"},
			{"001a.2b3c.4d5e", "00:1a:2b:3c:4d:5e"}, {"00:00:00:00:00:00", ""},
			{"ff:ff:ff:ff:ff:ff", ""}, {"00:1a", ""}, {"00:1a:2b:3c:4d:5e:6f", ""},
			{"zz:1a:2b:3c:4d:5e", ""}};
	char serial[DB_SERIAL_MAX], mac[DB_MAC_MAX];

	for (size_t i = 0; i < sizeof(serials) / sizeof(serials[0]); i++) {
		admit_clean_serial(serials[i].serial, serial);
		CHECK_TEXT(serial, serials[i].clean);
	}
	for (size_t i = 0; i < sizeof(macs) / sizeof(macs[0]); i++) {
		admit_clean_mac(macs[i].mac, mac);
		CHECK_TEXT(mac, macs[i].clean);
	}
}

int main(void)
{
	TEST("an address is in a network or it is not") {
		test_cidr();
	}
	TEST("what is no network is refused") {
		test_cidr_check();
	}
	TEST("addresses of one's own network are told from those of the internet") {
		test_private();
	}
	TEST("names are made of patterns") {
		test_pattern();
	}
	TEST("CSV is read as spreadsheets write it") {
		test_csv_read();
	}
	TEST("no cell of a written CSV is a formula") {
		test_csv_write();
	}
	TEST("numbers of devices compare however they are typed") {
		test_numbers();
	}
	TEST_END();
}
