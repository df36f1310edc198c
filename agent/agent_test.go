package agent_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/cms"
)

const bankSite = "https://ib.refbank.test"

// A desk is an agent with everything around it, all in memory.
type desk struct {
	t       *testing.T
	agent   *agent.Agent
	tokens  *agenttest.Tokens
	token   *agenttest.Token
	person  *agenttest.Person
	vault   *agenttest.Vault
	history *agenttest.History
	dir     string
	opened  []string // copies shown
	seen    string   // content and mode of the last
}

func newDesk(t *testing.T, change ...func(*agent.Config)) *desk {
	t.Helper()
	d := newDeskStopped(t)
	d.start(change...)
	return d
}

// newDeskStopped is a desk whose agent does not run yet.
func newDeskStopped(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, token: agenttest.NewToken("A1", "Accounts", "1234"), person: agenttest.NewPerson("1234"),
		vault: agenttest.NewVault(), history: agenttest.NewHistory(), dir: t.TempDir()}
	d.token.AddKey(agent.P256, "Accounts", "Aigerim Serikova")
	d.tokens = agenttest.NewTokens(d.token)
	return d
}

func (d *desk) start(change ...func(*agent.Config)) (stop func()) {
	d.t.Helper()
	c := agent.Config{
		Version: "test", Tokens: d.tokens, Prompter: d.person, Vault: d.vault, History: d.history, Dir: d.dir, TempDir: d.dir,
		Banks: []agent.Bank{{Names: map[string]string{"ru": "Банк"}, Origins: []string{bankSite}, Trusted: true}},
		Site: func(host string) string {
			l := strings.Split(host, ".")
			return strings.Join(l[max(0, len(l)-2):], ".")
		},
		OpenFile: d.open,
		Logger:   slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	for _, f := range change {
		f(&c)
	}
	a, err := agent.New(c)
	if err != nil {
		d.t.Fatal(err)
	}
	d.agent = a
	seen := make(chan struct{}, 1)
	unsubscribe := a.Subscribe(func(agent.Status) {
		select {
		case seen <- struct{}{}:
		default:
		}
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				d.t.Errorf("Run = %v", err)
			}
		})
	}
	d.t.Cleanup(stop)
	<-seen // the tokens were looked at
	unsubscribe()
	return stop
}

// insert plugs a token in and waits until the agent has seen it.
func (d *desk) insert(token *agenttest.Token) {
	d.t.Helper()
	d.await(token.ID(), true, func() { d.tokens.Insert(token) })
}

// remove pulls a token and waits likewise.
func (d *desk) remove(token *agenttest.Token) {
	d.t.Helper()
	d.await(token.ID(), false, func() { d.tokens.Remove(token.ID()) })
}

func (d *desk) await(id agent.TokenID, there bool, change func()) {
	d.t.Helper()
	seen := make(chan struct{})
	var once sync.Once
	defer d.agent.Subscribe(func(s agent.Status) {
		if there == slices.ContainsFunc(s.Profiles, func(p agent.Profile) bool { return p.ID.Token == id }) {
			once.Do(func() { close(seen) })
		}
	})()
	change()
	<-seen
}

// open stands in for the program that shows a copy.
func (d *desk) open(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	d.opened, d.seen = append(d.opened, path), fmt.Sprintf("%s %04o", data, info.Mode().Perm())
	return nil
}

// page connects a page of the bank.
func (d *desk) page() *agent.Client {
	d.t.Helper()
	o, err := d.agent.Admit(d.t.Context(), bankSite)
	if err != nil {
		d.t.Fatal(err)
	}
	c := d.agent.Connect(o, func(agent.Event) {})
	d.t.Cleanup(c.Close)
	return c
}

func (d *desk) session() *agent.Client {
	d.t.Helper()
	c := d.page()
	if _, err := c.OpenSession(d.t.Context(), ""); err != nil {
		d.t.Fatal(err)
	}
	return c
}

func order(texts ...string) agent.SignRequest {
	var r agent.SignRequest
	for _, s := range texts {
		r.Documents = append(r.Documents, agent.Document{Name: "order.txt", MediaType: "text/plain", Data: []byte(s)})
	}
	return r
}

func challenge() string {
	b := make([]byte, 33)
	rand.Read(b)
	return base64.StdEncoding.EncodeToString(b)
}

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
			o := cms.VerifyOptions{Roots: agenttest.TestCA().Pool()}
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

// panel does one thing in the main window and closes it.
func (d *desk) panel(a agent.PanelAction) error {
	d.person.Do(agenttest.Choose(a), agenttest.Choose(agent.PanelAction{Kind: agent.PanelClose}))
	return d.agent.ShowPanel(d.t.Context())
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
	if s := d.agent.Status(); s.Token != agent.TokenBlocked || !s.Profiles[0].Locked {
		t.Errorf("Status = %+v, want the token blocked", s)
	}
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

func TestK8Login(t *testing.T) {
	d := newDesk(t)
	c := d.page()
	nonce := challenge()
	token, session, err := c.Authenticate(t.Context(), nonce)
	if err != nil {
		t.Fatal(err)
	}
	if token.Format != "web-eid:1.0" || token.Algorithm != "ES256" || session.Subject != "Aigerim Serikova" {
		t.Errorf("token %+v, session %+v", token, session)
	}
	if err := verifyLogin(token, bankSite, nonce); err != nil {
		t.Error(err)
	}
	if verifyLogin(token, "https://other.test", nonce) == nil {
		t.Error("the token is good for another site")
	}
	if n := len(agenttest.Asked[agent.PINQuestion](d.person)); n != 1 {
		t.Errorf("%d password windows for a login that opens a session, want 1", n)
	}
	for _, bad := range []string{"", "short", strings.Repeat("x", 129)} {
		if _, _, err := c.Authenticate(t.Context(), bad); !errors.Is(err, agent.ErrInvalid) {
			t.Errorf("Authenticate(%d characters) = %v, want ErrInvalid", len(bad), err)
		}
	}
}

// verifyLogin checks an ES256 token as the Web eID document describes it.
func verifyLogin(token agent.LoginToken, origin, challenge string) error {
	der, err := base64.StdEncoding.DecodeString(token.UnverifiedCertificate)
	if err != nil {
		return err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return err
	}
	sig, err := base64.StdEncoding.DecodeString(token.Signature)
	if err != nil {
		return err
	}
	o, c := sha256.Sum256([]byte(origin)), sha256.Sum256([]byte(challenge))
	digest := sha256.Sum256(append(o[:], c[:]...))
	r, s := new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])
	if !ecdsa.Verify(cert.PublicKey.(*ecdsa.PublicKey), digest[:], r, s) {
		return errors.New("the login token's signature does not verify")
	}
	return nil
}

func TestK113SeveralProfiles(t *testing.T) {
	d := newDesk(t)
	second := agenttest.NewToken("B2", "Director", "5678")
	second.AddKey(agent.RSA2048, "Director", "Nurlan Abenov")
	d.insert(second)
	d.person.Do(agenttest.ProfilePIN(1, "5678"))
	s, err := d.page().OpenSession(t.Context(), "")
	if err != nil || s.Subject != "Nurlan Abenov" {
		t.Fatalf("OpenSession = %+v, %v, want the profile chosen", s, err)
	}
	if q := agenttest.Asked[agent.PINQuestion](d.person); len(q[0].Profiles) != 2 {
		t.Errorf("profiles shown: %+v, want both", q[0].Profiles)
	}
	if d.token.Logins() != 0 || second.Logins() != 1 {
		t.Errorf("logins %d and %d, want the second token's only", d.token.Logins(), second.Logins())
	}
}

func TestK27K28Names(t *testing.T) {
	d := newDesk(t)
	d.insert(agenttest.NewToken("C3", "", "12345678"))
	d.insert(agenttest.NewToken("D4", "Old", "12345678"))
	d.person.Do(agenttest.Refuse())
	d.page().OpenSession(t.Context(), "")
	var names []string
	for _, p := range agenttest.Asked[agent.PINQuestion](d.person)[0].Profiles {
		names = append(names, p.Name)
	}
	slices.Sort(names)
	if want := []string{"Memory <no label> -?", "Memory Accounts", "Memory Old -?"}; !slices.Equal(names, want) {
		t.Errorf("names = %q, want %q", names, want)
	}
}

func TestNoTokenWaits(t *testing.T) {
	d := newDesk(t)
	d.remove(d.token)
	answer, held := agenttest.Hold(agenttest.PIN("1234"))
	d.person.Do(answer)
	result := make(chan error, 1)
	go func() { _, err := d.page().OpenSession(t.Context(), ""); result <- err }()
	<-held.Reached
	held.Release()
	d.tokens.Insert(d.token)
	if err := <-result; err != nil {
		t.Errorf("OpenSession = %v, want it to go on when a token comes", err)
	}
	if q := agenttest.Asked[agent.PINQuestion](d.person); len(q[0].Profiles) != 0 {
		t.Errorf("profiles at the start: %v, want none", q[0].Profiles)
	}
}

func TestSessionResume(t *testing.T) {
	d := newDesk(t)
	first := d.page()
	s, err := first.OpenSession(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.page().OpenSession(t.Context(), s.ID); !errors.Is(err, agent.ErrNoSession) {
		t.Errorf("OpenSession of a session in use = %v, want ErrNoSession", err)
	}
	first.Close()
	again, err := d.page().OpenSession(t.Context(), s.ID)
	if err != nil || again.ID != s.ID {
		t.Errorf("OpenSession(resume) = %+v, %v, want the same session", again, err)
	}
	if n := len(agenttest.Asked[agent.PINQuestion](d.person)); n != 1 {
		t.Errorf("%d password windows, want none for the resumed session", n)
	}
}

func TestTokenRemovedEndsSessions(t *testing.T) {
	d := newDesk(t)
	o, _ := agent.ParseOrigin(bankSite)
	events := make(chan agent.Event, 8)
	c := d.agent.Connect(o, func(e agent.Event) { events <- e })
	defer c.Close()
	if _, err := c.OpenSession(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	d.tokens.Remove(d.token.ID())
	if e := <-events; e != (agent.Event{Kind: agent.EventSessionClosed, Reason: "token"}) {
		t.Errorf("first event = %+v, want session.closed token", e)
	}
	if e := <-events; e.Kind != agent.EventTokenRemoved {
		t.Errorf("second event = %+v, want token.removed", e)
	}
	if _, err := c.Sign(t.Context(), order("a"), nil); !errors.Is(err, agent.ErrNoSession) {
		t.Errorf("Sign = %v, want ErrNoSession", err)
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

func TestChangePIN(t *testing.T) {
	d := newDesk(t)
	d.person.Do(agenttest.NewPIN("1234", "98765"))
	if err := d.agent.ChangePIN(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.person.Do(agenttest.PIN("1234", "98765"))
	if _, err := d.page().OpenSession(t.Context(), ""); err != nil {
		t.Errorf("OpenSession with the new password = %v", err)
	}
	shown := d.person.Shown()
	if tries := shown[len(shown)-1].Tries; len(tries) != 2 || tries[0] == nil {
		t.Errorf("tries = %v, want the old password refused", tries)
	}
	for _, c := range []struct {
		old, new string
		want     error
	}{{"98765", "98765", agent.ErrPINSame}, {"98765", "1", agent.ErrPINLength}} {
		d.person.Do(agenttest.NewPIN(c.old, c.new))
		d.agent.ChangePIN(t.Context())
		shown := d.person.Shown()
		if got := shown[len(shown)-1].Tries; len(got) != 1 || !errors.Is(got[0], c.want) {
			t.Errorf("NewPIN(%q, %q) = %v, want %v", c.old, c.new, got, c.want)
		}
	}
}

func TestLockInterrupts(t *testing.T) {
	d := newDesk(t)
	c := d.session()
	answer, held := agenttest.Hold(agenttest.Agree())
	d.person.Do(answer)
	result := make(chan error, 1)
	go func() { _, err := c.Sign(t.Context(), order("a"), nil); result <- err }()
	<-held.Reached
	d.agent.Lock()
	select {
	case err := <-result:
		if !errors.Is(err, agent.ErrCanceled) {
			t.Errorf("Sign = %v, want ErrCanceled", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("Lock did not end the request")
	}
}

// Calls that show the main window may arrive in any order: the one that lost
// the window is not taken for its end.
func TestPanelCallsOutOfOrder(t *testing.T) {
	d := newDesk(t)
	first, held := agenttest.Hold(agenttest.Choose(agent.PanelAction{Kind: agent.PanelClose}))
	d.person.Do(first, agenttest.Fail(agent.ErrCanceled), agenttest.Fail(agent.ErrCanceled))
	done := make(chan error, 1)
	go func() { done <- d.agent.ShowPanel(t.Context()) }()
	<-held.Reached
	d.agent.SetPort(1) // a new state: a second call, which finds the window taken, and a third
	for len(agenttest.Asked[agent.PanelState](d.person)) < 2 {
		select {
		case err := <-done:
			t.Fatalf("ShowPanel = %v while the window is shown", err)
		default:
			runtime.Gosched()
		}
	}
	held.Release()
	if err := <-done; err != nil {
		t.Errorf("ShowPanel = %v", err)
	}
}
