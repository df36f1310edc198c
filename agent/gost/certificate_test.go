package gost_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"testing"
	"time"

	"qoltanba/agent/gost"
)

var now = time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)

// template returns what a certificate says beside its key.
func template(name string, ca bool) *x509.Certificate {
	t := &x509.Certificate{
		Subject:               pkix.Name{CommonName: name, Country: []string{"KZ"}},
		NotBefore:             now.AddDate(-1, 0, 0),
		NotAfter:              now.AddDate(1, 0, 0),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection},
		BasicConstraintsValid: true,
		IsCA:                  ca,
	}
	if ca {
		t.KeyUsage, t.ExtKeyUsage = x509.KeyUsageCertSign|x509.KeyUsageCRLSign, nil
	}
	return t
}

// issue returns a certificate; without a parent, it is the key's own.
func issue(t testing.TB, tmpl, parent *x509.Certificate, key, by *gost.PrivateKey) *x509.Certificate {
	t.Helper()
	if parent == nil {
		parent, by = tmpl, key
	}
	der, err := gost.CreateCertificate(tmpl, parent, public(key), by)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := gost.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// A family is a root, an authority and a person with keys of one kind.
type family struct {
	rootKey, caKey, key *gost.PrivateKey
	root, ca, leaf      *x509.Certificate
}

func newFamily(t testing.TB, p *gost.Params) *family {
	t.Helper()
	f := &family{rootKey: gost.GenerateKey(p), caKey: gost.GenerateKey(p), key: gost.GenerateKey(p)}
	f.root = issue(t, template("Root", true), nil, f.rootKey, nil)
	f.ca = issue(t, template("CA", true), f.root, f.caKey, f.rootKey)
	f.leaf = issue(t, template("Айгерім Қасымова", false), f.ca, f.key, f.caKey)
	return f
}

func (f *family) trust() gost.VerifyOptions {
	return gost.VerifyOptions{Roots: []*x509.Certificate{f.root}, Intermediates: []*x509.Certificate{f.ca}, Time: now}
}

func TestCertificates(t *testing.T) {
	for _, p := range gost.Supported() {
		f := newFamily(t, p)
		chains, err := gost.Verify(f.leaf, f.trust())
		if err != nil || len(chains) != 1 || len(chains[0]) != 3 || !chains[0][2].Equal(f.root) {
			t.Errorf("%v: Verify = %v, %v", p, chains, err)
		}
		if !public(f.key).Equal(f.leaf.PublicKey) || f.leaf.Subject.CommonName != "Айгерім Қасымова" ||
			!bytes.Equal(f.leaf.AuthorityKeyId, f.ca.SubjectKeyId) || len(f.leaf.SubjectKeyId) != 20 {
			t.Errorf("%v: leaf is %+v", p, f.leaf.Subject)
		}
		id := p.SignatureAlgorithm()
		if n := bytes.Count(f.leaf.Raw, id); n != 2 {
			t.Errorf("%v: the signature algorithm is there %d times", p, n)
		}
		// One bit of what is signed, and one of the signature.
		for _, at := range []int{bytes.Index(f.leaf.Raw, []byte("Айгерім")) + 1, len(f.leaf.Raw) - 1} {
			der := bytes.Clone(f.leaf.Raw)
			der[at] ^= 1
			changed, err := gost.ParseCertificate(der)
			if err != nil {
				t.Fatal(err)
			}
			if err := gost.CheckSignature(changed, f.ca); !errors.Is(err, gost.ErrSignature) {
				t.Errorf("%v: CheckSignature with bit %d changed = %v, want ErrSignature", p, at, err)
			}
			var unknown x509.UnknownAuthorityError
			if _, err := gost.Verify(changed, f.trust()); !errors.As(err, &unknown) || !errors.Is(err, gost.ErrSignature) {
				t.Errorf("%v: Verify with bit %d changed = %v, want UnknownAuthorityError", p, at, err)
			}
		}
	}
}

func TestVerifyRefuses(t *testing.T) {
	p := gost.Kazakh2015
	f := newFamily(t, p)
	edit := func(tmpl *x509.Certificate, e func(*x509.Certificate)) *x509.Certificate {
		e(tmpl)
		return tmpl
	}
	under := func(ca *x509.Certificate) *x509.Certificate {
		return issue(t, template("Leaf", false), ca, f.key, f.caKey)
	}
	authority := func(name string, e func(*x509.Certificate)) *x509.Certificate {
		return issue(t, edit(template(name, true), e), f.root, f.caKey, f.rootKey)
	}
	noCA := authority("noCA", func(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid = false, true })
	noSign := authority("noSign", func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageDigitalSignature })
	old := authority("old", func(c *x509.Certificate) { c.NotAfter = now.AddDate(0, 0, -1) })
	named := authority("named", func(c *x509.Certificate) { c.PermittedDNSDomains = []string{"example.kz"} })
	short := authority("short", func(c *x509.Certificate) { c.MaxPathLenZero = true })
	below := issue(t, template("Below", true), short, f.caKey, f.caKey)
	critical := issue(t, edit(template("Leaf", false), func(c *x509.Certificate) {
		c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3}, Critical: true, Value: []byte{5, 0}}}
	}), f.ca, f.key, f.caKey)

	invalid := func(reason x509.InvalidReason) func(error) bool {
		return func(err error) bool {
			var e x509.CertificateInvalidError
			return errors.As(err, &e) && e.Reason == reason
		}
	}
	unknown := func(err error) bool { var e x509.UnknownAuthorityError; return errors.As(err, &e) }
	for _, c := range []struct {
		name string
		cert *x509.Certificate
		edit func(*gost.VerifyOptions)
		want func(error) bool
	}{
		{"good", f.leaf, nil, func(err error) bool { return err == nil }},
		{"usage allowed", f.leaf, func(o *gost.VerifyOptions) { o.KeyUsages = []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection} }, func(err error) bool { return err == nil }},
		{"too early", f.leaf, func(o *gost.VerifyOptions) { o.Time = now.AddDate(-2, 0, 0) }, invalid(x509.Expired)},
		{"too late", f.leaf, func(o *gost.VerifyOptions) { o.Time = now.AddDate(2, 0, 0) }, invalid(x509.Expired)},
		{"another root", f.leaf, func(o *gost.VerifyOptions) { o.Roots = []*x509.Certificate{newFamily(t, p).root} }, unknown},
		{"no roots", f.leaf, func(o *gost.VerifyOptions) { o.Roots = nil }, unknown},
		{"no intermediate", f.leaf, func(o *gost.VerifyOptions) { o.Intermediates = nil }, unknown},
		{"usage not allowed", f.leaf, func(o *gost.VerifyOptions) { o.KeyUsages = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }, invalid(x509.IncompatibleUsage)},
		{"issuer is no authority", under(noCA), nil, invalid(x509.NotAuthorizedToSign)},
		{"issuer may not sign", under(noSign), nil, invalid(x509.NotAuthorizedToSign)},
		{"issuer out of date", under(old), nil, invalid(x509.Expired)},
		{"issuer with name constraints", under(named), nil, invalid(x509.CANotAuthorizedForThisName)},
		{"path too long", issue(t, template("Leaf", false), below, f.key, f.caKey), nil, invalid(x509.TooManyIntermediates)},
		{"unknown critical extension", critical, nil, func(err error) bool { var e x509.UnhandledCriticalExtension; return errors.As(err, &e) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := f.trust()
			o.Intermediates = append(o.Intermediates, noCA, noSign, old, named, short, below)
			if c.edit != nil {
				c.edit(&o)
			}
			if chains, err := gost.Verify(c.cert, o); !c.want(err) || (err == nil) != (len(chains) > 0) {
				t.Errorf("Verify = %d chains, %v", len(chains), err)
			}
		})
	}
}

// TestFamilies: what one country's key has signed does not pass for the other's,
// nor with the other's identifiers.
func TestFamilies(t *testing.T) {
	kazakh := newFamily(t, gost.Kazakh2015)
	var russian *gost.Params
	for _, p := range gost.Supported() {
		if p.String() == "GOST R 34.10-2012 512 bit TC26-A" {
			russian = p // the same curve and digest
		}
	}
	same, err := gost.NewPrivateKey(russian, kazakh.caKey.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	ca := issue(t, template("CA", true), nil, same, nil)
	if err := gost.CheckSignature(kazakh.leaf, ca); !errors.Is(err, gost.ErrMismatch) {
		t.Errorf("CheckSignature(Kazakh, by Russian) = %v, want ErrMismatch", err)
	}
	leaf := issue(t, template("Leaf", false), ca, same, same)
	if err := gost.CheckSignature(leaf, kazakh.ca); !errors.Is(err, gost.ErrMismatch) {
		t.Errorf("CheckSignature(Russian, by Kazakh) = %v, want ErrMismatch", err)
	}
	if _, err := gost.ParsePrivateKey(kazakh.caKey.Marshal(), public(same)); !errors.Is(err, gost.ErrMismatch) {
		t.Errorf("ParsePrivateKey(Kazakh, beside Russian) = %v, want ErrMismatch", err)
	}
	if _, err := gost.CreateCertificate(template("x", false), ca, public(same), kazakh.caKey); !errors.Is(err, gost.ErrMismatch) {
		t.Errorf("CreateCertificate(by another key) = %v, want ErrMismatch", err)
	}
	tmpl := template("x", false)
	if _, err := gost.CreateCertificate(tmpl, tmpl, public(same), kazakh.caKey); !errors.Is(err, gost.ErrMismatch) {
		t.Errorf("CreateCertificate(own, by another key) = %v, want ErrMismatch", err)
	}
}

func TestRequest(t *testing.T) {
	for _, p := range gost.Supported() {
		k := gost.GenerateKey(p)
		der, err := gost.CreateCertificateRequest(&x509.CertificateRequest{
			Subject: pkix.Name{CommonName: "Тест", SerialNumber: "IIN123456789011"}, EmailAddresses: []string{"a@example.kz"},
		}, k)
		if err != nil {
			t.Fatal(err)
		}
		r, err := gost.ParseCertificateRequest(der)
		if err != nil || !public(k).Equal(r.PublicKey) || r.Subject.SerialNumber != "IIN123456789011" || r.EmailAddresses[0] != "a@example.kz" {
			t.Errorf("%v: ParseCertificateRequest = %+v, %v", p, r, err)
		}
		der[len(der)-1] ^= 1
		if _, err := gost.ParseCertificateRequest(der); !errors.Is(err, gost.ErrSignature) {
			t.Errorf("%v: ParseCertificateRequest(damaged) = %v, want ErrSignature", p, err)
		}
	}
}

// TestOtherKeys: certificates and requests with keys of crypto/x509 pass through.
func TestOtherKeys(t *testing.T) {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := template("EC", true)
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := gost.ParseCertificate(der)
	if err != nil || !k.PublicKey.Equal(cert.PublicKey) {
		t.Fatalf("ParseCertificate = %v, %v", cert, err)
	}
	if _, err := gost.Verify(cert, gost.VerifyOptions{Roots: []*x509.Certificate{cert}, Time: now}); err != nil {
		t.Errorf("Verify = %v", err)
	}
	if err := gost.CheckSignature(cert, cert); err != nil {
		t.Errorf("CheckSignature = %v", err)
	}
	if _, err := gost.CreateCertificateRequest(&x509.CertificateRequest{}, k); !errors.Is(err, gost.ErrUnsupported) {
		t.Errorf("CreateCertificateRequest(EC) = %v, want ErrUnsupported", err)
	}
	if _, err := gost.CreateCertificate(tmpl, tmpl, public(gost.GenerateKey(gost.Kazakh2015)), k); !errors.Is(err, gost.ErrUnsupported) {
		t.Errorf("CreateCertificate(EC) = %v, want ErrUnsupported", err)
	}
	der, err = x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, k)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := gost.ParseCertificateRequest(der); err != nil || !k.PublicKey.Equal(r.PublicKey) {
		t.Errorf("ParseCertificateRequest(EC) = %v, %v", r, err)
	}
}
