// Package gost implements the signatures GOST R 34.10-2012 and its older twins,
// the digests that go with them, and X.509 certificates that use both, as
// Kazakhstan and Russia encode them.
//
// The numbers are the same in both countries, the bytes are not. What a key is
// (its country, curve and digest) is its Params, found by the algorithm
// identifier; everything else follows from them:
//
//	            Kazakh (ST RK 34.310-2004, GOST R 34.10-2015)   Russian (RFC 4491, RFC 9215)
//	curve       CryptoPro-A; tc26-512-A                         all of RFC 4357 and RFC 7836
//	digest      34.311-95; Streebog-512                         34.11-94; Streebog-256 and -512
//	signature   r, s, each least significant byte first         s, r, each most significant byte first
//	PKCS #8     INTEGER (2004), OCTET STRING (2015)             bare bytes, as OpenSSL's engine writes them
//
// The Kazakh byte orders are measured on certificates of the National Certification
// Authority. Its 256-bit keys of the newer family are recognized and refused: no
// certificate is at hand that would tell their curve.
//
// # Secrets
//
// What is computed with a private scalar or a nonce (the public key of a scalar,
// signing) has a flow of control and an order of memory accesses that do not
// depend on them: words of fixed number, complete addition formulas (of projective
// coordinates, and of the Edwards form for the two curves that have it), tables that
// are read as a whole. Only the rejection of a candidate nonce shows, and tells
// nothing about the one that is taken. This holds for the Go code, on processors
// that multiply in constant time; what a compiler makes of it, power, radiation and
// faults are not considered. Nonces are drawn from crypto/rand and hedged with the
// key and the digest, so that a poor generator alone does not give the key away.
// Digests look up tables at places that depend on what is hashed; Streebog does not
// where the processor has AVX-512 with VBMI and GFNI, and assembly computes it, at
// several times the speed (streebogVectors). No private scalar and no nonce is hashed
// with either of them.
// Verification works on public numbers and takes time that depends on them.
// PrivateKey.Wipe clears the scalar; copies on the stack and inside crypto/hmac are
// left to chance. A key on a token never comes here.
package gost

import "errors"

// The errors of this package; test with errors.Is. Each is wrapped with what was
// being read or done. Chains that end nowhere or are out of date have the errors of
// crypto/x509.
var (
	// ErrFormat means that bytes are not the one DER encoding that is expected:
	// cut short, too long, or something else.
	ErrFormat = errors.New("not well-formed")

	// ErrUnsupported means that an algorithm or a parameter set is unknown, or
	// known and not supported.
	ErrUnsupported = errors.New("algorithm or parameter set not supported")

	// ErrKey means that a point is not on its curve or outside the group of the
	// curve's base, or that a scalar is 0 or not less than the group's order.
	ErrKey = errors.New("not a valid key")

	// ErrDigest means that a digest has not the length that the key demands, or
	// that the key does not go with this digest algorithm.
	ErrDigest = errors.New("digest does not fit the key")

	// ErrSignature means that a signature does not verify.
	ErrSignature = errors.New("signature does not verify")

	// ErrMismatch means that keys, certificates or algorithms do not belong
	// together, such as a Russian signature by a Kazakh key.
	ErrMismatch = errors.New("key and certificate do not belong together")
)
