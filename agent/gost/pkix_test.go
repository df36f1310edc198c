package gost_test

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"qoltanba/agent/gost"
)

var update = flag.Bool("update", false, "make testdata/kazakh*.der anew")

// TestPublishedCertificates reads certificates of the standards, and finds their
// keys from the private ones, which are printed beside.
func TestPublishedCertificates(t *testing.T) {
	for _, v := range readVectors[[]struct {
		Source, Params, D    string
		Certificate, Request []byte
	}](t, "certificates.json") {
		cert, err := gost.ParseCertificate(v.Certificate)
		if err != nil {
			t.Errorf("%s: ParseCertificate = %v", v.Source, err)
			continue
		}
		key := cert.PublicKey.(*gost.PublicKey)
		d := unhex(t, v.D)
		slices.Reverse(d)
		k, err := gost.NewPrivateKey(key.Params(), d)
		if err != nil || !k.Public().(*gost.PublicKey).Equal(key) || key.Params().String() != v.Params {
			t.Errorf("%s: key of %v, %v", v.Source, key.Params(), err)
		}
		if err := gost.CheckSignature(cert, cert); err != nil {
			t.Errorf("%s: CheckSignature = %v", v.Source, err)
		}
		if _, err := gost.Verify(cert, gost.VerifyOptions{Roots: []*x509.Certificate{cert}, Time: now}); err != nil {
			t.Errorf("%s: Verify = %v", v.Source, err)
		}
		if v.Request == nil {
			continue
		}
		if r, err := gost.ParseCertificateRequest(v.Request); err != nil || !key.Equal(r.PublicKey) {
			t.Errorf("%s: ParseCertificateRequest = %v", v.Source, err)
		}
	}
}

// goldens are keys and certificates of our own making, in Kazakh encoding.
var goldens = map[string]*gost.Params{"kazakh2004": gost.Kazakh2004, "kazakh2015": gost.Kazakh2015}

func golden(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestGoldens(t *testing.T) {
	for name, p := range goldens {
		if *update {
			f := newFamily(t, p)
			for part, der := range map[string][]byte{"root": f.root.Raw, "ca": f.ca.Raw, "leaf": f.leaf.Raw, "key": f.key.Marshal()} {
				if err := os.WriteFile(filepath.Join("testdata", name+"-"+part+".der"), der, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
		var certs []*x509.Certificate
		for _, part := range []string{"root", "ca", "leaf"} {
			c, err := gost.ParseCertificate(golden(t, name+"-"+part+".der"))
			if err != nil {
				t.Fatal(err)
			}
			certs = append(certs, c)
		}
		if _, err := gost.Verify(certs[2], gost.VerifyOptions{Roots: certs[:1], Intermediates: certs[1:2], Time: now}); err != nil {
			t.Errorf("%s: Verify = %v", name, err)
		}
		der := golden(t, name+"-key.der")
		k, err := gost.ParsePrivateKey(der, certs[2].PublicKey.(*gost.PublicKey))
		if err != nil || k.Params() != p || !bytes.Equal(k.Marshal(), der) {
			t.Errorf("%s: ParsePrivateKey = %v, %v", name, k, err)
		}
	}
}

func oid(arcs ...int) asn1.ObjectIdentifier { return arcs }

// spki and pkcs8 return key encodings with parts of a test's choice.
func spki(t *testing.T, point any, algorithm asn1.ObjectIdentifier, params ...asn1.ObjectIdentifier) []byte {
	inner := der(t, point)
	return der(t, struct {
		A struct {
			O asn1.ObjectIdentifier
			P []asn1.ObjectIdentifier
		}
		B asn1.BitString
	}{struct {
		O asn1.ObjectIdentifier
		P []asn1.ObjectIdentifier
	}{algorithm, params}, asn1.BitString{Bytes: inner, BitLength: 8 * len(inner)}})
}

func der(t *testing.T, v any) []byte {
	t.Helper()
	b, err := asn1.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBadPublicKey(t *testing.T) {
	point := public(gost.GenerateKey(gost.Kazakh2015)).Bytes()
	key, set, hash := oid(1, 2, 398, 3, 10, 1, 1, 2, 2), oid(1, 2, 398, 3, 10, 1, 1, 2, 2, 1), oid(1, 2, 398, 3, 10, 1, 3, 3)
	good := spki(t, point, key, set, hash)
	if _, err := gost.ParsePublicKey(good); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		der  []byte
		want error
	}{
		{"empty", nil, gost.ErrFormat},
		{"cut short", good[:len(good)-1], gost.ErrFormat},
		{"bytes behind", append(slices.Clone(good), 0), gost.ErrFormat},
		{"point without OCTET STRING", spki(t, asn1.RawValue{FullBytes: point}, key, set, hash), gost.ErrFormat},
		{"half a point", spki(t, point[:64], key, set, hash), gost.ErrFormat},
		{"point too long", spki(t, append(slices.Clone(point), 0), key, set, hash), gost.ErrFormat},
		{"point not on the curve", spki(t, make([]byte, 128), key, set, hash), gost.ErrKey},
		{"no parameters", spki(t, point, key), gost.ErrUnsupported},
		{"no digest", spki(t, point, key, set), gost.ErrUnsupported},
		{"one parameter more", spki(t, point, key, set, hash, hash), gost.ErrUnsupported},
		{"the digest of 2004", spki(t, point, key, set, oid(1, 2, 398, 3, 10, 1, 3, 1, 1, 0)), gost.ErrUnsupported},
		{"the Russian curve", spki(t, point, key, oid(1, 2, 643, 7, 1, 2, 1, 2, 1), hash), gost.ErrUnsupported},
		{"the curve of 2004", spki(t, point, key, oid(1, 2, 398, 3, 10, 1, 1, 1, 1, 1), hash), gost.ErrUnsupported},
		{"the key of 2004 on this curve", spki(t, point, oid(1, 2, 398, 3, 10, 1, 1, 1, 1), set, hash), gost.ErrUnsupported},
		{"Kazakh 256 bit", spki(t, point[:64], oid(1, 2, 398, 3, 10, 1, 1, 2, 1), oid(1, 2, 398, 3, 10, 1, 1, 2, 1, 1), oid(1, 2, 398, 3, 10, 1, 3, 2)), gost.ErrUnsupported},
		{"a curve of examples", spki(t, point[:64], oid(1, 2, 643, 7, 1, 1, 1, 1), oid(1, 2, 643, 2, 2, 35, 0), oid(1, 2, 643, 7, 1, 1, 2, 2)), gost.ErrUnsupported},
		{"RSA", spki(t, point, oid(1, 2, 840, 113549, 1, 1, 1)), gost.ErrUnsupported},
		{"length in two bytes", append([]byte{good[0], 0x82, 0}, good[2:]...), gost.ErrFormat},
	} {
		if k, err := gost.ParsePublicKey(c.der); !errors.Is(err, c.want) || k != nil {
			t.Errorf("ParsePublicKey(%s) = %v, want %v", c.name, err, c.want)
		}
	}
	_, err := gost.ParsePublicKey(spki(t, point[:64], oid(1, 2, 398, 3, 10, 1, 1, 2, 1), set))
	if err == nil || !strings.Contains(err.Error(), "Kazakh 256-bit") {
		t.Errorf("ParsePublicKey(Kazakh 256 bit) = %v", err)
	}
}

// TestPrivateKeyForms reads the scalar in every form, and in the wrong byte order
// beside the public key.
func TestPrivateKeyForms(t *testing.T) {
	for _, p := range gost.Supported() {
		k := gost.GenerateKey(p)
		le := k.Bytes()
		be := slices.Clone(le)
		slices.Reverse(be)
		integer := bytes.TrimLeft(be, "\x00")
		if integer[0]>>7 == 1 {
			integer = append([]byte{0}, integer...)
		}
		tagged := func(tag int, b []byte) []byte { return der(t, asn1.RawValue{Tag: tag, Bytes: b}) }
		n := p.Size()
		for _, c := range []struct {
			name           string
			content        []byte
			alone, besides error // without and with the public key
		}{
			{"bare", le, nil, nil},
			{"bare, most significant first", be, errAny, nil},
			{"OCTET STRING", der(t, le), nil, nil},
			{"OCTET STRING, most significant first", der(t, be), errAny, nil},
			{"INTEGER", tagged(asn1.TagInteger, integer), nil, nil},
			{"another key", der(t, gost.GenerateKey(p).Bytes()), nil, gost.ErrMismatch},
			{"masked", slices.Concat(le, le), gost.ErrUnsupported, gost.ErrUnsupported},
			{"zero", make([]byte, n), gost.ErrKey, gost.ErrKey},
			{"too large", bytes.Repeat([]byte{255}, n), gost.ErrKey, gost.ErrKey},
			{"INTEGER too long", tagged(asn1.TagInteger, append([]byte{1}, be...)), gost.ErrFormat, gost.ErrFormat},
			{"INTEGER padded", tagged(asn1.TagInteger, append([]byte{0, 0}, integer...)), gost.ErrFormat, gost.ErrFormat},
			{"INTEGER negative", tagged(asn1.TagInteger, []byte{0x80, 1}), gost.ErrFormat, gost.ErrFormat},
			{"OCTET STRING too short", der(t, le[1:]), gost.ErrFormat, gost.ErrFormat},
			{"UTF8String", tagged(asn1.TagUTF8String, le), gost.ErrFormat, gost.ErrFormat},
			{"empty", []byte{}, gost.ErrFormat, gost.ErrFormat},
			{"cut short", der(t, le)[:n+1], gost.ErrFormat, gost.ErrFormat},
		} {
			info := withContent(t, k, c.content)
			if got, err := gost.ParsePrivateKey(info, nil); c.alone != errAny && (!errors.Is(err, c.alone) || (got == nil) != (err != nil)) {
				t.Errorf("%v: ParsePrivateKey(%s) = %v, want %v", p, c.name, err, c.alone)
			} else if c.alone == nil && c.besides == nil && !got.Equal(k) {
				t.Errorf("%v: ParsePrivateKey(%s) is another key", p, c.name)
			}
			got, err := gost.ParsePrivateKey(info, public(k))
			if !errors.Is(err, c.besides) || err == nil && !got.Equal(k) {
				t.Errorf("%v: ParsePrivateKey(%s, beside its public key) = %v, want %v", p, c.name, err, c.besides)
			}
		}
	}
}

// errAny stands for an outcome that the bytes do not decide.
var errAny = errors.New("any")

// withContent returns a key's PrivateKeyInfo with other content.
func withContent(t *testing.T, k *gost.PrivateKey, content []byte) []byte {
	var info struct {
		Version   int
		Algorithm asn1.RawValue
		Key       []byte
	}
	if _, err := asn1.Unmarshal(k.Marshal(), &info); err != nil {
		t.Fatal(err)
	}
	info.Key = content
	return der(t, info)
}
