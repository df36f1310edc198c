package server_test

import (
	"encoding/json"
	"os"
	"testing"
)

// The errors that a page can be told are those of the protocol's golden file.
func TestAgentsErrorsHaveTexts(t *testing.T) {
	data, err := os.ReadFile("../../../testdata/protocol/errors.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Errors []struct {
			Data struct{ Name string }
		}
	}
	if err := json.Unmarshal(data, &golden); err != nil || len(golden.Errors) == 0 {
		t.Fatalf("%d errors, %v", len(golden.Errors), err)
	}
	w := newBrowser(t, newBank(t))
	// What no page of the bank can bring about is shown with the general text.
	general := map[string]bool{"pin-length": true, "pin-same": true, "vault": true, "mechanism": true, "invalid": true, "port": true, "internal": true}
	names := []string{"not-running", "blocked", "pin", "pin-retries", "failed"}
	for _, e := range golden.Errors {
		if !general[e.Data.Name] {
			names = append(names, e.Data.Name)
		}
	}
	for _, name := range names {
		if !knownText(w, "agent."+name) {
			t.Errorf("no text for the agent's error %q", name)
		}
	}
}
