package agent_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

// A certificate that Go cannot parse is a certificate all the same.
func TestUnreadableCertificateForbidsFormatting(t *testing.T) {
	d := newBenchDesk(t)
	d.token.AddObject(agent.Object{Kind: agent.ObjectCertificate, ID: []byte{1}, Label: "Accounts"})
	d.atBench(func(b *bench) {
		if v := b.view(); v.Refusal != "registered" || len(v.Losing) != 1 || v.Losing[0].Subject != "Accounts" || v.Confirm == "" {
			t.Errorf("K50 the panel shows refusal %q, losing %+v, to be confirmed by %q", v.Refusal, v.Losing, v.Confirm)
		}
		b.wants("K50 Format", b.act(agent.TokenFormat, agent.DefaultAdminPIN, ""), agent.ErrRegistered)
		again := func(a *agent.TokenAction) { a.Reregister, a.Confirm = true, "Memory" }
		b.wants("K51 Format by the way that names it", b.act(agent.TokenFormat, agent.DefaultAdminPIN, "", again), nil)
	})
}

// What became of a token when somebody gave up on its formatting is unknown, and
// that is what the person and the history are told.
func TestFormattingGivenUp(t *testing.T) {
	d := newBenchDesk(t)
	held := d.token.Hold(agenttest.OpFormat)
	go func() {
		<-held.Reached
		d.agent.Lock()
	}()
	d.atBench(func(b *bench) {
		b.wants("K45 Format", b.act(agent.TokenFormat, agent.DefaultAdminPIN, ""), agent.ErrFormatUnknown)
		b.wants("K45 Format again", b.act(agent.TokenFormat, agent.DefaultAdminPIN, ""), nil)
	})
	d.wantResults("begun", "format-unknown", "begun", "done")
}

// A key that the journal knows may have lost its label.
func TestJournalForbidsDeleting(t *testing.T) {
	d := newDeskStopped(t)
	d.token = agenttest.NewToken("B2", "", "1234")
	d.tokens = agenttest.NewTokens(d.token)
	if err := os.WriteFile(filepath.Join(d.dir, "registrations.json"), []byte(`[{"token":{"manufacturer":"Qoltanba","serial":"B2"}}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	id := d.token.AddOrphan(agent.P256, "renamed")
	d.startDeclining()
	d.atBench(func(b *bench) {
		b.wants("Enter PIN", b.act(agent.TokenEnterPIN, "1234", ""), nil)
		b.wants("K49 K52 Delete", b.act(agent.TokenDelete, "", "", func(a *agent.TokenAction) {
			a.Object = &agent.Object{Kind: agent.ObjectPrivateKey, ID: id, Label: "renamed"}
		}), agent.ErrUnfinished)
	})
}

// wantResults compares the results of the history's records about tokens.
func (d *desk) wantResults(want ...string) {
	d.t.Helper()
	var got []string
	for _, r := range d.history.Records() {
		data, err := json.Marshal(r.Data)
		var record struct{ Result string }
		if err == nil {
			err = json.Unmarshal(data, &record)
		}
		if err != nil {
			d.t.Fatal(err)
		}
		got = append(got, record.Result)
	}
	if !slices.Equal(got, want) {
		d.t.Errorf("the history has %v, want %v", got, want)
	}
}

// crashing is agent.Tokens whose module does not live through formatting.
type crashing struct{ agent.Tokens }

func (c crashing) Open(ctx context.Context, id agent.TokenID) (agent.Token, error) {
	t, err := c.Tokens.Open(ctx, id)
	if err != nil {
		return nil, err
	}
	return struct {
		agent.Token
		crashingAdmin
	}{t, crashingAdmin{t.(agent.Admin)}}, nil
}

type crashingAdmin struct{ agent.Admin }

func (crashingAdmin) Format(context.Context, *agent.Secret, agent.Format) error {
	return fmt.Errorf("formatting: %w", agent.ErrModuleCrashed)
}

func TestModuleCrashesWhileFormatting(t *testing.T) {
	d := newBenchDesk(t, func(c *agent.Config) { c.Tokens = crashing{c.Tokens} })
	d.atBench(func(b *bench) {
		err := b.act(agent.TokenFormat, agent.DefaultAdminPIN, "")
		if !errors.Is(err, agent.ErrFormatUnknown) || !errors.Is(err, agent.ErrModuleCrashed) {
			t.Errorf("K45 Format = %v, want ErrFormatUnknown and its cause", err)
		}
	})
	d.wantResults("begun", "format-unknown")
}
