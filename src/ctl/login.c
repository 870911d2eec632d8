// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <string.h>

#include "conf/json.h"
#include "ctl/ctl.h"
#include "ctl/table.h"

/* The server was asked with the token before: what is written works. */
int ctl_login(struct ctl *ctl, struct err *err)
{
	OWNED(json) cJSON *answer = NULL;
	char path[4096], person[32];

	int r = api_call(ctl->api, "GET", "/server", NULL, &answer, err);
	if (r == 0)
		r = settings_save(ctl->settings, path, sizeof(path), err);
	if (r < 0)
		return r;
	if (ctl->args->options.is_json)
		ctl_print_json(answer);
	else
		ctl_say("You are %s at %s. Written to %s.", ctl_text(answer, "/person", person),
				ctl->settings->server, path);
	return 0;
}

int ctl_server_show(struct ctl *ctl, struct err *err)
{
	static const char *const rows[][2] = {{"Version", "/version"}, {"Time", "/time"},
			{"You are", "/person"}, {"Devices", "/devices"}, {"Online", "/online"},
			{"Waiting for approval", "/waiting"}, {"Revision", "/revision"},
			{"CA", "/ca"}, {"Config key", "/config_key"}};
	OWNED(json) cJSON *answer = NULL;
	OWNED(table) struct table table;
	char buffer[32];

	table_init(&table, 2);
	int r = api_call(ctl->api, "GET", "/server", NULL, &answer, err);
	if (r < 0)
		return r;
	if (ctl->args->options.is_json) {
		ctl_print_json(answer);
		return 0;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		table_add(&table, rows[i][0]);
		table_add(&table, ctl_text(answer, rows[i][1], buffer));
	}
	table_print(&table, stdout);
	return 0;
}
