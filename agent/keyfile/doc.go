// Package keyfile is agent.Tokens over key files: each PKCS#12 file that is on a
// removable drive, or that the person named, is a token of its own, with its password
// for a PIN.
//
// A Set looks at the top folders of the drives that are connected, and at the files
// that were named, once a second, and reads a file once for each time that it changed.
// What makes a file the same token again is its content, wherever it lies: copies of a
// file are one token. Its certificates are mostly encrypted, so what a file holds is
// known after its first Login, and remembered from then on until the program ends.
//
// A password can be tried as often as one likes. Keys of RSA, ECDSA and GOST sign;
// nothing is ever written.
//
// # Secrets
//
// The bytes of a file, what was decrypted, and the scalars of GOST keys are wiped.
// Private keys of crypto/rsa and crypto/ecdsa cannot be: they are let go at Logout
// and left to the garbage collector.
package keyfile
