/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A worker that decodes gets nodes of its own instead of a group: they lie in its root only, are
 * its user's only, and are gone for it with stage 2. What it opened before then decides which
 * ioctls stage 2 leaves.
 */
#include "base/sandbox_devices.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/own.h"
#include "base/text.h"

enum {
	MAJOR_DRM = 226,
	MAJOR_V4L2 = 81,
	RENDER_FIRST = 128,
	RENDER_NODES = 8,
	V4L2_NODES = 32,
	MEDIA_NODES = 8,
	DESCRIPTORS = 256,
};

static bool is_node(const char *path, dev_t *number)
{
	struct stat info;

	if (lstat(path, &info) < 0 || !S_ISCHR(info.st_mode))
		return false;
	*number = info.st_rdev;
	return true;
}

static void add(struct sandbox_devices *devices, const char *format, int index,
		bool (*fits)(const char *path))
{
	struct sandbox_device device = {0};

	text_format(device.path, sizeof(device.path), format, index);
	if (devices->count < SANDBOX_DEVICES_MAX && is_node(device.path, &device.number) &&
			(!fits || fits(device.path)))
		devices->devices[devices->count++] = device;
}

/* Bytes in, pictures out, both from memory: a camera is something else. */
static bool is_decoder(const char *path)
{
	struct v4l2_capability what = {0};
	OWNED(fd) int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0 || ioctl(fd, VIDIOC_QUERYCAP, &what) < 0)
		return false;
	uint32_t flags = what.capabilities & V4L2_CAP_DEVICE_CAPS ? what.device_caps
	                                                          : what.capabilities;
	/* cppcheck-suppress resourceLeak ; OWNED closes it */
	return (flags & (V4L2_CAP_VIDEO_M2M | V4L2_CAP_VIDEO_M2M_MPLANE)) != 0;
}

void sandbox_devices_find(struct sandbox_devices *ret)
{
	*ret = (struct sandbox_devices){0};
	for (int i = 0; i < RENDER_NODES; i++)
		add(ret, "/dev/dri/renderD%d", RENDER_FIRST + i, NULL);
	unsigned before = ret->count;
	for (int i = 0; i < V4L2_NODES; i++)
		add(ret, "/dev/video%d", i, is_decoder);
	for (int i = 0; ret->count > before && i < MEDIA_NODES; i++)
		add(ret, "/dev/media%d", i, NULL);
}

static int make_node(const struct sandbox_device *device, const char *folder, uid_t uid)
{
	char path[64];

	text_format(path, sizeof(path), "%s%s", folder, device->path);
	if (mknod(path, S_IFCHR | 0600, device->number) < 0 || chown(path, uid, uid) < 0)
		return -errno;
	return 0;
}

int sandbox_devices_make(const struct sandbox_devices *devices, const char *folder, uid_t uid,
		struct err *err)
{
	struct mount_attr read_only = {.attr_set = MOUNT_ATTR_RDONLY};
	char path[64];

	if (devices->count == 0)
		return 0;
	text_format(path, sizeof(path), "%s/dev", folder);
	if (mkdir(path, 0755) < 0 || mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NOEXEC,
						     "mode=0755,size=16k") < 0)
		return err_errno(err, errno, "own root: /dev");
	OWNED(fd) int own = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	text_format(path, sizeof(path), "%s/dev/dri", folder);
	if (own < 0 || mkdir(path, 0755) < 0)
		return err_errno(err, errno, "own root: /dev/dri");
	for (unsigned i = 0; i < devices->count; i++) {
		int r = make_node(&devices->devices[i], folder, uid);
		if (r < 0)
			return err_errno(err, -r, "own root: %s", devices->devices[i].path);
	}
	if (mount_setattr(own, "", AT_EMPTY_PATH, &read_only, sizeof(read_only)) < 0)
		return err_errno(err, errno, "own root: making /dev read-only");
	return 0;
}

unsigned sandbox_devices_open(void)
{
	unsigned kinds = 0;

	for (int fd = 0; fd < DESCRIPTORS; fd++) {
		struct stat info;

		if (fstat(fd, &info) < 0 || !S_ISCHR(info.st_mode))
			continue;
		if (major(info.st_rdev) == MAJOR_DRM)
			kinds |= minor(info.st_rdev) < RENDER_FIRST ? SANDBOX_DEVICE_CARD
			                                            : SANDBOX_DEVICE_RENDER;
		if (major(info.st_rdev) == MAJOR_V4L2)
			kinds |= SANDBOX_DEVICE_V4L2;
	}
	return kinds;
}
