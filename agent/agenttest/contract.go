package agenttest

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"slices"
	"testing"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/gost"
)

// Fixture is what TestToken needs of an adapter: one connected, initialized
// token without keys. For TestReadOnlyToken it has one key at least.
type Fixture struct {
	Tokens agent.Tokens
	ID     agent.TokenID
	PIN    string // the user PIN, at least four bytes

	AdminPIN string // the administrator's, at least four bytes; see Administration

	// Tries is the number of wrong PINs that lock the token, the user's or the
	// administrator's, 0 when it never locks.
	Tries int
	// Remove disconnects the token and Insert connects it again; see Removal.
	Remove, Insert func(t *testing.T)
	// ReadPrivate tries to read the private value of the key with that id past
	// the port, and returns why it could not. When nil, only the port is tried.
	ReadPrivate func(t *testing.T, id []byte) error

	given bool // its keys are there, and nothing is written
}

// Abilities of a token that rules need.
const (
	Administration = "administration" // agent.Admin
	Removal        = "removal"        // the test can pull the token and insert it
	SecretKeys     = "secret keys"    // agent.MACs
)

// Lacks says what a kind of token cannot do, and why: an ability, or a rule by its
// name. What is not named here is demanded, so that nothing gets lost unnoticed.
type Lacks map[string]string

// A rule is a part of the contract.
type rule struct {
	name string
	test func(t *testing.T, f Fixture)
}

// rules hold for every token.
var rules = []rule{
	{"a token that is not connected cannot be opened", testOpenUnknown},
	{"public certificates are listed without login", testListedWithoutLogin},
	{"keys listed before login sign after it", testKeysBeforeLogin},
	{"a locked token does not sign", testLocked},
	{"signatures verify", testSignatures},
	{"digests that do not fit are refused", testDigests},
	{"K64 a wrong PIN is told and locks", testWrongPIN},
	{"a wrong PIN locks an unlocked token", testWrongPINUnlocked},
	{"an empty PIN costs no try", testEmptyPIN},
	{"wrong PINs lock the token for good", testPINLadder},
	{"signatures of many goroutines verify", testConcurrent},
	{"signing and logging out may meet", testSignWhileLogout},
	{"removal and insertion are watched", testWatch},
	{"a token can be opened twice", testOpenedTwice},
	{"a session is closed once", testClose},
	{"an ended context is honoured", testContext},
}

// removing are the rules of removal, for every token that a test can pull.
var removing = []rule{
	{"a removed token is lost and comes back", testRemoved},
}

// writing are the rules of tokens that make keys.
var writing = []rule{
	{"a token without keys lists none", testEmpty},
	{"a locked token makes and stores nothing", testLockedWriting},
	{"K6 a generated key stays on the token", testGenerate},
	{"K123 a key without certificate is found by its id", testKeyByID},
	{"key specifications that do not fit are refused", testGenerateRefused},
	{"a certificate is stored for its own key only", testStore},
	{"a renewed certificate lies beside the old one", testStoreNext},
	{"the PIN is changed", testSetPIN},
}

// administering are the rules of agent.Admin.
var administering = []rule{
	{"K123 a public half alone is no key", testHalfKey},
	{"K32 K35 the administrator's PIN is checked", testAdminPIN},
	{"K35 wrong administrator's PINs lock it for good", testAdminLadder},
	{"the administrator's PIN is changed", testSetAdminPIN},
	{"the administrator sets the user PIN anew", testUnblock},
	{"K37 K44 K47 a formatted token is empty and ready", testFormat},
	{"K35 K38 K98 a token is not formatted", testFormatRefused},
	{"K53 objects are listed and deleted", testObjects},
	{"a token tells its details", testDetails},
	{"an ended context is honoured by the administration", testAdminContext},
}

// computing are the rules of agent.MACs.
var computing = []rule{
	{"secret keys compute HMACs", testMACs},
	{"a secret key stays on the token and is found again", testMACKeyStays},
	{"secret keys that do not fit are refused", testMACRefused},
	{"a secret key is deleted and nothing else", testMACDeleted},
	{"an ended context is honoured by secret keys", testMACContext},
}

// abilities are the rules that need them, all of those named with each.
var abilities = []struct {
	needs []string
	rules []rule
}{
	{[]string{Removal}, removing},
	{[]string{Administration}, administering},
	{[]string{SecretKeys, Administration}, computing},
	{[]string{Administration, Removal}, []rule{{"K45 a removed token is not administered", testAdminRemoved}}},
	{[]string{SecretKeys, Removal}, []rule{{"secret keys of a removed token come back with it", testMACRemoved}}},
}

// reading are the rules of tokens that never change.
var reading = []rule{
	{"a key is found by its id", testGivenKeyByID},
	{"nothing is written", testReadOnly},
}

// TestToken is the contract of agent.Tokens, agent.Token, agent.Key, agent.Admin and
// agent.MACs. It calls open anew for every rule.
func TestToken(t *testing.T, open func(t *testing.T) Fixture) {
	TestTokenWithout(t, nil, open)
}

// TestTokenWithout is TestToken for a kind of token that lacks something.
func TestTokenWithout(t *testing.T, lacks Lacks, open func(t *testing.T) Fixture) {
	all := slices.Concat(rules, writing)
	missing := func(ability string) bool { _, ok := lacks[ability]; return ok }
	for _, a := range abilities {
		if !slices.ContainsFunc(a.needs, missing) {
			all = append(all, a.rules...)
		}
	}
	for name := range lacks {
		i := slices.IndexFunc(all, func(r rule) bool { return r.name == name })
		if i >= 0 {
			all = slices.Delete(all, i, i+1)
		} else if name != Administration && name != Removal && name != SecretKeys {
			t.Errorf("the contract has no rule %q to leave out", name)
		}
	}
	test(t, all, open)
}

// TestReadOnlyToken is the same contract for a token that comes with its keys and is
// never written to, such as a key file. What such a token tells without a login it
// may tell only after the first one.
func TestReadOnlyToken(t *testing.T, open func(t *testing.T) Fixture) {
	test(t, slices.Concat(rules, removing, reading), given(open))
}

func test(t *testing.T, rules []rule, open func(t *testing.T) Fixture) {
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) { r.test(t, open(t)) })
	}
}

// given opens fixtures of tokens that come with their keys.
func given(open func(t *testing.T) Fixture) func(t *testing.T) Fixture {
	return func(t *testing.T) Fixture {
		f := open(t)
		f.given = true
		return f
	}
}

// patience is how long the suite waits for what must come.
const patience = time.Minute

// open opens the fixture's token and closes it at the end of the test.
func (f Fixture) open(t *testing.T) agent.Token {
	t.Helper()
	tok, err := f.Tokens.Open(context.Background(), f.ID)
	if err != nil {
		t.Fatalf("Open(%v) = %v", f.ID, err)
	}
	t.Cleanup(func() {
		if err := tok.Close(); err != nil {
			t.Errorf("Close() = %v", err)
		}
	})
	return tok
}

// unlocked opens the fixture's token and logs in.
func (f Fixture) unlocked(t *testing.T) agent.Token {
	t.Helper()
	tok := f.open(t)
	f.login(t, tok)
	return tok
}

func (f Fixture) login(t *testing.T, tok agent.Token) {
	t.Helper()
	if err := login(tok, f.PIN); err != nil {
		t.Fatalf("Login(right) = %v", err)
	}
}

func login(tok agent.Token, pin string) error {
	return tok.Login(context.Background(), agent.NewSecret([]byte(pin)))
}

func logout(t *testing.T, tok agent.Token) {
	t.Helper()
	if err := tok.Logout(context.Background()); err != nil {
		t.Fatalf("Logout() = %v", err)
	}
}

// info is how List describes the fixture's token.
func (f Fixture) info(t *testing.T) agent.TokenInfo {
	t.Helper()
	all, err := f.Tokens.List(context.Background())
	if err != nil {
		t.Fatalf("List() = %v", err)
	}
	for _, i := range all {
		if i.ID == f.ID {
			return i
		}
	}
	t.Fatalf("List() = %v, want one with %v", all, f.ID)
	return agent.TokenInfo{}
}

// key returns a key of an unlocked token: a new one of that kind, or of one that
// makes none the first of that kind that it came with, else the first of any.
func (f Fixture) key(t *testing.T, tok agent.Token, alg agent.KeyAlgorithm) agent.Key {
	t.Helper()
	if !f.given {
		return newKey(t, tok, alg)
	}
	all := f.keys(t, tok)
	if i := slices.IndexFunc(all, func(k agent.Key) bool { return kindOf(k) == alg }); i >= 0 {
		return all[i]
	}
	return all[0]
}

// keys returns the keys that a token came with.
func (f Fixture) keys(t *testing.T, tok agent.Token) []agent.Key {
	t.Helper()
	all, err := tok.Keys(context.Background())
	if err != nil || len(all) == 0 {
		t.Fatalf("Keys() = %d keys, %v, want those of the token", len(all), err)
	}
	return all
}

// kindOf is the kind of a key as far as signing is concerned, "" for one that no token
// is asked to make.
func kindOf(k agent.Key) agent.KeyAlgorithm {
	switch p := k.Public().(type) {
	case *rsa.PublicKey:
		return agent.RSA2048
	case *ecdsa.PublicKey:
		return agent.KeyAlgorithm(p.Curve.Params().Name)
	case *gost.PublicKey:
		for _, kind := range gostKinds {
			if kind.GOST() == p.Params() {
				return kind
			}
		}
	}
	return ""
}

// newKey generates a key on an unlocked token, stores a certificate for it
// and returns it as Keys lists it.
func newKey(t *testing.T, tok agent.Token, alg agent.KeyAlgorithm) agent.Key {
	t.Helper()
	id := randomID(8)
	made, err := tok.GenerateKey(context.Background(), agent.KeySpec{ID: id, Label: "Accounts", Algorithm: alg})
	if err != nil {
		t.Fatalf("GenerateKey(%s) = %v", alg, err)
	}
	cert := TestCA().Issue(made.Public(), "Aigerim")
	if err := tok.StoreCertificate(context.Background(), id, "Accounts", cert); err != nil {
		t.Fatalf("StoreCertificate() = %v", err)
	}
	k := listed(t, tok, id)
	if k.Label() != "Accounts" {
		t.Errorf("Keys() has label %q, want Accounts", k.Label())
	}
	return k
}

// listed returns the key with that id from Keys.
func listed(t *testing.T, tok agent.Token, id []byte) agent.Key {
	t.Helper()
	keys, err := tok.Keys(context.Background())
	if err != nil {
		t.Fatalf("Keys() = %v", err)
	}
	for _, k := range keys {
		if bytes.Equal(k.ID(), id) {
			return k
		}
	}
	t.Fatalf("Keys() = %d keys, none with id %x", len(keys), id)
	return nil
}

// sign signs a fresh digest, of SHA-256 or a GOST key's own, and verifies the
// signature with the public key; it returns the error of Sign.
func sign(t *testing.T, k agent.Key) error {
	t.Helper()
	d, opts := signs(k)
	sig, err := k.Sign(nil, d, opts)
	if err == nil {
		if err := verify(k.Public(), d, sig, opts); err != nil {
			t.Errorf("Sign() made a signature that does not verify: %v", err)
		}
	}
	return err
}

func mustSign(t *testing.T, k agent.Key) {
	t.Helper()
	if err := sign(t, k); err != nil {
		t.Fatalf("Sign() = %v", err)
	}
}

// wantErr demands an error that wraps want.
func wantErr(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s = %v, want %q", what, got, want)
	}
}

// wantPINError demands a PINError and returns it.
func wantPINError(t *testing.T, what string, got error) *agent.PINError {
	t.Helper()
	var pin *agent.PINError
	if !errors.As(got, &pin) {
		t.Fatalf("%s = %v, want a PINError", what, got)
	}
	return pin
}

func sameCertificate(t *testing.T, what string, got []byte, want *x509.Certificate) {
	t.Helper()
	if !bytes.Equal(got, want.Raw) {
		t.Errorf("%s has a certificate of %d bytes, want the %d bytes that were stored", what, len(got), len(want.Raw))
	}
}
