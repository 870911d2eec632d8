// SPDX-License-Identifier: Apache-2.0
#include "ctl/args.h"
#include "ctl/complete.h"
#include "ctl/ctl.h"

enum {
	PLACE = ARGS_NAME | ARGS_SITE | ARGS_GROUP | ARGS_CREATE | ARGS_REASON,
	CHANGE = ARGS_REASON | ARGS_DRY_RUN | ARGS_FORCE,
};

static const char login_help[] =
		"The first start of tynd-server prints this line with everything in it. --ca takes "
		"the\n"
		"SHA-256 of the CA or its file; from then on no other server is believed. Writes\n"
		"~/.config/tynd/ctl.json, which holds the token and is readable by you alone.\n";
static const char approve_help[] =
		"CODE is what the person at the device reads out, K7QF-2M9P; case, hyphen and "
		"spaces do\n"
		"not matter. It proves that nobody sits between device and server.\n\n"
		"  tyndctl devices approve K7QF-2M9P --name SKO-0117 --site \"Skovby Skole\" "
		"--create\n";
static const char refuse_help[] = "CODE as on the screen of the device, or the id of tyndctl "
				  "devices waiting. --reason is\n"
				  "shown on the screen.\n";
static const char change_help[] = "Groups are set as a whole: name all of them; --group \"\" is "
				  "none, --site \"\" is none.\n";
static const char show_help[] = "The values that were set in this layer. Of a device, --effective "
				"shows all layers merged\n"
				"and --explain which layer each value comes from.\n\n"
				"  tyndctl config show site/Skovby\n"
				"  tyndctl config show device/SKO-0117 --explain\n";
static const char set_help[] =
		"VALUE is JSON where JSON fits there (5, true, {\"host\": \"rds1\"}), else text as "
		"it is.\n"
		"It is checked here and then by the server for every device below; nothing is "
		"changed when\n"
		"one of them would get an invalid config. Devices have it within a second.\n\n"
		"  tyndctl config set organisation helpdesk.phone \"89 40 20 00\" --reason \"new "
		"number\"\n"
		"  tyndctl config set site/Skovby keyboard.layout dk\n"
		"  tyndctl config set device/SKO-0117 desktops.work \\\n"
		"          '{\"name\": \"My desktop\", \"host\": \"rds1.example.net\"}'\n";
static const char unset_help[] = "Takes the value, or everything below PATH, out of this layer, so "
				 "that the layers before\n"
				 "it shine through.\n";
static const char lock_help[] =
		"What this layer and those before it say at PATH and below it then stands: later "
		"layers\n"
		"cannot set it, and what they said before is ignored (config show --explain "
		"tells).\n\n"
		"  tyndctl config lock tenant/Midtby helpdesk --reason \"one number for all\"\n";
static const char undo_help[] = "A new revision that puts back what REVISION changed and nothing "
				"else. Refused when a later\n"
				"revision changed one of the same values. An undo can be undone.\n";
static const char check_help[] = "Needs no server. Without --layer the file must be a whole "
				 "config, as a device gets it;\n"
				 "with --json it is printed with every default.\n";
static const char upload_help[] =
		"Its SHA-256 is its name for devices: /device/v1/file/HEX. NAME is what people "
		"see,\n"
		"the file's own without one. Sent again it replaces only what is told of it.\n\n"
		"  tyndctl files upload tynd-1.5.0.img --with kind=firmware --with version=1.5.0\n";
static const char apply_help[] = "Sets every value of the file in the layer; null takes one out "
				 "(RFC 7396). With --replace\n"
				 "the layer holds just what the file says afterwards.\n";

static const char folder_help[] =
		"DIR holds organisation.json, tenants/NAME.json, sites/[TENANT/]NAME.json,\n"
		"groups/[TENANT/]NAME.json, devices/[TENANT/]NAME.json: each the document of one "
		"layer,\n"
		"and places.json with places that have none. apply writes all layers that differ "
		"in\n"
		"one transaction, or none; --dry-run tells what the server would change. What only "
		"the\n"
		"server says is shown, and stays without --prune. Missing places are made.\n\n"
		"  tyndctl export config && git -C config init\n"
		"  tyndctl apply config --dry-run\n"
		"  tyndctl apply config --reason \"$(git -C config log -1 --format=%s)\"\n";
static const char secret_help[] =
		"Read from FILE or from standard input, without a line feed at its end. A text of\n"
		"any layer names it as ${secret.NAME}; the nearest scope over a device wins. Only\n"
		"the devices whose config names it ever get it.\n\n"
		"  tyndctl secrets set site/Skovby wifi < key.txt\n";
static const char rule_help[] = "RULE is JSON: {\"field\": \"model\", \"is\": \"Futro S740\"}, "
				"{\"all\": [...]}, {\"any\": [...]},\n"
				"{\"not\": ...}; docs/api.md lists the fields.\n";
static const char completion_help[] =
		"  tyndctl completion bash > /usr/share/bash-completion/completions/tyndctl\n"
		"  tyndctl completion zsh > /usr/share/zsh/vendor-completions/_tyndctl\n";
static const char order_help[] =
		"  tyndctl orders give identify '{\"scope\": \"device/k7qf2m9pxr4t\"}'\n"
		"  tyndctl orders give message '{\"scope\": \"site/Skovby\"}' '{\"text\": \"back "
		"at ten\"}'\n";
static const char export_help[] =
		"One record per line, oldest first; each has a hash over itself and the one "
		"before, "
		"and the\n"
		"last line is the head, signed by the server's config key. tyndctl audit verify "
		"checks the\n"
		"file without the server.\n";

static const char order_now_help[] =
		"KIND is identify, message, restart_session, sign_out, restart, update_now, wake, "
		"lock,\n"
		"unlock, screenshot or logs; TARGET a device by name or id, or a scope. TEXT is "
		"what a\n"
		"message or a locked screen says.\n\n"
		"  tyndctl order identify SKO-0117\n"
		"  tyndctl order message site/Skovby \"Back at 12\" --severity warning\n"
		"  tyndctl order screenshot SKO-0117; tyndctl orders file ORDER SKO-0117 "
		"shot.png\n";

static const char rollout_help[] =
		"docs/api.md says what a plan may hold. SCOPE is as in config show.\n\n"
		"  tyndctl rollouts make phone tenant/Midtby '{\"helpdesk\": {...}}' \\\n"
		"          '{\"rings\": [{\"percent\": 10}, {\"percent\": 100}]}'\n";
static const char contingency_help[] =
		"A scope and its values each, for the tenant and its sites and groups.\n\n"
		"  tyndctl contingency make attack '{\"tenant/Midtby\": {...}}' \\\n"
		"          --with tenant=Midtby\n";

const struct command commands[] = {
		{"login", NULL, "URL", 0, false, ctl_login, "remember server, CA and token",
				login_help, "GET /whoami"},
		{"server", "show", "", 0, false, ctl_server_show,
				"version, counts, fingerprint of the CA", NULL, "GET /server"},

		{"devices", "list", "",
				ARGS_SITE | ARGS_GROUP | ARGS_TENANT | ARGS_SEARCH | ARGS_STATE |
						ARGS_ONLINE,
				false, ctl_devices_list,
				"all devices, or those that the options select", NULL,
				"GET /devices"},
		{"devices", "waiting", "", 0, false, ctl_devices_waiting,
				"devices that wait for approval", NULL, "GET /enrolments"},
		{"devices", "show", "DEVICE", 0, false, ctl_devices_show,
				"everything about one, by name or id", NULL,
				"GET /devices/{id}, GET /devices"},
		{"devices", "approve", "CODE", PLACE, false, ctl_devices_approve,
				"let the device that shows CODE in", approve_help,
				"POST /enrolments/approve"},
		{"devices", "refuse", "CODE", ARGS_REASON, false, ctl_devices_refuse,
				"turn the device that shows CODE away", refuse_help,
				"POST /enrolments/refuse"},
		{"devices", "change", "DEVICE", PLACE, false, ctl_devices_change,
				"its name, site and groups", change_help, "PATCH /devices/{id}"},
		{"devices", "remove", "DEVICE", ARGS_REASON, false, ctl_devices_remove,
				"its certificate ends at once", NULL, "DELETE /devices/{id}"},
		{"devices", "swap", "DEVICE NEW", ARGS_REASON, false, ctl_call,
				"the device with the id NEW takes its name, place and config", NULL,
				"POST /devices/{id}/swap with"},
		{"devices", "unswap", "DEVICE", ARGS_REASON, false, ctl_call, "give them back",
				NULL, "DELETE /devices/{id}/swap"},
		{"devices", "replaced", "", ARGS_LIMIT, false, ctl_call,
				"units that were swapped out", NULL, "GET /replaced"},
		{"devices", "forget", "ID", 0, false, ctl_call, "a unit that was swapped out", NULL,
				"DELETE /replaced/{id}"},
		{"devices", "orders", "DEVICE", ARGS_LIMIT, false, ctl_call,
				"what it was told to do", NULL, "GET /devices/{id}/orders"},

		{"config", "scopes", "", 0, false, ctl_config_scopes, "all layers that there are",
				NULL, "GET /layers"},
		{"config", "show", "SCOPE", ARGS_EXPLAIN | ARGS_EFFECTIVE, false, ctl_config_show,
				"what a layer says", show_help,
				"GET /layers/organisation, GET /layers/{kind}/{name}, GET "
				"/devices/{id}/config"},
		{"config", "set", "SCOPE PATH VALUE", CHANGE, false, ctl_config_set,
				"set a value in a layer", set_help,
				"PATCH /layers/organisation, PATCH /layers/{kind}/{name}, GET "
				"/revisions/{number}"},
		{"config", "unset", "SCOPE PATH", CHANGE, false, ctl_config_unset,
				"take a value out of a layer", unset_help,
				"PATCH /layers/organisation, PATCH /layers/{kind}/{name}"},
		{"config", "lock", "SCOPE PATH", CHANGE, false, ctl_config_lock,
				"later layers cannot set a value", lock_help,
				"PATCH /layers/organisation, PATCH /layers/{kind}/{name}"},
		{"config", "unlock", "SCOPE PATH", CHANGE, false, ctl_config_unlock,
				"later layers can set it again", NULL,
				"PATCH /layers/organisation, PATCH /layers/{kind}/{name}"},
		{"config", "history", "[SCOPE]", ARGS_LIMIT, false, ctl_config_history,
				"who changed what, when and why", NULL, "GET /revisions"},
		{"config", "undo", "REVISION", CHANGE, false, ctl_config_undo, "take a change back",
				undo_help, "POST /revisions/{number}/undo"},
		{"config", "check", "FILE", ARGS_LAYER, true, ctl_config_check,
				"whether a file is a valid config", check_help},
		{"config", "apply", "FILE SCOPE", CHANGE | ARGS_REPLACE, false, ctl_config_apply,
				"set the values of a file in a layer", apply_help,
				"PATCH /layers/organisation, PATCH /layers/{kind}/{name}"},

		{"apply", NULL, "DIR", CHANGE | ARGS_PRUNE, false, ctl_apply,
				"make all layers what a folder of files says", folder_help,
				"POST /layers/apply, GET /layers"},
		{"export", NULL, "DIR", 0, false, ctl_export,
				"write all layers to a folder of files", folder_help,
				"GET /layers"},

		{"sites", "list", "", ARGS_TENANT, false, ctl_places_list, "all sites", NULL,
				"GET /sites"},
		{"sites", "add", "NAME", ARGS_TENANT, false, ctl_places_add,
				"make one, of --tenant or of none", NULL, "PUT /sites/{name}"},
		{"sites", "remove", "NAME", ARGS_TENANT | ARGS_REASON, false, ctl_places_remove,
				"an empty one", NULL, "DELETE /sites/{name}"},
		{"groups", "list", "", ARGS_TENANT, false, ctl_places_list, "all groups", NULL,
				"GET /groups"},
		{"groups", "add", "NAME", ARGS_TENANT, false, ctl_places_add,
				"make one, of --tenant or of none", NULL, "PUT /groups/{name}"},
		{"groups", "remove", "NAME", ARGS_TENANT | ARGS_REASON, false, ctl_places_remove,
				"an empty one", NULL, "DELETE /groups/{name}"},
		{"groups", "fill", "NAME RULE", ARGS_REASON | ARGS_DRY_RUN, false, ctl_call,
				"let a rule say who is in it; null: nobody but by hand", rule_help,
				"PUT /groups/{name} rule"},
		{"tenants", "list", "", 0, false, ctl_places_list, "all tenants", NULL,
				"GET /tenants"},
		{"tenants", "add", "NAME", 0, false, ctl_places_add, "make one", NULL,
				"PUT /tenants/{name}"},
		{"tenants", "remove", "NAME", ARGS_REASON, false, ctl_places_remove, "an empty one",
				NULL, "DELETE /tenants/{name}"},

		{"secrets", "list", "[SCOPE]", 0, false, ctl_secrets_list,
				"which there are; what they are, nobody reads back", NULL,
				"GET /secrets"},
		{"secrets", "set", "SCOPE NAME [FILE]", ARGS_REASON, false, ctl_secrets_set,
				"a text that configs only name", secret_help,
				"PUT /secrets/organisation/{name}, PUT "
				"/secrets/{kind}/{name}/{secret}"},
		{"secrets", "remove", "SCOPE NAME", ARGS_REASON, false, ctl_secrets_remove,
				"one that no device needs", NULL,
				"DELETE /secrets/organisation/{name}, DELETE "
				"/secrets/{kind}/{name}/{secret}"},

		{"inventory", "show", "DEVICE", 0, false, ctl_call, "what a device is made of",
				NULL, "GET /devices/{id}/inventory"},
		{"inventory", "changes", "DEVICE", ARGS_LIMIT, false, ctl_call,
				"what was built in and taken out", NULL,
				"GET /devices/{id}/inventory/changes"},
		{"inventory", "note", "DEVICE", ARGS_WITH, false, ctl_call,
				"--with asset=NUMBER, --with notes=TEXT", NULL,
				"PATCH /devices/{id}/inventory"},
		{"inventory", "list", "[RULE]", ARGS_WITH | ARGS_LIMIT, false, ctl_call,
				"of all devices, or those that fit a rule", rule_help,
				"GET /inventory where"},
		{"reports", "show", "KIND", ARGS_WITH | ARGS_LIMIT, false, ctl_call,
				"a report as a table", NULL, "GET /reports/{kind}"},
		{"reports", "write", "KIND FORMAT FILE", ARGS_WITH, false, ctl_call,
				"to a file: csv or json; - is standard output", NULL,
				"GET /reports/{kind} format file"},

		{"expected", "list", "", ARGS_WITH | ARGS_LIMIT, false, ctl_call,
				"devices that are let in by a list", NULL, "GET /expected"},
		{"expected", "add", "DEVICES", ARGS_WITH | ARGS_DRY_RUN, false, ctl_call,
				"JSON as in docs/api.md, or --with csv=TEXT and null", NULL,
				"POST /expected devices"},
		{"expected", "remove", "ID", 0, false, ctl_call, "one of them", NULL,
				"DELETE /expected/{id}"},
		{"site-tokens", "list", "", ARGS_LIMIT, false, ctl_call,
				"tokens with which devices enrol at a site", NULL,
				"GET /site-tokens"},
		{"site-tokens", "make", "SITE COUNT", ARGS_WITH | ARGS_REASON, false, ctl_call,
				"for so many devices; shown once", NULL,
				"POST /site-tokens site count"},
		{"site-tokens", "remove", "ID", 0, false, ctl_call,
				"nobody enrols with it any more", NULL, "DELETE /site-tokens/{id}"},

		{"files", "list", "", 0, false, ctl_files_list, "firmware images, videos", NULL,
				"GET /files"},
		{"files", "show", "HASH", 0, false, ctl_call, "what is known of one", NULL,
				"GET /files/{hash}"},
		{"files", "upload", "FILE [NAME]", ARGS_WITH, false, ctl_files_upload,
				"--with kind=firmware|video|other, version, board", upload_help,
				"PUT /files/{hash}"},
		{"files", "remove", "HASH", 0, false, ctl_files_remove,
				"one that no config and no open roll-out names", NULL,
				"DELETE /files/{hash}"},

		{"webhooks", "list", "", ARGS_LIMIT, false, ctl_call, "servers that hear of events",
				NULL, "GET /webhooks"},
		{"webhooks", "make", "URL", ARGS_WITH, false, ctl_call,
				"--with events='[\"alert\"]' --with tenant=T; its secret is shown "
				"once",
				NULL, "POST /webhooks url"},
		{"webhooks", "change", "ID", ARGS_WITH, false, ctl_call,
				"--with url=URL, events, on=false, new_secret=true", NULL,
				"PATCH /webhooks/{id}"},
		{"webhooks", "remove", "ID", 0, false, ctl_call, "with all that waits for it", NULL,
				"DELETE /webhooks/{id}"},
		{"webhooks", "deliveries", "ID", ARGS_WITH | ARGS_LIMIT, false, ctl_call,
				"what waits; --with dead=true: what was given up", NULL,
				"GET /webhooks/{id}/deliveries"},
		{"webhooks", "test", "ID", 0, false, ctl_call, "an event for it alone", NULL,
				"POST /webhooks/{id}/test"},
		{"webhooks", "retry", "ID", 0, false, ctl_call, "what was given up waits again",
				NULL, "POST /webhooks/{id}/retry"},
		{"rollouts", "list", "", ARGS_WITH | ARGS_LIMIT, false, ctl_call,
				"the newest first; --with state=running", NULL, "GET /rollouts"},
		{"rollouts", "make", "NAME SCOPE PATCH PLAN", ARGS_REASON, false, ctl_call,
				"a draft; PATCH and PLAN are JSON", rollout_help,
				"POST /rollouts name scope patch plan"},
		{"rollouts", "show", "ID", 0, false, ctl_call, "how far it is, and who did what",
				NULL, "GET /rollouts/{id}"},
		{"rollouts", "remove", "ID", 0, false, ctl_call, "a draft", NULL,
				"DELETE /rollouts/{id}"},
		{"rollouts", "rehearse", "ID", 0, false, ctl_call,
				"what a draft would do; nothing changes", NULL,
				"POST /rollouts/{id}/rehearse"},
		{"rollouts", "start", "ID", ARGS_WITH | ARGS_REASON, false, ctl_call,
				"begin with its first ring", NULL, "POST /rollouts/{id}/start"},
		{"rollouts", "stop", "ID", ARGS_REASON, false, ctl_call, "no more devices get it",
				NULL, "POST /rollouts/{id}/stop"},
		{"rollouts", "continue", "ID", ARGS_REASON, false, ctl_call,
				"after a stop, or consent to the next ring", NULL,
				"POST /rollouts/{id}/continue"},
		{"rollouts", "undo", "ID", ARGS_REASON, false, ctl_call,
				"take it back from every device", NULL, "POST /rollouts/{id}/undo"},
		{"rollouts", "devices", "ID", ARGS_WITH | ARGS_LIMIT, false, ctl_call,
				"that have it; --with failed=true", NULL,
				"GET /rollouts/{id}/devices"},
		{"rollouts", "sites", "ID", ARGS_LIMIT, false, ctl_call,
				"how far it is at each site", NULL, "GET /rollouts/{id}/sites"},

		{"contingency", "list", "", ARGS_LIMIT, false, ctl_call,
				"config prepared for an emergency", NULL, "GET /contingency"},
		{"contingency", "make", "NAME DOCUMENTS", ARGS_WITH, false, ctl_call,
				"DOCUMENTS is JSON; --with tenant=NAME", contingency_help,
				"POST /contingency name documents"},
		{"contingency", "show", "ID", 0, false, ctl_call, "one set", NULL,
				"GET /contingency/{id}"},
		{"contingency", "change", "ID", ARGS_WITH, false, ctl_call,
				"--with description=TEXT, documents=JSON", NULL,
				"PATCH /contingency/{id}"},
		{"contingency", "remove", "ID", 0, false, ctl_call, "one that is off", NULL,
				"DELETE /contingency/{id}"},
		{"contingency", "rehearse", "ID", 0, false, ctl_call,
				"what switching it on would do", NULL,
				"POST /contingency/{id}/rehearse"},
		{"contingency", "on", "ID", ARGS_REASON, false, ctl_call,
				"ask; a second person consents", NULL, "POST /contingency/{id}/on"},
		{"contingency", "off", "ID", ARGS_REASON, false, ctl_call,
				"ask; a second person consents", NULL,
				"POST /contingency/{id}/off"},
		{"contingency", "consent", "ID", ARGS_REASON, false, ctl_call,
				"to what another person asked: done at once", NULL,
				"POST /contingency/{id}/consent"},
		{"contingency", "withdraw", "ID", ARGS_REASON, false, ctl_call,
				"take back what was asked", NULL,
				"POST /contingency/{id}/withdraw"},

		{"order", NULL, "KIND TARGET [TEXT]",
				ARGS_REASON | ARGS_SEVERITY | ARGS_CONFIRM | ARGS_SECONDS |
						ARGS_EXPIRES | ARGS_NOW,
				false, ctl_order, "have devices do something now", order_now_help,
				"POST /orders"},
		{"orders", "list", "[DEVICE]", ARGS_LIMIT, false, ctl_orders_list,
				"the newest, or those of a device", NULL,
				"GET /orders, GET /devices/{id}/orders"},
		{"orders", "give", "KIND TARGET [ARGS]", ARGS_WITH | ARGS_REASON, false, ctl_call,
				"TARGET and ARGS are JSON", order_help,
				"POST /orders kind target args"},
		{"orders", "show", "ORDER", ARGS_STATE, false, ctl_orders_show,
				"what became of it, device by device", NULL,
				"GET /orders/{id}, GET /orders/{id}/devices"},
		{"orders", "devices", "ID", ARGS_WITH | ARGS_LIMIT, false, ctl_call,
				"what each device made of it", NULL, "GET /orders/{id}/devices"},
		{"orders", "cancel", "ORDER", ARGS_REASON, false, ctl_orders_cancel,
				"for devices that have not taken it", NULL,
				"POST /orders/{id}/cancel"},
		{"orders", "file", "ORDER DEVICE FILE", 0, false, ctl_orders_file,
				"the picture or archive that a device sent", NULL,
				"GET /orders/{id}/devices/{device}/file"},

		{"sign-in", "password", "URL NAME", 0, false, ctl_sign_in_password,
				"a session; password and code are read from the terminal", NULL,
				"POST /sign-in"},
		{"sign-in", "oidc", "URL", 0, false, ctl_sign_in_oidc,
				"a session by the provider and a browser", NULL,
				"GET /sign-in/oidc, POST /sign-in/code"},
		{"sign-in", "ways", "URL", 0, false, ctl_sign_in_ways, "which there are", NULL,
				"GET /sign-in"},
		{"sign-out", NULL, "", ARGS_WITH, false, ctl_call,
				"end the session; --with everywhere=true: all of yours", NULL,
				"POST /sign-out"},
		{"whoami", NULL, "", 0, false, ctl_call, "who you are here, and what you may", NULL,
				"GET /whoami"},
		{"people", "list", "", ARGS_LIMIT, false, ctl_call,
				"who has signed in or was granted something", NULL, "GET /people"},
		{"people", "show", "NAME", 0, false, ctl_call, "one, with grants", NULL,
				"GET /people/{name}"},
		{"people", "add", "NAME", ARGS_WITH, false, ctl_call, "make one, or change it",
				NULL, "PUT /people/{name}"},
		{"people", "remove", "NAME", 0, false, ctl_call, "with all tokens and grants", NULL,
				"DELETE /people/{name}"},
		{"people", "password", "NAME", 0, false, ctl_password,
				"a new password, read from the terminal, with a new second factor",
				NULL, "PUT /people/{name}/password"},
		{"people", "no-password", "NAME", 0, false, ctl_call,
				"no way in with a password any more", NULL,
				"DELETE /people/{name}/password"},
		{"people", "sign-out", "NAME", 0, false, ctl_call, "end all sessions", NULL,
				"POST /people/{name}/sign-out"},
		{"grants", "list", "[PERSON]", ARGS_LIMIT, false, ctl_call,
				"which role who has where", NULL, "GET /grants person"},
		{"grants", "add", "PERSON ROLE SCOPE", ARGS_WITH, false, ctl_call,
				"give a role at a scope", NULL, "POST /grants person role scope"},
		{"grants", "remove", "ID", 0, false, ctl_call, "take it", NULL,
				"DELETE /grants/{id}"},
		{"roles", "list", "", ARGS_LIMIT, false, ctl_call,
				"which there are, and what they may", NULL, "GET /roles"},
		{"tokens", "list", "[PERSON]", ARGS_LIMIT, false, ctl_call,
				"of people, never the texts", NULL, "GET /tokens person"},
		{"tokens", "make", "PERSON", ARGS_WITH, false, ctl_call, "shown once", NULL,
				"POST /tokens person"},
		{"tokens", "remove", "ID", 0, false, ctl_call, "it opens nothing any more", NULL,
				"DELETE /tokens/{id}"},

		{"privacy", "export", "[PERSON]", ARGS_WITH | ARGS_LIMIT, false, ctl_call,
				"what is known of one; --with user=NAME: of a user of devices",
				NULL, "GET /privacy/export person"},
		{"privacy", "erase", "[PERSON]", ARGS_WITH | ARGS_REASON, false, ctl_call,
				"delete it, and hear what stays; --with user=NAME", NULL,
				"POST /privacy/erase person"},
		{"retention", "show", "", 0, false, ctl_call,
				"after how many days what goes by itself", NULL, "GET /retention"},
		{"retention", "set", "", ARGS_WITH, false, ctl_call,
				"--with orders_days=30; what is older goes at once", NULL,
				"PUT /retention"},

		{"events", NULL, "[SCOPE]", ARGS_FOLLOW | ARGS_KINDS, false, ctl_events,
				"what happens, as it happens", NULL, "GET /events"},

		{"audit", "list", "", ARGS_LIMIT, false, ctl_audit_list,
				"who did what, the newest first", NULL, "GET /audit"},
		{"audit", "export", "FILE", 0, false, ctl_audit_export,
				"all of it, with a signed head", export_help, "GET /audit/export"},
		{"audit", "verify", "FILE", ARGS_KEY, true, ctl_audit_verify,
				"whether an export is whole and unchanged", NULL},
		{"completion", NULL, "SHELL", 0, true, ctl_completion,
				"for bash or zsh; json: this table", completion_help, NULL},
		{.noun = NULL},
};
