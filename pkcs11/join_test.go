package pkcs11_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/pkcs11"
)

// broken is a module that cannot be used.
type broken struct{}

func (broken) List(context.Context) ([]agent.TokenInfo, error) { return nil, agent.ErrModule }
func (broken) Watch(ctx context.Context, _ func([]agent.TokenInfo)) error {
	return agent.ErrModule
}
func (broken) Open(context.Context, agent.TokenID) (agent.Token, error) { return nil, agent.ErrModule }

func serials(all []agent.TokenInfo) (s []string) {
	for _, i := range all {
		s = append(s, i.ID.Serial+" "+i.Label)
	}
	return s
}

func TestJoin(t *testing.T) {
	vendor := agenttest.NewTokens(agenttest.NewToken("1", "vendor", "1111"))
	generic := agenttest.NewTokens(agenttest.NewToken("1", "generic", "1111"), agenttest.NewToken("2", "generic", "2222"))
	both := pkcs11.Join(broken{}, vendor, generic)

	all, err := both.List(t.Context())
	if want := []string{"1 vendor", "2 generic"}; err != nil || !slices.Equal(serials(all), want) {
		t.Errorf("List() = %v, %v, want %v", serials(all), err, want)
	}
	for serial, want := range map[string]string{"1": "vendor", "2": "generic"} {
		tok, err := both.Open(t.Context(), agent.TokenID{Manufacturer: "Qoltanba", Serial: serial})
		if err != nil {
			t.Fatalf("Open(%s) = %v", serial, err)
		}
		if i, err := tok.Info(t.Context()); err != nil || i.Label != want {
			t.Errorf("Open(%s) is %q of the module, %v, want %q", serial, i.Label, err, want)
		}
	}
	if _, err := both.Open(t.Context(), agent.TokenID{Serial: "3"}); !errors.Is(err, agent.ErrNoToken) {
		t.Errorf("Open(3) = %v, want ErrNoToken", err)
	}
	if _, err := pkcs11.Join(broken{}, broken{}).List(t.Context()); !errors.Is(err, agent.ErrModule) {
		t.Errorf("List() where all are broken = %v, want ErrModule", err)
	}
	none := pkcs11.Join()
	if all, err := none.List(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("List() of none = %v, %v", all, err)
	}
	if _, err := none.Open(t.Context(), agent.TokenID{Serial: "1"}); !errors.Is(err, agent.ErrNoToken) {
		t.Errorf("Open() of none = %v, want ErrNoToken", err)
	}
}

func TestJoinWatchesNothing(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	time.AfterFunc(30*time.Second, stop) // not reached
	told := 0
	err := pkcs11.Join().Watch(ctx, func(all []agent.TokenInfo) {
		if told++; len(all) != 0 {
			t.Errorf("Watch of none shows %v", all)
		}
		stop()
	})
	if told != 1 || !errors.Is(err, context.Canceled) {
		t.Errorf("Watch of none told %d times, %v, want once and context.Canceled", told, err)
	}
}

func TestJoinWatch(t *testing.T) {
	a := agenttest.NewTokens(agenttest.NewToken("1", "a", "1111"))
	b := agenttest.NewTokens()
	ctx, stop := context.WithCancel(t.Context())
	seen := make(chan []string)
	ended := make(chan error, 1)
	go func() { // ends with ctx
		ended <- pkcs11.Join(a, broken{}, b).Watch(ctx, func(all []agent.TokenInfo) {
			select {
			case seen <- serials(all):
			case <-ctx.Done():
			}
		})
	}()
	until := func(want ...string) {
		t.Helper()
		for deadline := time.After(30 * time.Second); ; {
			select {
			case got := <-seen:
				if slices.Equal(got, want) {
					return
				}
			case <-deadline:
				t.Fatalf("Watch did not show %v", want)
			}
		}
	}
	until("1 a")
	two := agenttest.NewToken("2", "b", "2222")
	b.Insert(two)
	until("1 a", "2 b")
	same := agenttest.NewToken("1", "b", "1111")
	b.Insert(same)
	a.Remove(same.ID())
	until("2 b", "1 b")
	b.Remove(two.ID())
	until("1 b")
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Watch() = %v, want context.Canceled", err)
	}
}
