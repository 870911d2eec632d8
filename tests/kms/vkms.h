/* SPDX-License-Identifier: Apache-2.0 */
/* Display devices of the kernel's vkms driver, made and unplugged through configfs; root only. */
#ifndef TESTS_KMS_VKMS_H
#define TESTS_KMS_VKMS_H

#include <stdbool.h>

/* A device called `name` with so many heads, each with its own planes; false and a line on stderr on failure. */
bool vkms_create(const char *name, unsigned heads, bool has_cursor);

/* The same with up to three overlay planes for each monitor, which vkms_create gives one. */
bool vkms_create_with(const char *name, unsigned heads, bool has_cursor, unsigned overlays);
void vkms_destroy(const char *name);

/* "/dev/dri/cardN" of the device, or NULL; valid until the next call. */
const char *vkms_path(const char *name);

/* Plug a monitor in or out. */
bool vkms_plug(const char *name, unsigned head, bool is_connected);

#endif
