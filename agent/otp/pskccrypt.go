package otp

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"strings"
)

// Transport is what protects the secrets of a PSKC file: a pre-shared AES key
// (RFC 6030 section 6.1), a password (section 6.2), or, when it is zero, nothing.
type Transport struct {
	Name       string // of the key or password, for people
	Key        []byte // 16, 24 or 32 bytes
	Password   []byte
	Iterations int // of PBKDF2 when writing; 0 means 600,000
}

const (
	xmlenc  = "http://www.w3.org/2001/04/xmlenc#"
	xmldsig = "http://www.w3.org/2000/09/xmldsig#"
	more    = "http://www.w3.org/2001/04/xmldsig-more#"
	pbkdf2u = "http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#pbkdf2"

	defaultIterations = 600_000    // the figure of OWASP for PBKDF2 with HMAC-SHA-256
	maxIterations     = 10_000_000 // a file must not keep us busy for minutes
)

var (
	// RFC 6931 section 2.2.2 and XML-Signature. SHA-224 and -384 are not met.
	macs = map[string]crypto.Hash{
		xmldsig + "hmac-sha1": crypto.SHA1, more + "hmac-sha1": crypto.SHA1,
		more + "hmac-sha256": crypto.SHA256, more + "hmac-sha512": crypto.SHA512,
	}
	ciphers = map[string]int{xmlenc + "aes128-cbc": 16, xmlenc + "aes192-cbc": 24, xmlenc + "aes256-cbc": 32}
)

func cbcName(key []byte) string { return fmt.Sprintf("%saes%d-cbc", xmlenc, 8*len(key)) }

// opener opens the values of one file. The keys are worked out at the first
// encrypted value, so that a plain file needs none.
type opener struct {
	container *xmlContainer
	transport Transport
	ready     bool
	key, mac  []byte
	hash      crypto.Hash
}

func (o *opener) wipe() {
	clear(o.key)
	clear(o.mac)
}

// open returns the secret, which the caller owns.
func (o *opener) open(s *xmlSecret) ([]byte, error) {
	switch {
	case s == nil || s.Plain == nil && s.Encrypted == nil:
		return nil, errors.New("key has no secret")
	case s.Plain != nil && s.Encrypted != nil:
		return nil, errors.New("key has two secrets")
	case s.Plain != nil:
		secret, err := fromBase64(*s.Plain)
		if err == nil && len(secret) == 0 {
			err = errors.New("secret is empty")
		}
		return secret, err
	}
	if err := o.prepare(); err != nil {
		return nil, err
	}
	ciphertext, err := fromBase64(s.Encrypted.Value)
	if err != nil {
		return nil, err
	}
	want, err := fromBase64(s.MAC)
	if err != nil {
		return nil, err
	}
	if len(want) == 0 {
		return nil, errors.New("encrypted secret has no MAC")
	}
	// Over initialization vector and ciphertext (section 6.1), and before decrypting.
	if !hmac.Equal(want, sum(o.hash, o.mac, ciphertext)) {
		return nil, ErrMAC
	}
	return decrypt(s.Encrypted.Method.Algorithm, o.key, ciphertext)
}

func (o *opener) prepare() error {
	m := o.container.MAC
	if o.ready {
		return nil
	}
	if m == nil || m.Key == nil {
		return errors.New("no MAC key (RFC 6030 section 6)")
	}
	o.hash = macs[m.Algorithm]
	if o.hash == 0 {
		return &AlgorithmError{Use: "MAC", Algorithm: m.Algorithm}
	}
	if err := o.encryptionKey(); err != nil {
		return err
	}
	b, err := fromBase64(m.Key.Value)
	if err != nil {
		return err
	}
	if o.mac, err = decrypt(m.Key.Method.Algorithm, o.key, b); err != nil {
		return err
	}
	o.ready = true
	return nil
}

func (o *opener) encryptionKey() (err error) {
	k := o.container.Key
	switch {
	case k == nil:
		return errors.New("encrypted, and no word by which key")
	case k.Derived != nil && o.transport.Password != nil:
		o.key, err = k.Derived.Method.derive(o.transport.Password)
	case k.Derived == nil && o.transport.Key != nil:
		o.key = append([]byte(nil), o.transport.Key...)
	case k.Derived != nil:
		return fmt.Errorf("%w with the password %q", ErrEncrypted, k.Derived.Name)
	default:
		return fmt.Errorf("%w with the key %q", ErrEncrypted, k.Name)
	}
	return err
}

// derive is PBKDF2 (RFC 8018 section 5.2). An empty PRF is HMAC-SHA1, its default.
func (m *xmlKDF) derive(password []byte) ([]byte, error) {
	if m.Algorithm != pbkdf2u {
		return nil, &AlgorithmError{Use: "key derivation", Algorithm: m.Algorithm}
	}
	h := crypto.SHA1
	if m.PRF != nil && m.PRF.Algorithm != "" {
		if h = macs[m.PRF.Algorithm]; h == 0 {
			return nil, &AlgorithmError{Use: "PBKDF2", Algorithm: m.PRF.Algorithm}
		}
	}
	salt, err := fromBase64(m.Salt)
	switch {
	case err != nil:
		return nil, err
	case len(salt) == 0 || m.Iterations < 1 || m.Iterations > maxIterations || m.Length < 16 || m.Length > 32:
		return nil, errors.New("parameters of PBKDF2 are out of range")
	}
	// The conversion copies the password into a string, which cannot be wiped.
	return pbkdf2.Key(func() hash.Hash { return h.New() }, string(password), salt, m.Iterations, m.Length)
}

// sealer encrypts values, or leaves them plain when it has no key.
type sealer struct{ key, mac []byte }

func (s *sealer) wipe() {
	clear(s.key)
	clear(s.mac)
}

// sealer writes into c how its values are encrypted and makes what encrypts them.
func (t Transport) sealer(c *xmlContainer) (*sealer, error) {
	s := new(sealer)
	switch {
	case t.Key != nil && t.Password != nil:
		return nil, errors.New("both a key and a password")
	case t.Key != nil:
		s.key = append([]byte(nil), t.Key...)
		c.Key = &xmlEncKey{Name: t.Name}
	case t.Password != nil:
		salt := make([]byte, 16)
		rand.Read(salt)
		kdf := xmlKDF{
			Algorithm: pbkdf2u, Salt: base64.StdEncoding.EncodeToString(salt), Iterations: t.Iterations,
			Length: 32, PRF: &xmlMethod{Algorithm: more + "hmac-sha256"},
		}
		if kdf.Iterations == 0 {
			kdf.Iterations = defaultIterations
		}
		var err error
		if s.key, err = kdf.derive(t.Password); err != nil {
			return nil, err
		}
		c.Key = &xmlEncKey{Derived: &xmlDerived{Method: kdf, Name: t.Name}}
	default:
		return s, nil
	}
	s.mac = make([]byte, 32)
	rand.Read(s.mac)
	wrapped, err := encrypt(s.key, s.mac)
	if err != nil {
		return nil, err
	}
	c.MAC = &xmlMACMethod{Algorithm: more + "hmac-sha256", Key: &xmlData{
		Method: xmlMethod{cbcName(s.key)}, Value: base64.StdEncoding.EncodeToString(wrapped),
	}}
	return s, nil
}

func (s *sealer) seal(secret []byte) (*xmlSecret, error) {
	if s.key == nil {
		text := base64.StdEncoding.EncodeToString(secret)
		return &xmlSecret{Plain: &text}, nil
	}
	b, err := encrypt(s.key, secret)
	if err != nil {
		return nil, err
	}
	return &xmlSecret{
		Encrypted: &xmlData{Method: xmlMethod{cbcName(s.key)}, Value: base64.StdEncoding.EncodeToString(b)},
		MAC:       base64.StdEncoding.EncodeToString(sum(crypto.SHA256, s.mac, b)),
	}, nil
}

func sum(h crypto.Hash, key, message []byte) []byte {
	m := hmac.New(h.New, key)
	m.Write(message)
	return m.Sum(nil)
}

// encrypt is AES-CBC behind a random initialization vector, with the padding of
// XML Encryption section 5.2, which is that of PKCS #7 as well.
func encrypt(key, plain []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	pad := aes.BlockSize - len(plain)%aes.BlockSize
	b := make([]byte, aes.BlockSize, aes.BlockSize+len(plain)+pad)
	rand.Read(b)
	b = append(b, plain...)
	b = append(b, strings.Repeat(string(rune(pad)), pad)...)
	cipher.NewCBCEncrypter(block, b[:aes.BlockSize]).CryptBlocks(b[aes.BlockSize:], b[aes.BlockSize:])
	return b, nil
}

// decrypt takes what encrypt makes. Padding that does not fit is ErrMAC as well: it
// is what a wrong key mostly gives, and only the MAC key is decrypted unchecked.
func decrypt(algorithm string, key, b []byte) ([]byte, error) {
	size, known := ciphers[algorithm]
	switch {
	case !known:
		return nil, &AlgorithmError{Use: "encryption", Algorithm: algorithm}
	case len(key) != size:
		return nil, fmt.Errorf("key of %d bytes, the file wants %d", len(key), size)
	case len(b) < 2*aes.BlockSize || len(b)%aes.BlockSize != 0:
		return nil, errors.New("encrypted value is cut off")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	plain := make([]byte, len(b)-aes.BlockSize)
	cipher.NewCBCDecrypter(block, b[:aes.BlockSize]).CryptBlocks(plain, b[aes.BlockSize:])
	pad := int(plain[len(plain)-1])
	if pad < 1 || pad > aes.BlockSize || pad == len(plain) {
		clear(plain)
		return nil, ErrMAC
	}
	return plain[:len(plain)-pad], nil
}
