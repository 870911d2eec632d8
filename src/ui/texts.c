/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/texts.h"

#include <stddef.h>

/* Written for a person who is tired and on the phone: no technical words, one thing to do. */
/* clang-format off */
static const struct text_reason reasons[] = {
	{REASON_DEVICE_AGENT, N_("This device is not ready"),
		N_("Wait a minute. If nothing happens, switch it off and on again.")},

	{REASON_NET_NO_LINK, N_("The network cable is not connected"),
		N_("Check that the cable is firmly plugged in at both ends.")},
	{REASON_NET_NO_ADDRESS, N_("No answer from the network"),
		N_("Try another network socket if there is one. Otherwise call the helpdesk.")},
	{REASON_NET_NO_NAME, N_("The network can't find the server"),
		N_("The device keeps trying. Call the helpdesk if nothing happens.")},

	{REASON_SERVER_UNKNOWN, N_("This device doesn't know its server"),
		N_("Enter the address you got from the helpdesk.")},
	{REASON_SERVER_UNREACHABLE, N_("The server doesn't answer"),
		N_("The device keeps trying. Call the helpdesk if nothing happens.")},
	{REASON_SERVER_UNTRUSTED, N_("The server can't be trusted"),
		N_("This may not be your organisation's server. Call the helpdesk.")},
	{REASON_SERVER_EXPIRED, N_("The server's certificate is not valid now"),
		N_("Call the helpdesk and read the code aloud.")},
	{REASON_SERVER_ERROR, N_("The server has a problem"),
		N_("The device keeps trying. Call the helpdesk if nothing happens.")},
	{REASON_SERVER_REFUSED, N_("This device was not approved"),
		N_("Call the helpdesk if it should be in use.")},
	{REASON_CLOCK_WRONG, N_("This device's clock is wrong"),
		N_("Switch it off and on again. Call the helpdesk if it stays like this.")},

	{REASON_CONFIG_SIGNATURE, N_("The new settings can't be trusted"),
		N_("They are not used. Call the helpdesk and read the code aloud.")},
	{REASON_CONFIG_OLDER, N_("The new settings are too old"),
		N_("They are not used. You can go on working.")},
	{REASON_CONFIG_INVALID, N_("The new settings have a mistake"),
		N_("They are not used. Call the helpdesk and read the code aloud.")},
	{REASON_CONFIG_TRUNCATED, N_("The new settings arrived incomplete"),
		N_("They will be fetched again shortly.")},
	{REASON_CONFIG_RETURNED, N_("The new settings did not work"),
		N_("The previous ones are back. You can go on working.")},
	{REASON_CONFIG_EXPIRED, N_("The settings are out of date"),
		N_("You can go on working. Please tell the helpdesk.")},
	{REASON_CONFIG_NONE, N_("There are no settings yet"),
		N_("They are fetched as soon as the server answers.")},
	{REASON_CONFIG_NO_DESKTOP, N_("No desktop has been set up yet"),
		N_("The helpdesk chooses the desktops of this device. The screen changes by itself.")},

	{REASON_SESSION_SIGNED_OUT, N_("You are signed out"), N_("See you soon.")},
	{REASON_SESSION_WRONG_PASSWORD, N_("The user name or password is wrong"),
		N_("Check that Caps Lock is off and try again.")},
	{REASON_SESSION_PASSWORD_EXPIRED, N_("Your password has expired"),
		N_("Change it on another computer, or call the helpdesk.")},
	{REASON_SESSION_PASSWORD_MUST_CHANGE, N_("You need a new password"),
		N_("Change it on another computer, or call the helpdesk.")},
	{REASON_SESSION_ACCOUNT_LOCKED, N_("Your account is locked"),
		N_("Wait a while and try again, or call the helpdesk.")},
	{REASON_SESSION_ACCOUNT_DISABLED, N_("Your account is disabled"),
		N_("Call the helpdesk. They can switch it on again.")},
	{REASON_SESSION_ACCOUNT_EXPIRED, N_("Your account has expired"),
		N_("Ask your manager or the helpdesk to extend it.")},
	{REASON_SESSION_NOT_ALLOWED, N_("You may not sign in here"),
		N_("Your account is not allowed on this desktop, or not at this time of day.")},
	{REASON_SESSION_HOST_UNKNOWN, N_("The desktop can't be found"),
		N_("Try again in a moment. Call the helpdesk if it keeps happening.")},
	{REASON_SESSION_REFUSED, N_("The desktop takes no connections"),
		N_("It may be restarting. Try again in a few minutes.")},
	{REASON_SESSION_TIMEOUT, N_("The desktop doesn't answer"),
		N_("Try again in a moment. Call the helpdesk if it keeps happening.")},
	{REASON_SESSION_CERTIFICATE, N_("The desktop can't be trusted"),
		N_("It may not be the right one, so you were not signed in. Call the helpdesk.")},
	{REASON_SESSION_SECURITY, N_("No safe connection to the desktop"),
		N_("Call the helpdesk and read the code aloud.")},
	{REASON_SESSION_LICENCE, N_("There is no free licence"),
		N_("Try again later, or call the helpdesk.")},
	{REASON_SESSION_SERVER_CLOSED, N_("The connection was lost"),
		N_("Your work is most likely still open. Sign in again to go on.")},
	{REASON_SESSION_IDLE, N_("You were away for a while"),
		N_("Sign in again to go on where you were.")},
	{REASON_SESSION_REPLACED, N_("You signed in somewhere else"),
		N_("Your desktop is open there now. Sign in again to bring it here.")},
	{REASON_SESSION_BY_ADMIN, N_("IT ended your session"),
		N_("Sign in again, or call the helpdesk and ask why.")},
	{REASON_SESSION_SERVER_BUSY, N_("The desktop is too busy"),
		N_("Try again in a few minutes.")},
	{REASON_SESSION_PROTOCOL, N_("The desktop sent something wrong"),
		N_("Try again. Call the helpdesk if it happens more than once.")},
	{REASON_SESSION_NOT_PERMITTED, N_("This desktop is not allowed here"),
		N_("Call the helpdesk and read the code aloud.")},
	{REASON_SESSION_CRASHED, N_("Something went wrong on this device"),
		N_("Your work is most likely still open. Sign in again to go on.")},
	{REASON_SESSION_KERBEROS, N_("Your sign-in can't be checked right now"),
		N_("Try again in a moment. Call the helpdesk if it keeps happening.")},
};
/* clang-format on */

const struct text_reason *text_of_reason(enum reason reason)
{
	static const struct text_reason general = {REASON_NONE, N_("Something went wrong"),
			N_("Try again in a moment. Call the helpdesk if it keeps happening.")};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].reason == reason)
			return &reasons[i];
	return &general;
}

const char *text_of_phase(uint32_t phase)
{
	switch (phase) {
	case WIRE_PHASE_SECURING:
		return N_("Securing the connection");
	case WIRE_PHASE_SIGNING_IN:
		return N_("Signing you in");
	case WIRE_PHASE_SHOWING:
		return N_("Opening your desktop");
	case WIRE_PHASE_RECONNECTING:
		return N_("Connecting again");
	default:
		return N_("Finding your desktop");
	}
}
