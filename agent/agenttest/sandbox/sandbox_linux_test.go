package sandbox

import (
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"qoltanba/agent/agenttest/need"
)

func TestInside(t *testing.T) {
	if !Inside(t, Needs{Programs: []string{"sh"}, Private: []string{"/run"}}) {
		return
	}
	entries, err := os.ReadDir("/run")
	if err != nil || len(entries) != 0 {
		t.Errorf("/run holds %v, %v, want nothing", entries, err)
	}
	all, err := net.Interfaces()
	if err != nil || len(all) != 1 || all[0].Flags&net.FlagUp == 0 {
		t.Errorf("networks are %v, %v, want loopback alone and up", all, err)
	}
	if self, err := os.Readlink("/proc/self"); self != "1" {
		t.Errorf("/proc/self is %q, %v, want process 1 of its own namespace", self, err)
	}
}

// A process that was started inside ends when the test outside is killed: the
// pipe that it holds open comes to its end.
func TestKilled(t *testing.T) {
	const variable = "QOLTANBA_SANDBOX_TEST_PIPE"
	if path := os.Getenv(variable); path != "" {
		if Inside(t, Needs{Programs: []string{"sleep"}}) {
			hold(t, path)
		}
		return
	}
	need.Root(t, "make namespaces")
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	outside := exec.Command(self, "-test.run=^TestKilled$")
	outside.Env = append(os.Environ(), variable+"="+path)
	if err := outside.Start(); err != nil {
		t.Fatal(err)
	}
	pipe, err := os.Open(path) // waits for the other end
	if err != nil {
		t.Fatal(err)
	}
	defer pipe.Close()
	if _, err := io.ReadFull(pipe, make([]byte, 1)); err != nil {
		t.Fatalf("nothing was started inside: %v", err)
	}
	if err := outside.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := outside.Wait(); err == nil {
		t.Error("the test outside ended well, want it killed")
	}
	if _, err := io.Copy(io.Discard, pipe); err != nil { // until nobody holds it
		t.Fatal(err)
	}
}

// hold starts a process that keeps the pipe open for longer than any test runs.
func hold(t *testing.T, path string) {
	pipe, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	sleep := exec.Command("sleep", "600")
	sleep.Stdout = pipe
	if err := sleep.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := pipe.Write([]byte{1}); err != nil {
		t.Fatal(err)
	}
	_ = sleep.Wait() // killed
}

func TestPattern(t *testing.T) {
	for run, want := range map[string]string{
		"":               "^TestX$",
		"TestX":          "^TestX$",
		"X|Y":            "^TestX$",
		"TestX/a_rule$":  "^TestX$/a_rule$",
		"TestX/rule/sub": "^TestX$/rule/sub",
	} {
		if got := pattern("TestX", run); got != want {
			t.Errorf("pattern(%q) = %q, want %q", run, got, want)
		}
	}
}
