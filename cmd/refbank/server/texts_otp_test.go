package server

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"qoltanba/agent/agenttest/need"
)

// TestMinutes reads how the page says a number of minutes, by the forms that a browser's
// engine chooses.
func TestMinutes(t *testing.T) {
	need.Program(t, "node")
	out, err := exec.CommandContext(t.Context(), "node", "-e", `const forms = {};
		for (const l of ["kk", "ru", "en"]) forms[l] = Array.from({ length: 61 }, (_, n) => new Intl.PluralRules(l).select(n));
		console.log(JSON.stringify(forms));`).Output()
	if err != nil {
		t.Fatal(err)
	}
	var forms map[lang][]string
	if err := json.Unmarshal(out, &forms); err != nil {
		t.Fatal(err)
	}
	for l, want := range map[lang]map[int]string{
		kazakh:  {1: "1 минут", 2: "2 минут", 5: "5 минут", 10: "10 минут", 60: "60 минут"},
		russian: {1: "1 минуту", 2: "2 минуты", 4: "4 минуты", 5: "5 минут", 10: "10 минут", 11: "11 минут", 21: "21 минуту", 22: "22 минуты", 60: "60 минут"},
		english: {1: "1 minute", 2: "2 minutes", 5: "5 minutes", 10: "10 minutes", 21: "21 minutes"},
	} {
		for n, form := range forms[l] {
			words, err := lookup(l, "minutes."+form)
			if err != nil {
				t.Errorf("%s: %d: %v", l, n, err)
			}
			if got := strings.ReplaceAll(words, "{n}", fmt.Sprint(n)); want[n] != "" && got != want[n] {
				t.Errorf("%s: %q, want %q", l, got, want[n])
			}
		}
	}
}
