/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Templates. A layer may hold "variables": {"printer": "prn-12"} beside its values; they merge and
 * are locked like everything. A text of any layer may then say ${printer}: it is expanded in the
 * merged document, for each device. Built in are ${device.name}, ${device.id}, ${device.serial},
 * ${device.mac}, ${site.name}, ${tenant.name} and ${secret.NAME}; $${ stands for ${ itself.
 * What was put in is never looked at again, so nothing goes round in circles. Pure.
 */
#ifndef CONF_EXPAND_H
#define CONF_EXPAND_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/err.h"

enum {
	CONF_VARIABLES_MAX = 64,         /* of one layer */
	CONF_VARIABLE_NAME_MAX = 64,     /* bytes with NUL: [a-z][a-z0-9_]* */
	CONF_VARIABLE_TEXT_MAX = 501,    /* bytes with NUL */
	CONF_EXPANDED_MAX = 16 * 1024,   /* bytes of one text, before and after */
	CONF_EXPANDED_SUM_MAX = 1 << 18, /* bytes of all texts of a document that were expanded */
};

#define CONF_VARIABLES "variables"

/* What the built-in names stand for; "" where there is none, never NULL. */
struct conf_facts {
	const char *device_name, *device_id, *device_serial, *device_mac;
	const char *site_name, *tenant_name;
	/* What to put for ${secret.NAME}: borrowed until the next call; NULL: there is none. */
	const char *(*secret)(void *data, const char *name);
	void *data;
};

/* What the texts of a document use, "variables" left out. */
enum {
	CONF_USES_TEMPLATES = 1 << 0, /* any ${, also $${ */
	CONF_USES_DEVICE = 1 << 1,    /* ${device...}: another text on each device */
	CONF_USES_SECRETS = 1 << 2,
};

unsigned conf_expand_uses(const cJSON *document);

/* Whether a variable or secret may have this name. */
bool conf_expand_is_name(const char *name);

/* Of a layer's text: every ${ begins a name that can be. The sentence is without a path. */
int conf_expand_check_text(const char *text, struct err *err);

/* Of a layer or a patch of one: its variables, null to take one out. */
int conf_expand_check_variables(const cJSON *variables, struct err *err);

/*
 * The merged document becomes what a device gets: texts expanded, "variables" taken out. -EBADMSG
 * with the path for a name that nobody set and a text that became too long; some texts may be
 * expanded then.
 */
int conf_expand(cJSON *document, const struct conf_facts *facts, struct err *err);

/* One text, with the variables of a merged document: *ret is the caller's. */
int conf_expand_text(const char *text, const cJSON *variables, const struct conf_facts *facts,
		char **ret, struct err *err);

/* Calls `fn` with the name of each secret in the texts, once per place. */
void conf_expand_secrets(const cJSON *document, void (*fn)(void *data, const char *name),
		void *data);

/* Text from outside of layers, for a place in one: every ${ as $${. The caller frees it. */
char *conf_expand_escape(const char *text);

#endif
