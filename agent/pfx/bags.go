package pfx

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
)

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
			err = r.key(value, id, name)
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
	return r.key(key, id, name)
}

func (r *reader) key(value node, id []byte, name string) error {
	der := value.der()
	if len(der) > maxKey {
		clear(der)
		return damaged("a key of %d bytes", len(der))
	}
	r.file.Keys = append(r.file.Keys, Key{PKCS8: der, ID: id, Name: name})
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
