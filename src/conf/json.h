/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON, strictly: the only way in which tynd reads it. cJSON holds the tree, but
 * what it lets through is refused before it sees the text: anything outside of
 * RFC 8259, bytes after the end, duplicate keys, invalid UTF-8, "\u0000", half
 * surrogates, numbers that a double does not hold exactly, and more depth or
 * size than named here. Every error begins with the path of the value:
 * "desktops.main.port: 70000 is not a whole number in 1..65535".
 *
 * Reading a document is one line per key. The first error stays, later calls do
 * nothing, and json_end refuses the keys that nobody asked for:
 *
 *	OWNED(json) cJSON *document = NULL;
 *	struct json in, hardware;
 *
 *	int r = json_parse(body, size, &document, err);
 *	if (r < 0)
 *		return r;
 *	json_begin(&in, document, err);
 *	json_text(&in, "csr", JSON_REQUIRED, csr, sizeof(csr));
 *	json_whole(&in, "wait", 0, 0, 50, &wait_s);
 *	if (json_enter(&in, "hardware", JSON_REQUIRED, &hardware)) {
 *		json_text(&hardware, "model", 0, model, sizeof(model));
 *		json_leave(&hardware);
 *	}
 *	return json_end(&in);
 */
#ifndef CONF_JSON_H
#define CONF_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/own.h"

enum {
	JSON_SIZE_MAX = 1024 * 1024, /* bytes of a document */
	JSON_DEPTH_MAX = 32,         /* objects and arrays in one another */
	JSON_KEY_MAX = 256,          /* bytes of a key */
	JSON_KEYS_MAX = 48,          /* different keys that a reader asks for */
	JSON_PATH_MAX = 256,         /* bytes of a path in a message; cut there */
	JSON_POINTER_MAX = JSON_DEPTH_MAX * (2 * JSON_KEY_MAX + 1) + 1,
};

/* 15 digits: what a double holds and cJSON prints exactly. Larger numbers, also negative, are
 * refused. */
#define JSON_WHOLE_MAX INT64_C(999999999999999)

/* --- text to tree and back */

/*
 * Parse exactly `size` bytes (no NUL needed). -EINVAL with the path for whatever is wrong,
 * -EMSGSIZE above JSON_SIZE_MAX. The caller owns the tree: OWNED(json), or cJSON_Delete.
 */
int json_parse(const char *text, size_t size, cJSON **ret, struct err *err);

/* One line without spaces, members in their order; free() it, OWNED(memory). */
char *json_print(const cJSON *tree);

/* The same with the members of every object sorted by key: equal documents print equally. */
char *json_print_canonical(const cJSON *tree);

/* For people: a line per member, tabs, a line feed at the end. */
char *json_print_pretty(const cJSON *tree);

OWN_DEFINE(json, cJSON, cJSON_Delete);

/* --- reading */

/* Flags of the readers. Without JSON_REQUIRED a missing key leaves *ret as it was. */
enum {
	JSON_REQUIRED = 1 << 0,
	JSON_FILLED = 1 << 1, /* the text must not be empty */
	JSON_LINES = 1 << 2,  /* the text may hold line feeds; no other control bytes ever pass */
};

/* An object or array being read; on the stack, owns nothing, borrows the tree. */
struct json {
	const cJSON *node;
	const cJSON *next; /* array: the item that json_next_* gives next */
	struct json *outer;
	unsigned index; /* array: of that item */
	unsigned known_count;
	const char *known[JSON_KEYS_MAX];
	bool takes_all;   /* unknown keys are fine */
	bool takes_nulls; /* null is as if the key were not there */
	int status;       /* 0, or the negative errno of the first error */
	struct err *err;
	char path[JSON_PATH_MAX];
};

/* Read the tree, which must be an object. `err` may be NULL. */
void json_begin(struct json *in, const cJSON *tree, struct err *err);

/* End of reading: the first error, or -EINVAL for the first unknown key, or 0. */
int json_end(struct json *in);

/* Unknown keys are no error here: for answers of a newer server. */
void json_take_all(struct json *in);

/* A merge patch (RFC 7396), where null takes a value out: here and below, null counts as missing.
 */
void json_take_nulls(struct json *in);

/*
 * Typed values. Keys are kept by reference until json_end. *ret is written only when the
 * key is there, of the right type and in range, and no error came before.
 */
void json_text(struct json *in, const char *key, unsigned flags, char *buffer, size_t size);
void json_whole(struct json *in, const char *key, unsigned flags, int64_t min, int64_t max,
		int64_t *ret);
void json_bool(struct json *in, const char *key, unsigned flags, bool *ret);
/* The text's index in `words`, which ends with NULL. */
void json_word(struct json *in, const char *key, unsigned flags, const char *const *words,
		unsigned *ret);
/* Exactly 2 * size hex digits; canonical base64 of exactly `size` bytes. */
void json_hex(struct json *in, const char *key, unsigned flags, uint8_t *bytes, size_t size);
void json_base64(struct json *in, const char *key, unsigned flags, uint8_t *bytes, size_t size);
/* Text of any length, and a value of any type: borrowed from the tree. */
void json_borrow_text(struct json *in, const char *key, unsigned flags, const char **ret);
void json_borrow(struct json *in, const char *key, unsigned flags, const cJSON **ret);

/*
 * Go into the object or array at `key`. True: read it from `inner` and json_leave it, which
 * refuses unknown keys and hands its error to the outer one. False: not there, or an error.
 * An array with more than `max` items or an object with more than `max` members is an error.
 */
bool json_enter(struct json *in, const char *key, unsigned flags, struct json *inner);
bool json_enter_map(struct json *in, const char *key, unsigned flags, unsigned max,
		struct json *inner);
bool json_enter_list(struct json *in, const char *key, unsigned flags, unsigned max,
		struct json *inner);
void json_leave(struct json *inner);

/*
 * Items of an array in order; false at the end or after an error. Leave the object.
 * Of an object whose keys are names (desktops): members in order, *key borrowed.
 */
bool json_next_object(struct json *list, struct json *inner);
bool json_next_text(struct json *list, unsigned flags, char *buffer, size_t size);
bool json_next_member(struct json *object, const char **key, struct json *inner);

/* For checks of one's own: an error at `key` (NULL: at the object itself), if it is the first. */
void json_refuse(struct json *in, const char *key, const char *format, ...)
		__attribute__((format(printf, 3, 4)));

/* --- building: like cJSON_Add..., but memory that is not there ends the process */

cJSON *json_new_object(void);
cJSON *json_new_list(void);
/* Hidden: libjansson has another of this name, that libjose must find. */
__attribute__((visibility("hidden"))) cJSON *json_copy(const cJSON *tree);
void json_put_text(cJSON *object, const char *key, const char *text);
void json_put_whole(cJSON *object, const char *key, int64_t number); /* |n| <= JSON_WHOLE_MAX */
void json_put_bool(cJSON *object, const char *key, bool value);
void json_put_hex(cJSON *object, const char *key, const uint8_t *bytes, size_t size);
void json_put_base64(cJSON *object, const char *key, const uint8_t *bytes, size_t size);
void json_put(cJSON *object, const char *key, cJSON *value); /* takes `value` */
cJSON *json_put_object(cJSON *object, const char *key);      /* stays the object's */
cJSON *json_put_list(cJSON *object, const char *key);
void json_append(cJSON *list, cJSON *value); /* takes `value` */
void json_append_text(cJSON *list, const char *text);

/* --- paths: RFC 6901, "/desktops/main/port" */

/* The value there, or NULL. Array items by their number. */
const cJSON *json_at(const cJSON *tree, const char *pointer);

/*
 * Put `value` (taken) at a pointer that is not ""; objects are made on the way, and stand in for
 * what is none. NULL takes out what is there, and makes nothing.
 */
void json_set_at(cJSON *tree, const char *pointer, cJSON *value);

/*
 * Every leaf (scalar, array, empty object) of a tree in order, with its pointer:
 *	struct json_walk walk;
 *	json_walk_begin(&walk, tree);
 *	for (const cJSON *leaf; (leaf = json_walk_next(&walk));) ... walk.pointer
 */
struct json_walk {
	const cJSON *stack[JSON_DEPTH_MAX + 1];
	size_t length[JSON_DEPTH_MAX + 1]; /* of the pointer of each's parent */
	unsigned depth;
	char pointer[JSON_POINTER_MAX];
};

void json_walk_begin(struct json_walk *walk, const cJSON *tree);
const cJSON *json_walk_next(struct json_walk *walk);

#endif
