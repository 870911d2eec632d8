// SPDX-License-Identifier: Apache-2.0
#include "agent/names.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <pthread.h>
#include <resolv.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>

#include "base/log.h"
#include "base/text.h"

enum { STACK_SIZE = 512 * 1024, PACKET_MAX = 16 * 1024, DNS_TIMEOUT_S = 3, DNS_TRIES = 2 };

/* Shared with the threads; the last one to let go frees it. */
struct hub {
	pthread_mutex_t lock;
	unsigned users; /* the loop's side and each thread */
	int event;
	struct names_question *finished;
};

struct names_question {
	struct hub *hub;
	struct names *names; /* the loop's side only */
	struct names_question *next;
	bool is_service, is_started, is_cancelled;
	char name[WIRE_HOST_MAX];
	uint16_t port;
	struct sockaddr_in dns; /* port 0: the system's */
	struct names_answer answer;
	names_done_fn done;
	void *data;
};

struct names {
	struct hub *hub;
	struct loop_watch *watch;
	struct sockaddr_in dns;
	unsigned thread_count, waiting_count;
	struct names_question *waiting; /* first in, first out */
};

static void hub_release(struct hub *hub)
{
	pthread_mutex_lock(&hub->lock);
	unsigned users = --hub->users;
	pthread_mutex_unlock(&hub->lock);
	if (users > 0)
		return;
	while (hub->finished) {
		struct names_question *question = hub->finished;
		hub->finished = question->next;
		free(question);
	}
	close(hub->event);
	pthread_mutex_destroy(&hub->lock);
	free(hub);
}

/* --- in the thread */

static void look_up_host(struct names_question *question)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
	struct addrinfo *found = NULL;
	char port[8];

	(void)text_format(port, sizeof(port), "%u", question->port);
	if (getaddrinfo(question->name, port, &hints, &found) != 0)
		return;
	for (const struct addrinfo *at = found; at; at = at->ai_next) {
		struct names_answer *answer = &question->answer;
		if (answer->count == NAMES_ADDRESSES_MAX)
			break;
		struct names_address *place = &answer->addresses[answer->count];
		if (at->ai_addrlen > sizeof(place->address))
			continue;
		memcpy(&place->address, at->ai_addr, at->ai_addrlen);
		place->size = at->ai_addrlen;
		answer->count++;
	}
	freeaddrinfo(found);
}

static void look_up_service(struct names_question *question)
{
	struct __res_state state = {0};
	uint8_t packet[PACKET_MAX];
	uint32_t random = 0;

	if (res_ninit(&state) != 0)
		return;
	state.retrans = DNS_TIMEOUT_S;
	state.retry = DNS_TRIES;
	if (question->dns.sin_port) {
		state.nscount = 1;
		state.nsaddr_list[0] = question->dns;
	}
	int size = res_nquery(&state, question->name, ns_c_in, ns_t_srv, packet, sizeof(packet));
	(void)!getrandom(&random, sizeof(random), 0);
	if (size > 0 && size <= PACKET_MAX &&
			names_pick_service(packet, (size_t)size, random, &question->answer))
		question->answer.count = 1;
	res_nclose(&state);
}

static void *run_thread(void *data)
{
	struct names_question *question = data;
	struct hub *hub = question->hub;
	const uint64_t one = 1;

	if (question->is_service)
		look_up_service(question);
	else
		look_up_host(question);
	pthread_mutex_lock(&hub->lock);
	question->next = hub->finished;
	hub->finished = question;
	(void)!write(hub->event, &one, sizeof(one));
	pthread_mutex_unlock(&hub->lock);
	hub_release(hub);
	return NULL;
}

/* --- in the loop */

static int start_thread(struct names_question *question)
{
	pthread_attr_t attributes;
	pthread_t thread;
	sigset_t all, before;

	sigfillset(&all);
	if (pthread_attr_init(&attributes) != 0)
		return -1;
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attributes, STACK_SIZE);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int r = pthread_create(&thread, &attributes, run_thread, question);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	return r == 0 ? 0 : -1;
}

static void start_waiting(struct names *names)
{
	while (names->waiting && names->thread_count < NAMES_THREADS_MAX) {
		struct names_question *question = names->waiting;
		/* From its start on the thread owns `next`. */
		names->waiting = question->next;
		question->is_started = true;
		pthread_mutex_lock(&names->hub->lock);
		names->hub->users++;
		pthread_mutex_unlock(&names->hub->lock);
		if (start_thread(question) < 0) {
			/* Later, when another one ended or the next question comes. */
			log_warn("no thread for a name");
			question->is_started = false;
			names->waiting = question;
			hub_release(names->hub);
			return;
		}
		names->waiting_count--;
		names->thread_count++;
	}
}

static struct names_question *take_finished(struct hub *hub)
{
	pthread_mutex_lock(&hub->lock);
	struct names_question *question = hub->finished;
	if (question)
		hub->finished = question->next;
	pthread_mutex_unlock(&hub->lock);
	return question;
}

static void on_finished(void *data, uint32_t events)
{
	struct names *names = data;
	struct names_question *question;
	uint64_t count;

	(void)events;
	(void)!read(names->hub->event, &count, sizeof(count));
	while ((question = take_finished(names->hub))) {
		names->thread_count--;
		if (!question->is_cancelled)
			question->done(question->data, &question->answer);
		free(question);
	}
	start_waiting(names);
}

static struct sockaddr_in read_dns(const char *text)
{
	struct sockaddr_in dns = {.sin_family = AF_INET};
	char address[64];
	uint64_t port;
	const char *colon = text ? strrchr(text, ':') : NULL;

	if (!colon || (size_t)(colon - text) >= sizeof(address))
		return dns;
	memcpy(address, text, (size_t)(colon - text));
	address[colon - text] = 0;
	if (text_to_number(colon + 1, 1, 65535, &port) == 0 &&
			inet_pton(AF_INET, address, &dns.sin_addr) == 1)
		dns.sin_port = htons((uint16_t)port);
	return dns;
}

struct names *names_create(struct loop *loop, const char *dns)
{
	struct names *names = own_alloc(sizeof(*names));
	struct hub *hub = own_alloc(sizeof(*hub));

	pthread_mutex_init(&hub->lock, NULL);
	hub->users = 1;
	hub->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (hub->event < 0) {
		hub_release(hub);
		free(names);
		return NULL;
	}
	names->hub = hub;
	names->dns = read_dns(dns);
	names->watch = loop_watch_fd(loop, hub->event, EPOLLIN, on_finished, names);
	return names;
}

void names_destroy(struct names *names)
{
	if (!names)
		return;
	while (names->waiting) {
		struct names_question *question = names->waiting;
		names->waiting = question->next;
		free(question);
	}
	loop_watch_remove(names->watch);
	hub_release(names->hub);
	free(names);
}

static struct names_question *ask(struct names *names, const struct names_question *question)
{
	struct names_question **end = &names->waiting;

	if (names->waiting_count == NAMES_WAITING_MAX)
		return NULL;
	struct names_question *copy = own_alloc(sizeof(*copy));
	*copy = *question;
	copy->hub = names->hub;
	copy->names = names;
	copy->dns = names->dns;
	while (*end)
		end = &(*end)->next;
	*end = copy;
	names->waiting_count++;
	start_waiting(names);
	return copy;
}

struct names_question *names_ask_host(struct names *names, const char *host, uint16_t port,
		names_done_fn done, void *data)
{
	struct names_question question = {.port = port, .done = done, .data = data};

	if (text_copy(question.name, sizeof(question.name), host) < 0)
		return NULL;
	return ask(names, &question);
}

struct names_question *names_ask_service(struct names *names, const char *domain,
		names_done_fn done, void *data)
{
	struct names_question question = {.is_service = true, .done = done, .data = data};

	if (text_format(question.name, sizeof(question.name), "_tynd._tcp.%s", domain) < 0)
		return NULL;
	return ask(names, &question);
}

void names_cancel(struct names_question *question)
{
	if (!question)
		return;
	question->is_cancelled = true;
	if (question->is_started)
		return;
	for (struct names_question **at = &question->names->waiting; *at; at = &(*at)->next) {
		if (*at != question)
			continue;
		*at = question->next;
		question->names->waiting_count--;
		free(question);
		return;
	}
}
