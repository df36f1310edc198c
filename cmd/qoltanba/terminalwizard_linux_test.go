package main

import (
	"context"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/ui/text"
)

// What is typed at a PIN or a password is not on the screen, whatever is around it.
func TestTerminalHidesSecrets(t *testing.T) {
	c := newCounter(t, "ca.one.test")
	k, err := c.enroll(terminalWizard{}, func(k *keyboard) {
		k.hides("Password: ", "wrong-9-wrong")
		k.sees("Wrong password.")
		k.begins(c)
		k.finishes("24")
	})
	done(t, err)
	c.registered(c.banks[0], counterUser)
	if shown := k.shows("wrong-9-wrong", agent.DefaultPIN+"\r", counterPIN, counterPassword); len(shown) > 0 {
		t.Errorf("K119 the terminal shows %q: %q", shown, k.all())
	}
	if want := []string{counterUser, "Accounts", c.keyFile, "Period: 24 months"}; !slices.Equal(k.shows(want...), want) {
		t.Errorf("the terminal shows %q of %q", k.shows(want...), want)
	}
}

// Another program, over the same token, goes on where the one before has ended.
func TestTerminalWizardRestarted(t *testing.T) {
	resumed := func(k *keyboard) {
		k.sees("A registration with this token is not finished")
		k.types("Continue the registration? Type yes or no:", "yes")
		k.sees("The registration that was begun is continued.")
		k.unlocks(counterPassword)
	}
	t.Run("K115 K117 goes on", func(t *testing.T) {
		c := newCounter(t, "ca.one.test")
		c.leaves(agent.ErrBank)
		k, err := c.enroll(terminalWizard{}, func(k *keyboard) {
			resumed(k)
			k.types("User ID ["+counterUser+"]:", "")
			k.hides("PIN: ", counterPIN)
			k.types("Key file", c.keyFile)
			k.types("Enter means yes.) Type yes or no:", "")
			k.finishes("")
		})
		done(t, err)
		c.registered(c.banks[0], counterUser)
		if shown := k.shows(counterPIN, counterPassword); len(shown) > 0 {
			t.Errorf("K119 the terminal shows %q", shown)
		}
	})
	t.Run("K116 for another User ID", func(t *testing.T) {
		const second = "qq222222_qwertyui"
		c := newCounter(t, "ca.one.test")
		c.leaves(agent.ErrBank)
		c.banks[0].primary = c.banks[0].AddClient(second, counterPIN, 12, 24).Primary
		_, err := c.enroll(terminalWizard{}, func(k *keyboard) {
			resumed(k)
			k.applies(c, "qq333333_nobody")
			k.sees("The registration was begun for another User ID")
			k.sees("First (registration begun): " + counterUser)
			k.types("goes on with the first) Type yes or no:", "no")
			k.types("User ID ["+counterUser+"]:", "qq333333_nobody")
			k.hides("PIN: ", counterPIN)
			k.types("Key file", c.keyFile)
			k.types("Enter means yes.) Type yes or no:", "")
			k.types("goes on with the first) Type yes or no:", "yes")
			k.sees("Wrong password or key container")
			k.sees("another organization or another user.")
			k.sees("the key file may be damaged")
			k.types("Try again? Type yes or no:", "yes")
			k.applies(c, second)
			k.types("goes on with the first) Type yes or no:", "yes")
			k.finishes("")
		})
		done(t, err)
		c.registered(c.banks[0], second)
	})
	t.Run("K56 K116 for another User ID, whose contract has other periods", func(t *testing.T) {
		const second = "qq222222_qwertyui"
		c := newCounter(t, "ca.one.test")
		c.leaves(agent.ErrBank)
		c.banks[0].primary = c.banks[0].AddClient(second, counterPIN, 12, 24).Primary
		c.banks[0].periods = []int{24}
		_, err := c.enroll(terminalWizard{}, func(k *keyboard) {
			resumed(k)
			k.applies(c, second)
			k.types("goes on with the first) Type yes or no:", "yes")
			k.sees("The Agreement does not have this period.")
			k.sees("Period: 24 months")
			k.finishes("")
		})
		done(t, err)
		c.registered(c.banks[0], second)
	})
	t.Run("K121 K124 the bank refuses", func(t *testing.T) {
		c := newCounter(t, "ca.one.test")
		c.banks[0].unsure, c.banks[0].refuse = &agent.RejectedError{Text: "No contract 17"}, agent.ErrCredentials
		_, err := c.enroll(terminalWizard{}, func(k *keyboard) {
			k.unlocks(agent.DefaultPIN)
			k.types("Create the profile? Type yes or no:", "yes")
			k.types("when you have everything.", "")
			k.applies(c, counterUser)
			k.sees("The bank says: No contract 17")
			k.sees("+7 727 000 00 00")
			k.types("Try again? Type yes or no:", "yes")
			k.applies(c, counterUser)
			k.names()
			k.types("Period of the certificate in months (12, 24):", "12")
			k.confirms()
			k.sees("Wrong password or key container")
			k.sees("Continue the registration")
			k.sees("RE-FORMATTING IS FORBIDDEN")
			k.sees("+7 727 000 00 00")
			c.banks[0].allow()
			k.applies(c, counterUser)
			k.finishes("")
		})
		done(t, err)
		c.registered(c.banks[0], counterUser)
	})
	t.Run("K102 K116 what was entered is not right", func(t *testing.T) {
		const second = "qq222222_qwertyui"
		c := newCounter(t, "ca.one.test")
		_, err := c.enroll(terminalWizard{}, func(k *keyboard) {
			k.begins(c)
			k.types("Period of the certificate in months (12, 24):", "12")
			k.types("begins. Type yes or no:", "no")
			c.banks[0].primary = c.banks[0].AddClient(second, counterPIN, 12, 24).Primary
			k.types("User ID ["+counterUser+"]:", second)
			k.hides("PIN: ", counterPIN)
			k.types("Key file", c.keyFile)
			k.types("Enter means yes.) Type yes or no:", "")
			k.types("Token Name [Accounts]:", "")
			k.hides("New password: ", counterPassword)
			k.hides(text.EN.T(text.ChangeRepeat)+": ", counterPassword)
			k.finishes("12")
		})
		done(t, err)
		c.registered(c.banks[0], second)
	})
	t.Run("K122 its token is lost", func(t *testing.T) {
		c := newCounter(t, "ca.one.test")
		c.leaves(agent.ErrBank)
		c.tokens.Remove(c.token.ID())
		c.token = agenttest.NewToken("D4", "", agent.DefaultPIN)
		c.tokens.Insert(c.token)
		_, err := c.enroll(terminalWizard{}, func(k *keyboard) {
			k.sees("This registration belongs to token C3. Connect that one.")
			k.types("Is that token lost or broken? Type yes or no:", "yes")
			k.sees("The token is lost or broken")
			k.sees("User ID: " + counterUser)
			k.sees("Call the bank")
			k.sees("+7 727 000 00 00")
			k.types("(Enter goes back)", "")
			k.types("Is that token lost or broken? Type yes or no:", "yes")
			k.types("(Enter goes back)", "D4")
			k.sees("The lost token has another number: C3.")
			k.types("(Enter goes back)", "C3")
			k.begins(c)
			k.finishes("12")
		})
		done(t, err)
		c.registered(c.banks[0], counterUser)
	})
	t.Run("K122 its token was not lost", func(t *testing.T) {
		c := newCounter(t, "ca.one.test")
		c.leaves(agent.ErrBank)
		first := c.token
		c.tokens.Remove(first.ID())
		other := agenttest.NewToken("D4", "", agent.DefaultPIN)
		c.tokens.Insert(other)
		_, err := c.enroll(terminalWizard{}, func(k *keyboard) {
			k.types("Is that token lost or broken? Type yes or no:", "no")
			k.sees(text.EN.T(text.CLIEnrollWaits))
			c.tokens.Remove(other.ID())
			c.tokens.Insert(first)
			k.unlocks(counterPassword)
			k.applies(c, counterUser)
			k.finishes("")
		})
		done(t, err)
		c.registered(c.banks[0], counterUser)
	})
	t.Run("K56 the period is not in the contract any more", func(t *testing.T) {
		c := newCounter(t, "ca.one.test")
		c.leaves(agent.ErrBank)
		c.banks[0].periods = []int{24, 36}
		k, err := c.enroll(terminalWizard{}, func(k *keyboard) {
			resumed(k)
			k.applies(c, counterUser)
			k.sees("The Agreement does not have this period. The Agreement's periods are offered")
			k.types("in months (24, 36):", "36")
			k.sees("Period: 36 months")
			k.types("begins. Type yes or no:", "no")
			k.applies(c, counterUser)
			k.types("in months (24, 36):", "24")
			k.sees("Period: 24 months")
			k.finishes("")
		})
		done(t, err)
		c.registered(c.banks[0], counterUser)
		if shown := k.shows("Press Next", "button"); len(shown) > 0 {
			t.Errorf("the terminal speaks of %q", shown)
		}
	})
}

func TestTerminalWizardBanks(t *testing.T) {
	for name, c := range map[string]struct {
		flag   string
		person func(k *keyboard)
	}{
		"chosen": {"", func(k *keyboard) {
			k.sees("1. CA.ONE.TEST")
			k.sees("2. CA.TWO.TEST")
			k.types("Choose the bank (1–2):", "3")
			k.types("Choose the bank (1–2):", "2")
		}},
		"by --bank": {"ca.two.test", func(*keyboard) {}},
	} {
		t.Run(name, func(t *testing.T) {
			bench := newCounter(t, "ca.one.test", "ca.two.test")
			_, err := bench.enroll(terminalWizard{bank: c.flag}, func(k *keyboard) {
				c.person(k)
				k.sees("Bank: CA.TWO.TEST")
				k.begins(bench)
				k.finishes("12")
			})
			done(t, err)
			bench.registered(bench.banks[1], counterUser)
			if bench.banks[0].Issued() != 0 {
				t.Error("the other bank issued something")
			}
		})
	}
}

func TestTerminalWizardPINPad(t *testing.T) {
	c := newCounter(t, "ca.one.test")
	p := &pads{Tokens: c.tokens, entered: agent.DefaultPIN, next: counterPassword}
	c.through = p
	k, err := c.enroll(terminalWizard{}, func(k *keyboard) {
		k.sees("Enter the password on the device itself.")
		k.types("Create the profile? Type yes or no:", "yes")
		k.types("when you have everything.", "")
		k.applies(c, counterUser)
		k.types("Token Name: ", "Accounts")
		k.sees("The device itself will ask for the new password.")
		k.finishes("12")
	})
	done(t, err)
	c.registered(c.banks[0], counterUser)
	if p.typedInstead || p.entered != counterPassword {
		t.Errorf("a PIN came from the terminal: %t; the token has the new one: %t", p.typedInstead, p.entered == counterPassword)
	}
	if shown := k.shows("Press OK", "Password: ", "12345678"); len(shown) > 0 {
		t.Errorf("the terminal shows %q", shown)
	}
}

// A command that failed speaks of no button either.
func TestExplainInTerminal(t *testing.T) {
	for _, l := range text.Languages() {
		_, window := l.Error(agent.ErrPeriod)
		if got := explain(l, agent.ErrPeriod); strings.Contains(got, window) {
			t.Errorf("%s: explain(ErrPeriod) = %q", l, got)
		}
	}
}

// What is typed as soon as the prompt is there is not shown: echo is off before it.
func TestTerminalIsSilentBeforeItAsks(t *testing.T) {
	k := newKeyboard(t)
	echoes := func() (echo bool) {
		k.control(func(fd int) error {
			termios, err := unix.IoctlGetTermios(fd, unix.TCGETS)
			echo = err == nil && termios.Lflag&unix.ECHO != 0
			return err
		})
		return echo
	}
	for range 50 {
		got := make(chan error, 1)
		go func() {
			secret, err := k.terminal.hidden(t.Context(), "Secret")
			secret.Wipe()
			got <- err
		}()
		k.sees("Secret: ")
		if echoes() {
			t.Error("the terminal echoes while it asks for a secret")
		}
		k.enter("quick-7")
		if err := <-got; err != nil {
			t.Fatal(err)
		}
		if !echoes() {
			t.Fatal("the terminal stays silent afterwards")
		}
	}
}

// A token with a PIN pad asks for its password itself, also to sign and to renew.
func TestTerminalPINOnDevice(t *testing.T) {
	k := newKeyboard(t)
	q := agent.PINQuestion{Profiles: []agent.Profile{{PINPad: true}}}
	err := k.terminal.PIN(t.Context(), q, func(_ context.Context, _ agent.ProfileID, pin *agent.Secret) error {
		if pin.Len() > 0 {
			t.Error("a password was typed")
		}
		return nil
	})
	if err != nil {
		t.Errorf("PIN() = %v", err)
	}
	k.sees("Enter the password on the device itself.")
}

// A state of before the last try, which comes late, does not bring back its key file.
func TestTerminalKeepsTheKeyFile(t *testing.T) {
	k := newKeyboard(t)
	w := terminalWizard{terminal: k.terminal, told: map[agent.TaskKind]bool{}, entered: "/new.pfx"}
	w.take(agent.WizardState{Step: agent.WizardApplicant, KeyFile: "/old.pfx"})
	asked := make(chan error, 1)
	var a agent.WizardAction
	go func() { asked <- w.askKeyFile(t.Context(), &a) }()
	k.types("Key file [/new.pfx]:", "")
	k.types("Type yes or no:", "")
	if err := <-asked; err != nil || a.KeyFile != "/new.pfx" {
		t.Errorf("the key file is %q, %v", a.KeyFile, err)
	}
}
