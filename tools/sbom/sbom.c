/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sbom FILES PACKAGES LICENCES NAME EPOCH: the software bill of materials of an
 * image as SPDX 2.3 JSON on stdout. FILES and PACKAGES are of tools/sbom/describe.
 *
 * The licence of a package is what its debian/copyright says in the machine-readable
 * form: all licences of its stanzas, joined by AND. A name that SPDX does not know
 * becomes a LicenseRef with a note where its text is. Prose needs a line in LICENCES.
 */
#include <cjson/cJSON.h>
#include <ctype.h>
#include <err.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LINE_MAX_BYTES = 4096, FIELDS_MAX = 6, NAMES_MAX = 256, EXPRESSION_MAX = 8192 };

struct table {
	char *(*rows)[FIELDS_MAX];
	size_t count;
};

static struct table read_table(const char *path, char separator)
{
	struct table table = {0};
	char line[LINE_MAX_BYTES];
	FILE *file = fopen(path, "r");

	if (!file)
		err(1, "%s", path);
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '\0' || line[0] == '#')
			continue;
		table.rows = realloc(table.rows, (table.count + 1) * sizeof(*table.rows));
		if (!table.rows)
			err(1, "table");
		memset(table.rows[table.count], 0, sizeof(*table.rows));
		char *rest = strdup(line);

		for (unsigned i = 0; i < FIELDS_MAX && rest; i++) {
			char *end = strchr(rest, separator);

			if (end)
				*end++ = '\0';
			table.rows[table.count][i] = rest;
			rest = end;
		}
		table.count++;
	}
	fclose(file);
	return table;
}

/* "name = expression" lines: the expression of `name`, or NULL. */
static const char *licence_known(const struct table *licences, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < licences->count; i++) {
		const char *line = licences->rows[i][0];

		if (strncmp(line, name, length) == 0 && strncmp(line + length, " = ", 3) == 0)
			return line + length + 3;
	}
	return NULL;
}

/* An SPDX identifier may hold letters, digits, "." and "-". */
static void make_id(char *id, size_t size, const char *prefix, const char *name)
{
	snprintf(id, size, "%s%s", prefix, name);
	for (char *at = id; *at; at++)
		if (!isalnum((unsigned char)*at) && *at != '.')
			*at = '-';
}

static void note_extracted(cJSON *extracted, const char *id, const char *name, const char *package)
{
	const cJSON *known;

	cJSON_ArrayForEach(known, extracted) {
		if (strcmp(cJSON_GetObjectItemCaseSensitive(known, "licenseId")->valuestring, id) ==
				0)
			return;
	}
	char text[LINE_MAX_BYTES];
	cJSON *entry = cJSON_CreateObject();

	snprintf(text, sizeof(text), "\"%s\" as in the copyright file of Debian's package %s.",
			name, package);
	cJSON_AddStringToObject(entry, "licenseId", id);
	cJSON_AddStringToObject(entry, "name", name);
	cJSON_AddStringToObject(entry, "extractedText", text);
	cJSON_AddItemToArray(extracted, entry);
}

struct licence_set {
	char *names[NAMES_MAX];
	size_t count;
};

static void licence_add(struct licence_set *set, const char *name)
{
	for (size_t i = 0; i < set->count; i++)
		if (strcmp(set->names[i], name) == 0)
			return;
	if (set->count == NAMES_MAX)
		errx(1, "more than %d licences in one package", NAMES_MAX);
	set->names[set->count++] = strdup(name);
}

/* The names behind "License:" of a machine-readable copyright file; none for prose. */
static struct licence_set licence_read(const char *path)
{
	struct licence_set set = {0};
	char line[LINE_MAX_BYTES];
	FILE *file = fopen(path, "r");

	if (!file)
		err(1, "%s", path);
	bool is_machine_readable = false;

	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncasecmp(line, "Format:", 7) == 0)
			is_machine_readable = true;
		if (!is_machine_readable || strncasecmp(line, "License:", 8) != 0)
			continue;
		char *name = line + 8 + strspn(line + 8, " \t");

		for (size_t end = strlen(name); end > 0 && isspace((unsigned char)name[end - 1]);
				end--)
			name[end - 1] = '\0';
		if (*name)
			licence_add(&set, name);
	}
	fclose(file);
	return set;
}

static void licence_declare(const struct table *licences, cJSON *extracted, const char *package,
		const char *source, char *expression, size_t size)
{
	char key[LINE_MAX_BYTES];

	snprintf(key, sizeof(key), "package %s", package);
	const char *known = source[0] == '=' ? source + 1 : licence_known(licences, key);

	if (known) {
		snprintf(expression, size, "%s", known);
		return;
	}
	struct licence_set set = licence_read(source);
	struct licence_set terms = {0};

	for (size_t i = 0; i < set.count; i++) {
		char term[LINE_MAX_BYTES], id[LINE_MAX_BYTES];

		known = licence_known(licences, set.names[i]);
		if (known) {
			snprintf(term, sizeof(term), strstr(known, " OR ") ? "(%s)" : "%s", known);
		} else {
			make_id(id, sizeof(id), "LicenseRef-debian-", set.names[i]);
			note_extracted(extracted, id, set.names[i], package);
			snprintf(term, sizeof(term), "%s", id);
		}
		licence_add(&terms, term);
	}
	snprintf(expression, size, "%s", terms.count ? terms.names[0] : "NOASSERTION");
	for (size_t i = 1; i < terms.count; i++) {
		size_t used = strlen(expression);

		snprintf(expression + used, size - used, " AND %s", terms.names[i]);
	}
}

static int compare_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* SPDX 2.3 clause 7.9: SHA-1 over the sorted SHA-1s of the package's files. */
static void verification_code(const struct table *files, const char *package, char hex[41])
{
	char **sums = calloc(files->count, sizeof(*sums));
	size_t count = 0;

	if (!sums)
		err(1, "sums");
	for (size_t i = 0; i < files->count; i++)
		if (strcmp(files->rows[i][3], package) == 0)
			sums[count++] = files->rows[i][1];
	qsort(sums, count, sizeof(*sums), compare_text);
	EVP_MD_CTX *digest = EVP_MD_CTX_new();
	unsigned char sum[EVP_MAX_MD_SIZE];

	EVP_DigestInit_ex(digest, EVP_sha1(), NULL);
	for (size_t i = 0; i < count; i++)
		EVP_DigestUpdate(digest, sums[i], strlen(sums[i]));
	EVP_DigestFinal_ex(digest, sum, NULL);
	EVP_MD_CTX_free(digest);
	for (unsigned i = 0; i < 20; i++)
		snprintf(hex + i * 2, 3, "%02x", sum[i]);
	free(sums);
}

static void add_relationship(cJSON *list, const char *from, const char *type, const char *to)
{
	cJSON *entry = cJSON_CreateObject();

	cJSON_AddStringToObject(entry, "spdxElementId", from);
	cJSON_AddStringToObject(entry, "relationshipType", type);
	cJSON_AddStringToObject(entry, "relatedSpdxElement", to);
	cJSON_AddItemToArray(list, entry);
}

static void add_checksum(cJSON *list, const char *algorithm, const char *value)
{
	cJSON *entry = cJSON_CreateObject();

	cJSON_AddStringToObject(entry, "algorithm", algorithm);
	cJSON_AddStringToObject(entry, "checksumValue", value);
	cJSON_AddItemToArray(list, entry);
}

static void add_reference(cJSON *package, char *const row[FIELDS_MAX])
{
	char locator[LINE_MAX_BYTES];
	cJSON *entry = cJSON_CreateObject();

	snprintf(locator, sizeof(locator), "pkg:deb/debian/%s@%s?arch=amd64&distro=trixie", row[0],
			row[1]);
	cJSON_AddStringToObject(entry, "referenceCategory", "PACKAGE-MANAGER");
	cJSON_AddStringToObject(entry, "referenceType", "purl");
	cJSON_AddStringToObject(entry, "referenceLocator", locator);
	cJSON_AddItemToArray(cJSON_AddArrayToObject(package, "externalRefs"), entry);
}

static void add_packages(cJSON *root, const struct table *packages, const struct table *files,
		const struct table *licences, cJSON *relationships, cJSON *extracted)
{
	cJSON *list = cJSON_AddArrayToObject(root, "packages");

	for (size_t i = 0; i < packages->count; i++) {
		char *const *row = packages->rows[i];
		char id[LINE_MAX_BYTES], code[41], info[LINE_MAX_BYTES], expression[EXPRESSION_MAX];
		bool is_ours = row[4][0] == '=';
		cJSON *entry = cJSON_CreateObject();

		make_id(id, sizeof(id), "SPDXRef-Package-", row[0]);
		licence_declare(licences, extracted, row[0], row[4], expression,
				sizeof(expression));
		verification_code(files, row[0], code);
		snprintf(info, sizeof(info), "built from %s %s %s",
				is_ours ? "the source of" : "Debian's source package", row[2],
				row[3]);
		cJSON_AddStringToObject(entry, "name", row[0]);
		cJSON_AddStringToObject(entry, "SPDXID", id);
		cJSON_AddStringToObject(entry, "versionInfo", row[1]);
		cJSON_AddStringToObject(entry, "supplier",
				is_ours ? "Organization: tynd" : "Organization: Debian");
		cJSON_AddStringToObject(entry, "downloadLocation", "NOASSERTION");
		cJSON_AddStringToObject(entry, "sourceInfo", info);
		cJSON_AddTrueToObject(entry, "filesAnalyzed");
		cJSON_AddStringToObject(cJSON_AddObjectToObject(entry, "packageVerificationCode"),
				"packageVerificationCodeValue", code);
		cJSON_AddStringToObject(entry, "licenseConcluded", "NOASSERTION");
		cJSON_AddStringToObject(entry, "licenseDeclared", expression);
		cJSON_AddStringToObject(entry, "copyrightText", "NOASSERTION");
		if (!is_ours)
			add_reference(entry, row);
		cJSON_AddItemToArray(list, entry);
		add_relationship(relationships, "SPDXRef-DOCUMENT", "DESCRIBES", id);
	}
}

static void add_files(cJSON *root, const struct table *files, cJSON *relationships)
{
	cJSON *list = cJSON_AddArrayToObject(root, "files");

	for (size_t i = 0; i < files->count; i++) {
		char *const *row = files->rows[i];
		char id[64], package[LINE_MAX_BYTES], name[LINE_MAX_BYTES];
		cJSON *entry = cJSON_CreateObject();

		snprintf(id, sizeof(id), "SPDXRef-File-%zu", i + 1);
		snprintf(name, sizeof(name), ".%s", row[0]);
		make_id(package, sizeof(package), "SPDXRef-Package-", row[3]);
		cJSON_AddStringToObject(entry, "fileName", name);
		cJSON_AddStringToObject(entry, "SPDXID", id);
		cJSON *sums = cJSON_AddArrayToObject(entry, "checksums");

		add_checksum(sums, "SHA1", row[1]);
		add_checksum(sums, "SHA256", row[2]);
		cJSON_AddStringToObject(entry, "licenseConcluded", "NOASSERTION");
		cJSON_AddStringToObject(entry, "copyrightText", "NOASSERTION");
		cJSON_AddItemToArray(list, entry);
		add_relationship(relationships, package, "CONTAINS", id);
	}
}

static void add_head(cJSON *root, const char *name, const struct table *files, time_t epoch)
{
	char created[32], namespace[LINE_MAX_BYTES], code[41];
	cJSON *creation;

	strftime(created, sizeof(created), "%Y-%m-%dT%H:%M:%SZ", gmtime(&epoch));
	verification_code(files, "tynd", code);
	snprintf(namespace, sizeof(namespace), "https://spdx.org/spdxdocs/%s-%s", name, code);
	cJSON_AddStringToObject(root, "spdxVersion", "SPDX-2.3");
	cJSON_AddStringToObject(root, "dataLicense", "CC0-1.0");
	cJSON_AddStringToObject(root, "SPDXID", "SPDXRef-DOCUMENT");
	cJSON_AddStringToObject(root, "name", name);
	cJSON_AddStringToObject(root, "documentNamespace", namespace);
	creation = cJSON_AddObjectToObject(root, "creationInfo");
	cJSON_AddStringToObject(creation, "created", created);
	cJSON_AddItemToArray(cJSON_AddArrayToObject(creation, "creators"),
			cJSON_CreateString("Tool: tynd-sbom"));
}

int main(int argc, char **argv)
{
	if (argc != 6)
		errx(2, "usage: sbom FILES PACKAGES LICENCES NAME EPOCH");
	struct table files = read_table(argv[1], '\t');
	struct table packages = read_table(argv[2], '\t');
	struct table licences = read_table(argv[3], '\n');
	cJSON *root = cJSON_CreateObject(), *relationships = cJSON_CreateArray(),
	      *extracted = cJSON_CreateArray();

	add_head(root, argv[4], &files, (time_t)strtoll(argv[5], NULL, 10));
	add_packages(root, &packages, &files, &licences, relationships, extracted);
	add_files(root, &files, relationships);
	cJSON_AddItemToObject(root, "hasExtractedLicensingInfos", extracted);
	cJSON_AddItemToObject(root, "relationships", relationships);
	char *text = cJSON_Print(root);

	if (!text || puts(text) < 0 || fflush(stdout) != 0)
		err(1, "cannot write");
	return 0; /* the end of the process frees everything */
}
