/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tynd-kiosk <-> tynd-session, one channel for one remote session (descriptor 3
 * of the worker). The session is not trusted: the kiosk checks every number.
 *
 *   kiosk                              session
 *     START  ------------------------->
 *            <-------------------------  PHASE (connecting, ...)
 *            <-------------------------  DIAL {host, port}        repeated for redirections
 *     DIALED_SOCKET + socket --------->                    or DIALED {reason}
 *            <-------------------------  POOL {size} + one memfd
 *            <-------------------------  BUFFER {...} + memfd or dma-buf, of a video
 *            <-------------------------  FRAME {slot, damage, video}
 *     RELEASE {slot}, RELEASE_BUFFER -->
 *     REFUSE_BUFFER {pool, number} -->
 *     KEY, POINTER, LOCKS, RESIZE ----->
 *            <-------------------------  CURSOR + memfd, CURSOR_STATE, LEDS
 *     ASK_QUALITY --------------------->
 *            <-------------------------  QUALITY
 *            <-------------------------  ENDED {reason}
 *
 * Pictures: the session owns a pool of WIRE_SLOTS equal buffers in one sealed memfd.
 * FRAME gives a slot to the kiosk, which shows it until a newer one came and then
 * RELEASEs it; the session writes only into slots that it holds, so nothing is torn.
 * Without a free slot it gathers damage: the newest picture wins.
 *
 * Video: a decoder's buffers are announced once. A FRAME may show one of them, cropped and scaled,
 * above the desktop's picture; the two change together, in one commit. The kiosk holds a
 * buffer from the FRAME that names it until a later one that does not was shown, and then
 * says RELEASE_BUFFER; the session does not write into it meanwhile, and once a FRAME did not
 * name it, no other does before its RELEASE_BUFFER. Nothing of an older pool is released.
 * A dma-buf that no screen can read is answered by REFUSE_BUFFER: frames that name it show
 * the desktop only, and the session does well to decode into memory.
 */
#ifndef WIRE_SESSION_H
#define WIRE_SESSION_H

#include <stdint.h>

#include "wire/channel.h"
#include "wire/reason.h"

enum {
	WIRE_HOST_MAX = 256,
	WIRE_USER_MAX = 256,   /* user name and domain, UTF-8 bytes with NUL */
	WIRE_SECRET_MAX = 512, /* password, UTF-8 bytes with NUL */
	WIRE_CA_MAX = 16 * 1024,
	WIRE_PINS_MAX = 4,
	WIRE_DIALS_MAX = 16, /* DIALs of one session: their ids are 1..16 */
	WIRE_SLOTS = 3,
	WIRE_RECTS_MAX = 32,
	WIRE_SIDE_MAX = 8192,    /* pixels of a picture's side */
	WIRE_SLOT_NONE = 0xffff, /* FRAME without a new desktop picture */
	WIRE_MONITORS_MAX = 16,  /* [MS-RDPBCGR] 2.2.1.3.6 */
	WIRE_BUFFERS_MAX = 32,   /* of one video pool */
	WIRE_VISIBLE_MAX = 16,
	WIRE_CURSOR_MAX = 384, /* pixels of a cursor's side, [MS-RDPBCGR] 2.2.9.1.1.4.11 */
};

/* Half open: x1 <= x < x2. Pixels of the session's picture. */
struct wire_rect {
	int32_t x1, y1, x2, y2;
};

enum wire_security {
	WIRE_SECURITY_AUTO = 0, /* NLA, else TLS */
	WIRE_SECURITY_NLA,
	WIRE_SECURITY_TLS,
};

/* Who decodes H.264 of the graphics pipeline. */
enum wire_decoder {
	WIRE_DECODER_AUTO = 0, /* hardware, else software */
	WIRE_DECODER_SOFTWARE,
	WIRE_DECODER_OFF, /* FreeRDP, into the desktop's picture */
};

/* One monitor of the layout, in pixels of the session's picture, whose corner is 0, 0. */
struct wire_monitor {
	int32_t x, y;
	uint32_t width, height;       /* as the person sees it, after rotation */
	uint32_t width_mm, height_mm; /* 0: not known */
	uint32_t rotation_degrees;    /* 0, 90, 180, 270 */
	uint32_t scale_percent;       /* 100..500 */
	uint32_t is_primary;          /* exactly one is */
};

enum wire_session_type {
	/* kiosk -> session */
	WIRE_SESSION_START = 100,
	WIRE_SESSION_DIALED, /* failed: no descriptor */
	WIRE_SESSION_KEY,
	WIRE_SESSION_LOCKS,
	WIRE_SESSION_POINTER,
	WIRE_SESSION_RELEASE,
	WIRE_SESSION_RESIZE,
	WIRE_SESSION_STOP,
	WIRE_SESSION_DIALED_SOCKET, /* connected: one descriptor */
	WIRE_SESSION_RELEASE_BUFFER,
	WIRE_SESSION_REFUSE_BUFFER,
	WIRE_SESSION_ASK_QUALITY, /* answered by QUALITY */
	/* session -> kiosk */
	WIRE_SESSION_PHASE = 150,
	WIRE_SESSION_DIAL,
	WIRE_SESSION_POOL,
	WIRE_SESSION_FRAME,
	WIRE_SESSION_CURSOR,
	WIRE_SESSION_CURSOR_STATE,
	WIRE_SESSION_LEDS,
	WIRE_SESSION_ENDED,
	WIRE_SESSION_BUFFER,     /* one descriptor: both planes lie in it */
	WIRE_SESSION_BUFFER_TWO, /* two: luma, chroma */
	WIRE_SESSION_QUALITY,
};

/* The first message; the only one that holds secrets. Wiped by both ends after use. */
struct wire_session_start {
	struct wire_header header;
	char host[WIRE_HOST_MAX]; /* name as in the config: for SNI, certificate and SPN */
	uint16_t port;
	uint16_t scale_percent; /* 100..500 */
	uint32_t width, height; /* pixels */
	uint32_t security;      /* enum wire_security */
	uint32_t pin_count;     /* > 0: only these SHA-256 fingerprints; 0: `ca` decides */
	uint8_t pins[WIRE_PINS_MAX][32];
	uint32_t ca_size; /* bytes of PEM in ca; 0: the system's store */
	char ca[WIRE_CA_MAX];
	char user[WIRE_USER_MAX];
	char domain[WIRE_USER_MAX];
	char password[WIRE_SECRET_MAX];
	uint32_t monitor_count; /* 0: one of width x height */
	struct wire_monitor monitors[WIRE_MONITORS_MAX];
	uint32_t decoder;     /* enum wire_decoder */
	uint32_t has_rdpevor; /* offer [MS-RDPEVOR] */
	uint32_t keyboard;    /* RDP keyboard layout identifier, e.g. 0x00000406 */
	char client_name[32]; /* shown on the server */
	char timezone[64];    /* IANA name */
};

/* Answer to DIAL: DIALED_SOCKET brings one connected TCP socket, DIALED says why there is none. */
struct wire_session_dialed {
	struct wire_header header;
	uint32_t id;
	uint32_t reason; /* enum reason; REASON_NONE in DIALED_SOCKET */
};

struct wire_session_key {
	struct wire_header header;
	uint32_t code; /* evdev, linux/input-event-codes.h */
	uint32_t is_down;
	uint32_t is_repeat;
	uint32_t character; /* Unicode for a key without a scancode (code 0), else 0 */
};

/* Caps, Num and Scroll Lock as the kiosk has them: after START's frame and at focus. */
struct wire_session_locks {
	struct wire_header header;
	uint32_t caps, num, scroll;
};

enum wire_pointer {
	WIRE_POINTER_MOTION,
	WIRE_POINTER_BUTTON,
	WIRE_POINTER_WHEEL,
};

struct wire_session_pointer {
	struct wire_header header;
	uint32_t kind;   /* enum wire_pointer */
	int32_t x, y;    /* pixels of the session's picture */
	uint32_t button; /* BTN_LEFT ... BTN_EXTRA of evdev */
	uint32_t is_down;
	int32_t wheel_x; /* 120 = one notch; right is positive */
	int32_t wheel_y; /* 120 = one notch; down is positive, as libinput counts */
};

struct wire_session_release {
	struct wire_header header;
	uint32_t pool;
	uint32_t slot;
};

/* The layout changed: width and height of all monitors together. */
struct wire_session_resize {
	struct wire_header header;
	uint32_t width, height;
	uint32_t scale_percent;
	uint32_t monitor_count; /* 0: one of width x height */
	struct wire_monitor monitors[WIRE_MONITORS_MAX];
};

/* The video buffer is not on the screen any more. */
struct wire_session_release_buffer {
	struct wire_header header;
	uint32_t pool;
	uint32_t number;
};

/* No screen can show the video buffer from where it lies. */
struct wire_session_refuse_buffer {
	struct wire_header header;
	uint32_t pool;
	uint32_t number;
};

struct wire_session_stop {
	struct wire_header header;
};

enum wire_phase {
	WIRE_PHASE_REACHING = 1, /* dialling */
	WIRE_PHASE_SECURING,     /* TLS, certificate */
	WIRE_PHASE_SIGNING_IN,   /* NLA, licence, logon */
	WIRE_PHASE_SHOWING,      /* the first picture is there */
	WIRE_PHASE_RECONNECTING,
};

struct wire_session_phase {
	struct wire_header header;
	uint32_t phase; /* enum wire_phase */
};

struct wire_session_dial {
	struct wire_header header;
	uint32_t id; /* unique in this session, comes back in DIALED */
	uint16_t port;
	uint16_t zero;
	char host[WIRE_HOST_MAX];
};

/* One memfd, sealed against shrinking: WIRE_SLOTS pictures of stride * height bytes each. */
struct wire_session_pool {
	struct wire_header header;
	uint32_t pool;          /* number of this pool; older pools are gone */
	uint32_t width, height; /* 1..WIRE_SIDE_MAX */
	uint32_t stride;        /* bytes, >= width * 4, multiple of 4 */
	uint32_t format;        /* DRM_FORMAT_XRGB8888 */
};

enum wire_buffer_kind { WIRE_BUFFER_MEMORY, WIRE_BUFFER_DMABUF };

/* A place for frames of a video, with one or two descriptors: memfd sealed against shrinking, or dma-buf. */
struct wire_session_buffer {
	struct wire_header header;
	uint32_t pool;   /* 1.., grows; buffers of older pools are shown no more */
	uint32_t number; /* 0..WIRE_BUFFERS_MAX - 1, once per pool */
	uint32_t kind;   /* enum wire_buffer_kind */
	uint32_t format; /* DRM_FORMAT_NV12 or P010 */
	uint64_t modifier;
	uint32_t width, height; /* even, 2..WIRE_SIDE_MAX */
	uint32_t offsets[2];    /* of luma (a multiple of 4096) and chroma, bytes */
	uint32_t strides[2];
	uint32_t encoding; /* enum yuv_encoding */
	uint32_t range;    /* enum yuv_range */
};

/* The video above the desktop. */
struct wire_video {
	uint32_t pool; /* 0: none */
	uint32_t number;
	uint32_t is_new;         /* the pixels changed since the frame before */
	struct wire_rect source; /* pixels of the buffer */
	/* Pixels of the session's picture, at most WIRE_SIDE_MAX outside; another size: scaled. */
	struct wire_rect target;
	uint32_t visible_count; /* 0: all of the target is seen */
	struct wire_rect visible
			[WIRE_VISIBLE_MAX]; /* parts of the target; the desktop shows elsewhere */
};

struct wire_session_frame {
	struct wire_header header;
	uint32_t pool;
	/* Or WIRE_SLOT_NONE: the desktop's picture of this pool stays, rect_count is 0. */
	uint32_t slot;
	uint32_t rect_count; /* 1..WIRE_RECTS_MAX */
	/* Against the frame sent before. What is outside is equal in both. */
	struct wire_rect rects[WIRE_RECTS_MAX];
	struct wire_video video;
};

/* One memfd of width * height premultiplied ARGB8888 pixels. */
struct wire_session_cursor {
	struct wire_header header;
	uint32_t width, height; /* 1..WIRE_CURSOR_MAX */
	uint32_t hot_x, hot_y;
};

enum wire_cursor_state {
	WIRE_CURSOR_HIDDEN,
	WIRE_CURSOR_DEFAULT, /* the kiosk's own arrow */
	WIRE_CURSOR_MOVED,   /* the server placed it at x, y */
};

struct wire_session_cursor_state {
	struct wire_header header;
	uint32_t state; /* enum wire_cursor_state */
	int32_t x, y;
};

struct wire_session_leds {
	struct wire_header header;
	uint32_t caps, num, scroll;
};

struct wire_session_ask_quality {
	struct wire_header header;
};

/* Who decoded video so far. */
enum wire_decoded {
	WIRE_DECODED_NONE,
	WIRE_DECODED_VAAPI,
	WIRE_DECODED_V4L2,
	WIRE_DECODED_SOFTWARE,
	WIRE_DECODED_COUNT,
};

struct wire_session_quality {
	struct wire_header header;
	uint32_t round_trip_ms; /* as the server measured it, [MS-RDPBCGR] 2.2.14.1.5; 0: never */
	uint32_t decoder;       /* enum wire_decoded */
	uint32_t dropped;       /* decoded pictures that were never shown, since the start */
};

struct wire_session_ended {
	struct wire_header header;
	uint32_t reason; /* enum reason */
	uint32_t detail; /* FreeRDP's error, for the log and the code shown */
};

#endif
