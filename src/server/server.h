/* SPDX-License-Identifier: Apache-2.0 */
/* What every handler of the server may reach. One thread has it all. */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include <openssl/evp.h>
#include <stdint.h>

#include "base/loop.h"
#include "server/ca.h"
#include "server/db.h"
#include "server/events.h"
#include "server/fleet.h"
#include "server/jobs.h"
#include "server/metrics.h"
#include "server/order_count.h"
#include "server/park.h"
#include "server/seen.h"
#include "server/wheel.h"
#include "server/work.h"

struct oidc;
struct ldap_options;

struct hooks;
struct files;

struct server {
	struct loop *loop;
	struct wheel *wheel;
	struct park *park;
	struct work *work, *away;  /* threads for what computes, and for what waits for others */
	struct oidc *oidc;         /* NULL without a provider */
	struct ldap_options *ldap; /* NULL without a directory */
	struct metrics metrics;
	struct seen *seen;
	struct order_counts *order_counts;
	struct orders *orders;
	struct rollouts *rollouts;
	struct events *events;
	struct http_streams *streams;
	struct presence *presence;
	struct jobs *jobs;
	struct hooks *hooks;
	struct files *files;
	struct db *db;
	struct fleet *fleet;
	struct ca *ca;
	struct vault *vault;  /* secrets of the config */
	EVP_PKEY *config_key; /* Ed25519: signs configs */
	uint8_t config_public[32];
};

/* Unix time in seconds. */
int64_t server_now_s(void);

#endif
