/* SPDX-License-Identifier: Apache-2.0 */
#include "server/publish.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "conf/dsse.h"
#include "conf/json.h"
#include "conf/signed.h"
#include "server/bell.h"
#include "server/effective.h"
#include "server/fleet.h"
#include "server/publish_work.h"

enum { DEVICES_MAX = 4000000 };

static void take_back(struct publish *publish)
{
	if (!publish->is_open)
		return;
	db_rollback(publish->server->db);
	publish_forget(publish);
	publish->is_open = false;
}

void publish_finish(struct publish *publish)
{
	take_back(publish);
	array_finish(&publish->shown);
	preview_finish(&publish->preview);
}

int publish_begin(struct publish *publish, struct server *server, const struct db_revision *about,
		struct err *err)
{
	*publish = (struct publish){.server = server, .about = *about};
	publish->shown.max = (size_t)PUBLISH_SHOWN_MAX * DB_ID_MAX;
	publish->changes.max = publish->classes.max = (size_t)DEVICES_MAX * sizeof(void *);
	publish->about.time_s = server_now_s();
	int r = db_begin(server->db, err);
	if (r < 0)
		return r;
	publish->is_open = true;
	/* From here on no other server commits: what they did before is known now. */
	r = fleet_catch_up(server->fleet, err);
	return r < 0 ? r : db_revision_add(server->db, &publish->about, err);
}

int publish_more(struct publish *publish, const struct db_revision *about, struct err *err)
{
	int64_t time_s = publish->about.time_s;

	publish->about = *about;
	publish->about.time_s = time_s;
	return db_revision_add(publish->server->db, &publish->about, err);
}

unsigned publish_count(const struct publish *publish)
{
	return (unsigned)publish->count;
}

unsigned publish_shown(const struct publish *publish)
{
	return (unsigned)(publish->shown.size / DB_ID_MAX);
}

const char *publish_changed(const struct publish *publish, unsigned index)
{
	assert(index < publish_shown(publish));
	return (const char *)publish->shown.data + (size_t)index * DB_ID_MAX;
}

static void emit(const struct publish *publish)
{
	const struct db_revision *about = &publish->about;
	cJSON *body = json_new_object();

	json_put_whole(body, "revision", about->revision);
	json_put_text(body, "kind", about->kind);
	json_put_text(body, "person", about->person);
	json_put_text(body, "reason", about->reason);
	json_put_whole(body, "device_count", publish_count(publish));
	events_emit_about(publish->server, "revision", about->scope, body);
}

int publish_refuse_severe(const struct publish *publish, struct err *err)
{
	OWNED(json) cJSON *warnings = preview_warnings(&publish->preview);
	const cJSON *one;

	cJSON_ArrayForEach(one, warnings) {
		if (!cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(one, "severe")))
			continue;
		return err_set(err, EBADMSG,
				"%s: %s (on %.0f devices); \"force\": true and a reason do it all "
				"the "
				"same",
				cJSON_GetObjectItemCaseSensitive(one, "path")->valuestring,
				cJSON_GetObjectItemCaseSensitive(one, "text")->valuestring,
				cJSON_GetObjectItemCaseSensitive(one, "device_count")->valuedouble);
	}
	return 0;
}

int publish_end(struct publish *publish, bool is_dry, struct err *err)
{
	struct server *server = publish->server;
	int r = publish_settle(publish, err);

	if (r == 0 && publish->wants_values)
		publish_preview(publish);
	if (r == 0 && is_dry) {
		take_back(publish);
		return 0;
	}
	if (r == 0 && publish->refuses_severe)
		r = publish_refuse_severe(publish, err);
	if (r == 0)
		r = publish_write(publish, err);
	if (r == 0)
		r = bell_revision(server, publish->about.revision, err);
	if (r == 0)
		r = db_commit(server->db, err);
	if (r < 0)
		return r;
	publish->is_open = false;
	log_info("revision %lld by %s: %s of %s, %u devices", (long long)publish->about.revision,
			log_quote(publish->about.person), publish->about.kind,
			log_quote(publish->about.scope), publish_count(publish));
	publish_apply(publish);
	emit(publish);
	return 0;
}

int publish_envelope(struct server *server, const char *id, int64_t revision, char **envelope,
		struct err *err)
{
	const struct fleet_device *device = fleet_find(server->fleet, id);
	OWNED(json) cJSON *effective = NULL;
	int64_t issued_s;

	if (!device || fleet_revision(device) != revision)
		return err_set(err, ENOENT, "revision %lld is not this device's newest",
				(long long)revision);
	int r = fleet_time_of(server->fleet, revision, &issued_s, err);
	if (r == 0)
		r = effective_of(server->fleet, device, TEMPLATE_SENT, &effective, err);
	if (r < 0)
		return r;
	OWNED(memory)
	char *payload = conf_signed_print(id, (uint64_t)revision, issued_s, 0, effective);
	r = dsse_sign(DSSE_CONFIG, payload, strlen(payload), server->config_key, envelope, err);
	text_wipe(payload, strlen(payload));
	return r;
}
