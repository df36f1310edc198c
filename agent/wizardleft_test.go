package agent_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync/atomic"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

// What is left on a token of a key that is gone is no other program's key, and no profile:
// who agreed to start anew gets another key (K123), and keeps nothing of the old, also when
// the wizard was closed in between.
func TestWizardKeyGoneInPart(t *testing.T) {
	for name, at := range map[string]int{
		"its public half is left":                      4, // Submit
		"its public half and its certificate are left": 6, // Confirm
	} {
		t.Run(name, func(t *testing.T) {
			o, old := goneInPart(t, at)
			done := make(chan error, 1)
			o.wizard(func(c *clerk) {
				if err := c.to(agent.WizardRestart); err != nil {
					done <- err
					return
				}
				if left := o.objects(); len(left) != len(old) {
					t.Errorf("before it was confirmed the token has %v", left)
				}
				done <- c.register()
			})
			o.open()
			wants(t, "after the confirmation", <-done, nil)
			o.wantNothingOf(old)
		})
		t.Run(name+", closed after the confirmation", func(t *testing.T) {
			o, old := goneInPart(t, at)
			agreed := make(chan error, 1)
			o.wizard(func(c *clerk) { agreed <- errors.Join(c.to(agent.WizardRestart), c.page()) })
			stop := o.open()
			wants(t, "the confirmation", <-agreed, nil)
			stop()
			o.open()
			wants(t, "Enroll", o.enroll(func(c *clerk) {
				if c.s.Refusal != "" {
					t.Errorf("the wizard refuses the token: %s", c.s.Refusal)
				}
				wants(t, "the registration", c.register(), nil)
			}), nil)
			o.wantNothingOf(old)
		})
	}
}

// A key that is on the token again is no left-over: its certificate is a profile, which
// may be in force.
func TestWizardKeyGoneIsBack(t *testing.T) {
	o := newOffice(t)
	o.fuse.at, o.fuse.err = 6, agent.ErrBank // Confirm
	stop := o.open()
	_ = o.enroll(func(c *clerk) { wants(t, "the registration", c.register(), agent.ErrBank) })
	stop()
	o.fuse = &fuse{}
	data := o.journal()
	key := regexp.MustCompile(`"key": "([0-9a-f]+)"`).FindStringSubmatch(data)
	gone := fmt.Sprintf(`[{"token": {"manufacturer": %q, "serial": %q}, "bank": %q, "aside": true, "gone": %q}]`, o.token.ID().Manufacturer, o.token.ID().Serial, caHost, key[1])
	if err := os.WriteFile(filepath.Join(o.dir, "registrations.json"), []byte(gone), 0o600); err != nil {
		t.Fatal(err)
	}
	o.open()
	wants(t, "Enroll", o.enroll(func(c *clerk) { wants(t, "unlock", c.do(c.unlock(newPassword)), agent.ErrNotEmpty) }), agent.ErrDenied)
	if left := o.objects(); len(left) != 2 {
		t.Errorf("the token has %v", left)
	}
}

// goneInPart is an office whose registration was cut off at that operation, and whose token
// has lost the key since. old is what is left on it.
func goneInPart(t *testing.T, at int) (o *office, old []agent.Object) {
	t.Helper()
	o = newOffice(t)
	o.fuse.at, o.fuse.err = at, agent.ErrBank
	stop := o.open()
	_ = o.enroll(func(c *clerk) { wants(t, "the registration", c.register(), agent.ErrBank) })
	stop()
	old = o.objects()
	id := o.token.ID()
	o.tokens.Remove(id)
	o.token = agenttest.NewToken(id.Serial, "", newPassword)
	for _, object := range old {
		o.token.AddObject(object)
	}
	o.tokens.Insert(o.token)
	o.fuse = &fuse{}
	return o, old
}

// wantNothingOf demands that the token has another key with its certificate, and nothing
// of the old one.
func (o *office) wantNothingOf(old []agent.Object) {
	o.t.Helper()
	left := o.objects()
	if len(left) != 2 || slices.ContainsFunc(left, func(x agent.Object) bool { return bytes.Equal(x.ID, old[0].ID) }) {
		o.t.Errorf("the token has %v, want the public half and the certificate of the new key", left)
	}
}

// objects lists what the office's token has that can be seen without its password.
func (o *office) objects() []agent.Object {
	o.t.Helper()
	tok, err := o.tokens.Open(o.t.Context(), o.token.ID())
	if err != nil {
		o.t.Fatal(err)
	}
	defer tok.Close()
	objects, err := tok.(agent.Admin).Objects(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	return objects
}

// countingTokens counts how often what is on them is listed before a key is made.
type countingTokens struct {
	agent.Tokens
	listed, before atomic.Int32
}

func (c *countingTokens) Open(ctx context.Context, id agent.TokenID) (agent.Token, error) {
	t, err := c.Tokens.Open(ctx, id)
	if err != nil {
		return nil, err
	}
	return countingToken{t, t.(agent.Admin), c}, nil
}

type countingToken struct {
	agent.Token
	agent.Admin
	all *countingTokens
}

func (c countingToken) Objects(ctx context.Context) ([]agent.Object, error) {
	c.all.listed.Add(1)
	return c.Admin.Objects(ctx)
}

func (c countingToken) SetPIN(ctx context.Context, old, new *agent.Secret) error {
	c.all.listed.Store(0)
	return c.Token.SetPIN(ctx, old, new)
}

func (c countingToken) GenerateKey(ctx context.Context, spec agent.KeySpec) (agent.Key, error) {
	c.all.before.Store(c.all.listed.Load())
	return c.Token.GenerateKey(ctx, spec)
}

// A token takes its time to list what is on it: once is enough before a key is made.
func TestWizardListsOnceBeforeTheKey(t *testing.T) {
	o := newOffice(t)
	tokens := &countingTokens{Tokens: fusedTokens{o.tokens, o.fuse}}
	o.open(func(c *agent.Config) { c.Tokens = tokens })
	wants(t, "Enroll", o.enroll(func(c *clerk) { wants(t, "register", c.register(), nil) }), nil)
	if n := tokens.before.Load(); n != 1 {
		t.Errorf("the token was listed %d times, want once", n)
	}
}
