/* SPDX-License-Identifier: Apache-2.0 */
/* One atomic request: properties are added without a look at each, the commit tells what failed. */
#ifndef KMS_ATOMIC_H
#define KMS_ATOMIC_H

#include <stdint.h>
#include <xf86drmMode.h>

#include "base/own.h"
#include "kms/props.h"

enum { ATOMIC_BLOBS_MAX = 16 };

struct atomic {
	int fd;
	drmModeAtomicReq *request;
	uint32_t blobs[ATOMIC_BLOBS_MAX]; /* end with the request: the kernel keeps its own hold */
	unsigned blob_count;
	int failure; /* the first one; 0 so far */
};

void atomic_init(struct atomic *atomic, int fd);
void atomic_finish(struct atomic *atomic);

void atomic_add(struct atomic *atomic, uint32_t object, const struct prop *prop, uint64_t value);
void atomic_add_blob(struct atomic *atomic, uint32_t object, const struct prop *prop,
		const void *data, size_t size);

/* `flags` as of drmModeAtomicCommit; 0 or negative errno. The request can be committed again. */
int atomic_commit(struct atomic *atomic, uint32_t flags, void *data);

static inline void own_end_atomic(struct atomic *atomic)
{
	atomic_finish(atomic);
}

#endif
