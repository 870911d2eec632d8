/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shot PID CARD FILE.png: what the hardware puts out while a program shows
 * something. The card's master alone may ask for that, so the program's own
 * descriptor is borrowed from it (root only) while it is stopped for a moment.
 * `shot --make NAME` makes a vkms device with one monitor and prints its path;
 * `shot --plug NAME 0|1` pulls that monitor or plugs it in again.
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "kms/png.h"
#include "kms/vkms.h"
#include "kms/writeback.h"

#include "base/own.h"

static int descriptor_of(const char *pid, const char *card)
{
	char path[512], target[256];
	int found = -1;

	snprintf(path, sizeof path, "/proc/%s/fd", pid);
	DIR *folder = opendir(path);
	for (struct dirent *entry; folder && (entry = readdir(folder));) {
		snprintf(path, sizeof path, "/proc/%s/fd/%s", pid, entry->d_name);
		ssize_t length = readlink(path, target, sizeof target - 1);
		target[length < 0 ? 0 : length] = '\0';
		if (strcmp(target, card) == 0)
			found = atoi(entry->d_name);
	}
	if (folder)
		closedir(folder);
	return found;
}

static int borrow(const char *pid, const char *card)
{
	OWNED(fd) int process = (int)syscall(SYS_pidfd_open, atoi(pid), 0);

	return (int)syscall(SYS_pidfd_getfd, process, descriptor_of(pid, card), 0);
}

/*
 * A commit of the program between ours and the vertical blank would take the place of our state: the job is
 * never done then, and each one after it is told that the one before is.
 */
static void hold(pid_t pid, bool is_held)
{
	char path[64], state = 0;

	kill(pid, is_held ? SIGSTOP : SIGCONT);
	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	for (unsigned i = 0; is_held && state != 'T' && i < 1000; i++) {
		FILE *file = fopen(path, "re");

		if (!file || fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
			state = 'T'; /* it is gone */
		if (file)
			fclose(file);
		usleep(1000);
	}
}

/* The first crtc that is on. */
static bool find_crtc(int fd, struct writeback_source *ret)
{
	drmModeRes *all = drmModeGetResources(fd);
	bool is_found = false;

	for (int i = 0; all && i < all->count_crtcs && !is_found; i++) {
		drmModeCrtc *crtc = drmModeGetCrtc(fd, all->crtcs[i]);
		is_found = crtc && crtc->mode_valid;
		if (is_found)
			*ret = (struct writeback_source){fd, crtc->crtc_id, (unsigned)i,
					crtc->mode.hdisplay, crtc->mode.vdisplay};
		drmModeFreeCrtc(crtc);
	}
	drmModeFreeResources(all);
	return is_found;
}

int main(int argc, char **argv)
{
	struct writeback_source source;
	struct err err = {""};

	if (argc == 3 && strcmp(argv[1], "--make") == 0)
		return vkms_create(argv[2], 1, true) && puts(vkms_path(argv[2])) >= 0 ? 0 : 1;
	if (argc != 4)
		return 2;
	if (strcmp(argv[1], "--plug") == 0)
		return vkms_plug(argv[2], 0, atoi(argv[3])) ? 0 : 1;
	OWNED(fd) int fd = borrow(argv[1], argv[2]);

	if (fd < 0 || !find_crtc(fd, &source)) {
		fprintf(stderr, "shot: process %s shows nothing on %s: %s\n", argv[1], argv[2],
				strerror(errno));
		return 1;
	}
	OWNED(memory)
	uint32_t *pixels = own_alloc_array((size_t)source.width * source.height, sizeof *pixels);
	hold(atoi(argv[1]), true);
	int ret = writeback_take(&source, pixels);
	hold(atoi(argv[1]), false);

	if (ret == 0)
		ret = png_save(argv[3], pixels, source.width, source.height, source.width * 4,
				&err);
	if (ret < 0)
		fprintf(stderr, "shot: %s %s\n", strerror(-ret), err.text);
	return ret < 0 ? 1 : 0;
}
