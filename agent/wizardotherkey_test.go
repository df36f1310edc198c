package agent_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"sync/atomic"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

// keyID is the CKA_ID that the journal has of the one registration.
func (o *office) keyID() []byte {
	o.t.Helper()
	var all []struct{ Key string }
	if err := json.Unmarshal([]byte(o.journal()), &all); err != nil || len(all) != 1 {
		o.t.Fatalf("the journal has %s: %v", o.journal(), err)
	}
	id, err := hex.DecodeString(all[0].Key)
	if err != nil {
		o.t.Fatal(err)
	}
	return id
}

// A token of the same serial number may have come in the place of the one that the
// registration was begun with. A key of the same CKA_ID on it is another one all the same,
// and no certificate is asked for with it.
func TestK123AnotherKeyOfTheSameID(t *testing.T) {
	o, stop := begun(t)
	stop()
	id, lost := o.keyID(), o.token
	o.tokens.Remove(lost.ID())
	o.token = agenttest.NewToken(lost.ID().Serial, "", newPassword)
	o.tokens.Insert(o.token)
	k, err := o.tokens.Open(t.Context(), o.token.ID())
	if err == nil {
		err = k.Login(t.Context(), secret(newPassword))
	}
	if err == nil {
		_, err = k.GenerateKey(t.Context(), agent.KeySpec{ID: id, Label: agent.LabelPrefix + "Accounts", Algorithm: agent.P256})
	}
	if err != nil {
		t.Fatal(err)
	}
	k.Close()
	o.fuse.mend()
	done := make(chan struct{})
	o.wizard(func(c *clerk) {
		defer close(done)
		wants(t, "to the token", c.to(agent.WizardProfile), nil)
		wants(t, "unlock", c.page(), nil)
		if c.s.Step != agent.WizardRestart {
			t.Errorf("the page is %q, want that the key is gone", c.s.Step)
			_ = c.register()
		}
	})
	o.open()
	<-done
	if o.bank.Issued() != 0 {
		t.Errorf("%d certificates were issued", o.bank.Issued())
	}
}

// A generation that outlived the window, or the program, that had begun it makes its key
// just as it is asked for again. That is the key, and no second one is made.
func TestK117KeyOfALateGeneration(t *testing.T) {
	o := newOffice(t)
	tokens := &takenTokens{Tokens: fusedTokens{o.tokens, o.fuse}}
	o.open(func(c *agent.Config) { c.Tokens = tokens })
	wants(t, "Enroll", o.enroll(func(c *clerk) { wants(t, "register", c.register(), nil) }), nil)
	o.wantOne()
	if n := tokens.made.Load(); n != 1 {
		t.Errorf("%d keys were asked for, want one", n)
	}
}

// A token that takes the request for a wrong one, and has no such key, has no key.
func TestWizardGenerationRefused(t *testing.T) {
	o := newOffice(t)
	o.fuse.at, o.fuse.err = 3, agent.ErrInvalid // GenerateKey
	o.open()
	o.at(agent.WizardReview, func(c *clerk) {
		wants(t, "obtain", c.do(obtain), agent.ErrInvalid)
	})
	if o.bank.Issued() != 0 {
		t.Errorf("%d certificates were issued", o.bank.Issued())
	}
}

// takenTokens tell of every key that it is there already, once they made it.
type takenTokens struct {
	agent.Tokens
	made atomic.Int64
}

func (l *takenTokens) Open(ctx context.Context, id agent.TokenID) (agent.Token, error) {
	t, err := l.Tokens.Open(ctx, id)
	if err != nil {
		return nil, err
	}
	return takenToken{t, t.(agent.Admin), l}, nil
}

type takenToken struct {
	agent.Token
	agent.Admin
	all *takenTokens
}

func (l takenToken) GenerateKey(ctx context.Context, spec agent.KeySpec) (agent.Key, error) {
	l.all.made.Add(1)
	if _, err := l.Token.GenerateKey(ctx, spec); err != nil {
		return nil, err
	}
	return nil, agent.ErrInvalid
}
