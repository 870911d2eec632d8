/* SPDX-License-Identifier: Apache-2.0 */
/* The doors to the kernel that libdrm leaves open; tests put their own in place of them. */
#ifndef KMS_DEVICE_IO_H
#define KMS_DEVICE_IO_H

#include <stddef.h>
#include <stdint.h>

/* Open a card; a descriptor or negative errno. */
int device_io_open(const char *path);

/* Map a dumb buffer for writing. */
int device_io_map(int fd, uint64_t offset, size_t size, void **ret);
void device_io_unmap(void *address, size_t size);

/* A socket that reads the kernel's device events, one per message. */
int device_io_uevents(void);

/*
 * A dma-buf of a memfd's pages, which must be whole and sealed against shrinking: a descriptor
 * or negative errno.
 */
int device_io_dmabuf(int memfd);

/* The CPU has written: what a device reads afterwards is new. */
void device_io_flush(int dmabuf);

#endif
