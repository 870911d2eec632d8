/* SPDX-License-Identifier: Apache-2.0 */
/* Any request line: path and query. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "server/route.h"
#include "server/routes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t count;
	const struct route *routes = routes_all(&count);
	char *text = strndup((const char *)data, size), *query = strchr(text, '?');
	struct route_match match;
	struct route_query pairs;
	struct err err;

	if (query)
		*query++ = '\0';
	(void)route_find(routes, count, "GET", text, &match);
	(void)route_query(query ? query : "", &pairs, &err);
	free(text);
	return 0;
}
