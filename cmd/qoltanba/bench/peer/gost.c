/* The GOST engine of OpenSSL, in bare loops over libcrypto. It reads jobs from stdin,
 * a line each, "digest NAME BYTES COUNT", "sign ALGORITHM SET COUNT" or "verify …", and
 * answers each with the nanoseconds that COUNT of them took. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/engine.h>
#include <openssl/err.h>
#include <openssl/evp.h>

static void must(int ok, const char *what) {
	if (ok)
		return;
	fprintf(stderr, "gost engine: %s: ", what);
	ERR_print_errors_fp(stderr);
	exit(1);
}

static struct timespec start;

static void begin(void) { clock_gettime(CLOCK_MONOTONIC, &start); }

static void end(void) {
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	printf("%lld\n", (now.tv_sec - start.tv_sec) * 1000000000LL + now.tv_nsec - start.tv_nsec);
	fflush(stdout);
}

static void digest(const char *name, long bytes, long count) {
	unsigned char *data = calloc(bytes, 1), out[EVP_MAX_MD_SIZE];
	const EVP_MD *md = EVP_get_digestbyname(name);
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	must(data && md && c && EVP_DigestInit_ex(c, md, NULL), name);
	begin();
	for (long i = 0; i < count; i++)
		must(EVP_DigestUpdate(c, data, bytes), name);
	must(EVP_DigestFinal_ex(c, out, NULL), name);
	end();
	EVP_MD_CTX_free(c);
	free(data);
}

static void sign(ENGINE *e, int verify, const char *algorithm, const char *set, long count) {
	unsigned char message[64] = {1}, signature[128];
	size_t size, length = strcmp(algorithm, "gost2012_512") ? 32 : 64;
	EVP_PKEY *key = NULL;
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_id(OBJ_txt2nid(algorithm), e);
	must(c && EVP_PKEY_keygen_init(c) > 0, algorithm);
	must(EVP_PKEY_CTX_ctrl_str(c, "paramset", set) > 0, set);
	must(EVP_PKEY_keygen(c, &key) > 0, set);
	EVP_PKEY_CTX_free(c);

	c = EVP_PKEY_CTX_new(key, e);
	must(c && EVP_PKEY_sign_init(c) > 0, set);
	if (!verify)
		begin();
	for (long i = 0; i < (verify ? 1 : count); i++) {
		size = sizeof signature;
		must(EVP_PKEY_sign(c, signature, &size, message, length) > 0, "sign");
	}
	if (verify) {
		must(EVP_PKEY_verify_init(c) > 0, set);
		begin();
		for (long i = 0; i < count; i++)
			must(EVP_PKEY_verify(c, signature, size, message, length) > 0, "verify");
	}
	end();
	EVP_PKEY_CTX_free(c);
	EVP_PKEY_free(key);
}

int main(void) {
	ENGINE_load_dynamic();
	ENGINE *e = ENGINE_by_id("gost");
	must(e && ENGINE_init(e) && ENGINE_set_default(e, ENGINE_METHOD_ALL), "loading");
	printf("0\n"); /* ready */
	fflush(stdout);
	char what[16], name[32], set[32];
	long count;
	while (scanf("%15s %31s %31s %ld", what, name, set, &count) == 4) {
		if (!strcmp(what, "digest"))
			digest(name, atol(set), count);
		else
			sign(e, !strcmp(what, "verify"), name, set, count);
	}
	return 0;
}
