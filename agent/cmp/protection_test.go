package cmp_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"testing"

	"qoltanba/agent/cmp"
)

func sealed(t *testing.T, p cmp.Protector) *cmp.Message {
	t.Helper()
	der, err := (&cmp.Message{Header: cmp.Header{TransactionID: []byte("one")}, Body: &cmp.PollRequest{}}).Marshal(p)
	if err != nil {
		t.Fatalf("Marshal = %v", err)
	}
	return parse(t, der)
}

func TestMAC(t *testing.T) {
	for _, pbm := range []bool{false, true} {
		m := sealed(t, &cmp.MAC{Secret: secret, PBM: pbm})
		if !m.HasMAC() || !m.Protected() {
			t.Errorf("PBM %v: HasMAC = %v", pbm, m.HasMAC())
		}
		if err := m.CheckMAC(secret, cmp.UsualIterations); err != nil {
			t.Errorf("PBM %v: CheckMAC = %v", pbm, err)
		}
		if err := m.CheckMAC(secret, cmp.UsualIterations+1); !errors.Is(err, cmp.ErrWeak) {
			t.Errorf("PBM %v: CheckMAC(more iterations) = %v, want ErrWeak", pbm, err)
		}
		if n, err := m.MACIterations(); n != cmp.UsualIterations || err != nil {
			t.Errorf("PBM %v: MACIterations = %d, %v", pbm, n, err)
		}
		if a, err := m.AnswerMAC(secret); err != nil || a.PBM != pbm || a.Iterations != cmp.UsualIterations {
			t.Errorf("PBM %v: AnswerMAC = %+v, %v", pbm, a, err)
		}
		for _, wrong := range []string{"", "k7m2p9xq", "K7M2P9XQ ", "K7M2P9X"} {
			if err := m.CheckMAC([]byte(wrong), cmp.MinIterations); !errors.Is(err, cmp.ErrProtection) {
				t.Errorf("PBM %v: CheckMAC(%q) = %v, want ErrProtection", pbm, wrong, err)
			}
		}
		if err := m.CheckSignature(byName("P-256").cert); !errors.Is(err, cmp.ErrProtection) {
			t.Errorf("PBM %v: CheckSignature = %v, want ErrProtection", pbm, err)
		}
	}
	for what, p := range map[string]cmp.Protector{"PBMAC1": cheap, "signature": byName("P-256").signer()} {
		der, _ := (&cmp.Message{Body: cmp.Confirmed{}}).Marshal(p)
		again, _ := (&cmp.Message{Body: cmp.Confirmed{}}).Marshal(p)
		if bytes.Equal(der, again) {
			t.Errorf("%s: the same message twice: no salt", what)
		}
	}
}

func TestSignature(t *testing.T) {
	all := identities()
	for i, who := range all {
		m := sealed(t, who.signer())
		other := all[(i+1)%len(all)]
		if m.HasMAC() || !m.Protected() {
			t.Errorf("%s: HasMAC = %v", who.name, m.HasMAC())
		}
		if err := m.CheckSignature(other.cert); !errors.Is(err, cmp.ErrProtection) {
			t.Errorf("%s: CheckSignature(another sender) = %v, want ErrProtection", who.name, err)
		}
		// Of the same name, with another key.
		if err := m.CheckSignature(certify(who.name, other.key).cert); !errors.Is(err, cmp.ErrProtection) {
			t.Errorf("%s: CheckSignature(another key) = %v, want ErrProtection", who.name, err)
		}
		// Of another name, with the same key.
		if err := m.CheckSignature(certify(other.name, who.key).cert); !errors.Is(err, cmp.ErrProtection) {
			t.Errorf("%s: CheckSignature(another name) = %v, want ErrProtection", who.name, err)
		}
		issuer := *who.cert
		issuer.KeyUsage = x509.KeyUsageCertSign
		if err := m.CheckSignature(&issuer); !errors.Is(err, cmp.ErrProtection) {
			t.Errorf("%s: CheckSignature(key for certificates only) = %v, want ErrProtection", who.name, err)
		}
		if err := m.CheckMAC(secret, 0); !errors.Is(err, cmp.ErrUnsupported) {
			t.Errorf("%s: CheckMAC = %v, want ErrUnsupported", who.name, err)
		}
	}
}

func TestUnprotected(t *testing.T) {
	m := sealed(t, nil)
	if m.Protected() || m.HasMAC() {
		t.Error("protected")
	}
	if _, err := m.MACIterations(); !errors.Is(err, cmp.ErrUnprotected) {
		t.Errorf("MACIterations = %v, want ErrUnprotected", err)
	}
	if err := m.CheckMAC(secret, 0); !errors.Is(err, cmp.ErrUnprotected) {
		t.Errorf("CheckMAC = %v, want ErrUnprotected", err)
	}
	if err := m.CheckSignature(byName("P-256").cert); !errors.Is(err, cmp.ErrUnprotected) {
		t.Errorf("CheckSignature = %v, want ErrUnprotected", err)
	}
}

// The structures of RFC 4210, 5.1.1 and 5.1.3.1, and RFC 8018, A.2 and A.5, written
// with encoding/asn1, which shares nothing with the package.
type (
	algorithm struct {
		ID         asn1.ObjectIdentifier
		Parameters asn1.RawValue `asn1:"optional"`
	}
	pbmParameter struct {
		Salt       []byte
		OWF        algorithm
		Iterations int64
		MAC        algorithm
	}
	pbkdf2Parameter struct {
		Salt       []byte
		Iterations int64
		KeyLength  int `asn1:"optional"`
		PRF        algorithm
	}
	pbmac1Parameter struct{ KDF, MAC algorithm }
)

var (
	idPBM, idPBMAC1, idPBKDF2  = asn1.ObjectIdentifier{1, 2, 840, 113533, 7, 66, 13}, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 14}, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
	idSHA256, idMD5, idHMAC256 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}, asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 5}, asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}
)

// forge returns a message with a MAC of that algorithm and that value.
func forge(t *testing.T, protection algorithm, mac func(part []byte) []byte) []byte {
	t.Helper()
	emptyName := asn1.RawValue{FullBytes: []byte{0xa4, 2, 0x30, 0}}
	header := value(struct {
		Version           int
		Sender, Recipient asn1.RawValue
		Algorithm         algorithm `asn1:"explicit,tag:1"`
	}{2, emptyName, emptyName, protection})
	body := []byte{0xb3, 2, 5, 0} // pkiConf
	part := value(struct{ Header, Body asn1.RawValue }{asn1.RawValue{FullBytes: header}, asn1.RawValue{FullBytes: body}})
	sum := mac(part)
	return value(struct {
		Header, Body asn1.RawValue
		Protection   asn1.BitString `asn1:"explicit,tag:0"`
	}{asn1.RawValue{FullBytes: header}, asn1.RawValue{FullBytes: body}, asn1.BitString{Bytes: sum, BitLength: 8 * len(sum)}})
}

func pbm(salt []byte, iterations int64, hash, mac asn1.ObjectIdentifier) algorithm {
	return with(idPBM, pbmParameter{salt, algorithm{ID: hash}, iterations, algorithm{ID: mac}})
}

func pbmac1(salt []byte, iterations int64, length int, kdf, prf asn1.ObjectIdentifier) algorithm {
	return with(idPBMAC1, pbmac1Parameter{with(kdf, pbkdf2Parameter{salt, iterations, length, algorithm{ID: prf}}), algorithm{ID: idHMAC256}})
}

func with(id asn1.ObjectIdentifier, parameters any) algorithm {
	return algorithm{id, asn1.RawValue{FullBytes: value(parameters)}}
}

func anyMAC([]byte) []byte { return make([]byte, 32) }

// A reader is told that a MAC is weak, or of no known kind, before the secret is used.
func TestForeignMACs(t *testing.T) {
	salt := []byte("sixteen bytes :)")
	for what, c := range map[string]struct {
		algorithm algorithm
		want      error
	}{
		"PBM, 1 iteration":        {pbm(salt, 1, idSHA256, idHMAC256), cmp.ErrWeak},
		"PBM, 0 iterations":       {pbm(salt, 0, idSHA256, idHMAC256), cmp.ErrWeak},
		"PBM, -1 iterations":      {pbm(salt, -1, idSHA256, idHMAC256), cmp.ErrWeak},
		"PBM, 9,999 iterations":   {pbm(salt, 9_999, idSHA256, idHMAC256), cmp.ErrWeak},
		"PBM, 2^31 iterations":    {pbm(salt, 1<<31, idSHA256, idHMAC256), cmp.ErrWeak},
		"PBM, 2^62 iterations":    {pbm(salt, 1<<62, idSHA256, idHMAC256), cmp.ErrWeak},
		"PBM, short salt":         {pbm(salt[:7], 10_000, idSHA256, idHMAC256), cmp.ErrWeak},
		"PBM, long salt":          {pbm(make([]byte, 129), 10_000, idSHA256, idHMAC256), cmp.ErrWeak},
		"PBM with MD5":            {pbm(salt, 10_000, idMD5, idHMAC256), cmp.ErrUnsupported},
		"PBM with an unknown MAC": {pbm(salt, 10_000, idSHA256, idMD5), cmp.ErrUnsupported},
		"PBMAC1, 1 iteration":     {pbmac1(salt, 1, 32, idPBKDF2, idHMAC256), cmp.ErrWeak},
		"PBMAC1, 2^31 iterations": {pbmac1(salt, 1<<31, 32, idPBKDF2, idHMAC256), cmp.ErrWeak},
		"PBMAC1, short salt":      {pbmac1(salt[:7], 10_000, 32, idPBKDF2, idHMAC256), cmp.ErrWeak},
		"PBMAC1, short key":       {pbmac1(salt, 10_000, 8, idPBKDF2, idHMAC256), cmp.ErrWeak},
		"PBMAC1, huge key":        {pbmac1(salt, 10_000, 1<<30, idPBKDF2, idHMAC256), cmp.ErrWeak},
		"PBMAC1, no key length":   {pbmac1(salt, 10_000, 0, idPBKDF2, idHMAC256), cmp.ErrFormat},
		"PBMAC1 with scrypt":      {pbmac1(salt, 10_000, 32, asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11591, 4, 11}, idHMAC256), cmp.ErrUnsupported},
		"PBMAC1 with MD5":         {pbmac1(salt, 10_000, 32, idPBKDF2, idMD5), cmp.ErrUnsupported},
		"an unknown protection":   {algorithm{ID: idMD5}, cmp.ErrUnsupported},
		"a MAC of right strength": {pbm(salt, 10_000, idSHA256, idHMAC256), cmp.ErrProtection},
		"one of PBMAC1":           {pbmac1(salt, 10_000, 32, idPBKDF2, idHMAC256), cmp.ErrProtection},
	} {
		m := parse(t, forge(t, c.algorithm, anyMAC))
		if err := m.CheckMAC(secret, cmp.MinIterations); !errors.Is(err, c.want) {
			t.Errorf("%s: CheckMAC = %v, want %v", what, err, c.want)
		}
	}
}

// RFC 4210, 5.1.3.1, computed step by step.
func TestPBM(t *testing.T) {
	salt := []byte("sixteen bytes :)")
	der := forge(t, pbm(salt, 10_000, idSHA256, idHMAC256), func(part []byte) []byte {
		key := sha256.Sum256(append(bytes.Clone(secret), salt...))
		for range 9_999 {
			key = sha256.Sum256(key[:])
		}
		h := hmac.New(sha256.New, key[:])
		h.Write(part)
		return h.Sum(nil)
	})
	if err := parse(t, der).CheckMAC(secret, 10_000); err != nil {
		t.Errorf("CheckMAC = %v", err)
	}
}

// Whoever changes a request does not have the key that it is for: neither another
// name nor another key goes with the proof.
func TestPossession(t *testing.T) {
	for _, who := range identities() {
		end := must((&cmp.Message{Body: cmp.Confirmed{}}).Marshal(nil))
		header := end[2 : len(end)-4]
		der := must((&cmp.Message{Body: cmp.NewRequest(cmp.Initial, name("A"), who.key)}).Marshal(nil))
		start := bytes.Index(der, header) + len(header)
		reached, step := 0, 5
		if who.name != "P-256" {
			step = 41 // keys of other kinds take their time
		}
		for bit := 8 * start; bit < 8*len(der); bit += step {
			changed := bytes.Clone(der)
			changed[bit/8] ^= 1 << (bit % 8)
			m, err := cmp.Parse(changed)
			if err != nil {
				continue
			}
			q, ok := m.Body.(*cmp.Request)
			if !ok || q.Kind != cmp.Initial {
				continue // the bit that makes a cr or kur of it, which protection is there for
			}
			reached++
			if _, err := q.CheckPossession(); err == nil || !known(err) {
				t.Fatalf("%s, bit %d: CheckPossession = %v", who.name, bit, err)
			}
		}
		if reached < 256/step {
			t.Errorf("%s: %d changed requests were looked at", who.name, reached)
		}
	}
}
