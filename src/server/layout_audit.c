/* SPDX-License-Identifier: Apache-2.0 */
/* The audit log: append-only, each hash over the one before. */
#include "server/layout.h"

const struct layout_step layout_audit = {
		.sqlite = "CREATE TABLE audit (id INTEGER PRIMARY KEY, time_s INTEGER NOT NULL,"
			  " person TEXT NOT NULL, address TEXT NOT NULL, action TEXT NOT NULL,"
			  " status INTEGER NOT NULL, request TEXT NOT NULL, hash BLOB NOT NULL);"
			  "CREATE INDEX audit_person ON audit (person, id);"
			  "CREATE TRIGGER audit_kept BEFORE DELETE ON audit BEGIN"
			  " SELECT RAISE (ABORT, 'the audit log is never shortened'); END;"
			  "CREATE TRIGGER audit_fixed BEFORE UPDATE ON audit BEGIN"
			  " SELECT RAISE (ABORT, 'the audit log is never changed'); END;",

		.pg = "CREATE TABLE audit (id bigint PRIMARY KEY, time_s bigint NOT NULL,"
		      " person text COLLATE \"C\" NOT NULL, address text NOT NULL, action text NOT "
		      "NULL,"
		      " status bigint NOT NULL, request text NOT NULL, hash bytea NOT NULL);"
		      "CREATE INDEX audit_person ON audit (person, id);"
		      "CREATE FUNCTION audit_kept() RETURNS trigger LANGUAGE plpgsql AS"
		      " 'BEGIN RAISE EXCEPTION ''the audit log is never changed or shortened''; "
		      "END';"
		      "CREATE TRIGGER audit_kept BEFORE DELETE OR UPDATE ON audit"
		      " FOR EACH ROW EXECUTE FUNCTION audit_kept();",
};
