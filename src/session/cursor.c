/* SPDX-License-Identifier: Apache-2.0 */
#include "session/cursor.h"

#include <errno.h>
#include <fcntl.h>
#include <freerdp/codec/color.h>
#include <freerdp/gdi/gdi.h>
#include <freerdp/graphics.h>
#include <string.h>
#include <sys/mman.h>

#include "base/log.h"
#include "base/own.h"
#include "session/session.h"

/* FreeRDP allocates `size` bytes of it, keeps it in its pointer cache and frees it. */
struct cursor {
	rdpPointer pointer; /* first: FreeRDP casts */
	uint32_t *pixels;   /* width * height, premultiplied */
};

void cursor_premultiply(uint32_t *pixels, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t alpha = pixels[i] >> 24, result = alpha << 24;

		for (unsigned shift = 0; shift < 24; shift += 8)
			result |= ((pixels[i] >> shift & 0xff) * alpha + 127) / 255 << shift;
		pixels[i] = result;
	}
}

static BOOL cursor_new(rdpContext *context, rdpPointer *pointer)
{
	struct cursor *cursor = (struct cursor *)pointer;

	if (pointer->width < 1 || pointer->width > WIRE_CURSOR_MAX || pointer->height < 1 ||
			pointer->height > WIRE_CURSOR_MAX) {
		log_warn("a mouse pointer of %u x %u: sides of 1..%d were expected", pointer->width,
				pointer->height, WIRE_CURSOR_MAX);
		return FALSE;
	}
	size_t count = (size_t)pointer->width * pointer->height;
	uint32_t *pixels = own_alloc_array(count, sizeof(*pixels));
	/* BGRA32 names bytes in memory: ARGB8888 of DRM on little-endian machines. */
	if (!freerdp_image_copy_from_pointer_data((BYTE *)pixels, PIXEL_FORMAT_BGRA32, 0, 0, 0,
			    pointer->width, pointer->height, pointer->xorMaskData,
			    pointer->lengthXorMask, pointer->andMaskData, pointer->lengthAndMask,
			    pointer->xorBpp, &context->gdi->palette)) {
		free(pixels);
		return FALSE;
	}
	cursor_premultiply(pixels, count);
	cursor->pixels = pixels;
	return TRUE;
}

static void cursor_free(rdpContext *context, rdpPointer *pointer)
{
	struct cursor *cursor = (struct cursor *)pointer;

	(void)context;
	free(own_take(cursor->pixels));
}

/* A sealed copy of the pixels: the kiosk may keep it as long as it likes. */
static int make_memory(const struct cursor *cursor)
{
	size_t size = (size_t)cursor->pointer.width * cursor->pointer.height * 4;
	OWNED(fd) int fd = memfd_create("tynd-cursor", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return -errno;
	if (write(fd, cursor->pixels, size) != (ssize_t)size)
		return -EIO;
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) < 0)
		return -errno;
	return own_take_fd(&fd);
}

static BOOL cursor_set(rdpContext *context, rdpPointer *pointer)
{
	const struct cursor *cursor = (const struct cursor *)pointer;
	struct session *session = session_of(context);
	struct wire_session_cursor message = {.width = pointer->width, .height = pointer->height};

	if (!cursor->pixels || session->is_ended)
		return TRUE;
	OWNED(fd) int fd = make_memory(cursor);
	if (fd < 0) {
		log_warn("no memory for a mouse pointer: %s", strerror(-fd));
		return TRUE;
	}
	/* A hot spot outside of the picture is known from real servers. */
	message.hot_x = pointer->xPos < pointer->width ? pointer->xPos : pointer->width - 1;
	message.hot_y = pointer->yPos < pointer->height ? pointer->yPos : pointer->height - 1;
	wire_init(&message, WIRE_SESSION_CURSOR);
	wire_send(session->channel, &message, &fd, 1);
	return TRUE;
}

static BOOL send_state(rdpContext *context, enum wire_cursor_state state, uint32_t x, uint32_t y)
{
	struct session *session = session_of(context);
	struct wire_session_cursor_state message = {
			.state = state, .x = (int32_t)(x & 0xffff), .y = (int32_t)(y & 0xffff)};

	if (session->is_ended)
		return TRUE;
	wire_init(&message, WIRE_SESSION_CURSOR_STATE);
	wire_send(session->channel, &message, NULL, 0);
	return TRUE;
}

static BOOL cursor_hide(rdpContext *context)
{
	return send_state(context, WIRE_CURSOR_HIDDEN, 0, 0);
}

static BOOL cursor_default(rdpContext *context)
{
	return send_state(context, WIRE_CURSOR_DEFAULT, 0, 0);
}

static BOOL cursor_move(rdpContext *context, UINT32 x, UINT32 y)
{
	return send_state(context, WIRE_CURSOR_MOVED, x, y);
}

void cursor_register(rdpContext *context)
{
	rdpPointer class = {
			.size = sizeof(struct cursor),
			.New = cursor_new,
			.Free = cursor_free,
			.Set = cursor_set,
			.SetNull = cursor_hide,
			.SetDefault = cursor_default,
			.SetPosition = cursor_move,
	};

	graphics_register_pointer(context->graphics, &class);
}
