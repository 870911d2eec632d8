/* SPDX-License-Identifier: Apache-2.0 */
/* What the config wants of the monitors, as the display takes it. Pure. */
#ifndef KIOSK_WISHES_H
#define KIOSK_WISHES_H

#include "conf/conf.h"
#include "kms/layout.h"

void wishes_of(const struct conf_display *display, struct layout_wishes *ret);

#endif
