/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/audit.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "conf/json.h"

void audit_hash(const uint8_t before[AUDIT_HASH], const cJSON *record, uint8_t ret[AUDIT_HASH])
{
	static const char *const members[] = {
			"id", "time", "person", "address", "action", "status", "request"};
	OWNED(json) cJSON *ordered = json_new_object();
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const cJSON *member = cJSON_GetObjectItemCaseSensitive(record, members[i]);

		json_put(ordered, members[i], member ? json_copy(member) : cJSON_CreateNull());
	}
	OWNED(memory) char *text = json_print(ordered);
	if (!context || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1 ||
			EVP_DigestUpdate(context, before, AUDIT_HASH) != 1 ||
			EVP_DigestUpdate(context, text, strlen(text)) != 1 ||
			EVP_DigestFinal_ex(context, ret, NULL) != 1)
		abort(); /* only without memory */
	EVP_MD_CTX_free(context);
}
