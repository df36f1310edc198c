package sandbox

import (
	"bufio"
	"flag"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"qoltanba/agent/agenttest/need"

	"golang.org/x/sys/unix"
)

// isInside trusts no variable alone: in the sandbox the test is process 1.
func isInside(t *testing.T) bool { return os.Getpid() == 1 && os.Getenv(marker) == t.Name() }

// enter makes the sandbox's own folders and its loopback network.
func enter(t *testing.T, n Needs) {
	t.Helper()
	if err := unix.Mount("proc", "/proc", "proc", 0, ""); err != nil {
		t.Fatalf("mounting /proc: %v", err)
	}
	for _, dir := range n.Private {
		if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "mode=755"); err != nil {
			t.Fatalf("mounting %s: %v", dir, err)
		}
	}
	s, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(s)
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		t.Fatal(err)
	}
	lo.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	if err := unix.IoctlIfreq(s, unix.SIOCSIFFLAGS, lo); err != nil {
		t.Fatalf("starting the loopback network: %v", err)
	}
}

// runInside runs the test in a child that is process 1 of new namespaces: when
// it ends, the kernel ends all others in there.
func runInside(t *testing.T) {
	t.Helper()
	need.Root(t, "make namespaces")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"-test.v", "-test.count=1", "-test.run=" + pattern(t.Name(), flag.Lookup("test.run").Value.String())}
	if end, ok := t.Deadline(); ok {
		args = append(args, "-test.timeout="+max(time.Until(end)-time.Second, time.Second).String())
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), marker+"="+t.Name())
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Unshareflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWNET | syscall.CLONE_NEWIPC, // mounts become private with CLONE_NEWNS
		Cloneflags:   syscall.CLONE_NEWPID,
		Pdeathsig:    syscall.SIGKILL,
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	// The signal comes when the thread that started the child ends.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := cmd.Start(); err != nil {
		need.Missing(t, "no namespaces: %v", err)
	}
	result := ""
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		// Marked, so that nobody takes it for our own result.
		t.Log("| " + lines.Text())
		for _, r := range []string{"PASS", "SKIP", "FAIL"} {
			if strings.HasPrefix(lines.Text(), "--- "+r+": "+t.Name()+" (") {
				result = r
			}
		}
	}
	err = cmd.Wait()
	switch {
	case err != nil || result == "FAIL":
		t.Fatalf("the run in the sandbox failed: %v", err)
	case result == "SKIP":
		need.Missing(t, "skipped in the sandbox")
	case result == "":
		t.Fatal("the sandbox did not run the test")
	}
}

// pattern selects the test, and of its subtests those that -run asks for.
func pattern(name, run string) string {
	_, subtests, _ := strings.Cut(run, "/")
	return strings.TrimSuffix("^"+name+"$/"+subtests, "/")
}
