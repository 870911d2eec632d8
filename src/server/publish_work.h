/* SPDX-License-Identifier: Apache-2.0 */
/* What a publish computes, for publish.c: what is known while it is open, and how it ends. */
#ifndef SERVER_PUBLISH_WORK_H
#define SERVER_PUBLISH_WORK_H

#include "server/fleet.h"
#include "server/publish.h"

/* One device that is looked at by itself: what it is with the open publish. */
struct fleet_change {
	struct fleet_device *device; /* without a class: it is new */
	bool is_gone, is_alone, is_computed, is_changed;
	char name[DB_NAME_MAX];
	uint8_t certificate[DB_HASH];
	unsigned uses; /* of its document: CONF_USES_... */
	struct fleet_class *class;
	struct cached_layer *layer;
	int64_t own, joined;
	uint8_t effective[DB_HASH]; /* of its own document or its class's */
};

static inline unsigned publish_changes(const struct publish *publish)
{
	return (unsigned)(publish->changes.size / sizeof(struct fleet_change *));
}

static inline unsigned publish_classes(const struct publish *publish)
{
	return (unsigned)(publish->classes.size / sizeof(struct fleet_class *));
}

static inline struct fleet_change *publish_change_at(const struct publish *publish, unsigned index)
{
	return ((struct fleet_change **)(void *)publish->changes.data)[index];
}

static inline struct fleet_class *publish_class_at(const struct publish *publish, unsigned index)
{
	return ((struct fleet_class **)(void *)publish->classes.data)[index];
}

/* Everything is computed and checked, and who changed is known. */
int publish_settle(struct publish *publish, struct err *err);

/* Fills the preview: before the transaction is taken back. */
void publish_preview(struct publish *publish);

/* Write what is settled. */
int publish_write(struct publish *publish, struct err *err);

/* After the commit: it is so in memory, and those who wait are woken. After a rollback: it never was. */
void publish_apply(struct publish *publish);
void publish_forget(struct publish *publish);

#endif
