/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of orders, what may be said with each, and what may follow on what. Pure. */
#include <errno.h>
#include <string.h>

#include "server/order.h"

enum { TEXT_MAX = 501, DAY_S = 24 * 3600 };

const char *const order_state_names[] = {"waiting", "taken", "sent", "done", "confirmed", "failed",
		"refused", "expired", "cancelled", NULL};

static void put_seconds(struct json *in, cJSON *args, int64_t min, int64_t usual)
{
	json_whole(in, "seconds", 0, min, DAY_S, &usual);
	json_put_whole(args, "seconds", usual);
}

static void read_nothing(struct json *in, cJSON *args)
{
	(void)in;
	(void)args;
}

static void read_identify(struct json *in, cJSON *args)
{
	put_seconds(in, args, 5, 60);
}

static void read_message(struct json *in, cJSON *args)
{
	static const char *const words[] = {"info", "warning", "urgent", NULL};
	char text[TEXT_MAX] = "";
	bool needs_confirmation = false;
	unsigned severity = 0;

	json_text(in, "text", JSON_REQUIRED | JSON_FILLED | JSON_LINES, text, sizeof(text));
	json_word(in, "severity", 0, words, &severity);
	json_bool(in, "confirm", 0, &needs_confirmation);
	json_put_text(args, "text", text);
	json_put_text(args, "severity", words[severity]);
	json_put_bool(args, "confirm", needs_confirmation);
	put_seconds(in, args, 0, needs_confirmation ? 0 : 60);
}

static void read_restart(struct json *in, cJSON *args)
{
	bool is_forced = false;

	json_bool(in, "force", 0, &is_forced);
	json_put_bool(args, "force", is_forced);
}

static void read_lock(struct json *in, cJSON *args)
{
	char text[TEXT_MAX] = "";

	json_text(in, "text", JSON_LINES, text, sizeof(text));
	json_put_text(args, "text", text);
}

static const struct order_kind kinds[] = {
		{.name = "identify", .read = read_identify},
		{.name = "message", .read = read_message},
		{.name = "restart_session", .read = read_nothing},
		{.name = "sign_out", .read = read_nothing},
		{.name = "restart", .read = read_restart},
		{.name = "update_now", .read = read_nothing},
		{.name = "wake", .read = read_nothing},
		{.name = "lock", .read = read_lock, .never_expires = true},
		{.name = "unlock", .read = read_nothing, .never_expires = true},
		{.name = "screenshot", .read = read_nothing, .has_file = true, .needs_sight = true},
		{.name = "logs", .read = read_nothing, .has_file = true},
};

const struct order_kind *order_kind_find(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	}
	return NULL;
}

bool order_may_follow(enum db_order_state now, enum db_order_state next)
{
	if (now == next)
		return true;
	if (now == DB_ORDER_TAKEN)
		return next == DB_ORDER_SENT || next == DB_ORDER_DONE ||
		       next == DB_ORDER_CONFIRMED || next == DB_ORDER_FAILED ||
		       next == DB_ORDER_REFUSED;
	/* Shown, and later confirmed by the person. */
	return now == DB_ORDER_DONE && next == DB_ORDER_CONFIRMED;
}

/* RFC 2083 3.1, 4.1.1: the signature, then IHDR with width and height. */
static bool is_png(const uint8_t *data, size_t size)
{
	static const uint8_t head[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13,
			'I', 'H', 'D', 'R'};
	static const uint8_t tail[] = {'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82};

	if (size < sizeof(head) + 8 + sizeof(tail) || memcmp(data, head, sizeof(head)) != 0 ||
			memcmp(data + size - sizeof(tail), tail, sizeof(tail)) != 0)
		return false;
	for (size_t at = sizeof(head); at < sizeof(head) + 8; at += 4) {
		unsigned pixels = (unsigned)data[at] << 24 | (unsigned)data[at + 1] << 16 |
		                  (unsigned)data[at + 2] << 8 | data[at + 3];

		if (pixels == 0 || pixels > 65536)
			return false;
	}
	return true;
}

int order_file_type(const struct order_kind *kind, const void *data, size_t size, const char **type,
		struct err *err)
{
	static const uint8_t gzip[] = {0x1f, 0x8b, 8}, zstd[] = {0x28, 0xb5, 0x2f, 0xfd};

	if (!kind || !kind->has_file)
		return err_set(err, EINVAL, "nobody asked for a file");
	*type = NULL;
	if (kind->needs_sight && is_png(data, size))
		*type = "image/png";
	else if (!kind->needs_sight && size > 18 && memcmp(data, gzip, sizeof(gzip)) == 0)
		*type = "application/gzip";
	else if (!kind->needs_sight && size > 18 && memcmp(data, zstd, sizeof(zstd)) == 0)
		*type = "application/zstd";
	return *type ? 0
	             : err_set(err, EINVAL, "the file is not %s",
				       kind->needs_sight ? "a PNG" : "a tar.gz or tar.zst");
}
