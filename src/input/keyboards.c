/* SPDX-License-Identifier: Apache-2.0 */
#include "input/keyboards.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "input/guard.h"

enum { BURST_US = 1000 * 1000, PRESS_US = BURST_US / KEYBOARDS_RATE };

enum trust {
	TRUST_WATCHED, /* while another keyboard is there */
	TRUST_FIRST,   /* the only keyboard when it came */
	TRUST_FULL,    /* built in, in the list, or the person said yes */
	TRUST_ASKED,   /* held; the person has not answered */
	TRUST_REFUSED,
};

struct group {
	uint64_t number;
	unsigned devices; /* 0: free place */
	unsigned typing;  /* of them */
	enum trust trust;
	struct guard guard;
};

struct device {
	uint32_t id; /* 0: free place */
	struct group *group;
	bool is_typing;
	uint16_t vendor, product;
	uint8_t down[(KEY_CNT + 7) / 8];
};

struct keyboards {
	keyboards_fn fn;
	void *data;
	bool holds;
	char trusted[KEYBOARDS_TRUSTED_MAX];
	struct group groups[KEYBOARDS_MAX];
	struct device devices[KEYBOARDS_MAX + 1]; /* the last one is nobody's */
	uint8_t down[KEY_CNT];                    /* how many hold the key */
	int64_t spent_us;                         /* the moment up to which presses are paid for */
	struct keyboards_stats stats;
};

static struct device *nobody(struct keyboards *keyboards)
{
	return &keyboards->devices[KEYBOARDS_MAX];
}

struct keyboards *keyboards_create(keyboards_fn fn, void *data)
{
	struct keyboards *keyboards = own_alloc(sizeof(*keyboards));

	keyboards->fn = fn;
	keyboards->data = data;
	keyboards->holds = true;
	return keyboards;
}

void keyboards_destroy(struct keyboards *keyboards)
{
	if (!keyboards)
		return;
	text_wipe(keyboards, sizeof(*keyboards));
	free(keyboards);
}

static struct device *find(struct keyboards *keyboards, uint32_t id)
{
	if (id == 0)
		return nobody(keyboards);
	for (unsigned i = 0; i < KEYBOARDS_MAX; i++)
		if (keyboards->devices[i].id == id)
			return &keyboards->devices[i];
	return NULL;
}

static bool has_bit(const uint8_t *bits, uint32_t code)
{
	return bits[code / 8] & (1u << (code % 8));
}

static void emit(struct keyboards *keyboards, uint32_t code, bool is_down, int64_t time_us)
{
	keyboards->stats.keys++;
	keyboards->fn(keyboards->data, code, is_down, time_us);
}

/* Each press costs a slice of time; no more than a second's worth is ever in stock. */
static bool may_press(struct keyboards *keyboards, int64_t time_us)
{
	if (keyboards->spent_us < time_us - BURST_US)
		keyboards->spent_us = time_us - BURST_US;
	if (keyboards->spent_us > time_us)
		return false;
	keyboards->spent_us += PRESS_US;
	return true;
}

/* One device's key: counts when it is the first that goes down or the last that goes up. */
static void count(struct keyboards *keyboards, struct device *device, uint32_t code, bool is_down,
		int64_t time_us)
{
	if (has_bit(device->down, code) == is_down)
		return;
	if (is_down && device->id && !may_press(keyboards, time_us)) {
		if (keyboards->stats.dropped++ == 0)
			log_warn("keys come faster than %d a second: some are dropped",
					KEYBOARDS_RATE);
		return;
	}
	device->down[code / 8] ^= (uint8_t)(1u << (code % 8));
	keyboards->down[code] = (uint8_t)(keyboards->down[code] + (is_down ? 1 : -1));
	if (keyboards->down[code] == (is_down ? 1 : 0))
		emit(keyboards, code, is_down, time_us);
}

static void let_go(struct keyboards *keyboards, struct device *device, int64_t now_us)
{
	for (uint32_t code = 0; code < KEY_CNT; code++)
		if (has_bit(device->down, code))
			count(keyboards, device, code, false, now_us);
}

/* --- who is watched --- */

static bool is_listed(const struct keyboards *keyboards, uint16_t vendor, uint16_t product)
{
	char name[10];

	snprintf(name, sizeof(name), "%04x:%04x", vendor, product);
	return strstr(keyboards->trusted, name) != NULL;
}

static bool is_other_there(const struct keyboards *keyboards, const struct group *group)
{
	for (unsigned i = 0; i < KEYBOARDS_MAX; i++)
		if (&keyboards->groups[i] != group && keyboards->groups[i].typing > 0)
			return true;
	return false;
}

static bool is_watched(const struct keyboards *keyboards, const struct group *group)
{
	return keyboards->holds && group->trust == TRUST_WATCHED &&
	       is_other_there(keyboards, group);
}

static bool is_group_held(const struct group *group)
{
	return group && (group->trust == TRUST_ASKED || group->trust == TRUST_REFUSED);
}

static void hold(struct keyboards *keyboards, struct group *group, int64_t now_us)
{
	group->trust = TRUST_ASKED;
	keyboards->stats.held++;
	for (unsigned i = 0; i < KEYBOARDS_MAX; i++) {
		struct device *device = &keyboards->devices[i];

		if (!device->id || device->group != group)
			continue;
		let_go(keyboards, device, now_us);
		log_warn("keyboard %04x:%04x types faster than a person: it is held",
				device->vendor, device->product);
	}
}

static void flush(struct keyboards *keyboards, struct group *group)
{
	struct guard guard = group->guard;

	group->guard.waiting = 0;
	for (unsigned i = 0; i < guard.waiting; i++) {
		struct device *device = find(keyboards, guard.queue[i].device);

		if (device)
			count(keyboards, device, guard.queue[i].code, guard.queue[i].is_down,
					guard.queue[i].time_us);
	}
	text_wipe(&guard, sizeof(guard));
}

static struct group *join_group(struct keyboards *keyboards, uint64_t number)
{
	struct group *free_place = NULL;

	for (unsigned i = 0; i < KEYBOARDS_MAX; i++) {
		struct group *group = &keyboards->groups[i];

		if (group->devices > 0 && group->number == number)
			return group;
		if (group->devices == 0)
			free_place = group;
	}
	/* There are as many places as devices. */
	*free_place = (struct group){.number = number};
	return free_place;
}

void keyboards_add(struct keyboards *keyboards, const struct keyboards_device *given)
{
	struct device *device = NULL;

	for (unsigned i = 0; i < KEYBOARDS_MAX && !device; i++)
		if (!keyboards->devices[i].id)
			device = &keyboards->devices[i];
	if (!device || !given->id || find(keyboards, given->id)) {
		log_warn("device %s is not heard: there are too many", log_quote(given->name));
		return;
	}
	struct group *group = join_group(keyboards, given->group);
	*device = (struct device){.id = given->id,
			.group = group,
			.is_typing = given->is_typing,
			.vendor = given->vendor,
			.product = given->product};
	group->devices++;
	if (given->is_typing)
		group->typing++;
	if (is_group_held(group))
		return;
	if (given->is_internal || is_listed(keyboards, given->vendor, given->product))
		group->trust = TRUST_FULL;
	else if (group->trust == TRUST_WATCHED && given->is_typing &&
			!is_other_there(keyboards, group))
		group->trust = TRUST_FIRST;
	log_info("%s %s (%04x:%04x) is there%s", given->is_typing ? "keyboard" : "device",
			log_quote(given->name), given->vendor, given->product,
			is_watched(keyboards, group) ? ", and watched" : "");
}

void keyboards_remove(struct keyboards *keyboards, uint32_t id, int64_t now_us)
{
	struct device *device = id ? find(keyboards, id) : NULL;

	if (!device)
		return;
	flush(keyboards, device->group);
	let_go(keyboards, device, now_us);
	device->group->devices--;
	if (device->is_typing)
		device->group->typing--;
	if (device->group->devices == 0)
		text_wipe(device->group, sizeof(*device->group));
	*device = (struct device){0};
}

void keyboards_started(struct keyboards *keyboards)
{
	for (unsigned i = 0; i < KEYBOARDS_MAX; i++) {
		struct group *group = &keyboards->groups[i];

		if (group->trust == TRUST_FIRST && is_other_there(keyboards, group))
			group->trust = TRUST_WATCHED;
	}
}

void keyboards_set_policy(struct keyboards *keyboards, bool holds, const char *trusted)
{
	keyboards->holds = holds;
	snprintf(keyboards->trusted, sizeof(keyboards->trusted), "%s", trusted);
	for (unsigned i = 0; i < KEYBOARDS_MAX; i++) {
		const struct device *device = &keyboards->devices[i];

		if (!device->id)
			continue;
		if (is_listed(keyboards, device->vendor, device->product)) {
			flush(keyboards, device->group);
			device->group->trust = TRUST_FULL;
		} else if (!holds && is_group_held(device->group)) {
			device->group->trust = TRUST_WATCHED;
		}
	}
}

/* --- keys --- */

void keyboards_key(struct keyboards *keyboards, uint32_t id, uint32_t code, bool is_down,
		int64_t time_us)
{
	struct device *device = find(keyboards, id);
	struct guard_key key = {id, code, is_down, time_us};
	bool is_button = code >= BTN_MISC && code < KEY_OK;
	struct group *group;

	if (!device || !code || code >= KEY_CNT)
		return;
	group = device->group;
	if (is_group_held(group)) {
		keyboards->stats.refused += is_down;
		return;
	}
	if (group && guard_is_over(&group->guard, time_us))
		flush(keyboards, group);
	if (!group || is_button || (!is_watched(keyboards, group) && !group->guard.waiting)) {
		count(keyboards, device, code, is_down, time_us);
		return;
	}
	switch (guard_judge(&group->guard, &key)) {
	case GUARD_PASS:
		count(keyboards, device, code, is_down, time_us);
		break;
	case GUARD_HOLD:
		hold(keyboards, group, time_us);
		break;
	case GUARD_WAIT:
		break;
	}
}

void keyboards_time(struct keyboards *keyboards, int64_t now_us)
{
	for (unsigned i = 0; i < KEYBOARDS_MAX; i++)
		if (guard_is_over(&keyboards->groups[i].guard, now_us))
			flush(keyboards, &keyboards->groups[i]);
}

int64_t keyboards_wake_us(const struct keyboards *keyboards)
{
	int64_t wake_us = -1;

	for (unsigned i = 0; i < KEYBOARDS_MAX; i++) {
		int64_t us = guard_wake_us(&keyboards->groups[i].guard);

		if (us >= 0 && (wake_us < 0 || us < wake_us))
			wake_us = us;
	}
	return wake_us;
}

/* --- the person --- */

bool keyboards_is_held(const struct keyboards *keyboards, uint32_t id)
{
	for (unsigned i = 0; id && i < KEYBOARDS_MAX; i++)
		if (keyboards->devices[i].id == id)
			return is_group_held(keyboards->devices[i].group);
	return false;
}

uint32_t keyboards_asks(const struct keyboards *keyboards)
{
	for (unsigned i = 0; i < KEYBOARDS_MAX; i++)
		if (keyboards->devices[i].id && keyboards->devices[i].group->trust == TRUST_ASKED)
			return keyboards->devices[i].id;
	return 0;
}

void keyboards_answer(struct keyboards *keyboards, bool is_allowed)
{
	struct device *device = find(keyboards, keyboards_asks(keyboards));

	if (!device || !device->id)
		return;
	device->group->trust = is_allowed ? TRUST_FULL : TRUST_REFUSED;
	guard_reset(&device->group->guard);
	log_info("keyboard %04x:%04x is %s by the person", device->vendor, device->product,
			is_allowed ? "allowed" : "refused");
}

bool keyboards_is_down(const struct keyboards *keyboards, uint32_t code)
{
	return code < KEY_CNT && keyboards->down[code] > 0;
}

struct keyboards_stats keyboards_stats(const struct keyboards *keyboards)
{
	return keyboards->stats;
}
