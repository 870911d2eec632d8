/* SPDX-License-Identifier: Apache-2.0 */
#include "kms/device_io.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "base/own.h"

int device_io_open(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	/* cppcheck-suppress resourceLeak ; the caller owns it */
	return fd < 0 ? -errno : fd;
}

int device_io_map(int fd, uint64_t offset, size_t size, void **ret)
{
	void *address = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)offset);

	if (address == MAP_FAILED)
		return -errno;
	*ret = address;
	return 0;
}

void device_io_unmap(void *address, size_t size)
{
	munmap(address, size);
}

int device_io_uevents(void)
{
	enum { KERNEL_EVENTS = 1 }; /* the kernel's own multicast group, not udev's */
	struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = KERNEL_EVENTS};
	OWNED(fd)
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			NETLINK_KOBJECT_UEVENT);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0)
		return -errno;
	/* cppcheck-suppress resourceLeak ; the caller owns it */
	return own_take_fd(&fd);
}
