/* SPDX-License-Identifier: Apache-2.0 */
/* The picture of the screen that the helpdesk ordered: taken, encoded, given to the agent. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"
#include "base/own.h"
#include "kiosk/parts.h"
#include "kms/png.h"

/* More would hold up the screen for too long while it is encoded. */
enum { PIXELS_MAX = 3840 * 2160 * 2 };

/* Half as wide and high; each pixel is one of four. */
static void halve(uint32_t *pixels, uint32_t *width, uint32_t *height)
{
	uint32_t half = *width / 2, rows = *height / 2;

	for (uint32_t y = 0; y < rows; y++)
		for (uint32_t x = 0; x < half; x++)
			pixels[(size_t)y * half + x] = pixels[(size_t)y * 2 * *width + x * 2];
	*width = half;
	*height = rows;
}

static int seal(const uint8_t *bytes, size_t size)
{
	const unsigned seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
	OWNED(fd)
	int fd = memfd_create("tynd-screen", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);

	if (fd < 0 && errno == EINVAL) /* before Linux 6.3 */
		fd = memfd_create("tynd-screen", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	/* Whoever gets it reads on from where we are. */
	if (fd < 0 || write(fd, bytes, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) < 0 ||
			fcntl(fd, F_ADD_SEALS, seals) < 0)
		return -errno;
	return own_take_fd(&fd);
}

static int encode(struct view *view, uint8_t **ret, size_t *ret_size, struct err *err)
{
	uint32_t width = 0, height = 0;
	OWNED(memory) uint32_t *pixels = view_read(view, &width, &height);
	int code;

	if (!pixels)
		return err_set(err, ENODEV, "no screen is lit");
	while ((uint64_t)width * height > PIXELS_MAX)
		halve(pixels, &width, &height);
	for (;;) {
		code = png_encode(pixels, width, height, width * 4, ret, ret_size, err);
		if (code < 0 || *ret_size <= WIRE_ORDER_FILE_MAX)
			return code;
		free(*ret);
		*ret = NULL;
		halve(pixels, &width, &height);
	}
}

static int take(struct kiosk *kiosk, struct err *err)
{
	const struct kiosk_shot *shot = &kiosk->state.orders.shot;
	struct wire_agent_order_done done = {.result = WIRE_RESULT_DONE};
	OWNED(memory) uint8_t *file = NULL;
	size_t size = 0;
	int code = encode(kiosk->view, &file, &size, err);

	if (code < 0)
		return code;
	OWNED(fd) int fd = seal(file, size);
	if (fd < 0)
		return err_errno(err, -fd, "no memory for the picture");
	memcpy(done.id, shot->id, sizeof(done.id));
	done.file_size = (uint32_t)size;
	done.took_s = (uint32_t)((loop_now_ms() - shot->came_ms) / 1000);
	return agent_send_order_done(kiosk->agent, &done, fd);
}

void kiosk_follow_shot(struct kiosk *kiosk)
{
	struct kiosk_event event = {.kind = KIOSK_SHOT};
	struct err err = {"the agent is gone"};

	if (!kiosk->state.orders.shot.is_wanted || !view_has_model(kiosk->view))
		return;
	if (take(kiosk, &err) < 0) {
		log_warn("the picture of the screen could not be made: %s", err.text);
		event.reason = REASON_SESSION_CRASHED;
	}
	event.now_ms = loop_now_ms();
	kiosk_feed(kiosk, &event);
}
