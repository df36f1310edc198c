package cmp_test

import (
	"bytes"
	"reflect"
	"testing"

	"qoltanba/agent/cmp"
)

// FuzzParse: bytes from outside never end the program and never pass for protected;
// what is read is written and read again as the same.
func FuzzParse(f *testing.F) {
	who := byName("P-256")
	add := func(b cmp.Body, p cmp.Protector) {
		der, err := (&cmp.Message{Header: cmp.Header{TransactionID: []byte("one")}, Body: b}).Marshal(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(der)
	}
	for _, b := range bodies() {
		add(b, nil)
		add(b, cheap)
	}
	q := cmp.NewRequest(cmp.Initial, name("A"), who.key)
	q.Controls = []cmp.Attribute{{Type: cmp.ControlToken, Value: value("A:B")}}
	add(q, who.signer())
	f.Add([]byte{0x30, 0x84, 0xff, 0xff, 0xff, 0xff})
	stranger := []byte("a secret that no seed was made with")
	f.Fuzz(func(t *testing.T, der []byte) {
		m, err := cmp.Parse(der)
		if err != nil {
			if !known(err) || m != nil {
				t.Errorf("Parse = %v, %v", m, err)
			}
			return
		}
		// Few iterations at most: the fuzzer would spend its time on them.
		if err := m.CheckMAC(stranger, cmp.MaxIterations); err == nil || !known(err) {
			t.Errorf("CheckMAC = %v", err)
		}
		if err := m.CheckSignature(byName("P-384").cert); err == nil || !known(err) {
			t.Errorf("CheckSignature = %v", err)
		}
		if q, ok := m.Body.(*cmp.Request); ok {
			if _, err := q.CheckPossession(); err != nil && !known(err) {
				t.Errorf("CheckPossession = %v", err)
			}
			return // is written with a key only
		}
		der, err = (&cmp.Message{Header: m.Header, Body: m.Body, Certificates: m.Certificates}).Marshal(nil)
		if err != nil {
			t.Fatalf("Marshal = %v", err)
		}
		again, err := cmp.Parse(der)
		if err != nil {
			t.Fatalf("Parse again = %v", err)
		}
		if !reflect.DeepEqual(again.Header, m.Header) || !reflect.DeepEqual(again.Body, m.Body) {
			t.Errorf("read %+v, then %+v", m.Body, again.Body)
		}
	})
}

// FuzzCertificates reads what a general message answers about a CA.
func FuzzCertificates(f *testing.F) {
	for _, who := range identities() {
		f.Add(who.cert.Raw)
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		all, err := cmp.ParseCertificates(der)
		if err != nil {
			if !known(err) {
				t.Errorf("ParseCertificates = %v", err)
			}
			return
		}
		again, err := cmp.MarshalCertificates(all)
		if err != nil || !bytes.Equal(again, der) {
			t.Errorf("MarshalCertificates = %x, %v, want %x", again, err, der)
		}
	})
}
