/* SPDX-License-Identifier: Apache-2.0 */
#include "server/place.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"

int place_name_check(const char *name, struct err *err)
{
	size_t length = strlen(name);

	if (!length || length >= DB_NAME_MAX)
		return err_set(err, EINVAL, "a name has 1 to %d bytes", DB_NAME_MAX - 1);
	if (!text_is_utf8(name, length) || text_has_control(name, NULL) || strchr(name, '/'))
		return err_set(err, EINVAL, "a name has no control characters and no \"/\"");
	if (name[0] == ' ' || name[length - 1] == ' ')
		return err_set(err, EINVAL, "a name has no space at its ends");
	return 0;
}

void place_tenant(const char *name, char tenant[DB_NAME_MAX])
{
	const char *slash = strchr(name, '/');

	(void)text_format(tenant, DB_NAME_MAX, "%.*s", slash ? (int)(slash - name) : 0, name);
}

const char *place_short(const char *name)
{
	const char *slash = strchr(name, '/');

	return slash ? slash + 1 : name;
}

int place_put(struct db *db, enum db_place_kind kind, const char *name, struct err *err)
{
	const char *own = kind == DB_TENANT ? name : place_short(name);
	char tenant[DB_NAME_MAX] = "";
	struct db_place place;
	int r = place_name_check(own, err);

	if (r == 0 && own != name) {
		if (own - name > DB_NAME_MAX)
			return err_set(err, EINVAL, "a name has 1 to %d bytes", DB_NAME_MAX - 1);
		place_tenant(name, tenant);
		r = db_place_get(db, DB_TENANT, tenant, &place, err);
	}
	return r < 0 ? r : db_place_put(db, kind, name, tenant, err);
}

int place_ensure(struct db *db, enum db_place_kind kind, const char *name, bool may_create,
		struct err *err)
{
	struct db_place place;
	int r = db_place_get(db, kind, name, &place, err);

	if (r != -ENOENT)
		return r;
	if (!may_create) {
		size_t used = strlen(err->text);

		(void)text_format(err->text + used, sizeof(err->text) - used,
				" (\"create\": true makes it)");
		return r;
	}
	return place_put(db, kind, name, err);
}

int place_scope(struct db *db, const char *kind, const char *name, char scope[DB_SCOPE_MAX],
		struct err *err)
{
	static const char *const kinds[] = {
			[DB_TENANT] = "tenant",
			[DB_SITE] = "site",
			[DB_GROUP] = "group",
	};
	struct db_place place;
	struct db_device device;
	int r = -ENOENT;

	if (!name && strcmp(kind, "organisation") == 0)
		return text_copy(scope, DB_SCOPE_MAX, kind);
	if (name && strcmp(kind, "device") == 0) {
		r = db_device_get(db, name, &device, err);
	} else if (name) {
		(void)err_set(err, ENOENT,
				"a scope is organisation, tenant/NAME, site/NAME, "
				"group/NAME or device/ID");
		for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
			if (strcmp(kind, kinds[i]) == 0)
				r = db_place_get(db, (enum db_place_kind)i, name, &place, err);
		}
	}
	if (r < 0)
		return r;
	return text_format(scope, DB_SCOPE_MAX, "%s/%s", kind, name);
}
