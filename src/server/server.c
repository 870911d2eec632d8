/* SPDX-License-Identifier: Apache-2.0 */
#include "server/server.h"

#include <time.h>

int64_t server_now_s(void)
{
	return (int64_t)time(NULL);
}
