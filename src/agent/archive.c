// SPDX-License-Identifier: Apache-2.0
#include "agent/archive.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

enum { BLOCK = 512, GZIP_WINDOW = 15 + 16, PIECE = 64 * 1024 };

/* POSIX.1-1988 10.1.1: numbers are octal texts. */
struct header {
	char name[100], mode[8], uid[8], gid[8], size[12], time[12], sum[8], type, link[100];
	char magic[6], version[2], user[32], group[32], major[8], minor[8], prefix[155], zero[12];
};

_Static_assert(sizeof(struct header) == BLOCK, "a block");

static void fill(struct header *header, const char *name, size_t size, int64_t time_s)
{
	unsigned sum = 0;

	*header = (struct header){.type = '0',
			.mode = "0000644",
			.uid = "0000000",
			.gid = "0000000",
			.magic = "ustar",
			.version = {'0', '0'}};
	snprintf(header->name, sizeof(header->name), "%s", name);
	snprintf(header->size, sizeof(header->size), "%011o", (unsigned)size);
	snprintf(header->time, sizeof(header->time), "%011llo",
			(unsigned long long)time_s & 077777777777ULL);
	memset(header->sum, ' ', sizeof(header->sum));
	for (size_t i = 0; i < sizeof(*header); i++)
		sum += ((const uint8_t *)header)[i];
	snprintf(header->sum, sizeof(header->sum), "%06o", sum);
}

int archive_add(struct array *tar, const char *name, const void *data, size_t size, int64_t time_s)
{
	static const uint8_t zeros[BLOCK];
	struct header header;

	fill(&header, name, size, time_s);
	int r = array_append(tar, &header, sizeof(header));
	if (r == 0)
		r = array_append(tar, data, size);
	if (r == 0 && size % BLOCK)
		r = array_append(tar, zeros, BLOCK - size % BLOCK);
	return r;
}

int archive_end(struct array *tar, struct array *ret)
{
	static const uint8_t zeros[2 * BLOCK];
	uint8_t piece[PIECE];
	z_stream stream = {0};
	int r = array_append(tar, zeros, sizeof(zeros)), more = Z_OK;

	if (r < 0)
		return r;
	if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) !=
			Z_OK)
		return -ENOMEM;
	stream.next_in = tar->data;
	stream.avail_in = (uInt)tar->size;
	while (r == 0 && more == Z_OK) {
		stream.next_out = piece;
		stream.avail_out = sizeof(piece);
		more = deflate(&stream, Z_FINISH);
		r = array_append(ret, piece, sizeof(piece) - stream.avail_out);
	}
	deflateEnd(&stream);
	return r < 0 ? r : more == Z_STREAM_END ? 0 : -EIO;
}
