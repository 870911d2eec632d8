/* SPDX-License-Identifier: Apache-2.0 */
/* The kiosk's end of the wire: listening, checking who connects and what they say. */
#ifndef AGENT_KIOSK_H
#define AGENT_KIOSK_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/loop.h"
#include "conf/conf.h"
#include "wire/agent.h"

struct kiosk;

/* What a kiosk says. Texts are terminated and printable, numbers known; nothing else is promised. */
struct kiosk_events {
	void (*connected)(void *data); /* said HELLO; an earlier one is gone */
	void (*gone)(void *data);
	void (*config_up)(void *data, uint64_t revision);
	void (*server)(void *data, const char *address);
	void (*dial)(void *data, uint32_t id, const char *host, uint16_t port);
	void (*session)(void *data, bool is_running, enum reason reason, const char *desktop);
	/* Checked. */
	void (*monitors)(void *data, const struct wire_agent_monitors *monitors);
	void (*quality)(void *data, const struct wire_agent_quality *quality);
	/* Checked; `fd` holds done->file_size sealed bytes, or is -1. Closed after the call. */
	void (*order_done)(void *data, const struct wire_agent_order_done *done, int fd);
};

/*
 * Make the listening socket, removing one that is left from before. Done as root when
 * there is root, as the folder is not the agent's. Anyone may connect; who is heard is decided
 * by credentials.
 */
int kiosk_listen(const char *path, int *ret, struct err *err);

/* Takes `fd`. Heard are root, the agent's own user and `uid`. `events` is kept by reference. */
struct kiosk *kiosk_create(struct loop *loop, int fd, uid_t uid, const struct kiosk_events *events,
		void *data);
void kiosk_destroy(struct kiosk *kiosk); /* takes NULL */

/* All of these do nothing without a kiosk. */
bool kiosk_is_connected(const struct kiosk *kiosk);
void kiosk_send_status(struct kiosk *kiosk, const struct wire_agent_status *status);
bool kiosk_send_config(struct kiosk *kiosk, const struct conf_signed *conf, bool is_trial);
void kiosk_send_dialed(struct kiosk *kiosk, uint32_t id, int fd, enum reason reason);
/* False: no kiosk to carry it out. The order passes wire_order_check; its header is filled in. */
bool kiosk_send_order(struct kiosk *kiosk, const struct wire_agent_order *order);

#endif
