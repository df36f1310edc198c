package gost_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"qoltanba/agent/agenttest/need"
	"qoltanba/agent/gost"
)

// TestGcrypt compares digests with libgcrypt's, the only other program at hand that
// knows the substitution of Kazakhstan's 34.311-95.
func TestGcrypt(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "gcrypt")
	if out, err := exec.Command("gcc", "-o", program, "testdata/gcrypt.c", "-lgcrypt").CombinedOutput(); err != nil {
		need.Missing(t, "no gcc or no libgcrypt20-dev: %v\n%s", err, out)
	}
	message := make([]byte, 300)
	for i := range message {
		message[i] = byte(255 - 7*i)
	}
	file := filepath.Join(dir, "message")
	if err := os.WriteFile(file, message, 0o600); err != nil {
		t.Fatal(err)
	}
	for h, algorithm := range map[gost.Hash]string{ // enum gcry_md_algos
		gost.Hash94Kazakh: "308", gost.Streebog256: "309", gost.Streebog512: "310", gost.Hash94: "311",
	} {
		out, err := exec.Command(program, algorithm, file).Output()
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for line := range strings.Lines(string(out)) {
			if want := fmt.Sprintf("%x\n", h.Sum(message[:n])); line != want {
				t.Errorf("%v of %d bytes: libgcrypt says %q, we %q", h, n, line, want)
			}
			n++
		}
		if n != len(message)+1 {
			t.Errorf("%v: libgcrypt printed %d digests", h, n)
		}
	}
}
