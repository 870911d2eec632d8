/* SPDX-License-Identifier: Apache-2.0 */
#include <freerdp/channels/wtsvc.h>
#include <stdio.h>
#include <stdlib.h>
#include <winpr/wtsapi.h>

#include "video_server.h"

enum { MESSAGE_MAX = 16 << 20 };

HANDLE channel_open(HANDLE channels, const char *name)
{
	DWORD *session = NULL, size = 0;

	if (!WTSQuerySessionInformationA(channels, WTS_CURRENT_SESSION, WTSSessionId,
			    (LPSTR *)&session, &size))
		return NULL;
	DWORD number = *session;
	char copy[256];
	snprintf(copy, sizeof(copy), "%s", name);
	WTSFreeMemory(session);
	return WTSVirtualChannelOpenEx(number, copy, WTS_CHANNEL_OPTION_DYNAMIC);
}

bool channel_is_pending(HANDLE channel, bool *is_up)
{
	void *answer = NULL;
	DWORD size = 0;

	*is_up = false;
	if (!channel || !WTSVirtualChannelQuery(channel, WTSVirtualChannelReady, &answer, &size))
		return false;
	*is_up = *(const BOOL *)answer;
	WTSFreeMemory(answer);
	return !*is_up;
}

bool channel_send(HANDLE channel, const char *path)
{
	FILE *file = fopen(path, "rb");
	char *bytes = malloc(MESSAGE_MAX);
	bool is_ok = false;
	ULONG done;

	if (channel && file && bytes) {
		size_t size = fread(bytes, 1, MESSAGE_MAX, file);
		is_ok = WTSVirtualChannelWrite(channel, bytes, (ULONG)size, &done);
	}
	if (file)
		fclose(file);
	free(bytes);
	return is_ok;
}

void channel_print(HANDLE channel, unsigned slot)
{
	char bytes[256];
	ULONG size = 0;

	while (channel && WTSVirtualChannelRead(channel, 0, bytes, sizeof(bytes), &size) &&
			size > 0) {
		printf("{\"channel\": %u, \"bytes\": \"", slot);
		for (ULONG i = 0; i < size; i++)
			printf("%02x", (unsigned char)bytes[i]);
		puts("\"}");
		fflush(stdout);
	}
}
