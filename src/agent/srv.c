// SPDX-License-Identifier: Apache-2.0
#include <arpa/nameser.h>
#include <resolv.h>
#include <string.h>

#include "agent/names.h"

enum { TARGETS_MAX = 32, SRV_FIXED_SIZE = 6 };

struct target {
	uint16_t priority, weight, port;
	char host[WIRE_HOST_MAX];
};

/* One record of the answer; 0 when it is no usable SRV record. */
static int read_target(const ns_msg *message, const ns_rr *record, struct target *ret)
{
	struct target target;
	const uint8_t *data = ns_rr_rdata(*record);
	char name[NS_MAXDNAME];

	if (ns_rr_type(*record) != ns_t_srv || ns_rr_class(*record) != ns_c_in ||
			ns_rr_rdlen(*record) <= SRV_FIXED_SIZE)
		return 0;
	target.priority = (uint16_t)ns_get16(data);
	target.weight = (uint16_t)ns_get16(data + 2);
	target.port = (uint16_t)ns_get16(data + 4);
	if (ns_name_uncompress(ns_msg_base(*message), ns_msg_end(*message), data + SRV_FIXED_SIZE,
			    name, sizeof(name)) < 0)
		return 0;
	/* A target of "." says that the service is decidedly not there. */
	size_t length = strlen(name);
	if (length >= sizeof(target.host) || strcmp(name, ".") == 0 || target.port == 0)
		return 0;
	memcpy(target.host, name, length + 1);
	*ret = target;
	return 1;
}

static unsigned read_targets(const uint8_t *packet, size_t size, struct target *targets)
{
	ns_msg message;
	ns_rr record;
	unsigned count = 0;

	if (size > UINT16_MAX || ns_initparse(packet, (int)size, &message) < 0)
		return 0;
	for (int i = 0; i < ns_msg_count(message, ns_s_an) && count < TARGETS_MAX; i++) {
		if (ns_parserr(&message, ns_s_an, i, &record) < 0)
			break;
		count += (unsigned)read_target(&message, &record, &targets[count]);
	}
	return count;
}

int names_pick_service(const uint8_t *packet, size_t size, uint32_t random,
		struct names_answer *answer)
{
	struct target targets[TARGETS_MAX];
	unsigned count = read_targets(packet, size, targets);
	uint16_t lowest = UINT16_MAX;
	uint32_t total = 0;

	for (unsigned i = 0; i < count; i++)
		if (targets[i].priority < lowest)
			lowest = targets[i].priority;
	for (unsigned i = 0; i < count; i++)
		total += targets[i].priority == lowest ? targets[i].weight + 1U : 0U;
	if (total == 0)
		return 0;
	/* One more than the weight, so that weight 0 has a small chance beside others. */
	uint32_t point = random % total;
	for (unsigned i = 0; i < count; i++) {
		if (targets[i].priority != lowest)
			continue;
		if (point <= targets[i].weight) {
			memcpy(answer->host, targets[i].host, sizeof(answer->host));
			answer->port = targets[i].port;
			return 1;
		}
		point -= targets[i].weight + 1U;
	}
	return 0;
}
