/* SPDX-License-Identifier: Apache-2.0 */
#include "server/ldap.h"

#include <errno.h>
#include <ldap.h>
#include <string.h>
#include <sys/time.h>

#include "base/file.h"
#include "base/text.h"
#include "conf/json.h"

enum { LIMIT_S = 10, ENTRIES_MAX = 1000, FILE_MAX = 16384 };

/* Active Directory: through any number of groups (LDAP_MATCHING_RULE_IN_CHAIN). */
#define IN_CHAIN ":1.2.840.113556.1.4.1941:"

static int escape(const char *value, const char *special, const char *format, char *buffer,
		size_t size)
{
	size_t used = 0;

	for (; *value; value++) {
		bool is_special = strchr(special, *value) != NULL || (uint8_t)*value < 0x20;

		if (text_format(buffer + used, size - used, is_special ? format : "%c",
				    (unsigned)(uint8_t)*value) < 0)
			return -E2BIG;
		used += strlen(buffer + used);
	}
	buffer[used] = '\0';
	return 0;
}

int ldap_escape_filter(const char *value, char *buffer, size_t size)
{
	return escape(value, "*()\\", "\\%02x", buffer, size);
}

int ldap_escape_dn(const char *value, char *buffer, size_t size)
{
	return escape(value, "\"+,;<>\\=# /", "\\%02x", buffer, size);
}

/* "{name}" in a pattern, by what the place wants. */
static int fill(const char *pattern, const char *name,
		int (*escape_name)(const char *, char *, size_t), char *buffer, size_t size)
{
	const char *at = strstr(pattern, "{name}");
	char escaped[3 * DB_NAME_MAX + 1];

	if (!at || escape_name(name, escaped, sizeof(escaped)) < 0)
		return -E2BIG;
	return text_format(buffer, size, "%.*s%s%s", (int)(at - pattern), pattern, escaped,
			at + strlen("{name}"));
}

static int read_options(const char *text, size_t size, struct ldap_options *options,
		struct err *err)
{
	OWNED(json) cJSON *tree = NULL;
	struct json in;
	int r = json_parse(text, size, &tree, err);

	if (r < 0)
		return r;
	json_begin(&in, tree, err);
	json_text(&in, "url", JSON_REQUIRED | JSON_FILLED, options->url, sizeof(options->url));
	json_text(&in, "ca", 0, options->ca, sizeof(options->ca));
	json_text(&in, "bind", JSON_REQUIRED | JSON_FILLED, options->bind, sizeof(options->bind));
	json_text(&in, "base", JSON_REQUIRED | JSON_FILLED, options->base, sizeof(options->base));
	json_text(&in, "filter", JSON_REQUIRED | JSON_FILLED, options->filter,
			sizeof(options->filter));
	json_bool(&in, "nested", 0, &options->is_nested);
	r = json_end(&in);
	if (r < 0)
		return r;
	if (strncmp(options->url, "ldaps://", 8) != 0 && strncmp(options->url, "ldap://", 7) != 0)
		return err_set(err, EINVAL, "url: ldaps://HOST, or ldap://HOST for StartTLS");
	if (!strstr(options->bind, "{name}") || !strstr(options->filter, "{name}"))
		return err_set(err, EINVAL, "bind: {name} stands for the name in bind and filter");
	return 0;
}

int ldap_options_read(const char *path, struct ldap_options **ret, struct err *err)
{
	OWNED(memory) struct ldap_options *options = own_alloc(sizeof(*options));
	OWNED(array) struct array text = {.max = FILE_MAX};
	int r = file_read(path, &text, err);

	*ret = NULL;
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	r = read_options((const char *)text.data, text.size, options, err);
	if (r < 0)
		return err_prefix(err, r, "%s", path);
	*ret = own_take(options);
	return 0;
}

/* --- a connection */

static int fail(struct err *err, const char *what, int code)
{
	return err_set(err, EAGAIN, "the directory did not %s: %s", what, ldap_err2string(code));
}

static void set_options(LDAP *ldap, const struct ldap_options *options)
{
	const struct timeval limit = {.tv_sec = LIMIT_S};
	const int version = LDAP_VERSION3, demand = LDAP_OPT_X_TLS_DEMAND, entries = ENTRIES_MAX;
	const int oldest = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2, own = 0;

	ldap_set_option(ldap, LDAP_OPT_PROTOCOL_VERSION, &version);
	ldap_set_option(ldap, LDAP_OPT_NETWORK_TIMEOUT, &limit);
	ldap_set_option(ldap, LDAP_OPT_TIMEOUT, &limit);
	ldap_set_option(ldap, LDAP_OPT_SIZELIMIT, &entries);
	ldap_set_option(ldap, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
	ldap_set_option(ldap, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand);
	ldap_set_option(ldap, LDAP_OPT_X_TLS_PROTOCOL_MIN, &oldest);
	if (options->ca[0])
		ldap_set_option(ldap, LDAP_OPT_X_TLS_CACERTFILE, options->ca);
	ldap_set_option(ldap, LDAP_OPT_X_TLS_NEWCTX, &own);
}

static int connect_as(LDAP *ldap, const struct ldap_options *options, const char *name,
		const char *password, struct err *err)
{
	bool is_dn = strchr(options->bind, '=') != NULL;
	char who[LDAP_TEXT * 2];
	struct berval secret = {.bv_val = (char *)password, .bv_len = strlen(password)};

	if (!password[0] || strchr(name, '@') ||
			fill(options->bind, name, is_dn ? ldap_escape_dn : ldap_escape_filter, who,
					sizeof(who)) < 0)
		return err_set(err, EACCES, "not a name of the directory");
	set_options(ldap, options);
	if (strncmp(options->url, "ldap://", 7) == 0) {
		int code = ldap_start_tls_s(ldap, NULL, NULL);

		if (code != LDAP_SUCCESS)
			return fail(err, "begin TLS", code);
	}
	int code = ldap_sasl_bind_s(ldap, who, LDAP_SASL_SIMPLE, &secret, NULL, NULL, NULL);
	if (code == LDAP_INVALID_CREDENTIALS || code == LDAP_NO_SUCH_OBJECT ||
			code == LDAP_INVALID_DN_SYNTAX || code == LDAP_INAPPROPRIATE_AUTH)
		return err_set(err, EACCES, "the directory knows no such name and password");
	return code == LDAP_SUCCESS ? 0 : fail(err, "answer", code);
}

/* --- the person and the groups */

static void add_team(struct db_person *person, const char *name, size_t length)
{
	size_t used = strlen(person->teams);

	if (memchr(name, '\n', length) || used + length + 3 > sizeof(person->teams))
		return;
	(void)text_format(person->teams + used, sizeof(person->teams) - used, "%s%.*s\n",
			used ? "" : "\n", (int)length, name);
}

static void read_value(LDAP *ldap, LDAPMessage *entry, const char *attribute, bool is_hex,
		char *buffer, size_t size)
{
	struct berval **values = ldap_get_values_len(ldap, entry, attribute);

	if (values && values[0] && is_hex && values[0]->bv_len * 2 < size)
		text_to_hex((const uint8_t *)values[0]->bv_val, values[0]->bv_len, buffer);
	else if (values && values[0] && !is_hex)
		(void)text_format(buffer, size, "%.*s", (int)values[0]->bv_len, values[0]->bv_val);
	ldap_value_free_len(values);
}

static void read_entry(LDAP *ldap, LDAPMessage *entry, struct db_person *person)
{
	struct berval **teams = ldap_get_values_len(ldap, entry, "memberOf");

	read_value(ldap, entry, "cn", false, person->display, sizeof(person->display));
	if (!text_is_utf8(person->display, strlen(person->display)) ||
			text_has_control(person->display, NULL))
		person->display[0] = '\0';
	read_value(ldap, entry, "entryUUID", false, person->subject, sizeof(person->subject));
	if (!person->subject[0])
		read_value(ldap, entry, "objectGUID", true, person->subject,
				sizeof(person->subject));
	for (unsigned i = 0; teams && teams[i]; i++)
		add_team(person, teams[i]->bv_val, teams[i]->bv_len);
	ldap_value_free_len(teams);
}

static int search(LDAP *ldap, const char *base, const char *filter, char **attributes,
		LDAPMessage **ret, struct err *err)
{
	struct timeval limit = {.tv_sec = LIMIT_S};
	int code = ldap_search_ext_s(ldap, base, LDAP_SCOPE_SUBTREE, filter, attributes, 0, NULL,
			NULL, &limit, ENTRIES_MAX, ret);

	return code == LDAP_SUCCESS ? 0 : fail(err, "answer a search", code);
}

static int find_person(LDAP *ldap, const struct ldap_options *options, const char *name,
		struct db_person *person, char *dn, size_t dn_size, struct err *err)
{
	static const char *const wanted[] = {"cn", "entryUUID", "objectGUID", "memberOf", NULL};
	char filter[LDAP_TEXT * 2];
	LDAPMessage *result = NULL;

	if (fill(options->filter, name, ldap_escape_filter, filter, sizeof(filter)) < 0)
		return err_set(err, EACCES, "not a name of the directory");
	int r = search(ldap, options->base, filter, (char **)wanted, &result, err);
	if (r == 0 && ldap_count_entries(ldap, result) != 1)
		r = err_set(err, EPERM, "the directory has %d entries for this name, not one",
				ldap_count_entries(ldap, result));
	if (r == 0) {
		LDAPMessage *entry = ldap_first_entry(ldap, result);
		char *text = ldap_get_dn(ldap, entry);

		read_entry(ldap, entry, person);
		if (!text || text_copy(dn, dn_size, text) < 0)
			r = err_set(err, EPERM, "the directory's name is too long");
		if (!person->subject[0] && text)
			(void)text_copy(person->subject, sizeof(person->subject), text);
		ldap_memfree(text);
	}
	ldap_msgfree(result);
	return r;
}

/* groupOfNames, and with Active Directory the groups that groups are in. */
static int find_groups(LDAP *ldap, const struct ldap_options *options, const char *dn,
		struct db_person *person, struct err *err)
{
	static const char *const wanted[] = {LDAP_NO_ATTRS, NULL};
	char escaped[LDAP_TEXT * 3], filter[LDAP_TEXT * 4];
	LDAPMessage *result = NULL;

	if (ldap_escape_filter(dn, escaped, sizeof(escaped)) < 0 ||
			text_format(filter, sizeof(filter), "(member%s=%s)",
					options->is_nested ? IN_CHAIN : "", escaped) < 0)
		return err_set(err, EPERM, "the directory's name is too long");
	int r = search(ldap, options->base, filter, (char **)wanted, &result, err);
	for (LDAPMessage *entry = r == 0 ? ldap_first_entry(ldap, result) : NULL; entry;
			entry = ldap_next_entry(ldap, entry)) {
		char *text = ldap_get_dn(ldap, entry);

		if (text)
			add_team(person, text, strlen(text));
		ldap_memfree(text);
	}
	ldap_msgfree(result);
	return r;
}

int ldap_sign_in(const struct ldap_options *options, const char *name, const char *password,
		struct db_person *ret, struct err *err)
{
	char dn[LDAP_TEXT] = "";
	LDAP *ldap = NULL;

	*ret = (struct db_person){.origin = "ldap"};
	(void)text_copy(ret->name, sizeof(ret->name), name);
	if (ldap_initialize(&ldap, options->url) != LDAP_SUCCESS)
		return err_set(err, EAGAIN, "the directory's address is not one");
	int r = connect_as(ldap, options, name, password, err);
	if (r == 0)
		r = find_person(ldap, options, name, ret, dn, sizeof(dn), err);
	if (r == 0)
		r = find_groups(ldap, options, dn, ret, err);
	ldap_unbind_ext_s(ldap, NULL, NULL);
	return r;
}
