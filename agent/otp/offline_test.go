package otp_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestWithoutNetwork: package net is no part of what the generators are made of, the
// reader of QR pictures included.
func TestWithoutNetwork(t *testing.T) {
	t.Run("M3 S13", func(t *testing.T) {
		out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "qoltanba/agent/otp", "qoltanba/agent/otp/qr").Output()
		if err != nil {
			t.Fatalf("go list: %v", err)
		}
		seen := strings.Fields(string(out))
		if len(seen) < 20 {
			t.Fatalf("go list showed %d packages", len(seen))
		}
		for _, name := range seen {
			if name == "net" || strings.HasPrefix(name, "net/http") || name == "crypto/tls" {
				t.Errorf("%s is part of the generators", name)
			}
		}
	})
}
