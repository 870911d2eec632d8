/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/test.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "session/trust.h"

struct made {
	EVP_PKEY *key;
	X509 *certificate;
	char pem[4096];
	size_t size;
};

static void add_extension(X509 *certificate, int nid, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	X509_add_ext(certificate, extension, -1);
	X509_EXTENSION_free(extension);
}

/* `issuer` NULL: signed by itself. Days are from now. */
static struct made make(const char *name, const char *names, const struct made *issuer, long from,
		long until)
{
	struct made made = {.key = EVP_EC_gen("P-256"), .certificate = X509_new()};
	X509_NAME *subject = X509_NAME_new();

	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1,
			-1, 0);
	X509_set_version(made.certificate, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(made.certificate), 7);
	X509_gmtime_adj(X509_getm_notBefore(made.certificate), from * 86400);
	X509_gmtime_adj(X509_getm_notAfter(made.certificate), until * 86400);
	X509_set_subject_name(made.certificate, subject);
	X509_set_issuer_name(made.certificate,
			issuer ? X509_get_subject_name(issuer->certificate) : subject);
	X509_set_pubkey(made.certificate, made.key);
	add_extension(made.certificate, NID_basic_constraints,
			names ? "CA:FALSE" : "critical,CA:TRUE");
	if (names)
		add_extension(made.certificate, NID_subject_alt_name, names);
	X509_sign(made.certificate, issuer ? issuer->key : made.key, EVP_sha256());
	BIO *bio = BIO_new(BIO_s_mem());
	PEM_write_bio_X509(bio, made.certificate);
	made.size = (size_t)BIO_read(bio, made.pem, sizeof(made.pem) - 1);
	BIO_free(bio);
	X509_NAME_free(subject);
	return made;
}

static void end(struct made *made)
{
	X509_free(made->certificate);
	EVP_PKEY_free(made->key);
}

static void pin(struct wire_session_start *start, const struct made *made)
{
	unsigned size = 32;

	X509_digest(made->certificate, EVP_sha256(), start->pins[start->pin_count++], &size);
}

static void use_ca(struct wire_session_start *start, const struct made *ca)
{
	memcpy(start->ca, ca->pem, ca->size);
	start->ca_size = (uint32_t)ca->size;
}

static bool trusts(const struct wire_session_start *start, const char *host,
		const struct made *made, const char *why)
{
	struct err err = {""};
	bool is_trusted = trust_certificate(start, host, made->pem, made->size, &err);

	if (why)
		CHECK_HAS(err.text, why);
	return is_trusted;
}

static void test_pins(const struct made *ca, const struct made *desk, const struct made *old,
		const struct made *own)
{
	TEST("a pinned fingerprint counts alone: name, date and issuer do not") {
		struct wire_session_start start = {0};

		pin(&start, own);
		pin(&start, old);
		CHECK(trusts(&start, "any.example", own, NULL));
		CHECK(trusts(&start, "any.example", old, NULL));
		CHECK(!trusts(&start, "desk.example", desk, "fingerprint"));
	}
	TEST("with pins the CA does not help") {
		struct wire_session_start start = {0};

		pin(&start, own);
		use_ca(&start, ca);
		CHECK(!trusts(&start, "desk.example", desk, "none of the 1 expected"));
	}
}

int main(void)
{
	struct made ca = make("CA", NULL, NULL, -1, 10), other_ca = make("CA", NULL, NULL, -1, 10);
	struct made desk = make("desk", "DNS:desk.example,DNS:*.farm.example,IP:10.0.0.7", &ca, -1,
			10);
	struct made old = make("desk", "DNS:desk.example", &ca, -20, -10);
	struct made future = make("desk", "DNS:desk.example", &ca, 5, 10);
	struct made own = make("desk", "DNS:desk.example", NULL, -1, 10);

	test_pins(&ca, &desk, &old, &own);
	TEST("the CA of the config, names and addresses") {
		struct wire_session_start start = {0};

		use_ca(&start, &ca);
		CHECK(trusts(&start, "desk.example", &desk, NULL));
		CHECK(trusts(&start, "DESK.EXAMPLE", &desk, NULL));
		CHECK(trusts(&start, "a.farm.example", &desk, NULL));
		CHECK(trusts(&start, "10.0.0.7", &desk, NULL));
		CHECK(!trusts(&start, "10.0.0.8", &desk, "IP address mismatch"));
		CHECK(!trusts(&start, "desk2.example", &desk, "hostname mismatch"));
		CHECK(!trusts(&start, "a.b.farm.example", &desk, "hostname mismatch"));
		CHECK(!trusts(&start, "desk.example", &old, "expired"));
		CHECK(!trusts(&start, "desk.example", &future, "not yet valid"));
		CHECK(!trusts(&start, "desk.example", &own, "self-signed"));
	}
	TEST("another CA of the same name, and a CA that is none") {
		struct wire_session_start start = {0};

		use_ca(&start, &other_ca);
		CHECK(!trusts(&start, "desk.example", &desk, "not trusted"));
		memset(start.ca, 'A', 100);
		start.ca_size = 100;
		CHECK(!trusts(&start, "desk.example", &desk, "not PEM"));
	}
	TEST("the system's store does not know it") {
		struct wire_session_start start = {0};

		CHECK(!trusts(&start, "desk.example", &desk, "not trusted"));
	}
	TEST("no certificate at all") {
		struct wire_session_start start = {0};
		struct made none = {.pem = "nonsense", .size = 8};

		CHECK(!trusts(&start, "desk.example", &none, "no certificate"));
		none.size = 0;
		CHECK(!trusts(&start, "desk.example", &none, "no certificate"));
	}
	end(&ca);
	end(&other_ca);
	end(&desk);
	end(&old);
	end(&future);
	end(&own);
	TEST_END();
}
