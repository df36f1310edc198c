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
