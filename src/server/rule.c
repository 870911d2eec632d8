/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree becomes an array in which everything stands behind what it is part of. From the end to
 * the start each condition is judged and folded into its parent, which is judged later.
 */
#include "server/rule.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { PATH_MAX_TEXT = 160, FOUND_MAX = 64, LIST_MAX = 64, TEXT_MAX = 128 };

enum op { ALL, ANY, NOT, IS, IN, STARTS, CONTAINS, AT_LEAST, AT_MOST, EXISTS };

static const struct {
	const char *word;
	enum op op;
} ops[] = {{"all", ALL}, {"any", ANY}, {"not", NOT}, {"is", IS}, {"in", IN}, {"starts", STARTS},
		{"contains", CONTAINS}, {"at_least", AT_LEAST}, {"at_most", AT_MOST},
		{"exists", EXISTS}};

struct node {
	const cJSON *tree;
	enum op op;
	const char *field;  /* of a comparison */
	const cJSON *value; /* of a comparison */
	unsigned parent, depth;
	char path[PATH_MAX_TEXT];
};

struct rule {
	unsigned count, uses;
	struct node nodes[RULE_NODES_MAX];
};

static int refuse(const struct node *node, const char *why, struct err *err)
{
	return err_set(err, EINVAL, "%s: %s", node->path, why);
}

static int add(struct rule *rule, const cJSON *tree, unsigned parent, const char *key, int index,
		struct err *err)
{
	struct node *over = &rule->nodes[parent], *node = &rule->nodes[rule->count];

	if (rule->count == RULE_NODES_MAX)
		return refuse(over, "more than 64 conditions in all", err);
	if (over->depth + 1 > RULE_DEPTH_MAX)
		return refuse(over, "more than 6 levels of conditions", err);
	*node = (struct node){.tree = tree, .parent = parent, .depth = over->depth + 1};
	(void)(index < 0 ? text_format(node->path, sizeof(node->path), "%s.%s", over->path, key)
			 : text_format(node->path, sizeof(node->path), "%s.%s[%d]", over->path, key,
					   index));
	rule->count++;
	return 0;
}

static int add_list(struct rule *rule, unsigned parent, const cJSON *list, const char *key,
		struct err *err)
{
	int index = 0, r = 0;

	if (!list || !cJSON_IsArray(list) || !list->child)
		return refuse(&rule->nodes[parent], "a list of conditions is expected", err);
	for (const cJSON *item = list->child; item && r == 0; item = item->next)
		r = add(rule, item, parent, key, index++, err);
	return r;
}

static int read_field(struct rule *rule, struct node *node, const cJSON *field, struct err *err)
{
	static const struct {
		const char *word;
		unsigned use;
	} roots[] = {{"device.", RULE_USES_DEVICE}, {"hardware.", RULE_USES_HARDWARE},
			{"report.", RULE_USES_REPORT}, {"inventory.", RULE_USES_INVENTORY}};

	if (!cJSON_IsString(field) || strlen(field->valuestring) >= RULE_FIELD_MAX ||
			strstr(field->valuestring, "..") ||
			field->valuestring[strlen(field->valuestring) - 1] == '.')
		return refuse(node, "\"field\" is to be a path like inventory.machine.model", err);
	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		if (strncmp(field->valuestring, roots[i].word, strlen(roots[i].word)) != 0)
			continue;
		rule->uses |= roots[i].use;
		node->field = field->valuestring;
		return 0;
	}
	return refuse(node, "\"field\" begins with device., hardware., report. or inventory.", err);
}

static bool is_scalar(const cJSON *value)
{
	return cJSON_IsNumber(value) || cJSON_IsBool(value) ||
	       (cJSON_IsString(value) && strlen(value->valuestring) < TEXT_MAX);
}

static int check_value(const struct node *node, struct err *err)
{
	const cJSON *value = node->value;
	bool is_text = cJSON_IsString(value) && strlen(value->valuestring) < TEXT_MAX;

	switch (node->op) {
	case IS:
		return is_scalar(value) ? 0
		                        : refuse(node, "\"is\" wants a text, a number or a boolean",
							  err);
	case STARTS:
	case CONTAINS:
		return is_text && value->valuestring[0] ? 0
		                                        : refuse(node, "a text is expected", err);
	case AT_LEAST:
	case AT_MOST:
		return is_text || cJSON_IsNumber(value)
		                       ? 0
		                       : refuse(node, "a number or a version is expected", err);
	case EXISTS:
		return cJSON_IsBool(value) ? 0 : refuse(node, "\"exists\" is true or false", err);
	default:
		break;
	}
	if (!value || !cJSON_IsArray(value) || !value->child ||
			cJSON_GetArraySize(value) > LIST_MAX)
		return refuse(node, "\"in\" wants a list of 1 to 64 values", err);
	for (const cJSON *item = value->child; item; item = item->next)
		if (!is_scalar(item))
			return refuse(node, "\"in\" wants texts, numbers and booleans", err);
	return 0;
}

static int find_op(struct node *node, const cJSON **ret, const cJSON **field, struct err *err)
{
	unsigned members = 0, found = 0;

	for (const cJSON *member = node->tree->child; member; member = member->next, members++) {
		if (strcmp(member->string, "field") == 0)
			*field = member;
		for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
			if (strcmp(member->string, ops[i].word) != 0)
				continue;
			node->op = ops[i].op;
			*ret = member;
			found++;
		}
	}
	bool is_logic = node->op <= NOT;
	if (found != 1 || members != (is_logic ? 1 : 2) || !*field != is_logic)
		return refuse(node,
				"expected is one of all, any, not; or field with one of is, in, "
				"starts, contains, at_least, at_most, exists",
				err);
	return 0;
}

static int compile_node(struct rule *rule, unsigned index, struct err *err)
{
	struct node *node = &rule->nodes[index];
	const cJSON *value = NULL, *field = NULL;

	if (!cJSON_IsObject(node->tree))
		return refuse(node, "an object is expected", err);
	int r = find_op(node, &value, &field, err);
	if (r < 0)
		return r;
	if (node->op == NOT)
		return add(rule, value, index, "not", -1, err);
	if (node->op <= ANY)
		return add_list(rule, index, value, node->op == ALL ? "all" : "any", err);
	node->value = value;
	r = read_field(rule, node, field, err);
	return r < 0 ? r : check_value(node, err);
}

int rule_compile(const cJSON *tree, struct rule **ret, struct err *err)
{
	OWNED(rule) struct rule *rule = own_alloc(sizeof(*rule));

	rule->nodes[0] = (struct node){.tree = tree, .depth = 1, .path = "rule"};
	rule->count = 1;
	for (unsigned i = 0; i < rule->count; i++) {
		int r = compile_node(rule, i, err);

		if (r < 0)
			return r;
	}
	*ret = own_take(rule);
	return 0;
}

void rule_destroy(struct rule *rule)
{
	free(rule);
}

unsigned rule_uses(const struct rule *rule)
{
	return rule->uses;
}

/* --- judging */

struct found {
	unsigned count;
	const cJSON *values[FOUND_MAX];
};

/* An array stands for its items. */
static void keep(struct found *found, const cJSON *value)
{
	bool is_list = cJSON_IsArray(value);
	const cJSON *item = is_list ? value->child : value;

	while (item && found->count < FOUND_MAX) {
		if (!cJSON_IsNull(item))
			found->values[found->count++] = item;
		item = is_list ? item->next : NULL;
	}
}

static void find(const cJSON *facts, const char *field, struct found *found)
{
	found->count = 0;
	keep(found, facts);
	while (*field && found->count) {
		struct found next = {0};
		char word[RULE_FIELD_MAX];
		size_t length = strcspn(field, ".");

		memcpy(word, field, length);
		word[length] = '\0';
		for (unsigned i = 0; i < found->count; i++) {
			const cJSON *member =
					cJSON_IsObject(found->values[i])
							? cJSON_GetObjectItemCaseSensitive(
									  found->values[i], word)
							: NULL;
			if (member)
				keep(&next, member);
		}
		*found = next;
		field += length + (field[length] == '.');
	}
}

/* Texts of hardware come in any case. */
static bool equals(const cJSON *value, const cJSON *wanted)
{
	if (cJSON_IsString(value) && cJSON_IsString(wanted))
		return strcasecmp(value->valuestring, wanted->valuestring) == 0;
	if (cJSON_IsNumber(value) && cJSON_IsNumber(wanted))
		return value->valuedouble <= wanted->valuedouble &&
		       value->valuedouble >= wanted->valuedouble;
	return cJSON_IsBool(value) && cJSON_IsBool(wanted) &&
	       cJSON_IsTrue(value) == cJSON_IsTrue(wanted);
}

/* -1, 0, 1; texts as versions: 1.9 is below 1.10. *is_comparable is false for other kinds. */
static int compare(const cJSON *value, const cJSON *wanted, bool *is_comparable)
{
	*is_comparable = true;
	if (cJSON_IsNumber(value) && cJSON_IsNumber(wanted))
		return (value->valuedouble > wanted->valuedouble) -
		       (value->valuedouble < wanted->valuedouble);
	if (cJSON_IsString(value) && cJSON_IsString(wanted))
		return strverscmp(value->valuestring, wanted->valuestring);
	*is_comparable = false;
	return 0;
}

static bool fits(const struct node *node, const cJSON *value)
{
	const cJSON *wanted = node->value;
	bool is_comparable;
	int order;

	switch (node->op) {
	case IS:
		return equals(value, wanted);
	case IN:
		for (const cJSON *item = wanted->child; item; item = item->next)
			if (equals(value, item))
				return true;
		return false;
	case STARTS:
		return cJSON_IsString(value) && strncasecmp(value->valuestring, wanted->valuestring,
								strlen(wanted->valuestring)) == 0;
	case CONTAINS:
		return cJSON_IsString(value) && strcasestr(value->valuestring, wanted->valuestring);
	case AT_LEAST:
	case AT_MOST:
		order = compare(value, wanted, &is_comparable);
		return is_comparable && (node->op == AT_LEAST ? order >= 0 : order <= 0);
	default:
		return true;
	}
}

static bool judge(const struct node *node, const cJSON *facts)
{
	struct found found;

	find(facts, node->field, &found);
	if (node->op == EXISTS)
		return (found.count > 0) == cJSON_IsTrue(node->value);
	for (unsigned i = 0; i < found.count; i++)
		if (fits(node, found.values[i]))
			return true;
	return false;
}

bool rule_holds(const struct rule *rule, const cJSON *facts)
{
	bool results[RULE_NODES_MAX];

	for (unsigned i = 0; i < rule->count; i++)
		results[i] = rule->nodes[i].op == ALL || rule->nodes[i].op == NOT;
	for (unsigned i = rule->count; i-- > 0;) {
		const struct node *node = &rule->nodes[i];

		if (node->op > NOT)
			results[i] = judge(node, facts);
		if (i == 0)
			break;
		switch (rule->nodes[node->parent].op) {
		case ALL:
			results[node->parent] &= results[i];
			break;
		case ANY:
			results[node->parent] |= results[i];
			break;
		default:
			results[node->parent] = !results[i];
		}
	}
	return results[0];
}
