/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <freerdp/codec/planar.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "video_server.h"

bool units_load(struct units *units, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat info;
	UINT32 length = 0;

	if (fd < 0 || fstat(fd, &info) < 0)
		return false;
	*units = (struct units){.size = (size_t)info.st_size};
	units->bytes = mmap(NULL, units->size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (units->bytes == MAP_FAILED)
		return false;
	units->starts = calloc(units->size / 4 + 1, sizeof(*units->starts));
	units->lengths = calloc(units->size / 4 + 1, sizeof(*units->lengths));
	for (size_t at = 0; at + 4 <= units->size; at += 4 + length) {
		memcpy(&length, units->bytes + at, 4);
		if (length > units->size - at - 4)
			return false;
		units->starts[units->count] = at + 4;
		units->lengths[units->count++] = length;
	}
	return units->count > 0;
}

static UINT16 codec_of(enum video_kind kind)
{
	switch (kind) {
	case KIND_420:
		return RDPGFX_CODECID_AVC420;
	case KIND_444:
	case KIND_LUMA_V1:
	case KIND_CHROMA_V1:
		return RDPGFX_CODECID_AVC444;
	default:
		return RDPGFX_CODECID_AVC444v2;
	}
}

/* [MS-RDPEGFX] 2.2.4.4 (AVC420), 2.2.4.5 and 2.2.4.6 (AVC444) */
UINT draw_video(RdpgfxServerContext *gfx, const struct picture *picture)
{
	RDPGFX_H264_QUANT_QUALITY qualities[VIDEO_REGIONS];
	RECTANGLE_16 regions[VIDEO_REGIONS];
	RDPGFX_AVC420_BITMAP_STREAM parts[2];
	RDPGFX_AVC444_BITMAP_STREAM both = {0};
	RDPGFX_SURFACE_COMMAND command = {.surfaceId = picture->surface,
			.codecId = codec_of(picture->kind),
			.format = PIXEL_FORMAT_BGRX32,
			.right = picture->width,
			.bottom = picture->height,
			.width = picture->width,
			.height = picture->height};

	memcpy(regions, picture->regions, sizeof(regions));
	for (unsigned i = 0; i < VIDEO_REGIONS; i++)
		qualities[i] = (RDPGFX_H264_QUANT_QUALITY){.qp = 22, .qualityVal = 100};
	for (unsigned i = 0; i < 2; i++)
		parts[i] = (RDPGFX_AVC420_BITMAP_STREAM){
				.meta = {picture->region_count, regions, qualities},
				.length = picture->length[i],
				.data = (BYTE *)picture->data[i]};
	both.bitstream[0] = parts[0];
	both.bitstream[1] = parts[1];
	if (picture->kind == KIND_LUMA || picture->kind == KIND_LUMA_V1)
		both.LC = 1;
	else if (picture->kind == KIND_CHROMA || picture->kind == KIND_CHROMA_V1)
		both.LC = 2;
	else /* regions are 8 bytes each, qualities 2 */
		both.cbAvc420EncodedBitstream1 =
				4 + picture->region_count * 10 + picture->length[0];
	command.extra = picture->kind == KIND_420 ? (void *)parts : (void *)&both;
	return gfx->SurfaceCommand(gfx, &command);
}

static BYTE *make_pattern(RECTANGLE_16 at, unsigned seed)
{
	unsigned width = at.right - at.left, height = at.bottom - at.top;
	BYTE *pixels = calloc((size_t)width * height, 4);

	for (unsigned y = 0; y < height; y++)
		for (unsigned x = 0; x < width; x++)
			memcpy(pixels + ((size_t)y * width + x) * 4,
					(BYTE[]){(BYTE)((x * 4) ^ seed), (BYTE)(y * 4),
							(BYTE)(x ^ y), 0xff},
					4);
	return pixels;
}

static UINT draw(RdpgfxServerContext *gfx, UINT16 surface, RECTANGLE_16 at, UINT16 codec,
		BYTE *data, UINT32 length)
{
	RDPGFX_SURFACE_COMMAND command = {.surfaceId = surface,
			.codecId = codec,
			.format = PIXEL_FORMAT_BGRX32,
			.left = at.left,
			.top = at.top,
			.right = at.right,
			.bottom = at.bottom,
			.width = (UINT32)(at.right - at.left),
			.height = (UINT32)(at.bottom - at.top),
			.length = length,
			.data = data};

	return gfx->SurfaceCommand(gfx, &command);
}

UINT draw_raw(RdpgfxServerContext *gfx, UINT16 surface, RECTANGLE_16 at, unsigned seed)
{
	BYTE *pixels = make_pattern(at, seed);
	UINT32 length = (UINT32)((at.right - at.left) * (at.bottom - at.top) * 4);
	UINT r = draw(gfx, surface, at, RDPGFX_CODECID_UNCOMPRESSED, pixels, length);

	free(pixels);
	return r;
}

UINT draw_planar(RdpgfxServerContext *gfx, UINT16 surface, RECTANGLE_16 at, unsigned seed)
{
	UINT32 width = (UINT32)(at.right - at.left), height = (UINT32)(at.bottom - at.top);
	UINT32 length = 0;
	UINT r = ERROR_INTERNAL_ERROR;
	BYTE *pixels = make_pattern(at, seed);
	BITMAP_PLANAR_CONTEXT *planar =
			freerdp_bitmap_planar_context_new(PLANAR_FORMAT_HEADER_NA |
									  PLANAR_FORMAT_HEADER_RLE,
					width, height);

	freerdp_planar_topdown_image(planar, TRUE);
	BYTE *packed = freerdp_bitmap_compress_planar(planar, pixels, PIXEL_FORMAT_BGRX32, width,
			height, width * 4, NULL, &length);

	if (packed)
		r = draw(gfx, surface, at, RDPGFX_CODECID_PLANAR, packed, length);
	free(packed);
	free(pixels);
	freerdp_bitmap_planar_context_free(planar);
	return r;
}

/* Only the residual layer [MS-RDPEGFX] 2.2.4.1.1.1: a colour and how often it comes. */
UINT draw_clear(RdpgfxServerContext *gfx, UINT16 surface, RECTANGLE_16 at, unsigned seed,
		BYTE sequence)
{
	UINT32 width = (UINT32)(at.right - at.left), height = (UINT32)(at.bottom - at.top);
	UINT32 length = 14, residual = height * 6;
	BYTE *packed = calloc(1, length + residual);
	UINT r;

	packed[1] = sequence;
	memcpy(packed + 2, &residual, 4);
	for (unsigned y = 0; y < height; y++) {
		memcpy(packed + length,
				(BYTE[]){(BYTE)(y * 8), (BYTE)seed, (BYTE)(255 - y * 4), 0xff}, 4);
		memcpy(packed + length + 4, &(UINT16){(UINT16)width}, 2);
		length += 6;
	}
	r = draw(gfx, surface, at, RDPGFX_CODECID_CLEARCODEC, packed, length);
	free(packed);
	return r;
}

bool draw_reset(RdpgfxServerContext *gfx, const long *n, unsigned count)
{
	MONITOR_DEF monitors[16] = {{.right = (INT32)n[0] - 1, .bottom = (INT32)n[1] - 1}};
	RDPGFX_RESET_GRAPHICS_PDU reset = {.width = (UINT32)n[0],
			.height = (UINT32)n[1],
			.monitorCount = count > 2 ? (count - 2) / 4 : 1,
			.monitorDefArray = monitors};

	for (unsigned i = 2; i + 4 <= count; i += 4)
		monitors[i / 4] = (MONITOR_DEF){.left = (INT32)n[i + 2],
				.top = (INT32)n[i + 3],
				.right = (INT32)(n[i + 2] + n[i] - 1),
				.bottom = (INT32)(n[i + 3] + n[i + 1] - 1)};
	monitors[0].flags = MONITOR_PRIMARY;
	return gfx->ResetGraphics(gfx, &reset) == CHANNEL_RC_OK;
}
