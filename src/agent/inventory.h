/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the device is made of (docs/protocol.md, "Inventory"): read from proc, sysfs and the
 * firmware's variables below a root folder, which is "" on a device and anything in tests.
 * Whatever stands in there is taken as text of strangers: counts, lengths and characters are
 * bounded, and a part that can't be read is left out.
 */
#ifndef AGENT_INVENTORY_H
#define AGENT_INVENTORY_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/agent.h"

enum {
	INVENTORY_SIZE_MAX = 32 * 1024, /* of the document */
	INVENTORY_PATH_MAX = 512,
	INVENTORY_TEXT_MAX = 65, /* of one text, with NUL */
	INVENTORY_NAMES_MAX = 64,
	INVENTORY_WORN_PERCENT = 90,
	INVENTORY_DISKS_MAX = 8,
	INVENTORY_CERTIFICATES_MAX = 16,
};

/* What only root may ask of a disk, asked before the agent gives root away. */
struct inventory_wear {
	unsigned count;
	struct {
		char name[32]; /* "nvme0n1" */
		uint8_t percent;
	} list[INVENTORY_DISKS_MAX];
};

struct inventory_source {
	const char *root;
	int64_t build_time_s;
	const struct inventory_wear *wear;          /* NULL: nothing was asked */
	const struct wire_agent_monitors *monitors; /* as the kiosk said; NULL: it did not */
};

/* NVM Express Base Specification, log page 02h: "Percentage Used". As root, on a device. */
void inventory_ask_wear(struct inventory_wear *ret);

/* The document; free(). Equal devices give equal text. */
char *inventory_read(const struct inventory_source *source);

/* The worst wear of the disks, percent; -1: none says it. */
int inventory_worst_wear(const struct inventory_source *source);

/* --- inventory_files.c: reading, bounded */

/*
 * The first line of a file as text fit for anybody: spaces around it, control characters and
 * what is not UTF-8 are gone. "" when there is none.
 */
void inventory_line(const char *root, const char *path, char text[INVENTORY_TEXT_MAX]);
/* The same of any text. */
void inventory_clean(const char *from, size_t size, char text[INVENTORY_TEXT_MAX]);
/* A whole number at its beginning, 0x... too; -1: there is none. */
int64_t inventory_number(const char *root, const char *path);
/* The last part of what a link points to; "" when it is none. */
void inventory_link(const char *root, const char *path, char text[INVENTORY_TEXT_MAX]);
bool inventory_exists(const char *root, const char *path);

struct inventory_names {
	unsigned count;
	char list[INVENTORY_NAMES_MAX][64];
};

/* Names in a folder, sorted; odd and hidden ones are left out, and those beyond the maximum. */
void inventory_names(const char *root, const char *path, struct inventory_names *ret);

/* Put a line of a file when it says anything. */
void inventory_put_line(cJSON *object, const char *key, const char *root, const char *path);

/* --- the parts; each puts its members into the document */

void inventory_put_machine(cJSON *document, const struct inventory_source *source);
void inventory_put_disks(cJSON *document, const struct inventory_source *source);
void inventory_put_network(cJSON *document, const char *root);
void inventory_put_usb(cJSON *document, const char *root);
void inventory_put_graphics(cJSON *document, const char *root);
void inventory_put_boot(cJSON *document, const char *root);

/*
 * The certificates of an EFI signature database: EFI_SIGNATURE_LISTs one after the other (UEFI
 * 2.10, 32.4.1). What does not fit its own lengths ends the reading.
 */
struct inventory_certificates {
	unsigned count;
	struct {
		char subject[INVENTORY_TEXT_MAX]; /* common name; "" when it can't be read */
		uint8_t sha256[32];               /* of the DER */
	} list[INVENTORY_CERTIFICATES_MAX];
	bool has_microsoft_2011, has_microsoft_2023; /* their UEFI CAs */
};

void inventory_parse_db(const uint8_t *bytes, size_t size, struct inventory_certificates *ret);

#endif
