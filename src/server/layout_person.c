/* SPDX-License-Identifier: Apache-2.0 */
/*
 * People, what they may do, and to which tenant and site a revision or an audit record belongs.
 * Whoever had a token before there were roles goes on as administrator of the organisation.
 */
#include "server/layout.h"

#define PEOPLE_SO_FAR \
	"INSERT INTO person (name, origin, created_s)" \
	" SELECT person, 'token', min(created_s) FROM token GROUP BY person;"

const struct layout_step layout_person = {
		.sqlite = "CREATE TABLE person (name TEXT PRIMARY KEY, tenant TEXT,"
			  " display TEXT NOT NULL DEFAULT '', origin TEXT NOT NULL, subject TEXT,"
			  " teams TEXT NOT NULL DEFAULT '', teams_s INTEGER NOT NULL DEFAULT 0,"
			  " password TEXT, totp BLOB, totp_step INTEGER NOT NULL DEFAULT 0,"
			  " created_s INTEGER NOT NULL, signed_in_s INTEGER) WITHOUT ROWID;"
			  "CREATE UNIQUE INDEX person_subject ON person (origin, subject);"
			  "CREATE TABLE recovery (person TEXT NOT NULL REFERENCES person (name)"
			  " ON DELETE CASCADE, hash BLOB NOT NULL, PRIMARY KEY (person, hash))"
			  " WITHOUT ROWID;"
			  "CREATE TABLE role_grant (id TEXT PRIMARY KEY, person TEXT, team TEXT,"
			  " role TEXT NOT NULL, scope TEXT NOT NULL, tenant TEXT, site TEXT,"
			  " orders_all INTEGER NOT NULL, created_s INTEGER NOT NULL,"
			  " created_by TEXT NOT NULL) WITHOUT ROWID;"
			  "CREATE INDEX role_grant_person ON role_grant (person);"
			  "CREATE INDEX role_grant_team ON role_grant (team);"
			  "ALTER TABLE token ADD COLUMN kind TEXT NOT NULL DEFAULT 'token';"
			  "ALTER TABLE token ADD COLUMN expires_s INTEGER;"
			  "ALTER TABLE token ADD COLUMN role TEXT;"
			  "ALTER TABLE token ADD COLUMN scope TEXT;"
			  "CREATE INDEX token_person ON token (person);"
			  "CREATE TABLE attempt (who TEXT PRIMARY KEY, failures INTEGER NOT NULL,"
			  " last_s INTEGER NOT NULL) WITHOUT ROWID;"
			  "CREATE TABLE ticket (hash BLOB PRIMARY KEY, kind TEXT NOT NULL,"
			  " content TEXT NOT NULL, created_s INTEGER NOT NULL) WITHOUT ROWID;"
			  "ALTER TABLE revision ADD COLUMN tenant TEXT;"
			  "ALTER TABLE revision ADD COLUMN site TEXT;"
			  "ALTER TABLE audit ADD COLUMN tenant TEXT;"
			  "ALTER TABLE audit ADD COLUMN site TEXT;" PEOPLE_SO_FAR
			  "INSERT INTO role_grant (id, person, role, scope, orders_all, created_s,"
			  " created_by) SELECT lower(hex(randomblob(6))), name, 'administrator',"
			  " 'organisation', 1, created_s, name FROM person;",

		.pg = "CREATE TABLE person (name text COLLATE \"C\" PRIMARY KEY,"
		      " tenant text COLLATE \"C\", display text NOT NULL DEFAULT '',"
		      " origin text COLLATE \"C\" NOT NULL, subject text COLLATE \"C\","
		      " teams text NOT NULL DEFAULT '', teams_s bigint NOT NULL DEFAULT 0,"
		      " password text, totp bytea, totp_step bigint NOT NULL DEFAULT 0,"
		      " created_s bigint NOT NULL, signed_in_s bigint);"
		      "CREATE UNIQUE INDEX person_subject ON person (origin, subject);"
		      "CREATE TABLE recovery (person text COLLATE \"C\" NOT NULL REFERENCES person"
		      " (name) ON DELETE CASCADE, hash bytea NOT NULL, PRIMARY KEY (person, hash));"
		      "CREATE TABLE role_grant (id text COLLATE \"C\" PRIMARY KEY,"
		      " person text COLLATE \"C\", team text COLLATE \"C\", role text NOT NULL,"
		      " scope text COLLATE \"C\" NOT NULL, tenant text COLLATE \"C\","
		      " site text COLLATE \"C\", orders_all bigint NOT NULL,"
		      " created_s bigint NOT NULL, created_by text NOT NULL);"
		      "CREATE INDEX role_grant_person ON role_grant (person);"
		      "CREATE INDEX role_grant_team ON role_grant (team);"
		      "ALTER TABLE token ALTER COLUMN person TYPE text COLLATE \"C\";"
		      "ALTER TABLE token ADD COLUMN kind text NOT NULL DEFAULT 'token';"
		      "ALTER TABLE token ADD COLUMN expires_s bigint;"
		      "ALTER TABLE token ADD COLUMN role text;"
		      "ALTER TABLE token ADD COLUMN scope text;"
		      "CREATE INDEX token_person ON token (person);"
		      "CREATE TABLE attempt (who text COLLATE \"C\" PRIMARY KEY,"
		      " failures bigint NOT NULL, last_s bigint NOT NULL);"
		      "CREATE TABLE ticket (hash bytea PRIMARY KEY, kind text NOT NULL,"
		      " content text NOT NULL, created_s bigint NOT NULL);"
		      "ALTER TABLE revision ADD COLUMN tenant text COLLATE \"C\";"
		      "ALTER TABLE revision ADD COLUMN site text COLLATE \"C\";"
		      "ALTER TABLE audit ADD COLUMN tenant text COLLATE \"C\";"
		      "ALTER TABLE audit ADD COLUMN site text COLLATE \"C\";" PEOPLE_SO_FAR
		      "INSERT INTO role_grant (id, person, role, scope, orders_all, created_s,"
		      " created_by) SELECT substr(md5(random()::text || name), 1, 12), name,"
		      " 'administrator', 'organisation', 1, created_s, name FROM person;",
};
