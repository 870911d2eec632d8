// SPDX-License-Identifier: Apache-2.0
/*
 * Orders of the helpdesk, towards the server: one request at a time beside the line of steps.
 * Files go first, then results, then more is taken. An order's id is stored before it is carried
 * out, and its result until the server has it, so that a restart neither does it twice nor
 * forgets to tell.
 */
#include <string.h>

#include "agent/state.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "conf/json.h"

enum { UPLOAD_S = 150, UPLOAD_TRIES = 5, ANSWER_S = 30 };

static void pump(struct agent *agent);

void orders_save(struct agent *agent)
{
	OWNED(memory) char *text = order_memory_print(&agent->orders.memory);

	if (store_write(&agent->store, STORE_ORDERS, text, strlen(text)) < 0)
		log_warn("orders are not kept over a restart: %s", agent->store.trouble.text);
}

void orders_end(struct agent *agent, const char *id, const char *state, const char *detail)
{
	log_info("order %s: %s%s%s", id, state, detail[0] ? ": " : "", detail);
	order_memory_add(&agent->orders.memory, id, state, detail);
	orders_save(agent);
	pump(agent);
}

void orders_end_file(struct agent *agent, const char *id, const char *type, struct array *bytes)
{
	struct agent_orders *orders = &agent->orders;

	if (orders->upload_count == AGENT_UPLOADS_MAX) {
		array_finish(bytes);
		orders_end(agent, id, "failed", "too many files wait to be sent");
		return;
	}
	struct agent_upload *upload = &orders->uploads[orders->upload_count++];
	*upload = (struct agent_upload){.type = type, .bytes = *bytes};
	(void)text_copy(upload->id, sizeof(upload->id), id);
	*bytes = (struct array){0};
	pump(agent);
}

static void drop_upload(struct agent_orders *orders)
{
	array_finish(&orders->uploads[0].bytes);
	orders->upload_count--;
	memmove(orders->uploads, orders->uploads + 1,
			orders->upload_count * sizeof(orders->uploads[0]));
}

/* --- requests */

/* True: the server took it, or never will (`said` is why). False: again after a pause. */
static bool is_settled(struct agent *agent, const struct http_answer *answer,
		char said[WIRE_DETAIL_MAX])
{
	struct agent_orders *orders = &agent->orders;
	long status = answer->outcome.curl == 0 ? answer->outcome.status : 0;

	said[0] = '\0';
	if (status >= 200 && status < 300) {
		orders->failures = 0;
		return true;
	}
	if (status >= 400 && status < 500 && status != 401 && status != 403 && status != 429) {
		messages_read_error(answer->body, answer->size, said);
		if (!said[0])
			(void)text_format(said, WIRE_DETAIL_MAX, "the server said %ld", status);
		return true;
	}
	orders->failures++;
	loop_timer_set(orders->retry,
			outcome_back_off_ms(orders->failures, answer->outcome.retry_after_s,
					agent_random()));
	return false;
}

static void on_uploaded(void *data, const struct http_answer *answer)
{
	struct agent *agent = data;
	struct agent_orders *orders = &agent->orders;
	struct agent_upload *upload = &orders->uploads[0];
	char said[WIRE_DETAIL_MAX], id[WIRE_ORDER_ID_MAX];

	orders->request = NULL;
	memcpy(id, upload->id, sizeof(id));
	bool is_done = is_settled(agent, answer, said);
	if (!is_done && ++upload->tries < UPLOAD_TRIES)
		return;
	drop_upload(orders);
	if (!is_done)
		orders_end(agent, id, "failed", "the file could not be sent");
	else if (said[0])
		orders_end(agent, id, "failed", said);
	else
		orders_end(agent, id, "done", "");
}

static void on_answered(void *data, const struct http_answer *answer)
{
	struct agent *agent = data;
	struct agent_orders *orders = &agent->orders;
	char said[WIRE_DETAIL_MAX];

	orders->request = NULL;
	if (!is_settled(agent, answer, said))
		return;
	if (said[0])
		log_warn("the result of order %s is not taken: %s", orders->memory.results[0].id,
				log_quote(said));
	order_memory_drop_result(&orders->memory);
	orders_save(agent);
	pump(agent);
}

/* What was taken before is not done again, whatever the server thinks. */
static void take(struct agent *agent, const struct order_task *tasks, unsigned count)
{
	struct order_memory *memory = &agent->orders.memory;
	bool is_new[ORDER_TASKS_MAX];

	for (unsigned i = 0; i < count; i++)
		is_new[i] = order_memory_take(memory, tasks[i].id, agent_now_s(agent));
	orders_save(agent);
	for (unsigned i = 0; i < count; i++) {
		if (is_new[i])
			orders_do(agent, &tasks[i]);
		else
			log_warn("order %s came a second time: it is not done again", tasks[i].id);
	}
}

static void on_taken(void *data, const struct http_answer *answer)
{
	struct agent *agent = data;
	OWNED(memory)
	struct order_task *tasks = own_alloc_array(ORDER_TASKS_MAX, sizeof(*tasks));
	char said[WIRE_DETAIL_MAX];
	unsigned count = 0;
	struct err err;

	agent->orders.request = NULL;
	if (!is_settled(agent, answer, said))
		return;
	agent->orders.is_due = false;
	if (said[0])
		log_warn("orders are not to be had: %s", log_quote(said));
	else if (order_read(answer->body, answer->size, tasks, &count, &err) < 0)
		log_warn("the server's orders make no sense: %s", err.text);
	/* There may be more than come at once. */
	agent->orders.is_due = count == ORDER_TASKS_MAX;
	take(agent, tasks, count);
	pump(agent);
}

static void start(struct agent *agent, const char *path, const struct http_options *with,
		http_done_fn done)
{
	struct http_options options = *with;
	char url[WIRE_URL_MAX + 128];

	(void)text_format(url, sizeof(url), "%s/device/v1/orders%s", agent->trust.server, path);
	options.url = url;
	options.size_max = AGENT_BODY_MAX;
	agent->orders.request = http_start(agent->http, &options, done, agent);
	if (!agent->orders.request)
		loop_timer_set(agent->orders.retry,
				outcome_back_off_ms(++agent->orders.failures, 0, agent_random()));
}

static void start_answer(struct agent *agent)
{
	const struct order_result *result = &agent->orders.memory.results[0];
	OWNED(json) cJSON *body = json_new_object();
	char path[WIRE_ORDER_ID_MAX + 2];

	json_put_text(body, "state", result->state);
	json_put_text(body, "detail", result->detail);
	OWNED(memory) char *text = json_print(body);
	(void)text_format(path, sizeof(path), "/%s", result->id);
	start(agent, path, &(struct http_options){.body = text, .timeout_s = ANSWER_S},
			on_answered);
}

static void start_upload(struct agent *agent)
{
	const struct agent_upload *upload = &agent->orders.uploads[0];
	const struct http_options options = {.bytes = upload->bytes.data,
			.bytes_size = upload->bytes.size,
			.bytes_type = upload->type,
			.timeout_s = UPLOAD_S};
	char path[WIRE_ORDER_ID_MAX + 8];

	(void)text_format(path, sizeof(path), "/%s/file", upload->id);
	start(agent, path, &options, on_uploaded);
}

static void pump(struct agent *agent)
{
	struct agent_orders *orders = &agent->orders;

	if (!agent->plan.is_enrolled || orders->request)
		return;
	if (orders->upload_count > 0)
		start_upload(agent);
	else if (orders->memory.result_count > 0)
		start_answer(agent);
	else if (orders->is_due)
		start(agent, "", &(struct http_options){.body = "{}", .timeout_s = ANSWER_S},
				on_taken);
}

static void on_retry(void *data)
{
	pump(data);
}

void orders_due(struct agent *agent)
{
	agent->orders.is_due = true;
	/* After a failure the back-off decides when. */
	if (agent->orders.failures == 0)
		pump(agent);
}

/* --- start and end */

void orders_init(struct agent *agent)
{
	agent->orders.retry = loop_add_timer(agent->loop, on_retry, agent);
	agent->orders.patience = loop_add_timer(agent->loop, orders_on_patience, agent);
}

void orders_drop_request(struct agent *agent)
{
	http_cancel(own_take(agent->orders.request));
}

void orders_finish(struct agent *agent)
{
	orders_drop_request(agent);
	while (agent->orders.upload_count > 0)
		drop_upload(&agent->orders);
	loop_timer_remove(agent->orders.retry);
	loop_timer_remove(agent->orders.patience);
}

/* A restart that was ordered has happened when the device started anew since. */
static void judge_restart(struct agent *agent)
{
	struct order_memory *memory = &agent->orders.memory;
	char boot[ORDER_BOOT_MAX], id[WIRE_ORDER_ID_MAX];

	if (!memory->restart[0])
		return;
	orders_read_boot(agent, boot);
	bool is_done = strcmp(boot, memory->boot) != 0;
	memcpy(id, memory->restart, sizeof(id));
	memory->restart[0] = '\0';
	order_memory_add(memory, id, is_done ? "done" : "failed",
			is_done ? "it has restarted" : "the device did not restart");
	orders_save(agent);
}

void orders_load(struct agent *agent)
{
	OWNED(array) struct array text = {.max = STORE_FILE_MAX};
	struct err err;

	if (store_read(&agent->store, STORE_ORDERS, &text, &err) < 0)
		return;
	if (order_memory_parse(text.data, text.size, &agent->orders.memory, &err) < 0) {
		log_warn("what was known of orders is lost: %s", err.text);
		return;
	}
	judge_restart(agent);
	if (agent->orders.memory.result_count > 0)
		loop_timer_set(agent->orders.retry, 0);
}
