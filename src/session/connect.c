/* SPDX-License-Identifier: Apache-2.0 */
/*
 * FreeRDP's waitable handles are descriptors. Once connected they sit in an epoll set of
 * their own, which our loop watches as one descriptor: the picture, the wire and the input
 * share one thread and no lock.
 */
#include "session/connect.h"

#include <errno.h>
#include <freerdp/channels/drdynvc.h>
#include <freerdp/client/channels.h>
#include <freerdp/client/cmdline.h>
#include <freerdp/event.h>
#include <freerdp/gdi/gdi.h>
#include <freerdp/transport_io.h>
#include <openssl/provider.h>
#include <string.h>
#include <sys/epoll.h>
#include <winpr/ssl.h>
#include <winpr/wlog.h>

#include "base/log.h"
#include "base/own.h"
#include "session/dial.h"
#include "session/evor.h"
#include "session/failure.h"
#include "session/graphics.h"
#include "session/guard.h"
#include "session/resize.h"
#include "session/screen.h"
#include "session/settings.h"
#include "session/start.h"
#include "session/trust.h"

enum { GUARD_GRACE_MS = 5000, WIRE_FD = 3 };

int connect_prepare(struct err *err)
{
	/* NTLM hashes with MD4 and RC4, which OpenSSL keeps in a library of their own. */
	if (!OSSL_PROVIDER_load(NULL, "legacy") || !OSSL_PROVIDER_load(NULL, "default"))
		return err_set(err, ENOENT, "OpenSSL's legacy provider is missing: NTLM needs it");
	if (!winpr_InitializeSSL(WINPR_SSL_INIT_DEFAULT))
		return err_set(err, EIO, "OpenSSL cannot be initialised");
	if (freerdp_register_addin_provider(evor_find_addin, 0) != CHANNEL_RC_OK)
		return err_set(err, EIO, "FreeRDP's channels cannot be registered");
	return 0;
}

static int verify(freerdp *instance, const BYTE *pem, size_t size, const char *host, UINT16 port,
		DWORD flags)
{
	struct session *session = session_of(instance->context);
	struct err err;

	(void)port;
	(void)flags;
	if (!trust_certificate(&session->start, host, pem, size, &err)) {
		log_error("%s", err.text);
		session->reason = REASON_SESSION_CERTIFICATE;
		return 0;
	}
	session_set_phase(session, WIRE_PHASE_SIGNING_IN);
	return 2; /* for this connection only */
}

/* Everything there is was given: FreeRDP asks only when that was not enough. */
static BOOL authenticate(freerdp *instance, char **user, char **password, char **domain,
		rdp_auth_reason reason)
{
	(void)user;
	(void)password;
	(void)domain;
	log_debug("credentials were asked for again (%d)", (int)reason);
	freerdp_set_last_error(instance->context, FREERDP_ERROR_CONNECT_NO_OR_MISSING_CREDENTIALS);
	return FALSE;
}

static int on_logon_info(freerdp *instance, UINT32 data, UINT32 type)
{
	struct session *session = session_of(instance->context);

	log_debug("logon notification %#x, %#x", type, data);
	session->logon_type = type;
	session->logon_data = data;
	return 1;
}

static void on_channel_up(void *context, const ChannelConnectedEventArgs *event)
{
	struct session *session = session_of(context);

	log_debug("channel %s is up", event->name);
	if (strcmp(event->name, RDPGFX_DVC_CHANNEL_NAME) == 0)
		screen_set_pipeline(session, event->pInterface);
	else if (strcmp(event->name, DISP_DVC_CHANNEL_NAME) == 0)
		resize_set_control(session, event->pInterface);
}

static void on_channel_down(void *context, const ChannelDisconnectedEventArgs *event)
{
	struct session *session = session_of(context);

	if (strcmp(event->name, RDPGFX_DVC_CHANNEL_NAME) == 0)
		screen_drop_pipeline(session, event->pInterface);
	else if (strcmp(event->name, DISP_DVC_CHANNEL_NAME) == 0)
		resize_set_control(session, NULL);
}

static BOOL pre_connect(freerdp *instance)
{
	wPubSub *events = instance->context->pubSub;

	return PubSub_SubscribeChannelConnected(events, on_channel_up) >= 0 &&
	       PubSub_SubscribeChannelDisconnected(events, on_channel_down) >= 0;
}

static BOOL post_connect(freerdp *instance)
{
	return screen_open(instance->context);
}

static void post_disconnect(freerdp *instance)
{
	wPubSub *events = instance->context->pubSub;

	PubSub_UnsubscribeChannelConnected(events, on_channel_up);
	PubSub_UnsubscribeChannelDisconnected(events, on_channel_down);
	gdi_free(instance);
}

/* Dynamic channels with graphics and display control; nothing that touches this device. */
static BOOL load_channels(freerdp *instance)
{
	rdpContext *context = instance->context;
	const char *const graphics[] = {RDPGFX_CHANNEL_NAME};
	const char *const control[] = {DISP_CHANNEL_NAME};
	const char *const evor[] = {EVOR_ADDIN};

	if (!freerdp_client_add_dynamic_channel(context->settings, 1, graphics) ||
			!freerdp_client_add_dynamic_channel(context->settings, 1, control))
		return FALSE;
	if (session_of(context)->start.has_rdpevor &&
			!freerdp_client_add_dynamic_channel(context->settings, 1, evor))
		return FALSE;
	PVIRTUALCHANNELENTRY entry = freerdp_load_channel_addin_entry(DRDYNVC_SVC_CHANNEL_NAME,
			NULL, NULL, FREERDP_ADDIN_CHANNEL_STATIC | FREERDP_ADDIN_CHANNEL_ENTRYEX);
	return entry && freerdp_channels_client_load_ex(context->channels, context->settings,
					(PVIRTUALCHANNELENTRYEX)(void (*)(void))entry,
					context->settings) == CHANNEL_RC_OK;
}

static rdpContext *make_context(struct session *session)
{
	freerdp *instance = freerdp_new();

	if (!instance)
		return NULL;
	instance->ContextSize = sizeof(struct session_context);
	instance->PreConnect = pre_connect;
	instance->PostConnect = post_connect;
	instance->PostDisconnect = post_disconnect;
	instance->LoadChannels = load_channels;
	instance->VerifyX509Certificate = verify;
	instance->AuthenticateEx = authenticate;
	instance->LogonErrorInfo = on_logon_info;
	if (!freerdp_context_new(instance)) {
		freerdp_free(instance);
		return NULL;
	}
	((struct session_context *)instance->context)->session = session;
	return instance->context;
}

/* In the guard's thread. */
static void give_up(void *data)
{
	freerdp_abort_connect_context(data);
}

static int use_our_sockets(rdpContext *context)
{
	rdpTransportIo io = *freerdp_get_io_callbacks(context);

	io.TCPConnect = dial;
	return freerdp_set_io_callbacks(context, &io) ? 0 : -EIO;
}

static int watch_handles(struct session *session);

static int connect_guarded(struct session *session, int limit_ms, struct err *err)
{
	struct guard *guard;
	int r = guard_start(WIRE_FD, limit_ms, GUARD_GRACE_MS, give_up, session->rdp, &guard, err);

	if (r < 0)
		return r;
	session->is_connected = freerdp_connect(session->rdp->instance);
	if (guard_stop(guard) && !session->is_connected && session->reason == REASON_NONE)
		session->reason = REASON_SESSION_TIMEOUT;
	if (!session->is_connected)
		return err_set(err, ECONNREFUSED, "no session: %s",
				freerdp_get_last_error_name(freerdp_get_last_error(session->rdp)));
	return watch_handles(session);
}

int connect_open(struct session *session, int limit_ms, struct err *err)
{
	session->rdp = make_context(session);
	if (!session->rdp)
		return err_set(err, ENOMEM, "FreeRDP cannot be started");
	int r = settings_fill(session->rdp->settings, &session->start, &session->told, err);
	start_wipe(&session->start);
	if (r == 0 && use_our_sockets(session->rdp) < 0)
		r = err_set(err, EIO, "FreeRDP does not take our sockets");
	return r < 0 ? r : connect_guarded(session, limit_ms, err);
}

/* What arrived is drawn in here; false: the connection is over. */
static void on_handles(void *data, uint32_t events)
{
	struct session *session = data;

	(void)events;
	session->is_full = graphics_is_full(session);
	if (session->is_full) {
		loop_watch_set(session->rdp_watch, 0);
		return;
	}
	bool goes_on = freerdp_check_event_handles(session->rdp) &&
	               !freerdp_shall_disconnect_context(session->rdp);
	if (goes_on && watch_handles(session) == 0)
		return;
	session->is_connected = false;
}

void connect_go_on(struct session *session)
{
	if (!session->is_full || graphics_is_full(session))
		return;
	session->is_full = false;
	if (session->rdp_watch)
		loop_watch_set(session->rdp_watch, EPOLLIN);
}

/* FreeRDP's descriptors of this moment; they rarely change. */
static unsigned list_fds(struct session *session, int fds[MAXIMUM_WAIT_OBJECTS])
{
	HANDLE handles[MAXIMUM_WAIT_OBJECTS] = {0};
	DWORD count = freerdp_get_event_handles(session->rdp, handles, MAXIMUM_WAIT_OBJECTS);
	unsigned used = 0;

	for (DWORD i = 0; i < count; i++) {
		int fd = GetEventFileDescriptor(handles[i]);
		bool is_new = fd >= 0;

		for (unsigned j = 0; is_new && j < used; j++)
			is_new = fds[j] != fd;
		if (is_new)
			fds[used++] = fd;
	}
	return used;
}

static int watch_handles(struct session *session)
{
	int fds[MAXIMUM_WAIT_OBJECTS];
	unsigned count = list_fds(session, fds);

	if (count == session->rdp_fd_count &&
			memcmp(fds, session->rdp_fds, count * sizeof(fds[0])) == 0)
		return count > 0 ? 0 : -EIO;
	loop_watch_remove(own_take(session->rdp_watch));
	if (session->rdp_epoll >= 0)
		close(session->rdp_epoll);
	session->rdp_epoll = epoll_create1(EPOLL_CLOEXEC);
	if (session->rdp_epoll < 0)
		return -errno;
	for (unsigned i = 0; i < count; i++) {
		struct epoll_event event = {.events = EPOLLIN};
		if (epoll_ctl(session->rdp_epoll, EPOLL_CTL_ADD, fds[i], &event) < 0)
			return -errno;
	}
	memcpy(session->rdp_fds, fds, count * sizeof(fds[0]));
	session->rdp_fd_count = count;
	session->rdp_watch = loop_watch_fd(session->loop, session->rdp_epoll, EPOLLIN, on_handles,
			session);
	return count > 0 ? 0 : -EIO;
}

enum reason connect_reason(struct session *session, uint32_t *detail)
{
	struct failure failure = {
			.last_error = freerdp_get_last_error(session->rdp),
			.error_info = freerdp_error_info(session->rdp->instance),
			.logon_type = session->logon_type,
			.logon_data = session->logon_data,
			.ultimatum = freerdp_get_disconnect_ultimatum(session->rdp),
			.was_connected = session->was_connected,
	};
	enum reason reason = failure_reason(&failure, detail);

	log_debug("FreeRDP's last error is %#x (%s), error info %#x", failure.last_error,
			freerdp_get_last_error_name(failure.last_error), failure.error_info);
	return session->reason != REASON_NONE ? session->reason : reason;
}

void connect_close(struct session *session)
{
	loop_watch_remove(own_take(session->rdp_watch));
	if (session->rdp_epoll >= 0)
		close(session->rdp_epoll);
	if (!session->rdp)
		return;
	freerdp *instance = session->rdp->instance;
	settings_wipe(session->rdp->settings);
	freerdp_disconnect(instance);
	freerdp_context_free(instance);
	freerdp_free(instance);
	session->rdp = NULL;
}
