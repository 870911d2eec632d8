// SPDX-License-Identifier: Apache-2.0
/* The files of a store that anything may have happened to. */
#include "agent/key.h"
#include "agent/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct store_trust trust;
	struct store_state state;
	OWNED(key) EVP_PKEY *key = NULL;
	struct err err;

	(void)store_parse_trust(data, size, &trust, &err);
	(void)store_parse_state(data, size, &state, &err);
	(void)key_from_pem(data, size, &key, &err);
	return 0;
}
