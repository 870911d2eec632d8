/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the monitors that are there to outputs that are lit. Each round plans a layout,
 * drops the outputs that no longer fit, gives crtcs to the others and prepares what is
 * missing, dark. All of it is tried by a test-only commit. What the hardware refuses is
 * marked, a mode or a whole monitor, and the next round plans without it; so rounds come
 * to an end. The last one lights everything by one commit. Outputs that fit all the time
 * are never touched.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "kms/kms.h"
#include "kms/mode.h"

struct change {
	struct kms *kms;
	struct layout layout;
	struct kms_output *shown[LAYOUT_OUTPUTS_MAX];    /* of each monitor; NULL: none */
	struct kms_output *prepared[LAYOUT_OUTPUTS_MAX]; /* dark so far; NULL: none */
	bool has_changed;
	uint32_t useless; /* crtcs that lack a plane for a picture, a bit each */
	unsigned dark;    /* monitors that may be lit later */
};

static const struct layout_mode *mode_of(const struct change *change, unsigned index)
{
	return &change->kms->monitors.seen[index].modes[change->layout.places[index].mode];
}

/* --- what fits */

static bool fits(const struct change *change, unsigned index, const struct kms_output *output)
{
	const struct layout_place *place = &change->layout.places[index];
	const struct kms_monitor *monitor = &change->kms->monitors.own[index];

	return place->is_lit && output->connector == monitor->connector &&
	       output->base.info.rotation == place->rotation &&
	       memcmp(&output->mode, &monitor->modes[place->mode], sizeof output->mode) == 0 &&
	       memcmp(&output->base.info.identity, &place->identity, sizeof place->identity) == 0;
}

static void drop_shown(struct change *change, struct kms_output *output)
{
	log_debug("%s: ends", output->base.info.name);
	display_remove_output(&change->kms->base, &output->base);
	change->has_changed = true;
}

static void drop_prepared(struct change *change, unsigned index)
{
	if (change->prepared[index])
		kms_output_destroy(change->prepared[index]);
	change->prepared[index] = NULL;
}

/* Whose monitor is gone or has another mode now ends. */
static void keep_what_fits(struct change *change)
{
	struct display *display = &change->kms->base;

	memset(change->shown, 0, sizeof change->shown);
	for (unsigned i = display->output_count; i-- > 0;) {
		struct kms_output *output = (struct kms_output *)display->outputs[i];
		bool is_kept = false;
		for (unsigned k = 0; k < change->layout.count; k++) {
			struct kms_monitor *monitor = &change->kms->monitors.own[k];
			if (!fits(change, k, output) || monitor->is_link_bad)
				continue;
			change->shown[k] = output;
			is_kept = true;
		}
		if (!is_kept)
			drop_shown(change, output);
	}
	for (unsigned i = 0; i < change->layout.count; i++) {
		change->kms->monitors.own[i].is_link_bad = false; /* its output ended above */
		if (change->prepared[i] && !fits(change, i, change->prepared[i]))
			drop_prepared(change, i);
	}
}

/* --- crtcs and what is missing */

static int crtc_index(const struct kms *kms, const struct kms_output *output)
{
	return output ? (int)(output->crtc - kms->crtcs) : -1;
}

static void __attribute__((format(printf, 3, 4))) stay_dark(struct change *change, unsigned index,
		const char *format, ...)
{
	struct layout_monitor *monitor = &change->kms->monitors.seen[index];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(monitor->dark_because, sizeof monitor->dark_because, format, arguments);
	va_end(arguments);
}

/* True when all that are to be lit have a crtc; the others are marked and planned without. */
static bool assign(struct change *change, int *crtcs)
{
	struct kms *kms = change->kms;
	uint32_t possible[LAYOUT_OUTPUTS_MAX] = {0};
	uint32_t all = kms->crtc_count < 32 ? (1u << kms->crtc_count) - 1 : UINT32_MAX;
	bool is_whole = true;

	for (unsigned i = 0; i < change->layout.count; i++) {
		if (change->layout.places[i].is_lit)
			possible[i] = kms->monitors.own[i].possible_crtcs;
		crtcs[i] = crtc_index(kms,
				change->shown[i] ? change->shown[i] : change->prepared[i]);
	}
	mode_assign_crtcs(possible, change->layout.count, all & ~change->useless, crtcs);
	for (unsigned i = 0; i < change->layout.count; i++)
		if (change->layout.places[i].is_lit && crtcs[i] < 0) {
			stay_dark(change, i,
					"the device can't drive more monitors than it does, "
					"or not this one beside them");
			is_whole = false;
		}
	return is_whole;
}

/* Outputs that have to move to another crtc end; they are prepared again. */
static void move_away(struct change *change, const int *crtcs)
{
	for (unsigned i = 0; i < change->layout.count; i++) {
		if (change->shown[i] && crtc_index(change->kms, change->shown[i]) != crtcs[i]) {
			drop_shown(change, change->shown[i]);
			change->shown[i] = NULL;
		}
		if (change->prepared[i] && crtc_index(change->kms, change->prepared[i]) != crtcs[i])
			drop_prepared(change, i);
	}
}

static bool prepare(struct change *change, unsigned index, int crtc)
{
	struct kms *kms = change->kms;
	const struct layout_place *place = &change->layout.places[index];
	const struct kms_monitor *monitor = &kms->monitors.own[index];
	struct display_output_info info;
	struct err err;

	display_describe(place, &kms->monitors.seen[index], &info);
	int ret = kms_output_create(kms, monitor->connector, &kms->crtcs[crtc],
			&monitor->modes[place->mode], &info, &change->prepared[index], &err);

	if (ret == 0)
		return true;
	if (ret == -ENOTSUP) { /* another crtc may have one */
		log_debug("%s", err.text);
		change->useless |= 1u << crtc;
		return false;
	}
	stay_dark(change, index, "%s", err.text);
	change->dark++;
	return false;
}

static bool prepare_missing(struct change *change)
{
	int crtcs[LAYOUT_OUTPUTS_MAX];

	if (!assign(change, crtcs))
		return false;
	move_away(change, crtcs);
	for (unsigned i = 0; i < change->layout.count; i++)
		if (change->layout.places[i].is_lit && !change->shown[i] && !change->prepared[i] &&
				!prepare(change, i, crtcs[i]))
			return false;
	return true;
}

/* --- what the hardware says */

/* What can't be shown, as opposed to what can't be shown now. */
static bool is_refusal(int code)
{
	return code == -EINVAL || code == -ERANGE || code == -ENOSPC || code == -ENOTSUP ||
	       code == -E2BIG;
}

static uint64_t rate_of(const struct layout_mode *mode)
{
	return (uint64_t)mode->width * mode->height * mode->refresh_mhz;
}

/* The lit monitor that takes most of what they share; rather not the primary one. */
static unsigned find_hungriest(const struct change *change)
{
	unsigned hungriest = 0;
	uint64_t most = 0;

	for (unsigned i = 0; i < change->layout.count; i++) {
		const struct layout_place *place = &change->layout.places[i];
		uint64_t rate = place->is_lit ? 2 * rate_of(mode_of(change, i)) + !place->is_primary
		                              : 0;
		if (rate >= most && place->is_lit) {
			hungriest = i;
			most = rate;
		}
	}
	return hungriest;
}

static void refuse(struct change *change, unsigned index, uint64_t rate_min)
{
	struct layout_monitor *monitor = &change->kms->monitors.seen[index];
	struct layout_mode *mode = &monitor->modes[change->layout.places[index].mode];

	log_debug("%s: %ux%u at %u mHz is refused", monitor->connector, mode->width, mode->height,
			mode->refresh_mhz);
	mode->is_refused = true;
	for (unsigned i = 0; rate_min && i < monitor->mode_count; i++)
		monitor->modes[i].is_refused |= rate_of(&monitor->modes[i]) >= rate_min;
}

/* First those that are refused even alone, else who needs most: something is always refused. */
static void refuse_some(struct change *change)
{
	struct kms *kms = change->kms;
	bool has_any = false;

	for (unsigned i = 0; i < change->layout.count; i++)
		if (change->prepared[i] &&
				is_refusal(kms_light(kms, &change->prepared[i], 1, true, true))) {
			refuse(change, i, 0);
			has_any = true;
		}
	if (has_any)
		return;
	unsigned hungriest = find_hungriest(change);

	refuse(change, hungriest, rate_of(mode_of(change, hungriest)));
}

static unsigned gather(const struct change *change, struct kms_output **ret)
{
	unsigned count = 0;

	for (unsigned i = 0; i < change->layout.count; i++)
		if (change->prepared[i])
			ret[count++] = change->prepared[i];
	return count;
}

/* A connector that does not take the niceties gets none, nor do the others. */
static int test(struct kms *kms, struct kms_output *const *outputs, unsigned count)
{
	int ret = kms_light(kms, outputs, count, true, false);

	if (!is_refusal(ret) || kms->is_plain)
		return ret;
	kms->is_plain = true;
	if (kms_light(kms, outputs, count, true, false) == 0)
		return 0;
	kms->is_plain = false;
	return ret;
}

static void show(struct change *change, unsigned index)
{
	struct kms_output *output = change->prepared[index];

	log_debug("%s: %ux%u, crtc %u, primary plane %u%s", output->base.info.name,
			output->mode.hdisplay, output->mode.vdisplay, output->crtc->id,
			output->planes[0]->id, output->plane_count > 1 ? " and more planes" : "");
	display_add_output(&change->kms->base, &output->base);
	change->shown[index] = output;
	change->prepared[index] = NULL;
	change->has_changed = true;
}

/* The test went well and the commit did not: each by itself. True when none stayed dark. */
static bool light_each(struct change *change)
{
	bool is_whole = true;

	for (unsigned i = 0; i < change->layout.count; i++) {
		if (!change->prepared[i])
			continue;
		int ret = kms_light(change->kms, &change->prepared[i], 1, false, false);
		if (ret == 0) {
			show(change, i);
			continue;
		}
		stay_dark(change, i, "setting %ux%u: %s", change->prepared[i]->mode.hdisplay,
				change->prepared[i]->mode.vdisplay, strerror(-ret));
		drop_prepared(change, i);
		change->dark++;
		is_whole = false;
	}
	return is_whole;
}

/* True when the layout stands; false: plan again. */
static bool light(struct change *change)
{
	struct kms_output *outputs[LAYOUT_OUTPUTS_MAX];
	unsigned count = gather(change, outputs);

	if (count == 0)
		return true;
	int ret = test(change->kms, outputs, count);

	if (is_refusal(ret)) {
		refuse_some(change);
		return false;
	}
	if (ret < 0 || kms_light(change->kms, outputs, count, false, false) < 0)
		return light_each(change);
	for (unsigned i = 0; i < change->layout.count; i++)
		if (change->prepared[i])
			show(change, i);
	return true;
}

/* --- the end of it */

static void tell_outputs(struct change *change)
{
	for (unsigned i = 0; i < change->layout.count; i++)
		if (change->shown[i])
			display_describe(&change->layout.places[i], &change->kms->monitors.seen[i],
					&change->shown[i]->base.info);
}

/* A monitor that has not said yet what it can show is looked at again. */
static unsigned count_speechless(const struct kms *kms)
{
	unsigned count = 0;

	for (unsigned i = 0; i < kms->monitors.count; i++)
		count += kms->monitors.seen[i].mode_count == 0;
	return count;
}

/* Connectors that went with their dock, now that no output needs them. */
static void free_connectors(struct kms *kms)
{
	for (unsigned i = 0; i < kms->connector_count; i++)
		if (kms->connectors[i].is_gone)
			kms->connectors[i] = (struct kms_connector){.id = 0};
}

struct kms_probed kms_probe(struct kms *kms)
{
	struct change change = {.kms = kms};

	kms_look(kms);
	do {
		layout_plan(&kms->base.wishes, kms->monitors.seen, kms->monitors.count,
				&change.layout);
		keep_what_fits(&change);
	} while (!prepare_missing(&change) || !light(&change));
	if (kms->monitors.left_out)
		layout_note(&change.layout,
				"%u more monitors are connected than the %d that can "
				"be used.",
				kms->monitors.left_out, LAYOUT_OUTPUTS_MAX);
	tell_outputs(&change);
	change.dark += count_speechless(kms);
	free_connectors(kms);
	change.has_changed |= display_take_layout(&kms->base, &change.layout);
	display_sort_outputs(&kms->base);
	return (struct kms_probed){.has_changed = change.has_changed, .dark = change.dark};
}
