// SPDX-License-Identifier: Apache-2.0
#include "conf/parse.h"

#include <errno.h>

#include "base/file.h"
#include "conf/diff.h"
#include "conf/json.h"
#include "conf/print.h"
#include "unit/test.h"

static int parse(const char *text, struct conf *ret, struct err *err)
{
	return conf_parse_text(text, strlen(text), ret, err);
}

static int check_layer(const char *text, struct err *err)
{
	OWNED(json) cJSON *tree = NULL;

	int r = json_parse(text, strlen(text), &tree, err);
	return r < 0 ? r : conf_layer_check(tree, err);
}

/* Refused as an effective config; `is_layer`: fine as a part of one. */
static const struct {
	const char *text;
	const char *says;
	bool is_layer;
} bad[] = {
		{"[]", "an array where an object was expected", false},
		{"{\"keyboard\":{\"layout\":\"dk\",\"layout\":\"us\"}}",
				"keyboard.layout: this key occurs twice", false},
		{"{\"colour\":1}", "colour: not a known key", false},
		{"{\"keyboard\":{\"Layout\":\"dk\"}}",
				"keyboard.Layout: not a known key; it is written", false},
		{"{\"desktops\":{\"a\":{\"name\":\"A\",\"host\":\"h\",\"prot\":1}}}",
				"desktops.a.prot: not a known key", false},
		{"{\"desktops\":{\"a\":{\"name\":\"A\",\"host\":\"h\",\"trust\":{\"pin\":[]}}}}",
				"desktops.a.trust.pin: not a known key", false},
		{"{\"keyboard\":7}", "keyboard: a number where an object was expected", false},
		{"{\"keyboard\":{\"layout\":7}}", "keyboard.layout: a number where a text", false},
		{"{\"keyboard\":{\"repeat_off\":0}}", "keyboard.repeat_off: a number where true or",
				false},
		{"{\"keyboard\":{\"repeat_delay_ms\":400.5}}",
				"keyboard.repeat_delay_ms: 400.5 is not a whole number in "
				"100..2000",
				false},
		{"{\"keyboard\":{\"repeat_delay_ms\":99}}", "99 is not a whole number in 100..2000",
				false},
		{"{\"keyboard\":{\"layout\":\"dk;rm\"}}",
				"keyboard.layout: \"dk;rm\" is not XKB names", false},
		{"{\"keyboard\":{\"layout\":\"\"}}", "keyboard.layout: must not be empty", false},
		{"{\"power\":{\"day_start\":\"7:00\"}}", "power.day_start: \"7:00\" is not a time",
				false},
		{"{\"power\":{\"day_start\":\"24:00\"}}", "is not a time of the day", false},
		{"{\"power\":{\"day_end\":\"12:60\"}}", "is not a time of the day", false},
		{"{\"power\":{\"day_end\":\"12-30\"}}", "is not a time of the day", false},
		{"{\"maintenance\":{\"days\":\"tue,mon\"}}", "is not days such as", false},
		{"{\"maintenance\":{\"days\":\"mon,mon\"}}", "is not days such as", false},
		{"{\"maintenance\":{\"days\":\"mon,\"}}", "is not days such as", false},
		{"{\"maintenance\":{\"days\":\"ontu\"}}", "is not days such as", false},
		{"{\"maintenance\":{\"start\":\"7:00\"}}", "is not a time of the day", false},
		{"{\"firmware\":{\"sha256\":\"9f86\"}}", "is not 64 hex digits", false},
		{"{\"firmware\":{\"when\":\"now\"}}", "firmware.when", false},
		{"{\"power\":{\"dim_percent\":5}}", "5 is not a whole number in 10..100", false},
		{"{\"keyboard\":{\"num_lock\":true}}", "true or false where a text", false},
		{"{\"keyboard\":{\"slow_keys_ms\":5001}}", "5001 is not a whole number in 0..5000",
				false},
		{"{\"mouse\":{\"speed\":101}}", "mouse.speed: 101 is not a whole number in 0..100",
				false},
		{"{\"devices\":{\"new_keyboards\":\"ask\"}}", "\"ask\" is not one of hold, allow",
				false},
		{"{\"devices\":{\"trusted_keyboards\":\"05e0\"}}",
				"devices.trusted_keyboards: \"05e0\" is not USB numbers", false},
		{"{\"devices\":{\"trusted_keyboards\":\"05e0:1200,\"}}", "is not USB numbers",
				false},
		{"{\"devices\":{\"trusted_keyboards\":\"05E0:1200\"}}", "is not USB numbers",
				false},
		{"{\"kiosk_keys\":{\"leave_session\":\"esc\"}}",
				"\"esc\" is not one of ctrl+alt+home, off", false},
		{"{\"display\":{\"width\":1e400}}", "display.width: a number that is too large",
				false},
		{"{\"display\":{\"width\":1920}}", "display.height: 1920 x 0 is no mode", true},
		{"{\"display\":{\"width\":8,\"height\":8}}", "display.width: 8 x 8 is no mode",
				true},
		{"{\"display\":{\"arrangement\":\"left\"}}",
				"display.arrangement: \"left\" is not one of extend, mirror, one",
				false},
		{"{\"display\":{\"monitors\":[]}}",
				"display.monitors: an array where an object was expected", false},
		{"{\"display\":{\"monitors\":{\"a\":{}}}}",
				"display.monitors.a: needs a maker, model, serial or connector",
				true},
		{"{\"display\":{\"monitors\":{\"a\":{\"name\":\"x\"}}}}",
				"display.monitors.a.name: not a known key", false},
		{"{\"display\":{\"monitors\":{\"A\":{\"maker\":\"DEL\"}}}}",
				"display.monitors.A: an id has a-z", false},
		{"{\"display\":{\"monitors\":{\"a\":{\"maker\":\"DEL\",\"x\":0}}}}",
				"display.monitors.a.y: is missing", true},
		{"{\"display\":{\"monitors\":{\"a\":{\"maker\":\"DEL\",\"y\":-1}}}}",
				"display.monitors.a.x: is missing", true},
		{"{\"display\":{\"monitors\":{\"a\":{\"maker\":\"DEL\",\"x\":40000,\"y\":0}}}}",
				"display.monitors.a.x: 40000 is not a whole number in "
				"-32767..32767",
				false},
		{"{\"display\":{\"monitors\":{\"a\":{\"maker\":\"DEL\",\"x\":0,\"y\":-32768}}}}",
				"display.monitors.a.y: -32768 is not a whole number in", false},
		{"{\"display\":{\"monitors\":{\"a\":{\"maker\":\"DEL\",\"x\":0.5,\"y\":0}}}}",
				"display.monitors.a.x: 0.5 is not a whole number in", false},
		{"{\"display\":{\"monitors\":{\"a\":{\"maker\":\"Dell\"}}}}",
				"display.monitors.a.maker: is 4 bytes long, at most 3 fit", false},
		{"{\"display\":{\"monitors\":{\"a\":{\"maker\":\"del\"}}}}",
				"display.monitors.a.maker: \"del\" is not letters A-Z", false},
		{"{\"display\":{\"monitors\":{\"a\":{\"model\":\"DELL U2722DX HUGE\"}}}}",
				"display.monitors.a.model: is 17 bytes long, at most 13 fit",
				false},
		{"{\"display\":{\"monitors\":{\"a\":{\"maker\":\"DEL\",\"rotation\":45}}}}",
				"display.monitors.a.rotation: 45 is not 0, 90, 180 or 270", false},
		{"{\"display\":{\"monitors\":{\"a\":{\"maker\":\"DEL\",\"rotation\":360}}}}",
				"display.monitors.a.rotation: 360 is not a whole number in 0..270",
				false},
		{"{\"display\":{\"monitors\":{\"a\":{\"maker\":\"DEL\",\"scale_percent\":99}}}}",
				"display.monitors.a.scale_percent: 99 is not 0, or at least 100",
				false},
		{"{\"display\":{\"monitors\":{\"a\":{\"maker\":\"DEL\",\"width\":1920}}}}",
				"display.monitors.a.height: 1920 x 0 is no mode", true},
		{"{\"display\":{\"monitors\":{\"a\":{\"maker\":\"DEL\",\"refresh_hz\":501}}}}",
				"display.monitors.a.refresh_hz: 501 is not a whole number in "
				"0..500",
				false},
		{"{\"display\":{\"monitors\":{\"1\":{},\"2\":{},\"3\":{},\"4\":{},\"5\":{},"
		 "\"6\":{},\"7\":{},\"8\":{},\"9\":{}}}}",
				"display.monitors: more than 8 of them", false},
		{"{\"locale\":{\"timezone\":\"../etc/passwd\"}}",
				"locale.timezone: \"../etc/passwd\" is not", false},
		{"{\"locale\":{\"timezone\":\"Europe/../../etc/passwd\"}}",
				"locale.timezone: \"Europe/../../etc/passwd\" is not", false},
		{"{\"locale\":{\"timezone\":\"/etc/passwd\"}}",
				"locale.timezone: \"/etc/passwd\" is not", false},
		{"{\"locale\":{\"language\":\"da_DK\"}}",
				"locale.language: \"da_DK\" is not a language", false},
		{"{\"locale\":{\"language\":\"danish-of-jutland\"}}",
				"locale.language: is 17 bytes long, at most 15 fit", false},
		{"{\"trust\":{\"ca\":\"PEM\"}}", "trust.ca: is not one or more certificates",
				false},
		{"{\"trust\":{\"ca\":\"-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END "
		 "CERTIFICATE-----\\n\"}}",
				"trust.ca: is not one or more certificates", false},
		{"{\"helpdesk\":{\"phone\":\"12\\u00003\"}}",
				"helpdesk.phone: \\u0000 is not allowed", false},
		{"{\"helpdesk\":{\"phone\":\"12\\n3\"}}", "helpdesk.phone: has a control character",
				false},
		{"{\"helpdesk\":{\"text\":\"\\u001b[2J\"}}",
				"helpdesk.text: has a control character", false},
		{"{\"helpdesk\":{\"text\":\"\xc3\"}}",
				"helpdesk.text: a text that is not valid UTF-8", false},
		{"{\"branding\":{\"accent\":\"red\"}}", "branding.accent: \"red\" is not a colour",
				false},
		{"{\"branding\":{\"accent\":\"#12345\"}}",
				"branding.accent: \"#12345\" is not a colour", false},
		{"{\"desktops\":[]}", "desktops: an array where an object was expected", false},
		{"{\"desktops\":{\"a\":1}}", "desktops.a: a number where an object was expected",
				false},
		{"{\"desktops\":{\"A\":{\"name\":\"A\",\"host\":\"h\"}}}",
				"desktops.A: an id has a-z", false},
		{"{\"desktops\":{\"\":{\"name\":\"A\",\"host\":\"h\"}}}",
				"an id has at least one letter", false},
		{"{\"desktops\":{\"a2345678901234567890123456789012\":{\"name\":\"A\",\"host\":"
		 "\"h\"}}}",
				"an id has at most 31 letters", false},
		{"{\"desktops\":{\"a\":{\"host\":\"h\"}}}", "desktops.a.name: is missing", true},
		{"{\"desktops\":{\"a\":{\"name\":\"A\"}}}", "desktops.a.host: is missing", true},
		{"{\"desktops\":{\"a\":{\"name\":\"A\",\"host\":\"\"}}}",
				"desktops.a.host: must not be empty", false},
		{"{\"desktops\":{\"a\":{\"name\":\"A\",\"host\":\"h h\"}}}",
				"desktops.a.host: \"h h\" is not a host name", false},
		{"{\"desktops\":{\"a\":{\"name\":\"A\",\"host\":\"-oProxy\"}}}",
				"is not a host name", false},
		{"{\"desktops\":{\"a\":{\"name\":\"A\",\"host\":\"h\",\"port\":0}}}",
				"desktops.a.port: 0 is not a whole number in 1..65535", false},
		{"{\"desktops\":{\"a\":{\"name\":\"A\",\"host\":\"h\",\"port\":70000}}}",
				"desktops.a.port: 70000 is not a whole number in 1..65535", false},
		{"{\"desktops\":{\"a\":{\"name\":\"A\",\"host\":\"h\",\"security\":\"rdp\"}}}",
				"desktops.a.security: \"rdp\" is not one of auto, nla, tls", false},
		{"{\"desktops\":{\"a\":{\"name\":\"A\",\"host\":\"h\",\"monitors\":\"9\"}}}",
				"desktops.a.monitors: \"9\" is not one of all, primary, 1, 2,",
				false},
		{"{\"desktops\":{\"a\":{\"name\":\"A\",\"host\":\"h\",\"monitors\":2}}}",
				"desktops.a.monitors: ", false},
		{"{\"desktops\":{\"a\":{\"name\":\"A\",\"host\":\"h\",\"order\":-1}}}",
				"desktops.a.order: -1 is not", false},
		{"{\"desktops\":{\"a\":{\"name\":\"A\",\"host\":\"h\",\"trust\":{\"mode\":\"ask\"}}"
		 "}}",
				"desktops.a.trust.mode: \"ask\" is not one of ca, pinned", false},
		{"{\"desktops\":{\"a\":{\"name\":\"A\",\"host\":\"h\",\"trust\":{\"mode\":"
		 "\"pinned\"}}}}",
				"desktops.a.trust.pins: \"pinned\" needs at least one fingerprint",
				true},
		{"{\"desktops\":{\"a\":{\"name\":\"A\",\"host\":\"h\",\"trust\":{\"pins\":["
		 "\"sha256:00\"]}}}}",
				"desktops.a.trust.pins: \"sha256:00\" is not \"sha256:\" and 64 "
				"hex digits",
				false},
		{"{\"desktops\":{\"a\":{\"name\":\"A\",\"host\":\"h\",\"trust\":{\"pins\":[1]}}}}",
				"desktops.a.trust.pins[0]: a number where a text", false},
		{"{\"desktops\":{\"a\":{\"name\":\"A\",\"host\":\"h\",\"trust\":{\"pins\":[null]}}}"
		 "}",
				"desktops.a.trust.pins[0]: null where a text", false},
		{"{\"messages\":{\"m\":{}}}", "messages.m.text: is missing", true},
		{"{\"messages\":{\"m\":{\"text\":\"\"}}}", "messages.m.text: must not be empty",
				false},
		{"{\"messages\":{\"1\":{\"text\":\"a\"},\"2\":{\"text\":\"a\"},\"3\":{\"text\":"
		 "\"a\"},\"4\":"
		 "{\"text\":\"a\"},\"5\":{\"text\":\"a\"},\"6\":{\"text\":\"a\"},\"7\":{\"text\":"
		 "\"a\"},"
		 "\"8\":{\"text\":\"a\"},\"9\":{\"text\":\"a\"}}}",
				"messages: more than 8 of them", false},
		{"{\"keyboard\":null}", "keyboard: null where an object was expected", true},
		{"{\"keyboard\":{\"layout\":null}}", "keyboard.layout: null where a text", true},
		{"{\"desktops\":{\"a\":null}}", "desktops.a: null where an object was expected",
				true},
		{"{} {}", "bytes after the end", false},
};

static void count(void *data, const char *path, const char *before, const char *after)
{
	(void)path, (void)before, (void)after;
	++*(int *)data;
}

static bool is_equal(const struct conf *a, const struct conf *b)
{
	int changes = 0;

	conf_diff(a, b, count, &changes);
	return changes == 0;
}

static void test_bad(void)
{
	static struct conf conf;
	struct err err;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		TEST(bad[i].text) {
			err.text[0] = '\0';
			CHECK_INT(parse(bad[i].text, &conf, &err), -EINVAL);
			CHECK_HAS(err.text, bad[i].says);
			CHECK_INT(check_layer(bad[i].text, &err), bad[i].is_layer ? 0 : -EINVAL);
		}
	TEST("a failure leaves the config as it was") {
		conf = conf_default();
		CHECK(parse("{\"keyboard\":{\"layout\":\"dk\"},\"x\":1}", &conf, &err) < 0);
		CHECK_TEXT(conf.keyboard.layout, "us");
	}
}

static void test_good(void)
{
	static struct conf conf, again;
	struct err err;

	TEST("an empty config is the default one") {
		struct conf expected = conf_default();
		CHECK_INT(parse("{}", &conf, &err), 0);
		CHECK(is_equal(&conf, &expected));
		CHECK_INT(conf_check(&conf, &err), 0);
	}
	TEST("desktops are sorted by order, then by id; 100 without one") {
		CHECK_INT(parse("{\"desktops\":{\"d\":{\"name\":\"D\",\"host\":\"h\"},\"z\":{"
				"\"name\":\"Z\","
				"\"host\":\"h\",\"order\":1},\"c\":{\"name\":\"C\",\"host\":\"h\"},"
				"\"a\":{\"name\":"
				"\"A\",\"host\":\"h\",\"order\":101}}}",
					  &conf, &err),
				0);
		CHECK_INT(conf.desktop_count, 4);
		CHECK_TEXT(conf.desktops[0].id, "z");
		CHECK_TEXT(conf.desktops[1].id, "c");
		CHECK_TEXT(conf.desktops[2].id, "d");
		CHECK_TEXT(conf.desktops[3].id, "a");
		CHECK_INT(conf.desktops[0].port, 3389);
	}
	static const char *const files[] = {"configs/example-small.json",
			"configs/example-full.json", "configs/demo.json"};
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		TEST(files[i]) {
			OWNED(array) struct array file = {.max = JSON_SIZE_MAX};
			CHECK_INT(file_read(files[i], &file, &err), 0);
			CHECK_INT(conf_parse_text((const char *)file.data, file.size, &conf, &err),
					0);
			OWNED(json) cJSON *tree = conf_print(&conf);
			OWNED(memory) char *text = json_print(tree);
			CHECK_INT(parse(text, &again, &err), 0);
			CHECK(is_equal(&conf, &again));
			CHECK_INT(conf_layer_check(tree, &err), 0);
		}
	TEST("every value of the full example arrives") {
		OWNED(array) struct array file = {.max = JSON_SIZE_MAX};
		CHECK_INT(file_read(files[1], &file, &err), 0);
		CHECK_INT(conf_parse_text((const char *)file.data, file.size, &conf, &err), 0);
		CHECK_TEXT(conf.identity.site, "Skovby Skole");
		CHECK_INT(conf.keyboard.repeat_per_second, 30);
		CHECK_INT(conf.keyboard.num_lock, CONF_NUM_LOCK_ON);
		CHECK_INT(conf.keyboard.bounce_keys_ms, 80);
		CHECK_TEXT(conf.power.day_start, "06:30");
		CHECK_INT(conf.power.dim_percent, 40);
		CHECK(conf.mouse.is_left_handed && conf.mouse.has_tap_to_click);
		CHECK_INT(conf.mouse.speed, 60);
		CHECK_TEXT(conf.devices.trusted_keyboards, "05e0:1200,0c2e:0b61");
		CHECK_INT(conf.display.scale_percent, 125);
		CHECK_INT(conf.display.arrangement, CONF_ARRANGEMENT_EXTEND);
		CHECK_INT(conf.display.monitor_count, 2);
		CHECK_TEXT(conf.display.monitors[0].id, "portrait");
		CHECK_TEXT(conf.display.monitors[0].model, "DELL U2722D");
		CHECK_INT(conf.display.monitors[0].rotation, 90);
		CHECK_INT(conf.display.monitors[0].x, -1440);
		CHECK_INT(conf.display.monitors[1].refresh_hz, 60);
		CHECK(conf.display.monitors[1].is_primary);
		CHECK_INT(conf.display.monitors[1].y, 0);
		CHECK(conf.sign_in.asks_domain);
		CHECK_INT(conf.video.decoder, CONF_DECODER_SOFTWARE);
		CHECK(conf.video.has_rdpevor);
		CHECK_INT(conf.branding.accent, 0x2f9e74);
		CHECK_INT(conf.desktops[0].security, CONF_SECURITY_NLA);
		CHECK_INT(conf.desktops[0].monitors, CONF_MONITORS_ALL);
		CHECK_INT(conf.desktops[1].monitors, CONF_MONITORS_FIRST + 1);
		CHECK_INT(conf.desktops[1].trust, CONF_TRUST_PINNED);
		CHECK_INT(conf.desktops[1].pin_count, 2);
		CHECK_INT(conf.desktops[1].pins[1][31], 0xa7);
		CHECK_INT(conf.messages[1].severity, CONF_SEVERITY_URGENT);
		CHECK_HAS(conf.ca, "-----BEGIN CERTIFICATE-----");
	}
}

/* A struct that came over a wire and lies. */
static void test_struct(void)
{
	static struct conf conf;
	struct err err;
	uint32_t wild = 77;
	uint8_t two = 2;

#define LIE(what, change, part) \
	TEST(what) { \
		conf = conf_default(); \
		conf.desktop_count = 1; \
		strcpy(conf.desktops[0].id, "a"); \
		strcpy(conf.desktops[0].name, "A"); \
		strcpy(conf.desktops[0].host, "h"); \
		conf.desktops[0].port = 1; \
		conf.desktops[1] = conf.desktops[0]; \
		CHECK_INT(conf_check(&conf, &err), 0); \
		change; \
		CHECK_INT(conf_check(&conf, &err), -EINVAL); \
		CHECK_HAS(err.text, part); \
	}
	LIE("text without end", memset(conf.identity.site, 'x', 64),
			"identity.site: a text without");
	LIE("text not UTF-8", strcpy(conf.identity.site, "\xff"),
			"identity.site: a text that is not");
	LIE("control byte", strcpy(conf.desktops[0].name, "\x1b"),
			"desktops.a.name: has a control");
	LIE("empty", conf.desktops[0].host[0] = '\0', "desktops.a.host: must not be empty");
	LIE("port 0", conf.desktops[0].port = 0, "desktops.a.port: 0 is not in 1..65535");
	LIE("count", conf.desktop_count = 17, "desktops: more than 16");
	LIE("messages", conf.message_count = UINT32_MAX, "messages: more than 8");
	LIE("enum", memcpy(&conf.desktops[0].security, &wild, 4),
			"desktops.a.security: 77 is not in 0..2");
	LIE("monitors", memcpy(&conf.desktops[0].monitors, &wild, 4),
			"desktops.a.monitors: 77 is not in 0..9");
	LIE("trust", memcpy(&conf.desktops[0].trust, &wild, 4),
			"desktops.a.trust.mode: not a known");
	LIE("pins", conf.desktops[0].pin_count = 5, "desktops.a.trust.pins: too many");
	LIE("decoder", memcpy(&conf.video.decoder, &wild, 4), "video.decoder: 77 is not in 0..2");
	LIE("bool", memcpy(&conf.sign_in.asks_domain, &two, 1),
			"sign_in.asks_domain: 2 is not in 0..1");
	LIE("id twice", conf.desktop_count = 2, "desktops[1].id: another one has the same");
	LIE("id form", strcpy(conf.desktops[0].id, "A"), "desktops[0].id: \"A\" is not");
	LIE("id empty", conf.desktops[0].id[0] = '\0', "desktops[0].id: must not be empty");
	LIE("colour", conf.branding.accent = 0x1000000, "branding.accent");
	LIE("mode", conf.display.width = 100, "display.width: 100 x 0 is no mode");
	LIE("monitors", conf.display.monitor_count = 9, "display.monitors: more than 8");
	LIE("arrangement", memcpy(&conf.display.arrangement, &wild, 4),
			"display.arrangement: 77 is not in 0..2");
#define LIE_MONITOR(what, change, part) \
	LIE(what, conf.display.monitor_count = 1; strcpy(conf.display.monitors[0].id, "m"); \
			strcpy(conf.display.monitors[0].maker, "DEL"); \
			conf.display.monitors[0].x = conf.display.monitors[0].y = 0; change, part)
	LIE_MONITOR("monitor without a name", conf.display.monitors[0].maker[0] = '\0',
			"display.monitors.m: needs a maker");
	LIE_MONITOR("monitor far away", conf.display.monitors[0].x = 40000,
			"display.monitors.m.x: 40000 is not in -32767..32767");
	LIE_MONITOR("monitor half placed", conf.display.monitors[0].y = CONF_PLACE_NONE,
			"display.monitors.m.y: is missing");
	LIE_MONITOR("monitor askew", conf.display.monitors[0].rotation = 1,
			"display.monitors.m.rotation: 1 is not 0, 90, 180 or 270");
	LIE_MONITOR("monitor tiny", conf.display.monitors[0].scale_percent = 1,
			"display.monitors.m.scale_percent: 1 is not 0, or at least 100");
	LIE_MONITOR("monitor's model without end", memset(conf.display.monitors[0].model, 'x', 14),
			"display.monitors.m.model: a text without");
	TEST("a signed config with a wild device or revision") {
		static struct conf_signed envelope;
		envelope = (struct conf_signed){
				.revision = 1, .device = "a", .conf = conf_default()};
		CHECK_INT(conf_signed_check(&envelope, &err), 0);
		memset(envelope.device, 'a', sizeof(envelope.device));
		CHECK_INT(conf_signed_check(&envelope, &err), -EINVAL);
		strcpy(envelope.device, "../a");
		CHECK_INT(conf_signed_check(&envelope, &err), -EINVAL);
		strcpy(envelope.device, "a");
		envelope.revision = 0;
		CHECK_INT(conf_signed_check(&envelope, &err), -EINVAL);
	}
}

static void gather(void *data, const char *path, const char *before, const char *after)
{
	char *text = data;

	snprintf(text + strlen(text), 1024 - strlen(text), "%s: %s -> %s\n", path,
			before ? before : "nothing", after ? after : "nothing");
}

static const struct {
	const char *before, *after, *changes;
} diffs[] = {
		{"{}", "{}", ""},
		{"{}", "{\"helpdesk\":{\"phone\":\"1\"}}", "helpdesk.phone:  -> 1\n"},
		{"{}", "{\"keyboard\":{\"repeat_off\":true,\"repeat_delay_ms\":500}}",
				"keyboard.repeat_delay_ms: 400 -> 500\nkeyboard.repeat_off: false "
				"-> true\n"},
		{"{}", "{\"branding\":{\"accent\":\"#0a0b0c\"}}",
				"branding.accent: #3B82F6 -> #0A0B0C\n"},
		{"{\"desktops\":{\"a\":{\"name\":\"A\",\"host\":\"h\"}}}",
				"{\"desktops\":{\"b\":{\"name\":\"B\",\"host\":\"h\"}}}",
				"desktops.a: A -> nothing\ndesktops.b: nothing -> B\n"},
		{"{\"desktops\":{\"a\":{\"name\":\"A\",\"host\":\"h\"}}}",
				"{\"desktops\":{\"a\":{\"name\":\"A\",\"host\":\"g\",\"security\":"
				"\"tls\"},\"b\":"
				"{\"name\":\"B\",\"host\":\"h\",\"order\":1}}}",
				"desktops.a.host: h -> g\ndesktops.a.security: auto -> tls\n"
				"desktops.b: nothing -> B\n"},
		{"{\"desktops\":{\"a\":{\"name\":\"A\",\"host\":\"h\"},\"b\":{\"name\":\"B\","
		 "\"host\":\"h\"}}}",
				"{\"desktops\":{\"a\":{\"name\":\"A\",\"host\":\"h\"},\"b\":{"
				"\"name\":\"B\",\"host\":"
				"\"h\",\"order\":1}}}",
				"desktops: a b -> b a\n"},
		{"{\"display\":{\"monitors\":{\"a\":{\"maker\":\"DEL\"},\"b\":{\"maker\":\"DEL\"}}}"
		 "}",
				"{\"display\":{\"arrangement\":\"mirror\",\"monitors\":{\"a\":{"
				"\"maker\":\"DEL\",\"x\":-5,\"y\":0},\"c\":{\"maker\":\"DEL\"}}}}",
				"display.arrangement: extend -> mirror\n"
				"display.monitors.a.x:  -> -5\ndisplay.monitors.a.y:  -> 0\n"
				"display.monitors.b: b -> nothing\n"
				"display.monitors.c: nothing -> c\n"},
		{"{\"messages\":{\"m\":{\"text\":\"old\"}}}",
				"{\"messages\":{\"m\":{\"text\":\"new\"}}}",
				"messages.m.text: old -> new\n"},
};

static void test_diff(void)
{
	static struct conf before, after;

	for (size_t i = 0; i < sizeof(diffs) / sizeof(diffs[0]); i++)
		TEST(diffs[i].after) {
			char changes[1024] = "";
			CHECK_INT(parse(diffs[i].before, &before, NULL), 0);
			CHECK_INT(parse(diffs[i].after, &after, NULL), 0);
			conf_diff(&before, &after, gather, changes);
			CHECK_TEXT(changes, diffs[i].changes);
		}
	TEST("trust is one value") {
		char changes[1024] = "";
		before = after = conf_default();
		before.desktop_count = after.desktop_count = 1;
		after.desktops[0].trust = CONF_TRUST_PINNED;
		after.desktops[0].pin_count = 1;
		conf_diff(&before, &after, gather, changes);
		CHECK_HAS(changes, "trust: ca -> pinned sha256:00000000");
	}
}

int main(void)
{
	test_bad();
	test_good();
	test_struct();
	test_diff();
	TEST_END();
}
