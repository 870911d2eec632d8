/* SPDX-License-Identifier: Apache-2.0 */
/* The back ends there are, alone in a file so that tests can put others in their place. */
#include "video/backend.h"
#include "video/v4l2.h"
#include "video/vaapi.h"

const struct backend *const backend_table[VIDEO_BACKENDS] = {
		[VIDEO_VAAPI] = &backend_vaapi,
		[VIDEO_V4L2] = &backend_v4l2,
		[VIDEO_V4L2_REQUEST] = &backend_v4l2_request,
		[VIDEO_SOFTWARE] = &backend_software,
};

void backend_prepare(void)
{
	vaapi_prepare();
	v4l2_prepare();
}
