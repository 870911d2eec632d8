/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reports: tables over what is known of devices, as JSON or CSV, page by page. A table of columns
 * says everything: where in the facts of a device each value stands.
 */
#include "server/people_report.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "server/csv.h"
#include "server/db_inventory.h"
#include "server/rights.h"

enum {
	COLUMNS_MAX = 20,
	CSV_LIMIT = 5000,
	CSV_BYTES = 16 * 1024 * 1024,
	OFFLINE_DAYS = 7,
	DAY_S = 24 * 3600
};

/* `pointer`: into the facts of a device; with '@' in front into one item of the report's list. */
struct column {
	const char *name, *pointer;
};

struct kind {
	const char *name;
	const char *list; /* NULL: a row for each device; else a row for each item there */
	bool is_offline;  /* only those not heard of for OFFLINE_DAYS */
	struct column columns[COLUMNS_MAX];
};

#define WHO \
	{"name", "/device/name"}, {"id", "/device/id"}, {"tenant", "/device/tenant"}, \
			{"site", "/device/site"}

static const struct kind kinds[] = {
		{"devices", NULL, false,
				{WHO, {"address", "/device/address"}, {"seen", "/device/seen"},
						{"state", "/report/state"},
						{"version", "/report/version"},
						{"maker", "/inventory/machine/maker"},
						{"model", "/hardware/model"},
						{"serial", "/hardware/serial"},
						{"mac", "/hardware/mac"},
						{"cpu", "/inventory/cpu/model"},
						{"memory_mb", "/inventory/memory/total_mb"},
						{"chassis", "/inventory/machine/chassis"},
						{"tpm", "/inventory/tpm/version"}}},
		{"monitors", "/inventory/monitors", false,
				{WHO, {"connector", "@/connector"}, {"maker", "@/maker"},
						{"model", "@/model"}, {"serial", "@/serial"},
						{"width", "@/width"}, {"height", "@/height"},
						{"width_mm", "@/width_mm"},
						{"height_mm", "@/height_mm"},
						{"refresh_mhz", "@/refresh_mhz"},
						{"scale_percent", "@/scale_percent"}}},
		{"firmware", NULL, false,
				{WHO, {"model", "/hardware/model"},
						{"version", "/inventory/firmware/version"},
						{"reported_version", "/report/version"},
						{"kernel", "/inventory/firmware/kernel"},
						{"boot", "/inventory/firmware/boot"},
						{"entry", "/inventory/firmware/entry"},
						{"bios_version", "/inventory/machine/bios_version"},
						{"bios_date", "/inventory/machine/bios_date"}}},
		{"secure-boot", NULL, false,
				{WHO, {"model", "/hardware/model"},
						{"firmware", "/inventory/secure_boot/firmware"},
						{"state", "/inventory/secure_boot/state"},
						{"has_microsoft_2011", "/inventory/secure_boot/"
								       "has_microsoft_2011"},
						{"has_microsoft_2023", "/inventory/secure_boot/"
								       "has_microsoft_2023"},
						{"tpm", "/inventory/tpm/version"}}},
		{"video", NULL, false,
				{WHO, {"model", "/hardware/model"}, {"gpu", "/inventory/gpus/0/id"},
						{"driver", "/inventory/gpus/0/driver"},
						{"h264", "/inventory/video/h264"},
						{"decoder", "/report/quality/decoder"},
						{"video", "/report/quality/video"}}},
		{"disks", "/inventory/disks", false,
				{WHO, {"disk", "@/name"}, {"kind", "@/kind"}, {"model", "@/model"},
						{"serial", "@/serial"}, {"size_mb", "@/size_mb"},
						{"wear_percent", "@/wear_percent"}}},
		{"offline", NULL, true,
				{WHO, {"seen", "/device/seen"}, {"address", "/device/address"},
						{"model", "/hardware/model"},
						{"serial", "/hardware/serial"}}},
		{"enrolments", NULL, false,
				{WHO, {"approved", "/device/approved"},
						{"approved_by", "/device/approved_by"},
						{"model", "/hardware/model"},
						{"serial", "/hardware/serial"},
						{"mac", "/hardware/mac"}}},
		{"quality", NULL, false,
				{{"day", "/day"}, {"id", "/device"}, {"name", "/name"},
						{"tenant", "/tenant"}, {"site", "/site"},
						{"sessions", "/sessions"}, {"minutes", "/minutes"},
						{"reconnects", "/reconnects"},
						{"crashes", "/crashes"},
						{"sign_in_ms", "/sign_in_ms"},
						{"round_trip_ms", "/round_trip_ms"},
						{"frames_per_s", "/frames_per_s"},
						{"dropped_per_s", "/dropped_per_s"}}},
		{"changes", NULL, false,
				{{"person", "/person"}, {"kind", "/kind"}, {"changes", "/changes"},
						{"first", "/first"}, {"last", "/last"}}},
};

struct report {
	const struct kind *kind;
	struct people_list list; /* of JSON; its cursor in both */
	bool is_csv;
	struct array text;
	struct csv_writer writer;
	int64_t rows, limit;
	bool has_more;
};

/* --- rows */

static const cJSON *value_of(const struct column *column, const cJSON *facts, const cJSON *item)
{
	bool is_item = column->pointer[0] == '@';
	const cJSON *value = json_at(is_item ? item : facts, column->pointer + is_item);

	return cJSON_IsNull(value) ? NULL : value;
}

static int put_cell(struct report *report, const cJSON *value)
{
	if (!value)
		return csv_put_empty(&report->writer);
	if (cJSON_IsString(value))
		return csv_put_text(&report->writer, value->valuestring);
	if (cJSON_IsNumber(value))
		return csv_put_whole(&report->writer, (int64_t)value->valuedouble);
	if (cJSON_IsBool(value))
		return csv_put_text(&report->writer, cJSON_IsTrue(value) ? "true" : "false");
	return csv_put_empty(&report->writer);
}

static int add_row(struct report *report, const cJSON *facts, const cJSON *item)
{
	const struct column *column = report->kind->columns;
	cJSON *row = report->is_csv ? NULL : json_new_object();
	int r = 0;

	for (; column->name && r == 0; column++) {
		const cJSON *value = value_of(column, facts, item);
		bool is_plain = cJSON_IsString(value) || cJSON_IsNumber(value) ||
		                cJSON_IsBool(value);

		if (report->is_csv)
			r = put_cell(report, value);
		else
			json_put(row, column->name,
					is_plain ? json_copy(value) : cJSON_CreateNull());
	}
	if (report->is_csv)
		return r < 0 ? r : csv_end_row(&report->writer);
	json_append(report->list.items, row);
	return 0;
}

/* Rows of one thing (a device, a day of one); 1 when the page is full without it. */
static int add_rows(struct report *report, const cJSON *facts, const char *cursor)
{
	const char *list = report->kind->list;
	int r = 0;

	if (report->rows >= report->limit) {
		report->has_more = true;
		return 1;
	}
	if (!list) {
		report->rows++;
		r = add_row(report, facts, NULL);
	}
	const cJSON *items = list ? json_at(facts, list) : NULL;
	for (const cJSON *item = items && cJSON_IsArray(items) ? items->child : NULL;
			item && r == 0; item = item->next, report->rows++)
		r = add_row(report, facts, item);
	return r < 0 ? r : text_copy(report->list.last, sizeof(report->list.last), cursor);
}

/* --- what the rows are of */

static void put_part(cJSON *facts, const char *key, const char *text)
{
	cJSON *part = NULL;

	if (text[0] && json_parse(text, strlen(text), &part, NULL) == 0)
		json_put(facts, key, part);
}

static int add_device(void *data, const struct db_facts *row)
{
	struct report *report = data;
	OWNED(json) cJSON *facts = json_new_object();
	cJSON *device = json_put_object(facts, "device");

	json_put_text(device, "id", row->id);
	json_put_text(device, "name", row->name);
	people_put_text(device, "tenant", row->tenant);
	people_put_text(device, "site", row->site);
	people_put_text(device, "address", row->address);
	people_put_time(device, "seen", row->seen_s);
	people_put_time(device, "approved", row->approved_s);
	people_put_text(device, "approved_by", row->approved_by);
	put_part(facts, "hardware", row->hardware);
	put_part(facts, "report", row->report);
	put_part(facts, "inventory", row->inventory);
	int64_t since_s = server_now_s() - OFFLINE_DAYS * DAY_S;
	if (report->kind->is_offline && (row->seen_s > since_s || row->approved_s > since_s))
		return text_copy(report->list.last, sizeof(report->list.last), row->id);
	return add_rows(report, facts, row->id);
}

static int64_t mean(int64_t sum, int64_t count)
{
	return count ? (sum + count / 2) / count : 0;
}

static int add_quality(void *data, const struct db_quality *q)
{
	OWNED(json) cJSON *facts = json_new_object();
	char cursor[PEOPLE_CURSOR_MAX], day[32] = "";

	time_t time = (time_t)(q->day * DAY_S);
	struct tm tm;
	if (gmtime_r(&time, &tm))
		strftime(day, sizeof(day), "%Y-%m-%d", &tm);
	json_put_text(facts, "day", day);
	json_put_text(facts, "device", q->device);
	people_put_text(facts, "name", q->name);
	people_put_text(facts, "tenant", q->tenant);
	people_put_text(facts, "site", q->site);
	json_put_whole(facts, "sessions", q->sessions);
	json_put_whole(facts, "minutes", q->seconds / 60);
	json_put_whole(facts, "reconnects", q->reconnects);
	json_put_whole(facts, "crashes", q->crashes);
	json_put_whole(facts, "sign_in_ms", mean(q->sign_in_ms, q->sessions));
	json_put_whole(facts, "round_trip_ms", mean(q->round_trip_ms, q->samples));
	json_put_whole(facts, "frames_per_s", mean(q->frames, q->samples));
	json_put_whole(facts, "dropped_per_s", mean(q->dropped, q->samples));
	(void)text_format(cursor, sizeof(cursor), "%lld/%s", (long long)q->day, q->device);
	return add_rows(data, facts, cursor);
}

static int add_change(void *data, const char *person, const char *kind, int64_t count,
		int64_t first_s, int64_t last_s)
{
	OWNED(json) cJSON *facts = json_new_object();
	char cursor[PEOPLE_CURSOR_MAX];

	json_put_text(facts, "person", person);
	json_put_text(facts, "kind", kind);
	json_put_whole(facts, "changes", count);
	people_put_time(facts, "first", first_s);
	people_put_time(facts, "last", last_s);
	(void)text_format(cursor, sizeof(cursor), "%s\n%s", person, kind);
	return add_rows(data, facts, cursor);
}

static int list_quality(struct request *request, struct report *report, struct err *err)
{
	const char *after = report->list.after, *slash = strchr(after, '/');
	int64_t day = slash ? strtoll(after, NULL, 10) : -1;

	return db_quality_list(request->server->db, rights_view(request, RIGHT_READ), day,
			slash ? slash + 1 : "", report->limit + 1, add_quality, report, err);
}

/* Who changed what is the history of everybody. */
static int list_changes(struct request *request, struct report *report, struct err *err)
{
	const char *after = report->list.after, *line = strchr(after, '\n');
	char person[PEOPLE_CURSOR_MAX];
	int r = rights_require(request, RIGHT_AUDIT, "organisation", err);

	(void)text_format(person, sizeof(person), "%.*s", line ? (int)(line - after) : 0, after);
	return r < 0 ? r
	             : db_revision_sums(request->server->db, person, line ? line + 1 : "",
				       report->limit + 1, add_change, report, err);
}

/* Devices without an item make no row: pages are looked for until one is full. */
static int list_devices(struct request *request, struct report *report, struct err *err)
{
	return db_facts_view(request->server->db, rights_view(request, RIGHT_READ),
			people_filter(request, "tenant"), report->list.after,
			report->kind->list || report->kind->is_offline ? INT32_MAX
								       : report->limit + 1,
			add_device, report, err);
}

/* --- the answer */

static int put_heads(struct report *report, bool has_bom)
{
	const struct column *column = report->kind->columns;
	int r = has_bom ? array_append(&report->text, "\xef\xbb\xbf", 3) : 0;

	for (; column->name && r == 0; column++)
		r = csv_put_text(&report->writer, column->name);
	return r < 0 ? r : csv_end_row(&report->writer);
}

static int answer_csv(struct request *request, struct report *report)
{
	char cursor[2 * PEOPLE_CURSOR_MAX + 1];
	size_t size = report->text.size;

	text_to_hex((const uint8_t *)report->list.last, strlen(report->list.last), cursor);
	if (report->has_more)
		(void)text_format(request->next, sizeof(request->next), "%s", cursor);
	(void)text_format(request->file_name, sizeof(request->file_name), "tynd-%s.csv",
			report->kind->name);
	return http_answer_bytes(request, MHD_HTTP_OK, own_take(report->text.data), size,
			"text/csv; charset=utf-8; header=present");
}

static int find_kind(struct request *request, struct report *report, struct err *err)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, request->match.args[0]) == 0)
			report->kind = &kinds[i];
	return report->kind ? 0
	                    : err_set(err, ENOENT, "there is no report \"%s\"",
					      request->match.args[0]);
}

static int begin(struct request *request, struct report *report, struct err *err)
{
	static const char *const known[] = {"format", "tenant", "bom", NULL};
	const char *format = people_filter(request, "format");
	bool has_limit = people_filter(request, "limit")[0] != '\0', has_bom = false;
	int r = find_kind(request, report, err);

	report->is_csv = strcmp(format, "csv") == 0;
	if (r == 0 && !report->is_csv && format[0] && strcmp(format, "json") != 0)
		r = err_set(err, EINVAL, "format: csv or json");
	if (r == 0)
		r = route_query_flag(&request->query, "bom", &has_bom, err);
	if (r == 0)
		r = people_list_begin(&report->list, request, "rows", known, err);
	if (r < 0)
		return r;
	report->limit = report->is_csv && !has_limit ? CSV_LIMIT : report->list.limit;
	report->text.max = CSV_BYTES;
	report->writer.out = &report->text;
	/* A page that goes on has no heads, so that pages are joined as they are. */
	if (report->is_csv && !report->list.after[0])
		r = put_heads(report, has_bom);
	if (!report->is_csv)
		json_put_text(report->list.answer, "report", report->kind->name);
	return r;
}

int people_report(struct request *request, struct err *err)
{
	OWNED(memory) struct report *report = own_alloc(sizeof(*report));
	int r = begin(request, report, err);

	if (r < 0)
		return r;
	if (strcmp(report->kind->name, "quality") == 0)
		r = list_quality(request, report, err);
	else if (strcmp(report->kind->name, "changes") == 0)
		r = list_changes(request, report, err);
	else
		r = list_devices(request, report, err);
	report->list.has_more = report->has_more;
	if (r < 0 || !report->is_csv) {
		array_finish(&report->text);
		return people_list_end(&report->list, r < 0 ? r : 0);
	}
	cJSON_Delete(report->list.answer);
	return answer_csv(request, report);
}
