/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sites and groups of a tenant are named TENANT/NAME, devices have a tenant of their own, and a
 * device's name is one in its tenant: what one tenant calls its things never meets another's.
 */
#include "server/layout.h"

/* The new name of the site `name`, whose tenant the row knows. */
#define RENAMED "CASE WHEN tenant IS NULL THEN name ELSE tenant || '/' || name END"

/* A scope of a site, in `scope`, gets the new name. */
#define SCOPES(table) \
	"UPDATE " table " SET scope = 'site/' || (SELECT " RENAMED " FROM site" \
	" WHERE 'site/' || site.name = " table ".scope) WHERE scope IN" \
	" (SELECT 'site/' || name FROM site WHERE tenant IS NOT NULL);"

const struct layout_step layout_tenant = {
		.sqlite = "DROP TRIGGER revision_fixed;" SCOPES("layer") SCOPES(
				"revision") "CREATE TRIGGER revision_fixed BEFORE UPDATE OF "
					    "revision, time_s, person,"
					    " reason, kind, scope, patch, after, undoes ON "
					    "revision BEGIN"
					    " SELECT RAISE (ABORT, 'revisions are never changed'); "
					    "END;"
					    "CREATE TEMP TABLE old_member AS SELECT team, device "
					    "FROM member;"
					    "CREATE TEMP TABLE old_device AS SELECT device.*, "
					    "site.tenant,"
					    " CASE WHEN site.tenant IS NULL THEN device.site"
					    "  ELSE site.tenant || '/' || site.name END AS path"
					    " FROM device LEFT JOIN site ON site.name = "
					    "device.site;"
					    "DROP TABLE member; DROP TABLE device;"
					    "UPDATE site SET name = " RENAMED ";"
					    "ALTER TABLE team ADD COLUMN tenant TEXT REFERENCES "
					    "tenant (name);"
					    "CREATE TABLE device (id TEXT PRIMARY KEY, name TEXT "
					    "NOT NULL,"
					    " tenant TEXT REFERENCES tenant (name), site TEXT "
					    "REFERENCES site (name),"
					    " certificate BLOB NOT NULL, hardware TEXT NOT NULL,"
					    " approved_s INTEGER NOT NULL, approved_by TEXT NOT "
					    "NULL,"
					    " revision INTEGER NOT NULL DEFAULT 0,"
					    " issued_s INTEGER NOT NULL DEFAULT 0, effective BLOB, "
					    "envelope BLOB,"
					    " seen_s INTEGER, report TEXT, address TEXT);"
					    "CREATE UNIQUE INDEX device_name ON device "
					    "(coalesce(tenant, ''), name);"
					    "CREATE INDEX device_sorted ON device (name, id);"
					    "CREATE INDEX device_tenant ON device (tenant);"
					    "CREATE INDEX device_site ON device (site);"
					    "CREATE TABLE member (team TEXT NOT NULL REFERENCES "
					    "team (name),"
					    " device TEXT NOT NULL REFERENCES device (id) ON "
					    "DELETE CASCADE,"
					    " PRIMARY KEY (team, device)) WITHOUT ROWID;"
					    "CREATE INDEX member_device ON member (device);"
					    "INSERT INTO device (id, name, tenant, site, "
					    "certificate, hardware,"
					    " approved_s, approved_by, revision, issued_s, "
					    "effective, envelope,"
					    " seen_s, report, address) SELECT id, name, tenant, "
					    "path, certificate,"
					    " hardware, approved_s, approved_by, revision, "
					    "issued_s, effective,"
					    " envelope, seen_s, report, address FROM old_device;"
					    "INSERT INTO member (team, device) SELECT team, device "
					    "FROM old_member;"
					    "DROP TABLE old_member; DROP TABLE old_device;",

		.pg = "DROP TRIGGER revision_fixed ON revision;" SCOPES("layer") SCOPES(
				"revision") "CREATE TRIGGER revision_fixed BEFORE UPDATE OF "
					    "revision, time_s, person,"
					    " reason, kind, scope, patch, after, undoes ON revision"
					    " FOR EACH ROW EXECUTE FUNCTION revision_kept();"
					    "ALTER TABLE device ADD COLUMN tenant text COLLATE "
					    "\"C\" REFERENCES tenant"
					    " (name);"
					    "UPDATE device SET tenant = site.tenant FROM site"
					    " WHERE site.name = device.site;"
					    "ALTER TABLE device DROP CONSTRAINT device_site_fkey;"
					    "UPDATE device SET site = tenant || '/' || site"
					    " WHERE site IS NOT NULL AND tenant IS NOT NULL;"
					    "UPDATE site SET name = " RENAMED ";"
					    "ALTER TABLE device ADD CONSTRAINT device_site_fkey "
					    "FOREIGN KEY (site)"
					    " REFERENCES site (name);"
					    "ALTER TABLE device DROP CONSTRAINT device_name_key;"
					    "CREATE UNIQUE INDEX device_name ON device"
					    " ((coalesce(tenant, '') COLLATE \"C\"), name);"
					    "CREATE INDEX device_sorted ON device (name, id);"
					    "CREATE INDEX device_tenant ON device (tenant);"
					    "ALTER TABLE team ADD COLUMN tenant text COLLATE \"C\" "
					    "REFERENCES tenant"
					    " (name);",
};
