// Package cms builds and verifies CMS SignedData (RFC 5652) in the CAdES-B-B
// profile (ETSI EN 319 122-1): one signer, DER, attached or detached.
//
// What a new engineer needs to know:
//
//   - The signature never covers the content itself but always the signed
//     attributes (contentType, messageDigest, signingTime,
//     signing-certificate-v2 and, when there is one, the web origin). Verify
//     refuses a message without them, so that bytes signed as attributes can
//     not be passed off as a document or the other way round.
//   - Verify accepts less than RFC 5652 allows: unsigned attributes, revocation
//     lists, second signers, BER, unsorted sets, trailing bytes and more than 100
//     certificates are refused.
//     What a stranger can still change without a key are embedded certificates
//     that no chain needs, spellings that the signature does not cover (the
//     signer by serial number or by key identifier; an algorithm parameter
//     NULL or absent), and s into n-s as for every ECDSA. None of it changes
//     content, signer, time or origin of the Result. A bank that accepts an
//     order once therefore compares orders, not messages.
//   - The digests and signature algorithms are one table, in algorithm.go and
//     gost.go; another kind of key is a line there. Package gost is to this one
//     what crypto/rsa and crypto/ecdsa are: the algorithms that a message names.
//     It knows no messages, so nothing goes round.
//   - Which of the two countries' identifiers and byte orders a GOST message has
//     follows from the certificate alone. messageDigest is the digest as it is;
//     the byte orders are those of the signature, and package gost's matter.
//   - Signing is split: Signer.Prepare encodes what does not depend on the
//     document, and a Prepared signs with one allocation for the message.
package cms

import "errors"

// The errors of this package; test with errors.Is. Each is wrapped with what was
// being read or done. Errors of crypto/x509 are reachable with errors.As beside
// ErrCertificate.
var (
	// ErrFormat means that the bytes are not one DER message of the profile
	// that the package comment describes, or that an option cannot be encoded.
	ErrFormat = errors.New("not a well-formed CAdES-B-B message")

	// ErrAlgorithm means that a digest or signature algorithm is unknown, too
	// weak (SHA-1, MD5, RSA below 2048 bits), too large (RSA above 8192), or
	// does not fit the key.
	ErrAlgorithm = errors.New("algorithm not accepted")

	// ErrDetached means that the message carries its content although detached
	// content was passed to Verify, or carries none and none was passed.
	ErrDetached = errors.New("attached where detached was expected, or detached where attached was expected")

	// ErrDigest means that the content is not the one that was signed; from
	// SignDigest, that the digest does not have the length of Signer.Hash.
	ErrDigest = errors.New("digest does not match")

	// ErrSignature means that the signature over the signed attributes is wrong.
	ErrSignature = errors.New("signature does not verify")

	// ErrCertificate means that the signer's certificate is missing, is not the
	// one that the message refers to, does not belong to the key, must not be
	// used for signatures, or has no valid chain to a root.
	ErrCertificate = errors.New("certificate not accepted")
)

// OriginOID identifies the signed attribute that names the web origin for which
// a document was signed, such as "https://ib.bank.kz". Its value is one
// UTF8String that is not empty. The arc is a random UUID
// (e25e0f22-bf25-47c3-818e-3d66b71738bd) below 2.25, ITU-T X.667.
const OriginOID = "2.25.300893909941151547359059593780591540413"
