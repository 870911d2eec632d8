// SPDX-License-Identifier: Apache-2.0
#include "agent/address.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/text.h"

static const char scheme[] = "https://";

static bool is_host(const char *host, bool is_bracketed)
{
	const char *allowed = is_bracketed ? "0123456789abcdefABCDEF:."
	                                   : "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                                     "0123456789-._";

	return host[0] && host[0] != '-' && host[0] != '.' && host[strspn(host, allowed)] == 0;
}

/* Cut blanks at both ends, the scheme and one slash at the end. */
static int trim(const char *text, char *buffer, size_t size)
{
	while (isspace((unsigned char)*text))
		text++;
	if (strncasecmp(text, scheme, sizeof(scheme) - 1) == 0)
		text += sizeof(scheme) - 1;
	if (text_copy(buffer, size, text) < 0)
		return -EINVAL;
	size_t length = strlen(buffer);
	while (length > 0 && isspace((unsigned char)buffer[length - 1]))
		buffer[--length] = 0;
	if (length > 0 && buffer[length - 1] == '/')
		buffer[--length] = 0;
	return 0;
}

int address_parse(const char *text, struct address *ret, struct err *err)
{
	char buffer[WIRE_URL_MAX];
	uint64_t port = ADDRESS_PORT_DEFAULT;
	struct address address = {0};

	if (trim(text, buffer, sizeof(buffer)) < 0)
		return err_set(err, EINVAL, "the server's address is longer than %d bytes",
				WIRE_URL_MAX - 1);
	bool is_bracketed = buffer[0] == '[';
	char *host = buffer + is_bracketed;
	char *rest = is_bracketed ? strchr(host, ']') : strchr(host, ':');
	if (rest && is_bracketed)
		*rest++ = 0;
	if (is_bracketed && !rest)
		return err_set(err, EINVAL, "server %s: ] is missing", log_quote(text));
	if (rest && *rest) {
		if (*rest != ':' || text_to_number(rest + 1, 1, 65535, &port) < 0)
			return err_set(err, EINVAL, "server %s: the port is not in 1..65535",
					log_quote(text));
		*rest = 0;
	}
	if (!is_host(host, is_bracketed) || text_copy(address.host, sizeof(address.host), host) < 0)
		return err_set(err, EINVAL, "server %s is not host, host:port or https://host:port",
				log_quote(text));
	address.port = (uint16_t)port;
	*ret = address;
	return 0;
}

bool address_choose(const char *const *texts, unsigned count, struct address *ret)
{
	for (unsigned i = 0; i < count; i++)
		if (texts[i][0] && address_parse(texts[i], ret, NULL) == 0)
			return true;
	return false;
}

void address_url(const struct address *address, char *buffer)
{
	bool is_v6 = strchr(address->host, ':') != NULL;

	(void)text_format(buffer, WIRE_URL_MAX, "%s%s%s%s:%u", scheme, is_v6 ? "[" : "",
			address->host, is_v6 ? "]" : "", address->port);
}
