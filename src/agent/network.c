// SPDX-License-Identifier: Apache-2.0
#include "agent/network.h"

#include <limits.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>

#include "base/file.h"
#include "base/text.h"

enum { NETWORK_FILE_MAX = 16 * 1024, WORD_MAX = WIRE_URL_MAX + 32 };

/* Copies the next piece between bytes of `separators` to `word`; "" when it is too long. */
static const char *next_word(const char *at, const char *end, const char *separators, char *word)
{
	size_t length = 0;

	while (at < end && *at && strchr(separators, *at))
		at++;
	while (at + length < end && (!at[length] || !strchr(separators, at[length])))
		length++;
	word[0] = 0;
	if (length < WORD_MAX && !memchr(at, 0, length)) {
		memcpy(word, at, length);
		word[length] = 0;
	}
	return at + length;
}

/* The text behind `key`, or NULL. */
static const char *value_of(const char *word, const char *key)
{
	size_t length = strlen(key);

	return strncmp(word, key, length) == 0 ? word + length : NULL;
}

static void take_value(const char *word, const char *key, char *buffer, size_t size)
{
	const char *value = value_of(word, key);

	if (value && text_is_utf8(value, strlen(value)) && !text_has_control(value, NULL))
		(void)text_copy(buffer, size, value);
}

static enum network_state state_of(const char *value)
{
	static const char *const names[] = {
			[NETWORK_NO_CARRIER] = "no-carrier",
			[NETWORK_NO_ADDRESS] = "no-address",
			[NETWORK_UP] = "up",
	};

	for (unsigned i = NETWORK_NO_CARRIER; i <= NETWORK_UP; i++)
		if (strcmp(value, names[i]) == 0)
			return (enum network_state)i;
	return NETWORK_UNKNOWN;
}

struct network network_parse(const char *text, size_t size)
{
	struct network network = {0};
	char word[WORD_MAX];
	const char *end = text + size;

	while (text < end) {
		text = next_word(text, end, "\r\n", word);
		const char *state = value_of(word, "state=");
		if (state)
			network.state = state_of(state);
		take_value(word, "interface=", network.interface, sizeof(network.interface));
		take_value(word, "address=", network.address, sizeof(network.address));
		take_value(word, "domain=", network.domain, sizeof(network.domain));
		take_value(word, "server=", network.server, sizeof(network.server));
	}
	return network;
}

/* The CA that a token names: its last part. Without one it is no token. */
static void take_token(const char *word, struct cmdline *cmdline, uint8_t pin[32])
{
	const char *token = value_of(word, "tynd.token=");

	if (!token)
		return;
	const char *hex = strrchr(token, '_');
	cmdline->token[0] = 0;
	if (strncmp(token, "tynd-e1_", 8) == 0 && hex && text_from_hex(hex + 1, pin, 32) == 0)
		take_value(word, "tynd.token=", cmdline->token, sizeof(cmdline->token));
}

/* A token is told to nobody but the server whose CA it names. */
static void pin_by_token(struct cmdline *cmdline, const uint8_t pin[32])
{
	if (!cmdline->token[0] || cmdline->is_pin_broken)
		return;
	if (cmdline->has_pin && memcmp(cmdline->pin, pin, 32) != 0)
		cmdline->token[0] = 0;
	if (!cmdline->has_pin)
		memcpy(cmdline->pin, pin, 32);
	cmdline->has_pin = true;
}

struct cmdline cmdline_parse(const char *text, size_t size)
{
	struct cmdline cmdline = {0};
	char word[WORD_MAX];
	const char *end = text + size;
	uint8_t pin[32] = {0};

	while (text < end) {
		text = next_word(text, end, " \t\r\n", word);
		take_token(word, &cmdline, pin);
		take_value(word, "tynd.server=", cmdline.server, sizeof(cmdline.server));
		const char *ca = value_of(word, "tynd.ca=");
		if (!ca)
			continue;
		const char *hex = value_of(ca, "sha256:");
		cmdline.has_pin = hex && text_from_hex(hex, cmdline.pin, sizeof(cmdline.pin)) == 0;
		cmdline.is_pin_broken = !cmdline.has_pin;
	}
	pin_by_token(&cmdline, pin);
	return cmdline;
}

struct network network_read(const char *path)
{
	OWNED(array) struct array bytes = {.max = NETWORK_FILE_MAX};

	if (file_read(path, &bytes, NULL) < 0 || bytes.size == 0)
		return (struct network){0};
	return network_parse((const char *)bytes.data, bytes.size);
}

struct cmdline cmdline_read(const char *path)
{
	OWNED(array) struct array bytes = {.max = NETWORK_FILE_MAX};

	if (file_read(path, &bytes, NULL) < 0 || bytes.size == 0)
		return (struct cmdline){0};
	return cmdline_parse((const char *)bytes.data, bytes.size);
}

struct network_watch {
	int fd;
	struct loop_watch *watch;
	char name[NAME_MAX + 1];
	void (*fn)(void *data);
	void *data;
};

/* Whether one of the events in `bytes` is about the file (or events were lost). */
static bool concerns(const struct network_watch *watch, const char *bytes, size_t size)
{
	struct inotify_event event;

	for (size_t at = 0; at + sizeof(event) <= size; at += sizeof(event) + event.len) {
		memcpy(&event, bytes + at, sizeof(event));
		if (event.mask & IN_Q_OVERFLOW)
			return true;
		if (event.len && strcmp(bytes + at + sizeof(event), watch->name) == 0)
			return true;
	}
	return false;
}

static void on_event(void *data, uint32_t events)
{
	struct network_watch *watch = data;
	char bytes[4096];
	ssize_t size;
	bool is_concerned = false;

	(void)events;
	while ((size = read(watch->fd, bytes, sizeof(bytes))) > 0)
		is_concerned |= concerns(watch, bytes, (size_t)size);
	if (is_concerned)
		watch->fn(watch->data);
}

/* The folder is watched, not the file: the scripts replace the file by rename. */
struct network_watch *network_watch_create(struct loop *loop, const char *path,
		void (*fn)(void *data), void *data)
{
	OWNED(fd) int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX];

	if (fd < 0 || !slash || text_copy(folder, sizeof(folder), path) < 0)
		return NULL;
	folder[slash == path ? 1 : slash - path] = 0;
	if (inotify_add_watch(fd, folder, IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE) < 0)
		return NULL;
	struct network_watch *watch = own_alloc(sizeof(*watch));
	if (text_copy(watch->name, sizeof(watch->name), slash + 1) < 0) {
		free(watch);
		return NULL;
	}
	watch->fn = fn;
	watch->data = data;
	watch->fd = own_take_fd(&fd);
	watch->watch = loop_watch_fd(loop, watch->fd, EPOLLIN, on_event, watch);
	return watch;
}

void network_watch_destroy(struct network_watch *watch)
{
	if (!watch)
		return;
	loop_watch_remove(watch->watch);
	close(watch->fd);
	free(watch);
}
