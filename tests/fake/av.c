/* SPDX-License-Identifier: Apache-2.0 */
#include "fake/av.h"

#include <fcntl.h>
#include <libavcodec/avcodec.h>
#include <libavutil/hwcontext.h>
#include <libavutil/hwcontext_drm.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

struct fake_av fake_av;
static bool has_packet;
static int64_t packet_time;
static AVBufferRef *frames;

int av_hwdevice_ctx_create(AVBufferRef **ret, enum AVHWDeviceType type, const char *device,
		AVDictionary *options, int flags)
{
	(void)type, (void)device, (void)options, (void)flags;
	if (!fake_av.has_device)
		return AVERROR(ENODEV);
	*ret = av_buffer_allocz(16);
	return 0;
}

int access(const char *path, int mode)
{
	(void)path, (void)mode;
	return fake_av.has_device ? 0 : -1;
}

int avcodec_open2(AVCodecContext *context, const AVCodec *codec, AVDictionary **options)
{
	(void)context, (void)codec, (void)options;
	return fake_av.open_result;
}

void avcodec_flush_buffers(AVCodecContext *context)
{
	(void)context;
	fake_av.flushes++;
}

int avcodec_send_packet(AVCodecContext *context, const AVPacket *packet)
{
	static const enum AVPixelFormat all[] = {
			AV_PIX_FMT_VAAPI, AV_PIX_FMT_YUV420P, AV_PIX_FMT_NONE};
	static const enum AVPixelFormat none[] = {AV_PIX_FMT_YUV420P, AV_PIX_FMT_NONE};

	if (!packet || packet->size < 40) /* parameter sets */
		return AVERROR_INVALIDDATA;
	if (context->get_format(context, fake_av.has_no_decoder ? none : all) == AV_PIX_FMT_NONE)
		return AVERROR_INVALIDDATA;
	fake_av.pictures++;
	if (fake_av.pictures == fake_av.hang_at)
		poll(NULL, 0, fake_av.hang_ms);
	if (fake_av.pictures == fake_av.fail_at)
		return fake_av.fail_result;
	has_packet = true;
	packet_time = packet->pts;
	return 0;
}

static void free_frames(void *opaque, uint8_t *data)
{
	(void)opaque;
	av_free(data);
}

int avcodec_receive_frame(AVCodecContext *context, AVFrame *frame)
{
	(void)context;
	if (!has_packet)
		return AVERROR(EAGAIN);
	has_packet = false;
	if (!frames) {
		AVHWFramesContext *new = av_mallocz(sizeof(*new));
		frames = av_buffer_create((uint8_t *)new, sizeof(*new), free_frames, NULL, 0);
	}
	AVHWFramesContext *described = (AVHWFramesContext *)(void *)frames->data;
	described->width = 48;
	described->height = 32;
	described->sw_format = fake_av.format;
	frame->format = AV_PIX_FMT_VAAPI;
	frame->width = 48;
	frame->height = 32;
	frame->pts = packet_time;
	frame->hw_frames_ctx = av_buffer_ref(frames);
	frame->buf[0] = av_buffer_alloc(1);
	frame->data[3] =
			(uint8_t *)(uintptr_t)(100 + (unsigned)fake_av.pictures % fake_av.surfaces);
	return 0;
}

static void free_export(void *opaque, uint8_t *data)
{
	AVDRMFrameDescriptor *drm = (void *)data;

	(void)opaque;
	for (int i = 0; i < drm->nb_objects; i++)
		close(drm->objects[i].fd);
	av_free(drm);
}

int av_hwframe_map(AVFrame *to, const AVFrame *from, int flags)
{
	(void)from, (void)flags;
	if (fake_av.export_result < 0)
		return fake_av.export_result;
	fake_av.exports++;
	AVDRMFrameDescriptor *drm = av_mallocz(sizeof(*drm));
	drm->nb_objects = fake_av.is_split ? 2 : 1;
	drm->nb_layers = drm->nb_objects;
	for (int i = 0; i < drm->nb_objects; i++) {
		drm->objects[i].fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
		drm->objects[i].format_modifier = fake_av.modifier;
		drm->layers[i].nb_planes = fake_av.is_split ? 1 : fake_av.is_odd ? 3 : 2;
		for (int j = 0; j < drm->layers[i].nb_planes; j++)
			drm->layers[i].planes[j] = (AVDRMPlaneDescriptor){i, j * 4096, 64};
	}
	to->data[0] = (uint8_t *)drm;
	to->buf[0] = av_buffer_create((uint8_t *)drm, sizeof(*drm), free_export, NULL, 0);
	return 0;
}
