package bank_test

import (
	"encoding/json"
	"encoding/pem"
	"errors"
	"strings"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/bank"
)

// descriptor is one with that enrollment.
func descriptor(t *testing.T, e bank.Enrollment) []byte {
	t.Helper()
	text, err := json.Marshal(bank.Descriptor{Names: map[string]string{"en": "Bank"}, Origins: []string{"https://ib.refbank.test"}, Enrollment: &e})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func certificatePEM(der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// What a descriptor says is enough to enroll.
func TestEnrollmentOfADescriptor(t *testing.T) {
	s := start(t)
	d, err := bank.Parse(descriptor(t, bank.Enrollment{
		EST:          s.http.URL + "/.well-known/est",
		Registration: s.http.URL + "/certificates",
		CA:           certificatePEM(s.bank.CA().Certificate().Raw),
	}))
	if err != nil {
		t.Fatal(err)
	}
	config, err := d.Enrollment.Config()
	if err != nil {
		t.Fatal(err)
	}
	c, err := bank.New(config)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := c.Submit(t.Context(), s.applicant, newKey(t))
	if err != nil {
		t.Fatalf("Submit = %v", err)
	}
	if err := c.Confirm(t.Context(), s.applicant, cert); err != nil {
		t.Errorf("Confirm = %v", err)
	}
}

func TestEnrollmentRefused(t *testing.T) {
	ca := agenttest.NewCA("CA")
	good := bank.Enrollment{EST: "https://ca.test/.well-known/est", Registration: "https://ib.test/certificates", CA: certificatePEM(ca.Certificate().Raw)}
	if _, err := bank.Parse(descriptor(t, good)); err != nil {
		t.Fatalf("Parse(good) = %v", err)
	}
	both, alone := good, good
	both.CMP, alone.CMP = "https://ca.test/.well-known/cmp", "https://ca.test/.well-known/cmp"
	alone.EST, alone.CMPMAC = "", "PBM"
	for _, e := range []bank.Enrollment{both, alone} {
		d, err := bank.Parse(descriptor(t, e))
		if err != nil {
			t.Fatalf("Parse(%+v) = %v", e, err)
		}
		if c, err := d.Enrollment.Config(); err != nil || c.CMP.String() != e.CMP || (c.EST == nil) != (e.EST == "") || c.PBM != (e.CMPMAC == "PBM") {
			t.Errorf("Config = %+v, %v", c, err)
		}
	}
	for name, spoil := range map[string]func(*bank.Enrollment){
		"plain http":        func(e *bank.Enrollment) { e.EST = strings.Replace(e.EST, "https", "http", 1) },
		"http registration": func(e *bank.Enrollment) { e.Registration = "http://ib.test/certificates" },
		"no EST":            func(e *bank.Enrollment) { e.EST = "" },
		"http CMP":          func(e *bank.Enrollment) { e.CMP = "http://ca.test/cmp" },
		"another MAC":       func(e *bank.Enrollment) { e.CMP, e.CMPMAC = "https://ca.test/cmp", "none" },
		"a password":        func(e *bank.Enrollment) { e.EST = "https://a:b@ca.test/" },
		"a query":           func(e *bank.Enrollment) { e.Registration += "?user=" },
		"no CA":             func(e *bank.Enrollment) { e.CA = "" },
		"text for a CA":     func(e *bank.Enrollment) { e.CA = "hello" },
		"a client for a CA": func(e *bank.Enrollment) { e.CA = certificatePEM(ca.Issue(newKey(t).Public(), userID).Raw) },
		"a key for a CA":    func(e *bank.Enrollment) { e.CA += "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n" },
		"nothing primary":   func(e *bank.Enrollment) { e.Initialization = &bank.Initialization{} },
		"primary by a word": func(e *bank.Enrollment) { e.Initialization = &bank.Initialization{Policies: []string{"primary"}} },
		"primary by a client": func(e *bank.Enrollment) {
			client := certificatePEM(ca.Issue(newKey(t).Public(), userID).Raw)
			e.Initialization = &bank.Initialization{Issuers: []string{client}}
		},
		"primary by no one": func(e *bank.Enrollment) { e.Initialization = &bank.Initialization{Issuers: []string{""}} },
		"primary by two":    func(e *bank.Enrollment) { e.Initialization = &bank.Initialization{Issuers: []string{e.CA + e.CA}} },
		"a broken CA":       func(e *bank.Enrollment) { e.CA = certificatePEM([]byte("hello")) },
	} {
		e := good
		spoil(&e)
		if _, err := bank.Parse(descriptor(t, e)); !errors.Is(err, agent.ErrInvalid) {
			t.Errorf("Parse(%s) = %v, want ErrInvalid", name, err)
		}
	}
}

func TestK5PrimaryKeysOfADescriptor(t *testing.T) {
	ca, other := agenttest.NewCA("CA"), agenttest.NewCA("Initialization CA")
	e := bank.Enrollment{EST: "https://ca.test/.well-known/est", Registration: "https://ib.test/certificates", CA: certificatePEM(ca.Certificate().Raw)}
	cert := other.Issue(newKey(t).Public(), userID)
	none, err := e.Primary()
	if err != nil || none.Matches(cert) {
		t.Errorf("without initialization: %v, matches = %v", err, none.Matches(cert))
	}
	e.Initialization = &bank.Initialization{Issuers: []string{certificatePEM(other.Certificate().Raw)}, Policies: []string{"1.2.398.3.3.2"}}
	d, err := bank.Parse(descriptor(t, e))
	if err != nil {
		t.Fatal(err)
	}
	rule, err := d.Enrollment.Primary()
	if err != nil || len(rule.Issuers) != 1 || len(rule.Policies) != 1 || !rule.Matches(cert) || rule.Matches(ca.Issue(newKey(t).Public(), userID)) {
		t.Errorf("rule %+v, %v", rule, err)
	}
}

// People are shown every server that their PIN goes to.
func TestHostOfADescriptor(t *testing.T) {
	const ca, register = "https://ca.test/.well-known/", "https://ib.test:8443/certificates"
	for want, e := range map[string]bank.Enrollment{
		"ca.test":               {EST: ca + "est", CMP: ca + "cmp", Registration: "https://ca.test/certificates"},
		"ca.test, ib.test:8443": {EST: ca + "est", Registration: register},
		"ib.test:8443":          {CMP: "https://ib.test:8443/cmp", Registration: register},
	} {
		c, err := e.Config()
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Host(); got != want {
			t.Errorf("Host() of %+v = %q, want %q", e, got, want)
		}
	}
}
