package otp

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var cheap = Cost{Time: 1, Memory: 8, Threads: 1}

// folder is in memory where that can be had: a kill, unlike a power cut, loses nothing
// that the kernel was given, and a busy disk takes a second for each sync.
func folder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "otp")
	if err != nil {
		return filepath.Join(t.TempDir(), "device")
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, "device")
}

func openFiles(t testing.TB, dir string) *FileStore {
	t.Helper()
	s, err := OpenFileStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// killed is what stands for a kill where the process must go on.
type killed struct{}

// kills counts points of no return down and stops at the last one.
type kills struct{ left int }

func (k *kills) point() {
	if k.left--; k.left == 0 {
		panic(killed{})
	}
}

// after is a disk with a point after each step.
func (k *kills) after(step string, op func() error) error {
	err := op()
	k.point()
	return err
}

// dead runs f and tells whether it was killed.
func dead(t *testing.T, f func() error) (was bool) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			if _, was = r.(killed); !was {
				panic(r)
			}
		}
	}()
	if err := f(); err != nil {
		t.Fatal(err)
	}
	return false
}

// ring is a keyring whose changes are points to be killed at, before and after.
type ring struct {
	keys map[string][]byte
	k    *kills
}

func (r *ring) Get(_ context.Context, name string) ([]byte, error) {
	if key, ok := r.keys[name]; ok {
		return bytes.Clone(key), nil
	}
	return nil, ErrNoKey
}

func (r *ring) Set(_ context.Context, name string, key []byte) error {
	r.k.point()
	r.keys[name] = bytes.Clone(key)
	r.k.point()
	return nil
}

func (r *ring) Delete(_ context.Context, name string) error {
	r.k.point()
	delete(r.keys, name)
	r.k.point()
	return nil
}

func openKilled(t testing.TB, dir string, k *kills) *FileStore {
	t.Helper()
	s := openFiles(t, dir)
	s.disk = hooked{do: k.after}
	return s
}

// TestKilledChange shows M66: killed at each point of a change of the PIN, and again
// at each point of the recovery, the key is there under the old PIN or the new one,
// in one file with one device key.
func TestKilledChange(t *testing.T) {
	ctx := t.Context()
	key := bytes.Repeat([]byte{7}, MobiKeyLen)
	want, err := MobiResponse(key, "338609")
	if err != nil {
		t.Fatal(err)
	}
	oldPIN, newPIN, points := 0, 0, 0
	for at := 1; ; at++ {
		k := new(kills)
		dir := folder(t)
		store, r := openKilled(t, dir, k), &ring{make(map[string][]byte), k}
		m := NewMobiPass(store, r)
		if err := m.Save(ctx, key, []byte("2580"), cheap); err != nil {
			t.Fatal(err)
		}
		k.left = at
		if !dead(t, func() error { return m.ChangePIN(ctx, []byte("2580"), []byte("4826")) }) {
			break
		}
		points++
		for again := 1; ; again++ {
			store.Close()
			store = openKilled(t, dir, k)
			m = NewMobiPass(store, r)
			k.left = again
			if !dead(t, func() error { return m.Recover(ctx) }) {
				break
			}
		}
		k.left = -1
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) != 2 || len(r.keys) != 1 { // the record and the lock
			t.Errorf("killed at %d: %v and %d device keys are left", at, entries, len(r.keys))
		}
		for pin, count := range map[string]*int{"2580": &oldPIN, "4826": &newPIN} {
			got, err := m.Sign(ctx, []byte(pin), "338609")
			if err != nil {
				t.Fatalf("killed at %d: %v", at, err)
			}
			if got == want {
				*count++
			}
		}
		store.Close()
	}
	t.Logf("killed at %d points: the old PIN holds after %d, the new one after %d", points, oldPIN, newPIN)
	if points != 11 || oldPIN != 7 || newPIN != 4 { // 2 of Set, 7 of the file, 2 of Delete
		t.Errorf("%d points, %d and %d keys, want 11 points with 7 and 4", points, oldPIN, newPIN)
	}
}

// power is a disk where a rename lasts once the folder was synced, and not before.
type power struct {
	path   string // of the record
	before []byte // what the power cut brings back; nil if nothing
}

func (p *power) do(step string, op func() error) error {
	if strings.HasPrefix(step, "rename ") && p.before == nil {
		p.before, _ = os.ReadFile(p.path)
	}
	err := op()
	if strings.HasPrefix(step, "sync folder ") && err == nil {
		p.before = nil
	}
	return err
}

func (p *power) cut(t *testing.T) {
	t.Helper()
	if p.before == nil {
		return
	}
	if err := os.WriteFile(p.path, p.before, 0o600); err != nil {
		t.Fatal(err)
	}
	p.before = nil
}

// TestPowerCutAfterKill: killed at each point of a change of the PIN, and then again or
// not in the recovery, and then the power goes, which takes a rename back that was not
// made last. The key is there under one of the PINs.
func TestPowerCutAfterKill(t *testing.T) {
	ctx := t.Context()
	key := bytes.Repeat([]byte{7}, MobiKeyLen)
	want, err := MobiResponse(key, "338609")
	if err != nil {
		t.Fatal(err)
	}
	cuts := 0
	for at, changed := 1, false; !changed; at++ {
		for again, recovered := 1, false; !recovered; again++ {
			dir, k := folder(t), new(kills)
			p := &power{path: filepath.Join(dir, recordName)}
			open := func() *FileStore {
				s := openFiles(t, dir)
				s.disk = hooked{do: func(step string, op func() error) error {
					return k.after(step, func() error { return p.do(step, op) })
				}}
				return s
			}
			store, r := open(), &ring{make(map[string][]byte), k}
			if err := NewMobiPass(store, r).Save(ctx, key, []byte("2580"), cheap); err != nil {
				t.Fatal(err)
			}
			k.left = at
			changed = !dead(t, func() error { return NewMobiPass(store, r).ChangePIN(ctx, []byte("2580"), []byte("4826")) })
			store.Close()
			store = open()
			k.left = again
			recovered = !dead(t, func() error { return NewMobiPass(store, r).Recover(ctx) })
			k.left = -1
			store.Close()
			if p.before != nil {
				cuts++
			}
			p.cut(t)
			store = open()
			m := NewMobiPass(store, r)
			if err := m.Recover(ctx); err != nil {
				t.Errorf("killed at %d and %d, power cut: Recover = %v, the key is lost", at, again, err)
			} else {
				old, err1 := m.Sign(ctx, []byte("2580"), "338609")
				new, err2 := m.Sign(ctx, []byte("4826"), "338609")
				if err := errors.Join(err1, err2); err != nil || (old == want) == (new == want) || len(r.keys) != 1 {
					t.Errorf("killed at %d and %d, power cut: answers %s and %s (%v) with %d device keys, want %s once with one", at, again, old, new, err, len(r.keys), want)
				}
			}
			store.Close()
		}
	}
	if t.Logf("%d power cuts took a rename back", cuts); cuts == 0 {
		t.Error("no power cut took a rename back")
	}
}

// Killed while the key is saved or deleted, saving or deleting it once more ends well.
func TestKilledSaveAndDelete(t *testing.T) {
	ctx := t.Context()
	for at := 1; at < 12; at++ {
		k := &kills{left: at}
		dir := folder(t)
		store, r := openKilled(t, dir, k), &ring{make(map[string][]byte), k}
		save := func() error {
			err := NewMobiPass(store, r).Save(ctx, make([]byte, MobiKeyLen), []byte("2580"), cheap)
			if errors.Is(err, ErrExists) {
				return NewMobiPass(store, r).Recover(ctx)
			}
			return err
		}
		if dead(t, save) {
			store.Close()
			store = openKilled(t, dir, k)
			if dead(t, save) {
				t.Fatal("killed twice")
			}
		}
		if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 || len(r.keys) != 1 {
			t.Errorf("killed at %d while saving: %v %v, %d device keys", at, entries, err, len(r.keys))
		}
		k.left = at
		dead(t, func() error { return NewMobiPass(store, r).Delete(ctx) })
		k.left = -1
		if err := NewMobiPass(store, r).Delete(ctx); err != nil {
			t.Fatal(err)
		}
		if err := store.RemoveAll(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) || len(r.keys) != 0 {
			t.Errorf("M69 killed at %d while deleting: folder %v, %d device keys", at, err, len(r.keys))
		}
	}
}

// A new folder lasts as its record does, and so do those above it.
func TestFolderLasts(t *testing.T) {
	root := t.TempDir()
	p := new(tape)
	open := func() (*FileStore, error) { return openFileStore(filepath.Join(root, "a", "b"), hooked{do: p.do}) }
	p.fail = "sync folder a"
	if s, err := open(); !errors.Is(err, errFull) {
		t.Errorf("open where a folder cannot be synced = %v %v, want the error", s, err)
	}
	p.want(t, "a new folder does not last", "make folder a", "sync folder "+filepath.Base(root), "make folder b", "sync folder a", "remove b")
	p.fail = ""
	s, err := open()
	if err != nil {
		t.Fatal(err)
	}
	p.want(t, "and is made again", "make folder b", "sync folder a", "remove record.tmp")
	s.Close()
	if s, err = open(); err != nil {
		t.Fatal(err)
	}
	p.want(t, "folders that are there", "remove record.tmp")
	s.Close()
	file := filepath.Join(root, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "below")} {
		if s, err := OpenFileStore(dir); err == nil {
			t.Errorf("OpenFileStore of a file = %v, want an error", s)
		}
	}
}

func TestFileStore(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b") // on a disk
	s := openFiles(t, dir)
	if _, err := s.Load(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Load of nothing = %v, want ErrNotExist", err)
	}
	if _, err := OpenFileStore(dir); !errors.Is(err, ErrInUse) {
		t.Errorf("OpenFileStore a second time = %v, want ErrInUse", err)
	}
	for _, want := range []string{"first", "second, longer", "3"} {
		if err := s.Save([]byte(want)); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Load(); err != nil || string(got) != want {
			t.Errorf("Load = %q %v, want %q", got, err, want)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, tempName), []byte("left"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Save([]byte("4")); err != nil { // what was left is not in the way
		t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(dir, tempName), []byte("left"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openFiles(t, dir)
	if _, err := os.Stat(filepath.Join(dir, tempName)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("temporary file after OpenFileStore: %v, want none", err)
	}
	if err := errors.Join(s.Remove(), s.Remove()); err != nil {
		t.Errorf("Remove twice = %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, recordName), make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Load(); err != nil || len(got) != maxRecord+1 {
		t.Errorf("Load of a large file = %d bytes, %v", len(got), err)
	}
	s.Close()
}
