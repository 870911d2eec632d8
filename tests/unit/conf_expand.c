// SPDX-License-Identifier: Apache-2.0
#include "conf/expand.h"

#include <errno.h>

#include "conf/json.h"
#include "conf/merge.h"
#include "conf/parse.h"
#include "unit/test.h"

static cJSON *parse(const char *text)
{
	cJSON *tree = NULL;

	if (json_parse(text, strlen(text), &tree, NULL) < 0)
		printf("the test's own JSON is wrong: %s\n", text);
	return tree;
}

static const char *secret(void *data, const char *name)
{
	(void)data;
	return strcmp(name, "wifi") == 0 ? "${a} and ${secret.wifi}" : NULL;
}

static const struct conf_facts facts = {
		.device_name = "SKO-${a}",
		.device_id = "k7qf",
		.device_serial = "S1",
		.device_mac = "",
		.site_name = "Skovby Skole",
		.tenant_name = "Midtby",
		.secret = secret,
};

/* What a text becomes, or the error. */
static const struct {
	const char *text, *result;
} texts[] = {
		{"", ""},
		{"plain $ { } $5 $$ {a}", "plain $ { } $5 $$ {a}"},
		{"${a}", "one"},
		{"<${a}${b_2}>", "<onetwo>"},
		{"$${a}", "${a}"},
		{"$$${a}", "$${a}"},
		{"$${${a}$${", "${one${"},
		{"${device.name} ${device.id} ${device.serial}${device.mac}", "SKO-${a} k7qf S1"},
		{"${site.name}/${tenant.name}", "Skovby Skole/Midtby"},
		{"${secret.wifi}", "${a} and ${secret.wifi}"},
		{"${secret.other}", "there is no secret \"other\" here"},
		{"${gone}", "no layer sets the variable \"gone\""},
		{"${empty}", ""},
		{"${A}", "no layer sets the variable \"A\""},
		{"${", "\"${\" is not ${NAME}"},
		{"x${}", "\"${}\" is not ${NAME}"},
		{"${a", "\"${a\" is not ${NAME}"},
};

static void test_texts(void)
{
	OWNED(json) cJSON *variables = parse("{\"a\":\"one\",\"b_2\":\"two\",\"empty\":\"\"}");

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		TEST(texts[i].text) {
			OWNED(memory) char *got = NULL;
			struct err err = {""};
			int r = conf_expand_text(texts[i].text, variables, &facts, &got, &err);

			CHECK(r == 0 || r == -EBADMSG);
			CHECK_TEXT(r == 0 ? got : err.text, texts[i].result);
		}
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		TEST("what is escaped comes back as it was") {
			OWNED(memory) char *escaped = conf_expand_escape(texts[i].text);
			OWNED(memory) char *got = NULL;

			CHECK(conf_expand_text(escaped, NULL, &facts, &got, NULL) == 0);
			CHECK_TEXT(got, texts[i].text);
		}
}

static void test_document(void)
{
	TEST("texts anywhere are expanded, keys and variables are not, and variables go") {
		OWNED(json)
		cJSON *tree = parse(
				"{\"variables\":{\"a\":\"1\",\"b\":\"2\"},\"x\":\"${a}\",\"${a}\":{"
				"\"y\":[\"${b}\",[\"-${a}\"],3]},\"z\":null,\"w\":{}}");
		struct err err;

		CHECK(conf_expand_uses(tree) == CONF_USES_TEMPLATES);
		CHECK(conf_expand(tree, &facts, &err) == 0);
		OWNED(memory) char *text = json_print(tree);
		CHECK_TEXT(text, "{\"x\":\"1\",\"${a}\":{\"y\":[\"2\",[\"-1\"],3]},\"z\":null,"
				 "\"w\":{}}");
		CHECK(conf_expand_uses(tree) == 0);
	}
	TEST("a document without templates costs nothing and stays") {
		OWNED(json)
		cJSON *tree = parse("{\"a\":{\"b\":\"c\"},\"variables\":{\"v\":\"w\"}}");

		CHECK(conf_expand_uses(tree) == 0);
		CHECK(conf_expand(tree, &facts, NULL) == 0);
		OWNED(memory) char *text = json_print(tree);
		CHECK_TEXT(text, "{\"a\":{\"b\":\"c\"}}");
	}
	TEST("what a document uses") {
		OWNED(json) cJSON *device = parse("{\"a\":\"${device.mac}\"}");
		OWNED(json) cJSON *site = parse("{\"a\":[\"${site.name}\"]}");
		OWNED(json) cJSON *hidden = parse("{\"a\":\"x ${secret.wifi}\"}");
		OWNED(json) cJSON *literal = parse("{\"a\":\"$${device.mac}\"}");

		CHECK(conf_expand_uses(device) == (CONF_USES_TEMPLATES | CONF_USES_DEVICE));
		CHECK(conf_expand_uses(site) == CONF_USES_TEMPLATES);
		CHECK(conf_expand_uses(hidden) == (CONF_USES_TEMPLATES | CONF_USES_SECRETS));
		CHECK(conf_expand_uses(literal) == CONF_USES_TEMPLATES);
	}
	TEST("an error has the path") {
		OWNED(json) cJSON *tree = parse("{\"a\":{\"b\":[\"x\",\"${nobody}\"]}}");
		struct err err;

		CHECK(conf_expand(tree, &facts, &err) == -EBADMSG);
		CHECK_TEXT(err.text, "a.b[1]: no layer sets the variable \"nobody\"");
	}
}

static void test_limits(void)
{
	char value[CONF_VARIABLE_TEXT_MAX];

	memset(value, 'v', sizeof(value));
	value[sizeof(value) - 1] = '\0';
	TEST("a text that grows beyond its limit is refused") {
		OWNED(json) cJSON *variables = json_new_object();
		OWNED(memory) char *got = NULL;
		char text[5 * 40 + 1] = "";
		struct err err;

		json_put_text(variables, "a", value);
		for (unsigned i = 0; i < 40; i++)
			strcat(text, "${a}");
		CHECK(conf_expand_text(text, variables, &facts, &got, &err) == -EBADMSG);
		CHECK_TEXT(err.text, "becomes longer than 16384 bytes");
	}
	TEST("a document that grows beyond its limit is refused") {
		OWNED(json) cJSON *tree = json_new_object();
		cJSON *list = json_put_list(tree, "l");
		struct err err;

		json_put_text(json_put_object(tree, CONF_VARIABLES), "a", value);
		for (unsigned i = 0; i < 600; i++)
			json_append_text(list, "${a}");
		CHECK(conf_expand(tree, &facts, &err) == -EBADMSG);
		CHECK_TEXT(err.text, "l[524]: the config becomes too large here");
	}
}

/* Layers as people write them: "" is accepted. */
static const struct {
	const char *layer, *error;
} layers[] = {
		{"{\"variables\":{\"a\":\"x\",\"b_1\":\"\",\"c\":null}}", ""},
		{"{\"variables\":null}", ""},
		{"{\"variables\":{\"A\":\"x\"}}", "variables: \"A\" is no name: a-z, 0-9 and _, a "
						  "letter first, at most 63"},
		{"{\"variables\":{\"device.name\":\"x\"}}", "variables: \"device.name\" is no "
							    "name: a-z, 0-9 and _, a letter first, "
							    "at most 63"},
		{"{\"variables\":{\"a\":5}}", "variables.a: is not a text"},
		{"{\"variables\":[]}", "variables: is not an object of names and texts"},
		{"{\"variables\":{\"a\":\"${b}\"}}",
				"variables.a: a variable stands for a plain text, without ${"},
		{"{\"variables\":{\"a\":\"\\u0007\"}}", "variables.a: has a control character"},
		{"{\"locks\":{\"variables.a\":true,\"variables\":true}}", ""},
		{"{\"desktops\":{\"main\":{\"host\":\"${rds}\",\"name\":\"${site.name} $${\"}}}",
				""},
		{"{\"keyboard\":{\"layout\":\"${l}\",\"num_lock\":\"${n}\"},\"branding\":{"
		 "\"accent\":\"$"
		 "{c}\"}}",
				""},
		{"{\"helpdesk\":{\"phone\":\"${device.colour}\"}}",
				"helpdesk.phone: \"device.colour\" is no name of a variable: a-z, "
				"0-9 and "
				"_, a letter first, or device.name, device.id, device.serial, "
				"device.mac, "
				"site.name, tenant.name, secret.NAME"},
		{"{\"helpdesk\":{\"phone\":\"12 ${\"}}",
				"helpdesk.phone: \"${\" is not ${NAME}; $${ stands for ${ itself"},
		{"{\"helpdesk\":{\"phone\":\"${a}\\n\"}}",
				"helpdesk.phone: has a control character"},
		{"{\"desktops\":{\"main\":{\"port\":\"${port}\"}}}",
				"desktops.main.port: a text where a whole number was expected"},
};

static void test_layers(void)
{
	for (size_t i = 0; i < sizeof(layers) / sizeof(layers[0]); i++)
		TEST(layers[i].layer) {
			OWNED(json) cJSON *tree = parse(layers[i].layer);
			struct err err = {""};

			CHECK((conf_layer_check(tree, &err) == 0) == !layers[i].error[0]);
			CHECK_TEXT(err.text, layers[i].error);
		}
	TEST("a locked variable stands, nearer ones win else") {
		OWNED(json)
		cJSON *first = parse(
				"{\"variables\":{\"a\":\"1\",\"b\":\"1\"},\"locks\":{\"variables."
				"a\":true},\"t\":\"${a}${b}\"}");
		OWNED(json) cJSON *second = parse("{\"variables\":{\"a\":\"2\",\"b\":\"2\"}}");
		const struct conf_layer both[] = {{"organisation", first}, {"site/x", second}};
		OWNED(json) cJSON *merged = conf_merge_layers(both, 2);

		CHECK(conf_expand(merged, &facts, NULL) == 0);
		OWNED(memory) char *text = json_print(merged);
		CHECK_TEXT(text, "{\"t\":\"12\"}");
	}
}

int main(void)
{
	test_texts();
	test_document();
	test_limits();
	test_layers();
	TEST_END();
}
