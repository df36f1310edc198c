package agent_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/otp"
)

// What formatting destroys is named with the code generators, before the PIN and after it,
// and those of another computer as well; and a profile can be registered beside them.
func TestPanelNamesGenerators(t *testing.T) {
	another := newCodesDesk(t)
	d := newDeskStopped(t)
	d.token = agenttest.NewToken("B2", "", "1234")
	another.remove(another.token)
	another.token = d.token // the same stick at another computer
	another.insert(d.token)
	another.atCodes(func(c *codes) { c.mustHold(d.token.ID(), "CD12345678") })
	another.remove(d.token)
	d.tokens = agenttest.NewTokens()
	d.start()
	d.insert(d.token)
	d.atCodes(func(c *codes) {
		path := pskc(t, otp.Transport{}, pskcKeys(serial)...)
		if err := c.unlock(d.token.ID(), "1234"); err != nil {
			t.Fatal(err)
		}
		if err := c.act(agent.GeneratorAction{Kind: agent.GeneratorAddFile, Path: path, Name: "Main", Token: d.token.ID()}); err != nil {
			t.Fatal(err)
		}
	})
	d.agent.Lock() // or the keys of the other computer are seen without the PIN
	here, elsewhere := agent.TokenGenerator{Name: "Main", Serial: serial}, agent.TokenGenerator{Serial: "CD12345678"}
	d.atBench(func(b *bench) {
		if v := b.view(); !slices.Equal(v.Generators, []agent.TokenGenerator{here}) || v.Content != agent.ContentEmpty {
			t.Errorf("before the PIN: generators %+v, %s, want %+v and empty", v.Generators, v.Content, here)
		}
		b.wants("Enter PIN", b.act(agent.TokenEnterPIN, "1234", ""), nil)
		b.until(func(s agent.TokenPanel) bool { return len(s.Tokens) == 1 && s.Tokens[0].Checked })
		if v := b.view(); !slices.Equal(v.Generators, []agent.TokenGenerator{here, elsewhere}) {
			t.Errorf("after the PIN: generators %+v, want %+v and %+v", v.Generators, here, elsewhere)
		} else if v.Content != agent.ContentEmpty || v.Registration != "" || v.Refusal != "" {
			t.Errorf("K29 beside generators: %s, registering %q, formatting %q, want empty and nothing", v.Content, v.Registration, v.Refusal)
		}
		d.token.DropMACKeys(func(label string) bool { return strings.Contains(label, serial) })
		b.wants("Enter PIN", b.act(agent.TokenEnterPIN, "1234", ""), nil)
		b.until(func(s agent.TokenPanel) bool {
			return len(s.Tokens) == 1 && slices.Equal(s.Tokens[0].Generators, []agent.TokenGenerator{elsewhere})
		})
		b.wants("K32 the administrator's PIN", b.act(agent.TokenEnterAdminPIN, agent.DefaultAdminPIN, ""), nil)
		b.until(func(s agent.TokenPanel) bool { return s.Tokens[0].AdminChecked })
		b.wants("K37 Format", b.act(agent.TokenFormat, "", "", format), nil)
	})
	formatted := 0
	for _, r := range d.history.Records() {
		var record struct {
			Action     string
			Generators []agent.TokenGenerator
		}
		data, err := json.Marshal(r.Data)
		if err == nil {
			err = json.Unmarshal(data, &record)
		}
		if err != nil {
			t.Fatal(err)
		}
		if record.Action != string(agent.TokenFormat) {
			continue
		}
		if formatted++; !slices.Equal(record.Generators, []agent.TokenGenerator{elsewhere}) {
			t.Errorf("the history has %s, want the generator that was destroyed", data)
		}
	}
	if formatted != 2 {
		t.Errorf("the history has %d records of formatting, want its begin and its end", formatted)
	}
}

// K29: what only looks a little like a generator's key is foreign.
func TestForeignSecretKeys(t *testing.T) {
	id := make([]byte, 16)
	for name, c := range map[string]struct {
		object agent.Object
		want   agent.TokenContent
	}{
		"ours":             {agent.Object{ID: id, Label: agent.LabelPrefix + "AB1 unlock"}, agent.ContentEmpty},
		"another label":    {agent.Object{ID: id, Label: "AB1 unlock"}, agent.ContentForeign},
		"another name":     {agent.Object{ID: id, Label: agent.LabelPrefix + "AB1 wallet"}, agent.ContentForeign},
		"a short CKA_ID":   {agent.Object{ID: id[:8], Label: agent.LabelPrefix + "AB1 code"}, agent.ContentForeign},
		"without a CKA_ID": {agent.Object{Label: agent.LabelPrefix + "AB1 code"}, agent.ContentForeign},
	} {
		t.Run(name, func(t *testing.T) {
			d := newBenchDesk(t)
			c.object.Kind = agent.ObjectOther
			d.token.AddObject(c.object)
			d.atBench(func(b *bench) {
				if v := b.view(); v.Content != c.want || (v.Registration == "") != (c.want == agent.ContentEmpty) {
					t.Errorf("%s, registering %q, want %s", v.Content, v.Registration, c.want)
				}
			})
		})
	}
}

// The window of tokens names nobody to call, and no driver, that any program of the person
// could have put there.
func TestPanelHelpIsTrusted(t *testing.T) {
	bank := func(phone string, trusted bool) agent.Bank {
		return agent.Bank{Names: map[string]string{"en": "Bank"}, Trusted: trusted, Help: agent.DriverHelp{Name: "KAZTOKEN", Phones: []string{phone}}}
	}
	for name, c := range map[string]struct {
		banks []agent.Bank
		want  string
	}{
		"the person's alone":     {[]agent.Bank{bank("+7 999", false)}, ""},
		"the administrator's":    {[]agent.Bank{bank("+7 999", false), bank("+7 727", true)}, "+7 727"},
		"no descriptor whatever": {nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := newBenchDesk(t, func(config *agent.Config) { config.Banks = c.banks })
			d.atBench(func(b *bench) {
				if got := strings.Join(b.state.Help.Phones, ","); got != c.want || (b.state.Help.Name == "") != (c.want == "") {
					t.Errorf("help = %+v, want the number %q", b.state.Help, c.want)
				}
			})
		})
	}
}
