// Package pfxwriter writes key files (PKCS#12, RFC 7292) with keys of any kind: of a key
// it has the PKCS#8 structure alone. Keys of GOST need it, as no other writer takes them.
//
// Key and certificates are encrypted by PBES2 with AES-256 (RFC 8018), each under a salt
// of its own, and the whole has the MAC of RFC 7292, appendix B, with SHA-256: what
// OpenSSL 3 writes, so that every reader of today takes it.
package pfxwriter

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"unicode/utf16"
)

// RFC 7292, section 4.2 and appendix D; RFC 8018, appendix A; RFC 2985, section 5.5.2.
var (
	oidData          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidEncryptedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 6}
	oidKeyBag        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 2} // shrouded
	oidCertBag       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 3}
	oidX509          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 22, 1}
	oidLocalKeyID    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 21}
	oidPBES2         = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
	oidHMACSHA256    = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}
	oidAES256        = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42} // CBC
	oidSHA256        = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
)

const saltLength = 16

type contentInfo struct {
	Type    asn1.ObjectIdentifier
	Content asn1.RawValue // [0]
}

type attribute struct {
	Type   asn1.ObjectIdentifier
	Values [][]byte `asn1:"set"`
}

type safeBag struct {
	Type       asn1.ObjectIdentifier
	Value      asn1.RawValue // [0]
	Attributes []attribute   `asn1:"set,optional"`
}

// Encode returns a key file with one key, given in PKCS#8, and its certificates, of which
// the first is the key's own. The password is letters of the Basic Multilingual Plane.
func Encode(pkcs8 []byte, certificates []*x509.Certificate, password string, iterations int) ([]byte, error) {
	file, err := encode(pkcs8, certificates, password, iterations)
	if err != nil {
		return nil, fmt.Errorf("writing a key file: %w", err)
	}
	return file, nil
}

func encode(pkcs8 []byte, certificates []*x509.Certificate, password string, iterations int) ([]byte, error) {
	if len(certificates) == 0 {
		return nil, errors.New("a key without certificate")
	}
	id := sha1.Sum(certificates[0].Raw) // as OpenSSL has it; it protects nothing
	own := []attribute{{oidLocalKeyID, [][]byte{id[:]}}}
	algorithm, encrypted, err := encrypt(pkcs8, password, iterations)
	if err != nil {
		return nil, err
	}
	key, err := bag(oidKeyBag, struct {
		Algorithm pkix.AlgorithmIdentifier
		Encrypted []byte
	}{algorithm, encrypted}, own)
	if err != nil {
		return nil, err
	}
	var certs []safeBag
	for i, c := range certificates {
		attributes := own
		if i > 0 {
			attributes = nil
		}
		b, err := bag(oidCertBag, struct {
			Type asn1.ObjectIdentifier
			Cert []byte `asn1:"explicit,tag:0"`
		}{oidX509, c.Raw}, attributes)
		if err != nil {
			return nil, err
		}
		certs = append(certs, b)
	}
	keySafe, err := data([]safeBag{key})
	if err != nil {
		return nil, err
	}
	certSafe, err := encryptedData(certs, password, iterations)
	if err != nil {
		return nil, err
	}
	return seal([]contentInfo{certSafe, keySafe}, password, iterations)
}

func bag(kind asn1.ObjectIdentifier, value any, attributes []attribute) (safeBag, error) {
	der, err := asn1.Marshal(value)
	return safeBag{kind, explicit(der), attributes}, err
}

// explicit puts a [0] around an element. (A tag in a field's description does nothing to
// an asn1.RawValue.)
func explicit(der []byte) asn1.RawValue {
	return asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: der}
}

// data returns what any value is as content that is not encrypted.
func data(v any) (contentInfo, error) {
	der, err := asn1.Marshal(v)
	if err != nil {
		return contentInfo{}, err
	}
	octets, err := asn1.Marshal(der)
	return contentInfo{oidData, explicit(octets)}, err
}

// encryptedData returns bags as EncryptedData (RFC 5652, section 8).
func encryptedData(bags []safeBag, password string, iterations int) (contentInfo, error) {
	plain, err := asn1.Marshal(bags)
	if err != nil {
		return contentInfo{}, err
	}
	algorithm, encrypted, err := encrypt(plain, password, iterations)
	if err != nil {
		return contentInfo{}, err
	}
	type encryptedContent struct {
		Type      asn1.ObjectIdentifier
		Algorithm pkix.AlgorithmIdentifier
		Content   []byte `asn1:"tag:0"`
	}
	der, err := asn1.Marshal(struct {
		Version int
		Content encryptedContent
	}{0, encryptedContent{oidData, algorithm, encrypted}})
	return contentInfo{oidEncryptedData, explicit(der)}, err
}

// encrypt is PBES2 with PBKDF2, HMAC-SHA-256 and AES-256 in CBC (RFC 8018, section 6.2).
func encrypt(plain []byte, password string, iterations int) (pkix.AlgorithmIdentifier, []byte, error) {
	salt, iv := make([]byte, saltLength), make([]byte, aes.BlockSize)
	rand.Read(salt) // never fails
	rand.Read(iv)
	key, err := pbkdf2.Key(sha256.New, password, salt, iterations, 32)
	if err != nil {
		return pkix.AlgorithmIdentifier{}, nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return pkix.AlgorithmIdentifier{}, nil, err
	}
	pad := aes.BlockSize - len(plain)%aes.BlockSize
	out := append(bytes.Clone(plain), bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(out, out)
	type pbkdf2Parameters struct {
		Salt       []byte
		Iterations int
		PRF        pkix.AlgorithmIdentifier
	}
	kdf, err := identifier(oidPBKDF2, pbkdf2Parameters{salt, iterations, pkix.AlgorithmIdentifier{Algorithm: oidHMACSHA256, Parameters: asn1.NullRawValue}})
	if err != nil {
		return pkix.AlgorithmIdentifier{}, nil, err
	}
	scheme, err := identifier(oidAES256, iv)
	if err != nil {
		return pkix.AlgorithmIdentifier{}, nil, err
	}
	algorithm, err := identifier(oidPBES2, struct{ KDF, Scheme pkix.AlgorithmIdentifier }{kdf, scheme})
	return algorithm, out, err
}

func identifier(id asn1.ObjectIdentifier, parameters any) (pkix.AlgorithmIdentifier, error) {
	der, err := asn1.Marshal(parameters)
	return pkix.AlgorithmIdentifier{Algorithm: id, Parameters: asn1.RawValue{FullBytes: der}}, err
}

// seal returns the PFX: the safes and their MAC.
func seal(safes []contentInfo, password string, iterations int) ([]byte, error) {
	content, err := asn1.Marshal(safes)
	if err != nil {
		return nil, err
	}
	octets, err := asn1.Marshal(content)
	if err != nil {
		return nil, err
	}
	salt := make([]byte, saltLength)
	rand.Read(salt) // never fails
	mac := hmac.New(sha256.New, macKey(password, salt, iterations))
	mac.Write(content)
	type digestInfo struct {
		Algorithm pkix.AlgorithmIdentifier
		Digest    []byte
	}
	type macData struct {
		Digest     digestInfo
		Salt       []byte
		Iterations int
	}
	return asn1.Marshal(struct {
		Version int
		Safes   contentInfo
		MAC     macData
	}{3, contentInfo{oidData, explicit(octets)}, macData{
		digestInfo{pkix.AlgorithmIdentifier{Algorithm: oidSHA256, Parameters: asn1.NullRawValue}, mac.Sum(nil)}, salt, iterations,
	}})
}

// macKey derives the key of the MAC (RFC 7292, appendix B.2). It is as long as one
// digest, so that there is one round.
func macKey(password string, salt []byte, iterations int) []byte {
	const block, forMAC = sha256.BlockSize, 3
	var secret []byte
	for _, unit := range utf16.Encode([]rune(password + "\x00")) {
		secret = append(secret, byte(unit>>8), byte(unit))
	}
	fill := func(b []byte) []byte { // repeated to whole blocks
		n := (len(b) + block - 1) / block * block
		return bytes.Repeat(b, n/len(b)+1)[:n]
	}
	h := sha256.New()
	h.Write(bytes.Repeat([]byte{forMAC}, block))
	h.Write(fill(salt))
	h.Write(fill(secret))
	key := h.Sum(nil)
	for range iterations - 1 {
		sum := sha256.Sum256(key)
		key = sum[:]
	}
	return key
}
