package agenttest_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

func profiles(n int) []agent.Profile {
	all := make([]agent.Profile, n)
	for i := range all {
		all[i].ID = agent.ProfileID{Key: string(rune('a' + i))}
	}
	return all
}

func TestPersonWithoutScript(t *testing.T) {
	p := agenttest.NewPerson("1234")
	ctx := t.Context()
	if err := p.Site(ctx, agent.SiteQuestion{Origin: "https://ib.bank.kz"}); err != nil {
		t.Errorf("Site() = %v", err)
	}
	if err := p.Consent(ctx, agent.ConsentQuestion{}, nil); err != nil {
		t.Errorf("Consent() = %v", err)
	}
	var typed string
	err := p.PIN(ctx, agent.PINQuestion{Profiles: profiles(2)}, func(_ context.Context, id agent.ProfileID, pin *agent.Secret) error {
		typed = id.Key + string(pin.Bytes())
		return nil
	})
	if err != nil || typed != "a1234" {
		t.Errorf("PIN() = %v with %q, want profile a, 1234", err, typed)
	}
	if err := p.ChangePIN(ctx, agent.PINQuestion{}, nil); !errors.Is(err, agent.ErrDenied) {
		t.Errorf("ChangePIN() = %v, want ErrDenied", err)
	}
	if a, err := p.Panel(ctx, agent.PanelState{}); err != nil || a.Kind != agent.PanelClose {
		t.Errorf("Panel() = %v, %v, want close", a, err)
	}
	if err := p.Notify(ctx, agent.Notice{Error: "busy"}); err != nil {
		t.Errorf("Notify() = %v", err)
	}
	p.Prepare()
	if got := agenttest.Asked[agent.SiteQuestion](p); len(got) != 1 || got[0].Origin != "https://ib.bank.kz" {
		t.Errorf("Asked[SiteQuestion] = %v", got)
	}
	if len(p.Shown()) != 5 || len(p.Notices()) != 1 || p.Prepared() != 1 || p.MostAtOnce() != 1 {
		t.Errorf("recorded %v, %v, %d, %d", p.Shown(), p.Notices(), p.Prepared(), p.MostAtOnce())
	}
}

func TestPersonScript(t *testing.T) {
	p := agenttest.NewPerson("1234")
	p.Do(
		agenttest.Refuse(),
		agenttest.Fail(agent.ErrNoWindow),
		agenttest.ProfilePIN(1, "0000", "9999", "5678"),
		agenttest.PIN("0000"),
		agenttest.PIN("0000", "never"),
		agenttest.NewPIN("1234", "5678"),
		agenttest.Choose(agent.PanelAction{Kind: agent.PanelLock}),
		agenttest.Agree(), // does not fit what comes
	)
	ctx := t.Context()
	if err := p.Consent(ctx, agent.ConsentQuestion{}, nil); !errors.Is(err, agent.ErrDenied) {
		t.Errorf("Consent() = %v, want ErrDenied", err)
	}
	if err := p.Consent(ctx, agent.ConsentQuestion{}, nil); !errors.Is(err, agent.ErrNoWindow) {
		t.Errorf("Consent() = %v, want ErrNoWindow", err)
	}
	ask := func(answers ...error) (typed []string, err error) {
		err = p.PIN(ctx, agent.PINQuestion{Profiles: profiles(2)}, func(_ context.Context, id agent.ProfileID, pin *agent.Secret) error {
			typed = append(typed, id.Key+string(pin.Bytes()))
			answer := answers[0]
			answers = answers[1:]
			return answer
		})
		return typed, err
	}
	wrong := &agent.PINError{Retries: 2}
	if typed, err := ask(wrong, agent.ErrTokenLost, nil); err != nil || !slices.Equal(typed, []string{"b0000", "b9999", "b5678"}) {
		t.Errorf("PIN() = %v after %v", err, typed)
	}
	if typed, err := ask(wrong); !errors.Is(err, agent.ErrDenied) || len(typed) != 1 {
		t.Errorf("PIN() = %v after %v, want the window closed", err, typed)
	}
	if typed, err := ask(agent.ErrPINLocked); !errors.Is(err, agent.ErrPINLocked) || len(typed) != 1 {
		t.Errorf("PIN() = %v after %v, want ErrPINLocked at once", err, typed)
	}
	err := p.ChangePIN(ctx, agent.PINQuestion{Profiles: profiles(1)}, func(_ context.Context, _ agent.ProfileID, old, new *agent.Secret) error {
		if string(old.Bytes())+string(new.Bytes()) != "12345678" {
			t.Errorf("ChangePIN typed %q and %q", old.Bytes(), new.Bytes())
		}
		return nil
	})
	if err != nil {
		t.Errorf("ChangePIN() = %v", err)
	}
	if a, err := p.Panel(ctx, agent.PanelState{}); err != nil || a.Kind != agent.PanelLock {
		t.Errorf("Panel() = %v, %v, want lock", a, err)
	}
	if _, err := ask(); err == nil || agent.ErrorName(err) != "" {
		t.Errorf("PIN() answered by Agree = %v, want an error of the script", err)
	}
	if got := p.Shown()[2].Tries; len(got) != 3 || got[0] != wrong || got[2] != nil {
		t.Errorf("Tries = %v", got)
	}
}

func TestPersonOpensCopies(t *testing.T) {
	p := agenttest.NewPerson("")
	p.Do(agenttest.OpenCopy(agenttest.Agree(), 2, 0))
	var opened []int
	err := p.Consent(t.Context(), agent.ConsentQuestion{}, func(i int) error { opened = append(opened, i); return nil })
	if err != nil || !slices.Equal(opened, []int{2, 0}) {
		t.Errorf("Consent() = %v with copies of %v, want 2 and 0", err, opened)
	}
}

func TestPersonHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := agenttest.NewPerson("1234")
		first, held := agenttest.Hold(agenttest.Refuse())
		second, never := agenttest.Hold(agenttest.Agree())
		p.Do(first, second)
		ended := make(chan error, 1)
		go func() { ended <- p.Consent(t.Context(), agent.ConsentQuestion{}, nil) }()
		<-held.Reached
		ctx, cancel := context.WithCancel(t.Context())
		go func() { ended <- p.Consent(ctx, agent.ConsentQuestion{Origin: "two"}, nil) }()
		<-never.Reached
		cancel()
		if err := <-ended; !errors.Is(err, agent.ErrCanceled) || !errors.Is(err, context.Canceled) {
			t.Errorf("Consent() with an ended context = %v, want ErrCanceled", err)
		}
		if got := agenttest.Asked[agent.ConsentQuestion](p); len(got) != 1 || got[0].Origin != "two" {
			t.Errorf("Asked = %v, want the one that ended", got)
		}
		held.Release()
		if err := <-ended; !errors.Is(err, agent.ErrDenied) {
			t.Errorf("Consent() when released = %v, want ErrDenied", err)
		}
		if p.MostAtOnce() != 2 {
			t.Errorf("MostAtOnce() = %d, want 2", p.MostAtOnce())
		}
	})
}

func TestPersonWaitsForToken(t *testing.T) {
	p := agenttest.NewPerson("1234")
	updates := make(chan []agent.Profile, 2)
	updates <- nil
	updates <- profiles(1)
	err := p.PIN(t.Context(), agent.PINQuestion{Updates: updates}, func(context.Context, agent.ProfileID, *agent.Secret) error { return nil })
	if err != nil || len(updates) != 0 {
		t.Errorf("PIN() = %v with %d updates left", err, len(updates))
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if err := p.PIN(ended, agent.PINQuestion{Updates: updates}, nil); !errors.Is(err, agent.ErrCanceled) {
		t.Errorf("PIN() with an ended context = %v, want ErrCanceled", err)
	}
}
