// SPDX-License-Identifier: Apache-2.0
#include "conf/doubts.h"

#include "unit/test.h"

static struct conf before, after;
static char told[1024];

static void note(void *data, const struct conf_doubt *doubt)
{
	size_t at = strlen(told);

	(void)data;
	snprintf(told + at, sizeof(told) - at, "%s%s%s", at ? " " : "", doubt->is_severe ? "!" : "",
			doubt->path);
	CHECK(doubt->text[0] && strlen(doubt->text) < sizeof(doubt->text) - 1);
}

static const char *doubts(bool is_new)
{
	told[0] = '\0';
	conf_doubts(is_new ? NULL : &before, &after, note, NULL);
	return told;
}

/* Two desktops, by CA and by pin, and a phone: what an office has. */
static void office(void)
{
	before = conf_default();
	before.desktop_count = 2;
	strcpy(before.desktops[0].id, "a");
	strcpy(before.desktops[0].host, "rds1");
	strcpy(before.desktops[1].id, "b");
	strcpy(before.desktops[1].host, "rds2");
	before.desktops[1].trust = CONF_TRUST_PINNED;
	before.desktops[1].pin_count = 2;
	before.desktops[1].pins[0][0] = 1;
	before.desktops[1].pins[1][0] = 2;
	strcpy(before.ca, "-----BEGIN CERTIFICATE-----\nAB\nC\n-----END CERTIFICATE-----\n");
	strcpy(before.helpdesk.phone, "1");
	strcpy(before.devices.trusted_keyboards, "05e0:1200");
	after = before;
}

static void test_desktops(void)
{
	TEST("nothing changed, nothing to say") {
		office();
		CHECK_TEXT(doubts(false), "");
		CHECK_TEXT(doubts(true), "");
	}
	TEST("no desktop left is severe, none before is not") {
		office();
		after.desktop_count = 0;
		CHECK_TEXT(doubts(false), "!desktops");
		CHECK_TEXT(doubts(true), "");
		before.desktop_count = 0;
		CHECK_TEXT(doubts(false), "");
	}
	TEST("one of two may go") {
		office();
		after.desktop_count = 1;
		CHECK_TEXT(doubts(false), "");
	}
	TEST("a desktop on the device itself") {
		office();
		strcpy(after.desktops[0].host, "127.0.0.1");
		CHECK_TEXT(doubts(false), "desktops.a.host");
		CHECK_TEXT(doubts(true), "desktops.a.host");
		before = after;
		CHECK_TEXT(doubts(false), "");
		strcpy(after.desktops[0].host, "LOCALHOST");
		strcpy(before.desktops[0].host, "rds1");
		CHECK_TEXT(doubts(false), "desktops.a.host");
	}
}

static void test_trust(void)
{
	TEST("another CA beside the old one is fine, in its place it is not") {
		office();
		strcpy(after.ca, "-----BEGIN CERTIFICATE-----\nXY\n-----END CERTIFICATE-----\n"
				 "-----BEGIN CERTIFICATE-----\nA\nBC\n-----END CERTIFICATE-----\n");
		CHECK_TEXT(doubts(false), "");
		strcpy(after.ca, "-----BEGIN CERTIFICATE-----\nXY\n-----END CERTIFICATE-----\n");
		CHECK_TEXT(doubts(false), "desktops.a.trust");
		after.ca[0] = '\0';
		CHECK_TEXT(doubts(false), "desktops.a.trust");
	}
	TEST("all servers away is severe") {
		office();
		after.ca[0] = '\0';
		after.desktops[1].pin_count = 1;
		CHECK_TEXT(doubts(false), "desktops.a.trust");
		after.desktops[1].pins[0][0] = 3;
		CHECK_TEXT(doubts(false), "!trust");
	}
	TEST("another host has another certificate") {
		office();
		after.desktops[1].pin_count = 1;
		after.desktops[1].pins[0][0] = 3;
		CHECK_TEXT(doubts(false), "desktops.b.trust");
		strcpy(after.desktops[1].host, "rds3");
		CHECK_TEXT(doubts(false), "");
	}
}

static void test_rest(void)
{
	TEST("screens") {
		office();
		after.display.blank_after_min = 1;
		after.power.night_off_after_min = 1;
		after.sign_in.idle_min = 1;
		after.branding.accent = after.branding.background;
		CHECK_TEXT(doubts(false), "display.blank_after_min power.night_off_after_min "
					  "sign_in.idle_min branding.accent");
		before = after;
		CHECK_TEXT(doubts(false), "");
		after.display.blank_after_min = 0;
		CHECK_TEXT(doubts(false), "");
	}
	TEST("a monitor that is switched off") {
		office();
		after.display.monitor_count = before.display.monitor_count = 1;
		strcpy(after.display.monitors[0].id, "m");
		strcpy(before.display.monitors[0].id, "m");
		CHECK_TEXT(doubts(false), "");
		after.display.monitors[0].is_off = true;
		CHECK_TEXT(doubts(false), "display.monitors.m.off");
		before.display.monitors[0].is_off = true;
		CHECK_TEXT(doubts(false), "");
	}
	TEST("keys and phone") {
		office();
		after.devices.trusted_keyboards[0] = '\0';
		after.keyboard.slow_keys_ms = 2000;
		after.kiosk_keys.leave_session = CONF_LEAVE_OFF;
		after.helpdesk.phone[0] = '\0';
		CHECK_TEXT(doubts(false), "devices.new_keyboards keyboard.slow_keys_ms "
					  "kiosk_keys.leave_session helpdesk.phone");
		CHECK_TEXT(doubts(true), "keyboard.slow_keys_ms");
	}
}

int main(void)
{
	test_desktops();
	test_trust();
	test_rest();
	TEST_END();
}
