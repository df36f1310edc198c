package server_test

import (
	"testing"

	"qoltanba/agent"
)

func TestAgentsErrorsHaveTexts(t *testing.T) {
	w := newBrowser(t, newBank(t))
	// What no page of the bank can bring about is shown with the general text.
	general := map[string]bool{
		"pin-length": true, "pin-same": true, "vault": true, "mechanism": true, "invalid": true, "port": true,
		// Work on tokens is asked for in the agent's own windows.
		"admin-pin-locked": true, "pin-rule": true, "label": true, "confirmation": true, "many-tokens": true,
		"not-empty": true, "blank": true, "registered": true, "unfinished": true, "other-token": true,
		"format-unknown": true, "format-erased": true,
	}
	names := []string{"not-running", "blocked", "pin", "pin-retries", "failed"}
	for _, err := range agent.Sentinels() {
		if name := agent.ErrorName(err); !general[name] {
			names = append(names, name)
		}
	}
	for _, name := range names {
		if !knownText(w, "agent."+name) {
			t.Errorf("no text for the agent's error %q", name)
		}
	}
}
