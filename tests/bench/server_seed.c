// SPDX-License-Identifier: Apache-2.0
/*
 * server_seed DATA DEVICES SITES STATE [DATABASE]: put devices into the store of a server that does not run, through the
 * server's own code, and what each of them keeps into a state file of the fleet: for benchmarks,
 * where letting in thousands by HTTP would take longer than what is measured.
 */
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "base/text.h"
#include "conf/json.h"
#include "server/enrol.h"
#include "server/keys.h"

enum { BATCH = 1000 };

struct seed {
	struct server server;
	unsigned count, sites;
	FILE *state;
};

static char *text_of(BIO *bio)
{
	char *data, *text;
	long size = BIO_get_mem_data(bio, &data);

	text = own_alloc((size_t)size + 1);
	memcpy(text, data, (size_t)size);
	BIO_free(bio);
	return text;
}

static char *make_csr(EVP_PKEY *key)
{
	BIO *bio = BIO_new(BIO_s_mem());
	X509_REQ *csr = X509_REQ_new();

	X509_REQ_set_pubkey(csr, key);
	X509_REQ_sign(csr, key, EVP_sha256());
	PEM_write_bio_X509_REQ(bio, csr);
	X509_REQ_free(csr);
	return text_of(bio);
}

static void write_state(struct seed *seed, unsigned number, EVP_PKEY *key, const char *id,
		const char *certificate)
{
	OWNED(json) cJSON *line = json_new_object();
	OWNED(memory) char *pem = NULL;
	struct err err;

	if (key_pem(key, &pem, &err) < 0)
		abort();
	json_put_whole(line, "number", number);
	json_put_text(line, "id", id);
	json_put_text(line, "key", pem);
	json_put_base64(line, "config_key", seed->server.config_public, 32);
	json_put_text(line, "certificate", certificate);
	json_put_text(line, "ca", ca_pem(seed->server.ca));
	OWNED(memory) char *text = json_print(line);
	fprintf(seed->state, "%s\n", text);
}

static int add_device(struct seed *seed, struct publish *publish, unsigned number, struct err *err)
{
	OWNED(memory) struct db_enrolment *enrolment = own_alloc(sizeof(*enrolment));
	OWNED(memory) struct db_device *device = own_alloc(sizeof(*device));
	OWNED(pkey) EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	OWNED(memory) char *csr = make_csr(key);

	enrol_new_id(device->id);
	(void)text_format(device->name, sizeof(device->name), "SIM-%06u", number);
	if (seed->sites)
		(void)text_format(device->site, sizeof(device->site), "Site %03u",
				number * 7919 % seed->sites + 1);
	(void)text_format(enrolment->hardware, sizeof(enrolment->hardware),
			"{\"model\":\"HP t640\",\"serial\":\"SIM-%06u\"}", number);
	(void)text_copy(enrolment->csr, sizeof(enrolment->csr), csr);
	int r = ca_check_csr(csr, enrolment->key, err);
	if (r == 0)
		r = enrol_approve(publish, enrolment, device, err);
	if (r == 0)
		write_state(seed, number, key, device->id, enrolment->certificate);
	return r;
}

static int add_batch(struct seed *seed, unsigned first, struct err *err)
{
	OWNED(publish) struct publish publish = {0};
	struct db_revision about = {.person = "seed", .kind = "device"};
	int r = publish_begin(&publish, &seed->server, &about, err);

	for (unsigned i = first; i < first + BATCH && i < seed->count && r == 0; i++)
		r = add_device(seed, &publish, i, err);
	return r < 0 ? r : publish_end(&publish, false, err);
}

static int open_server(struct seed *seed, const char *folder, const char *database, struct err *err)
{
	struct server *server = &seed->server;
	char path[4096];

	server->loop = loop_create();
	server->wheel = wheel_create(server->loop);
	server->park = park_create(server->wheel);
	(void)text_format(path, sizeof(path), "%s/config.key", folder);
	int r = ca_open(folder, &server->ca, err);
	if (r == 0)
		r = key_open(path, KEY_ED25519, &server->config_key, err);
	if (r == 0)
		r = key_public(server->config_key, server->config_public, err);
	(void)text_format(path, sizeof(path), "%s/tynd.db", folder);
	if (r == 0)
		r = db_open(database ? database : path, &server->db, err);
	return r < 0 ? r : fleet_open(server, &server->fleet, err);
}

static int seed_all(struct seed *seed, struct err *err)
{
	char name[DB_NAME_MAX];
	int r = 0;

	for (unsigned i = 1; i <= seed->sites && r == 0; i++) {
		(void)text_format(name, sizeof(name), "Site %03u", i);
		r = db_place_put(seed->server.db, DB_SITE, name, "", err);
	}
	for (unsigned first = 0; first < seed->count && r == 0; first += BATCH)
		r = add_batch(seed, first, err);
	return r;
}

int main(int argc, char **argv)
{
	static struct seed seed;
	struct err err = {""};

	log_open("server_seed");
	log_set_level(LOG_LEVEL_WARN);
	umask(077);
	if (argc < 5 || argc > 6)
		return 2;
	seed.count = (unsigned)atoi(argv[2]);
	seed.sites = (unsigned)atoi(argv[3]);
	seed.state = fopen(argv[4], "we");
	if (!seed.state || open_server(&seed, argv[1], argc > 5 ? argv[5] : NULL, &err) < 0 ||
			seed_all(&seed, &err) < 0) {
		log_error("%s", err.text);
		return 1;
	}
	fleet_close(seed.server.fleet);
	db_close(seed.server.db);
	return fclose(seed.state) == 0 ? 0 : 1;
}
