package sealed_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"qoltanba/agent/sealed"
)

var key = bytes.Repeat([]byte("k"), 32)

type sites struct{ Allowed []string }

var some = sites{Allowed: []string{"https://bank.kz", "https://ib.refbank.test"}}

func saved(t *testing.T, v any) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sites.json")
	if err := sealed.Save(path, "sites", key, v); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSaveLoad(t *testing.T) {
	path := saved(t, some)
	var got sites
	if err := sealed.Load(path, "sites", key, &got); err != nil || !reflect.DeepEqual(got, some) {
		t.Errorf("Load = %v %v, want %v", got, err, some)
	}
	if err := sealed.Save(path, "sites", key, sites{}); err != nil {
		t.Fatal(err)
	}
	got = sites{}
	if err := sealed.Load(path, "sites", key, &got); err != nil || got.Allowed != nil {
		t.Errorf("Load after a second Save = %v %v, want nothing in it", got, err)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v %v, want 0600", info.Mode(), err)
	}
}

// The form on disk, worked out once more without the package.
func TestForm(t *testing.T) {
	payload := "{\n\t\"Allowed\": null\n}\n"
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("sealed-v1\n" + "\x00\x00\x00\x00\x00\x00\x00\x05sites" + "\x00\x00\x00\x00\x00\x00\x00\x15" + payload))
	want := "sealed-v1 " + hex.EncodeToString(mac.Sum(nil)) + "\n" + payload
	if got := read(t, saved(t, sites{})); string(got) != want {
		t.Errorf("file is\n%s\nwant\n%s", got, want)
	}
}

func TestTampered(t *testing.T) {
	path := saved(t, some)
	whole := read(t, path)
	tampered := func(what string, file []byte, purpose string, key []byte) {
		t.Helper()
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		var got sites
		if err := sealed.Load(path, purpose, key, &got); !errors.Is(err, sealed.ErrTampered) || got.Allowed != nil {
			t.Errorf("%s: Load = %v %v, want ErrTampered and nothing read", what, got, err)
		}
	}
	for i := range whole {
		for bit := range 8 { // 0x20 makes the tag's letters capitals
			changed := bytes.Clone(whole)
			changed[i] ^= 1 << bit
			tampered("bit changed", changed, "sites", key)
		}
		tampered("cut", whole[:i], "sites", key)
	}
	tampered("longer", append(bytes.Clone(whole), '\n'), "sites", key)
	tampered("plain JSON", []byte(`{"Allowed":["https://evil.example"]}`), "sites", key)
	tampered("another purpose", whole, "modules", key)
	tampered("no purpose", whole, "", key)
	tampered("another key", whole, "sites", bytes.Repeat([]byte("l"), 32))
	tampered("longer key", whole, "sites", append(bytes.Clone(key), 1))

	// Purpose and payload are framed: bytes do not move from one to the other.
	if err := sealed.Save(path, "ab", key, 1); err != nil {
		t.Fatal(err)
	}
	tag, payload, _ := strings.Cut(string(read(t, path)), "\n")
	tampered("moved border", []byte(tag+"\nb"+payload), "a", key)
}

func TestErrors(t *testing.T) {
	var v any
	missing := filepath.Join(t.TempDir(), "none")
	if err := sealed.Load(missing, "sites", key, &v); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Load of no file = %v, want os.ErrNotExist", err)
	}
	path := saved(t, some)
	before := read(t, path)
	for name, k := range map[string][]byte{"no key": nil, "short key": key[:31]} {
		if err := sealed.Load(path, "sites", k, &v); err == nil || v != nil {
			t.Errorf("Load with %s = %v %v, want an error", name, v, err)
		}
		if err := sealed.Save(path, "sites", k, sites{}); err == nil {
			t.Errorf("Save with %s = nil", name)
		}
	}
	if err := sealed.Save(path, "sites", key, make(chan int)); err == nil {
		t.Error("Save of a channel = nil")
	}
	if err := sealed.Save(path, "sites", key, strings.Repeat("x", sealed.MaxSize)); err == nil {
		t.Error("Save of a large value = nil")
	}
	if !bytes.Equal(read(t, path), before) {
		t.Error("a Save that failed changed the file")
	}
	var n int
	_, typeErr := errors.AsType[*json.UnmarshalTypeError](sealed.Load(path, "sites", key, &n))
	if !typeErr {
		t.Error("Load into another type is no UnmarshalTypeError")
	}
	if err := os.WriteFile(path, make([]byte, sealed.MaxSize+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := sealed.Load(path, "sites", key, &v); err == nil || errors.Is(err, sealed.ErrTampered) {
		t.Errorf("Load of a file that is too large = %v, want an error of its own", err)
	}
}

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "settings.json")
	for _, data := range []string{"old", "", "new and longer"} {
		if err := sealed.WriteFile(path, []byte(data)); err != nil || string(read(t, path)) != data {
			t.Errorf("WriteFile(%q) = %v", data, err)
		}
	}
	if err := sealed.WriteFile(filepath.Join(dir, "none", "x"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("WriteFile in a folder that is not there = %v, want ErrNotExist", err)
	}
	target := filepath.Join(dir, "folder")
	if err := os.MkdirAll(filepath.Join(target, "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := sealed.WriteFile(target, []byte("x")); err == nil {
		t.Error("WriteFile over a folder = nil")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.tmp")); len(left) != 0 {
		t.Errorf("files left behind: %v", left)
	}
}
