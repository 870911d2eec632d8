/* SPDX-License-Identifier: Apache-2.0 */
#include "session/resize.h"

#include <freerdp/channels/disp.h>
#include <freerdp/gdi/gdi.h>

#include "base/log.h"
#include "base/own.h"

/* A dock brings its monitors one after the other; each layout costs the server a new picture. */
enum { SETTLE_MS = 200 };

static UINT send_layout(struct session *session, const struct monitors *monitors)
{
	DISPLAY_CONTROL_MONITOR_LAYOUT layout[WIRE_MONITORS_MAX] = {0};

	for (unsigned i = 0; i < monitors->count; i++) {
		const struct monitors_one *one = &monitors->list[i];

		layout[i] = (DISPLAY_CONTROL_MONITOR_LAYOUT){
				.Flags = i == 0 ? DISPLAY_CONTROL_MONITOR_PRIMARY : 0,
				.Left = one->left,
				.Top = one->top,
				.Width = one->width,
				.Height = one->height,
				.PhysicalWidth = one->width_mm,
				.PhysicalHeight = one->height_mm,
				.Orientation = one->orientation,
				.DesktopScaleFactor = one->desktop_scale,
				.DeviceScaleFactor = one->device_scale,
		};
	}
	return session->disp->SendMonitorLayout(session->disp, monitors->count, layout);
}

static void tell(void *data)
{
	const struct wire_session_resize *wanted = &((struct session *)data)->wanted;
	struct session *session = data;
	struct monitors monitors;

	if (wanted->width == 0 || !session->disp || !session->is_disp_ready)
		return;
	monitors_plan(wanted->monitors, wanted->monitor_count, wanted->width, wanted->height,
			wanted->scale_percent, &session->limits, &monitors);
	session->wanted.width = 0;
	if (monitors_is_equal(&monitors, &session->told))
		return;
	if (wanted->monitor_count > monitors.count)
		log_warn("the desktop takes %u of %u monitors", monitors.count,
				wanted->monitor_count);
	log_debug("the desktop is asked for %u monitors, %u x %u", monitors.count, monitors.width,
			monitors.height);
	if (send_layout(session, &monitors) == CHANNEL_RC_OK)
		session->told = monitors;
	else
		log_warn("the desktop does not take the size %u x %u", monitors.width,
				monitors.height);
}

void resize_open(struct session *session)
{
	const struct wire_session_start *start = &session->start;

	session->limits = monitors_no_limits();
	session->resize_timer = loop_add_timer(session->loop, tell, session);
	monitors_plan(start->monitors, start->monitor_count, start->width, start->height,
			start->scale_percent, &session->limits, &session->told);
}

void resize_close(struct session *session)
{
	loop_timer_remove(own_take(session->resize_timer));
}

void resize_want(struct session *session, const struct wire_session_resize *wanted)
{
	session->wanted = *wanted;
	loop_timer_set(session->resize_timer, SETTLE_MS);
}

/* The server made another desktop than it was asked for when connecting: ask this way. */
static void ask_again(struct session *session)
{
	const struct wire_session_start *start = &session->start;
	const rdpGdi *gdi = session->rdp->gdi;

	if (session->wanted.width > 0 || !gdi ||
			((uint32_t)gdi->width == session->told.width &&
					(uint32_t)gdi->height == session->told.height))
		return;
	session->told = (struct monitors){0};
	session->wanted = (struct wire_session_resize){
			.width = start->width,
			.height = start->height,
			.scale_percent = start->scale_percent,
			.monitor_count = start->monitor_count,
	};
	for (unsigned i = 0; i < start->monitor_count; i++)
		session->wanted.monitors[i] = start->monitors[i];
}

/* [MS-RDPEDISP] 2.2.2.1: the server says what it can; only then may layouts be sent. */
static UINT on_capabilities(DispClientContext *disp, UINT32 count, UINT32 factor_a, UINT32 factor_b)
{
	struct session *session = disp->custom;

	log_debug("display control: %u monitors, area %u x %u", count, factor_a, factor_b);
	session->limits = monitors_server_limits(count, factor_a, factor_b);
	session->is_disp_ready = true;
	ask_again(session);
	tell(session);
	return CHANNEL_RC_OK;
}

void resize_set_control(struct session *session, DispClientContext *disp)
{
	session->disp = disp;
	session->is_disp_ready = false;
	if (!disp)
		return;
	disp->custom = session;
	disp->DisplayControlCaps = on_capabilities;
}
