package agent_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"slices"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

const primaryPolicy = "2.25.322300876496440413005654878203615172597"

func policy(t *testing.T, s string) x509.OID {
	t.Helper()
	oid, err := x509.ParseOID(s)
	if err != nil {
		t.Fatal(err)
	}
	return oid
}

func TestK5PrimaryRule(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	initialization, renewed, clients := agenttest.NewCA("Initialization CA"), agenttest.NewCA("Initialization CA"), agenttest.NewCA("Client CA")
	marked := func(c *x509.Certificate) {
		c.Policies = []x509.OID{policy(t, "1.2.398.3.3.2.1"), policy(t, primaryPolicy)}
	}
	byIssuer := agent.PrimaryRule{Issuers: []*x509.Certificate{initialization.Certificate()}}
	byPolicy := agent.PrimaryRule{Policies: []x509.OID{policy(t, "1.2.3"), policy(t, primaryPolicy)}}
	both := agent.PrimaryRule{Issuers: byIssuer.Issuers, Policies: byPolicy.Policies}
	for _, test := range []struct {
		name string
		rule agent.PrimaryRule
		cert *x509.Certificate
		want bool
	}{
		{"issuer", byIssuer, initialization.Issue(key.Public(), "A"), true},
		{"issuer with a new key", byIssuer, renewed.Issue(key.Public(), "A"), true},
		{"another issuer", byIssuer, clients.Issue(key.Public(), "A"), false},
		{"another issuer, policy not of the rule", byIssuer, clients.Issue(key.Public(), "A", marked), false},
		{"policy", byPolicy, clients.Issue(key.Public(), "A", marked), true},
		{"no policy", byPolicy, initialization.Issue(key.Public(), "A"), false},
		{"both, issuer only", both, initialization.Issue(key.Public(), "A"), true},
		{"both, policy only", both, clients.Issue(key.Public(), "A", marked), true},
		{"both, neither", both, clients.Issue(key.Public(), "A"), false},
		{"no rule", agent.PrimaryRule{}, initialization.Issue(key.Public(), "A", marked), false},
	} {
		if got := test.rule.Matches(test.cert); got != test.want {
			t.Errorf("%s: Matches = %v, want %v", test.name, got, test.want)
		}
	}
}

// A GOST issuer's certificate is found by its name alone; here the algorithm of
// an issuer is one that x509 cannot check.
func TestK5PrimaryRuleNeedsNoAlgorithm(t *testing.T) {
	ca := agenttest.NewCA("Initialization CA")
	unknown := *ca.Certificate()
	unknown.PublicKey, unknown.PublicKeyAlgorithm = nil, x509.UnknownPublicKeyAlgorithm
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if r := (agent.PrimaryRule{Issuers: []*x509.Certificate{&unknown}}); !r.Matches(ca.Issue(key.Public(), "A")) {
		t.Error("a key of an issuer with an unknown algorithm does not match")
	}
}

// A stubborn person chooses that profile, whatever the list has.
type stubborn struct {
	*agenttest.Person
	profile agent.ProfileID
	tries   []error
}

func (p *stubborn) PIN(ctx context.Context, _ agent.PINQuestion, try func(context.Context, agent.ProfileID, *agent.Secret) error) error {
	err := try(ctx, p.profile, agent.NewSecret([]byte("1234")))
	p.tries = append(p.tries, err)
	return err
}

// sealedTokens shows no certificate before the login.
type sealedTokens struct{ *agenttest.Tokens }

func seal(infos []agent.TokenInfo) []agent.TokenInfo {
	for i := range infos {
		infos[i].Keys = nil
	}
	return infos
}

func (s sealedTokens) List(ctx context.Context) ([]agent.TokenInfo, error) {
	infos, err := s.Tokens.List(ctx)
	return seal(infos), err
}

func (s sealedTokens) Watch(ctx context.Context, changed func([]agent.TokenInfo)) error {
	return s.Tokens.Watch(ctx, func(now []agent.TokenInfo) { changed(seal(slices.Clone(now))) })
}

func TestK5PrimaryKeySignsNothing(t *testing.T) {
	for _, test := range []struct {
		name   string
		sealed bool
		logins int // that the token sees of each refusal
	}{
		{"certificate in sight", false, 0},
		{"certificate sealed", true, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDeskStopped(t)
			token := agenttest.NewToken("B2", "Primary", "1234")
			key := token.AddKey(agent.P256, "Primary", "Aigerim Serikova", func(c *x509.Certificate) {
				c.Policies = []x509.OID{policy(t, primaryPolicy)}
			})
			d.tokens.Insert(token)
			sum := sha256.Sum256(key.Certificate)
			id := agent.ProfileID{Token: token.ID(), Key: hex.EncodeToString(key.ID), Certificate: hex.EncodeToString(sum[:])}
			person := &stubborn{Person: d.person, profile: id}
			d.start(func(c *agent.Config) {
				// The rule of any bank counts, also of one that only the person trusts.
				c.Banks = append(c.Banks, agent.Bank{Origins: []string{"https://other.test"},
					Primary: agent.PrimaryRule{Policies: []x509.OID{policy(t, primaryPolicy)}}})
				c.Prompter = person
				if test.sealed {
					c.Tokens = sealedTokens{d.tokens}
				}
			})
			for _, p := range d.agent.Status().Profiles {
				if p.ID.Token == id.Token && !p.Empty {
					t.Errorf("the list has %+v", p)
				}
			}
			page, local := d.page(), d.agent.Local(person)
			for i, use := range map[string]func() error{
				"Authenticate": func() error {
					_, _, err := page.Authenticate(t.Context(), challenge())
					return err
				},
				"OpenSession": func() error {
					_, err := page.OpenSession(t.Context(), "")
					return err
				},
				"Sign": func() error {
					r := order("pay")
					r.Profile = id
					_, err := local.Sign(t.Context(), r, nil)
					return err
				},
			} {
				before := token.Logins()
				if err := use(); !errors.Is(err, agent.ErrPrimary) {
					t.Errorf("%s = %v, want ErrPrimary", i, err)
				}
				if n := token.Logins() - before; n != test.logins {
					t.Errorf("%s: %d logins, want %d", i, n, test.logins)
				}
			}
			if token.Signatures() != 0 || token.Unlocked() || len(d.history.Records()) != 0 {
				t.Errorf("%d signatures, unlocked: %v, history %v", token.Signatures(), token.Unlocked(), d.history.Records())
			}
			// Where the certificate is in sight, Sign asks nothing at all.
			asked := len(agenttest.Asked[agent.ConsentQuestion](d.person)) + len(person.tries)
			if want := map[bool]int{false: 2, true: 4}[test.sealed]; asked != want {
				t.Errorf("%d questions in all, want %d", asked, want)
			}
		})
	}
}

// A token's other keys sign as before.
func TestK5OtherKeysSign(t *testing.T) {
	d := newDeskStopped(t)
	d.token.AddKey(agent.P256, "Primary", "Aigerim Serikova", func(c *x509.Certificate) {
		c.Policies = []x509.OID{policy(t, primaryPolicy)}
	})
	d.start(func(c *agent.Config) {
		c.Banks[0].Primary = agent.PrimaryRule{Policies: []x509.OID{policy(t, primaryPolicy)}}
	})
	if all := d.agent.Status().Profiles; len(all) != 1 || all[0].Empty {
		t.Errorf("profiles = %+v, want the usual key alone", all)
	}
	if _, err := d.session().Sign(t.Context(), order("pay"), nil); err != nil {
		t.Errorf("Sign = %v", err)
	}
}
