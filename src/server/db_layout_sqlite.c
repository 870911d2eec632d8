/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The layout of the SQLite database: numbered steps, each done once, in one
 * transaction with the number (PRAGMA user_version). A step that was released is
 * never changed; a new layout is a new step, here and in db_layout_pg.c.
 */
#include "server/sql.h"

const char *const sqlite_layout[] = {
		"CREATE TABLE token (id TEXT PRIMARY KEY, person TEXT NOT NULL, hash BLOB NOT NULL,"
		" created_s INTEGER NOT NULL, used_s INTEGER) WITHOUT ROWID;"

		"CREATE TABLE tenant (name TEXT PRIMARY KEY) WITHOUT ROWID;"
		"CREATE TABLE site (name TEXT PRIMARY KEY, tenant TEXT REFERENCES tenant (name))"
		" WITHOUT ROWID;"
		"CREATE INDEX site_tenant ON site (tenant);"
		"CREATE TABLE team (name TEXT PRIMARY KEY) WITHOUT ROWID;"

		"CREATE TABLE device (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
		" site TEXT REFERENCES site (name), certificate BLOB NOT NULL, hardware TEXT NOT "
		"NULL,"
		" approved_s INTEGER NOT NULL, approved_by TEXT NOT NULL,"
		" revision INTEGER NOT NULL DEFAULT 0, issued_s INTEGER NOT NULL DEFAULT 0,"
		" effective BLOB, envelope BLOB, seen_s INTEGER, report TEXT, address TEXT);"
		"CREATE INDEX device_site ON device (site);"
		"CREATE TABLE member (team TEXT NOT NULL REFERENCES team (name),"
		" device TEXT NOT NULL REFERENCES device (id) ON DELETE CASCADE,"
		" PRIMARY KEY (team, device)) WITHOUT ROWID;"
		"CREATE INDEX member_device ON member (device);"

		"CREATE TABLE blob (hash BLOB PRIMARY KEY, data BLOB NOT NULL);"
		"CREATE TABLE config (device TEXT NOT NULL, revision INTEGER NOT NULL,"
		" envelope BLOB NOT NULL, PRIMARY KEY (device, revision)) WITHOUT ROWID;"
		"CREATE INDEX config_revision ON config (revision);"

		"CREATE TABLE layer (scope TEXT PRIMARY KEY, revision INTEGER NOT NULL,"
		" config TEXT NOT NULL, origins TEXT NOT NULL) WITHOUT ROWID;"
		"CREATE TABLE revision (revision INTEGER PRIMARY KEY AUTOINCREMENT,"
		" time_s INTEGER NOT NULL, person TEXT NOT NULL, reason TEXT NOT NULL,"
		" kind TEXT NOT NULL, scope TEXT NOT NULL, patch TEXT, after TEXT,"
		" undoes INTEGER REFERENCES revision (revision), device_count INTEGER NOT NULL);"
		"CREATE INDEX revision_scope ON revision (scope, revision);"
		"CREATE INDEX revision_undoes ON revision (undoes);"
		/* Append-only: only the count of devices is written later, in the same transaction. */
		"CREATE TRIGGER revision_kept BEFORE DELETE ON revision BEGIN"
		" SELECT RAISE (ABORT, 'revisions are never removed'); END;"
		"CREATE TRIGGER revision_fixed BEFORE UPDATE OF revision, time_s, person, reason, "
		"kind,"
		" scope, patch, after, undoes ON revision BEGIN"
		" SELECT RAISE (ABORT, 'revisions are never changed'); END;"

		"CREATE TABLE enrolment (id TEXT PRIMARY KEY, state INTEGER NOT NULL, csr TEXT NOT "
		"NULL,"
		" key BLOB NOT NULL, commitment BLOB NOT NULL, server_nonce BLOB NOT NULL,"
		" device_nonce BLOB, code TEXT, hardware TEXT NOT NULL, address TEXT NOT NULL,"
		" created_s INTEGER NOT NULL, seen_s INTEGER NOT NULL, device TEXT, certificate "
		"TEXT,"
		" reason TEXT) WITHOUT ROWID;"
		"CREATE INDEX enrolment_state ON enrolment (state, seen_s);"
		"CREATE INDEX enrolment_code ON enrolment (code);",

		/* The audit log: append-only, each hash over the one before. */
		"CREATE TABLE audit (id INTEGER PRIMARY KEY, time_s INTEGER NOT NULL,"
		" person TEXT NOT NULL, address TEXT NOT NULL, action TEXT NOT NULL,"
		" status INTEGER NOT NULL, request TEXT NOT NULL, hash BLOB NOT NULL);"
		"CREATE INDEX audit_person ON audit (person, id);"
		"CREATE TRIGGER audit_kept BEFORE DELETE ON audit BEGIN"
		" SELECT RAISE (ABORT, 'the audit log is never shortened'); END;"
		"CREATE TRIGGER audit_fixed BEFORE UPDATE ON audit BEGIN"
		" SELECT RAISE (ABORT, 'the audit log is never changed'); END;",

		NULL,
};
