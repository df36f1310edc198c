package agent_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/cms"
	"qoltanba/agent/gost"
)

var gostKinds = []agent.KeyAlgorithm{agent.GOST2015, agent.GOST2004, agent.GOST2012}

// newGOSTDesk is a desk whose token has a GOST key alone.
func newGOSTDesk(t *testing.T, kind agent.KeyAlgorithm, edit ...func(*x509.Certificate)) *desk {
	t.Helper()
	d := newDeskStopped(t)
	d.token = agenttest.NewToken("A1", "Accounts", "1234")
	d.token.AddKey(kind, "Accounts", "Aigerim Serikova", edit...)
	d.tokens = agenttest.NewTokens(d.token)
	d.start()
	return d
}

// verifyGOSTLogin checks a token by the text of the SDK's README.
func verifyGOSTLogin(token agent.LoginToken, origin, challenge string) error {
	der, err := base64.StdEncoding.DecodeString(token.UnverifiedCertificate)
	if err != nil {
		return err
	}
	cert, err := gost.ParseCertificate(der)
	if err != nil {
		return err
	}
	signature, err := base64.StdEncoding.DecodeString(token.Signature)
	if err != nil {
		return err
	}
	key := cert.PublicKey.(*gost.PublicKey)
	h := key.Params().Hash()
	text := slices.Concat([]byte("qoltanba-gost:1.0"), []byte{0}, h.Sum([]byte(origin)), h.Sum([]byte(challenge)))
	return key.Verify(h.Sum(text), signature)
}

// wantGOSTLogin logs in and checks the token.
func (d *desk) wantGOSTLogin(c *agent.Client, kind agent.KeyAlgorithm) {
	d.t.Helper()
	nonce := challenge()
	token, session, err := c.Authenticate(d.t.Context(), nonce)
	if err != nil {
		d.t.Fatalf("Authenticate = %v", err)
	}
	if token.Format != "qoltanba-gost:1.0" || token.Algorithm != string(kind) || len(session.Certificate) == 0 {
		d.t.Errorf("token %+v, session %+v, want the format of GOST and %s", token, session, kind)
	}
	if err := verifyGOSTLogin(token, bankSite, nonce); err != nil {
		d.t.Error(err)
	}
	for name, other := range map[string]error{
		"site":      verifyGOSTLogin(token, "https://other.test", nonce),
		"challenge": verifyGOSTLogin(token, bankSite, challenge()),
	} {
		if !errors.Is(other, gost.ErrSignature) {
			d.t.Errorf("the token at another %s: %v, want ErrSignature", name, other)
		}
	}
}

// wantGOSTSignature signs, attached and not, and checks the messages.
func (d *desk) wantGOSTSignature(c *agent.Client, root *x509.Certificate) {
	d.t.Helper()
	for _, detached := range []bool{false, true} {
		r := order("pay 1", "pay 2")
		r.Detached = detached
		res, err := c.Sign(d.t.Context(), r, nil)
		if err != nil || !res.Complete {
			d.t.Fatalf("Sign = %+v, %v", res, err)
		}
		for i, s := range res.Signatures {
			o := cms.VerifyOptions{Roots: []*x509.Certificate{root}}
			if detached {
				o.Content = r.Documents[i].Data
			}
			v, err := cms.Verify(s.CMS, o)
			if err != nil || v.Origin != bankSite || !detached && string(v.Content) != string(r.Documents[i].Data) {
				d.t.Errorf("detached %v, signature %d: %+v, %v", detached, i, v, err)
			}
		}
	}
}

func TestGOSTKeyOnToken(t *testing.T) {
	for _, kind := range gostKinds {
		t.Run(string(kind), func(t *testing.T) {
			root := agenttest.TestCA().GOST(kind.GOST())
			end := time.Now().Add(20 * day)
			d := newGOSTDesk(t, kind, func(c *x509.Certificate) { c.NotAfter = end })
			all := d.agent.Status().Profiles
			if len(all) != 1 {
				t.Fatalf("profiles: %+v", all)
			}
			p := all[0]
			if p.Empty || p.Expired || p.Subject != "Aigerim Serikova" || p.Issuer != root.Subject.CommonName ||
				p.NotAfter != end.UTC().Format(time.RFC3339) || p.DaysLeft != 20 {
				t.Errorf("profile: %+v", p)
			}
			c := d.page()
			d.wantGOSTLogin(c, kind) // K8
			d.wantGOSTSignature(c, root)
			if len(d.history.Records()) != 5 {
				t.Errorf("%d history records, want a login and four signatures", len(d.history.Records()))
			}
			if d.token.Unlocked() {
				t.Error("the token is unlocked afterwards")
			}
		})
	}
}

// digests remembers what its keys are asked to sign.
type digests struct {
	agent.Tokens
	last *[]byte
}

func (d digests) Open(ctx context.Context, id agent.TokenID) (agent.Token, error) {
	token, err := d.Tokens.Open(ctx, id)
	return digestToken{token, d.last}, err
}

type digestToken struct {
	agent.Token
	last *[]byte
}

func (d digestToken) Keys(ctx context.Context) ([]agent.Key, error) {
	keys, err := d.Token.Keys(ctx)
	for i, k := range keys {
		keys[i] = digestKey{k, d.last}
	}
	return keys, err
}

type digestKey struct {
	agent.Key
	last *[]byte
}

func (k digestKey) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	*k.last = bytes.Clone(digest)
	return k.Key.Sign(random, digest, opts)
}

// The digests of the SDK's README, for those who write a server. The engine of openssl
// computes the one of GOST-2012-256, and Streebog-512, as well.
func TestGOSTLoginDigests(t *testing.T) {
	for kind, want := range map[agent.KeyAlgorithm]string{
		agent.GOST2004: "322e6fc8e665d4049d4ec324ab5c6a237ced96d65105f0f00b64232ea884a854",
		agent.GOST2015: "d9cb559e856c688240f573c67c8a6704aa50bcf553aa8e055ca8e3c935fc9108" +
			"208ae7ae3e433dfc29b99889b97cb5a7db6187b1f821f5f128a2af41159263dd",
		agent.GOST2012: "4fcd7b7e7818369ba6692686aa5b4299ff78e75dc50e387506b0d7693c568d6f",
	} {
		t.Run(string(kind), func(t *testing.T) {
			const site = "https://ib.bank.kz"
			var got []byte
			d := newDeskStopped(t)
			d.token = agenttest.NewToken("A1", "Accounts", "1234")
			d.token.AddKey(kind, "Accounts", "Aigerim Serikova")
			d.tokens = agenttest.NewTokens(d.token)
			d.start(func(c *agent.Config) {
				c.Tokens, c.Banks[0].Origins = digests{d.tokens, &got}, []string{site}
			})
			origin, err := d.agent.Admit(t.Context(), site)
			if err != nil {
				t.Fatal(err)
			}
			c := d.agent.Connect(origin, func(agent.Event) {})
			defer c.Close()
			if _, _, err := c.Authenticate(t.Context(), strings.Repeat("A", 43)+"="); err != nil {
				t.Fatal(err)
			}
			if hex.EncodeToString(got) != want {
				t.Errorf("the key signed %x, want %s", got, want)
			}
		})
	}
}

func TestGOSTKeyExpired(t *testing.T) {
	d := newGOSTDesk(t, agent.GOST2015, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) })
	if all := d.agent.Status().Profiles; len(all) != 1 || !all[0].Expired || all[0].DaysLeft != 0 {
		t.Errorf("profiles: %+v, want one that expired", all)
	}
	if _, _, err := d.page().Authenticate(t.Context(), challenge()); !errors.Is(err, agent.ErrCertificate) {
		t.Errorf("Authenticate = %v, want ErrCertificate", err)
	}
	if d.token.Signatures() != 0 {
		t.Error("the token signed")
	}
}

// gostBank takes GOST keys; tokens make none of the kind that it prefers.
type gostBank struct{ fusedBank }

func (b gostBank) Check(ctx context.Context, a agent.Applicant) (agent.Terms, error) {
	terms, err := b.fusedBank.Check(ctx, a)
	terms.Algorithms = []agent.KeyAlgorithm{"GOST-2012-512", agent.GOST2015, agent.P256}
	return terms, err
}

// Confirm and ConfirmRenewal demand certificates as package gost reads them, with the
// key in it.
func (b gostBank) Confirm(ctx context.Context, a agent.Applicant, c *x509.Certificate) error {
	if _, ok := c.PublicKey.(*gost.PublicKey); !ok {
		return fmt.Errorf("the certificate has a %T", c.PublicKey)
	}
	return b.fusedBank.Confirm(ctx, a, c)
}

func (b gostBank) ConfirmRenewal(ctx context.Context, userID string, key agent.Key, c *x509.Certificate) error {
	for _, public := range []crypto.PublicKey{c.PublicKey, key.Certificate().PublicKey} {
		if _, ok := public.(*gost.PublicKey); !ok {
			return fmt.Errorf("a certificate has a %T", public)
		}
	}
	return b.fusedBank.ConfirmRenewal(ctx, userID, key, c)
}

// openGOST is open with a bank that takes GOST keys.
func (o *office) openGOST() (stop func()) {
	o.t.Helper()
	return o.open(func(c *agent.Config) {
		c.Banks[0].Enroller = gostBank{fusedBank{o.bank, o.fuse}}
	})
}

// The whole way to a GOST key: registered, used, renewed, and used again.
func TestEnrollGOST(t *testing.T) {
	o := newOffice(t)
	o.openGOST()
	if err := o.enroll(func(c *clerk) {
		if err := c.register(); err != nil {
			t.Error(err)
		}
	}); err != nil {
		t.Fatal(err)
	}
	o.wantOne()
	root := o.bank.CA().GOST(gost.Kazakh2015)
	before := o.profile()
	if before.Subject != aUserID || before.Issuer != root.Subject.CommonName || !before.Renewable {
		t.Errorf("profile: %+v", before)
	}
	use := func() {
		t.Helper()
		o.person.Do(agenttest.PIN(newPassword))
		c := o.page()
		o.wantGOSTLogin(c, agent.GOST2015) // K111
		o.person.Do(agenttest.Agree(), agenttest.PIN(newPassword), agenttest.Agree(), agenttest.PIN(newPassword))
		o.wantGOSTSignature(c, root)
		c.CloseSession("page")
	}
	use()
	o.person.Do(agenttest.PIN(newPassword))
	if err := o.agent.Renew(t.Context(), before.ID); err != nil {
		t.Fatalf("Renew = %v", err)
	}
	after := o.profile()
	if after.ID.Key != before.ID.Key || after.ID.Certificate == before.ID.Certificate || o.bank.Issued() != 2 {
		t.Errorf("profile = %+v, %d issued; want 2, and %+v with another certificate", after, o.bank.Issued(), before)
	}
	use()
}

// A registration with a GOST key that ends anywhere is continued with the same key.
func TestEnrollGOSTEndsAnywhere(t *testing.T) {
	probe := newOffice(t)
	probe.openGOST()
	if err := probe.enroll(func(c *clerk) { _ = c.register() }); err != nil {
		t.Fatal(err)
	}
	operations := probe.fuse.operations()
	if !slices.ContainsFunc(operations, func(s string) bool { return strings.HasPrefix(s, "Confirm") }) {
		t.Fatalf("only %q stood behind the fuse", operations)
	}
	for at := range operations {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("K115 K117 K118 %d %s after=%t", at+1, operations[at], after), func(t *testing.T) {
				t.Parallel()
				o := newOffice(t)
				o.fuse.at, o.fuse.after, o.fuse.err = at+1, after, agent.ErrTokenLost
				stop := o.openGOST()
				if err := o.enroll(func(c *clerk) {
					if err := c.register(); !errors.Is(err, agent.ErrTokenLost) {
						t.Errorf("the registration ended with %v, want ErrTokenLost", err)
					}
				}); !errors.Is(err, agent.ErrDenied) {
					t.Fatalf("Enroll() = %v, want that it was closed", err)
				}
				stop()
				o.fuse = &fuse{}
				resumed := make(chan error, 1)
				o.wizard(func(c *clerk) { resumed <- c.register() })
				o.openGOST()
				if err := <-resumed; err != nil {
					t.Fatalf("continued: %v", err)
				}
				o.wantOne()
			})
		}
	}
}
