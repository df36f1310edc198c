package agent_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

var bankDriver = agent.Driver{Path: "/usr/lib/libbank.so", Name: "KAZTOKEN"}

// admit lets the bank's driver with that digest in.
func (d *desk) admit(sum string) error { return d.agent.AdmitDriver(d.t.Context(), bankDriver, sum) }

// driverQuestions returns the digests that the person was asked about.
func (d *desk) driverQuestions() (sums []string) {
	for _, q := range agenttest.Asked[agent.DriverQuestion](d.person) {
		sums = append(sums, q.SHA256)
	}
	return sums
}

// driverRecords returns what the history tells of modules, as "action digest".
func (d *desk) driverRecords() (all []string) {
	d.t.Helper()
	for _, r := range d.history.Records() {
		if r.Kind != "driver" {
			continue
		}
		var data struct{ Action, Path, SHA256 string }
		text, err := json.Marshal(r.Data)
		if err == nil {
			err = json.Unmarshal(text, &data)
		}
		if err != nil || data.Path == "" {
			d.t.Fatalf("record %s: %v", text, err)
		}
		all = append(all, strings.TrimSpace(data.Action+" "+data.SHA256))
	}
	return all
}

func wantChanged(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, agent.ErrModuleChanged) || !errors.Is(err, agent.ErrModule) || agent.ErrorName(err) != "module-changed" {
		t.Errorf("AdmitDriver = %v, want ErrModuleChanged", err)
	}
}

func (d *desk) wantAdmitted(sums ...string) {
	d.t.Helper()
	for _, sum := range sums {
		if err := d.admit(sum); err != nil {
			d.t.Errorf("AdmitDriver(%s) = %v", sum, err)
		}
	}
}

func (d *desk) wantQuestions(sums ...string) {
	d.t.Helper()
	if got := d.driverQuestions(); !slices.Equal(got, sums) {
		d.t.Errorf("asked about %v, want %v", got, sums)
	}
}

func TestAdmitDriver(t *testing.T) {
	d := newDeskStopped(t)
	stop := d.start()
	d.wantAdmitted("one", "one")
	d.wantQuestions()
	d.wantAdmitted("two", "two")
	d.wantQuestions("two")
	q := agenttest.Asked[agent.DriverQuestion](d.person)[0]
	if want := (agent.DriverQuestion{Path: bankDriver.Path, Name: "KAZTOKEN", SHA256: "two", Kept: true}); q != want {
		t.Errorf("asked %+v, want %+v", q, want)
	}
	stop()
	d.start()
	d.wantAdmitted("two")
	d.wantQuestions("two")
	d.wantAdmitted("one") // the old one again is a change like any other
	d.wantQuestions("two", "one")
	if got, want := d.driverRecords(), []string{"found one", "changed two", "changed one"}; !slices.Equal(got, want) {
		t.Errorf("history = %v, want %v", got, want)
	}
}

func TestAdmitDriverRefused(t *testing.T) {
	d := newDeskStopped(t)
	stop := d.start()
	d.wantAdmitted("one")
	d.person.Do(agenttest.Refuse())
	wantChanged(t, d.admit("two"))
	wantChanged(t, d.admit("two"))
	d.wantQuestions("two")
	d.wantAdmitted("one")
	d.person.Do(agenttest.Refuse())
	wantChanged(t, d.admit("three")) // changed once more
	d.wantQuestions("two", "three")
	stop()
	d.start()
	d.person.Do(agenttest.Refuse())
	wantChanged(t, d.admit("three")) // a refusal is no note
	d.wantQuestions("two", "three", "three")
	if got, want := d.driverRecords(), []string{"found one", "refused two", "refused three", "refused three"}; !slices.Equal(got, want) {
		t.Errorf("history = %v, want %v", got, want)
	}
}

// Nobody's answer is not agreement, nor a refusal that is remembered.
func TestAdmitDriverUnanswered(t *testing.T) {
	d := newDesk(t)
	d.wantAdmitted("one")
	for _, err := range []error{agent.ErrNoWindow, agent.ErrCanceled} {
		d.person.Do(agenttest.Fail(err))
		wantChanged(t, d.admit("two"))
	}
	d.wantAdmitted("two")
	d.wantQuestions("two", "two", "two")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.agent.AdmitDriver(ctx, bankDriver, "two"); !errors.Is(err, agent.ErrCanceled) {
		t.Errorf("AdmitDriver after its end = %v, want ErrCanceled", err)
	}
}

func TestAdmitDriverWithoutKeyring(t *testing.T) {
	d := newDeskStopped(t)
	d.vault.SetAbsent(true)
	stop := d.start()
	d.wantAdmitted("one", "two", "two")
	d.wantQuestions("two")
	if agenttest.Asked[agent.DriverQuestion](d.person)[0].Kept {
		t.Error("the answer is said to be kept")
	}
	stop()
	d.start()
	d.wantAdmitted("three")
	d.wantQuestions("two")
	if got, want := d.driverRecords(), []string{"changed two"}; !slices.Equal(got, want) {
		t.Errorf("history = %v, want %v", got, want)
	}
}

// Whoever changes the notes gets every module asked about, for good.
func TestAdmitDriverTampered(t *testing.T) {
	d := newDeskStopped(t)
	stop := d.start()
	d.wantAdmitted("one")
	stop()
	path := filepath.Join(d.dir, "trust.json")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	forged := bytes.Replace(data, []byte(`"one"`), []byte(`"two"`), 1)
	if bytes.Equal(forged, data) {
		t.Fatalf("nothing was changed in %s", data)
	}
	if err := os.WriteFile(path, forged, 0o600); err != nil {
		t.Fatal(err)
	}
	stop = d.start()
	d.person.Do(agenttest.Refuse())
	wantChanged(t, d.admit("two"))
	stop()
	d.start()
	d.person.Do(agenttest.Refuse())
	wantChanged(t, d.admit("two"))
	d.wantAdmitted("one", "one")
	d.wantQuestions("two", "two", "one")
}

// One file is asked about once, however many look for drivers at a time.
func TestAdmitDriverAtOnce(t *testing.T) {
	for name, c := range map[string]struct {
		answer agenttest.Answer
		want   error
	}{"agreed": {agenttest.Agree(), nil}, "refused": {agenttest.Refuse(), agent.ErrModuleChanged}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t)
				d.wantAdmitted("one")
				answer, held := agenttest.Hold(c.answer)
				d.person.Do(answer)
				var all sync.WaitGroup
				for range 3 {
					all.Go(func() {
						if err := d.admit("two"); !errors.Is(err, c.want) {
							t.Errorf("AdmitDriver = %v, want %v", err, c.want)
						}
					})
				}
				synctest.Wait() // one is asked about, the others wait for their turn
				<-held.Reached
				held.Release()
				all.Wait()
				d.wantQuestions("two")
			})
		})
	}
}

func TestAdmitDriverNeedsHistory(t *testing.T) {
	d := newDesk(t)
	d.wantAdmitted("one")
	d.history.FailWith(errors.New("disk full"))
	for range 2 {
		if err := d.admit("two"); !errors.Is(err, agent.ErrHistory) {
			t.Errorf("AdmitDriver = %v, want ErrHistory", err)
		}
	}
	d.wantQuestions("two", "two")
	d.wantAdmitted("one")
}
