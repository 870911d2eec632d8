/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <zlib.h>

#include "agent/archive.h"
#include "agent/order_memory.h"
#include "agent/order_read.h"
#include "agent/wake.h"
#include "unit/test.h"

#define ORDER(kind, args) "{\"id\": \"o1.d1\", \"kind\": \"" kind "\", \"args\": " args "}"
#define LIST(orders) "{\"orders\": [" orders "], \"more\": 1}"

static struct order_task tasks[ORDER_TASKS_MAX];

static struct order_task *read_one(const char *text)
{
	struct err err = {""};
	unsigned count = 0;

	if (order_read(text, strlen(text), tasks, &count, &err) < 0)
		printf("%s: %s\n", text, err.text);
	CHECK_INT((int)count, 1);
	return &tasks[0];
}

/* What the server says is what is done. */
static void test_kinds(void)
{
	static const struct {
		const char *text;
		enum order_action action;
		enum wire_order_kind screen;
	} rows[] = {
			{LIST(ORDER("identify", "{\"number\": \"42\", \"seconds\": 5}")),
					ORDER_SCREEN, WIRE_ORDER_IDENTIFY},
			{LIST(ORDER("message", "{\"text\": \"a\\nb\"}")), ORDER_SCREEN,
					WIRE_ORDER_MESSAGE},
			{LIST(ORDER("restart_session", "{}")), ORDER_SCREEN,
					WIRE_ORDER_RESTART_SESSION},
			{LIST(ORDER("sign_out", "{\"newer\": 1}")), ORDER_SCREEN,
					WIRE_ORDER_SIGN_OUT},
			{LIST(ORDER("screenshot", "{}")), ORDER_SCREEN, WIRE_ORDER_SCREENSHOT},
			{LIST(ORDER("lock", "{\"text\": \"\"}")), ORDER_LOCK, WIRE_ORDER_LOCK},
			{LIST(ORDER("unlock", "{}")), ORDER_UNLOCK, WIRE_ORDER_UNLOCK},
			{LIST(ORDER("restart", "{\"force\": false}")), ORDER_RESTART,
					WIRE_ORDER_RESTART_WARNING},
			{LIST(ORDER("update_now", "{}")), ORDER_UPDATE, 0},
			{LIST(ORDER("wake", "{\"mac\": \"00:11:22:33:44:5f\"}")), ORDER_WAKE, 0},
			{LIST(ORDER("logs", "{}")), ORDER_LOGS, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct order_task *task = read_one(rows[i].text);

		CHECK_INT(task->action, rows[i].action);
		CHECK_TEXT(task->id, "o1.d1");
		if (rows[i].screen)
			CHECK_INT((int)task->screen.kind, (int)rows[i].screen);
	}
	CHECK_INT((int)read_one(rows[0].text)->screen.seconds, 5);
	CHECK_TEXT(read_one(rows[0].text)->screen.number, "42");
	CHECK_INT((int)read_one(rows[1].text)->screen.seconds, 60);
	CHECK_INT(read_one(rows[9].text)->mac[5], 0x5f);
}

/* What makes no sense is refused by name, and the orders beside it are done. */
static void test_refused(void)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
			{LIST(ORDER("format_disk", "{}")),
					"this version does not know \"format_disk\""},
			{LIST(ORDER("", "{}")), "does not know"},
			{LIST(ORDER("message", "{}")), "text"},
			{LIST(ORDER("message", "{\"text\": \"\"}")), "text"},
			{LIST(ORDER("message", "{\"text\": 5}")), "text"},
			{LIST(ORDER("message", "{\"text\": \"\\u001b[2J\"}")), "text"},
			{LIST(ORDER("message", "{\"text\": \"x\", \"seconds\": 86401}")),
					"seconds"},
			{LIST(ORDER("message", "{\"text\": \"x\", \"severity\": \"loud\"}")),
					"severity"},
			{LIST(ORDER("identify", "{}")), "number"},
			{LIST(ORDER("identify", "{\"number\": \"12345678901234567\"}")), "number"},
			{LIST(ORDER("identify", "[]")), "args"},
			{LIST(ORDER("wake", "{\"mac\": \"00:11:22:33:44\"}")), "mac"},
			{LIST(ORDER("wake", "{\"mac\": \"ff:ff:ff:ff:ff:ff\"}")), "mac"},
			{LIST(ORDER("restart", "{\"force\": 1}")), "force"},
	};
	struct err err;
	unsigned count = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct order_task *task = read_one(rows[i].text);

		CHECK_INT(task->action, ORDER_REFUSE);
		CHECK_HAS(task->why.text, rows[i].why);
	}
	static const char both[] = LIST(ORDER("nonsense", "{}") ", " ORDER("sign_out", "{}"));
	CHECK_INT(order_read(both, strlen(both), tasks, &count, &err), 0);
	CHECK_INT((int)count, 2);
	CHECK_INT(tasks[1].action, ORDER_SCREEN);
}

static void test_broken(void)
{
	static const char *const rows[] = {"", "{", "[]", "{}", "{\"orders\": {}}",
			"{\"orders\": [1]}", LIST("{\"kind\": \"logs\", \"args\": {}}"),
			LIST("{\"id\": \"\", \"kind\": \"logs\", \"args\": {}}"),
			LIST("{\"id\": \"../x\", \"kind\": \"logs\", \"args\": {}}"),
			LIST("{\"id\": \"a/b\", \"kind\": \"logs\", \"args\": {}}"),
			LIST("{\"id\": \"x\", \"kind\": 7, \"args\": {}}"),
			LIST("{\"id\": \"x\", \"kind\": \"logs\"}"),
			LIST("{\"id\": \"0123456789012345678901234567890123456789\","
			     " \"kind\": \"logs\", \"args\": {}}")};
	struct err err;
	unsigned count = 7;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (order_read(rows[i], strlen(rows[i]), tasks, &count, &err) != -EINVAL)
			CHECK_TEXT(rows[i], "refused");
	CHECK_INT((int)count, 7);
}

static struct order_memory memory, again;

static void test_memory(void)
{
	char id[WIRE_ORDER_ID_MAX];
	struct err err;

	CHECK(order_memory_take(&memory, "a", 1000));
	CHECK(!order_memory_take(&memory, "a", 1001));
	CHECK(order_memory_take(&memory, "b", 1000 + ORDER_TAKEN_S));
	CHECK(!order_memory_take(&memory, "a", 1000 + ORDER_TAKEN_S));
	CHECK(order_memory_take(&memory, "c", 1001 + ORDER_TAKEN_S));
	CHECK(order_memory_take(&memory, "a", 1001 + ORDER_TAKEN_S));
	for (int i = 0; i < ORDER_TAKEN_MAX + 5; i++) {
		snprintf(id, sizeof(id), "n%d", i);
		CHECK(order_memory_take(&memory, id, 1001 + ORDER_TAKEN_S));
		order_memory_add(&memory, id, "done", i ? "" : "\xc3\xa6");
	}
	CHECK_INT((int)memory.taken_count, ORDER_TAKEN_MAX);
	CHECK_INT((int)memory.result_count, ORDER_RESULTS_MAX);
	memory.is_locked = true;
	strcpy(memory.lock, "n1");
	strcpy(memory.lock_text, "call\n\"us\"");
	strcpy(memory.restart, "n2");
	OWNED(memory) char *text = order_memory_print(&memory);
	CHECK_INT(order_memory_parse(text, strlen(text), &again, &err), 0);
	CHECK(memcmp(&memory, &again, sizeof(memory)) == 0);
	for (size_t i = 0; i < strlen(text); i++)
		CHECK(order_memory_parse(text, i, &again, &err) < 0);
}

static void test_wake(void)
{
	static const uint8_t mac[] = {0, 0x11, 0x22, 0x33, 0x44, 0x55};
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	OWNED(fd) int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t size = sizeof(to);
	uint8_t got[200], wanted[WAKE_PACKET_SIZE];

	CHECK_INT(bind(fd, (struct sockaddr *)&to, size), 0);
	CHECK_INT(getsockname(fd, (struct sockaddr *)&to, &size), 0);
	CHECK_INT(wake_send_to(&to, mac), 0);
	CHECK_INT((int)recv(fd, got, sizeof(got), 0), WAKE_PACKET_SIZE);
	memset(wanted, 0xff, 6);
	for (int i = 0; i < 16; i++)
		memcpy(wanted + 6 + 6 * i, mac, 6);
	CHECK(memcmp(got, wanted, sizeof(wanted)) == 0);
}

static void test_archive(void)
{
	struct array tar = {.max = 10000}, small = {.max = 600}, packed = {.max = 10000};
	uint8_t plain[10000];
	z_stream stream = {0};

	CHECK_INT(archive_add(&tar, "a/b.txt", "hello", 5, 1000), 0);
	CHECK_INT(archive_add(&tar, "empty", "", 0, 1000), 0);
	CHECK_INT((int)tar.size, 512 + 512 + 512);
	CHECK(memcmp(tar.data + 257,
			      "ustar\0"
			      "00",
			      8) == 0);
	CHECK(memcmp(tar.data + 512, "hello", 6) == 0);
	CHECK_INT(archive_end(&tar, &packed), 0);
	stream.next_in = packed.data;
	stream.avail_in = (uInt)packed.size;
	stream.next_out = plain;
	stream.avail_out = sizeof(plain);
	CHECK_INT(inflateInit2(&stream, 15 + 16), Z_OK);
	CHECK_INT(inflate(&stream, Z_FINISH), Z_STREAM_END);
	CHECK_INT((int)stream.total_out, 1536 + 1024);
	CHECK(memcmp(plain, tar.data, tar.size) == 0);
	inflateEnd(&stream);
	CHECK_INT(archive_add(&small, "x", "hello", 5, 0), -EMSGSIZE);
	array_finish(&tar);
	array_finish(&small);
	array_finish(&packed);
}

int main(void)
{
	TEST("each kind becomes what is to be done")
		test_kinds();
	TEST("what makes no sense is refused by name, the others are done")
		test_refused();
	TEST("an answer without usable ids is no answer")
		test_broken();
	TEST("ids of a day, results and the lock survive in a file")
		test_memory();
	TEST("the packet that wakes")
		test_wake();
	TEST("a tar.gz that others read")
		test_archive();
	TEST_END();
}
