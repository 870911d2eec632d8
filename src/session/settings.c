/* SPDX-License-Identifier: Apache-2.0 */
#include "session/settings.h"

#include <errno.h>
#include <freerdp/codec/color.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/text.h"

struct switch_row {
	FreeRDP_Settings_Keys_Bool key;
	bool value;
};

struct number_row {
	FreeRDP_Settings_Keys_UInt32 key;
	uint32_t value;
};

/* Whatever START says. */
static const struct switch_row switches[] = {
		/* the certificate is our decision alone */
		{FreeRDP_ExternalCertificateManagement, true},
		{FreeRDP_RdpSecurity, false},
		{FreeRDP_UseRdpSecurityLayer, false},
		{FreeRDP_ExtSecurity, false},
		/* nothing of this device is offered to the server */
		{FreeRDP_DeviceRedirection, false},
		{FreeRDP_RedirectClipboard, false},
		{FreeRDP_AudioPlayback, false},
		/* these need a network or rdpdr */
		{FreeRDP_SupportMultitransport, false},
		{FreeRDP_NetworkAutoDetect, false},
		{FreeRDP_SupportHeartbeatPdu, true},
		{FreeRDP_AutoReconnectionEnabled, false},
		/* why it ended */
		{FreeRDP_SupportErrorInfoPdu, true},
		{FreeRDP_LogonNotify, true},
		{FreeRDP_LogonErrors, true},
		/* pictures */
		{FreeRDP_SoftwareGdi, true},
		{FreeRDP_SupportGraphicsPipeline, true},
		{FreeRDP_GfxProgressive, true},
		{FreeRDP_GfxH264, true},
		{FreeRDP_GfxAVC444, true},
		{FreeRDP_GfxAVC444v2, true},
		{FreeRDP_GfxSmallCache, true},
		{FreeRDP_RemoteFxCodec, true},
		{FreeRDP_NSCodec, true},
		{FreeRDP_AllowFontSmoothing, true},
		{FreeRDP_BitmapCacheEnabled, false},
		{FreeRDP_SupportDisplayControl, true},
		{FreeRDP_DynamicResolutionUpdate, true},
		/* one thread: pictures, keys and the wire without a lock or a switch between them */
		{FreeRDP_SynchronousDynamicChannels, true},
		/* input */
		{FreeRDP_UnicodeInput, true},
		{FreeRDP_HasHorizontalWheel, true},
		{FreeRDP_HasExtendedMouseEvent, true},
		{FreeRDP_CompressionEnabled, true},
};

static const struct number_row numbers[] = {
		{FreeRDP_ColorDepth, 32},
		{FreeRDP_ConnectionType, CONNECTION_TYPE_LAN},
		{FreeRDP_ThreadingFlags, THREADING_FLAGS_DISABLE_THREADS},
		{FreeRDP_OffscreenSupportLevel, 0},
		{FreeRDP_LargePointerFlag, LARGE_POINTER_FLAG_96x96 | LARGE_POINTER_FLAG_384x384},
		{FreeRDP_AuthenticationLevel, 2},
};

static bool set_texts(rdpSettings *settings, const struct wire_session_start *start)
{
	const struct {
		FreeRDP_Settings_Keys_String key;
		const char *value;
	} texts[] = {
			{FreeRDP_ServerHostname, start->host},
			{FreeRDP_Username, start->user},
			{FreeRDP_Domain, start->domain[0] ? start->domain : NULL},
			{FreeRDP_Password, start->password},
			{FreeRDP_ClientHostname,
					start->client_name[0] ? start->client_name : "tynd"},
			/* Kerberos would need a way to the domain controller. */
			{FreeRDP_AuthenticationPackageList, "ntlm"},
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (!freerdp_settings_set_string(settings, texts[i].key, texts[i].value))
			return false;
	return true;
}

static bool set_numbers(rdpSettings *settings, const struct wire_session_start *start)
{
	const struct number_row given[] = {
			{FreeRDP_ServerPort, start->port},
			{FreeRDP_KeyboardLayout, start->keyboard},
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (!freerdp_settings_set_uint32(settings, numbers[i].key, numbers[i].value))
			return false;
	for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++)
		if (!freerdp_settings_set_uint32(settings, given[i].key, given[i].value))
			return false;
	return true;
}

/* [MS-RDPBCGR] 2.2.1.3.6 and 2.2.1.3.9; a single one stands in 2.2.1.3.2 instead. */
static bool set_monitors(rdpSettings *settings, const struct monitors *monitors)
{
	const struct monitors_one *first = &monitors->list[0];
	const struct number_row given[] = {
			{FreeRDP_DesktopWidth, monitors->width},
			{FreeRDP_DesktopHeight, monitors->height},
			{FreeRDP_DesktopPhysicalWidth, first->width_mm},
			{FreeRDP_DesktopPhysicalHeight, first->height_mm},
			{FreeRDP_DesktopScaleFactor, first->desktop_scale},
			{FreeRDP_DeviceScaleFactor, first->device_scale},
	};
	rdpMonitor list[WIRE_MONITORS_MAX] = {0};

	for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++)
		if (!freerdp_settings_set_uint32(settings, given[i].key, given[i].value))
			return false;
	if (!freerdp_settings_set_uint16(settings, FreeRDP_DesktopOrientation,
			    (uint16_t)first->orientation))
		return false;
	if (monitors->count < 2)
		return true;
	for (unsigned i = 0; i < monitors->count; i++) {
		const struct monitors_one *one = &monitors->list[i];

		list[i] = (rdpMonitor){
				.x = one->left,
				.y = one->top,
				.width = (int32_t)one->width,
				.height = (int32_t)one->height,
				.is_primary = i == 0,
				.orig_screen = i,
				.attributes = {one->width_mm, one->height_mm, one->orientation,
						one->desktop_scale, one->device_scale},
		};
	}
	return freerdp_settings_set_monitor_def_array_sorted(settings, list, monitors->count) &&
	       freerdp_settings_set_bool(settings, FreeRDP_UseMultimon, true) &&
	       freerdp_settings_set_bool(settings, FreeRDP_HasMonitorAttributes, true);
}

static bool set_switches(rdpSettings *settings, const struct wire_session_start *start)
{
	const struct switch_row given[] = {
			{FreeRDP_NlaSecurity, start->security != WIRE_SECURITY_TLS},
			{FreeRDP_TlsSecurity, start->security != WIRE_SECURITY_NLA},
			{FreeRDP_AutoLogonEnabled, start->password[0] != '\0'},
	};

	for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++)
		if (!freerdp_settings_set_bool(settings, switches[i].key, switches[i].value))
			return false;
	for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++)
		if (!freerdp_settings_set_bool(settings, given[i].key, given[i].value))
			return false;
	return true;
}

int settings_fill(rdpSettings *settings, const struct wire_session_start *start,
		const struct monitors *monitors, struct err *err)
{
	if (!set_texts(settings, start) || !set_numbers(settings, start) ||
			!set_switches(settings, start) || !set_monitors(settings, monitors))
		return err_set(err, EINVAL, "FreeRDP refuses a setting of the session");
	return 0;
}

void settings_wipe(rdpSettings *settings)
{
	char *password = freerdp_settings_get_string_writable(settings, FreeRDP_Password);

	if (password)
		text_wipe(password, strlen(password));
}
