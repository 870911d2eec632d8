// SPDX-License-Identifier: Apache-2.0
/* Any bytes as an envelope, and as the payload of one that was signed. */
#include <assert.h>
#include <string.h>

#include "conf/dsse.h"
#include "conf/signed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct conf_signed opened;
	static const struct conf_expected expected = {.device = "k7qf", .revision = 4};
	struct err err;

	assert(conf_signed_open(data, size, &expected, &opened, &err) < 0);
	if (conf_signed_parse((const char *)data, size, &opened, &err) == 0)
		assert(conf_signed_check(&opened, &err) == 0);
	return 0;
}
