/* SPDX-License-Identifier: Apache-2.0 */
#include "kiosk/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { CODE_MAX = 0x2ff, PLACE_MAX = 65535, WHEEL_MAX = 12000, WAIT_MAX_MS = 600000 };

/* The next word, or "" at the end; words are separated by single spaces. */
static const char *next_word(const char **rest, char *word, size_t size)
{
	size_t length = strcspn(*rest, " ");

	word[0] = '\0';
	if (length < size) {
		memcpy(word, *rest, length);
		word[length] = '\0';
	}
	*rest += length;
	if (**rest == ' ')
		(*rest)++;
	return word;
}

static int take_number(const char **rest, int64_t min, int64_t max, int32_t *ret)
{
	char word[COMMAND_WORD_MAX];
	bool is_negative;
	uint64_t number;

	next_word(rest, word, sizeof(word));
	is_negative = word[0] == '-';
	if (text_to_number(word + is_negative, 0, INT32_MAX, &number) < 0)
		return -EINVAL;
	if ((is_negative ? -(int64_t)number : (int64_t)number) < min ||
			(is_negative ? -(int64_t)number : (int64_t)number) > max)
		return -EINVAL;
	*ret = is_negative ? -(int32_t)number : (int32_t)number;
	return 0;
}

static int take_code(const char **rest, struct command *command)
{
	char word[COMMAND_WORD_MAX];
	int32_t code;

	if (take_number(rest, 1, CODE_MAX, &code) < 0)
		return -EINVAL;
	command->code = (uint32_t)code;
	next_word(rest, word, sizeof(word));
	command->is_down = strcmp(word, "down") == 0;
	return command->is_down || strcmp(word, "up") == 0 ? 0 : -EINVAL;
}

static int take_place(const char **rest, int64_t min, int64_t max, struct command *command)
{
	return take_number(rest, min, max, &command->x) < 0 ||
	                                       take_number(rest, min, max, &command->y) < 0
	                       ? -EINVAL
	                       : 0;
}

static int take_shot(const char **rest, struct command *command)
{
	int32_t output = 0;

	next_word(rest, command->text, sizeof(command->text));
	if (!command->text[0] || (**rest && take_number(rest, 0, 7, &output) < 0))
		return -EINVAL;
	command->output = (uint32_t)output;
	return 0;
}

static int take_pixel(const char **rest, struct command *command)
{
	int32_t output = 0;

	if (take_place(rest, 0, PLACE_MAX, command) < 0 ||
			(**rest && take_number(rest, 0, 7, &output) < 0))
		return -EINVAL;
	command->output = (uint32_t)output;
	return 0;
}

/* NAME WxH */
static int take_plug(const char **rest, struct command *command)
{
	char word[COMMAND_WORD_MAX], *cross;
	uint64_t width, height;

	next_word(rest, command->name, sizeof(command->name));
	next_word(rest, word, sizeof(word));
	cross = strchr(word, 'x');
	if (!command->name[0] || !cross)
		return -EINVAL;
	*cross = '\0';
	if (text_to_number(word, 1, PLACE_MAX, &width) < 0 ||
			text_to_number(cross + 1, 1, PLACE_MAX, &height) < 0)
		return -EINVAL;
	command->x = (int32_t)width;
	command->y = (int32_t)height;
	return 0;
}

static int take_unplug(const char **rest, struct command *command)
{
	next_word(rest, command->name, sizeof(command->name));
	return command->name[0] ? 0 : -EINVAL;
}

static int take_wait(const char **rest, struct command *command)
{
	int32_t timeout_ms;

	next_word(rest, command->name, sizeof(command->name));
	next_word(rest, command->text, sizeof(command->text));
	if (!command->name[0] || take_number(rest, 0, WAIT_MAX_MS, &timeout_ms) < 0)
		return -EINVAL;
	command->timeout_ms = (uint32_t)timeout_ms;
	return 0;
}

static int take_text(const char **rest, struct command *command)
{
	int code = text_copy(command->text, sizeof(command->text), *rest);

	*rest += strlen(*rest);
	return code < 0 || !command->text[0] ? -EINVAL : 0;
}

static int take_arguments(const char **rest, struct command *command)
{
	switch (command->kind) {
	case COMMAND_KEY:
	case COMMAND_BUTTON:
		return take_code(rest, command);
	case COMMAND_TYPE:
		return take_text(rest, command);
	case COMMAND_POINTER:
		return take_place(rest, 0, PLACE_MAX, command);
	case COMMAND_WHEEL:
		return take_place(rest, -WHEEL_MAX, WHEEL_MAX, command);
	case COMMAND_SHOT:
		return take_shot(rest, command);
	case COMMAND_PIXEL:
		return take_pixel(rest, command);
	case COMMAND_WAIT:
		return take_wait(rest, command);
	case COMMAND_PLUG:
		return take_plug(rest, command);
	case COMMAND_UNPLUG:
		return take_unplug(rest, command);
	case COMMAND_STATE:
		break;
	}
	return 0;
}

int command_parse(const char *line, struct command *ret, struct err *err)
{
	static const struct {
		const char *word;
		enum command_kind kind;
		const char *usage;
	} rows[] = {
			{"key", COMMAND_KEY, "key CODE down|up"},
			{"type", COMMAND_TYPE, "type TEXT"},
			{"pointer", COMMAND_POINTER, "pointer X Y"},
			{"button", COMMAND_BUTTON, "button CODE down|up"},
			{"wheel", COMMAND_WHEEL, "wheel X Y"},
			{"shot", COMMAND_SHOT, "shot FILE.png [OUTPUT]"},
			{"pixel", COMMAND_PIXEL, "pixel X Y [OUTPUT]"},
			{"plug", COMMAND_PLUG, "plug NAME WxH"},
			{"unplug", COMMAND_UNPLUG, "unplug NAME"},
			{"state", COMMAND_STATE, "state"},
			{"wait", COMMAND_WAIT, "wait NAME VALUE MS"},
	};
	struct command command = {0};
	char word[COMMAND_WORD_MAX];
	const char *rest = line;

	if (!text_is_utf8(line, strlen(line)))
		return err_set(err, EINVAL, "a line must be UTF-8");
	next_word(&rest, word, sizeof(word));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(word, rows[i].word) != 0)
			continue;
		command.kind = rows[i].kind;
		if (take_arguments(&rest, &command) < 0 || *rest)
			return err_set(err, EINVAL, "expected: %s", rows[i].usage);
		*ret = command;
		return 0;
	}
	return err_set(err, EINVAL,
			"expected key, type, pointer, button, wheel, shot, pixel, plug, unplug, "
			"state or "
			"wait");
}
