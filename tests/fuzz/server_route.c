/* SPDX-License-Identifier: Apache-2.0 */
/* Any request line: path and query. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "server/route.h"
#include "server/routes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t count;
	const struct route *routes = routes_all(&count);
	char *text = strndup((const char *)data, size), *query = strchr(text, '?');
	char *path_space = own_alloc(strlen(text) + 1), *query_space = NULL;
	struct route_match match;
	struct route_query pairs;
	struct err err;

	if (query)
		*query++ = '\0';
	if (query)
		query_space = own_alloc(strlen(query) + 1);
	(void)route_find(routes, count, "GET", text, path_space, &match);
	if (query)
		(void)route_query(query, query_space, &pairs, &err);
	free(path_space);
	free(query_space);
	free(text);
	return 0;
}
