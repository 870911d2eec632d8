/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A unit test is a program: TEST("what must hold") { CHECK(...); } blocks inside
 * main, ended by TEST_END(). One line per failure; "N passed, N failed" at the end.
 */
#ifndef TESTS_UNIT_TEST_H
#define TESTS_UNIT_TEST_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int test_passed, test_failed;
static bool test_ok;
static const char *test_name;

static inline bool test_begin(const char *name)
{
	test_name = name;
	test_ok = true;
	return true;
}

static inline void test_end_one(void)
{
	if (!test_name)
		return;
	if (test_ok)
		test_passed++;
	else
		test_failed++;
	test_name = NULL;
}

/* A test's block runs once; leave it by falling out of it. */
#define TEST(name) \
	for (bool test_run_ = test_begin(name); test_run_; test_run_ = false, test_end_one())

#define CHECK(condition) \
	do { \
		if (!(condition)) { \
			test_ok = false; \
			printf("%s:%d: %s: failed: %s\n", __FILE__, __LINE__, \
					test_name ? test_name : "?", #condition); \
		} \
	} while (0)

#define CHECK_INT(actual, expected) \
	do { \
		long long actual_ = (long long)(actual), expected_ = (long long)(expected); \
		if (actual_ != expected_) { \
			test_ok = false; \
			printf("%s:%d: %s: %s is %lld, expected %lld\n", __FILE__, __LINE__, \
					test_name ? test_name : "?", #actual, actual_, expected_); \
		} \
	} while (0)

#define CHECK_TEXT(actual, expected) \
	do { \
		const char *actual_ = (actual), *expected_ = (expected); \
		if (strcmp(actual_, expected_) != 0) { \
			test_ok = false; \
			printf("%s:%d: %s: %s is \"%s\", expected \"%s\"\n", __FILE__, __LINE__, \
					test_name ? test_name : "?", #actual, actual_, expected_); \
		} \
	} while (0)

/* The text contains the part. */
#define CHECK_HAS(actual, part) \
	do { \
		const char *actual_ = (actual), *part_ = (part); \
		if (!strstr(actual_, part_)) { \
			test_ok = false; \
			printf("%s:%d: %s: %s is \"%s\", expected it to contain \"%s\"\n", \
					__FILE__, __LINE__, test_name ? test_name : "?", #actual, \
					actual_, part_); \
		} \
	} while (0)

#define TEST_END() \
	do { \
		printf("%d passed, %d failed\n", test_passed, test_failed); \
		return test_failed ? 1 : 0; \
	} while (0)

#endif
