/* SPDX-License-Identifier: Apache-2.0 */
#include "kms/vkms.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONFIGFS "/sys/kernel/config/vkms/"

enum { TYPE_OVERLAY, TYPE_PRIMARY, TYPE_CURSOR };
enum { STATUS_CONNECTED = 1, STATUS_DISCONNECTED = 2 };

struct path {
	char text[256];
};

static struct path path_of(const char *format, ...) __attribute__((format(printf, 1, 2)));
static struct path path_of(const char *format, ...)
{
	struct path path;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(path.text, sizeof path.text, format, arguments);
	va_end(arguments);
	return path;
}

static bool complain(const char *what, const char *path)
{
	fprintf(stderr, "vkms: %s %s: %s\n", what, path, strerror(errno));
	return false;
}

static bool make_folder(struct path path)
{
	return mkdir(path.text, 0755) == 0 || complain("making", path.text);
}

static bool make_link(struct path to, struct path at)
{
	return symlink(to.text, at.text) == 0 || complain("linking", at.text);
}

static bool write_number(struct path path, int number)
{
	FILE *file = fopen(path.text, "we");

	if (!file)
		return complain("opening", path.text);
	fprintf(file, "%d\n", number);
	return fclose(file) == 0 || complain("writing", path.text);
}

static bool add_plane(const char *name, unsigned head, const char *kind, int type)
{
	return make_folder(path_of(CONFIGFS "%s/planes/%s%u", name, kind, head)) &&
	       write_number(path_of(CONFIGFS "%s/planes/%s%u/type", name, kind, head), type) &&
	       make_link(path_of(CONFIGFS "%s/crtcs/crtc%u", name, head),
			       path_of(CONFIGFS "%s/planes/%s%u/possible_crtcs/crtc", name, kind,
					       head));
}

static bool add_overlays(const char *name, unsigned head, unsigned count)
{
	static const char *const kinds[] = {"overlay", "second", "third"};

	for (unsigned i = 0; i < count; i++)
		if (!add_plane(name, head, kinds[i], TYPE_OVERLAY))
			return false;
	return true;
}

static bool add_head(const char *name, unsigned head, bool has_cursor, unsigned overlays)
{
	return make_folder(path_of(CONFIGFS "%s/crtcs/crtc%u", name, head)) &&
	       write_number(path_of(CONFIGFS "%s/crtcs/crtc%u/writeback", name, head), 1) &&
	       add_plane(name, head, "primary", TYPE_PRIMARY) &&
	       add_overlays(name, head, overlays) &&
	       (!has_cursor || add_plane(name, head, "cursor", TYPE_CURSOR)) &&
	       make_folder(path_of(CONFIGFS "%s/encoders/encoder%u", name, head)) &&
	       make_link(path_of(CONFIGFS "%s/crtcs/crtc%u", name, head),
			       path_of(CONFIGFS "%s/encoders/encoder%u/possible_crtcs/crtc", name,
					       head)) &&
	       make_folder(path_of(CONFIGFS "%s/connectors/connector%u", name, head)) &&
	       make_link(path_of(CONFIGFS "%s/encoders/encoder%u", name, head),
			       path_of(CONFIGFS "%s/connectors/connector%u/possible_encoders/"
						"encoder",
					       name, head));
}

bool vkms_create(const char *name, unsigned heads, bool has_cursor)
{
	return vkms_create_with(name, heads, has_cursor, 1);
}

bool vkms_create_with(const char *name, unsigned heads, bool has_cursor, unsigned overlays)
{
	if (!make_folder(path_of(CONFIGFS "%s", name)))
		return false;
	for (unsigned i = 0; i < heads; i++)
		if (!add_head(name, i, has_cursor, overlays))
			return false;
	return write_number(path_of(CONFIGFS "%s/enabled", name), 1);
}

void vkms_destroy(const char *name)
{
	write_number(path_of(CONFIGFS "%s/enabled", name), 0);
}

const char *vkms_path(const char *name)
{
	static struct path path;
	glob_t found;
	struct path pattern = path_of("/sys/bus/faux/devices/%s/drm/card*", name);
	bool is_found = glob(pattern.text, 0, NULL, &found) == 0;

	if (is_found)
		path = path_of("/dev/dri/%s", strrchr(found.gl_pathv[0], '/') + 1);
	globfree(&found);
	return is_found ? path.text : NULL;
}

bool vkms_plug(const char *name, unsigned head, bool is_connected)
{
	return write_number(path_of(CONFIGFS "%s/connectors/connector%u/status", name, head),
			is_connected ? STATUS_CONNECTED : STATUS_DISCONNECTED);
}
