package agent_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

// A bench is the token panel in a person's hands.
type bench struct {
	t     *testing.T
	d     *desk
	state agent.TokenPanel
	do    func(agent.TokenAction) error
	next  func(func(agent.TokenPanel) bool) agent.TokenPanel
}

// atBench opens the token panel, waits until the tokens have been read, lets work
// use it, and closes it.
func (d *desk) atBench(work func(b *bench)) {
	d.t.Helper()
	d.person.Do(agenttest.Panel(func(s agent.TokenPanel, do func(agent.TokenAction) error, next func(func(agent.TokenPanel) bool) agent.TokenPanel) {
		b := &bench{t: d.t, d: d, state: s, do: do, next: next}
		b.until(func(s agent.TokenPanel) bool {
			return !slices.ContainsFunc(s.Tokens, func(v agent.TokenView) bool { return v.Details == nil })
		})
		work(b)
	}))
	if err := d.agent.ShowToken(d.t.Context(), agent.PageToken, agent.TokenID{}); err != nil {
		d.t.Errorf("ShowToken() = %v", err)
	}
}

func (b *bench) until(is func(agent.TokenPanel) bool) { b.state = b.next(is) }

// view is the desk's own token as the panel shows it.
func (b *bench) view() agent.TokenView {
	b.t.Helper()
	i := slices.IndexFunc(b.state.Tokens, func(v agent.TokenView) bool { return v.Info.ID == b.d.token.ID() })
	if i < 0 {
		b.t.Fatalf("the panel shows %d tokens, and not the one of the test", len(b.state.Tokens))
	}
	return b.state.Tokens[i]
}

// act does something with the desk's token. PINs are given as text.
func (b *bench) act(kind agent.TokenActionKind, old, new string, change ...func(*agent.TokenAction)) error {
	a := agent.TokenAction{Kind: kind, Token: b.d.token.ID(), Old: agent.NewSecret([]byte(old)), New: agent.NewSecret([]byte(new))}
	for _, f := range change {
		f(&a)
	}
	return b.do(a)
}

// wants demands an error, nil for none.
func (b *bench) wants(what string, got, want error) {
	b.t.Helper()
	if !errors.Is(got, want) || want == nil && got != nil {
		b.t.Errorf("%s = %v, want %v", what, got, want)
	}
}

// newBenchDesk has a token without a profile.
func newBenchDesk(t *testing.T, change ...func(*agent.Config)) *desk {
	t.Helper()
	d := newDeskStopped(t)
	d.token = agenttest.NewToken("B2", "", "1234")
	d.tokens = agenttest.NewTokens(d.token)
	d.start(change...)
	return d
}

func TestPanelShowsATokenWithoutProfile(t *testing.T) {
	d := newBenchDesk(t)
	d.atBench(func(b *bench) {
		v := b.view()
		if v.Name != "Memory <no label> -?" || v.Content != agent.ContentEmpty || v.Checked || v.Refusal != "" || v.Registration != "" {
			t.Errorf("K27 the panel shows %+v", v)
		}
	})
}

func TestPanelContents(t *testing.T) {
	for _, c := range []struct {
		name                  string
		put                   func(*agenttest.Token)
		before, after         agent.TokenContent
		refusal, registration error
	}{
		{"K29 nothing", func(*agenttest.Token) {}, agent.ContentEmpty, agent.ContentEmpty, nil, nil},
		{"K29 a data object", func(k *agenttest.Token) { k.AddObject(agent.Object{Kind: agent.ObjectOther, Label: "notes"}) },
			agent.ContentForeign, agent.ContentForeign, nil, agent.ErrNotEmpty},
		{"K29 a data object that is seen after login", func(k *agenttest.Token) {
			k.AddObject(agent.Object{Kind: agent.ObjectOther, Label: "notes", Private: true})
		}, agent.ContentEmpty, agent.ContentForeign, nil, agent.ErrNotEmpty},
		{"K25 K26 a profile", func(k *agenttest.Token) { k.AddKey(agent.P256, "Accounts", "Aigerim") },
			agent.ContentProfile, agent.ContentProfile, agent.ErrRegistered, agent.ErrNotEmpty},
		{"K53 a half-made key of ours", func(k *agenttest.Token) { k.AddOrphan(agent.P256, agent.LabelPrefix+"Accounts") },
			agent.ContentUnfinished, agent.ContentUnfinished, agent.ErrUnfinished, nil},
		{"K6 K53 a key under our label that others may have", func(k *agenttest.Token) {
			k.AddCopied([]byte("copied key"), agent.P256, agent.LabelPrefix+"Accounts")
		}, agent.ContentUnfinished, agent.ContentUnfinished, agent.ErrUnfinished, nil},
		{"somebody's key without certificate", func(k *agenttest.Token) { k.AddOrphan(agent.P256, "theirs") },
			agent.ContentForeign, agent.ContentForeign, nil, agent.ErrNotEmpty},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newBenchDesk(t)
			c.put(d.token)
			d.atBench(func(b *bench) {
				if v := b.view(); v.Content != c.before || v.Checked {
					t.Errorf("before the PIN: %s, checked %t, want %s", v.Content, v.Checked, c.before)
				}
				b.wants("Enter PIN", b.act(agent.TokenEnterPIN, "1234", ""), nil)
				b.until(func(s agent.TokenPanel) bool {
					return len(s.Tokens) == 1 && s.Tokens[0].Checked && s.Tokens[0].State == agent.TokenLocked
				})
				v := b.view()
				if v.Content != c.after || v.Refusal != agent.ErrorName(c.refusal) || v.Registration != agent.ErrorName(c.registration) {
					t.Errorf("after the PIN: %s, formatting %q, registering %q, want %s, %v, %v", v.Content, v.Refusal, v.Registration, c.after, c.refusal, c.registration)
				}
				if !v.UserChecked {
					t.Error("the PIN is not held")
				}
			})
		})
	}
}

func format(f *agent.TokenAction) { f.Label = "New" }

// recorded lists the kinds of the history's records.
func (d *desk) recorded() (kinds []string) {
	for _, r := range d.history.Records() {
		kinds = append(kinds, r.Kind)
	}
	return kinds
}

func TestPanelFormats(t *testing.T) {
	d := newBenchDesk(t)
	d.atBench(func(b *bench) {
		b.wants("K34 Format before the administrator's PIN", b.act(agent.TokenFormat, "", "", format), agent.ErrLocked)
		err := b.act(agent.TokenEnterAdminPIN, "00000000", "")
		if wrong, ok := errors.AsType[*agent.PINError](err); !ok || !wrong.Admin || wrong.Retries != 2 {
			t.Errorf("K35 a wrong administrator's PIN = %v, want a PINError with two tries left", err)
		}
		b.wants("K34 Format after a wrong one", b.act(agent.TokenFormat, "", "", format), agent.ErrLocked)
		b.wants("K32 the administrator's PIN", b.act(agent.TokenEnterAdminPIN, agent.DefaultAdminPIN, ""), nil)
		b.until(func(s agent.TokenPanel) bool { return s.Tokens[0].AdminChecked })
		if !b.view().AdminDefault {
			t.Error("the administrator's default PIN is not recognized")
		}
		b.wants("K38 Format with a long name", b.act(agent.TokenFormat, "", "", func(f *agent.TokenAction) { f.Label = strings.Repeat("x", 33) }), agent.ErrLabel)
		b.wants("K37 Format", b.act(agent.TokenFormat, "", "", format), nil)
		b.until(func(s agent.TokenPanel) bool { return len(s.Tokens) == 1 && s.Tokens[0].Info.Label == "New" })
		if v := b.view(); !v.PINDefault || !v.AdminDefault || !v.AdminChecked || v.Registration != "" {
			t.Errorf("K46 K47 after formatting the panel shows %+v, want the default PIN and that a registration may begin", v)
		}
		b.wants("K33 the user's default PIN", b.act(agent.TokenEnterPIN, agent.DefaultPIN, ""), nil)
	})
	if got := d.recorded(); !slices.Equal(got, []string{"token", "token"}) {
		t.Errorf("the history has %v, want the begin and the end of formatting", got)
	}
}

func TestPanelDoesNotFormat(t *testing.T) {
	other := agenttest.NewToken("C3", "Other", "1234")
	reregister := func(name string) func(*agent.TokenAction) {
		return func(f *agent.TokenAction) { f.Reregister, f.Confirm = true, name }
	}
	none := func(*agent.TokenAction) {}
	for _, c := range []struct {
		name   string
		put    func(*desk)
		action func(*agent.TokenAction)
		want   error
	}{
		{"K20 two tokens", func(d *desk) { d.insert(other) }, none, agent.ErrManyTokens},
		{"K50 a profile", func(d *desk) { d.token.AddKey(agent.P256, "Accounts", "Aigerim") }, none, agent.ErrRegistered},
		{"K51 another name than that of the token", func(d *desk) { d.token.AddKey(agent.P256, "Accounts", "Aigerim") }, reregister("memory"), agent.ErrConfirmation},
		{"K51 the name of the token", func(d *desk) { d.token.AddKey(agent.P256, "Accounts", "Aigerim") }, reregister("Memory"), nil},
		{"K49 K53 a half-made key", func(d *desk) { d.token.AddOrphan(agent.P256, agent.LabelPrefix+"x") }, none, agent.ErrUnfinished},
		{"K49 a half-made key by way of a new registration", func(d *desk) { d.token.AddOrphan(agent.P256, agent.LabelPrefix+"x") }, reregister("Memory"), agent.ErrUnfinished},
		{"no history", func(d *desk) { d.history.FailWith(errors.New("disk full")) }, none, agent.ErrHistory},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newBenchDesk(t)
			c.put(d)
			d.atBench(func(b *bench) {
				b.wants("the administrator's PIN", b.act(agent.TokenEnterAdminPIN, agent.DefaultAdminPIN, ""), nil)
				before := len(d.token.Info().Keys)
				b.wants("Format", b.act(agent.TokenFormat, "", "", c.action), c.want)
				if after := len(d.token.Info().Keys); c.want != nil && after != before {
					t.Errorf("%d certificates, want the %d there were", after, before)
				}
			})
		})
	}
}

func TestJournalForbidsFormatting(t *testing.T) {
	for _, allowed := range []bool{false, true} {
		d := newDeskStopped(t)
		d.token = agenttest.NewToken("B2", "", "1234")
		d.tokens = agenttest.NewTokens(d.token)
		journal := filepath.Join(d.dir, "registrations.json")
		if err := os.WriteFile(journal, []byte(`[{"token":{"manufacturer":"Qoltanba","serial":"B2"}}]`), 0o600); err != nil {
			t.Fatal(err)
		}
		d.startDeclining(func(c *agent.Config) { c.FormatUnfinished = allowed })
		want := agent.ErrUnfinished
		if allowed {
			want = nil
		}
		d.atBench(func(b *bench) {
			if v := b.view(); v.Content != agent.ContentUnfinished || (v.Refusal == "unfinished") == allowed {
				t.Errorf("K52 the panel shows %s, refusal %q", v.Content, v.Refusal)
			}
			b.wants("K49 K51 Format", b.act(agent.TokenFormat, agent.DefaultAdminPIN, ""), want)
		})
		d.atBench(func(b *bench) {
			if unfinished := b.view().Content == agent.ContentUnfinished; unfinished == allowed {
				t.Errorf("after formatting, allowed %t: unfinished %t", allowed, unfinished)
			}
		})
	}
}

func TestPanelChangesPINs(t *testing.T) {
	d := newBenchDesk(t)
	const fresh, admin = "Qoltan58", "Bastyq47"
	d.atBench(func(b *bench) {
		b.wants("K92 change to a password with a Cyrillic letter", b.act(agent.TokenChangePIN, "1234", "Qoltnа58"), agent.ErrPINRule)
		b.wants("K90 change to a short password", b.act(agent.TokenChangePIN, "1234", "Qolta58"), agent.ErrPINLength)
		b.wants("change without the old password", b.act(agent.TokenChangePIN, "", fresh), agent.ErrLocked)
		b.wants("change", b.act(agent.TokenChangePIN, "1234", fresh), nil)
		b.wants("change with the one that is held", b.act(agent.TokenChangePIN, "", fresh+"a"), nil)
		b.wants("change back", b.act(agent.TokenChangePIN, "", fresh), nil)
		b.wants("the administrator's PIN", b.act(agent.TokenChangeAdminPIN, agent.DefaultAdminPIN, admin), nil)

		d.token.SetTries(0)
		b.until(func(s agent.TokenPanel) bool { return s.Tokens[0].Info.PINLocked })
		if v := b.view(); v.State != agent.TokenBlocked {
			t.Errorf("K112 a locked PIN shows as %s", v.State)
		}
		b.wants("K112 the password of a locked token", b.act(agent.TokenEnterPIN, fresh, ""), agent.ErrPINLocked)
		b.wants("unblock to the factory's PIN", b.act(agent.TokenUnblock, "", agent.DefaultPIN), agent.ErrPINRule)
		b.wants("unblock with the PIN that is held", b.act(agent.TokenUnblock, "", "Jana4kilt"), nil)
		b.until(func(s agent.TokenPanel) bool {
			return !s.Tokens[0].Info.PINLocked && s.Tokens[0].State == agent.TokenLocked
		})
		b.wants("the new password", b.act(agent.TokenEnterPIN, "Jana4kilt", ""), nil)
	})
	want := []string{"token", "token", "token", "token", "token"} // three changes, the administrator's, unblocking
	if got := d.recorded(); !slices.Equal(got, want) {
		t.Errorf("the history has %v, want %v", got, want)
	}
}

func TestPanelDeletesOrphans(t *testing.T) {
	d := newBenchDesk(t)
	theirs := d.token.AddOrphan(agent.P256, "theirs")
	ours := d.token.AddOrphan(agent.P256, agent.LabelPrefix+"x")
	copied := []byte("copied key")
	d.token.AddCopied(copied, agent.P256, agent.LabelPrefix+"x")
	profile := d.token.AddKey(agent.P256, "Accounts", "Aigerim")
	key := func(id []byte, label string) func(*agent.TokenAction) {
		return func(a *agent.TokenAction) {
			a.Object = &agent.Object{Kind: agent.ObjectPrivateKey, ID: id, Label: label}
		}
	}
	d.atBench(func(b *bench) {
		b.wants("Delete before the PIN", b.act(agent.TokenDelete, "", "", key(theirs, "theirs")), agent.ErrLocked)
		b.wants("Enter PIN", b.act(agent.TokenEnterPIN, "1234", ""), nil)
		b.wants("Delete a key that is not there", b.act(agent.TokenDelete, "", "", key([]byte("none"), "theirs")), agent.ErrNoKey)
		b.wants("Delete the key of a profile", b.act(agent.TokenDelete, "", "", key(profile.ID, "Accounts")), agent.ErrRegistered)
		b.wants("K49 Delete a half-made key of ours", b.act(agent.TokenDelete, "", "", key(ours, agent.LabelPrefix+"x")), agent.ErrUnfinished)
		b.wants("Delete a key under our label that others may have", b.act(agent.TokenDelete, "", "", key(copied, agent.LabelPrefix+"x")), agent.ErrUnfinished)
		b.wants("Delete an orphan", b.act(agent.TokenDelete, "", "", key(theirs, "theirs")), nil)
		b.until(func(s agent.TokenPanel) bool {
			return !slices.ContainsFunc(s.Tokens[0].Objects, func(o agent.Object) bool { return o.Label == "theirs" })
		})
	})
}

// PINs that are held go with the window, with the token, and after two minutes.
func TestPanelForgetsPINs(t *testing.T) {
	held := func(s agent.TokenPanel) bool { return len(s.Tokens) == 1 && s.Tokens[0].AdminChecked }
	t.Run("token", func(t *testing.T) {
		d := newBenchDesk(t)
		d.atBench(func(b *bench) {
			b.wants("the administrator's PIN", b.act(agent.TokenEnterAdminPIN, agent.DefaultAdminPIN, ""), nil)
			b.until(held)
			d.remove(d.token)
			b.until(func(s agent.TokenPanel) bool { return len(s.Tokens) == 0 })
			d.insert(d.token)
			b.until(func(s agent.TokenPanel) bool { return len(s.Tokens) == 1 && s.Tokens[0].Details != nil })
			if b.view().AdminChecked {
				t.Error("the PIN is held after the token went")
			}
		})
	})
	t.Run("lock", func(t *testing.T) {
		d := newBenchDesk(t)
		d.atBench(func(b *bench) {
			b.wants("the administrator's PIN", b.act(agent.TokenEnterAdminPIN, agent.DefaultAdminPIN, ""), nil)
			b.until(held)
			b.wants("Lock", b.act(agent.TokenLock, "", ""), nil)
			b.until(func(s agent.TokenPanel) bool { return !held(s) })
		})
	})
	t.Run("two minutes", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			d := newBenchDesk(t)
			d.atBench(func(b *bench) {
				b.wants("the administrator's PIN", b.act(agent.TokenEnterAdminPIN, agent.DefaultAdminPIN, ""), nil)
				b.until(held)
				start := time.Now()
				b.until(func(s agent.TokenPanel) bool { return !held(s) })
				if took := time.Since(start); took < 2*time.Minute || took > 3*time.Minute {
					t.Errorf("the PIN was held for %v, want two minutes", took)
				}
				b.wants("Format", b.act(agent.TokenFormat, "", ""), agent.ErrLocked)
			})
		})
	})
}

// The panel does not stand in the way of pages: it takes the turn for each step
// only.
func TestPanelBesideAPage(t *testing.T) {
	d := newDesk(t)
	d.person.Do(agenttest.Panel(func(s agent.TokenPanel, do func(agent.TokenAction) error, next func(func(agent.TokenPanel) bool) agent.TokenPanel) {
		next(func(s agent.TokenPanel) bool { return s.Tokens[0].Details != nil })
		if _, err := d.page().OpenSession(t.Context(), ""); err != nil {
			t.Errorf("OpenSession beside the panel = %v", err)
		}
	}))
	if err := d.agent.ShowToken(t.Context(), agent.PageToken, agent.TokenID{}); err != nil {
		t.Errorf("ShowToken() = %v", err)
	}
}

// A second call brings the panel to the front.
func TestPanelIsRaised(t *testing.T) {
	d := newBenchDesk(t)
	d.atBench(func(b *bench) {
		if err := d.agent.ShowToken(t.Context(), agent.PageFormat, d.token.ID()); err != nil {
			t.Errorf("ShowToken() beside the panel = %v", err)
		}
		b.until(func(s agent.TokenPanel) bool { return s.Raise == 1 })
		if b.state.Page != agent.PageFormat || b.state.Chosen != d.token.ID() {
			t.Errorf("the panel turned to %s of %v", b.state.Page, b.state.Chosen)
		}
	})
}

// The token that goes in the middle of formatting.
func TestPanelFormattingIsCutOff(t *testing.T) {
	d := newBenchDesk(t)
	held := d.token.Hold(agenttest.OpFormat)
	go func() {
		<-held.Reached
		d.tokens.Remove(d.token.ID())
		held.Release()
	}()
	d.atBench(func(b *bench) {
		b.wants("K45 Format", b.act(agent.TokenFormat, agent.DefaultAdminPIN, ""), agent.ErrTokenLost)
		b.until(func(s agent.TokenPanel) bool { return len(s.Tokens) == 0 }) // what was known of it is forgotten
		d.insert(d.token)
		b.until(func(s agent.TokenPanel) bool { return len(s.Tokens) == 1 && s.Tokens[0].Details != nil })
		b.wants("K45 Format once it is back", b.act(agent.TokenFormat, agent.DefaultAdminPIN, ""), nil)
	})
}

func TestPanelClosesWithItsContext(t *testing.T) {
	d := newBenchDesk(t)
	answer, held := agenttest.Hold(agenttest.Refuse())
	d.person.Do(answer)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-held.Reached
		cancel()
	}()
	if err := d.agent.ShowToken(ctx, agent.PageToken, agent.TokenID{}); !errors.Is(err, agent.ErrCanceled) {
		t.Errorf("ShowToken() = %v, want ErrCanceled", err)
	}
}
