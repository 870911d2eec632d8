/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The chain of the audit log: each record's hash covers the one before, so that nothing can be
 * changed, taken out or put in between without all later hashes becoming others. The head
 * of an export is signed (DSSE). Server and tyndctl compute it alike.
 */
#ifndef CONF_AUDIT_H
#define CONF_AUDIT_H

#include <cjson/cJSON.h>
#include <stdint.h>

enum { AUDIT_HASH = 32 };

#define AUDIT_PAYLOAD_TYPE "application/vnd.tynd.audit+json"

/*
 * SHA-256 of the hash before (32 zeros before the first record) and the record as compact JSON: its
 * members in the order id, time, person, address, action, status, request.
 */
void audit_hash(const uint8_t before[AUDIT_HASH], const cJSON *record, uint8_t ret[AUDIT_HASH]);

#endif
