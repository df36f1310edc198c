package agent_test

import (
	"context"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

// elsewhere changes a PIN of the token past the agent, as another program does.
func (d *desk) elsewhere(change func(context.Context, agent.Admin) error) {
	d.t.Helper()
	k, err := d.tokens.Open(d.t.Context(), d.token.ID())
	if err == nil {
		err = change(d.t.Context(), k.(agent.Admin))
	}
	if err != nil {
		d.t.Fatal(err)
	}
}

// A PIN that the token refused is not offered to it a second time.
func TestPanelDropsARefusedPIN(t *testing.T) {
	secret := func(s string) *agent.Secret { return agent.NewSecret([]byte(s)) }
	t.Run("user", func(t *testing.T) {
		d := newBenchDesk(t)
		d.atBench(func(b *bench) {
			b.wants("Enter PIN", b.act(agent.TokenEnterPIN, "1234", ""), nil)
			d.elsewhere(func(ctx context.Context, k agent.Admin) error {
				return k.Unblock(ctx, secret(agent.DefaultAdminPIN), secret("other1234"))
			})
			if err := b.act(agent.TokenChangePIN, "", "Qoltan58"); !wrongPIN(err) {
				t.Errorf("change with the one that is held = %v, want a PINError", err)
			}
			b.wants("change once more", b.act(agent.TokenChangePIN, "", "Qoltan58"), agent.ErrLocked)
		})
	})
	t.Run("administrator", func(t *testing.T) {
		d := newBenchDesk(t)
		d.atBench(func(b *bench) {
			b.wants("the administrator's PIN", b.act(agent.TokenEnterAdminPIN, agent.DefaultAdminPIN, ""), nil)
			d.elsewhere(func(ctx context.Context, k agent.Admin) error {
				return k.SetAdminPIN(ctx, secret(agent.DefaultAdminPIN), secret("Bastyq47"))
			})
			if err := b.act(agent.TokenUnblock, "", "Qoltan58"); !wrongPIN(err) {
				t.Errorf("K35 Unblock with the one that is held = %v, want a PINError", err)
			}
			b.wants("K35 Unblock once more", b.act(agent.TokenUnblock, "", "Qoltan58"), agent.ErrLocked)
		})
	})
}

// Whoever locks the token wherever the program offers it leaves no PIN behind.
func TestLockForgetsPINs(t *testing.T) {
	for name, lock := range map[string]func(*desk){
		"Lock":      func(d *desk) { d.agent.Lock() },
		"LockToken": func(d *desk) { d.agent.LockToken(d.token.ID()) },
	} {
		t.Run(name, func(t *testing.T) {
			d := newBenchDesk(t)
			d.atBench(func(b *bench) {
				b.wants("the administrator's PIN", b.act(agent.TokenEnterAdminPIN, agent.DefaultAdminPIN, ""), nil)
				lock(d)
				b.wants("Format", b.act(agent.TokenFormat, "", "", format), agent.ErrLocked)
			})
		})
	}
}

// A token that was out for a moment, while the panel waited for its turn, has
// been out.
func TestPanelForgetsPINsOfATokenThatWasOut(t *testing.T) {
	d := newBenchDesk(t)
	other := agenttest.NewToken("C3", "Other", "1234")
	d.atBench(func(b *bench) {
		b.wants("Enter PIN", b.act(agent.TokenEnterPIN, "1234", ""), nil)
		// Somebody has the turn, and the panel waits for it to read C3.
		answer, held := agenttest.Hold(agenttest.Refuse())
		d.person.Do(answer)
		asked := make(chan struct{})
		go func() {
			defer close(asked)
			_ = d.agent.ChangePIN(t.Context())
		}()
		<-held.Reached
		d.insert(other)
		d.remove(d.token)
		d.insert(d.token)
		held.Release()
		<-asked
		b.wants("Delete", b.act(agent.TokenDelete, "", "", func(a *agent.TokenAction) { a.Object = &agent.Object{} }), agent.ErrLocked)
	})
}
