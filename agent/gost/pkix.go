package gost

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"slices"
)

// publicKeyInfo is a SubjectPublicKeyInfo (RFC 5280, section 4.1).
type publicKeyInfo struct {
	Algorithm asn1.RawValue
	Key       asn1.BitString
}

// ParsePublicKey reads a SubjectPublicKeyInfo of either country.
func ParsePublicKey(der []byte) (*PublicKey, error) {
	var info publicKeyInfo
	if err := unmarshal(der, &info); err != nil {
		return nil, fmt.Errorf("reading a public key: %w", err)
	}
	p, err := findParams(info.Algorithm.FullBytes)
	if err != nil {
		return nil, err
	}
	// The point is an OCTET STRING within the BIT STRING.
	var point []byte
	if err := unmarshal(info.Key.Bytes, &point); err != nil || info.Key.BitLength != 8*len(info.Key.Bytes) {
		return nil, fmt.Errorf("reading the point of a public key: %w", ErrFormat)
	}
	return NewPublicKey(p, point)
}

// Marshal returns the key as SubjectPublicKeyInfo.
func (k *PublicKey) Marshal() []byte {
	point := mustMarshal(k.Bytes())
	return mustMarshal(publicKeyInfo{
		Algorithm: asn1.RawValue{FullBytes: k.params.keyIDs[0]},
		Key:       asn1.BitString{Bytes: point, BitLength: 8 * len(point)},
	})
}

// MarshalPublicKey returns a key as SubjectPublicKeyInfo: one of this package, or one
// that crypto/x509 knows, whose error it returns for any other.
func MarshalPublicKey(public crypto.PublicKey) ([]byte, error) {
	if k, ok := public.(*PublicKey); ok {
		return k.Marshal(), nil
	}
	return x509.MarshalPKIXPublicKey(public)
}

// privateKeyInfo is a PrivateKeyInfo (RFC 5208, section 5).
type privateKeyInfo struct {
	Version    int
	Algorithm  asn1.RawValue
	PrivateKey []byte
	Attributes asn1.RawValue `asn1:"optional,tag:0"`
}

// ParsePrivateKey reads a PrivateKeyInfo (PKCS #8, not encrypted) of either country.
// The scalar is an INTEGER, an OCTET STRING within the OCTET STRING, or bare bytes;
// the last two have the least significant byte first.
//
// public is the key's other half, such as that of its certificate, or nil. With it,
// the order of the bytes is the one that gives this half, and ErrMismatch is
// returned when none does.
func ParsePrivateKey(der []byte, public *PublicKey) (*PrivateKey, error) {
	var info privateKeyInfo
	if err := unmarshal(der, &info); err != nil || info.Version != 0 {
		return nil, fmt.Errorf("reading a private key: %w", ErrFormat)
	}
	defer clear(info.PrivateKey)
	p, err := findParams(info.Algorithm.FullBytes)
	if err != nil {
		return nil, err
	}
	if public != nil && public.params != p {
		return nil, fmt.Errorf("a key for %v beside a public key for %v: %w", p, public.params, ErrMismatch)
	}
	scalar, err := p.readScalar(info.PrivateKey)
	if err != nil {
		return nil, err
	}
	defer clear(scalar)
	k, err := NewPrivateKey(p, scalar)
	if public == nil || err == nil && k.public.Equal(public) {
		return k, err
	}
	slices.Reverse(scalar)
	if k, again := NewPrivateKey(p, scalar); again == nil && k.public.Equal(public) {
		return k, nil
	}
	if err != nil {
		return nil, err
	}
	k.Wipe()
	return nil, fmt.Errorf("comparing a private key with its public key: %w", ErrMismatch)
}

// readScalar returns a copy of the scalar, least significant byte first.
func (p *Params) readScalar(b []byte) ([]byte, error) {
	size := p.Size()
	const integer, octets = 2, 4
	var value asn1.RawValue
	switch {
	case len(b) == size: // bare: with a tag it would be longer, or an INTEGER with two zero bytes
		return slices.Clone(b), nil
	case unmarshal(b, &value) != nil:
		if len(b) > 0 && len(b)%size == 0 {
			return nil, fmt.Errorf("a masked private key: %w", ErrUnsupported)
		}
	case value.Class != asn1.ClassUniversal || value.IsCompound:
	case value.Tag == octets && len(value.Bytes) == size:
		return slices.Clone(value.Bytes), nil
	case value.Tag == integer && len(value.Bytes) > 0:
		be := value.Bytes
		if be[0] == 0 && len(be) > 1 && be[1]>>7 == 1 {
			be = be[1:] // the sign
		} else if be[0]>>7 == 1 || be[0] == 0 && len(be) > 1 {
			break // negative, or longer than need be
		}
		if len(be) > size {
			break
		}
		scalar := make([]byte, size)
		copy(scalar[size-len(be):], be)
		slices.Reverse(scalar)
		return scalar, nil
	}
	return nil, fmt.Errorf("reading the scalar of a private key: %w", ErrFormat)
}

// Marshal returns the key as PrivateKeyInfo, as the programs of its country write
// it. The caller wipes it.
func (k *PrivateKey) Marshal() []byte {
	p := k.public.params
	scalar := k.Bytes()
	defer clear(scalar)
	content := scalar
	switch p {
	case Kazakh2004:
		be := bytes.TrimLeft(reversed(scalar), "\x00")
		defer clear(be)
		if be[0]>>7 == 1 {
			be = append([]byte{0}, be...)
			defer clear(be)
		}
		content = mustMarshal(asn1.RawValue{Tag: asn1.TagInteger, Bytes: be})
		defer clear(content)
	case Kazakh2015:
		content = mustMarshal(scalar)
		defer clear(content)
	}
	return mustMarshal(struct {
		Version    int
		Algorithm  asn1.RawValue
		PrivateKey []byte
	}{0, asn1.RawValue{FullBytes: p.keyIDs[0]}, content})
}

// unmarshal reads one DER element that is all of der. Package asn1 lets a few
// things pass, such as elements behind the last that is known; what does not encode
// to the same bytes again is refused.
func unmarshal[T any](der []byte, v *T) error {
	rest, err := asn1.Unmarshal(der, v)
	if err != nil || len(rest) > 0 {
		return ErrFormat
	}
	again, err := asn1.Marshal(*v)
	if err != nil || !bytes.Equal(again, der) {
		return ErrFormat
	}
	clear(again)
	return nil
}
