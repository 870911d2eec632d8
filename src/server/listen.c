/* SPDX-License-Identifier: Apache-2.0 */
#include "server/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <limits.h>
#include <net/if.h>
#include <netdb.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "base/own.h"
#include "base/text.h"

enum {
	BACKLOG = 4096,
	OWN_FDS = 64, /* descriptors that are not connections: database, log, spare */
	CONNECTIONS_MAX = 250000,
};

static int bind_one(const struct addrinfo *address, int *ret)
{
	OWNED(fd)
	int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int on = 1, off = 0;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (address->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	int r = bind(fd, address->ai_addr, address->ai_addrlen) < 0 || listen(fd, BACKLOG) < 0
	                        ? -errno
	                        : 0;
	if (r == 0)
		*ret = own_take_fd(&fd);
	return r;
}

static int port_of(int fd, uint16_t *port)
{
	struct sockaddr_storage address;
	socklen_t size = sizeof(address);

	if (getsockname(fd, (struct sockaddr *)&address, &size) < 0)
		return -errno;
	*port = ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
						    : ((struct sockaddr_in *)&address)->sin_port);
	return 0;
}

/* Without an address: IPv6 that takes IPv4 too, else IPv4 alone. */
int listen_open(const struct options *options, int *fd, uint16_t *port, struct err *err)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *list;
	const char *host = options->address[0] ? options->address : "::";
	char service[8];
	int r = -EADDRNOTAVAIL;

	(void)text_format(service, sizeof(service), "%u", options->port);
	for (int try = 0; try < (options->address[0] ? 1 : 2) && r < 0; try++) {
		int code = getaddrinfo(try ? "0.0.0.0" : host, service, &hints, &list);

		if (code != 0)
			return err_set(err, EINVAL, "--listen: %s: %s", host, gai_strerror(code));
		for (const struct addrinfo *one = list; one && r < 0; one = one->ai_next)
			r = bind_one(one, fd);
		freeaddrinfo(list);
	}
	if (r == 0)
		r = port_of(*fd, port);
	if (r < 0)
		return err_errno(err, -r, "port %u cannot be listened on", options->port);
	return 0;
}

static int add_interfaces(struct ca_names *names, struct err *err)
{
	struct ifaddrs *list = NULL;
	int r = 0;

	if (getifaddrs(&list) < 0)
		return 0;
	for (const struct ifaddrs *one = list; one && r == 0; one = one->ifa_next) {
		char text[NI_MAXHOST];
		bool is_six = one->ifa_addr && one->ifa_addr->sa_family == AF_INET6;

		if (!one->ifa_addr || (!is_six && one->ifa_addr->sa_family != AF_INET))
			continue;
		socklen_t size = is_six ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
		if (getnameinfo(one->ifa_addr, size, text, sizeof(text), NULL, 0, NI_NUMERICHOST) !=
						0 ||
				strchr(text, '%'))
			continue;
		r = names->count < CA_NAMES_MAX ? ca_names_add(names, text, err) : 0;
	}
	freeifaddrs(list);
	return r;
}

int listen_names(const struct options *options, struct ca_names *ret, struct err *err)
{
	char host[HOST_NAME_MAX + 1] = "";
	const char *address = options->address;
	int r = 0;

	*ret = options->names;
	if (address[0] && strcmp(address, "::") != 0 && strcmp(address, "0.0.0.0") != 0)
		r = ca_names_add(ret, address, err);
	/* A machine's name may be anything: one that no certificate can hold is left out. */
	if (r == 0 && gethostname(host, sizeof(host) - 1) == 0)
		(void)ca_names_add(ret, host, NULL);
	if (r == 0)
		r = ca_names_add(ret, "localhost", err);
	return r < 0 ? r : add_interfaces(ret, err);
}

unsigned listen_connections(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 512;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	(void)getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur > CONNECTIONS_MAX + OWN_FDS)
		return CONNECTIONS_MAX;
	return limit.rlim_cur > 2 * OWN_FDS ? (unsigned)limit.rlim_cur - OWN_FDS : OWN_FDS;
}
