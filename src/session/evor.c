/* SPDX-License-Identifier: Apache-2.0 */
#include "session/evor.h"

#include <freerdp/channels/geometry.h>
#include <freerdp/channels/video.h>
#include <freerdp/client/channels.h>
#include <freerdp/dvc.h>
#include <freerdp/gdi/gdi.h>
#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "base/own.h"
#include "session/evor_parse.h"
#include "session/graphics.h"
#include "session/video.h"

enum { GEOMETRIES_MAX = 32, KINDS = 3, NETWORK_ERROR = 1 };

struct channel {
	IWTSVirtualChannelCallback iface; /* first: FreeRDP's pointer to it is ours */
	struct evor *evor;
	IWTSVirtualChannel *channel; /* NULL: closed */
};

struct listener {
	IWTSListenerCallback iface; /* first */
	struct evor *evor;
	struct channel *channel;
};

struct evor {
	IWTSPlugin plugin; /* first */
	struct session *session;
	struct listener listeners[KINDS];
	struct channel control, data, geometry;
	bool is_playing;
	uint8_t id;       /* of the presentation */
	uint64_t mapping; /* its geometry's */
	int32_t width, height;
	struct evor_sample sample;
	bool has_told;                /* the server, that a part of the stream is missing */
	struct decode_stream *stream; /* NULL: none is playing */
	uint32_t number;              /* of the stream */
	struct video_frame *frame;
	uint64_t pictures;
	bool has_complained;
	unsigned geometry_count;
	struct evor_geometry geometries[GEOMETRIES_MAX];
};

/* -- what is seen -- */

static struct evor_geometry *find_geometry(struct evor *evor, uint64_t id)
{
	for (unsigned i = 0; i < evor->geometry_count; i++)
		if (evor->geometries[i].id == id)
			return &evor->geometries[i];
	return NULL;
}

static bool place(struct evor *evor, struct wire_video *ret)
{
	const rdpGdi *gdi = evor->session->rdp->gdi;

	if (!evor->frame || !gdi || evor->session->has_no_plane)
		return false;
	const struct evor_geometry *geometry = find_geometry(evor, evor->mapping);
	if (!geometry)
		return false;
	struct yuv_rect crop = video_frame_crop(evor->frame);
	struct wire_rect said = {crop.x1, crop.y1, crop.x1 + evor->width, crop.y1 + evor->height};
	struct wire_rect picture = {crop.x1, crop.y1, crop.x2, crop.y2};

	return evor_place(geometry, region_rect_cut(picture, said),
			(struct wire_rect){0, 0, gdi->width, gdi->height}, ret);
}

bool evor_is_shown(const struct session *session)
{
	struct wire_video where;

	return session->evor && place(session->evor, &where);
}

bool evor_present(const struct session *session, struct present *present)
{
	const struct evor *evor = session->evor;
	struct wire_video where;

	if (!evor || !place(session->evor, &where))
		return false;
	present_want(present, evor->frame, evor->number, &where);
	return true;
}

void evor_take(struct session *session)
{
	struct evor *evor = session->evor;
	struct decode_picture picture;

	while (evor && evor->stream && decode_take(evor->stream, &picture)) {
		video_frame_unref(evor->frame);
		evor->frame = picture.frame;
		evor->pictures++;
	}
}

static void show(const struct evor *evor)
{
	struct video *video = graphics_video(evor->session);

	if (video && evor->session->is_connected)
		video_change(video);
}

/* -- presentations -- */

static void stop(struct evor *evor)
{
	if (!evor->is_playing)
		return;
	log_info("video apart from the desktop: ended after %" PRIu64 " pictures", evor->pictures);
	evor->is_playing = false;
	decode_stream_close(own_take(evor->stream));
	video_frame_unref(own_take(evor->frame));
	evor_sample_finish(&evor->sample);
}

void evor_end(struct session *session)
{
	if (session->evor)
		stop(session->evor);
}

static void give_up(struct evor *evor, const char *why)
{
	log_warn("video apart from the desktop: %s", why);
	stop(evor);
	show(evor);
}

static void tell(const struct channel *to, const uint8_t *bytes, ULONG size)
{
	if (to->channel && to->channel->Write(to->channel, size, bytes, NULL) != CHANNEL_RC_OK)
		log_debug("the server's video channel takes nothing");
}

/* TSMM_PRESENTATION_RESPONSE, [MS-RDPEVOR] 2.2.1.2. */
static void answer(const struct evor *evor)
{
	const uint8_t bytes[12] = {sizeof(bytes), [4] = TSMM_PACKET_TYPE_PRESENTATION_RESPONSE,
			[8] = evor->id};

	tell(&evor->control, bytes, sizeof(bytes));
}

/* TSMM_CLIENT_NOTIFICATION, [MS-RDPEVOR] 2.2.1.3: asks for a key frame. */
static void tell_lost(const struct evor *evor)
{
	const uint8_t bytes[16] = {sizeof(bytes), [4] = TSMM_PACKET_TYPE_CLIENT_NOTIFICATION,
			[8] = evor->id, [9] = NETWORK_ERROR};

	tell(&evor->control, bytes, sizeof(bytes));
}

static void start(struct evor *evor, const struct evor_request *request)
{
	struct video *video = graphics_video(evor->session);

	if (evor->is_playing && evor->id == request->id)
		return;
	stop(evor);
	if (!request->is_h264 || !video) {
		log_warn("a video apart from the desktop is not shown: %s",
				video ? "it is no H.264" : "the graphics pipeline decodes nothing");
		return;
	}
	evor->stream = decode_stream_open(video->decode);
	if (!evor->stream) {
		log_warn("a video apart from the desktop is not shown: too many others are");
		return;
	}
	log_info("video apart from the desktop: %u x %u", request->width, request->height);
	evor->is_playing = true;
	evor->has_told = false;
	evor->pictures = 0;
	evor->id = request->id;
	evor->mapping = request->geometry;
	evor->width = (int32_t)request->width;
	evor->height = (int32_t)request->height;
	evor->number = video_number(video);
	evor_sample_init(&evor->sample);
	answer(evor);
}

static UINT on_control(IWTSVirtualChannelCallback *callback, wStream *stream)
{
	struct evor *evor = ((struct channel *)callback)->evor;
	struct evor_request request;
	struct err err;

	if (evor_parse_request(Stream_Pointer(stream), Stream_GetRemainingLength(stream), &request,
			    &err) < 0) {
		give_up(evor, err.text);
		return CHANNEL_RC_OK;
	}
	if (request.is_start)
		start(evor, &request);
	else if (request.id == evor->id)
		stop(evor);
	show(evor);
	return CHANNEL_RC_OK;
}

static void push(struct evor *evor)
{
	const struct decode_packet packet = {.bytes = evor->sample.bytes.data,
			.size = evor->sample.bytes.size,
			.covers = true};
	uint64_t number;

	if (decode_push(evor->stream, &packet, &number) < 0)
		evor->sample.has_lost = true;
}

static UINT on_data(IWTSVirtualChannelCallback *callback, wStream *stream)
{
	struct evor *evor = ((struct channel *)callback)->evor;
	struct evor_data data;
	struct err err;

	int r = evor_parse_data(Stream_Pointer(stream), Stream_GetRemainingLength(stream), &data,
			&err);
	if (r < 0)
		give_up(evor, err.text);
	if (r < 0 || !evor->is_playing || data.id != evor->id)
		return CHANNEL_RC_OK;
	r = evor_sample_add(&evor->sample, &data);
	if (r < 0) {
		give_up(evor, "a picture's bytes are too many");
		return CHANNEL_RC_OK;
	}
	if (r > 0)
		push(evor);
	if (evor->sample.has_lost && !evor->has_told)
		tell_lost(evor);
	evor->has_told = evor->sample.has_lost;
	return CHANNEL_RC_OK;
}

/* -- geometry -- */

static void change(struct evor *evor, const struct evor_geometry *geometry)
{
	struct evor_geometry *found = find_geometry(evor, geometry->id);

	if (geometry->is_clear) {
		if (found)
			*found = evor->geometries[--evor->geometry_count];
		return;
	}
	if (!found && evor->geometry_count < GEOMETRIES_MAX)
		found = &evor->geometries[evor->geometry_count++];
	if (found)
		*found = *geometry;
	else if (!evor->has_complained)
		log_warn("more than %d geometries: the others are left out", GEOMETRIES_MAX);
	evor->has_complained |= !found;
}

static UINT on_geometry(IWTSVirtualChannelCallback *callback, wStream *stream)
{
	struct evor *evor = ((struct channel *)callback)->evor;
	struct evor_geometry geometry;
	struct err err;

	if (evor_parse_geometry(Stream_Pointer(stream), Stream_GetRemainingLength(stream),
			    &geometry, &err) < 0) {
		give_up(evor, err.text);
		return CHANNEL_RC_OK;
	}
	change(evor, &geometry);
	if (geometry.id == evor->mapping)
		show(evor);
	return CHANNEL_RC_OK;
}

/* -- the plugin -- */

static UINT on_close(IWTSVirtualChannelCallback *callback)
{
	struct channel *channel = (struct channel *)callback;
	struct evor *evor = channel->evor;

	channel->channel = NULL;
	if (channel == &evor->geometry)
		evor->geometry_count = 0;
	else
		stop(evor);
	show(evor);
	return CHANNEL_RC_OK;
}

static UINT on_connection(IWTSListenerCallback *callback, IWTSVirtualChannel *channel, BYTE *data,
		BOOL *is_accepted, IWTSVirtualChannelCallback **ret)
{
	const struct listener *listener = (struct listener *)callback;

	(void)data;
	*is_accepted = listener->channel->channel == NULL;
	if (!*is_accepted)
		return CHANNEL_RC_OK;
	listener->channel->channel = channel;
	*ret = &listener->channel->iface;
	return CHANNEL_RC_OK;
}

static UINT initialise(IWTSPlugin *plugin, IWTSVirtualChannelManager *manager)
{
	struct evor *evor = (struct evor *)plugin;
	struct {
		const char *name;
		struct channel *channel;
		UINT (*on_data)(IWTSVirtualChannelCallback *callback, wStream *stream);
	} kinds[KINDS] = {
			{VIDEO_CONTROL_DVC_CHANNEL_NAME, &evor->control, on_control},
			{VIDEO_DATA_DVC_CHANNEL_NAME, &evor->data, on_data},
			{GEOMETRY_DVC_CHANNEL_NAME, &evor->geometry, on_geometry},
	};
	UINT result = CHANNEL_RC_OK;

	for (unsigned i = 0; i < KINDS && result == CHANNEL_RC_OK; i++) {
		IWTSListener *ignored;

		*kinds[i].channel = (struct channel){
				.iface = {.OnDataReceived = kinds[i].on_data, .OnClose = on_close},
				.evor = evor};
		evor->listeners[i] =
				(struct listener){.iface.OnNewChannelConnection = on_connection,
						.evor = evor,
						.channel = kinds[i].channel};
		result = manager->CreateListener(manager, kinds[i].name, 0,
				&evor->listeners[i].iface, &ignored);
	}
	return result;
}

static UINT terminate(IWTSPlugin *plugin)
{
	struct evor *evor = (struct evor *)plugin;

	stop(evor);
	evor->session->evor = NULL;
	free(evor);
	return CHANNEL_RC_OK;
}

static UINT VCAPITYPE enter(IDRDYNVC_ENTRY_POINTS *points)
{
	struct session *session = session_of(points->GetRdpContext(points));

	if (session->evor)
		return CHANNEL_RC_ALREADY_INITIALIZED;
	struct evor *evor = own_alloc(sizeof(*evor));
	evor->plugin.Initialize = initialise;
	evor->plugin.Terminated = terminate;
	evor->session = session;
	session->evor = evor;
	return points->RegisterPlugin(points, EVOR_ADDIN, &evor->plugin);
}

PVIRTUALCHANNELENTRY evor_find_addin(const char *name, const char *subsystem, const char *type,
		DWORD flags)
{
	if (name && strcmp(name, EVOR_ADDIN) == 0)
		return (PVIRTUALCHANNELENTRY)(void (*)(void))enter;
	return freerdp_channels_load_static_addin_entry(name, subsystem, type, flags);
}
