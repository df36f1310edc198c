package pfx

import (
	"bytes"
	"crypto/hmac"
	"encoding/asn1"
	"errors"
	"unicode/utf8"
)

var (
	// ErrPassword: the password is wrong, or the file is damaged.
	ErrPassword = errors.New("wrong password or damaged file")
	// ErrDamaged: the file is no PKCS#12 file, or is cut off or changed so that
	// this shows.
	ErrDamaged = errors.New("not a PKCS#12 file")
	// ErrUnsupported: the file uses an algorithm that is not known here.
	ErrUnsupported = errors.New("PKCS#12 file with an unknown algorithm")
)

// File is what a PKCS#12 file holds.
type File struct {
	Keys         []Key
	Certificates []Certificate
}

// Key is a private key in a File.
type Key struct {
	PKCS8 []byte // PrivateKeyInfo (RFC 5208), DER; wiped by File.Wipe
	ID    []byte // localKeyID, nil for none
	Name  string // friendlyName, "" for none
}

// Certificate is a certificate in a File.
type Certificate struct {
	DER  []byte
	ID   []byte // localKeyID
	Name string // friendlyName
}

// Object identifiers of RFC 7292, 4 and 5.
const (
	oidData      = "1.2.840.113549.1.7.1"
	oidEncrypted = "1.2.840.113549.1.7.6"

	oidKeyBag      = "1.2.840.113549.1.12.10.1.1"
	oidShroudedBag = "1.2.840.113549.1.12.10.1.2"
	oidCertBag     = "1.2.840.113549.1.12.10.1.3"
	oidNestedBag   = "1.2.840.113549.1.12.10.1.6"
	oidX509        = "1.2.840.113549.1.9.22.1"

	oidFriendlyName = "1.2.840.113549.1.9.20"
	oidLocalKeyID   = "1.2.840.113549.1.9.21"
)

// Read reads a PKCS#12 file with its password in UTF-8, which it does not keep.
// Wipe the File when it is not needed any more.
func Read(file, password []byte) (*File, error) {
	if !utf8.Valid(password) {
		return nil, ErrPassword
	}
	top, content, err := open(file)
	if err != nil {
		return nil, err
	}
	mac, err := top.field(2, asn1.TagSequence)
	if err != nil {
		return nil, damaged("no MAC")
	}
	s, err := checkMAC(mac, content, password)
	defer clear(s.bmp)
	if err != nil {
		return nil, err
	}
	r := reader{secret: s, file: &File{}}
	if err := r.safe(content); err != nil {
		r.file.Wipe()
		return nil, err
	}
	return r.file, nil
}

// open returns the file's structure (PFX) and the octets of its AuthenticatedSafe,
// over which the MAC is made.
func open(file []byte) (top node, content []byte, err error) {
	if len(file) > maxFile {
		return top, nil, damaged("larger than %d bytes", maxFile)
	}
	if top, err = parse(file); err != nil {
		return top, nil, err
	}
	if !top.is(asn1.TagSequence) {
		return top, nil, damaged("no sequence")
	}
	if v, err := top.field(0, asn1.TagInteger); err != nil || !bytes.Equal(v.content, []byte{3}) {
		return top, nil, damaged("not version 3")
	}
	safe, err := top.field(1, asn1.TagSequence)
	if err != nil {
		return top, nil, err
	}
	content, err = dataContent(safe)
	return top, content, err
}

// Wipe overwrites the private keys.
func (f *File) Wipe() {
	for _, k := range f.Keys {
		clear(k.PKCS8)
	}
}

// dataContent returns the octets of a ContentInfo of type data.
func dataContent(info node) ([]byte, error) {
	oid, err := info.children0()
	if err != nil {
		return nil, err
	}
	if oid != oidData {
		return nil, unsupported("content", oid) // signed with a certificate, say
	}
	inside, err := info.explicit(1)
	if err != nil {
		return nil, err
	}
	if !inside.is(asn1.TagOctetString) {
		return nil, damaged("data that is no octet string")
	}
	return inside.octets()
}

// children0 is the object identifier that a sequence begins with.
func (n node) children0() (string, error) {
	if len(n.children) == 0 {
		return "", damaged("an empty sequence")
	}
	return n.children[0].oid()
}

// checkMAC checks MacData (RFC 7292, 4) and returns the password in the form
// that the MAC was made with: an empty one has two.
func checkMAC(mac node, content, password []byte) (secret, error) {
	info, err := mac.field(0, asn1.TagSequence)
	if err != nil {
		return secret{}, err
	}
	algorithm, err := info.field(0, asn1.TagSequence)
	if err != nil {
		return secret{}, err
	}
	oid, err := algorithm.children0()
	if err != nil {
		return secret{}, err
	}
	h, ok := digests[oid]
	if !ok {
		return secret{}, unsupported("MAC", oid)
	}
	digest, err := info.field(1, asn1.TagOctetString)
	if err != nil {
		return secret{}, err
	}
	want, err := digest.octets()
	if err != nil {
		return secret{}, err
	}
	saltNode, err := mac.field(1, asn1.TagOctetString)
	if err != nil {
		return secret{}, err
	}
	salt, err := saltNode.octets()
	if err != nil {
		return secret{}, err
	}
	iterations := 1
	if len(mac.children) > 2 {
		if iterations, err = mac.count(2); err != nil {
			return secret{}, err
		}
	}
	forms := [][]byte{bmp(password)}
	if len(password) == 0 {
		forms = append(forms, nil)
	}
	for _, form := range forms {
		key := derive(h, form, salt, iterations, forMAC, h().Size())
		m := hmac.New(h, key)
		clear(key)
		m.Write(content)
		if hmac.Equal(m.Sum(nil), want) {
			left := maxEncrypted
			return secret{utf8: password, bmp: form, left: &left}, nil
		}
		clear(form)
	}
	return secret{}, ErrPassword
}
