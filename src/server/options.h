/* SPDX-License-Identifier: Apache-2.0 */
/* The command line. */
#ifndef SERVER_OPTIONS_H
#define SERVER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "server/ca.h"
#include "server/cidr.h"

struct options {
	const char *data;          /* folder */
	const char *database;      /* postgresql://...; NULL: SQLite in the folder */
	char address[CA_NAME_MAX]; /* to listen on; "" for all */
	uint16_t port;             /* 0: the kernel chooses */
	struct ca_names names;     /* of --name */
	char hook_networks
			[CIDR_LIST_MAX]; /* private ones that webhooks may reach, as cidr.h has them */
	unsigned hook_back_off_s;
	bool wants_help, wants_version;
	/* Instead of serving: */
	const char *backup, *restore; /* file */
	const char *break_glass;      /* name of a person */
	bool rotates_secrets, is_restored;
};

/* -EINVAL with a sentence for what is not understood. */
int options_read(int argc, char **argv, struct options *ret, struct err *err);

/* "ADDRESS:PORT", "[ADDRESS]:PORT", "ADDRESS", ":PORT". */
int options_read_listen(const char *text, struct options *options, struct err *err);

#endif
