// SPDX-License-Identifier: Apache-2.0
#include "conf/expand.h"

#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "base/log.h"
#include "base/text.h"
#include "conf/json.h"

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define NAME_REST LOWER "0123456789_"
#define SECRET "secret."

enum { NAME_MAX_BYTES = CONF_VARIABLE_NAME_MAX + sizeof(SECRET) };

static const struct {
	const char *name;
	size_t offset;
	bool is_of_device;
} built_in[] = {
		{"device.name", offsetof(struct conf_facts, device_name), true},
		{"device.id", offsetof(struct conf_facts, device_id), true},
		{"device.serial", offsetof(struct conf_facts, device_serial), true},
		{"device.mac", offsetof(struct conf_facts, device_mac), true},
		{"site.name", offsetof(struct conf_facts, site_name), false},
		{"tenant.name", offsetof(struct conf_facts, tenant_name), false},
};

enum { BUILT_IN = sizeof(built_in) / sizeof(built_in[0]) };

static int find_built_in(const char *name)
{
	for (int i = 0; i < BUILT_IN; i++)
		if (strcmp(built_in[i].name, name) == 0)
			return i;
	return -1;
}

bool conf_expand_is_name(const char *name)
{
	return name[0] && strchr(LOWER, name[0]) && strspn(name, NAME_REST) == strlen(name) &&
	       strlen(name) < CONF_VARIABLE_NAME_MAX;
}

static const char *secret_name(const char *name)
{
	size_t prefix = sizeof(SECRET) - 1;

	return strncmp(name, SECRET, prefix) == 0 ? name + prefix : NULL;
}

/* --- one text, as a row of pieces */

enum piece_kind { PIECE_END, PIECE_TEXT, PIECE_NAME, PIECE_BROKEN };

struct piece {
	enum piece_kind kind;
	const char *text; /* literal bytes, `size` of them */
	size_t size;
	char name[NAME_MAX_BYTES];
};

/* ${NAME} at `text`; returns the bytes it takes, 0 when it is none. */
static size_t read_name(const char *text, char name[NAME_MAX_BYTES])
{
	const char *end = strchr(text, '}');
	size_t size = end ? (size_t)(end - text) - 2 : 0;

	if (size == 0 || size >= NAME_MAX_BYTES)
		return 0;
	memcpy(name, text + 2, size);
	name[size] = '\0';
	return size + 3;
}

static struct piece next_piece(const char **text)
{
	struct piece piece = {.kind = PIECE_TEXT, .text = *text};
	const char *at = *text;

	if (strncmp(at, "$${", 3) == 0) {
		piece.text = at + 1;
		piece.size = 2;
		*text = at + 3;
		return piece;
	}
	if (strncmp(at, "${", 2) == 0) {
		size_t taken = read_name(at, piece.name);

		piece.kind = taken ? PIECE_NAME : PIECE_BROKEN;
		*text = at + taken;
		return piece;
	}
	if (!*at)
		return (struct piece){.kind = PIECE_END};
	while (*at && strncmp(at, "${", 2) != 0 && strncmp(at, "$${", 3) != 0)
		at++;
	piece.size = (size_t)(at - *text);
	*text = at;
	return piece;
}

static bool is_possible(const char *name)
{
	const char *secret = secret_name(name);

	if (secret)
		return conf_expand_is_name(secret);
	return conf_expand_is_name(name) || find_built_in(name) >= 0;
}

int conf_expand_check_text(const char *text, struct err *err)
{
	if (strlen(text) > CONF_EXPANDED_MAX)
		return err_set(err, EINVAL, "more than %d bytes", CONF_EXPANDED_MAX);
	for (;;) {
		struct piece piece = next_piece(&text);

		if (piece.kind == PIECE_END)
			return 0;
		if (piece.kind == PIECE_BROKEN)
			return err_set(err, EINVAL, "%s is not ${NAME}; $${ stands for ${ itself",
					log_quote(text));
		if (piece.kind == PIECE_NAME && !is_possible(piece.name))
			return err_set(err, EINVAL,
					"%s is no name of a variable: a-z, 0-9 and _, a letter "
					"first, "
					"or device.name, device.id, device.serial, device.mac, "
					"site.name, tenant.name, secret.NAME",
					log_quote(piece.name));
	}
}

static const char *value_of(const char *name, const cJSON *variables,
		const struct conf_facts *facts)
{
	const char *secret = secret_name(name), *value;
	int at = find_built_in(name);

	if (secret)
		return facts->secret ? facts->secret(facts->data, secret) : NULL;
	if (at < 0) {
		const cJSON *variable = cJSON_GetObjectItemCaseSensitive(variables, name);

		return cJSON_IsString(variable) ? variable->valuestring : NULL;
	}
	memcpy(&value, (const char *)facts + built_in[at].offset, sizeof(value));
	return value;
}

static int refuse_unknown(const char *name, struct err *err)
{
	if (secret_name(name))
		return err_set(err, EBADMSG, "there is no secret \"%s\" here", secret_name(name));
	return err_set(err, EBADMSG, "no layer sets the variable \"%s\"", name);
}

static void end_array(struct array *array)
{
	if (array->data)
		text_wipe(array->data, array->capacity);
	array_finish(array);
}

static int expand_into(struct array *out, const char *text, const cJSON *variables,
		const struct conf_facts *facts, struct err *err)
{
	int r = 0;

	while (r == 0) {
		struct piece piece = next_piece(&text);
		const char *value = NULL;

		if (piece.kind == PIECE_END)
			return array_append(out, "", 1);
		if (piece.kind == PIECE_BROKEN)
			return err_set(err, EBADMSG, "%s is not ${NAME}", log_quote(text));
		if (piece.kind == PIECE_NAME) {
			value = value_of(piece.name, variables, facts);
			if (!value)
				return refuse_unknown(piece.name, err);
			r = array_append(out, value, strlen(value));
		} else {
			r = array_append(out, piece.text, piece.size);
		}
	}
	return r;
}

int conf_expand_text(const char *text, const cJSON *variables, const struct conf_facts *facts,
		char **ret, struct err *err)
{
	struct array out = {.max = CONF_EXPANDED_MAX + 1};
	int r = expand_into(&out, text, variables, facts, err);

	if (r == -EMSGSIZE)
		r = err_set(err, EBADMSG, "becomes longer than %d bytes", CONF_EXPANDED_MAX);
	if (r < 0) {
		end_array(&out);
		return r;
	}
	*ret = (char *)out.data;
	return 0;
}

char *conf_expand_escape(const char *text)
{
	char *escaped = own_alloc(2 * strlen(text) + 1), *at = escaped;

	for (; *text; text++) {
		if (strncmp(text, "${", 2) == 0)
			*at++ = '$';
		*at++ = *text;
	}
	*at = '\0';
	return escaped;
}

/* --- all texts of a document */

/* The way from the root to a text; members and items alike. */
struct walk {
	cJSON *at[JSON_DEPTH_MAX + 1];
	unsigned depth;
};

/* The next text with a ${, or NULL. at[0] is the root. */
static cJSON *next_text(struct walk *walk)
{
	for (;;) {
		cJSON *node = walk->at[walk->depth];

		if (node->child && walk->depth < JSON_DEPTH_MAX) {
			walk->at[++walk->depth] = node->child;
		} else {
			while (walk->depth > 0 && !walk->at[walk->depth]->next)
				walk->depth--;
			if (walk->depth == 0)
				return NULL;
			walk->at[walk->depth] = walk->at[walk->depth]->next;
		}
		node = walk->at[walk->depth];
		/* What a document says about variables is not a text of a config. */
		if (walk->depth == 1 && node->string && strcmp(node->string, CONF_VARIABLES) == 0) {
			if (!node->next)
				return NULL;
			walk->at[1] = node->next;
			node = node->next;
		}
		if (cJSON_IsString(node) && strstr(node->valuestring, "${"))
			return node;
	}
}

static void path_of(const struct walk *walk, char path[JSON_PATH_MAX])
{
	size_t at = 0;

	path[0] = '\0';
	for (unsigned i = 1; i <= walk->depth; i++) {
		const cJSON *item = walk->at[i - 1]->child;
		unsigned index = 0;
		int r;

		for (; item && item != walk->at[i]; item = item->next)
			index++;
		if (walk->at[i]->string)
			r = text_format(path + at, JSON_PATH_MAX - at, "%s%s", at ? "." : "",
					walk->at[i]->string);
		else
			r = text_format(path + at, JSON_PATH_MAX - at, "[%u]", index);
		if (r < 0)
			return;
		at = strlen(path);
	}
}

static void note_names(const char *text, unsigned *uses, void (*fn)(void *, const char *),
		void *data)
{
	for (;;) {
		struct piece piece = next_piece(&text);

		if (piece.kind == PIECE_END || piece.kind == PIECE_BROKEN)
			return;
		if (piece.kind != PIECE_NAME)
			continue;
		const char *secret = secret_name(piece.name);
		int at = find_built_in(piece.name);
		if (secret)
			*uses |= CONF_USES_SECRETS;
		if (secret && fn)
			fn(data, secret);
		if (at >= 0 && built_in[at].is_of_device)
			*uses |= CONF_USES_DEVICE;
	}
}

static unsigned look(const cJSON *document, void (*fn)(void *, const char *), void *data)
{
	struct walk walk = {.at = {(cJSON *)document}};
	unsigned uses = 0;

	for (const cJSON *text; (text = next_text(&walk));) {
		uses |= CONF_USES_TEMPLATES;
		note_names(text->valuestring, &uses, fn, data);
	}
	return uses;
}

unsigned conf_expand_uses(const cJSON *document)
{
	return look(document, NULL, NULL);
}

void conf_expand_secrets(const cJSON *document, void (*fn)(void *data, const char *name),
		void *data)
{
	(void)look(document, fn, data);
}

static int expand_all(cJSON *document, const cJSON *variables, const struct conf_facts *facts,
		struct err *err)
{
	struct walk walk = {.at = {document}};
	char path[JSON_PATH_MAX];
	size_t sum = 0;

	for (cJSON *text; (text = next_text(&walk));) {
		char *expanded = NULL;
		int r = conf_expand_text(text->valuestring, variables, facts, &expanded, err);

		if (r == 0 && (sum += strlen(expanded)) > CONF_EXPANDED_SUM_MAX)
			r = err_set(err, EBADMSG, "the config becomes too large here");
		if (r == 0) {
			free(text->valuestring);
			text->valuestring = expanded;
			continue;
		}
		free(expanded);
		path_of(&walk, path);
		return err_prefix(err, r, "%s", path);
	}
	return 0;
}

int conf_expand(cJSON *document, const struct conf_facts *facts, struct err *err)
{
	OWNED(json)
	cJSON *variables = cJSON_DetachItemFromObjectCaseSensitive(document, CONF_VARIABLES);

	return expand_all(document, variables, facts, err);
}

/* --- the variables of a layer */

static int check_variable(const cJSON *variable, struct err *err)
{
	const char *name = variable->string;

	if (!conf_expand_is_name(name))
		return err_set(err, EINVAL,
				CONF_VARIABLES
				": %s is no name: a-z, 0-9 and _, a letter first, at "
				"most %d",
				log_quote(name), CONF_VARIABLE_NAME_MAX - 1);
	if (cJSON_IsNull(variable))
		return 0;
	if (!cJSON_IsString(variable))
		return err_set(err, EINVAL, CONF_VARIABLES ".%s: is not a text", name);
	if (strlen(variable->valuestring) >= CONF_VARIABLE_TEXT_MAX)
		return err_set(err, EINVAL, CONF_VARIABLES ".%s: longer than %d bytes", name,
				CONF_VARIABLE_TEXT_MAX - 1);
	if (text_has_control(variable->valuestring, "\n"))
		return err_set(err, EINVAL, CONF_VARIABLES ".%s: has a control character", name);
	if (strstr(variable->valuestring, "${"))
		return err_set(err, EINVAL,
				CONF_VARIABLES
				".%s: a variable stands for a plain text, without ${",
				name);
	return 0;
}

int conf_expand_check_variables(const cJSON *variables, struct err *err)
{
	unsigned count = 0;
	const cJSON *variable;

	if (cJSON_IsNull(variables))
		return 0;
	if (!cJSON_IsObject(variables))
		return err_set(err, EINVAL, CONF_VARIABLES ": is not an object of names and texts");
	cJSON_ArrayForEach(variable, variables) {
		int r = check_variable(variable, err);

		if (r < 0)
			return r;
		if (++count > CONF_VARIABLES_MAX)
			return err_set(err, EINVAL, CONF_VARIABLES ": more than %d",
					CONF_VARIABLES_MAX);
	}
	return 0;
}
