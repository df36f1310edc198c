package main

import (
	"bytes"
	"strings"
	"testing"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

func TestTokenWatchTellsWhatChanged(t *testing.T) {
	token := func(serial string, content agent.TokenContent) agent.TokenView {
		return agent.TokenView{Info: agent.TokenInfo{ID: agent.TokenID{Serial: serial}}, Name: "KAZTOKEN " + serial, Content: content}
	}
	one, two := token("1", agent.ContentEmpty), token("2", agent.ContentProfile)
	filled := token("1", agent.ContentProfile)
	for _, c := range []struct {
		name        string
		before, now []agent.TokenView
		want, json  []string
	}{
		{"nothing", []agent.TokenView{one}, []agent.TokenView{one}, nil, nil},
		{"at the start", nil, []agent.TokenView{one}, []string{"Connected: 1\tKAZTOKEN 1\tThe token is empty"}, []string{`{"event":"inserted"`}},
		{"an exchange", []agent.TokenView{one}, []agent.TokenView{two}, []string{"Removed: 1", "Connected: 2"}, []string{`{"event":"removed"`, `{"event":"inserted"`}},
		{"a profile", []agent.TokenView{one, two}, []agent.TokenView{filled, two}, []string{"Changed: 1\tKAZTOKEN 1\tThe token holds a profile"}, []string{`{"event":"changed"`}},
	} {
		for _, as := range []struct {
			flag jsonFlag
			want []string
		}{{jsonFlag{}, c.want}, {jsonFlag{JSON: true}, c.json}} {
			var out bytes.Buffer
			if err := (tokenWatchCmd{as.flag}).changes(&env{lang: text.EN, out: &out}, c.before, c.now); err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
			if out.Len() == 0 {
				lines = nil
			}
			for i := range max(len(lines), len(as.want)) {
				if i >= len(lines) || i >= len(as.want) || !strings.HasPrefix(lines[i], as.want[i]) {
					t.Errorf("%s: printed %q, want %q", c.name, lines, as.want)
					break
				}
			}
		}
	}
}

// A token with the keys of code generators is not said to have no key.
func TestTokenLinesNameGenerators(t *testing.T) {
	empty := agent.TokenView{Info: agent.TokenInfo{ID: agent.TokenID{Serial: "1"}}, Name: "KAZTOKEN 1", Content: agent.ContentEmpty}
	keeping := empty
	keeping.Generators = []agent.TokenGenerator{{Name: "Till\n", Serial: "AB12345678"}, {Serial: "EF11223344"}}
	full := keeping
	full.Content = agent.ContentProfile
	for _, c := range []struct {
		name string
		view agent.TokenView
		want []string
	}{
		{"empty", empty, []string{"1\tKAZTOKEN 1\tThe token is empty: no key and no certificate."}},
		{"K29 keeping", keeping, []string{"1\tKAZTOKEN 1\tThere is no profile on the token.", "code generator “Till", "code generator with the serial number EF11223344."}},
		{"with a profile, too", full, []string{"1\tKAZTOKEN 1\tThe token holds a profile.", "AB12345678", "EF11223344"}},
	} {
		got := tokenLines(text.EN, c.view)
		for i := range max(len(got), len(c.want)) {
			if i >= len(got) || i >= len(c.want) || !strings.Contains(got[i], c.want[i]) || strings.Contains(got[i], "\n") {
				t.Errorf("%s: the lines are %q, want %q", c.name, got, c.want)
				break
			}
		}
	}
}
