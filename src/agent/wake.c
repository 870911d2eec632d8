// SPDX-License-Identifier: Apache-2.0
#include "agent/wake.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "base/own.h"

void wake_packet(const uint8_t mac[WAKE_MAC_SIZE], uint8_t packet[WAKE_PACKET_SIZE])
{
	memset(packet, 0xff, 6);
	for (int i = 0; i < 16; i++)
		memcpy(packet + 6 + i * WAKE_MAC_SIZE, mac, WAKE_MAC_SIZE);
}

int wake_send_to(const struct sockaddr_in *to, const uint8_t mac[WAKE_MAC_SIZE])
{
	OWNED(fd) int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	uint8_t packet[WAKE_PACKET_SIZE];
	int on = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on)) < 0)
		return -errno;
	wake_packet(mac, packet);
	if (sendto(fd, packet, sizeof(packet), 0, (const struct sockaddr *)to, sizeof(*to)) !=
			(ssize_t)sizeof(packet))
		return -errno;
	return 0;
}

static bool is_network(const struct ifaddrs *one)
{
	const unsigned wanted = IFF_UP | IFF_RUNNING | IFF_BROADCAST;

	return one->ifa_addr && one->ifa_addr->sa_family == AF_INET && one->ifa_broadaddr &&
	       (one->ifa_flags & wanted) == wanted && !(one->ifa_flags & IFF_LOOPBACK);
}

int wake_send(const uint8_t mac[WAKE_MAC_SIZE], unsigned *ret, struct err *err)
{
	struct ifaddrs *all = NULL;
	int last = -ENETUNREACH;
	unsigned count = 0;

	if (getifaddrs(&all) < 0)
		return err_errno(err, errno, "the networks of this device are not known");
	for (const struct ifaddrs *one = all; one; one = one->ifa_next) {
		struct sockaddr_in to;

		if (!is_network(one))
			continue;
		memcpy(&to, one->ifa_broadaddr, sizeof(to));
		to.sin_port = htons(WAKE_PORT);
		int r = wake_send_to(&to, mac);
		count += r == 0;
		last = r < 0 ? r : last;
	}
	freeifaddrs(all);
	*ret = count;
	return count ? 0 : err_errno(err, -last, "no network took the call");
}
