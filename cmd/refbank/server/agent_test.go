package server_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The errors that a page can be told are those that the SDK knows. A newer agent's are
// shown with the text for all others, "failed".
func TestAgentsErrorsHaveTexts(t *testing.T) {
	w := newBrowser(t, newBank(t))
	for _, name := range append(sdkErrors(t), "pin-retries", "failed") {
		if !knownText(w, "agent."+name) {
			t.Errorf("no text for the agent's error %q", name)
		}
	}
	// What an error means for a registration or a login differs from a signature's.
	for _, name := range []string{"denied-register", "canceled-register", "disconnected-register", "disconnected-login"} {
		if !knownText(w, "agent."+name) {
			t.Errorf("no text for %q", name)
		}
	}
}

// sdkErrors are the names in the SDK's own list, which those of the protocol are among.
func sdkErrors(t *testing.T) []string {
	t.Helper()
	source, err := os.ReadFile("../../../bridge/sdk/src/errors.ts")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(source), "export type ErrorName =")
	list, _, found := strings.Cut(list, "| (string & {});")
	var names []string
	for _, m := range regexp.MustCompile(`\| "([a-z-]+)"`).FindAllStringSubmatch(list, -1) {
		names = append(names, m[1])
	}
	data, err := os.ReadFile("../../../testdata/protocol/errors.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Errors []struct {
			Data struct{ Name string }
		}
	}
	if err := json.Unmarshal(data, &golden); err != nil || len(golden.Errors) == 0 || !found {
		t.Fatalf("%d errors in the protocol, %v; the SDK's list found: %t", len(golden.Errors), err, found)
	}
	for _, e := range golden.Errors {
		if name := e.Data.Name; name != "port" && !slices.Contains(names, name) { // a page that could be told of it could not ask
			t.Errorf("the SDK does not know the error %q", name)
		}
	}
	return names
}
