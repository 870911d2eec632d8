// SPDX-License-Identifier: Apache-2.0
/* Orders carried out: by the kiosk, or here. */
#include <string.h>
#include <unistd.h>

#include "agent/logs.h"
#include "agent/state.h"
#include "agent/wake.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "wire/order.h"

enum { PATIENCE_MS = 20 * 1000 }; /* for a kiosk that is being started */

/* --- what the kiosk carries out */

static struct agent_open *find_open(struct agent *agent, const char *id)
{
	for (int i = 0; i < AGENT_OPEN_MAX; i++)
		if (strcmp(agent->orders.open[i].order.id, id) == 0)
			return &agent->orders.open[i];
	return NULL;
}

static void ask_kiosk(struct agent *agent, const struct wire_agent_order *order)
{
	struct agent_open *open = find_open(agent, "");

	if (!open) {
		orders_end(agent, order->id, "failed", "too many orders wait for the screen");
		return;
	}
	*open = (struct agent_open){.order = *order, .until_ms = loop_now_ms() + PATIENCE_MS};
	open->is_sent = kiosk_send_order(agent->kiosk, &open->order);
	if (!open->is_sent)
		loop_timer_set(agent->orders.patience, PATIENCE_MS);
}

static void send_lock(struct agent *agent)
{
	const struct order_memory *memory = &agent->orders.memory;
	struct wire_agent_order order = {.kind = WIRE_ORDER_LOCK};

	memcpy(order.id, memory->lock, sizeof(order.id));
	memcpy(order.text, memory->lock_text, sizeof(order.text));
	(void)kiosk_send_order(agent->kiosk, &order);
}

void orders_on_kiosk(struct agent *agent)
{
	if (agent->orders.memory.is_locked && !find_open(agent, agent->orders.memory.lock))
		send_lock(agent);
	for (int i = 0; i < AGENT_OPEN_MAX; i++) {
		struct agent_open *open = &agent->orders.open[i];

		if (open->order.id[0] && !open->is_sent)
			open->is_sent = kiosk_send_order(agent->kiosk, &open->order);
	}
}

static void restart_device(struct agent *agent, const char *id);

/* Without a screen there is nobody to warn, and a lock holds as soon as there is one. */
static void give_up(struct agent *agent, struct agent_open *open, const char *why)
{
	struct wire_agent_order order = open->order;

	*open = (struct agent_open){0};
	if (order.kind == WIRE_ORDER_RESTART_WARNING)
		restart_device(agent, order.id);
	else if (order.kind == WIRE_ORDER_LOCK || order.kind == WIRE_ORDER_UNLOCK)
		orders_end(agent, order.id, "done", "");
	else
		orders_end(agent, order.id, "failed", why);
}

void orders_on_kiosk_gone(struct agent *agent)
{
	for (int i = 0; i < AGENT_OPEN_MAX; i++) {
		struct agent_open *open = &agent->orders.open[i];

		if (open->order.id[0] && open->is_sent)
			give_up(agent, open, "the screen ended before it was done");
	}
}

void orders_on_patience(void *data)
{
	struct agent *agent = data;
	int64_t now_ms = loop_now_ms();

	for (int i = 0; i < AGENT_OPEN_MAX; i++) {
		struct agent_open *open = &agent->orders.open[i];

		if (open->order.id[0] && !open->is_sent && open->until_ms <= now_ms)
			give_up(agent, open, "there is no screen");
		else if (open->order.id[0] && !open->is_sent)
			loop_timer_set(agent->orders.patience, open->until_ms - now_ms);
	}
}

static void take_picture(struct agent *agent, const char *id, int fd, size_t size)
{
	struct array bytes = {.max = WIRE_ORDER_FILE_MAX};

	if (array_reserve(&bytes, size) < 0 || pread(fd, bytes.data, size, 0) != (ssize_t)size) {
		array_finish(&bytes);
		orders_end(agent, id, "failed", "the picture could not be read");
		return;
	}
	bytes.size = size;
	orders_end_file(agent, id, "image/png", &bytes);
}

static const char *state_of(uint32_t result)
{
	switch (result) {
	case WIRE_RESULT_DONE:
		return "done";
	case WIRE_RESULT_CONFIRMED:
		return "confirmed";
	case WIRE_RESULT_REFUSED:
		return "refused";
	default:
		return "failed";
	}
}

void orders_on_done(void *data, const struct wire_agent_order_done *done, int fd)
{
	struct agent *agent = data;
	struct agent_open *open = find_open(agent, done->id);

	if (!open || !open->is_sent || !done->id[0]) {
		log_debug("the kiosk answers %s, which nobody waits for", done->id);
		return;
	}
	uint32_t kind = open->order.kind;
	*open = (struct agent_open){0};
	bool is_wanted = kind == WIRE_ORDER_SCREENSHOT && done->result == WIRE_RESULT_DONE;
	bool is_refused = done->result == WIRE_RESULT_REFUSED;
	if (kind == WIRE_ORDER_RESTART_WARNING && !is_refused)
		restart_device(agent, done->id);
	else if (is_wanted && fd >= 0)
		take_picture(agent, done->id, fd, done->file_size);
	else if (is_wanted)
		orders_end(agent, done->id, "failed", "the screen gave no picture");
	else if (done->result == WIRE_RESULT_EXPIRED && !done->detail[0])
		orders_end(agent, done->id, "failed", "nobody answered in time");
	else
		orders_end(agent, done->id, state_of(done->result), done->detail);
}

/* --- what is done here */

void orders_read_boot(const struct agent *agent, char boot[ORDER_BOOT_MAX])
{
	OWNED(array) struct array text = {.max = 4096};

	boot[0] = '\0';
	if (file_read(agent->options.boot, &text, NULL) < 0)
		return;
	for (size_t i = 0; i < text.size && i < ORDER_BOOT_MAX - 1; i++)
		if (text.data[i] > ' ' && text.data[i] < 0x7f)
			strncat(boot, (const char *)&text.data[i], 1);
}

/* The supervisor does it: this process may not, and need not. */
static void restart_device(struct agent *agent, const char *id)
{
	struct order_memory *memory = &agent->orders.memory;

	(void)text_copy(memory->restart, sizeof(memory->restart), id);
	orders_read_boot(agent, memory->boot);
	orders_save(agent);
	log_info("order %s: the device restarts", id);
	loop_quit(agent->loop, AGENT_RESTART_DEVICE);
}

static void do_restart(struct agent *agent, const struct order_task *task)
{
	if (agent->is_session_running && !task->is_forced)
		ask_kiosk(agent, &task->screen);
	else
		restart_device(agent, task->id);
}

static void do_lock(struct agent *agent, const struct order_task *task)
{
	struct order_memory *memory = &agent->orders.memory;

	memory->is_locked = true;
	memcpy(memory->lock, task->id, sizeof(memory->lock));
	memcpy(memory->lock_text, task->screen.text, sizeof(memory->lock_text));
	orders_save(agent);
	ask_kiosk(agent, &task->screen);
}

static void do_unlock(struct agent *agent, const struct order_task *task)
{
	agent->orders.memory.is_locked = false;
	agent->orders.memory.lock[0] = '\0';
	agent->orders.memory.lock_text[0] = '\0';
	orders_save(agent);
	ask_kiosk(agent, &task->screen);
}

/* The line drops its wait and asks anew. Firmware does not come this way. */
static void do_update(struct agent *agent, const struct order_task *task)
{
	if (agent->step == PLAN_WAIT)
		agent_restart(agent);
	orders_end(agent, task->id, "done",
			"the newest config was asked for; firmware is not updated by this version");
}

static void do_wake(struct agent *agent, const struct order_task *task)
{
	struct err err;
	unsigned count = 0;

	if (wake_send(task->mac, &count, &err) < 0)
		orders_end(agent, task->id, "failed", err.text);
	else
		orders_end(agent, task->id, "done", count == 1 ? "sent to one network" : "sent");
}

static void do_logs(struct agent *agent, const struct order_task *task)
{
	struct array archive = {.max = WIRE_ORDER_FILE_MAX};
	struct err err;

	if (logs_collect(agent, &archive, &err) < 0) {
		array_finish(&archive);
		orders_end(agent, task->id, "failed", err.text);
		return;
	}
	orders_end_file(agent, task->id, "application/gzip", &archive);
}

void orders_do(struct agent *agent, const struct order_task *task)
{
	switch (task->action) {
	case ORDER_REFUSE:
		orders_end(agent, task->id, "refused", task->why.text);
		return;
	case ORDER_SCREEN:
		ask_kiosk(agent, &task->screen);
		return;
	case ORDER_LOCK:
		do_lock(agent, task);
		return;
	case ORDER_UNLOCK:
		do_unlock(agent, task);
		return;
	case ORDER_RESTART:
		do_restart(agent, task);
		return;
	case ORDER_UPDATE:
		do_update(agent, task);
		return;
	case ORDER_WAKE:
		do_wake(agent, task);
		return;
	case ORDER_LOGS:
		do_logs(agent, task);
		return;
	}
}
