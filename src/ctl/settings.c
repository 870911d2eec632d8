// SPDX-License-Identifier: Apache-2.0
#include "ctl/settings.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "conf/json.h"

enum { PATH_BYTES = 4096, DEFAULT_PORT = 8443 };

static const char scheme[] = "https://";

/* [0-9A-Za-z.-]+ or [IPv6], then perhaps :port. */
static bool is_host(const char *host, bool *has_port)
{
	const char *at = host;

	if (*at == '[') {
		at += 1 + strspn(at + 1, "0123456789abcdefABCDEF:.");
		if (*at++ != ']')
			return false;
	} else {
		while (isalnum((unsigned char)*at) || (*at && strchr(".-", *at)))
			at++;
	}
	*has_port = *at == ':';
	uint64_t port;
	if (*has_port)
		return at > host && text_to_number(at + 1, 1, 65535, &port) == 0;
	return at > host && *at == '\0';
}

int settings_url(const char *typed, char url[SETTINGS_URL_MAX], struct err *err)
{
	char host[SETTINGS_URL_MAX];
	bool has_port;

	if (strncmp(typed, "http://", 7) == 0)
		return err_set(err, EINVAL, "%s is not encrypted; the server speaks https only",
				typed);
	if (strncmp(typed, scheme, strlen(scheme)) == 0)
		typed += strlen(scheme);
	if (text_copy(host, sizeof(host), typed) < 0)
		return err_set(err, EINVAL, "the server's address is too long");
	if (host[0] && host[strlen(host) - 1] == '/')
		host[strlen(host) - 1] = '\0';
	if (!is_host(host, &has_port))
		return err_set(err, EINVAL,
				"\"%s\" is no address of a server; write host or host:port", typed);
	if (has_port)
		return text_format(url, SETTINGS_URL_MAX, "%s%s", scheme, host);
	return text_format(url, SETTINGS_URL_MAX, "%s%s:%d", scheme, host, DEFAULT_PORT);
}

static int file_path(char *path, size_t size, struct err *err)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	int r = config && config[0] == '/' ? text_format(path, size, "%s/tynd", config)
	        : home && home[0] == '/'   ? text_format(path, size, "%s/.config/tynd", home)
	                                   : -ENOENT;

	return r < 0 ? err_set(err, ENOENT, "no home folder: use --server, --token-file and --ca")
	             : 0;
}

static int read_file(struct settings *ret, struct err *err)
{
	OWNED(array) struct array file = {.max = JSON_SIZE_MAX};
	OWNED(json) cJSON *tree = NULL;
	char path[PATH_BYTES];
	struct json in;

	if (file_path(path, sizeof(path) - 16, NULL) < 0)
		return -ENOENT;
	strcat(path, "/ctl.json");
	int r = file_read(path, &file, err);
	if (r < 0)
		return r;
	r = json_parse((const char *)file.data, file.size, &tree, err);
	if (r < 0)
		return err_prefix(err, r, "%s", path);
	json_begin(&in, tree, err);
	json_text(&in, "server", JSON_REQUIRED, ret->server, sizeof(ret->server));
	json_text(&in, "token", JSON_REQUIRED, ret->token, sizeof(ret->token));
	json_text(&in, "ca", JSON_LINES, ret->ca, sizeof(ret->ca));
	r = json_end(&in);
	return r < 0 ? err_prefix(err, r, "%s", path) : 0;
}

int settings_save(const struct settings *settings, char *path, size_t size, struct err *err)
{
	OWNED(json) cJSON *tree = json_new_object();

	json_put_text(tree, "server", settings->server);
	json_put_text(tree, "token", settings->token);
	if (settings->ca[0])
		json_put_text(tree, "ca", settings->ca);
	OWNED(memory) char *text = json_print_pretty(tree);
	int r = file_path(path, size - 16, err);
	if (r == 0)
		r = file_make_folder(path, 0700, err);
	if (r < 0)
		return r;
	strcat(path, "/ctl.json");
	return file_write(path, text, strlen(text), 0600, err);
}

/* The first line of the file without the space around it. */
static int read_token(const char *path, char token[SETTINGS_TOKEN_MAX], struct err *err)
{
	OWNED(array) struct array file = {.max = SETTINGS_TOKEN_MAX};

	int r = file_read(path, &file, err);
	if (r < 0)
		return err_prefix(err, -EINVAL, "token");
	while (file.size > 0 && isspace(file.data[file.size - 1]))
		file.size--;
	if (file.size == 0 || file.size == SETTINGS_TOKEN_MAX || memchr(file.data, 0, file.size))
		return err_set(err, EINVAL, "%s holds no token", path);
	memcpy(token, file.data, file.size);
	token[file.size] = '\0';
	if (text_has_control(token, NULL))
		return err_set(err, EINVAL, "%s holds no token", path);
	return 0;
}

static int read_ca(const char *typed, struct settings *ret, struct err *err)
{
	OWNED(array) struct array file = {.max = SETTINGS_CA_MAX - 1};

	ret->has_pin = strncmp(typed, "sha256:", 7) == 0;
	ret->ca[0] = '\0';
	if (ret->has_pin && text_from_hex(typed + 7, ret->pin, sizeof(ret->pin)) < 0)
		return err_set(err, EINVAL, "%s is not \"sha256:\" and 64 hex digits", typed);
	if (ret->has_pin)
		return 0;
	int r = file_read(typed, &file, err);
	if (r < 0)
		return err_prefix(err, -EINVAL, "CA");
	if (memchr(file.data, 0, file.size) || file.size == 0)
		return err_set(err, EINVAL, "%s is not a CA certificate in PEM", typed);
	memcpy(ret->ca, file.data, file.size);
	ret->ca[file.size] = '\0';
	return 0;
}

static const char *given(const char *option, const char *variable)
{
	const char *value = option ? option : getenv(variable);

	return value && value[0] ? value : NULL;
}

/* What login wrote, unless the server is another one now. */
static int begin(const char *server, struct settings *ret, struct err *err)
{
	char url[SETTINGS_URL_MAX];

	int r = read_file(ret, err);
	if (r == -ENOENT || (r < 0 && server))
		*ret = (struct settings){0};
	else if (r < 0)
		return r;
	if (!server && !ret->server[0])
		return err_set(err, EINVAL,
				"which server? tyndctl login URL --token-file FILE --ca "
				"sha256:HEX, or --server");
	if (!server)
		return 0;
	r = settings_url(server, url, err);
	if (r < 0)
		return r;
	if (strcmp(url, ret->server) != 0)
		*ret = (struct settings){0};
	return text_copy(ret->server, sizeof(ret->server), url);
}

int settings_load(const struct options *options, bool needs_token, struct settings *ret,
		struct err *err)
{
	const char *ca = given(options->ca, "TYND_CA"), *token = getenv("TYND_TOKEN");
	int r = begin(given(options->server, "TYND_SERVER"), ret, err);

	if (r == 0 && ca)
		r = read_ca(ca, ret, err);
	if (r < 0)
		return r;
	if (options->token_file)
		return read_token(options->token_file, ret->token, err);
	if (token && token[0] && text_copy(ret->token, sizeof(ret->token), token) < 0)
		return err_set(err, EINVAL, "TYND_TOKEN is too long");
	if (needs_token && !ret->token[0])
		return err_set(err, EACCES, "no token for %s: tyndctl login, or --token-file",
				ret->server);
	return 0;
}
