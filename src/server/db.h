/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the server remembers, as named operations: the only way to the database, the
 * same for SQLite and PostgreSQL. Plain rows in fixed arrays; "" and 0
 * stand for NULL. Everything returns 0 or a negative errno: -ENOENT when there is no
 * such row, -EEXIST when a name is taken, -EIO with the database's words else.
 * What is committed survives a power cut. For one thread only.
 */
#ifndef SERVER_DB_H
#define SERVER_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/loop.h"
#include "base/own.h"

enum {
	DB_NAME_MAX = 64,
	DB_PLACE_MAX = 2 * DB_NAME_MAX, /* "TENANT/NAME" of a site or group, or "NAME" */
	DB_ID_MAX = 33,
	DB_SCOPE_MAX = 8 + DB_PLACE_MAX,
	DB_GROUPS_MAX = 16, /* of one device */
	DB_GROUPS_TEXT = DB_GROUPS_MAX * DB_PLACE_MAX,
	DB_REASON_MAX = 501,
	DB_KIND_MAX = 16,
	DB_ADDRESS_MAX = 64,
	DB_HARDWARE_MAX = 1024,
	DB_REPORT_MAX = 4096,
	DB_CODE_MAX = 10,
	DB_ACTION_MAX = 384,
	DB_HASH = 32,
};

struct db;

/*
 * Opens the database and brings it to the newest layout. `address` is the path of an SQLite file,
 * made when missing (":memory:" for tests), or postgresql://... of an existing database.
 */
int db_open(const char *address, struct db **ret, struct err *err);
void db_close(struct db *db); /* takes NULL */

OWN_DEFINE(db, struct db, db_close);

/* The layout's version: number of migrations done. */
int db_version(struct db *db, int64_t *ret, struct err *err);

/* One transaction at a time. db_rollback without one does nothing. */
int db_begin(struct db *db, struct err *err);
int db_commit(struct db *db, struct err *err);
void db_rollback(struct db *db);

/*
 * Servers that share a database wake each other. A ring inside a transaction is heard when that
 * is committed. With SQLite one server is alone: nobody is rung, and db_listen gives NULL.
 */
struct db_listener;
/* A text that another server rang; NULL: listening began (again), rings may have been missed. */
typedef void (*db_ring_fn)(void *data, const char *text);

int db_ring(struct db *db, const char *text, struct err *err);
struct db_listener *db_listen(struct db *db, struct loop *loop, db_ring_fn fn, void *data);
void db_listener_destroy(struct db_listener *listener); /* before the database; takes NULL */

/*
 * Of the servers that share a database `holder` is the one that does `name`, for `seconds` from
 * now: *ret says whether. Asking again prolongs it.
 */
int db_lease(struct db *db, const char *name, const char *holder, int64_t now_s, int64_t seconds,
		bool *ret, struct err *err);

struct db_page {
	const char *after; /* name (or id) after which to go on; "" from the start */
	int64_t limit;
};

/* --- tokens of people */

struct db_token {
	char id[DB_ID_MAX];
	char person[DB_NAME_MAX];
	uint8_t hash[DB_HASH]; /* SHA-256 of the token's text */
	int64_t created_s;
	int64_t used_s;
	int64_t expires_s;        /* 0: never */
	char kind[DB_KIND_MAX];   /* "token" or "session": one that ends when it is not used */
	char role[DB_KIND_MAX];   /* "": all that the person may */
	char scope[DB_SCOPE_MAX]; /* of `role` */
};

typedef int (*db_token_fn)(void *data, const struct db_token *token);

int db_token_add(struct db *db, const struct db_token *token, struct err *err);
int db_token_get(struct db *db, const char *id, struct db_token *ret, struct err *err);
/* By id; `person` "" for everybody, `view` as rights_view gives it: those of `mine` in any case. */
int db_token_list(struct db *db, const char *view, const char *mine, const char *person,
		const char *kind, const struct db_page *page, db_token_fn fn, void *data,
		struct err *err);
int db_token_remove(struct db *db, const char *id, struct err *err);
int db_token_used(struct db *db, const char *id, int64_t used_s, struct err *err);
int db_token_count(struct db *db, int64_t *ret, struct err *err); /* sessions left out */
/* Those of the kind and person; and all whose time is over. */
int db_token_remove_of(struct db *db, const char *person, const char *kind, struct err *err);
int db_token_expire(struct db *db, int64_t now_s, int64_t idle_s, struct err *err);

/* --- people and their rights */

enum { DB_DISPLAY_MAX = 128, DB_SUBJECT_MAX = 256, DB_TEAMS_MAX = 16384 };

struct db_person {
	char name[DB_NAME_MAX];       /* "NAME", or "TENANT/NAME" of one that a tenant made */
	char tenant[DB_NAME_MAX];     /* "" for none */
	char display[DB_DISPLAY_MAX]; /* the whole name */
	char origin[DB_KIND_MAX];     /* "local", "token", "oidc", "ldap": never another later */
	char subject[DB_SUBJECT_MAX]; /* what the provider calls this person for ever */
	char teams[DB_TEAMS_MAX]; /* groups of the provider: line feed, then each ended by one */
	int64_t teams_s;          /* when the provider said so */
	int64_t created_s, signed_in_s;
	bool has_password, has_totp; /* read only */
};

typedef int (*db_person_fn)(void *data, const struct db_person *person);

int db_person_add(struct db *db, const struct db_person *person, struct err *err);
/* Writes display, teams and signed_in_s. */
int db_person_put(struct db *db, const struct db_person *person, struct err *err);
int db_person_get(struct db *db, const char *name, struct db_person *ret, struct err *err);
int db_person_by_subject(struct db *db, const char *origin, const char *subject,
		struct db_person *ret, struct err *err);
/* `view` as rights_view gives it. */
int db_person_list(struct db *db, const char *view, const struct db_page *page, db_person_fn fn,
		void *data, struct err *err);
int db_person_count(struct db *db, int64_t *ret, struct err *err);
/* With grants, tokens, sessions and codes. Inside a transaction. */
int db_person_remove(struct db *db, const char *name, struct err *err);

struct db_grant {
	char id[DB_ID_MAX];
	char person[DB_NAME_MAX];  /* either this */
	char team[DB_SUBJECT_MAX]; /* or a group of the provider */
	char role[DB_KIND_MAX];
	char scope[DB_SCOPE_MAX]; /* "organisation", "tenant/NAME", "site/NAME" */
	char tenant[DB_NAME_MAX]; /* of the scope */
	char site[DB_PLACE_MAX];
	bool orders_all;
	int64_t created_s;
	char created_by[DB_NAME_MAX];
};

typedef int (*db_grant_fn)(void *data, const struct db_grant *grant);

int db_grant_add(struct db *db, const struct db_grant *grant, struct err *err);
int db_grant_get(struct db *db, const char *id, struct db_grant *ret, struct err *err);
int db_grant_remove(struct db *db, const char *id, struct err *err);
/* By id; `person` "" for everybody. */
int db_grant_list(struct db *db, const char *view, const char *person, const struct db_page *page,
		db_grant_fn fn, void *data, struct err *err);
/* Of a person and of these groups (as in struct db_person). */
int db_grant_of(struct db *db, const char *person, const char *teams, db_grant_fn fn, void *data,
		struct err *err);
/* Grants by which somebody can still be administrator of the organisation. */
int db_grant_administrators(struct db *db, int64_t *ret, struct err *err);
/* How many grants and people hang on a tenant or site. */
int db_grant_below(struct db *db, const char *scope, int64_t *ret, struct err *err);

/* --- places: tenants, sites, groups */

enum db_place_kind { DB_TENANT, DB_SITE, DB_GROUP };

struct db_place {
	char name[DB_PLACE_MAX];
	char tenant[DB_NAME_MAX]; /* of a site or group: what stands before the '/' of its name */
	int64_t sites;            /* of a tenant */
	int64_t devices;
};

typedef int (*db_place_fn)(void *data, const struct db_place *place);

int db_place_get(struct db *db, enum db_place_kind kind, const char *name, struct db_place *ret,
		struct err *err);
/* Makes it. `tenant` is that of a site or group, "" for none. */
int db_place_put(struct db *db, enum db_place_kind kind, const char *name, const char *tenant,
		struct err *err);
int db_place_remove(struct db *db, enum db_place_kind kind, const char *name, struct err *err);
/*
 * `tenant` ("" for all) filters sites and groups; `view` as rights_view gives it for RIGHT_LAYER:
 * only devices in it are counted.
 */
int db_place_list(struct db *db, enum db_place_kind kind, const char *tenant, const char *view,
		const struct db_page *page, db_place_fn fn, void *data, struct err *err);

/* --- devices */

struct db_device {
	char id[DB_ID_MAX];
	char name[DB_NAME_MAX];
	char site[DB_PLACE_MAX];
	char tenant[DB_NAME_MAX];    /* of its site, or of its own when it is at none */
	char groups[DB_GROUPS_TEXT]; /* names, sorted, each ended by a line feed */
	uint8_t certificate[DB_HASH];
	char hardware[DB_HARDWARE_MAX]; /* JSON object */
	int64_t approved_s;
	char approved_by[DB_NAME_MAX];
	int64_t revision; /* of its config; read only: publish.h */
	int64_t seen_s;
	char report[DB_REPORT_MAX]; /* JSON object, "" before the first */
	char address[DB_ADDRESS_MAX];
};

enum db_online { DB_ONLINE_ANY, DB_ONLINE_YES, DB_ONLINE_NO };

struct db_device_filter {
	const char *site, *tenant, *group; /* "" for any */
	const char *state;                 /* "", "none" or what the device reported */
	const char *search;                /* "" for any */
	const char *view;                  /* as rights_view gives it; NULL for all */
	enum db_online online;
	int64_t online_since_s; /* seen then or later is online */
	struct db_page page;
};

typedef int (*db_device_fn)(void *data, const struct db_device *device);

int db_device_add(struct db *db, const struct db_device *device, struct err *err);
int db_device_get(struct db *db, const char *id, struct db_device *ret, struct err *err);
/* A name is one device's in a tenant; `tenant` "" for those of none. */
int db_device_by_name(struct db *db, const char *tenant, const char *name, struct db_device *ret,
		struct err *err);
/* Writes name, tenant, site and groups. */
int db_device_place(struct db *db, const struct db_device *device, struct err *err);
int db_device_remove(struct db *db, const char *id, struct err *err);
/* As in struct db_device. */
int db_device_groups(struct db *db, const char *id, char groups[DB_GROUPS_TEXT], struct err *err);
/*
 * By name, then id; a page goes on after NAME "\n" ID. `fn` must not write to the database; a
 * result other than 0 ends the listing with it. */
int db_device_list(struct db *db, const struct db_device_filter *filter, db_device_fn fn,
		void *data, struct err *err);
/* Of those in `view`. */
int db_device_count(struct db *db, const char *view, int64_t online_since_s, int64_t *count,
		int64_t *online, struct err *err);
/* How many devices said which state; "none" are those that never reported. */
int db_device_states(struct db *db, int (*fn)(void *data, const char *state, int64_t count),
		void *data, struct err *err);
int db_device_report(struct db *db, const char *id, const char *report, const char *address,
		int64_t seen_s, struct err *err);
int db_device_seen(struct db *db, const char *id, int64_t seen_s, struct err *err);

/* Ids of the devices below a scope, in the order of ids. */
typedef int (*db_id_fn)(void *data, const char *id);
/* A db_id_fn: appends to the struct array `data`, DB_ID_MAX bytes each. */
int db_id_collect(void *data, const char *id);
int db_device_below(struct db *db, const char *scope, db_id_fn fn, void *data, struct err *err);
/* Only those in `view`. */
int db_device_below_count(struct db *db, const char *scope, const char *view, int64_t *ret,
		struct err *err);

/* --- layers and revisions */

struct db_layer {
	int64_t revision;
	char *config;  /* JSON object; db_layer_finish frees it */
	char *origins; /* JSON object: pointer -> revision that set the value */
};

void db_layer_finish(struct db_layer *layer);

static inline void own_end_layer(struct db_layer *layer)
{
	db_layer_finish(layer);
}

int db_layer_get(struct db *db, const char *scope, struct db_layer *ret, struct err *err);
int db_layer_put(struct db *db, const char *scope, const struct db_layer *layer, struct err *err);

struct db_revision {
	int64_t revision; /* given by db_revision_add */
	int64_t time_s;
	char person[DB_NAME_MAX];
	char reason[DB_REASON_MAX];
	char kind[DB_KIND_MAX];
	char scope[DB_SCOPE_MAX];
	const char *patch; /* JSON or NULL; lives until the call or callback returns */
	const char *after; /* the layer's config after it, JSON or NULL; as `patch` */
	int64_t undoes;
	int64_t undone_by; /* read only */
	int64_t device_count;
	/* Read only: of the scope, or of the device that it is about. */
	char tenant[DB_NAME_MAX], site[DB_PLACE_MAX];
};

struct db_revision_filter {
	const char *scopes; /* each ended by a line feed; "" for all */
	const char *view;   /* as rights_view gives it for RIGHT_LAYER; NULL for all */
	int64_t before;     /* revisions below this one; 0: from the newest */
	int64_t limit;
};

typedef int (*db_revision_fn)(void *data, const struct db_revision *revision);

int db_revision_add(struct db *db, struct db_revision *revision, struct err *err);
int db_revision_devices(struct db *db, int64_t revision, int64_t count, struct err *err);
/* Calls `fn` with the one row. */
int db_revision_get(struct db *db, int64_t revision, db_revision_fn fn, void *data,
		struct err *err);
/* The newest revision of `scope` below `before` that has an `after`. */
int db_revision_previous(struct db *db, const char *scope, int64_t before, db_revision_fn fn,
		void *data, struct err *err);
int db_revision_list(struct db *db, const struct db_revision_filter *filter, db_revision_fn fn,
		void *data, struct err *err);
int db_revision_newest(struct db *db, int64_t *ret, struct err *err);
int db_revision_newest_seen(struct db *db, const char *view, int64_t *ret, struct err *err);

/* --- variants of layers: a change that only some devices have yet */

struct db_variant {
	char id[DB_ID_MAX];
	char scope[DB_SCOPE_MAX]; /* of the layer that it changes */
	int64_t revision;         /* that its values came with */
	const char *patch;        /* JSON merge patch; lives until the call or callback returns */
};

typedef int (*db_variant_fn)(void *data, const struct db_variant *variant);

int db_variant_add(struct db *db, const struct db_variant *variant, struct err *err);
int db_variant_remove(struct db *db, const char *id, struct err *err); /* its devices, too */
/* Calls `fn` with the one row. */
int db_variant_get(struct db *db, const char *id, db_variant_fn fn, void *data, struct err *err);
/* Those of a layer ("" for all), and those that a device has; the oldest first. */
int db_variant_list(struct db *db, const char *scope, db_variant_fn fn, void *data,
		struct err *err);
int db_variant_of(struct db *db, const char *device, db_variant_fn fn, void *data, struct err *err);
/* 1 when that was new, 0 when it was so already. */
int db_variant_give(struct db *db, const char *id, const char *device, struct err *err);
/* Ids of the devices that have it, in the order of ids. */
int db_variant_devices(struct db *db, const char *id, db_id_fn fn, void *data, struct err *err);

/* --- contingency sets */

enum db_contingency_asked { DB_CONTINGENCY_NOTHING, DB_CONTINGENCY_ON, DB_CONTINGENCY_OFF };

struct db_contingency {
	char id[DB_ID_MAX];
	char tenant[DB_NAME_MAX]; /* "" for the organisation's */
	char name[DB_NAME_MAX];   /* unique in the tenant */
	char description[DB_REASON_MAX];
	int64_t changed_s;
	char changed_by[DB_NAME_MAX];
	enum db_contingency_asked asked; /* what waits for a second person's consent */
	int64_t asked_s;
	char asked_by[DB_NAME_MAX];
	char reason[DB_REASON_MAX];
	int64_t revision; /* that switched it on; 0: it is off */
	int64_t on_s;
	char on_by[DB_NAME_MAX];
	char on_with[DB_NAME_MAX]; /* with whose consent */
};

typedef int (*db_contingency_fn)(void *data, const struct db_contingency *set);

int db_contingency_add(struct db *db, const struct db_contingency *set, struct err *err);
/* Writes everything but id and tenant. */
int db_contingency_put(struct db *db, const struct db_contingency *set, struct err *err);
int db_contingency_get(struct db *db, const char *id, struct db_contingency *ret, struct err *err);
int db_contingency_remove(struct db *db, const char *id, struct err *err);
/* `scopes`: "" for all, or those of the tenants named as tenant/NAME, each ended by a line feed. */
int db_contingency_list(struct db *db, const char *scopes, const struct db_page *page,
		db_contingency_fn fn, void *data, struct err *err);

/* `patch` lives until the callback returns. */
typedef int (*db_contingency_layer_fn)(void *data, const struct db_contingency *set,
		const char *scope, const char *patch);
int db_contingency_layer_put(struct db *db, const char *id, const char *scope, const char *patch,
		struct err *err);
int db_contingency_layers_clear(struct db *db, const char *id, struct err *err);
/* Of one set; of all that are on with "", set by set, the one that is on for longest first. */
int db_contingency_layers(struct db *db, const char *id, db_contingency_layer_fn fn, void *data,
		struct err *err);

/* --- the audit log: append-only */

struct db_audit {
	int64_t id; /* 1, 2, 3 ... without a hole */
	int64_t time_s;
	char person[DB_NAME_MAX];
	char address[DB_ADDRESS_MAX];
	char action[DB_ACTION_MAX]; /* "PATCH /api/v1/layers/organisation" */
	int64_t status;             /* of HTTP */
	const char *request;        /* JSON; lives until the call or callback returns */
	uint8_t hash[DB_HASH];      /* of this record and the one before, conf/audit.h */
	/* What it changed something of, "" for none: who may read it; not part of the hash. */
	char tenant[DB_NAME_MAX], site[DB_PLACE_MAX];
};

struct db_audit_filter {
	const char *person; /* "" for everybody */
	const char *view;   /* as rights_view gives it; NULL: all */
	int64_t before;     /* ids below this one, the newest first; 0: from the newest */
	int64_t after;      /* with is_ascending: ids above this one, the oldest first */
	bool is_ascending;
	int64_t limit;
};

typedef int (*db_audit_fn)(void *data, const struct db_audit *audit);

int db_audit_add(struct db *db, const struct db_audit *audit, struct err *err);
/* Id and hash of the newest; both zero when there is none. */
int db_audit_newest(struct db *db, int64_t *id, uint8_t hash[DB_HASH], struct err *err);
int db_audit_list(struct db *db, const struct db_audit_filter *filter, db_audit_fn fn, void *data,
		struct err *err);

/* --- enrolments */

enum db_enrolment_state {
	DB_ENROLMENT_NEW,     /* the device has not shown its nonce yet: no code */
	DB_ENROLMENT_WAITING, /* the code is fixed */
	DB_ENROLMENT_APPROVED,
	DB_ENROLMENT_REFUSED,
};

enum { DB_PEM_MAX = 8192 };

struct db_enrolment {
	char id[DB_ID_MAX];
	enum db_enrolment_state state;
	char csr[DB_PEM_MAX];
	uint8_t key[DB_HASH];        /* SHA-256 of the CSR's public key */
	uint8_t commitment[DB_HASH]; /* SHA-256 of the device's nonce */
	uint8_t server_nonce[32];
	uint8_t device_nonce[32]; /* all zero while NEW */
	char code[DB_CODE_MAX];   /* as code_make writes it */
	char hardware[DB_HARDWARE_MAX];
	char address[DB_ADDRESS_MAX];
	int64_t created_s;
	int64_t seen_s;
	char device[DB_ID_MAX];       /* APPROVED */
	char certificate[DB_PEM_MAX]; /* APPROVED, PEM */
	char reason[DB_REASON_MAX];   /* REFUSED */
	char was[DB_ID_MAX];          /* the removed device that it says it was; "" for none */
	char token[DB_ID_MAX];        /* site token that it showed, checked; "" for none */
	char why[DB_REASON_MAX];      /* why neither token nor list let it in; "" for neither */
};

typedef int (*db_enrolment_fn)(void *data, const struct db_enrolment *enrolment);

int db_enrolment_add(struct db *db, const struct db_enrolment *enrolment, struct err *err);
/* Writes everything but id, CSR, nonce of the server, was, token and times. */
int db_enrolment_put(struct db *db, const struct db_enrolment *enrolment, struct err *err);
int db_enrolment_get(struct db *db, const char *id, struct db_enrolment *ret, struct err *err);
/* The waiting one with this code; -EEXIST when two have it (2^-40). */
int db_enrolment_by_code(struct db *db, const char *code, struct db_enrolment *ret,
		struct err *err);
int db_enrolment_seen(struct db *db, const char *id, int64_t seen_s, struct err *err);
/* Oldest first; a page goes on after `created_s` as 20 digits and the id. */
int db_enrolment_list(struct db *db, const struct db_page *page, db_enrolment_fn fn, void *data,
		struct err *err);
/* Undecided ones: all, and those of one address. */
int db_enrolment_count(struct db *db, const char *address, int64_t *all, int64_t *here,
		struct err *err);
/* Drops those created before `created_s`; returns nothing about them. */
int db_enrolment_expire(struct db *db, int64_t created_s, struct err *err);
/* Drops the undecided one not seen for longest, if that was before `seen_s`; -ENOENT else. */
int db_enrolment_evict(struct db *db, int64_t seen_s, struct err *err);

#endif
