/* SPDX-License-Identifier: Apache-2.0 */
#include "rdp_peer.h"

#include <freerdp/channels/channels.h>
#include <freerdp/channels/drdynvc.h>
#include <freerdp/channels/wtsvc.h>
#include <freerdp/crypto/certificate.h>
#include <freerdp/crypto/privatekey.h>
#include <freerdp/listener.h>
#include <freerdp/peer.h>
#include <linux/input-event-codes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <winpr/ssl.h>
#include <winpr/synch.h>
#include <winpr/wlog.h>
#include <winpr/wtsapi.h>

struct service {
	const char *certificate, *key;
	const struct rdp_peer_kind *kind;
};

static BOOL on_unicode(rdpInput *input, UINT16 flags, UINT16 code)
{
	(void)code;
	return input->KeyboardEvent(input, flags, KEY_A);
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
	((struct rdp_peer *)peer->context)->is_activated = true;
	return TRUE;
}

static BOOL make_context(freerdp_peer *peer, rdpContext *context)
{
	struct rdp_peer *own = (struct rdp_peer *)context;

	(void)peer;
	own->channels = WTSOpenServerA((LPSTR)context);
	return own->channels && own->channels != INVALID_HANDLE_VALUE;
}

static void free_context(freerdp_peer *peer, rdpContext *context)
{
	struct rdp_peer *own = (struct rdp_peer *)context;

	(void)peer;
	rdpgfx_server_context_free(own->gfx);
	WTSCloseServer(own->channels);
}

static bool set_up(freerdp_peer *peer, const struct service *service)
{
	rdpSettings *settings = peer->context->settings;
	rdpPrivateKey *key = freerdp_key_new_from_file_enc(service->key, NULL);
	rdpCertificate *certificate = freerdp_certificate_new_from_file(service->certificate);
	rdpInput *input = peer->context->input;

	input->KeyboardEvent = service->kind->on_key;
	input->UnicodeKeyboardEvent = on_unicode;
	input->MouseEvent = input->ExtendedMouseEvent = on_mouse;
	input->SynchronizeEvent = on_locks;
	peer->context->update->RefreshRect = service->kind->on_refresh;
	peer->context->update->SuppressOutput = service->kind->on_suppress;
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
static void open_pipeline(struct rdp_peer *own, const struct rdp_peer_kind *kind)
{
	own->is_open = true;
	own->gfx = rdpgfx_server_context_new(own->channels);
	own->gfx->rdpcontext = &own->context;
	own->gfx->custom = own;
	own->gfx->CapsAdvertise = kind->on_capabilities;
	own->gfx->FrameAcknowledge = kind->on_acknowledge;
	if (!own->gfx->Initialize(own->gfx, TRUE) || !own->gfx->Open(own->gfx))
		fprintf(stderr, "the pipeline cannot be opened\n");
}

static void wait(freerdp_peer *peer, const struct rdp_peer_kind *kind)
{
	struct rdp_peer *own = (struct rdp_peer *)peer->context;
	HANDLE handles[MAXIMUM_WAIT_OBJECTS];
	DWORD count = peer->GetEventHandles(peer, handles, MAXIMUM_WAIT_OBJECTS - 3);
	HANDLE further = kind->wait_for ? kind->wait_for(own) : NULL;

	handles[count++] = WTSVirtualChannelManagerGetEventHandle(own->channels);
	if (own->is_open)
		handles[count++] = rdpgfx_server_get_event_handle(own->gfx);
	if (further)
		handles[count++] = further;
	WaitForMultipleObjects(count, handles, FALSE, kind->wait_ms ? kind->wait_ms(own) : 1000);
}

static bool step(freerdp_peer *peer, const struct rdp_peer_kind *kind)
{
	struct rdp_peer *own = (struct rdp_peer *)peer->context;

	wait(peer, kind);
	if (!peer->CheckFileDescriptor(peer))
		return false;
	if (own->end) {
		freerdp_set_error_info(peer->context->rdp, own->end);
		if (!peer->Close(peer))
			fprintf(stderr, "the end could not be told\n");
		return false;
	}
	if (!own->is_activated) /* looked at before, drdynvc would stay silent for ever */
		return true;
	if (!own->is_open && WTSVirtualChannelManagerGetDrdynvcState(own->channels) ==
					     DRDYNVC_STATE_READY)
		open_pipeline(own, kind);
	if (!WTSVirtualChannelManagerCheckFileDescriptor(own->channels))
		return false;
	UINT r = own->is_open ? rdpgfx_server_handle_messages(own->gfx) : CHANNEL_RC_OK;
	if (r != CHANNEL_RC_OK && r != ERROR_NO_DATA)
		return false;
	return !kind->step || kind->step(own);
}

static void serve(int fd, const struct service *service)
{
	freerdp_peer *peer = freerdp_peer_new(fd);

	peer->ContextSize = service->kind->size;
	peer->ContextNew = make_context;
	peer->ContextFree = free_context;
	if (freerdp_peer_context_new(peer) && set_up(peer, service)) {
		while (step(peer, service->kind))
			;
		if (service->kind->on_gone)
			service->kind->on_gone((struct rdp_peer *)peer->context);
		peer->Disconnect(peer);
	}
	freerdp_peer_context_free(peer);
	freerdp_peer_free(peer);
}

int rdp_peer_serve(const char *port, const char *certificate, const char *key,
		const struct rdp_peer_kind *kind)
{
	int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in own = {.sin_family = AF_INET,
			.sin_port = htons((uint16_t)atoi(port)),
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct service service = {certificate, key, kind};

	WLog_SetLogLevel(WLog_GetRoot(), WLOG_OFF);
	winpr_InitializeSSL(WINPR_SSL_INIT_DEFAULT);
	WTSRegisterWtsApiFunctionTable(FreeRDP_InitWtsApi());
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listener, (struct sockaddr *)&own, sizeof(own)) < 0 || listen(listener, 8) < 0) {
		perror("listening");
		return 1;
	}
	puts("listening");
	fflush(stdout);
	for (;;) {
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

		if (fd < 0)
			return 1;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		serve(fd, &service);
	}
}
