/* SPDX-License-Identifier: Apache-2.0 */
/* VA-API's part of video_prepare(). Used by src/video only. */
#ifndef VIDEO_VAAPI_H
#define VIDEO_VAAPI_H

void vaapi_prepare(void);

#endif
