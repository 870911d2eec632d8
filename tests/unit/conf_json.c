// SPDX-License-Identifier: Apache-2.0
#include "conf/json.h"

#include <errno.h>
#include <stdlib.h>

#include "unit/test.h"

struct bad {
	const char *text;
	const char *says; /* part of the message */
};

static const struct bad bad_texts[] = {
		{"", "the text ends where a value was expected"},
		{"   ", "the text ends"},
		{"{", "the text ends too early"},
		{"{\"a\":", "a: the text ends where a value was expected"},
		{"{\"a\":1", "a: the text ends too early"},
		{"{\"a\"", "a colon was expected"},
		{"{\"a\" 1}", "a colon was expected"},
		{"{a:1}", "a key in quotes"},
		{"{'a':1}", "a key in quotes"},
		{"{\"a\":1,}", "a key in quotes"},
		{"[1,]", "[1]: a value was expected"},
		{"[1 2]", "[0]: a comma or the closing bracket"},
		{"[1}", "a comma or the closing bracket"},
		{"{\"a\":{\"b\":tru}}", "a.b: a value was expected"},
		{"{} x", "bytes after the end"},
		{"{}{}", "bytes after the end"},
		{"{}]", "bytes after the end"},
		{"// why\n{}", "a value was expected"},
		{"\xef\xbb\xbf{}", "a value was expected"},
		{"NaN", "a value was expected"},
		{"-Infinity", "not a number"},
		{"01", "not a number"},
		{"-", "not a number"},
		{"1.", "digits belong behind the point"},
		{".5", "a value was expected"},
		{"+1", "a value was expected"},
		{"1e", "digits belong behind the e"},
		{"0x10", "bytes after the end"},
		{"{\"a\":{\"b\":1e400}}", "a.b: a number that is too large"},
		{"[1,9007199254740993]", "[1]: a number that is too large"},
		{"-1e300", "too large"},
		{"123456789012345678901234567890123", "too many digits"},
		{"\"a\nb\"", "a control byte"},
		{"\"a", "without its closing quote"},
		{"\"\\x41\"", "not an escape"},
		{"\"\\", "not an escape"},
		{"\"\\u12g4\"", "four hex digits"},
		{"\"\\u12", "four hex digits"},
		{"{\"a\":\"x\\u0000y\"}", "a: \\u0000 is not allowed"},
		{"{\"x\\u0000y\":1}", "\\u0000 is not allowed"},
		{"\"\\ud800\"", "half of a surrogate pair"},
		{"\"\\ud800\\n\"", "half of a surrogate pair"},
		{"\"\\ud800\\ud800\"", "half of a surrogate pair"},
		{"\"\\udc00\\ud800\"", "half of a surrogate pair"},
		{"{\"a\":[0,\"\xff\"]}", "a[1]: a text that is not valid UTF-8"},
		{"\"\xc0\x80\"", "not valid UTF-8"},
		{"\"\xed\xa0\x80\"", "not valid UTF-8"},
		{"{\"a\":1,\"a\":2}", "a: this key occurs twice"},
		{"{\"x\":[{},{\"b\":1,\"c\":2,\"b\":1}]}", "x[1].b: this key occurs twice"},
		{"{\"a\":1,\"\\u0061\":2}", "a: this key occurs twice"},
		{"[{\"a.b\":tru}]", "[0].\"a.b\": a value"},
};

static void test_bad(void)
{
	for (size_t i = 0; i < sizeof(bad_texts) / sizeof(bad_texts[0]); i++) {
		cJSON *tree = NULL;
		struct err err = {""};

		TEST(bad_texts[i].text) {
			int r = json_parse(bad_texts[i].text, strlen(bad_texts[i].text), &tree,
					&err);
			CHECK_INT(r, -EINVAL);
			CHECK(tree == NULL);
			CHECK_HAS(err.text, bad_texts[i].says);
		}
	}
	TEST("a NUL byte inside of the given size is refused") {
		cJSON *tree = NULL;
		CHECK_INT(json_parse("{}\0{}", 5, &tree, NULL), -EINVAL);
		CHECK_INT(json_parse("\"a\0b\"", 5, &tree, NULL), -EINVAL);
	}
}

static void test_good(void)
{
	static const char *const texts[] = {
			"null",
			"true",
			"0",
			"-0",
			"-12.5e+3",
			"\"\"",
			"[]",
			"{}",
			"[[],[[]],{}]",
			"{\"a\":{\"b\":[1,2,{\"c\":null}]},\"\":\"x\"}",
			"999999999999999",
			"\"\\u00e6\\ud83d\\ude00\\\"\\/\\b\"",
			"{\"a\":1,\"A\":2}",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		TEST(texts[i]) {
			OWNED(json) cJSON *tree = NULL, *again = NULL;
			CHECK_INT(json_parse(texts[i], strlen(texts[i]), &tree, NULL), 0);
			OWNED(memory) char *printed = json_print(tree);
			CHECK_INT(json_parse(printed, strlen(printed), &again, NULL), 0);
			CHECK(cJSON_Compare(tree, again, true));
		}
	TEST("white space around everything") {
		OWNED(json) cJSON *tree = NULL;
		const char *text = " \t\r\n{ \"a\" : [ 1 , 2 ] } \n";
		CHECK_INT(json_parse(text, strlen(text), &tree, NULL), 0);
		OWNED(memory) char *printed = json_print(tree);
		CHECK_TEXT(printed, "{\"a\":[1,2]}");
	}
	TEST("canonical: members of every object sorted, arrays as they are, the tree unchanged") {
		OWNED(json) cJSON *tree = NULL;
		const char *text =
				"{\"b\":[2,1,{\"z\":1,\"y\":{}}],\"a\":{\"d\":1,\"c\":[]},\"A\":0}";
		CHECK_INT(json_parse(text, strlen(text), &tree, NULL), 0);
		OWNED(memory) char *sorted = json_print_canonical(tree), *same = json_print(tree);
		CHECK_TEXT(sorted, "{\"A\":0,\"a\":{\"c\":[],\"d\":1},\"b\":[2,1,{\"y\":{},\"z\":1}"
				   "]}");
		CHECK_TEXT(same, text);
	}
	TEST("the largest whole number comes back exactly") {
		OWNED(json) cJSON *tree = json_new_object();
		json_put_whole(tree, "n", JSON_WHOLE_MAX);
		json_put_whole(tree, "m", -JSON_WHOLE_MAX);
		OWNED(memory) char *printed = json_print(tree);
		CHECK_TEXT(printed, "{\"n\":999999999999999,\"m\":-999999999999999}");
	}
}

/* `count` times `open`, then `middle`. */
static size_t repeat(char *text, const char *open, size_t count, const char *middle)
{
	size_t size = strlen(open), at = 0;

	for (size_t i = 0; i < count; i++, at += size)
		memcpy(text + at, open, size);
	strcpy(text + at, middle);
	return at + strlen(middle);
}

static void test_limits(void)
{
	enum { ROOM = 100 * 1000 * 1000 };
	OWNED(memory) char *text = malloc(ROOM + 1);
	struct err err;
	cJSON *tree = NULL;

	TEST("depth 32 passes, 33 does not, 10,000 does not") {
		size_t size = repeat(text, "[", JSON_DEPTH_MAX, "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
		CHECK_INT(json_parse(text, size, &tree, &err), 0);
		cJSON_Delete(own_take(tree));
		size = repeat(text, "[", JSON_DEPTH_MAX + 1, "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
		CHECK_INT(json_parse(text, size, &tree, &err), -EINVAL);
		CHECK_HAS(err.text, "too many objects and arrays");
		size = repeat(text, "{\"a\":", 10000, "1");
		CHECK_INT(json_parse(text, size, &tree, &err), -EINVAL);
		CHECK_HAS(err.text, "a.a.a.a.a");
		CHECK_HAS(err.text, "too many objects and arrays");
	}
	TEST("100 MB are refused without a look at them") {
		memset(text, ' ', ROOM);
		CHECK_INT(json_parse(text, ROOM, &tree, &err), -EMSGSIZE);
		CHECK_HAS(err.text, "100000000 bytes");
		CHECK_INT(json_parse(text, JSON_SIZE_MAX + 1, &tree, &err), -EMSGSIZE);
	}
	TEST("an object of 100,000 keys is searched for duplicates in no time") {
		size_t at = 0;
		at += (size_t)sprintf(text, "{\"k0\":0");
		for (int i = 1; i < 100000; i++)
			at += (size_t)sprintf(text + at, ",\"k%x\":0", (unsigned)i % 99999);
		at += (size_t)sprintf(text + at, "}");
		CHECK_INT(json_parse(text, at, &tree, &err), -EINVAL);
		CHECK_TEXT(err.text, "k0: this key occurs twice");
	}
	TEST("a key longer than 256 bytes is refused, the path in the message is cut") {
		size_t at = (size_t)sprintf(text, "{\"");
		memset(text + at, 'k', JSON_KEY_MAX);
		strcpy(text + at + JSON_KEY_MAX, "\":x}");
		CHECK_INT(json_parse(text, strlen(text), &tree, &err), -EINVAL);
		CHECK_HAS(err.text, "...: a value was expected");
		strcpy(text + at + JSON_KEY_MAX, "k\":1}");
		CHECK_INT(json_parse(text, strlen(text), &tree, &err), -EINVAL);
		CHECK_HAS(err.text, "a key that is too long");
	}
}

/* One reader with every kind of value, run over one text. */
struct values {
	char name[8];
	int64_t port;
	bool is_on;
	unsigned word;
	uint8_t bytes[4];
	char list[3][8];
	unsigned count;
	unsigned objects;
};

static int read_values(const char *text, struct values *ret, struct err *err)
{
	static const char *const words[] = {"auto", "nla", "tls", NULL};
	OWNED(json) cJSON *tree = NULL;
	struct json in, list, item;
	const char *key;

	*ret = (struct values){.port = -1};
	int r = json_parse(text, strlen(text), &tree, err);
	if (r < 0)
		return r;
	json_begin(&in, tree, err);
	json_text(&in, "name", JSON_REQUIRED | JSON_FILLED, ret->name, sizeof(ret->name));
	json_whole(&in, "port", 0, 1, 65535, &ret->port);
	json_bool(&in, "on", 0, &ret->is_on);
	json_word(&in, "word", 0, words, &ret->word);
	json_hex(&in, "hex", 0, ret->bytes, 4);
	json_base64(&in, "base64", 0, ret->bytes, 4);
	if (json_enter_list(&in, "list", 0, 3, &list)) {
		while (json_next_text(&list, 0, ret->list[ret->count], 8))
			ret->count++;
		json_leave(&list);
	}
	if (json_enter_list(&in, "objects", 0, 9, &list)) {
		while (json_next_object(&list, &item)) {
			json_whole(&item, "n", JSON_REQUIRED, 0, 9, &ret->port);
			ret->objects++;
			json_leave(&item);
		}
		json_leave(&list);
	}
	if (json_enter(&in, "map", 0, &list)) {
		while (json_next_member(&list, &key, &item)) {
			json_whole(&item, "n", 0, 0, 9, &ret->port);
			if (strlen(key) > 3)
				json_refuse(&item, NULL, "a name of at most 3 letters");
			json_leave(&item);
		}
		json_leave(&list);
	}
	return json_end(&in);
}

static const struct bad bad_values[] = {
		{"[]", "an array where an object was expected"},
		{"{}", "name: is missing"},
		{"{\"name\":\"\"}", "name: must not be empty"},
		{"{\"name\":7}", "name: a number where a text was expected"},
		{"{\"name\":null}", "name: null where a text was expected"},
		{"{\"name\":\"12345678\"}", "name: is 8 bytes long, at most 7 fit"},
		{"{\"name\":\"a\\u0007\"}", "name: has a control character"},
		{"{\"name\":\"a\\n\"}", "name: has a control character"},
		{"{\"name\":\"a\",\"port\":70000}",
				"port: 70000 is not a whole number in 1..65535"},
		{"{\"name\":\"a\",\"port\":0}", "port: 0 is not a whole number in 1..65535"},
		{"{\"name\":\"a\",\"port\":-5}", "port: -5 is not"},
		{"{\"name\":\"a\",\"port\":3389.9}", "port: 3389.9 is not a whole number"},
		{"{\"name\":\"a\",\"port\":\"3389\"}",
				"port: a text where a whole number was expected"},
		{"{\"name\":\"a\",\"on\":1}", "on: a number where true or false was expected"},
		{"{\"name\":\"a\",\"word\":\"NLA\"}", "word: \"NLA\" is not one of auto, nla, tls"},
		{"{\"name\":\"a\",\"hex\":\"0011223\"}", "hex: \"0011223\" is not 8 hex digits"},
		{"{\"name\":\"a\",\"base64\":\"AAAA\"}", "base64: is not 4 bytes of base64"},
		{"{\"name\":\"a\",\"base64\":\"AAAAAAA=\"}", "base64: is not 4 bytes of base64"},
		{"{\"name\":\"a\",\"Port\":3389}", "Port: not a known key; it is written \"port\""},
		{"{\"name\":\"a\",\"colour\":3389}", "colour: not a known key"},
		{"{\"name\":\"a\",\"list\":{}}", "list: an object where an array was expected"},
		{"{\"name\":\"a\",\"list\":[\"a\",\"b\",\"c\",\"d\"]}",
				"list: more than 3 of them"},
		{"{\"name\":\"a\",\"list\":[\"a\",false]}", "list[1]: true or false where a text"},
		{"{\"name\":\"a\",\"objects\":[{\"n\":1},{\"n\":10}]}", "objects[1].n: 10 is not"},
		{"{\"name\":\"a\",\"objects\":[{\"n\":1},{\"n\":1,\"m\":1}]}",
				"objects[1].m: not a known"},
		{"{\"name\":\"a\",\"objects\":[{\"n\":1},[]]}",
				"objects[1]: an array where an object"},
		{"{\"name\":\"a\",\"objects\":[{}]}", "objects[0].n: is missing"},
		{"{\"name\":\"a\",\"map\":{\"x\":{\"n\":1},\"y\":{\"n\":11}}}",
				"map.y.n: 11 is not"},
		{"{\"name\":\"a\",\"map\":{\"x\":1}}",
				"map.x: a number where an object was expected"},
		{"{\"name\":\"a\",\"map\":{\"long\":{}}}", "map.long: a name of at most 3 letters"},
};

static void test_reading(void)
{
	struct values values;
	struct err err;

	TEST("every kind of value arrives") {
		CHECK_INT(read_values("{\"name\":\"abcdefg\",\"port\":3389.0,\"on\":true,\"word\":"
				      "\"tls\","
				      "\"hex\":\"01fF00ff\",\"list\":[\"a\",\"b\"],\"objects\":"
				      "[{\"n\":0},{\"n\":7}]}",
					  &values, &err),
				0);
		CHECK_TEXT(values.name, "abcdefg");
		CHECK_INT(values.port, 7);
		CHECK(values.is_on);
		CHECK_INT(values.word, 2);
		CHECK_INT(values.bytes[1], 255);
		CHECK_INT(values.count, 2);
		CHECK_TEXT(values.list[1], "b");
		CHECK_INT(values.objects, 2);
	}
	TEST("what is not there stays as it was") {
		CHECK_INT(read_values("{\"name\":\"a\"}", &values, &err), 0);
		CHECK_INT(values.port, -1);
	}
	for (size_t i = 0; i < sizeof(bad_values) / sizeof(bad_values[0]); i++)
		TEST(bad_values[i].text) {
			CHECK_INT(read_values(bad_values[i].text, &values, &err), -EINVAL);
			CHECK_HAS(err.text, bad_values[i].says);
		}
}

static void test_paths(void)
{
	const char *text = "{\"a\":{\"b\":[1,{\"c\":2}],\"e\":{}},\"x/y\":{\"~\":true},\"\":0}";
	OWNED(json) cJSON *tree = NULL;
	char seen[128] = "";

	TEST("a walk meets every leaf with its pointer, and the pointer leads back to it") {
		struct json_walk walk;
		CHECK_INT(json_parse(text, strlen(text), &tree, NULL), 0);
		json_walk_begin(&walk, tree);
		for (const cJSON *leaf; (leaf = json_walk_next(&walk));) {
			CHECK(json_at(tree, walk.pointer) == leaf);
			strcat(strcat(seen, walk.pointer), " ");
		}
		CHECK_TEXT(seen, "/a/b /a/e /x~1y/~0 / ");
	}
	TEST("a walk of a part stays in it; a scalar is its own leaf") {
		struct json_walk walk;
		json_walk_begin(&walk, json_at(tree, "/a"));
		CHECK(json_walk_next(&walk) == json_at(tree, "/a/b"));
		CHECK(json_walk_next(&walk) == json_at(tree, "/a/e"));
		CHECK(json_walk_next(&walk) == NULL);
		json_walk_begin(&walk, json_at(tree, "/a/b"));
		CHECK(json_walk_next(&walk) == json_at(tree, "/a/b"));
		CHECK_TEXT(walk.pointer, "");
		CHECK(json_walk_next(&walk) == NULL);
	}
	TEST("pointers of RFC 6901") {
		CHECK(json_at(tree, "") == tree);
		CHECK_INT(json_at(tree, "/a/b/1/c")->valueint, 2);
		CHECK(json_at(tree, "/a/b/01") == NULL);
		CHECK(json_at(tree, "/a/b/2") == NULL);
		CHECK(json_at(tree, "a") == NULL);
		CHECK(json_at(tree, "/A") == NULL);
		CHECK(json_at(tree, "/a~2") == NULL);
		CHECK(json_at(tree, "/a/b/0/c") == NULL);
	}
}

int main(void)
{
	test_bad();
	test_good();
	test_limits();
	test_reading();
	test_paths();
	TEST_END();
}
