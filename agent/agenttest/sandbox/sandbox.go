// Package sandbox runs tests that need daemons, in a process that shares no
// network, no processes, no System V memory and none of the folders it names
// with the machine. It needs Linux and root.
package sandbox

import (
	"os"
	"testing"

	"qoltanba/agent/agenttest/need"
)

// Needs is what a test wants of the machine.
type Needs struct {
	Programs []string // found by PATH
	Files    []string // that packages of the distribution bring
	// Private are folders of the machine that the test gets empty and for
	// itself.
	Private []string
}

// marker names the test that a process was started for.
const marker = "QOLTANBA_SANDBOX"

// Inside tells whether the test runs in a sandbox. Outside it runs the test
// once more inside, where it and whatever it starts end with this process at
// the latest, and fails if that run failed or did not take place; the caller
// returns at once. When something is missing the test is skipped, or fails when
// REQUIRE_ALL=1. t is not a subtest.
func Inside(t *testing.T, n Needs) bool {
	t.Helper()
	if isInside(t) {
		enter(t, n)
		return true
	}
	for _, p := range n.Programs {
		need.Program(t, p)
	}
	for _, f := range append(n.Files, n.Private...) {
		if _, err := os.Stat(f); err != nil {
			need.Missing(t, "%s is not there", f)
		}
	}
	runInside(t)
	return false
}
