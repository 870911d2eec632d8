/* SPDX-License-Identifier: Apache-2.0 */
/* A session that was taken over: each row breaks one rule of wire/session.h. */
#ifndef TESTS_FAKE_HOSTILE_H
#define TESTS_FAKE_HOSTILE_H

#include <stddef.h>

unsigned hostile_count(void);
const char *hostile_name(unsigned index);

/* Send what row `index` sends over `fd`, after the kiosk's START. */
void hostile_send(unsigned index, int fd);

/* A memfd of `size` bytes, sealed against shrinking when `is_sealed`. */
int hostile_memfd(size_t size, int is_sealed);

/* Send `size` bytes with descriptors beside them; 0 or -1 as sendmsg. */
int hostile_packet(int fd, const void *data, size_t size, const int *fds, unsigned fd_count);

#endif
