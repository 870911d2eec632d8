/* SPDX-License-Identifier: Apache-2.0 */
/* What a session knows of how it goes, for the kiosk's report. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "session/graphics.h"
#include "session/quality.h"
#include "session/video.h"

enum { US_PER_MS = 1000, ROUND_TRIP_MAX_MS = 60000 };

/* The kernel measures it of the connection anyway; RDP's own measurement is not asked for. */
static uint32_t round_trip_ms(int socket)
{
	struct tcp_info info = {0};
	socklen_t size = sizeof(info);
	uint32_t ms;

	if (socket < 0 || getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) < 0)
		return 0;
	ms = (info.tcpi_rtt + US_PER_MS - 1) / US_PER_MS;
	return ms < ROUND_TRIP_MAX_MS ? ms : ROUND_TRIP_MAX_MS;
}

void quality_answer(struct session *session)
{
	struct wire_session_quality quality = {0};
	struct video *video = session->graphics ? graphics_video(session) : NULL;

	if (session->is_ended || !session->is_connected)
		return;
	wire_init(&quality, WIRE_SESSION_QUALITY);
	quality.round_trip_ms = round_trip_ms(session->socket);
	if (video)
		video_quality(video, &quality);
	wire_send(session->channel, &quality, NULL, 0);
}
