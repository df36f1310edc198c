package need_test

import (
	"runtime"
	"testing"

	"qoltanba/agent/agenttest/need"
)

// ended is a test that notes how it was ended.
type ended struct {
	testing.TB
	how string
}

func (e *ended) Helper()               {}
func (e *ended) Fatalf(string, ...any) { e.how = "failed"; runtime.Goexit() }
func (e *ended) Skipf(string, ...any)  { e.how = "skipped"; runtime.Goexit() }

func TestProgram(t *testing.T) {
	for _, c := range []struct{ all, program, want string }{
		{"1", "no-such-program", "failed"},
		{"", "no-such-program", "skipped"},
		{"1", "go", ""},
	} {
		t.Setenv("REQUIRE_ALL", c.all)
		e := &ended{TB: t}
		done := make(chan struct{})
		go func() {
			defer close(done)
			need.Program(e, c.program)
		}()
		if <-done; e.how != c.want {
			t.Errorf("REQUIRE_ALL=%s, %s: ended %q, want %q", c.all, c.program, e.how, c.want)
		}
	}
}
