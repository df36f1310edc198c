package main

import (
	"os"
	"strings"
	"testing"
)

// The entry in the programs' menu is found by what people search for, and
// starts the program that formatting and everything else is reached from.
func TestK30MenuEntry(t *testing.T) {
	data, err := os.ReadFile("../../installer/linux/qoltanba.desktop")
	if err != nil {
		t.Fatal(err)
	}
	entry := map[string]string{}
	for line := range strings.Lines(string(data)) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			entry[key] = value
		}
	}
	if entry["Exec"] != "/usr/bin/qoltanba" || entry["Type"] != "Application" || entry["NoDisplay"] == "true" {
		t.Errorf("entry %v does not start the program from the menu", entry)
	}
	for key, words := range map[string][]string{
		"Keywords":     {"KAZTOKEN", "token", "formatting", "signature"},
		"Keywords[ru]": {"KAZTOKEN", "токен", "форматирование", "ЭЦП", "подпись"},
		"Keywords[kk]": {"KAZTOKEN", "токен", "пішімдеу", "қолтаңба"},
	} {
		for _, w := range words {
			if !strings.Contains(";"+entry[key], ";"+w+";") {
				t.Errorf("%s does not hold %q: %q", key, w, entry[key])
			}
		}
	}
	for _, key := range []string{"Name", "Name[ru]", "Name[kk]", "GenericName", "GenericName[ru]", "GenericName[kk]", "Comment", "Comment[ru]", "Comment[kk]"} {
		if entry[key] == "" {
			t.Errorf("no %s", key)
		}
	}
}
