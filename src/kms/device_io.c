/* SPDX-License-Identifier: Apache-2.0 */
#include "kms/device_io.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/netlink.h>
#include <linux/udmabuf.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>

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

int device_io_dmabuf(int memfd)
{
	OWNED(fd) int device = open("/dev/udmabuf", O_RDWR | O_CLOEXEC);
	struct stat stat;

	if (device < 0 || fstat(memfd, &stat) < 0)
		return -errno;
	struct udmabuf_create create = {
			.memfd = (uint32_t)memfd,
			.flags = UDMABUF_FLAGS_CLOEXEC,
			.size = (uint64_t)stat.st_size,
	};
	int ret = ioctl(device, UDMABUF_CREATE, &create);

	/* cppcheck-suppress resourceLeak ; OWNED */
	return ret < 0 ? -errno : ret;
}

void device_io_flush(int dmabuf)
{
	/* What fails here has no caches to flush. */
	for (unsigned i = 0; i < 2; i++) {
		struct dma_buf_sync sync = {
				.flags = DMA_BUF_SYNC_WRITE |
		                         (i == 0 ? DMA_BUF_SYNC_START : DMA_BUF_SYNC_END),
		};
		(void)ioctl(dmabuf, DMA_BUF_IOCTL_SYNC, &sync);
	}
}
