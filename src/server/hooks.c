/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hooks.h"

#include <errno.h>
#include <openssl/hmac.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "conf/json.h"
#include "server/hook_post.h"
#include "server/keys.h"
#include "server/people.h"
#include "server/rights.h"

enum {
	HOOKS_MAX = 128,
	LOADED_MS = 5000, /* what another server changed is known after that */
	AT_ONCE = 4,      /* deliveries of one hook */
	LEASE_S = 60,     /* longer than a POST may take */
	TRIES_MAX = 9,
	DAY_S = 24 * 3600,
};

struct hooks {
	struct server *server;
	struct hooks_options options;
	struct hook_posts *posts;
	int64_t loaded_ms; /* 0: never */
	unsigned count;
	struct db_hook hooks[HOOKS_MAX];
	unsigned under_way[HOOKS_MAX];
};

/* A POST under way. */
struct delivery {
	struct hooks *hooks;
	struct db_delivery about; /* without its body */
	struct delivery *next;
};

/* --- the hooks there are */

static int add_hook(void *data, const struct db_hook *hook)
{
	struct hooks *hooks = data;

	if (hooks->count < HOOKS_MAX)
		hooks->hooks[hooks->count++] = *hook;
	return 0;
}

static void load(struct hooks *hooks)
{
	const struct db_page all = {.after = "", .limit = HOOKS_MAX};
	int64_t now_ms = loop_now_ms();
	struct err err;

	if (hooks->loaded_ms && now_ms - hooks->loaded_ms < LOADED_MS)
		return;
	OWNED(memory) struct hooks *before = own_alloc(sizeof(*before));

	*before = *hooks;
	hooks->count = 0;
	if (db_hook_list(hooks->server->db, "", &all, add_hook, hooks, &err) < 0)
		log_warn("webhooks are not known: %s", err.text);
	memset(hooks->under_way, 0, sizeof(hooks->under_way));
	for (unsigned i = 0; i < hooks->count; i++)
		for (unsigned k = 0; k < before->count; k++)
			if (strcmp(hooks->hooks[i].id, before->hooks[k].id) == 0)
				hooks->under_way[i] = before->under_way[k];
	hooks->loaded_ms = now_ms;
}

void hooks_changed(struct hooks *hooks)
{
	hooks->loaded_ms = 0;
}

static bool wants(const struct db_hook *hook, const struct event *event)
{
	char tenant[DB_NAME_MAX], site[DB_PLACE_MAX], kind[EVENTS_KIND_MAX + 4] = "\n";
	char events[DB_EVENTS_MAX + 1];

	rights_split(event->scope, tenant, site);
	if (event->tenant[0])
		(void)text_copy(tenant, sizeof(tenant), event->tenant);
	if (!hook->is_on || (hook->tenant[0] && strcmp(hook->tenant, tenant) != 0))
		return false;
	(void)text_format(kind, sizeof(kind), "\n%s\n", event->kind);
	(void)text_format(events, sizeof(events), "\n%s", hook->events);
	return strstr(events, "\n*\n") || strstr(events, kind);
}

/* --- the queue */

static int queue(struct hooks *hooks, const struct db_hook *hook, const struct event *event,
		struct err *err)
{
	OWNED(json) cJSON *body = json_new_object(), *data = NULL;
	struct db_delivery delivery = {.created_s = server_now_s()};

	json_put_text(body, "event", event->kind);
	people_put_time(body, "time", event->time_s);
	people_put_text(body, "scope", event->scope);
	people_put_text(body, "tenant", event->tenant);
	people_put_text(body, "site", event->site);
	if (json_parse(event->body, strlen(event->body), &data, NULL) < 0)
		data = json_new_object();
	json_put(body, "data", own_take(data));
	OWNED(memory) char *text = json_print(body);
	memcpy(delivery.hook, hook->id, sizeof(delivery.hook));
	(void)text_copy(delivery.kind, sizeof(delivery.kind), event->kind);
	delivery.body = text;
	return db_delivery_add(hooks->server->db, &delivery, err);
}

void hooks_take(struct hooks *hooks, const struct event *event)
{
	struct err err;

	if (!hooks)
		return;
	load(hooks);
	for (unsigned i = 0; i < hooks->count; i++)
		if (wants(&hooks->hooks[i], event) &&
				queue(hooks, &hooks->hooks[i], event, &err) < 0)
			log_warn("an event is not queued for webhook %s: %s", hooks->hooks[i].id,
					err.text);
}

int hooks_test(struct hooks *hooks, const struct db_hook *hook, struct err *err)
{
	const struct event event = {.time_s = server_now_s(),
			.kind = "test",
			.scope = "",
			.body = (char *)"{}"};

	return queue(hooks, hook, &event, err);
}

/* --- secrets */

static void about_of(const struct db_hook *hook, char about[DB_ID_MAX + 16])
{
	(void)text_format(about, DB_ID_MAX + 16, "webhook\n%s", hook->id);
}

int hooks_make_secret(struct hooks *hooks, struct db_hook *hook, char text[DB_HOOK_SECRET + 1],
		struct err *err)
{
	char about[DB_ID_MAX + 16];

	about_of(hook, about);
	key_random_text(text, DB_HOOK_SECRET);
	hook->sealed_size = sizeof(hook->sealed);
	return vault_seal(hooks->server->vault, about, text, DB_HOOK_SECRET, hook->sealed, err);
}

struct resealing {
	const struct vault *vault;
	struct array hooks;
	struct err *err;
};

static int collect(void *data, const struct db_hook *hook)
{
	return array_append(&((struct resealing *)data)->hooks, hook, sizeof(*hook));
}

static int reseal(const struct vault *vault, struct db *db, struct db_hook *hook, struct err *err)
{
	struct array secret = {.max = DB_HOOK_SECRET};
	char about[DB_ID_MAX + 16];

	about_of(hook, about);
	int r = vault_unseal(vault, about, hook->sealed, hook->sealed_size, &secret, err);
	if (r == 0)
		r = vault_seal(vault, about, secret.data, secret.size, hook->sealed, err);
	if (secret.data)
		text_wipe(secret.data, secret.capacity);
	array_finish(&secret);
	return r < 0 ? r : db_hook_put(db, hook, err);
}

int hooks_reseal(const struct vault *vault, struct db *db, struct err *err)
{
	const struct db_page all = {.after = "", .limit = HOOKS_MAX};
	struct resealing resealing = {.vault = vault, .err = err};

	resealing.hooks.max = HOOKS_MAX * sizeof(struct db_hook);
	int r = db_hook_list(db, "", &all, collect, &resealing, err);
	for (size_t at = 0; r == 0 && at < resealing.hooks.size; at += sizeof(struct db_hook)) {
		struct db_hook hook;

		memcpy(&hook, resealing.hooks.data + at, sizeof(hook));
		r = reseal(vault, db, &hook, err);
	}
	array_finish(&resealing.hooks);
	return r;
}

int hooks_check_url(const struct hooks *hooks, const char *url, struct err *err)
{
	return hook_post_check(hooks->posts, url, err);
}

/* "t=UNIX,v1=HEX": HMAC-SHA256 over "UNIX." and the body. */
static int sign(struct hooks *hooks, const struct db_hook *hook, const char *body, int64_t now_s,
		char header[128], struct err *err)
{
	struct array secret = {.max = DB_HOOK_SECRET}, text = {.max = 64 * 1024};
	char about[DB_ID_MAX + 16], time[32], hex[65];
	uint8_t mac[32];
	unsigned size = sizeof(mac);

	about_of(hook, about);
	(void)text_format(time, sizeof(time), "%lld.", (long long)now_s);
	int r = vault_unseal(hooks->server->vault, about, hook->sealed, hook->sealed_size, &secret,
			err);
	if (r == 0)
		r = array_append(&text, time, strlen(time));
	if (r == 0)
		r = array_append(&text, body, strlen(body));
	if (r == 0 && !HMAC(EVP_sha256(), secret.data, (int)secret.size, text.data, text.size, mac,
				      &size))
		r = err_set(err, EIO, "OpenSSL signs nothing");
	if (r == 0) {
		text_to_hex(mac, sizeof(mac), hex);
		(void)text_format(header, 128, "Tynd-Signature: t=%lld,v1=%s", (long long)now_s,
				hex);
	}
	if (secret.data)
		text_wipe(secret.data, secret.capacity);
	array_finish(&secret);
	array_finish(&text);
	return r;
}

/* --- delivering */

static struct db_hook *find(struct hooks *hooks, const char *id, unsigned **under_way)
{
	for (unsigned i = 0; i < hooks->count; i++) {
		if (strcmp(hooks->hooks[i].id, id) != 0)
			continue;
		*under_way = &hooks->under_way[i];
		return &hooks->hooks[i];
	}
	return NULL;
}

/* 10 s, 40 s ... a day; then it is dead, for people to look at. */
static void plan_next(const struct hooks *hooks, struct db_delivery *about, int64_t now_s)
{
	int64_t pause_s = hooks->options.back_off_s;

	for (int64_t i = 0; i < about->tries && pause_s < DAY_S; i++)
		pause_s *= 4;
	about->tries++;
	about->due_s = now_s + (pause_s < DAY_S ? pause_s : DAY_S);
	about->is_dead = about->tries >= TRIES_MAX;
}

static void end(struct hooks *hooks, struct db_delivery *about, const char *complaint)
{
	struct db *db = hooks->server->db;
	int64_t now_s = server_now_s();
	struct err err;
	int r;

	if (!complaint) {
		r = db_delivery_done(db, about->id, about->hook, now_s, &err);
	} else {
		plan_next(hooks, about, now_s);
		(void)text_format(about->complaint, sizeof(about->complaint), "%s", complaint);
		r = db_delivery_failed(db, about, now_s, &err);
		if (about->is_dead)
			log_warn("delivery %lld of webhook %s is given up: %s",
					(long long)about->id, about->hook, complaint);
	}
	if (r < 0)
		log_warn("webhook %s: %s", about->hook, err.text);
}

static void on_done(void *data, const char *complaint)
{
	struct delivery *delivery = data;
	unsigned *under_way;

	if (find(delivery->hooks, delivery->about.hook, &under_way) && *under_way)
		--*under_way;
	end(delivery->hooks, &delivery->about, complaint);
}

static int post(struct hooks *hooks, const struct db_hook *hook, struct delivery *delivery,
		const char *body, struct err *err)
{
	char signature[128], id[48], kind[64];
	const char *const headers[] = {
			"Content-Type: application/json", "Expect:", signature, id, kind, NULL};

	(void)text_format(id, sizeof(id), "Tynd-Delivery: %lld", (long long)delivery->about.id);
	(void)text_format(kind, sizeof(kind), "Tynd-Event: %s", delivery->about.kind);
	int r = sign(hooks, hook, body, server_now_s(), signature, err);
	return r < 0 ? r
	             : hook_post_start(hooks->posts, hook->url, body, headers, on_done, delivery,
				       err);
}

/* What a listing of the database found, to be posted when it ended. */
struct due {
	struct hooks *hooks;
	struct delivery *first, **last;
};

static int add_due(void *data, const struct db_delivery *about)
{
	struct due *due = data;
	struct delivery *delivery = own_alloc(sizeof(*delivery));

	delivery->hooks = due->hooks;
	delivery->about = *about;
	delivery->about.body = own_copy_text(about->body);
	*due->last = delivery;
	due->last = &delivery->next;
	return 0;
}

static void deliver(struct hooks *hooks, const struct db_hook *hook, struct delivery *delivery)
{
	OWNED(memory) char *body = (char *)delivery->about.body;
	struct err err;
	unsigned *under_way;

	delivery->about.body = NULL;
	int r = db_delivery_lease(hooks->server->db, delivery->about.id, server_now_s() + LEASE_S,
			&err);
	if (r == 0)
		r = post(hooks, hook, delivery, body, &err);
	if (r < 0) {
		end(hooks, &delivery->about, err.text);
		free(delivery);
		return;
	}
	if (find(hooks, hook->id, &under_way))
		++*under_way;
}

/* A receiver that hangs takes only its own places. */
static int serve(struct hooks *hooks, unsigned index, struct err *err)
{
	const struct db_hook hook = hooks->hooks[index];
	struct due due = {.hooks = hooks, .last = &due.first};
	unsigned places = AT_ONCE - hooks->under_way[index];

	if (!hook.is_on || hooks->under_way[index] >= AT_ONCE)
		return 0;
	int r = db_delivery_due(hooks->server->db, hook.id, server_now_s(), places, add_due, &due,
			err);
	while (due.first) {
		struct delivery *delivery = due.first;

		due.first = delivery->next;
		deliver(hooks, &hook, delivery);
	}
	return r;
}

static int tick(struct server *server, struct err *err)
{
	struct hooks *hooks = server->hooks;
	int r = 0;

	load(hooks);
	for (unsigned i = 0; i < hooks->count && r == 0; i++)
		r = serve(hooks, i, err);
	return r;
}

struct hooks *hooks_create(struct server *server, const struct hooks_options *options)
{
	struct hooks *hooks = own_alloc(sizeof(*hooks));

	hooks->server = server;
	hooks->options = *options;
	hooks->posts = hook_posts_create(server->loop, options->networks);
	if (!hooks->posts) {
		log_warn("libcurl cannot start: there are no webhooks");
		free(hooks);
		return NULL;
	}
	jobs_add(server->jobs, "webhooks", 1, tick);
	return hooks;
}

void hooks_destroy(struct hooks *hooks)
{
	if (!hooks)
		return;
	hook_posts_destroy(hooks->posts);
	free(hooks);
}
