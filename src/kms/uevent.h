/* SPDX-License-Identifier: Apache-2.0 */
/* Device events of the kernel: "ACTION@PATH", then NUL-terminated KEY=VALUE. */
#ifndef KMS_UEVENT_H
#define KMS_UEVENT_H

#include <stddef.h>

enum { UEVENT_SIZE_MAX = 8192 };

enum uevent_kind {
	UEVENT_OTHER,
	UEVENT_CHANGED, /* a card says that its connectors may have changed */
	UEVENT_REMOVED, /* a card is gone */
};

struct uevent {
	enum uevent_kind kind;
	unsigned major, minor; /* the card */
};

/* Anything that is not well-formed or not about a card is UEVENT_OTHER. */
struct uevent uevent_parse(const char *bytes, size_t size);

/* Read one message; 0 and an event, -EAGAIN when there is none. What others than the kernel say is UEVENT_OTHER. */
int uevent_read(int fd, struct uevent *ret);

#endif
