// SPDX-License-Identifier: Apache-2.0
/* The network file, the kernel command line and an address as typed. */
#include <string.h>

#include "agent/address.h"
#include "agent/network.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[1024] = "";
	struct address address;
	char url[WIRE_URL_MAX];

	(void)network_parse((const char *)data, size);
	(void)cmdline_parse((const char *)data, size);
	memcpy(text, data, size < sizeof(text) ? size : sizeof(text) - 1);
	if (address_parse(text, &address, NULL) == 0)
		address_url(&address, url);
	return 0;
}
