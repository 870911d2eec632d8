/* SPDX-License-Identifier: Apache-2.0 */
/*
 * video_server PORT CERTIFICATE KEY [VERSION]: an RDP server that streams H.264 which was encoded before, and draws
 * what it is told to, a command a line on standard input; tests/flow/video.py has a class around it. VERSION is
 * the highest RDPGFX capability version that it confirms, hexadecimal (a0701).
 *
 * Commands are taken while a client is there. Each is answered with {"done": N, "ok": true}; what takes time
 * (join, settle, wait) when it is over. Pictures outside begin ... end are a frame each.
 *   load SLOT FILE               access units (struct units)
 *   reset WIDTH HEIGHT [WIDTH HEIGHT X Y ...]    ResetGraphics with these monitors
 *   surface ID WIDTH HEIGHT | surfaces FIRST COUNT WIDTH HEIGHT (mapped as well) | delete ID
 *   map ID X Y [WIDTH HEIGHT]    with a size: scaled
 *   play SLOT KIND ID COUNT FPS [X1 Y1 X2 Y2 ...]  COUNT pictures (0: for ever, again and again) of that kind,
 *                                changing these regions (none: all); FPS 0: as fast as acknowledgements allow
 *   seek SLOT UNIT | stop SLOT | join SLOT
 *   flight COUNT                 frames sent and not acknowledged, at most; 0: do not care
 *   settle MS | wait MS          until everything is acknowledged (ok: it was in time); just wait
 *   begin | end | unended 0|1    the latter: never send EndFrame from now on
 *   fill ID X1 Y1 X2 Y2 RRGGBB | raw, planar, clear ID X Y WIDTH HEIGHT SEED
 *   copy FROM TO X1 Y1 X2 Y2 X Y | cache SLOT ID X1 Y1 X2 Y2 | paste SLOT ID X Y | evict SLOT
 *   heal SLOT UNIT               a client that asks for a fresh picture gets one, from this unit on
 *   keys ID X Y SIZE             where a key press changes a square (at first: surface 1, 0 0 64)
 *   channel SLOT NAME | message SLOT FILE    opens a dynamic channel (done: it is up); sends a file's bytes on it
 *   close                        ends the session
 * Lines of its own: {"client": ...}, {"frame": ...}, {"ack": ...}, {"key": ...}, {"refresh": ...}, {"gone": ...},
 * {"channel": SLOT, "bytes": HEX} (what came on one); times in us of CLOCK_MONOTONIC.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <winpr/synch.h>

#include "video_server.h"

enum { LINE = 4096, NUMBERS = 68, HISTORY = 4096 };

struct player {
	bool is_on;
	struct picture picture;
	unsigned left; /* 0: for ever */
	bool is_endless;
	int64_t due_us, period_us;
};

enum waiting { NOTHING, JOIN, SETTLE, WAIT, READY };

struct server {
	struct rdp_peer peer; /* first */
	bool is_ready, is_in_frame, is_unended;
	UINT32 frame, acknowledged; /* counts */
	unsigned flight;
	struct player players[VIDEO_SLOTS];
	unsigned positions[VIDEO_SLOTS]; /* next access unit */
	UINT16 widths[65536], heights[65536];
	enum waiting waiting;
	unsigned joined;
	int64_t until_us;
	UINT16 key_surface;
	RECTANGLE_16 key_place;
	unsigned keys;
	bool is_healing;
	unsigned heal_slot, heal_unit;
	BYTE clears;
	HANDLE channels[VIDEO_SLOTS];
	unsigned opened; /* the last one */
};

/* Outlives clients. */
struct input {
	HANDLE handle;
	char text[LINE];
	size_t length;
	unsigned done;
	bool is_over;
	UINT32 version;
	struct units units[VIDEO_SLOTS];
};

static struct input input;

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static void answer(bool is_ok)
{
	printf("{\"done\": %u, \"ok\": %s, \"us\": %lld}\n", input.done++, is_ok ? "true" : "false",
			(long long)now_us());
	fflush(stdout);
}

static UINT begin(struct server *server)
{
	RDPGFX_START_FRAME_PDU start = {.frameId = ++server->frame};

	return server->peer.gfx->StartFrame(server->peer.gfx, &start);
}

static UINT end(struct server *server)
{
	RDPGFX_END_FRAME_PDU done = {.frameId = server->frame};

	if (server->is_unended)
		return CHANNEL_RC_OK;
	return server->peer.gfx->EndFrame(server->peer.gfx, &done);
}

static void send_picture(struct server *server, unsigned slot)
{
	const struct units *units = &input.units[slot];
	struct player *player = &server->players[slot];
	struct picture *picture = &player->picture;
	unsigned count = picture->kind == KIND_444 || picture->kind == KIND_444V2 ? 2 : 1;
	unsigned first = server->positions[slot];

	for (unsigned i = 0; i < count; i++) {
		unsigned unit = server->positions[slot]++ % units->count;
		picture->data[i] = units->bytes + units->starts[unit];
		picture->length[i] = units->lengths[unit];
	}
	if (!server->is_in_frame)
		begin(server);
	if (draw_video(server->peer.gfx, picture) != CHANNEL_RC_OK)
		fprintf(stderr, "a picture cannot be sent\n");
	if (!server->is_in_frame)
		end(server);
	printf("{\"frame\": %u, \"slot\": %u, \"unit\": %u, \"bytes\": %u, \"us\": %lld}\n",
			server->frame, slot, first,
			picture->length[0] + (count > 1 ? picture->length[1] : 0),
			(long long)now_us());
	fflush(stdout);
	if (!player->is_endless && --player->left == 0)
		player->is_on = false;
}

static bool may_send(const struct server *server)
{
	return !server->flight || server->frame - server->acknowledged < server->flight;
}

static void play(struct server *server)
{
	for (unsigned slot = 0; slot < VIDEO_SLOTS; slot++) {
		struct player *player = &server->players[slot];
		int64_t now = now_us();

		if (!player->is_on || now < player->due_us || !may_send(server))
			continue;
		send_picture(server, slot);
		/* A client that is late does not get a burst afterwards. */
		player->due_us = now - player->due_us > 4 * player->period_us
		                                 ? now + player->period_us
		                                 : player->due_us + player->period_us;
	}
}

static bool command_play(struct server *server, unsigned slot, const char *kind, const long *n,
		unsigned count)
{
	static const char names[KINDS][12] = {
			"avc420", "avc444", "avc444v2", "luma", "chroma", "luma1", "chroma1"};
	struct player *player = &server->players[slot % VIDEO_SLOTS];
	struct picture *picture = &player->picture;

	if (slot >= VIDEO_SLOTS || !input.units[slot].count || count < 3 || (count - 3) % 4)
		return false;
	*player = (struct player){.is_on = true,
			.left = (unsigned)n[1],
			.is_endless = n[1] == 0,
			.due_us = now_us(),
			.period_us = n[2] ? 1000000 / n[2] : 0};
	picture->surface = (UINT16)n[0];
	picture->width = server->widths[picture->surface];
	picture->height = server->heights[picture->surface];
	while (picture->kind < KINDS && strcmp(names[picture->kind], kind) != 0)
		picture->kind++;
	for (unsigned i = 3; i < count && picture->region_count < VIDEO_REGIONS; i += 4)
		picture->regions[picture->region_count++] = (RECTANGLE_16){
				(UINT16)n[i], (UINT16)n[i + 1], (UINT16)n[i + 2], (UINT16)n[i + 3]};
	if (!picture->region_count)
		picture->regions[picture->region_count++] =
				(RECTANGLE_16){0, 0, picture->width, picture->height};
	return picture->kind < KINDS;
}

static bool command_surfaces(struct server *server, const long *n)
{
	RdpgfxServerContext *gfx = server->peer.gfx;

	for (long id = n[0]; id < n[0] + n[1]; id++) {
		RDPGFX_CREATE_SURFACE_PDU create = {.surfaceId = (UINT16)id,
				.width = (UINT16)n[2],
				.height = (UINT16)n[3],
				.pixelFormat = GFX_PIXEL_FORMAT_XRGB_8888};
		RDPGFX_MAP_SURFACE_TO_OUTPUT_PDU map = {.surfaceId = (UINT16)id};

		server->widths[create.surfaceId] = create.width;
		server->heights[create.surfaceId] = create.height;
		if (gfx->CreateSurface(gfx, &create) != CHANNEL_RC_OK ||
				(n[1] > 1 && gfx->MapSurfaceToOutput(gfx, &map) != CHANNEL_RC_OK))
			return false;
	}
	return true;
}

static bool command_map(struct server *server, const long *n, unsigned count)
{
	RdpgfxServerContext *gfx = server->peer.gfx;
	RDPGFX_MAP_SURFACE_TO_OUTPUT_PDU plain = {.surfaceId = (UINT16)n[0],
			.outputOriginX = (UINT32)n[1],
			.outputOriginY = (UINT32)n[2]};
	RDPGFX_MAP_SURFACE_TO_SCALED_OUTPUT_PDU scaled = {.surfaceId = (UINT16)n[0],
			.outputOriginX = (UINT32)n[1],
			.outputOriginY = (UINT32)n[2],
			.targetWidth = (UINT32)n[3],
			.targetHeight = (UINT32)n[4]};

	return (count >= 5 ? gfx->MapSurfaceToScaledOutput(gfx, &scaled)
			   : gfx->MapSurfaceToOutput(gfx, &plain)) == CHANNEL_RC_OK;
}

static UINT fill(struct server *server, UINT16 surface, RECTANGLE_16 where, BYTE r, BYTE g, BYTE b)
{
	RDPGFX_SOLID_FILL_PDU pdu = {.surfaceId = surface,
			.fillPixel = {b, g, r, 0xff},
			.fillRectCount = 1,
			.fillRects = &where};

	return server->peer.gfx->SolidFill(server->peer.gfx, &pdu);
}

static RECTANGLE_16 rectangle(const long *n)
{
	return (RECTANGLE_16){(UINT16)n[0], (UINT16)n[1], (UINT16)n[2], (UINT16)n[3]};
}

static UINT command_copy(RdpgfxServerContext *gfx, const char *name, const long *n)
{
	RDPGFX_POINT16 point = {(UINT16)n[6], (UINT16)n[7]}, place = {(UINT16)n[2], (UINT16)n[3]};
	RDPGFX_SURFACE_TO_SURFACE_PDU copy = {.surfaceIdSrc = (UINT16)n[0],
			.surfaceIdDest = (UINT16)n[1],
			.rectSrc = rectangle(n + 2),
			.destPtsCount = 1,
			.destPts = &point};
	RDPGFX_SURFACE_TO_CACHE_PDU cache = {.surfaceId = (UINT16)n[1],
			.cacheKey = (UINT64)n[0] + 1000,
			.cacheSlot = (UINT16)n[0],
			.rectSrc = rectangle(n + 2)};
	RDPGFX_CACHE_TO_SURFACE_PDU paste = {.cacheSlot = (UINT16)n[0],
			.surfaceId = (UINT16)n[1],
			.destPtsCount = 1,
			.destPts = &place};
	RDPGFX_EVICT_CACHE_ENTRY_PDU evict = {.cacheSlot = (UINT16)n[0]};

	if (strcmp(name, "copy") == 0)
		return gfx->SurfaceToSurface(gfx, &copy);
	if (strcmp(name, "cache") == 0)
		return gfx->SurfaceToCache(gfx, &cache);
	if (strcmp(name, "paste") == 0)
		return gfx->CacheToSurface(gfx, &paste);
	return strcmp(name, "evict") == 0 ? gfx->EvictCacheEntry(gfx, &evict)
	                                  : ERROR_INVALID_PARAMETER;
}

/* What draws: within a frame. */
static bool command_draw(struct server *server, const char *name, const long *n)
{
	RdpgfxServerContext *gfx = server->peer.gfx;
	UINT16 id = (UINT16)n[0];
	RECTANGLE_16 at = {
			(UINT16)n[1], (UINT16)n[2], (UINT16)(n[1] + n[3]), (UINT16)(n[2] + n[4])};
	UINT r;

	if (!server->is_in_frame)
		begin(server);
	if (strcmp(name, "fill") == 0)
		r = fill(server, id, rectangle(n + 1), (BYTE)(n[5] >> 16), (BYTE)(n[5] >> 8),
				(BYTE)n[5]);
	else if (strcmp(name, "raw") == 0)
		r = draw_raw(gfx, id, at, (unsigned)n[5]);
	else if (strcmp(name, "planar") == 0)
		r = draw_planar(gfx, id, at, (unsigned)n[5]);
	else if (strcmp(name, "clear") == 0)
		r = draw_clear(gfx, id, at, (unsigned)n[5], server->clears++);
	else
		r = command_copy(gfx, name, n);
	if (!server->is_in_frame)
		end(server);
	return r == CHANNEL_RC_OK;
}

static bool command_wait(struct server *server, enum waiting what, const long *n)
{
	server->waiting = what;
	server->joined = (unsigned)n[0] % VIDEO_SLOTS;
	server->until_us = now_us() + n[0] * 1000;
	return true;
}

static bool command_channel(struct server *server, unsigned slot, const char *name)
{
	server->channels[slot] = channel_open(server->peer.channels, name);
	server->opened = slot;
	server->waiting = READY;
	server->until_us = now_us() + 10000000;
	return true;
}

static bool command_other(struct server *server, const char *name, const long *n, unsigned count)
{
	RDPGFX_DELETE_SURFACE_PDU gone = {.surfaceId = (UINT16)n[0]};

	if (strcmp(name, "reset") == 0)
		return draw_reset(server->peer.gfx, n, count);
	if (strcmp(name, "surface") == 0)
		return command_surfaces(server, (long[]){n[0], 1, n[1], n[2]});
	if (strcmp(name, "surfaces") == 0)
		return command_surfaces(server, n);
	if (strcmp(name, "delete") == 0)
		return server->peer.gfx->DeleteSurface(server->peer.gfx, &gone) == CHANNEL_RC_OK;
	if (strcmp(name, "map") == 0)
		return command_map(server, n, count);
	if (strcmp(name, "seek") == 0)
		server->positions[n[0] % VIDEO_SLOTS] = (unsigned)n[1];
	else if (strcmp(name, "stop") == 0)
		server->players[n[0] % VIDEO_SLOTS].is_on = false;
	else if (strcmp(name, "heal") == 0) {
		server->is_healing = true;
		server->heal_slot = (unsigned)n[0] % VIDEO_SLOTS;
		server->heal_unit = (unsigned)n[1];
	} else if (strcmp(name, "flight") == 0)
		server->flight = (unsigned)n[0];
	else if (strcmp(name, "unended") == 0)
		server->is_unended = n[0];
	else if (strcmp(name, "begin") == 0)
		return server->is_in_frame = true, begin(server) == CHANNEL_RC_OK;
	else if (strcmp(name, "end") == 0)
		return server->is_in_frame = false, end(server) == CHANNEL_RC_OK;
	else if (strcmp(name, "close") == 0)
		server->peer.end = ERRINFO_LOGOFF_BY_USER;
	else if (strcmp(name, "keys") == 0) {
		server->key_surface = (UINT16)n[0];
		server->key_place = rectangle((long[]){n[1], n[2], n[1] + n[3], n[2] + n[3]});
	} else
		return command_draw(server, name, n);
	return true;
}

/* True: it is over, and `ret` is how it went. */
static bool run(struct server *server, char *line, bool *ret)
{
	long n[NUMBERS] = {0};
	unsigned count = 0, slot = 0;
	char *rest = NULL, *name = strtok_r(line, " ", &rest), *word = NULL;

	if (!name)
		name = line;
	bool is_channel = strcmp(name, "channel") == 0, is_message = strcmp(name, "message") == 0;
	if (strcmp(name, "load") == 0 || strcmp(name, "play") == 0 || is_channel || is_message) {
		char *first = strtok_r(NULL, " ", &rest);

		slot = first ? (unsigned)atoi(first) : VIDEO_SLOTS;
		word = strtok_r(NULL, " ", &rest);
		if (!word)
			return true;
	}
	if (strcmp(name, "load") == 0) {
		*ret = slot < VIDEO_SLOTS && units_load(&input.units[slot], word);
		return true;
	}
	if (is_channel && slot < VIDEO_SLOTS)
		return !command_channel(server, slot, word);
	if (is_message) {
		*ret = slot < VIDEO_SLOTS && channel_send(server->channels[slot], word);
		return true;
	}
	for (char *one; count < NUMBERS && (one = strtok_r(NULL, " ", &rest)); count++)
		n[count] = strtol(one, NULL, strcmp(name, "fill") == 0 && count == 5 ? 16 : 10);
	if (strcmp(name, "join") == 0 || strcmp(name, "settle") == 0 || strcmp(name, "wait") == 0) {
		enum waiting what = name[0] == 'j' ? JOIN : name[0] == 's' ? SETTLE : WAIT;
		return !command_wait(server, what, n);
	}
	*ret = strcmp(name, "play") == 0 ? command_play(server, slot, word, n, count)
	                                 : command_other(server, name, n, count);
	return true;
}

static void take_line(struct server *server)
{
	char *stop = memchr(input.text, '\n', input.length);
	bool is_ok = false;

	if (!stop || server->waiting)
		return;
	*stop = '\0';
	char line[LINE];
	memcpy(line, input.text, (size_t)(stop - input.text) + 1);
	input.length -= (size_t)(stop - input.text) + 1;
	memmove(input.text, stop + 1, input.length);
	if (run(server, line, &is_ok))
		answer(is_ok);
}

static void read_input(void)
{
	size_t room = sizeof(input.text) - 1 - input.length;
	ssize_t size = room < sizeof(input.text)
	                               ? read(STDIN_FILENO, input.text + input.length, room)
	                               : 0;

	if (size > 0)
		input.length += (size_t)size;
	if (size == 0 && room)
		input.is_over = true;
}

static void look_at_waiting(struct server *server)
{
	int64_t now = now_us();
	bool is_settled = server->acknowledged == server->frame;
	bool is_up, is_pending = channel_is_pending(server->channels[server->opened], &is_up);

	if (!server->waiting ||
			(server->waiting == JOIN && server->players[server->joined].is_on) ||
			(server->waiting == SETTLE && !is_settled && now < server->until_us) ||
			(server->waiting == READY && is_pending && now < server->until_us) ||
			(server->waiting == WAIT && now < server->until_us))
		return;
	bool is_ok = (server->waiting != SETTLE || is_settled) &&
	             (server->waiting != READY || is_up);
	server->waiting = NOTHING;
	answer(is_ok);
}

static bool step(struct rdp_peer *peer)
{
	struct server *server = (struct server *)peer;

	if (!server->is_ready)
		return true;
	play(server);
	look_at_waiting(server);
	for (unsigned slot = 0; slot < VIDEO_SLOTS; slot++)
		channel_print(server->channels[slot], slot);
	read_input();
	take_line(server);
	return true;
}

static HANDLE wait_for(struct rdp_peer *peer)
{
	struct server *server = (struct server *)peer;

	return server->is_ready && !server->waiting && !input.is_over ? input.handle : NULL;
}

static DWORD wait_ms(struct rdp_peer *peer)
{
	struct server *server = (struct server *)peer;
	int64_t next = now_us() + 1000000, now = now_us();

	if (server->waiting == READY && next > now + 20000)
		next = now + 20000;
	if (server->waiting && server->waiting != JOIN && server->until_us < next)
		next = server->until_us;
	for (unsigned i = 0; i < VIDEO_SLOTS && may_send(server); i++)
		if (server->players[i].is_on && server->players[i].due_us < next)
			next = server->players[i].due_us;
	if (!server->waiting && memchr(input.text, '\n', input.length))
		next = now;
	return next <= now ? 0 : (DWORD)((next - now + 999) / 1000);
}

static UINT on_capabilities(RdpgfxServerContext *gfx, const RDPGFX_CAPS_ADVERTISE_PDU *advertised)
{
	struct server *server = gfx->custom;
	RDPGFX_CAPSET chosen = advertised->capsSets[0];
	RDPGFX_CAPS_CONFIRM_PDU confirm = {.capsSet = &chosen};
	const rdpSettings *settings = server->peer.context.settings;

	for (UINT16 i = 1; i < advertised->capsSetCount; i++)
		if (advertised->capsSets[i].version > chosen.version &&
				advertised->capsSets[i].version <= input.version)
			chosen = advertised->capsSets[i];
	UINT r = gfx->CapsConfirm(gfx, &confirm);

	printf("{\"client\": true, \"version\": %u, \"flags\": %u, \"width\": %u, \"height\": "
	       "%u}\n",
			chosen.version, chosen.flags,
			freerdp_settings_get_uint32(settings, FreeRDP_DesktopWidth),
			freerdp_settings_get_uint32(settings, FreeRDP_DesktopHeight));
	fflush(stdout);
	server->key_surface = 1;
	server->key_place = (RECTANGLE_16){0, 0, 64, 64};
	server->flight = 4;
	server->is_ready = true;
	return r;
}

static UINT on_acknowledge(RdpgfxServerContext *gfx, const RDPGFX_FRAME_ACKNOWLEDGE_PDU *ack)
{
	struct server *server = gfx->custom;

	if ((INT32)(ack->frameId - server->acknowledged) > 0)
		server->acknowledged = ack->frameId;
	printf("{\"ack\": %u, \"queue\": %u, \"total\": %u, \"us\": %lld}\n", ack->frameId,
			ack->queueDepth, ack->totalFramesDecoded, (long long)now_us());
	fflush(stdout);
	return CHANNEL_RC_OK;
}

static BOOL on_key(rdpInput *rdp, UINT16 flags, UINT8 code)
{
	struct server *server = (struct server *)rdp->context;

	if ((flags & KBD_FLAGS_RELEASE) || !server->is_ready)
		return TRUE;
	server->keys++;
	printf("{\"key\": %u, \"keys\": %u, \"us\": %lld}\n", code, server->keys,
			(long long)now_us());
	fflush(stdout);
	begin(server);
	if (fill(server, server->key_surface, server->key_place, (BYTE)(server->keys * 37),
			    (BYTE)(server->keys * 91), 0x55) != CHANNEL_RC_OK)
		fprintf(stderr, "SolidFill failed\n");
	end(server);
	return TRUE;
}

static BOOL refresh(rdpContext *context, const char *way)
{
	struct server *server = (struct server *)context;
	struct player *player = &server->players[server->heal_slot];

	printf("{\"refresh\": \"%s\", \"us\": %lld}\n", way, (long long)now_us());
	fflush(stdout);
	if (!server->is_healing)
		return TRUE;
	server->positions[server->heal_slot] = server->heal_unit;
	player->is_on = true;
	player->left = 1;
	return TRUE;
}

static BOOL on_refresh(rdpContext *context, BYTE count, const RECTANGLE_16 *areas)
{
	return count && areas[0].right > areas[0].left ? refresh(context, "rect") : FALSE;
}

static BOOL on_suppress(rdpContext *context, BYTE allow, const RECTANGLE_16 *area)
{
	(void)area;
	return allow ? refresh(context, "output") : TRUE;
}

static void on_gone(struct rdp_peer *peer)
{
	struct server *server = (struct server *)peer;

	if (server->waiting)
		answer(false);
	printf("{\"gone\": true, \"frames\": %u, \"acknowledged\": %u}\n", server->frame,
			server->acknowledged);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	static const struct rdp_peer_kind kind = {.size = sizeof(struct server),
			.on_key = on_key,
			.on_capabilities = on_capabilities,
			.on_acknowledge = on_acknowledge,
			.on_refresh = on_refresh,
			.on_suppress = on_suppress,
			.wait_for = wait_for,
			.wait_ms = wait_ms,
			.step = step,
			.on_gone = on_gone};

	if (argc != 4 && argc != 5) {
		fprintf(stderr, "usage: video_server PORT CERTIFICATE KEY [VERSION]\n");
		return 2;
	}
	input.version = argc == 5 ? (UINT32)strtoul(argv[4], NULL, 16) : RDPGFX_CAPVERSION_107;
	fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK);
	input.handle = CreateFileDescriptorEventW(NULL, FALSE, FALSE, STDIN_FILENO, WINPR_FD_READ);
	return rdp_peer_serve(argv[1], argv[2], argv[3], &kind);
}
