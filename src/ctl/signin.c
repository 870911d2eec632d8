// SPDX-License-Identifier: Apache-2.0
/* Sessions: by password and code, or by the provider and a browser. Secrets come from standard input. */
#include <arpa/inet.h>
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>

#include "base/text.h"
#include "conf/json.h"
#include "ctl/ctl.h"
#include "ctl/value.h"

enum { LINE_MAX_ = 256, VERIFIER = 32, WAIT_MS = 300000, REQUEST_MAX = 4096 };

/* One line of standard input, not shown while it is typed. */
static int ask(const char *what, char line[LINE_MAX_], struct err *err)
{
	struct termios before, quiet;
	bool is_terminal = tcgetattr(STDIN_FILENO, &before) == 0;

	if (is_terminal) {
		fprintf(stderr, "%s: ", what);
		quiet = before;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	}
	const char *got = fgets(line, LINE_MAX_, stdin);
	if (is_terminal) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
		fputc('\n', stderr);
	}
	if (!got)
		return err_set(err, EINVAL, "%s: a line on standard input is expected", what);
	line[strcspn(line, "\n")] = '\0';
	return 0;
}

static void wipe(cJSON *body, const char *key)
{
	cJSON *member = cJSON_GetObjectItemCaseSensitive(body, key);

	if (cJSON_IsString(member))
		text_wipe(member->valuestring, strlen(member->valuestring));
}

/* The session is kept as login keeps a token. */
static int keep(struct ctl *ctl, const cJSON *answer, struct err *err)
{
	char path[4096], buffer[32];
	int r = text_copy(ctl->settings->token, sizeof(ctl->settings->token),
			ctl_text(answer, "/token", buffer));

	if (r < 0)
		return err_set(err, EPROTO, "the server gave no session");
	r = settings_save(ctl->settings, path, sizeof(path), err);
	if (r == 0)
		ctl_say("You are %s until %s.", ctl_text(answer, "/person", buffer),
				ctl_text(answer, "/expires", buffer));
	return r;
}

int ctl_sign_in_password(struct ctl *ctl, struct err *err)
{
	OWNED(json) cJSON *body = json_new_object();
	OWNED(json) cJSON *answer = NULL;
	char password[LINE_MAX_] = "", code[LINE_MAX_] = "";
	int r = ask("Password", password, err);

	if (r == 0)
		r = ask("Code (empty for a directory's people)", code, err);
	if (r < 0)
		return r;
	json_put_text(body, "person", ctl->args->operands[1]);
	json_put_text(body, "password", password);
	if (code[0])
		json_put_text(body, "code", code);
	text_wipe(password, sizeof(password));
	r = api_call(ctl->api, "POST", "/sign-in", body, &answer, err);
	wipe(body, "password");
	return r < 0 ? r : keep(ctl, answer, err);
}

int ctl_password(struct ctl *ctl, struct err *err)
{
	OWNED(json) cJSON *body = json_new_object();
	OWNED(json) cJSON *answer = NULL;
	char password[LINE_MAX_] = "", name[SCOPE_MAX], path[CTL_PATH_MAX];
	int r = ask("New password", password, err);

	if (r == 0 && (value_encode(ctl->args->operands[0], name, sizeof(name)) < 0 ||
				      text_format(path, sizeof(path), "/people/%s/password", name) <
						      0))
		r = err_set(err, EINVAL, "that is no name");
	if (r < 0)
		return r;
	json_put_text(body, "password", password);
	text_wipe(password, sizeof(password));
	r = api_call(ctl->api, "PUT", path, body, &answer, err);
	wipe(body, "password");
	if (r == 0)
		ctl_print_json(answer);
	return r;
}

int ctl_sign_in_ways(struct ctl *ctl, struct err *err)
{
	OWNED(json) cJSON *answer = NULL;
	int r = api_call(ctl->api, "GET", "/sign-in", NULL, &answer, err);

	if (r == 0)
		ctl_print_json(answer);
	return r;
}

/* --- by a browser: RFC 8252, a loopback address of our own */

static void encode(const uint8_t bytes[VERIFIER], char text[48])
{
	EVP_EncodeBlock((unsigned char *)text, bytes, VERIFIER);
	for (char *at = text; *at; at++)
		*at = *at == '+' ? '-' : *at == '/' ? '_' : *at;
	text[strcspn(text, "=")] = '\0';
}

static int make_verifier(char verifier[48], char challenge[48], struct err *err)
{
	uint8_t bytes[EVP_MAX_MD_SIZE];

	if (RAND_bytes(bytes, VERIFIER) != 1)
		return err_set(err, EIO, "no random bytes");
	encode(bytes, verifier);
	EVP_Digest(verifier, strlen(verifier), bytes, NULL, EVP_sha256(), NULL);
	encode(bytes, challenge);
	return 0;
}

static int listen_here(int *ret, unsigned *port, struct err *err)
{
	struct sockaddr_in address = {
			.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	OWNED(fd) int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) < 0 || listen(fd, 4) < 0 ||
			getsockname(fd, (struct sockaddr *)&address, &size) < 0)
		return err_errno(err, errno, "no port of this machine");
	*port = ntohs(address.sin_port);
	*ret = fd;
	fd = -1;
	return 0;
}

/* The code of "GET /?code=... HTTP/1.1"; -EAGAIN for anything else a browser asks. */
static int read_code(int fd, char code[128])
{
	static const char page[] =
			"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n"
			"\r\nSigned in. You can close this window.\n";
	char request[REQUEST_MAX + 1] = "";
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	ssize_t got = poll(&wait, 1, 5000) == 1 ? recv(fd, request, REQUEST_MAX, 0) : 0;
	const char *at = got > 0 ? strstr(request, "?code=") : NULL;

	if (!at || strncmp(request, "GET /?code=", 11) != 0)
		return -EAGAIN;
	at += strlen("?code=");
	size_t length = strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789");
	if (length == 0 || length >= 128)
		return -EAGAIN;
	(void)text_format(code, 128, "%.*s", (int)length, at);
	(void)!send(fd, page, strlen(page), MSG_NOSIGNAL);
	return 0;
}

static int wait_code(int listener, char code[128], struct err *err)
{
	struct pollfd wait = {.fd = listener, .events = POLLIN};

	while (poll(&wait, 1, WAIT_MS) == 1) {
		OWNED(fd) int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

		if (fd >= 0 && read_code(fd, code) == 0)
			return 0;
	}
	return err_set(err, ENOTCONN, "nobody came back from the browser in five minutes");
}

int ctl_sign_in_oidc(struct ctl *ctl, struct err *err)
{
	OWNED(fd) int listener = -1;
	OWNED(json) cJSON *body = json_new_object();
	OWNED(json) cJSON *answer = NULL;
	char verifier[48], challenge[48], code[128] = "";
	unsigned port = 0;
	int r = make_verifier(verifier, challenge, err);

	if (r == 0)
		r = listen_here(&listener, &port, err);
	if (r < 0)
		return r;
	ctl_say("Open this in a browser of this machine:\n\n  "
		"%s/api/v1/sign-in/oidc?return=http%%3A%%2F%%2F127.0.0.1%%3A%u%%2F&challenge=%s\n",
			ctl->settings->server, port, challenge);
	fflush(stdout);
	r = wait_code(listener, code, err);
	if (r < 0)
		return r;
	json_put_text(body, "code", code);
	json_put_text(body, "verifier", verifier);
	r = api_call(ctl->api, "POST", "/sign-in/code", body, &answer, err);
	return r < 0 ? r : keep(ctl, answer, err);
}
