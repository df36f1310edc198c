package remote_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"testing/synctest"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/jsonrpc"
)

// A stayingWindow is one that stays open whatever comes of what is done in it: S is
// what it shows, A what is done.
type stayingWindow[S, A any] struct {
	first, second S
	action        A // without secrets
	with          func(a A, old, new *agent.Secret) A
	secrets       func(a A) (old, new *agent.Secret)
	show          func(p agent.Prompter, ctx context.Context, s S, updates <-chan S, do func(context.Context, A) error) error
	answer        func(agenttest.Work[S, A]) agenttest.Answer
}

var tokenWindow = stayingWindow[agent.TokenPanel, agent.TokenAction]{
	first:  agent.TokenPanel{Page: agent.PageFormat, Raise: 1, Help: agent.DriverHelp{Name: "KAZTOKEN", Phones: []string{"+7 727"}}},
	second: agent.TokenPanel{Page: agent.PageFormat, Raise: 2, Tokens: []agent.TokenView{{Name: "KAZTOKEN <no label> -?"}}},
	action: agent.TokenAction{Kind: agent.TokenFormat, Token: accounts.ID.Token, Label: "Бухгалтерия", Reregister: true},
	with: func(a agent.TokenAction, old, new *agent.Secret) agent.TokenAction {
		a.Old, a.New = old, new
		return a
	},
	secrets: func(a agent.TokenAction) (old, new *agent.Secret) { return a.Old, a.New },
	show:    agent.Prompter.Token,
	answer:  agenttest.Panel,
}

var wizardWindow = stayingWindow[agent.WizardState, agent.WizardAction]{
	first: agent.WizardState{Step: agent.WizardApplicant, Banks: []agent.WizardBank{{Name: "Банк", Host: "ca.bank.kz"}}, Token: accounts,
		UserID: "qq111111_qwertyui", KeyFile: `E:\GOST.pfx`, Periods: []int{12, 24}},
	second: agent.WizardState{Step: agent.WizardWork, Raise: 1, Tasks: []agent.WizardTask{{Kind: agent.TaskKey, State: agent.TaskFailed, Seconds: 299}},
		Failure: agent.NoteError(&agent.RejectedError{Text: "Договор №17"}), Support: agent.Support{Phones: []string{"+7 727"}, Text: "9–18"}},
	action: agent.WizardAction{Kind: agent.WizardApply, Bank: 1, Token: accounts.ID.Token, UserID: "qq111111_qwertyui", KeyFile: `E:\GOST.pfx`,
		Apart: true, Name: "Main", Months: 12, Flag: true},
	with: func(a agent.WizardAction, old, new *agent.Secret) agent.WizardAction {
		a.Old, a.New = old, new
		return a
	},
	secrets: func(a agent.WizardAction) (old, new *agent.Secret) { return a.Old, a.New },
	show:    agent.Prompter.Wizard,
	answer:  agenttest.Wizard,
}

var generatorWindow = stayingWindow[agent.GeneratorPanel, agent.GeneratorAction]{
	first:  agent.GeneratorPanel{Devices: []agent.GeneratorView{{ID: "a1", Kind: agent.GeneratorSpectra, Name: "Бухгалтерия", Serial: "00012345"}}},
	second: agent.GeneratorPanel{Chosen: "b2", Raise: 1, Devices: []agent.GeneratorView{{ID: "b2", Kind: agent.GeneratorMobi, Parts: []int{8, 8, 8, 8}}}},
	action: agent.GeneratorAction{Kind: agent.GeneratorSign, Device: "b2", Number: "1234567"},
	with: func(a agent.GeneratorAction, old, new *agent.Secret) agent.GeneratorAction {
		a.Old, a.New = old, new
		return a
	},
	secrets: func(a agent.GeneratorAction) (old, new *agent.Secret) { return a.Old, a.New },
	show:    agent.Prompter.Generators,
	answer:  agenttest.Generators,
}

func TestWindowsThatStay(t *testing.T) {
	t.Run("token", func(t *testing.T) { testWindow(t, tokenWindow) })
	t.Run("wizard", func(t *testing.T) { testWindow(t, wizardWindow) })
	t.Run("generators", func(t *testing.T) { testWindow(t, generatorWindow) })
}

func testWindow[S, A any](t *testing.T, w stayingWindow[S, A]) {
	t.Run("states and actions", func(t *testing.T) { testWindowActs(t, w) })
	t.Run("errors", func(t *testing.T) { testWindowErrors(t, w) })
	t.Run("secrets", func(t *testing.T) { testWindowSecrets(t, w) })
	t.Run("ended in the middle", func(t *testing.T) { testWindowEnds(t, w) })
}

// What is shown and what is done there arrive as they are; an update is seen.
func testWindowActs[S, A any](t *testing.T, w stayingWindow[S, A]) {
	over(t, func(t *testing.T, l *link) {
		l.person.Do(w.answer(func(s S, do func(A) error, next func(func(S) bool) S) {
			if err := do(w.action); err != nil {
				t.Errorf("do = %v", err)
			}
			next(func(s S) bool { return reflect.DeepEqual(s, w.second) })
			if err := do(w.action); err != nil {
				t.Errorf("do after an update = %v", err)
			}
		}))
		updates := make(chan S, 1)
		done := 0
		err := w.show(l, t.Context(), w.first, updates, func(_ context.Context, a A) error {
			if done++; done == 1 {
				updates <- w.second
			}
			if got := w.with(a, nil, nil); !reflect.DeepEqual(got, w.action) {
				t.Errorf("did %+v, want %+v", got, w.action)
			}
			return nil
		})
		if !errors.Is(err, agent.ErrDenied) || done != 2 {
			t.Errorf("ended with %v after %d actions, want ErrDenied after 2", err, done)
		}
		synctest.Wait()
		if shown := l.person.Shown(); len(shown) != 1 || !reflect.DeepEqual(shown[0].Question, w.first) {
			t.Errorf("shown %+v, want %+v", shown, w.first)
		}
	})
}

// Whatever an action ends with, the window is told, and stays.
func testWindowErrors[S, A any](t *testing.T, w stayingWindow[S, A]) {
	rejected := &agent.RejectedError{Text: "Договор №17 не действует"}
	wrong := &agent.PINError{Retries: 2, Admin: true}
	verdicts := append(agent.Sentinels(), rejected, wrong, errors.New("a detail for the log"), nil)
	over(t, func(t *testing.T, l *link) {
		l.person.Do(w.answer(func(_ S, do func(A) error, _ func(func(S) bool) S) {
			for _, want := range verdicts {
				got := do(w.action)
				if agent.ErrorName(got) != agent.ErrorName(want) || (got == nil) != (want == nil) {
					t.Errorf("%v became %v", want, got)
				}
				if r, ok := errors.AsType[*agent.RejectedError](got); want == rejected && (!ok || *r != *rejected) {
					t.Errorf("%v became %v", want, got)
				}
				if p, ok := errors.AsType[*agent.PINError](got); want == wrong && (!ok || *p != *wrong) {
					t.Errorf("%v became %v", want, got)
				}
			}
		}))
		done := 0
		err := w.show(l, t.Context(), w.first, nil, func(context.Context, A) error {
			done++
			if v := verdicts[done-1]; v != nil {
				return fmt.Errorf("doing it: %w", v)
			}
			return nil
		})
		if !errors.Is(err, agent.ErrDenied) || done != len(verdicts) {
			t.Errorf("ended with %v after %d actions", err, done)
		}
	})
}

// Secrets go beside the JSON, and every copy is wiped.
func testWindowSecrets[S, A any](t *testing.T, w stayingWindow[S, A]) {
	const first, second = "p!N-0ld-5251", "p!N-n3w-8472"
	over(t, func(t *testing.T, l *link) {
		typed := [2]*agent.Secret{agent.NewSecret([]byte(first)), agent.NewSecret([]byte(second))}
		l.person.Do(w.answer(func(_ S, do func(A) error, _ func(func(S) bool) S) {
			_ = do(w.with(w.action, typed[0], typed[1]))
			_ = do(w.action) // without
		}))
		var taken [2]*agent.Secret
		done := 0
		_ = w.show(l, t.Context(), w.first, nil, func(_ context.Context, a A) error {
			old, new := w.secrets(a)
			if done++; done == 2 {
				return lengths(old, new, 0, 0)
			}
			taken = [2]*agent.Secret{old, new}
			if string(old.Bytes()) != first || string(new.Bytes()) != second {
				t.Errorf("got %q and %q", old.Bytes(), new.Bytes())
			}
			return nil
		})
		synctest.Wait()
		for i, tries := range l.person.Shown()[0].Tries {
			if tries != nil {
				t.Errorf("action %d: %v", i, tries)
			}
		}
		for i := range 2 {
			if !bytes.Equal(typed[i].Bytes(), make([]byte, 12)) || !bytes.Equal(taken[i].Bytes(), make([]byte, 12)) {
				t.Errorf("secret %d is left: %q in the window, %q in the agent", i, typed[i].Bytes(), taken[i].Bytes())
			}
		}
		if all := bytes.Join(l.frames.of(jsonrpc.Text), nil); bytes.Contains(all, []byte(first)) || bytes.Contains(all, []byte(second)) {
			t.Error("a secret is in the JSON")
		}
		if n := len(l.frames.of(jsonrpc.Secret)); n != 2 {
			t.Errorf("%d secret frames, want 2", n)
		}
	})
}

// Work that takes minutes ends with the question.
func testWindowEnds[S, A any](t *testing.T, w stayingWindow[S, A]) {
	over(t, func(t *testing.T, l *link) {
		working := make(chan struct{})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		l.person.Do(w.answer(func(_ S, do func(A) error, _ func(func(S) bool) S) { _ = do(w.action) }))
		go func() { // ends when the action is under way
			<-working
			cancel()
		}()
		var ended error
		err := w.show(l, ctx, w.first, nil, func(ctx context.Context, _ A) error {
			close(working)
			<-ctx.Done()
			ended = ctx.Err()
			return ended
		})
		if !errors.Is(err, agent.ErrCanceled) || ended == nil {
			t.Errorf("ended with %v, the work with %v", err, ended)
		}
	})
}
