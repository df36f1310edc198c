package agent_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/cms"
)

func TestSign(t *testing.T) {
	for _, detached := range []bool{false, true} {
		d := newDesk(t)
		c := d.session()
		r := order("pay 1", "pay 2", "pay 3")
		r.Detached = detached
		var steps []int
		res, err := c.Sign(t.Context(), r, func(done, total int) { steps = append(steps, done) })
		if err != nil || !res.Complete || len(res.Signatures) != 3 {
			t.Fatalf("Sign = %+v, %v", res, err)
		}
		for i, s := range res.Signatures {
			o := cms.VerifyOptions{Roots: []*x509.Certificate{agenttest.TestCA().Certificate()}}
			if detached {
				o.Content = r.Documents[i].Data
			}
			v, err := cms.Verify(s.CMS, o)
			if err != nil {
				t.Fatalf("signature %d: %v", i, err)
			}
			if v.Origin != bankSite || !detached && string(v.Content) != string(r.Documents[i].Data) {
				t.Errorf("signature %d: origin %q, content %q", i, v.Origin, v.Content)
			}
		}
		if !slices.IsSorted(steps) || len(steps) == 0 || steps[len(steps)-1] != 3 {
			t.Errorf("progress = %v, want rising up to 3", steps)
		}
		if d.history.Appends() != 1 || len(d.history.Records()) != 3 {
			t.Errorf("history: %d calls, %d records, want one call with 3", d.history.Appends(), len(d.history.Records()))
		}
		q := agenttest.Asked[agent.ConsentQuestion](d.person)
		if len(q) != 1 || q[0].Origin != bankSite || q[0].Bank != "Банк" || len(q[0].Documents) != 3 || q[0].Profile.Subject != "Aigerim Serikova" {
			t.Errorf("consent shown: %+v", q)
		}
		if d.token.Unlocked() {
			t.Error("the token is unlocked after the request")
		}
	}
}

func TestK114PasswordEachTime(t *testing.T) {
	d := newDesk(t)
	c := d.session()
	before := d.token.Logins()
	for range 3 {
		if _, err := c.Sign(t.Context(), order("a", "b"), nil); err != nil {
			t.Fatal(err)
		}
	}
	if n := d.token.Logins() - before; n != 3 {
		t.Errorf("passwords asked for three requests = %d, want one each, a batch being one", n)
	}
	if err := d.panel(agent.PanelAction{Kind: agent.PanelWhileUnlocked, Value: "true"}); err != nil {
		t.Fatal(err)
	}
	before = d.token.Logins()
	for range 3 {
		if _, err := c.Sign(t.Context(), order("a"), nil); err != nil {
			t.Fatal(err)
		}
	}
	if n := d.token.Logins() - before; n != 1 {
		t.Errorf("passwords asked while unlocked = %d, want 1", n)
	}
	d.agent.Lock()
	if d.token.Unlocked() {
		t.Error("the token is unlocked after Lock")
	}
	if _, err := c.Sign(t.Context(), order("a"), nil); !errors.Is(err, agent.ErrNoSession) {
		t.Errorf("Sign after Lock = %v, want ErrNoSession", err)
	}
}

func TestNothingIsSignedWithoutConsent(t *testing.T) {
	for name, answer := range map[string]agenttest.Answer{
		"refused":     agenttest.Refuse(),
		"window died": agenttest.Fail(agent.ErrCanceled),
		"no window":   agenttest.Fail(agent.ErrNoWindow),
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			c := d.session()
			d.person.Do(answer)
			_, err := c.Sign(t.Context(), order("a"), nil)
			if agent.ErrorName(err) == "" {
				t.Errorf("Sign = %v, want a sentinel", err)
			}
			if d.token.Signatures() != 0 || len(d.history.Records()) != 0 {
				t.Errorf("%d signatures, %d records, want none", d.token.Signatures(), len(d.history.Records()))
			}
		})
	}
}

func TestNoHistoryNoSignature(t *testing.T) {
	d := newDesk(t)
	c := d.session()
	d.history.FailWith(errors.New("disk full"))
	if res, err := c.Sign(t.Context(), order("a"), nil); !errors.Is(err, agent.ErrHistory) || res.Signatures != nil {
		t.Errorf("Sign = %+v, %v, want ErrHistory and nothing else", res, err)
	}
	if token, _, err := c.Authenticate(t.Context(), challenge()); !errors.Is(err, agent.ErrHistory) || token.Signature != "" {
		t.Errorf("Authenticate = %+v, %v, want ErrHistory", token, err)
	}
}

func TestK64K112WrongPassword(t *testing.T) {
	d := newDesk(t)
	c := d.session()
	d.person.Do(agenttest.Agree(), agenttest.PIN("0000", "1111", "1234"))
	if _, err := c.Sign(t.Context(), order("a"), nil); err != nil {
		t.Fatalf("Sign = %v, want the window to stay until the password is right", err)
	}
	shown := d.person.Shown()
	tries := shown[len(shown)-1].Tries
	if len(tries) != 3 || tries[2] != nil {
		t.Fatalf("tries = %v", tries)
	}
	for i, left := range []int{2, 1} {
		if p, ok := errors.AsType[*agent.PINError](tries[i]); !ok || p.Retries != left && p.Retries != agent.RetriesLow {
			t.Errorf("wrong password %d = %v, want a PINError with the tries left", i+1, tries[i])
		}
	}
	d.person.Do(agenttest.Agree(), agenttest.PIN("0000", "0000", "0000", "0000"))
	if _, err := c.Sign(t.Context(), order("a"), nil); !errors.Is(err, agent.ErrPINLocked) {
		t.Errorf("Sign after three wrong = %v, want ErrPINLocked", err)
	}
	if s := d.agent.Status(); s.Token != agent.TokenBlocked {
		t.Errorf("Status = %+v, want the token blocked", s)
	}
	d.until(func(s agent.Status) bool { return s.Profiles[0].Locked })
	if d.token.Signatures() != 1 {
		t.Errorf("%d signatures, want 1", d.token.Signatures())
	}
}

func TestTokenLostDuringBatch(t *testing.T) {
	d := newDesk(t)
	c := d.session()
	d.token.FailAfter(7, agent.ErrTokenLost)
	texts := make([]string, 20)
	for i := range texts {
		texts[i] = "order " + strings.Repeat("x", i)
	}
	res, err := c.Sign(t.Context(), order(texts...), nil)
	if err != nil || res.Complete {
		t.Fatalf("Sign = complete %v, %v, want a partial result", res.Complete, err)
	}
	done := 0
	for i, s := range res.Signatures {
		if s.Index != i || (s.CMS == nil) == (s.Err == nil) {
			t.Errorf("signature %d = %+v", i, s)
		}
		if s.CMS != nil {
			done++
		} else if !errors.Is(s.Err, agent.ErrTokenLost) {
			t.Errorf("signature %d: %v, want ErrTokenLost", i, s.Err)
		}
	}
	if done != 7 || len(d.history.Records()) != 7 || d.token.Signatures() != 7 {
		t.Errorf("%d done, %d records, %d made, want 7 of each", done, len(d.history.Records()), d.token.Signatures())
	}
}

func TestPageGone(t *testing.T) {
	d := newDesk(t)
	c := d.session()
	answer, held := agenttest.Hold(agenttest.Agree())
	d.person.Do(answer)
	ctx, leave := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() { _, err := c.Sign(ctx, order("a"), nil); result <- err }()
	<-held.Reached
	leave()
	if err := <-result; !errors.Is(err, agent.ErrCanceled) {
		t.Errorf("Sign = %v, want ErrCanceled", err)
	}
	if _, err := c.Sign(t.Context(), order("b"), nil); err != nil {
		t.Errorf("the next request = %v, want the turn to be free", err)
	}
}

// A page that leaves while its batch is being signed gets nothing, and the
// history says so.
func TestPageGoneDuringBatch(t *testing.T) {
	d := newDesk(t)
	c := d.session()
	held := d.token.Hold(agenttest.OpSign)
	ctx, leave := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() { _, err := c.Sign(ctx, order("a", "b", "c", "d"), nil); result <- err }()
	<-held.Reached
	leave()
	held.Release()
	if err := <-result; !errors.Is(err, agent.ErrCanceled) {
		t.Errorf("Sign = %v, want ErrCanceled", err)
	}
	if made := d.token.Signatures(); len(d.history.Records()) != made {
		t.Errorf("%d made, %d records, want a record for each", made, len(d.history.Records()))
	}
	for _, r := range d.history.Records() {
		if data, _ := json.Marshal(r.Data); !strings.Contains(string(data), `"result":"withheld"`) {
			t.Errorf("record %s, want it to say that the signature was withheld", data)
		}
	}
}

func TestOpenCopy(t *testing.T) {
	d := newDesk(t)
	c := d.session()
	d.person.Do(agenttest.OpenCopy(agenttest.Agree(), 1))
	if _, err := c.Sign(t.Context(), order("first", "second"), nil); err != nil {
		t.Fatal(err)
	}
	if len(d.opened) != 1 || filepath.Base(d.opened[0]) != "document-2.txt" || d.seen != "second 0600" {
		t.Errorf("copies %q, content and mode %q", d.opened, d.seen)
	}
	if _, err := os.Stat(filepath.Dir(d.opened[0])); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the copy is still there: %v", err)
	}
}

func TestRequestLimits(t *testing.T) {
	d := newDesk(t)
	c := d.session()
	for name, r := range map[string]agent.SignRequest{
		"none":  {},
		"empty": order("a", ""),
		"many":  {Documents: make([]agent.Document, agent.MaxDocuments+1)},
		"large": {Documents: []agent.Document{{Data: make([]byte, agent.MaxDocumentBytes+1)}}},
	} {
		_, err := c.Sign(t.Context(), r, nil)
		if !errors.Is(err, agent.ErrInvalid) && !errors.Is(err, agent.ErrTooLarge) {
			t.Errorf("%s: Sign = %v, want ErrInvalid or ErrTooLarge", name, err)
		}
	}
	if len(agenttest.Asked[agent.ConsentQuestion](d.person)) != 0 {
		t.Error("a malformed request was shown")
	}
}

func TestPromptsAreHeldBack(t *testing.T) {
	d := newDesk(t)
	c := d.session()
	d.person.Do(agenttest.Refuse(), agenttest.Refuse(), agenttest.Refuse())
	for range 3 {
		if _, err := c.Sign(t.Context(), order("a"), nil); !errors.Is(err, agent.ErrDenied) {
			t.Fatalf("Sign = %v, want ErrDenied", err)
		}
	}
	if _, err := c.Sign(t.Context(), order("a"), nil); !errors.Is(err, agent.ErrTooOften) {
		t.Errorf("after three refusals Sign = %v, want ErrTooOften", err)
	}
}

func TestOnePromptAtATime(t *testing.T) {
	d := newDesk(t)
	c := d.session()
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := c.Sign(t.Context(), order("a"), nil); err != nil {
				t.Errorf("Sign = %v", err)
			}
		})
	}
	wg.Wait()
	if n := d.person.MostAtOnce(); n != 1 {
		t.Errorf("%d windows at once, want 1", n)
	}
}

// A token that is pulled after the consent and comes back goes on with what was
// agreed to; nothing is signed twice.
func TestTokenGoneBetweenConsentAndSignature(t *testing.T) {
	d := newDesk(t)
	c := d.session()
	answer, held := agenttest.Hold(agenttest.PIN("1234"))
	d.person.Do(agenttest.Agree(), answer)
	type outcome struct {
		r   agent.SignResult
		err error
	}
	result := make(chan outcome, 1)
	go func() {
		r, err := c.Sign(t.Context(), order("a", "b"), nil)
		result <- outcome{r, err}
	}()
	<-held.Reached
	d.remove(d.token)
	if n := d.token.Signatures(); n != 0 {
		t.Errorf("%d signatures without a password", n)
	}
	d.insert(d.token)
	held.Release()
	if o := <-result; o.err != nil || !o.r.Complete {
		t.Errorf("Sign = %+v, %v, want it to go on", o.r, o.err)
	}
	if n := d.token.Signatures(); n != 2 || len(d.history.Records()) != 2 {
		t.Errorf("%d signatures, %d records, want 2 of each", n, len(d.history.Records()))
	}
}
