package remote_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/jsonrpc"
	"qoltanba/ui/remote"
)

// asks are the questions, each as one that a person is slow to answer.
var asks = map[string]func(context.Context, agent.Prompter) error{
	"site": func(ctx context.Context, p agent.Prompter) error { return p.Site(ctx, agent.SiteQuestion{}) },
	"consent": func(ctx context.Context, p agent.Prompter) error {
		return p.Consent(ctx, agent.ConsentQuestion{}, func(int) error { return nil })
	},
	"pin": func(ctx context.Context, p agent.Prompter) error {
		return p.PIN(ctx, pinQuestion(accounts), func(context.Context, agent.ProfileID, *agent.Secret) error { return nil })
	},
	"change": func(ctx context.Context, p agent.Prompter) error {
		return p.ChangePIN(ctx, pinQuestion(accounts), func(context.Context, agent.ProfileID, *agent.Secret, *agent.Secret) error { return nil })
	},
	"panel": func(ctx context.Context, p agent.Prompter) error {
		_, err := p.Panel(ctx, agent.PanelState{})
		return err
	},
	"token": func(ctx context.Context, p agent.Prompter) error {
		return p.Token(ctx, agent.TokenPanel{}, nil, func(context.Context, agent.TokenAction) error { return nil })
	},
	"wizard": func(ctx context.Context, p agent.Prompter) error {
		return p.Wizard(ctx, agent.WizardState{}, nil, func(context.Context, agent.WizardAction) error { return nil })
	},
	"generators": func(ctx context.Context, p agent.Prompter) error {
		return p.Generators(ctx, agent.GeneratorPanel{}, nil, func(context.Context, agent.GeneratorAction) error { return nil })
	},
}

// The page goes away: the question returns and its window closes.
func TestCancelClosesTheWindow(t *testing.T) {
	for name, ask := range asks {
		t.Run(name, func(t *testing.T) {
			over(t, func(t *testing.T, l *link) {
				answer, held := agenttest.Hold(agenttest.Agree())
				l.person.Do(answer)
				ctx, cancel := context.WithCancel(t.Context())
				go func() {
					<-held.Reached
					cancel()
				}()
				if err := ask(ctx, l); !errors.Is(err, agent.ErrCanceled) || !errors.Is(err, context.Canceled) {
					t.Errorf("ended with %v, want ErrCanceled and context.Canceled", err)
				}
				synctest.Wait()
				if shown := l.person.Shown(); len(shown) != 1 || !errors.Is(shown[0].Err, agent.ErrCanceled) {
					t.Errorf("the window ended with %+v, want ErrCanceled", shown)
				}
				if err := l.Site(t.Context(), agent.SiteQuestion{}); err != nil {
					t.Errorf("the next question: %v", err)
				}
			})
		})
	}
}

// A question whose ctx ended before it was asked opens no window.
func TestCanceledBefore(t *testing.T) {
	for name, ask := range asks {
		t.Run(name, func(t *testing.T) {
			over(t, func(t *testing.T, l *link) {
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				if err := ask(ctx, l); !errors.Is(err, agent.ErrCanceled) {
					t.Errorf("ended with %v, want ErrCanceled", err)
				}
				synctest.Wait()
				if shown := l.person.Shown(); len(shown) != 0 {
					t.Errorf("shown %+v", shown)
				}
			})
		})
	}
}

// The connection ends: the question returns and its window closes.
func TestConnectionEnds(t *testing.T) {
	for name, ask := range asks {
		t.Run(name, func(t *testing.T) {
			over(t, func(t *testing.T, l *link) {
				answer, held := agenttest.Hold(agenttest.Agree())
				l.person.Do(answer)
				go func() {
					<-held.Reached
					l.conn.Close()
				}()
				if err := ask(t.Context(), l); !errors.Is(err, agent.ErrCanceled) {
					t.Errorf("ended with %v, want ErrCanceled", err)
				}
				synctest.Wait()
				if shown := l.person.Shown(); len(shown) != 1 || !errors.Is(shown[0].Err, agent.ErrCanceled) {
					t.Errorf("the window ended with %+v, want ErrCanceled", shown)
				}
				if err := ask(t.Context(), l); !errors.Is(err, agent.ErrCanceled) {
					t.Errorf("afterwards: %v, want ErrCanceled", err)
				}
			})
		})
	}
}

// A login that hangs: the person closes the window, and is heard.
func TestWindowClosedDuringTry(t *testing.T) {
	over(t, func(t *testing.T, l *link) {
		trying := make(chan struct{})
		l.person.pin = func(ctx context.Context, q agent.PINQuestion, try pinTry) error {
			ctx, cancel := context.WithCancel(ctx)
			go func() {
				<-trying
				cancel()
			}()
			if err := try(ctx, accounts.ID, agent.NewSecret([]byte("1"))); !errors.Is(err, context.Canceled) {
				return err
			}
			return agent.ErrDenied
		}
		err := l.PIN(t.Context(), pinQuestion(accounts), func(ctx context.Context, _ agent.ProfileID, _ *agent.Secret) error {
			close(trying)
			<-ctx.Done()
			return ctx.Err()
		})
		if !errors.Is(err, agent.ErrDenied) {
			t.Errorf("PIN = %v, want ErrDenied", err)
		}
	})
}

// The page goes away during a login.
func TestCancelDuringTry(t *testing.T) {
	over(t, func(t *testing.T, l *link) {
		l.person.Do(agenttest.PIN("1", "2"))
		ctx, cancel := context.WithCancel(t.Context())
		err := l.PIN(ctx, pinQuestion(accounts), func(ctx context.Context, _ agent.ProfileID, _ *agent.Secret) error {
			cancel()
			<-ctx.Done()
			return &agent.PINError{Retries: 1}
		})
		if !errors.Is(err, agent.ErrCanceled) {
			t.Errorf("PIN = %v, want ErrCanceled", err)
		}
		synctest.Wait()
		if shown := l.person.Shown(); len(shown) != 1 || len(shown[0].Tries) != 1 {
			t.Errorf("shown %+v, want one window with one try", shown)
		}
	})
}

// A window that says "done" without a try, or keeps trying when it is over, gets
// nothing for it.
func TestWindowBreaksThePort(t *testing.T) {
	over(t, func(t *testing.T, l *link) {
		ended := make(chan error, 1)
		calls := 0
		l.person.pin = func(ctx context.Context, q agent.PINQuestion, try pinTry) error {
			if calls++; calls == 1 {
				return nil
			}
			_ = try(ctx, accounts.ID, agent.NewSecret([]byte("1")))
			ended <- try(ctx, accounts.ID, agent.NewSecret([]byte("2")))
			return nil
		}
		tries := 0
		try := func(context.Context, agent.ProfileID, *agent.Secret) error {
			tries++
			return agent.ErrPINLocked
		}
		if err := l.PIN(t.Context(), pinQuestion(accounts), try); !errors.Is(err, agent.ErrCanceled) {
			t.Errorf("without a try: %v, want ErrCanceled", err)
		}
		if err := l.PIN(t.Context(), pinQuestion(accounts), try); !errors.Is(err, agent.ErrPINLocked) || tries != 1 {
			t.Errorf("PIN = %v after %d tries, want ErrPINLocked after one", err, tries)
		}
		if err := <-ended; !errors.Is(err, agent.ErrCanceled) {
			t.Errorf("a try after the end: %v, want ErrCanceled", err)
		}
	})
}

func TestQuestionsAtOnce(t *testing.T) {
	over(t, func(t *testing.T, l *link) {
		answer, held := agenttest.Hold(agenttest.Agree())
		l.person.Do(answer)
		consented := make(chan error, 1)
		go func() { consented <- asks["consent"](t.Context(), l) }()
		<-held.Reached
		for _, name := range []string{"site", "pin", "panel"} {
			if err := asks[name](t.Context(), l); err != nil {
				t.Errorf("%s beside an open consent: %v", name, err)
			}
		}
		held.Release()
		if err := <-consented; err != nil {
			t.Errorf("Consent = %v", err)
		}
	})
}

func TestServerRefuses(t *testing.T) {
	over(t, func(t *testing.T, l *link) {
		for _, c := range []struct {
			method string
			params any
			code   int
		}{
			{"prompt.erase", nil, jsonrpc.CodeMethodNotFound},
			{"sign", nil, jsonrpc.CodeMethodNotFound},
			{"prompt.site", nil, jsonrpc.CodeInvalidParams},
			{"prompt.site", []int{1}, jsonrpc.CodeInvalidParams},
		} {
			err := l.conn.Call(t.Context(), c.method, c.params, nil)
			if e, ok := errors.AsType[*jsonrpc.Error](err); !ok || e.Code != c.code {
				t.Errorf("%s %v: %v, want code %d", c.method, c.params, err, c.code)
			}
		}
		// None of these says anything about an open question.
		for _, method := range []string{"prompt.open", "prompt.update", "prompt.done"} {
			if err := l.conn.Notify(t.Context(), method, map[string]string{"id": "none"}); err != nil {
				t.Error(err)
			}
		}
		if err := l.Site(t.Context(), agent.SiteQuestion{}); err != nil {
			t.Errorf("Site = %v", err)
		}
	})
}

// A Server without the other methods of its connection is mounted beside them.
func TestOverToAServerThatCannot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		a := jsonrpc.NewConn(jsonrpc.Stream(near, 1<<20), nil)
		b := jsonrpc.NewConn(jsonrpc.Stream(far, 1<<20), nil)
		var group sync.WaitGroup
		group.Go(func() { _ = a.Serve(t.Context()) })
		group.Go(func() { _ = b.Serve(t.Context()) })
		defer group.Wait()
		defer a.Close()
		for name, ask := range asks {
			if err := ask(t.Context(), remote.Over(a)); !errors.Is(err, agent.ErrNoWindow) {
				t.Errorf("%s = %v, want ErrNoWindow", name, err)
			}
		}
	})
}

// A window that answers for another one does nothing, and is told so.
func TestReplyWithoutItsAction(t *testing.T) {
	t.Run("token", func(t *testing.T) { testNoAction(t, tokenWindow) })
	t.Run("wizard", func(t *testing.T) { testNoAction(t, wizardWindow) })
	t.Run("generators", func(t *testing.T) { testNoAction(t, generatorWindow) })
}

func testNoAction[S, A any](t *testing.T, w stayingWindow[S, A]) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		told := make(chan string, 2)
		a := jsonrpc.NewConn(jsonrpc.Stream(near, 1<<20), nil)
		b := jsonrpc.NewConn(jsonrpc.Stream(far, 1<<20), func(ctx context.Context, c *jsonrpc.Conn, r *jsonrpc.Request) (any, error) {
			switch r.Method {
			case "prompt.next":
				told <- string(r.Params)
				if len(told) == cap(told) {
					return nil, &jsonrpc.Error{Code: jsonrpc.CodeInvalidParams, Message: "enough"}
				}
				pair, err := jsonrpc.PackPair([]byte("old"), []byte("new"))
				return jsonrpc.WithSecret{Result: struct{}{}, Secret: pair}, err
			case "prompt.watch":
				<-ctx.Done()
			}
			return nil, ctx.Err()
		})
		var group sync.WaitGroup
		group.Go(func() { _ = a.Serve(t.Context()) })
		group.Go(func() { _ = b.Serve(t.Context()) })
		defer group.Wait()
		defer a.Close()
		err := w.show(remote.Over(a), t.Context(), w.first, nil, func(_ context.Context, a A) error {
			t.Errorf("did %+v, which nobody asked for", a)
			return nil
		})
		if err == nil || len(told) != 2 {
			t.Fatalf("ended with %v after %d answers, want an error after 2", err, len(told))
		}
		<-told
		if second := <-told; !strings.Contains(second, agent.ErrorName(agent.ErrInvalid)) {
			t.Errorf("the window was told %s, want %q", second, agent.ErrorName(agent.ErrInvalid))
		}
	})
}
