//go:build !linux

package sandbox

import (
	"testing"

	"qoltanba/agent/agenttest/need"
)

func isInside(*testing.T) bool { return false }

func enter(*testing.T, Needs) {}

func runInside(t *testing.T) {
	t.Helper()
	need.Missing(t, "namespaces are a thing of Linux")
}
