/* SPDX-License-Identifier: Apache-2.0 */
/* Who comes next: a look over the devices that don't have it yet, and a wave. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "server/place.h"
#include "server/rollout.h"
#include "server/variant.h"

enum { PAGE = 2000, LOOK_MS = 60 };

struct look {
	struct server *server;
	struct rollout_pass *pass;
	const struct db_rollout *rollout;
	const struct rollout_plan *plan;
	const struct rollout_bounds *bounds;
	struct rollout_sites *sites;
	bool needs_groups;
	unsigned budget, seen;
	int64_t now_s;
	struct array wave; /* structs db_rollout_device */
	struct err *err;
};

static int keep_under_way(void *data, const struct db_rollout_site *row)
{
	struct look *look = data;
	struct rollout_site *site;
	char tenant[DB_NAME_MAX];

	place_tenant(row->site, tenant);
	int r = rollout_sites_get(look->sites, row->site, tenant, &site, look->err);
	if (r == 0)
		site->under_way = (unsigned)row->outcomes[ROLLOUT_PENDING];
	return r;
}

static int look_at(void *data, const struct db_rollout_device *device)
{
	struct look *look = data;
	char groups[DB_GROUPS_TEXT] = "";
	struct rollout_site *site;
	int r = rollout_sites_get(look->sites, device->site, device->tenant, &site, look->err);

	memcpy(look->pass->after, device->id, sizeof(device->id));
	look->seen++;
	if (r == 0 && look->needs_groups)
		r = db_device_groups(look->server->db, device->id, groups, look->err);
	if (r < 0)
		return r;
	const struct rollout_device candidate = {
			.id = device->id,
			.site = device->site,
			.groups = groups,
			.is_online = device->seen_s >= look->now_s - ROLLOUT_ONLINE_S,
			.has_session = device->now.has_session,
			.is_new = device->approved_s > look->rollout->started_s,
			.is_open = site->is_open,
	};
	int ring = rollout_ring_of(look->plan, look->bounds, &candidate);
	if (ring < 0)
		return 0;
	enum rollout_pick pick = rollout_pick(look->plan, (unsigned)ring,
			(unsigned)look->rollout->ring, &candidate, look->budget, site->under_way);
	if (pick != ROLLOUT_TAKE) {
		look->pass->counted[ring].left[pick]++;
		return 0;
	}
	look->budget--;
	site->under_way++;
	struct db_rollout_device taken = *device;
	taken.ring = ring;
	taken.given.before = device->now;
	return array_append(&look->wave, &taken, sizeof(taken));
}

static int add_devices(struct look *look, const struct publish *publish, struct err *err)
{
	struct db_rollout_device *devices = (struct db_rollout_device *)look->wave.data;
	size_t count = look->wave.size / sizeof(*devices);
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++) {
		devices[i].given.given_s = look->now_s;
		devices[i].given.revision = publish->about.revision;
		r = db_rollout_device_add(look->server->db, look->rollout->id, &devices[i], err);
	}
	return r;
}

static int give_wave(struct look *look, struct err *err)
{
	const struct db_rollout_device *devices = (const void *)look->wave.data;
	unsigned count = (unsigned)(look->wave.size / sizeof(*devices));
	OWNED(publish) struct publish publish = {0};
	OWNED(memory) char *ids = own_alloc((size_t)count * DB_ID_MAX);
	struct db_revision about = {.kind = "rollout"};

	for (unsigned i = 0; i < count; i++)
		memcpy(ids + (size_t)i * DB_ID_MAX, devices[i].id, DB_ID_MAX);
	(void)text_copy(about.person, sizeof(about.person), look->rollout->started_by);
	(void)text_copy(about.scope, sizeof(about.scope), look->rollout->scope);
	(void)text_format(about.reason, sizeof(about.reason), "%s: ring %lld, %u devices",
			look->rollout->name, (long long)look->rollout->ring + 1, count);
	int r = publish_begin(&publish, look->server, &about, err);
	if (r == 0)
		r = rollout_still(look->server, look->rollout, err);
	if (r == 0)
		r = variant_give(&publish, look->rollout->id, ids, count, err);
	if (r == 0)
		r = add_devices(look, &publish, err);
	if (r == 0)
		r = publish_end(&publish, false, err);
	if (r == -EBADMSG)
		return err_prefix(err, r, "device %s", publish.bad_device);
	return r;
}

/* How many devices may come now by the roll-out's spread. */
static int budget(struct look *look, struct err *err)
{
	unsigned most = rollout_spread_most(look->plan);
	int64_t recent = 0;

	look->budget = most;
	if (!look->plan->per_minute)
		return 0;
	int r = db_rollout_recent(look->server->db, look->rollout->id,
			look->now_s - rollout_spread_s(look->plan) + 1, &recent, err);
	look->budget = recent >= most ? 0 : most - (unsigned)recent;
	return r;
}

/* Pages until the wave is full, a moment went by, or all were seen. */
static int look_around(struct look *look, bool *is_end, struct err *err)
{
	int64_t started_ms = loop_now_ms();
	int r = 0;

	*is_end = false;
	while (r == 0 && !*is_end) {
		look->seen = 0;
		r = db_rollout_candidates(look->server->db, look->rollout, look->pass->after, PAGE,
				look_at, look, err);
		*is_end = look->seen < PAGE;
		if (loop_now_ms() - started_ms > LOOK_MS || look->wave.size)
			break;
	}
	return r;
}

static bool has_groups(const struct rollout_plan *plan)
{
	for (unsigned i = 0; i < plan->ring_count; i++) {
		if (plan->rings[i].group_count)
			return true;
	}
	return false;
}

static void keep_counts(struct rollout_pass *pass, const struct rollout_plan *plan,
		struct db_rollout *rollout)
{
	free(rollout->counts);
	rollout->counts = rollout_counts_print(plan, pass->counted);
	memset(pass->counted, 0, sizeof(pass->counted));
	pass->after[0] = '\0';
}

int rollout_look(struct server *server, struct rollout_pass *pass, struct db_rollout *rollout,
		const struct rollout_plan *plan, const struct rollout_bounds *bounds,
		struct err *err)
{
	OWNED(rollout_sites) struct rollout_sites *sites = rollout_sites_create(server, plan);
	struct look look = {
			.server = server,
			.pass = pass,
			.rollout = rollout,
			.plan = plan,
			.bounds = bounds,
			.sites = sites,
			.needs_groups = has_groups(plan),
			.now_s = server_now_s(),
			.wave.max = (size_t)(ROLLOUT_WAVE_MAX + PAGE) *
	                            sizeof(struct db_rollout_device),
			.err = err,
	};
	bool is_end = false;

	seen_flush(server->seen);
	int r = budget(&look, err);
	if (r == 0)
		r = db_rollout_under_way(server->db, rollout->id, keep_under_way, &look, err);
	if (r == 0)
		r = look_around(&look, &is_end, err);
	if (r == 0 && look.wave.size)
		r = give_wave(&look, err);
	array_finish(&look.wave);
	if (r == 0 && is_end)
		keep_counts(pass, plan, rollout);
	return r;
}
