/* SPDX-License-Identifier: Apache-2.0 */
/* What happens, as lines: by long-poll, which passes any proxy. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "conf/json.h"
#include "ctl/ctl.h"

static void print_event(const struct ctl *ctl, const cJSON *event)
{
	OWNED(memory) char *text = NULL;
	char time[32], kind[32], scope[32];

	if (ctl->args->options.is_json) {
		text = json_print(event);
		puts(text);
		return;
	}
	const cJSON *data = json_at(event, "/data");
	text = data ? json_print(data) : own_copy_text("");
	ctl_say("%s  %s  %s  %s", ctl_text(event, "/time", time), ctl_text(event, "/kind", kind),
			ctl_text(event, "/scope", scope), text);
}

static int ask(struct ctl *ctl, const char *after, const char *scope, cJSON **answer,
		struct err *err)
{
	const struct args *args = ctl->args;
	char path[CTL_PATH_MAX] = "/events?wait=50";
	int r = ctl_add_query(path, "after", after[0] ? after : NULL, err);

	if (r == 0)
		r = ctl_add_query(path, "kinds", args->options.kinds, err);
	if (r == 0)
		r = ctl_add_query(path, "scope", scope[0] ? scope : NULL, err);
	return r < 0 ? r : api_call(ctl->api, "GET", path, NULL, answer, err);
}

/* Until the first events came, or with --follow until somebody ends it. */
int ctl_events(struct ctl *ctl, struct err *err)
{
	bool follows = ctl->args->options.follows;
	char after[128] = "", buffer[32];
	char scope[CTL_PATH_MAX] = "";
	unsigned count = 0;
	int r = 0;

	if (ctl->args->operand_count > 0)
		r = ctl_target(ctl, ctl->args->operands[0], scope, err);
	if (r < 0)
		return r;
	do {
		OWNED(json) cJSON *answer = NULL;
		r = ask(ctl, after, scope, &answer, err);
		if (r < 0)
			return r;
		const cJSON *list = json_at(answer, "/events");
		for (const cJSON *one = list ? list->child : NULL; one; one = one->next, count++)
			print_event(ctl, one);
		if (cJSON_IsTrue(json_at(answer, "/gap")))
			fputs("tyndctl: some events were missed\n", stderr);
		(void)text_copy(after, sizeof(after), ctl_text(answer, "/last", buffer));
		fflush(stdout);
	} while (follows || count == 0);
	return 0;
}
