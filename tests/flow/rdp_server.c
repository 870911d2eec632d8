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
#include <freerdp/channels/channels.h>
#include <freerdp/channels/drdynvc.h>
#include <freerdp/channels/wtsvc.h>
#include <freerdp/crypto/certificate.h>
#include <freerdp/crypto/privatekey.h>
#include <freerdp/freerdp.h>
#include <freerdp/listener.h>
#include <freerdp/peer.h>
#include <freerdp/server/rdpgfx.h>
#include <linux/input-event-codes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <winpr/ssl.h>
#include <winpr/synch.h>
#include <winpr/wlog.h>
#include <winpr/wtsapi.h>

enum { SURFACE = 1, COLOURS = 64, PATTERN = 64 };

struct server {
	rdpContext context; /* first: FreeRDP casts */
	HANDLE channels;
	RdpgfxServerContext *gfx;
	bool is_activated, is_open;
	UINT16 width, height;
	UINT32 frame;
	unsigned keys;
	UINT32 end; /* error info to end with */
};

struct files {
	const char *certificate, *key;
};

static void begin(struct server *server)
{
	RDPGFX_START_FRAME_PDU start = {.frameId = ++server->frame};

	if (server->gfx->StartFrame(server->gfx, &start) != CHANNEL_RC_OK)
		fprintf(stderr, "StartFrame failed\n");
}

static void end(struct server *server)
{
	RDPGFX_END_FRAME_PDU done = {.frameId = server->frame};

	if (server->gfx->EndFrame(server->gfx, &done) != CHANNEL_RC_OK)
		fprintf(stderr, "EndFrame failed\n");
}

static void fill(struct server *server, RECTANGLE_16 where, BYTE r, BYTE g, BYTE b)
{
	RDPGFX_SOLID_FILL_PDU pdu = {.surfaceId = SURFACE,
			.fillPixel = {b, g, r, 0xff},
			.fillRectCount = 1,
			.fillRects = &where};

	if (server->gfx->SolidFill(server->gfx, &pdu) != CHANNEL_RC_OK)
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
	if (server->gfx->SurfaceCommand(server->gfx, &command) != CHANNEL_RC_OK)
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

	if (server->width && server->gfx->DeleteSurface(server->gfx, &remove) != CHANNEL_RC_OK)
		fprintf(stderr, "DeleteSurface failed\n");
	server->width = width;
	server->height = height;
	if (server->gfx->ResetGraphics(server->gfx, &reset) != CHANNEL_RC_OK ||
			server->gfx->CreateSurface(server->gfx, &create) != CHANNEL_RC_OK ||
			server->gfx->MapSurfaceToOutput(server->gfx, &map) != CHANNEL_RC_OK)
		fprintf(stderr, "the desktop cannot be made\n");
	draw_desktop(server);
}

static UINT on_capabilities(RdpgfxServerContext *gfx, const RDPGFX_CAPS_ADVERTISE_PDU *advertised)
{
	struct server *server = gfx->custom;
	RDPGFX_CAPSET chosen = advertised->capsSets[0];
	RDPGFX_CAPS_CONFIRM_PDU confirm = {.capsSet = &chosen};
	const rdpSettings *settings = server->context.settings;

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
		server->end = code == KEY_F3 ? ERRINFO_IDLE_TIMEOUT
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

static BOOL on_unicode(rdpInput *input, UINT16 flags, UINT16 code)
{
	(void)code;
	return on_key(input, flags, KEY_A);
}

static BOOL on_mouse(rdpInput *input, UINT16 flags, UINT16 x, UINT16 y)
{
	(void)input;
	(void)flags;
	(void)x;
	(void)y;
	return TRUE;
}

static BOOL on_locks(rdpInput *input, UINT32 flags)
{
	(void)input;
	fprintf(stderr, "locks %u\n", flags);
	return TRUE;
}

static BOOL on_connected(freerdp_peer *peer)
{
	(void)peer;
	return TRUE;
}

static BOOL on_activated(freerdp_peer *peer)
{
	((struct server *)peer->context)->is_activated = true;
	return TRUE;
}

static BOOL make_context(freerdp_peer *peer, rdpContext *context)
{
	struct server *server = (struct server *)context;

	(void)peer;
	server->channels = WTSOpenServerA((LPSTR)context);
	return server->channels && server->channels != INVALID_HANDLE_VALUE;
}

static void free_context(freerdp_peer *peer, rdpContext *context)
{
	struct server *server = (struct server *)context;

	(void)peer;
	rdpgfx_server_context_free(server->gfx);
	WTSCloseServer(server->channels);
}

static bool set_up(freerdp_peer *peer, const struct files *files)
{
	rdpSettings *settings = peer->context->settings;
	rdpPrivateKey *key = freerdp_key_new_from_file_enc(files->key, NULL);
	rdpCertificate *certificate = freerdp_certificate_new_from_file(files->certificate);
	rdpInput *input = peer->context->input;

	input->KeyboardEvent = on_key;
	input->UnicodeKeyboardEvent = on_unicode;
	input->MouseEvent = input->ExtendedMouseEvent = on_mouse;
	input->SynchronizeEvent = on_locks;
	peer->PostConnect = on_connected;
	peer->Activate = on_activated;
	return key && certificate &&
	       freerdp_settings_set_pointer_len(settings, FreeRDP_RdpServerRsaKey, key, 1) &&
	       freerdp_settings_set_pointer_len(settings, FreeRDP_RdpServerCertificate, certificate,
			       1) &&
	       freerdp_settings_set_bool(settings, FreeRDP_RdpSecurity, FALSE) &&
	       freerdp_settings_set_bool(settings, FreeRDP_NlaSecurity, FALSE) &&
	       freerdp_settings_set_bool(settings, FreeRDP_TlsSecurity, TRUE) &&
	       freerdp_settings_set_bool(settings, FreeRDP_SupportGraphicsPipeline, TRUE) &&
	       freerdp_settings_set_bool(settings, FreeRDP_UnicodeInput, TRUE) &&
	       freerdp_settings_set_uint32(settings, FreeRDP_ColorDepth, 32) &&
	       peer->Initialize(peer);
}

/* The pipeline is opened when the client's drdynvc answered. */
static void open_pipeline(struct server *server)
{
	server->is_open = true;
	server->gfx = rdpgfx_server_context_new(server->channels);
	server->gfx->rdpcontext = &server->context;
	server->gfx->custom = server;
	server->gfx->CapsAdvertise = on_capabilities;
	server->gfx->FrameAcknowledge = on_acknowledge;
	if (!server->gfx->Initialize(server->gfx, TRUE) || !server->gfx->Open(server->gfx))
		fprintf(stderr, "the pipeline cannot be opened\n");
}

static bool step(freerdp_peer *peer)
{
	struct server *server = (struct server *)peer->context;
	HANDLE handles[MAXIMUM_WAIT_OBJECTS];
	DWORD count = peer->GetEventHandles(peer, handles, MAXIMUM_WAIT_OBJECTS - 2);

	handles[count++] = WTSVirtualChannelManagerGetEventHandle(server->channels);
	if (server->is_open)
		handles[count++] = rdpgfx_server_get_event_handle(server->gfx);
	WaitForMultipleObjects(count, handles, FALSE, 1000);
	if (!peer->CheckFileDescriptor(peer))
		return false;
	if (server->end) {
		freerdp_set_error_info(peer->context->rdp, server->end);
		if (!peer->Close(peer))
			fprintf(stderr, "the end could not be told\n");
		return false;
	}
	if (!server->is_activated) /* looked at before, drdynvc would stay silent for ever */
		return true;
	if (!server->is_open && WTSVirtualChannelManagerGetDrdynvcState(server->channels) ==
						DRDYNVC_STATE_READY)
		open_pipeline(server);
	if (!WTSVirtualChannelManagerCheckFileDescriptor(server->channels))
		return false;
	UINT r = server->is_open ? rdpgfx_server_handle_messages(server->gfx) : CHANNEL_RC_OK;
	return r == CHANNEL_RC_OK || r == ERROR_NO_DATA;
}

static void serve(int fd, const struct files *files)
{
	freerdp_peer *peer = freerdp_peer_new(fd);

	peer->ContextSize = sizeof(struct server);
	peer->ContextNew = make_context;
	peer->ContextFree = free_context;
	if (freerdp_peer_context_new(peer) && set_up(peer, files)) {
		while (step(peer))
			;
		peer->Disconnect(peer);
	}
	freerdp_peer_context_free(peer);
	freerdp_peer_free(peer);
}

int main(int argc, char **argv)
{
	int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (argc != 4) {
		fprintf(stderr, "usage: rdp_server PORT CERTIFICATE KEY\n");
		return 2;
	}
	struct sockaddr_in own = {.sin_family = AF_INET,
			.sin_port = htons((uint16_t)atoi(argv[1])),
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct files files = {argv[2], argv[3]};

	WLog_SetLogLevel(WLog_GetRoot(), WLOG_OFF);
	winpr_InitializeSSL(WINPR_SSL_INIT_DEFAULT);
	WTSRegisterWtsApiFunctionTable(FreeRDP_InitWtsApi());
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listener, (struct sockaddr *)&own, sizeof(own)) < 0 || listen(listener, 8) < 0) {
		perror("rdp_server");
		return 1;
	}
	puts("listening");
	fflush(stdout);
	for (;;) {
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

		if (fd < 0)
			return 1;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		serve(fd, &files);
	}
}
