// Package need ends a test that needs what this machine does not have: it is
// skipped, or fails when REQUIRE_ALL=1, as it is in CI. What nobody can install, the
// files of others, is skipped in both cases.
package need

import (
	"os"
	"os/exec"
	"testing"
)

// Program returns the path of a program.
func Program(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		Missing(t, "%s is not installed: %v", name, err)
	}
	return path
}

// Root ends a test that is not run by root, who alone can do what.
func Root(t testing.TB, what string) {
	t.Helper()
	if os.Geteuid() != 0 {
		Missing(t, "only root can %s", what)
	}
}

// Vectors returns the folder with the test material of Kazakhstan's National
// Certification Authority, which QOLTANBA_VECTORS names. It is others' property and not
// part of this repository, so a test that has it not is skipped in CI as well.
func Vectors(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("QOLTANBA_VECTORS")
	if dir == "" {
		t.Skipf("QOLTANBA_VECTORS does not name the folder of the authority's test material")
	}
	return dir
}

// Missing ends a test and says what is missing.
func Missing(t testing.TB, format string, args ...any) {
	t.Helper()
	if os.Getenv("REQUIRE_ALL") == "1" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}
