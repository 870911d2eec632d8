/* SPDX-License-Identifier: Apache-2.0 */
/* The agent: everything between the server, the store and the kiosk, on one loop. */
#ifndef AGENT_AGENT_H
#define AGENT_AGENT_H

#include <stdint.h>
#include <sys/types.h>

#include "agent/inventory.h"
#include "agent/messages.h"
#include "base/err.h"
#include "base/loop.h"

struct agent;

/* What the loop ends with when the device is to restart: whoever supervises the agent does it. */
enum { AGENT_RESTART_DEVICE = 86 };

struct agent_options {
	const char *store;   /* folder */
	const char *cmdline; /* file: kernel command line */
	const char *network; /* file of the network scripts */
	const char *dns;     /* "ADDRESS:PORT" for SRV, or NULL */
	const char *boot;    /* file whose content is another after each start of the device */
	int kiosk_fd;        /* listening; taken */
	uid_t kiosk_uid;
	int64_t build_time_s; /* floor of the clock */
	int64_t clock_skew_s; /* added to the clock */
	int64_t trial_ms;
	unsigned wait_s;                   /* of a long-poll */
	unsigned report_s;                 /* between reports without a change */
	struct messages_hardware hardware; /* `mac` is filled in later */
	struct inventory_wear wear;        /* asked as root */
};

/* Options are copied, their texts are not. Nothing is sent before the loop runs. */
int agent_create(struct loop *loop, const struct agent_options *options, struct agent **ret,
		struct err *err);
void agent_destroy(struct agent *agent); /* takes NULL */

#endif
