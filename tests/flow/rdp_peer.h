/* SPDX-License-Identifier: Apache-2.0 */
/* What the RDP servers of the tests share: TLS, any credentials, one client after the other, RDPGFX. */
#ifndef TESTS_FLOW_RDP_PEER_H
#define TESTS_FLOW_RDP_PEER_H

#include <freerdp/freerdp.h>
#include <freerdp/input.h>
#include <freerdp/server/rdpgfx.h>
#include <stdbool.h>
#include <stddef.h>

struct rdp_peer {
	rdpContext context; /* first: FreeRDP casts */
	HANDLE channels;
	RdpgfxServerContext *gfx;
	bool is_activated, is_open;
	UINT32 end; /* error info to end with */
};

struct rdp_peer_kind {
	size_t size; /* of a structure that begins with struct rdp_peer; zero at first */
	BOOL (*on_key)(rdpInput *input, UINT16 flags, UINT8 code);
	psRdpgfxCapsAdvertise on_capabilities; /* `custom` of its context is the struct rdp_peer */
	psRdpgfxFrameAcknowledge on_acknowledge;
	pRefreshRect on_refresh; /* optional, as the next one */
	pSuppressOutput on_suppress;
	/* All optional. A further thing to wait for; how long at most; what is done then, false: end. */
	HANDLE (*wait_for)(struct rdp_peer *peer);
	DWORD (*wait_ms)(struct rdp_peer *peer);
	bool (*step)(struct rdp_peer *peer);
	void (*on_gone)(struct rdp_peer *peer);
};

/* Prints "listening" and serves clients for ever; returns only when it cannot. */
int rdp_peer_serve(const char *port, const char *certificate, const char *key,
		const struct rdp_peer_kind *kind);

#endif
