/* SPDX-License-Identifier: Apache-2.0 */
#include "server/people_event.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "server/events.h"
#include "server/http_stream.h"
#include "server/place.h"
#include "server/rights.h"

enum {
	KINDS_MAX = 256,
	PAGE_MAX = 200, /* events of one answer */
	WAIT_MAX_S = 50,
	STREAM_LIFE_MS = 60 * 60 * 1000,
	JUDGE_MS = 15 * 1000, /* how often token and rights are looked at again */
};

/* What somebody wants to see, from where on. */
struct watch {
	struct request *request;
	int64_t after;
	bool is_gap; /* to be told */
	bool is_begun;
	int64_t end_ms, judged_ms;
	char scope[DB_SCOPE_MAX]; /* "" for everything */
	char kinds[KINDS_MAX];    /* ",order,device,"; "" for all */
};

/* --- what is seen */

static bool is_kind_wanted(const struct watch *watch, const char *kind)
{
	char word[EVENTS_KIND_MAX + 2];

	if (!watch->kinds[0])
		return true;
	(void)text_format(word, sizeof(word), ",%s,", kind);
	return strstr(watch->kinds, word) != NULL;
}

static bool begins(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

/* About the scope, or about something below it. */
static bool is_below(const struct event *event, const char *scope)
{
	char within[DB_SCOPE_MAX + 8];
	const char *name = strchr(scope, '/');

	if (!scope[0] || strcmp(scope, "organisation") == 0 || strcmp(event->scope, scope) == 0)
		return true;
	if (!event->scope[0] || !name++)
		return false;
	if (begins(scope, "site/"))
		return strcmp(event->site, name) == 0;
	if (!begins(scope, "tenant/"))
		return false;
	if (strcmp(event->tenant, name) == 0)
		return true;
	(void)text_format(within, sizeof(within), "site/%s/", name);
	if (begins(event->scope, within))
		return true;
	(void)text_format(within, sizeof(within), "group/%s/", name);
	return begins(event->scope, within);
}

/* What tells nothing, a flood for instance, is for everybody. */
static bool may_see(struct request *request, const struct event *event)
{
	enum right right = strcmp(event->kind, "audit") == 0       ? RIGHT_AUDIT
	                   : strcmp(event->kind, "enrolment") == 0 ? RIGHT_DEVICES
	                                                           : RIGHT_READ;

	if (!event->scope[0])
		return true;
	return rights_sees(request, right, event->scope, event->tenant, event->site);
}

static bool is_seen(const struct watch *watch, const struct event *event)
{
	return is_kind_wanted(watch, event->kind) && is_below(event, watch->scope) &&
	       may_see(watch->request, event);
}

/* The next one that is seen, or NULL; what was passed over is not looked at again. */
static const struct event *next_event(struct watch *watch)
{
	const struct events *events = watch->request->server->events;
	const struct event *event;
	bool is_gap;

	while ((event = events_after(events, watch->after, &is_gap))) {
		watch->is_gap |= is_gap;
		watch->after = event->id;
		if (is_seen(watch, event))
			return event;
	}
	return NULL;
}

static cJSON *event_json(const struct events *events, const struct event *event)
{
	cJSON *item = json_new_object(), *body = NULL;
	char id[EVENTS_ID_MAX];

	events_print_id(events, event->id, id);
	json_put_text(item, "id", id);
	people_put_time(item, "time", event->time_s);
	json_put_text(item, "kind", event->kind);
	people_put_text(item, "scope", event->scope);
	people_put_text(item, "tenant", event->tenant);
	people_put_text(item, "site", event->site);
	if (json_parse(event->body, strlen(event->body), &body, NULL) < 0)
		body = json_new_object();
	json_put(item, "data", body);
	return item;
}

/* --- what is asked */

static int read_kinds(struct watch *watch, const char *text, struct err *err)
{
	if (!text[0])
		return 0;
	if (strspn(text, "abcdefghijklmnopqrstuvwxyz_,") != strlen(text) ||
			text_format(watch->kinds, sizeof(watch->kinds), ",%s,", text) < 0)
		return err_set(err, EINVAL, "kinds: names with commas between them are expected");
	return 0;
}

static int read_scope(struct watch *watch, const char *text, struct err *err)
{
	char kind[DB_SCOPE_MAX];

	if (!text[0])
		return 0;
	if (text_copy(kind, sizeof(kind), text) < 0)
		return err_set(err, EINVAL, "scope: too long");
	char *name = strchr(kind, '/');
	if (name)
		*name++ = '\0';
	int r = place_scope(watch->request->server->db, kind, name, watch->scope, err);
	return r < 0 ? r : rights_require(watch->request, RIGHT_READ, watch->scope, err);
}

/* Without an id: from now on. One of another process: from now on, and a gap. */
static int read_after(struct watch *watch, const char *text, struct err *err)
{
	const struct events *events = watch->request->server->events;
	int r = text[0] ? events_parse_id(events, text, &watch->after) : -ESTALE;

	if (r == -EINVAL)
		return err_set(err, EINVAL, "after: not the id of an event");
	if (r == -ESTALE)
		watch->after = events_newest(events);
	watch->is_gap = text[0] && r == -ESTALE;
	return 0;
}

static int read_watch(struct request *request, struct watch *watch, bool is_stream, struct err *err)
{
	static const char *const known[] = {"after", "wait", "scope", "kinds", NULL};
	const char *last = is_stream ? http_header(request, "Last-Event-ID") : NULL;
	int r = route_query_check(&request->query, known, err);

	*watch = (struct watch){.request = request};
	if (r == 0)
		r = read_after(watch, last ? last : people_filter(request, "after"), err);
	if (r == 0)
		r = read_kinds(watch, people_filter(request, "kinds"), err);
	if (r == 0)
		r = read_scope(watch, people_filter(request, "scope"), err);
	return r;
}

/* --- long-poll */

static int answer_now(struct request *request, struct watch *watch, const struct event *first)
{
	const struct events *events = request->server->events;
	cJSON *answer = json_new_object();
	cJSON *list = json_put_list(answer, "events");
	char last[EVENTS_ID_MAX];
	unsigned count = 0;

	for (const struct event *event = first; event; event = next_event(watch)) {
		json_append(list, event_json(events, event));
		if (++count == PAGE_MAX)
			break;
	}
	events_print_id(events, watch->after, last);
	json_put_text(answer, "last", last);
	json_put_bool(answer, "gap", watch->is_gap);
	return http_answer(request, MHD_HTTP_OK, answer);
}

/* Woken by something that this person does not see: it waits on, for the rest of the time. */
static int poll(struct request *request, struct watch *watch, struct err *err)
{
	uint64_t wait_s;
	int r = route_query_whole(&request->query, "wait", WAIT_MAX_S, &wait_s, err);

	if (r < 0)
		return r;
	if (!request->is_woken) {
		request->wait_until_ms = loop_now_ms() + (int64_t)wait_s * 1000;
		request->wait_from = watch->after;
	} else if (!people_filter(request, "after")[0]) {
		watch->after = request->wait_from;
	}
	const struct event *first = next_event(watch);
	int64_t rest_ms = request->wait_until_ms - loop_now_ms();
	if (first || watch->is_gap || rest_ms <= 0 || http_is_ending(request))
		return answer_now(request, watch, first);
	return http_park(request, EVENTS_KEY, (unsigned)((rest_ms + 999) / 1000));
}

/* --- stream */

/* WHATWG HTML, 9.2.6: fields are lines, an empty line ends an event. */
static int append_event(struct array *out, const char *id, const char *kind, const char *data)
{
	OWNED(memory) char *text = own_alloc(strlen(data) + 128);

	(void)text_format(text, strlen(data) + 128, "%s%s%sevent: %s\ndata: %s\n\n",
			id[0] ? "id: " : "", id, id[0] ? "\n" : "", kind, data);
	return array_append(out, text, strlen(text));
}

static int append_gap(struct watch *watch, struct array *out)
{
	char id[EVENTS_ID_MAX];

	watch->is_gap = false;
	events_print_id(watch->request->server->events, watch->after, id);
	return append_event(out, id, "gap", "{}");
}

/* A token or a right may have been taken away meanwhile. */
static int judge(struct watch *watch)
{
	int64_t now_ms = loop_now_ms();

	if (now_ms > watch->end_ms)
		return -ETIME;
	if (now_ms < watch->judged_ms + JUDGE_MS)
		return 0;
	watch->judged_ms = now_ms;
	return http_judge_again(watch->request) == 0 ? 0 : -EACCES;
}

static int fill(void *data, struct array *out, bool is_idle)
{
	static const char hello[] = ": tynd\nretry: 2000\n\n", alive[] = ": alive\n\n";
	struct watch *watch = data;
	const struct events *events = watch->request->server->events;
	const struct event *event;
	int r = judge(watch);

	if (r == 0 && !watch->is_begun)
		r = array_append(out, hello, strlen(hello));
	watch->is_begun = true;
	if (r == 0 && watch->is_gap)
		r = append_gap(watch, out);
	while (r == 0 && out->size < HTTP_STREAM_BYTES && (event = next_event(watch))) {
		OWNED(json) cJSON *item = event_json(events, event);
		OWNED(memory) char *text = json_print(item);
		char id[EVENTS_ID_MAX];

		if (watch->is_gap)
			r = append_gap(watch, out);
		events_print_id(events, event->id, id);
		if (r == 0)
			r = append_event(out, id, event->kind, text);
	}
	if (r == 0 && is_idle && out->size == 0)
		r = array_append(out, alive, strlen(alive));
	return r;
}

static int stream(struct request *request, const struct watch *watch, struct err *err)
{
	struct watch *kept = own_alloc(sizeof(*kept));
	const struct http_stream_source source = {.fill = fill, .finish = free, .data = kept};

	*kept = *watch;
	kept->judged_ms = loop_now_ms();
	kept->end_ms = kept->judged_ms + STREAM_LIFE_MS;
	return http_stream(request, "text/event-stream", &source, err);
}

int people_events(struct request *request, struct err *err)
{
	const char *accept = http_header(request, MHD_HTTP_HEADER_ACCEPT);
	bool is_stream = accept && strstr(accept, "text/event-stream");
	struct watch watch;
	int r = read_watch(request, &watch, is_stream, err);

	if (r < 0)
		return r;
	return is_stream ? stream(request, &watch, err) : poll(request, &watch, err);
}
