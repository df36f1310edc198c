/* Prints the digests of libgcrypt for the first 1, 2, 3 ... bytes of a file:
 * gcrypt ALGORITHM FILE. Compiled by TestGcrypt. */
#include <gcrypt.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  static unsigned char message[4096], digest[64];
  FILE *file = argc == 3 ? fopen(argv[2], "rb") : NULL;
  if (file == NULL || !gcry_check_version(GCRYPT_VERSION))
    return 2;
  int algorithm = atoi(argv[1]);
  size_t length = fread(message, 1, sizeof message, file);
  gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
  for (size_t n = 0; n <= length; n++) {
    gcry_md_hash_buffer(algorithm, digest, message, n);
    for (unsigned i = 0; i < gcry_md_get_algo_dlen(algorithm); i++)
      printf("%02x", digest[i]);
    printf("\n");
  }
  return 0;
}
