/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/reason.h"

#include <stddef.h>

struct reason_row {
	enum reason reason;
	const char *code;
	const char *text;
};

static const struct reason_row rows[] = {
		{REASON_NONE, "", "no reason"},
		{REASON_DEVICE_AGENT, "D01",
				"the management program of this device does not answer"},
		{REASON_NET_NO_LINK, "N10", "no network cable or no carrier"},
		{REASON_NET_NO_ADDRESS, "N11", "the network gave no address"},
		{REASON_NET_NO_NAME, "N12",
				"the name service does not know the name or does not answer"},
		{REASON_SERVER_UNKNOWN, "M20", "no management server is known"},
		{REASON_SERVER_UNREACHABLE, "M21", "the management server cannot be reached"},
		{REASON_SERVER_UNTRUSTED, "M22",
				"the management server's certificate is not trusted"},
		{REASON_SERVER_EXPIRED, "M23",
				"the management server's certificate is out of date"},
		{REASON_SERVER_ERROR, "M24", "the management server answered with an error"},
		{REASON_SERVER_REFUSED, "M25", "the management server refuses this device"},
		{REASON_CLOCK_WRONG, "M26", "this device's clock is wrong"},
		{REASON_CONFIG_SIGNATURE, "C30", "the config is not signed by the organisation"},
		{REASON_CONFIG_OLDER, "C31", "the config is older than the one in use"},
		{REASON_CONFIG_INVALID, "C32", "the config is invalid"},
		{REASON_CONFIG_TRUNCATED, "C33", "the config arrived incomplete or changed"},
		{REASON_CONFIG_RETURNED, "C34",
				"the new config did not come up, the previous is back"},
		{REASON_CONFIG_EXPIRED, "C35", "the config is past its date"},
		{REASON_CONFIG_NONE, "C36", "there is no config yet"},
		{REASON_CONFIG_NO_DESKTOP, "C37", "the config names no desktop yet"},
		{REASON_SESSION_SIGNED_OUT, "S50", "the user signed out"},
		{REASON_SESSION_WRONG_PASSWORD, "S51", "the user name or password is wrong"},
		{REASON_SESSION_PASSWORD_EXPIRED, "S52", "the password has expired"},
		{REASON_SESSION_PASSWORD_MUST_CHANGE, "S53", "the password must be changed first"},
		{REASON_SESSION_ACCOUNT_LOCKED, "S54", "the account is locked"},
		{REASON_SESSION_ACCOUNT_DISABLED, "S55", "the account is disabled"},
		{REASON_SESSION_ACCOUNT_EXPIRED, "S56", "the account has expired"},
		{REASON_SESSION_NOT_ALLOWED, "S57", "the account may not sign in here or now"},
		{REASON_SESSION_HOST_UNKNOWN, "S58", "the desktop's name is unknown"},
		{REASON_SESSION_REFUSED, "S59", "the desktop refuses the connection"},
		{REASON_SESSION_TIMEOUT, "S60", "the desktop does not answer"},
		{REASON_SESSION_CERTIFICATE, "S61",
				"the desktop's certificate is not the expected one"},
		{REASON_SESSION_SECURITY, "S62", "the desktop offers no security that is allowed"},
		{REASON_SESSION_LICENCE, "S63", "the desktop has no licence for this connection"},
		{REASON_SESSION_SERVER_CLOSED, "S64", "the connection to the desktop was lost"},
		{REASON_SESSION_IDLE, "S65", "the desktop ended the session after its time limit"},
		{REASON_SESSION_REPLACED, "S66", "the session was taken over from another device"},
		{REASON_SESSION_BY_ADMIN, "S67", "an administrator ended the session"},
		{REASON_SESSION_SERVER_BUSY, "S68",
				"the desktop server cannot take more sessions now"},
		{REASON_SESSION_PROTOCOL, "S69",
				"the desktop answered with something unintelligible"},
		{REASON_SESSION_NOT_PERMITTED, "S70", "the config does not allow this desktop"},
		{REASON_SESSION_CRASHED, "S71", "the session program ended unexpectedly"},
		{REASON_SESSION_KERBEROS, "S72",
				"the domain controller could not confirm the sign-in"},
};

static const struct reason_row *find(uint32_t number)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if ((uint32_t)rows[i].reason == number)
			return &rows[i];
	return NULL;
}

const char *reason_code(enum reason reason)
{
	const struct reason_row *row = find(reason);

	return row ? row->code : "?";
}

const char *reason_text(enum reason reason)
{
	const struct reason_row *row = find(reason);

	return row ? row->text : "unknown reason";
}

bool reason_is_known(uint32_t number)
{
	return find(number) != NULL;
}
