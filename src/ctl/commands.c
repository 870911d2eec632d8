// SPDX-License-Identifier: Apache-2.0
#include "ctl/args.h"
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
static const char export_help[] =
		"One record per line, oldest first; each has a hash over itself and the one "
		"before, "
		"and the\n"
		"last line is the head, signed by the server's config key. tyndctl audit verify "
		"checks the\n"
		"file without the server.\n";

const struct command commands[] = {
		{"login", NULL, "URL", 0, false, ctl_login, "remember server, CA and token",
				login_help},
		{"server", "show", "", 0, false, ctl_server_show,
				"version, counts, fingerprint of the CA", NULL},

		{"devices", "list", "",
				ARGS_SITE | ARGS_GROUP | ARGS_TENANT | ARGS_SEARCH | ARGS_STATE |
						ARGS_ONLINE,
				false, ctl_devices_list,
				"all devices, or those that the options select", NULL},
		{"devices", "waiting", "", 0, false, ctl_devices_waiting,
				"devices that wait for approval", NULL},
		{"devices", "show", "DEVICE", 0, false, ctl_devices_show,
				"everything about one, by name or id", NULL},
		{"devices", "approve", "CODE", PLACE, false, ctl_devices_approve,
				"let the device that shows CODE in", approve_help},
		{"devices", "refuse", "CODE", ARGS_REASON, false, ctl_devices_refuse,
				"turn the device that shows CODE away", refuse_help},
		{"devices", "change", "DEVICE", PLACE, false, ctl_devices_change,
				"its name, site and groups", change_help},
		{"devices", "remove", "DEVICE", ARGS_REASON, false, ctl_devices_remove,
				"its certificate ends at once", NULL},

		{"config", "scopes", "", 0, false, ctl_config_scopes, "all layers that there are",
				NULL},
		{"config", "show", "SCOPE", ARGS_EXPLAIN | ARGS_EFFECTIVE, false, ctl_config_show,
				"what a layer says", show_help},
		{"config", "set", "SCOPE PATH VALUE", CHANGE, false, ctl_config_set,
				"set a value in a layer", set_help},
		{"config", "unset", "SCOPE PATH", CHANGE, false, ctl_config_unset,
				"take a value out of a layer", unset_help},
		{"config", "lock", "SCOPE PATH", CHANGE, false, ctl_config_lock,
				"later layers cannot set a value", lock_help},
		{"config", "unlock", "SCOPE PATH", CHANGE, false, ctl_config_unlock,
				"later layers can set it again", NULL},
		{"config", "history", "[SCOPE]", ARGS_LIMIT, false, ctl_config_history,
				"who changed what, when and why", NULL},
		{"config", "undo", "REVISION", CHANGE, false, ctl_config_undo, "take a change back",
				undo_help},
		{"config", "check", "FILE", ARGS_LAYER, true, ctl_config_check,
				"whether a file is a valid config", check_help},
		{"config", "apply", "FILE SCOPE", CHANGE | ARGS_REPLACE, false, ctl_config_apply,
				"set the values of a file in a layer", apply_help},

		{"apply", NULL, "DIR", CHANGE | ARGS_PRUNE, false, ctl_apply,
				"make all layers what a folder of files says", folder_help},
		{"export", NULL, "DIR", 0, false, ctl_export,
				"write all layers to a folder of files", folder_help},

		{"sites", "list", "", ARGS_TENANT, false, ctl_places_list, "all sites", NULL},
		{"sites", "add", "NAME", ARGS_TENANT, false, ctl_places_add,
				"make one, of --tenant or of none", NULL},
		{"sites", "remove", "NAME", ARGS_TENANT | ARGS_REASON, false, ctl_places_remove,
				"an empty one", NULL},
		{"groups", "list", "", ARGS_TENANT, false, ctl_places_list, "all groups", NULL},
		{"groups", "add", "NAME", ARGS_TENANT, false, ctl_places_add,
				"make one, of --tenant or of none", NULL},
		{"groups", "remove", "NAME", ARGS_TENANT | ARGS_REASON, false, ctl_places_remove,
				"an empty one", NULL},
		{"tenants", "list", "", 0, false, ctl_places_list, "all tenants", NULL},
		{"tenants", "add", "NAME", 0, false, ctl_places_add, "make one", NULL},
		{"tenants", "remove", "NAME", ARGS_REASON, false, ctl_places_remove, "an empty one",
				NULL},

		{"secrets", "list", "[SCOPE]", 0, false, ctl_secrets_list,
				"which there are; what they are, nobody reads back", NULL},
		{"secrets", "set", "SCOPE NAME [FILE]", ARGS_REASON, false, ctl_secrets_set,
				"a text that configs only name", secret_help},
		{"secrets", "remove", "SCOPE NAME", ARGS_REASON, false, ctl_secrets_remove,
				"one that no device needs", NULL},

		{"audit", "list", "", ARGS_LIMIT, false, ctl_audit_list,
				"who did what, the newest first", NULL},
		{"audit", "export", "FILE", 0, false, ctl_audit_export,
				"all of it, with a signed head", export_help},
		{"audit", "verify", "FILE", ARGS_KEY, true, ctl_audit_verify,
				"whether an export is whole and unchanged", NULL},
		{.noun = NULL},
};
