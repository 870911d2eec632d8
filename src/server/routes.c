/* SPDX-License-Identifier: Apache-2.0 */
#include "server/routes.h"

#include "server/device_api.h"
#include "server/device_inventory.h"
#include "server/files.h"
#include "server/metrics.h"
#include "server/order.h"
#include "server/people.h"
#include "server/people_admit.h"
#include "server/people_apply.h"
#include "server/people_contingency.h"
#include "server/people_event.h"
#include "server/people_file.h"
#include "server/people_hook.h"
#include "server/people_inventory.h"
#include "server/people_order.h"
#include "server/people_privacy.h"
#include "server/people_report.h"
#include "server/people_rollout.h"
#include "server/people_secret.h"

enum { SMALL = HTTP_BODY_MAX, LARGE = HTTP_LAYER_BODY_MAX, FILES = ORDER_FILE_MAX };

/* clang-format off */
static const struct route routes[] = {
	{"POST",   "/device/v1/enrol",               ROUTE_ANYONE, SMALL, device_enrol},
	{"POST",   "/device/v1/enrol/:id",           ROUTE_ANYONE, SMALL, device_enrolment},
	{"GET",    "/device/v1/wait",                ROUTE_DEVICE, 0,     device_wait},
	{"GET",    "/device/v1/config/:revision",    ROUTE_DEVICE, 0,     device_config},
	{"POST",   "/device/v1/report",              ROUTE_DEVICE, SMALL, device_report},
	{"POST",   "/device/v1/orders",              ROUTE_DEVICE, SMALL, device_orders},
	{"POST",   "/device/v1/orders/:id",          ROUTE_DEVICE, SMALL, device_order},
	{"PUT",    "/device/v1/orders/:id/file",     ROUTE_DEVICE, FILES, device_order_file,
							ROUTE_BYTES},
	{"POST",   "/device/v1/inventory",           ROUTE_DEVICE, SMALL, device_inventory},
	{"GET",    "/device/v1/file/:hash",          ROUTE_ANYONE, 0,     device_file},
	{"GET",    "/metrics",                       ROUTE_PERSON, 0,     metrics_answer},
	{"GET",    "/ca.pem",                        ROUTE_ANYONE, 0,     device_ca},

	{"GET",    "/api/v1/devices",                ROUTE_PERSON, 0,     people_devices},
	{"GET",    "/api/v1/devices/:id",            ROUTE_PERSON, 0,     people_device_get},
	{"PATCH",  "/api/v1/devices/:id",            ROUTE_PERSON, SMALL, people_device_patch},
	{"DELETE", "/api/v1/devices/:id",            ROUTE_PERSON, SMALL, people_device_remove},
	{"GET",    "/api/v1/devices/:id/config",     ROUTE_PERSON, 0,     people_config},

	{"GET",    "/api/v1/enrolments",             ROUTE_PERSON, 0,     people_enrolments},
	{"POST",   "/api/v1/enrolments/approve",     ROUTE_PERSON, SMALL, people_approve},
	{"POST",   "/api/v1/enrolments/refuse",      ROUTE_PERSON, SMALL, people_refuse},

	{"GET",    "/api/v1/devices/:id/inventory",  ROUTE_PERSON, 0,     people_inventory},
	{"PATCH",  "/api/v1/devices/:id/inventory",  ROUTE_PERSON, SMALL, people_inventory_patch},
	{"GET",    "/api/v1/devices/:id/inventory/changes", ROUTE_PERSON, 0, people_inventory_changes},
	{"GET",    "/api/v1/webhooks",               ROUTE_PERSON, 0,     people_hooks},
	{"POST",   "/api/v1/webhooks",               ROUTE_PERSON, SMALL, people_hook_make},
	{"PATCH",  "/api/v1/webhooks/:id",           ROUTE_PERSON, SMALL, people_hook_patch},
	{"DELETE", "/api/v1/webhooks/:id",           ROUTE_PERSON, 0,     people_hook_remove},
	{"GET",    "/api/v1/webhooks/:id/deliveries", ROUTE_PERSON, 0,    people_hook_deliveries},
	{"POST",   "/api/v1/webhooks/:id/test",      ROUTE_PERSON, SMALL, people_hook_test},
	{"POST",   "/api/v1/webhooks/:id/retry",     ROUTE_PERSON, SMALL, people_hook_retry},
	{"GET",    "/api/v1/reports/:kind",          ROUTE_PERSON, 0,     people_report},
	{"GET",    "/api/v1/inventory",              ROUTE_PERSON, 0,     people_inventories},
	{"POST",   "/api/v1/devices/:id/swap",       ROUTE_PERSON, SMALL, people_swap},
	{"DELETE", "/api/v1/devices/:id/swap",       ROUTE_PERSON, SMALL, people_swap_undo},
	{"GET",    "/api/v1/replaced",               ROUTE_PERSON, 0,     people_replaced},
	{"DELETE", "/api/v1/replaced/:id",           ROUTE_PERSON, 0,     people_replaced_remove},
	{"GET",    "/api/v1/site-tokens",            ROUTE_PERSON, 0,     people_site_tokens},
	{"POST",   "/api/v1/site-tokens",            ROUTE_PERSON, SMALL, people_site_token_make},
	{"DELETE", "/api/v1/site-tokens/:id",        ROUTE_PERSON, 0,     people_site_token_remove},
	{"GET",    "/api/v1/expected",               ROUTE_PERSON, 0,     people_expected},
	{"POST",   "/api/v1/expected",               ROUTE_PERSON, LARGE, people_expected_import},
	{"DELETE", "/api/v1/expected/:id",           ROUTE_PERSON, 0,     people_expected_remove},

	{"GET",    "/api/v1/layers",                 ROUTE_PERSON, 0,     people_layers},
	{"POST",   "/api/v1/layers/apply",           ROUTE_PERSON, LARGE, people_layers_apply},
	{"GET",    "/api/v1/layers/organisation",    ROUTE_PERSON, 0,     people_layer_get},
	{"PATCH",  "/api/v1/layers/organisation",    ROUTE_PERSON, LARGE, people_layer_patch},
	{"GET",    "/api/v1/layers/:kind/:name",     ROUTE_PERSON, 0,     people_layer_get},
	{"PATCH",  "/api/v1/layers/:kind/:name",     ROUTE_PERSON, LARGE, people_layer_patch},

	{"GET",    "/api/v1/secrets",                ROUTE_PERSON, 0,     people_secrets},
	{"PUT",    "/api/v1/secrets/organisation/:name", ROUTE_PERSON, SMALL, people_secret_put,
	 ROUTE_SECRET},
	{"DELETE", "/api/v1/secrets/organisation/:name", ROUTE_PERSON, SMALL, people_secret_remove},
	{"PUT",    "/api/v1/secrets/:kind/:name/:secret", ROUTE_PERSON, SMALL, people_secret_put,
	 ROUTE_SECRET},
	{"DELETE", "/api/v1/secrets/:kind/:name/:secret", ROUTE_PERSON, SMALL, people_secret_remove},

	{"GET",    "/api/v1/revisions",              ROUTE_PERSON, 0,     people_revisions},
	{"GET",    "/api/v1/revisions/:number",      ROUTE_PERSON, 0,     people_revision_get},
	{"POST",   "/api/v1/revisions/:number/undo", ROUTE_PERSON, SMALL, people_undo},

	{"GET",    "/api/v1/files",                  ROUTE_PERSON, 0,     people_files},
	{"GET",    "/api/v1/files/:hash",            ROUTE_PERSON, 0,     people_file_get},
	{"PUT",    "/api/v1/files/:hash",            ROUTE_PERSON, FILES_BYTES_MAX, people_file_put,
	 .begin = people_file_begin},
	{"DELETE", "/api/v1/files/:hash",            ROUTE_PERSON, 0,     people_file_remove},

	{"GET",    "/api/v1/tenants",                ROUTE_PERSON, 0,     people_tenants},
	{"PUT",    "/api/v1/tenants/:name",          ROUTE_PERSON, SMALL, people_tenant_put},
	{"DELETE", "/api/v1/tenants/:name",          ROUTE_PERSON, SMALL, people_tenant_remove},
	{"GET",    "/api/v1/sites",                  ROUTE_PERSON, 0,     people_sites},
	{"PUT",    "/api/v1/sites/:name",            ROUTE_PERSON, SMALL, people_site_put},
	{"DELETE", "/api/v1/sites/:name",            ROUTE_PERSON, SMALL, people_site_remove},
	{"GET",    "/api/v1/groups",                 ROUTE_PERSON, 0,     people_groups},
	{"PUT",    "/api/v1/groups/:name",           ROUTE_PERSON, SMALL, people_group_put},
	{"DELETE", "/api/v1/groups/:name",           ROUTE_PERSON, SMALL, people_group_remove},

	{"GET",    "/api/v1/rollouts",               ROUTE_PERSON, 0,     people_rollouts},
	{"POST",   "/api/v1/rollouts",               ROUTE_PERSON, LARGE, people_rollout_make},
	{"GET",    "/api/v1/rollouts/:id",           ROUTE_PERSON, 0,     people_rollout_get},
	{"DELETE", "/api/v1/rollouts/:id",           ROUTE_PERSON, 0,     people_rollout_remove},
	{"POST",   "/api/v1/rollouts/:id/rehearse",  ROUTE_PERSON, SMALL, people_rollout_rehearse},
	{"POST",   "/api/v1/rollouts/:id/start",     ROUTE_PERSON, SMALL, people_rollout_start},
	{"POST",   "/api/v1/rollouts/:id/stop",      ROUTE_PERSON, SMALL, people_rollout_stop},
	{"POST",   "/api/v1/rollouts/:id/continue",  ROUTE_PERSON, SMALL, people_rollout_continue},
	{"POST",   "/api/v1/rollouts/:id/undo",      ROUTE_PERSON, SMALL, people_rollout_undo},
	{"GET",    "/api/v1/rollouts/:id/devices",   ROUTE_PERSON, 0,     people_rollout_devices},
	{"GET",    "/api/v1/rollouts/:id/sites",     ROUTE_PERSON, 0,     people_rollout_sites},

	{"GET",    "/api/v1/contingency",            ROUTE_PERSON, 0,     people_contingencies},
	{"POST",   "/api/v1/contingency",            ROUTE_PERSON, LARGE, people_contingency_make},
	{"GET",    "/api/v1/contingency/:id",        ROUTE_PERSON, 0,     people_contingency_get},
	{"PATCH",  "/api/v1/contingency/:id",        ROUTE_PERSON, LARGE, people_contingency_change},
	{"DELETE", "/api/v1/contingency/:id",        ROUTE_PERSON, 0,     people_contingency_remove},
	{"POST",   "/api/v1/contingency/:id/rehearse", ROUTE_PERSON, SMALL, people_contingency_rehearse},
	{"POST",   "/api/v1/contingency/:id/on",     ROUTE_PERSON, SMALL, people_contingency_on},
	{"POST",   "/api/v1/contingency/:id/off",    ROUTE_PERSON, SMALL, people_contingency_off},
	{"POST",   "/api/v1/contingency/:id/withdraw", ROUTE_PERSON, SMALL, people_contingency_withdraw},
	{"POST",   "/api/v1/contingency/:id/consent", ROUTE_PERSON, SMALL, people_contingency_consent},

	{"GET",    "/api/v1/audit",                  ROUTE_PERSON, 0,     people_audit},
	{"GET",    "/api/v1/audit/export",           ROUTE_PERSON, 0,     people_audit_export},

	{"POST",   "/api/v1/orders",                 ROUTE_PERSON, SMALL, people_order_make},
	{"GET",    "/api/v1/orders",                 ROUTE_PERSON, 0,     people_orders},
	{"GET",    "/api/v1/orders/:id",             ROUTE_PERSON, 0,     people_order_get},
	{"POST",   "/api/v1/orders/:id/cancel",      ROUTE_PERSON, SMALL, people_order_cancel},
	{"GET",    "/api/v1/orders/:id/devices",     ROUTE_PERSON, 0,     people_order_devices},
	{"GET",    "/api/v1/orders/:id/devices/:device/file", ROUTE_PERSON, 0, people_order_file},
	{"GET",    "/api/v1/devices/:id/orders",     ROUTE_PERSON, 0,     people_device_orders},

	{"GET",    "/api/v1/people",                 ROUTE_PERSON, 0,     people_persons},
	{"GET",    "/api/v1/people/:name",           ROUTE_PERSON, 0,     people_person_get},
	{"PUT",    "/api/v1/people/:name",           ROUTE_PERSON, SMALL, people_person_put},
	{"DELETE", "/api/v1/people/:name",           ROUTE_PERSON, 0,     people_person_remove},
	{"PUT",    "/api/v1/people/:name/password",  ROUTE_PERSON, SMALL, people_password_set, ROUTE_SECRET},
	{"DELETE", "/api/v1/people/:name/password",  ROUTE_PERSON, 0,     people_password_remove},
	{"POST",   "/api/v1/people/:name/sign-out",  ROUTE_PERSON, SMALL, people_person_sign_out},
	{"GET",    "/api/v1/sign-in",                ROUTE_ANYONE, 0,     people_sign_in_ways},
	{"POST",   "/api/v1/sign-in",                ROUTE_ANYONE, SMALL, people_sign_in, ROUTE_SECRET},
	{"POST",   "/api/v1/sign-in/code",           ROUTE_ANYONE, SMALL, people_sign_in_code, ROUTE_SECRET},
	{"GET",    "/api/v1/sign-in/oidc",           ROUTE_ANYONE, 0,     people_oidc_begin, ROUTE_LONG_QUERY},
	{"GET",    "/api/v1/sign-in/oidc/callback",  ROUTE_ANYONE, 0,     people_oidc_callback, ROUTE_LONG_QUERY},
	{"POST",   "/api/v1/sign-out",               ROUTE_PERSON, SMALL, people_sign_out},
	{"GET",    "/api/v1/grants",                 ROUTE_PERSON, 0,     people_grants},
	{"POST",   "/api/v1/grants",                 ROUTE_PERSON, SMALL, people_grant_make},
	{"DELETE", "/api/v1/grants/:id",             ROUTE_PERSON, 0,     people_grant_remove},
	{"GET",    "/api/v1/roles",                  ROUTE_PERSON, 0,     people_roles},
	{"GET",    "/api/v1/whoami",                 ROUTE_PERSON, 0,     people_whoami},

	{"GET",    "/api/v1/privacy/export",         ROUTE_PERSON, 0,     people_privacy_export},
	{"POST",   "/api/v1/privacy/erase",          ROUTE_PERSON, SMALL, people_privacy_erase},
	{"GET",    "/api/v1/retention",              ROUTE_PERSON, 0,     people_retention_get},
	{"PUT",    "/api/v1/retention",              ROUTE_PERSON, SMALL, people_retention_put},

	{"GET",    "/api/v1/events",                 ROUTE_PERSON, 0,     people_events},

	{"GET",    "/api/v1/server",                 ROUTE_PERSON, 0,     people_server},
	{"GET",    "/api/v1/tokens",                 ROUTE_PERSON, 0,     people_tokens},
	{"POST",   "/api/v1/tokens",                 ROUTE_PERSON, SMALL, people_token_make},
	{"DELETE", "/api/v1/tokens/:id",             ROUTE_PERSON, 0,     people_token_remove},
};
/* clang-format on */

const struct route *routes_all(size_t *count)
{
	*count = sizeof(routes) / sizeof(routes[0]);
	return routes;
}
