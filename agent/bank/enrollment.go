package bank

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"qoltanba/agent"
)

// Enrollment tells where a bank's certificates are had from.
type Enrollment struct {
	EST    string `json:"est,omitempty"`     // https, with the path: "https://ca.bank.example/.well-known/est"
	CMP    string `json:"cmp,omitempty"`     // likewise, for primary keys that TLS cannot use; one of both may be missing
	CMPMAC string `json:"cmp-mac,omitempty"` // "PBM" for a CA that does not know "PBMAC1"

	// Registration is where certificates are registered, https. A PUT with the User ID as
	// one more name in the path registers the first certificate of a card, by HTTP Basic, or
	// one that renews the one in force, by its key in TLS. A PUT without that name is for
	// the latter alone: the key tells whose certificate is renewed, so that the token is
	// enough, at any computer.
	Registration string `json:"registration"`

	CA string `json:"ca"` // PEM, one or more: who may certify these servers and the bank's clients

	// Initialization is nil for a bank whose primary keys cannot be told from others.
	Initialization *Initialization `json:"initialization,omitempty"`
}

// Initialization tells what primary initialization keys are known by. At least one
// of the two is there.
type Initialization struct {
	Issuers  []string `json:"issuers,omitempty"`  // CAs that issue to them only, PEM, one certificate in each
	Policies []string `json:"policies,omitempty"` // certificate policies that only they have: "1.2.398.3.3.2"
}

// Primary returns the rule by which the agent knows primary initialization keys. It
// matches nothing where the descriptor has none.
func (e Enrollment) Primary() (agent.PrimaryRule, error) {
	var rule agent.PrimaryRule
	if e.Initialization == nil {
		return rule, nil
	}
	for _, text := range e.Initialization.Issuers {
		all, err := readCAs(text)
		if err == nil && len(all) != 1 {
			err = fmt.Errorf("%d certificates, want one: %w", len(all), agent.ErrInvalid)
		}
		if err != nil {
			return agent.PrimaryRule{}, fmt.Errorf("issuer of primary keys: %w", err)
		}
		rule.Issuers = append(rule.Issuers, all[0])
	}
	for _, text := range e.Initialization.Policies {
		oid, err := x509.ParseOID(text)
		if err != nil {
			return agent.PrimaryRule{}, fmt.Errorf("policy %q of primary keys: %w", text, agent.ErrInvalid)
		}
		rule.Policies = append(rule.Policies, oid)
	}
	if len(rule.Issuers)+len(rule.Policies) == 0 {
		return agent.PrimaryRule{}, fmt.Errorf("primary keys that nothing tells: %w", agent.ErrInvalid)
	}
	return rule, nil
}

// Config returns it as New takes it.
func (e Enrollment) Config() (Config, error) {
	est, err := optionalURL(e.EST)
	if err != nil {
		return Config{}, fmt.Errorf("EST: %w: %w", agent.ErrInvalid, err)
	}
	cmp, err := optionalURL(e.CMP)
	if err != nil {
		return Config{}, fmt.Errorf("CMP: %w: %w", agent.ErrInvalid, err)
	}
	if e.CMPMAC != "" && e.CMPMAC != "PBM" && e.CMPMAC != "PBMAC1" {
		return Config{}, fmt.Errorf("CMP protected by %q: %w", e.CMPMAC, agent.ErrInvalid)
	}
	registration, err := url.Parse(e.Registration)
	if err != nil {
		return Config{}, fmt.Errorf("registration: %w: %w", agent.ErrInvalid, err)
	}
	roots, err := readCAs(e.CA)
	if err != nil {
		return Config{}, err
	}
	return Config{EST: est, CMP: cmp, PBM: e.CMPMAC == "PBM", Registration: registration, Roots: roots}, nil
}

// Host names the servers that get an applicant's User ID and PIN, the CA's first, as
// people are shown them. Mostly it is one.
func (c Config) Host() string {
	var all []string
	for _, u := range []*url.URL{c.EST, c.CMP, c.Registration} {
		if u != nil && !slices.Contains(all, u.Host) {
			all = append(all, u.Host)
		}
	}
	return strings.Join(all, ", ")
}

// optionalURL returns nil for nothing.
func optionalURL(text string) (*url.URL, error) {
	if text == "" {
		return nil, nil
	}
	return url.Parse(text)
}

// check demands all that New does.
func (e Enrollment) check() error {
	c, err := e.Config()
	if err == nil {
		_, err = New(c)
	}
	if err == nil {
		_, err = e.Primary()
	}
	return err
}

// readCAs reads the certificates of CAs, in PEM.
func readCAs(text string) ([]*x509.Certificate, error) {
	var all []*x509.Certificate
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return all, nil
		}
		// No other kind of block: a private key does not belong here.
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("CA with a %s: %w", block.Type, agent.ErrInvalid)
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("CA: %w: %w", agent.ErrInvalid, err)
		}
		if !cert.IsCA {
			return nil, fmt.Errorf("%q is no CA: %w", cert.Subject, agent.ErrInvalid)
		}
		all = append(all, cert)
	}
}
