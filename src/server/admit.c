/* SPDX-License-Identifier: Apache-2.0 */
#include "server/admit.h"

#include <ctype.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "conf/json.h"
#include "server/db_retired.h"
#include "server/enrol.h"
#include "server/events.h"
#include "server/keys.h"
#include "server/layers.h"
#include "server/pattern.h"
#include "server/place.h"
#include "server/rule.h"
#include "server/rules.h"

static const char prefix[] = "tynd-e1_";
enum { TOKEN_ID = 8, TOKEN_SECRET = 32, NUMBERS_TRIED = 10000 };

/* --- tokens */

void admit_make_token(struct server *server, struct db_site_token *token,
		char text[ADMIT_TOKEN_MAX])
{
	char secret[TOKEN_SECRET + 1], ca[65];

	key_random_text(token->id, TOKEN_ID);
	key_random_text(secret, TOKEN_SECRET);
	text_to_hex(ca_fingerprint(server->ca), 32, ca);
	(void)text_format(text, ADMIT_TOKEN_MAX, "%s%s_%s_%s", prefix, token->id, secret, ca);
	text_wipe(secret, sizeof(secret));
	key_hash(text, strlen(text), token->hash);
	token->created_s = server_now_s();
}

int admit_check_token(struct server *server, const char *text, struct db_enrolment *enrolment,
		struct err *err)
{
	struct db_site_token token;
	char id[TOKEN_ID + 1] = "";
	uint8_t hash[DB_HASH];
	size_t length = strlen(text);

	(void)text_copy(enrolment->why, sizeof(enrolment->why),
			"its site token is not one of this server, or was taken back");
	if (length != strlen(prefix) + TOKEN_ID + 1 + TOKEN_SECRET + 1 + 64 ||
			strncmp(text, prefix, strlen(prefix)) != 0)
		return 0;
	memcpy(id, text + strlen(prefix), TOKEN_ID);
	key_hash(text, length, hash);
	int r = db_site_token_get(server->db, id, &token, err);
	if (r == -ENOENT || (r == 0 && CRYPTO_memcmp(token.hash, hash, DB_HASH) != 0))
		return 0;
	if (r < 0)
		return r;
	enrolment->why[0] = '\0';
	memcpy(enrolment->token, token.id, sizeof(enrolment->token));
	return 0;
}

/* --- facts */

void admit_clean_serial(const char *text, char serial[DB_SERIAL_MAX])
{
	/* What boards say that were never told their number. */
	static const char *const empty[] = {"NONE", "N/A", "NA", "0", "123456789", "0123456789",
			"UNKNOWN", "DEFAULT STRING", "SYSTEM SERIAL NUMBER", "NOT SPECIFIED",
			"NOT APPLICABLE", "TO BE FILLED BY O.E.M.", "SERIAL", "INVALID"};
	size_t used = 0;

	text += strspn(text, " ");
	for (; *text && used + 1 < DB_SERIAL_MAX; text++)
		serial[used++] = (char)toupper((unsigned char)*text);
	while (used && serial[used - 1] == ' ')
		used--;
	serial[used] = '\0';
	if (*text || strspn(serial, "0.-X ") == used)
		serial[0] = '\0';
	for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++)
		if (strcmp(serial, empty[i]) == 0)
			serial[0] = '\0';
}

void admit_clean_mac(const char *text, char mac[DB_MAC_MAX])
{
	char digits[13];
	size_t used = 0;

	mac[0] = '\0';
	for (; *text && used < sizeof(digits); text++) {
		if (strchr(":-. ", *text))
			continue;
		if (!isxdigit((unsigned char)*text))
			return;
		digits[used++] = (char)tolower((unsigned char)*text);
	}
	if (used != 12 || strncmp(digits, "000000000000", 12) == 0 ||
			strncmp(digits, "ffffffffffff", 12) == 0)
		return;
	(void)text_format(mac, DB_MAC_MAX, "%.2s:%.2s:%.2s:%.2s:%.2s:%.2s", digits, digits + 2,
			digits + 4, digits + 6, digits + 8, digits + 10);
}

struct facts {
	char serial[128], mac[128], model[128];
};

static struct facts read_facts(const struct db_enrolment *enrolment)
{
	OWNED(json) cJSON *hardware = NULL;
	struct facts facts = {0};
	struct json in;

	if (json_parse(enrolment->hardware, strlen(enrolment->hardware), &hardware, NULL) < 0)
		return facts;
	json_begin(&in, hardware, NULL);
	json_take_all(&in);
	json_text(&in, "serial", 0, facts.serial, sizeof(facts.serial));
	json_text(&in, "mac", 0, facts.mac, sizeof(facts.mac));
	json_text(&in, "model", 0, facts.model, sizeof(facts.model));
	(void)json_end(&in);
	return facts;
}

int admit_expected(struct db *db, const struct db_enrolment *enrolment, struct db_expected *ret,
		struct err *err)
{
	struct facts facts = read_facts(enrolment);
	char serial[DB_SERIAL_MAX], mac[DB_MAC_MAX];

	admit_clean_serial(facts.serial, serial);
	admit_clean_mac(facts.mac, mac);
	if (!serial[0] && !mac[0])
		return err_set(err, ENOENT, "the device has no number of its own");
	return db_expected_find(db, serial, mac, server_now_s(), ret, err);
}

/* --- what a device becomes */

static int place_of_token(struct publish *publish, const struct db_site_token *token,
		const struct db_enrolment *enrolment, struct db_device *device, struct err *err)
{
	struct db *db = publish->server->db;
	struct facts facts = read_facts(enrolment);
	struct pattern_facts known = {.serial = facts.serial,
			.mac = facts.mac,
			.model = facts.model,
			.id = device->id,
			.number = token->number};
	struct db_device other;
	char name[DB_NAME_MAX];

	memcpy(device->site, token->site, sizeof(device->site));
	place_tenant(device->site, device->tenant);
	memcpy(device->groups, token->groups, sizeof(device->groups));
	if (!token->pattern[0])
		return 0;
	for (unsigned i = 0; i < NUMBERS_TRIED; i++, known.number++) {
		/* A serial number that makes no name: the usual one. */
		if (pattern_fill(token->pattern, &known, name, err) < 0)
			return 0;
		int r = db_device_by_name(db, device->tenant, name, &other, err);

		if (r == -ENOENT) {
			memcpy(device->name, name, sizeof(device->name));
			return db_site_token_number(db, token->id, known.number + 1, err);
		}
		if (r < 0)
			return r;
		if (!pattern_counts(token->pattern))
			return 0;
	}
	return err_set(err, EACCES, "no number of its name pattern is free");
}

/* The list's values stand in the device's layer before it is one: it gets one config. */
static int store_config(struct publish *publish, const char *id, const char *config,
		struct err *err)
{
	OWNED(json) cJSON *after = NULL;
	OWNED(layer_tree) struct layer before = {0};
	char scope[DB_SCOPE_MAX];

	if (!config)
		return 0;
	(void)text_format(scope, sizeof(scope), "device/%s", id);
	int r = json_parse(config, strlen(config), &after, err);
	if (r == 0)
		r = layer_load(publish->server->db, scope, &before, err);
	return r < 0 ? r : layer_store(publish, &before, after, err);
}

static void place_of_expected(const struct db_expected *expected, struct db_device *device)
{
	if (!device->name[0])
		memcpy(device->name, expected->name, sizeof(device->name));
	if (!device->site[0] && !device->tenant[0]) {
		memcpy(device->site, expected->site, sizeof(device->site));
		memcpy(device->tenant, expected->tenant, sizeof(device->tenant));
	}
	if (!device->groups[0])
		memcpy(device->groups, expected->groups, sizeof(device->groups));
}

int admit_prefill(struct publish *publish, const struct db_expected *expected,
		struct db_device *device, struct err *err)
{
	int r = db_expected_use(publish->server->db, expected->id, device->id,
			publish->about.time_s, err);

	if (r < 0)
		return r;
	place_of_expected(expected, device);
	return store_config(publish, device->id, expected->config, err);
}

/* --- letting in */

/* Who let it in stands where a person's name would: no name of a person holds a slash. */
static struct db_revision about(const char *kind, const char *id, const char *label,
		struct db_device *device)
{
	struct db_revision revision = {0};

	enrol_new_id(device->id);
	(void)text_format(revision.person, sizeof(revision.person), "%s/%s", kind, id);
	memcpy(device->approved_by, revision.person, sizeof(device->approved_by));
	(void)text_copy(revision.kind, sizeof(revision.kind), "approve");
	(void)text_format(revision.scope, sizeof(revision.scope), "device/%s", device->id);
	(void)text_copy(revision.reason, sizeof(revision.reason), label);
	return revision;
}

static int let_in(struct publish *publish, struct db_enrolment *enrolment, struct db_device *device,
		struct err *err)
{
	struct db_place site;
	int r = 0;

	if (device->site[0] && db_place_get(publish->server->db, DB_SITE, device->site, &site,
					       NULL) == -ENOENT)
		return err_set(err, EACCES, "its site \"%s\" is not there any more", device->site);
	if (device->name[0]) {
		struct db_device other;

		r = db_device_by_name(publish->server->db, device->tenant, device->name, &other,
				err);
		if (r == 0)
			device->name[0] = '\0';
		if (r < 0 && r != -ENOENT)
			return r;
	}
	r = enrol_approve(publish, enrolment, device, err);
	return r < 0 ? r : publish_end(publish, false, err);
}

static int by_token(struct server *server, struct db_enrolment *enrolment, struct err *err)
{
	OWNED(publish) struct publish publish = {0};
	struct db_site_token token;
	struct db_device device = {0};
	int r = db_site_token_get(server->db, enrolment->token, &token, err);

	if (r == -ENOENT)
		return err_set(err, EACCES, "its site token was taken back");
	if (r < 0)
		return r;
	if (token.networks[0] && !cidr_list_holds(token.networks, enrolment->address))
		return err_set(err, EACCES, "its site token does not hold for the address %s",
				enrolment->address);
	struct db_revision revision = about("site-token", token.id, token.label, &device);
	r = publish_begin(&publish, server, &revision, err);
	if (r == 0)
		r = db_site_token_use(server->db, token.id, publish.about.time_s, err);
	if (r == 0)
		r = place_of_token(&publish, &token, enrolment, &device, err);
	return r < 0 ? r : let_in(&publish, enrolment, &device, err);
}

static int by_list(struct server *server, struct db_enrolment *enrolment, struct err *err)
{
	OWNED(publish) struct publish publish = {0};
	OWNED(expected) struct db_expected expected = {0};
	struct db_device device = {0};
	int r = admit_expected(server->db, enrolment, &expected, err);

	if (r < 0)
		return r;
	if (!expected.networks[0])
		return err_set(err, EACCES,
				"it is expected, but its list names no networks: type its code");
	if (!cidr_list_holds(expected.networks, enrolment->address))
		return err_set(err, EACCES,
				"it is expected, but not from the address %s: type its code",
				enrolment->address);
	struct db_revision revision = about("expected", expected.id, "", &device);
	revision.patch = revision.after = expected.config;
	r = publish_begin(&publish, server, &revision, err);
	if (r == 0)
		r = admit_prefill(&publish, &expected, &device, err);
	return r < 0 ? r : let_in(&publish, enrolment, &device, err);
}

static bool is_refusal(int r)
{
	return r == -EACCES || r == -EBADMSG || r == -EEXIST || r == -EBUSY || r == -EINVAL ||
	       r == -ENOENT;
}

static int try_ways(struct server *server, struct db_enrolment *enrolment, struct err *err)
{
	/* What was tried in vain must leave no trace but the sentence. */
	OWNED(memory) struct db_enrolment *tried = own_alloc(sizeof(*tried));
	struct err why = {""};
	int r = -ENOENT;

	*tried = *enrolment;
	if (enrolment->token[0])
		r = by_token(server, tried, &why);
	else if (!enrolment->why[0] || strncmp(enrolment->why, "it is expected", 14) == 0)
		r = by_list(server, tried, &why);
	else
		return 0;
	if (r == 0) {
		*enrolment = *tried;
		rules_check(server, enrolment->device, RULE_USES_ALL);
		log_info("device %s is let in by %s", enrolment->device,
				enrolment->token[0] ? "a site token" : "a list");
		return 0;
	}
	if (!is_refusal(r)) {
		*err = why;
		return r;
	}
	if (r == -ENOENT || strcmp(enrolment->why, why.text) == 0)
		return 0;
	log_warn("enrolment %s waits for a person: %s", enrolment->id, why.text);
	(void)text_copy(enrolment->why, sizeof(enrolment->why), why.text);
	return db_enrolment_put(server->db, enrolment, err);
}

/* A unit that was replaced is told so, until a person removes it for good. */
static int refuse_replaced(struct server *server, struct db_enrolment *enrolment, struct err *err)
{
	OWNED(memory) struct db_retired *retired = own_alloc(sizeof(*retired));
	struct db_device successor = {.name = "another one"};
	char reason[DB_REASON_MAX];
	int r = db_retired_get(server->db, enrolment->was, retired, err);

	db_retired_finish(retired);
	if (r < 0 || !retired->successor[0])
		return r == -ENOENT ? 0 : r;
	(void)db_device_get(server->db, retired->successor, &successor, NULL);
	(void)text_format(reason, sizeof(reason), "this unit was replaced by %s", successor.name);
	return enrol_refuse(server, enrolment, reason, err);
}

int admit_try(struct server *server, struct db_enrolment *enrolment, struct err *err)
{
	if (!enrolment->was[0])
		return try_ways(server, enrolment, err);
	/* One that a person removed is let in by a person. */
	return refuse_replaced(server, enrolment, err);
}
