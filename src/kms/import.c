/* SPDX-License-Identifier: Apache-2.0 */
/* Memory of others as framebuffers of the card. */
#include <errno.h>

#include "kms/kms.h"

int kms_import(struct display_buffer *buffer, struct err *err)
{
	return err_set(err, ENOTSUP, "%ux%u: no plane reads memory of others", buffer->info.width,
			buffer->info.height);
}

void kms_release(struct display_buffer *buffer)
{
	(void)buffer;
}
