/* SPDX-License-Identifier: Apache-2.0 */
#include "server/metrics.h"

#include <errno.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/file.h"
#include "server/http.h"
#include "server/rights.h"

enum { TEXT_MAX = 64 * 1024 };

void metrics_count(struct metrics *metrics, enum route_access access, int status)
{
	if (status >= 100 && status < 600)
		metrics->answers[access][status / 100]++;
}

__attribute__((format(printf, 2, 3))) static void put(struct array *text, const char *format, ...)
{
	char line[256];
	va_list list;

	va_start(list, format);
	int size = vsnprintf(line, sizeof(line), format, list);
	va_end(list);
	if (size > 0 && (size_t)size < sizeof(line))
		(void)array_append(text, line, (size_t)size);
}

static void head(struct array *text, const char *name, const char *type, const char *help)
{
	put(text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void put_gauge(struct array *text, const char *name, int64_t value, const char *help)
{
	head(text, name, "gauge", help);
	put(text, "%s %lld\n", name, (long long)value);
}

static void put_answers(struct array *text, const struct metrics *metrics)
{
	static const char *const planes[] = {[ROUTE_ANYONE] = "anyone",
			[ROUTE_DEVICE] = "device",
			[ROUTE_PERSON] = "people"};

	head(text, "tynd_http_answers_total", "counter", "Answers since the start.");
	for (unsigned plane = 0; plane < 3; plane++)
		for (unsigned hundreds = 2; hundreds < 6; hundreds++)
			put(text, "tynd_http_answers_total{plane=\"%s\",status=\"%uxx\"} %llu\n",
					planes[plane], hundreds,
					(unsigned long long)metrics->answers[plane][hundreds]);
}

static int64_t resident_bytes(void)
{
	OWNED(array) struct array file = {.max = 256};
	long long total, resident;

	if (file_read("/proc/self/statm", &file, NULL) < 0 || array_append(&file, "", 1) < 0 ||
			sscanf((const char *)file.data, "%lld %lld", &total, &resident) != 2)
		return 0;
	return resident * sysconf(_SC_PAGESIZE);
}

static void put_process(struct array *text, const struct metrics *metrics)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	head(text, "process_cpu_seconds_total", "counter", "User and system time.");
	put(text, "process_cpu_seconds_total %lld.%06lld\n",
			(long long)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
					(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) /
							1000000),
			(long long)((usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) % 1000000));
	put_gauge(text, "process_resident_memory_bytes", resident_bytes(), "Memory in RAM.");
	put_gauge(text, "process_start_time_seconds", metrics->started_s,
			"Unix time of the start.");
}

static int put_state(void *data, const char *state, int64_t count)
{
	put(data, "tynd_devices_state{state=\"%s\"} %lld\n", state, (long long)count);
	return 0;
}

static int put_fleet(struct array *text, struct server *server, struct err *err)
{
	int64_t devices, online, waiting, here, revision;
	int r = db_device_count(server->db, "", server_now_s() - SEEN_ONLINE_S, &devices, &online,
			err);

	if (r == 0)
		r = db_enrolment_count(server->db, "", &waiting, &here, err);
	if (r == 0)
		r = db_revision_newest(server->db, &revision, err);
	if (r < 0)
		return r;
	put_gauge(text, "tynd_devices", devices, "Devices that are let in.");
	put_gauge(text, "tynd_devices_online", online, "Heard of in the last two minutes.");
	put_gauge(text, "tynd_enrolments_waiting", waiting, "Devices that wait for approval.");
	put_gauge(text, "tynd_revision", revision, "The newest revision.");
	head(text, "tynd_devices_state", "gauge", "Devices by what they said of their config.");
	return db_device_states(server->db, put_state, text, err);
}

int metrics_answer(struct request *request, struct err *err)
{
	static const char *const known[] = {NULL};
	OWNED(array) struct array text = {.max = TEXT_MAX};
	struct server *server = request->server;
	int r = rights_require(request, RIGHT_READ, "organisation", err);

	if (r == 0)
		r = route_query_check(&request->query, known, err);
	if (r == 0)
		r = put_fleet(&text, server, err);
	if (r < 0)
		return r;
	put_gauge(&text, "tynd_parked", park_count(server->park),
			"Devices whose long-poll waits here.");
	put_gauge(&text, "tynd_connections", server->metrics.connections, "Open connections.");
	put_answers(&text, &server->metrics);
	put_process(&text, &server->metrics);
	size_t size = text.size;
	return http_answer_bytes(request, MHD_HTTP_OK, own_take(text.data), size,
			"text/plain; version=0.0.4; charset=utf-8");
}
