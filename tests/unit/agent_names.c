// SPDX-License-Identifier: Apache-2.0
#include "agent/names.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "agent/dial.h"
#include "unit/test.h"

/* A DNS answer with SRV records; names are not compressed. */
struct packet {
	uint8_t bytes[512];
	size_t size;
};

static void put(struct packet *packet, const void *bytes, size_t size)
{
	memcpy(packet->bytes + packet->size, bytes, size);
	packet->size += size;
}

static void put16(struct packet *packet, unsigned number)
{
	const uint8_t bytes[] = {(uint8_t)(number >> 8), (uint8_t)number};

	put(packet, bytes, 2);
}

static void begin(struct packet *packet, unsigned answers)
{
	*packet = (struct packet){0};
	put16(packet, 1);
	put16(packet, 0x8180);
	put16(packet, 0);
	put16(packet, answers);
	put16(packet, 0);
	put16(packet, 0);
}

/* `host` is one label, or "" for the root. */
static void add(struct packet *packet, unsigned priority, unsigned weight, unsigned port,
		const char *host)
{
	uint8_t length = (uint8_t)strlen(host);

	put(packet, "\1x", 3);
	put16(packet, 33);
	put16(packet, 1);
	put(packet, "\0\0\0\0", 4);
	put16(packet, 6U + length + (length ? 2U : 1U));
	put16(packet, priority);
	put16(packet, weight);
	put16(packet, port);
	if (length)
		put(packet, &length, 1);
	put(packet, host, length + 1U);
}

static void test_pick(void)
{
	struct names_answer answer = {0};
	struct packet packet;

	begin(&packet, 3);
	add(&packet, 20, 0, 1, "late");
	add(&packet, 10, 2, 2, "some");
	add(&packet, 10, 0, 3, "few");
	CHECK_INT(names_pick_service(packet.bytes, packet.size, 0, &answer), 1);
	CHECK_TEXT(answer.host, "some");
	CHECK_INT(answer.port, 2);
	CHECK_INT(names_pick_service(packet.bytes, packet.size, 2, &answer), 1);
	CHECK_TEXT(answer.host, "some");
	CHECK_INT(names_pick_service(packet.bytes, packet.size, 3, &answer), 1);
	CHECK_TEXT(answer.host, "few");
	for (size_t size = 0; size < packet.size; size++)
		(void)names_pick_service(packet.bytes, size, 0, &answer);
}

static void test_nothing(void)
{
	struct names_answer answer = {.port = 9};
	struct packet packet;

	begin(&packet, 0);
	CHECK_INT(names_pick_service(packet.bytes, packet.size, 0, &answer), 0);
	begin(&packet, 1);
	add(&packet, 0, 0, 1, "");
	CHECK_INT(names_pick_service(packet.bytes, packet.size, 0, &answer), 0);
	begin(&packet, 1);
	add(&packet, 0, 0, 0, "host");
	CHECK_INT(names_pick_service(packet.bytes, packet.size, 0, &answer), 0);
	CHECK_INT(names_pick_service(packet.bytes, 0, 0, &answer), 0);
	CHECK_INT(answer.port, 9);
}

static void on_answer(void *data, const struct names_answer *answer)
{
	*(struct names_answer *)data = *answer;
}

static unsigned count_answered(const struct names_answer *answers, unsigned count)
{
	unsigned answered = 0;

	for (unsigned i = 0; i < count; i++)
		answered += answers[i].count > 0;
	return answered;
}

static void test_threads(void)
{
	struct loop *loop = loop_create();
	struct names *names = names_create(loop, NULL);
	struct names_answer answers[8] = {0}, cancelled = {0};

	for (int i = 0; i < 8; i++)
		CHECK(names_ask_host(names, "127.0.0.1", (uint16_t)(i + 1), on_answer,
				&answers[i]));
	names_cancel(names_ask_host(names, "127.0.0.1", 99, on_answer, &cancelled));
	for (int i = 0; i < 2000 && count_answered(answers, 8) < 8; i++)
		loop_step(loop, 100);
	for (int i = 0; i < 8; i++) {
		const struct sockaddr_in *in =
				(const struct sockaddr_in *)&answers[i].addresses[0].address;
		CHECK_INT(answers[i].count, 1);
		CHECK_INT(ntohs(in->sin_port), i + 1);
	}
	CHECK_INT(cancelled.count, 0);
	names_destroy(names);
	loop_destroy(loop);
}

struct dialled {
	bool is_done;
	int fd;
	enum reason reason;
};

static void on_dialled(void *data, uint32_t id, int fd, enum reason reason)
{
	struct dialled *dialled = data;

	CHECK_INT(id, 7);
	*dialled = (struct dialled){true, fd, reason};
}

static struct dialled dial(const char *host, uint16_t port)
{
	struct loop *loop = loop_create();
	struct names *names = names_create(loop, NULL);
	struct dialled dialled = {0};

	CHECK(dial_start(loop, names, host, port, 7, on_dialled, &dialled) != NULL);
	for (int i = 0; i < 200 && !dialled.is_done; i++)
		loop_step(loop, 100);
	names_destroy(names);
	loop_destroy(loop);
	return dialled;
}

static void test_dial(void)
{
	struct sockaddr_in address = {
			.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	OWNED(fd) int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char bytes[3] = "";

	CHECK_INT(bind(server, (struct sockaddr *)&address, size), 0);
	CHECK_INT(getsockname(server, (struct sockaddr *)&address, &size), 0);
	struct dialled refused = dial("127.0.0.1", ntohs(address.sin_port));
	CHECK_INT(refused.reason, REASON_SESSION_REFUSED);
	CHECK_INT(refused.fd, -1);
	CHECK_INT(listen(server, 1), 0);
	struct dialled good = dial("127.0.0.1", ntohs(address.sin_port));
	CHECK_INT(good.reason, REASON_NONE);
	OWNED(fd) int accepted = accept(server, NULL, NULL);
	CHECK_INT(write(accepted, "hi", 2), 2);
	CHECK_INT(read(good.fd, bytes, 2), 2);
	close(good.fd);
	CHECK_INT(dial("no-such-host.invalid", 1).reason, REASON_SESSION_HOST_UNKNOWN);
}

int main(void)
{
	TEST("the lowest priority is taken, by weight") {
		test_pick();
	}
	TEST("no target is none") {
		test_nothing();
	}
	TEST("more names than threads are all answered, cancelled ones are not") {
		test_threads();
	}
	TEST("only a host and port of the config may be dialled") {
		struct conf conf = {.desktop_count = 1};

		memcpy(conf.desktops[0].host, "Rds.Example", 12);
		conf.desktops[0].port = 3389;
		CHECK(dial_is_permitted(&conf, "rds.example", 3389));
		CHECK(!dial_is_permitted(&conf, "rds.example", 3390));
		CHECK(!dial_is_permitted(&conf, "rds.example.", 3389));
		CHECK(!dial_is_permitted(&conf, "rds", 3389));
		CHECK(!dial_is_permitted(&conf, "", 3389));
		conf.desktop_count = 0;
		CHECK(!dial_is_permitted(&conf, "rds.example", 3389));
	}
	TEST("a connection is handed out, and a failure has its reason") {
		test_dial();
	}
	TEST_END();
}
