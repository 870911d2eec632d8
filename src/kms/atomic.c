/* SPDX-License-Identifier: Apache-2.0 */
#include "kms/atomic.h"

#include <errno.h>

void atomic_init(struct atomic *atomic, int fd)
{
	*atomic = (struct atomic){.fd = fd, .request = drmModeAtomicAlloc()};
	if (!atomic->request)
		atomic->failure = -ENOMEM;
}

void atomic_finish(struct atomic *atomic)
{
	for (unsigned i = 0; i < atomic->blob_count; i++)
		drmModeDestroyPropertyBlob(atomic->fd, atomic->blobs[i]);
	if (atomic->request)
		drmModeAtomicFree(atomic->request);
}

void atomic_add(struct atomic *atomic, uint32_t object, const struct prop *prop, uint64_t value)
{
	if (atomic->failure)
		return;
	int added = drmModeAtomicAddProperty(atomic->request, object, prop->id, value);

	if (added < 0)
		atomic->failure = added;
}

void atomic_add_blob(struct atomic *atomic, uint32_t object, const struct prop *prop,
		const void *data, size_t size)
{
	uint32_t blob = 0;

	if (atomic->failure)
		return;
	if (atomic->blob_count == ATOMIC_BLOBS_MAX) {
		atomic->failure = -ENOSPC;
		return;
	}
	atomic->failure = drmModeCreatePropertyBlob(atomic->fd, data, size, &blob);
	if (atomic->failure)
		return;
	atomic->blobs[atomic->blob_count++] = blob;
	atomic_add(atomic, object, prop, blob);
}

int atomic_commit(struct atomic *atomic, uint32_t flags, void *data)
{
	if (atomic->failure)
		return atomic->failure;
	return drmModeAtomicCommit(atomic->fd, atomic->request, flags, data);
}
