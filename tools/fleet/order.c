/* SPDX-License-Identifier: Apache-2.0 */
/* Orders: taken all at once, answered one after the other, as docs/protocol.md wants it. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/log.h"
#include "base/text.h"
#include "conf/json.h"
#include "fleet/fleet.h"

enum { ORDERS_MAX = 64, KIND_MAX = 32, ASK_AGAIN_MS = 1000, PICTURE_SIDE = 64 };

struct order {
	char id[MESSAGES_ID_MAX];
	char kind[KIND_MAX];
};

/* Those that are being worked on. */
struct work {
	struct fleet_device *device;
	unsigned count, at;
	struct order orders[ORDERS_MAX];
};

static void next(struct work *work);

static struct work *has_failed(void *data, const struct link_answer *answer)
{
	struct work *work = data;

	if (answer->status < 500 && answer->status >= 400 && answer->status != 429)
		return work; /* expired meanwhile: nothing to try again */
	if (!device_has_failed(work->device, answer))
		return work;
	free(work);
	return NULL;
}

static void on_said(void *data, const struct link_answer *answer)
{
	struct work *work = has_failed(data, answer);

	if (!work)
		return;
	work->device->fleet->orders++;
	work->at++;
	next(work);
}

static void say_done(struct work *work, const char *state, const char *detail)
{
	OWNED(json) cJSON *body = json_new_object();
	char path[MESSAGES_ID_MAX + 32];

	json_put_text(body, "state", state);
	json_put_text(body, "detail", detail);
	OWNED(memory) char *text = json_print(body);
	(void)text_format(path, sizeof(path), "/device/v1/orders/%s", work->orders[work->at].id);
	struct link_request request = {
			"POST", path, NULL, text, strlen(text), "application/json", 60};
	link_start(&work->device->link, &request, on_said, work);
}

/* --- a small PNG: what the screen would show, in one colour of the device's own */

static void put32(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (24 - 8 * i));
}

static int put_chunk(struct array *png, const char *kind, const uint8_t *data, size_t size)
{
	uint8_t length[4], sum[4];
	size_t from = png->size + 4;

	put32(length, (uint32_t)size);
	int r = array_append(png, length, 4);
	if (r == 0)
		r = array_append(png, kind, 4);
	if (r == 0)
		r = array_append(png, data, size);
	if (r < 0)
		return r;
	put32(sum, (uint32_t)crc32(0, png->data + from, (uInt)(png->size - from)));
	return array_append(png, sum, 4);
}

static int make_picture(unsigned number, struct array *png)
{
	static const uint8_t magic[] = {0x89, 'P', 'N', 'G', 13, 10, 26, 10};
	uint8_t head[13] = {0}, pixels[PICTURE_SIDE * (PICTURE_SIDE + 1)], packed[1024];
	uLongf size = sizeof(packed);

	put32(head, PICTURE_SIDE);
	put32(head + 4, PICTURE_SIDE);
	head[8] = 8; /* bits of a pixel; 0: grey */
	memset(pixels, (int)(number % 200 + 40), sizeof(pixels));
	for (int y = 0; y < PICTURE_SIDE; y++)
		pixels[y * (PICTURE_SIDE + 1)] = 0; /* no filter */
	if (compress(packed, &size, pixels, sizeof(pixels)) != Z_OK)
		return -1;
	int r = array_append(png, magic, sizeof(magic));
	if (r == 0)
		r = put_chunk(png, "IHDR", head, sizeof(head));
	if (r == 0)
		r = put_chunk(png, "IDAT", packed, size);
	return r < 0 ? r : put_chunk(png, "IEND", NULL, 0);
}

static void on_file(void *data, const struct link_answer *answer)
{
	struct work *work = has_failed(data, answer);

	if (work)
		say_done(work, answer->status < 300 ? "done" : "failed", "");
}

static void send_file(struct work *work, const void *file, size_t size, const char *type)
{
	char path[MESSAGES_ID_MAX + 32];

	(void)text_format(path, sizeof(path), "/device/v1/orders/%s/file",
			work->orders[work->at].id);
	struct link_request request = {"PUT", path, NULL, file, size, type, 60};
	link_start(&work->device->link, &request, on_file, work);
}

static void send_screenshot(struct work *work)
{
	OWNED(array) struct array png = {.max = 4096};

	if (make_picture(work->device->number, &png) < 0)
		say_done(work, "failed", "no picture");
	else
		send_file(work, png.data, png.size, "image/png");
}

/* --- one after the other */

static void next(struct work *work)
{
	const struct order *order = &work->orders[work->at];

	if (work->at == work->count) {
		struct fleet_device *device = work->device;

		free(work);
		device_go_on(device);
	} else if (strcmp(order->kind, "screenshot") == 0) {
		send_screenshot(work);
	} else if (strcmp(order->kind, "message") == 0) {
		say_done(work, "confirmed", "");
	} else if (strcmp(order->kind, "wake") == 0) {
		say_done(work, "done", "a packet for it was sent");
	} else {
		if (strcmp(order->kind, "sign_out") == 0)
			work->device->is_in_session = false;
		say_done(work, "done", "");
	}
}

static int read_orders(struct work *work, const struct link_answer *answer, struct err *err)
{
	OWNED(json) cJSON *tree = NULL;
	struct json in, list, order;
	int r = json_parse(answer->body, answer->size, &tree, err);

	if (r < 0)
		return r;
	json_begin(&in, tree, err);
	json_take_all(&in);
	if (json_enter_list(&in, "orders", JSON_REQUIRED, ORDERS_MAX, &list)) {
		while (json_next_object(&list, &order)) {
			struct order *one = &work->orders[work->count];

			json_take_all(&order);
			json_text(&order, "id", JSON_REQUIRED | JSON_FILLED, one->id,
					sizeof(one->id));
			json_text(&order, "kind", JSON_REQUIRED, one->kind, sizeof(one->kind));
			json_leave(&order);
			work->count++;
		}
		json_leave(&list);
	}
	return json_end(&in);
}

static void on_orders(void *data, const struct link_answer *answer)
{
	struct fleet_device *device = data;
	struct err err;

	if (device_has_failed(device, answer))
		return;
	struct work *work = own_alloc(sizeof(*work));
	work->device = device;
	if (read_orders(work, answer, &err) < 0) {
		device->fleet->errors++;
		log_error("device %u: orders: %s", device->number, err.text);
		free(work);
		device_begin(device, ASK_AGAIN_MS);
		return;
	}
	next(work);
}

void order_take(struct fleet_device *device)
{
	device_request(device, "POST", "orders", "{}", 0, on_orders);
}
