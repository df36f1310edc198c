package pfx

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/pbkdf2"
	"crypto/sha1"
	"encoding/asn1"
	"fmt"
	"hash"
)

// Password-based encryption schemes: RFC 7292, C, and RFC 8018.
const (
	oidPBE3DES = "1.2.840.113549.1.12.1.3"
	oidPBE2DES = "1.2.840.113549.1.12.1.4"
	oidRC2128  = "1.2.840.113549.1.12.1.5"
	oidRC240   = "1.2.840.113549.1.12.1.6"
	oidPBES2   = "1.2.840.113549.1.5.13"
	oidPBKDF2  = "1.2.840.113549.1.5.12"
)

// A secret is a password in both forms that the schemes use.
type secret struct {
	utf8, bmp []byte
	left      *int // iterations that the file may ask for
}

func unsupported(what, oid string) error {
	return fmt.Errorf("%w: %s %s", ErrUnsupported, what, oid)
}

// decrypt decrypts what an AlgorithmIdentifier says how. The result is the
// caller's to wipe.
func decrypt(algorithm node, s secret, data []byte) ([]byte, error) {
	if len(algorithm.children) < 2 {
		return nil, damaged("encryption without parameters")
	}
	oid, err := algorithm.children[0].oid()
	if err != nil {
		return nil, err
	}
	mode, err := decrypter(oid, algorithm.children[1], s)
	if err != nil {
		return nil, err
	}
	size := mode.BlockSize()
	if len(data) == 0 || len(data)%size != 0 {
		return nil, damaged("%d encrypted bytes in blocks of %d", len(data), size)
	}
	out := make([]byte, len(data))
	mode.CryptBlocks(out, data)
	// RFC 8018, 6.1.1, step 4: as many bytes as their own value. The MAC was
	// right, so this tells nothing to anybody.
	pad := int(out[len(out)-1])
	if pad == 0 || pad > size {
		clear(out)
		return nil, ErrPassword
	}
	for _, b := range out[len(out)-pad:] {
		if int(b) != pad {
			clear(out)
			return nil, ErrPassword
		}
	}
	return out[:len(out)-pad], nil
}

func decrypter(oid string, params node, s secret) (cipher.BlockMode, error) {
	if oid == oidPBES2 {
		return pbes2(params, s)
	}
	legacy := map[string]struct {
		size  int
		block func([]byte) (cipher.Block, error)
	}{
		oidPBE3DES: {24, des.NewTripleDESCipher},
		oidPBE2DES: {16, func(k []byte) (cipher.Block, error) { return des.NewTripleDESCipher(append(k, k[:8]...)) }},
		oidRC2128:  {16, func(k []byte) (cipher.Block, error) { return newRC2(k, 128), nil }},
		oidRC240:   {5, func(k []byte) (cipher.Block, error) { return newRC2(k, 40), nil }},
	}
	scheme, ok := legacy[oid]
	if !ok {
		return nil, unsupported("encryption", oid)
	}
	salt, iterations, err := s.saltAndCount(params)
	if err != nil {
		return nil, err
	}
	key := derive(sha1.New, s.bmp, salt, iterations, forKey, scheme.size)
	defer clear(key)
	block, err := scheme.block(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewCBCDecrypter(block, derive(sha1.New, s.bmp, salt, iterations, forIV, 8)), nil
}

// saltAndCount reads pkcs-12PbeParams.
func (s secret) saltAndCount(n node) (salt []byte, iterations int, err error) {
	field, err := n.field(0, asn1.TagOctetString)
	if err == nil {
		salt, err = field.octets()
	}
	if err == nil {
		iterations, err = n.count(1)
	}
	if *s.left -= iterations; err == nil && *s.left < 0 {
		err = damaged("more than %d iterations in all", maxEncrypted)
	}
	return salt, iterations, err
}

// count reads an iteration count and holds it to its limit.
func (n node) count(i int) (int, error) {
	field, err := n.field(i, asn1.TagInteger)
	if err != nil {
		return 0, err
	}
	v, err := field.number()
	if err == nil && (v < 1 || v > maxIterations) {
		err = damaged("%d iterations", v)
	}
	return v, err
}

// pbes2 is RFC 8018, 6.2.
func pbes2(params node, s secret) (cipher.BlockMode, error) {
	if len(params.children) != 2 || len(params.children[0].children) < 2 || len(params.children[1].children) < 2 {
		return nil, damaged("PBES2 parameters")
	}
	kdf, scheme := params.children[0].children, params.children[1].children
	if oid, err := kdf[0].oid(); err != nil || oid != oidPBKDF2 {
		return nil, orUnsupported(err, "key derivation", oid)
	}
	oid, err := scheme[0].oid()
	if err != nil {
		return nil, err
	}
	iv, err := scheme[1].octets()
	if err != nil {
		return nil, err
	}
	ciphers := map[string]struct {
		size  int
		block func([]byte) (cipher.Block, error)
	}{
		"2.16.840.1.101.3.4.1.2":  {16, aes.NewCipher},
		"2.16.840.1.101.3.4.1.22": {24, aes.NewCipher},
		"2.16.840.1.101.3.4.1.42": {32, aes.NewCipher},
		"1.2.840.113549.3.7":      {24, des.NewTripleDESCipher},
	}
	c, ok := ciphers[oid]
	if !ok {
		return nil, unsupported("cipher", oid)
	}
	key, err := s.pbkdf2Key(kdf[1], c.size)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	block, err := c.block(key)
	if err != nil {
		return nil, err
	}
	if len(iv) != block.BlockSize() {
		return nil, damaged("an initialization vector of %d bytes", len(iv))
	}
	return cipher.NewCBCDecrypter(block, iv), nil
}

// pbkdf2Key reads PBKDF2-params (RFC 8018, A.2) and derives a key of that size.
func (s secret) pbkdf2Key(params node, size int) ([]byte, error) {
	salt, iterations, err := s.saltAndCount(params)
	if err != nil {
		return nil, err
	}
	h := func() hash.Hash { return sha1.New() } // the default
	for _, n := range params.children[2:] {
		switch {
		case n.is(asn1.TagInteger): // keyLength
			if v, err := n.number(); err != nil || v != size {
				return nil, damaged("a key of %d bytes for a cipher of %d", v, size)
			}
		case n.is(asn1.TagSequence) && len(n.children) > 0:
			oid, err := n.children[0].oid()
			if err != nil {
				return nil, err
			}
			var ok bool
			if h, ok = macs[oid]; !ok {
				return nil, unsupported("pseudorandom function", oid)
			}
		default:
			return nil, damaged("PBKDF2 parameters")
		}
	}
	return pbkdf2.Key(h, string(s.utf8), salt, iterations, size)
}

func orUnsupported(err error, what, oid string) error {
	if err != nil {
		return err
	}
	return unsupported(what, oid)
}
