package cmp_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"reflect"
	"testing"
	"time"

	"qoltanba/agent/cmp"
)

// bodies has one of each kind, but of requests.
func bodies() map[string]cmp.Body {
	cert := byName("P-256").cert
	confirm, _ := cmp.ConfirmCertificate(0, cert, cmp.Status{})
	refuse, _ := cmp.ConfirmCertificate(1, byName("Kazakh 2015").cert, cmp.Status{Code: cmp.Rejection, Text: "басқа кілт", Failure: cmp.BadCertID})
	return map[string]cmp.Body{
		"ip":                &cmp.Response{Kind: cmp.Initial, Certificate: cert, CACerts: []*x509.Certificate{byName("RSA").cert}},
		"cp with changes":   &cmp.Response{Kind: cmp.Further, ID: 3, Status: cmp.Status{Code: cmp.GrantedWithMods}, Certificate: byName("Kazakh 2015").cert},
		"kup rejected":      &cmp.Response{Kind: cmp.KeyUpdate, Status: cmp.Status{Code: cmp.Rejection, Text: "нет срока", Failure: cmp.BadTemplate | cmp.SystemFailure | cmp.BadAlgorithm}},
		"ip waiting":        &cmp.Response{Kind: cmp.Initial, Status: cmp.Status{Code: cmp.Waiting}},
		"certConf":          confirm,
		"certConf, refused": refuse,
		"pkiConf":           cmp.Confirmed{},
		"pollReq":           &cmp.PollRequest{ID: -1},
		"pollRep":           &cmp.PollResponse{ID: 1, After: 90 * time.Second, Text: "later"},
		"pollRep, no text":  &cmp.PollResponse{},
		"genm":              &cmp.General{Attributes: []cmp.Attribute{{Type: cmp.InfoCACerts}, {Type: "2.25.285904285749485485755400836721808995143", Value: value(12)}}},
		"genp":              &cmp.General{Reply: true},
		"error":             &cmp.Error{Status: cmp.Status{Code: cmp.Rejection, Failure: cmp.BadMessageCheck}, Details: "see the log"},
	}
}

func TestMessagesComeBack(t *testing.T) {
	header := cmp.Header{
		Version: cmp.Version2021, Sender: name("Қолтаңба"), Recipient: name("CA"), Time: time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC),
		SenderKID: []byte("qq111111_qwertyui"), TransactionID: cmp.NewID(), SenderNonce: cmp.NewID(), RecipientNonce: cmp.NewID(),
	}
	for kind, body := range bodies() {
		t.Run(kind, func(t *testing.T) {
			sent := &cmp.Message{Header: header, Body: body, Certificates: []*x509.Certificate{byName("RSA").cert}}
			der, err := sent.Marshal(cheap)
			if err != nil {
				t.Fatalf("Marshal = %v", err)
			}
			got := parse(t, der)
			if !reflect.DeepEqual(got.Header, sent.Header) {
				t.Errorf("header = %+v, want %+v", got.Header, sent.Header)
			}
			if !reflect.DeepEqual(got.Body, body) {
				t.Errorf("body = %+v, want %+v", got.Body, body)
			}
			if len(got.Certificates) != 1 || !got.Certificates[0].Equal(sent.Certificates[0]) {
				t.Errorf("%d certificates", len(got.Certificates))
			}
			if err := got.CheckMAC(secret, cmp.MinIterations); err != nil {
				t.Errorf("CheckMAC = %v", err)
			}
		})
	}
}

func TestRequest(t *testing.T) {
	for _, who := range identities() {
		for _, kind := range []cmp.Kind{cmp.Initial, cmp.Further, cmp.KeyUpdate} {
			q := cmp.NewRequest(kind, name("qq111111_qwertyui"), who.key)
			q.Controls = []cmp.Attribute{{Type: cmp.ControlToken, Value: value("qq111111_qwertyui:K7M2P9XQ")}}
			der, err := (&cmp.Message{Body: q}).Marshal(who.signer())
			if err != nil {
				t.Fatalf("%s: Marshal = %v", who.name, err)
			}
			m := parse(t, der)
			got, ok := m.Body.(*cmp.Request)
			if !ok || got.Kind != kind || !bytes.Equal(got.Subject, q.Subject) || !reflect.DeepEqual(got.Controls, q.Controls) {
				t.Fatalf("%s: body = %+v", who.name, m.Body)
			}
			public, err := got.CheckPossession()
			if err != nil || !public.(interface{ Equal(crypto.PublicKey) bool }).Equal(who.key.Public()) {
				t.Errorf("%s: CheckPossession = %v, %v", who.name, public, err)
			}
			if err := m.CheckSignature(who.cert); err != nil {
				t.Errorf("%s: CheckSignature = %v", who.name, err)
			}
			if len(m.Certificates) != 1 || !m.Certificates[0].Equal(who.cert) || !bytes.Equal(m.SenderKID, who.cert.SubjectKeyId) {
				t.Errorf("%s: the signer's certificate or its key identifier is missing", who.name)
			}
			if !bytes.Equal(got.SubjectPublicKeyInfo(), who.cert.RawSubjectPublicKeyInfo) {
				t.Errorf("%s: another SubjectPublicKeyInfo", who.name)
			}
		}
	}
}

// Every bit of a message counts: one with a bit changed is not read, or its protection
// is wrong.
func TestOneBit(t *testing.T) {
	who := byName("P-256")
	for kind, p := range map[string]cmp.Protector{
		"signed": who.signer(),
		"PBMAC1": cheap,
		"PBM":    &cmp.MAC{Secret: secret, PBM: true, Iterations: cmp.MinIterations},
	} {
		der, err := (&cmp.Message{Header: cmp.Header{TransactionID: cmp.NewID()}, Body: cmp.NewRequest(cmp.Initial, name("A"), who.key)}).Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		outside, step := 0, 5 // so that all bits of a byte get their turn
		if kind != "signed" {
			step = 37 // to derive a key takes its time
		}
		for bit := 0; bit < 8*len(der); bit += step {
			changed := bytes.Clone(der)
			changed[bit/8] ^= 1 << (bit % 8)
			m, err := cmp.Parse(changed)
			if err != nil {
				if !known(err) {
					t.Fatalf("%s, bit %d: Parse = %v", kind, bit, err)
				}
				continue
			}
			if m.HasMAC() {
				err = m.CheckMAC(secret, cmp.MinIterations)
			} else {
				err = m.CheckSignature(who.cert)
			}
			if err == nil {
				outside++ // in the certificates that go along, which are not protected
				if bit/8 < len(der)-len(who.cert.Raw) || kind != "signed" {
					t.Fatalf("%s: bit %d was changed and nothing noticed", kind, bit)
				}
			} else if !known(err) {
				t.Fatalf("%s, bit %d: %v", kind, bit, err)
			}
		}
		if kind == "signed" && outside == 0 {
			t.Errorf("%s: the certificate at the end was not reached", kind)
		}
	}
}

// known reports whether an error is one that the package promises.
func known(err error) bool {
	for _, k := range []error{cmp.ErrFormat, cmp.ErrUnsupported, cmp.ErrUnprotected, cmp.ErrProtection, cmp.ErrWeak, cmp.ErrPossession} {
		if errors.Is(err, k) {
			return true
		}
	}
	return false
}

func TestRefusedMessages(t *testing.T) {
	plain := func(b cmp.Body, h cmp.Header) []byte { return must((&cmp.Message{Header: h, Body: b}).Marshal(nil)) }
	good := plain(cmp.Confirmed{}, cmp.Header{})
	long := bytes.Repeat([]byte{1}, 129)
	many := &cmp.General{}
	for i := range 17 {
		many.Attributes = append(many.Attributes, cmp.Attribute{Type: asn1.ObjectIdentifier{1, 2, i}.String()})
	}
	for what, c := range map[string]struct {
		der  []byte
		want error
	}{
		"nothing":                    {nil, cmp.ErrFormat},
		"cut short":                  {good[:len(good)-1], cmp.ErrFormat},
		"bytes behind":               {append(bytes.Clone(good), 0), cmp.ErrFormat},
		"too long":                   {make([]byte, cmp.MaxMessage+1), cmp.ErrFormat},
		"indefinite length":          {append(append([]byte{0x30, 0x80}, good[2:]...), 0, 0), cmp.ErrFormat},
		"length in more than needed": {append([]byte{0x30, 0x81, good[1]}, good[2:]...), cmp.ErrFormat},
		"version 1":                  {bytes.Replace(good, []byte{2, 1, 2}, []byte{2, 1, 1}, 1), cmp.ErrUnsupported},
		"version 4":                  {bytes.Replace(good, []byte{2, 1, 2}, []byte{2, 1, 4}, 1), cmp.ErrUnsupported},
		"a name that is an e-mail's": {bytes.Replace(good, []byte{0xa4, 2, 0x30, 0}, []byte{0x81, 2, 'a', '@'}, 1), cmp.ErrUnsupported},
		"a body of no kind":          {bytes.Replace(good, []byte{0xb3, 2, 5, 0}, []byte{0xbe, 2, 5, 0}, 1), cmp.ErrUnsupported},
		"a body with more":           {bytes.Replace(good, []byte{0xb3, 2, 5, 0}, []byte{0xb3, 2, 5, 1}, 1), cmp.ErrFormat},
		"a transaction ID too long":  {plain(cmp.Confirmed{}, cmp.Header{TransactionID: long}), cmp.ErrFormat},
		"a nonce too long":           {plain(cmp.Confirmed{}, cmp.Header{SenderNonce: long}), cmp.ErrFormat},
		"a key identifier too long":  {plain(cmp.Confirmed{}, cmp.Header{SenderKID: long}), cmp.ErrFormat},
		"too many attributes":        {plain(many, cmp.Header{}), cmp.ErrFormat},
		"one attribute twice":        {plain(&cmp.General{Attributes: []cmp.Attribute{{Type: "1.2.3"}, {Type: "1.2.3"}}}, cmp.Header{}), cmp.ErrFormat},
		"a text too long":            {plain(&cmp.Error{Details: string(bytes.Repeat([]byte{'a'}, 5000))}, cmp.Header{}), cmp.ErrFormat},
		"a text that is not UTF-8":   {plain(&cmp.Error{Details: "\xff\xfe"}, cmp.Header{}), cmp.ErrFormat},
		"a certificate and a no": {plain(&cmp.Response{Status: cmp.Status{Code: cmp.Rejection}, Certificate: byName("P-256").cert}, cmp.Header{}),
			cmp.ErrFormat},
		"a yes without certificate": {plain(&cmp.Response{}, cmp.Header{}), cmp.ErrFormat},
		"an unknown status":         {plain(&cmp.Error{Status: cmp.Status{Code: 7}}, cmp.Header{}), cmp.ErrFormat},
		"an unknown failure":        {plain(&cmp.Error{Status: cmp.Status{Failure: 1 << 27}}, cmp.Header{}), cmp.ErrFormat},
		"a wait below zero":         {plain(&cmp.PollResponse{After: -time.Second}, cmp.Header{}), cmp.ErrFormat},
	} {
		if m, err := cmp.Parse(c.der); !errors.Is(err, c.want) || m != nil {
			t.Errorf("%s: Parse = %v, %v, want %v", what, m, err, c.want)
		}
	}
	certificates := make([]*x509.Certificate, 33)
	for i := range certificates {
		certificates[i] = byName("P-256").cert
	}
	if der, err := (&cmp.Message{Body: cmp.Confirmed{}, Certificates: certificates}).Marshal(nil); err != nil {
		t.Error(err)
	} else if _, err := cmp.Parse(der); !errors.Is(err, cmp.ErrFormat) {
		t.Errorf("33 certificates: Parse = %v, want ErrFormat", err)
	}
}

func TestMarshalRefuses(t *testing.T) {
	huge := &cmp.General{Attributes: []cmp.Attribute{{Type: "1.2.3", Value: value(make([]byte, cmp.MaxMessage))}}}
	for what, c := range map[string]struct {
		body cmp.Body
		by   cmp.Protector
		want error
	}{
		"a message that is too long": {huge, nil, cmp.ErrFormat},
		"a request without key":      {&cmp.Request{}, nil, cmp.ErrUnsupported},
		"few iterations":             {cmp.Confirmed{}, &cmp.MAC{Iterations: cmp.MinIterations - 1}, cmp.ErrWeak},
		"many iterations":            {cmp.Confirmed{}, &cmp.MAC{Iterations: cmp.MaxIterations + 1}, cmp.ErrWeak},
		"a signer without name":      {cmp.Confirmed{}, &cmp.Signer{Key: byName("P-256").key}, cmp.ErrUnsupported},
	} {
		if der, err := (&cmp.Message{Body: c.body}).Marshal(c.by); !errors.Is(err, c.want) || der != nil {
			t.Errorf("%s: Marshal = %d bytes, %v, want %v", what, len(der), err, c.want)
		}
	}
}

func TestConfirm(t *testing.T) {
	for _, who := range identities() {
		c, version := cmp.ConfirmCertificate(0, who.cert, cmp.Status{})
		if !c.Confirms(who.cert) {
			t.Errorf("%s: not confirmed", who.name)
		}
		if want := who.name[:1] == "K"; (version == cmp.Version2021) != want || (c.Algorithm != nil) != want {
			t.Errorf("%s: version %d, algorithm %x", who.name, version, c.Algorithm)
		}
		for _, other := range identities() {
			if other.name != who.name && c.Confirms(other.cert) {
				t.Errorf("%s: confirms %s", who.name, other.name)
			}
		}
	}
}

// A message that was read keeps its secret until it is wiped, and not longer.
func TestWipe(t *testing.T) {
	const secret = "qq111111_qwertyui:I0O1ABCD"
	token, err := asn1.Marshal(asn1.RawValue{Tag: asn1.TagUTF8String, Bytes: []byte(secret)})
	if err != nil {
		t.Fatal(err)
	}
	der, err := (&cmp.Message{Body: &cmp.General{Attributes: []cmp.Attribute{{Type: cmp.ControlToken, Value: token}}}}).Marshal(nil)
	if err != nil {
		t.Fatal(err)
	}
	m, err := cmp.Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := m.Body.(*cmp.General).Attribute(cmp.ControlToken)
	if clear(der); !bytes.Contains(a.Value, []byte(secret)) {
		t.Fatalf("token %q", a.Value)
	}
	if m.Wipe(); len(bytes.Trim(a.Value, "\x00")) > 0 {
		t.Errorf("token %q after Wipe", a.Value)
	}
}
