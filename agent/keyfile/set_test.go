package keyfile_test

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/keyfile"
)

// labels are what List shows, sorted.
func labels(t *testing.T, s agent.Tokens) []string {
	t.Helper()
	all, err := s.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, i := range all {
		names = append(names, i.Label)
	}
	slices.Sort(names)
	return names
}

func TestWhatIsFound(t *testing.T) {
	data := usual(t, p256(), modern...)
	other := usual(t, p384(), modern...)
	dir := drive(t, map[string][]byte{
		"Key.pfx":      data,
		"GOST.P12":     other,
		"._Key.pfx":    []byte("Finder's"),
		"Key.pfx.bak":  []byte("no"),
		"p12":          []byte("no"),
		"notes.txt":    []byte("no"),
		"empty.p12":    nil,
		"large.p12":    make([]byte, 1<<20+1),
		"damaged.p12":  []byte("is found, and told about when it is opened"),
		"as large.p12": make([]byte, 1<<20),
	})
	if err := os.MkdirAll(filepath.Join(dir, "folder.p12"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "folder.p12", "below.p12"), usual(t, rsaKey(), modern...))
	away := filepath.Join(t.TempDir(), "away.p12")
	write(t, away, usual(t, rsaKey(), modern...))
	if err := os.Symlink(away, filepath.Join(dir, "link.p12")); err != nil {
		t.Fatal(err)
	}
	want := []string{"GOST.P12", "Key.pfx", "as large.p12", "damaged.p12"}
	if got := labels(t, set(dir, filepath.Join(dir, "no such drive"))); !slices.Equal(got, want) {
		t.Errorf("List() = %q, want %q", got, want)
	}
	if got := labels(t, set()); len(got) != 0 {
		t.Errorf("List() without drives = %q", got)
	}
}

// Files that the person named are found wherever they are, when they are there.
func TestNamedFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mine")
	s := keyfile.NewSet(keyfile.Config{Files: []string{path, t.TempDir()}, Drives: func() []string { return nil }})
	if got := labels(t, s); len(got) != 0 {
		t.Errorf("List() = %q, want nothing yet", got)
	}
	write(t, path, usual(t, p256(), modern...))
	if got := labels(t, s); !slices.Equal(got, []string{"mine"}) {
		t.Errorf("List() = %q, want mine", got)
	}
}

func TestCopies(t *testing.T) {
	data, other := usual(t, p256(), modern...), usual(t, p384(), modern...)
	a, b := drive(t, map[string][]byte{"Key.pfx": data}), drive(t, map[string][]byte{"Copy of Key.pfx": data})
	s := set(a, b)
	i := only(t, s)
	tok := login(t, s, i.ID)
	if err := os.Remove(filepath.Join(a, "Key.pfx")); err != nil {
		t.Fatal(err)
	}
	if now := only(t, s); now.ID != i.ID || now.Label != "Copy of Key.pfx" || len(now.Keys) != 1 {
		t.Errorf("List() after one was removed = %+v, want the other, already known", now)
	}
	if err := tok.Logout(t.Context()); !errors.Is(err, agent.ErrTokenLost) {
		t.Errorf("Logout in the session with the first = %v, want ErrTokenLost", err)
	}
	again := login(t, s, i.ID)
	if err := tok.Close(); err != nil { // says nothing to the copy
		t.Fatal(err)
	}
	if keys, err := again.Keys(t.Context()); err != nil || len(keys) != 1 {
		t.Errorf("Keys() of the copy = %v, %v", keys, err)
	}

	// Different files of one name are told apart.
	write(t, filepath.Join(a, "Key.pfx"), other)
	write(t, filepath.Join(b, "Key.pfx"), data)
	if err := os.Remove(filepath.Join(b, "Copy of Key.pfx")); err != nil {
		t.Fatal(err)
	}
	want := []string{filepath.Join(a, "Key.pfx"), filepath.Join(b, "Key.pfx")}
	slices.Sort(want)
	if got := labels(t, s); !slices.Equal(got, want) {
		t.Errorf("List() = %q, want %q", got, want)
	}
}

// A file that is changed while it is open is another one.
func TestChanged(t *testing.T) {
	data, other := usual(t, p256(), modern...), usual(t, p256(), modern...)
	for name, change := range map[string]func(t *testing.T, path string){
		"written over": func(t *testing.T, path string) { write(t, path, other) },
		"replaced": func(t *testing.T, path string) {
			write(t, path+".new", other)
			if err := os.Rename(path+".new", path); err != nil {
				t.Fatal(err)
			}
		},
		"same size and time": func(t *testing.T, path string) {
			stat, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			changed := bytes.Clone(data)
			changed[len(changed)-1] ^= 1
			write(t, path, changed)
			if err := os.Chtimes(path, time.Time{}, stat.ModTime()); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := drive(t, map[string][]byte{"Key.pfx": data})
			s := set(dir)
			id := only(t, s).ID
			tok := login(t, s, id)
			change(t, filepath.Join(dir, "Key.pfx"))
			err := tok.Login(t.Context(), agent.NewSecret([]byte(password)))
			if !errors.Is(err, agent.ErrTokenLost) {
				t.Errorf("Login() = %v, want ErrTokenLost", err)
			}
			keys, err := tok.Keys(t.Context())
			if name == "same size and time" { // found out by Login alone, which locks
				if err != nil {
					t.Fatal(err)
				}
				if _, err := keys[0].Sign(nil, make([]byte, 32), crypto.SHA256); !errors.Is(err, agent.ErrLocked) {
					t.Errorf("Sign = %v, want ErrLocked", err)
				}
				return
			}
			if !errors.Is(err, agent.ErrTokenLost) {
				t.Errorf("Keys() = %v, want ErrTokenLost", err)
			}
			if now := only(t, s); now.ID == id {
				t.Errorf("List() = %+v, want another identity", now)
			}
			if _, err := s.Open(t.Context(), id); !errors.Is(err, agent.ErrNoToken) {
				t.Errorf("Open(old) = %v, want ErrNoToken", err)
			}
		})
	}
}

// A drive that was out for a moment, which a session saw and no look, is back.
func TestBackBetweenLooks(t *testing.T) {
	dir := drive(t, map[string][]byte{"Key.pfx": usual(t, p256(), modern...)})
	s := set(dir)
	id := only(t, s).ID
	tok := login(t, s, id)
	pulled := filepath.Join(t.TempDir(), "pulled")
	if err := os.Rename(dir, pulled); err != nil {
		t.Fatal(err)
	}
	if _, err := tok.Info(t.Context()); !errors.Is(err, agent.ErrTokenLost) {
		t.Errorf("Info() without the drive = %v, want ErrTokenLost", err)
	}
	if err := os.Rename(pulled, dir); err != nil {
		t.Fatal(err)
	}
	if _, err := tok.Info(t.Context()); !errors.Is(err, agent.ErrTokenLost) {
		t.Errorf("Info() in the old session = %v, want ErrTokenLost", err)
	}
	login(t, s, id)
}

// Watch tells at once what a login has shown, however rarely it looks.
func TestWatchTellsOfALogin(t *testing.T) {
	dir := drive(t, map[string][]byte{"Key.pfx": usual(t, p256(), modern...)})
	s := keyfile.NewSet(keyfile.Config{Drives: func() []string { return []string{dir} }, Poll: 24 * time.Hour})
	seen := make(chan []agent.TokenInfo)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { // ends with ctx
		ended <- s.Watch(ctx, func(now []agent.TokenInfo) {
			select {
			case <-s.Settled():
			default:
				if now[0].Keys != nil {
					t.Error("the first list has keys")
				}
			}
			seen <- now
		})
	}()
	first := <-seen
	<-s.Settled()
	login(t, s, first[0].ID)
	if now := <-seen; len(now) != 1 || len(now[0].Keys) != 1 || now[0].Sealed {
		t.Errorf("after Login Watch told %+v", now)
	}
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Watch = %v", err)
	}
}

// A drive that hangs keeps nobody for longer than the ctx.
func TestDriveHangs(t *testing.T) {
	hangs := make(chan struct{})
	looking := make(chan struct{}, 1)
	s := keyfile.NewSet(keyfile.Config{Drives: func() []string {
		looking <- struct{}{}
		<-hangs
		return nil
	}})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Watch(ctx, func([]agent.TokenInfo) { t.Error("Watch told of something") }) }()
	<-looking
	other := make(chan error, 1)
	go func() { // waits for its turn
		_, err := s.List(ctx)
		other <- err
	}()
	stop()
	for _, c := range []chan error{ended, other} {
		if err := <-c; !errors.Is(err, context.Canceled) {
			t.Errorf("with a drive that hangs: %v, want Canceled", err)
		}
	}
	close(hangs)
	if _, err := s.List(t.Context()); err != nil { // it goes on afterwards
		t.Errorf("List() = %v", err)
	}
}

// Whoever has the person's turn waits for a drive that hangs for a while only, and
// Watch goes on waiting.
func TestDriveHangsForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hangs := make(chan struct{})
		s := keyfile.NewSet(keyfile.Config{Drives: func() []string {
			<-hangs
			return nil
		}})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		told := make(chan struct{}, 1)
		go func() { // ends with ctx
			ended <- s.Watch(ctx, func([]agent.TokenInfo) { told <- struct{}{} })
		}()
		synctest.Wait()
		if _, err := s.List(ctx); !errors.Is(err, agent.ErrNoToken) {
			t.Errorf("List() = %v, want ErrNoToken", err)
		}
		if _, err := s.Open(ctx, agent.TokenID{Serial: "A1"}); !errors.Is(err, agent.ErrNoToken) {
			t.Errorf("Open() = %v, want ErrNoToken", err)
		}
		<-s.Settled() // commands go on with the tokens
		close(hangs)
		<-told
		stop()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Watch = %v", err)
		}
	})
}

// Drives are looked at once a second, and files are read only when they changed.
func TestNoBusyWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var looks atomic.Int64
		s := keyfile.NewSet(keyfile.Config{Drives: func() []string {
			looks.Add(1)
			return nil
		}})
		ctx, stop := context.WithTimeout(t.Context(), time.Minute+time.Millisecond)
		defer stop()
		told := 0
		if err := s.Watch(ctx, func([]agent.TokenInfo) { told++ }); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Watch = %v", err)
		}
		if n := looks.Load(); n != 61 || told != 1 {
			t.Errorf("%d looks in a minute, told %d times, want 61 and once", n, told)
		}
	})
}

// BenchmarkLook is a look at a drive with a thousand files, of which ten are key files.
func BenchmarkLook(b *testing.B) {
	dir := b.TempDir()
	for i := range 1000 {
		name := filepath.Join(dir, "document "+time.Duration(i).String()+".pdf")
		if i%100 == 0 {
			name = filepath.Join(dir, "key "+time.Duration(i).String()+".p12")
		}
		if err := os.WriteFile(name, []byte(name), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	s := set(dir)
	for b.Loop() {
		if all, err := s.List(b.Context()); err != nil || len(all) != 10 {
			b.Fatalf("List() = %d, %v", len(all), err)
		}
	}
}
