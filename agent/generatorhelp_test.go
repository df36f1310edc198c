package agent_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"qoltanba/agent"
	"qoltanba/agent/otp"
)

// helpful is a bank of the administrator's descriptor.
func helpful(name string, rule *otp.PartRule, phones ...string) agent.Bank {
	return agent.Bank{Names: map[string]string{"en": name, "ru": name + " (ru)"}, MobiPass: rule, Trusted: true, Help: agent.DriverHelp{Phones: phones}}
}

func withBanks(banks ...agent.Bank) func(*agent.Config) {
	return func(c *agent.Config) { c.Banks, c.Language = banks, "en" }
}

// lines are telephone numbers, each with the bank where it is named, and texts.
func lines(help []agent.Support) (all []string) {
	for _, s := range help {
		for _, phone := range append(slices.Clone(s.Phones), s.Text) {
			if phone != "" && s.Bank != "" {
				phone += " " + s.Bank
			}
			if phone != "" {
				all = append(all, phone)
			}
		}
	}
	return all
}

// helps compares whom a person is told to call about a device.
func (c *codes) helps(i int, want ...string) {
	c.t.Helper()
	if got := lines(c.view(i).Help); !slices.Equal(got, want) {
		c.t.Errorf("about %s one calls %q, want %q", c.view(i).Name, got, want)
	}
}

// M23, S53, S66, S68: nobody is told to call another bank than the one whose device it is.
func TestGeneratorHelp(t *testing.T) {
	const one, two, own = "+7 727 111 11 11", "+7 727 222 22 22", "+7 727 666 66 66"
	first, second := helpful("First", &otp.OurParts, one), helpful("Second", &otp.OurParts, two)
	second.Support = map[string]string{"en": "Day and night"}
	silent := helpful("Silent", &otp.OurParts)
	silent.Support = map[string]string{"en": "Ask at the branch"}
	foreign := helpful("First", &otp.OurParts, own)
	foreign.Trusted, foreign.Origins = false, []string{"https://ib.first.test"}
	for name, c := range map[string]struct {
		banks   []agent.Bank
		of      string // whose MobiPass it is
		mobi    []string
		spectra []string
	}{
		"no bank":          {},
		"one bank":         {[]agent.Bank{first}, "First", []string{one}, []string{one}},
		"two banks":        {[]agent.Bank{first, second}, "Second", []string{two, "Day and night"}, []string{one + " First", two + " Second", "Day and night Second"}},
		"one has no phone": {[]agent.Bank{first, silent}, "Silent", []string{"Ask at the branch"}, []string{one + " First"}},
		"nobody's descriptor beside one that calls itself the same": {[]agent.Bank{foreign, first}, "ib.first.test", nil, []string{one}},
		"nobody's descriptor alone":                                 {[]agent.Bank{foreign}, "ib.first.test", nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			newCodesDesk(t, withBanks(c.banks...)).atCodes(func(codes *codes) {
				codes.add(agent.GeneratorAction{Kind: agent.GeneratorAddMobi, Bank: c.of}, 1)
				codes.addToken()
				codes.helps(0, c.mobi...)
				codes.helps(1, c.spectra...)
				if got := lines(codes.s.Help); !slices.Equal(got, c.spectra) {
					t.Errorf("without a device one calls %q, want %q", got, c.spectra)
				}
			})
		})
	}
}

// The record has the bank's name as it was when the device was added. The language may be
// another one since then, and the administrator may have taken the descriptor away.
func TestGeneratorHelpAfterwards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second := helpful("First", &otp.OurParts, "1"), helpful("Second", &otp.OurParts, "2")
		second.Support = map[string]string{"en": "Day and night", "ru": "Круглосуточно"}
		d := newDeskStopped(t)
		stop := d.start(withBanks(first, second))
		d.atCodes(func(c *codes) {
			c.add(agent.GeneratorAction{Kind: agent.GeneratorAddMobi, Bank: "Second"}, 1)
			if err := d.agent.SetLanguage("ru"); err != nil {
				t.Fatal(err)
			}
			c.until(func(s agent.GeneratorPanel) bool {
				return fmt.Sprint(lines(s.Devices[0].Help)) == "[2 Круглосуточно]"
			})
		})
		stop()
		d.start(withBanks(first))
		d.atCodes(func(c *codes) { c.helps(0) })
	})
}
