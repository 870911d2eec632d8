/* SPDX-License-Identifier: Apache-2.0 */
#include "server/cidr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

struct network {
	uint8_t bytes[16]; /* IPv4 as ::ffff:a.b.c.d */
	unsigned bits;
};

static int read_address(const char *text, uint8_t bytes[16], unsigned *offset_bits)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	memcpy(bytes, mapped, sizeof(mapped));
	*offset_bits = 96;
	if (inet_pton(AF_INET, text, bytes + 12) == 1)
		return 0;
	*offset_bits = 0;
	return inet_pton(AF_INET6, text, bytes) == 1 ? 0 : -EINVAL;
}

static int read_network(const char *text, struct network *ret)
{
	char address[CIDR_TEXT_MAX];
	const char *slash = strchr(text, '/');
	size_t length = slash ? (size_t)(slash - text) : strlen(text);
	unsigned offset;
	uint64_t bits;

	if (length >= sizeof(address))
		return -EINVAL;
	memcpy(address, text, length);
	address[length] = '\0';
	if (read_address(address, ret->bytes, &offset) < 0)
		return -EINVAL;
	bits = 128 - offset;
	if (slash && text_to_number(slash + 1, 0, 128 - offset, &bits) < 0)
		return -EINVAL;
	ret->bits = (unsigned)bits + offset;
	return 0;
}

static bool bit(const uint8_t bytes[16], unsigned index)
{
	return bytes[index / 8] >> (7 - index % 8) & 1;
}

static bool holds(const struct network *network, const uint8_t bytes[16])
{
	for (unsigned i = 0; i < network->bits; i++)
		if (bit(network->bytes, i) != bit(bytes, i))
			return false;
	return true;
}

int cidr_check(const char *text, struct err *err)
{
	struct network network;

	if (read_network(text, &network) < 0)
		return err_set(err, EINVAL,
				"\"%.48s\" is no network: 10.1.0.0/16 or 2001:db8::/32 is expected",
				text);
	for (unsigned i = network.bits; i < 128; i++)
		if (bit(network.bytes, i))
			return err_set(err, EINVAL,
					"\"%.48s\" has bits set behind its prefix: is another one "
					"meant?",
					text);
	return 0;
}

bool cidr_list_holds(const char *networks, const char *address)
{
	uint8_t bytes[16];
	unsigned offset;

	if (read_address(address, bytes, &offset) < 0)
		return false;
	while (*networks) {
		char one[CIDR_TEXT_MAX];
		struct network network;
		size_t length = strcspn(networks, "\n");

		if (length < sizeof(one)) {
			memcpy(one, networks, length);
			one[length] = '\0';
			if (read_network(one, &network) == 0 && holds(&network, bytes))
				return true;
		}
		networks += length + (networks[length] == '\n');
	}
	return false;
}

bool cidr_is_private(const char *address)
{
	/* RFC 6890 and its updates; what is no address counts as private. */
	static const char networks[] =
			"0.0.0.0/8\n10.0.0.0/8\n100.64.0.0/10\n127.0.0.0/8\n169.254.0.0/16\n"
			"172.16.0.0/12\n192.0.0.0/24\n192.0.2.0/24\n192.88.99.0/24\n192.168.0.0/"
			"16\n"
			"198.18.0.0/15\n198.51.100.0/24\n203.0.113.0/24\n224.0.0.0/3\n"
			"::/96\n64:ff9b::/96\n64:ff9b:1::/48\n100::/64\n2001::/23\n2001:db8::/32\n"
			"2002::/16\nfc00::/7\nfe80::/10\nfec0::/10\nff00::/8\n";
	uint8_t bytes[16];
	unsigned offset;

	return read_address(address, bytes, &offset) < 0 || cidr_list_holds(networks, address);
}
