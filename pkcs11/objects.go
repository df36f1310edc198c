package pkcs11

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/asn1"
	"fmt"

	p11 "github.com/miekg/pkcs11"

	"qoltanba/agent"
)

// Objects implements agent.Admin.
func (t *Token) Objects(ctx context.Context) ([]agent.Object, error) {
	return do(ctx, t, "listing objects", func() ([]agent.Object, error) {
		if _, err := t.alive(); err != nil {
			return nil, err
		}
		handles, err := objects(t.m.lib, t.session, nil)
		if err != nil {
			return nil, err
		}
		var all []agent.Object
		for _, h := range handles {
			o, err := t.object(h)
			if err != nil {
				return nil, err
			}
			all = append(all, o)
		}
		return all, nil
	}, nil)
}

// Delete implements agent.Admin.
func (t *Token) Delete(ctx context.Context, o agent.Object) error {
	_, err := do(ctx, t, "deleting an object", func() (nothing, error) {
		if _, err := t.alive(); err != nil {
			return nothing{}, err
		}
		if t.login.Load() == 0 {
			return nothing{}, agent.ErrLocked
		}
		handles, err := objects(t.m.lib, t.session, nil)
		if err != nil {
			return nothing{}, err
		}
		for _, h := range handles {
			there, err := t.object(h)
			if err != nil {
				return nothing{}, err
			}
			if there.Kind == o.Kind && there.Label == o.Label && bytes.Equal(there.ID, o.ID) && bytes.Equal(there.Certificate, o.Certificate) {
				defer t.m.forget(t.id)
				return nothing{}, t.m.lib.DestroyObject(t.session, h)
			}
		}
		return nothing{}, agent.ErrNoKey
	}, nil)
	return err
}

// object describes one object. An attribute that it does not have is left out;
// only a lost token is an error.
func (t *Token) object(h p11.ObjectHandle) (agent.Object, error) {
	var failure error
	read := func(attribute uint) []byte {
		if failure != nil {
			return nil
		}
		a, err := t.m.lib.GetAttributeValue(t.session, h, []*p11.Attribute{p11.NewAttribute(attribute, nil)})
		if err != nil || len(a) != 1 {
			if lost(err) {
				failure = err
			}
			return nil
		}
		return a[0].Value
	}
	o := agent.Object{
		Kind:    agent.ObjectOther,
		ID:      read(p11.CKA_ID),
		Label:   text(string(read(p11.CKA_LABEL))),
		Private: bytes.Equal(read(p11.CKA_PRIVATE), []byte{1}),
	}
	class := number(read(p11.CKA_CLASS))
	switch class {
	case p11.CKO_PRIVATE_KEY:
		o.Kind = agent.ObjectPrivateKey
		for _, attribute := range []uint{p11.CKA_LOCAL, p11.CKA_NEVER_EXTRACTABLE, p11.CKA_ALWAYS_SENSITIVE} {
			// What the token does not tell, in whatever way, is held against nobody.
			a, err := t.m.lib.GetAttributeValue(t.session, h, []*p11.Attribute{p11.NewAttribute(attribute, nil)})
			o.Copied = o.Copied || err == nil && len(a) == 1 && bytes.Equal(a[0].Value, []byte{0})
		}
	case p11.CKO_PUBLIC_KEY:
		o.Kind = agent.ObjectPublicKey
	case p11.CKO_CERTIFICATE:
		o.Kind = agent.ObjectCertificate
		if value := read(p11.CKA_VALUE); parses(value) {
			o.Certificate = value
		}
	}
	if class == p11.CKO_PRIVATE_KEY || class == p11.CKO_PUBLIC_KEY {
		o.Algorithm = algorithm(number(read(p11.CKA_KEY_TYPE)), read)
	}
	return o, failure
}

func parses(der []byte) bool {
	_, err := x509.ParseCertificate(der)
	return err == nil
}

// number reads a CK_ULONG, which is little endian on every machine that modules
// exist for; an absent one is more than any constant.
func number(b []byte) uint {
	if len(b) == 0 {
		return ^uint(0)
	}
	var n uint
	for i := len(b) - 1; i >= 0; i-- {
		n = n<<8 | uint(b[i])
	}
	return n
}

// algorithm names the kind of a key.
func algorithm(keyType uint, read func(uint) []byte) string {
	switch keyType {
	case p11.CKK_RSA:
		if modulus := bytes.TrimLeft(read(p11.CKA_MODULUS), "\x00"); len(modulus) > 0 {
			return fmt.Sprintf("RSA-%d", len(modulus)*8)
		}
		return "RSA"
	case p11.CKK_EC:
		var curve asn1.ObjectIdentifier
		if _, err := asn1.Unmarshal(read(p11.CKA_EC_PARAMS), &curve); err == nil {
			if name, ok := curves[curve.String()]; ok {
				return name
			}
		}
		return "EC"
	case p11.CKK_GOSTR3410, ckkGOST512:
		return "GOST R 34.10"
	}
	return ""
}

// curves are those of RFC 5480, section 2.1.1.1.
var curves = map[string]string{
	"1.3.132.0.33": "P-224", "1.2.840.10045.3.1.7": "P-256", "1.3.132.0.34": "P-384", "1.3.132.0.35": "P-521",
}
