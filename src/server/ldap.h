/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names and passwords of a directory (Active Directory, OpenLDAP): the server binds as the
 * person, over TLS only, and reads the person's groups. DIR/ldap.json says where; no password
 * of the server's own is needed. docs/security.md.
 */
#ifndef SERVER_LDAP_H
#define SERVER_LDAP_H

#include "server/db.h"

enum { LDAP_TEXT = 512 };

struct ldap_options {
	char url[LDAP_TEXT];    /* "ldaps://HOST", or "ldap://HOST" for StartTLS */
	char ca[LDAP_TEXT];     /* PEM file; "": what the system trusts */
	char bind[LDAP_TEXT];   /* "uid={name},ou=people,dc=x" or "{name}@example.net" */
	char base[LDAP_TEXT];   /* where people and groups are */
	char filter[LDAP_TEXT]; /* "(uid={name})" */
	bool is_nested;         /* groups in groups, as Active Directory finds them */
};

/* NULL in *ret when the file is not there. The caller frees. */
int ldap_options_read(const char *path, struct ldap_options **ret, struct err *err);

/* Blocks, for a thread. -EACCES: name or password is wrong; else the directory's words. */
int ldap_sign_in(const struct ldap_options *options, const char *name, const char *password,
		struct db_person *ret, struct err *err);

/* `value` for a filter (RFC 4515) or a DN (RFC 4514); -E2BIG. For tests. */
int ldap_escape_filter(const char *value, char *buffer, size_t size);
int ldap_escape_dn(const char *value, char *buffer, size_t size);

#endif
