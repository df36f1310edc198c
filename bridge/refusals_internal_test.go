package bridge

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestRefusalsAreFewInTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		r := refusals{log: slog.New(slog.NewTextHandler(&out, nil))}
		err := errors.New("origin not allowed")
		lines := func() []string {
			s := strings.TrimSpace(out.String())
			out.Reset()
			if s == "" {
				return nil
			}
			return strings.Split(s, "\n")
		}
		for range 1000 {
			r.add("https://evil.example", err)
			r.add("https://other.example", err)
		}
		if l := lines(); len(l) != 2 || !strings.Contains(l[0], "https://evil.example") {
			t.Errorf("logged %q, want one line of each origin", l)
		}
		time.Sleep(refusalsEvery) // fake
		r.add("https://evil.example", err)
		if l := strings.Join(lines(), "\n"); strings.Count(l, "times=999") != 2 || strings.Count(l, "\n") != 2 {
			t.Errorf("after a minute: %s, want the counts and the new one", l)
		}
		time.Sleep(refusalsEvery) // fake
		for i := range 1000 {
			r.add(fmt.Sprintf("https://%d.evil.example", i), err)
		}
		if l := lines(); len(l) != maxRefusals+1 || !strings.Contains(l[maxRefusals], "others") {
			t.Errorf("%d lines of a thousand origins, want %d", len(l), maxRefusals+1)
		}
		r.end()
		if l := lines(); len(l) != 1 || !strings.Contains(l[0], fmt.Sprint("times=", 1000-maxRefusals-1)) {
			t.Errorf("at the end: %q, want the count", l)
		}
	})
}
