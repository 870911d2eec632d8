/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why something did not work, as one number that all processes share. Each has
 * a short code that the user reads to the helpdesk ("S21") and, in src/ui, a
 * sentence in the user's language and what to try. Numbers never change meaning.
 */
#ifndef WIRE_REASON_H
#define WIRE_REASON_H

#include <stdbool.h>
#include <stdint.h>

enum reason {
	REASON_NONE = 0,

	/* D: this device's own parts */
	REASON_DEVICE_AGENT = 1, /* tynd-agent does not answer */

	/* N: this device's network */
	REASON_NET_NO_LINK = 10,    /* no cable, no carrier */
	REASON_NET_NO_ADDRESS = 11, /* no DHCP answer */
	REASON_NET_NO_NAME = 12,    /* DNS does not know or does not answer */

	/* M: the management server */
	REASON_SERVER_UNKNOWN = 20,     /* nobody told this device which server is its own */
	REASON_SERVER_UNREACHABLE = 21, /* refused, no route, timeout */
	REASON_SERVER_UNTRUSTED = 22,   /* TLS certificate foreign or not for this name */
	REASON_SERVER_EXPIRED = 23,     /* TLS certificate expired or not yet valid */
	REASON_SERVER_ERROR = 24,       /* 5xx, or an answer that makes no sense */
	REASON_SERVER_REFUSED = 25,     /* this device was refused or removed */
	REASON_CLOCK_WRONG = 26,        /* this device's clock is outside of what can be */

	/* C: the config */
	REASON_CONFIG_SIGNATURE = 30,  /* not signed by the organisation's key */
	REASON_CONFIG_OLDER = 31,      /* revision below the one seen */
	REASON_CONFIG_INVALID = 32,    /* does not parse or a value is out of range */
	REASON_CONFIG_TRUNCATED = 33,  /* fewer bytes than promised, or other ones */
	REASON_CONFIG_RETURNED = 34,   /* the new one did not come up; the previous is back */
	REASON_CONFIG_EXPIRED = 35,    /* only warns */
	REASON_CONFIG_NONE = 36,       /* there is none yet */
	REASON_CONFIG_NO_DESKTOP = 37, /* there is one, but without a desktop to connect to */

	/* S: the remote desktop */
	REASON_SESSION_SIGNED_OUT = 50, /* ended by the user: not a failure */
	REASON_SESSION_WRONG_PASSWORD = 51,
	REASON_SESSION_PASSWORD_EXPIRED = 52,
	REASON_SESSION_PASSWORD_MUST_CHANGE = 53,
	REASON_SESSION_ACCOUNT_LOCKED = 54,
	REASON_SESSION_ACCOUNT_DISABLED = 55,
	REASON_SESSION_ACCOUNT_EXPIRED = 56,
	REASON_SESSION_NOT_ALLOWED = 57,  /* account restriction, logon type, hours */
	REASON_SESSION_HOST_UNKNOWN = 58, /* DNS */
	REASON_SESSION_REFUSED = 59,      /* TCP refused */
	REASON_SESSION_TIMEOUT = 60,
	REASON_SESSION_CERTIFICATE = 61, /* not the pinned one, not from the CA */
	REASON_SESSION_SECURITY = 62,    /* no common security protocol */
	REASON_SESSION_LICENCE = 63,
	REASON_SESSION_SERVER_CLOSED = 64, /* connection lost without a reason */
	REASON_SESSION_IDLE = 65,          /* server's idle or logon time limit */
	REASON_SESSION_REPLACED = 66,      /* signed in elsewhere */
	REASON_SESSION_BY_ADMIN = 67,      /* disconnected or logged off by an administrator */
	REASON_SESSION_SERVER_BUSY = 68,   /* out of memory, denied connection, shutting down */
	REASON_SESSION_PROTOCOL = 69,      /* the server sent something that makes no sense */
	REASON_SESSION_NOT_PERMITTED = 70, /* the config does not allow this host */
	REASON_SESSION_CRASHED = 71,       /* our own worker ended */
	REASON_SESSION_KERBEROS = 72,      /* domain controller or clock skew */
};

/* "S51"; "?" for what is not listed. */
const char *reason_code(enum reason reason);

/* English, for logs and reports, e.g. "the user name or password is wrong". */
const char *reason_text(enum reason reason);

/* Whether it is a member of the enumeration: for numbers that came over a wire. */
bool reason_is_known(uint32_t number);

#endif
