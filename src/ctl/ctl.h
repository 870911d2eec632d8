/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands of tyndctl share. Each returns 0 or a negative errno with its sentence. */
#ifndef CTL_CTL_H
#define CTL_CTL_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/err.h"
#include "ctl/api.h"
#include "ctl/args.h"

struct ctl {
	const struct args *args;
	struct settings *settings;
	struct api *api; /* NULL in local commands */
};

enum { CTL_ID_MAX = 128, CTL_LIST_MAX = 1000000, CTL_PATH_MAX = 1024 };

int ctl_login(struct ctl *ctl, struct err *err);
int ctl_server_show(struct ctl *ctl, struct err *err);

int ctl_devices_list(struct ctl *ctl, struct err *err);
int ctl_devices_waiting(struct ctl *ctl, struct err *err);
int ctl_devices_show(struct ctl *ctl, struct err *err);
int ctl_devices_approve(struct ctl *ctl, struct err *err);
int ctl_devices_refuse(struct ctl *ctl, struct err *err);
int ctl_devices_change(struct ctl *ctl, struct err *err);
int ctl_devices_remove(struct ctl *ctl, struct err *err);

int ctl_config_scopes(struct ctl *ctl, struct err *err);
int ctl_config_show(struct ctl *ctl, struct err *err);
int ctl_config_set(struct ctl *ctl, struct err *err);
int ctl_config_unset(struct ctl *ctl, struct err *err);
int ctl_config_lock(struct ctl *ctl, struct err *err);
int ctl_config_unlock(struct ctl *ctl, struct err *err);
int ctl_config_history(struct ctl *ctl, struct err *err);
int ctl_config_undo(struct ctl *ctl, struct err *err);
int ctl_config_check(struct ctl *ctl, struct err *err);
int ctl_config_apply(struct ctl *ctl, struct err *err);

int ctl_places_list(struct ctl *ctl, struct err *err);
int ctl_places_add(struct ctl *ctl, struct err *err);
int ctl_places_remove(struct ctl *ctl, struct err *err);

/* The one request that the table names. */
int ctl_call(struct ctl *ctl, struct err *err);

int ctl_apply(struct ctl *ctl, struct err *err);
int ctl_export(struct ctl *ctl, struct err *err);

int ctl_secrets_list(struct ctl *ctl, struct err *err);
int ctl_secrets_set(struct ctl *ctl, struct err *err);
int ctl_secrets_remove(struct ctl *ctl, struct err *err);

int ctl_files_list(struct ctl *ctl, struct err *err);
int ctl_files_upload(struct ctl *ctl, struct err *err);
int ctl_files_remove(struct ctl *ctl, struct err *err);

int ctl_sign_in_password(struct ctl *ctl, struct err *err);
int ctl_sign_in_oidc(struct ctl *ctl, struct err *err);
int ctl_sign_in_ways(struct ctl *ctl, struct err *err);
int ctl_password(struct ctl *ctl, struct err *err);

int ctl_order(struct ctl *ctl, struct err *err);
int ctl_orders_list(struct ctl *ctl, struct err *err);
int ctl_orders_show(struct ctl *ctl, struct err *err);
int ctl_orders_cancel(struct ctl *ctl, struct err *err);
int ctl_orders_file(struct ctl *ctl, struct err *err);
int ctl_events(struct ctl *ctl, struct err *err);

int ctl_audit_list(struct ctl *ctl, struct err *err);
int ctl_audit_export(struct ctl *ctl, struct err *err);
int ctl_audit_verify(struct ctl *ctl, struct err *err);

/* The text at a pointer of an answer, "" for anything else; numbers and booleans as text. */
const char *ctl_text(const cJSON *tree, const char *pointer, char buffer[32]);

/*
 * A file checked as an effective config, then *ret is it with every default, or as a part of one,
 * then *ret is what the file says. The caller owns it.
 */
int ctl_read_config(const char *path, bool is_layer, cJSON **ret, struct err *err);

/* A line for each of [{"path", "before", "after"}]; objects that came, went or are empty say nothing. */
void ctl_print_changes(const cJSON *changes);
/* A line for each of [{"path", "text", "severe", "device_count"}]. */
void ctl_print_warnings(const cJSON *warnings);

/* The answer as JSON on stdout. */
void ctl_print_json(const cJSON *tree);

/* A line on stdout, outside text in it made harmless. */
void ctl_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* {"reason": ...} when one was given; the caller owns it. */
cJSON *ctl_new_body(const struct ctl *ctl);

/* "?key=value" or "&key=value" behind a path when there is a value. */
int ctl_add_query(char path[CTL_PATH_MAX], const char *key, const char *value, struct err *err);

/* The id of a device named by id or by name: looked up. */
int ctl_device_id(struct ctl *ctl, const char *typed, char id[CTL_ID_MAX], struct err *err);

/* "org", a scope, or the name or id of a device, as a scope in a body or query: not encoded. */
int ctl_target(struct ctl *ctl, const char *typed, char scope[CTL_PATH_MAX], struct err *err);

/* A scope as in a request; device/NAME becomes device/ID. */
int ctl_scope(struct ctl *ctl, const char *typed, char *scope, struct err *err);

#endif
