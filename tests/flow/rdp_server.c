/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rdp_server PORT CERTIFICATE KEY: a small RDP server that draws exactly known pixels through
 * the graphics pipeline, for tests and benchmarks. TLS only, any credentials, one client after
 * the other. Prints "listening" when it does.
 *
 * At first: a blue desktop with a row of 64 colours at y 100..300 (SolidFill) and a 64 x 64
 * pattern at 600, 400 (uncompressed). Keys: F2 makes the desktop 1024 x 600, F3 ends the session
 * as idle, F4 as taken over; any other key changes the 64 x 64 square at 0, 0.
 */
#include <linux/input-event-codes.h>
#include <stdio.h>
#include <string.h>

#include "rdp_peer.h"

enum { SURFACE = 1, COLOURS = 64, PATTERN = 64 };

struct server {
	struct rdp_peer peer; /* first */
	UINT16 width, height;
	UINT32 frame;
	unsigned keys;
};

static void begin(struct server *server)
{
	RDPGFX_START_FRAME_PDU start = {.frameId = ++server->frame};

	if (server->peer.gfx->StartFrame(server->peer.gfx, &start) != CHANNEL_RC_OK)
		fprintf(stderr, "StartFrame failed\n");
}

static void end(struct server *server)
{
	RDPGFX_END_FRAME_PDU done = {.frameId = server->frame};

	if (server->peer.gfx->EndFrame(server->peer.gfx, &done) != CHANNEL_RC_OK)
		fprintf(stderr, "EndFrame failed\n");
}

static void fill(struct server *server, RECTANGLE_16 where, BYTE r, BYTE g, BYTE b)
{
	RDPGFX_SOLID_FILL_PDU pdu = {.surfaceId = SURFACE,
			.fillPixel = {b, g, r, 0xff},
			.fillRectCount = 1,
			.fillRects = &where};

	if (server->peer.gfx->SolidFill(server->peer.gfx, &pdu) != CHANNEL_RC_OK)
		fprintf(stderr, "SolidFill failed\n");
}

static void draw_pattern(struct server *server)
{
	static BYTE pixels[PATTERN * PATTERN * 4];
	RDPGFX_SURFACE_COMMAND command = {.surfaceId = SURFACE,
			.codecId = RDPGFX_CODECID_UNCOMPRESSED,
			.format = PIXEL_FORMAT_BGRX32,
			.left = 600,
			.top = 400,
			.right = 600 + PATTERN,
			.bottom = 400 + PATTERN,
			.width = PATTERN,
			.height = PATTERN,
			.length = sizeof(pixels),
			.data = pixels};

	for (unsigned y = 0; y < PATTERN; y++)
		for (unsigned x = 0; x < PATTERN; x++)
			memcpy(pixels + (y * PATTERN + x) * 4,
					(BYTE[]){(BYTE)(x * 4), (BYTE)(y * 4), (BYTE)(x ^ y), 0xff},
					4);
	if (server->peer.gfx->SurfaceCommand(server->peer.gfx, &command) != CHANNEL_RC_OK)
		fprintf(stderr, "SurfaceCommand failed\n");
}

static void draw_desktop(struct server *server)
{
	begin(server);
	fill(server, (RECTANGLE_16){0, 0, server->width, server->height}, 0x20, 0x40, 0x60);
	for (UINT16 i = 0; i < COLOURS; i++)
		fill(server, (RECTANGLE_16){(UINT16)(i * 16), 100, (UINT16)(i * 16 + 16), 300},
				(BYTE)(i * 4), (BYTE)(255 - i * 4), (BYTE)(i * 2));
	draw_pattern(server);
	end(server);
}

static void make_desktop(struct server *server, UINT16 width, UINT16 height)
{
	MONITOR_DEF monitor = {.right = width - 1, .bottom = height - 1, .flags = MONITOR_PRIMARY};
	RDPGFX_RESET_GRAPHICS_PDU reset = {.width = width,
			.height = height,
			.monitorCount = 1,
			.monitorDefArray = &monitor};
	RDPGFX_DELETE_SURFACE_PDU remove = {.surfaceId = SURFACE};
	RDPGFX_CREATE_SURFACE_PDU create = {.surfaceId = SURFACE,
			.width = width,
			.height = height,
			.pixelFormat = GFX_PIXEL_FORMAT_XRGB_8888};
	RDPGFX_MAP_SURFACE_TO_OUTPUT_PDU map = {.surfaceId = SURFACE};

	if (server->width &&
			server->peer.gfx->DeleteSurface(server->peer.gfx, &remove) != CHANNEL_RC_OK)
		fprintf(stderr, "DeleteSurface failed\n");
	server->width = width;
	server->height = height;
	if (server->peer.gfx->ResetGraphics(server->peer.gfx, &reset) != CHANNEL_RC_OK ||
			server->peer.gfx->CreateSurface(server->peer.gfx, &create) !=
					CHANNEL_RC_OK ||
			server->peer.gfx->MapSurfaceToOutput(server->peer.gfx, &map) !=
					CHANNEL_RC_OK)
		fprintf(stderr, "the desktop cannot be made\n");
	draw_desktop(server);
}

static UINT on_capabilities(RdpgfxServerContext *gfx, const RDPGFX_CAPS_ADVERTISE_PDU *advertised)
{
	struct server *server = gfx->custom;
	RDPGFX_CAPSET chosen = advertised->capsSets[0];
	RDPGFX_CAPS_CONFIRM_PDU confirm = {.capsSet = &chosen};
	const rdpSettings *settings = server->peer.context.settings;

	UINT r = gfx->CapsConfirm(gfx, &confirm);
	if (r == CHANNEL_RC_OK)
		make_desktop(server,
				(UINT16)freerdp_settings_get_uint32(settings, FreeRDP_DesktopWidth),
				(UINT16)freerdp_settings_get_uint32(settings,
						FreeRDP_DesktopHeight));
	return r;
}

static UINT on_acknowledge(RdpgfxServerContext *gfx, const RDPGFX_FRAME_ACKNOWLEDGE_PDU *ack)
{
	(void)gfx;
	(void)ack;
	return CHANNEL_RC_OK;
}

static BOOL on_key(rdpInput *input, UINT16 flags, UINT8 code)
{
	struct server *server = (struct server *)input->context;

	if ((flags & KBD_FLAGS_RELEASE) || !server->width)
		return TRUE;
	if (code == KEY_F2) {
		make_desktop(server, 1024, 600);
	} else if (code == KEY_F3 || code == KEY_F4) {
		server->peer.end = code == KEY_F3 ? ERRINFO_IDLE_TIMEOUT
		                                  : ERRINFO_DISCONNECTED_BY_OTHER_CONNECTION;
	} else {
		server->keys++;
		begin(server);
		fill(server, (RECTANGLE_16){0, 0, 64, 64}, (BYTE)(server->keys * 37),
				(BYTE)(server->keys * 91), 0x55);
		end(server);
	}
	return TRUE;
}

int main(int argc, char **argv)
{
	static const struct rdp_peer_kind kind = {.size = sizeof(struct server),
			.on_key = on_key,
			.on_capabilities = on_capabilities,
			.on_acknowledge = on_acknowledge};

	if (argc != 4) {
		fprintf(stderr, "usage: rdp_server PORT CERTIFICATE KEY\n");
		return 2;
	}
	return rdp_peer_serve(argv[1], argv[2], argv[3], &kind);
}
