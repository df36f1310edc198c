package agent_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

var (
	wizardSteps = []agent.WizardStep{agent.WizardProfile, agent.WizardResume, agent.WizardRestart, agent.WizardConfirm, agent.WizardWelcome,
		agent.WizardMissing, agent.WizardApplicant, agent.WizardOtherUser, agent.WizardPassword, agent.WizardReview, agent.WizardWork, agent.WizardDone}
	wizardEvents = []agent.WizardEvent{agent.WizardUnlocked, agent.WizardBegun, agent.WizardKeyGone, agent.WizardAgreed, agent.WizardBack, agent.WizardBackKept,
		agent.WizardKnown, agent.WizardKept, agent.WizardChosen, agent.WizardConfirmed, agent.WizardRefused, agent.WizardFinished, agent.WizardLost,
		agent.WizardMissed, agent.WizardDiffers}
)

// Every page has an answer to every event: one of these, or it stays.
func TestWizardSteps(t *testing.T) {
	want := map[string]agent.WizardStep{
		"resume agreed": "profile", "profile unlocked": "confirm", "profile begun": "applicant", "profile key-gone": "restart",
		"restart agreed": "welcome", "confirm agreed": "welcome", "confirm back": "profile", "welcome agreed": "applicant",
		"applicant back": "welcome", "applicant known": "password", "applicant kept": "review", "password back": "applicant",
		"password chosen": "review", "review back": "password", "review back-kept": "applicant", "review confirmed": "work", "work refused": "applicant",
		"work key-gone": "restart", "work finished": "done",
		"profile missed": "missing", "missing agreed": "profile", "missing back": "profile",
		"applicant differs": "other-user", "other-user back": "applicant", "other-user refused": "applicant",
		"other-user known": "password", "other-user kept": "review",
	}
	for _, s := range wizardSteps {
		for _, e := range wizardEvents {
			next := s
			if to, ok := want[fmt.Sprintf("%s %s", s, e)]; ok {
				next = to
			} else if e == agent.WizardLost && s != agent.WizardResume && s != agent.WizardMissing && s != agent.WizardDone {
				next = agent.WizardProfile
			}
			if got := s.Next(e); got != next {
				t.Errorf("%q.Next(%q) = %q, want %q", s, e, got, next)
			}
		}
	}
}

func TestCredentialHints(t *testing.T) {
	for _, c := range []struct {
		name, userID, pin string
		lower             bool
		fits              []agent.CredentialHint
	}{
		{"K84 nothing stands out", "xx222222_wwww", "ABCDEFGH", false, nil},
		{"K80 ag or aq", "ag222222_wwww", "ABCDEFGH", false, []agent.CredentialHint{agent.HintUserID}},
		{"K81 lower case was typed", "xx222222_wwww", "ABCDEFGH", true, []agent.CredentialHint{agent.HintCapital}},
		{"K81 lower case is there", "xx222222_wwww", "abcdefgh", false, []agent.CredentialHint{agent.HintCapital}},
		{"K82 one or I, O or zero", "xx222222_wwww", "ABCDEF1O", false, []agent.CredentialHint{agent.HintLookers}},
	} {
		hints, fits := agent.CredentialHints(c.userID, []byte(c.pin), c.lower)
		var got []agent.CredentialHint
		for i, h := range hints {
			if fits[i] {
				got = append(got, h)
			}
		}
		if !slices.Equal(got, c.fits) || len(hints) != 4 || hints[3] != agent.HintKeyFile {
			t.Errorf("%s: %v of %v, want %v", c.name, got, hints, c.fits)
		}
	}
}

// K84: each letter and digit that is taken for another one is marked, and no other is.
func TestK84Lookalikes(t *testing.T) {
	for _, c := range []struct {
		hint             agent.CredentialHint
		userID, pin      string // %s is the letter
		confusing, clear string
	}{
		{agent.HintUserID, "xx%s222_www", "ABC2", "gql10o", "abcdefhijkmnprstuvwxyz23456789_"},
		{agent.HintLookers, "xx222_www", "AB%s2", "I1O0", "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"},
	} {
		for _, sign := range strings.Split(c.confusing+c.clear, "") {
			hints, fits := agent.CredentialHints(strings.Replace(c.userID, "%s", sign, 1), []byte(strings.Replace(c.pin, "%s", sign, 1)), false)
			for i, h := range hints {
				if want := h == c.hint && strings.Contains(c.confusing, sign); fits[i] != want {
					t.Errorf("K84 %q for %s: %s is marked: %v, want %v", sign, c.hint, h, fits[i], want)
				}
			}
		}
	}
}

func TestTokenName(t *testing.T) {
	for name, ok := range map[string]bool{
		"Accounts": true, "K89 A-1_b": true, "x": true, strings.Repeat("a", 32): true,
		"": false, "   ": false, strings.Repeat("a", 33): false, "Бухгалтер": false, "Есеп": false, "a.b": false, "a\tb": false,
	} {
		if err := agent.CheckTokenName(name); (err == nil) != ok || !ok && !errors.Is(err, agent.ErrTokenName) {
			t.Errorf("K88 K89 CheckTokenName(%q) = %v, want it taken: %t", name, err, ok)
		}
	}
}

// at works the wizard up to that page and then lets work do the rest.
func (o *office) at(step agent.WizardStep, work func(c *clerk)) {
	o.t.Helper()
	if err := o.enroll(func(c *clerk) {
		if err := c.to(step); err != nil {
			o.t.Errorf("on the way to %q: %v", step, err)
			return
		}
		work(c)
	}); err != nil && !errors.Is(err, agent.ErrDenied) {
		o.t.Errorf("Enroll() = %v", err)
	}
}

func wants(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) || want == nil && got != nil {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

// What a person can have wrong on the page about the applicant: everything entered
// stays, nothing is used up, and the right data go on.
func TestWizardWrongData(t *testing.T) {
	o := newOffice(t)
	o.open()
	other := o.bank.AddClient("qq999999_other", "ZZZZZZZZ", 12)
	gone := filepath.Join(t.TempDir(), "Key.pfx")
	noKey := filepath.Join(t.TempDir(), "Letter.pfx")
	large := filepath.Join(t.TempDir(), "Large.pfx")
	for path, data := range map[string]string{noKey: "Dear client", large: strings.Repeat("x", 1<<20+1)} {
		if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o.at(agent.WizardApplicant, func(c *clerk) {
		for _, w := range []struct {
			name   string
			want   error
			change func(*agent.WizardAction)
		}{
			{"K79 wrong PIN", agent.ErrCredentials, func(a *agent.WizardAction) { a.Old = secret("WRONGPIN") }},
			{"K79 lower-case PIN", agent.ErrCredentials, func(a *agent.WizardAction) { a.Old = secret(strings.ToLower(cardPIN)) }},
			{"K79 wrong User ID", agent.ErrCredentials, func(a *agent.WizardAction) { a.UserID = "qq111111_qwerty" }},
			{"K79 no User ID", agent.ErrCredentials, func(a *agent.WizardAction) { a.UserID = "  " }},
			{"no PIN", agent.ErrCredentials, func(a *agent.WizardAction) { a.Old = secret("") }},
			{"K75 the file cannot be read", agent.ErrKeyFileGone, func(a *agent.WizardAction) { a.KeyFile = gone }},
			{"a folder", agent.ErrKeyFileGone, func(a *agent.WizardAction) { a.KeyFile = filepath.Dir(gone) }},
			{"a device, which may be waited for", agent.ErrKeyFileGone, func(a *agent.WizardAction) { a.KeyFile = os.DevNull }},
			{"no key in the file", agent.ErrKeyFile, func(a *agent.WizardAction) { a.KeyFile = noKey }},
			{"a file without end", agent.ErrKeyFile, func(a *agent.WizardAction) { a.KeyFile = large }},
			{"K78 the key file's own password is wrong", agent.ErrCredentials, func(a *agent.WizardAction) { a.Apart, a.New = true, secret("x") }},
		} {
			wants(t, w.name, c.do(c.apply(w.change)), w.want)
			if s := c.next(func(agent.WizardState) bool { return true }); s.Step != agent.WizardApplicant {
				t.Fatalf("%s: the page is %q", w.name, s.Step)
			}
		}
		mine := o.who
		o.who.Primary = other.Primary
		wants(t, "K79 K83 somebody else's key file", c.do(c.apply()), agent.ErrCredentials)
		o.who = mine
		if n := o.bank.Tries(aUserID); n > 5 {
			t.Errorf("K86 the bank counted %d tries", n)
		}
		if o.bank.Issued() != 0 {
			t.Error("something was issued")
		}
		wants(t, "K78 the right data, the password apart", c.act(c.apply(func(a *agent.WizardAction) {
			a.UserID, a.Apart, a.New = "  "+aUserID+" ", true, secret(cardPIN)
		})), nil)
		if c.s.UserID != aUserID || !c.s.Apart {
			t.Errorf("K70 K85 the state has User ID %q, apart %t", c.s.UserID, c.s.Apart)
		}
		for name, a := range map[string]agent.WizardAction{
			"K88 a name in Cyrillic":  {Kind: agent.WizardChoose, Name: "Есеп", New: secret(newPassword)},
			"K89 no name":             {Kind: agent.WizardChoose, Name: " ", New: secret(newPassword)},
			"K90 a short password":    {Kind: agent.WizardChoose, Name: "A", New: secret("k7m2p9x")},
			"K97 the factory's":       {Kind: agent.WizardChoose, Name: "A", New: secret(agent.DefaultPIN)},
			"K98 longer than it goes": {Kind: agent.WizardChoose, Name: "A", New: secret("k7m2p9x4k7m2p9x4k7")},
			"no password":             {Kind: agent.WizardChoose, Name: "A", New: secret("")},
		} {
			if err := c.do(a); err == nil {
				t.Errorf("%s was taken", name)
			}
		}
		wants(t, "name and password", c.page(), nil)
		wants(t, "K103 without the flag", c.do(agent.WizardAction{Kind: agent.WizardObtain, Months: 12}), agent.ErrConfirmation)
		wants(t, "K56 a period that the contract has not", c.do(agent.WizardAction{Kind: agent.WizardObtain, Flag: true, Months: 36}), agent.ErrPeriod)
		wants(t, "an action of another page", c.do(c.apply()), agent.ErrInvalid)
		wants(t, "K115 K116 the rest", c.register(), nil)
	})
	o.wantOne()
}

func TestWizardNeedsOneEmptyToken(t *testing.T) {
	t.Run("K58 none", func(t *testing.T) {
		o := newOffice(t)
		o.open()
		o.remove(o.token)
		wants(t, "Enroll", o.page().Enroll(t.Context(), 12), agent.ErrNoToken)
		if shown := agenttest.Asked[agent.WizardState](o.person); len(shown) != 0 {
			t.Error("a wizard was shown")
		}
	})
	t.Run("K21 two", func(t *testing.T) {
		o := newOffice(t)
		o.open()
		second := agenttest.NewToken("D4", "", agent.DefaultPIN)
		o.insert(second)
		wants(t, "Enroll", o.enroll(func(c *clerk) {
			if c.s.Refusal != "many-tokens" {
				t.Errorf("refusal %q", c.s.Refusal)
			}
			wants(t, "unlock", c.do(c.unlock(agent.DefaultPIN)), agent.ErrManyTokens)
			o.tokens.Remove(second.ID())
			c.s = c.next(func(s agent.WizardState) bool { return s.Refusal == "" })
			wants(t, "K19 it goes on by itself", c.register(), nil)
		}), nil)
		o.wantOne()
	})
	t.Run("K25 K26 one with a profile", func(t *testing.T) {
		o := newOffice(t)
		o.token.AddKey(agent.P256, "Old", "Aigerim")
		o.open()
		before := o.token.Info()
		_ = o.enroll(func(c *clerk) {
			if c.s.Refusal != "not-empty" {
				t.Errorf("refusal %q", c.s.Refusal)
			}
			wants(t, "unlock", c.do(c.unlock(agent.DefaultPIN)), agent.ErrNotEmpty)
		})
		if after := o.token.Info(); len(after.Keys) != len(before.Keys) {
			t.Error("the token was changed")
		}
	})
	t.Run("K29 one with something else on it", func(t *testing.T) {
		o := newOffice(t)
		o.token.AddObject(agent.Object{Kind: agent.ObjectOther, Label: "notes", Private: true})
		o.open()
		_ = o.enroll(func(c *clerk) {
			wants(t, "unlock", c.do(c.unlock(agent.DefaultPIN)), agent.ErrNotEmpty)
		})
	})
	t.Run("K64 a wrong password", func(t *testing.T) {
		o := newOffice(t)
		o.open()
		_ = o.enroll(func(c *clerk) {
			err := c.do(c.unlock("wrong999"))
			if wrong, ok := errors.AsType[*agent.PINError](err); !ok || wrong.Retries < 1 {
				t.Errorf("unlock = %v, want a PINError with the tries left", err)
			}
			if s := c.next(func(s agent.WizardState) bool { return true }); s.Step != agent.WizardProfile {
				t.Errorf("it went on to %q", s.Step)
			}
		})
	})
	t.Run("K66 nothing is changed by looking", func(t *testing.T) {
		o := newOffice(t)
		o.open()
		o.at(agent.WizardConfirm, func(c *clerk) {
			wants(t, "Cancel", c.act(agent.WizardAction{Kind: agent.WizardReturn}), nil)
		})
		if o.token.Unlocked() {
			t.Error("the token is unlocked")
		}
		if _, err := os.Stat(filepath.Join(o.dir, "registrations.json")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a journal was written: %v", err)
		}
	})
}

// A page learns nothing of a registration that another bank's page, or the person
// without any, has begun.
func TestWizardOfAnotherPage(t *testing.T) {
	o := newOffice(t)
	const other = "https://ib.other.test"
	o.open(func(c *agent.Config) {
		c.Banks = append(c.Banks, agent.Bank{Names: map[string]string{"en": "Other"}, Origins: []string{other}, Trusted: true,
			Enroller: agenttest.NewBank(), Host: "ca.other.test"})
	})
	ask := func(site string) error {
		origin, err := o.agent.Admit(t.Context(), site)
		if err != nil {
			t.Fatal(err)
		}
		page := o.agent.Connect(origin, func(agent.Event) {})
		defer page.Close()
		return page.Enroll(t.Context(), 12)
	}
	same := make(chan error, 1)
	wants(t, "the bank's own page", o.enroll(func(c *clerk) {
		wants(t, "the other bank's page", ask(other), agent.ErrBusy)
		go func() { same <- ask(bankSite) }() // ends with the wizard
		c.s = c.next(func(s agent.WizardState) bool { return s.Raise > 0 })
		wants(t, "register", c.register(), nil)
	}), nil)
	wants(t, "the bank's other page", <-same, nil)
}

// K124: whom to ask is what the bank's descriptor says, in the person's language.
func TestWizardSupport(t *testing.T) {
	o := newOffice(t)
	o.open(func(c *agent.Config) {
		b := &c.Banks[0]
		b.Help.Phones = []string{"+7 727 244-30-30"}
		b.Support = map[string]string{"kk": "9:00–18:00 қолдау", "ru": "Поддержка 9:00–18:00"}
		b.Manager = map[string]string{"kk": "2-бөлімше", "ru": "Отделение 2"}
	})
	o.at(agent.WizardProfile, func(c *clerk) {
		for _, in := range []struct{ lang, text, manager string }{
			{"kk", "9:00–18:00 қолдау", "2-бөлімше"},
			{"en", "Поддержка 9:00–18:00", "Отделение 2"}, // nothing is written in it
		} {
			wants(t, "SetLanguage", o.agent.SetLanguage(in.lang), nil)
			got := c.next(func(s agent.WizardState) bool { return s.Support.Text == in.text }).Support
			if got.Manager != in.manager || !slices.Equal(got.Phones, []string{"+7 727 244-30-30"}) {
				t.Errorf("K124 in %s: %+v", in.lang, got)
			}
		}
	})
}

// A page that goes takes the wizard along as long as nothing was done in it.
func TestWizardPageGoes(t *testing.T) {
	o := newOffice(t)
	o.open()
	ctx, leave := context.WithCancel(t.Context())
	closed := make(chan agent.WizardStep, 1)
	o.wizard(func(c *clerk) {
		leave()
		closed <- c.next(func(s agent.WizardState) bool { return s.Step == agent.WizardDone }).Step
	})
	wants(t, "Enroll", o.page().Enroll(ctx, 12), agent.ErrCanceled)
	if step := <-closed; step != agent.WizardProfile {
		t.Errorf("it was closed on %q", step)
	}
	ctx, leave = context.WithCancel(t.Context())
	finished := make(chan error, 1)
	o.wizard(func(c *clerk) {
		err := c.to(agent.WizardWelcome)
		leave()
		finished <- errors.Join(err, c.register())
	})
	wants(t, "Enroll again", o.page().Enroll(ctx, 12), agent.ErrCanceled)
	wants(t, "the wizard without its page", <-finished, nil)
	o.wantOne()
}

// The token is pulled on each page: the wizard asks for it, and goes on with it.
func TestWizardTokenPulled(t *testing.T) {
	for _, step := range []agent.WizardStep{agent.WizardConfirm, agent.WizardWelcome, agent.WizardApplicant, agent.WizardPassword, agent.WizardReview} {
		t.Run(string(step), func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			o.open()
			o.at(step, func(c *clerk) {
				o.tokens.Remove(o.token.ID())
				c.s = c.next(func(s agent.WizardState) bool { return s.Step == agent.WizardProfile && s.Refusal == "no-token" })
				o.tokens.Insert(o.token)
				c.s = c.next(func(s agent.WizardState) bool { return s.Refusal == "" })
				wants(t, "the rest", c.register(), nil)
			})
			o.wantOne()
		})
	}
}
