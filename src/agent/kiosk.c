// SPDX-License-Identifier: Apache-2.0
#include "agent/kiosk.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/log.h"
#include "base/text.h"
#include "wire/order.h"
#include "wire/told.h"

enum { STATE_NEW = 1, STATE_GREETED = 2, BACKLOG = 4 };

struct kiosk {
	struct loop *loop;
	int listener;
	struct loop_watch *watch;
	uid_t uid;
	struct wire_channel *channel;
	bool is_greeted;
	const struct kiosk_events *events;
	void *data;
};

static int listen_at(int fd, const char *path, struct err *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	if (text_copy(address.sun_path, sizeof(address.sun_path), path) < 0)
		return err_set(err, EINVAL, "%s: longer than %zu bytes", path,
				sizeof(address.sun_path) - 1);
	(void)unlink(path);
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
			chmod(path, 0666) < 0 || listen(fd, BACKLOG) < 0)
		return err_errno(err, errno, "%s", path);
	return 0;
}

int kiosk_listen(const char *path, int *ret, struct err *err)
{
	OWNED(fd) int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return err_errno(err, errno, "no socket for the kiosk");
	int r = listen_at(fd, path, err);
	if (r == 0)
		*ret = own_take_fd(&fd);
	return r;
}

/* --- what the kiosk says */

static bool is_text(const char *text, size_t size)
{
	return memchr(text, 0, size) && text_is_utf8(text, strlen(text)) &&
	       !text_has_control(text, NULL);
}

static int on_hello(void *data, const void *message, int *fds)
{
	struct kiosk *kiosk = data;
	const struct wire_agent_hello *hello = message;

	(void)fds;
	if (!is_text(hello->version, sizeof(hello->version)))
		return -EINVAL;
	log_info("kiosk %s is there", hello->version);
	wire_channel_set_state(kiosk->channel, STATE_GREETED);
	kiosk->is_greeted = true;
	kiosk->events->connected(kiosk->data);
	return 0;
}

static int on_config_up(void *data, const void *message, int *fds)
{
	struct kiosk *kiosk = data;
	const struct wire_agent_config_up *up = message;

	(void)fds;
	kiosk->events->config_up(kiosk->data, up->revision);
	return 0;
}

static int on_server(void *data, const void *message, int *fds)
{
	struct kiosk *kiosk = data;
	const struct wire_agent_server *server = message;

	(void)fds;
	if (!is_text(server->address, sizeof(server->address)))
		return -EINVAL;
	kiosk->events->server(kiosk->data, server->address);
	return 0;
}

static int on_dial(void *data, const void *message, int *fds)
{
	struct kiosk *kiosk = data;
	const struct wire_agent_dial *dial = message;

	(void)fds;
	if (!is_text(dial->host, sizeof(dial->host)) || dial->zero)
		return -EINVAL;
	kiosk->events->dial(kiosk->data, dial->id, dial->host, dial->port);
	return 0;
}

static int on_session(void *data, const void *message, int *fds)
{
	struct kiosk *kiosk = data;
	const struct wire_agent_session *session = message;

	(void)fds;
	if (!is_text(session->desktop, sizeof(session->desktop)) || session->is_running > 1 ||
			!reason_is_known(session->reason))
		return -EINVAL;
	kiosk->events->session(kiosk->data, session->is_running, (enum reason)session->reason,
			session->desktop);
	return 0;
}

static int on_monitors(void *data, const void *message, int *fds)
{
	struct kiosk *kiosk = data;

	(void)fds;
	if (wire_monitors_check(message) < 0)
		return -EINVAL;
	kiosk->events->monitors(kiosk->data, message);
	return 0;
}

static int on_quality(void *data, const void *message, int *fds)
{
	struct kiosk *kiosk = data;

	(void)fds;
	if (wire_quality_check(message) < 0)
		return -EINVAL;
	kiosk->events->quality(kiosk->data, message);
	return 0;
}

/* Neither shorter than it says, nor to be changed any more. */
static bool is_file(int fd, uint32_t size)
{
	const int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
	struct stat file;

	return (fcntl(fd, F_GET_SEALS) & seals) == seals && fstat(fd, &file) == 0 &&
	       file.st_size == (off_t)size;
}

static int on_order_done(void *data, const void *message, int *fds)
{
	struct kiosk *kiosk = data;
	const struct wire_agent_order_done *done = message;
	bool has_file = done->header.type == WIRE_AGENT_ORDER_DONE_FILE;
	struct err err;

	if (wire_order_done_check(done, &err) < 0) {
		log_warn("the kiosk said: %s", err.text);
		return -EINVAL;
	}
	if (has_file && !is_file(fds[0], done->file_size))
		return -EINVAL;
	kiosk->events->order_done(kiosk->data, done, has_file ? fds[0] : -1);
	return 0;
}

static const struct wire_rule rules[] = {
		{WIRE_AGENT_HELLO, sizeof(struct wire_agent_hello), 0, STATE_NEW, "HELLO",
				on_hello},
		{WIRE_AGENT_CONFIG_UP, sizeof(struct wire_agent_config_up), 0, STATE_GREETED,
				"CONFIG_UP", on_config_up},
		{WIRE_AGENT_SERVER, sizeof(struct wire_agent_server), 0, STATE_GREETED, "SERVER",
				on_server},
		{WIRE_AGENT_DIAL, sizeof(struct wire_agent_dial), 0, STATE_GREETED, "DIAL",
				on_dial},
		{WIRE_AGENT_SESSION, sizeof(struct wire_agent_session), 0, STATE_GREETED, "SESSION",
				on_session},
		{WIRE_AGENT_ORDER_DONE, sizeof(struct wire_agent_order_done), 0, STATE_GREETED,
				"ORDER_DONE", on_order_done},
		{WIRE_AGENT_ORDER_DONE_FILE, sizeof(struct wire_agent_order_done), 1, STATE_GREETED,
				"ORDER_DONE_FILE", on_order_done},
		{WIRE_AGENT_MONITORS, sizeof(struct wire_agent_monitors), 0, STATE_GREETED,
				"MONITORS", on_monitors},
		{WIRE_AGENT_QUALITY, sizeof(struct wire_agent_quality), 0, STATE_GREETED, "QUALITY",
				on_quality},
};

/* --- who connects */

static void drop_channel(struct kiosk *kiosk)
{
	bool was_greeted = kiosk->is_greeted;

	wire_channel_destroy(kiosk->channel);
	kiosk->channel = NULL;
	kiosk->is_greeted = false;
	if (was_greeted)
		kiosk->events->gone(kiosk->data);
}

static void on_closed(void *data, const char *why)
{
	if (why)
		log_warn("the kiosk's connection is ended: %s", why);
	else
		log_info("the kiosk is gone");
	drop_channel(data);
}

static bool may_speak(const struct kiosk *kiosk, int fd)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
		return false;
	if (peer.uid == 0 || peer.uid == kiosk->uid || peer.uid == geteuid())
		return true;
	log_warn("user %u, process %d wanted to be the kiosk", peer.uid, peer.pid);
	return false;
}

/* The newest one wins: the one before may be a process that hangs. */
static void on_connection(void *data, uint32_t events)
{
	struct kiosk *kiosk = data;
	OWNED(fd) int fd = accept4(kiosk->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	if (fd < 0 || !may_speak(kiosk, fd))
		return;
	drop_channel(kiosk);
	kiosk->channel = wire_channel_create(kiosk->loop, own_take_fd(&fd), rules,
			sizeof(rules) / sizeof(rules[0]), on_closed, kiosk);
}

struct kiosk *kiosk_create(struct loop *loop, int fd, uid_t uid, const struct kiosk_events *events,
		void *data)
{
	struct kiosk *kiosk = own_alloc(sizeof(*kiosk));

	kiosk->loop = loop;
	kiosk->listener = fd;
	kiosk->uid = uid;
	kiosk->events = events;
	kiosk->data = data;
	kiosk->watch = loop_watch_fd(loop, fd, EPOLLIN, on_connection, kiosk);
	return kiosk;
}

void kiosk_destroy(struct kiosk *kiosk)
{
	if (!kiosk)
		return;
	wire_channel_destroy(kiosk->channel);
	loop_watch_remove(kiosk->watch);
	close(kiosk->listener);
	free(kiosk);
}

/* --- what it is told */

bool kiosk_is_connected(const struct kiosk *kiosk)
{
	return kiosk->is_greeted;
}

/* A failed send is reported by the channel itself, which then ends. */
static void send_message(struct kiosk *kiosk, const void *message, int fd)
{
	if (kiosk->is_greeted)
		(void)wire_send(kiosk->channel, message, &fd, fd >= 0 ? 1 : 0);
}

void kiosk_send_status(struct kiosk *kiosk, const struct wire_agent_status *status)
{
	send_message(kiosk, status, -1);
}

/* The struct in memory that nobody can change any more. */
static int seal_config(const struct conf_signed *conf)
{
	const unsigned seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
	OWNED(fd)
	int fd = memfd_create("tynd-config", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);

	if (fd < 0 && errno == EINVAL) /* before Linux 6.3 */
		fd = memfd_create("tynd-config", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0 || write(fd, conf, sizeof(*conf)) != (ssize_t)sizeof(*conf) ||
			fcntl(fd, F_ADD_SEALS, seals) < 0)
		return -errno;
	return own_take_fd(&fd);
}

bool kiosk_send_config(struct kiosk *kiosk, const struct conf_signed *conf, bool is_trial)
{
	struct wire_agent_config message = {.revision = conf->revision, .is_trial = is_trial};

	if (!kiosk->is_greeted)
		return false;
	OWNED(fd) int fd = seal_config(conf);
	if (fd < 0) {
		log_error("the config cannot be given to the kiosk: %s", strerror(-fd));
		return false;
	}
	wire_init(&message, WIRE_AGENT_CONFIG);
	send_message(kiosk, &message, fd);
	return true;
}

void kiosk_send_dialed(struct kiosk *kiosk, uint32_t id, int fd, enum reason reason)
{
	struct wire_agent_dialed message = {.id = id, .reason = reason};

	if (fd >= 0)
		wire_init(&message, WIRE_AGENT_DIALED_SOCKET);
	else
		wire_init(&message, WIRE_AGENT_DIALED);
	send_message(kiosk, &message, fd);
}

bool kiosk_send_order(struct kiosk *kiosk, const struct wire_agent_order *order)
{
	struct wire_agent_order message = *order;

	if (!kiosk->is_greeted)
		return false;
	wire_init(&message, WIRE_AGENT_ORDER);
	send_message(kiosk, &message, -1);
	return true;
}
