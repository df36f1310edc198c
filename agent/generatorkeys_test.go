package agent_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/otp"
)

// lateVault is a keyring that asks the person before it sets a key, as a locked one does:
// a call that nobody waits for any more is still done when they answer.
type lateVault struct {
	*agenttest.Vault
	mu    sync.Mutex
	asks  chan struct{} // closed when it asks; nil lets it not ask
	agree chan struct{}
}

func (v *lateVault) ask() (asks, agree chan struct{}) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.asks, v.agree = make(chan struct{}), make(chan struct{})
	return v.asks, v.agree
}

func (v *lateVault) Set(ctx context.Context, name string, s *agent.Secret) error {
	v.mu.Lock()
	asks, agree := v.asks, v.agree
	v.asks = nil // once
	v.mu.Unlock()
	if asks == nil {
		return v.Vault.Set(ctx, name, s)
	}
	done := make(chan error, 1)
	go func() { // ends when the test agrees
		close(asks)
		<-agree
		done <- v.Vault.Set(context.WithoutCancel(ctx), name, s)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return errors.Join(agent.ErrVault, ctx.Err())
	}
}

// A window is closed while the keyring asks about the key of a PIN that is being changed.
// The PIN is changed once more in the next window, which waits for the answer: the key of
// the first change comes before that of the second, and MobiPass's key is not lost.
func TestLateKeyringCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &lateVault{Vault: agenttest.NewVault()}
		d := newCodesDesk(t, func(c *agent.Config) { c.Vault = v })
		var key []byte
		var asks, agree chan struct{}
		var change sync.WaitGroup
		d.atCodes(func(c *codes) {
			c.addMobi()
			key = c.activate("2580")
			c.turn(otp.MobiChoosePIN)
			asks, agree = v.ask()
			a := agent.GeneratorAction{Kind: agent.GeneratorChangePIN, Device: c.view(0).ID, Old: text("2580"), New: text("4826")}
			change.Go(func() {
				if err := c.act(a); !errors.Is(err, agent.ErrVault) {
					t.Errorf("change = %v, want ErrVault", err)
				}
			})
			<-asks
		})
		change.Wait()

		other := newDeskStopped(t)
		other.dir, other.vault = d.dir, v.Vault
		other.start()
		other.atCodes(func(c *codes) { c.problem(0, "in-use") })

		time.AfterFunc(time.Minute, func() { close(agree) }) // once everybody waits
		began := time.Now()
		d.atCodes(func(c *codes) {
			c.turn(otp.MobiOpen)
			c.changePIN("2580", "7391")
			synctest.Wait()
			if got := c.answer("7391", number); got != response(t, key, number) {
				t.Errorf("the new PIN gives %s", got)
			}
		})
		if waited := time.Since(began); waited != time.Minute {
			t.Errorf("the second window has waited %v, want until the keyring has answered", waited)
		}
		d.atCodes(func(c *codes) {
			c.turn(otp.MobiOpen)
			if got := c.answer("7391", number); got != response(t, key, number) {
				t.Errorf("opened again, the new PIN gives %s", got)
			}
		})
	})
}

// Lock switches a SpectraNet token off and takes MobiPass's answer away, in every window.
func TestLockSwitchesGeneratorsOff(t *testing.T) {
	d := newCodesDesk(t)
	d.atCodes(func(c *codes) {
		c.addMobi()
		c.activate("2580")
		c.addToken()
		c.newPIN(1, "2580")
		c.answer("2580", number)
		if !d.agent.Status().Codes {
			t.Error("the status does not tell that code generators are shown")
		}
		d.agent.Lock()
		c.until(func(s agent.GeneratorPanel) bool {
			return s.Devices[0].Mobi.Screen == otp.MobiMenu && s.Devices[1].Spectra == otp.SpectraOff
		})
		if v := c.view(0); v.Answer != "" {
			t.Errorf("MobiPass still shows %q", v.Answer)
		}
		c.shows(1, "", "")
		c.keys(1, "p")
		c.shows(1, "PIN", "----")
	})
	if d.agent.Status().Codes {
		t.Error("the status tells that code generators are shown")
	}
}
