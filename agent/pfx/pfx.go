package pfx

import (
	"bytes"
	"crypto/hmac"
	"crypto/x509"
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

// reader collects what the bags of a file hold.
type reader struct {
	secret secret
	file   *File
	depth  int

	looking bool // nothing is decrypted, and keys are left out
	sealed  bool // something was left out that may hold certificates
}

// safe reads an AuthenticatedSafe.
func (r *reader) safe(content []byte) error {
	all, err := parse(content)
	if err != nil {
		return err
	}
	for _, info := range all.children {
		oid, err := info.children0()
		if err != nil {
			return err
		}
		var bags []byte
		switch oid {
		case oidData:
			bags, err = dataContent(info)
		case oidEncrypted:
			if r.looking {
				r.sealed = true
				continue
			}
			bags, err = r.encrypted(info)
		default:
			err = unsupported("content", oid)
		}
		if err == nil {
			err = r.bags(bags)
		}
		if oid == oidEncrypted {
			clear(bags) // what is kept of it was copied
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// encrypted decrypts EncryptedData (RFC 5652, 8).
func (r *reader) encrypted(info node) ([]byte, error) {
	data, err := info.explicit(1)
	if err != nil {
		return nil, err
	}
	content, err := data.field(1, asn1.TagSequence)
	if err != nil {
		return nil, err
	}
	algorithm, err := content.field(1, asn1.TagSequence)
	if err != nil {
		return nil, err
	}
	if len(content.children) < 3 || content.children[2].class != asn1.ClassContextSpecific || content.children[2].tag != 0 {
		return nil, damaged("no encrypted content")
	}
	bytes, err := content.children[2].octets()
	if err != nil {
		return nil, err
	}
	return decrypt(algorithm, r.secret, bytes)
}

// bags reads SafeContents.
func (r *reader) bags(content []byte) error {
	all, err := parse(content)
	if err != nil {
		return err
	}
	return r.nested(all)
}

func (r *reader) nested(all node) error {
	if r.depth++; r.depth > maxDepth {
		return damaged("nested too deeply")
	}
	defer func() { r.depth-- }()
	for _, bag := range all.children {
		oid, err := bag.children0()
		if err != nil {
			return err
		}
		value, err := bag.explicit(1)
		if err != nil {
			return err
		}
		id, name, err := attributes(bag)
		if err != nil {
			return err
		}
		if r.looking && (oid == oidKeyBag || oid == oidShroudedBag) {
			continue
		}
		switch oid {
		case oidKeyBag:
			r.file.Keys = append(r.file.Keys, Key{PKCS8: value.der(), ID: id, Name: name})
		case oidShroudedBag:
			err = r.shrouded(value, id, name)
		case oidCertBag:
			err = r.certificate(value, id, name)
		case oidNestedBag:
			err = r.nested(value)
		} // CRLs and other secrets are none of our business
		if err == nil && (len(r.file.Keys) > maxKeys || len(r.file.Certificates) > maxCertificates) {
			err = damaged("more than %d keys or %d certificates", maxKeys, maxCertificates)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// shrouded decrypts an EncryptedPrivateKeyInfo.
func (r *reader) shrouded(value node, id []byte, name string) error {
	algorithm, err := value.field(0, asn1.TagSequence)
	if err != nil {
		return err
	}
	encrypted, err := value.field(1, asn1.TagOctetString)
	if err != nil {
		return err
	}
	data, err := encrypted.octets()
	if err != nil {
		return err
	}
	plain, err := decrypt(algorithm, r.secret, data)
	if err != nil {
		return err
	}
	defer clear(plain)
	key, err := parse(plain)
	if err != nil {
		return err
	}
	r.file.Keys = append(r.file.Keys, Key{PKCS8: key.der(), ID: id, Name: name})
	return nil
}

func (r *reader) certificate(value node, id []byte, name string) error {
	oid, err := value.children0()
	if err != nil {
		return err
	}
	if oid != oidX509 {
		return nil // an SDSI certificate
	}
	inside, err := value.explicit(1)
	if err != nil {
		return err
	}
	der, err := inside.octets()
	if err != nil {
		return err
	}
	// Package x509 reads the structure of a certificate also when it does not
	// know its algorithms.
	if _, err := x509.ParseCertificate(der); err != nil {
		return damaged("a certificate: %v", err)
	}
	r.file.Certificates = append(r.file.Certificates, Certificate{DER: bytes.Clone(der), ID: id, Name: name})
	return nil
}

// attributes reads localKeyID and friendlyName of a SafeBag.
func attributes(bag node) (id []byte, name string, err error) {
	if len(bag.children) < 3 {
		return nil, "", nil
	}
	for _, a := range bag.children[2].children {
		oid, err := a.children0()
		if err != nil {
			return nil, "", err
		}
		if len(a.children) < 2 || len(a.children[1].children) == 0 {
			continue
		}
		v := a.children[1].children[0]
		switch {
		case oid == oidLocalKeyID && v.is(asn1.TagOctetString):
			octets, err := v.octets()
			if err != nil {
				return nil, "", err
			}
			id = bytes.Clone(octets)
		case oid == oidFriendlyName && v.is(asn1.TagBMPString):
			name = fromBMP(v.content)
		}
	}
	return id, name, nil
}
