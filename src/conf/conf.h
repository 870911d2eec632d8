/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The config of a device as one plain value: fixed maxima, no pointers, copied
 * with `=`. All texts are UTF-8 and NUL-terminated. configs/schema.json says the
 * same in JSON; a test holds both together. Pure: no I/O, no clock.
 */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum {
	CONF_NAME_MAX = 64,  /* bytes of names, with NUL; the others alike */
	CONF_HOST_MAX = 254, /* RFC 1035 name or address */
	CONF_TEXT_MAX = 512,
	CONF_CA_MAX = 16 * 1024,
	CONF_DESKTOPS_MAX = 16,
	CONF_MESSAGES_MAX = 8,
	CONF_PINS_MAX = 4,
	CONF_USB_MAX = 256, /* 25 of "vvvv:pppp" with commas */
	CONF_MONITORS_MAX = 8,
	CONF_PLACE_MAX = 32767, /* pixels of a monitor's place, either way */
};

enum conf_security { CONF_SECURITY_AUTO, CONF_SECURITY_NLA, CONF_SECURITY_TLS };

/* How a desktop's certificate is judged. The person is never asked. */
enum conf_trust {
	CONF_TRUST_CA,     /* chain to trust.ca, or to the system's store, and the name fits */
	CONF_TRUST_PINNED, /* SHA-256 of the certificate is one of `pins` */
};

/* Which monitors show a desktop; as the person counts them, from left to right. */
enum conf_monitors {
	CONF_MONITORS_ALL,     /* one desktop across all of them */
	CONF_MONITORS_PRIMARY, /* the primary one alone */
	CONF_MONITORS_FIRST, /* monitor 1 alone; + n: monitor n + 1; one that is not there: primary */
	CONF_MONITORS_LAST = CONF_MONITORS_FIRST + 7,
};

enum conf_severity { CONF_SEVERITY_INFO, CONF_SEVERITY_WARNING, CONF_SEVERITY_URGENT };

enum conf_num_lock { CONF_NUM_LOCK_KEEP, CONF_NUM_LOCK_ON, CONF_NUM_LOCK_OFF };

/* A keyboard that comes while another is there and types faster than a person. */
enum conf_new_keyboards {
	CONF_NEW_KEYBOARDS_HOLD, /* reaches nobody until the person says yes */
	CONF_NEW_KEYBOARDS_ALLOW,
};

enum conf_leave { CONF_LEAVE_CTRL_ALT_HOME, CONF_LEAVE_OFF };

/* What the desktop gets for Ctrl+Alt+End. Ctrl+Alt+Del always reaches it as it is. */
enum conf_ctrl_alt_end { CONF_CTRL_ALT_END_PASS, CONF_CTRL_ALT_END_DELETE };

struct conf_identity {
	char organisation[CONF_NAME_MAX]; /* "Aarhus Kommune" */
	char site[CONF_NAME_MAX];         /* "Skødstrup Skole" */
	char device[CONF_NAME_MAX];       /* "SKO-0117", shown in the corner */
};

struct conf_locale {
	char language[16];            /* "da", "en", "sv" ...: BCP 47 */
	char timezone[CONF_NAME_MAX]; /* IANA */
};

struct conf_keyboard {
	char layout[32]; /* XKB names: "dk" */
	char variant[32];
	char options[CONF_NAME_MAX];
	uint16_t repeat_delay_ms;   /* 100..2000, default 400 */
	uint16_t repeat_per_second; /* 1..60, default 25; repeat off: is_repeat_off */
	bool is_repeat_off;
	enum conf_num_lock num_lock; /* when the device starts */
	bool has_sticky_keys;        /* Shift, Ctrl, AltGr, ... hold until the next key */
	uint16_t slow_keys_ms;       /* a key counts when held so long; 0: at once, ..5000 */
	uint16_t bounce_keys_ms;     /* the same key counts again only after so long; ..5000 */
};

/* What the pointing devices do. */
struct conf_mouse {
	bool is_left_handed;
	uint16_t speed; /* 0..100, 50: as the device is */
	bool has_natural_scroll;
	bool has_tap_to_click; /* touchpads */
};

/* What may be plugged in. */
struct conf_devices {
	enum conf_new_keyboards new_keyboards;
	char trusted_keyboards[CONF_USB_MAX]; /* "0c2e:0b61,05e0:1200": never held */
};

/* The keys that the kiosk takes out of a running session. */
struct conf_kiosk_keys {
	enum conf_leave leave_session;
	enum conf_ctrl_alt_end ctrl_alt_end;
};

/* How several monitors are used. */
enum conf_arrangement { CONF_ARRANGEMENT_EXTEND, CONF_ARRANGEMENT_MIRROR, CONF_ARRANGEMENT_ONE };

/* Where a monitor without a place of its own stands: as cabled. */
#define CONF_PLACE_NONE INT32_MIN

/* What is wanted of the monitor that fits all of maker, model, serial and connector that is not "". */
struct conf_monitor {
	char id[32];        /* [a-z0-9-]+, unique */
	char maker[4];      /* PNP ID of the EDID: "DEL" */
	char model[14];     /* "DELL U2722D" */
	char serial[14];    /* at least one of the four is there */
	char connector[32]; /* "DP-1" */
	bool is_off, is_primary;
	int32_t x, y;      /* corner, -CONF_PLACE_MAX..CONF_PLACE_MAX, or both CONF_PLACE_NONE */
	uint16_t rotation; /* degrees, clockwise: 0, 90, 180, 270 */
	uint32_t width, height; /* of the mode, before rotation; 0, 0: the display's */
	uint16_t refresh_hz;    /* 0: the best, ..500 */
	uint16_t scale_percent; /* 100..300, 0: the display's */
};

struct conf_display {
	enum conf_arrangement arrangement;
	uint32_t width, height;   /* 0, 0: the monitor's preferred mode */
	uint16_t scale_percent;   /* 100..300 */
	uint16_t blank_after_min; /* 0: never, ..1440 */
	uint32_t monitor_count;   /* sorted by id */
	struct conf_monitor monitors[CONF_MONITORS_MAX];
};

/* When the screens get darker before display.blank_after_min makes them dark, and the nights. */
struct conf_power {
	uint16_t dim_after_min;       /* 0: never, ..1440 */
	uint16_t dim_percent;         /* of the brightness, 10..100 */
	char day_start[6];            /* working hours, "HH:MM"; equal, or one "": always */
	char day_end[6];              /* may be before the start: a night shift */
	uint16_t night_off_after_min; /* instead of blank_after_min outside of them; 0: as by day */
};

/* When changes of a roll-out may reach the devices of a site. */
struct conf_maintenance {
	char days[28]; /* "mon,tue", on which it begins; "": every day */
	char start[6]; /* "HH:MM" in locale.timezone; equal, or one "": always */
	char end[6];   /* may be before the start: past midnight */
};

/* When a device changes over to the firmware that it is to run. */
enum conf_firmware_when { CONF_FIRMWARE_IDLE, CONF_FIRMWARE_RESTART };

struct conf_firmware {
	char version[CONF_NAME_MAX]; /* that it is to run; "": the one it has */
	char sha256[65];             /* of the file, in hex */
	enum conf_firmware_when when;
};

/* Who decodes the video of a session. */
enum conf_decoder {
	CONF_DECODER_AUTO,     /* the device's hardware, else its processor */
	CONF_DECODER_SOFTWARE, /* the processor, with pictures still on a plane */
	CONF_DECODER_OFF,      /* no video path: all is drawn into the desktop's picture */
};

struct conf_video {
	enum conf_decoder decoder;
	bool has_rdpevor; /* [MS-RDPEVOR] is offered to the server */
};

struct conf_desktop {
	char id[32];              /* [a-z0-9-]+, unique */
	char name[CONF_NAME_MAX]; /* what the person reads */
	char host[CONF_HOST_MAX];
	uint16_t port;  /* 3389 */
	char user[128]; /* hint, filled into the field */
	char domain[128];
	enum conf_security security;
	enum conf_monitors monitors;
	enum conf_trust trust;
	uint8_t pin_count;
	uint8_t pins[CONF_PINS_MAX][32];
};

struct conf_sign_in {
	bool asks_domain; /* show the domain field */
	bool shows_password_button;
	bool remembers_user; /* the last user name stays in the field */
	uint16_t idle_min;   /* sign out at the kiosk after so long without input; 0: never */
};

/* Whether the helpdesk may have a picture of the screen. */
enum conf_screenshot {
	CONF_SCREENSHOT_NOTICE, /* the person is told afterwards */
	CONF_SCREENSHOT_ASK,    /* the person has to allow it */
	CONF_SCREENSHOT_OFF,
};

struct conf_helpdesk {
	char phone[32];
	char text[CONF_TEXT_MAX];
	enum conf_screenshot screenshot;
};

/* What the device tells the server beside the usual. */
struct conf_reports {
	bool includes_user; /* the name of the person who is signed in */
};

struct conf_message {
	char id[32];
	enum conf_severity severity;
	char text[CONF_TEXT_MAX];
};

struct conf_branding {
	char title[CONF_NAME_MAX]; /* over the sign-in fields; "" = organisation */
	uint32_t accent;           /* 0xRRGGBB */
	uint32_t background;       /* 0xRRGGBB */
};

struct conf {
	struct conf_identity identity;
	struct conf_locale locale;
	struct conf_keyboard keyboard;
	struct conf_mouse mouse;
	struct conf_devices devices;
	struct conf_kiosk_keys kiosk_keys;
	struct conf_display display;
	struct conf_power power;
	struct conf_maintenance maintenance;
	struct conf_firmware firmware;
	struct conf_video video;
	uint32_t desktop_count;
	struct conf_desktop desktops[CONF_DESKTOPS_MAX];
	char ca[CONF_CA_MAX]; /* trust.ca, PEM; "" = the system's store */
	struct conf_sign_in sign_in;
	struct conf_helpdesk helpdesk;
	uint32_t message_count;
	struct conf_message messages[CONF_MESSAGES_MAX];
	struct conf_branding branding;
	struct conf_reports reports;
};

/* What a signed envelope holds: the effective config of one device. */
struct conf_signed {
	uint64_t revision; /* only grows, 1.. */
	int64_t issued_s;  /* Unix time */
	int64_t expires_s; /* only warns; 0: never */
	char device[65];   /* id of the device it is for */
	struct conf conf;
};

/* The config of a device that has none: English, us keyboard, no desktops. */
struct conf conf_default(void);

/*
 * Every range and every relation of a filled struct, also of one that came over a
 * wire (texts terminated, UTF-8 and without control bytes, counts, enumerations). -EINVAL
 * with the path of the value: "desktops.main.port: 0 is not in 1..65535".
 */
int conf_check(const struct conf *conf, struct err *err);
int conf_signed_check(const struct conf_signed *conf, struct err *err);

#endif
