/* SPDX-License-Identifier: Apache-2.0 */
/* Who may ask for what: a new path is shut unless it is named here. */
#include "server/routes.h"
#include "unit/test.h"

/* What a device needs before it has a certificate, and people before they are signed in. */
static const char *const open_to_anyone[] = {"POST /device/v1/enrol", "POST /device/v1/enrol/:id",
		"GET /ca.pem", "GET /api/v1/sign-in", "POST /api/v1/sign-in",
		"POST /api/v1/sign-in/code", "GET /api/v1/sign-in/oidc",
		"GET /api/v1/sign-in/oidc/callback",
		/* files are named by their hash, so that any cache can hand them out */
		"GET /device/v1/file/:hash"};

static enum route_access expected_access(const struct route *route)
{
	char line[128];

	snprintf(line, sizeof(line), "%s %s", route->method, route->pattern);
	for (size_t i = 0; i < sizeof(open_to_anyone) / sizeof(open_to_anyone[0]); i++)
		if (strcmp(line, open_to_anyone[i]) == 0)
			return ROUTE_ANYONE;
	return strncmp(route->pattern, "/device/v1/", 11) == 0 ? ROUTE_DEVICE : ROUTE_PERSON;
}

int main(void)
{
	size_t count;
	const struct route *routes = routes_all(&count);

	for (size_t i = 0; i < count; i++)
		TEST(routes[i].pattern) {
			CHECK_INT(routes[i].access, expected_access(&routes[i]));
		}
	TEST("there are paths of all three kinds") {
		unsigned seen[3] = {0};

		for (size_t i = 0; i < count; i++)
			seen[routes[i].access]++;
		CHECK(seen[ROUTE_ANYONE] && seen[ROUTE_DEVICE] && seen[ROUTE_PERSON]);
	}
	TEST_END();
}
