/* SPDX-License-Identifier: Apache-2.0 */
#include "session/monitors.h"

#include <errno.h>
#include <string.h>

static int check_one(const struct wire_monitor *one, unsigned index, uint32_t width,
		uint32_t height, struct err *err)
{
	if (one->width < MONITORS_SIDE_MIN || one->width > MONITORS_SIDE_MAX ||
			one->height < MONITORS_SIDE_MIN || one->height > MONITORS_SIDE_MAX)
		return err_set(err, EINVAL, "monitors[%u]: %u x %u, sides of %d..%d were expected",
				index, one->width, one->height, MONITORS_SIDE_MIN,
				MONITORS_SIDE_MAX);
	if (one->x < 0 || one->y < 0 || (uint32_t)one->x > width || (uint32_t)one->y > height ||
			one->width > width - (uint32_t)one->x ||
			one->height > height - (uint32_t)one->y)
		return err_set(err, EINVAL, "monitors[%u]: not inside of %u x %u", index, width,
				height);
	if (one->scale_percent < 100 || one->scale_percent > 500)
		return err_set(err, EINVAL, "monitors[%u].scale_percent: %u, 100..500 was expected",
				index, one->scale_percent);
	if (one->rotation_degrees > 270 || one->rotation_degrees % 90 != 0)
		return err_set(err, EINVAL,
				"monitors[%u].rotation_degrees: %u, 0, 90, 180 or 270 was expected",
				index, one->rotation_degrees);
	if (one->is_primary > 1)
		return err_set(err, EINVAL, "monitors[%u].is_primary: %u, 0 or 1 was expected",
				index, one->is_primary);
	return 0;
}

/* Edges of both, as numbers that fit whatever was checked. */
static int32_t right_of(const struct wire_monitor *one)
{
	return one->x + (int32_t)one->width;
}

static int32_t bottom_of(const struct wire_monitor *one)
{
	return one->y + (int32_t)one->height;
}

static bool is_over(const struct wire_monitor *a, const struct wire_monitor *b)
{
	return a->x < right_of(b) && b->x < right_of(a) && a->y < bottom_of(b) &&
	       b->y < bottom_of(a);
}

/* Edges or corners. */
static bool touches(const struct wire_monitor *a, const struct wire_monitor *b)
{
	return a->x <= right_of(b) && b->x <= right_of(a) && a->y <= bottom_of(b) &&
	       b->y <= bottom_of(a);
}

static int check_together(const struct wire_monitor *list, uint32_t count, uint32_t width,
		uint32_t height, struct err *err)
{
	int32_t left = INT32_MAX, top = INT32_MAX, right = 0, bottom = 0;
	unsigned primaries = 0;

	for (unsigned i = 0; i < count; i++) {
		primaries += list[i].is_primary;
		left = list[i].x < left ? list[i].x : left;
		top = list[i].y < top ? list[i].y : top;
		right = right_of(&list[i]) > right ? right_of(&list[i]) : right;
		bottom = bottom_of(&list[i]) > bottom ? bottom_of(&list[i]) : bottom;
		for (unsigned j = 0; j < i; j++)
			if (is_over(&list[i], &list[j]))
				return err_set(err, EINVAL, "monitors[%u]: lies over monitors[%u]",
						i, j);
	}
	if (primaries != 1)
		return err_set(err, EINVAL, "monitors: %u are primary, one was expected",
				primaries);
	if (left != 0 || top != 0 || (uint32_t)right != width || (uint32_t)bottom != height)
		return err_set(err, EINVAL,
				"monitors: together %d, %d to %d, %d, 0, 0 to %u, %u was expected",
				left, top, right, bottom, width, height);
	return 0;
}

int monitors_check(const struct wire_monitor *list, uint32_t count, uint32_t width, uint32_t height,
		struct err *err)
{
	if (count > WIRE_MONITORS_MAX)
		return err_set(err, EINVAL, "monitor_count: %u, at most %d was expected", count,
				WIRE_MONITORS_MAX);
	for (unsigned i = 0; i < count; i++) {
		int r = check_one(&list[i], i, width, height, err);
		if (r < 0)
			return r;
	}
	return count > 0 ? check_together(list, count, width, height, err) : 0;
}

static bool is_before(const struct wire_monitor *a, const struct wire_monitor *b)
{
	return a->x != b->x ? a->x < b->x : a->y < b->y;
}

/* The one furthest to the left that touches a chosen one and fits; -1: none does. */
static int find_next(const struct wire_monitor *list, uint32_t count, const bool *is_chosen,
		uint64_t pixels)
{
	int best = -1;

	for (unsigned i = 0; i < count; i++) {
		bool is_near = false;

		for (unsigned j = 0; j < count; j++)
			is_near |= is_chosen[j] && touches(&list[i], &list[j]);
		if (!is_chosen[i] && is_near &&
				(uint64_t)list[i].width * list[i].height <= pixels &&
				(best < 0 || is_before(&list[i], &list[best])))
			best = (int)i;
	}
	return best;
}

static struct monitors_one translate(const struct wire_monitor *one,
		const struct wire_monitor *primary)
{
	int32_t left = one->x & ~1, right = right_of(one) & ~1;
	bool has_mm = one->width_mm >= MONITORS_MM_MIN && one->width_mm <= MONITORS_MM_MAX &&
	              one->height_mm >= MONITORS_MM_MIN && one->height_mm <= MONITORS_MM_MAX;

	return (struct monitors_one){
			.left = left - (primary->x & ~1),
			.top = one->y - primary->y,
			.width = (uint32_t)(right - left),
			.height = one->height,
			.width_mm = has_mm ? one->width_mm : 0,
			.height_mm = has_mm ? one->height_mm : 0,
			.orientation = one->rotation_degrees,
			.desktop_scale = one->scale_percent,
			.device_scale = one->scale_percent < 140   ? 100
	                                : one->scale_percent < 180 ? 140
	                                                           : 180,
	};
}

static void measure(struct monitors *monitors)
{
	int32_t left = 0, top = 0, right = 0, bottom = 0;

	for (unsigned i = 0; i < monitors->count; i++) {
		const struct monitors_one *one = &monitors->list[i];
		int32_t its_right = one->left + (int32_t)one->width;
		int32_t its_bottom = one->top + (int32_t)one->height;

		left = one->left < left ? one->left : left;
		top = one->top < top ? one->top : top;
		right = its_right > right ? its_right : right;
		bottom = its_bottom > bottom ? its_bottom : bottom;
	}
	monitors->width = (uint32_t)(right - left);
	monitors->height = (uint32_t)(bottom - top);
}

static void plan(const struct wire_monitor *list, uint32_t count,
		const struct monitors_limits *limits, struct monitors *ret)
{
	bool is_chosen[WIRE_MONITORS_MAX] = {false};
	uint64_t pixels = limits->pixels;
	unsigned primary = 0;

	for (unsigned i = 0; i < count; i++)
		primary = list[i].is_primary ? i : primary;
	for (int next = (int)primary; next >= 0;) {
		uint64_t its = (uint64_t)list[next].width * list[next].height;

		is_chosen[next] = true;
		ret->list[ret->count++] = translate(&list[next], &list[primary]);
		pixels -= its < pixels ? its : pixels;
		next = ret->count < limits->count ? find_next(list, count, is_chosen, pixels) : -1;
	}
	measure(ret);
}

void monitors_plan(const struct wire_monitor *list, uint32_t count, uint32_t width, uint32_t height,
		uint32_t scale_percent, const struct monitors_limits *limits, struct monitors *ret)
{
	const struct wire_monitor all = {.width = width,
			.height = height,
			.scale_percent = scale_percent,
			.is_primary = 1};

	*ret = (struct monitors){0};
	plan(count > 0 ? list : &all, count > 0 ? count : 1, limits, ret);
}

bool monitors_is_equal(const struct monitors *a, const struct monitors *b)
{
	return a->count == b->count && memcmp(a->list, b->list, a->count * sizeof(a->list[0])) == 0;
}

struct monitors_limits monitors_no_limits(void)
{
	return (struct monitors_limits){.count = WIRE_MONITORS_MAX, .pixels = UINT64_MAX};
}

struct monitors_limits monitors_server_limits(uint32_t count, uint32_t factor_a, uint32_t factor_b)
{
	struct monitors_limits limits = monitors_no_limits();
	uint64_t area;

	if (count < limits.count)
		limits.count = count;
	if (!__builtin_mul_overflow((uint64_t)factor_a * factor_b, (uint64_t)count, &area))
		limits.pixels = area;
	return limits;
}
