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
		if how := run(t, func(t testing.TB) { need.Program(t, c.program) }); how != c.want {
			t.Errorf("REQUIRE_ALL=%s, %s: ended %q, want %q", c.all, c.program, how, c.want)
		}
	}
}

func TestVectors(t *testing.T) {
	for _, c := range []struct{ all, dir, want string }{
		{"1", "", "skipped"},
		{"", "", "skipped"},
		{"1", "/somewhere", ""},
	} {
		t.Setenv("REQUIRE_ALL", c.all)
		t.Setenv("QOLTANBA_VECTORS", c.dir)
		var dir string
		if how := run(t, func(t testing.TB) { dir = need.Vectors(t) }); how != c.want || dir != c.dir {
			t.Errorf("REQUIRE_ALL=%s, %q: ended %q with %q, want %q", c.all, c.dir, how, dir, c.want)
		}
	}
}

// run tells how a test was ended, if it was.
func run(t *testing.T, test func(testing.TB)) string {
	e := &ended{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		test(e)
	}()
	<-done
	return e.how
}
