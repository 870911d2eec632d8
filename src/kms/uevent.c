/* SPDX-License-Identifier: Apache-2.0 */
#include "kms/uevent.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"

enum { DRM_MAJOR = 226 };

/* The value of `key` when `line` is about it, or NULL. */
static const char *value_of(const char *line, const char *key)
{
	size_t length = strlen(key);

	return strncmp(line, key, length) == 0 && line[length] == '=' ? line + length + 1 : NULL;
}

static unsigned number_of(const char *text)
{
	uint64_t number = 0;

	return text_to_number(text, 0, 0xfffff, &number) < 0 ? 0 : (unsigned)number;
}

struct uevent uevent_parse(const char *bytes, size_t size)
{
	struct uevent event = {.kind = UEVENT_OTHER};
	bool is_drm = false, is_change = false, is_removal = false;

	if (size == 0 || bytes[size - 1] != '\0')
		return event;
	for (size_t at = 0; at < size; at += strlen(bytes + at) + 1) {
		const char *value;

		if ((value = value_of(bytes + at, "SUBSYSTEM")))
			is_drm = strcmp(value, "drm") == 0;
		else if ((value = value_of(bytes + at, "ACTION")))
			is_removal = strcmp(value, "remove") == 0;
		else if ((value = value_of(bytes + at, "HOTPLUG")))
			is_change = strcmp(value, "1") == 0;
		else if ((value = value_of(bytes + at, "MAJOR")))
			event.major = number_of(value);
		else if ((value = value_of(bytes + at, "MINOR")))
			event.minor = number_of(value);
	}
	/* Connectors are of the subsystem too, but only cards have numbers. */
	if (is_drm && event.major == DRM_MAJOR)
		event.kind = is_removal  ? UEVENT_REMOVED
		             : is_change ? UEVENT_CHANGED
		                         : UEVENT_OTHER;
	return event;
}

int uevent_read(int fd, struct uevent *ret)
{
	char bytes[UEVENT_SIZE_MAX];
	struct sockaddr_nl from = {0};
	struct iovec part = {.iov_base = bytes, .iov_len = sizeof bytes};
	struct msghdr message = {
			.msg_name = &from,
			.msg_namelen = sizeof from,
			.msg_iov = &part,
			.msg_iovlen = 1,
	};
	ssize_t size = recvmsg(fd, &message, MSG_DONTWAIT);

	if (size < 0)
		return -errno;
	*ret = (struct uevent){.kind = UEVENT_OTHER};
	if (from.nl_pid == 0 && !(message.msg_flags & MSG_TRUNC))
		*ret = uevent_parse(bytes, (size_t)size);
	return 0;
}
