package cmp

import (
	"crypto"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	_ "crypto/sha1" // crypto.SHA1
	"fmt"
	"hash"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// A Protector protects messages: *MAC or *Signer.
type Protector interface {
	// algorithm returns the AlgorithmIdentifier of the protection.
	algorithm() ([]byte, error)
	// protect returns the protection of header and body, by that algorithm.
	protect(algorithm, part []byte) ([]byte, error)
}

// Counts of iterations with which the key of a MAC is made.
const (
	// UsualIterations are those that we make when nothing else is said. It is
	// the largest number that OpenSSL takes.
	UsualIterations = 100_000

	// MinIterations are the fewest that we make, and that are taken from others.
	// A secret that people type is short, and every message lets whoever reads it
	// search for the secret at leisure.
	MinIterations = 10_000

	// MaxIterations are the most that are taken from others.
	MaxIterations = 1_000_000
)

const (
	saltLength = 16
	minSalt    = 8
	maxSalt    = 128
)

// A MAC protects with a secret that both ends know. The key is derived from it anew
// for each message, with SHA-256.
type MAC struct {
	Secret []byte // the caller wipes it

	// PBM is the method of RFC 4210, section 5.1.3.1, for a CA that does not know
	// PBMAC1 (RFC 8018, section 7.1), which is used otherwise.
	PBM bool

	Iterations int // 0: UsualIterations; at least MinIterations
}

// The identifiers of both, of what is inside, and of hMAC-SHA1, which RFC 4210 has
// an identifier of its own for.
var (
	oidPBM    = oid("1.2.840.113533.7.66.13")
	oidPBMAC1 = oid("1.2.840.113549.1.5.14")
	oidPBKDF2 = oid("1.2.840.113549.1.5.12")
)

// A hashID is a digest and the AlgorithmIdentifiers of it and of its HMAC, of which
// the first is written.
type hashID struct {
	hash     crypto.Hash
	ids, mac [][]byte
}

var null = []byte{5, 0}

// hashes begins with the one that we use. SHA-1 is for HMAC alone, which OpenSSL's
// default needs.
var hashes = func() []hashID {
	all := []hashID{}
	for _, h := range []struct {
		hash     crypto.Hash
		own, mac string // RFC 5754, section 2; RFC 8018, appendix B.1.2
	}{
		{crypto.SHA256, "2.16.840.1.101.3.4.2.1", "1.2.840.113549.2.9"},
		{crypto.SHA384, "2.16.840.1.101.3.4.2.2", "1.2.840.113549.2.10"},
		{crypto.SHA512, "2.16.840.1.101.3.4.2.3", "1.2.840.113549.2.11"},
	} {
		all = append(all, hashID{h.hash,
			[][]byte{algorithmID(h.own), algorithmID(h.own, null...)},
			[][]byte{algorithmID(h.mac, null...), algorithmID(h.mac)}})
	}
	const hmacSHA1, hmacWithSHA1 = "1.3.6.1.5.5.8.1.2", "1.2.840.113549.2.7"
	return append(all, hashID{crypto.SHA1, nil, [][]byte{
		algorithmID(hmacSHA1), algorithmID(hmacSHA1, null...), algorithmID(hmacWithSHA1), algorithmID(hmacWithSHA1, null...)}})
}()

// findHash returns the digest that an AlgorithmIdentifier names, or 0.
func findHash(id []byte) crypto.Hash {
	for _, h := range hashes {
		if contains(h.ids, id) {
			return h.hash
		}
	}
	return 0
}

// findMAC returns the digest of the HMAC that an AlgorithmIdentifier names, or 0.
func findMAC(id []byte) crypto.Hash {
	for _, h := range hashes {
		if contains(h.mac, id) {
			return h.hash
		}
	}
	return 0
}

func (m *MAC) algorithm() ([]byte, error) {
	iterations := m.Iterations
	if iterations == 0 {
		iterations = UsualIterations
	}
	if iterations < MinIterations || iterations > MaxIterations {
		return nil, fmt.Errorf("%d iterations: %w", iterations, ErrWeak)
	}
	salt := make([]byte, saltLength)
	rand.Read(salt) // never fails
	sha256 := hashes[0]
	return build(func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			if m.PBM {
				b.AddBytes(oidPBM)
				b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1OctetString(salt)
					b.AddBytes(sha256.ids[0])
					b.AddASN1Int64(int64(iterations))
					b.AddBytes(sha256.mac[0])
				})
				return
			}
			b.AddBytes(oidPBMAC1)
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddBytes(oidPBKDF2)
					b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
						b.AddASN1OctetString(salt)
						b.AddASN1Int64(int64(iterations))
						b.AddASN1Int64(int64(sha256.hash.Size())) // RFC 9579, section 4, wants it named
						b.AddBytes(sha256.mac[0])
					})
				})
				b.AddBytes(sha256.mac[0])
			})
		})
	})
}

func (m *MAC) protect(algorithm, part []byte) ([]byte, error) {
	d, err := readDerivation(algorithm)
	if err != nil {
		return nil, err
	}
	return d.mac(m.Secret, part), nil
}

// HasMAC reports whether the message says that it is protected with a secret.
func (m *Message) HasMAC() bool {
	if m.algorithm == nil {
		return false
	}
	id, _, err := splitAlgorithm(m.algorithm)
	return err == nil && (slices.Equal(id, oidPBM) || slices.Equal(id, oidPBMAC1))
}

// Protected reports whether the message says that it is protected.
func (m *Message) Protected() bool { return m.algorithm != nil }

// MACIterations returns with how many iterations the key of the message's MAC is made. No
// secret is needed for that.
func (m *Message) MACIterations() (int, error) {
	if m.algorithm == nil {
		return 0, ErrUnprotected
	}
	d, err := readDerivation(m.algorithm)
	if err != nil {
		return 0, err
	}
	return d.iterations, nil
}

// AnswerMAC returns what to answer a message with that has a MAC: one of the same kind,
// as the other end knows no other perhaps, and never a weaker one than we make.
func (m *Message) AnswerMAC(secret []byte) (*MAC, error) {
	d, err := readDerivation(m.algorithm)
	if err != nil {
		return nil, err
	}
	return &MAC{Secret: secret, PBM: !d.pbkdf2, Iterations: max(d.iterations, MinIterations)}, nil
}

// CheckMAC returns nil when the message was protected with the secret, and with at
// least that many iterations: MinIterations, unless there is a reason. ErrWeak comes
// before the secret is used.
func (m *Message) CheckMAC(secret []byte, least int) error {
	if m.algorithm == nil {
		return ErrUnprotected
	}
	d, err := readDerivation(m.algorithm)
	if err != nil {
		return err
	}
	if d.iterations < least {
		return fmt.Errorf("%d iterations, want at least %d: %w", d.iterations, least, ErrWeak)
	}
	if !hmac.Equal(d.mac(secret, m.protected), m.protection) {
		return ErrProtection
	}
	return nil
}

// A derivation says how the key of a MAC comes from a secret.
type derivation struct {
	pbkdf2     bool
	salt       []byte
	iterations int
	hash       crypto.Hash
	keyLength  int
	hmac       crypto.Hash
}

func readDerivation(algorithm []byte) (*derivation, error) {
	id, parameters, err := splitAlgorithm(algorithm)
	if err != nil {
		return nil, err
	}
	d := &derivation{pbkdf2: slices.Equal(id, oidPBMAC1)}
	var kdf, mac cryptobyte.String
	var content cryptobyte.String
	switch {
	case !d.pbkdf2 && !slices.Equal(id, oidPBM):
		return nil, fmt.Errorf("a MAC of an unknown kind: %w", ErrUnsupported)
	case !parameters.ReadASN1(&content, asn1.SEQUENCE) || !parameters.Empty():
		return nil, fmt.Errorf("parameters of a MAC: %w", ErrFormat)
	case d.pbkdf2:
		if !content.ReadASN1(&kdf, asn1.SEQUENCE) {
			return nil, fmt.Errorf("parameters of a MAC: %w", ErrFormat)
		}
		err = d.readPBKDF2(kdf)
	default:
		err = d.readPBM(&content)
	}
	if err != nil {
		return nil, err
	}
	if !content.ReadASN1Element(&mac, asn1.SEQUENCE) || !content.Empty() {
		return nil, fmt.Errorf("parameters of a MAC: %w", ErrFormat)
	}
	if d.hmac = findMAC(mac); d.hash == 0 || d.hmac == 0 {
		return nil, fmt.Errorf("the digest of a MAC: %w", ErrUnsupported)
	}
	if n := len(d.salt); n < minSalt || n > maxSalt {
		return nil, fmt.Errorf("a salt of %d bytes: %w", n, ErrWeak)
	}
	if d.iterations < 1 || d.iterations > MaxIterations {
		return nil, fmt.Errorf("%d iterations: %w", d.iterations, ErrWeak)
	}
	return d, nil
}

// readPBM reads all of PBMParameter (RFC 4210, section 5.1.3.1) but the last field.
func (d *derivation) readPBM(in *cryptobyte.String) error {
	var owf cryptobyte.String
	if !in.ReadASN1Bytes(&d.salt, asn1.OCTET_STRING) || !in.ReadASN1Element(&owf, asn1.SEQUENCE) || !in.ReadASN1Integer(&d.iterations) {
		return fmt.Errorf("parameters of a MAC: %w", ErrFormat)
	}
	d.hash = findHash(owf)
	return nil
}

// readPBKDF2 reads the key derivation of PBMAC1 (RFC 8018, appendices A.2 and A.5).
// The length of the key must be there (RFC 9579, section 4), and be one that makes
// sense.
func (d *derivation) readPBKDF2(in cryptobyte.String) error {
	var id, content, prf cryptobyte.String
	if !in.ReadASN1Element(&id, asn1.OBJECT_IDENTIFIER) || !in.ReadASN1(&content, asn1.SEQUENCE) || !in.Empty() {
		return fmt.Errorf("parameters of a MAC: %w", ErrFormat)
	}
	if !slices.Equal(id, oidPBKDF2) {
		return fmt.Errorf("a key derivation of an unknown kind: %w", ErrUnsupported)
	}
	if !content.ReadASN1Bytes(&d.salt, asn1.OCTET_STRING) || !content.ReadASN1Integer(&d.iterations) ||
		!content.ReadASN1Integer(&d.keyLength) || !content.ReadASN1Element(&prf, asn1.SEQUENCE) || !content.Empty() {
		return fmt.Errorf("parameters of a MAC: %w", ErrFormat)
	}
	if d.keyLength < 20 || d.keyLength > 64 {
		return fmt.Errorf("a key of %d bytes: %w", d.keyLength, ErrWeak)
	}
	d.hash = findMAC(prf)
	return nil
}

// mac returns the MAC of data.
func (d *derivation) mac(secret, data []byte) []byte {
	key := d.key(secret)
	defer clear(key)
	h := hmac.New(d.hmac.New, key)
	h.Write(data)
	return h.Sum(nil)
}

// key derives the key of the MAC. crypto/pbkdf2 takes the secret as a string, a copy that
// nobody can wipe.
func (d *derivation) key(secret []byte) []byte {
	if d.pbkdf2 {
		key, err := pbkdf2.Key(func() hash.Hash { return d.hash.New() }, string(secret), d.salt, d.iterations, d.keyLength)
		if err != nil {
			panic("cmp: " + err.Error()) // a length or count out of range, which they are not
		}
		return key
	}
	h := d.hash.New()
	h.Write(secret)
	h.Write(d.salt)
	key := h.Sum(nil)
	for range d.iterations - 1 {
		h.Reset()
		h.Write(key)
		key = h.Sum(key[:0])
	}
	return key
}
